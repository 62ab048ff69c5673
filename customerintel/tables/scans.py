"""One look at a whole column, in threads: its range, its order, its signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import scan, threads

__all__ = ["Signs", "Span", "scan_numbers", "scan_times"]


class Span(NamedTuple):
    """The least and the greatest of some times, and whether they never fall; no times: 0, 0."""

    low: int
    high: int
    ordered: bool


class Signs(NamedTuple):
    """How many numbers are not finite, and how many are negative."""

    strange: int
    negative: int


def _in_stretches(
    function: Callable[..., Any], values: NDArray[Any]
) -> tuple[list[int], list[Any]]:
    """Call a kernel per stretch of the values; return where stretches meet, and the results."""
    spans = threads.stretches(len(values))
    return [start for start, _ in spans[1:]], threads.run(
        function, [(values, *span) for span in spans]
    )


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
