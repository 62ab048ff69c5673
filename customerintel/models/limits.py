"""Where the likelihood does not fall on the way to a limit, the optimum is at the limit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from customerintel.models.optimum import LIMIT, Likelihood, Optimum, SearchScale
from customerintel.models.searching import search

__all__ = ["find_limit"]

Floats = NDArray[np.float64]

#: How much further out, in logarithms, a limit is looked for.
_PUSH = 20.0
#: A log-likelihood that loses less than this on the way says nothing against the limit.
_NOTHING = 1e-6
#: One that loses more than this will not make up for it; so many limits are looked into.
_MUCH = 50.0


def find_limit(
    found: Optimum, loss: Likelihood, likelihood: Likelihood, scale: SearchScale, *, most: int
) -> Optimum:
    """Put an optimum on the boundary where the likelihood is as great at infinity or zero.

    A search stops where the likelihood no longer grows, which on a flat ridge is anywhere.

    Parameters
    ----------
    found : Optimum
        Where the search has ended.
    loss : callable
        What was searched.
    likelihood : callable
        At natural parameters.
    scale : SearchScale
        Between the two.
    most : int
        How many limits are looked into.

    Returns
    -------
    Optimum
        `found` itself, or the best of the limits, the other parameters being at their best.
    """
    best, least = found, found.log_likelihood - _NOTHING - 1e-12 * abs(found.log_likelihood)
    for place, fixed in _limits(found, likelihood, scale)[:most]:
        free = np.arange(len(place)) != fixed
        if free.any():
            place[free] = search(_held(loss, place, free), [place[free]], None)
        params = scale.natural(place)
        value = float(likelihood(params)[0])
        # a better limit must be clearly so: the first has the fewest parameters in it
        first = best is found and found.status != "boundary"
        if value >= least if first else value > best.log_likelihood + _NOTHING:
            unknown = np.full_like(found.covariance, np.nan)
            best = Optimum(params, value, unknown, "boundary", scale.ends(place))
    return best


def _limits(found: Optimum, likelihood: Likelihood, scale: SearchScale) -> list[tuple[Floats, int]]:
    """Return places far out that may be as good, and which parameter must stay there."""
    start, near = scale.searched(found.params), []
    middle = np.append(scale.usual, np.zeros(len(scale.ranges)))
    reach = np.append(np.full(len(scale.usual), _PUSH), _PUSH / scale.ranges)
    for order, (chosen, sign) in enumerate(_blocks(scale)):
        # out from where each is, which keeps their ratio, and from where they usually are
        for origin in (np.maximum(sign * start, sign * middle), sign * middle):
            place = start.copy()
            place[chosen] = np.clip((sign * (origin + reach))[chosen], -LIMIT, LIMIT)
            value = float(likelihood(scale.natural(place))[0])
            if math.isfinite(value) and value > found.log_likelihood - _MUCH:
                near.append((value, order, place, chosen[0]))
    # of those that lose nothing the simplest come first, then those that lose least
    flat = found.log_likelihood - _NOTHING
    near.sort(key=lambda one: (-min(one[0], flat), one[1]))
    return [(place, fixed) for _, _, place, fixed in near]


def _blocks(scale: SearchScale) -> Iterator[tuple[list[int], Floats]]:
    """Name parameters that may run away together, and where to; effects do so alone."""
    k, n = scale.n_positive, scale.n_positive + len(scale.ranges)
    for size in range(1, k + 1):
        for chosen in combinations(range(k), size):
            for signs in product((1.0, -1.0), repeat=size):
                way = np.ones(n)
                way[list(chosen)] = signs
                yield list(chosen), way
    for effect in range(k, n):
        for sign in (1.0, -1.0):
            yield [effect], np.full(n, sign)


def _held(loss: Likelihood, place: Floats, free: NDArray[np.bool_]) -> Likelihood:
    """Return the loss as a function of the free parameters only."""

    def of_free(values: Floats) -> tuple[float, Floats]:
        here = place.copy()
        here[free] = values
        value, slope = loss(here)
        return value, slope[free]

    return of_free
