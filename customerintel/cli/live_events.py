"""The events of ``live``: a file, or what a pipe gives."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from customerintel.exceptions import SourceError

if TYPE_CHECKING:
    from io import BufferedReader

__all__ = ["PIPE", "events_of"]

#: The name that stands for standard input.
PIPE: Final = Path("-")
_PORTION: Final = 1 << 20


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
        """Yield what came in since."""
        rest, given = b"", cast("BufferedReader", sys.stdin.buffer)
        while portion := given.read1(_PORTION):  # what there is, without waiting for more
            *lines, rest = (rest + portion).split(b"\n")
            yield self._made(lines)
        yield self._made([rest])

    def _made(self, lines: list[bytes]) -> Any:
        from customerintel.live import SourceBatch

        events = [line for line in lines if line.strip()]
        received = int(time.time() * 1e6) if self.live else None
        return SourceBatch(events, "", "", [], received)
