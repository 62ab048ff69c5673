"""Counts, properties and scores that cannot be made: class and whole message."""

from __future__ import annotations

import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.live import (
    Count,
    P,
    Score,
    Sum,
    TimeSinceLast,
)
from customerintel.live.composition import Compare

#: What is given: a call, the class and the whole message.
CASES = {
    "a count whose window is no multiple of the grain": (
        lambda: Count("Visit", "25h", grain="day"),
        InvalidArgumentError,
        (
            "Count has a fault:\n"
            "- window must be a whole number of grains; 1.04167 days are not. Give another "
            "window, or a finer grain."
        ),
    ),
    "a count whose own grain does not fit": (
        lambda: Count("Visit", "90s"),
        InvalidArgumentError,
        (
            "Count has a fault:\n"
            "- window must be a whole number of grains; 1.5 minutes are not. Give another "
            "window, or a finer grain."
        ),
    ),
    "a count with an unknown grain": (
        lambda: Count("Visit", "7d", grain="week"),
        InvalidArgumentError,
        ("Count has a fault:\n- grain must be 'minute', 'hour' or 'day'."),
    ),
    "a count with a grain and no window": (
        lambda: Count("Visit", grain="day"),
        InvalidArgumentError,
        ("Count has a fault:\n- grain is that of a window; give a window, or no grain."),
    ),
    "a count with too many grains": (
        lambda: Count("Visit", "30d", grain="minute"),
        InvalidArgumentError,
        (
            "Count has a fault:\n"
            "- window has 43,200 grains, and each costs memory for every customer; at most 4,096 "
            "are kept. Give a coarser grain or a shorter window."
        ),
    ),
    "a sum of no property": (
        lambda: Sum("Order Completed", of=3),
        InvalidArgumentError,
        ("Sum has a fault:\n- of must be a text that is not empty; got int."),
    ),
    "a property without a name": (
        lambda: P(""),
        InvalidArgumentError,
        ("P has a fault:\n- name must be a text that is not empty; got an empty text."),
    ),
    "a property with an empty key": (
        lambda: P("cart..total"),
        InvalidArgumentError,
        ("P has a fault:\n- name must have a key on each side of a '.', as in 'cart.total'."),
    ),
    "a property compared with a larger text": (
        lambda: P("plan") > "gold",
        InvalidArgumentError,
        "P('plan') compares with a text by == and != only; for <, <=, > and >= give a number.",
    ),
    "a property compared with nothing": (
        lambda: Compare(P("plan"), "eq", None),
        InvalidArgumentError,
        "what P is compared with must be a finite number; got NoneType.",
    ),
    "a count compared with a text": (
        lambda: Count("Visit") >= "3",
        InvalidArgumentError,
        "what Count is compared with must be a finite number; got str.",
    ),
    "a count compared with what is no number": (
        lambda: Compare(Count("Visit"), "ge", float("nan")),
        InvalidArgumentError,
        ("what Count is compared with must be a finite number; got an infinite or missing number."),
    ),
    "a count compared with a count": (
        lambda: Count("Visit") >= Count("Order Completed"),
        InvalidArgumentError,
        "what Count is compared with must be a finite number; got Count.",
    ),
    "a time since last of no length": (
        lambda: TimeSinceLast() > "long",
        InvalidArgumentError,
        (
            "what TimeSinceLast() is compared with must be a number with its unit, such as "
            "'30m', '12h' or '7d' (units s, m, h, d, w), or a timedelta; got 'long'."
        ),
    ),
    "a score without a name": (
        lambda: Score("", "recency"),
        InvalidArgumentError,
        ("Score has a fault:\n- name must be a text that is not empty; got an empty text."),
    ),
    "an estimator with an empty name": (
        lambda: Score("churn", ""),
        InvalidArgumentError,
        ("Score has a fault:\n- estimator must be a text that is not empty; got an empty text."),
    ),
}


@pytest.mark.parametrize("given", list(CASES))
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
