"""What the fields of terms and conditions may hold; each fault says what to give."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.expression import Condition, Term, read_number
from customerintel.live.lengths import read_length, write_length

__all__ = [
    "AnyCondition",
    "AnyLength",
    "Factor",
    "Name",
    "Names",
    "OptionalCondition",
    "OptionalLength",
    "OptionalName",
    "read_name",
    "read_names",
]

_LONGEST = 512


def read_name(value: object, name: str) -> str:
    """Return a text that is not empty, without the blanks around it."""
    if not isinstance(value, str) or not value.strip():
        shown = "an empty text" if isinstance(value, str) else type(value).__name__
        raise InvalidArgumentError(f"{name} must be a text that is not empty; got {shown}.")
    text = str(value).strip()
    if len(text) > _LONGEST or not text.isprintable():
        raise InvalidArgumentError(
            f"{name} must be one line of at most {_LONGEST} characters that can be printed."
        )
    return text


def read_names(value: object, name: str) -> tuple[str, ...]:
    """Return names, each once, in the order given."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidArgumentError(f"{name} must be names; got {type(value).__name__}.")
    return tuple(dict.fromkeys(read_name(one, f"each of {name}") for one in value))


def read_condition(value: object, name: str) -> Condition:
    """Return a condition, or say what is missing to make one."""
    if isinstance(value, Condition):
        return value
    if isinstance(value, Term):
        raise InvalidArgumentError(
            f"{name} must be a condition; got {type(value).__name__} alone. Compare it, such as "
            f"{type(value).__name__}(...) >= 3."
        )
    raise InvalidArgumentError(
        f"{name} must be a condition, such as On('Visit'); got {type(value).__name__}."
    )


def length_text(value: object, name: str) -> str:
    """Check a length and return it as text: as given, or of a timedelta the shortest."""
    length = read_length(value, name)
    return write_length(length) if isinstance(value, timedelta) else str(value).strip()


def _field(info: ValidationInfo) -> str:
    return str(info.field_name)


def _name(value: Any, info: ValidationInfo) -> str:
    return read_name(value, _field(info))


def _names(value: Any, info: ValidationInfo) -> tuple[str, ...]:
    found = read_names(value, _field(info))
    if not found:
        raise InvalidArgumentError(f"{_field(info)} must be at least one name; got none.")
    return found


def _condition(value: Any, info: ValidationInfo) -> Condition:
    return read_condition(value, _field(info))


def _length(value: Any, info: ValidationInfo) -> str:
    return length_text(value, _field(info))


def _factor(value: Any, info: ValidationInfo) -> float:
    return read_number(value, _field(info))


def _optional(reader: Any) -> PlainValidator:
    def read(value: Any, info: ValidationInfo) -> Any:
        return None if value is None else reader(value, info)

    return PlainValidator(read)


Name = Annotated[str, PlainValidator(_name)]
OptionalName = Annotated[str | None, _optional(_name)]
Names = Annotated[tuple[str, ...], PlainValidator(_names)]
AnyCondition = Annotated[Condition, PlainValidator(_condition)]
OptionalCondition = Annotated[Condition | None, _optional(_condition)]
AnyLength = Annotated[str, PlainValidator(_length)]
OptionalLength = Annotated[str | None, _optional(_length)]
Factor = Annotated[float, PlainValidator(_factor)]
