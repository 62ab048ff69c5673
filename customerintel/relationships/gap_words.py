"""Gaps in words with numbers, as somebody who speaks with the customer could read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.gap_actions import ACTIONS, CLOSE, DIRECTIONS
from customerintel.relationships.relationship_type import DIMENSIONS
from customerintel.relationships.table_parts import SPANS, UNKNOWN

if TYPE_CHECKING:
    from customerintel.relationships.gap_table import Gaps

__all__ = ["explanation", "first_step", "reasons", "short_reasons"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Why each rule of `act` holds.
RULES = {
    1: "the relationship that is wanted is a negative one: let the customer go in peace",
    2: "complaints are open",
    3: "the customer is bound, and the relationship is a bad one or leaves them powerless",
    4: "the relationship is a bad one",
    5: "too little is known of what is delivered",
    6: "the treatment is closer than what is wanted",
    7: "the treatment differs from what is wanted",
    8: "the treatment is near to what is wanted",
}
#: What comes before the rules of any type, by the number of the rule of `act`.
FIRST_STEPS = {
    2: "Settle the open complaint first, and say so.",
    3: "Show the way out, freely.",
    4: "Ask what went wrong, and put it right.",
}
SCALE = (
    "Levels (valence and power from -1 to 1, all others from 0 to 1; observed ones come from "
    "ranks among the customers):"
)


def reasons(gaps: Gaps) -> NDArray[np.object_]:
    """Return one sentence per customer."""
    wanted = _wanted(gaps)
    blank, widest = _widest(gaps, wanted)
    rows = np.arange(len(gaps))
    found = np.empty(len(gaps), object)
    table = zip(
        short_reasons(gaps, rows).tolist(), gaps.gap.tolist(), blank.tolist(), widest.tolist(),
        wanted[rows, widest].tolist(), gaps.levels[rows, widest].tolist(), strict=True,
    )  # fmt: skip
    for row, (why, gap, none, dimension, want, given) in enumerate(table):
        text = why
        if not none:
            text += f"; {_in_words(dimension)}: wanted {want:.2f}, treated as {given:.2f}"
        if gap == gap:
            text += f"; gap {gap:.2f}"
        found[row] = text
    return found


def short_reasons(gaps: Gaps, rows: Ints) -> NDArray[np.object_]:
    """Return why the action of some customers is what it is, in few words."""
    found = np.empty(len(rows), object)
    table = zip(
        rows.tolist(), gaps.rule[rows].tolist(), gaps.direction[rows].tolist(),
        gaps.open_complaints[rows].tolist(), strict=True,
    )  # fmt: skip
    for place, (row, rule, way, complaints) in enumerate(table):
        text = f"open complaints: {complaints:.0f}" if rule == 2 else _why(rule, way)
        if rule in (3, 4) and (signs := gaps._mood.words(row)):
            text += f" ({signs})"
        found[place] = text
    return found


def _widest(gaps: Gaps, wanted: Floats) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return of whom no difference is known, and the dimension that differs most.

    Where the treatment is too close or too distant, among the dimensions that say so.
    """
    apart = (gaps.levels - wanted) / SPANS
    far = np.nan_to_num(np.abs(apart), nan=-1.0)
    near = np.zeros(len(DIMENSIONS), bool)
    near[list(CLOSE)] = True
    for name, sign in (("too close", 1.0), ("too distant", -1.0)):
        rows = gaps.direction == DIRECTIONS.index(name)
        far[rows] = np.where(near & (sign * apart[rows] > 0.0), far[rows], -1.0)
    return np.isnan(apart).all(axis=1), np.argmax(far, axis=1)


def explanation(gaps: Gaps, row: int) -> str:
    """Return some lines on one customer; without the customer's id."""
    wish = gaps.types[gaps.desired[row]]
    observed, given = gaps.types[gaps.observed[row]], gaps.types[gaps.delivered[row]]
    gap = gaps.gap[row]
    size = "" if np.isnan(gap) else f" (gap {gap:.2f}, {DIRECTIONS[gaps.direction[row]]})"
    why = _why(int(gaps.rule[row]), int(gaps.direction[row]))
    wants = f"Wants {_named(gaps, wish)}; observed: {_named(gaps, observed)}; "
    lines = [
        wants + f"treated as: {_named(gaps, given)}{size}.",
        f"Action: {ACTIONS[gaps.action[row]]}, because {why}.",
    ]
    step = first_step(gaps, int(gaps.rule[row]), int(gaps.desired[row]))
    if step:
        lines.append(f"First step: {_listed((step,))}")
    if signs := gaps._mood.words(row):
        lines.append(f"Bad signs: {signs}.")
    if gaps.open_complaints[row]:
        lines.append(f"Open complaints: {gaps.open_complaints[row]:.0f}.")
    lines += _levels(gaps, row)
    wished = gaps._types[wish]
    then = wished.do[1:] if step in wished.do[:1] else wished.do
    if then:
        lines.append(f"Then: {_listed(then)}")
    if wished.dont:
        lines.append(f"Don't: {_listed(wished.dont)}")
    return "\n".join(lines)


def first_step(gaps: Gaps, rule: int, wish: int) -> str:
    """Return what to do first by a rule of `act` for those who want a type; may be empty."""
    do = gaps._types[gaps.types[wish]].do
    return FIRST_STEPS.get(rule, do[0] if do else "")


def _levels(gaps: Gaps, row: int) -> list[str]:
    """Return a line per dimension that is known of wish and treatment, below their scale."""
    lines = []
    for place, (want, level) in enumerate(zip(_wanted(gaps)[row], gaps.levels[row], strict=True)):
        if not np.isnan(level) and not np.isnan(want):
            seen = gaps._observed_levels[row, place]
            more = "" if np.isnan(seen) else f", observed {seen:.2f}"
            lines.append(f"- {_in_words(place)}: wanted {want:.2f}, treated as {level:.2f}{more}")
    return [SCALE, *lines] if lines else []


def _wanted(gaps: Gaps) -> Floats:
    found: Floats = gaps._types.prototypes[gaps.desired]
    return found


def _listed(sentences: tuple[str, ...]) -> str:
    return " ".join(one if one.endswith(".") else f"{one}." for one in sentences)


def _why(rule: int, direction: int) -> str:
    if rule == 7 and DIRECTIONS[direction] == "too distant":
        return "the treatment is more distant than what is wanted"
    return RULES[rule]


def _in_words(dimension: int) -> str:
    return DIMENSIONS[dimension].replace("_", "-")


def _named(gaps: Gaps, key: str) -> str:
    return UNKNOWN if key == UNKNOWN else gaps._types[key].name
