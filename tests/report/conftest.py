"""Pages that several tests look at, each made once."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from report.report_logs import shop

from customerintel import report
from customerintel.audit.simulated_library import simulate_library

mpl.use("Agg")


@pytest.fixture(scope="session")
def shop_page():
    """A shop with money, churn outlook and customer value."""
    return report.build(shop(), title="Tea & <Coffee>", currency="£")


@pytest.fixture(scope="session")
def library_page():
    """A library without money, with branches, areas and a map."""
    library = simulate_library(1_200, seed=1)
    return report.build(
        library.log,
        customers=library.customers,
        population=library.areas,
        geojson=library.geojson,
        title="A public library",
        churn=False,
    )
