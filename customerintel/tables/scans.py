"""One look at a whole column, in threads: its range, its order, its signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import scan, threads

__all__ = ["Signs", "Span", "scan_numbers", "scan_times"]

#: A column shorter than this is not worth a second thread.
ROWS_PER_THREAD = 131_072


class Span(NamedTuple):
    """The least and the greatest of some times, and whether they never fall; no times: 0, 0."""

    low: int
    high: int
    ordered: bool


class Signs(NamedTuple):
    """How many numbers are not finite, and how many are negative."""

    strange: int
    negative: int


def _in_stretches(function: Callable[..., Any], values: NDArray[Any]) -> tuple[Any, list[Any]]:
    """Call a kernel per stretch of the values; return where the stretches meet, and the results."""
    n = len(values)
    width = min(threads.get_threads(), n // ROWS_PER_THREAD + 1)
    cuts = np.linspace(0, n, width + 1).astype(np.int64)
    calls = [(values, cuts[k], cuts[k + 1]) for k in range(width)]
    return cuts[1:-1], threads.run(function, calls)


def scan_times(times: NDArray[np.int64]) -> Span:
    """Return the range of times, and whether they are in order."""
    if not len(times):
        return Span(0, 0, ordered=True)
    seams, found = _in_stretches(scan.scan_times, times)
    ordered = all(part for _, _, part in found) and all(times[k] >= times[k - 1] for k in seams)
    low = int(min(low for low, _, _ in found))
    return Span(low, int(max(high for _, high, _ in found)), ordered=bool(ordered))


def scan_numbers(numbers: NDArray[np.float64]) -> Signs:
    """Count what is not finite and what is negative."""
    _, found = _in_stretches(scan.scan_amounts, numbers)
    return Signs(sum(strange for strange, _ in found), sum(negative for _, negative in found))
