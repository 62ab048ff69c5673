"""Day ends that nothing can change are passed over; those that can are not."""

from __future__ import annotations

import pytest
from live.fold_bed import at, event, fold_of, play, shown

from customerintel import live
from customerintel._kernels import live_words as w
from customerintel.live.fold import Fold

DO = [live.Action("mail")]
#: Minutes of a day.
D = 24 * 60
#: Events of a class that no rule reads at day ends, and of one that they read.
OTHER, READ = "Page Viewed", "Order Completed"


def rule(when: live.On | object, **more: object) -> live.Rule:
    return live.Rule("r", 1, when=when, do=DO, **more)  # type: ignore[arg-type]


def asleep(fold: Fold, who: str) -> bool:
    row = fold.customers.ids.row(who)
    return bool(fold.state.words[row, w.W_FLAGS] & w.ASLEEP)


def after_days(fold: Fold, events: list[object], days: int) -> list[tuple[str, str, str, str]]:
    """Return what events, and then so many quiet days with a tick each, decide."""
    found = play(fold, events)
    for day in range(1, days + 1):
        found += shown(fold.tick(at(day * D), None))
    return found


def test_a_sum_that_rises_when_a_loss_leaves_its_window() -> None:
    fold = fold_of(rule(live.Sum(READ, "total", window="2d") >= 100))
    events = [event("a", READ, 0, total=-100), event("a", READ, D, total=150)]
    assert play(fold, events) == []
    assert not asleep(fold, "a")
    assert shown(fold.tick(at(4 * D), None)) == [("r", "a", "day:2026-03-04", "queued")]


def test_a_sum_of_gains_alone_is_looked_at_once() -> None:
    fold = fold_of(rule(live.Sum(READ, "total", window="2d") >= 100))
    assert after_days(fold, [event("a", READ, 0, total=60)], 1) == []
    assert asleep(fold, "a")
    # what has fallen with time turns true again by an event
    events = [event("a", READ, D + 1, total=60), event("a", READ, 9 * D, total=120)]
    assert [one[2] for one in play(fold, events)] == ["#1", "#2"]


def test_a_count_below_a_number_is_looked_at_until_it_is_true() -> None:
    fold = fold_of(rule(live.Count(READ, window="2d") < 1))
    found = after_days(fold, [event("a", READ, 0), event("b", OTHER, 0)], 5)
    assert found == [
        ("r", "b", "day:2026-03-02", "queued"), ("r", "a", "day:2026-03-04", "queued"),
    ]  # fmt: skip
    assert asleep(fold, "a")
    assert asleep(fold, "b")
    assert play(fold, [event("a", READ, 6 * D)]) == []
    assert not asleep(fold, "a")
    assert [one[2] for one in shown(fold.tick(at(9 * D), None))] == ["day:2026-03-10"]


def test_days_since_a_purchase_wake_with_the_next() -> None:
    fold = fold_of(rule(live.TimeSinceLast() >= 2))
    found = after_days(fold, [event("a", READ, 0)], 4)
    assert [one[2] for one in found] == ["day:2026-03-03"]
    assert asleep(fold, "a")
    assert play(fold, [event("a", OTHER, 4.5 * D)]) == []
    assert asleep(fold, "a")
    assert play(fold, [event("a", READ, 5 * D)]) == []
    assert [one[2] for one in shown(fold.tick(at(9 * D), None))] == ["day:2026-03-08"]


def test_two_conditions_at_once_are_never_passed_over() -> None:
    when = (live.TimeSinceLast() >= 2) & (live.Count(OTHER, window="1d") < 1)
    fold = fold_of(rule(when))
    found = after_days(fold, [event("a", READ, 0), event("a", OTHER, 2 * D)], 6)
    assert not asleep(fold, "a")
    assert [one[2] for one in found] == ["day:2026-03-03", "day:2026-03-05"]


@pytest.mark.parametrize("first", [OTHER, READ])
def test_a_drop_is_seen_by_those_who_began_asleep(first: str) -> None:
    fold = fold_of(rule(live.Drop(live.Count(READ), window="1d", by=0.5, at_least=2)))
    assert play(fold, [event("a", first, 0)]) == []
    assert asleep(fold, "a") == (first == OTHER)
    events = [event("a", READ, 2 * D + k) for k in range(2)]
    assert play(fold, events) == []
    assert not asleep(fold, "a")
    assert [one[2] for one in shown(fold.tick(at(9 * D), None))] == ["day:2026-03-05"]
    assert asleep(fold, "a")


def test_an_event_that_no_rule_reads_wakes_nobody() -> None:
    fold = fold_of(rule(live.Sum(READ, "total", window="2d") >= 100))
    after_days(fold, [event("a", READ, 0, total=5)], 1)
    play(fold, [event("a", OTHER, D + 1), event("a", "Visit", D + 2)])
    assert asleep(fold, "a")


def test_a_merge_wakes_both() -> None:
    fold = fold_of(rule(live.Count(READ, window="3d") < 1))
    found = after_days(fold, [event("a", OTHER, 0), event("b", READ, 0)], 1)
    assert found == [("r", "a", "day:2026-03-02", "queued")]
    fold.merge("a", "b")
    assert not asleep(fold, "b")
    # the event of the one answers what was true of the other
    assert [one[2] for one in shown(fold.tick(at(6 * D), None))] == ["day:2026-03-05"]
