"""The transaction log: validated once, then trusted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from customerintel.tables.building import Labels, with_extras
from customerintel.tables.codes import count_distinct
from customerintel.tables.history import History
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.moments import read_moment
from customerintel.tables.orders import Events
from customerintel.tables.rejections import Rejections
from customerintel.tables.results import Sealed, html_table, one_line
from customerintel.tables.text import Text

__all__ = ["TransactionLog"]


class TransactionLog(Sealed):
    """Validated transactions of one business in one currency.

    Made by :meth:`from_frame`, :meth:`from_csv` or :meth:`from_parquet`. Later changes to the
    table do not reach it; arrays of a dict are copied unless they are read-only.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame(
    ...     {
    ...         "who": [7, 7, 3],
    ...         "when": ["2024-01-05", "2024-02-01", "2024-03-01"],
    ...         "amount": [10.0, 20.0, 5.0],
    ...     },
    ...     customer_id="who",
    ...     timestamp="when",
    ... )
    >>> log
    TransactionLog(rows=3, from=2024-01-05T00:00:00.000000, to=2024-03-01T00:00:00.000000)
    """

    def __init__(
        self, *, events: Events, texts: Text | None, zone: str | None, kind: Kind,
        rejected: Rejections, kinds: Labels | None, has_amounts: bool, extras: Any,
    ) -> None:  # fmt: skip
        self._events = events
        self._texts = texts
        self._zone = zone
        self._kind = kind
        self._rejected = rejected
        self._kinds = kinds
        self._has_amounts = has_amounts
        self._extras = extras
        self._seal()

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        customer_id: str | None = None,
        timestamp: str | None = None,
        amount: str | Literal[False] | None = None,
        quantity: str | Literal[False] | None = None,
        unit_price: str | Literal[False] | None = None,
        order_id: str | Literal[False] | None = None,
        kind: str | Literal[False] | None = None,
        category: str | Literal[False] | None = None,
        channel: str | Literal[False] | None = None,
        promo: str | Literal[False] | None = None,
        cost: str | Literal[False] | None = None,
        currency: str | Literal[False] | None = None,
        keep: Sequence[str] = (),
        timestamp_format: str | None = None,
        returns: Literal["net", "drop", "keep"] = "net",
        on_invalid: Literal["raise", "quarantine"] = "raise",
    ) -> TransactionLog:
        """Validate a table of transactions.

        Parameters
        ----------
        frame : table
            pandas, polars (eager or lazy), pyarrow, modin, DuckDB, Dask, Ibis or PySpark table,
            anything with ``__arrow_c_stream__``, or a dict of arrays. It is never changed.
        customer_id, timestamp : str, optional
            Names of the columns; not needed where they are called so.
        amount : str or False, optional
            Money of the line, negative for returns. A log may have none.
        quantity, unit_price : str or False, optional
            The amount is their product where `amount` is not named.
        order_id : str or False, optional
            Lines of one customer with one order id are one transaction at the first line's time;
            a line without one is a transaction of its own.
        kind : str or False, optional
            "sale", "renewal", "return", "refund" or "cancellation", and usual synonyms. The
            amounts of the last three are taken as negative.
        category, channel, promo, cost, currency : str or False, optional
            Carried along; `cost` must be a number, and `currency` one and the same.
            These and the columns above are found by their own names; `False` leaves one out.
        keep : sequence of str, optional
            Further columns to carry along.
        timestamp_format : str, optional
            For other than datetimes, dates and ISO 8601 texts: a format as of ``strptime``, or
            "s", "ms", "us", "ns" for numbers since 1970.
        returns : {"net", "drop", "keep"}, default "net"
            Net returns against the customer's latest earlier purchase period, leave them out of
            every summary, or treat them as purchases.
        on_invalid : {"raise", "quarantine"}, default "raise"
            Whether rows that break a rule are an error or go to :attr:`rejected`.

        Returns
        -------
        TransactionLog
            Its accepted and rejected rows add up to the rows of `frame`.

        Raises
        ------
        SchemaError
            If a column is missing or cannot hold what it should, or currencies differ.
        DataValidationError
            If rows break a rule and `on_invalid` is "raise".
        InvalidArgumentError
            If an argument has an unknown value.

        Warns
        -----
        DataQualityWarning
            If the data are usable but odd: blanks around ids, amounts as texts, several time zones.
        """
        from customerintel.tables.loading import load

        columns = {
            "customer_id": customer_id, "timestamp": timestamp, "amount": amount,
            "quantity": quantity, "unit_price": unit_price, "order_id": order_id, "kind": kind,
            "category": category, "channel": channel, "promo": promo, "cost": cost,
            "currency": currency,
        }  # fmt: skip
        words = {"returns": returns, "on_invalid": on_invalid}
        return cls(**load(frame, columns, words, keep=keep, timestamp_format=timestamp_format))

    @classmethod
    def from_csv(cls, path: str | Path, **columns: Any) -> TransactionLog:
        """Validate the transactions of a CSV file.

        Parameters
        ----------
        path : str or Path
            A file with a header line; ``.gz`` is unpacked.
        **columns
            As for :meth:`from_frame`.

        Notes
        -----
        Ids are read as texts, so that ``007`` stays itself, and become integers if all of them
        are written as integers are.
        """
        from customerintel.tables.files import read_csv

        return cls.from_frame(read_csv(path, columns), **columns)

    @classmethod
    def from_parquet(cls, path: str | Path, **columns: Any) -> TransactionLog:
        """Validate the transactions of a Parquet file; only the needed columns are read.

        Parameters
        ----------
        path : str or Path
            A file, or a folder of them.
        **columns
            As for :meth:`from_frame`.
        """
        from customerintel.tables.files import read_parquet

        return cls.from_frame(read_parquet(path, columns), **columns)

    @property
    def n_rows(self) -> int:
        """Accepted rows."""
        return len(self._events.rows.keys)

    @property
    def n_transactions(self) -> int:
        """Transactions: rows, but lines of one order count once."""
        return self._events.n_transactions

    @cached_property
    def n_customers(self) -> int:
        """Customers with an accepted row, those with returns only included."""
        return count_distinct(self._events.rows.keys)

    @property
    def start(self) -> np.datetime64:
        """Moment of the first row, UTC; NaT in an empty log."""
        return np.datetime64(self._events.start if self.n_rows else "NaT", "us")

    @property
    def end(self) -> np.datetime64:
        """Moment of the last row, UTC; NaT in an empty log."""
        return np.datetime64(self._events.end if self.n_rows else "NaT", "us")

    @property
    def has_amounts(self) -> bool:
        """Whether the log holds money."""
        return self._has_amounts

    @property
    def time_zone(self) -> str | None:
        """Time zone of the timestamps; None: they had none, and are taken as UTC."""
        return self._zone

    @property
    def kind(self) -> Kind:
        """What kind of table the log was made from."""
        return self._kind

    @property
    def rejected(self) -> Rejections:
        """The rows that were not accepted."""
        return self._rejected

    def as_of(self, moment: Any) -> History:
        """Return what was known at a moment.

        Parameters
        ----------
        moment : date, datetime, datetime64 or str
            A date, ``"2011-12-09"`` or ``datetime64[D]`` is the last microsecond of that day
            in the log's time zone; a time of day is exact.

        Returns
        -------
        History
            It sees no row after the moment.

        Raises
        ------
        InvalidArgumentError
            If `moment` cannot be read.

        Warns
        -----
        DataQualityWarning
            If it is a datetime at midnight, or nothing is visible.
        """
        history = History(self, read_moment(moment, self._zone))
        history.warn_if_empty()
        return history

    def to_frame(self) -> Any:
        """Return the accepted rows with canonical column names, in the order they came.

        Returns
        -------
        table
            Of the caller's kind: ``customer_id``, ``timestamp``, ``amount`` and what else was
            read. Timestamps are in the log's time zone.
        """
        rows = self._events.rows
        columns: dict[str, Any] = {
            "customer_id": CustomerIds(rows.keys, self._texts),
            "timestamp": rows.seen_at.view("M8[us]"),
        }
        if self.has_amounts:
            columns["amount"] = rows.amounts
        if self._kinds is not None:
            columns["kind"] = self._kinds
        return with_extras(columns, self._extras, self._kind, self._zone)

    def __repr__(self) -> str:
        return one_line(
            "TransactionLog",
            rows=self.n_rows,
            **{"from": self.start, "to": self.end},
            zone=self._zone,
            amounts=None if self._has_amounts else "none",
            rejected=len(self._rejected) or None,
        )

    def _repr_html_(self) -> str:
        return html_table(
            "Transaction log",
            [
                ("rows", self.n_rows),
                ("transactions", self.n_transactions),
                ("from, to (UTC)", f"{self.start}, {self.end}"),
                ("time zone", self._zone or "none (taken as UTC)"),
                ("rejected rows", len(self._rejected)),
            ],
        )
