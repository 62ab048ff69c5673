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
    result = found(remove=(1, 10, 1000), price=(0.05, 0.1), min_cell=0)
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
    result = found(churn=(1.0, 2.0, 100.0), min_cell=0)
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
    assert hidden[np.asarray(frame["kind"]) == "segment"].sum() == 2
    for name in ("customers", "at_risk", "share", "recovery"):
        assert np.isnan(np.asarray(frame[name])[hidden]).all()


def shown(result):
    """What is told of the removals and of the core, by what is lost."""
    tests = result.stress
    lines = zip(tests.kind, tests.what, tests.at_risk, tests.suppressed, strict=True)
    told = {}
    for kind, what, risk, hidden in lines:
        assert math.isnan(risk) == hidden
        if kind in ("customers", "core", "churn"):
            told[what] = not hidden
    return told


def test_what_a_few_customers_spend_is_not_told():
    """By itself, or as what two figures differ by."""
    found_one = found(remove=[1])
    assert not shown(found_one)["1 largest"]
    row = np.asarray(found_one.stress.what, object).tolist().index("1 largest")
    for name in ("customers", "at_risk", "share", "recovery"):
        assert math.isnan(getattr(found_one.stress, name)[row])
    # 12 less 10 are two; 36 less 27 are nine; the same number twice tells nothing new
    told = shown(found(remove=[12, 10, 10, 20, 26, 27, 1]))
    assert told == {
        "12 largest": False, "10 largest": True, "20 largest": True, "26 largest": False,
        "27 largest": False, "1 largest": False, "all core customers": False,
        "1.5 times": False, "2 times": False,
    }  # fmt: skip
    assert all(shown(found(remove=[1, 2, 35], min_cell=1)).values())
    # the core by spend is the 11 largest: 10 or 15 would tell of one or four of them
    log = ci.TransactionLog.from_frame(rows())
    core = core_customers(log.as_of("2023-12-31"), by="spend", share=0.3, window="365d")
    assert core.n_core == 11
    told = shown(core.resilience(log, period=PAIRS, n_boot=40, remove=[10, 11, 15, 24]))
    assert told == {
        "10 largest": False, "11 largest": True, "15 largest": False, "24 largest": True,
        "all core customers": True, "1.5 times": True, "2 times": True,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["pandas", "polars", "dict"])
def test_segments_in_any_table(kind):
    labels = np.where(np.arange(N) % 4 == 0, "north", "south")
    columns = {"customer_id": np.arange(2, N), "region": labels[2:], "age": np.arange(2, N)}
    frame = columns if kind == "dict" else pytest.importorskip(kind).DataFrame(columns)
    table_of_customers = ci.CustomerTable.from_frame(columns)
    lines = table(found(segments=(frame, "region"), min_cell=0))
    other = table(found(segments=(table_of_customers, "region"), min_cell=0))
    assert lines["segment", "north"] == other["segment", "north"]
    assert lines["segment", "north"][1] == 9.0
    assert lines["segment", "without a segment"][1] == 2.0


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
