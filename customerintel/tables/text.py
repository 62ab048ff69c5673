"""Text columns as Arrow buffers: grouped and sorted without one Python object per row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Text", "code_texts"]

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
        from customerintel._kernels.text import take_texts

        index = np.ascontiguousarray(index, np.int64)
        offsets = np.zeros(len(index) + 1, np.int64)
        np.cumsum(self.offsets[index + 1] - self.offsets[index], out=offsets[1:])
        data = np.empty(int(offsets[-1]), np.uint8)
        threads.run(
            take_texts,
            [
                (self.data, self.offsets, index, a, b, offsets, data)
                for a, b in _stretches(len(index))
            ],
        )
        return Text(offsets, data)

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


def _stretches(n: int) -> list[tuple[np.int64, np.int64]]:
    """Cut n rows into one stretch per thread."""
    from customerintel._kernels import threads
    from customerintel.tables.grouping import PARTITION_ROWS

    cuts = np.linspace(0, n, min(threads.get_threads(), n // PARTITION_ROWS + 1) + 1)
    cuts = cuts.astype(np.int64)
    return list(pairwise(cuts))


def _order(texts: Text, index: Ints) -> Ints:
    """Return the order of the texts at `index`, all distinct, by bytes (by code point)."""
    from customerintel._kernels.text import seven_bytes, shared_prefix

    n = len(index)
    order = np.arange(n, dtype=np.int64)
    run = np.zeros(n, np.int64)  # texts that agree so far share a number
    todo = order.copy()  # places in `order` that are not settled
    skip = int(shared_prefix(texts.data, texts.offsets, index))
    while len(todo) > 1:
        word = np.empty(len(todo), np.int64)
        seven_bytes(texts.data, texts.offsets, index[order[todo]], skip, word)
        by = np.lexsort((word, run[todo])) if run[todo].any() else np.argsort(word)
        order[todo], word = order[todo][by], word[by]
        fresh = np.ones(len(todo), bool)
        fresh[1:] = (word[1:] != word[:-1]) | (run[todo][1:] != run[todo][:-1])
        run[todo] = todo[np.maximum.accumulate(np.where(fresh, np.arange(len(todo)), 0))]
        todo = todo[~(fresh & np.append(fresh[1:], True))]
        skip += 7
    return order


def code_texts(texts: Text) -> tuple[Ints, Text]:
    """Give each distinct text its place in ascending order.

    Returns
    -------
    codes : ndarray of int64, shape (n_texts,)
        The place of each text among the distinct ones.
    distinct : Text
        Ascending by bytes, which is ascending by code point.
    """
    from customerintel._kernels import threads
    from customerintel._kernels.text import hash_texts, same_texts
    from customerintel.tables.codes import codes_of
    from customerintel.tables.grouping import SALT

    stretches = _stretches(len(texts))
    hashes = np.empty(len(texts), np.int64)
    threads.run(
        hash_texts,
        [(texts.data, texts.offsets, a, b, np.int64(SALT >> 1), hashes) for a, b in stretches],
    )
    codes, first = codes_of(hashes)
    order = _order(texts, first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    codes, distinct = rank[codes], texts.take(first[order])
    same = threads.run(
        same_texts,
        [
            (texts.data, texts.offsets, codes, distinct.data, distinct.offsets, a, b,
             np.empty(256, np.int64))
            for a, b in stretches
        ],
    )  # fmt: skip
    if not all(same):  # two texts share a hash, which only somebody who tries can achieve
        return _code_slowly(texts)
    return codes, distinct


def _code_slowly(texts: Text) -> tuple[Ints, Text]:
    """Do the same as `code_texts` with Python's own dictionary."""
    words = texts.to_list()
    distinct = sorted(set(words), key=lambda word: word.encode("utf-8", "surrogatepass"))
    place = {word: i for i, word in enumerate(distinct)}
    return np.array([place[word] for word in words], np.int64), Text.of(distinct)
