"""Where everything that is kept of a customer lies in her record, by what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import (
    FAR,
    HEADER,
    LOOK,
    NEVER,
    W_DAY,
    W_DUE,
    W_EDGES,
    W_FIRST,
    W_FLAGS,
    W_LABEL,
    W_LAST,
    W_SEEN,
    W_TIMER,
)

__all__ = ["HEAD_HALVES", "Item", "Layout", "LayoutBuilder"]

#: Halves of a word before the buckets of a count: the number of its newest bucket.
HEAD_HALVES: Final = 2
#: Words of a line of the processor's cache: what fits into one is not torn over two.
LINE: Final = 8


@dataclass(frozen=True, slots=True)
class Item:
    """A run of words that belongs together.

    Attributes
    ----------
    kind : str
        "count", "sum", "timer", "sequence", "edge", "drop", "passed", "score" or "seen".
    offset, size : int
        First word and number of words; of "edge" and "drop" the word and 1.
    part : int
        Bit of an edge or drop; buckets of a counter (0: since ever); else 0.
    names : tuple of str
        Of a timer, which property each kept value is.
    """

    kind: str
    offset: int
    size: int
    part: int = 0
    names: tuple[str, ...] = ()

    def to_data(self) -> list[Any]:
        """Return what JSON has of it."""
        return [self.kind, self.offset, self.size, self.part, list(self.names)]

    @classmethod
    def from_data(cls, data: list[Any]) -> Item:
        """Make one of what `to_data` gave."""
        kind, offset, size, part, names = data
        return cls(kind, offset, size, part, tuple(names))


@dataclass(frozen=True, slots=True)
class Layout:
    """All items of a record by their key, and how a record begins.

    Attributes
    ----------
    width : int
        Words of a record.
    items : dict of str to Item
        By kind and expression: an equal expression finds its state again.
    empty : int64 array, shape (width,)
        The record of somebody of whom nothing is known.
    """

    width: int
    items: dict[str, Item] = field(repr=False)
    empty: NDArray[np.int64] = field(repr=False)

    def to_data(self) -> dict[str, Any]:
        """Return what JSON has of it."""
        return {
            "width": self.width,
            "items": {key: item.to_data() for key, item in self.items.items()},
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Layout:
        """Make one of what `to_data` gave."""
        items = {key: Item.from_data(item) for key, item in data["items"].items()}
        return cls(data["width"], items, _empty(data["width"], items))


class LayoutBuilder:
    """Gives items their places: first what events touch, line by line, then the rest."""

    def __init__(self) -> None:
        self._free: list[tuple[int, int]] = []
        self._end = HEADER
        self._items: dict[str, Item] = {}

    def add(
        self, key: str, kind: str, size: int, part: int = 0, names: tuple[str, ...] = ()
    ) -> Item:
        """Return the item of that key, with a place of its own."""
        if key not in self._items:
            self._items[key] = Item(kind, self._place(size), size, part, names)
        return self._items[key]

    def add_bits(self, kind: str, keys: list[str], first: int | None = None) -> int:
        """Give each key a bit; return the first word. `first` is used if one word is enough."""
        n = max(1, -(-len(keys) // 62))
        word = first if first is not None and n == 1 else self._place(n)
        for k, key in enumerate(keys):
            self._items[key] = Item(kind, word + k // 62, 1, k % 62)
        return word

    def add_run(self, kind: str, keys: list[str]) -> None:
        """Give each key a word, one behind the other."""
        word = self._place(len(keys))
        for k, key in enumerate(keys):
            self._items[key] = Item(kind, word + k, 1)

    def build(self, *, looks: bool = False) -> Layout:
        """Return the layout; `looks`: the first day end of somebody new looks at every level."""
        width = -(-self._end // LINE) * LINE
        empty = _empty(width, self._items)
        empty[W_FLAGS] = LOOK if looks else 0
        return Layout(width, self._items, empty)

    def _place(self, size: int) -> int:
        for k, (at, room) in enumerate(self._free):
            start = _start(at, size)
            if start + size <= at + room:
                self._free[k] = (start + size, at + room - start - size)
                return start
        start = _start(self._end, size)
        if start > self._end:
            self._free.append((self._end, start - self._end))
        self._end = start + size
        return start


def _start(at: int, size: int) -> int:
    """Return the first place from `at` on where an item touches no more lines than it must."""
    torn = (at + size - 1) // LINE - at // LINE + 1 > -(-size // LINE)
    return -(-at // LINE) * LINE if torn else at


def _empty(width: int, items: dict[str, Item]) -> NDArray[np.int64]:
    """Return a record without anything."""
    words = np.zeros(width, np.int64)
    floats = words.view(np.float64)
    words[[W_DUE, W_TIMER]] = FAR
    words[[W_SEEN, W_LAST, W_FIRST]] = NEVER
    words[[W_DAY, W_LABEL]] = -1
    words[W_EDGES] = 0
    for item in items.values():
        at = item.offset
        if item.kind == "sum" and item.part:
            words[at] = -1
        elif item.kind == "timer":
            words[at : at + 3] = NEVER
            floats[at + 4 : at + item.size] = np.nan
        elif item.kind in ("sequence", "passed", "seen"):
            words[at : at + item.size] = NEVER
        elif item.kind == "score":
            floats[at] = np.nan
    return words
