"""`Migration`: counts, probabilities and values of the moves between segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import read_only, seal
from customerintel.rfm.segment_scheme import SegmentScheme
from customerintel.rfm.words import one_of
from customerintel.tables.building import Labels, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["Changes", "Migration"]

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


class Changes(NamedTuple):
    """Number of customers, present at both moments, whose number rose, fell or stayed."""

    rises: int
    falls: int
    same: int


@dataclass(frozen=True, eq=False, repr=False)
class Migration:
    """Moves between the k segments of a scheme.

    Matrices have the shape (k + 1, k + 1) and are read-only. A row is a state before: the
    segments in scheme order, then ``entered`` (no purchase in the window before). A column is
    a state after: the segments, then ``left`` (no purchase in the window after).

    Attributes
    ----------
    counts : int64 array
        Customers that went from the row to the column.
    value : float64 array or None
        What those customers were worth before (0 for ``entered``).
    scheme : SegmentScheme
        Scheme of both moments.
    before, after : datetime64[us]
        The moments, UTC.
    smoothing : float
        Dirichlet weight of `probabilities`.
    score_changes : mapping of str to Changes
        Of the scores, by measure (``recency``, ``frequency``, ``monetary``): a rise is an
        improvement. Read-only.
    value_changes : mapping of str to Changes
        Of what is scored (``time_since_last`` in days, ``frequency``, ``monetary``): a rise
        is more days, more purchases, more spend. Read-only.
    kind : Kind
        Kind of table that `to_frame` gives.
    """

    counts: Counts
    value: Floats | None
    scheme: SegmentScheme
    before: np.datetime64
    after: np.datetime64
    smoothing: float
    score_changes: Mapping[str, Changes]
    value_changes: Mapping[str, Changes]
    kind: Kind

    def __post_init__(self) -> None:
        seal(self)

    @property
    def states_before(self) -> tuple[str, ...]:
        """Names of the rows."""
        return (*self.scheme.segments, "entered")

    @property
    def states_after(self) -> tuple[str, ...]:
        """Names of the columns."""
        return (*self.scheme.segments, "left")

    @cached_property
    def probabilities(self) -> Floats:
        """Share of each row that went to each column; rows add up to 1.

        ``p_ij = (n_ij + a) / (n_i + a m)`` with `smoothing` a and m columns that the row can
        reach (``entered`` cannot reach ``left``): the maximum-likelihood estimate for a = 0
        (Anderson and Goodman 1957, eq. 2.8), the posterior mean under a symmetric Dirichlet
        prior otherwise. A row without customers is NaN unless smoothed.
        """
        weight = np.full(self.counts.shape, self.smoothing)
        weight[-1, -1] = 0.0
        with np.errstate(invalid="ignore"):
            return _rows_to_shares(self.counts + weight)

    @cached_property
    def value_shares(self) -> Floats | None:
        """Share of each row's value that went to each column; NaN where the row has none.

        None where `value` is None.
        """
        if self.value is None:
            return None
        totals = self.value.sum(axis=1, keepdims=True)
        return _rows_to_shares(np.where(totals > 0, self.value, np.nan))

    @property
    def up(self) -> int:
        """Customers that moved towards the front of the scheme's order, its best segments."""
        return int(np.tril(self.counts[:-1, :-1], -1).sum())

    @property
    def down(self) -> int:
        """Customers that moved towards the end of the scheme's order."""
        return int(np.triu(self.counts[:-1, :-1], 1).sum())

    @property
    def stay(self) -> int:
        """Customers in the same segment at both moments."""
        return int(np.trace(self.counts[:-1, :-1]))

    @property
    def entered(self) -> int:
        """Customers with a purchase in the later window only."""
        return int(self.counts[-1].sum())

    @property
    def left(self) -> int:
        """Customers with a purchase in the earlier window only."""
        return int(self.counts[:, -1].sum())

    def summary(self) -> Any:
        """How many customers moved which way.

        Returns
        -------
        table of the kind that the log was made from
            Columns ``movement`` (stay, up, down, left, entered), ``customers`` and ``share``:
            of the customers before, for ``entered`` of those after.
        """
        names = ("stay", "up", "down", "left", "entered")
        customers = np.array([getattr(self, name) for name in names], dtype=np.int64)
        kept = customers[:3].sum()
        base = np.array([kept + self.left] * 4 + [kept + self.entered])
        with np.errstate(invalid="ignore"):
            share = customers / base
        columns = {"movement": Labels(np.arange(5), names), "customers": customers, "share": share}
        return build(columns, self.kind)

    def matrix(self, what: str = "counts") -> Any:
        """One of the matrices with named rows and columns.

        Parameters
        ----------
        what : {"counts", "probabilities", "value", "value_shares"}
            Which one.

        Returns
        -------
        table of the kind that the log was made from
            Column ``before``, then one column per state after.

        Raises
        ------
        InvalidArgumentError
            When there is no such matrix.
        """
        known = ("counts", "probabilities", "value", "value_shares")
        table = getattr(self, one_of("what", what, known))
        if table is None:
            raise InvalidArgumentError("This migration has no value; give migration(value=...).")
        columns: dict[str, Any] = {
            "before": Labels(np.arange(len(self.states_before)), self.states_before)
        }
        for state, column in zip(self.states_after, table.T, strict=True):
            columns[state] = np.ascontiguousarray(column)
        return build(columns, self.kind)

    def to_frame(self) -> Any:
        """One row per pair of states; ``entered`` to ``left`` cannot happen and is left out.

        Returns
        -------
        table of the kind that the log was made from
            Columns ``before``, ``after``, ``customers``, ``probability`` and, with a value,
            ``value``.
        """
        rows, columns = (index.ravel()[:-1] for index in np.indices(self.counts.shape))
        table: dict[str, Any] = {
            "before": Labels(rows, self.states_before),
            "after": Labels(columns, self.states_after),
            "customers": self.counts[rows, columns],
            "probability": self.probabilities[rows, columns],
        }
        if self.value is not None:
            table["value"] = self.value[rows, columns]
        return build(table, self.kind)

    def __repr__(self) -> str:
        return one_line("Migration", **dict(self._facts()))

    def _repr_html_(self) -> str:
        return html_table("Migration", self._facts())

    def _facts(self) -> Sequence[tuple[str, object]]:
        moves = ("stay", "up", "down", "left", "entered")
        return [
            ("before", str(self.before)),
            ("after", str(self.after)),
            ("scheme", str(self.scheme)),
            *((name, getattr(self, name)) for name in moves),
        ]


def _rows_to_shares(matrix: Floats) -> Floats:
    return read_only(np.asarray(matrix / matrix.sum(axis=1, keepdims=True)))
