"""`RecencyEstimator`: how overdue a customer is, by their own rhythm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.labels import label
from customerintel.churn.log_odds import probability_of
from customerintel.churn.logistic import fit_logistic
from customerintel.churn.past import too_few
from customerintel.exceptions import NotFittedError

if TYPE_CHECKING:
    from customerintel.tables import History

__all__ = ["RecencyEstimator"]

Floats = NDArray[np.float64]

#: Penalty of the slopes: a handful of customers do not make a rule.
PENALTY = 1e-3
#: Gaps of everybody that a customer's own mean gap is shrunk with.
BORROWED = 1.0


class RecencyEstimator:
    """Overdue ratio: time since the last purchase in units of the customer's usual gap.

    The usual gap is the customer's mean gap between purchase days, shrunk with one gap of
    everybody's mean, so that customers with one purchase have one too. The ratio, the time
    since the last purchase itself and whether there was a repeat purchase are brought to
    probabilities by a logistic regression on what happened in the latest horizon.

    Attributes
    ----------
    slopes_ : ndarray of float64, shape (3,)
        Of log(1 + ratio), log(1 + days since the last purchase) and no repeat purchase.

    Examples
    --------
    >>> import customerintel as ci
    >>> truth = ci.models.NBD.from_params(dict(r=0.9, alpha=40.0), unit="day")
    >>> history = truth.simulate(300, T=360.0, seed=1).as_of("2000-12-20")
    >>> ci.churn.get("recency").fit(history, horizon="90d").estimator.slopes_.shape
    (3,)
    """

    api_version: ClassVar[int] = 1

    def __init__(self) -> None:
        self.slopes_: Floats | None = None
        self.intercept_ = 0.0
        self.usual_gap_ = 0.0

    def fit(self, history: History, /, *, horizon_days: float) -> Self:
        """Learn from what happened in the latest horizon; see `label`.

        Raises
        ------
        InvalidArgumentError
            If nobody had bought one horizon before the history's moment.
        """
        past, churned = label(history, horizon_days)
        summary = past.summarize(unit="day")
        gaps = float(summary.frequency.sum())
        self.usual_gap_ = float(summary.recency.sum()) / gaps if gaps else float(horizon_days)
        n = len(churned)
        if too_few(churned):  # nothing to tell apart
            share = (float(churned.sum()) + 0.5) / (n + 1.0)
            self.slopes_, self.intercept_ = np.zeros(3), float(np.log(share / (1.0 - share)))
            return self
        columns = self._columns(past)
        found = fit_logistic(columns, churned.astype(float), penalty=np.full(3, PENALTY))
        self.slopes_, self.intercept_ = found.slopes, float(found.intercepts[0])
        return self

    def predict(self, history: History, /) -> Floats:
        """Return P(no purchase in the horizon after the history's moment).

        Returns
        -------
        ndarray of float64, shape (n_customers,)
        """
        if not history.n_customers:
            return np.empty(0)
        return probability_of(self._columns(history) @ self._known() + self.intercept_)

    def contributions(self, history: History, /) -> dict[str, Floats]:
        """Return how far each of the three moves the log-odds from those of the mean customer."""
        names = ("overdue_ratio", "time_since_last", "frequency")
        columns = self._columns(history)
        parts = (columns - columns.mean(axis=0)) * self._known() if len(columns) else columns
        return dict(zip(names, parts.T, strict=True))

    def to_state(self) -> dict[str, Any]:
        """Return what was learned."""
        known = {"slopes": self._known(), "intercept": self.intercept_}
        return known | {"usual_gap": self.usual_gap_}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return the estimator that `to_state` told of."""
        made = cls()
        made.slopes_ = np.asarray(state["slopes"], np.float64)
        made.intercept_, made.usual_gap_ = float(state["intercept"]), float(state["usual_gap"])
        return made

    def _columns(self, history: History) -> Floats:
        summary = history.summarize(unit="day")
        gaps = summary.frequency + BORROWED
        usual = np.maximum((summary.recency + BORROWED * self.usual_gap_) / gaps, 1.0)
        silent = summary.time_since_last
        once = (summary.frequency == 0).astype(float)
        return np.column_stack([np.log1p(silent / usual), np.log1p(silent), once])

    def _known(self) -> Floats:
        if self.slopes_ is None:
            raise NotFittedError("RecencyEstimator is not fitted yet. Call fit() first.")
        return self.slopes_
