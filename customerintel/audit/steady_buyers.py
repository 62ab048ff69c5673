"""The null model in which nobody changes: what becomes of the top customers by chance alone.

Whoever bought much last year did so because they buy often, and because it was a good year. The
second part does not come back, so the top of one year is always less than the top of the next,
in a base where every customer goes on as before.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.top_share import top_of_counts
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.tables.results import html_table, one_line

__all__ = ["SteadyBuyers", "SteadyCore", "core_of_steady", "expect_core", "fit_steady"]

Floats = NDArray[np.float64]

#: Shapes that are looked at: below, the counts are log-series; above, Poisson.
SHAPES = (1e-3, 1e3)


@dataclass(frozen=True, repr=False)
class SteadyBuyers:
    """Customers whose purchases are Poisson, at rates that differ by a gamma distribution.

    Attributes
    ----------
    shape : float
        Of the gamma distribution; NaN where nothing can be told.
    mean : float
        Purchases per customer in the period that was fitted, of buyers and the others.
    status : str
        "interior"; "boundary" (the shape is at an end of what is looked at); or "degenerate"
        (nobody bought twice, so nothing tells how often anybody buys).
    """

    shape: float
    mean: float
    status: str

    @property
    def log_none(self) -> float:
        """Logarithm of the probability of no purchase in the period."""
        return -self.shape * math.log1p(self.mean / self.shape)

    def unseen(self, buyers: float) -> float:
        """Return how many customers there are besides so many who bought."""
        return float(buyers * math.exp(self.log_none) / -math.expm1(self.log_none))

    def chance_to_buy(self, seen: Floats, ratio: float) -> Floats:
        """Return the probability of a purchase in a period `ratio` times as long, given those seen.

        The rate is ``Gamma(r + x, r/m + 1)``, so that none has the probability of
        ``(1 + ratio / (r/m + 1)) ** -(r + x)``.
        """
        beta = self.shape / self.mean + 1.0
        return np.asarray(-np.expm1(-(self.shape + seen) * math.log1p(ratio / beta)))

    def _facts(self) -> dict[str, object]:
        return {"shape": self.shape, "mean": self.mean, "status": self.status}

    def __repr__(self) -> str:
        return one_line("SteadyBuyers", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Customers who never change", list(self._facts().items()))


@dataclass(frozen=True, repr=False)
class SteadyCore:
    """What is expected of a core when nobody changes.

    Attributes
    ----------
    persistence : float
        Share of the first period's core that is in the core again, chosen anew.
    persistence_known : float
        The same where only buyers of both periods can be in the second core.
    still_active : float
        Share of the first core that buys at all.
    share_before, share_after : float
        Of all purchases, those of the first core: in the first period and the second.
    """

    persistence: float
    persistence_known: float
    still_active: float
    share_before: float
    share_after: float

    def __repr__(self) -> str:
        return one_line("SteadyCore", **vars(self))


def fit_steady(counts: Floats, weights: Floats, *, near: float | None = None) -> SteadyBuyers:
    r"""Fit the gamma-Poisson to counts of buyers, of whom each bought at least once.

    Parameters
    ----------
    counts : ndarray of float64, shape (m,)
        Distinct numbers of purchases, from 1.
    weights : ndarray of float64, shape (m,)
        Customers with each.
    near : float, optional
        Shape to look near first, such as that of a fit to much the same counts.

    Returns
    -------
    SteadyBuyers
        Of greatest likelihood, the zeros being unseen.

    Notes
    -----
    The counts are NBD (Ehrenberg 1959), and the zero-truncated one has for every shape r its
    best mean m where the mean of the buyers is met, :math:`m / (1 - p_0) = \bar{x}` with
    :math:`p_0 = (1 + m/r)^{-r}` (Sampford 1955, Biometrika 42, 58-69); one search over r is left.

    Examples
    --------
    >>> import numpy as np
    >>> fit_steady(np.array([1.0, 2.0, 3.0, 5.0]), np.array([50.0, 25.0, 12.0, 6.0])).status
    'interior'
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    n = float(weights.sum())
    mean = float(weights @ counts) / n if n else math.nan
    if not mean > 1.0:
        return SteadyBuyers(math.nan, math.nan, "degenerate")

    def loss(log_shape: float) -> float:
        r = math.exp(log_shape)
        found = SteadyBuyers(r, _mean_of_all(mean, r), "interior")
        steps = float(weights @ (gammaln(r + counts) - gammaln(r))) / n
        none, m = found.log_none, found.mean
        return -(steps + none - mean * math.log1p(r / m) - math.log(-math.expm1(none)))

    low, high = (math.log(edge) for edge in SHAPES)
    span = (low, high)
    if near is not None:
        span = (max(low, math.log(near) - 1.0), min(high, math.log(near) + 1.0))
    best = float(minimize_scalar(loss, bounds=span, method="bounded", options={"xatol": 1e-6}).x)
    if near is not None and min(best - span[0], span[1] - best) < 0.01:
        return fit_steady(counts, weights)
    at_edge = min(best - low, high - best) < 0.01
    r = math.exp(best)
    return SteadyBuyers(r, _mean_of_all(mean, r), "boundary" if at_edge else "interior")


