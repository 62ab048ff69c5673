"""Linear algebra on one thread: for matrices of some hundred rows, others would mostly wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

__all__ = ["one_blas_thread"]

#: The limit is of the whole process: the first who asks sets it, the last who leaves lifts it.
_LOCK = threading.Lock()
_held: list[Any] = []


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold the BLAS of NumPy and SciPy to one thread, where threadpoolctl is installed.

    The last bits of a factorisation hang on the number of threads, too.
    """
    if find_spec("threadpoolctl") is None:
        yield
        return
    with _LOCK:
        _held.append(None if _held else _limit())
    try:
        yield
    finally:
        with _LOCK:
            limit = _held.pop()
            if limit is not None:
                limit.restore_original_limits()


def _limit() -> Any:
    import scipy.linalg  # noqa: F401 - only libraries that are loaded can be limited
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return threadpool_limits(1, user_api="blas")
