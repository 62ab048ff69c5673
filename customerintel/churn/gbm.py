"""`GradientBoostingEstimator`: scikit-learn's histogram boosting on the features."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.boosting_rows import (
    Examples,
    boosting,
    collect_examples,
    hold_out,
    telling,
    threads_for,
)
from customerintel.churn.calibration import logit
from customerintel.churn.horizons import features_for, read_horizon
from customerintel.churn.labels import check_history
from customerintel.churn.logistic import log_loss
from customerintel.exceptions import InvalidArgumentError, MissingDependencyError, NotFittedError
from customerintel.models.arguments import check_seed, is_number, whole_number
from customerintel.tables import History
from customerintel.tables.results import one_line

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

__all__ = ["GradientBoostingEstimator"]

if find_spec("sklearn") is None:
    raise MissingDependencyError(
        'The estimator "gbm" needs scikit-learn: pip install "customerintel[sklearn]".'
    )

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class GradientBoostingEstimator:
    """Boosted trees on ``history.features()``, with log loss; needs the extra ``sklearn``.

    Learns from customers at several earlier moments, half a horizon apart, each with what then
    happened. How many trees to grow is decided by the log loss on customers that are held out
    with all their rows; how far the trees are believed, by a line through the log-odds of
    those rows of the latest moment [1]_. The trees are scikit-learn's
    ``HistGradientBoostingClassifier`` [2]_, which has a branch for NaN.

    Parameters
    ----------
    random_state : int, default 0
        Of the folds, of the customers drawn from many, and of scikit-learn.
    max_iter : int, default 200
        Trees, at most.
    learning_rate : float, default 0.05
        Weight of each tree, in (0, 1].
    max_leaf_nodes : int, default 5
        Leaves of a tree, at most; at least 2.
    min_samples_leaf : int, optional
        Rows of a leaf, at least; if not given, one in 50, from 20 to 200.
    l2_regularization : float, default 5
        Penalty on what a leaf says.
    origins : int, default 4
        Earlier moments to learn from, at most.
    max_rows : int, default 150,000
        Rows to learn from, about: of more customers some are drawn.

    Attributes
    ----------
    n_iter_ : int
        Trees that were grown; 0: everybody gets the same chance.
    base_rate_ : float
        Share that left after the latest moment, with half a customer more on each side.
    n_rows_ : int
        Rows that were learnt from: one per customer and moment.

    Notes
    -----
    If all rows left, or none, everybody gets `base_rate_`. There is no
    `to_state`: scikit-learn keeps trees in objects that only pickle can write, and a pickle
    runs whatever code it holds when it is read. Fit anew, or keep what `predict` returned.

    References
    ----------
    .. [1] Platt, J. (1999). Probabilistic Outputs for Support Vector Machines and Comparisons
       to Regularized Likelihood Methods. Advances in Large Margin Classifiers, section 2.
    .. [2] Friedman, J. H. (2001). Greedy Function Approximation: A Gradient Boosting Machine.
       Annals of Statistics 29(5), algorithm 5.

    Examples
    --------
    >>> from customerintel import models
    >>> from customerintel.churn.gbm import GradientBoostingEstimator
    >>> truth = models.NBD.from_params({"r": 0.8, "alpha": 8.0}, unit="week")
    >>> history = truth.simulate(300, T=52.0, seed=1).as_of("2000-12-29")
    >>> made = GradientBoostingEstimator().fit(history, horizon_days=60)
    >>> made.predict(history).shape
    (300,)
    """

    api_version: ClassVar[int] = 1

    n_iter_: int
    base_rate_: float
    n_rows_: int
    _trees: HistGradientBoostingClassifier | None

    def __init__(
        self,
        *,
        random_state: int = 0,
        max_iter: int = 200,
        learning_rate: float = 0.05,
        max_leaf_nodes: int = 5,
        min_samples_leaf: int | None = None,
        l2_regularization: float = 5.0,
        origins: int = 4,
        max_rows: int = 150_000,
    ) -> None:
        self.random_state = random_state
        self.max_iter = whole_number(max_iter, "max_iter", "trees", least=1)
        self.learning_rate = _positive(learning_rate, "learning_rate", most=1.0)
        self.max_leaf_nodes = whole_number(max_leaf_nodes, "max_leaf_nodes", "leaves", least=2)
        self.min_samples_leaf = min_samples_leaf
        if min_samples_leaf is not None:
            self.min_samples_leaf = whole_number(
                min_samples_leaf, "min_samples_leaf", "rows", least=1
            )
        self.l2_regularization = _positive(l2_regularization, "l2_regularization", least=0.0)
        self.origins = whole_number(origins, "origins", "moments", least=1)
        self.max_rows = whole_number(max_rows, "max_rows", "rows", least=1)

    def fit(self, history: History, /, *, horizon_days: float) -> Self:
        """Learn from customers at earlier moments.

        Parameters
        ----------
        history : History
            At least one horizon long.
        horizon_days : float
            How far `predict` looks ahead.

        Returns
        -------
        GradientBoostingEstimator
            Itself.

        Raises
        ------
        InvalidArgumentError
            If the history is shorter than the horizon.
        """
        check_history(history, "GradientBoostingEstimator.fit")
        check_seed(self.random_state, "random_state")
        horizon, seed = read_horizon(horizon_days, name="horizon_days"), int(self.random_state)
        rows = collect_examples(
            history, horizon, origins=self.origins, most=self.max_rows, seed=seed
        )
        left = rows.churned[rows.latest]
        self._horizon, self._trees = horizon, None
        self.n_rows_, self.n_iter_ = len(rows.churned), 0
        self.base_rate_ = (left.sum() + 0.5) / (len(left) + 1.0)
        self._line = (logit(np.array([self.base_rate_]))[0], 0.0)
        # what says nothing may be all NaN (a log without money), which trees can do without
        self._columns = telling(rows.X)
        if self._columns.any() and 0 < rows.churned.sum() < len(rows.churned):
            with boosting(len(rows.churned)):
                self._grow(rows, seed)
        return self

    def _grow(self, rows: Examples, seed: int) -> None:
        """Find how many trees to grow, grow them, and find how far they are believed."""
        held = hold_out(rows.customer, seed)
        scores, tested = [], []
        X, y = rows.X[:, self._columns], rows.churned
        for test in held:
            if not (test.any() and 0 < y[~test].sum() < (~test).sum()):
                continue
            trees = self._unfitted(len(y)).fit(X[~test], y[~test])
            scores.append(np.stack([p[:, 1] for p in trees.staged_predict_proba(X[test])]))
            tested.append(np.flatnonzero(test))
        if not scores:
            return
        z, places = logit(np.concatenate(scores, axis=1)), np.concatenate(tested)
        losses = log_loss(z, y[places].astype(np.float64)).mean(axis=1)
        best = int(np.argmin(losses))
        self.n_iter_ = best + 1
        late = rows.latest[places]
        self._line = _platt(z[best, late], y[places][late])
        trees = self._unfitted(len(y)).set_params(max_iter=self.n_iter_)
        self._trees = trees.fit(X, y)

    def _unfitted(self, n: int) -> HistGradientBoostingClassifier:
        from sklearn.ensemble import HistGradientBoostingClassifier

        least = self.min_samples_leaf
        return HistGradientBoostingClassifier(
            max_iter=self.max_iter,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=min(200, max(20, n // 50)) if least is None else least,
            l2_regularization=self.l2_regularization,
            early_stopping=False,
            random_state=int(self.random_state),
        )

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
        check_history(history, "GradientBoostingEstimator.predict")
        if not hasattr(self, "_horizon"):
            raise NotFittedError(
                "This GradientBoostingEstimator is not fitted yet: call "
                "fit(history, horizon_days=…)."
            )
        from scipy.special import expit

        if self._trees is None or not history.n_customers:
            return np.full(history.n_customers, self.base_rate_)
        X = features_for(history, self._horizon).to_numpy()[:, self._columns]
        intercept, slope = self._line
        with threads_for(len(X)):
            z = logit(self._trees.predict_proba(X)[:, 1])
        return np.asarray(expit(intercept + slope * z))

    def __repr__(self) -> str:
        if not hasattr(self, "_horizon"):
            return one_line("GradientBoostingEstimator", status="not fitted")
        return one_line(
            "GradientBoostingEstimator", trees=self.n_iter_, rows=self.n_rows_,
            horizon=str(self._horizon),
        )  # fmt: skip


def _positive(value: Any, name: str, *, least: float | None = None, most: float = 1e6) -> float:
    """Return a number above 0 (or of at least `least`)."""
    good = is_number(value) and value <= most and (value > 0 if least is None else value >= least)
    if not good:
        bounds = f"above 0, at most {most:g}" if least is None else f"from {least:g} to {most:g}"
        raise InvalidArgumentError(f"{name} must be a number {bounds}; got {value!r}.")
    return float(value)


def _platt(z: Floats, churned: Mask) -> tuple[float, float]:
    """Return intercept and slope of a line through log-odds, drawn towards 0 and 1.

    Maximum likelihood with a normal prior of standard deviation 0.5 on what the line departs
    from the log-odds themselves: some dozen customers have no say.
    """
    from scipy.special import expit

    design = np.stack([np.ones(len(z)), z])
    line, prior = np.array([0.0, 1.0]), 1.0 / 0.5**2
    for _ in range(25):
        p = expit(line @ design)
        slope = design @ (churned - p) - prior * (line - [0.0, 1.0])
        curve = (design * (p * (1.0 - p))) @ design.T + prior * np.eye(2)
        step = np.linalg.solve(curve, slope)
        line = line + step
        if np.abs(step).max() < 1e-10:
            break
    return float(line[0]), float(max(line[1], 0.0))
