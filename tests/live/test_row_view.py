"""Predicates see the customer as she is; conditions in Python say what the kernels say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from live.fold_bed import at, batch_of, event, fold_of, shown

from customerintel import live
from customerintel.exceptions import InvalidArgumentError
from customerintel.live.condition_values import holds
from customerintel.live.row_view import RowView

VIEWS = live.Count("Product Viewed", window="7d")
SPENT = live.Sum("Order Completed", of="total", window="7d")
DO = [live.Action("call")]
LEVEL = live.Rule(id="level", version=1, when=VIEWS >= 100, where=SPENT > 1e9, do=DO)


def rule_with(function: Any, **more: Any) -> live.Rule:
    where = live.Predicate(function, name="own", reads=("pages", "site.depth"))
    return live.Rule(id="own", version=1, when=live.On("Visit"), where=where, do=DO, **more)


def test_what_a_predicate_sees() -> None:
    seen: list[Any] = []

    def look(row: RowView) -> bool:
        seen.append(
            {
                "who": row.customer_id,
                "time": row.time,
                "name": row.event_name,
                "properties": dict(row.properties),
                "views": row.count(VIEWS),
                "spent": row.sum(SPENT),
                "frequency": row.frequency,
                "monetary": row.monetary,
                "segment": row.segment,
                "relationship": row.relationship,
            }
        )
        assert "c1" not in repr(row)
        return row.monetary > 5

    fold = fold_of([LEVEL, rule_with(look)])
    given = [
        event("c1", "Visit", 0, pages=3),
        event("c1", "Product Viewed", 1),
        event("c1", "Order Completed", 2, total=20),
        event("c1", "Visit", 3, pages="4", site={"depth": 2}),
    ]
    assert shown(fold.events(batch_of(fold, given)).decisions) == [("own", "c1", "#3", "queued")]
    first, second = seen
    np.testing.assert_equal(first["properties"], {"pages": 3.0, "site.depth": np.nan})
    assert second == {
        "who": "c1",
        "time": at(3),
        "name": "Visit",
        "properties": {"pages": 4.0, "site.depth": 2.0},
        "views": 1.0,
        "spent": 20.0,
        "frequency": 1,
        "monetary": 20.0,
        "segment": None,
        "relationship": None,
    }


def test_a_predicate_that_raises_counts_as_false_and_is_told() -> None:
    def broken(row: RowView) -> bool:
        raise ValueError(f"about {row.customer_id}")

    fold = fold_of([rule_with(broken, limits=live.Limits(once_per="7d"))])
    assert (
        fold.events(batch_of(fold, [event("c1", "Visit", 0), event("c2", "Visit", 1)])).decisions
        == []
    )
    fault = fold.faults[0]
    assert (fault.rule_id, fault.predicate, fault.error, fault.at) == (
        "own",
        "own",
        "ValueError",
        at(0),
    )
    assert len(fold.faults) == 2
    assert "c1" not in repr(fold.faults)


def test_answers_go_through_the_gates_one_after_the_other() -> None:
    fold = fold_of([rule_with(lambda _: True, limits=live.Limits(once_per="1d"))])
    given = [event(who, "Visit", minute) for minute in (0, 5) for who in ("a", "b")]
    found = shown(fold.events(batch_of(fold, given)).decisions)
    assert sorted(found) == [
        ("own", "a", "#0", "queued"),
        ("own", "a", "#2", "cooldown"),
        ("own", "b", "#1", "queued"),
        ("own", "b", "#3", "cooldown"),
    ]


def test_what_no_rule_keeps_cannot_be_read() -> None:
    fold = fold_of(LEVEL)
    fold.events(batch_of(fold, [event("c1", "Visit", 0)]))
    view = fold.row_view("c1")
    with pytest.raises(InvalidArgumentError, match="so it was not counted"):
        view.count(live.Count("Visit", window="7d"))
    with pytest.raises(InvalidArgumentError, match="looks back further than any rule"):
        view.count(live.Count("Product Viewed", window="90d"))
    with pytest.raises(InvalidArgumentError, match="keeps none"):
        view.score("churn")
    assert np.isnan(view.time_since_last)
    assert view.last_purchase is None
    assert np.isnan(view.probability_alive)


CONDITIONS = [
    VIEWS >= 2,
    live.Count("Product Viewed", window="3h") < 2,
    SPENT > 30,
    (SPENT > 30) & ~(live.Frequency() >= 2),
    (live.Monetary() != 0) | (live.TimeSinceLast() < "2d"),
    live.TimeSinceLast() >= 0,
    live.P("plan") == "gold",
    live.P("plan") != "gold",
    (live.P("pages") > 2) | (live.P("plan") == "free"),
    live.P("pages") != 3,
]


@pytest.mark.parametrize("place", range(len(CONDITIONS)))
def test_conditions_in_python_are_those_of_the_kernels(place: int) -> None:
    """A rule whose `where` is the condition fires exactly where Python says it holds."""
    condition = CONDITIONS[place]
    asked: list[bool] = []

    def look(row: RowView) -> bool:
        asked.append(holds(condition, row))
        return False

    rules = [
        live.Rule(id="kernel", version=1, when=live.On("Visit"), where=condition, do=DO),
        live.Rule(id="python", version=1, when=live.On("Visit"), where=live.Predicate(look), do=DO),
        LEVEL,
    ]
    fold = fold_of(rules)
    rng = np.random.default_rng(place)
    given = []
    for minute in range(0, 6000, 15):
        name = rng.choice(["Visit", "Product Viewed", "Order Completed"], p=[0.6, 0.3, 0.1])
        more: dict[str, Any] = {"total": int(rng.integers(5, 40))}
        more |= {"pages": int(rng.integers(0, 6))} if rng.random() < 0.7 else {}
        more |= {"plan": str(rng.choice(["gold", "free"]))} if rng.random() < 0.7 else {}
        given.append(event(f"c{rng.integers(0, 4)}", str(name), minute, **more))
    found = fold.events(batch_of(fold, given)).decisions
    visits = [f"#{k}" for k, one in enumerate(given) if one["event"] == "Visit"]
    fired = {one.trigger_key for one in found if one.rule_id == "kernel"}
    assert asked == [key in fired for key in visits]
    assert 0 < len(fired) < len(visits) or place == 5


def test_at_the_end_of_a_day_that_day_is_the_current_one() -> None:
    recent = live.Count("Visit", window="2d")
    seen: list[float] = []

    def look(row: RowView) -> bool:
        seen.append(row.count(recent))
        return row.count(recent) == 1

    when = live.TimeSinceLast() >= 2
    rule = live.Rule(
        id="r", version=1, when=when, where=(recent == 1) & live.Predicate(look), do=DO
    )
    fold = fold_of(rule)
    # at the midnight after the 3rd, the purchase of the 2nd is two days ago
    fold.events(batch_of(fold, [event("a", "Order Completed", 0), event("a", "Visit", 1)]))
    assert [one.trigger_key for one in fold.tick(at(4 * 24 * 60))] == ["day:2026-03-03"]
    assert seen == [1.0]
