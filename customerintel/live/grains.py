"""The steps in which windows of counts move."""

from __future__ import annotations

from typing import Any, Final

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.lengths import DAY_US, HOUR_US, MINUTE_US, read_length

__all__ = ["MOST_BUCKETS", "default_grain", "faults_of_window", "grain_length", "read_grain"]

_GRAINS: Final = {"minute": MINUTE_US, "hour": HOUR_US, "day": DAY_US}
#: Each bucket is memory for every customer.
MOST_BUCKETS: Final = 4_096


def default_grain(window: Any) -> str | None:
    """Return the grain of a window that names none; None where there is no usable window.

    Examples
    --------
    >>> default_grain("30m"), default_grain("24h"), default_grain("7d")
    ('minute', 'hour', 'day')
    """
    if window is None:
        return None
    try:
        length = window if type(window) is int else read_length(window, "window")
    except InvalidArgumentError:
        return None  # told by the window itself
    if length < 2 * HOUR_US:
        return "minute"
    return "hour" if length < 2 * DAY_US else "day"


def read_grain(value: object, name: str) -> str:
    """Return the word of a grain."""
    if not isinstance(value, str) or value not in _GRAINS:
        raise InvalidArgumentError(f"{name} must be 'minute', 'hour' or 'day'.")
    return value


def grain_length(grain: str) -> int:
    """Return the microseconds of a grain."""
    return _GRAINS[grain]


def faults_of_window(window: int | None, grain: str | None) -> list[str]:
    """Return what is wrong with a window in microseconds and its grain."""
    if window is None:
        return [] if grain is None else ["grain is that of a window; give a window, or no grain."]
    length = _GRAINS[grain or "day"]
    if window % length:
        fault = f"window must be a whole number of grains; {window / length:,.6g} {grain}s are not."
        return [f"{fault} Give another window, or a finer grain."]
    if window // length > MOST_BUCKETS:
        fault = (
            f"window has {window // length:,} grains, and each costs memory for every customer; at "
            f"most {MOST_BUCKETS:,} are kept. Give a coarser grain or a shorter window."
        )
        return [fault]
    return []
