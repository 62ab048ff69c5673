"""What two sets of scores need to have in common before moves between them mean anything."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemeError
from customerintel.rfm.options import describe
from customerintel.rfm.scores import RFMScores
from customerintel.rfm.segment_scheme import SegmentScheme

__all__ = ["check_comparable", "check_smoothing", "resolve_value"]


def check_comparable(before: Any, after: Any) -> SegmentScheme:
    """Refuse scores that mean different things; give their common scheme.

    Raises
    ------
    SchemeError
        When one has no scheme, or they have different ones.
    InvalidArgumentError
        When windows, thresholds or moments do not fit, or both are empty.
    """
    for scores in (before, after):
        if not isinstance(scores, RFMScores):
            raise InvalidArgumentError(
                f"migration takes two RFMScores of score_rfm; got {type(scores).__name__}."
            )
    _check_windows(before, after)
    if before.scheme is None or before.scheme != after.scheme:
        schemes = " and ".join(
            "none" if s.scheme is None else str(s.scheme) for s in (before, after)
        )
        raise SchemeError(f"migration needs one scheme for both moments; these have {schemes}.")
    if before.thresholds != after.thresholds:
        raise InvalidArgumentError(
            "The two moments were scored with different thresholds, so customers would move "
            "because others did. Score the later one with thresholds=before.thresholds."
        )
    if after.moment <= before.moment:
        raise InvalidArgumentError(
            f"after must be later than before; got {before.moment} and {after.moment}."
        )
    if len(before) == len(after) == 0:
        raise InvalidArgumentError("Nobody has a purchase in either window: nothing can move.")
    scheme: SegmentScheme = before.scheme
    return scheme


def _check_windows(before: RFMScores, after: RFMScores) -> None:
    if before.window is None or after.window is None:
        raise InvalidArgumentError(
            "migration needs scores over a window: over the whole history frequency can only "
            "rise, so nobody could move down. Score both moments with the same window=, "
            "such as window='180d'."
        )
    if before.window != after.window:
        raise InvalidArgumentError(
            f"The windows differ in length: {describe(before.window)} before and "
            f"{describe(after.window)} after. Score both moments with the same window=."
        )


def check_smoothing(smoothing: Any) -> None:
    """Refuse anything but a finite number from 0."""
    right = isinstance(smoothing, int | float) and not isinstance(smoothing, bool)
    if not right or not math.isfinite(smoothing) or smoothing < 0:
        raise InvalidArgumentError(f"smoothing must be a finite number from 0; got {smoothing!r}.")


def resolve_value(before: RFMScores, value: Any) -> NDArray[np.float64] | None:
    """Worth of each customer of `before`, or None."""
    if value is None:
        return None
    if isinstance(value, str):
        if value != "monetary":
            raise InvalidArgumentError(
                "value must be 'monetary' or one number per customer of before; got another text."
            )
        if before.total_amount is None:
            raise InvalidArgumentError(
                "value='monetary' needs amounts and the log has none; give an array instead."
            )
        return before.total_amount
    try:
        worth = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidArgumentError("value must be 'monetary' or an array of numbers.") from None
    if worth.shape != (len(before),) or not np.isfinite(worth).all():
        raise InvalidArgumentError(
            f"value must be finite and have the shape ({len(before)},), one number per customer "
            f"of before in the order of before.customer_id; got the shape {worth.shape}."
        )
    return worth
