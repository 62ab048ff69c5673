"""`Frozen`: parent of all parts of a rule, which never change and are written as JSON."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from customerintel.exceptions import InvalidArgumentError

__all__ = ["Frozen", "canonical", "faults_of", "listed"]

#: Says that what is read are the fields themselves, not what JSON has of them.
_FIELDS: Final = object()


def canonical(data: object) -> str:
    """Return the one JSON text of some data.

    Examples
    --------
    >>> canonical({"b": 1, "a": [2.0]})
    '{"a":[2.0],"b":1}'
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


class Frozen(BaseModel):
    """Parent of all parts of a rule; refuses with all faults of its fields in one message."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        defer_build=True,
    )

    @abstractmethod
    def to_data(self) -> dict[str, Any]:
        """Return what JSON has of it, with defaults left out."""

    @model_serializer(mode="plain")
    def _dumped(self) -> dict[str, Any]:
        """Let pydantic write it as `to_data` does."""
        return self.to_data()

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, given: Any, handler: Any, info: ValidationInfo) -> Any:
        """Let pydantic read what `to_data` wrote; estimators may be given as its context."""
        if info.context is _FIELDS or not isinstance(given, Mapping) or _holds_parts(given):
            return handler(given)
        from customerintel.live.rule_reading import part_of_data

        estimators = info.context.get("estimators") if isinstance(info.context, Mapping) else None
        return part_of_data(cls, given, estimators)

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """Return the JSON Schema of what `to_data` writes; all arguments are of no effect."""
        from customerintel.live.rule_schema import schema_of_part

        del args, options
        return schema_of_part(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """Return what a model that holds one says of it; `model_json_schema` says all."""
        del core, handler
        return {"title": cls.__name__, "type": "object"}

    def _fill(self, fields: Mapping[str, Any]) -> None:
        """Set the fields, or refuse with all of their faults."""
        try:
            self.__pydantic_validator__.validate_python(fields, self_instance=self, context=_FIELDS)
        except ValidationError as error:
            faults = [*faults_of(error), *self._faults_among(fields)]
        else:
            faults = [*self._faults_among(self.__dict__), *self._faults()]
        if faults:
            raise InvalidArgumentError(f"{self._title(fields)} has {listed(faults)}")

    @classmethod
    def _title(cls, fields: Mapping[str, Any]) -> str:
        del fields
        return cls.__name__

    def _faults(self) -> list[str]:
        """Check the fields against each other, each of them usable by itself."""
        return []

    @classmethod
    def _faults_among(cls, fields: Mapping[str, Any]) -> list[str]:
        """Check fields against each other of which some may be unusable."""
        del fields
        return []

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy; with an update, checked as any other values (`deep` is of no effect)."""
        del deep
        if not update:
            return self
        return self._made(
            {name: getattr(self, name) for name in type(self).model_fields} | dict(update)
        )

    @classmethod
    def _made(cls, fields: dict[str, Any]) -> Self:
        """Make one from all its fields by name."""
        return cls(**fields)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"{type(self).__name__} cannot be changed; {name!r} was not set. Make a new one."
        )

    def __delattr__(self, name: str) -> None:
        raise AttributeError(
            f"{type(self).__name__} cannot be changed; {name!r} was not deleted. Make a new one."
        )

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self

    def __str__(self) -> str:
        return repr(self)


def listed(faults: Sequence[str]) -> str:
    r"""Return how many faults there are, and a line for each.

    Examples
    --------
    >>> listed(["id is missing."])
    'a fault:\n- id is missing.'
    """
    count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
    return f"{count}:" + "".join(f"\n- {fault}" for fault in faults)


def faults_of(error: ValidationError) -> list[str]:
    """Return one line for each field that cannot be used, without its value."""
    faults = []
    for line in error.errors(include_url=False, include_input=False):
        field = str(line["loc"][0]) if line["loc"] else ""
        reason = line.get("ctx", {}).get("error")
        if line["type"] == "missing":
            faults.append(f"{field} is missing.")
        elif line["type"] == "extra_forbidden":
            faults.append(f"{field}: there is no argument of this name; leave it out.")
        else:
            faults.append(f"{field}: {line['msg']}." if reason is None else str(reason))
    return faults


def _holds_parts(given: Mapping[str, Any]) -> bool:
    """Tell whether there is something among the fields that no JSON has."""
    many = [one if isinstance(one, (list, tuple)) else [one] for one in given.values()]
    return any(isinstance(part, Frozen) for one in many for part in one)
