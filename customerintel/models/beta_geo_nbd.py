"""`BetaGeoNBD`: customers who may be lost after each repeat purchase."""

from __future__ import annotations

from typing import ClassVar

from customerintel.models.beta_geo import BetaGeoModel

__all__ = ["BetaGeoNBD"]


class BetaGeoNBD(BetaGeoModel):
    r"""The BG/NBD model of Fader, Hardie and Lee (2005).

    A customer buys at random at a rate :math:`\lambda`, which differs between customers by a
    gamma distribution (shape r, rate :math:`\alpha`), and is lost right after each repeat
    purchase with a probability :math:`p`, which differs by a beta distribution (a, b).

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
    ModifiedBetaGeoNBD : Customers may also be lost right after their first purchase.
    ParetoNBD : Customers may be lost at any time.

    Notes
    -----
    Who has bought once only **is alive with probability 1 by construction**: nobody can be
    lost before a repeat purchase, so :meth:`probability_alive` is 1 wherever the frequency is
    0, however long ago that was. Where these customers matter, take `ModifiedBetaGeoNBD` or
    `ParetoNBD`.

    The likelihood is equation 6 of [1]_, the number of purchases of a new customer equation 8,
    its mean equation 9; P(alive) is [2]_. A customer who is alive goes on as a new one with
    :math:`r + x, \alpha + T, a, b + x`, which gives every conditional result. The expected
    number, equation 10 with its closed form in :math:`{}_2F_1`, is worked out as

    .. math:: \int_0^t e^{-\delta s}\, E\left[\lambda e^{-\lambda p s}\right] ds, \qquad
        E\left[\lambda e^{-\lambda p s}\right] = \frac{r}{\alpha}\,
        {}_2F_1\left(r + 1, a; a + b; -\frac{s}{\alpha}\right)

    by Gauss-Legendre quadrature: it keeps its digits near a = 1 and for a + b < 1, where the
    closed form has none, and serves discounted and infinite horizons alike.

    With covariates z, a customer has :math:`\alpha e^{-\gamma_1'z}`, :math:`a e^{\gamma_2'z}`
    and :math:`b e^{\gamma_3'z}` [3]_: ``transaction[…]``, ``lifetime_a[…]`` and
    ``lifetime_b[…]`` among the parameters. Where a z has a greater effect on a than on b,
    customers with more of it are lost sooner.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). "Counting Your Customers"
       the Easy Way: An Alternative to the Pareto/NBD Model. Marketing Science 24(2), 275-284.
    .. [2] Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2008). Computing P(alive) Using the
       BG/NBD Model. brucehardie.com/notes/021.
    .. [3] Fader, P. S. and Hardie, B. G. S. (2007). Incorporating Time-Invariant Covariates
       into the Pareto/NBD and BG/NBD Models. brucehardie.com/notes/019.

    Examples
    --------
    >>> from customerintel.models import BetaGeoNBD
    >>> fit = BetaGeoNBD.from_params(dict(r=0.243, alpha=4.414, a=0.793, b=2.426), unit="week")
    >>> customers = {"frequency": [2.0, 0.0], "recency": [30.43, 0.0], "T": [38.86, 38.86]}
    >>> fit.probability_alive(customers).round(3)
    array([0.727, 1.   ])
    >>> fit.expected_purchases(customers, horizon=39.0).round(3)
    array([1.226, 0.195])
    """

    _early: ClassVar[float] = 0.0
