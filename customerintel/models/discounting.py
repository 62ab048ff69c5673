"""From a yearly rate of interest to a continuous rate per unit of a fit."""

from __future__ import annotations

import math
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.tables.moments import UNITS

__all__ = ["rate_per_period", "rate_per_unit"]


def rate_per_unit(
    unit: str | None, annual_discount_rate: float | None, discount_rate: float | None
) -> float:
    r"""Return the continuous discount rate per unit of time.

    A payment at time :math:`t`, in units, is worth :math:`e^{-\delta t}` of itself today.
    An annual rate :math:`i` is effective: what is due in a year of 365.25 days is worth
    :math:`1 / (1 + i)`, so that :math:`\delta = \ln(1 + i) \cdot` (length of the unit in
    years).

    Parameters
    ----------
    unit : str or None
        Unit of the fit: "hour", "day", "week", "month", "quarter" or "year". Only an annual
        rate needs it.
    annual_discount_rate : float or None
        Effective rate per year of 365.25 days: 0.10 is 10 %.
    discount_rate : float or None
        Continuous rate per unit, given in place of the annual one.

    Returns
    -------
    float
        Rate per unit, 0 or more. Without discount, what never ends may be worth infinitely
        much.

    Raises
    ------
    InvalidArgumentError
        If not exactly one rate is given, the rate is negative or no finite number, or the
        unit has no known length.

    Notes
    -----
    Fader, Hardie and Lee [1]_ take 52 weeks for a year: their 15 % are
    ``discount_rate=math.log(1.15) / 52`` here.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). RFM and CLV: Using Iso-Value
       Curves for Customer Base Analysis. Journal of Marketing Research 42(4), 415-430.

    Examples
    --------
    >>> round(rate_per_unit("week", 0.10, None), 9)
    0.001826615
    >>> rate_per_unit("week", None, 0.002)
    0.002
    """
    if (annual_discount_rate is None) == (discount_rate is None):
        given = "none" if discount_rate is None else "both"
        raise InvalidArgumentError(
            "Give exactly one of annual_discount_rate (such as 0.10 for 10 % a year) and "
            f"discount_rate (continuous, per unit of the fit); got {given}."
        )
    if discount_rate is not None:
        return _rate("discount_rate", discount_rate)
    rate = _rate("annual_discount_rate", annual_discount_rate)
    if unit not in UNITS:
        known = ", ".join(map(repr, UNITS))
        raise InvalidArgumentError(
            f"An annual rate needs a unit of known length, and that of the fit is {unit!r}. Give "
            f"discount_rate, per unit, or fit with a unit of {known}."
        )
    return math.log1p(rate) * (UNITS[unit] / UNITS["year"])


def rate_per_period(
    unit: str | None, annual_discount_rate: float | None, discount_rate: float | None
) -> float:
    """Return the discount rate d of models that count in periods: one period on is 1 / (1 + d).

    Arguments and errors are those of `rate_per_unit`, except that `discount_rate` is d itself.
    An annual rate i is d = (1 + i)^(years of 365.25 days per period) - 1.

    Examples
    --------
    >>> round(rate_per_period("month", 0.10, None), 9)
    0.00797414
    >>> rate_per_period(None, None, 0.01)
    0.01
    """
    rate = rate_per_unit(unit, annual_discount_rate, discount_rate)
    return rate if annual_discount_rate is None else math.expm1(rate)


def _rate(name: str, value: Any) -> float:
    if not is_number(value):
        raise InvalidArgumentError(f"{name} must be a number; got {type(value).__name__}.")
    if not (math.isfinite(value) and value >= 0.0):
        raise InvalidArgumentError(f"{name} must be 0 or a positive number; got {value!r}.")
    return float(value)
