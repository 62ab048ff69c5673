"""Resilience that cannot be measured: class and whole message, or the defined result."""

from __future__ import annotations

import functools
import math
import warnings

import numpy as np
import pytest
from audit.steady_shop import log_of, orders_of

import customerintel as ci
from customerintel.audit.core_set import core_customers
from customerintel.audit.steady_buyers import core_of_steady
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError, SchemaError

PAIRS = [("2022-01-01", "2022-12-31"), ("2023-01-01", "2023-12-31")]


@functools.cache
def shop():
    def channel(rng, who, year):
        return np.where(year == 1, "app", "shop")

    return log_of(orders_of(200, seed=1), channel=channel)


@functools.cache
def core(by="frequency"):
    return core_customers(shop().as_of("2023-12-31"), by=by)


def found(**options):
    return core().resilience(shop(), **{"period": PAIRS, "n_boot": 40, **options})


def small(rows, by="frequency", **options):
    """Resilience of a log of (customer, day, amount)."""
    log = ci.TransactionLog.from_frame(
        dict(zip(("customer_id", "timestamp", "amount"), zip(*rows, strict=True), strict=True))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        chosen = core_customers(log.as_of("2023-12-31"), by=by)
        return chosen.resilience(log, **{"period": PAIRS, "n_boot": 40, **options})


#: What is given: a call, the class and the whole message.
CASES = {
    "periods of a core that overlap": (
        lambda: found(period=[("2022-01-01", "2022-12-31"), ("2022-12-31", "2023-12-30")]),
        InvalidArgumentError,
        (
            "period 1 begins before period 0 has ended. Periods must not overlap, and stand in "
            "the order of time."
        ),
    ),
    "the resilience of a core without a log": (
        lambda: core().resilience({"customer_id": [1]}),
        InvalidArgumentError,
        (
            "resilience takes a TransactionLog or a History; got dict. Make a log with "
            "TransactionLog.from_frame(…)."
        ),
    ),
    "a core by spend in a log without amounts": (
        lambda: core_customers(
            log_of(orders_of(200, seed=1), amount=lambda rng, who: who + 1.0).as_of("2023-12-31"),
            by="spend",
        ).resilience(shop(), n_boot=40),
        InvalidArgumentError,
        (
            'The core is by "spend", and the log has no amounts. Give the log that the core was '
            "made of."
        ),
    ),
    "spend that floats cannot hold": (
        lambda: small([(k % 30, f"2022-01-{1 + k % 28:02d}", 1.7e308) for k in range(60)]),
        InvalidArgumentError,
        (
            "What a customer spent in a period is more than floats can hold (1.8e308), 30 times. "
            "Give amounts in a larger unit, such as millions."
        ),
    ),
    "formats in a column that the log does not carry": (
        lambda: found(formats="format"),
        SchemaError,
        (
            "Column 'format' (for a column that the log carries) is not in the table. It has 1 "
            "column: 'channel'."
        ),
    ),
    "an old format that there is not": (
        lambda: found(formats="channel", old="post"),
        InvalidArgumentError,
        "old names 'post', and the log has the formats 'app', 'shop'.",
    ),
    "an old format without a column of formats": (
        lambda: found(old="shop"),
        InvalidArgumentError,
        "old and new name formats: give the column that holds them, such as formats='channel'.",
    ),
    "a format that is old and new": (
        lambda: found(formats="channel", old="shop", new=["app", "shop"]),
        InvalidArgumentError,
        "A format cannot be old and new; 'shop' is in both.",
    ),
    "no name for a new format": (
        lambda: found(formats="channel", new=[]),
        InvalidArgumentError,
        "new must be the name of a format, or a list of them.",
    ),
    "segments for some of the customers": (
        lambda: found(segments=["north", "south"]),
        InvalidArgumentError,
        (
            "segments must have one label for each of the 182 customers of core.history; got an "
            "array of shape (2,). Or give a CustomerTable and its column."
        ),
    ),
    "segments as a table without its column": (
        lambda: found(segments=(ci.CustomerTable.from_frame({"customer_id": [1], "town": ["A"]}),)),
        InvalidArgumentError,
        (
            "segments must be one label per customer, or a CustomerTable and the name of its "
            "column, such as (customers, 'segment')."
        ),
    ),
    "segments as a number and a column": (
        lambda: found(period=[("2021-01-01", "2021-12-31")], segments=(5, "segment")),
        SchemaError,
        (
            "int is not a table that can be read. Give a pandas, polars, pyarrow, modin, DuckDB, "
            "Dask, Ibis or PySpark table, a dict of arrays, or a path to TransactionLog.from_csv "
            "or from_parquet."
        ),
    ),
    "segments in a column that the table does not have": (
        lambda: found(segments=({"customer_id": [1], "town": ["A"]}, "segment")),
        SchemaError,
        (
            "Column 'segment' (for segments) is not in the table. It has 2 columns: "
            "'customer_id', 'town'."
        ),
    ),
    "segments that name persons": (
        lambda: found(segments=({"customer_id": [1], "email": ["a@x.org"]}, "email")),
        InvalidArgumentError,
        (
            "Column 'email' of the customers is of the PII class 'direct': it names persons, not "
            "groups of them. Take another column, or give it another class in pii=."
        ),
    ),
    "segments in lists of different lengths": (
        lambda: found(segments=[["a"], ["b", "c"]]),
        InvalidArgumentError,
        (
            "segments must have one label for each of the 182 customers of core.history, and what "
            "is given is no list of labels. Or give a CustomerTable and its column."
        ),
    ),
    "half a customer to lose, where no period is complete": (
        lambda: found(period=[("2021-01-01", "2021-12-31")], remove=2.5),
        InvalidArgumentError,
        "remove must be whole numbers of customers.",
    ),
    "half a customer to lose": (
        lambda: found(remove=(2.5,)),
        InvalidArgumentError,
        "remove must be whole numbers of customers.",
    ),
    "no customer to lose": (
        lambda: found(remove=(0,)),
        InvalidArgumentError,
        "remove must be numbers of customers, at least 1 each; got 0.",
    ),
    "less churn as a blow": (
        lambda: found(churn=(0.5,)),
        InvalidArgumentError,
        "churn must be factors of at least 1, such as (1.5, 2.0); got 0.5.",
    ),
    "prices that fall by all": (
        lambda: found(price=(1.0,)),
        InvalidArgumentError,
        "price must be shares from 0 to below 1, such as (0.10,); got 1.0.",
    ),
    "no customers to draw from the null model": (
        lambda: found(n_simulations=0),
        InvalidArgumentError,
        "n_simulations must be a whole number of customers, at least 1; got 0.",
    ),
    "a part of resilience that there is not": (
        lambda: found().to_frame("formats"),
        InvalidArgumentError,
        "part must be one of persistence, survival, concentration, stress; got 'formats'.",
    ),
    "an interval of resilience that there is not": (
        lambda: found().interval("half_life"),
        InvalidArgumentError,
        (
            "There is no interval of 'half_life'; there are those of persistence, "
            "expected_persistence, excess_persistence, persistence_known, "
            "expected_persistence_known, excess_persistence_known, still_active, "
            "expected_still_active, excess_still_active, share_before, expected_share_before, "
            "excess_share_before, share_after, expected_share_after, excess_share_after, "
            "revenue_retention, expected_revenue_retention, excess_revenue_retention, "
            "bridge_rate and migration."
        ),
    ),
    "a null model of no purchases": (
        lambda: core_of_steady(1.0, 0.0),
        InvalidArgumentError,
        "mean must be a positive number; got 0.0.",
    ),
    "a null model of all customers": (
        lambda: core_of_steady(1.0, 4.0, share=1.0),
        InvalidArgumentError,
        "share must be between 0 and 1; got 1.0.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_a_log_of_one_period_has_no_persistence():
    with pytest.warns(DataQualityWarning) as caught:
        result = found(period="600d")
    assert str(caught[0].message) == (
        "Resilience compares two complete periods, and of period='600d' there is one: the log "
        "reaches back 729 days from the moment. What compares them is NaN. Take period='364d' "
        "or shorter."
    )
    assert result.compared is None
    assert math.isnan(result.persistence)
    assert math.isnan(result.interval("excess_persistence")[0])
    assert math.isnan(result.stress.growth)
    assert result.stress.total > 0.0
    assert np.isnan(np.asarray(result.to_frame()["observed"])).all()
    assert result.half_life_source == "unknown"


def test_a_log_of_no_period_has_nothing_but_its_tables():
    with pytest.warns(DataQualityWarning, match="there is none"):
        result = found(period=[("2021-01-01", "2021-12-31")], formats="channel")
    assert result.stress is result.concentration is None
    assert math.isnan(result.half_life_days)
    for part in result.parts:
        assert isinstance(result.to_frame(part), dict)
    assert math.isnan(result.interval("migration")[0])


def test_periods_of_unequal_length_are_compared_with_a_warning():
    with pytest.warns(DataQualityWarning, match="have 365 and 181 days") as caught:
        result = found(period=[("2022-01-01", "2022-12-31"), ("2023-01-01", "2023-06-30")])
    assert len(caught) == 1
    # the null model knows: half a year says less about who is at the top
    assert result.expected_persistence < found().expected_persistence - 0.03
    assert result.interval("excess_persistence")[0] < 0.0 < result.interval("excess_persistence")[1]


def test_a_core_of_another_log():
    with pytest.warns(DataQualityWarning, match="core customers have no purchase in this log"):
        core().resilience(log_of(orders_of(40, seed=5)), period=PAIRS, n_boot=40)


def test_few_customers_are_said_to_be_few():
    log = log_of(orders_of(12, seed=5))
    with pytest.warns(DataQualityWarning) as caught:
        result = core_customers(log.as_of("2023-12-31")).resilience(log, period=PAIRS, n_boot=40)
    assert any(
        "customers bought in the earlier of the two periods" in str(one.message) for one in caught
    )
    assert 0.0 <= result.persistence <= 1.0
    assert 0.0 < result.expected_persistence < 1.0


def test_one_customer():
    one = [(1, "2022-01-01", 5.0), (1, "2022-03-01", 5.0), (1, "2023-05-01", 8.0)]
    assert math.isnan(small(one).stress.at_risk[0])
    result = small(one, min_cell=0)
    assert result.persistence == pytest.approx(0.2)
    assert result.revenue_retention == pytest.approx(0.8)
    assert result.stress.at_risk[0] == 8.0
    assert result.stress.recovery[0] == math.inf


def test_nobody_bought_twice():
    rows = [(k, f"{year}-01-{1 + k:02d}", 5.0) for year in (2022, 2023) for k in range(25)]
    log = ci.TransactionLog.from_frame(
        dict(zip(("customer_id", "timestamp", "amount"), zip(*rows, strict=True), strict=True))
    )
    chosen = core_customers(log.as_of("2023-12-31"))
    with pytest.warns(DataQualityWarning, match="Nobody bought twice in the earlier"):
        result = chosen.resilience(log, period=PAIRS, n_boot=40)
    assert result.persistence == pytest.approx(0.2)
    assert math.isnan(result.expected_persistence)
    assert math.isnan(result.excess_persistence)
    assert math.isnan(result.interval("excess_persistence")[1])
    assert result.null_model.status == "degenerate"


def test_customers_who_all_buy_the_same():
    rows = [
        (k, f"{year}-{month:02d}-01", 5.0)
        for year in (2022, 2023) for month in range(1, 13) for k in range(30)
    ]  # fmt: skip
    for by in ("frequency", "spend"):
        result = small(rows, by=by, n_simulations=20_000)
        # all are tied in both years: a fifth of them is core again by lot
        assert result.persistence == pytest.approx(0.2)
        assert result.null_model.status == "boundary"
        assert result.expected_persistence == pytest.approx(0.2, abs=0.02)
        # nothing varies, so nothing tells how far any of it may be off
        ends = result.interval("persistence")
        assert all(math.isnan(end) for end in ends)
        if by == "frequency":
            assert math.isnan(result.interval("excess_persistence")[0])
            low, high = result.interval("excess_still_active")
            assert low < 0.0 < result.figure("still_active", "excess") <= high
        else:  # the expected is by simulation, and off by its error
            low, high = result.interval("expected_persistence")
            assert low < result.expected_persistence < high
        assert result.revenue_retention == pytest.approx(1.0)
        assert result.alive.reason is None or math.isnan(result.alive.share)


def test_a_negative_total_has_no_shares():
    rows = [(k, f"{year}-01-{2 + k:02d}", 1.0) for year in (2022, 2023) for k in range(25)]
    rows += [(k, f"{year}-02-01", 1.0) for year in (2022, 2023) for k in range(5)]
    rows += [(0, "2022-01-01", 1.0), (0, "2023-03-01", -900.0), (0, "2022-03-01", -900.0)]
    for by in ("frequency", "spend"):
        result = small(rows, by=by, n_simulations=2_000)
        assert result.stress.total < 0.0
        assert np.isnan(result.stress.share).all()
        assert math.isnan(result.stress.growth)
        assert 0.0 <= result.persistence <= 1.0
        if by == "spend":
            assert math.isnan(result.figure("share_before"))


def test_an_empty_core_is_not_alive():
    empty = core_customers(shop().as_of("2023-12-31"), window="365d")
    assert empty.n_core
    log = ci.TransactionLog.from_frame({"customer_id": [1, 2], "timestamp": ["2020-01-01"] * 2})
    with pytest.warns(DataQualityWarning):
        nobody = core_customers(log.as_of("2023-12-31"), window="30d")
    with pytest.warns(DataQualityWarning):
        result = nobody.resilience(log, period="30d", n_boot=40)
    assert result.alive.reason == "the core has no customers"
    assert math.isnan(result.alive.share)
