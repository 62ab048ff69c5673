"""What every room's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from table_kinds import KINDS, TableKind

DATA = Path(__file__).parents[2] / "shared" / "data"

# compiled kernels make a first example slow, and machines differ
settings.register_profile(
    "customerintel", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("customerintel")


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def table_kind(request: pytest.FixtureRequest) -> TableKind:
    """Each kind of table that the library reads; skipped where its library is not there."""
    kind = request.param
    kind.make({"a": [1]})
    return kind


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of the reference data beside the repository."""
    if not DATA.is_dir():
        pytest.skip("the reference data (../shared/data beside the repository) are not there")
    return DATA