def _mean_of_all(of_buyers: float, r: float) -> float:
    """Return the mean over all customers for which the buyers have theirs."""
    m = of_buyers  # from above, Newton's steps on m - mean (1 - p0), which is convex in m, go down
    for _ in range(100):
        log_none = -r * math.log1p(m / r)
        slope = 1.0 - of_buyers * math.exp(log_none) / (1.0 + m / r)
        step = (m + of_buyers * math.expm1(log_none)) / slope
        m -= step
        if abs(step) <= 1e-12 * m:
            break
    return m


def expect_core(
    counts: Floats, weights: Floats, buyers: SteadyBuyers, share: float, *, ratio: float = 1.0
) -> SteadyCore:
    r"""Return what is expected of the core of a period when nobody changes.

    Parameters
    ----------
    counts, weights : ndarray of float64, shape (m,)
        Distinct numbers of purchases in the first period, from 1 and ascending, and customers
        with each.
    buyers : SteadyBuyers
        Of the first period.
    share : float
        Of the active customers that are core, in either period.
    ratio : float, default 1
        Length of the second period over that of the first.

    Returns
    -------
    SteadyCore
        Exact for many customers; nothing is drawn. NaN where the fit tells nothing.

    Notes
    -----
    Given x purchases, a customer's rate is :math:`\mathrm{Gamma}(r + x, r/m + 1)`, and those of
    the second period are again NBD (Goodhardt and Ehrenberg 1967, Journal of Marketing Research
    4, 155-161): a mixture of them over the counts seen, and over the customers who happened to
    buy nothing, has the cut of the second core. The unseen come back as "new" customers do.
    """
    from scipy.special import betainc

    if buyers.status == "degenerate":
        return SteadyCore(*[math.nan] * 5)
    inside = top_of_counts(weights, share)
    core = weights * inside
    r, beta = buyers.shape, buyers.shape / buyers.mean + 1.0
    seen = np.concatenate([[0.0], counts])
    everyone = np.concatenate([[buyers.unseen(float(weights.sum()))], weights])
    chance = ratio / (beta + ratio)

    def more_than(c: float) -> Floats:
        """P(more than c purchases in the second period), by purchases in the first."""
        return np.asarray(betainc(c + 1.0, r + seen, chance))

    def again(people: Floats) -> float:
        """Share of the first core that is in the second, chosen among such people."""
        chosen = _chance_of_top(more_than, people, share)
        return float(core @ chosen[1:] / core.sum())

    rates = r + seen
    return SteadyCore(
        persistence=again(everyone),
        persistence_known=again(np.concatenate([[0.0], weights])),
        still_active=float(core @ more_than(0.0)[1:] / core.sum()),
        share_before=float(core @ counts / (weights @ counts)),
        share_after=float(core @ rates[1:] / (everyone @ rates)),
    )


def _chance_of_top(more_than: Callable[[float], Floats], people: Floats, share: float) -> Floats:
    """Return the chance to be in the top share of a mixture of counts."""
    size = share * float(people @ more_than(0.0))
    low, high = 0.0, 1.0  # more than `size` customers have more than `low` purchases
    while float(people @ more_than(high)) > size:
        low, high = high, 2.0 * high
    while high - low > 1.0:
        middle = math.floor((low + high) / 2.0)
        if float(people @ more_than(middle)) > size:
            low = middle
        else:
            high = middle
    above, from_cut = more_than(high), more_than(high - 1.0)
    tied = from_cut - above
    part = (size - float(people @ above)) / max(float(people @ tied), 1e-300)
    return np.asarray(above + min(max(part, 0.0), 1.0) * tied)


def core_of_steady(
    shape: float, mean: float, *, share: float = 0.20, ratio: float = 1.0
) -> SteadyCore:
    """Return what becomes of a core among customers who never change.

    Parameters
    ----------
    shape : float
        Of the gamma distribution of the customers' rates: the smaller, the more they differ.
    mean : float
        Purchases per customer in the first period, of buyers and the others.
    share : float, default 0.20
        Of the active customers that are core.
    ratio : float, default 1
        Length of the second period over that of the first.

    Returns
    -------
    SteadyCore
        Exact for many customers.

    Raises
    ------
    InvalidArgumentError
        If a number is not positive, or the share not below 1.

    Examples
    --------
    A base of four purchases a year where nobody changes loses a third of its core every year:

    >>> core_of_steady(1.0, 4.0).persistence
    0.65...
    """
    for name, value in (("shape", shape), ("mean", mean), ("ratio", ratio), ("share", share)):
        if not is_number(value) or not 0.0 < value < (1.0 if name == "share" else math.inf):
            wanted = "between 0 and 1" if name == "share" else "a positive number"
            raise InvalidArgumentError(f"{name} must be {wanted}; got {value!r}.")
    from scipy.stats import nbinom

    chance = shape / (shape + mean)
    most = float(nbinom.isf(1e-12, shape, chance))
    counts = np.arange(1.0, most + 1.0)
    weights = np.asarray(nbinom.pmf(counts, shape, chance), np.float64)
    return expect_core(counts, weights, SteadyBuyers(shape, mean, "interior"), share, ratio=ratio)
