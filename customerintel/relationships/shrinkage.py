"""How far the rate of one customer is pulled to that of the base."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST", "MOST", "Prior", "beta_prior", "gamma_prior", "mean_prior"]

Array = NDArray[np.generic]
Floats = NDArray[np.float64]

#: Bounds of the strength of a prior, in trials (years, orders, contacts …).
LEAST: Final = 0.1
MOST: Final = 1e4
#: As many customers as this weigh as much as the weak prior of the strength.
BELIEF: Final = 20.0


class Prior(NamedTuple):
    """What is believed of a customer of whom nothing is known.

    Parameters
    ----------
    mean : float
        The base's rate.
    strength : float
        As many trials as this weigh as much as the prior: with ``n`` trials of its own, a
        customer's value is ``(total + strength · mean) / (n + strength)``.
    """

    mean: float
    strength: float


def _known(total: Array, trials: Array) -> tuple[Floats, Floats]:
    """Return what there is of customers with any trial."""
    held = np.asarray(trials > 0)  # type: ignore[operator]
    return total[held].astype(np.float64), trials[held].astype(np.float64)


def _strength(between: float, within: float, weak: float, n: int) -> float:
    """Return within / between of `n` customers; the less they are, the nearer to `weak`.

    Their ratio is averaged with that of the weak prior, which counts as `BELIEF` customers: where
    few customers differ by no more than chance, that need not be so of others.
    """
    if not within > 0.0:
        return LEAST if between > 0.0 else weak
    ratio = (n * max(0.0, between) / within + BELIEF / weak) / (n + BELIEF)
    return min(MOST, max(LEAST, 1.0 / ratio))


def beta_prior(successes: Array, trials: Array, weak: float = 2.0) -> Prior:
    """Fit the Beta distribution of customers' probabilities by moments.

    Parameters
    ----------
    successes, trials : ndarray, shape (n_customers,)
        Customers without trials do not count.
    weak : float, default 2.0
        Strength to begin with: 1/s is the mean of that of the moments, which counts once per
        customer, and 1/weak, which counts as 20 customers.

    Returns
    -------
    Prior
        Mean Σx/Σn, and strength 1/ρ - 1 with the correlation ρ of two trials of one customer.

    Notes
    -----
    Kleinman (1973), moments of the beta-binomial with the weights nᵢ: with N customers,
    n = Σnᵢ, p = Σxᵢ/n and S = Σ nᵢ (xᵢ/nᵢ - p)²,
    ρ = (S / (p (1 - p)) - (N - 1)) / (n - Σnᵢ²/n - (N - 1)).

    Examples
    --------
    >>> import numpy as np
    >>> prior = beta_prior(np.array([0, 0, 9, 10]), np.array([10, 10, 10, 10]))
    >>> round(prior.mean, 3), round(prior.strength, 3)
    (0.475, 0.1)
    """
    x, n = _known(successes, trials)
    total = float(n.sum())
    if total == 0.0:
        return Prior(0.0, weak)
    p = min(1.0, max(0.0, float(x.sum()) / total))
    if not 0.0 < p < 1.0:
        return Prior(p, weak)
    spread = float((n * (x / n - p) ** 2).sum()) / (p * (1.0 - p))
    chance = len(n) - 1.0
    room = total - float((n * n).sum()) / total - chance
    if not room > 0.0:
        return Prior(p, weak)
    rho = (spread - chance) / room
    return Prior(p, _strength(rho, max(0.0, 1.0 - rho), weak, len(n)))


def gamma_prior(events: Array, exposure: Array, weak: float = 1.0) -> Prior:
    """Fit the Gamma distribution of customers' rates by moments.

    Parameters
    ----------
    events, exposure : ndarray, shape (n_customers,)
        Counts, and the years or orders in which they were made.
    weak : float, default 1.0
        Strength to begin with, as for `beta_prior`.

    Returns
    -------
    Prior
        Mean m = Σx/ΣT, and strength m / v: the rate parameter of the Gamma distribution.

    Notes
    -----
    Counts are Poisson given a customer's rate, so Var x = m T + v T², and
    v = Σ ((xᵢ - m Tᵢ)² - m Tᵢ) / Σ Tᵢ²: the moments of the negative binomial, Ehrenberg (1959),
    for unequal exposure.

    Examples
    --------
    >>> import numpy as np
    >>> prior = gamma_prior(np.array([0, 0, 8]), np.array([2.0, 2.0, 2.0]))
    >>> round(prior.mean, 3), round(prior.strength, 3)
    (1.333, 0.868)
    """
    x, t = _known(events, exposure)
    total = float(t.sum())
    if total == 0.0:
        return Prior(0.0, weak)
    mean = float(x.sum()) / total
    between = float(((x - mean * t) ** 2 - mean * t).sum()) / float((t * t).sum())
    return Prior(mean, _strength(between, mean, weak, len(x)))


def mean_prior(total: Array, squares: Array, trials: Array, weak: float = 2.0) -> Prior:
    """Fit the distribution of customers' means by moments.

    Parameters
    ----------
    total, squares, trials : ndarray, shape (n_customers,)
        Sums of the observations and of their squares, and how many there are.
    weak : float, default 2.0
        Strength to begin with, as for `beta_prior`.

    Returns
    -------
    Prior
        The mean of all observations, and the variance within customers over that between them.

    Notes
    -----
    Bühlmann and Straub (1970): with N customers, n = Σnᵢ, means mᵢ and m,
    within = Σ (qᵢ - nᵢ mᵢ²) / (n - N) and
    between = (Σ nᵢ (mᵢ - m)² - (N - 1) within) / (n - Σnᵢ²/n).

    Examples
    --------
    >>> import numpy as np
    >>> prior = mean_prior(np.array([2.0, 0.2]), np.array([2.1, 0.1]), np.array([2, 2]))
    >>> round(prior.mean, 3), round(prior.strength, 3)
    (0.55, 1.222)
    """
    x, n = _known(total, trials)
    q = _known(squares, trials)[0]
    count = float(n.sum())
    if count == 0.0:
        return Prior(0.0, weak)
    mean = float(x.sum()) / count
    free, room = count - len(n), count - float((n * n).sum()) / count
    if not (free > 0.0 and room > 0.0):
        return Prior(mean, weak)
    within = max(0.0, float((q - x * x / n).sum()) / free)
    spread = float((n * (x / n - mean) ** 2).sum())
    between = (spread - (len(n) - 1.0) * within) / room
    return Prior(mean, _strength(between, within, weak, len(x)))
