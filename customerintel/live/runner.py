"""The loop of a live process: events in, time passes, actions out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.lengths import read_length

if TYPE_CHECKING:
    from customerintel.live.engine import Engine
    from customerintel.live.source import Source

__all__ = ["Ran", "run"]

#: Customers with due work that are looked at before events are asked for again.
_AT_ONCE: Final = 8_192


@dataclass(slots=True)
class Ran:
    """What a loop did."""

    accepted: int = 0
    duplicates: int = 0
    kept_aside: int = 0
    decisions: int = 0
    late: int = 0
    """Accepted events that are older than the engine's time when they came."""


def run(
    engine: Engine,
    source: Source,
    *,
    handler: Callable[[Any], object] | None = None,
    tick_every: str = "1s",
    clock: Callable[[], float] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Ran:
    """Feed an engine from a source until the source ends, or until told to stop.

    Parameters
    ----------
    engine : Engine
        Stays open.
    source : Source
        `JsonLinesSource`, `KafkaSource`, `RedisSource`, or your own; stays open.
    handler : callable, optional
        Called with each action that is due (see `Outbox.deliver`). Without it, actions wait in
        the outbox for whoever leases them.
    tick_every : str, default "1s"
        How often time passes for the rules while nothing happens. While events come in they tell
        the time: a source that has fallen behind must not be taken for a quiet one.
    clock : callable, optional
        Seconds since 1970. By default `time.time` for a source that is live, and none for one that
        is not: then time passes only by the events.
    stop : callable, optional
        Asked after each batch; True ends the loop.

    Returns
    -------
    Ran
        Counts of events and decisions.

    Raises
    ------
    InvalidArgumentError
        If `engine` or `source` is none.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from customerintel import live
    >>> rule = live.Rule(id="hello", version=1, when=live.On("Visit"), do=[live.Action("desk")])
    >>> line = '{"event": "Visit", "userId": "c1", "timestamp": "2026-05-01T10:00:00Z"}'
    >>> with TemporaryDirectory() as folder, live.Engine([rule], store=":memory:") as engine:
    ...     path = Path(folder, "events.jsonl")
    ...     _ = path.write_text(line)
    ...     live.run(engine, live.JsonLinesSource(path))
    Ran(accepted=1, duplicates=0, kept_aside=0, decisions=1, late=0)
    """
    _check(engine, source)
    ran = Ran()
    every = read_length(tick_every, "tick_every") / 1e6
    if clock is None and source.live:
        clock = time.time
    ticked = float("-inf")
    for batch in source.batches(engine.offsets):
        if batch is not None and batch.events:
            result = engine.ingest(batch)
            source.stored(batch)
            ran.accepted += result.accepted
            ran.duplicates += result.duplicates
            ran.kept_aside += result.kept_aside
            ran.decisions += result.decisions
            ran.late += result.late
        # while a source catches up, its events say how late it is, not the clock
        idle = batch is None
        if clock is not None and idle and (engine.pending or clock() - ticked >= every):
            ticked = clock()
            ran.decisions += engine.tick(_moment(ticked), most=_AT_ONCE).fired
        if handler is not None:
            engine.outbox.deliver(handler, now=None if clock is None else _moment(clock()))
        if stop is not None and stop():
            break
    return ran


def _check(engine: Any, source: Any) -> None:
    """Refuse what is no engine or no source, before anything is taken from it."""
    if not callable(getattr(engine, "ingest", None)):
        raise InvalidArgumentError(f"engine must be a live.Engine; got {type(engine).__name__}.")
    if not callable(getattr(source, "batches", None)):
        raise InvalidArgumentError(
            "source must be a source of events, such as live.JsonLinesSource(path); got "
            f"{type(source).__name__}. What is in memory goes into engine.ingest(events)."
        )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
