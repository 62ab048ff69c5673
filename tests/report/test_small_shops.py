"""Shops of every size and shape make a page, or an error of this library."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import customerintel as ci
from customerintel import report
from customerintel.exceptions import CustomerIntelError, CustomerIntelWarning


def some(seed: int):
    """A small shop, and a moment that may be long after its end."""
    rng = np.random.default_rng(seed)
    n, rows = int(rng.integers(10, 200)), int(np.exp(rng.uniform(0, np.log(700))))
    weights = rng.gamma(0.6, 1.0, n) + 1e-9
    days = np.sort(rng.integers(0, rng.choice([1, 20, 120, 250, 700]), rows))
    table = {
        "customer_id": rng.choice(n, rows, p=weights / weights.sum()),
        "timestamp": np.datetime64("2023-01-05") + days,
    }
    if rng.random() < 0.7:
        size = rng.choice([1.0, 0.0, 1e300, 1e-300], p=[0.7, 0.1, 0.1, 0.1])
        table["amount"] = rng.choice([1.0, -1.0], rows, p=[0.8, 0.2]) * rng.gamma(2, 9, rows) * size
    if rng.random() < 0.4:
        table["channel"] = rng.choice(["web", "shop"], rows)
    late = int(rng.choice([0, 30, 400]))
    return ci.TransactionLog.from_frame(table), str(table["timestamp"][-1] + late)


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_only_errors_of_the_library_come_out(seed):
    log, moment = some(seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            page = report.build(log, as_of=moment, churn=False, value=False)
        except CustomerIntelError:
            page = None
    assert [x for x in caught if not issubclass(x.category, CustomerIntelWarning)] == []
    assert page is None or page.html.endswith("</html>\n")


def test_cohorts_whose_early_ages_cannot_be_told():
    """One of each cohort buys every month: only the age beyond those of the picture is shown."""
    rows = []
    for first, size in ((0, 40), (1, 20)):
        who = np.arange(size) + 100 * first
        rows += [(one, first) for one in who] + [(who[0], first + age) for age in range(1, 13)]
        rows += [(one, first + 13) for one in who[:15]]
    rows.sort(key=lambda row: row[1])
    months = np.array([month for _, month in rows])
    when = (np.datetime64("2022-01") + months).astype("M8[D]") + 9
    log = ci.TransactionLog.from_frame(
        {"customer_id": [int(one) for one, _ in rows], "timestamp": when}
    )
    page = report.build(log, as_of="2023-03-31", churn=False, value=False)
    assert 'id="cohorts"' in page.html
    assert 'id="fig-retention"' not in page.html


def test_sums_beyond_all_money_are_short():
    rng = np.random.default_rng(0)
    table = {
        "customer_id": rng.integers(0, 40, 300),
        "timestamp": np.datetime64("2023-01-05") + np.sort(rng.integers(0, 300, 300)),
        "amount": rng.gamma(2, 9, 300) * 1e300,
    }
    page = report.build(ci.TransactionLog.from_frame(table), churn=False, value=False)
    assert "10\u00b3\u2070" in page.html
    assert max(map(len, page.html.replace(">", "<").split("<"))) < 20_000
    assert not any(len(word) > 60 and word.isdigit() for word in page.html.replace(",", "").split())
