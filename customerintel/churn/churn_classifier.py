"""`ChurnClassifier`: any churn estimator, as a scikit-learn classifier.

Importing this module imports scikit-learn (extra ``sklearn``).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customerintel.churn import rolling_origins
from customerintel.churn.horizons import read_gap, read_horizon
from customerintel.churn.origin_table import check_outcomes
from customerintel.exceptions import (
    InvalidArgumentError,
    MissingDependencyError,
    NotFittedError,
)
from customerintel.tables import History, TransactionLog

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, clone
except ImportError as error:
    raise MissingDependencyError(
        'The adapters need scikit-learn: pip install "customerintel[sklearn]".'
    ) from error

__all__ = ["ChurnClassifier"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class ChurnClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Any churn estimator, as a scikit-learn classifier of rows of customers and moments.

    Its `X` is ``RollingOrigins(…).table(log).X``: the columns ``as_of`` and ``customer_id`` say
    who is asked about, and when; further columns are not looked at. `fit` lets the estimator
    learn from the log up to the moment at which the outcome of the latest training row is
    known, and no later. So it can be compared with pipelines in ``cross_val_score`` and tuned
    in ``GridSearchCV``, with `customerintel.churn.RollingOrigins` as ``cv``.

    Parameters
    ----------
    estimator : str, class or object, default "hazard"
        A name of `customerintel.churn.names`, or any churn estimator.
    log : TransactionLog
        From which `X` was made. Clones share it.
    horizon : str, timedelta or number of days, default "90d"
        As of the `RollingOrigins`.
    gap : str, timedelta or number of days, optional
        As of the `RollingOrigins`; None or 0: there is none.

    Attributes
    ----------
    classes_ : ndarray, shape (2,)
        False and True, or 0 and 1 as in `y`; the second: bought nothing.
    scorer_ : ChurnScorer
        The fitted estimator.
    moment_ : numpy.datetime64
        Up to which the log was learnt from, UTC.

    Examples
    --------
    >>> from sklearn.model_selection import cross_val_score
    >>> from customerintel import models
    >>> from customerintel.churn import RollingOrigins
    >>> from customerintel.churn.sklearn_adapters import ChurnClassifier
    >>> truth = models.NBD.from_params({"r": 0.8, "alpha": 8.0}, unit="week")
    >>> log = truth.simulate(200, T=52.0, seed=1)
    >>> origins = RollingOrigins("60d", origins=2)
    >>> rows = origins.table(log)
    >>> classifier = ChurnClassifier("recency", log=log, horizon="60d")
    >>> cross_val_score(classifier, rows.X, rows.y, cv=origins, scoring="roc_auc").shape
    (2,)
    """

    classes_: NDArray[Any]
    moment_: np.datetime64

    def __init__(
        self,
        estimator: Any = "hazard",
        *,
        log: TransactionLog | None = None,
        horizon: Any = "90d",
        gap: Any = None,
    ) -> None:
        self.estimator = estimator
        self.log = log
        self.horizon = horizon
        self.gap = gap

    def __sklearn_clone__(self) -> Self:
        """Return an unfitted copy; the log, which nobody can change, is not copied."""
        estimator = self.estimator
        if not isinstance(estimator, (str, type)):
            estimator = clone(estimator, safe=False)
        return type(self)(estimator, log=self.log, horizon=self.horizon, gap=self.gap)

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Learn from the log up to where the outcome of the latest row is known.

        Parameters
        ----------
        X : table, shape (n, k)
            Rows of ``RollingOrigins(…).table(log).X``.
        y : array_like of bool, or of 0 and 1, shape (n,)
            Whether each customer then bought nothing. Only the two names are taken from it:
            the log itself says what happened.

        Returns
        -------
        ChurnClassifier
            Itself.

        Raises
        ------
        InvalidArgumentError
            If `log` is missing, `X` has not the columns, or `y` other values; or if ``X.attrs``
            says that its outcomes are of another horizon or gap.
        """
        from customerintel.churn.lookup import scorer_of

        log, moments = self._log(), self._moments(X)
        self.classes_ = _classes(y, len(moments))
        end = int(moments.max())
        if (gap := read_gap(self.gap)) is not None:
            end = gap.after(end, log.time_zone)
        known = History(log, read_horizon(self.horizon).after(end, log.time_zone))
        self.n_features_in_ = X.shape[1]
        self.moment_ = known.moment
        self.scorer_ = scorer_of(self.estimator).fit(known, self.horizon)
        return self

    def _log(self) -> TransactionLog:
        if not isinstance(self.log, TransactionLog):
            raise InvalidArgumentError(
                "ChurnClassifier needs the log that X was made from: "
                f"ChurnClassifier(…, log=log); got {type(self.log).__name__}."
            )
        return self.log

    def _moments(self, X: Any) -> Ints:
        horizon, gap = read_horizon(self.horizon), read_gap(self.gap)
        check_outcomes(X, horizon, gap, "ChurnClassifier")
        return rolling_origins._moments_in(X)[0]

    def predict_proba(self, X: Any) -> Floats:
        """Return the chances of each row's customer at its moment.

        Parameters
        ----------
        X : table, shape (n, k)
            As for `fit`.

        Returns
        -------
        ndarray of float64, shape (n, 2)
            Of the classes in the order of `classes_`.

        Raises
        ------
        NotFittedError
            Before `fit`.
        InvalidArgumentError
            If a customer had not bought by the moment of the row.
        """
        if not hasattr(self, "scorer_"):
            raise NotFittedError("This ChurnClassifier is not fitted yet: call fit(X, y).")
        moments, who = self._moments(X), np.asarray(X["customer_id"])
        chance = np.empty(len(moments))
        for moment in np.unique(moments).tolist():
            rows = np.flatnonzero(moments == moment)
            history = History(self._log(), moment)
            places = _places(history.customer_id, who[rows])
            if (places < 0).any():
                where = ", ".join(map(str, rows[places < 0][:5]))
                raise InvalidArgumentError(
                    f"{int((places < 0).sum()):,} rows of X are of customers who had not bought "
                    f"by their as_of (first rows: {where}). Make X with origins.table(log), of "
                    "the log of the ChurnClassifier."
                )
            chance[rows] = np.asarray(self.scorer_.predict(history).probability)[places]
        return np.stack([1.0 - chance, chance], axis=1)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the likelier class of each row.

        Parameters
        ----------
        X : table, shape (n, k)
            As for `fit`.

        Returns
        -------
        ndarray, shape (n,)
            Of `classes_`.
        """
        likelier = (self.predict_proba(X)[:, 1] > 0.5).astype(np.intp)
        return np.asarray(self.classes_[likelier])


def _places(ids: NDArray[Any], wanted: NDArray[Any]) -> Ints:
    """Return where each id stands among ascending ones, -1 where it is not."""
    if not len(ids):
        return np.full(len(wanted), -1)
    try:
        place = np.searchsorted(ids, wanted)
    except TypeError:  # texts among numbers
        return np.full(len(wanted), -1)
    place[place == len(ids)] = 0
    return np.where(ids[place] == wanted, place, -1)


def _classes(y: ArrayLike, n: int) -> NDArray[Any]:
    """Return the two names of the outcomes in `y`."""
    names = np.unique(np.asarray(y))
    if np.shape(y) != (n,) or not np.isin(names, (0, 1)).all():
        raise InvalidArgumentError(
            "y must be True or False (or 1 and 0) for each row of X: whether the customer bought "
            "nothing, as origins.table(log).y says."
        )
    return np.array([0, 1]).astype(names.dtype)
