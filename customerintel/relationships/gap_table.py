"""`Gaps`: per customer what is wanted, seen and given, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.relationships.gap_actions import ACTIONS, DIRECTIONS, Mood
from customerintel.relationships.gap_list import action_columns, urgency
from customerintel.relationships.gap_words import explanation, reasons
from customerintel.relationships.share_intervals import shares
from customerintel.relationships.table_parts import UNKNOWN
from customerintel.rfm.read_only import seal
from customerintel.rfm.words import one_of
from customerintel.tables.building import Labels, build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.relationships.type_registry import TypeRegistry

__all__ = ["Gaps"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Gaps:
    """What customers want and what they are given; made by `gaps`.

    Every array has one entry per customer whose wish is known and is read-only.

    Attributes
    ----------
    ids : CustomerIds
        The customers, ascending.
    desired, observed, delivered : ndarray of int64, shape (n,)
        Places of types in ``types``: what the customer wants, what the table says, and the
        prototype nearest to the treatment.
    levels : ndarray of float64, shape (n, 8)
        Treatment on the dimensions; NaN where nothing is known.
    gap : ndarray of float64, shape (n,)
        Distance of wish and treatment, 0 to 1; NaN where too little is known.
    direction : ndarray of int64, shape (n,)
        Place in ``("fitting", "too close", "too distant", "mismatch", "unknown")``.
    action : ndarray of int64, shape (n,)
        Place in ``("reinforce", "shift", "repair", "respect distance", "release", "unknown")``.
    rule : ndarray of int64, shape (n,)
        Number of the rule of `act` that asked for it.
    open_complaints : ndarray of float64, shape (n,)
        Complaints that are not settled.
    level : float
        Of intervals.
    n_min : int
        Cells of the summary with fewer customers are flagged.
    moment : numpy.datetime64
        UTC.
    n_unknown_answers : int
        Customers who want a type that the registry does not have; they are left out.
    """

    ids: CustomerIds
    desired: Ints
    observed: Ints
    delivered: Ints
    levels: Floats
    gap: Floats
    direction: Ints
    action: Ints
    rule: Ints
    open_complaints: Floats
    level: float
    n_min: int
    moment: np.datetime64
    n_unknown_answers: int
    _observed_levels: Floats = field(repr=False)
    _mood: Mood = field(repr=False)
    _opted_out: Labels = field(repr=False)
    _types: TypeRegistry = field(repr=False)
    _labels: tuple[str, ...] = field(repr=False)
    _kind: Kind = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Ids: int64, or objects of str; ascending."""
        return self.ids.to_numpy()

    @property
    def types(self) -> tuple[str, ...]:
        """The types, in the registry's order, then ``"unknown"``."""
        return (*self._labels, UNKNOWN)

    def to_frame(self) -> Any:
        """Return one row per customer, in the log's kind of table.

        Returns
        -------
        table
            ``customer_id``, ``desired``, ``observed``, ``delivered``, ``gap``, ``direction``,
            ``action`` and ``reason``, a sentence with numbers.
        """
        columns: dict[str, Any] = {
            "customer_id": self.ids,
            "desired": Labels(self.desired, self.types),
            "observed": Labels(self.observed, self.types),
            "delivered": Labels(self.delivered, self.types),
            "gap": self.gap,
            "direction": Labels(self.direction, DIRECTIONS),
            "action": Labels(self.action, ACTIONS),
            "reason": reasons(self),
        }
        return build(columns, self._kind)

    def actions(self, n: int | None = None) -> Any:
        """Return what to do, as a list for somebody's week, in the log's kind of table.

        The order: first ``repair`` (something is broken), then ``release`` (somebody is held),
        then all others; within each the widest gap first, gaps that are not known last, and equal
        ones by id. So what fits already (``reinforce``) and what is not known (``unknown``) is at
        the end. Spend has no say in it.

        Parameters
        ----------
        n : int, optional
            How many customers from the top; all by default.

        Returns
        -------
        table
            One row per customer: ``customer_id``; ``action``; ``wanted``, ``observed`` and
            ``treated_as``, the types that the customer wants, that the table says, and that the
            treatment is nearest to; ``reason`` in few words; ``first_step``, the first `do` of the
            rules of the wanted type, but where something is broken to settle the open complaint
            (or, without one, to ask and put right), and for those who are bound and unhappy to
            show the way out; ``avoid``, the first `dont` of the wanted type; ``open_complaints``;
            ``do_not_contact``, the channels that the customer opted out of, such as
            ``"email, sms"``, ``"marketing"`` where no channel was given, empty where none is known
            of.

        Raises
        ------
        InvalidArgumentError
            If n is not a whole number of at least 1.

        Notes
        -----
        Nobody is left out: opted-out customers are marked. Do not approach them to come closer
        (``shift``); an open complaint is answered all the same, on another channel.

        Examples
        --------
        >>> import customerintel as ci
        >>> shop = ci.relationships.simulate(100, seed=1)
        >>> given = {"interactions": shop.interactions, "survey": shop.survey}
        >>> table = ci.relationships.classify(shop.as_of(), **given)
        >>> week = table.gaps().actions(5)
        >>> len(week["first_step"])
        5
        """
        rows = urgency(self)
        if n is not None:
            rows = rows[: whole_number(n, "n", "customers", least=1)]
        return build(action_columns(self, rows), self._kind)

    def summary(self, by: str = "action") -> Any:
        """Count customers per desired type and what is done, or what is delivered.

        Parameters
        ----------
        by : {"action", "delivered"}
            What to count.

        Returns
        -------
        table of the log's kind
            ``desired``, ``action`` or ``delivered``, ``customers``, ``share`` of those with the
            wish, with ``share_low``, ``share_high`` and ``share_error`` (Wilson 1927), and ``few``
            where there are fewer than `n_min`. Pairs without customers are left out.

        Raises
        ------
        InvalidArgumentError
            If there is no such summary.
        """
        by = one_of("by", by, ("action", "delivered"))
        names, codes = (ACTIONS, self.action) if by == "action" else (self.types, self.delivered)
        k = len(names)
        cells = np.bincount(self.desired * k + codes, minlength=len(self._labels) * k)
        table = cells.reshape(-1, k)
        row, column = np.nonzero(table)
        n = table[row, column]
        whole = table.sum(axis=1)[row]
        share = shares(n / np.maximum(whole, 1), whole, self.level)
        columns: dict[str, Any] = {
            "desired": Labels(row, self.types),
            by: Labels(column, names),
            "customers": n,
            **share.columns("share"),
            "few": n < self.n_min,
        }
        return build(columns, self._kind)

    def counts(self) -> dict[str, int]:
        """Return how many customers each action is for."""
        found = np.bincount(self.action, minlength=len(ACTIONS)).tolist()
        return dict(zip(ACTIONS, found, strict=True))

    def explain(self, customer_id: Any) -> str:
        """Say what one customer wants and gets, what to do and why, in words with numbers.

        Parameters
        ----------
        customer_id : int or str
            Of the customer.

        Raises
        ------
        InvalidArgumentError
            If nothing is known of such a customer's wish.
        """
        single = isinstance(customer_id, str | int | np.integer)
        found = np.flatnonzero(self.customer_id == customer_id) if single else np.empty(0, int)
        if len(found) != 1:
            kind = "texts" if self.ids.texts is not None else "integers"
            raise InvalidArgumentError(
                "There is no such customer among the gaps: they are those whose desired type is "
                f"known by {self.moment} UTC, their ids are {kind}, and one is explained at a time."
            )
        return explanation(self, int(found[0]))

    def _facts(self) -> dict[str, object]:
        known = self.gap[~np.isnan(self.gap)]
        return {
            "customers": len(self),
            "median_gap": float(np.median(known)) if len(known) else None,
            **{name.replace(" ", "_"): n for name, n in self.counts().items()},
            "moment": self.moment,
        }

    def __repr__(self) -> str:
        return one_line("Gaps", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Gaps", [item for item in self._facts().items() if item[1] is not None])
