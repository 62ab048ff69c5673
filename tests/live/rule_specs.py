"""Rules as plain tuples, and the library's rules made of them.

Filters: ``("on", name, kind, where)``. Conditions: a filter, ``("absence", after, of, within)``,
``("sequence", filters, within)``, ``("drop" | "rise", term, window, by, at_least)``,
``("cmp", term, op, value)``, ``("segment", names)``, ``("entered" | "exited", name)``,
``("relationship", labels)``, ``("predicate", name)``, ``("and" | "or", parts)``,
``("not", part)``. Terms: ``("count", filter, window, grain)``,
``("sum", filter, property, window, grain)``,
``("p", name)``, ``("score", name)``, ``("since",)``, ``("frequency",)``, ``("monetary",)``.
Lengths are microseconds; a window of None means since ever.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from typing import Any

from customerintel import live
from customerintel.rfm import SegmentScheme

_COMPARE = {
    "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
    "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip
_GRAINS = {60_000_000: "minute", 3_600_000_000: "hour", 86_400_000_000: "day"}


SEGMENTS = ("core", "passing", "gone")
SCHEME = SegmentScheme.from_mapping(
    "three", 1, {"core": "33* 323", "passing": "31* 32[1-2] 2**", "gone": "1**"}, bins=3
)


def dear(row: Any) -> bool:
    """Tell whether the event costs much."""
    return bool(row.properties["total"] > 20)


def known(row: Any) -> bool:
    """Tell whether somebody bought and spent."""
    return row.frequency >= 1 and row.monetary > 0


def odd(row: Any) -> int:
    """Tell whether a number is odd; raises where it is missing."""
    return int(row.properties["cart.items"]) % 2


def core(row: Any) -> bool:
    """Tell whether somebody was in the best segment in an odd minute."""
    return row.segment == "core" or row.time // 60_000_000 % 2 == 1


def busy(row: Any) -> bool:
    """Tell whether somebody came often; raises where no rule counts that."""
    return bool(row.count(live.Count("Visit", window="7d")) >= 2)


#: Predicates by name, and what they read.
FUNCTIONS: dict[str, tuple[Callable[[Any], Any], tuple[str, ...]]] = {
    "dear": (dear, ("total",)), "known": (known, ()), "odd": (odd, ("cart.items",)),
    "core": (core, ()), "busy": (busy, ()),
}  # fmt: skip


@dataclass(frozen=True)
class RuleSpec:
    """A rule; lengths are microseconds."""

    id: str
    version: int
    when: Any
    where: Any = None
    once_per: int | None = None
    holdout: tuple[float, str] | None = None
    consent: str | None = None


def on(name: str | None = None, kind: str | None = None, where: Any = None) -> Any:
    """Return a filter."""
    return ("on", name, kind, where)


def length(us: int | None) -> timedelta | None:
    """Return a length as the library takes it."""
    return None if us is None else timedelta(microseconds=us)


def build_filter(spec: Any) -> Any:
    """Return `live.On`."""
    _, name, kind, where = spec
    more = {} if where is None else {"where": build_condition(where)}
    return live.On.kind(kind, **more) if name is None else live.On(name, **more)


def build_term(spec: Any) -> Any:
    """Return a term of `live`."""
    kind, *rest = spec
    if kind == "count":
        on_, window, grain = rest
        more = {} if grain is None else {"grain": _GRAINS[grain]}
        return live.Count(build_filter(on_), window=length(window), **more)
    if kind == "sum":
        on_, of, window, grain = rest
        more = {} if grain is None else {"grain": _GRAINS[grain]}
        return live.Sum(build_filter(on_), of, window=length(window), **more)
    if kind == "p":
        return live.P(rest[0])
    if kind == "score":
        return live.Score(rest[0])
    return {"since": live.TimeSinceLast, "frequency": live.Frequency, "monetary": live.Monetary}[
        kind
    ]()


def build_condition(spec: Any) -> Any:
    """Return a condition of `live`."""
    kind, *rest = spec
    if kind == "on":
        return build_filter(spec)
    if kind == "absence":
        after, of, within = rest
        return live.Absence(after=build_filter(after), of=build_filter(of), within=length(within))
    if kind == "sequence":
        return live.Sequence(*map(build_filter, rest[0]), within=length(rest[1]))
    if kind in ("drop", "rise"):
        term, window, by, at_least = rest
        make = live.Drop if kind == "drop" else live.Rise
        return make(build_term(term), window=length(window), by=by, at_least=at_least)
    if kind == "cmp":
        term, op, value = rest
        return _COMPARE[op](build_term(term), value)
    if kind in ("and", "or"):
        join = operator.and_ if kind == "and" else operator.or_
        return reduce(join, map(build_condition, rest[0]))
    if kind == "not":
        return ~build_condition(rest[0])
    if kind == "predicate":
        function, reads = FUNCTIONS[rest[0]]
        return live.Predicate(function, rest[0], reads)
    if kind in ("segment", "relationship"):
        return (live.Segment if kind == "segment" else live.Relationship)(*rest[0])
    return (live.Entered if kind == "entered" else live.Exited)(rest[0])


def build_rule(spec: RuleSpec) -> live.Rule:
    """Return `live.Rule`."""
    more: dict[str, Any] = {}
    if spec.where is not None:
        more["where"] = build_condition(spec.where)
    if spec.once_per is not None:
        more["limits"] = live.Limits(once_per=length(spec.once_per))
    if spec.holdout is not None:
        more["holdout"] = live.Holdout(spec.holdout[0], salt=spec.holdout[1])
    if spec.consent is not None:
        more["requires_consent"] = spec.consent
    return live.Rule(
        id=spec.id, version=spec.version, when=build_condition(spec.when),
        do=[live.Action("email")], **more,
    )  # fmt: skip
