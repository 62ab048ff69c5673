"""Rows of a log brought together by partition, in scratch memory that is used again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import partition, threads
from customerintel.tables.partitions import EARLIEST, LATEST, Plan, groups_of

__all__ = ["Rows", "Spread"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: A partition of this many rows has a table and states that stay in the second-level cache.
PARTITION_ROWS = 131_072
#: Rows of scratch below which one pass over the keys serves all partitions.
SCRATCH_ROWS = 2_000_000
MOST_PARTITIONS = 16_384


@dataclass(frozen=True)
class Rows:
    """Columns of a log as the kernels read them, all of length n_rows or 0.

    Parameters
    ----------
    keys : ndarray of int64
        Customer ids, or their codes.
    seen_at : ndarray of int64
        Microseconds, UTC: when the row becomes visible.
    when : ndarray of int64
        Microseconds, UTC: when its transaction happened (the first line's time).
    amounts : ndarray of float64
        Empty where the log has no amounts.
    marks : ndarray of uint8
        1 for a return, 2 for a further line of an order; empty: negative is a return.
    ordered : bool
        Whether `when` never falls.
    may_return : bool
        Whether there are returns at all.
    """

    keys: Ints
    seen_at: Ints
    when: Ints
    amounts: Floats
    marks: NDArray[np.uint8]
    ordered: bool
    may_return: bool

    def purchases(self, until: int) -> NDArray[np.bool_]:
        """Tell which rows are purchases that are visible at a moment."""
        taken: NDArray[np.bool_] = self.seen_at <= until
        if len(self.marks):
            taken &= (self.marks & 1) == 0
        elif len(self.amounts):
            taken &= ~(self.amounts < 0.0)
        return taken


class Spread:
    """The rows of a window, and the partition of each.

    Parameters
    ----------
    source : Rows
        The columns.
    start, stop : int
        Rows outside of this stretch are not looked at.
    after, until : int
        Rows with ``after < when`` and ``seen_at <= until`` are taken.
    """

    def __init__(
        self, source: Rows, start: int, stop: int, *, after: int = EARLIEST, until: int = LATEST
    ) -> None:
        n = stop - start
        self._source = source
        self.spans = threads.stretches(n, start=start)
        plan = Plan.of(source.keys[start:stop], min(MOST_PARTITIONS, n // PARTITION_ROWS))
        every = source.ordered and source.seen_at is source.when
        window = (source.seen_at, source.when, after, until, every)
        split = (plan.splitters, plan.guide, np.int64(plan.low), plan.shift)
        self._counts = np.zeros((len(self.spans), len(plan)), np.int64)
        self._parts = np.empty(stop, np.uint16)
        threads.run(
            partition.name_partitions,
            [
                (source.keys, *window, *span, *split, self._parts, counted)
                for span, counted in zip(self.spans, self._counts, strict=True)
            ],
        )
        #: Rows of each partition.
        self.sizes: Ints = self._counts.sum(axis=0)
        limit = max(SCRATCH_ROWS, n // 4 + PARTITION_ROWS)
        self._groups = list(groups_of(self.sizes, limit))
        most = max((self.sizes[a:b].sum() for a, b in self._groups), default=0)
        #: Scratch: the rows of one group of partitions.
        self.rows = np.empty(most, partition.ROW)

    def groups(self) -> Iterator[list[int]]:
        """Bring together one group of partitions after the other.

        Yields
        ------
        list of int
            Where the partitions of the group end in :attr:`rows`.
        """
        width = len(self.spans)
        source = self._source
        columns = (source.keys, source.when, source.amounts, source.marks)
        picks = np.empty((width, 1025), np.int64)
        for a, b in self._groups:
            held = self._counts[:, a:b].T.ravel().cumsum()
            cursor = np.zeros_like(self._counts)
            cursor[:, a:b] = np.concatenate([[0], held[:-1]]).reshape(b - a, width).T
            threads.run(
                partition.spread_rows,
                [
                    (self._parts, *columns, a, b, *span, cursor[k], self.rows, picks[k])
                    for k, span in enumerate(self.spans)
                ],
            )
            yield held[width - 1 :: width].tolist()
