"""`MBGNBDEstimator`: the MBG/NBD model as a churn estimator."""

from __future__ import annotations

from typing import ClassVar

from customerintel.churn.customer_base import CustomerBaseEstimator

__all__ = ["MBGNBDEstimator"]


class MBGNBDEstimator(CustomerBaseEstimator):
    """P(no purchase in the horizon) of the MBG/NBD model.

    See `customerintel.models.ModifiedBetaGeoNBD` for the model and its sources.

    Examples
    --------
    >>> import customerintel as ci
    >>> params = dict(r=0.9, alpha=40.0, a=0.8, b=2.5)
    >>> truth = ci.models.ModifiedBetaGeoNBD.from_params(params, unit="day")
    >>> history = truth.simulate(300, T=360.0, seed=1).as_of("2000-12-20")
    >>> scorer = ci.churn.get("mbgnbd").fit(history, horizon="90d")
    >>> bool(0.0 < scorer.predict(history).probability.mean() < 1.0)
    True
    """

    model: ClassVar[str] = "ModifiedBetaGeoNBD"
