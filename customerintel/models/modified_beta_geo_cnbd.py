"""`ModifiedBetaGeoCNBD`: regular buyers who may be lost after any purchase."""

from __future__ import annotations

from typing import ClassVar

from customerintel.models.condensed_beta_geo import CondensedBetaGeoModel

__all__ = ["ModifiedBetaGeoCNBD"]


class ModifiedBetaGeoCNBD(CondensedBetaGeoModel):
    r"""The MBG/CNBD-k model of Platzer and Reutterer (2016).

    As `BetaGeoCNBD`, but customers may be lost after each purchase, **the first included**.

    Parameters
    ----------
    k : int from 1 to 12, or "auto", default "auto"
        Regularity of the times between purchases, which are Erlang-k: 1 is purely random, and
        the model then `ModifiedBetaGeoNBD`. ``"auto"`` takes the likeliest, and needs the times
        between purchases (``sum_log_gaps`` of the summary).
    penalty : float, default 0
        L2 penalty: times the sum of the squared logarithms of the parameters, taken off the
        mean log-likelihood.

    Attributes
    ----------
    k_ : int
        The regularity that was given or found; no parameter.

    See Also
    --------
    BetaGeoCNBD : Nobody is lost before the first repeat purchase; how it is all worked out.
    ModifiedBetaGeoNBD : Purchases at random.

    References
    ----------
    .. [1] Platzer, M. and Reutterer, T. (2016). Ticking Away the Moments: Timing Regularity
       Helps to Better Predict Customer Activity. Marketing Science 35(5), 779-799.

    Examples
    --------
    >>> from customerintel.models import ModifiedBetaGeoCNBD
    >>> fit = ModifiedBetaGeoCNBD.from_params(
    ...     dict(r=0.9, alpha=4.0, a=0.8, b=2.5), k=3, unit="week"
    ... )
    >>> customers = {"frequency": [4.0, 0.0], "recency": [20.0, 0.0], "T": [24.0, 24.0]}
    >>> fit.probability_alive(customers).round(3)
    array([0.839, 0.565])
    """

    _early: ClassVar[float] = 1.0
