"""Many events as columns: what the fold eats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.live.spans import Spans

__all__ = ["Coded", "EventBatch", "Link"]

Index = NDArray[np.int64]
#: Position of an event, the id that leads on from then, and the customer it leads to.
Link = tuple[int, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Texts of which each distinct one is there once.

    Parameters
    ----------
    codes : ndarray of int32, shape (n,)
        Place of each text in `texts`; −1: there is none.
    texts : sequence of str
        The distinct texts.
    """

    codes: NDArray[np.int32]
    texts: Sequence[str] = field(repr=False)
    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.codes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, Coded)):
            return NotImplemented
        return self.to_list() == list(other)

    def __iter__(self) -> Iterator[str | None]:
        return iter(self.to_list())

    def take(self, index: Index) -> Coded:
        """Return the texts at `index`."""
        return Coded(self.codes[index], self.texts)

    def __getitem__(self, place: int) -> str | None:
        code = int(self.codes[place])
        return None if code < 0 else self.texts[code]

    def to_list(self) -> list[str | None]:
        """Return one text per row."""
        texts = self.texts
        return [None if code < 0 else texts[code] for code in self.codes.tolist()]


@dataclass(slots=True, eq=False)
class EventBatch:
    """Valid events in the order in which they came.

    Parameters
    ----------
    who : list of str, Spans or Coded
        Customer of each event, before aliases are followed.
    timestamp : ndarray of int64, shape (n,)
        Microseconds UTC, corrected and clamped.
    code : ndarray of int32, shape (n,)
        Class by `Wanted.code_of`; −1: no rule needs the event.
    values : ndarray of float64, shape (n_properties, n)
        One row per property of `Wanted.properties`.
    message : list of str or None, Spans or Coded, optional
        Message ids; None: no event has one.
    keys : ndarray of uint64, shape (n, 2)
        Hash of source and message id; (0, 0): no message id.
    names : list of str or None, or Coded
        Names of the events, as they came.
    lines : list of bytes, optional
        What the log keeps: one JSON line per event.
    links : list of (int, str, str)
        Of identify and alias calls: position, the id that leads on, the customer it leads to.
    withdrawals : list of int
        Positions of opt-outs.
    origin : ndarray of int64, shape (n,)
        Which of the given items (or rows) each event came in.
    source : str
        Where they come from; message ids are unique within it.
    users : ndarray of bool, shape (n,), optional
        Whether `who` is a ``userId``, which no identify or alias call leads elsewhere; None: all.
    """

    who: list[str] | Spans | Coded = field(repr=False)
    timestamp: NDArray[np.int64]
    code: NDArray[np.int32]
    values: NDArray[np.float64] = field(repr=False)
    message: list[str | None] | Spans | Coded | None = field(default=None, repr=False)
    keys: NDArray[np.uint64] = field(
        default_factory=lambda: np.zeros((0, 2), np.uint64), repr=False
    )
    names: list[str | None] | Coded = field(default_factory=list, repr=False)
    lines: list[bytes] | None = field(default=None, repr=False)
    links: list[Link] = field(default_factory=list, repr=False)
    withdrawals: list[int] = field(default_factory=list)
    origin: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)
    source: str = ""
    users: NDArray[np.bool_] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.timestamp)

    def __repr__(self) -> str:
        return f"EventBatch({len(self):,} events)"

    @classmethod
    def empty(cls, n_properties: int, source: str = "") -> EventBatch:
        """Return a batch without events."""
        return cls(
            who=[],
            timestamp=np.zeros(0, np.int64),
            code=np.zeros(0, np.int32),
            values=np.zeros((n_properties, 0)),
            lines=[],
            source=source,
        )

    def take(self, rows: NDArray[Any] | slice) -> EventBatch:
        """Return the events at some rows.

        Parameters
        ----------
        rows : ndarray of bool or of int, or slice
            A mask, places in any order, or a stretch.
        """
        index = np.arange(len(self), dtype=np.int64)[rows]
        place = np.full(len(self), -1, np.int64)
        place[index] = np.arange(len(index))
        moved = place.tolist() if self.links or self.withdrawals else []
        return EventBatch(
            who=_taken(self.who, index),
            timestamp=self.timestamp[index],
            code=self.code[index],
            values=np.ascontiguousarray(self.values[:, index]),
            message=None if self.message is None else _taken(self.message, index),
            keys=self.keys[index],
            names=_taken(self.names, index),
            lines=None if self.lines is None else _taken(self.lines, index),
            links=sorted((moved[at], old, new) for at, old, new in self.links if moved[at] >= 0),
            withdrawals=sorted(moved[at] for at in self.withdrawals if moved[at] >= 0),
            origin=self.origin[index],
            source=self.source,
            users=None if self.users is None else self.users[index],
        )

    @classmethod
    def joined(cls, batches: Sequence[EventBatch]) -> EventBatch:
        """Return the events of several batches of one source, one batch after the other."""
        if len(batches) == 1:
            return batches[0]
        starts = np.cumsum([0, *map(len, batches)]).tolist()
        both = list(zip(starts, batches, strict=False))
        lines = [_rows(batch.lines) for batch in batches if batch.lines is not None]
        return cls(
            who=list(chain.from_iterable(_rows(batch.who) for batch in batches)),
            timestamp=np.concatenate([batch.timestamp for batch in batches]),
            code=np.concatenate([batch.code for batch in batches]),
            values=np.concatenate([batch.values for batch in batches], axis=1),
            message=_joined_messages(batches),
            keys=np.concatenate([batch.keys for batch in batches]),
            names=list(chain.from_iterable(_rows(batch.names) for batch in batches)),
            lines=list(chain.from_iterable(lines)) if len(lines) == len(batches) else None,
            links=[(at + low, old, new) for low, batch in both for at, old, new in batch.links],
            withdrawals=[at + low for low, batch in both for at in batch.withdrawals],
            origin=np.concatenate([batch.origin for batch in batches]),
            source=batches[0].source,
            users=_joined_users(batches),
        )


def _rows(column: Any) -> list[Any]:
    return column.to_list() if isinstance(column, (Spans, Coded)) else column


def _taken(column: Any, index: Index) -> Any:
    if isinstance(column, (Spans, Coded)):
        return column.take(index)
    return [column[at] for at in index.tolist()]


def _joined_users(batches: Sequence[EventBatch]) -> NDArray[np.bool_] | None:
    if all(batch.users is None for batch in batches):
        return None
    return np.concatenate(
        [np.ones(len(batch), bool) if batch.users is None else batch.users for batch in batches]
    )


def _joined_messages(batches: Sequence[EventBatch]) -> list[str | None] | None:
    if all(batch.message is None for batch in batches):
        return None
    return list(
        chain.from_iterable(
            [None] * len(batch) if batch.message is None else _rows(batch.message)
            for batch in batches
        )
    )
