"""`NBD`: customers who are never lost, the yardstick of all models with dropout."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.models.gamma_rates import GammaRateModel
from customerintel.models.statistics import PurchaseStatistics

__all__ = ["NBD"]

Floats = NDArray[np.float64]


class NBD(GammaRateModel):
    r"""The NBD model of Ehrenberg (1959): nobody is ever lost.

    A customer buys at random at a rate :math:`\lambda`, which differs between customers by a
    gamma distribution (shape r, rate :math:`\alpha`).

    Parameters
    ----------
    penalty : float, default 0
        L2 penalty: times the sum of the squared logarithms of the parameters, taken off the
        mean log-likelihood.

    See Also
    --------
    ParetoNBD : Customers may be lost at any time.

    Notes
    -----
    The likelihood is that of the purchase moments,

    .. math:: L(r, \alpha \mid x, T) =
        \frac{\Gamma(r + x)}{\Gamma(r)} \frac{\alpha^r}{(\alpha + T)^{r + x}},

    and so can be compared with the models with dropout: it is what remains of the Pareto/NBD
    [2]_ for :math:`\beta \to \infty`. The probability of the number x alone [1]_ has the factor
    :math:`T^x / x!` besides. A customer goes on with
    :math:`\lambda \sim \mathrm{Gamma}(r + x, \alpha + T)`, from which all predictions follow;
    P(alive) is 1. The recency plays no part.

    References
    ----------
    .. [1] Ehrenberg, A. S. C. (1959). The Pattern of Consumer Purchases. Applied Statistics
       8(1), 26-41.
    .. [2] Schmittlein, D. C., Morrison, D. G. and Colombo, R. (1987). Counting Your Customers:
       Who Are They and What Will They Do Next? Management Science 33(1), 1-24.

    Examples
    --------
    >>> from customerintel.models import NBD
    >>> fit = NBD.from_params(dict(r=0.385, alpha=12.07), unit="week")
    >>> customers = {"frequency": [2.0, 0.0], "recency": [30.43, 0.0], "T": [38.86, 38.86]}
    >>> fit.expected_purchases(customers, horizon=39.0).round(3)
    array([1.826, 0.295])
    """

    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha")

    def _starts(self, rows: PurchaseStatistics) -> list[list[float]]:
        bought = float(rows.weights @ rows.frequency)
        observed = float(rows.weights @ rows.T)
        if bought == 0.0:
            # nobody bought again: the likelihood is greatest where nobody ever does
            return [[1e-9, observed / rows.n_customers if observed else 1.0]]
        return [[r, r * observed / bought] for r in (0.5, 3.0)]

    def _sum_rows(
        self, params: Floats, x: Floats, t_x: Floats, T: Floats, weights: Floats, out: Floats
    ) -> None:
        from customerintel._kernels.nbd import log_likelihood

        log_likelihood(params, x, t_x, T, weights, out)

    def _kernels(self) -> ModuleType:
        from customerintel._kernels import nbd

        return nbd

    def _lifetimes(self, _rng: np.random.Generator, n: int) -> tuple[Floats, None]:
        return np.full(n, np.inf), None
