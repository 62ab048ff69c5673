"""Numbering the distinct texts of a column in ascending order.

The text of a row is read once, for its fingerprint; which texts are equal is told by the
fingerprints alone. With 20 million rows of a million texts, the probability that any two
texts are taken for one is below 1e-16, whoever chose them: the keys are secret and of this
process (see `customerintel._kernels.naming`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import naming, threads
from customerintel.tables.text import Text, order_texts

__all__ = ["code_texts"]

Ints = NDArray[np.int64]

KEYS = np.array(
    [1 + secrets.randbelow(int(naming.PRIME) - 1) for _ in range(naming.N_KEYS)], np.uint64
)
#: A partition of this many rows has a table that stays in the second-level cache.
PARTITION_ROWS = 131_072
MOST_PARTITION_BITS = 12


@dataclass(frozen=True, eq=False)
class _Spread:
    """Fingerprints by partition, one row of `begin`, `cursor` and `sizes` per stretch of rows."""

    row_bits: np.uint64
    spans: list[tuple[int, int]]
    parts: NDArray[np.uint16]
    records: NDArray[Any]
    begin: Ints
    cursor: Ints
    after: Ints
    sizes: Ints

    def columns(self, part: int) -> tuple[Ints, Ints]:
        """Return where a partition begins and ends in every stretch."""
        return np.ascontiguousarray(self.begin[:, part]), np.ascontiguousarray(self.cursor[:, part])


def code_texts(texts: Text, order_of: Callable[[Text], Ints] = order_texts) -> tuple[Ints, Text]:
    """Give each distinct text its place in ascending order.

    Parameters
    ----------
    texts : Text
        One per row.
    order_of : callable
        Takes distinct texts and returns their order; by bytes if not given.

    Returns
    -------
    codes : ndarray of int64, shape (n_texts,)
        The place of each text among the distinct ones.
    distinct : Text
        Ascending: by bytes, which is by code point, unless `order_of` says otherwise.
    """
    spread = _spread(texts)
    firsts = _number(spread)
    distinct = texts.take(np.concatenate(firsts))
    order = order_of(distinct)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    ends = np.cumsum([len(first) for first in firsts])
    threads.run(
        naming.settle_numbers,
        [
            (spread.records, *spread.columns(part), spread.after, mine)
            for part, mine in enumerate(np.split(rank, ends[:-1]))
        ],
    )
    codes = np.empty(len(texts), np.int64)
    at = spread.begin * naming.BLOCK
    threads.run(
        naming.merge_numbers,
        [
            (*span, spread.parts, spread.records, at[k], spread.after, codes)
            for k, span in enumerate(spread.spans)
        ],
    )
    return codes, distinct.take(order)


def _spread(texts: Text) -> _Spread:
    """Fingerprint every text."""
    n = len(texts)
    bits = min(MOST_PARTITION_BITS, (n // PARTITION_ROWS).bit_length())
    spans = threads.stretches(n)
    # every partition may leave one block unfilled
    blocks = [(stop - start) // naming.BLOCK + (1 << bits) + 1 for start, stop in spans]
    free = np.cumsum([0, *blocks])
    spread = _Spread(
        row_bits=np.uint64(n.bit_length()),
        spans=spans,
        parts=np.empty(n, np.uint16),
        records=np.empty(int(free[-1]) * naming.BLOCK, naming.RECORD),
        begin=np.full((len(spans), 1 << bits), -1, np.int64),
        cursor=np.zeros((len(spans), 1 << bits), np.int64),
        after=np.full(int(free[-1]), -1, np.int64),
        sizes=np.zeros((len(spans), 1 << bits), np.int64),
    )
    threads.run(
        naming.spread_texts,
        [
            (texts.data, texts.offsets, *span, KEYS, np.uint64(61 - bits), spread.row_bits,
             spread.parts, spread.records, free[k], spread.begin[k], spread.cursor[k],
             spread.after, spread.sizes[k])
            for k, span in enumerate(spans)
        ],
    )  # fmt: skip
    return spread


def _number(spread: _Spread) -> list[Ints]:
    """Put the texts of each partition into numbers; return the rows in which they came first."""
    n_parts = spread.begin.shape[1]
    firsts: list[Ints] = [np.empty(0, np.int64)] * n_parts
    jobs = iter(range(n_parts))

    def work(most: int) -> None:
        first = np.empty(most, np.int64)
        marks, checks = np.empty((2, most), np.uint64)
        for part in jobs:
            found = naming.number_records(
                spread.records, spread.row_bits, *spread.columns(part), spread.after,
                first, marks, checks,
            )  # fmt: skip
            firsts[part] = first[:found].copy()

    most = int(spread.sizes.sum(axis=0).max())
    threads.run(work, [(most,) for _ in spread.spans])
    return firsts
