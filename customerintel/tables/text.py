"""Text columns as Arrow buffers: taken and sorted without one Python object per row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Text", "order_texts"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Text:
    """Texts one after another.

    Parameters
    ----------
    offsets : ndarray of int64, shape (n_texts + 1,)
        Where each text begins and, last, where all end.
    data : ndarray of uint8
        UTF-8 bytes.
    """

    offsets: Ints
    data: NDArray[np.uint8]

    @classmethod
    def of(cls, values: Iterable[str]) -> Text:
        """Encode Python strings."""
        encoded = [value.encode("utf-8", "surrogatepass") for value in values]
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(item) for item in encoded], out=offsets[1:])
        return cls(offsets, np.frombuffer(b"".join(encoded), np.uint8))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Ints:
        """Number of bytes of each text."""
        return np.diff(self.offsets)

    def take(self, index: NDArray[Any]) -> Text:
        """Return the texts at `index`."""
        from customerintel._kernels import threads
        from customerintel._kernels.text import find_texts, take_texts

        index = np.ascontiguousarray(index, np.int64)
        begins, ends = np.empty(len(index), np.int64), np.zeros(len(index) + 1, np.int64)
        spans = threads.stretches(len(index))
        threads.run(find_texts, [(self.offsets, index, *span, begins, ends[1:]) for span in spans])
        np.cumsum(ends, out=ends)
        data = np.empty(int(ends[-1]), np.uint8)
        threads.run(take_texts, [(self.data, begins, *span, ends, data) for span in spans])
        return Text(ends, data)

    def to_list(self) -> list[str]:
        """Return Python strings."""
        raw = self.data.tobytes()
        ends = self.offsets.tolist()
        return [raw[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(ends)]

    def to_numpy(self) -> NDArray[np.object_]:
        """Return an object array of Python strings."""
        out = np.empty(len(self), object)
        out[:] = self.to_list()
        return out

    def count_padded(self) -> int:
        """Count the texts that begin or end with a blank."""
        from customerintel._kernels.text import count_padded

        return int(count_padded(self.data, self.offsets))


def order_texts(texts: Text) -> Ints:
    """Return the order of texts, all distinct, by bytes (by code point)."""
    from customerintel._kernels.text import seven_bytes, shared_prefix

    n = len(texts)
    skip = int(shared_prefix(texts.data, texts.offsets))
    word = np.empty(n, np.int64)
    seven_bytes(texts.data, texts.offsets, np.arange(n), skip, word)
    order = np.argsort(word)
    word = word[order]
    fresh = np.ones(n, bool)
    np.not_equal(word[1:], word[:-1], out=fresh[1:])
    # texts that agree so far share a number; only they are looked at further
    run = np.maximum.accumulate(np.where(fresh, np.arange(n), 0))
    todo = np.flatnonzero(~(fresh & np.append(fresh[1:], True)))
    while len(todo) > 1:
        skip += 7
        word = np.empty(len(todo), np.int64)
        seven_bytes(texts.data, texts.offsets, order[todo], skip, word)
        by = np.lexsort((word, run[todo]))
        order[todo], word = order[todo][by], word[by]
        fresh = np.ones(len(todo), bool)
        fresh[1:] = (word[1:] != word[:-1]) | (run[todo][1:] != run[todo][:-1])
        run[todo] = todo[np.maximum.accumulate(np.where(fresh, np.arange(len(todo)), 0))]
        todo = todo[~(fresh & np.append(fresh[1:], True))]
    return order
