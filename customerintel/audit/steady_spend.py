"""Customers who never change, drawn: next period's purchases and what is paid for them."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.steady_buyers import SteadyBuyers
from customerintel.exceptions import CustomerIntelWarning, InvalidArgumentError

__all__ = ["SteadySpend", "draw_orders", "draw_unseen", "fit_spend"]

Floats = NDArray[np.float64]

#: Customers that the fit of the spend looks at: enough for three parameters.
SAMPLE = 20_000
#: Greatest shape that can be drawn with: customers, or purchases, all alike are within its reach.
MOST = 1e12
#: Purchases of one customer up to which their probabilities are tabled.
TABLE = 100_000
#: More newcomers per buyer than this, where a long period follows a short one, are not drawn.
FEWFOLD = 20.0


@dataclass(frozen=True, eq=False)
class SteadySpend:
    """What customers pay, or take, per purchase; it differs between them and stays with them.

    Attributes
    ----------
    params : tuple of float or None
        p, q and γ of the Gamma-Gamma (Fader and Hardie 2013); None: each customer goes on with
        the mean of what there was so far.
    whole : bool
        Whether all values are whole numbers, as numbers of things are.
    """

    params: tuple[float, float, float] | None
    whole: bool
    _means: Floats = field(repr=False)

    def expect(self, orders: Floats, values: Floats) -> Floats:
        """Return the expected value of a customer's next purchase, given those so far.

        Gamma-Gamma: p (γ + value) / (p orders + q - 1), equation 5 of Fader and Hardie (2013).
        """
        own = values / np.maximum(orders, 1.0)
        if self.params is None:
            return own
        p, q, gamma = self.params
        pull = p * orders + q - 1.0
        with np.errstate(divide="ignore", invalid="ignore"):
            found = p * (gamma + np.maximum(values, 0.0)) / pull
        return np.asarray(np.where((pull > 0.0) & (values > 0.0), found, own))

    def draw(self, rng: np.random.Generator, seen: Floats, values: Floats, later: Floats) -> Floats:
        """Draw the value of later purchases, given the purchases seen and their value.

        Customers with nothing seen are any customers.
        """
        if self.params is None:
            own = values / np.maximum(seen, 1.0)
            none = seen == 0.0
            own[none] = rng.choice(self._means, int(none.sum()))
            drawn = own * later
            if self.whole:  # up or down by chance, so that the mean stays
                drawn = np.floor(drawn + rng.random(len(drawn)))
        else:
            p, q, gamma = self.params
            rate = rng.standard_gamma(q + p * seen) / (gamma + np.maximum(values, 0.0))
            drawn = rng.standard_gamma(p * later) / np.maximum(rate, 1e-300)
        return np.maximum(np.rint(drawn), later > 0.0) if self.whole else drawn


def fit_spend(orders: Floats, values: Floats, rng: np.random.Generator) -> SteadySpend:
    """Fit what customers pay per purchase.

    Parameters
    ----------
    orders, values : ndarray of float64, shape (n,)
        Purchases of each buyer in the period, from 1, and their value together.
    rng : numpy.random.Generator
        Chooses whom the fit looks at where there are many.

    Returns
    -------
    SteadySpend
        Without parameters where the Gamma-Gamma cannot be fitted, such as where every purchase
        costs the same.
    """
    whole = bool((values == np.rint(values)).all())
    means = values / orders
    if len(orders) > SAMPLE:
        place = rng.choice(len(orders), SAMPLE, replace=False)
        orders, means = orders[place], means[place]
    return SteadySpend(_gamma_gamma(orders, means), whole, means)


def _gamma_gamma(orders: Floats, means: Floats) -> tuple[float, float, float] | None:
    from customerintel.models.gamma_gamma import GammaGamma

    good = means > 0.0
    if good.sum() < 3 or np.ptp(means[good]) <= 1e-9 * means[good].max():
        return None
    data = {"frequency": orders[good], "monetary_value": means[good]}
    with warnings.catch_warnings():
        # the fit serves a comparison, and what it warns of is the same on both sides of it
        warnings.simplefilter("ignore", CustomerIntelWarning)
        warnings.simplefilter("ignore", RuntimeWarning)  # of amounts at the ends of all floats
        try:
            fit = GammaGamma().fit(data)
        except InvalidArgumentError:
            return None
    p, q, gamma = (float(fit.params_[name]) for name in ("p", "q", "gamma"))
    usable = fit.status_ != "not_converged" and math.isfinite(gamma) and gamma > 0.0
    return (p, q, gamma) if usable and max(p, q) < MOST else None


def draw_orders(
    rng: np.random.Generator, buyers: SteadyBuyers, seen: Floats, ratio: float
) -> Floats:
    """Draw the purchases of a second period, given those of a first.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    buyers : SteadyBuyers
        Fit to the first period.
    seen : ndarray of float64, shape (n,)
        Purchases of each customer in the first period; 0 is one of those nobody saw.
    ratio : float
        Length of the second period over that of the first.
    """
    beta = buyers.shape / buyers.mean + 1.0
    rate = rng.standard_gamma(buyers.shape + seen) / beta * ratio
    return rng.poisson(rate).astype(np.float64)


def draw_unseen(
    rng: np.random.Generator, buyers: SteadyBuyers, n_buyers: float, ratio: float
) -> Floats:
    """Draw the purchases, at least 1, of those who had bought nothing in the first period.

    There may be very many of them, so only those who do buy are drawn: how many, by a Poisson
    number, and what, from the probabilities of 1, 2, … purchases.
    """
    from scipy.stats import nbinom

    beta = buyers.shape / buyers.mean + 1.0
    some = -math.expm1(-buyers.shape * math.log1p(ratio / beta))
    n = int(rng.poisson(min(buyers.unseen(n_buyers) * some, FEWFOLD * n_buyers + 1e3)))
    chance = beta / (beta + ratio)
    most = max(float(nbinom.isf(1e-9 * some, buyers.shape, chance)), 1.0)
    lots = rng.random(n)
    if most > TABLE:  # numbers so large are found one by one
        drawn = nbinom.isf(np.maximum(lots, 1e-9) * some, buyers.shape, chance)
        return np.asarray(np.clip(drawn, 1.0, most))
    reach = np.cumsum(nbinom.pmf(np.arange(1.0, most + 1.0), buyers.shape, chance))
    places = np.searchsorted(reach, lots * reach[-1], side="right")
    return np.asarray(np.minimum(places + 1.0, most))
