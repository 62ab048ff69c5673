"""`ParetoNBD`: customers who may be lost at any time."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.models.covariate_model import CovariateModel
from customerintel.models.covariate_scale import Effect
from customerintel.models.statistics import PurchaseStatistics

__all__ = ["ParetoNBD"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: r, s, and β in mean ages: where the search starts.
_STARTS = ((0.5, 0.5, 0.5), (1.0, 1.0, 2.0), (0.5, 0.05, 0.02))


class ParetoNBD(CovariateModel):
    r"""The Pareto/NBD model of Schmittlein, Morrison and Colombo (1987).

    A customer buys at random at a rate :math:`\lambda`, which differs between customers by a
    gamma distribution (shape r, rate :math:`\alpha`), and is lost at random at a rate
    :math:`\mu`, which differs by another (s, :math:`\beta`). Both rates are independent.

    Parameters
    ----------
    covariates_lifetime, covariates_transaction : sequence of str, optional
        Columns that change how long customers stay, and how often they buy. Numbers and truth
        values count as they are; of a text each level but the first, in ascending order, has
        an effect of its own. :meth:`with_covariates` predicts new customers.
    penalty : float, default 0
        L2 penalty: times the sum of the squared logarithms of the parameters, and of the
        squared effects of covariates of variance 1, taken off the mean log-likelihood.

    See Also
    --------
    BetaGeoNBD, ModifiedBetaGeoNBD : Customers may be lost at purchases only.
    NBD : Nobody is ever lost.

    Notes
    -----
    The likelihood is that of [2]_, as the integral over the moment of dropout; from it
    :meth:`fit` has the exact gradient, too. P(alive) is the P(Alive) of [1]_. A customer
    who is alive at T goes on as a new one with :math:`r + x, \alpha + T, s, \beta + T`, so with
    :math:`P` = P(alive), :math:`r' = r + x, \alpha' = \alpha + T, \beta' = \beta + T`:

    .. math::

       P(\text{alive at } T + t) &= P \left(\frac{\beta'}{\beta' + t}\right)^s \\
       E[Y(t)] &= P \, \frac{r' \beta'}{\alpha' (s - 1)}
           \left[1 - \left(\frac{\beta'}{\beta' + t}\right)^{s - 1}\right] \\
       \mathrm{DERT}(\delta) &= P \, \frac{r' \beta'}{\alpha'} \, U(1, 2 - s, \delta \beta')

    [1]_ (its E[X] and conditional expectation), [2]_ and [3]_ (eq. 2), :math:`U` the confluent
    hypergeometric function of the second kind. The numbers of purchases and the discounted
    values are worked out by quadrature of positive terms, to about 12 digits: the closed forms
    of the former are differences that cancel, and those of the latter fail at whole s.

    If customers are hardly ever lost, the likelihood is greatest for :math:`\beta \to \infty`
    or :math:`s \to 0`: the fit says so (``status_ == "boundary"``), and `NBD` is what remains.

    With covariates z, a customer has :math:`\alpha e^{-\gamma_1'z_1}` and
    :math:`\beta e^{-\gamma_2'z_2}` [4]_, so that buying and being lost are
    :math:`e^{\gamma'z}` times as quick: ``transaction[…]`` and ``lifetime[…]`` among the
    parameters.

    References
    ----------
    .. [1] Schmittlein, D. C., Morrison, D. G. and Colombo, R. (1987). Counting Your Customers:
       Who Are They and What Will They Do Next? Management Science 33(1), 1-24.
    .. [2] Fader, P. S. and Hardie, B. G. S. (2005). A Note on Deriving the Pareto/NBD Model and
       Related Expressions. brucehardie.com/notes/009.
    .. [3] Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). RFM and CLV: Using Iso-Value
       Curves for Customer Base Analysis. Journal of Marketing Research 42(4), 415-430.
    .. [4] Fader, P. S. and Hardie, B. G. S. (2007). Incorporating Time-Invariant Covariates
       into the Pareto/NBD and BG/NBD Models. brucehardie.com/notes/019.

    Examples
    --------
    >>> from customerintel.models import ParetoNBD
    >>> fit = ParetoNBD.from_params(dict(r=0.553, alpha=10.58, s=0.606, beta=11.66), unit="week")
    >>> customers = {"frequency": [2.0, 0.0], "recency": [30.43, 0.0], "T": [38.86, 38.86]}
    >>> fit.probability_alive(customers).round(3)
    array([0.869, 0.295])
    >>> fit.expected_purchases(customers, horizon=39.0).round(3)
    array([1.455, 0.107])
    """

    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect("transaction", "transaction", 1, -1.0),
        Effect("lifetime", "lifetime", 3, -1.0),
    )

    def _starts(self, rows: PurchaseStatistics) -> list[list[float]]:
        bought = float(rows.weights @ rows.frequency)
        observed = float(rows.weights @ rows.T)
        age = observed / rows.n_customers if observed else 1.0
        if bought == 0.0:
            # nobody bought again: the likelihood is greatest where nobody ever does
            return [[1e-9, age, 1.0, age]]
        return [[r, r * observed / bought, s, beta * age] for r, s, beta in _STARTS]

    def _sum_rows(
        self, params: Floats, x: Floats, t_x: Floats, T: Floats, weights: Floats, out: Floats
    ) -> None:
        from customerintel._kernels.pareto import log_likelihood

        log_likelihood(params, x, t_x, T, weights, out)

    def _sum_runs(
        self, params: Floats, ends: Ints, x: Floats, t_x: Floats, T: Floats, weights: Floats,
        out: Floats,
    ) -> None:  # fmt: skip
        from customerintel._kernels.pareto import sum_runs

        sum_runs(params, ends, x, t_x, T, weights, out)

    def _kernels(self) -> ModuleType:
        from customerintel._kernels import pareto_future

        return pareto_future

    def _lifetimes(self, rng: np.random.Generator, n: int) -> tuple[Floats, None]:
        _, _, s, beta = self._values
        with np.errstate(divide="ignore"):  # who is never lost
            return rng.standard_exponential(n) / rng.gamma(s, 1.0 / beta, n), None
