"""A lock that threads get in the order in which they asked."""

from __future__ import annotations

from collections import deque
from threading import Lock, get_ident

__all__ = ["FairLock"]


class FairLock:
    """Lets one thread in at a time, and that thread again.

    A plain lock may go back to the thread that has just left it, again and again: whoever works
    off a million deadlines in portions would keep all others waiting.
    """

    def __init__(self) -> None:
        self._mutex = Lock()
        self._waiting: deque[tuple[int, Lock]] = deque()
        self._owner: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        me = get_ident()
        with self._mutex:
            if self._owner in (None, me):
                self._owner = me
                self._depth += 1
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append((me, turn))
        try:
            turn.acquire()
        except BaseException:  # an interrupt
            with self._mutex:
                if (me, turn) in self._waiting:
                    self._waiting.remove((me, turn))
                else:
                    self._hand_over()
            raise

    def __exit__(self, *_: object) -> None:
        with self._mutex:
            self._depth -= 1
            if not self._depth:
                self._hand_over()

    def _hand_over(self) -> None:
        """Give the lock to who has waited longest."""
        self._owner, self._depth = None, 0
        if self._waiting:
            self._owner, turn = self._waiting.popleft()
            self._depth = 1
            turn.release()
