"""`Predicate`: a Python function of the customer as a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.expression import Condition
from customerintel.live.expression_fields import Name, read_names

__all__ = ["Predicate"]


def _read_function(value: Any) -> Callable[..., Any]:
    if not callable(value):
        raise InvalidArgumentError(
            f"function must be callable with a RowView; got {type(value).__name__}."
        )
    found: Callable[..., Any] = value
    return found


def _read_reads(value: Any) -> tuple[str, ...]:
    return read_names(value, "reads")


class Predicate(Condition):
    """A Python function of the customer, asked where everything else of a `where` is true.

    One that raises counts as false, and the engine reports it. Rules with one are not written
    to files; two predicates are the same if they have the same name and read the same.

    Parameters
    ----------
    function : callable
        Called with a `RowView`; what it returns counts as true or false.
    name : str, optional
        For reports and for telling versions apart; by default the function's own (a lambda: none).
    reads : sequence of str
        Properties of the triggering event that it reads as numbers, from ``row.properties``; what
        is no number is NaN there. A text is compared beside it: ``P("plan") == "gold"``.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import Predicate
    >>> Predicate(lambda row: row.monetary > 2 * row.frequency, name="big-spender")
    Predicate('big-spender')
    >>> def above_usual(row):
    ...     return row.properties["cart.total"] > row.monetary / max(row.frequency, 1)
    >>> Predicate(above_usual, reads=["cart.total"])
    Predicate('above_usual', reads=('cart.total',))
    """

    tag: ClassVar[str] = "predicate"

    function: Annotated[Callable[..., Any], PlainValidator(_read_function)]
    name: Name
    reads: Annotated[tuple[str, ...], PlainValidator(_read_reads)] = ()

    def __init__(
        self, function: Callable[..., Any], name: str | None = None, reads: Iterable[str] = ()
    ) -> None:
        if name is None:
            name = getattr(function, "__name__", type(function).__name__)
            if name == "<lambda>":
                raise InvalidArgumentError(
                    "A lambda has no name, by which one version of a rule is told from the next. "
                    "Give name='…', or a function of its own."
                )
        self._fill({"function": function, "name": name, "reads": reads})

    def _data(self) -> dict[str, Any]:
        """Refuse: a function cannot be written."""
        raise InvalidArgumentError(
            f"The predicate {self.name!r} is a Python function and cannot be written to JSON. "
            "Keep this rule in code, or say the same with conditions."
        )

    def _key_data(self) -> Any:
        return [self.tag, self.name, *sorted(self.reads)]

    def __repr__(self) -> str:
        reads = f", reads={self.reads!r}" if self.reads else ""
        return f"Predicate({self.name!r}{reads})"
