"""Rules as an engine takes them, and as its store keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.rule import Rule
from customerintel.live.rule_set import RuleSet
from customerintel.live.walking import leaves, walk
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.live.expression import Expression

__all__ = [
    "Former",
    "parts_of_rules",
    "rule_set_of",
    "rules_of_store",
    "stored_rules",
    "with_past",
]


def rule_set_of(rules: Any) -> RuleSet:
    """Return a checked set of what a caller gave as rules."""
    if isinstance(rules, RuleSet):
        return rules
    return RuleSet([rules] if isinstance(rules, Rule) else rules)


def parts_of_rules(rules: RuleSet) -> Iterator[Expression]:
    """Yield all that is in the conditions of rules."""
    for rule in rules:
        for condition in (rule.when, rule.where):
            if condition is not None:
                yield from walk(condition)


def stored_rules(rules: RuleSet) -> dict[str, str]:
    """Return what a store keeps of rules: all but the Python functions, which no file holds."""
    functions = [rule.id for rule in rules if rule.where is not None and _has_function(rule.where)]
    plain = RuleSet([_without_functions(rule) for rule in rules])
    return {
        "outline": rules.outline(),
        "rules": plain.to_json(),
        "functions": json.dumps(functions),
    }


def rules_of_store(meta: Mapping[str, str]) -> RuleSet:
    """Return the rules by which a store was left.

    Raises
    ------
    InvalidArgumentError
        If some hold what no file keeps: a Python function, or an estimator of one's own.
    """
    lost = json.loads(meta["functions"])
    if lost:
        raise InvalidArgumentError(
            f"The store cannot keep the Python functions of the rules {', '.join(map(repr, lost))}."
            " Give the rules."
        )
    try:
        return RuleSet.from_json(meta["rules"])
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f"The store does not hold all of its rules: {error}") from error


def _has_function(where: Any) -> bool:
    return any(leaf.tag == "predicate" for leaf in leaves(where))


def _without_functions(rule: Rule) -> Rule:
    if rule.where is None or not _has_function(rule.where):
        return rule
    joined = list(rule.where.parts_within()) if rule.where.tag == "and" else [rule.where]
    kept: list[Any] = [part for part in joined if part.tag != "predicate"]
    return rule.model_copy(update={"where": reduce(and_, kept) if kept else None})


def with_past(past: str, rules: RuleSet) -> str:
    """Return the outline of all rules that ever were there, those of now in their version."""
    return json.dumps(json.loads(past) | json.loads(rules.outline()), separators=(",", ":"))


class Former:
    """The rules by which a store was left.

    Parameters
    ----------
    meta : mapping of str to str
        Of the store.
    given : RuleSet
        With which it is opened now; rules that are the same are taken from here, with their
        functions and estimators.

    Raises
    ------
    InvalidArgumentError
        If a rule changed under the same version.
    """

    def __init__(self, meta: Mapping[str, str], given: RuleSet) -> None:
        # a rule that went keeps its id and version
        given.changes_from(meta.get("past_rules", meta["outline"]))
        changes = given.changes_from(meta["outline"])
        self._gone = changes.removed
        self.is_given = given.outline() == meta["outline"]
        self.rules = given
        self._lost: list[str] = []
        if not self.is_given:
            stored = RuleSet.from_json(meta["rules"], _estimators(meta["rules"], given))
            same = set(changes.same)
            self.rules = RuleSet([given[one.id] if one.id in same else one for one in stored])
            self._lost = [one for one in json.loads(meta["functions"]) if one not in same]

    def warn_of_gone(self) -> None:
        """Warn of rules that the store has and that are not given: they are removed."""
        if self._gone:
            warn_caller(
                f"The store has rules that are not given: {', '.join(map(repr, self._gone))}. "
                "They are removed: their timers and counts go, and their actions that wait are "
                "suppressed. To go on with the rules that it has, give None as rules in Python."
            )

    def check_settled(self, *, settled: bool) -> None:
        """Refuse to work off by former rules what only their functions can decide.

        Raises
        ------
        InvalidArgumentError
            If something is left to do by them.
        """
        if self._lost and not settled:
            raise InvalidArgumentError(
                f"The rules {', '.join(map(repr, self._lost))} changed or went, and the store has "
                "records that are decided by their former Python functions. Open it with the "
                "former rules, tick until nothing is pending, and change_rules then."
            )


def _estimators(text: str, given: RuleSet) -> dict[str, Any]:
    """Return an estimator for each score that had one of its own; only a refresh uses it."""
    found = {name: _Absent() for name in _scores_with_own(json.loads(text))}
    for part in parts_of_rules(given):
        name = getattr(part, "name", None)
        if part.tag == "score" and name in found:
            found[name] = getattr(part, "estimator", None) or found[name]
    return found


class _Absent:
    """Stands for an estimator that nobody gave."""


def _scores_with_own(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if data.get("is") == "score" and data.get("given"):
            yield data["name"]
        data = list(data.values())
    if isinstance(data, list):
        for one in data:
            yield from _scores_with_own(one)
