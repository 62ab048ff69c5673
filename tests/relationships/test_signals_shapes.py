"""What signals do with odd logs, and what of them must not change."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relationships.signal_shops import Shop, small_shop, times

import customerintel as ci
from customerintel.exceptions import DataQualityWarning
from customerintel.relationships.collecting import signals
from customerintel.relationships.ranks import Reference
from customerintel.relationships.signal_definitions import NAMES
from customerintel.tables.survey_log import SurveyLog

AT = "2024-01-16"
SHOP = small_shop(5)


def made(shop=SHOP, at=AT, **more):
    return signals(shop.log().as_of(at), interactions=shop.interactions(), **more)


def same(left, right):
    for part in ("to_numpy", "weights", "ranks"):
        np.testing.assert_array_equal(getattr(left, part)(), getattr(right, part)())


def test_rows_that_come_in_another_order_change_nothing():
    rng = np.random.default_rng(1)
    # no two rows of one moment, whose order nobody can know
    shop = Shop(
        [(row[0], row[1] + k / 1e4, *row[2:]) for k, row in enumerate(SHOP.purchases)],
        [(row[0], row[1] + k / 1e4, *row[2:]) for k, row in enumerate(SHOP.contacts)],
    )
    mixed = Shop(*([rows[k] for k in rng.permutation(len(rows))] for rows in shop))
    left, right = made(shop), made(mixed)
    np.testing.assert_allclose(left.to_numpy(), right.to_numpy(), rtol=1e-9)
    np.testing.assert_allclose(left.ranks(), right.ranks(), rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(1e-3, 1e3), min_size=12, max_size=12))
def test_ranks_do_not_know_how_much_money_a_customer_spends(factors):
    scaled = [(row[0], row[1], row[2] * factors[row[0]], *row[3:]) for row in SHOP.purchases]
    history = Shop(scaled, []).log().as_of(AT)
    before = signals(SHOP.log().as_of(AT))
    after = signals(history)
    np.testing.assert_array_equal(before.ranks(), after.ranks())
    np.testing.assert_array_equal(before.weights(), after.weights())


def test_what_comes_later_is_invisible():
    day = 19_600  # 2023-08-31
    shop = small_shop(6)
    early = Shop([r for r in shop.purchases if r[1] < day + 1],
                 [r for r in shop.contacts if r[1] < day + 1])  # fmt: skip
    early = Shop(
        early.purchases,
        [(*r[:5], None if r[5] is None or r[5] >= day + 1 else r[5], *r[6:]) for r in early[1]],
    )
    left, right = made(shop, "2023-08-31"), made(early, "2023-08-31")
    same(left, right)
    assert left.n_unknown_interactions == right.n_unknown_interactions > 0


def test_threads_change_no_bit(monkeypatch):
    from customerintel._kernels import threads

    monkeypatch.setattr(threads, "ROWS_PER_THREAD", 10)
    found = []
    for width in (1, 2, 5):
        ci.set_threads(width)
        found.append(made())
    ci.set_threads(None)
    same(found[0], found[1])
    same(found[0], found[2])


def test_a_kind_that_is_never_recorded_is_no_zero():
    quiet = Shop(SHOP.purchases, [row for row in SHOP.contacts if row[2] in ("call", "delivered")])
    found = made(quiet)
    assert np.isnan(found["complaint_rate"]).all()
    assert np.isnan(found["responsiveness"]).all()
    assert not np.isnan(found["inbound_rate"]).any()
    assert np.isnan(signals(SHOP.log().as_of(AT))["initiative"]).all()
    without = Shop([(*row[:3], None, row[4]) for row in SHOP.purchases if row[2] > 0], [])
    alone = signals(without.log().as_of(AT))
    assert np.isnan(alone["promo_share"]).all()
    assert np.isnan(alone["return_share"]).all()


@pytest.mark.parametrize(
    "promo",
    [
        [" SPRING", "None", "no ", "", "FALSE", "n0", "0", "of"],
        ["SPRING", None, False, 0, "", True, 0.0, 7],
        [3.0, 0.0, np.nan, 0, 0, 1, 0, 2],
        [True, False, False, False, False, True, False, True],
        np.array(["2024-01-01", *["NaT"] * 4, "2024-01-02", "NaT", "2024-01-02"], "M8[us]"),
    ],
)
def test_what_is_a_promo(promo):
    if not isinstance(promo, np.ndarray):
        kinds = {type(value) for value in promo}
        promo = np.array(promo, object if kinds & {str} else None)
    log = ci.TransactionLog.from_frame(
        {"customer_id": np.arange(8), "timestamp": times([19_000.0] * 8), "promo": promo}
    )
    # the share is pulled to that of the base, and so stays above it where there was a promo
    share = signals(log.as_of(AT))["promo_share"]
    assert np.flatnonzero(share > 3 / 8).tolist() == [0, 5, 7]


def test_who_was_sent_nothing_answers_nothing():
    base = [(1, 19_400.0, 9.0, None, None), (2, 19_400.0, 9.0, None, None)]
    rows = [(1, 19_500.0, kind, None, None, None, None, None) for kind in ("delivered", "open")]
    found = made(Shop(base, rows))
    assert np.isnan(found["responsiveness"]).tolist() == [False, True]


@pytest.mark.parametrize("n", [0, 1])
def test_bases_of_nobody_and_of_one(n):
    rows = SHOP.purchases[:1] * n
    columns = {"customer_id": [1] * n, "timestamp": times(row[1] for row in rows)}
    history = ci.TransactionLog.from_frame(columns)
    if n:
        found = signals(history.as_of(AT), interactions=Shop(rows, []).interactions())
        assert found.ranks()[0, NAMES.index("tenure")] == 0.5
    else:
        with pytest.warns(DataQualityWarning, match="empty"):
            nobody = history.as_of(AT)
        with pytest.warns(DataQualityWarning, match="without a visible purchase"):
            found = signals(nobody, interactions=SHOP.interactions())
        assert found.n_unknown_interactions > 0
    assert found.to_numpy().shape == (n, len(NAMES))
    assert len(found.to_frame()["tenure"]) == n
    again = Reference.from_state(found.reference.to_state())
    same(found, found.against(again))


def test_a_log_of_strangers_is_warned_of():
    strangers = Shop([(77, 19_400.0, 9.0, None, None)], SHOP.contacts)
    with pytest.warns(DataQualityWarning, match="interactions are of customers without a visible"):
        found = made(strangers)
    assert len(found) == 1
    answers = {
        "customer_id": [1, 2, 77], "timestamp": ["2023-06-01"] * 3, "item": ["trust"] * 3,
        "scale_min": [1] * 3, "scale_max": [5] * 3, "value": [1, 2, 5],
    }  # fmt: skip
    with pytest.warns(DataQualityWarning, match="2 of 3 latest survey answers are of customers"):
        found = signals(strangers.log().as_of(AT), survey=SurveyLog.from_frame(answers))
    assert found.n_unknown_answers == 2


def test_answers_are_scaled_and_grow_old():
    answers = {
        "customer_id": [1, 1, 2, 3, 3],
        "timestamp": ["2023-01-16", "2024-01-20", "2024-01-16", "2023-05-01", "2023-06-01"],
        "item": ["trust", "trust", "trust", "stated_type", "desired_type"],
        "scale_min": [1, 1, 1, None, None],
        "scale_max": [5, 5, 5, None, None],
        "value": [2, 5, 5, None, None],
        "choice": [None, None, None, "Fling", "best friend"],
    }
    found = signals(SHOP.log().as_of(AT), survey=SurveyLog.from_frame(answers))
    at = found.customer_id.searchsorted([1, 2, 3])
    np.testing.assert_array_equal(found["trust"][at], [0.25, 1.0, np.nan])
    np.testing.assert_allclose(found.weight("trust")[at], [0.5, 1.0, 0.0], atol=2e-3)
    assert found.stated[at[2]] == "fling"
    assert found.desired[at[2]] == "best_friend"
    assert str(found.stated_at[at[2]])[:10] == "2023-05-01"
    frame = found.to_frame()
    assert frame["stated_type"][at[2]] == "fling"
    hidden = found.without("survey")
    assert hidden.stated[at[2]] is None
    assert np.isnan(hidden["trust"]).all()
    assert hidden.sources == ("transactions",)


def test_lock_in_is_the_mean_of_what_is_known():
    table = ci.CustomerTable.from_frame(
        {
            "customer_id": [0, 1, 2, 99],
            "contract": ["yes", "No", None, "no"],
            "exit_fee": [12.5, 0.0, np.nan, 1.0],
            "imposed": [True, True, False, False],
        }
    )
    found = signals(SHOP.log().as_of(AT), customers=table)
    np.testing.assert_allclose(found["lock_in"][:4], [1.0, 1 / 3, 0.0, np.nan])
    np.testing.assert_allclose(found.weight("lock_in")[:4], [1.0, 1.0, 1 / 3, 0.0])
    assert found.sources == ("transactions", "customers")


def test_what_is_made_stays_as_it_is():
    found = made()
    for part in (found["tenure"], found.ranks(), found.weights(), found.stated):
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 0
    with pytest.raises(AttributeError):
        found.sources = ()
    with pytest.raises(AttributeError, match="cannot be changed"):
        found.reference.n = 3
    same(found, pickle.loads(pickle.dumps(found)))
    assert repr(found) == (
        "Signals(customers=12, sources=transactions+interactions, "
        "moment=2024-01-16T23:59:59.999999)"
    )
    assert repr(found.reference).startswith("Reference(customers=12, signals=3")
    assert "<caption>Signals</caption>" in found._repr_html_()
    assert "<caption>Reference</caption>" in found.reference._repr_html_()
    assert list(found) == list(NAMES)
    assert "tenure" in found


def test_every_signal_has_a_line():
    lines = made().definitions
    assert tuple(lines) == NAMES
    assert len(NAMES) == 45
    for line in lines.values():
        assert all(part in line for part in (" [", "; weight: ", "; NaN: ", "; feeds "))


def test_days_are_those_of_the_logs_zone():
    from datetime import datetime
    from zoneinfo import ZoneInfo

    rng = np.random.default_rng(7)
    zone = ZoneInfo("America/New_York")
    hours = rng.permutation(24 * 30)[:60]
    clock = [datetime(2023, 1, 1 + h // 24, h % 24, 30) for h in hours.tolist()]
    who = rng.integers(6, size=60)

    def both(zone):
        stamps = [at.replace(tzinfo=zone) for at in clock]
        kinds = {"kind": ["call"] * 30 + ["complaint"] * 30}
        log = ci.TransactionLog.from_frame({"customer_id": who, "timestamp": stamps})
        met = ci.InteractionLog.from_frame({"customer_id": who, "timestamp": stamps, **kinds})
        return signals(log.as_of("2023-06-30"), interactions=met)

    same(both(zone), both(None))


def test_ids_may_be_texts():
    def named(rows):
        return [(f"c{row[0]:02}", *row[1:]) for row in rows]

    texts = made(Shop(named(SHOP.purchases), named(SHOP.contacts)))
    same(made(), texts)
    assert texts.customer_id[0] == "c00"


def test_lines_of_an_order_are_one_order():
    rows = [row for row in SHOP.purchases if row[2] > 0]
    lines = Shop([row for row in rows for _ in range(3)], SHOP.contacts)
    orders = np.arange(len(rows)).repeat(3)
    found = signals(lines.log(order_id=orders).as_of(AT), interactions=SHOP.interactions())
    plain = made(Shop(rows, SHOP.contacts))
    for name in ("inbound_rate", "complaint_rate", "purchase_rate", "tolerance"):
        np.testing.assert_array_equal(found[name], plain[name], err_msg=name)
    apart = signals(lines.log().as_of(AT), interactions=SHOP.interactions())
    assert (apart.weight("inbound_rate") != plain.weight("inbound_rate")).any()


def test_returns_that_are_dropped_are_no_returns():
    rows = SHOP.purchases
    columns = {
        "customer_id": [row[0] for row in rows], "timestamp": times(row[1] for row in rows),
        "amount": [row[2] for row in rows],
    }  # fmt: skip
    log = ci.TransactionLog.from_frame(columns, returns="drop")
    assert np.isnan(signals(log.as_of(AT))["return_share"]).all()
    assert not np.isnan(signals(SHOP.log().as_of(AT))["return_share"]).all()


def test_a_customer_table_without_locks_says_nothing_of_them():
    table = ci.CustomerTable.from_frame({"customer_id": [0, 1], "plan": ["a", "b"]})
    assert np.isnan(signals(SHOP.log().as_of(AT), customers=table)["lock_in"]).all()
    blank = ci.CustomerTable.from_frame({"customer_id": [0, 1], "contract": ["", "on"]})
    found = signals(SHOP.log().as_of(AT), customers=blank)["lock_in"]
    np.testing.assert_array_equal(found[:3], [np.nan, 1.0, np.nan])
