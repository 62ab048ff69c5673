"""`gaps`: the relationship each customer wants, the one they get, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.models.intervals import check_level
from customerintel.relationships.delivered import delivered_to
from customerintel.relationships.gap_actions import (
    HALF,
    VALENCE,
    Case,
    Mood,
    act,
    direct,
    distances,
)
from customerintel.relationships.gap_opt_outs import opt_outs_of
from customerintel.relationships.gap_table import Gaps
from customerintel.relationships.table_parts import (
    check_table,
    codes_of_types,
    codes_of_words,
    moment_of,
    per_customer,
    signal_of,
)
from customerintel.tables.building import Labels
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable
    from customerintel.tables.survey_log import SurveyLog

__all__ = ["Gaps", "gaps"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def gaps(
    table: RelationshipTable,
    desired: SurveyLog | None = None,
    *,
    n_min: int = 30,
    level: float = 0.95,
) -> Gaps:
    """Compare the relationship that customers say they want with the one they are given.

    Parameters
    ----------
    table : RelationshipTable
        Of `classify`.
    desired : SurveyLog, optional
        Answers with a desired type, as of the table's moment; the latest of each customer
        counts. By default those that the table was made with.
    n_min : int, default 30
        Fewer customers than so many in a cell of `Gaps.summary` are flagged.
    level : float, default 0.95
        Of the intervals of `Gaps.summary`.

    Returns
    -------
    Gaps
        Of the customers whose wish is known.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    SchemaError
        If the survey's customer ids are of another kind than the table's.

    Warns
    -----
    DataQualityWarning
        If answers name a type that the registry does not have, nobody's wish is known, or
        nothing is known of what is delivered.

    Notes
    -----
    What is delivered is told from proxies (see `delivered_to`), put on the scale of the registry's
    prototypes; the type of it is the nearest prototype over the dimensions that are known, and
    the rules of the actions are those of `act`. All three are proposals of this library, which no
    study has validated. Wish and treatment fit up to a gap of .25, which is as far as the core
    types are from their nearest neighbours.

    Examples
    --------
    >>> import customerintel as ci
    >>> shop = ci.relationships.simulate(100, seed=1)
    >>> given = {"interactions": shop.interactions, "survey": shop.survey}
    >>> table = ci.relationships.classify(shop.as_of(), **given)
    >>> found = table.gaps(desired=shop.survey)
    >>> sum(found.counts().values()) == len(found)
    True
    """
    check_table(table, "gaps")
    level, n_min = check_level(level), whole_number(n_min, "n_min", "customers", least=0)
    wanted, n_unknown = _wishes(table, desired)
    kept = np.flatnonzero(wanted >= 0)
    prototypes, treatment = table.types.prototypes, delivered_to(table)
    _warn_of_nothing(len(kept), known=treatment.known)
    given, want = treatment.levels[kept], wanted[kept]
    gap, closeness = distances(prototypes[want], given)
    observed = codes_of_types(table)[kept]
    mood = _mood(table, kept, np.append(prototypes[:, VALENCE], np.nan)[observed], given)
    case = Case(
        leaving=prototypes[want, VALENCE] < 0.0,
        complaint=treatment.open_complaints[kept] > 0.0,
        locked=signal_of(table, "lock_in")[kept] >= HALF,
        powerless=signal_of(table, "powerlessness")[kept] > HALF,
        negative=mood.is_bad(),
        gap=gap,
        closeness=closeness,
    )
    action, rule = act(case)
    opted = opt_outs_of(table)
    return Gaps(
        ids=table.ids.take(kept),
        desired=want,
        observed=observed,
        delivered=_nearest(given, prototypes),
        levels=given,
        gap=gap,
        direction=direct(gap, closeness),
        action=action,
        rule=rule,
        open_complaints=treatment.open_complaints[kept],
        level=level,
        n_min=n_min,
        moment=table.moment,
        n_unknown_answers=n_unknown,
        _observed_levels=table.dimensions[kept],
        _mood=mood,
        _opted_out=Labels(opted.codes[kept], opted.names),
        _types=table.types,
        _labels=table.labels,
        _kind=table.signals.kind,
    )


def _warn_of_nothing(n: int, *, known: bool) -> None:
    """Say so if nobody's wish, or nothing of what is delivered, is known."""
    if not n:
        warn_caller(
            "No customer of the table has a desired type that is known at its moment: there are "
            "no gaps. Give gaps(desired=survey) with answers to 'desired_type'."
        )
    elif not known:
        warn_caller(
            "The table has no interactions, so little is known of what customers are given: most "
            "gaps are unknown. Classify with interactions=…."
        )


def _mood(table: RelationshipTable, kept: Ints, observed: Floats, given: Floats) -> Mood:
    """Return what is known of whether the relationships of some customers are bad ones."""
    negative, positive = (
        signal_of(table, name)[kept] for name in ("negative_sentiment", "positive_sentiment")
    )
    return Mood(
        observed=observed,
        satisfaction=signal_of(table, "satisfaction")[kept],
        tone=negative - positive,
        delivered=given[:, VALENCE],
    )


def _wishes(table: RelationshipTable, desired: Any) -> tuple[Ints, int]:
    """Return the place of the wanted type among the labels, -1: not known; and unknown words."""
    if desired is None:
        words = table.signals.desired
    else:
        from customerintel.tables.survey_log import SurveyLog

        if not isinstance(desired, SurveyLog):
            raise InvalidArgumentError(
                f"desired must be a SurveyLog; got {type(desired).__name__}. Make one with "
                "SurveyLog.from_frame(answers, desired_type='…')."
            )
        who, said, _ = desired.latest_words("desired_type", moment_of(table))
        words = per_customer(table.ids, who, said, None)
    wanted = codes_of_words(table, words)
    n_unknown = int((wanted == -2).sum())
    if n_unknown:
        warn_caller(
            f"{n_unknown:,} of {int((wanted != -1).sum()):,} customers want a type that the "
            f"registry {table.types.id} does not have: they are left out. Its types: "
            f"{', '.join(table.labels)}."
        )
    return wanted, n_unknown


def _nearest(given: Floats, prototypes: Floats) -> Ints:
    """Return the type whose prototype is nearest to what is given, the last: not known."""
    best = np.full(len(given), np.inf)
    found = np.full(len(given), len(prototypes), np.int64)
    for code, prototype in enumerate(prototypes):
        gap, _ = distances(np.broadcast_to(prototype, given.shape), given)
        nearer = gap < best
        best[nearer], found[nearer] = gap[nearer], code
    return found
