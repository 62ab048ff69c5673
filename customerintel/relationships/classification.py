"""From what is known of customers to a table of relationships."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from customerintel._version import __version__
from customerintel.churn.labels import check_history
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import check_seed, is_number
from customerintel.relationships.collecting import signals
from customerintel.relationships.lookup import scorer_of
from customerintel.relationships.signal_set import Signals
from customerintel.relationships.table import Limits, RelationshipTable
from customerintel.relationships.type_registry import TypeRegistry, built_in_with, read_types
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.relationships.scorer import RelationshipScorer
    from customerintel.tables import CustomerTable, History, InteractionLog, SurveyLog

__all__ = ["classify", "relabelled"]

#: A word that more customers than this state is a word for a type, and no text about somebody.
OFTEN = 3

#: Limits of classifiers that bring none.
LIMITS = Limits(probability=0.85, margin=0.1, coverage=0.02)


def classify(
    history: History,
    *,
    interactions: InteractionLog | None = None,
    survey: SurveyLog | None = None,
    customers: CustomerTable | None = None,
    types: Any = None,
    classifier: Any = "prototype",
    reference: RelationshipTable | None = None,
    least_probability: float | None = None,
    least_margin: float | None = None,
    least_coverage: float | None = None,
    seed: int | None = None,
) -> RelationshipTable:
    """Say what kind of relationship each customer has.

    Parameters
    ----------
    history : History
        What is known, and as of when; nothing later is used.
    interactions : InteractionLog, optional
        Calls, complaints, messages, visits …. Without them only coarse classes can be told.
    survey : SurveyLog, optional
        Answers, stated types among them.
    customers : CustomerTable, optional
        With ``contract``, ``exit_fee`` or ``imposed`` among its traits: whether a customer is
        free to leave.
    types : str, TypeRegistry, mapping or path, optional
        The types to tell apart, ``"core"`` by default; see `types`. A classifier that brings a
        registry of its own need not be given one.
    classifier : str, class, classifier or RelationshipScorer, default "prototype"
        A name of `names`, what `calibrate` returned, or an own one.
    reference : RelationshipTable, optional
        An earlier table: its model and its ranks are used, so that nobody moves because others
        did. `types` and `classifier` are its own then.
    least_probability, least_margin, least_coverage : float, optional
        Customers below any of them are "unknown". By default the classifier's own (what it
        learned from labelled customers), or 0.85, 0.1 and 0.02.
    seed : int, optional
        Given to the classifier as ``random_state`` where it has one.

    Returns
    -------
    RelationshipTable
        One entry per customer, in the order of ``history.customer_id``.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    PluginError
        If the classifier is none, or its answer cannot be used.

    Warns
    -----
    DataQualityWarning
        If answers state types that the registry does not know: they are left out.

    Notes
    -----
    The label says what kind of relationship it is, never what the customer is worth: no signal
    is a level of money, and multiplying each customer's amounts by a factor of its own changes
    no label.

    Examples
    --------
    >>> import customerintel as ci
    >>> shop = ci.relationships.simulate(300, seed=1)
    >>> table = ci.relationships.classify(shop.as_of(), interactions=shop.interactions)
    >>> len(table), table.level
    (300, 'full')
    """
    check_history(history, "classify")
    if reference is not None:
        _check_reference(reference, types, classifier)
    scorer, registry = _scorer(classifier, types, seed, reference)
    known = signals(
        history,
        interactions=interactions,
        survey=survey,
        customers=customers,
        reference=None if reference is None else reference.signals.reference,
    )
    _warn_of_strange_words(known, registry)
    model = scorer if reference is not None else scorer.adapt(known)
    given = (least_probability, least_margin, least_coverage)
    return RelationshipTable(
        types=registry,
        signals=known,
        model=model,
        probabilities=model.probabilities(known, registry),
        limits=_limits(model, given, reference),
        model_version=f"{model.name}/{registry.id}/{__version__}",
        _history=history,
        _interactions=interactions,
        _survey=survey,
        _customers=customers,
    )


def relabelled(table: RelationshipTable, reference: RelationshipTable) -> RelationshipTable:
    """Return a table as another one's model and ranks see its customers."""
    base = reference.signals.reference
    if table._history is None:
        known = table.signals.against(base)
    else:  # what others did is in some signals themselves, not only in ranks
        known = signals(
            table._history,
            interactions=table._interactions,
            survey=table._survey,
            customers=table._customers,
            reference=base,
        )
    return replace(
        table,
        types=reference.types,
        signals=known,
        model=reference.model,
        probabilities=reference.model.probabilities(known, reference.types),
        limits=reference.limits,
        model_version=reference.model_version,
    )


def _scorer(
    classifier: Any, types: Any, seed: int | None, reference: RelationshipTable | None
) -> tuple[RelationshipScorer, TypeRegistry]:
    """Return the classifier and the registry of its types."""
    seed = check_seed(seed, optional=True)
    if reference is not None:
        return reference.model, reference.types
    given = None if types is None else read_types(types)
    scorer = scorer_of(classifier, given, seed)
    if given is not None:
        own = scorer.types
        if own is not None and own != given:
            raise InvalidArgumentError(
                f"The classifier {scorer.name!r} tells the types of {own.id!r} apart, and types is "
                f"{given.id!r}. Leave types out, or calibrate a classifier for {given.id!r}."
            )
        return scorer, given
    # with labels that no registry holds, the core then says what is wrong
    return scorer, scorer.types or built_in_with(scorer.labels) or read_types("core")


def _check_reference(reference: Any, types: Any, classifier: Any) -> None:
    if not isinstance(reference, RelationshipTable):
        raise InvalidArgumentError(
            f"reference takes an earlier table of classify(); got {type(reference).__name__}."
        )
    if types is not None or classifier != "prototype":
        raise InvalidArgumentError(
            "reference brings its own types and classifier. Leave types and classifier out, or "
            "leave reference out."
        )


def _limits(
    scorer: RelationshipScorer,
    given: tuple[float | None, ...],
    reference: RelationshipTable | None,
) -> Limits:
    """Return the limits that are given and, for the others, those of the reference or scorer."""
    usual = LIMITS if reference is None else reference.limits
    own: Any = getattr(scorer.classifier, "least_probability", None)
    if reference is None and is_number(own) and 0.0 <= own <= 1.0:
        usual = replace(usual, probability=float(own))
    found = {}
    for name, value in zip(("probability", "margin", "coverage"), given, strict=True):
        if value is None:
            continue
        if not (is_number(value) and 0.0 <= value <= 1.0):
            raise InvalidArgumentError(f"least_{name} must be a number from 0 to 1; got {value!r}.")
        found[name] = float(value)
    return replace(usual, **found)


def _warn_of_strange_words(known: Signals, types: TypeRegistry) -> None:
    """Say how many stated types the registry does not know; the words may be free text."""
    words = [word for word in known.stated.tolist() if word is not None]
    strange = {w: n for w, n in Counter(words).items() if types.resolve(w) is None}
    if strange:
        often = [repr(word) for word, n in strange.items() if n > OFTEN][:5]
        shown = f", such as {', '.join(often)}" if often else ""
        warn_caller(
            f"{sum(strange.values()):,} customers state a type that {types.id!r} does not know "
            f"({len(strange):,} different words{shown}); they count as having stated none. The "
            f"registry's types are {', '.join(types.labels)}."
        )
