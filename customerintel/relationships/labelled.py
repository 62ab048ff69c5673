"""Customers whose type is known, and classifiers that learn from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import check_seed
from customerintel.relationships.calibration import are_statements
from customerintel.relationships.collecting import signals
from customerintel.relationships.lookup import scorer_of
from customerintel.relationships.signal_set import Signals
from customerintel.relationships.type_registry import built_in_with, read_types
from customerintel.rfm.read_only import seal
from customerintel.tables.notices import warn_caller
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.relationships.scorer import RelationshipScorer

__all__ = ["LabelledCustomers", "calibrate"]

#: Fewer labelled customers than this teach nothing; nor does a type of fewer than that.
LEAST, EACH = 50, 5


@dataclass(frozen=True, eq=False)
class LabelledCustomers:
    """What is known of customers, and what kind of relationship some of them have.

    Parameters
    ----------
    signals : Signals
        Of all customers.
    labels : ndarray of object, shape (n_customers,), mapping or pandas.Series
        Key of each one's type, None where it is not known; or a mapping from ids to keys, or a
        series whose index are ids.

    Raises
    ------
    InvalidArgumentError
        If there is not one label per customer, or a mapping knows none of them.
    """

    signals: Signals = field(repr=False)
    labels: NDArray[np.object_] = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.signals, Signals):
            raise InvalidArgumentError(
                "LabelledCustomers takes what relationships.signals() returns; got "
                f"{type(self.signals).__name__}."
            )
        given: Any = self.labels
        if _is_indexed(given, len(self.signals)):
            given = given.to_dict()
        if isinstance(given, Mapping):
            given = _by_id(given, self.signals)
        labels = np.empty(len(self.signals), object)
        found = list(given)
        if len(found) != len(labels):
            raise InvalidArgumentError(
                f"There are {len(found):,} labels for {len(labels):,} customers. Give one per "
                "customer in the order of signals.customer_id, None where it is not known."
            )
        labels[:] = found
        object.__setattr__(self, "labels", labels)
        seal(self)

    @classmethod
    def from_survey(cls, known: Signals) -> LabelledCustomers:
        """Take the stated types as labels.

        Parameters
        ----------
        known : Signals
            With a survey; customers who stated nothing have no label.
        """
        return cls(known, known.stated)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def n_labelled(self) -> int:
        """Number of customers with a label."""
        return sum(label is not None for label in self.labels)

    def __repr__(self) -> str:
        return one_line("LabelledCustomers", customers=len(self), labelled=self.n_labelled)

    def _repr_html_(self) -> str:
        facts = [("customers", len(self)), ("labelled", self.n_labelled)]
        return html_table("Labelled customers", facts)


def _is_indexed(given: Any, n: int) -> bool:
    """Whether labels are a series with ids as index: not one that counts from 0."""
    index = getattr(given, "index", None)
    if index is None or callable(index) or not hasattr(given, "to_dict"):
        return False
    return len(index) != n or list(index) != list(range(n))


def _by_id(given: Mapping[Any, Any], known: Signals) -> list[Any]:
    """Return the label of each customer.

    Raises
    ------
    InvalidArgumentError
        If there is none.
    """
    ids = known.customer_id.tolist()
    if given and ids and not any(one in given for one in ids):
        kind = "texts" if isinstance(ids[0], str) else "integers"
        raise InvalidArgumentError(
            f"None of the {len(given):,} ids of the labels is one of the {len(ids):,} customers, "
            f"whose ids are {kind}. Give a mapping from their ids, or one label per customer."
        )
    return [given.get(one) for one in ids]


def calibrate(
    classifier: Any, labelled: Any, /, *, types: Any = None, seed: int | None = 0
) -> RelationshipScorer:
    """Let a classifier learn from customers whose type is known.

    Parameters
    ----------
    classifier : str, class, classifier or RelationshipScorer
        ``"prototype"`` learns how its signals weigh, what they look like per type, and from
        which probability on labels are reliable; ``"supervised"`` is learned from scratch.
    labelled : LabelledCustomers, tuple of signals and labels, or SimulatedShop
        Customers whose types are known: from interviews, from a survey that is not in the
        `SurveyLog`, from the judgement of those who serve them.
    types : str, TypeRegistry, mapping or path, optional
        By default the classifier's own, those of a simulated shop, or ``"core"``.
    seed : int, optional
        Given to the classifier as ``random_state`` where it has one.

    Returns
    -------
    RelationshipScorer
        To be given to `classify` as ``classifier``, and saved.

    Raises
    ------
    InvalidArgumentError
        If the classifier cannot learn, there are fewer than 50 labelled customers, fewer than
        two types with 5 or more of them, or labels that the registry does not know.

    Warns
    -----
    DataQualityWarning
        If the labels are what the customers stated in the `SurveyLog` itself. `classify` learns
        from those anyway, as reports that are often of a type near by; as labels they are the
        same reports, and teach nothing more.

    Examples
    --------
    >>> import customerintel as ci
    >>> shop = ci.relationships.simulate(600, seed=1)
    >>> scorer = ci.relationships.calibrate("prototype", shop)
    >>> scorer
    RelationshipScorer(classifier=prototype, labels=6, source=built-in, distribution=customerintel)
    """
    known = _read(labelled)
    simulated = getattr(labelled, "types", None)  # the keys that a shop was made of
    given = built_in_with(simulated) if types is None and simulated else None
    given = given if types is None else read_types(types)
    scorer = scorer_of(classifier, given, check_seed(seed, optional=True))
    registry = scorer.types or given or read_types("core")
    keys = np.empty(len(known), object)
    strange = []
    for row, label in enumerate(known.labels.tolist()):
        keys[row] = None if label is None else registry.resolve(label)
        if label is not None and keys[row] is None:
            strange.append(row)
    if strange:
        raise InvalidArgumentError(
            f"{len(strange):,} labels are no types of {registry.id!r} (first places: "
            f"{', '.join(map(str, strange[:5]))}). Its types are {', '.join(registry.labels)}."
        )
    counts = Counter(key for key in keys.tolist() if key is not None)
    enough = sum(n >= EACH for n in counts.values())
    if counts.total() < LEAST or enough < 2:
        raise InvalidArgumentError(
            f"There are {counts.total():,} labelled customers of {len(counts)} types, {EACH} or "
            f"more of {enough}. At least {LEAST} are needed to learn from, with {EACH} or more of "
            "two types."
        )
    if are_statements(registry, known.signals, keys):
        warn_caller(
            "The labels are what the customers stated in the survey, which classify learns from "
            "anyway. To calibrate, label customers by interviews or by those who serve them."
        )
    return scorer.fit(known.signals, keys)


def _read(labelled: Any) -> LabelledCustomers:
    """Return labelled customers.

    Raises
    ------
    InvalidArgumentError
        If they are something else.
    """
    if isinstance(labelled, LabelledCustomers):
        return labelled
    if isinstance(labelled, tuple) and len(labelled) == 2:
        return LabelledCustomers(*labelled)
    if hasattr(labelled, "as_of") and hasattr(labelled, "label_of"):
        history = labelled.as_of()
        known = signals(
            history,
            interactions=labelled.interactions,
            survey=labelled.survey,
            customers=labelled.customers,
        )
        return LabelledCustomers(known, labelled.label_of(known.customer_id))
    raise InvalidArgumentError(
        "calibrate takes LabelledCustomers(signals, labels), a tuple of the two, or a simulated "
        f"shop; got {type(labelled).__name__}."
    )
