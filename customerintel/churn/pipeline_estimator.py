"""`PipelineEstimator`: any scikit-learn classifier, as a churn estimator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import features_for, read_horizon
from customerintel.churn.labels import check_history, label
from customerintel.exceptions import InvalidArgumentError, NotFittedError
from customerintel.tables import History
from customerintel.tables.features import CustomerFeatures

__all__ = ["PipelineEstimator"]

Floats = NDArray[np.float64]
#: Chooses or makes the columns that a pipeline sees.
Features = Sequence[str] | Callable[[History], Any] | None


class PipelineEstimator:
    """Any scikit-learn classifier or pipeline, as a churn estimator.

    `fit` learns from the customers of one horizon ago and what they then did, `predict` gives
    ``predict_proba`` of having bought nothing. What was handed in is never fitted itself: each
    fit works on a clone.

    Parameters
    ----------
    pipeline : scikit-learn classifier
        With ``predict_proba``. Features may be NaN: begin with a ``SimpleImputer`` if the
        classifier cannot take that.
    features : sequence of str or callable, optional
        Names out of ``history.features()``; or a function that takes a history and returns a
        table or an array with one row per customer, in the order of ``history.customer_id``. If
        not given, all features that any customer has: a log without money has none of it.
    random_state : int, optional
        Put into every parameter of the clone called ``random_state``.

    Attributes
    ----------
    pipeline_ : scikit-learn classifier or None
        The fitted clone; None if all customers left or all stayed, or none of both.
    base_rate_ : float
        Share that left, with half a customer more on each side: the answer where there is no
        `pipeline_`.
    features_ : tuple of str
        The features that it sees; empty where a function makes them.

    Examples
    --------
    >>> from sklearn.impute import SimpleImputer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from customerintel import models
    >>> from customerintel.churn.sklearn_adapters import PipelineEstimator
    >>> pipeline = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())
    >>> truth = models.NBD.from_params({"r": 0.8, "alpha": 8.0}, unit="week")
    >>> history = truth.simulate(300, T=52.0, seed=1).as_of("2000-12-29")
    >>> made = PipelineEstimator(pipeline, features=["frequency", "recency", "T"])
    >>> made.fit(history, horizon_days=60).predict(history).shape
    (300,)
    """

    api_version: ClassVar[int] = 1

    pipeline_: Any
    base_rate_: float
    features_: tuple[str, ...]

    def __init__(
        self, pipeline: Any, *, features: Features = None, random_state: int | None = None
    ) -> None:
        wanted = ("fit", "predict_proba", "get_params")
        if isinstance(pipeline, type) or not all(hasattr(pipeline, name) for name in wanted):
            shown = pipeline.__name__ if isinstance(pipeline, type) else type(pipeline).__name__
            raise InvalidArgumentError(
                "PipelineEstimator takes a scikit-learn classifier or pipeline (an object) with "
                f"fit and predict_proba; got {shown}."
            )
        if isinstance(features, str):
            raise InvalidArgumentError(
                f"features takes several names; write features=[{features!r}]."
            )
        self.pipeline, self.features, self.random_state = pipeline, features, random_state

    def fit(self, history: History, /, *, horizon_days: float) -> Self:
        """Learn from the customers of one horizon ago.

        Parameters
        ----------
        history : History
            At least one horizon long.
        horizon_days : float
            How far `predict` looks ahead.

        Returns
        -------
        PipelineEstimator
            Itself.

        Raises
        ------
        InvalidArgumentError
            If the history is shorter than the horizon, or a feature is unknown.
        """
        check_history(history, "PipelineEstimator.fit")
        horizon = read_horizon(horizon_days, name="horizon_days")
        past, churned = label(history, horizon)
        self._horizon, self.pipeline_ = horizon, None
        self.features_ = self._names(past)
        X = self._table(past)
        self.base_rate_ = float((churned.sum() + 0.5) / (len(churned) + 1.0))
        if 0 < churned.sum() < len(churned):
            self.pipeline_ = self._fresh().fit(X, churned)
        return self

    def _fresh(self) -> Any:
        from sklearn.base import clone

        made = clone(self.pipeline)
        if self.random_state is not None:
            seeds = [name for name in made.get_params() if name.split("__")[-1] == "random_state"]
            made.set_params(**dict.fromkeys(seeds, self.random_state))
        return made

    def _features(self, history: History) -> CustomerFeatures:
        return features_for(history, self._horizon)

    def _names(self, past: History) -> tuple[str, ...]:
        if self.features is not None:
            return () if callable(self.features) else tuple(self.features)
        found = self._features(past)
        return tuple(name for name in found.names if not np.isnan(found[name]).all())

    def _table(self, history: History) -> Any:
        """Return what the pipeline sees."""
        import pandas as pd

        if callable(self.features):
            made = self.features(history)
            rows = getattr(made, "shape", (None,))[0]
            if rows != history.n_customers:
                raise InvalidArgumentError(
                    f"The function given as features made {rows} rows for "
                    f"{history.n_customers} customers. Return one per customer, in the order of "
                    "history.customer_id."
                )
            return made
        found = self._features(history)
        return pd.DataFrame({name: found[name] for name in self.features_})

    def predict(self, history: History, /) -> Floats:
        """Return the chance of no purchase within the horizon.

        Parameters
        ----------
        history : History
            Of any log.

        Returns
        -------
        ndarray of float64, shape (history.n_customers,)
            Aligned with ``history.customer_id``.
        """
        check_history(history, "PipelineEstimator.predict")
        if not hasattr(self, "_horizon"):
            raise NotFittedError(
                "This PipelineEstimator is not fitted yet: call fit(history, horizon_days=…)."
            )
        if self.pipeline_ is None or not history.n_customers:
            return np.full(history.n_customers, self.base_rate_)
        chances = self.pipeline_.predict_proba(self._table(history))
        place = np.flatnonzero(np.asarray(self.pipeline_.classes_, bool))[0]
        return np.array(chances[:, place], np.float64)

    def __repr__(self) -> str:
        state = "fitted" if hasattr(self, "_horizon") else "not fitted"
        return f"PipelineEstimator({type(self.pipeline).__name__}, status={state})"
