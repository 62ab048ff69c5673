"""Features that cannot be asked for: class and whole message."""

from __future__ import annotations

import pytest

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError

LOG = {"customer_id": [1, 2, 2], "timestamp": ["2024-01-01", "2024-01-02", "2024-03-01"]}


def history():
    return ci.TransactionLog.from_frame(LOG).as_of("2024-04-01")


WINDOWS = (
    "windows must be a tuple of whole numbers of days, each at least 1 and there once, such as "
    "(30, 90, 180); got "
)
AHEAD = "ahead must be a whole number of days, at least 1, such as 90; got "

#: What is given: a call, the class and the whole message.
CASES = {
    "one number in place of windows": (
        lambda: history().features(windows=30),
        InvalidArgumentError,
        WINDOWS + "int.",
    ),
    "windows as texts": (
        lambda: history().features(windows=("30d", "90d")),
        InvalidArgumentError,
        WINDOWS + "('30d', '90d').",
    ),
    "a window of no days": (
        lambda: history().features(windows=(30, 0)),
        InvalidArgumentError,
        WINDOWS + "(30, 0).",
    ),
    "a window of half a day": (
        lambda: history().features(windows=(0.5,)),
        InvalidArgumentError,
        WINDOWS + "(0.5,).",
    ),
    "a window that is there twice": (
        lambda: history().features(windows=[30, 90, 30]),
        InvalidArgumentError,
        WINDOWS + "(30, 90, 30).",
    ),
    "a window longer than time": (
        lambda: history().features(windows=(10**9,)),
        InvalidArgumentError,
        WINDOWS + "(1000000000,).",
    ),
    "True in place of a window": (
        lambda: history().features(windows=(True,)),
        InvalidArgumentError,
        WINDOWS + "(True,).",
    ),
    "days ahead that are missing": (
        lambda: history().features(ahead=float("nan")),
        InvalidArgumentError,
        AHEAD + "nan.",
    ),
    "nothing ahead": (
        lambda: history().features(ahead=0),
        InvalidArgumentError,
        AHEAD + "0.",
    ),
    "a text ahead": (
        lambda: history().features(ahead="90d"),
        InvalidArgumentError,
        AHEAD + "'90d'.",
    ),
    "a feature that is misspelt": (
        lambda: history().features()["gap_men"],
        InvalidArgumentError,
        "There is no feature 'gap_men'. Did you mean 'gap_mean'?",
    ),
    "a feature of another window": (
        lambda: history().features(windows=(7,))["purchases_30d"],
        InvalidArgumentError,
        "There is no feature 'purchases_30d'. Did you mean 'purchases_7d'?",
    ),
    "a feature by its place": (
        lambda: history().features(windows=())[0],
        InvalidArgumentError,
        (
            "There is no feature 0. There are frequency, recency, T, time_since_last, "
            "n_transactions, total_amount, monetary_value, mean_amount, first_amount, gap_mean, "
            "gap_std, regularity, clumpiness, overdue_ratio, frequency_trend, spend_trend, "
            "breadth, return_share, weekend_share, season_share."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
