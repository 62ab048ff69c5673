"""What a rule waits for: events, their absence, sequences, drops and rises, segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.composition import And, Compare, Not, Or
from customerintel.live.event_filter import AnyOn, On, read_on
from customerintel.live.expression import Condition, Expression
from customerintel.live.expression_fields import AnyLength, Names, read_names
from customerintel.live.lengths import read_length
from customerintel.live.predicate import Predicate
from customerintel.live.trends import Drop, Rise

__all__ = [
    "Absence",
    "And",
    "Compare",
    "Drop",
    "Entered",
    "Exited",
    "Not",
    "On",
    "Or",
    "Predicate",
    "Relationship",
    "Rise",
    "Segment",
    "Sequence",
]


class Absence(Condition):
    """One event is not followed by another in time; true at the deadline.

    The latest `after` event arms it, an `of` event before the deadline disarms it, and at
    arming + `within` it is true once. `after` and `of` may be the same: silence.

    Parameters
    ----------
    after, of : On or str
        What arms it, and what is then waited for; a text is the name of an event.
    within : str or datetime.timedelta
        How long, such as ``"30m"``.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import Absence
    >>> Absence(after="Product Added", of="Order Completed", within="30m")
    Absence(after=On('Product Added'), of=On('Order Completed'), within='30m')
    """

    tag: ClassVar[str] = "absence"

    after: AnyOn
    of: AnyOn
    within: AnyLength

    def __init__(self, after: On | str, of: On | str, within: Any) -> None:
        self._fill({"after": after, "of": of, "within": within})

    @property
    def within_us(self) -> int:
        """The length in microseconds."""
        return read_length(self.within, "within")

    @property
    def is_silence(self) -> bool:
        """Whether one filter is both `after` and `of`."""
        return self.after == self.of

    def _data(self) -> dict[str, Any]:
        return {"after": self.after.to_data(), "of": self.of.to_data(), "within": self.within}

    def _key_data(self) -> Any:
        return [self.tag, self.after._key_data(), self.of._key_data(), self.within_us]

    def parts_within(self) -> Iterator[Expression]:
        """Yield the expressions that it is made of, not those inside of them."""
        yield from (self.after, self.of)

    def __repr__(self) -> str:
        return f"Absence(after={self.after!r}, of={self.of!r}, within={self.within!r})"


def _read_steps(value: Any) -> tuple[On, ...]:
    if isinstance(value, (str, Expression)) or not isinstance(value, Iterable):
        raise InvalidArgumentError(f"steps must be events; got {type(value).__name__}.")
    steps = tuple(read_on(one, "each step") for one in value)
    if not 2 <= len(steps) <= Sequence.MOST:
        raise InvalidArgumentError(
            f"a sequence has from 2 to {Sequence.MOST} steps; got {len(steps)}. For one, use On."
        )
    return steps


class Sequence(Condition):
    """Events in this order, others between them or not; true at the last of them.

    Parameters
    ----------
    *steps : On or str
        From 2 to 16; a text is the name of an event.
    within : str or datetime.timedelta
        From the first to the last at most.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import Sequence
    >>> Sequence("Product Viewed", "Cart Viewed", within="1h")
    Sequence(On('Product Viewed'), On('Cart Viewed'), within='1h')
    """

    tag: ClassVar[str] = "sequence"
    MOST: ClassVar[int] = 16

    steps: Annotated[tuple[On, ...], PlainValidator(_read_steps)]
    within: AnyLength

    def __init__(self, *steps: On | str, within: Any) -> None:
        self._fill({"steps": steps, "within": within})

    @classmethod
    def _made(cls, fields: dict[str, Any]) -> Sequence:
        fields = dict(fields)
        steps = fields.pop("steps", ())
        return cls(*_read_steps(steps), **fields)

    @property
    def within_us(self) -> int:
        """The length in microseconds."""
        return read_length(self.within, "within")

    def _data(self) -> dict[str, Any]:
        return {"steps": [step.to_data() for step in self.steps], "within": self.within}

    def _key_data(self) -> Any:
        return [self.tag, [step._key_data() for step in self.steps], self.within_us]

    def parts_within(self) -> Iterator[Expression]:
        """Yield the expressions that it is made of, not those inside of them."""
        yield from self.steps

    def __repr__(self) -> str:
        return f"Sequence({', '.join(map(repr, self.steps))}, within={self.within!r})"


class _OfNames(Condition):
    """True of customers with one of some names."""

    names: Names

    def __init__(self, *names: str) -> None:
        self._fill({"names": names})

    @classmethod
    def _made(cls, fields: dict[str, Any]) -> Any:
        unknown = set(fields) - {"names"}
        if unknown:
            raise InvalidArgumentError(f"{cls.__name__} takes names alone.")
        return cls(*read_names(fields.get("names", ()), "names"))

    def _data(self) -> dict[str, Any]:
        return {"names": list(self.names)}

    def _key_data(self) -> Any:
        return [self.tag, *sorted(self.names)]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.names))})"


class Segment(_OfNames):
    """The customer is in one of these segments, by the live RFM and the engine's scheme.

    Examples
    --------
    >>> from customerintel.live import Segment
    >>> Segment("At Risk", "About To Sleep")
    Segment('At Risk', 'About To Sleep')
    """

    tag: ClassVar[str] = "segment"

    def __init__(self, *names: str) -> None:  # here and below for type checkers: not inherited
        super().__init__(*names)


class Entered(_OfNames):
    """The customer enters one of these segments from outside of them; a whole `when`."""

    tag: ClassVar[str] = "entered"

    def __init__(self, *names: str) -> None:
        super().__init__(*names)


class Exited(_OfNames):
    """The customer leaves these segments; a whole `when`."""

    tag: ClassVar[str] = "exited"

    def __init__(self, *names: str) -> None:
        super().__init__(*names)


class Relationship(_OfNames):
    """The customer's relationship has one of these labels, as of the engine's last refresh."""

    tag: ClassVar[str] = "relationship"

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
