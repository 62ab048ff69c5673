"""Texts that lie within the lines they came in: made one by one, where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["Spans"]

Ints = NDArray[np.int64]


class Spans(Sequence["str | None"]):
    """ASCII texts within one piece of bytes.

    Parameters
    ----------
    data : bytes
        All lines.
    starts, stops : ndarray of int64, shape (n,)
        Where each text begins and ends; there is none where both are equal.

    Examples
    --------
    >>> Spans(b"ab c1", np.array([3, 0]), np.array([5, 0])).to_list()
    ['c1', None]
    """

    __slots__ = ("_text", "data", "starts", "stops")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, data: bytes, starts: Ints, stops: Ints) -> None:
        self.data, self.starts, self.stops = data, starts, stops
        self._text: str | None = None

    def __len__(self) -> int:
        return len(self.starts)

    def __repr__(self) -> str:
        return f"Spans({len(self):,} texts)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, Spans)):
            return NotImplemented
        return self.to_list() == list(other)

    def __iter__(self) -> Iterator[str | None]:
        return iter(self.to_list())

    @overload
    def __getitem__(self, place: int) -> str | None: ...
    @overload
    def __getitem__(self, place: slice) -> list[str | None]: ...
    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return self.take(np.arange(len(self))[place]).to_list()
        start, stop = self.starts[place], self.stops[place]
        return self.data[start:stop].decode("ascii") if start < stop else None

    def take(self, index: NDArray[Any]) -> Spans:
        """Return the texts at `index`."""
        return Spans(self.data, self.starts[index], self.stops[index])

    def to_list(self) -> list[str | None]:
        """Return one text per place."""
        if self._text is None:
            # a letter for each byte: the places stay, whatever the other lines hold
            self._text = self.data.decode("latin-1")
        text, pairs = self._text, zip(self.starts.tolist(), self.stops.tolist(), strict=True)
        return [text[start:stop] if start < stop else None for start, stop in pairs]

    def keys(self, source: str, salt: bytes) -> NDArray[np.uint64]:
        """Return the keys of the texts; see `message_keys`."""
        from customerintel.live.message_keys import span_keys

        return span_keys(np.frombuffer(self.data, np.uint8), self.starts, self.stops, source, salt)
