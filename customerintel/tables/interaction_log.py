"""What went between a business and its customers: validated once, then trusted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np

from customerintel.tables.building import Labels, with_extras
from customerintel.tables.ids import CustomerIds
from customerintel.tables.interaction_loading import DOOR, load_interactions
from customerintel.tables.interactions import KINDS, WAYS, Interactions
from customerintel.tables.results import html_table, one_line
from customerintel.tables.row_log import RowLog

__all__ = ["InteractionLog"]


class InteractionLog(RowLog):
    """Validated interactions: messages, visits, calls, complaints, reviews, referrals and the like.

    Made by :meth:`from_frame`, :meth:`from_csv` or :meth:`from_parquet`. Later changes to the
    table do not reach it. What somebody wrote is never kept.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.InteractionLog.from_frame(
    ...     {
    ...         "customer_id": [7, 7, 3],
    ...         "at": ["2024-01-05", "2024-01-06", "2024-03-01"],
    ...         "kind": ["Email Delivered", "email_open", "phone call"],
    ...     },
    ...     timestamp="at",
    ... )
    >>> log.kinds
    {'delivered': 1, 'open': 1, 'call': 1}
    """

    _door = DOOR
    _what = "interaction"
    _computed = ("_contacts", "_kind_counts")
    _rows: Interactions
    _n_texts: dict[str, int]

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        customer_id: str | None = None,
        timestamp: str | None = None,
        kind: str | Literal[False] | None = None,
        event: str | Literal[False] | None = None,
        direction: str | Literal[False] | None = None,
        initiator: str | Literal[False] | None = None,
        channel: str | Literal[False] | None = None,
        campaign_id: str | Literal[False] | None = None,
        topic: str | Literal[False] | None = None,
        sentiment: str | Literal[False] | None = None,
        value: str | Literal[False] | None = None,
        resolved_at: str | Literal[False] | None = None,
        treatment: str | Literal[False] | None = None,
        message_id: str | Literal[False] | None = None,
        keep: Sequence[str] = (),
        timestamp_format: str | None = None,
        on_invalid: Literal["raise", "quarantine"] = "raise",
    ) -> InteractionLog:
        """Validate a table of interactions.

        Parameters
        ----------
        frame : table
            Any kind that `TransactionLog.from_frame` reads. It is never changed.
        customer_id, timestamp : str, optional
            Names of the columns; not needed where they are called so.
        kind : str or False, optional
            Column of kinds: those of `EventKind`, the names of the Segment Spec
            ("Email Opened"), and usual synonyms; case, blanks, hyphens and underscores do not
            count. An unknown kind is kept as "other"; a missing one breaks a rule.
        event : str or False, optional
            Column of event names. Where there is no `kind`, it says the kind.
        direction : str or False, optional
            "inbound" (from the customer) or "outbound"; where none is said, it follows from
            the kind, if it can.
        sentiment : str or False, optional
            From -1 (bad) to 1 (good).
        value : str or False, optional
            A number that goes with the event.
        resolved_at : str or False, optional
            When a complaint or a request was settled, not before `timestamp`.
        initiator, channel, campaign_id, topic, treatment, message_id : str or False, optional
            Carried along. All columns are found by their own names; `False` leaves one out.
        keep : sequence of str, optional
            Further columns to carry along. One that by its name holds what somebody wrote
            (text, body, comment …) is counted in :attr:`n_texts` and not kept.
        timestamp_format : str, optional
            As for `TransactionLog.from_frame`.
        on_invalid : {"raise", "quarantine"}, default "raise"
            Whether rows that break a rule are an error or go to :attr:`rejected`.

        Returns
        -------
        InteractionLog
            Its accepted and rejected rows add up to the rows of `frame`.

        Raises
        ------
        SchemaError
            If a column is missing or cannot hold what it should.
        DataValidationError
            If rows break a rule and `on_invalid` is "raise".
        InvalidArgumentError
            If an argument has an unknown value.

        Warns
        -----
        DataQualityWarning
            If there are kinds that are not known, or the data are odd as in a transaction log.
        """
        columns = {
            "customer_id": customer_id, "timestamp": timestamp, "kind": kind, "event": event,
            "direction": direction, "initiator": initiator, "channel": channel,
            "campaign_id": campaign_id, "topic": topic, "sentiment": sentiment, "value": value,
            "resolved_at": resolved_at, "treatment": treatment, "message_id": message_id,
        }  # fmt: skip
        parts = load_interactions(
            frame, columns, keep=keep, timestamp_format=timestamp_format, on_invalid=on_invalid
        )
        return cls(**parts)

    @cached_property
    def _kind_counts(self) -> dict[str, int]:
        found = np.bincount(self._rows.kinds, minlength=len(KINDS)).tolist()
        return {kind.value: n for kind, n in zip(KINDS, found, strict=True) if n}

    @property
    def kinds(self) -> dict[str, int]:
        """Number of rows of each kind that there is, in the order of `EventKind`."""
        return dict(self._kind_counts)

    @property
    def n_texts(self) -> dict[str, int]:
        """How many values each column of free text had, of all rows of the table."""
        return dict(self._n_texts)

    def to_frame(self) -> Any:
        """Return the accepted rows with canonical column names, in the order they came.

        Returns
        -------
        table
            Of the caller's kind: ``customer_id``, ``timestamp``, ``kind``, ``event`` (the word
            of the source) and what else was read. Times are in the log's time zone.
        """
        rows = self._rows
        columns: dict[str, Any] = {
            "customer_id": CustomerIds(rows.keys, self._texts),
            "timestamp": rows.times.view("M8[us]"),
            "kind": Labels(rows.kinds.astype(np.int32), tuple(kind.value for kind in KINDS)),
            "event": rows.words,
        }
        if len(rows.said):
            columns["direction"] = Labels(rows.said, tuple(way.value for way in WAYS))
        if len(rows.sentiment):
            columns["sentiment"] = rows.sentiment
        if len(rows.resolved_at):
            columns["resolved_at"] = rows.resolved_at.view("M8[us]")
        return with_extras(columns, self._extras, self._kind, self._zone)

    def __repr__(self) -> str:
        return one_line(
            "InteractionLog",
            rows=self.n_rows,
            **{"from": self.start, "to": self.end},
            zone=self._zone,
            kinds=len(self._kind_counts),
            rejected=len(self._rejected) or None,
        )

    def _repr_html_(self) -> str:
        return html_table(
            "Interaction log",
            [
                ("rows", self.n_rows),
                ("from, to (UTC)", f"{self.start}, {self.end}"),
                ("time zone", self._zone or "none (taken as UTC)"),
                *self._kind_counts.items(),
                ("rejected rows", len(self._rejected)),
            ],
        )
