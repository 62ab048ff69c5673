"""Rules that need to know what nobody told: they never fire, or nothing comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from customerintel.live.engine_rules import parts_of_rules
from customerintel.live.expression_reading import nearest
from customerintel.live.rule_set import RuleSet
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.live.rule import Rule

__all__ = ["warn_of_labels", "warn_without_consent", "warn_without_history", "warn_without_scores"]

_READ: Final = {
    "segment": "segments",
    "entered": "segments",
    "exited": "segments",
    "relationship": "relationships",
    "probability_alive": "the probability to be alive",
    "score": "scores",
}
_MOST: Final = 5


def warn_without_history(rules: RuleSet) -> None:
    """Warn once, with the rules and what they read; nothing where no rule reads such things."""
    found = [(rule.id, what) for rule in rules if (what := list(dict.fromkeys(_read_by(rule))))]
    if found:
        warn_caller(
            f"There is no history, so nobody has what {_shown(found)}: conditions on it are not "
            "true for anybody. Give history=log.as_of(…)."
        )


def warn_without_scores(rules: RuleSet) -> None:
    """Warn of scores that nobody works out: a backtest cannot be told of them."""
    found = []
    for rule in rules:
        bare = [one for one in parts_of_rules(RuleSet([rule])) if one.tag == "score"]
        names = [one.name for one in bare if one.estimator is None]  # type: ignore[attr-defined]
        if names:
            found.append((rule.id, [f"the score {name!r}" for name in dict.fromkeys(names)]))
    if found:
        warn_caller(
            f"Nobody has what {_shown(found)}: without an estimator a score comes with "
            "engine.refresh(history, scores=…), and a backtest has none. Give Score(name, "
            "estimator)."
        )


def warn_without_consent(rule_ids: Iterable[str]) -> None:
    """Warn of rules of which a fire was suppressed while nobody's consent is known at all."""
    found = list(dict.fromkeys(rule_ids))
    if found:
        shown = ", ".join(map(repr, found[:_MOST])) + (" and others" if len(found) > _MOST else "")
        warn_caller(
            f"Nobody's consent is known, so all that the rules {shown} fire is suppressed: they "
            "require it. Give consent= (a ConsentLedger)."
        )


def warn_of_labels(rules: RuleSet, labels: Mapping[str, str]) -> None:
    """Warn of relationships that nobody has and that no type of the library is called."""
    from customerintel.relationships import types

    known = {*labels.values(), *types()}
    read = [one for one in parts_of_rules(rules) if one.tag == "relationship"]
    names = dict.fromkeys(name for one in read for name in one.names)  # type: ignore[attr-defined]
    for name in names:
        if name not in known:
            advice = nearest(name, sorted(known)) or " Check the name."
            warn_caller(
                f"No customer has the relationship {name!r}, and no type is called so: conditions "
                f"on it are not true for anybody.{advice}"
            )


def _read_by(rule: Rule) -> Iterator[str]:
    for part in parts_of_rules(RuleSet([rule])):
        if part.tag in _READ:
            yield _READ[part.tag]


def _shown(found: list[tuple[str, list[str]]]) -> str:
    said = [f"rule {name!r} reads ({', '.join(what)})" for name, what in found[:_MOST]]
    more = f", and {len(found) - _MOST} other rules" if len(found) > _MOST else ""
    return f"{', '.join(said)}{more}"
