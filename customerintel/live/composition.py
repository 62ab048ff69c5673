"""Conditions made of terms and of other conditions: comparisons, and, or, not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import PlainValidator

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.expression import Condition, Expression, Term, plain_number
from customerintel.live.expression_fields import AnyCondition, read_condition

__all__ = ["OPERATORS", "And", "Compare", "Not", "Or"]

#: Signs of the comparisons.
OPERATORS: Final = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}


def _read_left(value: Any) -> Term:
    if not isinstance(value, Term):
        raise InvalidArgumentError(
            "left must be a term, such as Count('Visit', window='7d') or P('cart_total'); got "
            f"{type(value).__name__}."
        )
    return value


def _read_op(value: Any) -> str:
    if not isinstance(value, str) or value not in OPERATORS:
        raise InvalidArgumentError(f"op must be one of {', '.join(OPERATORS)}.")
    return value


class Compare(Condition):
    """A term compared with a number or a text: ``Count("Visit", window="7d") >= 3``.

    Parameters
    ----------
    left : term
        `Count`, `Sum`, `P`, `Score`, `TimeSinceLast`, `Frequency`, `Monetary` or
        `ProbabilityAlive`.
    op : {"gt", "ge", "lt", "le", "eq", "ne"}
        The comparison.
    right : number or str
        What it is compared with: a number; of `P`, with == and !=, also a text; of
        `TimeSinceLast`, days or a length such as ``"60d"``.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import P
    >>> P("plan") == "gold"
    P('plan') == 'gold'
    """

    tag: ClassVar[str] = "compare"

    left: Annotated[Term, PlainValidator(_read_left)]
    op: Annotated[Literal["gt", "ge", "lt", "le", "eq", "ne"], PlainValidator(_read_op)]
    right: Any
    """A float (days, for `TimeSinceLast`) or, of `P`, a text."""

    def __init__(self, left: Term, op: str, right: float | str) -> None:
        if isinstance(left, Term) and isinstance(op, str) and op in OPERATORS:
            right = left.read_right(right, op)
        self._fill({"left": left, "op": op, "right": right})

    def _data(self) -> dict[str, Any]:
        return {"left": self.left.to_data(), "op": self.op, "right": plain_number(self.right)}

    def _key_data(self) -> Any:
        return [self.op, self.left._key_data(), self.right]

    def parts_within(self) -> Iterator[Expression]:
        """Yield the expressions that it is made of, not those inside of them."""
        yield self.left

    def __repr__(self) -> str:
        return f"{self.left!r} {OPERATORS[self.op]} {plain_number(self.right)!r}"


def _read_parts(value: Any) -> tuple[Condition, ...]:
    if isinstance(value, (str, Expression)) or not isinstance(value, Iterable):
        raise InvalidArgumentError(f"parts must be conditions; got {type(value).__name__}.")
    parts = tuple(read_condition(one, "each of parts") for one in value)
    if len(parts) < 2:
        raise InvalidArgumentError(f"parts must be at least two conditions; got {len(parts)}.")
    return parts


class _Composed(Condition):
    """Several conditions; nested ones of the same kind are joined into one."""

    sign: ClassVar[str]

    parts: Annotated[tuple[Condition, ...], PlainValidator(_read_parts)]

    def __init__(self, parts: Iterable[Condition]) -> None:
        self._fill({"parts": self._flat(parts)})

    @classmethod
    def _flat(cls, parts: Any) -> Any:
        if isinstance(parts, (str, Expression)) or not isinstance(parts, Iterable):
            return parts
        return [
            inner for part in parts for inner in (part.parts if isinstance(part, cls) else (part,))
        ]

    def _data(self) -> dict[str, Any]:
        return {"parts": [part.to_data() for part in self.parts]}

    def _key_data(self) -> Any:
        keys = {part.key: part._key_data() for part in self.parts}
        ordered = [keys[key] for key in sorted(keys)]
        return ordered[0] if len(ordered) == 1 else [self.tag, *ordered]

    def parts_within(self) -> Iterator[Expression]:
        """Yield the expressions that it is made of, not those inside of them."""
        yield from self.parts

    def __repr__(self) -> str:
        return f" {self.sign} ".join(map(_in_brackets, self.parts))


class And(_Composed):
    """All of several conditions: ``a & b``."""

    tag: ClassVar[str] = "and"
    sign: ClassVar[str] = "&"

    def __init__(self, parts: Iterable[Condition]) -> None:
        super().__init__(parts)


class Or(_Composed):
    """At least one of several conditions: ``a | b``."""

    tag: ClassVar[str] = "or"
    sign: ClassVar[str] = "|"

    def __init__(self, parts: Iterable[Condition]) -> None:
        super().__init__(parts)


class Not(Condition):
    """The contrary of a condition: ``~a``."""

    tag: ClassVar[str] = "not"

    part: AnyCondition

    def __init__(self, part: Condition) -> None:
        self._fill({"part": part})

    def _data(self) -> dict[str, Any]:
        return {"part": self.part.to_data()}

    def _key_data(self) -> Any:
        inner = self.part
        if isinstance(inner, Not):
            return inner.part._key_data()
        return ["not", inner._key_data()]

    def parts_within(self) -> Iterator[Expression]:
        """Yield the expressions that it is made of, not those inside of them."""
        yield self.part

    def __repr__(self) -> str:
        return f"~{_in_brackets(self.part)}"


def _in_brackets(part: Condition) -> str:
    return f"({part!r})" if isinstance(part, (Compare, _Composed)) else repr(part)
