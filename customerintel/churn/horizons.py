"""How far ahead a prediction looks: `"90d"`, `"12w"`, a timedelta or a number of days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.moments import DAY, read_window, window_start

if TYPE_CHECKING:
    from customerintel.tables import CustomerFeatures, History

__all__ = ["Horizon", "features_for", "moment_of", "read_gap", "read_horizon"]

_NOTHING = re.compile(r"\s*0+\s*(h|d|w|hours?|days?|weeks?)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Horizon:
    """A length of time; whole days are days of the calendar of the log's time zone.

    Parameters
    ----------
    microseconds : int
        Its length, with days of 24 hours.
    """

    microseconds: int

    @property
    def days(self) -> float:
        """Length in days."""
        return self.microseconds / DAY

    def __str__(self) -> str:
        return f"{self.days:g}d"

    def before(self, moment: int, zone: str | None) -> int:
        """Return the moment (UTC microseconds) one horizon before another."""
        return window_start(moment, self.microseconds, zone)

    def after(self, moment: int, zone: str | None) -> int:
        """Return the moment (UTC microseconds) one horizon after another."""
        return window_start(moment, -self.microseconds, zone)


def read_horizon(value: Any, *, name: str = "horizon") -> Horizon:
    """Return what a caller gave as a length of time.

    Parameters
    ----------
    value : str, timedelta, timedelta64, int, float or Horizon
        Such as ``"90d"``; numbers are days.

    Raises
    ------
    InvalidArgumentError
        If it is something else, or not longer than nothing.
    """
    if isinstance(value, Horizon):
        return value
    if isinstance(value, (float, np.floating)) and 0.0 < value < 1e6:
        return Horizon(max(1, round(float(value) * DAY)))
    length = read_window(value, name=name)
    if length is None:
        raise InvalidArgumentError(
            f"{name} is missing: a chance of leaving means nothing without the time that it is "
            f"about. Give one, such as {name}='90d'."
        )
    return Horizon(length)


def read_gap(value: Any) -> Horizon | None:
    """Return what a caller gave as a gap; None where there is none, such as 0 or ``"0d"``.

    Raises
    ------
    InvalidArgumentError
        If it is no length of time.
    """
    if isinstance(value, str):
        nothing = _NOTHING.fullmatch(value) is not None
    else:
        lengths = isinstance(value, int | float | np.number | timedelta)
        nothing = value is None or (lengths and not isinstance(value, bool) and not value)
    return None if nothing else read_horizon(value, name="gap")


def features_for(history: History, horizon: Horizon) -> CustomerFeatures:
    """Return the features for a prediction over a horizon, in whole days."""
    return history.features(ahead=max(1, round(horizon.days)))


def moment_of(history: History) -> int:
    """Return a history's moment in UTC microseconds."""
    return int(history.moment.astype(np.int64))
