"""What the caller asked for, checked: bins, weights, fixed cut points, frozen thresholds."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.thresholds import RFMThresholds
from customerintel.rfm.words import PERIODS, one_of

__all__ = [
    "MEASURES",
    "VALUES",
    "Options",
    "by",
    "check_window",
    "describe",
    "resolve_bins",
    "resolve_options",
    "resolve_weights",
]

MEASURES = ("recency", "frequency", "monetary")

#: What each measure is called where it is a value and not a score: in a customer-base model
#: recency is the age at the last purchase, so the time since has a name of its own.
VALUES = {"recency": "time_since_last", "frequency": "frequency", "monetary": "monetary"}

_METHODS = ("quantile", "nested", "fixed", "frozen")


@dataclass(frozen=True, slots=True)
class Options:
    """How to score, with every default filled in.

    Attributes
    ----------
    method : {"quantile", "nested", "fixed", "frozen"}
        Where the cut points come from.
    frequency_of, monetary_of, period : str
        What is measured, as in `RFMThresholds`.
    bins : int, mapping, sequence or None
        As given; `resolve_bins` needs to know the measures.
    cuts : mapping or None
        The caller's own cut points (method ``"fixed"``).
    frozen : RFMThresholds or None
        RFMThresholds of an earlier result (method ``"frozen"``).
    """

    method: str
    frequency_of: str
    monetary_of: str
    period: str
    bins: Any
    cuts: Mapping[str, Sequence[float]] | None
    frozen: RFMThresholds | None


def resolve_options(
    *,
    bins: Any,
    method: str | None,
    frequency: str | None,
    monetary: str | None,
    period: str | None,
    thresholds: Any,
) -> Options:
    """Fill the defaults in and refuse what contradicts itself or the frozen thresholds."""
    frozen = thresholds if isinstance(thresholds, RFMThresholds) else None
    cuts = thresholds if isinstance(thresholds, Mapping) else None
    if thresholds is not None and frozen is None and cuts is None:
        raise InvalidArgumentError(
            "thresholds must be a dict of cut points per measure or the .thresholds of an earlier "
            f"result; got {type(thresholds).__name__}."
        )
    options = Options(
        method=_resolve_method(method, frozen=frozen is not None, cuts=cuts is not None),
        frequency_of=_choice("frequency", frequency, ("periods", "purchases"), frozen),
        monetary_of=_choice("monetary", monetary, ("total", "mean"), frozen),
        period=one_of("period", period, PERIODS) if period is not None else _period_of(frozen),
        bins=bins,
        cuts=cuts,
        frozen=frozen,
    )
    if frozen is not None and options.period != frozen.period:
        raise _other_than_frozen("period", options.period, frozen.period)
    return options


def _period_of(frozen: RFMThresholds | None) -> str:
    return "day" if frozen is None else frozen.period


def _resolve_method(method: str | None, *, frozen: bool, cuts: bool) -> str:
    implied = "frozen" if frozen else "fixed" if cuts else None
    if method is None:
        return implied or "quantile"
    one_of("method", method, _METHODS)
    if implied is not None and method != implied:
        kind = "thresholds of an earlier result" if frozen else "a dict of cut points"
        raise InvalidArgumentError(
            f"method={method!r} cannot be used with {kind}; leave method out."
        )
    if implied is None and method in {"fixed", "frozen"}:
        what = "a dict of cut points" if method == "fixed" else "the .thresholds of a result"
        raise InvalidArgumentError(f"method={method!r} needs thresholds=: {what}.")
    return method


def _choice(
    name: str, given: str | None, allowed: tuple[str, ...], frozen: RFMThresholds | None
) -> str:
    earlier = None if frozen is None else getattr(frozen, f"{name}_of")
    value: str = earlier or allowed[0] if given is None else one_of(name, given, allowed)
    if earlier is not None and value != earlier:
        raise _other_than_frozen(name, value, earlier)
    return value


def _other_than_frozen(name: str, given: object, frozen: object) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"The frozen thresholds were measured with {name}={frozen!r}, this call has "
        f"{name}={given!r}: the scores would not mean the same. Leave {name} out or score anew."
    )


def check_window(frozen: RFMThresholds, window: timedelta | None) -> None:
    """Refuse frozen thresholds over a window of another length."""
    if frozen.window == window:
        return
    then, now = (
        "the whole history" if w is None else f"a window of {describe(w)}"
        for w in (frozen.window, window)
    )
    raise InvalidArgumentError(
        f"The frozen thresholds were measured on {then}, this call scores {now}: frequency and "
        "spend grow with the window. Give the same window."
    )


def describe(window: timedelta) -> str:
    """Length of a window in words, such as ``180 days``."""
    days = window / timedelta(days=1)
    return f"{days:g} day" if days == 1 else f"{days:g} days"


def resolve_bins(options: Options, measures: tuple[str, ...]) -> tuple[int, ...]:
    """Bins of each measure, from 3 to 10.

    Raises
    ------
    InvalidArgumentError
        When the bins are out of range, given for other measures, or not those of the
        frozen thresholds or of the fixed cut points.
    """
    implied: tuple[int, ...] | None = None
    if options.frozen is not None:
        implied = options.frozen.bins
        if len(implied) != len(measures):
            raise InvalidArgumentError(
                f"The frozen thresholds score {len(implied)} measures, this log has "
                f"{len(measures)} ({', '.join(measures)}). Score it anew."
            )
    elif options.cuts is not None:
        _check_keys("thresholds", options.cuts, measures)
        implied = tuple(_count_of(options.cuts[m], m) + 1 for m in measures)
    if options.bins is None:
        given = implied or (5,) * len(measures)
    else:
        given = _spread("bins", options.bins, measures)
    bins = tuple(_bin_count(value) for value in given)
    if implied is not None and bins != implied:
        source = "frozen thresholds" if options.frozen else "cut points"
        raise InvalidArgumentError(
            f"The {source} make {by(implied)} bins, bins= asks for {by(bins)}. Leave bins out."
        )
    return bins


def _count_of(cuts: Any, measure: str) -> int:
    """Count the cut points, all finite and strictly increasing."""
    try:
        values = [float(cut) for cut in cuts]
    except (TypeError, ValueError):
        values = [math.nan]
    rising = all(a < b for a, b in itertools.pairwise(values))
    if not values or not rising or not all(map(math.isfinite, values)):
        raise InvalidArgumentError(
            f"The cut points of {measure} must be finite numbers in increasing order, "
            "such as (30, 90, 180, 365)."
        )
    return len(values)


def resolve_weights(weights: Any, measures: tuple[str, ...]) -> tuple[float, ...]:
    """Weights of the weighted score; by default equal ones that add up to 1."""
    if weights is None:
        return (1.0 / len(measures),) * len(measures)
    try:
        values = tuple(float(value) for value in _spread("weights", weights, measures))
    except (TypeError, ValueError) as error:
        if isinstance(error, InvalidArgumentError):
            raise
        raise InvalidArgumentError("weights must be numbers, one per score.") from None
    if not all(math.isfinite(value) and value >= 0 for value in values) or sum(values) == 0:
        raise InvalidArgumentError("weights must be finite, not negative, and not all zero.")
    return values


def _spread(name: str, given: Any, measures: tuple[str, ...]) -> tuple[Any, ...]:
    """One value per measure, from a mapping, a sequence or a single number."""
    if isinstance(given, Mapping):
        _check_keys(name, given, measures)
        return tuple(given[measure] for measure in measures)
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, Sequence) and not isinstance(given, str):
        if len(given) != len(measures):
            raise InvalidArgumentError(
                f"{name} must have {len(measures)} values ({', '.join(measures)}); "
                f"got {len(given)}."
            )
        return tuple(given)
    return (given,) * len(measures)


def _check_keys(name: str, given: Mapping[str, Any], measures: tuple[str, ...]) -> None:
    missing = [m for m in measures if m not in given]
    unknown = [str(key) for key in given if key not in measures]
    if missing or unknown:
        no_money = "" if len(measures) == 3 else " (the log has no amounts, so no monetary)"
        raise InvalidArgumentError(
            f"{name} must have the keys {', '.join(measures)}{no_money}; "
            f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}."
        )


def _bin_count(value: Any) -> int:
    try:
        count = operator.index(value)
    except TypeError:
        count = 0
    if isinstance(value, bool) or not 3 <= count <= 10:
        raise InvalidArgumentError(f"bins must be whole numbers from 3 to 10; got {value!r}.")
    return count


def by(bins: Sequence[int]) -> str:
    """Bins in words, such as ``5 x 5 x 5``."""
    return " x ".join(map(str, bins))
