"""What becomes of the timers of two customers that are one."""

from __future__ import annotations

from typing import Any

import pytest
from live.fold_bed import at, event, fold_of, play, shown

from customerintel import live

#: A dear visit is an answer and an arming at once: the answer first, so it stays armed.
RULE = live.Rule(
    id="r", version=1, do=[live.Action("call")],
    when=live.Absence(after="Visit", of=live.On("Visit", where=live.P("total") > 5), within="30m"),
)  # fmt: skip
DEAR = event("a", "Visit", 10, total=9)
CHEAP = event("a", "Visit", 10, total=1)
#: What both did, and when the arming that is left was.
CASES: dict[str, tuple[list[Any], int]] = {
    "the other did nothing": ([DEAR], 10),
    "the other did something else": ([event("b", "Order Completed", 0), DEAR], 10),
    "the other answered before": ([event("b", "Visit", 5, total=9), DEAR], 10),
    "the other answered after": ([CHEAP, event("b", "Visit", 12, total=9)], 12),
    "both at once": ([DEAR, event("b", "Visit", 10, total=1)], 10),
    "the other is armed later": ([DEAR, event("b", "Visit", 12, total=1)], 12),
}


@pytest.mark.parametrize("source", ["a", "b"])
@pytest.mark.parametrize("name", CASES)
def test_an_arming_is_answered_by_the_other_customer_alone(name: str, source: str) -> None:
    given, armed = CASES[name]
    fold = fold_of(RULE)
    play(fold, given)
    into = "b" if source == "a" else "a"
    assert fold.merge(source, into) == []
    expected = [("r", into, f"after:{at(armed)}", "queued")]
    assert shown(fold.tick(at(90))) == expected


def test_an_answer_of_the_other_holds() -> None:
    cart = RULE.model_copy(
        update={"when": live.Absence(after="Product Added", of="Order Completed", within="30m")}
    )
    for minute, expected in ((12, []), (9, [("r", "b", f"after:{at(10)}", "queued")])):
        fold = fold_of(cart)
        given = [event("a", "Product Added", 10), event("b", "Order Completed", minute)]
        play(fold, sorted(given, key=lambda one: one["timestamp"]))
        fold.merge("a", "b")
        assert shown(fold.tick(at(90))) == expected
