"""Numbers as people write them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from customerintel.report import numbers

N, MINUS, DASH = "\u00a0", "\u2212", "\u2013"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (7, "7"), (999, "999"), (3480, "3,480"), (541_909, "541,909"),
        (999_499, "999,499"), (999_600, f"1.00{N}million"), (1_234_567, f"1.23{N}million"),
        (67_400_000, f"67.4{N}million"), (412_000_000, f"412{N}million"),
        (9.9999e8, f"1.00{N}billion"), (-5, f"{MINUS}5"), (math.nan, DASH), (math.inf, DASH),
    ],
)  # fmt: skip
def test_count(value, text):
    assert numbers.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1, "under 10"), (9, "under 10"), (10, "10"), (math.nan, DASH)],
)
def test_small_groups_are_not_counted(value, text):
    assert numbers.count(value, least=10) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, f"0{N}%"), (0.0004, f"under{N}0.1{N}%"), (0.0345, f"3.5{N}%"), (0.03, f"3{N}%"),
        (0.0996, f"10{N}%"), (0.1234, f"12{N}%"), (0.9949, f"99.5{N}%"), (0.99999, f"99.9{N}%"),
        (1, f"100{N}%"), (2.73, f"273{N}%"), (-0.05, f"{MINUS}5{N}%"), (math.nan, DASH),
    ],
)  # fmt: skip
def test_percent(value, text):
    assert numbers.percent(value) == text


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (17.5, None, "17.50"), (99.996, None, "100"), (1915.2, "£", "£1,915"), (0, "£", "£0"),
        (8_911_407.9, "EUR", f"EUR{N}8.91{N}million"), (-263_280, "£", f"{MINUS}£263,280"),
        (math.nan, "£", DASH),
    ],
)  # fmt: skip
def test_money(value, currency, text):
    assert numbers.money(value, currency) == text


def test_intervals_name_their_unit_once():
    assert numbers.span(numbers.percent(0.57), numbers.percent(0.61)) == f"57 to 61{N}%"
    assert numbers.span(numbers.percent(1), numbers.percent(1)) == f"100{N}%"
    assert (
        numbers.span(numbers.percent(0.0001), numbers.percent(0.1)) == f"under{N}0.1{N}% to 10{N}%"
    )


def test_times():
    assert numbers.day(np.datetime64("2011-12-09T23:59")) == f"9{N}December{N}2011"
    assert numbers.day(np.datetime64("NaT")) == DASH
    assert numbers.days(1) == f"1{N}day"
    assert numbers.days(0.4) == f"0.4{N}days"
    assert numbers.days(731) == f"2.0{N}years"
    assert numbers.points(0.0) == f"0{N}points"
