"""What an engine knows of one customer, and what a rule makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from customerintel.live.closed_mappings import ClosedMappings
from customerintel.live.walking import counters
from customerintel.schema.moments import datetime_of
from customerintel.tables.results import html_table

if TYPE_CHECKING:
    from customerintel.live.engine_state import EngineState
    from customerintel.live.row_view import RowView

__all__ = ["Explanation", "Profile"]


@dataclass(frozen=True, repr=False)
class Profile(ClosedMappings):
    """What rules can read of a customer; made by `Engine.profile`. It shows nobody's id.

    Attributes
    ----------
    time : datetime.datetime or None
        The engine's time, in its zone; None before the first event.
    segment, relationship : str or None
        As of the last refresh; None where nobody said.
    frequency : int
        Distinct days with a purchase.
    monetary : float
        Net spend.
    last_purchase : datetime.datetime or None
        In the engine's zone.
    time_since_last : float
        Days; NaN without a purchase.
    probability_alive : float
        NaN without a purchase, or where no rule reads it.
    scores : mapping of str to float
        As of the last refresh; NaN where there is none.
    counts : mapping of str to mapping of str to float
        By rule, what its counters come to now.
    aliases : int
        How many other ids lead to the customer.
    """

    time: datetime | None
    segment: str | None
    relationship: str | None
    frequency: int
    monetary: float
    last_purchase: datetime | None
    time_since_last: float
    probability_alive: float
    scores: Mapping[str, float]
    counts: Mapping[str, Mapping[str, float]]
    aliases: int

    @classmethod
    def of(cls, state: EngineState, customer_id: str) -> Profile:
        """Return the profile of a customer that is known."""
        fold = state.fold
        view = fold.row_view(customer_id)
        last = view.last_purchase
        names = dict.fromkeys(score.name for score in fold.plan.scores)
        found = {rule.id: _counts(view, counters(rule)) for rule in state.rules}
        return cls(
            time=state.shown_time(),
            segment=view.segment,
            relationship=view.relationship,
            frequency=view.frequency,
            monetary=view.monetary,
            last_purchase=None if last is None else datetime_of(last).astimezone(state.zone),
            time_since_last=view.time_since_last,
            probability_alive=view.probability_alive,
            scores=MappingProxyType({name: view.score(name) for name in names}),
            counts=MappingProxyType({name: one for name, one in found.items() if one}),
            aliases=len(fold.customers.ids.all_ids(fold.known_row(customer_id))) - 1,
        )

    def __repr__(self) -> str:
        return _text("Profile", _lines(vars(self)))

    def _repr_html_(self) -> str:
        return html_table("Profile", list(_lines(vars(self))))


def _counts(view: RowView, found: Sequence[Any]) -> Mapping[str, float]:
    return MappingProxyType(
        {repr(one): (view.sum if one.tag == "sum" else view.count)(one) for one in found}
    )


@dataclass(frozen=True, repr=False)
class Explanation(ClosedMappings):
    """Why a rule fires for a customer or does not; made by `Engine.explain`.

    Attributes
    ----------
    rule_id : str
        The rule.
    version : int
        Its version.
    time : datetime.datetime or None
        As of when, in the engine's zone.
    facts : mapping
        ``when`` and ``where``: one mapping per condition, with its `text`, its `value` and
        whether it is `true` (None: it is asked when something happens). ``timers`` with
        `armed_at`, `deadline`, `last_of` and `done_at`. ``last_passed``, ``cooldown_until``,
        ``consent``, ``arm``, ``unit_at``, and ``day``, the day that ends next. ``actions``: the
        latest three of the rule, with `channel`, `due_at`, `state` and `reason`; ``n_actions``,
        how many there are. All as of `time`: what a condition was at a former moment is not kept.
        None stands for what there is not; times are in the engine's zone.
    """

    rule_id: str
    version: int
    time: datetime | None
    facts: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, state: EngineState, customer_id: str, rule_id: str) -> Explanation:
        """Return the explanation for a customer and a rule that are known."""
        found = state.fold.explain(customer_id, rule_id)
        facts = {name: found[name] for name in found if name not in _HEADS}
        rows = [
            row for row in state.store.actions_of([found["customer_id"]]) if row.rule_id == rule_id
        ]
        facts["n_actions"] = len(rows)
        facts["actions"] = [
            {"channel": row.channel, "due_at": row.due_at, "state": row.state, "reason": row.reason}
            for row in rows[-_LATEST:]
        ]
        version = state.rules[rule_id].version
        shown = _shown(facts, state.zone)
        return cls(rule_id, version, state.shown_time(), MappingProxyType(shown))

    def __repr__(self) -> str:
        return _text(f"Rule {self.rule_id!r}, version {self.version}", self._lines())

    def _repr_html_(self) -> str:
        title = f"Rule {self.rule_id}, version {self.version}"
        return html_table(title, list(self._lines()))

    def _lines(self) -> Iterator[tuple[str, object]]:
        """Yield what is worth a line: nothing that is not there."""
        for part in ("when", "where"):
            for leaf in self.facts[part]:
                yield part, f"{leaf['text']}: {_verdict(leaf)}"
        for timer in self.facts["timers"]:
            yield from _said(timer)
        yield from _said(self.facts)
        if self.facts["consent"] is not None:
            said = "allows it" if self.facts["consent"]["allowed"] else "does not allow it now"
            yield "consent", f"{self.facts['consent']['purpose']}: {said}"
        for one in self.facts["actions"]:
            why = f" ({one['reason']})" if one["reason"] else ""
            due_at = one["due_at"].isoformat(" ", "seconds")
            yield f"{one['channel']}, due {due_at}", f"{one['state'].replace('_', ' ')}{why}"
        if self.facts["n_actions"] > _LATEST:
            yield "actions", f"{self.facts['n_actions']} in all, the latest {_LATEST} shown"


#: So many actions are shown.
_LATEST: Final = 3
#: Facts that are attributes of their own, or somebody's id.
_HEADS: Final = frozenset({"rule_id", "version", "customer_id", "at"})
_TIMES: Final = frozenset(
    {
        "armed_at",
        "deadline",
        "last_of",
        "done_at",
        "last_passed",
        "cooldown_until",
        "unit_at",
        "due_at",
    }
)


#: What facts are in plain words.
_WORDS: Final = {
    "armed_at": "armed since",
    "deadline": "fires at",
    "last_of": "last event that disarms",
    "done_at": "armed at, when it last ran out",
    "last_passed": "last fired",
    "cooldown_until": "in cooldown until",
    "arm": "arm",
    "unit_at": "assigned to it",
    "day": "day that ends next",
}


def _said(facts: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for name, words in _WORDS.items():
        value = facts.get(name)
        if value is not None and value != "":
            yield words, value.isoformat(" ", "seconds") if name in _TIMES else value


def _number(value: object) -> object:
    """Return a value as people write it: no digits beyond what they can use."""
    if isinstance(value, tuple | list):
        return " after ".join(str(_number(one)) for one in value)
    if not isinstance(value, float):
        return value
    return "unknown" if value != value else f"{value:.6g}"


def _verdict(leaf: Mapping[str, Any]) -> str:
    """Return what a leaf comes to in a few words."""
    if leaf["true"] is None:
        return "known when it happens"
    value = leaf["value"]
    inner = "" if value is None else f" (now {_number(value)})"
    return ("true" if leaf["true"] else "false") + inner


def _shown(value: Any, zone: tzinfo, name: str = "") -> Any:
    """Return facts with datetimes in place of microseconds."""
    if isinstance(value, Mapping):
        return {key: _shown(one, zone, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_shown(one, zone) for one in value]
    if name in _TIMES and value is not None:
        return datetime_of(value).astimezone(zone)
    return value


def _lines(facts: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, object]]:
    """Yield names and values; what is nested gets the names around it."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _lines(value, f"{within}{name}: ")
        else:
            yield f"{within}{name}", _shown_value(name, value)


def _shown_value(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if name == "time_since_last" and value == value:
        return f"{_number(value)} days"
    return "unknown" if value is None else _number(value)


def _text(title: str, lines: Iterator[tuple[str, object]]) -> str:
    return "\n".join([title, *(f"  {name}: {value}" for name, value in lines)])
