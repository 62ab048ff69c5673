"""`ParetoNBDEstimator`: the Pareto/NBD model as a churn estimator."""

from __future__ import annotations

from typing import ClassVar

from customerintel.churn.customer_base import CustomerBaseEstimator

__all__ = ["ParetoNBDEstimator"]


class ParetoNBDEstimator(CustomerBaseEstimator):
    """P(no purchase in the horizon) of the Pareto/NBD model.

    See `customerintel.models.ParetoNBD` for the model and its sources.

    Examples
    --------
    >>> import customerintel as ci
    >>> params = dict(r=0.9, alpha=40.0, s=0.6, beta=150.0)
    >>> truth = ci.models.ParetoNBD.from_params(params, unit="day")
    >>> history = truth.simulate(300, T=360.0, seed=1).as_of("2000-12-20")
    >>> scorer = ci.churn.get("paretonbd").fit(history, horizon="90d")
    >>> bool(0.0 < scorer.predict(history).probability.mean() < 1.0)
    True
    """

    model: ClassVar[str] = "ParetoNBD"
