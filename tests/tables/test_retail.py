"""A real log of a real shop, with a quarter of its rows without a customer."""

from __future__ import annotations

import numpy as np
import pytest
from table_kinds import contents

import customerintel as ci

pytestmark = [pytest.mark.reference_data, pytest.mark.slow]

MAPPING = {
    "customer_id": "CustomerID", "timestamp": "InvoiceDate", "quantity": "Quantity",
    "unit_price": "UnitPrice", "order_id": "InvoiceNo",
}  # fmt: skip
#: Chen, D. (2015). Online Retail. UCI Machine Learning Repository, doi:10.24432/C5BW33.
N_ROWS, N_WITHOUT_CUSTOMER, N_CUSTOMERS = 541_909, 135_080, 4372


@pytest.fixture(scope="module")
def log(reference_data):
    return ci.TransactionLog.from_csv(
        reference_data / "online_retail.csv.gz", **MAPPING, on_invalid="quarantine"
    )


def test_every_row_is_accounted_for(log):
    assert log.n_rows + len(log.rejected) == log.rejected.n_rows_in == N_ROWS
    assert (
        log.rejected.counts()
        == log.rejected.counts(every=True)
        == {"null_customer_id": N_WITHOUT_CUSTOMER}
    )
    assert len(log.rejected.rows) == len(np.unique(log.rejected.rows)) == N_WITHOUT_CUSTOMER
    assert len(contents(log.rejected.to_frame())["row"]) == N_WITHOUT_CUSTOMER


def test_customers_and_moments(log):
    assert log.n_customers == N_CUSTOMERS
    assert str(log.start) == "2010-12-01T08:26:00.000000"
    assert str(log.end) == "2011-12-09T12:50:00.000000"
    history = log.as_of("2011-12-09")
    assert history.n_customers + history.n_returns_only == N_CUSTOMERS
    assert history.customer_id.dtype == np.int64
    assert (np.diff(history.customer_id) > 0).all()
