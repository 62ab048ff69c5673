"""The JSON Schema of rule files, from the shapes that are read."""

from __future__ import annotations

from typing import Any, Final

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.composition import OPERATORS
from customerintel.live.frozen import Frozen
from customerintel.live.rule_reading import FORMAT_VERSION, RULE_FIELDS
from customerintel.live.rule_shapes import CONDITIONS, COUNTERS, NESTED, SHAPES, TERMS, Shape
from customerintel.schema import EventKind, Purpose

__all__ = ["schema_of_part", "schema_of_rules"]

_TEXT: Final = {"type": "string", "minLength": 1}
_PLAIN: Final[dict[str, dict[str, Any]]] = {
    "text": _TEXT,
    "texts": {"type": "array", "items": _TEXT, "minItems": 1},
    "number": {"type": "number"},
    "scalar": {"type": ["number", "string", "boolean"]},
    "flag": {"type": "boolean"},
    "length": {"type": "string", "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*(us|ms|s|m|h|d|w)\s*$"},
    "grain": {"enum": ["minute", "hour", "day"]},
    "kind": {**_TEXT, "examples": [kind.value for kind in EventKind]},
    "operator": {"enum": list(OPERATORS)},
    "previous": {"const": "previous"},
}
_RATE: Final = {
    "type": "string",
    "pattern": r"^\s*[0-9]+\s*/\s*[0-9]+(\.[0-9]+)?\s*(us|ms|s|m|h|d|w)\s*$",
}
_HOUR: Final = {"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$"}


def schema_of_rules() -> dict[str, Any]:
    """Return the whole schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rules of customerintel.live",
        **_object(
            {
                "$schema": {"type": "string"},
                "format_version": {"const": FORMAT_VERSION},
                "rules": {"type": "array", "items": _of("rule")},
            },
            ["format_version", "rules"],
        ),
        "$defs": _rule_parts() | _choices() | {tag: _expression(tag) for tag in SHAPES},
    }


def schema_of_part(kind: type[Frozen]) -> dict[str, Any]:
    """Return the schema of a rule, or of a part of one."""
    whole = schema_of_rules()
    name = str(getattr(kind, "tag", kind.__name__.lower()))
    parts = whole["$defs"]
    if name not in parts:
        raise InvalidArgumentError(
            f"{kind.__name__} has no JSON Schema: it cannot be written to JSON. Keep such rules "
            "in code."
        )
    return {"$schema": whole["$schema"], "title": kind.__name__, **_of(name), "$defs": parts}


def _rule_parts() -> dict[str, Any]:
    fields = {
        "id": _TEXT,
        "version": {"type": "integer", "minimum": 1},
        "when": _of("condition"),
        "do": {"type": "array", "items": _of("action"), "minItems": 1},
        "where": _of("condition"),
        "limits": _of("limits"),
        "holdout": _of("holdout"),
        "requires_consent": {**_TEXT, "examples": [purpose.value for purpose in Purpose]},
        "unless": _of("event"),
    }
    limits = {
        "once_per": _PLAIN["length"],
        "per_channel": {"type": "object", "additionalProperties": _RATE},
        "quiet_hours": {"type": "array", "items": _HOUR, "minItems": 2, "maxItems": 2},
        "expires": _PLAIN["length"],
        "max_attempts": {"type": "integer", "minimum": 1},
    }
    share = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
    return {
        "rule": _object({name: fields[name] for name in RULE_FIELDS}, list(RULE_FIELDS[:4])),
        "action": _object({"channel": _TEXT, "values": {"type": "object"}}, ["channel"]),
        "limits": _object(limits, []),
        "holdout": _object({"share": share, "salt": _TEXT}, ["share", "salt"]),
    }


def _choices() -> dict[str, Any]:
    return {
        "condition": {"oneOf": [_of(tag) for tag in CONDITIONS]},
        "term": {"oneOf": [_of(tag) for tag in TERMS]},
        "counter": {"oneOf": [_of(tag) for tag in COUNTERS]},
        "event": {"oneOf": [_TEXT, _of("on")]},
    }


def _expression(tag: str) -> dict[str, Any]:
    shape: Shape = SHAPES[tag]
    fields = {name: _field(kind) for name, kind in shape.fields.items()}
    summary = (shape.made.__doc__ or "").partition("\n")[0]
    made = _object({"is": {"const": tag}, **fields}, ["is", *shape.required])
    return {"description": summary, **made}


def _field(kind: str) -> dict[str, Any]:
    if kind not in NESTED:
        return _PLAIN[kind]
    inner, is_list = NESTED[kind]
    return {"type": "array", "items": _of(inner), "minItems": 2} if is_list else _of(inner)


def _of(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _object(fields: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }
