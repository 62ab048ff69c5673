"""One row per customer: how often, how recently, how long, how much."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.building import build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.moments import UNITS, Calendar, read_window
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.tables.grouping import Folded, Rows
    from customerintel.tables.history import History

__all__ = ["CustomerSummary", "summarize", "summary_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Times = NDArray[np.datetime64]


def _fixed(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array so that nobody can write to it: a view cannot be made writable again."""
    array.flags.writeable = False
    return array.view()


@dataclass(frozen=True, eq=False)
class CustomerSummary:
    """What each customer's purchases come to, as of one moment.

    Every array has one entry per customer with a purchase, in ascending order of
    :attr:`customer_id`, and is read-only.

    Parameters
    ----------
    ids : CustomerIds
        The customers.
    moment : numpy.datetime64
        The last visible microsecond, UTC.
    unit : str
        Unit of :attr:`recency`, :attr:`T` and :attr:`time_since_last`.
    period : str
        Purchases within one such calendar period count as one.
    window : int or None
        Microseconds; only purchases within the window before the moment count.
    has_amounts : bool
        Whether the log has amounts; without, money is NaN.

    Notes
    -----
    Ages count from the start of a period to the start of a period, in the calendar of the
    log's time zone. `frequency`, `recency` and `T` are those of the customer-base models
    [1]_; the recency of RFM is `time_since_last`.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). "Counting Your Customers"
       the Easy Way: An Alternative to the Pareto/NBD Model. Marketing Science 24(2), section 2.
    """

    ids: CustomerIds
    moment: np.datetime64
    unit: str
    period: str
    window: int | None
    has_amounts: bool
    zone: str | None = field(repr=False)
    kind: Kind = field(repr=False)
    floored: bool = field(repr=False)
    _folded: Folded = field(repr=False)
    _rows: Rows | None = field(repr=False, default=None)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Ids: int64, or objects of str; ascending."""
        return self.ids.to_numpy()

    @cached_property
    def n_periods(self) -> Ints:
        """Distinct periods with a purchase."""
        return _fixed(self._folded.periods.astype(np.int64))

    @cached_property
    def frequency(self) -> Ints:
        """Distinct periods with a purchase, less one: repeat purchases."""
        return _fixed(self.n_periods - 1)

    @cached_property
    def recency(self) -> Floats:
        """Age at the last purchase, in `unit`; 0 for a customer with one purchase period."""
        return self._age(self._starts[1] - self._starts[0])

    @cached_property
    def T(self) -> Floats:  # noqa: N802 - the name that the field gives it
        """Age at the moment, in `unit`."""
        return self._age(self._now - self._starts[0])

    @cached_property
    def time_since_last(self) -> Floats:
        """From the last purchase to the moment, in `unit`: the recency of RFM."""
        return self._age(self._now - self._starts[1])

    @cached_property
    def monetary_value(self) -> Floats:
        """Mean net spend per repeat period; NaN where there was none."""
        repeats = self._folded.periods - 1
        mean = np.full(len(self), np.nan)
        if self.has_amounts:
            np.divide(self._folded.repeat_spend, repeats, out=mean, where=repeats > 0)
        return _fixed(mean)

    @cached_property
    def sum_log_gaps(self) -> Floats:
        """Σ log of the times between successive purchase periods, in `unit`; 0 without any.

        Takes a pass over the log on first access. `InvalidArgumentError` where ages are floored.
        """
        from customerintel.tables.gaps import gaps_of

        return _fixed(gaps_of(self))

    @cached_property
    def n_transactions(self) -> Ints:
        """All transactions, returns included; lines of one order count once."""
        return _fixed(self._folded.transactions.astype(np.int64))

    @cached_property
    def n_returns(self) -> Ints:
        """Transactions that are returns."""
        return _fixed(self._folded.returns.astype(np.int64))

    @cached_property
    def n_purchases(self) -> Ints:
        """Transactions that are purchases."""
        return _fixed(self.n_transactions - self._folded.returns)

    @cached_property
    def total_amount(self) -> Floats:
        """Everything spent, net of everything returned; NaN where the log has no amounts."""
        if not self.has_amounts:
            return _fixed(np.full(len(self), np.nan))
        return _fixed(self._folded.total)

    @cached_property
    def first_purchase(self) -> Times:
        """Moment of the first purchase, UTC."""
        return _fixed(self._folded.first).view("M8[us]")

    @cached_property
    def last_purchase(self) -> Times:
        """Moment of the last purchase, UTC."""
        return _fixed(self._folded.last).view("M8[us]")

    @cached_property
    def _starts(self) -> tuple[Ints, Ints]:
        calendar = Calendar(self.period, self.zone)
        return calendar.floor(self._folded.first), calendar.floor(self._folded.last)

    @property
    def _now(self) -> int:
        moment = np.array([self.moment]).view(np.int64)
        return int(Calendar(self.period, self.zone).floor(moment)[0])

    def _age(self, microseconds: Ints) -> Floats:
        age = microseconds / UNITS[self.unit]
        return _fixed(np.floor(age) if self.floored else age)

    def to_frame(self) -> Any:
        """Return one row per customer, of the log's kind of table; without `sum_log_gaps`."""
        names = (
            "frequency", "recency", "T", "monetary_value", "n_transactions", "total_amount",
            "first_purchase", "last_purchase", "time_since_last",
        )  # fmt: skip
        columns = {"customer_id": self.ids, **{name: getattr(self, name) for name in names}}
        return build(columns, self.kind, self.zone)

    def __repr__(self) -> str:
        return one_line(
            "CustomerSummary",
            customers=len(self),
            moment=self.moment,
            unit=self.unit,
            period=self.period,
        )

    def _repr_html_(self) -> str:
        repeat = float((self.frequency > 0).mean()) if len(self) else float("nan")
        return html_table(
            "Customer summary",
            [
                ("customers", len(self)),
                ("as of", f"{self.moment} UTC"),
                ("unit", self.unit),
                ("period", self.period),
                ("share with a repeat purchase", repeat),
            ],
        )


