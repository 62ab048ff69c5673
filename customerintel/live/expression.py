"""What terms and conditions share: they are told apart by their key, and joined."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, NoReturn

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.frozen import Frozen, canonical

__all__ = [
    "Condition",
    "Expression",
    "Term",
    "plain_number",
    "read_number",
]


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

    @abstractmethod
    def _data(self) -> dict[str, Any]:
        """Return the fields that JSON has of it."""

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
