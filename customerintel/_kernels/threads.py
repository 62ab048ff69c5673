"""How wide the library works: one thread pool over kernels that release the GIL."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

from customerintel.exceptions import InvalidArgumentError

__all__ = ["get_threads", "run", "set_threads", "stretches"]

R = TypeVar("R")

#: Fewer rows than this are not worth a second thread.
ROWS_PER_THREAD = 131_072

_chosen: int | None = None


def set_threads(n: int | None) -> None:
    """Choose how many threads the kernels use.

    Results do not depend on it, to the last bit.

    Parameters
    ----------
    n : int or None
        At least 1. ``None`` goes back to ``CUSTOMERINTEL_THREADS`` or, without it,
        the number of processors that this process may use.

    Raises
    ------
    InvalidArgumentError
        If `n` is not a positive whole number.

    Examples
    --------
    >>> import customerintel as ci
    >>> ci.set_threads(2)
    >>> ci.get_threads()
    2
    >>> ci.set_threads(None)
    """
    global _chosen
    if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
        raise InvalidArgumentError(
            f"set_threads() takes a whole number of at least 1, or None; got {n!r}."
        )
    _chosen = n


def get_threads() -> int:
    """Return how many threads the kernels use (see :func:`set_threads`).

    Raises
    ------
    InvalidArgumentError
        If ``CUSTOMERINTEL_THREADS`` is set to something else than a positive whole number.

    Examples
    --------
    >>> import customerintel as ci
    >>> ci.get_threads() >= 1
    True
    """
    if _chosen is not None:
        return _chosen
    text = os.environ.get("CUSTOMERINTEL_THREADS", "").strip()
    if text:
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise InvalidArgumentError(
                "The environment variable CUSTOMERINTEL_THREADS must be a whole number of at "
                f"least 1, not {text!r}. Correct it, or unset it to use every processor."
            )
        return int(text)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def stretches(n: int, *, start: int = 0) -> list[tuple[int, int]]:
    """Cut the rows ``start … start + n`` into one stretch per thread that is worth it."""
    width = min(get_threads(), n // ROWS_PER_THREAD + 1)
    return list(pairwise(start + n * k // width for k in range(width + 1)))


def run(function: Callable[..., R], calls: Sequence[tuple[Any, ...]]) -> list[R]:
    """Call `function` once per tuple of arguments, side by side, and return the results in order.

    The pool lives for this one call, so nothing is left behind for a fork to trip over.
    """
    width = min(get_threads(), len(calls))
    if width <= 1:
        return [function(*call) for call in calls]
    with ThreadPoolExecutor(width) as pool:
        return list(pool.map(lambda call: function(*call), calls))
