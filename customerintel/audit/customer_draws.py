"""Customers drawn anew, some alike at a time: the bootstrap of large bases."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import check_seed, whole_number
from customerintel.models.intervals import check_level

__all__ = ["check_draws", "draw", "group_starts"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Up to so many distinct values, only customers with equal values are put together.
EXACT: Final = 8192
#: Beyond, so many of the smallest and of the largest values each stand for themselves, ...
_ALONE: Final = 1024
#: ... and what lies between is cut into so many groups of equally many customers.
_GROUPS: Final = 4096


def check_draws(level: Any, n_boot: Any, seed: Any) -> tuple[float, int, int]:
    """Return level, number of replicates and seed.

    Raises
    ------
    InvalidArgumentError
        If one of them cannot be used, or the replicates are too few for the level.
    """
    level = check_level(level)
    n_boot = whole_number(n_boot, "n_boot", "replicates", least=1)
    least = math.ceil(2.0 / (1.0 - level) - 1e-9) - 1
    if n_boot < least:
        raise InvalidArgumentError(
            f"An interval of level {level:g} needs n_boot of at least {least:,}; got {n_boot:,}."
        )
    return level, n_boot, int(check_seed(seed) or 0)


def group_starts(values: Floats) -> Ints:
    """Return where groups of like values begin.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Ascending.

    Returns
    -------
    ndarray of int64
        Ascending, 0 first. Up to `EXACT` distinct values, each is a group; beyond, groups hold
        values that differ a little, and the ends, where single customers weigh much, hold one
        each.
    """
    n = len(values)
    fresh = np.ones(n, bool)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    starts = np.flatnonzero(fresh)
    if len(starts) <= EXACT:
        return starts
    cuts = np.linspace(_ALONE, n - _ALONE, _GROUPS + 1).astype(np.int64)
    return np.unique(np.concatenate([np.arange(_ALONE), cuts, np.arange(n - _ALONE, n)]))


def draw(counts: Floats, n_boot: int, seed: int) -> Ints:
    """Draw all customers anew with replacement, `n_boot` times.

    Customers of one group are alike, so drawing customers is drawing the sizes of the groups
    from a multinomial distribution.

    Parameters
    ----------
    counts : ndarray of float64, shape (m,)
        Customers of each group.

    Returns
    -------
    ndarray of int64, shape (n_boot, m)
        How many of each group were drawn; rows add up to the number of customers.
    """
    n = int(counts.sum())
    if n == 0:
        return np.zeros((n_boot, len(counts)), np.int64)
    return np.random.default_rng(seed).multinomial(n, counts / n, size=n_boot)
