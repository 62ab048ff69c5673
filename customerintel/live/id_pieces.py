"""Ids as pieces of a snapshot: a million of them are not put together at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["lengths_of", "read_texts", "rows_of", "texts_of"]

Names = Sequence[str | None]
#: By row, the ids that lead to it.
Others = Mapping[int, tuple[str, ...]]

#: Ids of a piece.
_PIECE: Final = 1 << 14


def texts_of(names: Names, others: Others) -> Iterator[NDArray[np.uint8]]:
    """Yield all ids one behind the other: the names, then those that lead to them."""
    for few in _few(names, others):
        yield np.frombuffer("".join(few).encode("utf-8", "surrogatepass"), np.uint8)


def lengths_of(names: Names, others: Others) -> Iterator[NDArray[np.int32]]:
    """Yield the length of each id."""
    for few in _few(names, others):
        yield np.fromiter(map(len, few), np.int32, len(few))


def rows_of(others: Others) -> Iterator[NDArray[np.int64]]:
    """Yield the row that each of the other ids leads to."""
    found = chain.from_iterable(repeat(row, len(one)) for row, one in others.items())
    yield np.array(list(islice(found, _PIECE)), np.int64)
    while few := list(islice(found, _PIECE)):
        yield np.array(few, np.int64)


def _few(names: Names, others: Others) -> Iterator[list[str]]:
    """Yield all ids, some at a time; at least once."""
    found = chain((one for one in names if one is not None), chain.from_iterable(others.values()))
    yield list(islice(found, _PIECE))
    while few := list(islice(found, _PIECE)):
        yield few


def read_texts(data: NDArray[np.uint8], lengths: NDArray[np.int32]) -> list[str]:
    """Return the ids again."""
    whole, ends = data.tobytes().decode("utf-8", "surrogatepass"), np.cumsum(lengths).tolist()
    return [whole[low:high] for low, high in zip([0, *ends], ends, strict=False)]
