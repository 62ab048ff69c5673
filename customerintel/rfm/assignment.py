"""Scores, cell codes and segment codes of every customer, from cut points and a scheme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemeError
from customerintel.rfm.cells import cell_weights
from customerintel.rfm.cutting import fixed
from customerintel.rfm.options import by
from customerintel.rfm.segment_scheme import SegmentScheme
from customerintel.rfm.thresholds import RFMThresholds

__all__ = ["Assignment", "assign", "resolve_scheme"]

#: Rows of one task: enough to be worth a thread, few enough to stay in the cache.
_CHUNK = 262_144


@dataclass(frozen=True, slots=True)
class Assignment:
    """Scores and codes of every customer, arrays of shape (n,)."""

    recency_score: NDArray[np.int8]
    frequency_score: NDArray[np.int8]
    monetary_score: NDArray[np.int8]
    cell: NDArray[Any]
    segment_code: NDArray[np.int8]


def resolve_scheme(scheme: Any, bins: tuple[int, ...]) -> SegmentScheme | None:
    """Scheme asked for, or the default of the grid, or None where it has no default.

    Raises
    ------
    SchemeError
        When there is no such scheme, or it is made for other scores.
    """
    if scheme is None:
        default = {(5, 5, 5): "rfm-11@1", (5, 5): "rf-10@1"}.get(bins)
        return None if default is None else SegmentScheme.named(default)
    if isinstance(scheme, str):
        scheme = SegmentScheme.named(scheme)
    if not isinstance(scheme, SegmentScheme):
        raise SchemeError(
            "scheme must be a SegmentScheme or the name of a built-in one, such as 'rfm-11@1'; "
            f"got {type(scheme).__name__}."
        )
    if len(scheme.bins) > len(bins):
        raise SchemeError(
            f"The scheme {scheme} needs monetary scores and the log has no amounts. "
            "Use scheme='rf-10@1', or one made from R and F."
        )
    if scheme.bins != bins[: len(scheme.bins)]:
        raise SchemeError(
            f"The scheme {scheme} is made for {by(scheme.bins)} bins, these scores have "
            f"{by(bins)}. Score with the bins of the scheme, or give a scheme for these."
        )
    return scheme


def assign(
    recency: NDArray[np.float64],
    frequency: NDArray[np.int64],
    monetary: NDArray[np.float64] | None,
    thresholds: RFMThresholds,
    scheme: SegmentScheme | None,
) -> Assignment:
    """Run the kernel over all customers; the result does not depend on the threads.

    Parameters
    ----------
    recency, frequency, monetary : arrays, shape (n,)
        Days, counts and currency units; no money: None.
    thresholds : RFMThresholds
        Cut points.
    scheme : SegmentScheme or None
        None gives segment code -1 to everyone.

    Returns
    -------
    Assignment
        New arrays.
    """
    from customerintel._kernels import scores as kernels
    from customerintel._kernels.threads import run

    score = kernels.score_nested if thresholds.method == "nested" else kernels.score_alone
    days, count = fixed(recency), fixed(frequency)
    # without money a stand-in gets the one score 1, of place value 0
    spend = days if monetary is None else fixed(monetary)
    cuts = thresholds.arrays()
    bins = (*thresholds.bins, 1)[:3]
    weights = np.array((*cell_weights(thresholds.bins), 0)[:3])
    steps = np.array([(bins[1] + 1) * (bins[2] + 1), bins[2] + 1, 1])
    table = np.full([count + 1 for count in bins], -1, np.int8)
    if scheme is not None:
        table[1:, 1:, 1:] = scheme.table(bins[2]).reshape(bins)
    n = recency.size
    r, f, m = (np.empty(n, np.int8) for _ in range(3))
    cell = np.empty(n, np.int16 if weights[0] <= 100 else np.int32)
    segment = np.empty(n, np.int8)

    def work(start: int, stop: int) -> None:
        score(days, count, spend, *cuts, r, f, m, start, stop)
        kernels.name_cells(r, f, m, weights, steps, table.ravel(), cell, segment, start, stop)

    run(work, [(start, min(start + _CHUNK, n)) for start in range(0, n, _CHUNK)])
    return Assignment(r, f, m, cell, segment)
