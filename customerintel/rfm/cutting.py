"""Cut points fitted to data: mid-rank quantiles of one measure, or of one inside another."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["distinct_upto", "fixed", "nested_cuts", "quantile_cuts"]

Floats = NDArray[np.float64]

#: Size of the sample that brackets the quantiles of a long array.
_SAMPLE = 65_536

#: Whole numbers that lie within this range are counted rather than sorted.
_HISTOGRAM = 16_384

#: Fewer values than this are sorted whatever they are.
_FEW = 4_096


def quantile_cuts(
    values: NDArray[Any], bins: int, sample: int = _SAMPLE, *, sign: int = 1
) -> Floats:
    """Smallest value of each score from 2 to `bins`, under the mid-rank percentile.

    A value with `less` values below it and `equal` values like it (itself included) has
    the score ``1 + floor(bins * (less + equal / 2) / n)``, computed in whole numbers, so
    that equal values always share a score and no rounding can split them.

    Parameters
    ----------
    values : float64 or int64 array, shape (n,)
        Higher is better. Values that are not finite are left out.
    bins : int
        Number of scores.
    sample : int
        Arrays over four times this size are not sorted whole: whole numbers are counted, and
        of others a strided sample of about this size brackets the quantiles, and only the
        brackets are sorted. The cut points are the same, whatever the sample.
    sign : {1, -1}
        -1 for the cut points of ``-values``.

    Returns
    -------
    float64 array, shape (bins - 1,)
        Never decreasing; inf where no value reaches the score. A value has the score
        ``1 + (number of cut points at or below it)``.
    """
    cuts = _counted(values, bins, sign) if values.size > _FEW else None
    if cuts is not None:
        return cuts
    values = values.astype(np.float64, copy=False)
    with np.errstate(over="ignore", invalid="ignore"):
        clean = np.isfinite(values.sum())  # a finite sum has only finite terms
    values = values if clean else values[np.isfinite(values)]
    if values.size == 0:
        return np.full(bins - 1, np.inf)
    values = -values if sign < 0 else values
    targets = _targets(values.size, bins)
    cuts = _bracketed(values, targets, sample) if values.size > 4 * sample else None
    return np.array([_first_at(values, 0, target) for target in targets]) if cuts is None else cuts


def _targets(n: int, bins: int) -> list[int]:
    """Twice the mid-rank that each score asks for: 2 less + equal >= 2 n (k - 1) / bins."""
    return [-(-2 * n * k // bins) for k in range(1, bins)]


def _counted(values: NDArray[Any], bins: int, sign: int) -> Floats | None:
    """Quantile cuts from how often each value occurs; None where some are not whole or far off."""
    from customerintel._kernels.scores import LANES, count_whole
    from customerintel._kernels.threads import run, stretches

    head = values[:_FEW]
    if (head != np.floor(head)).any():
        return None
    middle = sign * float(values[0])
    least = math.floor(middle) - _HISTOGRAM // 2 if abs(middle) < 2.0**52 else 0.0
    spans = stretches(values.size)
    counts = np.zeros((len(spans), LANES, _HISTOGRAM), np.int64)
    values = fixed(values)
    tasks = [(values, float(sign), float(least), counts[k], *span) for k, span in enumerate(spans)]
    if not all(run(count_whole, tasks)):
        return None
    counted = counts.sum(axis=(0, 1))
    present = np.flatnonzero(counted)
    mid_ranks = 2 * np.cumsum(counted[present]) - counted[present]
    reached = np.searchsorted(mid_ranks, _targets(values.size, bins), side="left")
    return np.append(present + float(least), np.inf)[reached]


def _first_at(values: Floats, before: int, target: int) -> float:
    """Least of the values whose doubled mid-rank reaches the target, or inf.

    `before` is the number of values, all smaller, that are not in `values`.
    """
    # the value before this position cannot reach the target, this one or the next distinct does
    position = max(target // 2 - before, 0)
    while position < values.size:
        value = np.partition(values, position)[position]
        left = int(np.count_nonzero(values < value))
        right = left + int(np.count_nonzero(values == value))
        if 2 * before + left + right >= target:
            return float(value)
        position = right
    return float("inf")


def _bracketed(values: Floats, targets: list[int], sample: int) -> Floats | None:
    """Quantile cuts of a long array, or None where the sample was no guide to it."""
    from customerintel._kernels.scores import split_brackets
    from customerintel._kernels.threads import run, stretches

    values = fixed(values)
    low, high, bracket_of = _brackets(values, targets, sample)
    spans = stretches(values.size)
    room = values.size // (4 * len(spans))
    starts = np.arange(low.size + 1) * (room + 1)
    # a cache line to each thread: they write these all the time
    position, counts = np.zeros((2, len(spans), starts.size + 16), np.int64)[..., : starts.size]
    position[:] = starts
    inside = np.empty((len(spans), (low.size + 1) * (room + 1)))
    limit = starts + room
    run(
        split_brackets,
        [
            (values[slice(*span)], low, high, position[k], limit, counts[k], inside[k])
            for k, span in enumerate(spans)
        ],
    )
    if (position == limit).any():
        return None
    before = np.cumsum(counts.sum(axis=0))
    cuts = []
    for target, j in zip(targets, bracket_of, strict=True):
        found = zip(inside, position[:, j + 1], strict=True)
        within = np.concatenate([kept[starts[j + 1] : end] for kept, end in found])
        cut = _first_at(within, int(before[j]), target)
        # outside the bracket: the values below it may reach the target, or only those above
        if 2 * before[j] > target or (cut == np.inf and before[j] + within.size < values.size):
            return None
        cuts.append(cut)
    return np.array(cuts)


def fixed(values: NDArray[Any]) -> NDArray[Any]:
    """Contiguous read-only view, so that one compiled version serves copies and callers' arrays."""
    view = np.ascontiguousarray(values).view()
    view.flags.writeable = False
    return view


