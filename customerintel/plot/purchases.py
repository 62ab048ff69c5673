"""The purchase periods behind a picture, by the wall clock of the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables import History, TransactionLog
from customerintel.tables.moments import DAY, HOUR, UNITS, Calendar, read_moment

__all__ = ["Clock", "last_moment", "open_log", "purchase_periods"]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Clock:
    """Unit and period in which ages are counted, as in a `CustomerSummary`.

    Times are starts of periods: microseconds since 1970 by the wall clock of the log's zone.
    """

    unit: str
    period: str
    zone: str | None

    @classmethod
    def of(cls, unit: str | None, period: str, log: TransactionLog) -> Clock:
        """Return the clock of a fit and a log.

        Raises
        ------
        InvalidArgumentError
            If the fit knows no unit, or the period is unknown.
        """
        if unit is None:
            raise InvalidArgumentError(
                "The model knows no unit of time, and dates need one. Give it where the model is "
                'made: fit(table, unit="week") or from_params(params, unit="week").'
            )
        Calendar(period)
        return cls(unit, period, log.time_zone)

    @property
    def step(self) -> int:
        """Microseconds of which all ages are multiples."""
        if self.period == "hour":
            return HOUR // 2  # clocks may go back by half an hour
        return DAY if self.period == "month" else int(UNITS[self.period])

    def age(self, microseconds: Ints) -> NDArray[np.float64]:
        """Return lengths of time in the unit."""
        return np.asarray(microseconds / UNITS[self.unit])

    def floor(self, times: Ints) -> Ints:
        """Return the period of each time (microseconds UTC)."""
        return Calendar(self.period, self.zone).floor(times)

    def shift(self, period: int, lengths: NDArray[np.float64]) -> Ints:
        """Return the periods that hold the moments this long after the start of another."""
        if self.period == "month":
            return Calendar("month").floor(period + np.rint(lengths).astype(np.int64))
        length = int(UNITS[self.period])
        return period + np.floor(lengths / length).astype(np.int64) * length

    def periods(self, first: int, last: int) -> Ints:
        """Return all periods from one to another, both included."""
        if self.period == "month":
            return Calendar("month").edges(first, last)[:-1]
        return np.arange(first, last + 1, int(UNITS[self.period]))


def open_log(data: Any, what: str) -> tuple[TransactionLog, int | None]:
    """Return a log, and the last microsecond of it that may be seen.

    Raises
    ------
    InvalidArgumentError
        If `data` is neither a log nor a history, or the log has no rows.
    """
    log = data._log if isinstance(data, History) else data
    if not isinstance(log, TransactionLog):
        raise InvalidArgumentError(
            f"{what} takes a TransactionLog; got {type(data).__name__}. Make one with "
            "TransactionLog.from_frame(…)."
        )
    if not log.n_rows:
        raise InvalidArgumentError("The log has no rows, so there is nothing to draw.")
    return log, int(data.moment.astype(np.int64)) if isinstance(data, History) else None


def last_moment(log: TransactionLog, seen: int | None, end: Any) -> int:
    """Return the last microsecond of a picture.

    Raises
    ------
    InvalidArgumentError
        If `end` cannot be read, or lies after what may be seen.
    """
    if end is None:
        return int(log.end.astype(np.int64)) if seen is None else seen
    until = read_moment(end, log.time_zone, name="end")
    if seen is not None and until > seen:
        raise InvalidArgumentError(
            "end is later than the moment of the history, which sees nothing after it. Give an "
            "earlier end, or the log itself."
        )
    return until


def purchase_periods(
    log: TransactionLog, clock: Clock, until: int, key: int | None = None
) -> tuple[Ints, Ints]:
    """Return who bought in which period: distinct pairs, ascending.

    Parameters
    ----------
    log : TransactionLog
        Its purchases up to `until` count; returns never do, unless the log keeps them.
    clock : Clock
        What a period is.
    until : int
        Microseconds, UTC.
    key : int, optional
        One customer; None: all.

    Returns
    -------
    customer : ndarray of int64, shape (n,)
        Keys of `CustomerIds`.
    period : ndarray of int64, shape (n,)
        Start, by the wall clock.
    """
    rows = log._events.rows
    taken = rows.purchases(until)
    if key is not None:
        taken &= rows.keys == key
    customer, period = rows.keys[taken], clock.floor(rows.when[taken])
    return _distinct_pairs(customer, period, clock.step)


def _distinct_pairs(customer: Ints, period: Ints, step: int) -> tuple[Ints, Ints]:
    if not len(customer):
        return customer, period
    least, start = int(customer.min()), int(period.min())
    width = (int(period.max()) - start) // step + 1
    if (int(customer.max()) - least + 1) * width < 2**62:
        # one number per pair is sorted many times faster than pairs are, or than it is hashed
        pairs = np.sort((customer - least) * width + (period - start) // step)
        pairs = pairs[_is_new(pairs)]
        return pairs // width + least, pairs % width * step + start
    order = np.lexsort((period, customer))
    customer, period = customer[order], period[order]
    new = _is_new(customer) | _is_new(period)
    return customer[new], period[new]


def _is_new(values: Ints) -> NDArray[np.bool_]:
    return np.concatenate([[True], values[1:] != values[:-1]])
