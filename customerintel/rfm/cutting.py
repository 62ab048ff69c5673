"""Cut points fitted to data: mid-rank quantiles of one measure, or of one inside another."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["distinct_upto", "nested_cuts", "quantile_cuts"]

Floats = NDArray[np.float64]

#: Size of the sample that brackets the quantiles of a long array.
_SAMPLE = 65_536

#: Whole numbers below this are counted rather than sorted.
_HISTOGRAM = 65_536


def quantile_cuts(values: NDArray[Any], bins: int, sample: int = _SAMPLE) -> Floats:
    """Smallest value of each score from 2 to `bins`, under the mid-rank percentile.

    A value with `less` values below it and `equal` values like it (itself included) has
    the score ``1 + floor(bins * (less + equal / 2) / n)``, computed in whole numbers, so
    that equal values always share a score and no rounding can split them.

    Parameters
    ----------
    values : float64 or int64 array, shape (n,)
        Higher is better. Values that are not finite are left out; whole numbers are not
        negative.
    bins : int
        Number of scores.
    sample : int
        Arrays over four times this size are not sorted whole: a strided sample of about
        this size brackets the quantiles, and only the brackets are sorted. The cut points
        are the same, whatever the sample.

    Returns
    -------
    float64 array, shape (bins - 1,)
        Never decreasing; inf where no value reaches the score. A value has the score
        ``1 + (number of cut points at or below it)``.
    """
    if values.dtype != np.int64:
        finite = np.isfinite(values)
        values = values if finite.all() else values[finite]
    n = values.size
    if n == 0:
        return np.full(bins - 1, np.inf)
    # twice the mid-rank that score k asks for, rounded up: 2 less + equal >= 2 n (k - 1) / bins
    targets = [-(-2 * n * k // bins) for k in range(1, bins)]
    if values.dtype == np.int64:
        if values.max() < _HISTOGRAM:
            return _counted(values, targets)
        values = values.astype(np.float64)
    cuts = _bracketed(values, targets, sample) if n > 4 * sample else None
    if cuts is None:
        ordered = np.sort(values)
        cuts = np.array([_first_at(ordered, 0, target) for target in targets])
    return cuts


def _counted(values: NDArray[np.int64], targets: list[int]) -> Floats:
    """Quantile cuts of small whole numbers, from how often each occurs."""
    counts = np.bincount(values)
    present = np.flatnonzero(counts)
    mid_ranks = 2 * np.cumsum(counts[present]) - counts[present]
    return np.append(present, np.inf)[np.searchsorted(mid_ranks, targets, side="left")]


def _first_at(ordered: Floats, before: int, target: int) -> float:
    """First of the ordered values whose doubled mid-rank reaches the target, or inf.

    `before` is the number of values, all smaller, that are not in `ordered`.
    """
    # the value before this position cannot reach the target, this one or the next distinct does
    position = max(target // 2 - before, 0)
    while position < ordered.size:
        value = ordered[position]
        left = int(np.searchsorted(ordered, value, side="left"))
        right = int(np.searchsorted(ordered, value, side="right"))
        if 2 * before + left + right >= target:
            return float(value)
        position = right
    return float("inf")


def _bracketed(values: Floats, targets: list[int], sample: int) -> Floats | None:
    """Quantile cuts of a long array, or None where the sample was no guide to it."""
    from customerintel._kernels.scores import split_brackets

    values = np.ascontiguousarray(values).view()
    values.flags.writeable = False  # one compiled version for the caller's arrays and for copies
    low, high, bracket_of = _brackets(values, targets, sample)
    room = values.size // 4
    starts = np.arange(low.size + 1) * (room + 1)
    position, counts = starts.copy(), np.zeros(low.size + 1, np.int64)
    inside = np.empty((low.size + 1) * (room + 1))
    split_brackets(values, low, high, position, starts + room, counts, inside)
    if (position == starts + room).any():
        return None
    before = np.cumsum(counts)
    cuts = []
    for target, j in zip(targets, bracket_of, strict=True):
        run = np.sort(inside[starts[j + 1] : position[j + 1]])
        cut = _first_at(run, int(before[j]), target)
        # outside the bracket: the values below it may reach the target, or only those above
        if 2 * before[j] > target or (cut == np.inf and before[j] + run.size < values.size):
            return None
        cuts.append(cut)
    return np.array(cuts)


def _brackets(values: Floats, targets: list[int], sample: int) -> tuple[Floats, Floats, list[int]]:
    """Disjoint brackets, about four standard errors to each side, and the one of each target."""
    drawn = np.sort(values[:: values.size // sample])
    rank = np.array(targets) / (2 * values.size) * drawn.size
    margin = 4.0 * np.sqrt(rank * (1.0 - rank / drawn.size)) + 1.0
    last = drawn.size - 1
    lower = drawn[np.clip(rank - margin, 0, last).astype(np.int64)]
    upper = drawn[np.clip(rank + margin, 0, last).astype(np.int64)]
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
