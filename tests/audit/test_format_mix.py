"""Formats of the core: against a slow twin, and shifts whose truth is known."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from audit.steady_shop import log_of, orders_of

import customerintel as ci
from customerintel.audit.cells import cells_of
from customerintel.audit.core_set import core_customers
from customerintel.audit.format_mix import format_mix_of
from customerintel.audit.periods import read_periods
from customerintel.exceptions import DataQualityWarning

PAIRS = [(f"{year}-01-01", f"{year}-12-31") for year in (2021, 2022, 2023)]

#: Customer, year and channel of each purchase.
ROWS = [
    (1, 2021, "shop"), (1, 2021, "shop"), (1, 2022, "shop"), (1, 2022, "app"), (1, 2023, "app"),
    (2, 2021, "shop"), (2, 2022, "app"), (2, 2023, "mail"),
    (3, 2021, "mail"), (3, 2021, "shop"), (3, 2022, "shop"), (3, 2023, "app"), (3, 2023, "shop"),
    (4, 2021, "shop"), (4, 2023, "app"), (4, 2023, "app"),
    (5, 2021, "mail"), (5, 2022, ""), (5, 2022, "app"), (5, 2023, "app"),
]  # fmt: skip


def log():
    stamps = [f"{year}-{1 + k // 28:02d}-{1 + k % 28:02d}" for k, (_, year, _) in enumerate(ROWS)]
    return ci.TransactionLog.from_frame({
        "customer_id": [0, *(who for who, _, _ in ROWS), 0],
        "timestamp": ["2021-01-01", *stamps, "2023-12-31"],
        "channel": ["shop", *(one or None for *_, one in ROWS), "app"],
    })  # fmt: skip


def mix_of(weights, **options):
    history = log().as_of("2023-12-31")
    cells = cells_of(history, read_periods(history, PAIRS), by="channel")
    return format_mix_of(cells, [np.array(weights, float)] * 3, **options)


def state(channels):
    old, new = "shop" in channels, "app" in channels
    return 3 if old and new else 1 if old else 2 if new else 4 if channels else 0


def test_against_a_slow_twin():
    weights = {0: 0.0, 1: 1.0, 2: 1.0, 3: 0.5, 4: 1.0, 5: 0.25}
    found = mix_of(list(weights.values()))
    assert found.formats == ("app", "mail", "shop")
    assert (found.old, found.new) == (("shop",), ("app",))
    channels = defaultdict(set)
    orders = Counter()
    for who, year, channel in ROWS:
        channels[who, year].add(channel)
        orders[year, channel] += weights[who]
    for place, year in enumerate((2021, 2022, 2023)):
        expected = [orders[year, one] for one in found.formats]
        np.testing.assert_allclose(found.orders[place], expected)
        np.testing.assert_allclose(found.mix[place], np.array(expected) / sum(expected))
        states = np.zeros(5)
        moves = np.zeros((5, 5))
        for who, weight in weights.items():
            now = state(channels[who, year])
            states[now] += weight
            if place:
                moves[state(channels[who, year - 1]), now] += weight
        np.testing.assert_allclose(found.states[place], states)
        np.testing.assert_allclose(found.moves[place], moves)
    assert found.without == orders[2022, ""]
    moved = 0.5 * np.abs(found.mix[1] - found.mix[0]).sum()
    assert found.shift[1] == pytest.approx(moved)
    assert math.isnan(found.shift[0])


def test_shares_of_states():
    found = mix_of([0.0, 1.0, 1.0, 1.0, 1.0, 0.0])
    # 2022: customer 1 both, 2 new only, 3 old only, 4 nothing
    np.testing.assert_allclose(found.bridge, [0.0, 1 / 3, 1 / 4])
    # 2021: all four old only; one of them is new only a year later
    np.testing.assert_allclose(found.migration, [np.nan, 1 / 4, 0.0])
    np.testing.assert_allclose(found.retention[1, 1], 3 / 4)
    assert math.isnan(found.retention[1, 3])
    np.testing.assert_allclose(found.retention[2, [1, 2, 3]], 1.0)
    np.testing.assert_allclose(found.mix_of_all.sum(axis=1), 1.0)


def test_shares_of_a_few_customers_are_not_told():
    weights = [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    every, some, none = (mix_of(weights, min_cell=k) for k in (1, 4, 5))
    # in 2022, three of the four bought at all; all four were there in 2021 and 2023
    np.testing.assert_allclose(some.bridge, [every.bridge[0], np.nan, every.bridge[2]])
    np.testing.assert_allclose(some.migration, [np.nan, every.migration[1], np.nan])
    # 2021's four were of the old only, and of 2022's no state has as many
    assert some.retention[1, 1] == every.retention[1, 1] == 3 / 4
    assert np.isnan(np.delete(some.retention.ravel(), 6)).all()
    for name in ("bridge", "migration", "retention"):
        assert np.isnan(getattr(none, name)).all()
        with pytest.raises(ValueError, match="read-only"):
            getattr(every, name)[0] = 1.0
    assert repr(every) == "FormatMix(formats=3, periods=3, old=shop, new=app)"
    assert "<td>shop</td>" in every._repr_html_()


def test_formats_that_are_named():
    found = mix_of([1.0] * 6, old=["shop", "mail"], new="app")
    assert found.old == ("shop", "mail")
    assert found.states[0].tolist() == [0.0, 6.0, 0.0, 0.0, 0.0]
    other = mix_of([1.0] * 6, old="mail")
    assert (other.old, other.new) == (("mail",), ("app",))
    assert mix_of([1.0] * 6, new="mail").old == ("shop",)


def test_one_format_has_nothing_to_bridge():
    rows = log_of(orders_of(300, seed=1), channel=lambda rng, who, year: np.full(len(who), "shop"))
    core = core_customers(rows.as_of("2023-12-31"))
    with pytest.warns(DataQualityWarning, match="no old and new to bridge"):
        found = core.resilience(rows, period=PAIRS[1:], formats="channel", n_boot=40)
    assert found.format_mix.old == found.format_mix.new == ()
    assert found.mix_shift == 0.0
    assert math.isnan(found.bridge_rate)
    assert math.isnan(found.migration)
    assert math.isnan(found.interval("bridge_rate")[0])


def test_a_shift_from_old_to_new_is_seen():
    def channel(rng, who, year):
        # one half of the customers has moved wholly by the second year
        return np.where((who % 2 == 0) & (year == 1), "digital", "physical")

    rows = log_of(orders_of(4_000, seed=2, mean=8.0), channel=channel)
    core = core_customers(rows.as_of("2023-12-31"))
    found = core.resilience(rows, period=PAIRS[1:], formats="channel", n_boot=40)
    assert (found.format_mix.old, found.format_mix.new) == (("physical",), ("digital",))
    assert found.mix_shift == pytest.approx(0.5, abs=0.04)
    assert found.migration == pytest.approx(0.5, abs=0.05)
    assert found.bridge_rate == 0.0
    low, high = found.interval("migration")
    assert low < 0.5 < high
    assert found.interval("bridge_rate")[0] == 0.0
    frame = found.to_frame("formats")
    assert len(frame["format"]) == 4
    np.testing.assert_allclose(frame["share"], found.format_mix.mix.ravel())
    np.testing.assert_allclose(found.to_frame("bridge")["shift"], found.format_mix.shift)
