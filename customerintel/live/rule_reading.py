"""Rules from JSON, with all faults of all rules at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NoReturn

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.event_filter import On
from customerintel.live.expression import Term
from customerintel.live.expression_reading import Reading
from customerintel.live.frozen import Frozen
from customerintel.live.rule import Action, Holdout, Limits, Rule

__all__ = ["FORMAT_VERSION", "RULE_FIELDS", "part_of_data", "rules_of_text"]

#: Version of the shape of rule files.
FORMAT_VERSION: Final = 1
#: Fields of a rule in JSON; the first four must be there.
RULE_FIELDS: Final = (
    "id", "version", "when", "do", "where", "limits", "holdout", "requires_consent", "unless",
)  # fmt: skip
_PARTS: Final[Mapping[type[Frozen], tuple[str, ...]]] = MappingProxyType(
    {
        Limits: ("once_per", "per_channel", "quiet_hours", "expires", "max_attempts"),
        Holdout: ("share", "salt"),
    }
)
_REQUIRED: Final = RULE_FIELDS[:4]


def rules_of_text(text: str, estimators: Mapping[str, Any] | None, where: str) -> list[Rule]:
    """Return the rules of a JSON text.

    Raises
    ------
    InvalidArgumentError
        With all faults at once; `where` says what was read.
    """
    if not isinstance(text, str):
        raise InvalidArgumentError(f"{where} must be JSON text; got {type(text).__name__}.")
    data = _parsed(text, where)
    if not isinstance(data, dict) or not isinstance(data.get("rules"), list):
        raise InvalidArgumentError(
            f'{where} must be a JSON object with a list of rules: {{"format_version": '
            f'{FORMAT_VERSION}, "rules": [...]}}.'
        )
    _check_version(data.get("format_version"), where)
    reading = Reading(estimators or {})
    reading.names(data, ("format_version", "rules", "$schema"), (), where)
    rules = [_rule(one, f"rules[{number}]", reading) for number, one in enumerate(data["rules"])]
    reading.refuse(where)
    return [rule for rule in rules if rule is not None]


def part_of_data(
    kind: type[Frozen], data: Mapping[str, Any], estimators: Mapping[str, Any] | None
) -> Frozen:
    """Return the rule, or the part of one, of which `data` is what JSON has.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.
    """
    reading, name = Reading(estimators or {}), kind.__name__
    found: Any
    if kind is Rule:
        found = _rule(data, name, reading)
    elif kind is Action:
        found = _action(data, name, reading)
    elif kind in _PARTS:
        found = _part(kind, data, name, reading)
    else:
        found = reading.expression(data, "term" if issubclass(kind, Term) else "condition", name)
        if found is not None and not isinstance(found, kind):
            reading.fault(name, f'"is" says {found.tag!r}, which is another one.')
    reading.refuse(f"The {name}")
    made: Frozen = found
    return made


def _check_version(version: object, where: str) -> None:
    if version != FORMAT_VERSION or isinstance(version, bool):
        shown = version if isinstance(version, int) else "none"
        raise InvalidArgumentError(
            f"{where} must have format_version {FORMAT_VERSION}, the one that this version of the "
            f"library reads; got {shown}."
        )


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        reason = "it is nested too deep"
    except json.JSONDecodeError as error:
        reason = f"{error.msg}, line {error.lineno}, column {error.colno}"
    except ValueError as error:
        reason = str(error)
    raise InvalidArgumentError(f"{where} cannot be read as JSON: {reason}. Correct it there.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that is there twice: one of its values would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has the name {twice[:40]!r} twice")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _rule(data: Any, place: str, reading: Reading) -> Rule | None:
    """Return a rule; parts with faults are left out, so that the others are checked as well."""
    if not isinstance(data, Mapping):
        reading.fault(place, "must be a JSON object with id, version, when and do.")
        return None
    before = len(reading.faults)
    reading.names(data, RULE_FIELDS, _REQUIRED, place)
    parts: dict[str, Any] = {}
    for name, kind in (("when", "condition"), ("where", "condition"), ("unless", "event")):
        if data.get(name) is not None:
            parts[name] = reading.expression(data[name], kind, f"{place}.{name}")
        elif name in _REQUIRED and name in data:
            reading.fault(f"{place}.{name}", f"must be a {kind}; got null.")
    parts["do"] = _actions(data.get("do", []), f"{place}.do", reading)
    parts["limits"] = _part(Limits, data.get("limits"), f"{place}.limits", reading)
    parts["holdout"] = _part(Holdout, data.get("holdout"), f"{place}.holdout", reading)
    if len(reading.faults) > before:
        parts = _stand_ins(parts)
    plain = {name: data.get(name) for name in ("id", "version", "requires_consent")}
    if plain["id"] is None and "id" not in data:
        plain["id"] = "?"
    if "version" not in data:
        plain["version"] = 1
    made: Rule | None = reading.made(Rule, place, **plain, **parts)
    return made


def _stand_ins(parts: dict[str, Any]) -> dict[str, Any]:
    """Put something without faults in the place of what has them; they are told already."""
    found = {name: part for name, part in parts.items() if part is not None}
    found.setdefault("when", On("?1"))
    if not found.get("do"):
        found |= {"do": [Action("?")], "limits": Limits()}
    return found


def _actions(data: Any, place: str, reading: Reading) -> list[Action] | None:
    if not isinstance(data, list):
        reading.fault(place, "must be a list of actions.")
        return None
    found = [_action(one, f"{place}[{number}]", reading) for number, one in enumerate(data)]
    return None if any(one is None for one in found) else found


def _action(data: Any, place: str, reading: Reading) -> Any:
    if not isinstance(data, Mapping):
        reading.fault(place, 'must be a JSON object such as {"channel": "email"}.')
        return None
    reading.names(data, ("channel", "values"), (), place)
    return reading.made(Action._made, place, dict(data))


def _part(made: type[Frozen], data: Any, place: str, reading: Reading) -> Any:
    if data is None:
        return None
    names = _PARTS[made]
    if not isinstance(data, Mapping):
        reading.fault(place, f"must be a JSON object with {', '.join(names)}.")
        return None
    before = len(reading.faults)
    reading.names(data, names, names if made is Holdout else (), place)
    return None if len(reading.faults) > before else reading.made(made, place, **data)
