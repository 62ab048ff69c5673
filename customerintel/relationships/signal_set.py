"""The signals of a history's customers, with their weights and ranks."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.ranks import Reference
from customerintel.relationships.shrinkage import Prior
from customerintel.relationships.signal_columns import Column, checked_mask, labelled
from customerintel.relationships.signal_definitions import DEFINITIONS, NAMES, SOURCES
from customerintel.rfm.read_only import read_only, seal
from customerintel.tables import building
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import Sealed, html_table, one_line

__all__ = ["Signals"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Signals(Sealed):
    """What is known of each customer's relationship; made by `signals`.

    ``signals["breadth"]`` is one signal: a float64 per customer, in the order of
    :attr:`customer_id`, NaN where there is no evidence. All of :attr:`names` are always there.

    Parameters
    ----------
    ids : CustomerIds
        The customers: those of the history.
    moment : numpy.datetime64
        The last visible microsecond, UTC.
    sources : tuple of str
        What was given, of "transactions", "interactions", "survey", "customers".
    reference : Reference
        The base that ranks are taken against and rates are pulled to.
    population_regularity : float
        Regularity k of this base by Wheat and Morrison (1990): 1 is random.
    stated, desired : ndarray of object, shape (n_customers,)
        Type that the customer said it has, or wants: the latest visible words, else None.
    stated_at : ndarray of datetime64[us], shape (n_customers,)
        When it was stated.
    n_unknown_interactions, n_unknown_answers : int
        Visible interactions, and latest answers, of customers without a visible purchase.
    """

    ids: CustomerIds
    moment: np.datetime64
    zone: str | None = field(repr=False)
    kind: Kind = field(repr=False)
    sources: tuple[str, ...]
    reference: Reference
    population_regularity: float
    stated: NDArray[np.object_]
    desired: NDArray[np.object_]
    stated_at: NDArray[np.datetime64]
    n_unknown_interactions: int
    n_unknown_answers: int
    _columns: Mapping[str, Column] = field(repr=False)
    _priors: Mapping[str, Prior] = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Ids: int64, or objects of str; ascending."""
        return self.ids.to_numpy()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the signals, in the order of the columns; always the same."""
        return NAMES

    @property
    def definitions(self) -> Mapping[str, str]:
        """One line per signal: formula, unit, source, shrinkage, weight, and when it is NaN."""
        return MappingProxyType({name: str(DEFINITIONS[name]) for name in NAMES})

    def source_of(self, name: str) -> str:
        """Return what a signal is made from: one of those that `sources` can hold."""
        return DEFINITIONS[self._known(name)].origin

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __contains__(self, name: object) -> bool:
        return name in DEFINITIONS

    def __getitem__(self, name: str) -> Floats:
        """Return one signal: float64, shape (n_customers,), NaN without evidence.

        Raises
        ------
        InvalidArgumentError
            If there is no such signal.
        """
        column = self._columns.get(self._known(name))
        if column is None:
            return read_only(np.full(len(self), np.nan))
        return read_only(column.value(name, self._priors.get(name)))

    def observed(self, name: str) -> Floats:
        """Return a signal as it was seen, not pulled to the base's; NaN without evidence."""
        column = self._columns.get(self._known(name))
        pulled = DEFINITIONS[name].shrink in ("beta", "gamma", "mean")
        return self[name] if column is None or not pulled else read_only(column.observed())

    def weight(self, name: str) -> Floats:
        """Return how much of a value is the customer's own: in [0, 1], 0 where it is NaN."""
        column = self._columns.get(self._known(name))
        if column is None:
            return read_only(np.zeros(len(self)))
        return read_only(column.weight(name, self._priors.get(name)))

    def rank(self, name: str) -> Floats:
        """Return the mid-rank percentiles of a signal among the values of the reference.

        Returns
        -------
        ndarray of float64, shape (n_customers,)
            In (0, 1); NaN where the signal is, or where the reference has no value of it.
        """
        return read_only(self.reference.rank(self._known(name), self[name]))

    def to_numpy(self) -> Floats:
        """Return all signals, shape (n_customers, n_signals)."""
        return self._all(self.__getitem__)

    def weights(self) -> Floats:
        """Return all weights, shape (n_customers, n_signals)."""
        return self._all(self.weight)

    def ranks(self) -> Floats:
        """Return all ranks, shape (n_customers, n_signals)."""
        return self._all(self.rank)

    def _all(self, column: Callable[[str], Floats]) -> Floats:
        from customerintel._kernels import threads

        out = np.empty((len(NAMES), len(self)))
        threads.run(lambda name, row: np.copyto(row, column(name)), [*zip(NAMES, out, strict=True)])
        return read_only(out).T

    def _known(self, name: str, others: tuple[str, ...] = ()) -> str:
        if not isinstance(name, str) or name not in DEFINITIONS:
            near = difflib.get_close_matches(str(name), (*NAMES, *others), 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(NAMES)}."
            raise InvalidArgumentError(f"There is no signal {name!r}. {hint}")
        return name

    def against(self, reference: Reference) -> Signals:
        """Return the same signals measured by another base.

        Parameters
        ----------
        reference : Reference
            Rates are pulled to its priors, and ranks are among its values.

        Raises
        ------
        InvalidArgumentError
            If it is no reference.

        What `tolerance` compares with stays: only `signals` with ``reference`` changes that.
        """
        if not isinstance(reference, Reference):
            raise InvalidArgumentError(
                "reference must be a Reference, such as earlier.reference of earlier signals; "
                f"got {type(reference).__name__}."
            )
        priors = {**self._priors, **reference.priors}
        return replace(self, reference=reference, _priors=priors)

    def without(self, *names_or_sources: str) -> Signals:
        """Return the signals as if some were not known; their columns are NaN.

        Parameters
        ----------
        *names_or_sources : str
            Signals, or sources, which are left out of `sources`. "survey" hides what was
            stated and desired, too.

        Raises
        ------
        InvalidArgumentError
            If there is no such signal or source.
        """
        gone: set[str] = set()
        for name in names_or_sources:
            if name not in SOURCES:
                self._known(name, SOURCES)
            gone |= {one for one in NAMES if name in (one, DEFINITIONS[one].origin)}
        kept = {name: column for name, column in self._columns.items() if name not in gone}
        sources = tuple(one for one in self.sources if one not in names_or_sources)
        made = replace(self, _columns=kept, sources=sources)
        return made._silenced(slice(None)) if "survey" in names_or_sources else made

    def _silenced(self, index: Any, *, desired: bool = True) -> Signals:
        """Return the signals as if customers had named no type."""
        stated, wanted, at = self.stated.copy(), self.desired.copy(), self.stated_at.copy()
        stated[index], at[index] = None, np.datetime64("NaT")
        if desired:
            wanted[index] = None
        return replace(self, stated=stated, desired=wanted, stated_at=at)

    def masked(self, mask: Mask, stated: Mask | None = None) -> Signals:
        """Return the signals as if some values were not known.

        Parameters
        ----------
        mask : ndarray of bool, shape (n_customers, n_signals)
            True: as if not known. The reference stays as it is.
        stated : ndarray of bool, shape (n_customers,), optional
            True: as if no type had been stated.

        Raises
        ------
        InvalidArgumentError
            If a mask has another shape or holds no truth values.
        """
        hidden = checked_mask(mask, "mask", (len(self), len(NAMES)))
        columns = dict(self._columns)
        for place, name in enumerate(NAMES):
            if name in columns and (gone := hidden[:, place]).any():
                column = columns[name]
                trials = np.where(gone, column.trials.dtype.type(0), column.trials)
                columns[name] = Column(column.total, trials)
        made = replace(self, _columns=columns)
        if stated is None:
            return made
        return made._silenced(checked_mask(stated, "stated", (len(self),)), desired=False)

    def take(self, index: NDArray[Any]) -> Signals:
        """Return the signals of some customers; the reference stays as it is.

        Parameters
        ----------
        index : ndarray
            Places, ascending and each there once, or a mask.
        """
        columns = {name: column.take(index) for name, column in self._columns.items()}
        return replace(
            self,
            ids=self.ids.take(index),
            stated=self.stated[index],
            desired=self.desired[index],
            stated_at=self.stated_at[index],
            _columns=columns,
        )

    def to_frame(self) -> Any:
        """Return one row per customer, of the log's kind of table.

        Returns
        -------
        table
            ``customer_id``, the signals, and ``stated_type`` and ``desired_type`` where a survey
            was given.
        """
        columns: dict[str, building.Column] = {"customer_id": self.ids}
        columns.update({name: self[name] for name in NAMES})
        if "survey" in self.sources:
            columns["stated_type"] = labelled(self.stated)
            columns["desired_type"] = labelled(self.desired)
        return building.build(columns, self.kind, self.zone)

    def __repr__(self) -> str:
        return one_line(
            "Signals", customers=len(self), sources="+".join(self.sources), moment=self.moment
        )

    def _repr_html_(self) -> str:
        held = [name for name in NAMES if name in self._columns]
        return html_table(
            "Signals",
            [
                ("customers", len(self)),
                ("as of", f"{self.moment} UTC"),
                ("sources", ", ".join(self.sources)),
                ("signals with evidence", ", ".join(held)),
            ],
        )
