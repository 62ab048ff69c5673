"""`ModifiedBetaGeoNBD`: customers who may be lost after any purchase, the first included."""

from __future__ import annotations

from typing import ClassVar

from customerintel.models.beta_geo import BetaGeoModel

__all__ = ["ModifiedBetaGeoNBD"]


class ModifiedBetaGeoNBD(BetaGeoModel):
    r"""The MBG/NBD model of Batislam, Denizel and Filiztekin (2007).

    A customer buys at random at a rate :math:`\lambda`, which differs between customers by a
    gamma distribution (shape r, rate :math:`\alpha`), and is lost right after each purchase,
    **the first included**, with a probability :math:`p`, which differs by a beta distribution
    (a, b).

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
    BetaGeoNBD : Nobody is lost before the first repeat purchase.
    ParetoNBD : Customers may be lost at any time.

    Notes
    -----
    Who has bought once only is alive with probability b / (a + b) at the first purchase, less
    the longer nothing follows. The likelihood and P(alive) are those of [1]_ and, under the name
    CBG/NBD, [2]_. A customer who is alive goes on as one of the BG/NBD model with
    :math:`r + x, \alpha + T, a, b + x + 1`, which gives every conditional result; see
    `BetaGeoNBD` for how they are worked out, and for covariates.

    References
    ----------
    .. [1] Batislam, E. P., Denizel, M. and Filiztekin, A. (2007). Empirical Validation and
       Comparison of Models for Customer Base Analysis. International Journal of Research in
       Marketing 24(3), 201-209.
    .. [2] Hoppe, D. and Wagner, U. (2007). Customer Base Analysis: The Case for a Central
       Variant of the Betageometric/NBD Model. Marketing - Journal of Research and Management
       3(2), 75-90.

    Examples
    --------
    >>> from customerintel.models import ModifiedBetaGeoNBD
    >>> fit = ModifiedBetaGeoNBD.from_params(
    ...     dict(r=0.525, alpha=6.183, a=0.891, b=1.614), unit="week"
    ... )
    >>> customers = {"frequency": [2.0, 0.0], "recency": [30.43, 0.0], "T": [38.86, 38.86]}
    >>> fit.probability_alive(customers).round(3)
    array([0.706, 0.39 ])
    >>> fit.expected_purchases_new(horizon=52.0)
    1.4197...
    """

    _early: ClassVar[float] = 1.0
