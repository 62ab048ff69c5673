"""Resilience of the core: against slow twins, in shops whose truth is known, and at the ends."""

from __future__ import annotations

import math

import numpy as np
import pytest
from audit.steady_shop import log_of, orders_of, spend
from table_kinds import KINDS, contents

import customerintel as ci
from customerintel.audit.core_set import core_customers
from customerintel.audit.core_survival import half_life
from customerintel.audit.inequality import concentration_of
from customerintel.audit.resilience import resilience_of
from customerintel.exceptions import DataQualityWarning

PAIRS = [("2022-01-01", "2022-12-31"), ("2023-01-01", "2023-12-31")]
THREE = [*PAIRS, ("2024-01-01", "2024-12-30")]


def found(log, *, by="frequency", share=0.2, period=PAIRS, n_boot=40, **options):
    core = core_customers(log.as_of("2023-12-31"), share=share, by=by)
    return core.resilience(log, period=period, n_boot=n_boot, **options)


@pytest.fixture(scope="module")
def steady():
    """6,000 customers of whom nobody changes."""
    return log_of(orders_of(6_000, seed=1), amount=spend)


def test_a_shop_where_nobody_changes_has_no_excess(steady):
    result = found(steady)
    assert result.persistence == pytest.approx(0.65, abs=0.03)
    low, high = result.interval("excess_persistence")
    assert low < 0.0 < high
    assert high - low < 0.08
    assert result.excess_persistence == result.persistence - result.expected_persistence
    low, high = result.interval("excess_revenue_retention")
    assert low < 0.0 < high
    assert 0.8 < result.expected_revenue_retention < 0.95
    assert result.null_model.shape == pytest.approx(1.0, abs=0.1)
    assert result.expected_error == 0.0
    assert result.compared == ("2022-01-01 to 2022-12-31", "2023-01-01 to 2023-12-31")


@pytest.mark.parametrize("by", ["spend", "volume", "both", "either"])
def test_no_excess_by_other_measures(steady, by):
    result = found(steady, by=by, n_simulations=40_000)
    assert abs(result.excess_persistence) < 0.035
    low, high = result.interval("excess_persistence")
    assert low - 0.01 < 0.0 < high + 0.01
    assert 0.0 < result.expected_error < 0.01
    assert abs(result.figure("revenue_retention", "excess")) < 0.05


def test_a_core_that_leaves_has_a_negative_excess():
    log = log_of(orders_of(4_000, seed=2, gone=0.3))
    result = found(log)
    assert result.interval("excess_persistence")[1] < 0.0
    assert result.figure("still_active") == pytest.approx(0.7, abs=0.05)
    assert math.isnan(result.revenue_retention)
    # raw, it would look worse than it is
    assert result.persistence < result.expected_persistence < 0.7


def test_heavy_newcomers_lower_persistence_and_not_that_among_known_customers():
    heavy = orders_of(1_500, seed=4, mean=12.0)
    heavy[0] = 0
    result = found(log_of(np.concatenate([orders_of(4_000, seed=3), heavy], axis=1)))
    assert result.interval("excess_persistence")[1] < -0.15
    assert abs(result.figure("persistence_known", "excess")) < 0.05


def test_figures_are_those_of_a_slow_twin():
    rows = {
        1: ([5.0] * 6, [5.0] * 7), 2: ([9.0] * 5, [9.0]), 3: ([1.0] * 4, [1.0] * 5),
        4: ([2.0] * 3, []), 5: ([2.0] * 2, [2.0] * 9), 6: ([3.0], [3.0] * 2), 7: ([], [1.0] * 8),
    }  # fmt: skip
    columns = {"customer_id": [], "timestamp": [], "amount": []}
    for who, years in rows.items():
        for year, amounts in zip(("2022", "2023"), years, strict=True):
            for k, amount in enumerate(amounts):
                columns["customer_id"].append(who)
                columns["timestamp"].append(f"{year}-01-{1 + k:02d}")
                columns["amount"].append(amount)
    log = ci.TransactionLog.from_frame(columns)
    with pytest.warns(DataQualityWarning, match="customers"):
        result = found(log, share=0.5)
    # six buyers, three of them core: 1, 2, 3; then six, and 5, 7, 1 are core
    assert result.persistence == pytest.approx(1 / 3)
    assert result.figure("still_active") == 1.0
    assert result.figure("persistence_known") == pytest.approx((1 + 0.5) / 3)
    assert result.figure("share_before") == pytest.approx(15 / 21)
    assert result.figure("share_after") == pytest.approx(13 / 32)
    assert result.revenue_retention == pytest.approx((35 + 9 + 5) / (30 + 45 + 4))
    spends = [35.0, 9.0, 5.0, 18.0, 6.0, 8.0]
    twin = concentration_of(spends, by="spend", n_boot=40)
    assert result.concentration.hhi == twin.hhi
    frame = result.to_frame("concentration")
    assert list(frame["value"]) == [
        *(twin.top_share(share) for share in (0.01, 0.05, 0.20)), twin.hhi, 1.0 / twin.hhi,
    ]  # fmt: skip


