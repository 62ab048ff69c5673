"""What a source of events must do for `run`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from customerintel.live.source_batch import SourceBatch

__all__ = ["Offsets", "Source"]

#: Per source and partition, the first offset that is still to come.
Offsets = Mapping[tuple[str, str], int]


class Source(Protocol):
    """Yields events with the place in their source.

    Offsets are the engine's to keep: they are written in the transaction of the events, and a
    source that is opened again is told where to go on.
    """

    #: Whether events come as they happen, so that the clock of the machine is their time.
    live: bool

    def batches(self, offsets: Offsets) -> Iterator[SourceBatch | None]:
        """Yield what arrives, from `offsets` on; None when all is read and nothing new came.

        None lets the clock pass time. A source that still looks for its place, or has fallen
        behind, yields a batch without events instead.
        """
        ...

    def stored(self, batch: SourceBatch) -> None:
        """Take notice that a batch is stored; only now may its events be acknowledged."""
        ...

    def close(self) -> None:
        """Give everything back; calling it twice is fine."""
        ...