def _brackets(values: Floats, targets: list[int], sample: int) -> tuple[Floats, Floats, list[int]]:
    """Disjoint brackets, about four standard errors to each side, and the one of each target."""
    drawn = values[:: values.size // sample]
    rank = np.array(targets) / (2 * values.size) * drawn.size
    margin = 4.0 * np.sqrt(rank * (1.0 - rank / drawn.size)) + 1.0
    ends = np.clip([rank - margin, rank + margin], 0, drawn.size - 1).astype(np.int64)
    lower, upper = np.partition(drawn, np.unique(ends))[ends]
    low, high, bracket_of = [lower[0]], [-np.inf, upper[0]], []
    for a, b in zip(lower, upper, strict=True):
        if a > high[-1]:
            low.append(a)
            high.append(b)
        high[-1] = b  # targets ascend, and so do the upper ends
        bracket_of.append(len(low) - 1)
    return np.array(low), np.array(high), bracket_of


def distinct_upto(values: NDArray[Any], limit: int) -> int:
    """Count the distinct values, giving up at `limit`."""
    head = int(np.unique(values[:1024]).size)
    return min(head if head >= limit or values.size <= 1024 else np.unique(values).size, limit)


def nested_cuts(
    recency: Floats, frequency: NDArray[np.int64], monetary: Floats | None, bins: tuple[int, ...]
) -> tuple[Floats, Floats, Floats | None]:
    """Cut points of recency, of frequency inside each recency score, of money inside both.

    Parameters
    ----------
    recency, frequency, monetary : arrays, shape (n,)
        Higher is better (recency is negated by the caller).
    bins : tuple of int
        Number of scores of each measure.

    Returns
    -------
    tuple of arrays
        Shapes (R - 1,), (R, F - 1) and (R, F, M - 1). A group that holds nobody takes the
        cut points of the nearest group that does (the higher one on a tie), so that frozen
        cut points score everyone.
    """
    first = quantile_cuts(recency, bins[0])
    second = np.full((bins[0], bins[1] - 1), np.nan)
    third = None if monetary is None else np.full((bins[0], bins[1], bins[2] - 1), np.nan)
    for r, rows in enumerate(_groups(_score(recency, first), bins[0])):
        if rows.size == 0:
            continue
        second[r] = quantile_cuts(frequency[rows], bins[1])
        if third is None or monetary is None:
            continue
        for f, inner in enumerate(_groups(_score(frequency[rows], second[r]), bins[1])):
            if inner.size:
                third[r, f] = quantile_cuts(monetary[rows[inner]], bins[2])
        _fill_from_nearest(third[r])
    _fill_from_nearest(second)
    if third is not None:
        _fill_from_nearest(third)
    return first, second, third


def _score(values: NDArray[Any], cuts: Floats) -> NDArray[np.int8]:
    return np.searchsorted(cuts, values, side="right").astype(np.int8)


def _groups(scores: NDArray[np.int8], bins: int) -> list[NDArray[np.int64]]:
    """Positions of each score, ascending."""
    order = np.argsort(scores, kind="stable")
    ends = np.cumsum(np.bincount(scores, minlength=bins))
    return [order[a:b] for a, b in itertools.pairwise([0, *ends.tolist()])]


def _fill_from_nearest(tree: Floats) -> None:
    """Give groups without cut points (NaN) those of the nearest group that has them."""
    has = ~np.isnan(tree.reshape(len(tree), -1)).any(axis=1)
    filled = np.flatnonzero(has)
    if filled.size == 0:
        return
    for group in np.flatnonzero(~has):
        # of two groups at the same distance the higher wins: last of a descending tie
        distance = np.abs(filled[::-1] - group)
        tree[group] = tree[filled[::-1][int(np.argmin(distance))]]
