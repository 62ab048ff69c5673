"""`transitions`: how customers moved between types of relationship from one moment to a later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.models.intervals import check_level
from customerintel.relationships.table_parts import check_table, codes_of_types, signal_of
from customerintel.relationships.transition_edges import moves_of
from customerintel.relationships.transition_table import Transitions
from customerintel.tables.moments import DAY, read_window
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable

__all__ = ["Transitions", "transitions"]

Ints = NDArray[np.int64]


def transitions(
    earlier: RelationshipTable,
    later: RelationshipTable,
    *,
    n_min: int = 30,
    level: float = 0.95,
    inactive_after: Any = "365d",
) -> Transitions:
    """Count how customers moved between types, and tell drift from jumps.

    The later signals are read against the reference of the earlier ones, by the earlier model:
    a customer moves when their own signals did, and not because others moved.

    Parameters
    ----------
    earlier, later : RelationshipTable
        Of one registry of types, at two moments.
    n_min : int, default 30
        Edges with fewer customers than so many are flagged.
    level : float, default 0.95
        Of the intervals, and the probability from which a change of label is a jump.
    inactive_after : str, timedelta, number of days or None, default "365d"
        Customers without a purchase for longer are ``"inactive"``, whatever their type; None:
        nobody is.

    Returns
    -------
    Transitions
        Counts and probabilities with intervals, and how far each customer moved.

    Raises
    ------
    InvalidArgumentError
        If the two cannot be compared: other registries, or moments out of order.
    SchemaError
        If one has integer customer ids and the other texts.

    Warns
    -----
    DataQualityWarning
        If no customer is in both, or the two were made from different sources, by different
        classifiers or with different limits.

    Notes
    -----
    A table of ``classify(…, reference=earlier)`` is read by the earlier base in all signals. Of
    any other, `tolerance` keeps comparing with the customers without complaints of its own base.

    Customers near the border of two types change labels back and forth by noise alone: read
    `Transitions.drifted` and `Transitions.jumped` beside `Transitions.changed`. A jump is a change
    from one known label to another, so ``jumped <= changed``; who changed as much to or from
    ``"unknown"`` or ``"inactive"`` is counted apart, in `Transitions.jumped_unlabelled`.

    Examples
    --------
    >>> import customerintel as ci
    >>> shop = ci.relationships.simulate(100, seed=1)
    >>> given = {"interactions": shop.interactions, "survey": shop.survey}
    >>> earlier = ci.relationships.classify(shop.as_of("2024-06-30"), **given)
    >>> later = ci.relationships.classify(shop.as_of(), reference=earlier, **given)
    >>> from customerintel.relationships.evolution import transitions
    >>> found = transitions(earlier, later)
    >>> int(found.counts.sum()) == len(later)
    True
    """
    _check(earlier, later)
    level, n_min = check_level(level), whole_number(n_min, "n_min", "customers", least=0)
    limit = read_window(inactive_after, name="inactive_after")
    read_alike = later.relabelled(earlier)
    here, there = earlier.ids.match(later.ids)
    if not len(here):
        warn_caller(
            "No customer is in both tables, so nobody moved. Were both made from the same log?"
        )
    before, after = _states(earlier, limit), _states(read_alike, limit)
    k = len(earlier.labels) + 3
    onward, back = np.full(len(before), k - 1), np.full(len(after), k - 1)
    onward[here], back[there] = after[there], before[here]
    new = np.ones(len(after), bool)
    new[there] = False
    pairs = np.concatenate([before * k + onward, back[new] * k + after[new]])
    moves = moves_of(
        (earlier.probabilities[here], earlier.dimensions[here]),
        (read_alike.probabilities[there], read_alike.dimensions[there]),
        (before[here], after[there]),
        earlier.types.prototypes,
        level,
    )
    return Transitions(
        counts=np.bincount(pairs, minlength=k * k).reshape(k, k),
        ids=earlier.ids.take(here),
        before=before[here],
        after=after[there],
        moves=moves,
        earlier=earlier.moment,
        later=later.moment,
        level=level,
        n_min=n_min,
        inactive_days=None if limit is None else limit / DAY,
        types=earlier.types,
        _labels=earlier.labels,
        _kind=later.signals.kind,
    )


def _check(earlier: Any, later: Any) -> None:
    for table in (earlier, later):
        check_table(table, "transitions")
    if earlier.types.id != later.types.id or earlier.labels != later.labels:
        raise InvalidArgumentError(
            f"The earlier table has the types of {earlier.types.id} and the later one those of "
            f"{later.types.id}. Classify both moments with the same types=…."
        )
    if not np.array_equal(earlier.types.prototypes, later.types.prototypes, equal_nan=True):
        raise InvalidArgumentError(
            f"Both tables have types called {earlier.types.id}, but their prototypes differ. Give "
            "a changed registry a new version, and classify both moments with one."
        )
    if not earlier.moment < later.moment:
        raise InvalidArgumentError(
            f"The first table must be the earlier one; got {earlier.moment} and {later.moment} "
            "UTC. Call transitions(earlier, later)."
        )
    if set(earlier.sources) != set(later.sources):
        warn_caller(
            f"The earlier table was made from {', '.join(earlier.sources)} and the later one from "
            f"{', '.join(later.sources)}: customers may move because of what is known of them. "
            "Make both from the same sources."
        )
    if earlier.model.name != later.model.name or earlier.limits != later.limits:
        warn_caller(
            "The two tables were made by different classifiers or with different limits, and the "
            "later one is read by the model and limits of the earlier one here, so counts differ "
            "from later.counts(): make it with classify(…, reference=earlier)."
        )


def _states(table: RelationshipTable, limit: int | None) -> Ints:
    """Return the state of each customer: types, ``"unknown"``, ``"inactive"``."""
    states = codes_of_types(table)
    if limit is not None:
        states[signal_of(table, "time_since_last") > limit / DAY] = len(table.labels) + 1
    return states
