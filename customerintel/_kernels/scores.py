"""Kernels of RFM scoring: exact quantiles without a full sort, and scores, cells and segments.

Twins in ``tests/oracle_rfm.py``: ``split_brackets``, ``score_alone``, ``score_nested`` and
``name_cells``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels._jit import kernel

__all__ = ["name_cells", "score_alone", "score_nested", "split_brackets"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]


@kernel
def split_brackets(
    values: Floats,
    low: Floats,
    high: Floats,
    position: NDArray[np.int64],
    limit: NDArray[np.int64],
    counts: NDArray[np.int64],
    out: Floats,
) -> None:
    """Copy the values inside each bracket to its run of `out`, and count those between.

    Every value is stored and only those inside move the position on, which spares a branch:
    the place behind a run may be scribbled on, and is never past the run's limit.

    Parameters
    ----------
    values : float64, shape (n,)
        Finite.
    low, high : float64, shapes (k,) and (k + 1,)
        Ends of the closed brackets, ascending and disjoint: bracket j is ``low[j]`` to
        ``high[j + 1]``. ``high[0]`` is -inf, for the values below the first bracket.
    position, limit : int64, shape (k + 1,)
        Next free place and last place of each run. A run that has reached its limit may have
        lost values.
    counts : int64, shape (k + 1,)
        Number of values from ``low[j - 1]`` to below ``low[j]`` is added to place j.
    out : float64
        The runs.
    """
    for i in range(values.size):
        value = values[i]
        bracket = 0
        for j in range(low.size):
            bracket += value >= low[j]
        counts[bracket] += 1
        place = position[bracket]
        out[place] = value
        position[bracket] = place + ((value <= high[bracket]) & (place < limit[bracket]))


@kernel
def score_alone(
    recency: Floats,
    frequency: NDArray[np.int64],
    monetary: Floats,
    recency_cuts: Floats,
    frequency_cuts: Floats,
    monetary_cuts: Floats,
    recency_score: Codes,
    frequency_score: Codes,
    monetary_score: Codes,
    start: int,
    stop: int,
) -> None:
    """Score rows `start` to `stop`, each measure by its own cut points.

    A recency at or below a cut adds one point, a frequency or money at or above one. Where
    recency or money is NaN all scores are 0.
    """
    for i in range(start, stop):
        days, count, spend = recency[i], float(frequency[i]), monetary[i]
        r = 1
        for j in range(recency_cuts.size):
            r += days <= recency_cuts[j]
        f = 1
        for j in range(frequency_cuts.size):
            f += count >= frequency_cuts[j]
        m = 1
        for j in range(monetary_cuts.size):
            m += spend >= monetary_cuts[j]
        known = int((days == days) & (spend == spend))
        recency_score[i] = r * known
        frequency_score[i] = f * known
        monetary_score[i] = m * known


@kernel
def score_nested(
    recency: Floats,
    frequency: NDArray[np.int64],
    monetary: Floats,
    recency_cuts: Floats,
    frequency_cuts: Floats,
    monetary_cuts: Floats,
    recency_score: Codes,
    frequency_score: Codes,
    monetary_score: Codes,
    start: int,
    stop: int,
) -> None:
    """Score rows `start` to `stop`, frequency by recency score and money by both.

    As `score_alone`, with cut points of shapes (R - 1,), (R, F - 1) and (R, F, M - 1).
    """
    for i in range(start, stop):
        days, count, spend = recency[i], float(frequency[i]), monetary[i]
        r = 0
        for j in range(recency_cuts.size):
            r += days <= recency_cuts[j]
        f = 0
        for j in range(frequency_cuts.shape[1]):
            f += count >= frequency_cuts[r, j]
        m = 0
        for j in range(monetary_cuts.shape[2]):
            m += spend >= monetary_cuts[r, f, j]
        known = int((days == days) & (spend == spend))
        recency_score[i] = (r + 1) * known
        frequency_score[i] = (f + 1) * known
        monetary_score[i] = (m + 1) * known


@kernel
def name_cells(
    recency_score: Codes,
    frequency_score: Codes,
    monetary_score: Codes,
    weights: NDArray[np.int64],
    steps: NDArray[np.int64],
    table: Codes,
    cell: NDArray[Any],
    segment: Codes,
    start: int,
    stop: int,
) -> None:
    """Give rows `start` to `stop` their cell code and segment; 0 and -1 where scores are 0.

    Parameters
    ----------
    recency_score, frequency_score, monetary_score : int8 arrays, shape (n,)
        From 1; 0 where there is no score.
    weights, steps : int64, shape (3,)
        Place value of each score in the cell code, and its step in the table.
    table : int8, shape (cells,)
        Segment code of each cell.
    cell, segment : arrays, shape (n,)
        Filled.
    """
    origin = steps.sum()
    for i in range(start, stop):
        r, f, m = int(recency_score[i]), int(frequency_score[i]), int(monetary_score[i])
        if r == 0:
            cell[i] = 0
            segment[i] = -1
        else:
            cell[i] = r * weights[0] + f * weights[1] + m * weights[2]
            segment[i] = table[r * steps[0] + f * steps[1] + m * steps[2] - origin]