def summary_of(
    history: History, *, unit: str, period: str, window: Any, floor: bool
) -> CustomerSummary:
    """Summarise a history; the body of `History.summarize`."""
    if not isinstance(unit, str) or unit not in UNITS:
        raise InvalidArgumentError(
            f"unit must be one of {', '.join(map(repr, UNITS))}; got {unit!r}."
        )
    log = history._log
    folded = history.fold(period, window)
    return CustomerSummary(
        ids=CustomerIds(folded.keys, log._texts),
        moment=history.moment,
        unit=unit,
        period=period,
        window=read_window(window),
        has_amounts=log.has_amounts,
        zone=log.time_zone,
        kind=log.kind,
        floored=floor,
        _folded=folded,
        _rows=log._events.rows,
    )


def summarize(
    log: Any,
    *,
    as_of: Any,
    unit: str = "day",
    period: str = "day",
    window: Any = None,
    floor: bool = False,
) -> CustomerSummary:
    """Summarise each customer's purchases up to a moment.

    Parameters
    ----------
    log : TransactionLog
        The validated log.
    as_of : date, datetime, datetime64 or str
        The moment; a date includes its whole day.
    unit : {"hour", "day", "week", "month", "quarter", "year"}, default "day"
        Unit of the ages; a year is 365.25 days.
    period : {"hour", "day", "week", "month"}, default "day"
        Purchases within one calendar period, in the log's time zone, count as one.
    window : str, timedelta or int, optional
        Count only purchases within this length before the moment, such as "180d". Customers
        without any are absent.
    floor : bool, default False
        Round ages down to whole units.

    Returns
    -------
    CustomerSummary
        One entry per customer with a purchase, ascending by id.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.

    See Also
    --------
    History.summarize : The same for a history.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [7, 7, 3],
    ...     "timestamp": ["2024-01-01", "2024-01-15", "2024-01-08"],
    ...     "amount": [10.0, 20.0, 5.0],
    ... })
    >>> summary = ci.summarize(log, as_of="2024-01-29", unit="week")
    >>> summary.customer_id, summary.frequency, summary.recency, summary.T
    (array([3, 7]), array([0, 1]), array([0., 2.]), array([3., 4.]))
    """
    if not hasattr(log, "as_of"):
        raise InvalidArgumentError(
            f"summarize takes a TransactionLog; got {type(log).__name__}. "
            "Make one with TransactionLog.from_frame(…)."
        )
    history = log.as_of(as_of)
    return history.summarize(  # type: ignore[no-any-return]
        unit=unit, period=period, window=window, floor=floor
    )
