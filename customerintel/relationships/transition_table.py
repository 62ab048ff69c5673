"""`Transitions`: counts, probabilities and intervals of moves between types."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.share_intervals import Estimate, shares
from customerintel.relationships.table_parts import UNKNOWN
from customerintel.relationships.transition_edges import CHANGES, Moves
from customerintel.rfm.read_only import read_only, seal
from customerintel.rfm.words import one_of
from customerintel.tables.building import Labels, build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.relationships.type_registry import TypeRegistry

__all__ = ["Transitions"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Transitions:
    """Moves between k types and three further states; made by `transitions`.

    Matrices have the shape (k + 3, k + 3) and are read-only: rows are states at the earlier
    moment, columns at the later one, in the order of :attr:`states`. The last three are
    ``"unknown"`` (too little is known), ``"inactive"`` (no purchase for long) and ``"none"``:
    before, not a customer yet; after, no more in the table (erased, or left out).

    Attributes
    ----------
    counts : ndarray of int64, shape (k + 3, k + 3)
        Customers that went from the row to the column.
    ids : CustomerIds
        The n customers of both moments, ascending.
    before, after : ndarray of int64, shape (n,)
        Their states, as places in `states`; the later by the earlier model.
    moves : Moves
        How far each of them moved.
    earlier, later : numpy.datetime64
        The moments, UTC.
    level : float
        Of the intervals and of jumps.
    n_min : int
        Edges with fewer customers are flagged.
    inactive_days : float or None
        Days without a purchase after which a customer is inactive.
    types : TypeRegistry
        The types.
    """

    counts: Ints
    ids: CustomerIds
    before: Ints
    after: Ints
    moves: Moves
    earlier: np.datetime64
    later: np.datetime64
    level: float
    n_min: int
    inactive_days: float | None
    types: TypeRegistry
    _labels: tuple[str, ...] = field(repr=False)
    _kind: Kind = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    @property
    def states(self) -> tuple[str, ...]:
        """Names of rows and columns."""
        return (*self._labels, UNKNOWN, "inactive", "none")

    @cached_property
    def probability(self) -> Estimate:
        """Share of each row that went to each column, with the interval of Wilson (1927).

        ``n_ij / n_i``, the maximum-likelihood estimate (Anderson and Goodman 1957, eq. 2.8); NaN
        in rows without customers. Intervals are for each edge by itself.
        """
        rows = np.broadcast_to(self.counts.sum(axis=1, keepdims=True), self.counts.shape)
        return shares(self.counts / np.maximum(rows, 1), rows, self.level)

    @property
    def probabilities(self) -> Floats:
        """Share of each row that went to each column; NaN in rows without customers."""
        return self.probability.value

    @cached_property
    def plausible(self) -> Mask:
        """Whether the registry expects the edge: staying, and what types lead to.

        Only an edge between two types can be outside of what the registry expects. It says nothing
        of ``"unknown"``, ``"inactive"`` and ``"none"``: edges from and to those are all True.
        """
        k = len(self._labels)
        found = np.ones((len(self.states), len(self.states)), bool)
        found[:k, :k] = False
        for row, key in enumerate(self._labels):
            onward = (key, *self.types[key].leads_to)
            found[row, [self._labels.index(to) for to in onward if to in self._labels]] = True
        return read_only(found)

    @cached_property
    def few(self) -> Mask:
        """Whether an edge has fewer than `n_min` customers."""
        return read_only(self.counts < self.n_min)

    @property
    def stayed(self) -> int:
        """Customers in the same type at both moments."""
        k = len(self._labels)
        return int(np.trace(self.counts[:k, :k]))

    @property
    def changed(self) -> int:
        """Customers in another type than before, with a known label at both moments."""
        k = len(self._labels)
        return int(self.counts[:k, :k].sum()) - self.stayed

    @property
    def drifted(self) -> int:
        """Customers who moved some way towards a type, within the noise of the assessments."""
        return self._n("drift")

    @property
    def jumped(self) -> int:
        """Those of `changed` of whom both assessments are sure: never more than `changed`."""
        return self._n("jump")

    @property
    def jumped_unlabelled(self) -> int:
        """Customers whose probabilities changed as much as in a jump, without two labels.

        At one of the moments, or at both, they were ``"unknown"`` or ``"inactive"``, so no label
        changed into another: they are neither in `changed` nor in `jumped`.
        """
        return self._n("jump unlabelled")

    def _n(self, change: str) -> int:
        return int((self.moves.change == CHANGES.index(change)).sum())

    def matrix(self, what: str = "counts") -> Any:
        """One of the matrices with named rows and columns.

        Parameters
        ----------
        what : {"counts", "probabilities"}
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
        table = getattr(self, one_of("what", what, ("counts", "probabilities")))
        columns: dict[str, Any] = {"before": Labels(np.arange(len(self.states)), self.states)}
        for state, column in zip(self.states, table.T, strict=True):
            columns[state] = np.ascontiguousarray(column)
        return build(columns, self._kind)

    def to_frame(self) -> Any:
        """Return one row per edge, in the kind of table that the log was made from.

        Returns
        -------
        table
            ``before``, ``after``, ``customers``, ``probability`` with ``probability_low``,
            ``probability_high`` and ``probability_error``, ``few``, ``plausible``. ``none`` to
            ``none`` cannot happen and is left out.
        """
        rows, columns = (index.ravel()[:-1] for index in np.indices(self.counts.shape))
        edges = self.probability.columns("probability")
        table: dict[str, Any] = {
            "before": Labels(rows, self.states),
            "after": Labels(columns, self.states),
            "customers": self.counts[rows, columns],
            **{name: column[rows, columns] for name, column in edges.items()},
            "few": self.few[rows, columns],
            "plausible": self.plausible[rows, columns],
        }
        return build(table, self._kind)

    def customers(self) -> Any:
        """Return one row per customer of both moments.

        Returns
        -------
        table of the kind that the log was made from
            ``customer_id``, ``before``, ``after``, ``distance``, ``moved``, ``changed``,
            ``change`` (still, drift, jump, unsettled, unknown, jump unlabelled) and ``towards``;
            see `Moves`.
        """
        moves = self.moves
        table: dict[str, Any] = {
            "customer_id": self.ids,
            "before": Labels(self.before, self.states),
            "after": Labels(self.after, self.states),
            "distance": moves.distance,
            "moved": moves.moved,
            "changed": moves.changed,
            "change": Labels(moves.change, CHANGES),
            "towards": Labels(moves.towards, self._labels),
        }
        return build(table, self._kind)

    def _facts(self) -> dict[str, object]:
        return {
            "earlier": self.earlier,
            "later": self.later,
            "types": self.types.id,
            "stayed": self.stayed,
            "changed": self.changed,
            "drifted": self.drifted,
            "jumped": self.jumped,
            "jumped_unlabelled": self.jumped_unlabelled,
            "new": int(self.counts[-1].sum()),
        }

    def __repr__(self) -> str:
        return one_line("Transitions", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Transitions", list(self._facts().items()))
