"""The events of ``live``: a file, or what a pipe gives."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, cast

from customerintel.exceptions import SourceError

if TYPE_CHECKING:
    from io import BufferedReader

__all__ = ["PIPE", "events_of"]

#: The name that stands for standard input.
PIPE: Final = Path("-")
_PORTION: Final = 1 << 20
#: Portions that wait to be decided on; and seconds without one that are a quiet stream.
_WAITING: Final = 8
_QUIET: Final = 0.2


def events_of(path: Path, *, follow: bool) -> Any:
    """Return the source of events.

    Raises
    ------
    SourceError
        If the file cannot be read.
    """
    from customerintel.live import JsonLinesSource

    if path == PIPE:
        return _Pipe(live=follow)
    try:
        path.open("rb").close()
    except OSError as error:
        raise SourceError(
            f"The events of {path.name} cannot be read: {error.strerror}. Nothing was written."
        ) from error
    return JsonLinesSource(path, follow=follow)


class _Pipe:
    """Lines of standard input, as they come; there is no place in it to go on from.

    Parameters
    ----------
    live : bool
        Whether they happen now: then the clock tells when they came in.
    """

    def __init__(self, *, live: bool) -> None:
        self.live = live

    def batches(self, _: object) -> Iterator[Any]:
        """Yield what came in since; None while a followed one is quiet."""
        rest = b""
        for portion in _as_it_comes() if self.live else _until_its_end():
            if portion is None:
                yield None
                continue
            *lines, rest = (rest + portion).split(b"\n")
            yield self._made(lines)
        yield self._made([rest])

    def _made(self, lines: list[bytes]) -> Any:
        from customerintel.live import SourceBatch

        events = [line for line in lines if line.strip()]
        received = int(time.time() * 1e6) if self.live else None
        return SourceBatch(events, "", "", [], received)


def _until_its_end() -> Iterator[bytes]:
    given = cast("BufferedReader", sys.stdin.buffer)
    while portion := given.read1(_PORTION):  # what there is, without waiting for more
        yield portion


def _as_it_comes() -> Iterator[bytes | None]:
    """Yield what comes in, None where nothing does: a thread waits, for time must pass here."""
    found: Queue[bytes] = Queue(_WAITING)
    number = sys.stdin.buffer.fileno()

    def read() -> None:
        portion = b"-"
        while portion:
            # not by the reader of Python, whose lock a thread that waits keeps to the end
            portion = os.read(number, _PORTION)
            found.put(portion)

    Thread(target=read, daemon=True).start()
    while True:
        try:
            portion = found.get(timeout=_QUIET)
        except Empty:
            yield None
            continue
        if not portion:
            return
        yield portion
