"""What rules want of an event: which class it is of, and which of its properties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.schema.event_kinds import EventKind, kind_of_event
from customerintel.schema.event_names import folded

__all__ = ["AMOUNT", "Property", "Wanted", "event_name"]

#: Path that stands for the money of a purchase or a return.
AMOUNT: Final = ("$amount",)
#: Names of the calls that carry no event name.
_CALLS: Final = {
    "page": "Page",
    "screen": "Screen",
    "identify": "Identify",
    "group": "Group",
    "alias": "Alias",
}
#: Names that are remembered; an endless vocabulary must not fill the memory.
_REMEMBERED: Final = 65_536


def event_name(event: str | None, call: str) -> str | None:
    """Return the name by which rules know an event.

    Parameters
    ----------
    event : str or None
        Its own name.
    call : str
        Call of the Segment Spec; it names an event without a name.

    Examples
    --------
    >>> event_name("Visit", "track"), event_name(None, "page")
    ('Visit', 'Page')
    """
    return event if event is not None else _CALLS.get(call)


@dataclass(frozen=True, slots=True)
class Property:
    """A property that becomes a column of numbers.

    Parameters
    ----------
    path : tuple of str
        Keys from `properties` inwards. `AMOUNT` is the first that is a number of the properties
        ``total`` and ``revenue`` and the `value` of the event.
    texts : tuple of str, optional
        Texts that it is compared with. None: a column of numbers.

    Notes
    -----
    NaN stands for a missing value. In a column of numbers true and false are 1 and 0, and a text
    that is a decimal number is that number. With `texts`, ``k + 1`` stands for ``texts[k]`` and 0
    for any other text, number or truth value.
    """

    path: tuple[str, ...]
    texts: tuple[str, ...] | None = None


class Wanted:
    """Classes and properties that one set of rules needs.

    Parameters
    ----------
    properties : sequence of Property
        One row of `EventBatch.values` each.
    classify : callable
        From the folded name of an event (empty if it has none) and its kind to its class; −1 if
        nothing needs it. It must depend on nothing else.

    Examples
    --------
    >>> wanted = Wanted([], lambda name, kind: 0 if kind is EventKind.VISIT else -1)
    >>> wanted.code_of("Store Visit", "track"), wanted.code_of("Moon Landed", "track")
    (0, -1)
    """

    def __init__(
        self, properties: Sequence[Property], classify: Callable[[str, EventKind], int]
    ) -> None:
        self.properties = tuple(properties)
        self._classify = classify
        self._known = _Sorts(self._sort_of)
        self._tracked = _Sorts(lambda name: self._sort_of((name, "track", None)))

    def __repr__(self) -> str:
        return f"Wanted({len(self.properties)} properties)"

    def code_of(self, name: str | None, call: str, kind: EventKind | None = None) -> int:
        """Return the class of an event; −1: nothing needs it.

        Parameters
        ----------
        name : str or None
            Its own name.
        call : str
            Call of the Segment Spec.
        kind : EventKind, optional
            Where the event says itself what kind it is of.
        """
        return self._known[name, call, kind] >> 1

    def sorts_of(
        self,
        names: Sequence[str | None],
        calls: Sequence[str],
        kinds: Sequence[EventKind | None] | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Return the classes of many events, and which of them are opt-outs."""
        n = len(names)
        if kinds is None and calls.count("track") == n:
            sorts = np.fromiter(map(self._tracked.__getitem__, names), np.int64, n)
        else:
            keys = zip(names, calls, kinds or [None] * n, strict=True)
            sorts = np.fromiter(map(self._known.__getitem__, keys), np.int64, n)
        return (sorts >> 1).astype(np.int32), (sorts & 1).astype(bool)

    def _sort_of(self, key: tuple[str | None, str, EventKind | None]) -> int:
        """Return twice the class, and one more for an opt-out."""
        name, call, kind = key
        known_as = event_name(name, call)
        kind = kind_of_event(known_as, call) if kind is None else kind
        if known_as is None and kind is not EventKind.OTHER:
            known_as = kind.value
        return 2 * int(self._classify(folded(known_as or ""), kind)) + (kind is EventKind.OPT_OUT)


class _Sorts(dict[Any, int]):
    """What was found before; a lookup is all that a known name costs."""

    def __init__(self, find: Callable[[Any], int]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: Any) -> int:
        found = self._find(key)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[key] = found
        return found
