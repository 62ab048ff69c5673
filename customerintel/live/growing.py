"""Arrays of zeros that grow; on Linux without being copied."""

from __future__ import annotations

import mmap
import sys
from contextlib import suppress
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["Growing", "empty_pages"]

_ALIGNED: Final = 64
_MUCH: Final = 1 << 22
#: Whether the system moves pages to where there is room for more of them.
_MOVES: Final = sys.platform.startswith("linux") and hasattr(mmap, "MAP_ANONYMOUS")


def empty_pages(n_bytes: int, *, huge: bool = False) -> mmap.mmap | None:
    """Return zeros that take memory once they are written; None where there is no such thing."""
    if not _MOVES:
        return None
    try:
        pages = mmap.mmap(-1, n_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except (OSError, ValueError):
        return None
    if huge:
        _ask_for_huge(pages)
    return pages


def _ask_for_huge(pages: mmap.mmap) -> None:
    """Ask for huge pages where there is much: looking customers up is a third faster then."""
    if len(pages) >= _MUCH and hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a kernel without them
            pages.madvise(mmap.MADV_HUGEPAGE)


class Growing:
    """Zeros in one piece of memory that begins with a line of the processor's cache.

    Parameters
    ----------
    n : int
        Numbers.
    kind : dtype, default int64
        Of each.
    huge : bool, default False
        Ask for huge pages: what is read here and there is found sooner, and the first write to
        one clears two megabytes.

    Attributes
    ----------
    array : ndarray, shape (n,)
        All of it, until the next `grow`: that may put it elsewhere, so nobody keeps a view.
    """

    def __init__(self, n: int, kind: DTypeLike = np.int64, *, huge: bool = False) -> None:
        self._kind = np.dtype(kind)
        self._huge = huge
        self._make(n)

    def _make(self, n: int) -> None:
        size = max(n, 1) * self._kind.itemsize
        self._pages = empty_pages(size, huge=self._huge)
        if self._pages is None:
            raw = np.zeros(size + _ALIGNED, np.uint8)
            skip = -raw.ctypes.data % _ALIGNED
            raw = raw[skip : skip + size]
        else:
            raw = np.frombuffer(self._pages, np.uint8)
        self._n = n
        self.array: NDArray[Any] = raw[: n * self._kind.itemsize].view(self._kind)

    def __len__(self) -> int:
        return self._n

    def grow(self, n: int) -> None:
        """Make room for `n` numbers; the new ones are zeros."""
        if not self._move(n):
            former = self.array
            self._make(n)
            self.array[: len(former)] = former

    def _move(self, n: int) -> bool:
        """Give the pages room for more; False: they cannot move."""
        if self._pages is None:
            return False
        del self.array  # pages that an array looks at stay where they are
        try:
            self._pages.resize(n * self._kind.itemsize)
            if self._huge:
                _ask_for_huge(self._pages)
        except (BufferError, OSError, SystemError, ValueError):
            n = self._n
        moved = n != self._n
        self._n = n
        self.array = np.frombuffer(self._pages, self._kind, n)
        return moved
