"""What terms and conditions share: frozen, told apart by their key, with all faults at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NoReturn, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from customerintel.exceptions import InvalidArgumentError

__all__ = [
    "Condition",
    "Expression",
    "Frozen",
    "Term",
    "canonical",
    "faults_of",
    "plain_number",
    "read_number",
]


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

    def _fill(self, fields: Mapping[str, Any]) -> None:
        """Set the fields, or refuse with all of their faults."""
        try:
            BaseModel.__init__(self, **fields)
        except ValidationError as error:
            faults = [*faults_of(error), *self._faults_among(fields)]
        else:
            faults = [*self._faults_among(self.__dict__), *self._faults()]
        if faults:
            count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
            lines = "".join(f"\n- {fault}" for fault in faults)
            raise InvalidArgumentError(f"{self._title(fields)} has {count}:{lines}")

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


class Expression(Frozen):
    """A term or a condition. Equal expressions have equal keys, and one state in an engine."""

    tag: ClassVar[str]
    """What stands under ``"is"`` in JSON."""

    @property
    def key(self) -> str:
        """Canonical text: the same for all ways to write the same."""
        return canonical(self._key_data())

    def to_data(self) -> dict[str, Any]:
        """Return what JSON has of it, with defaults left out."""
        return {"is": self.tag, **self._data()}

    def _data(self) -> dict[str, Any]:
        raise NotImplementedError

    def _key_data(self) -> Any:
        return self.to_data()

    def parts_within(self) -> Iterator[Expression]:
        """Yield the expressions that it is made of, not those inside of them."""
        yield from ()

    def __hash__(self) -> int:
        return hash(self.key)

    def __bool__(self) -> bool:
        raise InvalidArgumentError(
            "A condition of a rule is neither true nor false by itself. Join conditions with "
            "'&', '|' and '~' (not 'and', 'or', 'not'), with brackets around each comparison, and "
            "write a < x < b as (x > a) & (x < b)."
        )


class Condition(Expression):
    """What is true or false of a customer; joined with ``&``, ``|`` and ``~``."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Condition):
            return NotImplemented
        return self.key == other.key

    __hash__ = Expression.__hash__

    def __and__(self, other: Condition) -> Condition:
        from customerintel.live.composition import And

        return And((self, _joined(other)))

    def __or__(self, other: Condition) -> Condition:
        from customerintel.live.composition import Or

        return Or((self, _joined(other)))

    def __invert__(self) -> Condition:
        from customerintel.live.composition import Not

        return Not(self)

    def __rand__(self, other: object) -> NoReturn:
        _joined(other)
        raise AssertionError  # a condition would have joined by itself

    __ror__ = __rand__


def _joined(other: object) -> Condition:
    if isinstance(other, Condition):
        return other
    if isinstance(other, Term):
        what = f"{type(other).__name__} without a comparison"
    else:
        what = type(other).__name__
    raise InvalidArgumentError(
        f"'&' and '|' join conditions; got {what}. Put brackets around each comparison, as in "
        "Segment('At Risk') & (P('cart_total') > 20)."
    )


class Term(Expression):
    """A number or a text of a customer or an event; comparing it gives a condition.

    Two terms are not compared with each other: ``==`` between them tells whether they are the
    same term.
    """

    def __eq__(self, other: object) -> Any:
        if isinstance(other, Term):
            return self.key == other.key
        return self._compare("eq", other)

    def __ne__(self, other: object) -> Any:
        if isinstance(other, Term):
            return self.key != other.key
        return self._compare("ne", other)

    __hash__ = Expression.__hash__

    def __gt__(self, other: object) -> Condition:
        return self._compare("gt", other)

    def __ge__(self, other: object) -> Condition:
        return self._compare("ge", other)

    def __lt__(self, other: object) -> Condition:
        return self._compare("lt", other)

    def __le__(self, other: object) -> Condition:
        return self._compare("le", other)

    def _compare(self, op: str, other: Any) -> Condition:
        from customerintel.live.composition import Compare

        return Compare(self, op, other)

    def read_right(self, value: object, op: str) -> float | str:
        """Return what the term is compared with; by default a number."""
        del op
        return read_number(value, f"what {type(self).__name__} is compared with")

    def __and__(self, other: object) -> NoReturn:
        _joined(self)
        raise AssertionError  # a term joins nothing

    __or__ = __rand__ = __ror__ = __and__

    def __invert__(self) -> NoReturn:
        _joined(self)
        raise AssertionError  # nor is it negated


def read_number(value: object, name: str) -> float:
    """Return a finite number, true and false as 1 and 0."""
    from math import isfinite
    from numbers import Real

    if isinstance(value, Real) and isfinite(value):
        return float(value) + 0.0  # -0.0 is 0.0
    shown = "an infinite or missing number" if isinstance(value, Real) else type(value).__name__
    raise InvalidArgumentError(f"{name} must be a finite number; got {shown}.")


def plain_number(value: float | str) -> float | int | str:
    """Return 20.0 as 20, where that is the same number; a text as it is."""
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return int(value) if is_whole else value
