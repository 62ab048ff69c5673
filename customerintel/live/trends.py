"""`Drop` and `Rise`: a count or a sum against the time before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.expression import Condition, Expression, plain_number
from customerintel.live.expression_fields import AnyLength, Factor
from customerintel.live.grains import MOST_BUCKETS
from customerintel.live.lengths import DAY_US, read_length, write_length
from customerintel.live.terms import Count, Sum

__all__ = ["Drop", "Rise"]


def _read_measure(value: Any) -> Count | Sum:
    if not isinstance(value, (Count, Sum)):
        raise InvalidArgumentError(
            f"measure must be Count(...) or Sum(...); got {type(value).__name__}."
        )
    if value.window is not None:
        raise InvalidArgumentError(
            "measure must have no window of its own: give the window beside it."
        )
    return value


def _read_versus(value: Any) -> str:
    if value != "previous":
        raise InvalidArgumentError("versus must be 'previous', the window before.")
    return str(value)


class _Trend(Condition):
    """A measure over the last n days against the n days before them, at each day's end."""

    measure: Annotated[Count | Sum, PlainValidator(_read_measure)]
    window: AnyLength
    versus: Annotated[str, PlainValidator(_read_versus)] = "previous"
    by: Factor
    at_least: Factor = 1.0

    def __init__(
        self,
        measure: Count | Sum,
        window: Any,
        versus: str = "previous",
        *,
        by: float,
        at_least: float = 1,
    ) -> None:
        self._fill(
            {"measure": measure, "window": window, "versus": versus, "by": by, "at_least": at_least}
        )

    def _faults(self) -> list[str]:
        faults = []
        if self.window_us % DAY_US:
            faults.append("window must be whole days: it is looked at when a day ends.")
        elif 2 * self.n_days > MOST_BUCKETS:
            faults.append(f"window must be at most {MOST_BUCKETS // 2:,} days.")
        if self.at_least <= 0:
            faults.append(
                "at_least must be more than 0; from nothing, there is no share to fall or rise by."
            )
        return faults

    @property
    def window_us(self) -> int:
        """The window in microseconds."""
        return read_length(self.window, "window")

    @property
    def n_days(self) -> int:
        """The window in days."""
        return self.window_us // DAY_US

    @property
    def counter(self) -> Count | Sum:
        """What is kept for it: the measure by day, over both windows."""
        both = write_length(2 * self.window_us)
        if isinstance(self.measure, Sum):
            return Sum(self.measure.on, self.measure.of, window=both, grain="day")
        return Count(self.measure.on, window=both, grain="day")

    def _data(self) -> dict[str, Any]:
        return {
            "measure": self.measure.to_data(),
            "window": self.window,
            "by": plain_number(self.by),
            "at_least": plain_number(self.at_least),
        }

    def _key_data(self) -> Any:
        return [self.tag, self.measure._key_data(), self.window_us, self.by, self.at_least]

    def parts_within(self) -> Iterator[Expression]:
        """Yield the expressions that it is made of, not those inside of them."""
        yield self.measure

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.measure!r}, window={self.window!r}, "
            f"by={plain_number(self.by)!r}, at_least={plain_number(self.at_least)!r})"
        )


class Drop(_Trend):
    """A count or a sum fell against the window before, seen when a day ends.

    Parameters
    ----------
    measure : Count or Sum
        Of what, without a window.
    window : str or datetime.timedelta
        Whole days: the last ones, and as many before them.
    versus : {"previous"}
        What it is compared with.
    by : float
        Share by which it fell at least, in (0, 1]: 0.5 is to a half or less.
    at_least : float, default 1
        The window before has at least this much.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import Count, Drop
    >>> Drop(Count("Visit"), window="14d", by=0.5, at_least=4)
    Drop(Count(On('Visit')), window='14d', by=0.5, at_least=4)
    """

    tag: ClassVar[str] = "drop"

    def __init__(
        self,
        measure: Count | Sum,
        window: Any,
        versus: str = "previous",
        *,
        by: float,
        at_least: float = 1,
    ) -> None:
        super().__init__(measure, window, versus, by=by, at_least=at_least)

    def _faults(self) -> list[str]:
        is_share = 0 < self.by <= 1
        return super()._faults() + ["by must be more than 0 and at most 1."] * (not is_share)


class Rise(_Trend):
    """A count or a sum rose against the window before, seen when a day ends.

    Parameters
    ----------
    measure, window, versus
        As of `Drop`.
    by : float
        Share by which it rose at least, more than 0: 0.5 is by a half or more.
    at_least : float, default 1
        The last window has at least this much.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.
    """

    tag: ClassVar[str] = "rise"

    def __init__(
        self,
        measure: Count | Sum,
        window: Any,
        versus: str = "previous",
        *,
        by: float,
        at_least: float = 1,
    ) -> None:
        super().__init__(measure, window, versus, by=by, at_least=at_least)

    def _faults(self) -> list[str]:
        return super()._faults() + ["by must be more than 0."] * (self.by <= 0)
