"""The records of all customers as portions of bytes, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import LINK, W_DUE, W_TIMER
from customerintel.exceptions import LiveStoreError

if TYPE_CHECKING:
    from customerintel.live.layout import Layout
    from customerintel.live.records import Records

__all__ = ["Portion", "RecordWriter", "unpack_records"]

Ints = NDArray[np.int64]

#: Bytes that one record takes at most, for each of its words, and their bits.
_LONGEST: Final = 10
#: Customers of a portion of listed ones at most.
_FEW: Final = 8192


class Portion(NamedTuple):
    """The records of some customers.

    Parameters
    ----------
    start, stop : int
        The first row, and the one behind the last; (0, 0) where the rows are listed.
    body : bytes
        What is written of them: of listed ones their number and rows first, int64.
    """

    start: int
    stop: int
    body: Any


class RecordWriter:
    """Writes all records as they are at one moment, while they may change.

    What others follow from is not written: when something is due, and what hangs where.

    Parameters
    ----------
    records : Records
        Whoever changes a record calls `before` first.
    size : int
        Bytes of a portion, about.
    """

    def __init__(self, records: Records, size: int) -> None:
        self._records, self._size = records, size
        self._shape = records.plan.layout.empty, _made_anew(records.plan.layout)
        self._n, self._next = records.n_rows, 0
        self._written = np.zeros(self._n, np.uint8)
        self._early: list[bytes] = []

    @property
    def is_done(self) -> bool:
        """Whether nothing is left that a change would spoil."""
        return self._next == self._n

    def before(self, rows: Any) -> None:
        """Write the records of some rows now, for they change; -1 is nobody, None everybody."""
        from customerintel._kernels.live_packing import pack_listed

        is_all = rows is None
        rows = np.arange(self._next, self._n) if is_all else np.asarray(rows, np.int64)
        rows = rows[(rows >= self._next) & (rows < self._n)]
        rows = np.unique(rows[self._written[rows] == 0])
        if is_all:
            self._next = self._n
        if not len(rows):
            return
        self._written[rows] = 1
        longest = _LONGEST * len(self._shape[0])
        words = self._records.words.reshape(-1)
        for few in np.split(rows, range(_FEW, len(rows), _FEW)):
            out = np.empty(len(few) * longest, np.uint8)
            n_bytes = pack_listed(words, *self._shape, few, out)
            head = np.array([len(few)], np.int64).tobytes() + few.tobytes()
            self._early.append(head + out[:n_bytes].tobytes())

    def prepare(self) -> None:
        """Have what `before` and `portions` call compiled, while nobody waits."""
        from customerintel._kernels.live_packing import pack_listed, pack_rows

        words, out = self._records.words.reshape(-1), np.empty(1, np.uint8)
        pack_listed(words, *self._shape, np.zeros(0, np.int64), out)
        pack_rows(words, *self._shape, self._written, 0, 0, out, np.zeros(1, np.int64))

    def portions(self) -> Iterator[Portion]:
        """Yield the records; between two portions they may change."""
        from customerintel._kernels.live_packing import pack_rows

        out = np.empty(self._size + _LONGEST * len(self._shape[0]), np.uint8)
        size = np.zeros(1, np.int64)
        while self._early or self._next < self._n:
            while self._early:
                yield Portion(0, 0, self._early.pop(0))
            start = self._next
            if start < self._n:
                words = self._records.words.reshape(-1)
                self._next = int(
                    pack_rows(words, *self._shape, self._written, start, self._n, out, size)
                )
                del words  # the memory may grow until the next portion
                yield Portion(start, self._next, out[: int(size[0])].tobytes())


def unpack_records(records: Records, portions: Iterable[Portion]) -> None:
    """Read the records of all customers.

    Raises
    ------
    LiveStoreError
        If they are not those of the customers there are.
    """
    from customerintel._kernels.live_packing import unpack_listed, unpack_rows

    words, empty, row = records.words.reshape(-1), records.plan.layout.empty, 0
    listed = []
    for start, stop, body in portions:
        data = np.frombuffer(body, np.uint8)
        if start == stop == 0:
            listed.append(data)
            continue
        if start != row or not start < stop <= records.n_rows:
            raise _foreign()
        if unpack_rows(data, words, empty, start, stop) != len(data):
            raise _foreign()
        row = stop
    # rows of which only listed portions speak may be at the end
    words[row * len(empty) : records.n_rows * len(empty)].reshape(-1, len(empty))[:] = empty
    seen = records.n_rows - row
    for data in listed:
        rows = _rows_of(data, records.n_rows)
        seen -= int((rows >= row).sum())
        body = data[8 * (len(rows) + 1) :]
        if unpack_listed(body, words, empty, rows) != len(body):
            raise _foreign()
    if seen:
        raise _foreign()


def _rows_of(data: NDArray[np.uint8], n_rows: int) -> Ints:
    """Return the rows of a portion of listed ones."""
    n = int.from_bytes(data[:8].tobytes(), "little") if len(data) >= 8 else -1
    if n < 0 or len(data) < 8 * (n + 1):
        raise _foreign()
    rows: Ints = np.frombuffer(data[8 : 8 * (n + 1)].tobytes(), np.int64)
    if n and not 0 <= rows.min() <= rows.max() < n_rows:
        raise _foreign()
    return rows


def _made_anew(layout: Layout) -> NDArray[np.uint8]:
    made = np.zeros(layout.width, np.uint8)
    made[[W_DUE, W_TIMER]] = 1
    timers = [item.offset + LINK for item in layout.items.values() if item.kind == "timer"]
    made[timers] = 1
    return made


def _foreign() -> LiveStoreError:
    return LiveStoreError(
        "The records of the snapshot are not those of its customers. Nothing was read; take the "
        "store from a copy, or open a new one and send the events again."
    )
