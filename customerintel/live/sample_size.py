"""How many customers a comparison needs to see a difference."""

from __future__ import annotations

from math import ceil, isfinite, sqrt
from statistics import NormalDist
from typing import Any

from customerintel.exceptions import InvalidArgumentError

__all__ = ["required_sample_size"]


def required_sample_size(
    baseline: float,
    lift: float,
    *,
    share: float = 0.5,
    power: float = 0.8,
    level: float = 0.95,
    sd: float | None = None,
) -> int:
    """Return how many customers, both arms together, must be triggered to see a lift.

    Parameters
    ----------
    baseline : float
        Outcome of the control arm: a rate between 0 and 1, or with `sd` a mean.
    lift : float
        Smallest relative change worth seeing: 0.1 is 10 per cent more, -0.1 less.
    share : float, default 0.5
        Share of all customers that is control.
    power : float, default 0.8
        Probability to see the change if it is there.
    level : float, default 0.95
        Of the interval, two-sided.
    sd : float, optional
        Standard deviation of the outcome, for means. With CUPED, give
        ``sd * sqrt(1 - variance_reduction)``.

    Returns
    -------
    int
        Customers of both arms; ``share`` of them are control.

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range, or the lifted rate is.

    Notes
    -----
    For rates, Fleiss, Tytun and Ury (1980, Biometrics 36, 343-346, equation 2, without continuity
    correction), with unequal arms; for means, the same of the normal approximation. Half of the
    lift needs four times the customers.

    Examples
    --------
    >>> required_sample_size(0.05, 0.10)
    62467
    >>> required_sample_size(0.05, 0.10, share=0.1)
    175955
    >>> required_sample_size(40.0, 0.05, sd=80.0)
    50233
    """
    spread = _checked(baseline, lift, share, power, level, sd)
    z_level = NormalDist().inv_cdf(0.5 + level / 2.0)
    z_power = NormalDist().inv_cdf(power)
    change = baseline * lift
    if spread is not None:
        return ceil((z_level + z_power) ** 2 * (spread / change) ** 2 / (share * (1.0 - share)))
    treated = baseline + change
    mean = share * baseline + (1.0 - share) * treated
    nothing = sqrt(mean * (1.0 - mean) / (share * (1.0 - share)))
    of_control = baseline * (1.0 - baseline) / share
    something = sqrt(of_control + treated * (1.0 - treated) / (1.0 - share))
    return ceil(((z_level * nothing + z_power * something) / change) ** 2)


def _checked(
    baseline: float, lift: float, share: float, power: float, level: float, sd: float | None
) -> float | None:
    for name, value in (("share", share), ("power", power), ("level", level)):
        if not 0.0 < _number(name, value) < 1.0:
            raise InvalidArgumentError(f"{name} must lie between 0 and 1; got {value!r}.")
    if _number("lift", lift) == 0.0:
        raise InvalidArgumentError(
            "lift must not be 0: no number of customers shows that there is no difference. Give "
            "the smallest relative change worth seeing, such as 0.1."
        )
    _number("baseline", baseline)
    if sd is None:
        _checked_rate(baseline, lift)
        return None
    if _number("sd", sd) <= 0.0:
        raise InvalidArgumentError(f"sd must be above 0; got {sd!r}.")
    if baseline == 0.0:
        raise InvalidArgumentError("baseline must not be 0: a relative lift of 0 is 0.")
    return sd


def _checked_rate(baseline: float, lift: float) -> None:
    if not 0.0 < baseline < 1.0:
        raise InvalidArgumentError(
            f"baseline must be a rate between 0 and 1; got {baseline!r}. For a mean, give its "
            "standard deviation as sd."
        )
    lifted = baseline * (1.0 + lift)
    if not 0.0 <= lifted <= 1.0:
        raise InvalidArgumentError(
            f"A lift of {lift!r} makes a rate of {lifted:.6g} out of {baseline!r}, and rates lie "
            "between 0 and 1. lift is relative: 0.1 is 10 per cent more."
        )


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise InvalidArgumentError(f"{name} must be a finite number; got {value!r}.")
    return value
