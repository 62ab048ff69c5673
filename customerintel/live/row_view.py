"""One customer at one moment, as Python predicates and explanations see her."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import NEVER, W_FREQUENCY, W_LAST, W_MONETARY
from customerintel.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from customerintel.live.plan import Plan
    from customerintel.live.state import FoldState
    from customerintel.live.terms import Count, Sum

__all__ = ["RowView"]

_NOTHING: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class RowView:
    """What is known of one customer at one moment; made by the engine, read by predicates.

    Parameters
    ----------
    customer_id : str
        Who.
    time : int
        The moment, microseconds UTC.
    event_name : str or None
        Of the triggering event; None where time triggers.
    properties : mapping of str to float
        Numbers of the triggering event that the predicate names in `reads`; NaN where missing.
    relationship : str or None
        Kind of relationship as of the last refresh.
    """

    customer_id: str = field(repr=False)
    time: int
    event_name: str | None = None
    properties: Mapping[str, float] = field(default_factory=lambda: _NOTHING, repr=False)
    relationship: str | None = None
    _state: FoldState = field(repr=False, kw_only=True)
    _plan: Plan = field(repr=False, kw_only=True)
    _row: int = field(repr=False, kw_only=True)
    _segments: tuple[str, ...] = field(default=(), repr=False, kw_only=True)
    _values: NDArray[np.float64] | None = field(default=None, repr=False, kw_only=True)
    #: Moment whose day, hour and minute are the current ones; at the end of a day, that day's.
    _current: int | None = field(default=None, repr=False, kw_only=True)

    def _word(self, place: int) -> int:
        return int(self._state.words[self._row, place])

    def count(self, counter: Count) -> float:
        """Return what a `Count` that some rule has comes to.

        Raises
        ------
        InvalidArgumentError
            If no rule counts that, so that nobody kept it.
        """
        return self._counted(counter, counter.n_buckets)

    def sum(self, counter: Sum) -> float:
        """Return what a `Sum` that some rule has comes to; errors as of `count`."""
        return self._counted(counter, counter.n_buckets)

    def trend(self, counter: Any, n_days: int) -> tuple[float, float]:
        """Return what a counter came to by the last day end, in its window and the one before."""
        midnight = int(self._plan.edges[self._plan.day_of(self.time)])
        now = self._counted(counter, n_days, midnight - 1)
        return now, self._counted(counter, 2 * n_days, midnight - 1) - now

    def _counted(self, counter: Any, n_buckets: int, at: int | None = None) -> float:
        key = (counter.on.key, counter.grain_us or 0, getattr(counter, "of", ""))
        if key not in self._plan.counters:
            raise InvalidArgumentError(
                f"No rule has {counter!r}, so it was not counted. Put it into the where of the "
                "rule, or count what a rule has."
            )
        held = self._plan.counters[key].held
        if counter.window_us is not None and n_buckets > held:
            raise InvalidArgumentError(
                f"{counter!r} looks back further than any rule, so that the events are forgotten."
            )
        if at is None:
            at = self.time if self._current is None else self._current
        return float(self._state.count(self._row, key, n_buckets, at))

    @property
    def segment(self) -> str | None:
        """Name of the segment; None without purchases, or without cut points."""
        code = int(self._state.segment(self._row, self.time))
        return None if code < 0 else self._segments[code]

    @property
    def frequency(self) -> int:
        """Days with a purchase."""
        return self._word(W_FREQUENCY)

    @property
    def monetary(self) -> float:
        """Net spend."""
        return float(self._state.floats[self._row, W_MONETARY])

    @property
    def last_purchase(self) -> int | None:
        """Moment of the last purchase, microseconds UTC."""
        last = self._word(W_LAST)
        return None if last == NEVER else last

    @property
    def time_since_last(self) -> float:
        """Local days from that of the last purchase to today; NaN without one."""
        last = self.last_purchase
        if last is None:
            return float("nan")
        return float(self._plan.day_of(self.time) - self._plan.day_of(last))

    @property
    def probability_alive(self) -> float:
        """Probability that the customer still buys; NaN without a purchase or a model."""
        return float(self._state.alive(self._row, self.time))

    def score(self, name: str) -> float:
        """Return a score as of the last refresh; NaN where there is none.

        Raises
        ------
        InvalidArgumentError
            If no rule reads a score of that name.
        """
        for place, score in enumerate(self._plan.scores):
            if score.name == name:
                return float(self._state.floats[self._row, self._plan.score_offset + place])
        raise InvalidArgumentError(
            f"No rule reads a score of the name {name!r}, so the engine keeps none. Put "
            f"Score({name!r}) into the where of the rule."
        )

    # -- for `holds`: the event's properties as the rules read them ------------------------

    def number(self, path: tuple[str, ...]) -> float:
        """Return a property of the triggering event as a number; NaN where it is none."""
        slot = self._plan.slots.get((path, None))
        return float("nan") if slot is None or self._values is None else float(self._values[slot])

    def text_is(self, path: tuple[str, ...], text: str) -> bool | None:
        """Tell whether a property of the triggering event is a text; None: there is none."""
        for (one, texts), slot in self._plan.slots.items():
            if one == path and texts is not None and text in texts and self._values is not None:
                code = float(self._values[slot])
                return None if np.isnan(code) else code == texts.index(text) + 1
        return None
