"""What to do this week: gaps as a list, those first for whom most is at stake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.gap_actions import ACTIONS
from customerintel.relationships.gap_words import first_step, short_reasons
from customerintel.tables.building import Column, Labels

if TYPE_CHECKING:
    from customerintel.relationships.gap_table import Gaps

__all__ = ["action_columns", "urgency"]

Ints = NDArray[np.int64]

#: Actions that come before all others, in their order.
URGENT = ("repair", "release")


def urgency(gaps: Gaps) -> Ints:
    """Return the rows in the order of the list: repair, release, then the widest gaps.

    Among the urgent, too, wider gaps come first; gaps that are not known come last, and equal ones
    stay in the order of the ids.
    """
    turn = np.full(len(ACTIONS), len(URGENT))
    turn[[ACTIONS.index(name) for name in URGENT]] = range(len(URGENT))
    # NaN is sorted last, and lexsort leaves ties as they are
    return np.lexsort((-gaps.gap, turn[gaps.action])).astype(np.int64)


def action_columns(gaps: Gaps, rows: Ints) -> dict[str, Column]:
    """Return the columns of the list for some rows, in their order."""
    wanted = gaps.desired[rows]
    kinds = list(gaps._types.values())
    columns: dict[str, Column] = {
        "customer_id": gaps.ids.take(rows),
        "action": Labels(gaps.action[rows], ACTIONS),
        "wanted": Labels(wanted, gaps.types),
        "observed": Labels(gaps.observed[rows], gaps.types),
        "treated_as": Labels(gaps.delivered[rows], gaps.types),
        "reason": _texts(short_reasons(gaps, rows)),
        "first_step": _first_steps(gaps, rows),
        "avoid": _texts(np.array([_first(one.dont) for one in kinds], object)[wanted]),
        "open_complaints": gaps.open_complaints[rows].astype(np.int64),
        "do_not_contact": Labels(gaps._opted_out.codes[rows], gaps._opted_out.names),
    }
    return columns


def _first_steps(gaps: Gaps, rows: Ints) -> Labels:
    # there are few rules and few types, and as few steps
    pairs, place = np.unique(
        np.stack([gaps.rule[rows], gaps.desired[rows]]), axis=1, return_inverse=True
    )
    steps = [first_step(gaps, int(rule), int(wish)) for rule, wish in pairs.T]
    return _texts(np.array(steps, object)[place.reshape(-1)])


def _first(sentences: Sequence[str]) -> str:
    return sentences[0] if sentences else ""


def _texts(values: NDArray[Any]) -> Labels:
    """Return texts of which many are the same."""
    places: dict[str, int] = {}
    codes = [places.setdefault(text, len(places)) for text in values.tolist()]
    return Labels(np.array(codes, np.int64), tuple(places))
