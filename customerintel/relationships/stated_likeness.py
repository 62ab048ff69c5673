"""What customers who stated one type have in common, and how far that is to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals

__all__ = [
    "Likeness", "Sample", "known_ranks", "likeness_of", "sampled", "scores_of", "shares_of",
]  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Customers of each type that are looked at; of more, as many are taken at even distances.
MOST = 2_000
#: Customers of the whole sample that each type is mixed with, and the variance of ranks that are
#: spread evenly, which counts for as many.
FEW = 10.0
EVEN = 1.0 / 12.0
#: Parts that customers are held out in, to find out how far the signals are to be believed.
FOLDS = 5
#: What belief costs in log-likelihood: a handful of customers is not enough to be believed.
CAUTION = 4.0
#: Customers of each type that the shares are drawn to equality by, and steps to find them.
EACH, STEPS = 0.5, 200
#: Customers whose scores are computed at a time.
CHUNK = 4_096


class Sample(NamedTuple):
    """Signals of customers who stated a type.

    Parameters
    ----------
    ranks, weights : ndarray of float64, shape (n_customers, n_signals)
        Ranks, 0 where not known, and how much each is worth: 0 where not known.
    said : ndarray of int64, shape (n_customers,)
        Place of the stated type.
    """

    ranks: Floats
    weights: Floats
    said: Ints


class Likeness(NamedTuple):
    """Means and variances of ranks by stated type.

    Parameters
    ----------
    center, variance : ndarray of float64, shape (n_signals, n_types)
        Of the ranks of those who stated the type.
    belief : float
        What the sum of log-likelihoods is multiplied by: signals repeat each other, so it
        says too much. 0: the signals tell nothing.
    """

    center: Floats
    variance: Floats
    belief: float


def sampled(said: Ints, n_types: int) -> Ints:
    """Return places of at most `MOST` customers of each type, ascending; -1 in `said`: none."""
    picks = []
    for one in range(n_types):
        places = np.flatnonzero(said == one)
        even = np.linspace(0, len(places) - 1, min(len(places), MOST)).round().astype(np.int64)
        picks.append(places[even])
    return np.sort(np.concatenate(picks))


def shares_of(counts: Ints, states: Floats) -> Floats:
    """Return the shares of types that explain how often each is stated.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_types,)
        How many customers stated each type.
    states : ndarray of float64, shape (n_types, n_types)
        How likely a customer of each type (columns) is to state each type (rows).

    Returns
    -------
    ndarray of float64, shape (n_types,)
        By EM, with `EACH` customers added to each type.
    """
    shares = np.full(len(counts), 1.0 / len(counts))
    for _ in range(STEPS):
        belongs = states * shares
        belongs /= belongs.sum(axis=1, keepdims=True)
        shares = counts @ belongs + EACH
        shares /= shares.sum()
    return shares


def likeness_of(sample: Sample, shares: Floats, states: Floats) -> Likeness:
    """Return what those who stated each type have in common.

    Parameters
    ----------
    sample : Sample
        Customers who stated a type.
    shares : ndarray of float64, shape (n_types,)
        Of the types, positive.
    states : ndarray of float64, shape (n_types, n_types)
        How likely a customer of each type (columns) is to state each type (rows).

    Returns
    -------
    Likeness
        Each type's means and variances are mixed with those of all (normal naive Bayes, with
        shrinkage); the belief is the power of the likelihood under which held-out customers
        are most likely to state what they did (temperature scaling [1]_).

    References
    ----------
    .. [1] Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On Calibration of Modern
       Neural Networks. ICML 34, section 4.2.
    """
    n_types = len(shares)
    center, variance = _moments(sample, n_types)
    if len(np.unique(sample.said)) < 2:
        return Likeness(center, variance, 0.0)
    fold = _folds(sample.said)
    scores = np.zeros((len(sample.said), n_types))
    for part in range(FOLDS):
        held = fold == part
        learned = Sample(*(column[~held] for column in sample))
        scores[held] = _score(sample.ranks[held], sample.weights[held], *_moments(learned, n_types))
    return Likeness(center, variance, _belief(scores, np.log(shares), np.log(states)[sample.said]))


def _folds(said: Ints) -> Ints:
    """Deal the customers of each type to the parts in turn."""
    order = np.argsort(said, kind="stable")
    fold = np.empty(len(said), np.int64)
    fold[order] = np.arange(len(said)) % FOLDS
    return fold


def _moments(sample: Sample, n_types: int) -> tuple[Floats, Floats]:
    """Return means and variances by signal and type, drawn towards those of all."""
    ranks, weights, said = sample
    belongs = np.zeros((len(said), n_types))
    belongs[np.arange(len(said)), said] = 1.0
    sums = [(weights * ranks**power).T @ belongs for power in (0, 1, 2)]
    n = sums[0].sum(axis=1, keepdims=True) + FEW
    mean = (sums[1].sum(axis=1, keepdims=True) + FEW * 0.5) / n
    center = (sums[1] + FEW * mean) / (sums[0] + FEW)
    squares = sums[2] - 2.0 * center * sums[1] + center**2 * sums[0]
    return center, (squares + FEW * EVEN) / (sums[0] + FEW)


def _score(ranks: Floats, weights: Floats, center: Floats, variance: Floats) -> Floats:
    out = np.zeros((len(ranks), center.shape[1]))
    for j in range(len(center)):
        _add(out, ranks[:, j], weights[:, j], center[j], variance[j])
    return out


def _add(out: Floats, rank: Floats, weight: Floats, center: Floats, variance: Floats) -> None:
    """Add the log-likelihoods of one signal, without its constant."""
    slope, bend = center / variance, -0.5 / variance
    start = -0.5 * (center * slope + np.log(variance))
    for first in range(0, len(out), CHUNK):
        span = slice(first, first + CHUNK)
        x, w = rank[span, None], weight[span, None]
        # sums of products, not products of matrices, whose last bits depend on the chunk
        out[span] += w * (start + x * (slope + x * bend))


def _belief(scores: Floats, prior: Floats, answers: Floats) -> float:
    """Return the power; `answers` are the logs of how likely each type states what was stated."""
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    def loss(belief: float) -> float:
        z = prior + belief * scores
        seen = logsumexp(z + answers, axis=1) - logsumexp(z, axis=1)
        return CAUTION * belief - float(seen.sum())

    found = minimize_scalar(loss, bounds=(0.0, 2.0), method="bounded")
    return float(found.x) if loss(float(found.x)) < loss(0.0) else 0.0


def scores_of(
    signals: Signals, names: Sequence[str], likeness: Likeness
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how like those who stated each type customers are, and of whom anything is known.

    Parameters
    ----------
    signals : Signals
        With ranks in the base that the likeness was learned from.
    names : sequence of str
        Signals of the likeness; one that is not there counts as not known.
    likeness : Likeness
        Of the types.

    Returns
    -------
    scores : ndarray of float64, shape (n_customers, n_types)
        Logs, to be added to those of the shares.
    known : ndarray of bool, shape (n_customers,)
    """
    out = np.zeros((len(signals), likeness.center.shape[1]))
    known = np.zeros(len(signals), bool)
    there = set(signals.names)
    for j, name in enumerate(names):
        if name not in there:
            continue
        rank, weight = known_ranks(signals, name)
        known |= weight > 0.0
        if likeness.belief:
            belief = weight * likeness.belief
            _add(out, rank, belief, likeness.center[j], likeness.variance[j])
    return out, known


def known_ranks(signals: Signals, name: str) -> tuple[Floats, Floats]:
    """Return ranks and weights of a signal, both 0 where it is not known."""
    rank = signals.rank(name)
    seen = ~np.isnan(rank)
    return np.where(seen, rank, 0.0), np.where(seen, signals.weight(name), 0.0)
