"""Three populations with known truth for look-alikes: linear, interacting, and hidden positives.

20 traits of mixed kinds; who is a positive is drawn by chance from known log-odds, and some of
the positives are the seeds. The others stay among the unlabelled: they are to be found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["NAMES", "Population", "recall_at", "simulate"]

Floats = NDArray[np.float64]

NAMES = ("linear", "interactions", "hidden")
#: Levels of the categorical traits.
LEVELS = (2, 3, 5, 8, 12, 30, 80, 200)
N_NUMERIC = 12
#: Share of positives, and how many of them are seeds.
POSITIVES = 0.025
SEEDS = {"linear": 0.6, "interactions": 0.6, "hidden": 0.7}


@dataclass(frozen=True, eq=False)
class Population:
    """People, and who is what.

    Parameters
    ----------
    table : dict of str to ndarray
        ``customer_id`` and 20 traits.
    positive : ndarray of bool, shape (n,)
        The truth.
    seed : ndarray of bool, shape (n,)
        Positives that are known.
    odds : ndarray of float64, shape (n,)
        True log-odds: what the best ranking is by.
    """

    table: dict[str, NDArray[np.generic]]
    positive: NDArray[np.bool_]
    seed: NDArray[np.bool_]
    odds: Floats


def simulate(name: str, n: int, *, seed: int = 0) -> Population:
    """Draw a population.

    Parameters
    ----------
    name : {"linear", "interactions", "hidden"}
        What its log-odds are made of. "hidden": linear and some interactions; 30 % of the
        positives hide among the unlabelled, and none is held out otherwise.
    n : int
        People.
    seed : int, default 0
        Of all draws.
    """
    rng = np.random.default_rng([seed, NAMES.index(name)])
    latent = rng.normal(size=(n, N_NUMERIC))
    latent[:, 1:] += 0.3 * latent[:, :1]
    codes = [rng.choice(k, n, p=_shares(rng, k)) for k in LEVELS]
    odds = _linear(rng, latent, codes)
    if name != "linear":
        strength = 1.0 if name == "interactions" else 0.5
        odds = 0.4 * odds + strength * _interactions(latent, codes)
    odds = 1.6 * odds / odds.std() + rng.normal(scale=0.3, size=n)
    odds += _constant(odds)
    positive = rng.random(n) < 1.0 / (1.0 + np.exp(-odds))
    known = positive & (rng.random(n) < SEEDS[name])
    table: dict[str, NDArray[np.generic]] = {"customer_id": rng.permutation(n) + 10 * n}
    table |= {f"n{j}": column for j, column in enumerate(_observed(rng, latent))}
    for j, code in enumerate(codes):
        table[f"c{j}"] = np.array([f"level {k}" for k in range(LEVELS[j])], object)[code]
    return Population(table, positive, known, odds)


def _shares(rng: np.random.Generator, k: int) -> Floats:
    shares = rng.dirichlet(np.full(k, 2.0))
    found: Floats = shares / shares.sum()
    return found


def _linear(rng: np.random.Generator, latent: Floats, codes: list[NDArray[np.int64]]) -> Floats:
    """Straight effects of eight numbers, one of them bent, and of levels."""
    slopes = np.array([0.8, -0.6, 0.5, 0.4, -0.3, 0.3, 0.2, -0.2, 0, 0, 0, 0])
    odds = latent @ slopes
    for k, code in zip(LEVELS, codes, strict=True):
        odds = odds + rng.normal(scale=0.35, size=k)[code]
    found: Floats = odds
    return found


def _interactions(latent: Floats, codes: list[NDArray[np.int64]]) -> Floats:
    """Products, corners and a slope that depends on a level."""
    found: Floats = (
        0.9 * latent[:, 2] * latent[:, 3]
        - 0.7 * latent[:, 4] * latent[:, 5]
        + 1.2 * ((latent[:, 6] > 0.5) & (latent[:, 7] > 0.0))
        + 0.9 * np.where(codes[1] == 0, latent[:, 8], -latent[:, 8])
        + 1.0 * ((codes[2] % 2 == 0) & (codes[3] % 2 == 1))
        + 0.6 * (latent[:, 9] * latent[:, 10] * latent[:, 11] > 0.5)
    )
    return found


def _constant(odds: Floats) -> float:
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if (1.0 / (1.0 + np.exp(-(odds + middle)))).mean() < POSITIVES:
            low = middle
        else:
            high = middle
    return low


def _observed(rng: np.random.Generator, latent: Floats) -> list[Floats]:
    """Numbers as tables hold them: skewed, rounded, with gaps."""
    found: list[Floats] = []
    for j in range(N_NUMERIC):
        column: Any = latent[:, j].copy()
        if j % 3 == 1:
            column = np.round(np.exp(1.0 + column), 2)
        elif j % 3 == 2:
            column = np.floor(40.0 + 12.0 * column)
        if j % 4 == 2:
            column[rng.random(len(column)) < 0.1] = np.nan
        found.append(column)
    return found


def recall_at(score: Floats, wanted: NDArray[np.bool_], share: float = 0.05) -> float:
    """Return the share of the wanted among the highest scores."""
    n = max(1, round(share * len(score)))
    top = np.argpartition(-score, n - 1)[:n]
    return float(wanted[top].sum() / wanted.sum())
