"""Events from a file of JSON Lines, from where the store is on."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from customerintel.exceptions import InvalidArgumentError, SourceError
from customerintel.live.lengths import read_length
from customerintel.live.source import Offsets
from customerintel.live.source_batch import SourceBatch
from customerintel.models.arguments import whole_number

__all__ = ["JsonLinesSource"]

#: What is read at once. A longer line is put together from several reads.
_PORTION: Final = 1 << 22
#: What is read at once to find the beginning of a line.
_STEP: Final = 1 << 16


class JsonLinesSource:
    r"""One JSON object per line, ``.jsonl`` or ``.jsonl.gz``.

    The offset of an event is the place of its last byte in the file, so a file that grew goes on
    where the store is. A last line without its line break is read where the file is complete, and
    waited for where it is followed; one that was written on later is read again, as a whole.

    Parameters
    ----------
    path : str or Path
        The file.
    follow : bool, default False
        Wait for lines that are written later, for ever; not for ``.gz``.
    batch : int, default 4096
        At most so many events at once.
    wait : str, default "0.2s"
        How often a followed file is looked at.
    clock : callable, default time.time
        Seconds since 1970; when an event of a followed file that does not say so was received.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    SourceError
        When it is read: the file is not there, cannot be read, is shorter than before, or was
        replaced or removed while it was followed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from customerintel import live
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "events.jsonl")
    ...     _ = path.write_text('{"event": "Visit", "userId": "c1"}\n')
    ...     [len(batch.events) for batch in live.JsonLinesSource(path).batches({})]
    [1]
    """

    def __init__(
        self,
        path: str | Path,
        *,
        follow: bool = False,
        batch: int = 4096,
        wait: str = "0.2s",
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not isinstance(path, str | os.PathLike):
            raise InvalidArgumentError(
                f"path must be the path of a file; got {type(path).__name__}."
            )
        self.path = Path(path)
        self.live = bool(follow)
        self._batch = whole_number(batch, "batch", "events at once", least=1)
        self._wait = read_length(wait, "wait") / 1e6
        self._clock = clock
        if follow and self.path.suffix == ".gz":
            raise InvalidArgumentError(
                "A .gz file cannot be followed: its end is not known before it is complete. Give "
                "follow=False, or follow the file before it is packed."
            )

    @property
    def name(self) -> str:
        """Name of the source in the store."""
        return str(self.path.resolve())

    def batches(self, offsets: Offsets) -> Iterator[SourceBatch | None]:
        """Yield the lines after the stored offset; None when a followed file has no new one."""
        start = offsets.get((self.name, ""), 0)
        try:
            with self._open() as file:
                yield from self._read(file, start)
        except (OSError, EOFError) as error:
            if isinstance(error, SourceError):
                raise
            what = error.strerror if isinstance(error, OSError) else None
            raise SourceError(
                f"The events of {self.path.name} cannot be read: {what or 'the file is damaged'}. "
                "What was ingested before is stored; mend the file and start again."
            ) from error

    def _open(self) -> IO[bytes] | gzip.GzipFile:
        if self.path.suffix == ".gz":
            return gzip.open(self.path, "rb")
        return self.path.open("rb")

    def _read(self, file: IO[bytes] | gzip.GzipFile, start: int) -> Iterator[SourceBatch | None]:
        place, rest, is_left = self._go_to(file, start), b"", False
        while True:
            portion = file.read(_PORTION)
            if not portion and not self.live:
                break
            if not portion:
                self._check_length(file, place + len(rest))
                if is_left:  # and read to its end since that was seen
                    raise self._replaced()
                is_left = not self._is_there(file)
                yield None
                time.sleep(self._wait)
                continue
            *lines, rest = (rest + portion).split(b"\n")
            for begin in range(0, len(lines), self._batch):
                some = lines[begin : begin + self._batch]
                yield self._made(some, place)
                place += sum(map(len, some)) + len(some)
        if rest:
            yield self._made([rest], place)

    def _made(self, lines: list[bytes], place: int) -> SourceBatch:
        events, offsets = [], []
        for line in lines:
            place += len(line) + 1
            if line.strip():  # blank lines are no events
                events.append(line)
                offsets.append(place - 1)
        received = int(self._clock() * 1e6) if self.live else None
        return SourceBatch(events, self.name, "", offsets, received)

    def _go_to(self, file: IO[bytes] | gzip.GzipFile, start: int) -> int:
        """Go to where reading goes on, and return that place."""
        if self.path.suffix == ".gz":
            left = start
            while left and (skipped := len(file.read(min(left, _PORTION)))):
                left -= skipped
            # the last line may have had no line break
            if left > 1:
                raise self._shorter()
        else:
            self._check_length(file, start - 1)
            start = _line_start(file, start)
            file.seek(start)
        return start

    def _is_there(self, file: IO[bytes] | gzip.GzipFile) -> bool:
        """Tell whether the path still leads to the file that is open."""
        try:
            return os.path.samestat(self.path.stat(), os.fstat(file.fileno()))
        except FileNotFoundError:
            return False

    def _check_length(self, file: IO[bytes] | gzip.GzipFile, least: int) -> None:
        here: Any = file.tell()
        if file.seek(0, 2) < least:
            raise self._shorter()
        file.seek(here)

    def _shorter(self) -> SourceError:
        return SourceError(
            f"{self.path.name} is shorter than what the store has read of it, so it is another "
            "file now. Give new events a new name, or start a new store."
        )

    def _replaced(self) -> SourceError:
        return SourceError(
            f"{self.path.name} was replaced or removed while it was followed. Its whole lines "
            "are stored; start again with the file of the new events, under another name."
        )

    def stored(self, batch: SourceBatch) -> None:
        """Do nothing: the offset is in the store."""

    def close(self) -> None:
        """Do nothing: the file is open only while it is read."""

    def __repr__(self) -> str:
        return f"JsonLinesSource({self.path.name!r}, follow={self.live})"


def _line_start(file: IO[bytes] | gzip.GzipFile, start: int) -> int:
    """Return `start`, or where its line begins: the end of the file was in the middle of it."""
    file.seek(max(start - 1, 0))
    if not start or not file.readline(_STEP).strip():  # its line break came later, or not yet
        return start
    end = start - 1
    while end > 0:
        begin = max(end - _STEP, 0)
        file.seek(begin)
        found = file.read(end - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0
