"""`ChurnScorer`: any churn estimator, with horizons read and answers checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import Horizon, read_horizon
from customerintel.churn.labels import check_history
from customerintel.churn.predictions import Predictions
from customerintel.exceptions import (
    InvalidArgumentError,
    NotFittedError,
    PluginContractError,
)
from customerintel.models.arguments import check_seed
from customerintel.plugins import CHURN_ESTIMATOR, LoadedPlugin
from customerintel.plugins.states import write_state
from customerintel.tables import History
from customerintel.tables.notices import warn_caller
from customerintel.tables.results import html_table, one_line

__all__ = ["ChurnScorer"]

Floats = NDArray[np.float64]

#: Answers may miss [0, 1] by so much: sums of floats do.
ROUNDING = 1e-9


class ChurnScorer:
    """A churn estimator as it is used: horizons in words, answers checked, predictions explained.

    Made by `get`. Every `fit` starts from a fresh estimator, so nothing of an earlier fit is
    left, and a fit that fails leaves the earlier one as it was.

    Parameters
    ----------
    plugin : LoadedPlugin
        What makes the estimator.
    seed : int, optional
        Given to the estimator as ``random_state`` where it has one.
    **options
        For the estimator's constructor.

    Attributes
    ----------
    name : str
        What it was asked for by.
    estimator : object
        The fitted estimator itself.
    horizon_days : float
        Length of the horizon of the fit.
    """

    def __init__(self, plugin: LoadedPlugin, *, seed: int | None = None, **options: Any) -> None:
        self.name = plugin.name
        self.seed = check_seed(seed, optional=True)
        self._plugin = plugin
        self._options = options
        self._fitted: tuple[Any, Horizon] | None = None
        self._fitted_at: np.datetime64 | None = None
        # what cannot be made is known at once, and not after the data have been read
        self._unused: Any = self._make()

    def _make(self) -> Any:
        made = self._plugin.make(**self._options)
        if self.seed is not None and hasattr(made, "random_state"):
            made.random_state = self.seed
        return made

    @property
    def estimator(self) -> Any:
        """The fitted estimator itself."""
        return self._known()[0]

    @property
    def horizon_days(self) -> float:
        """Length of the horizon of the fit, in days."""
        return self._known()[1].days

    def fit(self, history: History, horizon: Any = None) -> Self:
        """Learn from a history.

        Parameters
        ----------
        history : History
            What is known; see `TransactionLog.as_of`.
        horizon : str, timedelta or number of days
            How far ahead predictions look, such as ``"90d"``.

        Returns
        -------
        Self
            The scorer itself.

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used, or the history tells too little.
        PluginCallError
            If the estimator raises; its own error is the cause.
        PluginContractError
            If it does not keep its contract.
        """
        check_history(history, f"The fit of {self.name!r}")
        length = read_horizon(horizon)
        made, self._unused = self._unused or self._make(), None
        fitted = self._plugin.call("fit", made.fit, history, horizon_days=length.days)
        if not CHURN_ESTIMATOR.is_kept_by(fitted):
            raise PluginContractError(
                f"{self._plugin.describe()} returned {type(fitted).__name__} from fit(), and must "
                f"return the estimator itself. {self._plugin.advice()}"
            )
        # one assignment each: an interruption leaves the earlier fit, or the new one
        self._fitted, self._fitted_at = (fitted, length), history.moment
        return self

    def predict(self, history: History) -> Predictions:
        """Return how probable it is that each customer buys nothing within the horizon.

        Parameters
        ----------
        history : History
            What is known of whom; of the moment of the fit or a later one.

        Returns
        -------
        Predictions
            Aligned with ``history.customer_id``.

        Raises
        ------
        NotFittedError
            If nothing was fitted.
        PluginCallError
            If the estimator raises; its own error is the cause.
        PluginContractError
            If it returns something else than one probability per customer.

        Warns
        -----
        DataQualityWarning
            If the history is of an earlier moment than that of the fit.
        """
        check_history(history, f"predict of {self.name!r}")
        estimator, length = self._known()
        if self._fitted_at is not None and history.moment < self._fitted_at:
            warn_caller(
                f"The churn scorer {self.name!r} was fitted to what was known at "
                f"{self._fitted_at} UTC and predicts for an earlier moment: it knows what came "
                "after it, so the predictions are no test of it. Fit it to the earlier history."
            )
        answer = self._plugin.call("predict", estimator.predict, history)
        return Predictions(
            ids=history.ids,
            probability=self._checked(answer, history.n_customers),
            horizon_days=length.days,
            moment=history.moment,
            estimator=self.name,
            _history=history,
            _drivers=getattr(estimator, "contributions", None),
        )

    def save(self, path: str | Path) -> None:
        """Write the fitted estimator to a file, without pickle; `customerintel.churn.load` reads.

        Parameters
        ----------
        path : str or Path
            Of the file, by custom ``.npz``.

        Raises
        ------
        InvalidArgumentError
            If the estimator cannot be saved: it has no ``to_state`` and ``from_state``.
        """
        estimator, length = self._known()
        if not hasattr(estimator, "to_state") or not hasattr(type(estimator), "from_state"):
            raise InvalidArgumentError(
                f"{self._plugin.describe()} cannot be saved: it has no to_state() and "
                "from_state(). Keep the data and fit it again."
            )
        at = None if self._fitted_at is None else int(self._fitted_at.astype(np.int64))
        header = {
            "estimator": self._plugin.candidate.full_name,
            "horizon": length.microseconds,
            "fitted_at": at,
            "seed": self.seed,
            "options": self._options,
        }
        write_state(path, header, self._plugin.call("to_state", estimator.to_state))

    def _known(self) -> tuple[Any, Horizon]:
        if self._fitted is None:
            raise NotFittedError(
                f"The churn scorer {self.name!r} is not fitted yet. Call "
                "fit(history, horizon='90d') first."
            )
        return self._fitted

    def _checked(self, answer: Any, n: int) -> Floats:
        """Return an estimator's answer as probabilities.

        Raises
        ------
        PluginContractError
            If it is none.
        """
        fault = None
        try:
            found = np.array(answer, np.float64)
        except (TypeError, ValueError):
            found, fault = np.empty(0), f"returned {type(answer).__name__}, which holds no numbers"
        if fault is None and found.shape != (n,):
            fault = f"returned an array of shape {found.shape} for {n:,} customers"
        if fault is None:
            nan = np.isnan(found)
            outside = ~nan & ((found < -ROUNDING) | (found > 1.0 + ROUNDING))
            for bad, what in ((nan, "NaN"), (outside, "values outside [0, 1]")):
                if bad.any():
                    places = ", ".join(map(str, np.flatnonzero(bad)[:5]))
                    some = f"{int(bad.sum()):,} of {n:,} customers (places {places})"
                    fault = f"returned {what} for {some}"
                    break
        if fault:
            raise PluginContractError(
                f"{self._plugin.describe()} {fault}. predict() must return one probability per "
                f"customer, in the order of history.customer_id. {self._plugin.advice()}"
            )
        return np.clip(found, 0.0, 1.0)

    def _facts(self) -> dict[str, object]:
        fitted = self._fitted
        return {
            "estimator": self.name,
            "source": self._plugin.source,
            "distribution": self._plugin.distribution,
            "horizon_days": None if fitted is None else fitted[1].days,
        }

    def __repr__(self) -> str:
        return one_line("ChurnScorer", **self._facts())

    def _repr_html_(self) -> str:
        facts = [(name, value) for name, value in self._facts().items() if value is not None]
        return html_table("Churn scorer", facts)
