"""The past told to new rules."""

from __future__ import annotations

from typing import Any

import numpy as np
from live.fold_bed import DAY, at, batch_of, event, fold_of, play, shown

from customerintel import live
from customerintel.live.fold_attributes import RefreshValues
from customerintel.live.rule_set import RuleSet

DO = [live.Action("call")]
HIGH = live.Rule(id="high", version=1, when=live.Score("risk") > 0.7, do=DO)
VISITS = live.Rule(id="visits", version=1, when=live.Count("Visit") >= 3, do=DO)
CART = live.Rule(
    id="cart", version=1, do=DO,
    when=live.Absence(after="Product Added", of="Order Completed", within="30m"),
)  # fmt: skip


def test_backfill_tells_new_expressions_the_past_and_fires_nothing() -> None:
    past = [
        event("a", "Visit", 0, "m0"),
        event("a", "Visit", 1, "m1"),
        event("old-b", "Product Added", 2, "m2"),
        event("gone", "Visit", 3, "m3"),
    ]
    fold = fold_of([CART])
    play(fold, past)
    fold.merge("old-b", "b")
    fold.erase(["gone"])
    silent = live.Rule(
        id="silent", version=1,
        when=live.Absence(after="Product Added", of="Visit", within="60m"), do=DO,
    )  # fmt: skip
    assert fold.change_rules(RuleSet([CART, VISITS, silent])) == []
    fold.backfill_from([batch_of(fold, past[:3])])
    assert fold.n_customers == 2
    assert fold.row_view("a").count(live.Count("Visit")) == 2
    assert play(fold, [event("a", "Visit", 5, "m5")]) == [("visits", "a", "m5", "queued")]
    assert shown(fold.tick(at(0) + DAY)) == [
        ("cart", "b", f"after:{at(2)}", "queued"),
        ("silent", "b", f"after:{at(2)}", "queued"),
    ]


def test_backfill_lengthens_a_window() -> None:
    past = [event("a", "Visit", -60 * 24 * back, f"m{back}") for back in (5, 3, 1)]
    two = live.Rule(id="two", version=1, when=live.Count("Visit", window="2d") >= 9, do=DO)
    week = live.Rule(id="week", version=1, when=live.Count("Visit", window="7d") >= 4, do=DO)
    for is_told, expected in ((False, []), (True, [("week", "a", "m", "queued")])):
        fold = fold_of(two)
        play(fold, past)
        fold.change_rules(RuleSet([two, week]))
        if is_told:
            fold.backfill_from([batch_of(fold, past)])
        assert play(fold, [event("a", "Visit", 0, "m")]) == expected


def test_backfill_merges_when_it_was_merged() -> None:
    rule = live.Rule(id="abc", version=1, when=live.Sequence("A", "B", "C", within="1h"), do=DO)
    fold = fold_of(VISITS)
    first, second = event("b", "A", 0), event("a", "B", 10)
    play(fold, [first])
    fold.merge("b", "a")
    play(fold, [second])
    fold.tick(at(15))
    fold.change_rules(RuleSet([rule]))
    told = [batch_of(fold, [one]) for one in (first, second)]
    fold.backfill_from([told[0], ("b", "a"), told[1], at(15)])
    assert play(fold, [event("a", "C", 20)]) == [("abc", "a", "#2", "queued")]


def test_backfill_fires_nothing_that_was_true_before() -> None:
    """Not what events made true, nor what a history or a refresh brought."""
    spent = live.Rule(id="spent", version=1, when=live.Frequency() >= 1, do=DO)
    rules = RuleSet([VISITS, HIGH, spent])
    fold = fold_of([HIGH, CART])
    one = np.array([at(0) - DAY])
    values = RefreshValues(
        at(0), ["a"], np.array([3]), np.array([9.0]), one, one, scores={"risk": {"a": 0.9}}
    )
    assert shown(fold.refresh(values)) == [("high", "a", "refresh:0", "queued")]
    past = [event("a", "Visit", minute, f"m{minute}") for minute in (1, 2, 3)]
    play(fold, past)
    fold.change_rules(rules)
    fold.backfill_from([batch_of(fold, past)])
    assert play(fold, [event("a", "Visit", 4, "m4")]) == []
    assert shown(fold.tick(at(0) + 3 * DAY)) == []


def test_backfill_asks_no_predicate_about_the_past() -> None:
    asked: list[int] = []

    def note(row: Any) -> bool:
        asked.append(row.time)
        return True

    rule = live.Rule(
        id="p", version=1, when=live.On("Visit"), where=live.Predicate(note, "note"), do=DO
    )
    past = [event("a", "Visit", 0)]
    fold = fold_of(CART)
    play(fold, past)
    fold.change_rules(RuleSet([rule, VISITS]))
    fold.backfill_from([batch_of(fold, past)])
    assert asked == []
    play(fold, [event("a", "Visit", 1)])
    assert asked == [at(1)]
