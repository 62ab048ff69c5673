"""A folder to install plugins into."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plugins.site_folder import Site, a_site


@pytest.fixture
def site(monkeypatch) -> Iterator[Site]:
    """A folder on the path; what is installed in it is gone after the test."""
    monkeypatch.delenv("CUSTOMERINTEL_PLUGINS", raising=False)
    monkeypatch.delenv("CUSTOMERINTEL_PLUGIN_TIMEOUT", raising=False)
    with a_site() as made:
        yield made
