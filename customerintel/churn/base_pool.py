"""The customer-base models that other estimators build on, fitted together."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.customer_base import CustomerBaseEstimator
from customerintel.churn.horizons import Horizon
from customerintel.churn.log_odds import log_odds
from customerintel.churn.mbgcnbd import MBGCNBDEstimator
from customerintel.churn.mbgnbd import MBGNBDEstimator
from customerintel.churn.paretonbd import ParetoNBDEstimator
from customerintel.exceptions import ConvergenceWarning, CustomerIntelError
from customerintel.tables import History

__all__ = ["BasePool"]

Floats = NDArray[np.float64]

KINDS: Mapping[str, type[CustomerBaseEstimator]] = {
    "mbgnbd": MBGNBDEstimator, "paretonbd": ParetoNBDEstimator, "mbgcnbd": MBGCNBDEstimator,
}  # fmt: skip
#: Log-odds of a customer-base model are believed so far.
CAP = 10.0


@dataclass(frozen=True)
class BasePool:
    """Customer-base models, fitted to one history.

    Parameters
    ----------
    models : mapping of str to estimator
        By name; those that could not be fitted are left out.
    """

    models: Mapping[str, CustomerBaseEstimator]

    @classmethod
    def fit(cls, history: History, horizon: Horizon, *, like: BasePool | None = None) -> Self:
        """Fit all models that can be fitted; boundaries are no trouble here, nor warned of.

        Parameters
        ----------
        history : History
            What is known.
        horizon : Horizon
            Of the predictions.
        like : BasePool, optional
            Only its models are fitted, and the regularity of purchases is taken from it: to
            search it again at each moment takes most of the time, and finds the same.
        """
        found: dict[str, CustomerBaseEstimator] = {}
        for name in KINDS if like is None else like.models:
            made = KINDS[name]()
            if like is not None:
                made.take_options(like.models[name])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                try:
                    made.fit(history, horizon_days=horizon.days)
                    sound = bool(np.isfinite(made.predict(history)).all())
                except CustomerIntelError:
                    continue  # too few customers, or none who came again
            if sound:
                found[name] = made
        return cls(found)

    def odds(self, history: History, names: Sequence[str]) -> Floats:
        """Return log-odds of no purchase by the models named, shape (n_customers, n_names)."""
        out = np.empty((history.n_customers, len(names)))
        for k, name in enumerate(names):
            out[:, k] = np.clip(log_odds(self.models[name].predict(history)), -CAP, CAP)
        return out

    def to_state(self) -> dict[str, Any]:
        """Return the fitted parameters."""
        return {name: model.to_state() for name, model in self.models.items()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        return cls({name: KINDS[name].from_state(one) for name, one in state.items()})
