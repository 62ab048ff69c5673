"""What a retention campaign earns that follows an estimator: MPC and EMPC."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number

__all__ = ["Profit", "ProfitModel"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Profit:
    """What a campaign earns per customer, reached or not, in the currency of the model.

    Attributes
    ----------
    expected : float
        EMPC: mean over the share of offers that are accepted.
    maximum : float
        MPC: at the mean of that share.
    targeted : float
        Share of the customers that EMPC's campaigns reach on average.
    """

    expected: float
    maximum: float
    targeted: float


@dataclass(frozen=True)
class ProfitModel:
    r"""What a retention campaign costs and brings.

    Each customer that is reached costs `contact`. One who would have stayed takes the offer; of
    those who would have left, a share :math:`\gamma` takes it and stays, and is worth `clv`.
    That share is unknown beforehand: :math:`\gamma \sim \mathrm{Beta}(\alpha, \beta)`.

    Parameters
    ----------
    clv : float, default 200
        Worth of a customer who stays.
    offer : float, default 10
        Cost of the offer that is taken; less than `clv`.
    contact : float, default 1
        Cost of reaching a customer.
    alpha, beta : float, default 6 and 14
        Of the distribution of :math:`\gamma`, whose mean is 0.3.

    Notes
    -----
    With :math:`a(t), b(t)` the shares of all customers that score above t and leave or stay, a
    campaign for those above t earns per customer (Verbraken, Verbeke and Baesens 2013 [1]_,
    equation 7)

    .. math:: CLV\,[(\gamma(1-\delta) - \phi)\,a(t) - (\delta + \phi)\,b(t)],

    :math:`\delta` and :math:`\phi` being `offer` and `contact` over `clv`. For each
    :math:`\gamma` the best t lies on the convex hull of the ROC curve, and a segment of it
    :math:`(\Delta a, \Delta b)` belongs to the campaign as soon as

    .. math:: \gamma > \gamma_s = \frac{\phi + (\delta + \phi)\,\Delta b/\Delta a}{1-\delta}.

    So the integral over :math:`\gamma` is a sum over segments of
    :math:`CLV\,[(1-\delta)\,\Delta a\,E(\gamma; \gamma > \gamma_s) - (\phi\,\Delta a +
    (\delta + \phi)\,\Delta b)\,P(\gamma > \gamma_s)]`, both of which are incomplete beta
    functions. Nothing is integrated numerically.

    One worth for all customers is a simplification; who is at risk need not be who can be won
    back [2]_.

    References
    ----------
    .. [1] Verbraken, T., Verbeke, W. and Baesens, B. (2013). A Novel Profit Maximizing Metric
       for Measuring Classification Performance of Customer Churn Prediction Models. IEEE
       Transactions on Knowledge and Data Engineering 25(5), 961–973.
    .. [2] Ascarza, E. (2018). Retention Futility: Targeting High-Risk Customers Might Be
       Ineffective. Journal of Marketing Research 55(1), 80–98.

    Examples
    --------
    >>> churned = [True, False, True, True, False, False, True, False, False, False]
    >>> scores = [0.9, 0.8, 0.75, 0.7, 0.6, 0.5, 0.45, 0.3, 0.2, 0.1]
    >>> from customerintel.churn.metrics import measures
    >>> found = measures(churned, scores, profit=ProfitModel())
    >>> round(found["empc"], 6), round(found["mpc"], 6)
    (19.108394, 19.1)
    """

    clv: float = 200.0
    offer: float = 10.0
    contact: float = 1.0
    alpha: float = 6.0
    beta: float = 14.0

    def __post_init__(self) -> None:
        for name in ("clv", "alpha", "beta"):
            _check(name, getattr(self, name), positive=True)
        for name in ("offer", "contact"):
            _check(name, getattr(self, name), positive=False)
        if self.offer >= self.clv:
            raise InvalidArgumentError(
                f"An offer of {self.offer:g} costs no less than the clv of {self.clv:g} that it "
                "is to keep: no campaign could pay. Give both in one currency."
            )

    def of(self, left: Floats, stayed: Floats) -> Profit:
        """Return the profits of the segments of a convex hull.

        Parameters
        ----------
        left, stayed : ndarray of float64, shape (k,)
            How many (or what weight) of each segment left and stayed, the steepest first.
        """
        from scipy.special import betaincc

        total = float(left.sum() + stayed.sum())
        if total == 0.0:
            return Profit(math.nan, math.nan, math.nan)
        gone, here = left / total, stayed / total
        delta, phi = self.offer / self.clv, self.contact / self.clv
        with np.errstate(divide="ignore"):
            enough = (phi + (delta + phi) * here / gone) / (1.0 - delta)
        enough = np.minimum(enough, 1.0)
        share: Floats = betaincc(self.alpha, self.beta, enough)
        mean = self.alpha / (self.alpha + self.beta)
        accepted = mean * betaincc(self.alpha + 1.0, self.beta, enough)
        costs = phi * gone + (delta + phi) * here
        expected = (1.0 - delta) * gone * accepted - costs * share
        at_mean = (1.0 - delta) * gone * mean - costs
        return Profit(
            expected=self.clv * float(expected.sum()),
            maximum=self.clv * float(at_mean[at_mean > 0.0].sum()),
            targeted=float(((gone + here) * share).sum()),
        )


def _check(name: str, value: Any, *, positive: bool) -> None:
    if is_number(value) and math.isfinite(value) and (value > 0.0 or (not positive and value == 0)):
        return
    wanted = "a positive number" if positive else "0 or a positive number"
    raise InvalidArgumentError(f"{name} of a ProfitModel must be {wanted}; got {value!r}.")
