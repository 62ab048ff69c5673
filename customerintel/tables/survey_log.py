"""What customers answered: validated once, then trusted."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.answers import LABELS, NUMBERS, Answers
from customerintel.tables.building import with_extras
from customerintel.tables.ids import CustomerIds
from customerintel.tables.results import html_table, one_line
from customerintel.tables.row_log import RowLog
from customerintel.tables.survey_items import TYPE_ITEMS
from customerintel.tables.survey_loading import DOOR, load_survey

__all__ = ["SurveyLog"]

Ints = NDArray[np.int64]


class SurveyLog(RowLog):
    """Validated answers to surveys: numbers on scales, words out of lists.

    Made by :meth:`from_frame`, :meth:`from_csv` or :meth:`from_parquet`. Later changes to the
    table do not reach it. What somebody wrote is never kept.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.SurveyLog.from_frame(
    ...     {
    ...         "customer_id": [7, 7, 3],
    ...         "timestamp": ["2024-01-05", "2024-01-05", "2024-03-01"],
    ...         "instrument": ["spring", "spring", "spring"],
    ...         "item": ["NPS", "stated_type", "NPS"],
    ...         "scale_min": [0, None, 0],
    ...         "scale_max": [10, None, 10],
    ...         "value": [9, None, 4],
    ...         "choice": [None, "Best friend", None],
    ...     }
    ... )
    >>> log.items
    {'recommend': 2, 'stated_type': 1}
    """

    _door = DOOR
    _what = "answer"
    _computed = ("_item_counts",)
    _rows: Answers
    _columns: tuple[str, ...]
    _n_texts: int

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        customer_id: str | None = None,
        timestamp: str | None = None,
        instrument: str | Literal[False] | None = None,
        version: str | Literal[False] | None = None,
        item: str | Literal[False] | None = None,
        scale_min: str | Literal[False] | None = None,
        scale_max: str | Literal[False] | None = None,
        value: str | Literal[False] | None = None,
        choice: str | Literal[False] | None = None,
        stated_type: str | Literal[False] | None = None,
        desired_type: str | Literal[False] | None = None,
        answer_id: str | Literal[False] | None = None,
        text: str | Literal[False] | None = None,
        timestamp_format: str | None = None,
        on_invalid: Literal["raise", "quarantine"] = "raise",
    ) -> SurveyLog:
        """Validate a table of answers, one row per answer.

        Parameters
        ----------
        frame : table
            Any kind that `TransactionLog.from_frame` reads. It is never changed.
        customer_id, timestamp : str, optional
            Names of the columns; not needed where they are called so.
        instrument, version : str or False, optional
            The questionnaire. Answers to one item of one version of it have one scale.
        item : str or False, optional
            The question, under the library's name ("satisfaction", "trust", "recommend" …), a
            usual synonym ("csat", "nps", "brq_love" …), or any other name.
        scale_min, scale_max : str or False, optional
            Lowest and highest possible value. A row without them is on the scale that its
            question had by then; a value without any counts as no answer.
        value : str or False, optional
            Answer as a number.
        choice : str or False, optional
            Answer as a word; for the items "stated_type" and "desired_type", the type.
        stated_type, desired_type : str or False, optional
            The types as columns of their own.
        answer_id : str or False, optional
            Identifier of the answer; one that comes twice is rejected.
        text : str or False, optional
            Answer in the customer's words: counted in :attr:`n_texts`, never kept.
            All columns are found by their own names; `False` leaves one out.
        timestamp_format : str, optional
            As for `TransactionLog.from_frame`.
        on_invalid : {"raise", "quarantine"}, default "raise"
            Whether rows that break a rule are an error or go to :attr:`rejected`.

        Returns
        -------
        SurveyLog
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
            If there are values without a scale, or the data are odd as in a transaction log.

        Notes
        -----
        Two rules concern several rows. ``contradicting_scale``: the row has another scale than
        most rows of the same instrument, version and item (the one that came first, if alike
        many have it). ``duplicate_answer``: an earlier row has the same answer_id, or the same
        customer, instrument, version, item and moment.
        """
        columns = {
            "customer_id": customer_id, "timestamp": timestamp, "instrument": instrument,
            "version": version, "item": item, "scale_min": scale_min, "scale_max": scale_max,
            "value": value, "choice": choice, "stated_type": stated_type,
            "desired_type": desired_type, "answer_id": answer_id, "text": text,
        }  # fmt: skip
        parts = load_survey(
            frame, columns, timestamp_format=timestamp_format, on_invalid=on_invalid
        )
        return cls(**parts)

    @cached_property
    def _item_counts(self) -> dict[str, int]:
        item = self._rows.item
        found = np.bincount(item.codes + 1, minlength=len(item.names) + 1)[1:].tolist()
        return {name: n for name, n in zip(item.names, found, strict=True) if n}

    @property
    def items(self) -> dict[str, int]:
        """Number of rows of each item, under the library's names, in the order they came."""
        return dict(self._item_counts)

    @property
    def n_texts(self) -> int:
        """How many rows of the table had a text."""
        return self._n_texts

    def latest_values(self, until: int) -> dict[str, tuple[CustomerIds, NDArray[np.float64], Ints]]:
        """Return the latest answers in numbers, by item.

        Parameters
        ----------
        until : int
            Microseconds UTC; later answers are invisible.

        Returns
        -------
        dict of str to tuple
            Customers (ascending), values from 0 to 1 by the scale of each answer, and moments
            in microseconds UTC. Items without a visible number are left out.
        """
        times = self._rows.times
        return {
            name: (self._ids(rows), values, times[rows])
            for name, rows, values in self._rows.latest_values(until)
        }

    def latest_words(self, item: str, until: int) -> tuple[CustomerIds, NDArray[np.object_], Ints]:
        """Return the latest stated or desired types.

        Parameters
        ----------
        item : {"stated_type", "desired_type"}
            Which of the two.
        until : int
            Microseconds UTC; later answers are invisible.

        Returns
        -------
        ids : CustomerIds
            Customers who said it, ascending.
        words : ndarray of object
            In lower case with underscores.
        when : ndarray of int64
            Microseconds UTC.

        Raises
        ------
        InvalidArgumentError
            If it is another item.
        """
        if item not in TYPE_ITEMS:
            raise InvalidArgumentError(
                f"item must be one of {', '.join(map(repr, TYPE_ITEMS))}; got {item!r}."
            )
        rows, words = self._rows.latest_words(item, until)
        return self._ids(rows), words, self._rows.times[rows]

    def _ids(self, rows: Ints) -> CustomerIds:
        return CustomerIds(self._rows.keys[rows], self._texts)

    def to_frame(self) -> Any:
        """Return the accepted rows with canonical column names, in the order they came.

        Returns
        -------
        table
            Of the caller's kind: the columns that were read, without texts. Items have the
            library's names, and rows without a scale that of their questionnaire. Times are in
            the log's time zone.
        """
        rows = self._rows
        columns: dict[str, Any] = {
            "customer_id": CustomerIds(rows.keys, self._texts),
            "timestamp": rows.times.view("M8[us]"),
        }
        for name in (*LABELS[:3], *NUMBERS, *LABELS[3:]):
            if name in self._columns:
                columns[name] = getattr(rows, name)
        return with_extras(columns, self._extras, self._kind, self._zone)

    def __repr__(self) -> str:
        return one_line(
            "SurveyLog",
            rows=self.n_rows,
            **{"from": self.start, "to": self.end},
            zone=self._zone,
            items=len(self._item_counts),
            rejected=len(self._rejected) or None,
        )

    def _repr_html_(self) -> str:
        return html_table(
            "Survey log",
            [
                ("rows", self.n_rows),
                ("from, to (UTC)", f"{self.start}, {self.end}"),
                ("time zone", self._zone or "none (taken as UTC)"),
                *self._item_counts.items(),
                ("rows with a text", self._n_texts),
                ("rejected rows", len(self._rejected)),
            ],
        )
