"""How far two distributions over the same segments are apart, and how alike their orders are.

Shares are arrays of shape (…, S): the last axis runs over segments, those before it broadcast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "TopOverlap",
    "dissimilarity",
    "effective_number",
    "jensen_shannon",
    "overlap_of_top",
    "rank_biased_overlap",
    "shares_of",
    "spearman",
    "top_overlap",
    "top_weights",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def shares_of(counts: Floats) -> Floats:
    """Return counts over their sum along the last axis; NaN where the sum is 0."""
    total = counts.sum(axis=-1, keepdims=True)
    shares: Floats = np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)
    return shares


def dissimilarity(c: Floats, p: Floats) -> Floats:
    """Return half the sum of absolute differences: 0 alike, 1 nothing in common.

    The index of Duncan and Duncan (1955, American Sociological Review 20, 210-217), which is
    the total variation distance.
    """
    apart: Floats = 0.5 * np.abs(c - p).sum(axis=-1)
    return apart


def jensen_shannon(c: Floats, p: Floats) -> Floats:
    """Return the square root of the Jensen-Shannon divergence in bits, from 0 to 1.

    Divergence: Lin (1991, IEEE Transactions on Information Theory 37, eq. 4.1); that its root
    is a metric: Endres and Schindelin (2003, ibid. 49).
    """
    middle = 0.5 * (c + p)
    divergence = 0.5 * (_relative_bits(c, middle) + _relative_bits(p, middle))
    # alike up to the last bits can come out below 0
    return np.sqrt(np.clip(divergence, 0.0, 1.0))


def _relative_bits(q: Floats, middle: Floats) -> Floats:
    q, middle = np.broadcast_arrays(q, middle)
    ratio = np.divide(q, middle, out=np.ones(q.shape), where=~(q <= 0.0))
    bits: Floats = (q * np.log2(ratio)).sum(axis=-1)
    return bits


def effective_number(c: Floats) -> Floats:
    """Return ``exp(-sum c log c)``: how many equal segments would be as broad.

    Hill (1973, Ecology 54, 427-432), number of order 1.
    """
    logs = np.log(c, out=np.zeros(c.shape), where=~(c <= 0.0))
    number: Floats = np.exp(-(c * logs).sum(axis=-1))
    return number


def spearman(c: Floats, p: Floats) -> Floats:
    """Return the correlation of ranks, ties at their mean rank; NaN where one has no order."""
    from scipy.stats import rankdata

    x, y = (np.asarray(rankdata(s, axis=-1), np.float64) for s in (c, p))
    middle = (x.shape[-1] + 1) / 2.0
    x, y = x - middle, y - middle
    below = np.sqrt((x * x).sum(axis=-1) * (y * y).sum(axis=-1))
    above = (x * y).sum(axis=-1)
    found: Floats = np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > 0)
    return found


def top_weights(shares: Floats, k: int) -> Floats:
    """Return how surely each segment is among the first `k`, of shape (…, S).

    1 above the k-th share; where several are equal at the k-th place, the places that are left
    over their number; 0 below, and where the share is 0.
    """
    k = min(k, shares.shape[-1])
    ordered = np.sort(shares, axis=-1)
    cut = ordered[..., -k][..., None]
    above = shares > cut
    tied = (shares == cut) & (shares > 0.0)
    left = k - above.sum(axis=-1, keepdims=True)
    share = left / np.maximum(tied.sum(axis=-1, keepdims=True), 1)
    return np.where(above, 1.0, np.where(tied, np.minimum(share, 1.0), 0.0))


def overlap_of_top(c: Floats, p: Floats, k: int) -> Floats:
    """Return the share of places that the first `k` of both have in common.

    Where ties leave open who is among the first, the mean over all ways to break them, which
    are broken on each side by itself. NaN with no more than `k` segments, which are in every
    list.
    """
    if c.shape[-1] <= k:
        return np.full(np.broadcast_shapes(c.shape[:-1], p.shape[:-1]), np.nan)
    both: Floats = (top_weights(c, k) * top_weights(p, k)).sum(axis=-1) / k
    return both


@dataclass(frozen=True)
class TopOverlap:
    """What the first segments of two distributions have in common.

    Attributes
    ----------
    overlap : float
        Mean over all ways to break ties.
    least, most : float
        Over the ways to break ties.
    first, second : tuple of int
        Places of the segments of each list, greatest first; all that are tied at the end, so
        there may be more than k.
    """

    overlap: float
    least: float
    most: float
    first: tuple[int, ...]
    second: tuple[int, ...]


def top_overlap(c: Floats, p: Floats, k: int) -> TopOverlap:
    """Compare the first `k` segments of two distributions, of shape (S,)."""
    a, b = top_weights(c, k), top_weights(p, k)
    lists = [_by_share(s, w) for s, w in ((c, a), (p, b))]
    if len(c) <= k:
        return TopOverlap(np.nan, np.nan, np.nan, *lists)
    least, most = _extremes(a, b)
    return TopOverlap(float(overlap_of_top(c, p, k)), least / k, most / k, *lists)


def _by_share(shares: Floats, weights: Floats) -> tuple[int, ...]:
    order = np.argsort(-shares, kind="stable")
    return tuple(order[weights[order] > 0.0].tolist())


def _extremes(a: Floats, b: Floats) -> tuple[int, int]:
    """Return the least and the greatest overlap over the ways to break ties."""
    in_a, in_b, tied_a, tied_b = a == 1.0, b == 1.0, (a > 0) & (a < 1), (b > 0) & (b < 1)
    need_a, need_b = round(float(a[tied_a].sum())), round(float(b[tied_b].sum()))
    sure = int((in_a & in_b).sum())
    a_in_b, b_in_a = int((tied_a & in_b).sum()), int((tied_b & in_a).sum())
    shared = int((tied_a & tied_b).sum())
    x, y = min(need_a, a_in_b), min(need_b, b_in_a)
    most = sure + x + y + min(need_a - x, need_b - y, shared)
    free_a = int(tied_a.sum()) - a_in_b - shared
    free_b = int(tied_b.sum()) - b_in_a - shared
    # what cannot be free goes to the shared ties, apart as long as there is room, or to the rest
    left_a, left_b = max(0, need_a - free_a), max(0, need_b - free_b)
    least = min(
        (left_a - i) + (left_b - j) + max(0, i + j - shared)
        for i in range(max(0, left_a - a_in_b), min(left_a, shared) + 1)
        for j in range(max(0, left_b - b_in_a), min(left_b, shared) + 1)
    )
    return sure + least, most


def rank_biased_overlap(c: Floats, p: Floats, persistence: float = 0.9) -> Floats:
    """Return how alike two orders are, with most weight on the first places.

    The extrapolated measure of Webber, Moffat and Zobel (2010, ACM Transactions on Information
    Systems 28(4), article 20, eq. 30), for two orders of the same S segments: with agreement
    ``A_d`` of the first d, ``(1 - q)/q sum_d A_d q^d + A_S q^S``, where ``A_S = 1``. Segments
    with equal shares have the same rank, and are together in or out at every depth; agreement is
    then twice those in common over those in both lists, as the authors do with ties.

    Parameters
    ----------
    c, p : ndarray of float64, shape (…, S)
        Shares; greatest first.
    persistence : float, default 0.9
        The probability q to look at one more place: the first ten have 86 % of the weight.
    """
    ranks = [_ranks(s) for s in np.broadcast_arrays(c, p)]
    size = ranks[0].shape[-1]
    depth = np.arange(1, size + 1)
    common = _up_to(np.maximum(*ranks))
    agreement = 2.0 * common / (_up_to(ranks[0]) + _up_to(ranks[1]))
    weights = persistence ** depth.astype(np.float64)
    found = (1.0 - persistence) / persistence * (agreement * weights).sum(axis=-1)
    found = found + agreement[..., -1] * weights[-1]
    unknown = np.isnan(c).any(axis=-1) | np.isnan(p).any(axis=-1)
    return np.where(unknown, np.nan, found)


def _ranks(shares: Floats) -> Ints:
    """Return ranks from 1, greatest first; those that are equal have the smallest of theirs."""
    from scipy.stats import rankdata

    ranks = rankdata(-np.nan_to_num(shares), method="min", axis=-1)
    return np.asarray(ranks, np.int64)


def _up_to(ranks: Ints) -> Ints:
    """Count the ranks up to each depth, along the last axis."""
    size = ranks.shape[-1]
    flat = ranks.reshape(-1, size)
    place = (ranks.reshape(flat.shape) - 1) + size * np.arange(len(flat))[:, None]
    counted = np.bincount(place.ravel(), minlength=flat.size).reshape(flat.shape)
    found: Ints = np.cumsum(counted, axis=-1).reshape(ranks.shape)
    return found
