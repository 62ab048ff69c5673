"""`BetaGeoCNBD`: regular buyers who may be lost after each repeat purchase."""

from __future__ import annotations

from typing import ClassVar

from customerintel.models.condensed_beta_geo import CondensedBetaGeoModel

__all__ = ["BetaGeoCNBD"]


class BetaGeoCNBD(CondensedBetaGeoModel):
    r"""The BG/CNBD-k model of Platzer and Reutterer (2016).

    As `BetaGeoNBD`, but customers buy more regularly than at random: a clock ticks at a rate
    :math:`\lambda`, which differs between customers by a gamma distribution (shape r, rate
    :math:`\alpha`), and every k-th tick is a purchase. So the times between purchases are
    Erlang-k, with mean :math:`k / \lambda`. After each repeat purchase the customer is lost with
    a probability :math:`p`, which differs by a beta distribution (a, b).

    Parameters
    ----------
    k : int from 1 to 12, or "auto", default "auto"
        Regularity: 1 is purely random, and the model then `BetaGeoNBD`. ``"auto"`` takes the
        likeliest, and needs the times between purchases (``sum_log_gaps`` of the summary).
    penalty : float, default 0
        L2 penalty: times the sum of the squared logarithms of the parameters, taken off the
        mean log-likelihood.

    Attributes
    ----------
    k_ : int
        The regularity that was given or found; no parameter.

    See Also
    --------
    ModifiedBetaGeoCNBD : Customers may also be lost right after their first purchase.
    BetaGeoNBD : Purchases at random.

    Notes
    -----
    Who has bought once only **is alive with probability 1 by construction**, as in `BetaGeoNBD`.

    The log-likelihood is the density of all purchase times, so that it can be compared between
    different k and with `BetaGeoNBD`; without ``sum_log_gaps`` it lacks a constant (see
    :meth:`fit`). The parameters are those of [1]_ and of the R package BTYDplus: :math:`\lambda`
    counts ticks, so :math:`\alpha` is smaller the larger k is.

    Given that a customer is alive, 0 … k − 1 ticks have passed since the last purchase. All
    predictions are exact mixtures over their number, of sums of positive terms, where [1]_
    approximates the expectation.

    References
    ----------
    .. [1] Platzer, M. and Reutterer, T. (2016). Ticking Away the Moments: Timing Regularity
       Helps to Better Predict Customer Activity. Marketing Science 35(5), 779-799.

    Examples
    --------
    >>> from customerintel.models import BetaGeoCNBD
    >>> fit = BetaGeoCNBD.from_params(
    ...     dict(r=0.9, alpha=4.0, a=0.8, b=2.5), k=3, unit="week"
    ... )
    >>> customers = {"frequency": [4.0, 4.0], "recency": [20.0, 20.0], "T": [24.0, 35.0]}
    >>> fit.probability_alive(customers).round(3)
    array([0.815, 0.201])
    >>> fit.expected_purchases(customers, horizon=39.0).round(3)
    array([4.065, 0.818])
    """

    _early: ClassVar[float] = 0.0
