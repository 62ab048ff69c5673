"""Stress tests: what each blow costs, to the penny, and how long it lasts."""

from __future__ import annotations

import math

import numpy as np
import pytest

import customerintel as ci
from customerintel.audit.core_set import core_customers
from customerintel.audit.stress import recovery_periods

PAIRS = [("2022-01-01", "2022-12-31"), ("2023-01-01", "2023-12-31")]
N = 40


def rows():
    """40 customers: each spends its number in 2022, and 1.25 times that in 2023."""
    who = np.arange(N)
    stamps = np.concatenate([
        np.datetime64("2022-01-01") + who, np.datetime64("2022-06-01") + who % 5,
        np.datetime64("2023-01-01") + who,
    ])  # fmt: skip
    twice = np.tile(who, 3)
    amounts = np.concatenate([who * 0.5, who * 0.5, who * 1.25])
    kept = (twice % 10 != 9) | (stamps < np.datetime64("2023-01-01"))
    channel = np.where(twice % 4 == 0, "web", "shop")
    return {
        "customer_id": twice[kept], "timestamp": stamps[kept], "amount": amounts[kept],
        "channel": channel[kept],
    }  # fmt: skip


def found(log=None, **options):
    log = log or ci.TransactionLog.from_frame(rows())
    core = core_customers(log.as_of("2023-12-31"), by="spend" if log.has_amounts else "frequency")
    options = {"old": "shop", "new": "web"} | options if "formats" in options else options
    return core.resilience(log, period=PAIRS, n_boot=40, n_simulations=2_000, **options)


#: What there was in the latest year, and in the one before.
LATEST = {k: 1.25 * k for k in range(N) if k % 10 != 9}
TOTAL, BEFORE = sum(LATEST.values()), sum(range(N))


def table(result):
    tests = result.stress
    lines = zip(tests.kind, tests.what, tests.at_risk, tests.customers, strict=True)
    return {(kind, what): (risk, count) for kind, what, risk, count in lines}


def test_who_is_lost_and_what_it_costs():
    result = found(remove=(1, 10, 1000), price=(0.05, 0.1))
    assert result.stress.measure == "spend"
    assert result.stress.total == pytest.approx(TOTAL)
    assert result.stress.growth == pytest.approx(TOTAL / BEFORE - 1.0)
    lines = table(result)
    assert lines["customers", "1 largest"] == (pytest.approx(1.25 * 38), 1.0)
    ten = sorted(LATEST.values())[-10:]
    assert lines["customers", "10 largest"] == (pytest.approx(sum(ten)), 10.0)
    # there are no thousand customers
    assert ("customers", "1,000 largest") not in lines
    core = [k for k in result.core.customer_id.tolist() if k in LATEST]
    assert lines["core", "all core customers"] == (
        pytest.approx(sum(LATEST[k] for k in core)), float(len(core)),
    )  # fmt: skip
    assert lines["price", "5 % lower"][0] == pytest.approx(0.05 * TOTAL)
    assert math.isnan(lines["price", "10 % lower"][1])
    np.testing.assert_allclose(result.stress.share, result.stress.at_risk / TOTAL)


def test_churn_that_is_more_than_it_was():
    result = found(churn=(1.0, 2.0, 100.0))
    churn = 1.0 - result.figure("still_active")
    assert churn == pytest.approx(1 / 8)
    lines = table(result)
    core = lines["core", "all core customers"][0]
    assert lines["churn", "1 times"][0] == 0.0
    assert lines["churn", "2 times"][0] == pytest.approx(churn * core)
    assert lines["churn", "100 times"][0] == pytest.approx((1.0 - churn) * core)


def test_segments_and_formats():
    labels = np.where(np.arange(N) % 4 == 0, "north", "south")
    result = found(formats="channel", segments=labels, min_cell=0)
    lines = table(result)
    north = sum(value for k, value in LATEST.items() if k % 4 == 0)
    assert lines["segment", "north"] == (pytest.approx(north), 10.0)
    assert lines["segment", "south"][0] == pytest.approx(TOTAL - north)
    assert lines["format", "web"] == (pytest.approx(north), 10.0)
    customers = ci.CustomerTable.from_frame(
        {"customer_id": np.arange(2, N), "region": labels[2:]}, traits=["region"]
    )
    by_table = table(found(segments=(customers, "region"), min_cell=0))
    assert by_table["segment", "north"] == (pytest.approx(north), 9.0)
    assert by_table["segment", "without a segment"] == (pytest.approx(1.25), 2.0)


def test_small_segments_are_suppressed_and_none_can_be_found():
    labels = np.repeat(["a", "b", "c"], [5, 16, 19])
    result = found(segments=labels)
    lines = table(result)
    counts = [sum(1 for k in LATEST if labels[k] == one) for one in "abc"]
    assert counts[0] < 10 < min(counts[1:])
    # the second goes with the first: the total would tell it
    for what in "ab":
        assert all(math.isnan(x) for x in lines["segment", what])
    assert lines["segment", "c"][1] == counts[2]
    frame = result.to_frame("stress")
    hidden = np.asarray(frame["suppressed"])
    assert hidden.sum() == 2
    for name in ("customers", "at_risk", "share", "recovery"):
        assert np.isnan(np.asarray(frame[name])[hidden]).all()


def test_recovery():
    assert recovery_periods(0.1, 0.05) == pytest.approx(math.log(1 / 0.9) / math.log(1.05))
    assert recovery_periods(0.0, -0.5) == 0.0
    assert recovery_periods(1.0, 0.5) == math.inf
    assert recovery_periods(0.2, 0.0) == math.inf
    assert math.isnan(recovery_periods(math.nan, 0.1))
    assert math.isnan(recovery_periods(0.1, math.nan))
    result = found(remove=(10,))
    share, growth = result.stress.share[0], result.stress.growth
    assert (1.0 - share) * (1.0 + growth) ** result.stress.recovery[0] == pytest.approx(1.0)


def test_purchases_where_there_are_no_amounts():
    columns = rows()
    del columns["amount"]
    result = found(ci.TransactionLog.from_frame(columns), remove=(10,))
    assert result.stress.measure == "purchases"
    assert result.stress.total == len(LATEST)
    assert "price" not in result.stress.kind
    assert result.stress.at_risk[0] == 10.0
    assert result.concentration.by == "frequency"
