"""`On`: which events a condition or a count is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, overload

from pydantic import PlainValidator, ValidationInfo

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.expression import Condition, Expression
from customerintel.live.expression_fields import OptionalCondition, OptionalName
from customerintel.live.walking import faults_of_event_condition
from customerintel.schema import EventKind
from customerintel.schema.event_kinds import is_known_event, kind_of_event
from customerintel.schema.event_names import folded

__all__ = ["AnyOn", "On", "read_on"]


class _Kind:
    """``On.kind("visit")`` makes a filter; ``on.kind`` is what it was made of."""

    @overload
    def __get__(self, one: None, owner: type[On]) -> Callable[..., On]: ...
    @overload
    def __get__(self, one: On, owner: type[On]) -> str | None: ...
    def __get__(self, one: On | None, owner: type[On]) -> Callable[..., On] | str | None:
        if one is not None:
            return one.interaction

        def of_kind(kind: str, where: Condition | None = None) -> On:
            """Return the filter of all events of a kind, such as "visit" or "purchase"."""
            return owner(kind=kind, where=where)

        return of_kind


def _read_kind(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not is_known_event(value):
        words = ", ".join(kind.value for kind in EventKind)
        raise InvalidArgumentError(f"kind must be one of the kinds of event: {words}.")
    return kind_of_event(value).value


class On(Condition):
    """An event of one name, or of one kind; as a condition, true at the moment of the event.

    Parameters
    ----------
    event : str, optional
        Name, such as ``"Order Completed"``; case, blanks, hyphens and underscores do not count.
        Calls without a name are "Page", "Screen", "Identify", "Group" and "Alias".
    kind : str, optional
        Instead of a name, a kind such as ``"visit"``, which many names stand for; also written
        ``On.kind("visit")``.
    where : condition, optional
        Only events of which this is true; a condition of `P` alone.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import On, P
    >>> On("Order Completed", where=P("total") >= 100)
    On('Order Completed', where=P('total') >= 100)
    >>> On("order_completed") == On("Order Completed")
    True
    """

    tag: ClassVar[str] = "on"
    kind: ClassVar[_Kind] = _Kind()

    event: OptionalName = None
    interaction: Annotated[str | None, PlainValidator(_read_kind)] = None
    where: OptionalCondition = None

    def __init__(
        self,
        event: str | None = None,
        kind: str | None = None,
        where: Condition | None = None,
    ) -> None:
        self._fill({"event": event, "interaction": kind, "where": where})

    @classmethod
    def _made(cls, fields: dict[str, Any]) -> On:
        fields = dict(fields)
        return cls(kind=fields.pop("kind", fields.pop("interaction", None)), **fields)

    def _faults(self) -> list[str]:
        faults = []
        if (self.event is None) == (self.interaction is None):
            faults.append("give the name of an event or a kind, one of the two.")
        elif self.event is not None and not folded(self.event):
            faults.append("event must hold a letter or a digit.")
        if self.where is not None:
            faults += faults_of_event_condition(self.where)
        return faults

    @property
    def folded_name(self) -> str | None:
        """The name by which events are compared; None for a kind."""
        return None if self.event is None else folded(self.event)

    def _data(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.event is not None:
            found["event"] = self.event
        if self.interaction is not None:
            found["kind"] = self.interaction
        if self.where is not None:
            found["where"] = self.where.to_data()
        return found

    def _key_data(self) -> Any:
        where = None if self.where is None else self.where._key_data()
        return ["on", self.folded_name, self.interaction, where]

    def parts_within(self) -> Iterator[Expression]:
        """Yield the expressions that it is made of, not those inside of them."""
        if self.where is not None:
            yield self.where

    def __repr__(self) -> str:
        where = "" if self.where is None else f", where={self.where!r}"
        if self.event is None:
            return f"On.kind({self.interaction!r}{where})"
        return f"On({self.event!r}{where})"


def read_on(value: object, name: str) -> On:
    """Return a filter of events; a text is the name of an event."""
    if isinstance(value, On):
        return value
    if isinstance(value, str):
        return On(value)
    raise InvalidArgumentError(
        f"{name} must be On(...) or the name of an event; got {type(value).__name__}."
    )


def _on(value: Any, info: ValidationInfo) -> On:
    return read_on(value, str(info.field_name))


AnyOn = Annotated[On, PlainValidator(_on)]
