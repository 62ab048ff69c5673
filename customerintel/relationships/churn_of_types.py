"""How probable it is that the customers of each type buy no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.lookup import scorer_of
from customerintel.churn.predictions import Predictions
from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.share_intervals import Estimate, nothing, shares
from customerintel.relationships.table_parts import history_of, per_customer

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable

__all__ = ["Leaving", "churn_of"]


@dataclass(frozen=True, eq=False)
class Leaving:
    """Probabilities of leaving, and whose they are.

    Parameters
    ----------
    probability : ndarray of float64, shape (n_customers,), or None
        NaN of customers who were not predicted; None: nobody was.
    estimator : str or None
        Name of the churn estimator.
    horizon_days : float or None
        What the probabilities are about.
    """

    probability: NDArray[np.float64] | None = None
    estimator: str | None = None
    horizon_days: float | None = None

    def by(self, codes: NDArray[np.int64], size: int, level: float) -> Estimate:
        """Return the mean probability of each type; customers without one do not count."""
        if self.probability is None:
            return nothing(size)
        known = np.isfinite(self.probability)
        n = np.bincount(codes[known], minlength=size)
        total = np.bincount(codes[known], self.probability[known], minlength=size)
        return shares(total / np.maximum(n, 1), n, level)


def churn_of(table: RelationshipTable, churn: Any, horizon: Any) -> Leaving:
    """Return the probabilities of leaving of a table's customers.

    Raises
    ------
    InvalidArgumentError
        If the estimator cannot be fitted, or predictions are of another moment.
    PluginError
        If there is no such estimator, or it breaks its contract.
    """
    if churn is None:
        return Leaving()
    if isinstance(churn, Predictions):
        found = churn
        if found.moment != table.moment:
            raise InvalidArgumentError(
                f"The churn predictions are of {found.moment} UTC and the table of "
                f"{table.moment} UTC. Predict for the table's history."
            )
    else:
        history = history_of(table, "portfolio")
        if not history.n_customers:
            return Leaving()
        scorer = scorer_of(churn)
        try:
            found = scorer.fit(history, horizon).predict(history)
        except InvalidArgumentError as error:
            raise InvalidArgumentError(
                f"{error} Or give portfolio(churn=None), which leaves churn out."
            ) from error
    probability = per_customer(table.ids, found.ids, found.probability, np.nan)
    return Leaving(probability, found.estimator, found.horizon_days)
