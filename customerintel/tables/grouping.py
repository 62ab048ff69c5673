"""Driving the summary kernels: how rows are cut into partitions, and who works on which.

Rows are copied, partition by partition, into scratch memory that is used again and
again: memory that is touched for the first time costs more than the arithmetic.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import summary, threads
from customerintel.tables.folded import Folded, Output, Piece
from customerintel.tables.partitions import EARLIEST, LATEST
from customerintel.tables.spreading import Rows, Spread

__all__ = ["Folded", "Rows", "fold"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Of this process alone: nobody can choose ids that collide. Results do not depend on it.
SALT = np.uint64(secrets.randbits(64) | 1)


@dataclass
class _Worker:
    """What one thread keeps between partitions: its states, and scratch that grows as needed."""

    states: NDArray[Any]
    used: int = 0
    table: NDArray[np.int32] = field(default_factory=lambda: np.zeros(2048, np.int32))
    pending: NDArray[Any] = field(default_factory=lambda: np.zeros(1, summary.PENDING))
    codes: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    sorting: tuple[Ints, Floats, Ints, Floats] | None = None

    def make_room(self, code: int, found: int, *, returns: bool) -> None:
        """Enlarge what the kernel has found full."""
        if code == summary.TABLE_FULL:
            self.table = np.zeros(2 * len(self.table), np.int32)
            summary.rebuild_table(self.states, self.used, found, SALT, self.table)
            return
        if self.used + found >= len(self.states):
            states = np.empty(len(self.states) * 3 // 2 + 1024, summary.STATE)
            states[: self.used + found] = self.states[: self.used + found]
            self.states = states
        if returns and found >= len(self.pending):
            pending = np.zeros(2 * len(self.pending), summary.PENDING)
            pending[:found] = self.pending[:found]
            self.pending = pending


def _fold_partition(
    worker: _Worker, rows: NDArray[Any], start: int, stop: int, edges: Ints, source: Rows
) -> None:
    if start == stop:
        return
    if source.may_return and source.ordered and len(worker.pending) < 2:
        worker.pending = np.zeros(1024, summary.PENDING)
    per_edge = (len(edges) - 1) / float(edges[-1] - edges[0])
    worker.table[:] = 0
    progress = np.array([start, 0], np.int64)
    size = stop - start
    if not source.ordered and len(worker.codes) < size:
        worker.codes = np.empty(size, np.int32)
        whens, amounts = np.empty((2, size), np.int64), np.empty((2, size), np.float64)
        worker.sorting = (whens[0], amounts[0], whens[1], amounts[1])
    while True:
        if source.ordered:
            code = summary.fold_ordered(
                rows, stop, edges, per_edge, SALT, worker.table, worker.states, worker.used,
                worker.pending, progress,
            )  # fmt: skip
        else:
            code = summary.name_rows(
                rows, start, stop, SALT, worker.table, worker.states, worker.used, worker.codes,
                progress,
            )  # fmt: skip
        if code == summary.DONE:
            break
        worker.make_room(code, int(progress[1]), returns=source.may_return and source.ordered)
    found = int(progress[1])
    if not source.ordered and worker.sorting is not None:
        summary.fold_unordered(
            rows, start, worker.codes[:size], np.empty(found + 1, np.int64), *worker.sorting,
            edges, per_edge, np.zeros(1, summary.PENDING), worker.states, worker.used,
        )  # fmt: skip
    worker.used += found


def fold(source: Rows, edges: Ints, *, after: int = EARLIEST, until: int = LATEST) -> Folded:
    """Summarise the rows with ``after < when`` and ``seen_at <= until`` per customer.

    Parameters
    ----------
    source : Rows
        The columns.
    edges : ndarray of int64, shape (n_periods + 1,)
        Starts of the periods in microseconds, ascending; every visible `when` lies between
        the first and the last.
    after, until : int
        Bounds in microseconds.

    Returns
    -------
    Folded
        The same to the last bit whatever the number of threads.
    """
    start, stop = 0, len(source.keys)
    all_seen = source.ordered and source.seen_at is source.when
    if all_seen:
        start = int(np.searchsorted(source.when, after, "right")) if after > EARLIEST else 0
        stop = max(start, int(np.searchsorted(source.when, until, "right")))
    spread = Spread(source, start, stop, after=after, until=until)
    size = len(spread.rows) // (8 * len(spread.spans)) + 1024
    workers = [_Worker(np.empty(size, summary.STATE)) for _ in spread.spans]
    output = Output(stop - start)
    for ends in spread.groups():
        jobs = iter([(k, *span) for k, span in enumerate(zip([0, *ends[:-1]], ends, strict=True))])
        calls = [(worker, jobs, spread.rows, edges, source) for worker in workers]
        done = threads.run(_work, calls)
        output.append(sorted(chain.from_iterable(done), key=lambda piece: piece.number), ends[-1])
        for worker in workers:
            worker.used = 0
    return output.folded()


def _work(
    worker: _Worker, jobs: Iterator[tuple[int, int, int]], rows: NDArray[Any], edges: Ints,
    source: Rows,
) -> list[Piece]:  # fmt: skip
    """Fold partitions as long as there are any left."""
    found = []
    for number, start, stop in jobs:
        base = worker.used
        _fold_partition(worker, rows, start, stop, edges, source)
        found.append((number, base, worker.used))
    # only now, since the states may have moved to a larger array
    return [Piece.of(number, worker.states, base, used) for number, base, used in found]
