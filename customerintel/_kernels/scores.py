"""Kernels of RFM scoring: exact quantiles without a full sort, and scores, cells and segments.

Twins in ``tests/oracle_rfm.py``: ``split_brackets``, ``score_alone``, ``score_nested`` and
``name_cells``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels._jit import kernel

__all__ = ["LANES", "count_whole", "name_cells", "score_alone", "score_nested", "split_brackets"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]

#: Rows that are scored together: one loop per cut point, which compilers vectorise.
_BLOCK = 2048
#: Histograms that take turns.
LANES = 4
#: More than anybody buys.
_MOST = 2.0**62


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
    least = np.empty(low.size + 1, np.int64)
    inside, pick = np.empty(_BLOCK, np.bool_), np.empty(_BLOCK + 1, np.int64)
    for base in range(0, values.size, _BLOCK):
        part = values[base : base + _BLOCK]
        inside[:] = False
        least[low.size] = 0
        for j in range(low.size):
            lower, upper, found = low[j], high[j + 1], 0
            for i in range(part.size):
                above = part[i] >= lower
                found += above
                inside[i] |= above & (part[i] <= upper)
            least[j] = found
        counts[0] += part.size - least[0]
        for j in range(low.size):
            counts[j + 1] += least[j] - least[j + 1]
        found = 0
        for i in range(part.size):
            pick[found] = i
            found += inside[i]
        for k in range(found):
            value = part[pick[k]]
            bracket = 0
            for j in range(low.size):
                bracket += value >= low[j]
            place = position[bracket]
            if place < limit[bracket]:
                out[place] = value
                position[bracket] = place + 1


@kernel
def count_whole(
    values: NDArray[Any],
    sign: float,
    least: float,
    counts: NDArray[np.int64],
    start: int,
    stop: int,
) -> bool:
    """Count how often each ``sign * value - least`` occurs among the rows `start` to `stop`.

    Returns False where one of them is not a whole number from 0 to below the columns of
    `counts`; the counts are nonsense then. Otherwise its `LANES` rows add up to the counts.
    """
    strange, size = 0, counts.shape[1]
    place = np.empty(_BLOCK, np.uint32)
    for base in range(start, stop, _BLOCK):
        part = values[base : min(base + _BLOCK, stop)]
        for i in range(part.size):
            step = sign * part[i] - least
            inside = (step >= 0) & (step < size)
            whole = np.int32(step if inside else 0)
            strange += (not inside) | (whole != step)
            place[i] = whole
        # the same value twice in a row would wait for its own counter
        for i in range(part.size):
            counts[i % LANES, place[i]] += 1
    return strange == 0


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
    for base in range(start, stop, _BLOCK):
        top = min(base + _BLOCK, stop)
        days, count, spend = recency[base:top], frequency[base:top], monetary[base:top]
        r, f, m = recency_score[base:top], frequency_score[base:top], monetary_score[base:top]
        # scores start as 1, or as 0 to stay so
        for i in range(days.size):
            r[i] = (days[i] == days[i]) & (spend[i] == spend[i])
            f[i] = r[i]
            m[i] = r[i]
        for cut in recency_cuts:
            for i in range(days.size):
                r[i] += (days[i] <= cut) & (m[i] != 0)
        for cut in frequency_cuts:
            whole = np.int64(min(max(np.ceil(cut), -_MOST), _MOST))
            for i in range(days.size):
                f[i] += (count[i] >= whole) & (f[i] != 0)
        for cut in monetary_cuts:
            for i in range(days.size):
                m[i] += (spend[i] >= cut) & (m[i] != 0)


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
    table : int8, flat
        Segment code of each cell; scores of 0 have places too.
    cell, segment : arrays, shape (n,)
        Filled.
    """
    place = np.empty(_BLOCK, np.uint32)
    for base in range(start, stop, _BLOCK):
        top = min(base + _BLOCK, stop)
        r, f, m = recency_score[base:top], frequency_score[base:top], monetary_score[base:top]
        codes, names = cell[base:top], segment[base:top]
        for i in range(r.size):
            codes[i] = r[i] * weights[0] + f[i] * weights[1] + m[i] * weights[2]
            place[i] = r[i] * steps[0] + f[i] * steps[1] + m[i] * steps[2]
        for i in range(r.size):
            names[i] = table[place[i]]
