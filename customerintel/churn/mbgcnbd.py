"""`MBGCNBDEstimator`: the MBG/CNBD-k model as an estimator, for customers who buy regularly."""

from __future__ import annotations

from typing import ClassVar

from customerintel.churn.customer_base import CustomerBaseEstimator

__all__ = ["MBGCNBDEstimator"]


class MBGCNBDEstimator(CustomerBaseEstimator):
    """P(no purchase in the horizon) of the MBG/CNBD-k model.

    See `customerintel.models.ModifiedBetaGeoCNBD` for the model and its sources.

    Examples
    --------
    >>> import customerintel as ci
    >>> params = dict(r=0.9, alpha=20.0, a=0.8, b=2.5)
    >>> truth = ci.models.ModifiedBetaGeoCNBD.from_params(params, unit="day", k=2)
    >>> history = truth.simulate(300, T=360.0, seed=1).as_of("2000-12-20")
    >>> scorer = ci.churn.get("mbgcnbd").fit(history, horizon="90d")
    >>> bool(0.0 < scorer.predict(history).probability.mean() < 1.0)
    True
    """

    model: ClassVar[str] = "ModifiedBetaGeoCNBD"

    def take_options(self, other: CustomerBaseEstimator) -> None:
        """Take the regularity k of another, fitted one."""
        self._options = {"k": getattr(other.fit_, "k_", "auto")}
