"""Rules from JSON, with all faults of all rules at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.event_filter import On
from customerintel.live.expression_reading import Reading
from customerintel.live.rule import Action, Holdout, Limits, Rule

__all__ = ["FORMAT_VERSION", "RULE_FIELDS", "rules_of_text"]

#: Version of the shape of rule files.
FORMAT_VERSION: Final = 1
#: Fields of a rule in JSON; the first four must be there.
RULE_FIELDS: Final = (
    "id", "version", "when", "do", "where", "limits", "holdout", "requires_consent", "unless",
)  # fmt: skip
_LIMITS: Final = ("once_per", "per_channel", "quiet_hours", "expires", "max_attempts")
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
    if reading.faults:
        count = "a fault" if len(reading.faults) == 1 else f"{len(reading.faults)} faults"
        lines = "".join(f"\n- {fault}" for fault in reading.faults)
        raise InvalidArgumentError(f"{where} cannot be used, for {count}:{lines}")
    return [rule for rule in rules if rule is not None]


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
    parts["limits"] = _part(Limits, _LIMITS, data.get("limits"), f"{place}.limits", reading)
    parts["holdout"] = _part(
        Holdout, ("share", "salt"), data.get("holdout"), f"{place}.holdout", reading
    )
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
    found = []
    for number, one in enumerate(data):
        inner = f"{place}[{number}]"
        if not isinstance(one, Mapping):
            reading.fault(inner, 'must be a JSON object such as {"channel": "email"}.')
            continue
        reading.names(one, ("channel", "values"), (), inner)
        found.append(reading.made(Action._made, inner, dict(one)))
    return None if any(one is None for one in found) or len(found) < len(data) else found


def _part(made: Any, names: tuple[str, ...], data: Any, place: str, reading: Reading) -> Any:
    if data is None:
        return None
    if not isinstance(data, Mapping):
        reading.fault(place, f"must be a JSON object with {', '.join(names)}.")
        return None
    before = len(reading.faults)
    reading.names(data, names, names if made is Holdout else (), place)
    return None if len(reading.faults) > before else reading.made(made, place, **data)