def test_the_first_core_is_followed():
    log = log_of(orders_of(3_000, seed=4, years=3, gone=0.6))
    core = core_customers(log.as_of("2024-12-30"))
    result = core.resilience(log, period=THREE, n_boot=40)
    active = result.survival.active
    assert active[0] == pytest.approx(1.0)
    assert active[1] == pytest.approx(0.4, abs=0.05)
    assert result.half_life_source == "observed"
    assert result.half_life == pytest.approx(0.5 / (1.0 - active[1]))
    assert result.half_life_days == pytest.approx(result.half_life * 365.0)
    assert result.compared == tuple(f"{one} to {two}" for one, two in THREE[1:])
    np.testing.assert_array_equal(result.to_frame("survival")["active"], active)


def test_half_lives():
    found, source = half_life(np.array([1.0, 0.9, 0.6, 0.3, 0.6]), 50.0)
    assert (found, source) == (pytest.approx(2.0 + 1.0 / 3.0), "observed")
    assert half_life(np.array([1.0, 0.8]), 50.0)[1] == "unknown"
    assert half_life(np.array([1.0, 1.0, 1.0]), 50.0) == (math.inf, "projected")
    # published survivors of a contract: 49 % after seven years; here stopped after four
    regular = np.array([1.0, 0.631, 0.468]) + 0.2
    regular[0] = 1.0
    found, source = half_life(regular, 1000.0)
    assert source == "projected"
    assert 2.0 < found < 8.0
    # one rate for all, the limit of the model
    geometric = 0.8 ** np.arange(4)
    assert half_life(geometric, 1e6)[0] == pytest.approx(math.log(0.5) / math.log(0.8), rel=0.02)
    falling = np.array([1.0, 0.99, 0.9, 0.7])
    assert half_life(falling, 1000.0)[0] > 3.0


def test_the_core_still_alive(steady):
    result = found(steady)
    alive = result.alive
    assert alive.reason is None or math.isnan(alive.share)
    leaving = found(log_of(orders_of(3_000, seed=2, gone=0.3, mean=12.0)))
    assert leaving.alive.reason is None
    assert 0.5 < leaving.alive.share < 1.0
    assert leaving.alive.customers == pytest.approx(leaving.alive.share * leaving.core.n_core)


def test_the_same_bits_whatever_the_order_and_the_threads(steady):
    rows = steady.as_of("2023-12-31").to_frame()
    order = np.random.default_rng(0).permutation(len(rows["customer_id"]))
    turned = ci.TransactionLog.from_frame({name: rows[name][order] for name in rows})
    results = [found(steady), found(turned), found(steady)]
    try:
        ci.set_threads(1)
        results.append(found(steady))
    finally:
        ci.set_threads(None)
    one = results[0].to_frame()
    for other in results[1:]:
        for name in ("observed", "expected", "excess_lower", "excess_upper"):
            # sums of money depend on the order in which a customer's rows came
            np.testing.assert_allclose(other.to_frame()[name], one[name], rtol=1e-12, atol=1e-12)
    again = results[3].to_frame()
    assert all((again[name] == one[name]).all() for name in ("observed", "expected_lower"))
    other_seed = found(steady, seed=1)
    assert other_seed.interval("persistence") != results[0].interval("persistence")
    assert other_seed.expected_persistence == results[0].expected_persistence


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS if kind.name in ("pandas", "polars", "pyarrow", "duckdb")],
    ids=lambda kind: kind.name,
)
def test_tables_are_of_the_callers_kind(kind):
    rng = np.random.default_rng(1)
    who = rng.integers(0, 60, 600).tolist()
    day = rng.integers(0, 730, 600)
    stamps = (np.datetime64("2022-01-01") + day).astype("M8[us]").tolist()
    columns = {
        "customer_id": [0, *who, 1],
        "timestamp": [*np.array(["2022-01-01"], "M8[us]").tolist(), *stamps, stamps[0]],
        "channel": ["a", *np.array(["a", "b"])[(day > 400).astype(int)].tolist(), "b"],
    }
    log = ci.TransactionLog.from_frame(kind.make(columns))
    result = found(log, formats="channel")
    assert result.parts == (
        "persistence", "survival", "concentration", "stress", "formats", "bridge",
    )  # fmt: skip
    for part in result.parts:
        frame = result.to_frame(part)
        assert kind.is_kind(frame)
        assert contents(frame)


def test_it_shows_itself(steady):
    result = found(steady)
    assert repr(result).startswith("Resilience(compared=2022-01-01 to 2022-12-31 and ")
    for name in ("persistence=", "expected_persistence=", "excess_persistence="):
        assert name in repr(result)
    assert result._repr_html_().startswith("<table>")
    assert result.parts == ("persistence", "survival", "concentration", "stress")
    assert math.isnan(result.bridge_rate)
    assert math.isnan(result.interval("bridge_rate")[0])
    assert all(math.isnan(one) for one in (result.mix_shift, result.migration))
    with pytest.raises(AttributeError):
        result.level = 0.5


def test_a_history_is_taken_as_it_is(steady):
    core = core_customers(steady.as_of("2023-12-31"))
    early = resilience_of(core, steady.as_of("2023-12-31"), period=PAIRS, n_boot=40)
    assert early.persistence == core.resilience(steady, period=PAIRS, n_boot=40).persistence
    # a log is seen as of the core's moment: nothing later is let in
    first = core_customers(steady.as_of("2022-12-31"))
    with pytest.warns(DataQualityWarning, match="there is one"):
        assert math.isnan(first.resilience(steady, n_boot=40).persistence)
