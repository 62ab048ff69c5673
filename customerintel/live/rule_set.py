"""`RuleSet`: rules that an engine works with, checked among each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.rule import Rule
from customerintel.live.rule_reading import FORMAT_VERSION, rules_of_text
from customerintel.live.walking import segments_of, walk
from customerintel.tables.results import html_table

__all__ = ["RuleChanges", "RuleSet"]


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """Ids of rules against those of an older set, in the order of the sets.

    Attributes
    ----------
    added, changed, removed, same : tuple of str
        New ids; those with a higher version; those that are gone; those that stay as they are.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    same: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class RuleSet:
    """Rules in their order, each id once.

    Parameters
    ----------
    rules : iterable of Rule
        In the order in which they are asked.

    Raises
    ------
    InvalidArgumentError
        With all faults at once: what is no rule, an id that is there twice, a score that two
        rules take from different estimators.

    Examples
    --------
    >>> from customerintel.live import Action, On, Rule, RuleSet
    >>> rules = RuleSet([Rule("hello", 1, when=On("Signed Up"), do=[Action("email")])])
    >>> rules, RuleSet.from_json(rules.to_json()) == rules
    (RuleSet(hello (1)), True)
    """

    rules: tuple[Rule, ...]

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        if isinstance(rules, (str, Rule, Mapping)) or not isinstance(rules, Iterable):
            raise InvalidArgumentError(f"rules must be a list of Rule; got {type(rules).__name__}.")
        given = tuple(rules)
        faults = [
            f"rules[{number}] must be a Rule; got {type(one).__name__}."
            for number, one in enumerate(given)
            if not isinstance(one, Rule)
        ]
        faults = faults or [*_faults_of_ids(given), *_faults_of_scores(given)]
        if faults:
            raise InvalidArgumentError("\n- ".join(["The rules do not go together:", *faults]))
        object.__setattr__(self, "rules", given)

    def __len__(self) -> int:
        return len(self.rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __getitem__(self, rule_id: str) -> Rule:
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        known = ", ".join(repr(rule.id) for rule in self.rules) or "none"
        raise InvalidArgumentError(f"There is no rule {rule_id!r}. Known: {known}.")

    def __contains__(self, rule_id: object) -> bool:
        return any(rule.id == rule_id for rule in self.rules)

    def segments(self) -> tuple[str, ...]:
        """Return the names of segments that the rules read, each once, in order of first use."""
        return tuple(dict.fromkeys(name for rule in self.rules for name in segments_of(rule)))

    def to_json(self) -> str:
        """Return the rules as JSON text; `from_json` makes them again.

        Of a score, the name of a registered estimator is kept; that there was one of your own,
        and not the object.

        Raises
        ------
        InvalidArgumentError
            If a rule holds a `Predicate`, which is a Python function.
        """
        faults, found = [], []
        for rule in self.rules:
            try:
                found.append(rule.to_data())
            except InvalidArgumentError as error:
                faults.append(f"rule {rule.id!r}: {error}")
        if faults:
            raise InvalidArgumentError("\n- ".join(["The rules cannot be written:", *faults]))
        data = {"format_version": FORMAT_VERSION, "rules": found}
        return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str, estimators: Mapping[str, Any] | None = None) -> RuleSet:
        """Make rules of JSON text.

        Parameters
        ----------
        text : str
            As of `to_json`.
        estimators : mapping of str to object, optional
            Estimators by the name of their score; needed for those of your own.

        Raises
        ------
        InvalidArgumentError
            With all faults of all rules, and where they are.
        """
        return cls(rules_of_text(text, estimators, "The JSON of the rules"))

    def outline(self) -> str:
        """Return what `changes_from` needs to know of these rules, as JSON text.

        Unlike `to_json` it exists for all rules, and no rule can be made of it.
        """
        data = {
            rule.id: {"version": rule.version, "fields": rule.field_keys()} for rule in self.rules
        }
        return json.dumps(data, separators=(",", ":"))

    def changes_from(self, older: RuleSet | str) -> RuleChanges:
        """Return which rules are new, changed, removed and the same.

        Parameters
        ----------
        older : RuleSet or str
            The rules before, or their `outline`.

        Raises
        ------
        InvalidArgumentError
            With all faults at once: a rule that changed under the same version, with the fields
            that changed, or a version that falls.
        """
        before = json.loads(older.outline() if isinstance(older, RuleSet) else older)
        faults: list[str] = []
        changed: list[str] = []
        same: list[str] = []
        for rule in self.rules:
            if rule.id in before:
                told = _fault_of_change(rule, before[rule.id])
                faults += told
                is_same = rule.version == before[rule.id]["version"]
                (same if is_same else changed).append(rule.id)
        if faults:
            raise InvalidArgumentError("\n- ".join(["The rules cannot be changed:", *faults]))
        added = tuple(rule.id for rule in self.rules if rule.id not in before)
        removed = tuple(one for one in before if one not in self)
        return RuleChanges(added, tuple(changed), removed, tuple(same))

    def __repr__(self) -> str:
        shown = [f"{rule.id} ({rule.version})" for rule in self.rules[:8]]
        more = [f"{len(self) - 8} more"] if len(self) > 8 else []
        return f"RuleSet({', '.join([*shown, *more])})"

    def _repr_html_(self) -> str:
        rows = [(f"{rule.id} ({rule.version})", repr(rule.when)) for rule in self.rules]
        return html_table(f"{len(rows)} rule{'' if len(rows) == 1 else 's'}", rows)


def _fault_of_change(rule: Rule, before: Mapping[str, Any]) -> list[str]:
    version = before["version"]
    if rule.version < version:
        fault = f"the version falls from {version} to {rule.version}. Versions only grow;"
        return [f"rule {rule.id!r}: {fault} give it version {version + 1} or more."]
    fields = [name for name, key in rule.field_keys().items() if before["fields"].get(name) != key]
    if rule.version > version or not fields:
        return []
    fault = f"{', '.join(fields)} changed under the same version {version}. Give it version"
    advice = f"{version + 1}, so that its actions can be told from the former ones."
    return [f"rule {rule.id!r}: {fault} {advice}"]


def _faults_of_ids(rules: tuple[Rule, ...]) -> list[str]:
    places: dict[str, list[str]] = {}
    for number, rule in enumerate(rules):
        places.setdefault(rule.id, []).append(str(number))
    return [
        f"the id {name!r} is there {len(found)} times (rules {', '.join(found)}, from 0). Each "
        "rule needs an id of its own."
        for name, found in places.items()
        if len(found) > 1
    ]


def _faults_of_scores(rules: tuple[Rule, ...]) -> list[str]:
    made: dict[str, dict[Any, str]] = {}
    for rule in rules:
        for condition in (rule.when, rule.where):
            for part in () if condition is None else walk(condition):
                if part.tag == "score":
                    name, of = _source_of(part)
                    made.setdefault(name, {}).setdefault(of, rule.id)
    return [
        f"the score {name!r} has different estimators or horizons in the rules "
        f"{', '.join(map(repr, dict.fromkeys(sources.values())))}. Give one of them another name."
        for name, sources in made.items()
        if len(sources) > 1
    ]


def _source_of(score: Any) -> tuple[str, Any]:
    own = None if score.estimator_name is not None else score.estimator
    return score.name, (score.estimator_name, own if own is None else id(own), score.horizon_us)
