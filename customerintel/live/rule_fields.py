"""What the fields of a rule may hold; each fault says what to give."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import PlainValidator, ValidationInfo

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.expression import read_number
from customerintel.live.expression_fields import read_name
from customerintel.live.frozen import canonical
from customerintel.live.lengths import read_hours, read_rate
from customerintel.schema import Breach, Consent, columns_of

__all__ = [
    "Attempts",
    "Hours",
    "OptionalPurpose",
    "Rates",
    "Share",
    "Values",
    "Version",
    "actions_of",
    "arguments_shown",
    "part_of",
]

_MOST: Final = 2**31 - 1


def part_of(kind: type, *, optional: bool = False) -> PlainValidator:
    """Return the check that a field is of a class of this room."""

    def read(value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, kind) or (optional and value is None):
            return value
        raise InvalidArgumentError(
            f"{info.field_name} must be {kind.__name__}(...); got {type(value).__name__}."
        )

    return PlainValidator(read)


def actions_of(kind: type) -> PlainValidator:
    """Return the check that a field is a sequence of actions, at least one."""

    def read(value: Any) -> tuple[Any, ...]:
        is_many = isinstance(value, Iterable) and not isinstance(value, (str, Mapping, kind))
        given = tuple(value) if is_many else None
        if given is None or not all(isinstance(one, kind) for one in given):
            raise InvalidArgumentError(
                f"do must be a list of actions, such as [{kind.__name__}('email')]."
            )
        if not given:
            raise InvalidArgumentError("do must hold at least one action: the rule does nothing.")
        return given

    return PlainValidator(read)


def _whole(value: Any, info: ValidationInfo) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST:
        raise InvalidArgumentError(
            f"{info.field_name} must be a whole number, at least 1 and at most {_MOST:,}."
        )
    return value


def _share(value: Any) -> float:
    share = read_number(value, "share")
    if isinstance(value, bool) or not 0 <= share < 1:
        raise InvalidArgumentError(
            f"share must be at least 0 and less than 1; got {share:g}. It is the part of the "
            "customers for whom nothing is done, such as 0.1."
        )
    return share


def _purpose(value: Any) -> str | None:
    if value is None:
        return None
    form = columns_of(Consent)["purpose"].form
    try:
        return str(form.parse(value))
    except Breach as breach:
        raise InvalidArgumentError(f"requires_consent: {breach}.") from None


def _rates(value: Any) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    if isinstance(value, tuple):
        value = dict(value)
    if not isinstance(value, Mapping):
        raise InvalidArgumentError(
            "per_channel must be a mapping of channels to rates, such as {'email': '2/7d'}; got "
            f"{type(value).__name__}."
        )
    found = []
    for channel, rate in value.items():
        name = read_name(channel, "each channel of per_channel")
        read_rate(rate, f"per_channel of {name!r}")
        found.append((name, "".join(rate.split())))
    return tuple(found)


def _hours(value: Any) -> tuple[str, str] | None:
    if value is None:
        return None
    read_hours(value, "quiet_hours")
    first, last = value
    return first.strip(), last.strip()


def _values(value: Any) -> str:
    """Return the values of an action as canonical JSON text."""
    try:
        text = canonical(_plain(dict(value), "values"))
        json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error, InvalidArgumentError):
            raise
        raise InvalidArgumentError(
            "values must be what JSON has: texts, numbers, true, false, lists and mappings."
        ) from None
    return text


def _plain(value: Any, name: str) -> Any:
    """Refuse what JSON would write as something else, and thus read as something else."""
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise InvalidArgumentError(f"{name} must have texts as names, at every depth.")
        return {key: _plain(one, name) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one, name) for one in value]
    return value


def arguments_shown(fields: Mapping[str, Any]) -> str:
    """Return ``name=value, ...``.

    Examples
    --------
    >>> arguments_shown({"once_per": "7d", "max_attempts": 3})
    "once_per='7d', max_attempts=3"
    """
    return ", ".join(f"{name}={value!r}" for name, value in fields.items())


Version = Annotated[int, PlainValidator(_whole)]
Attempts = Annotated[int, PlainValidator(_whole)]
Share = Annotated[float, PlainValidator(_share)]
OptionalPurpose = Annotated[str | None, PlainValidator(_purpose)]
Rates = Annotated[tuple[tuple[str, str], ...], PlainValidator(_rates)]
Hours = Annotated[tuple[str, str] | None, PlainValidator(_hours)]
Values = Annotated[str, PlainValidator(_values)]
