"""`RelationshipTable`: what kind of relationship each customer has, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.type_registry import TypeRegistry
from customerintel.rfm.read_only import read_only, seal
from customerintel.tables.building import Column, Labels, build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.relationships.evidence import Evidence
    from customerintel.relationships.gap_comparison import Gaps
    from customerintel.relationships.portfolio_by_type import Portfolio
    from customerintel.relationships.scorer import RelationshipScorer
    from customerintel.relationships.signal_set import Signals
    from customerintel.tables import CustomerTable, History, InteractionLog, SurveyLog

__all__ = ["UNKNOWN", "Limits", "RelationshipTable"]

Floats = NDArray[np.float64]

#: The label of customers of whom too little is known.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Limits:
    """How much must be known of a customer to be labelled.

    Parameters
    ----------
    probability : float
        Of the likeliest type, at least.
    margin : float
        To the next likeliest, at least.
    coverage : float
        Share of the evidence weight that is there, at least.
    """

    probability: float
    margin: float
    coverage: float


@dataclass(frozen=True, eq=False)
class RelationshipTable:
    """The kind of relationship of each customer; made by `classify`.

    Parameters
    ----------
    types : TypeRegistry
        What can be told.
    probabilities : ndarray of float64, shape (n_customers, n_types)
        Of each type in the order of :attr:`labels`; NaN where nothing is known.
    limits : Limits
        From when on a customer is labelled.
    model_version : str
        Classifier, registry and release.
    """

    types: TypeRegistry
    signals: Signals = field(repr=False)
    model: RelationshipScorer = field(repr=False)
    probabilities: Floats = field(repr=False)
    limits: Limits
    model_version: str
    _history: History | None = field(default=None, repr=False)
    _interactions: InteractionLog | None = field(default=None, repr=False)
    _survey: SurveyLog | None = field(default=None, repr=False)
    _customers: CustomerTable | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.probabilities)

    @property
    def ids(self) -> CustomerIds:
        """The customers, without one object per text."""
        return self.signals.ids

    @property
    def customer_id(self) -> NDArray[Any]:
        """Ids: int64, or objects of str; ascending."""
        return self.ids.to_numpy()

    @property
    def moment(self) -> np.datetime64:
        """The last visible microsecond, UTC."""
        return self.signals.moment

    @property
    def labels(self) -> tuple[str, ...]:
        """Keys of the types."""
        return self.types.labels

    @property
    def classifier(self) -> str:
        """Name of the classifier."""
        return self.model.name

    @property
    def sources(self) -> tuple[str, ...]:
        """What was known: "transactions", "interactions", "survey", "customers"."""
        return self.signals.sources

    @cached_property
    def level(self) -> str:
        """``"coarse"`` where only transactions tell anything: trust :attr:`coarse`; else "full"."""
        told = self.signals.without("transactions")
        known = any(told.weight(name).any() for name in told.names)
        return "full" if known or any(word is not None for word in told.stated) else "coarse"

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """Place of the likeliest type, -1 where nothing is known."""
        unknown = np.isnan(self.probabilities[:, 0])
        return np.where(unknown, -1, np.nan_to_num(self.probabilities).argmax(axis=1))

    @cached_property
    def probability(self) -> Floats:
        """Probability of the likeliest type, shape (n_customers,); NaN where nothing is known."""
        return read_only(self._ordered[:, 0].copy())

    @cached_property
    def margin(self) -> Floats:
        """Probability of the likeliest type less that of the next; NaN where nothing is known."""
        return read_only(self._ordered[:, 0] - self._ordered[:, 1])

    @cached_property
    def _ordered(self) -> Floats:
        found = self.probabilities
        if found.shape[1] < 2:
            found = np.column_stack([found, np.zeros(len(found))])
        return -np.partition(-found, 1, axis=1)[:, :2]

    @cached_property
    def coverage(self) -> Floats:
        """Share of the weight of all signals that is there, shape (n_customers,)."""
        from customerintel.relationships.loadings import LOADINGS

        total = np.zeros(len(self))
        for name in self.signals.names:
            total += self.signals.weight(name)
        return read_only(np.minimum(1.0, total / len(LOADINGS)))

    @cached_property
    def _is_labelled(self) -> NDArray[np.bool_]:
        enough = self.probability >= self.limits.probability
        enough &= self.margin >= self.limits.margin
        enough &= self.coverage >= self.limits.coverage
        return enough & (self._places >= 0)

    @cached_property
    def _codes(self) -> NDArray[np.int64]:
        """Place of each label among the types, that of "unknown" last."""
        return np.where(self._is_labelled, self._places, len(self.types))

    @cached_property
    def type(self) -> NDArray[np.object_]:
        """Key of the type, shape (n_customers,); "unknown" where evidence or margin is thin."""
        return self._named(self._codes)

    @cached_property
    def likeliest(self) -> NDArray[np.object_]:
        """Key of the likeliest type whatever the evidence; "unknown" where there is none."""
        return self._named(np.where(self._places < 0, len(self.types), self._places))

    @cached_property
    def _coarse(self) -> Floats:
        """Probability of each coarse class."""
        classes = self.types.coarse_classes
        belongs = np.array(
            [[one.coarse == word for word in classes] for one in self.types.values()], np.float64
        )
        return self.probabilities @ belongs

    @cached_property
    def coarse_probability(self) -> Floats:
        """Probability of the coarse class, shape (n_customers,); NaN where nothing is known."""
        return read_only(self._coarse.max(axis=1, initial=0.0))

    @cached_property
    def coarse(self) -> NDArray[np.object_]:
        """The class of types that transactions can tell; "unknown" where it is not sure."""
        classes = (*self.types.coarse_classes, UNKNOWN)
        sure = self.coarse_probability >= self.limits.probability
        top = np.where(sure, self._coarse.argmax(axis=1), len(classes) - 1)
        return read_only(np.array(classes, object)[top])

    @cached_property
    def dimensions(self) -> Floats:
        """Where each customer lies on `DIMENSIONS`, shape (n_customers, 8).

        Valence and power in [-1, 1], the others in [0, 1]; NaN where no signal tells.
        """
        from customerintel.relationships.dimensions import dimensions_of

        return read_only(dimensions_of(self.signals))

    def counts(self) -> dict[str, int]:
        """Return the number of customers with each label, in the order of the registry."""
        found = np.bincount(self._codes, minlength=len(self.types) + 1)
        return dict(zip((*self.labels, UNKNOWN), found.tolist(), strict=True))

    def evidence(self, customer_id: Any) -> Evidence:
        """Return what moved the label of one customer, in words with numbers.

        Parameters
        ----------
        customer_id : int or str
            Of the customer.

        Raises
        ------
        InvalidArgumentError
            If there is no such customer; the id is not repeated.
        """
        from customerintel.relationships.evidence import evidence_of

        return evidence_of(self, customer_id)

    def portfolio(self, **options: Any) -> Portfolio:
        """Return the base by type: customers, spend, churn, complaints; see `portfolio`."""
        from customerintel.relationships.portfolio_by_type import portfolio

        return portfolio(self, **options)

    def gaps(self, desired: SurveyLog | None = None, **options: Any) -> Gaps:
        """Return desired against delivered relationships, and what to do; see `gaps`."""
        from customerintel.relationships.gap_comparison import gaps

        return gaps(self, desired, **options)

    def crm(self, **options: Any) -> Any:
        """Return the fields for a CRM, one row per customer; see `crm_fields`."""
        from customerintel.relationships.crm import crm_fields

        return crm_fields(self, **options)

    def relabelled(self, reference: RelationshipTable) -> RelationshipTable:
        """Return the table as another one's model and ranks see these customers."""
        from customerintel.relationships.classification import relabelled

        return relabelled(self, reference)

    def to_frame(self, *, probabilities: bool = False) -> Any:
        """Return one row per customer, of the log's kind of table.

        Parameters
        ----------
        probabilities : bool, default False
            Whether a column ``p_…`` per type goes along.
        """
        columns: dict[str, Column] = {
            "customer_id": self.ids,
            "type": Labels(self._codes, (*self.labels, UNKNOWN)),
            "probability": self.probability,
            "margin": self.margin,
            "likeliest": self.likeliest,
            "coarse": self.coarse,
            "coarse_probability": self.coarse_probability,
            "coverage": self.coverage,
        }
        if probabilities:
            for place, key in enumerate(self.labels):
                columns[f"p_{key}"] = np.ascontiguousarray(self.probabilities[:, place])
        return build(columns, self.signals.kind, self.signals.zone)

    def _named(self, codes: NDArray[np.int64]) -> NDArray[np.object_]:
        return read_only(np.array((*self.labels, UNKNOWN), object)[codes])

    def _facts(self) -> dict[str, object]:
        return {
            "customers": len(self),
            "types": self.types.id,
            "classifier": self.classifier,
            "unknown": self.counts()[UNKNOWN],
            "evidence": "+".join(self.sources),
            "level": self.level,
        }

    def __repr__(self) -> str:
        return one_line("RelationshipTable", **self._facts())

    def _repr_html_(self) -> str:
        rows = [*self._facts().items(), *self.counts().items()]
        return html_table("Relationship table", rows)
