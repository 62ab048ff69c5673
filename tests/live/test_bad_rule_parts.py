"""Actions, limits, holdouts and lengths that cannot be made: class and whole message."""

from __future__ import annotations

import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.live import (
    Action,
    Holdout,
    Limits,
)
from customerintel.live.lengths import read_hours, read_length, read_rate

#: What is given: a call, the class and the whole message.
CASES = {
    "an action without channel": (
        lambda: Action(""),
        InvalidArgumentError,
        ("Action has a fault:\n- channel must be a text that is not empty; got an empty text."),
    ),
    "an action with what JSON has not": (
        lambda: Action("email", when={1, 2}),
        InvalidArgumentError,
        (
            "Action has a fault:\n"
            "- values must be what JSON has: texts, numbers, true, false, lists and mappings."
        ),
    ),
    "an action with infinity": (
        lambda: Action("email", share=float("inf")),
        InvalidArgumentError,
        (
            "Action has a fault:\n"
            "- values must be what JSON has: texts, numbers, true, false, lists and mappings."
        ),
    ),
    "an action with numbers as names": (
        lambda: Action("email", offers={1: "a"}),
        InvalidArgumentError,
        ("Action has a fault:\n- values must have texts as names, at every depth."),
    ),
    "limits that are all wrong": (
        lambda: Limits("soon", {"email": "often"}, "nights", -1, 0),
        InvalidArgumentError,
        (
            "Limits has 5 faults:\n"
            "- once_per must be a number with its unit, such as '30m', '12h' or '7d' (units s, "
            "m, h, d, w), or a timedelta; got 'soon'.\n"
            "- per_channel of 'email' must be a number of times and a length, such as '2/7d'; "
            "got 'often'.\n"
            "- quiet_hours must be two times of day, such as ('21:00', '08:00'); got 'nights'.\n"
            "- expires must be a number with its unit, such as '30m', '12h' or '7d' (units s, m, "
            "h, d, w), or a timedelta; got -1.\n"
            "- max_attempts must be a whole number, at least 1 and at most 2,147,483,647."
        ),
    ),
    "quiet hours that cover the day": (
        lambda: Limits(quiet_hours=("08:00", "08:00")),
        InvalidArgumentError,
        (
            "Limits has a fault:\n"
            "- quiet_hours ('08:00', '08:00') cover the whole day, so that nothing would ever be "
            "sent. Give a shorter time, or None for no quiet hours."
        ),
    ),
    "quiet hours from midnight to midnight": (
        lambda: Limits(quiet_hours=("00:00", "24:00")),
        InvalidArgumentError,
        (
            "Limits has a fault:\n"
            "- quiet_hours ('00:00', '24:00') cover the whole day, so that nothing would ever be "
            "sent. Give a shorter time, or None for no quiet hours."
        ),
    ),
    "quiet hours that no clock shows": (
        lambda: Limits(quiet_hours=("25:00", "08:00")),
        InvalidArgumentError,
        (
            "Limits has a fault:\n"
            "- quiet_hours must be two times of day, such as ('21:00', '08:00'); got ('25:00', "
            "'08:00')."
        ),
    ),
    "a cap of nothing": (
        lambda: Limits(per_channel={"email": "0/7d"}),
        InvalidArgumentError,
        (
            "Limits has a fault:\n"
            "- per_channel of 'email' must allow from 1 to 1,000,000 times; got '0/7d'. To use a "
            "channel never, take its action out of the rule."
        ),
    ),
    "a cap without time": (
        lambda: Limits(per_channel={"email": 2}),
        InvalidArgumentError,
        (
            "Limits has a fault:\n"
            "- per_channel of 'email' must be a number of times and a length, such as '2/7d'; "
            "got 2."
        ),
    ),
    "a cap on a list": (
        lambda: Limits(per_channel=["email"]),
        InvalidArgumentError,
        (
            "Limits has a fault:\n"
            "- per_channel must be a mapping of channels to rates, such as {'email': '2/7d'}; "
            "got list."
        ),
    ),
    "a cooldown of no length": (
        lambda: Limits(once_per="0d"),
        InvalidArgumentError,
        (
            "Limits has a fault:\n"
            "- once_per must be longer than nothing and at most 100 years; got '0d'."
        ),
    ),
    "a holdout of everybody": (
        lambda: Holdout(1, salt="s"),
        InvalidArgumentError,
        (
            "Holdout has a fault:\n"
            "- share must be at least 0 and less than 1; got 1. It is the part of the customers "
            "for whom nothing is done, such as 0.1."
        ),
    ),
    "a holdout of less than nobody": (
        lambda: Holdout(-0.1, salt=""),
        InvalidArgumentError,
        (
            "Holdout has 2 faults:\n"
            "- share must be at least 0 and less than 1; got -0.1. It is the part of the "
            "customers for whom nothing is done, such as 0.1.\n"
            "- salt must be a text that is not empty; got an empty text."
        ),
    ),
    "a holdout of True": (
        lambda: Holdout(True, salt="s"),
        InvalidArgumentError,
        (
            "Holdout has a fault:\n"
            "- share must be at least 0 and less than 1; got 1. It is the part of the customers "
            "for whom nothing is done, such as 0.1."
        ),
    ),
    "a length that is a number": (
        lambda: read_length(30, "within"),
        InvalidArgumentError,
        (
            "within must be a number with its unit, such as '30m', '12h' or '7d' (units s, m, h, "
            "d, w), or a timedelta; got 30."
        ),
    ),
    "a length that is a long text": (
        lambda: read_length("x" * 99, "within"),
        InvalidArgumentError,
        (
            "within must be a number with its unit, such as '30m', '12h' or '7d' (units s, m, h, "
            "d, w), or a timedelta; got a text of 99 characters."
        ),
    ),
    "a rate that is a word": (
        lambda: read_rate("often", "per_channel"),
        InvalidArgumentError,
        "per_channel must be a number of times and a length, such as '2/7d'; got 'often'.",
    ),
    "three hours": (
        lambda: read_hours(("1:00", "2:00", "3:00"), "quiet_hours"),
        InvalidArgumentError,
        (
            "quiet_hours must be two times of day, such as ('21:00', '08:00'); got ('1:00', "
            "'2:00', '3:00')."
        ),
    ),
}


@pytest.mark.parametrize("given", list(CASES))
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
