"""Effects of one comparison: rates, means and money of treated against control customers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from customerintel.live.cuped import adjusted
from customerintel.live.mean_difference import (
    MeanDifference,
    arm_of,
    mean_difference,
    relative_interval,
)
from customerintel.live.rate_difference import rate_difference, rate_difference_p
from customerintel.live.uplift_result import Effect

__all__ = ["effects_of"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_NAN = float("nan")


def effects_of(
    counts: Floats, amounts: Floats | None, covariates: Floats, control: Mask, level: float
) -> dict[str, Effect]:
    """Return the effects by measure.

    Parameters
    ----------
    counts : ndarray of float64, shape (n,)
        Outcomes per customer.
    amounts : ndarray of float64, shape (n,), optional
        Money per customer.
    covariates : ndarray of float64, shape (n, k)
        Known at the assignment.
    control : ndarray of bool, shape (n,)
    level : float
        Of the intervals.
    """
    hits = (counts > 0.0).astype(np.float64)
    measured = {"conversion": hits, "count": counts}
    if amounts is not None:
        measured["value"] = amounts
    made = [_plain(name, values, control, level) for name, values in measured.items()]
    made += _adjusted(measured, covariates, control, level)
    return {effect.measure: effect for effect in made}


def _plain(name: str, values: Floats, control: Mask, level: float) -> Effect:
    treated, held_out = values[~control], values[control]
    reason = _too_few(len(treated), len(held_out))
    welch = _means(name, values, control, level, reason=reason)
    if name != "conversion" or not (len(treated) and len(held_out)):
        return welch
    hits = int(treated.sum()), len(treated), int(held_out.sum()), len(held_out)
    low, high = rate_difference(*hits, level)
    return Effect(
        name, welch.treated, welch.control, welch.difference, low, high, rate_difference_p(*hits),
        welch.relative, welch.relative_low, welch.relative_high,
    )  # fmt: skip


def _adjusted(
    measured: dict[str, Floats], covariates: Floats, control: Mask, level: float
) -> Iterator[Effect]:
    reason = _too_few(int((~control).sum()), int(control.sum()))
    for name, values in measured.items():
        changed, n_used = values, 0
        if not reason:
            changed, n_used = adjusted(values, covariates, control)
        why = reason
        if not why and not n_used:
            why = "nothing was known of the customers before, or of too few of them"
        yield _means(
            f"{name}_adjusted", changed, control, level, n_used=n_used, reason=why, before=values
        )


def _means(
    name: str, values: Floats, control: Mask, level: float, *, n_used: int = 0, reason: str,
    before: Floats | None = None,
) -> Effect:  # fmt: skip
    treated, held_out = arm_of(values[~control]), arm_of(values[control])
    found = MeanDifference(treated.mean - held_out.mean, _NAN, _NAN, _NAN, _NAN)
    if not reason:
        found = mean_difference(treated, held_out, level, n_used)
        if not found.low <= found.high:
            reason = "all customers have the same outcome"
    relative = treated.mean / held_out.mean - 1.0 if held_out.mean else _NAN
    low, high = (_NAN, _NAN) if reason else relative_interval(
        treated, held_out, level, found.freedom
    )  # fmt: skip
    return Effect(
        name, treated.mean, held_out.mean, found.difference, found.low, found.high, found.p,
        relative, low, high, _NAN if before is None or reason else _taken(values, before, control),
        reason,
    )  # fmt: skip


def _taken(after: Floats, before: Floats, control: Mask) -> float:
    """Return the share of the variance of the difference that is gone."""
    variances = [
        sum(arm.variance / arm.n for arm in (arm_of(values[control]), arm_of(values[~control])))
        for values in (after, before)
    ]
    return 1.0 - variances[0] / variances[1] if variances[1] > 0.0 else _NAN


def _too_few(n_treated: int, n_control: int) -> str:
    for arm, n in (("control", n_control), ("treated", n_treated)):
        if n < 2:
            there = "no customer" if n == 0 else "only one customer"
            return f"{there} with a complete horizon is {arm} so far"
    return ""
