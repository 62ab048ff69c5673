"""The times of many events: written ones to microseconds, clamped, and within their bounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "EARLIEST",
    "LATEST",
    "UNREAD",
    "LineBuffer",
    "buffer_of",
    "buffer_of_lines",
    "clamped",
    "read_moments",
]

#: Lines one after another, the same as an array, and where each begins.
LineBuffer = tuple[bytes, NDArray[np.uint8], NDArray[np.int64]]
#: First and last microsecond that an event may have: the years 1970 to 2100.
EARLIEST: Final = 0
LATEST: Final = int(np.datetime64("2101-01-01", "us").astype(np.int64)) - 1
#: Stands for a time that is not read, or that is not there.
UNREAD: Final = -(2**63)


def buffer_of(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the UTF-8 bytes of texts one after another, and where each begins."""
    joined = "".join(texts)
    if joined.isascii():
        data, lengths = joined.encode(), map(len, texts)
    else:
        encoded = [text.encode() for text in texts]
        data, lengths = b"".join(encoded), map(len, encoded)
    return np.frombuffer(data, np.uint8), _offsets(lengths, len(texts))


def buffer_of_lines(lines: Sequence[bytes]) -> LineBuffer:
    """Return lines one after another, the same as an array, and where each begins."""
    joined = b"".join(lines)
    return joined, np.frombuffer(joined, np.uint8), _offsets(map(len, lines), len(lines))


def _offsets(lengths: Iterable[int], n: int) -> NDArray[np.int64]:
    offsets = np.zeros(n + 1, np.int64)
    # sums of small numbers that Python holds ready; large ones it would have to make
    np.cumsum(np.fromiter(lengths, np.int64, n), out=offsets[1:])
    return offsets


def read_moments(texts: Sequence[str]) -> NDArray[np.int64]:
    """Read times in the common ISO 8601 form; those in another form become `UNREAD`.

    Parameters
    ----------
    texts : sequence of str
        Such as ``2024-05-01T12:00:00Z``, with up to six digits behind the second, ``Z``, an
        offset ``±HH:MM`` or none (UTC), from 1970 on.

    Examples
    --------
    >>> read_moments(["1970-01-01T00:00:01Z", "soon"]).tolist()
    [1000000, -9223372036854775808]
    """
    from customerintel._kernels.live_moments import read_moments as kernel

    out = np.empty(len(texts), np.int64)
    kernel(*buffer_of(texts), out)
    return out


def clamped(timestamp: NDArray[np.int64], received: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return times, none after its receipt; a receipt that is `UNREAD` sets no bound."""
    return np.where(received == UNREAD, timestamp, np.minimum(timestamp, received))
