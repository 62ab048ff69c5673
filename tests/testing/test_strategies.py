"""What the strategies draw are logs, of all kinds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find, given
from testing.estimators import Good

from customerintel.testing import strategies
from customerintel.testing.datasets import MOMENT, simulate


@given(strategies.transactions(max_customers=3, max_rows=9))
def test_transactions_keep_to_their_bounds(columns):
    assert len(columns["customer_id"]) <= 9
    assert len(set(columns["customer_id"].tolist())) <= 3
    assert {len(column) for column in columns.values()} == {len(columns["customer_id"])}


@given(strategies.logs(texts=True, amounts=True))
def test_logs_are_as_asked(log):
    assert log.has_amounts
    assert log.n_rows == 0 or log._texts is not None


ODD = {
    "nothing but returns": lambda history: history.n_returns_only > 0,
    "all in the future": lambda history: history.n_customers == 0 < history._log.n_rows,
    "no rows": lambda history: history._log.n_rows == 0,
    "no amounts": lambda history: not history._log.has_amounts,
    "text ids": lambda history: history._log._texts is not None,
    "several": lambda history: history.n_customers and history.summarize().n_purchases.max() > 2,
    "some future": lambda history: history._log.end > history.moment,
}


@pytest.mark.parametrize("wanted", ODD)
def test_there_are_odd_ones(wanted):
    assert ODD[wanted](find(strategies.histories(), ODD[wanted]))


def test_an_estimator_can_be_tried_on_them():
    fitted = Good().fit(simulate(60, seed=0).until(MOMENT).history(), horizon_days=90.0)

    @given(strategies.histories())
    def probabilities(history):
        found = fitted.predict(history)
        assert found.shape == (history.n_customers,)
        assert np.all((found >= 0.0) & (found <= 1.0))

    probabilities()
