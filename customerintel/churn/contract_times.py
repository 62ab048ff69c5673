"""When contracts begin, are renewed and end, as a log with cancellations tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import moment_of
from customerintel.exceptions import InvalidArgumentError
from customerintel.tables import History
from customerintel.tables.moments import DAY, UNITS, Calendar, read_window
from customerintel.tables.notices import warn_caller

__all__ = ["Contracts", "Payments", "Renewal", "read_payments", "read_renewal", "typical_renewal"]

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Terms of the calendar that have a name.
_TERMS: Final = {"month": 1, "quarter": 3, "year": 12}
#: Terms of the calendar that a typical time between payments may be.
_MONTHS: Final = (1, 3, 6, 12)
_MONTH: Final = UNITS["month"]
#: How far from the usual time between payments one may be, as a share, to count as usual.
_NEAR = 0.25


@dataclass(frozen=True)
class Renewal:
    """From renewal to renewal: months of the calendar, or a fixed time.

    Parameters
    ----------
    months : int
        0 where the time is fixed.
    microseconds : int
        Its length; on average where it is of the calendar.
    """

    months: int
    microseconds: int

    @property
    def days(self) -> float:
        """Length in days, on average."""
        return self.microseconds / DAY

    def __str__(self) -> str:
        if not self.months:
            return f"{self.days:g}d"
        named = {months: name for name, months in _TERMS.items()}
        return named.get(self.months, f"{self.months} months")

    @property
    def given(self) -> str | np.timedelta64:
        """What a caller gives for it."""
        return str(self) if self.months else np.timedelta64(self.microseconds, "us")

    def due(self, last: Ints, until: int, zone: str | None) -> Ints:
        """Return how many renewals are due from each last payment until a moment, overdue or not.

        Months of the calendar are counted in whole days: a payment of 31 January is followed by
        the last day of February.
        """
        if not self.months or not len(last):
            return np.asarray(np.maximum(0, (until - last) // self.microseconds))
        days = _local_days(np.append(last, until), zone)
        paid, end = days[:-1], days[-1]
        apart = end.astype("M8[M]").astype(np.int64) - paid.astype("M8[M]").astype(np.int64)
        count = apart // self.months
        count -= add_months(paid, count * self.months) > end
        return np.asarray(np.maximum(0, count))


def add_months(days: NDArray[Any], months: Any) -> NDArray[Any]:
    """Return the same day some months later, or the last of a month that is too short."""
    month = days.astype("M8[M]")
    later = month + np.asarray(months).astype("m8[M]")
    first = later.astype("M8[D]")
    longest = (later + 1).astype("M8[D]") - first - np.timedelta64(1, "D")
    moved: NDArray[Any] = first + np.minimum(days - month.astype("M8[D]"), longest)
    return moved


def _local_days(times: Ints, zone: str | None) -> NDArray[Any]:
    return (Calendar("day", zone).floor(times) // DAY).astype("M8[D]")


def read_renewal(value: Any) -> Renewal:
    """Return what a caller gave as the time from renewal to renewal.

    Raises
    ------
    InvalidArgumentError
        If it is none.
    """
    if isinstance(value, str) and value in _TERMS:
        return Renewal(_TERMS[value], round(_TERMS[value] * _MONTH))
    try:
        length = read_window(value, name="renewal")
    except InvalidArgumentError as error:
        raise InvalidArgumentError(
            "renewal must be 'month', 'quarter', 'year', or a length such as '30d' or '4w'; "
            f"got {value!r}."
        ) from error
    if length is None:
        raise InvalidArgumentError("renewal is missing: give one, such as 'month' or '30d'.")
    return Renewal(0, length)


@dataclass(frozen=True, eq=False)
class Payments:
    """Payments that begin or renew a contract, and cancellations, by customer and time.

    Parameters
    ----------
    keys, times : ndarray of int64, shape (n,)
        Customers as the log holds them, and microseconds UTC.
    cancels : ndarray of bool, shape (n,)
        Which are cancellations.
    zone : str or None
        Of the log.
    moment : int
        Until when the log was read.
    """

    keys: Ints
    times: Ints
    cancels: Mask
    zone: str | None
    moment: int

    @property
    def again(self) -> Mask:
        """Tell which are payments that follow upon another one of the same contract."""
        found = np.zeros(len(self.keys), bool)
        found[1:] = (np.diff(self.keys) == 0) & ~self.cancels[1:] & ~self.cancels[:-1]
        return found


def read_payments(history: History) -> Payments:
    """Read what a history tells of contracts.

    Where the log marks renewals, other sales of somebody under contract are extras.

    Raises
    ------
    InvalidArgumentError
        If the log does not tell cancellations from sales.
    """
    log = history._log
    if log._kinds is None:
        raise InvalidArgumentError(
            "The log has no column of kinds, so nobody knows who has cancelled. Name it, "
            'TransactionLog.from_frame(…, kind="…"), with "sale", "renewal" and "cancellation"; '
            'for customers who leave without a word take "auto" or "paretonbd".'
        )
    rows, until, codes = log._events.rows, moment_of(history), log._kinds.codes
    cancels = codes == log._kinds.names.index("cancellation")
    renews = codes == log._kinds.names.index("renewal")
    taken = np.flatnonzero((rows.purchases(until) & ~cancels) | (cancels & (rows.seen_at <= until)))
    times = np.where(cancels[taken], rows.seen_at[taken], rows.when[taken])
    # at one moment a payment comes before the cancellation
    order = np.lexsort((cancels[taken], times, rows.keys[taken]))
    taken, times = taken[order], times[order]
    found = Payments(rows.keys[taken], times, cancels[taken], log.time_zone, until)
    extra = found.again & ~renews[taken]
    if not renews[taken].any() or not extra.any():
        return found
    return Payments(
        found.keys[~extra], times[~extra], found.cancels[~extra], found.zone, found.moment
    )


def typical_renewal(payments: Payments) -> Renewal:
    """Return the time from renewal to renewal that the payments keep to.

    The mean of the times between successive payments that are within a quarter of their
    median; months of the calendar where these fit the dates better than a fixed time.

    Raises
    ------
    InvalidArgumentError
        If nobody has paid twice.
    """
    places = np.flatnonzero(payments.again)
    gaps = payments.times[places] - payments.times[places - 1]
    places, gaps = places[gaps > 0], gaps[gaps > 0]
    if not len(gaps):
        raise InvalidArgumentError(
            "Nobody has paid twice under one contract, so nothing tells how long a contract "
            "runs. Every paid period must be a row of the log; or look at a later moment."
        )
    usual = float(np.median(gaps))
    near = np.abs(gaps / usual - 1.0) <= _NEAR
    mean = float(gaps[near].mean())
    whole = round(mean / DAY) * DAY
    # a clock change or a late hour is no other term
    fixed = whole if abs(mean - whole) <= 0.1 * DAY and whole else round(mean)
    days = _local_days(payments.times, payments.zone)
    before, after = days[places[near] - 1], days[places[near]]
    best, least = Renewal(0, fixed), np.minimum(np.abs(gaps[near] - fixed) / DAY, 3.0).mean()
    for months in _MONTHS:
        if abs(usual / (months * _MONTH) - 1.0) <= 0.1:
            late = np.abs((after - add_months(before, months)).astype(np.int64))
            if np.minimum(late, 3).mean() < least:
                best = Renewal(months, round(months * _MONTH))
    return best


@dataclass(frozen=True, eq=False)
class Contracts:
    """Contracts of the customers of a history, by customer and time.

    Parameters
    ----------
    keys : ndarray of int64, shape (n,)
        Customers as the log holds them.
    last : ndarray of int64, shape (n,)
        The last payment, microseconds UTC.
    renewed : ndarray of int64, shape (n,)
        Renewals so far: the time from the first payment to the last, in whole periods.
    cancelled, lapsed : ndarray of bool, shape (n,)
        Which ended with a cancellation, and which in silence.
    latest : ndarray of bool, shape (n,)
        Which are their customer's last.
    """

    keys: Ints
    last: Ints
    renewed: Ints
    cancelled: Mask
    lapsed: Mask
    latest: Mask

    @property
    def ended(self) -> Mask:
        """Tell which are over."""
        return self.cancelled | self.lapsed

    @classmethod
    def of(cls, payments: Payments, renewal: Renewal, lapse: float) -> Contracts:
        """Tell contracts apart: by customer, by cancellation, and by silence.

        Parameters
        ----------
        payments : Payments
            What happened.
        renewal : Renewal
            From renewal to renewal.
        lapse : float
            Periods without a payment after which a contract is over without a cancellation.
        """
        keys, times, cancels = payments.keys, payments.times, payments.cancels
        silence = lapse * renewal.microseconds
        begins = np.ones(len(keys), bool)
        begins[1:] = (np.diff(keys) != 0) | cancels[:-1]
        begins[1:] |= payments.again[1:] & (np.diff(times) > silence)
        start = np.flatnonzero(begins)
        end = np.append(start[1:], len(keys)) - 1 if len(start) else start
        # a cancellation alone ends nothing: it was cancelled before, or nobody knows what
        held = ~cancels[start]
        start, end = start[held], end[held]
        cancelled = cancels[end]
        last = times[end - cancelled]
        latest = np.ones(len(start), bool)
        latest[:-1] = np.diff(keys[start]) != 0
        lapsed = ~cancelled & (~latest | (payments.moment - last > silence))
        renewed = np.rint((last - times[start]) / renewal.microseconds).astype(np.int64)
        return cls(keys[start], last, renewed, cancelled, lapsed, latest)


def warn_of_other_terms(payments: Payments, renewal: Renewal) -> None:
    """Say so if many payments do not come a period after the one before."""
    places = np.flatnonzero(payments.again)
    gaps = payments.times[places] - payments.times[places - 1]
    usual = np.abs(gaps / renewal.microseconds - 1.0) <= _NEAR
    if len(gaps) and usual.mean() < 0.75:
        warn_caller(
            f"Only {usual.mean():.0%} of the payments under contract come about one period "
            f"({renewal}) after the one before. If there are terms of several lengths, make one "
            "log of each; if other things are sold besides, mark renewals in the column of kinds."
        )
