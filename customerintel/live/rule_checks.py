"""What the parts of a rule must agree on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from customerintel.live.expression import Condition
from customerintel.live.walking import MOMENTARY, leaves, reads_event

__all__ = ["faults_between"]

_CHANGES: Final = frozenset({"entered", "exited"})


def faults_between(fields: Mapping[str, Any]) -> list[str]:
    """Return the faults of the fields of a rule among each other, of those that are usable."""
    when, where = fields.get("when"), fields.get("where")
    faults: list[str] = []
    if isinstance(when, Condition):
        faults += _faults_of_when(when)
    if isinstance(where, Condition):
        faults += _faults_of_where(where)
    return [*dict.fromkeys(faults), *_faults_of_caps(fields.get("limits"), fields.get("do"))]


def _faults_of_when(when: Condition) -> Iterator[str]:
    for leaf in leaves(when):
        if reads_event(leaf):
            yield (
                f"when reads a property: {leaf!r}. Put it into where, or into the event: "
                "On(..., where=...)."
            )
        elif leaf.tag == "predicate":
            yield f"when holds {leaf!r}. A predicate is asked in where only; put it there."
        elif leaf.tag in _CHANGES and when is not leaf:
            yield (
                f"when joins {leaf!r} with other conditions. It stands alone; put the others into "
                "where."
            )


def _faults_of_where(where: Condition) -> Iterator[str]:
    joined = list(where.parts_within()) if where.tag == "and" else [where]
    for leaf in leaves(where):
        if leaf.tag in MOMENTARY:
            yield (
                f"where holds {leaf!r}, which is true at one moment only. Put it into when; for "
                "what happened before, compare a Count."
            )
        elif leaf.tag in _CHANGES:
            yield f"where holds {leaf!r}, which fires. Make it the when, or ask for Segment."
        elif leaf.tag == "predicate" and not any(part is leaf for part in joined):
            yield (
                f"where holds {leaf!r} inside of '|' or '~'. A predicate is joined by '&' alone; "
                "put the rest of the logic into its function."
            )


def _faults_of_caps(limits: Any, do: Any) -> list[str]:
    caps = [channel for channel, _ in getattr(limits, "per_channel", ())]
    actions = do if isinstance(do, Iterable) else ()
    known = {channel for one in actions if (channel := getattr(one, "channel", None))}
    strange = [repr(channel) for channel in caps if channel not in known]
    if not strange or not known:
        return []
    fault = (
        f"limits.per_channel caps {', '.join(strange)}, a channel of no action of the rule. Cap "
        f"one of its channels ({', '.join(map(repr, sorted(known)))}), or leave it out."
    )
    return [fault]
