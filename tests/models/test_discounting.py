"""Rates of interest per unit of a fit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.discounting import rate_per_period, rate_per_unit


@pytest.mark.parametrize(
    ("unit", "per_year"),
    [
        ("hour", 365.25 * 24),
        ("day", 365.25),
        ("week", 365.25 / 7),
        ("month", 12),
        ("quarter", 4),
        ("year", 1),
    ],
)
@pytest.mark.parametrize("annual", [0.001, 0.10, 2.5])
def test_a_year_of_units_is_worth_a_year(unit, per_year, annual):
    rate = rate_per_unit(unit, annual, None)
    assert math.exp(rate * per_year) == pytest.approx(1.0 + annual, rel=1e-14)


def test_ten_percent_a_year_in_weeks():
    """ln(1.10) · 7 / 365.25."""
    assert rate_per_unit("week", 0.10, None) == pytest.approx(0.0018266153555928117, rel=1e-15)


def test_a_tiny_rate_keeps_its_digits():
    assert rate_per_unit("year", 1e-12, None) == pytest.approx(1e-12, rel=1e-11)


def test_a_continuous_rate_is_taken_as_it_is():
    """Fader, Hardie and Lee (2005): 15 % a year of 52 weeks."""
    published = math.log(1.15) / 52
    assert published == pytest.approx(0.002687730, rel=1e-6)
    assert rate_per_unit("week", None, published) == published
    assert rate_per_unit(None, None, published) == published
    assert rate_per_unit("fortnight", None, np.float64(0.5)) == 0.5


@pytest.mark.parametrize("given", [{"annual": 0, "rate": None}, {"annual": None, "rate": 0.0}])
def test_no_interest_is_a_rate(given):
    assert rate_per_unit("week", given["annual"], given["rate"]) == 0.0


@pytest.mark.parametrize(("unit", "periods"), [("month", 12), ("quarter", 4), ("year", 1)])
def test_a_year_of_periods_is_worth_a_year(unit, periods):
    d = rate_per_period(unit, 0.10, None)
    assert (1.0 + d) ** periods == pytest.approx(1.10, rel=1e-14)
    assert rate_per_period(unit, None, 0.01) == 0.01


ONE = (
    "Give exactly one of annual_discount_rate (such as 0.10 for 10 % a year) and discount_rate "
    "(continuous, per unit of the fit); got "
)
UNIT = (
    "An annual rate needs a unit of known length, and that of the fit is {}. Give discount_rate, "
    "per unit, or fit with a unit of 'hour', 'day', 'week', 'month', 'quarter', 'year'."
)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("week", None, None), ONE + "none."),
        (("week", 0.1, 0.1), ONE + "both."),
        (("week", -0.1, None), "annual_discount_rate must be 0 or a positive number; got -0.1."),
        (("week", None, -0.1), "discount_rate must be 0 or a positive number; got -0.1."),
        (("week", math.nan, None), "annual_discount_rate must be 0 or a positive number; got nan."),
        (("week", None, math.inf), "discount_rate must be 0 or a positive number; got inf."),
        (("week", "10%", None), "annual_discount_rate must be a number; got str."),
        (("week", None, True), "discount_rate must be a number; got bool."),
        ((None, 0.1, None), UNIT.format("None")),
        (("fortnight", 0.1, None), UNIT.format("'fortnight'")),
    ],
)
def test_what_is_no_rate(arguments, message):
    with pytest.raises(InvalidArgumentError) as caught:
        rate_per_unit(*arguments)
    assert str(caught.value) == message
