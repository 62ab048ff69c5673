"""Events with the place in their source that is reached with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SourceBatch"]


@dataclass(frozen=True, slots=True)
class SourceBatch:
    """Events of one partition of a source, in order, for `Engine.ingest`.

    Offsets are written in the transaction of the events, so that a source that is read again
    after a crash goes on exactly where the store is: an event below the stored offset is dropped.

    Parameters
    ----------
    events : sequence
        As for `Engine.ingest`.
    source : str
        Name of the source: topic, stream or file.
    partition : str
        Part of the source that has its own order.
    offsets : sequence of int
        Of each event, increasing.
    received : int, optional
        When they arrived, microseconds UTC, for events that do not say so.
    """

    events: Sequence[Any] = field(repr=False)
    source: str
    partition: str = ""
    offsets: Sequence[int] = field(default=(), repr=False)
    received: int | None = None
