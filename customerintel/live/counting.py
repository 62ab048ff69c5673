"""Counts and sums of events, kept in buckets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator, ValidationInfo

from customerintel.live.event_filter import AnyOn, On, read_on
from customerintel.live.expression import Condition, Expression, Term
from customerintel.live.expression_fields import Name, OptionalLength
from customerintel.live.grains import (
    default_grain,
    faults_of_window,
    grain_length,
    read_grain,
)
from customerintel.live.lengths import read_length

__all__ = ["Count", "Sum"]


def _grain(value: Any, info: ValidationInfo) -> str | None:
    return None if value is None else read_grain(value, str(info.field_name))


class _Counter(Term):
    """A number per customer, kept in buckets of a grain."""

    on: AnyOn
    window: OptionalLength = None
    grain: Annotated[str | None, PlainValidator(_grain)] = None
    """"minute", "hour" or "day"; None without a window."""

    def _faults(self) -> list[str]:
        return faults_of_window(self.window_us, self.grain)

    @property
    def window_us(self) -> int | None:
        """The window in microseconds; None: since ever."""
        return None if self.window is None else read_length(self.window, "window")

    @property
    def grain_us(self) -> int | None:
        """The grain in microseconds (a day: 86,400,000,000); None without a window."""
        return None if self.grain is None else grain_length(self.grain)

    @property
    def n_buckets(self) -> int:
        """Number of grains of the window; 1 without one."""
        return (
            1
            if self.window_us is None or self.grain_us is None
            else self.window_us // self.grain_us
        )

    def _data(self) -> dict[str, Any]:
        found: dict[str, Any] = {"on": self.on.to_data()}
        if self.window is not None:
            found |= {"window": self.window, "grain": self.grain}
        return found

    def _key_data(self) -> Any:
        return [self.tag, self.on._key_data(), self.window_us, self.grain]

    def parts_within(self) -> Iterator[Expression]:
        """Yield the expressions that it is made of, not those inside of them."""
        yield self.on

    def _window_shown(self) -> str:
        if self.window_us is None:
            return ""
        usual = self.grain == default_grain(self.window_us)
        return f", window={self.window!r}" + ("" if usual else f", grain={self.grain!r}")


class Count(_Counter):
    """How many events a customer has in a window.

    Parameters
    ----------
    event : str or On
        Which events; a text is their name.
    window : str or datetime.timedelta, optional
        How far to look back, such as ``"7d"``; by default since ever.
    where : condition, optional
        Only events of which this is true; a condition of `P`.
    grain : {"minute", "hour", "day"}, optional
        In what steps the window moves. By default minutes for windows under two hours, hours
        under two days, else calendar days of the engine's zone. The window is a whole number of
        grains: the current one and those before it.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Notes
    -----
    With a window, a customer has at most 65,535 events per grain; further ones in the same
    minute, hour or day are not counted. A rule that compares with a number that the window can
    never reach is refused. Without a window there is no limit.

    Examples
    --------
    >>> from customerintel.live import Count
    >>> often = Count("Product Viewed", window="7d") >= 25
    >>> often, often.left.grain
    (Count(On('Product Viewed'), window='7d') >= 25, 'day')
    """

    tag: ClassVar[str] = "count"

    def __init__(
        self,
        event: str | On,
        window: Any = None,
        where: Condition | None = None,
        grain: str | None = None,
    ) -> None:
        self._fill(
            {
                "on": _narrowed(event, where),
                "window": window,
                "grain": grain or default_grain(window),
            }
        )

    @classmethod
    def _made(cls, fields: dict[str, Any]) -> Count:
        fields = dict(fields)
        return cls(fields.pop("on", None), **fields)

    def __repr__(self) -> str:
        return f"Count({self.on!r}{self._window_shown()})"


class Sum(_Counter):
    """The sum of a property over the events of a customer in a window.

    Parameters
    ----------
    event : str or On
        Which events; a text is their name.
    of : str or P
        The property; an event without such a number adds nothing.
    window, grain : optional
        As of `Count`.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import Sum
    >>> Sum("Order Completed", of="total", window="30d") >= 500
    Sum(On('Order Completed'), of='total', window='30d') >= 500
    """

    tag: ClassVar[str] = "sum"

    of: Name

    def __init__(
        self, event: str | On, of: Any, window: Any = None, grain: str | None = None
    ) -> None:
        self._fill(
            {
                "on": event,
                "of": _name_of(of),
                "window": window,
                "grain": grain or default_grain(window),
            }
        )

    @classmethod
    def _made(cls, fields: dict[str, Any]) -> Sum:
        fields = dict(fields)
        return cls(fields.pop("on", None), fields.pop("of", None), **fields)

    @property
    def path(self) -> tuple[str, ...]:
        """Keys of the property, from the outside to the inside."""
        return tuple(self.of.split("."))

    def _data(self) -> dict[str, Any]:
        return {**super()._data(), "of": self.of}

    def _key_data(self) -> Any:
        return [*super()._key_data(), self.of]

    def __repr__(self) -> str:
        return f"Sum({self.on!r}, of={self.of!r}{self._window_shown()})"


def _name_of(of: Any) -> Any:
    """Return the name of a property, of `P` or as it is."""
    return getattr(of, "name", of) if isinstance(of, Term) and of.tag == "property" else of


def _narrowed(event: Any, where: Condition | None) -> Any:
    """Put a further condition into the filter of events."""
    if where is None:
        return event
    on = read_on(event, "event")
    return On(on.event, on.kind, where if on.where is None else on.where & where)
