"""Ridge logistic regression with an intercept per group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.log_odds import probability_of
from customerintel.models.row_sums import sum_stretches

__all__ = ["LogisticFit", "centred", "fit_logistic", "log_loss"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Holds intercepts back where a group is of one class only: log-odds of ±8, about.
LEAST_PENALTY = 1e-4
#: The search ends where the gradient of the mean loss is smaller.
GRADIENT = 1e-7
#: More steps than any problem with an inner optimum has needed.
STEPS = 200
#: Rows that are summed together.
ROWS = 4_096


@dataclass(frozen=True)
class LogisticFit:
    """What was found.

    Parameters
    ----------
    slopes : ndarray of float64, shape (n_columns,)
        One per column of X.
    intercepts : ndarray of float64, shape (n_groups,)
        One per group.
    """

    slopes: Floats
    intercepts: Floats


def fit_logistic(
    X: Floats, y: Floats, *, penalty: Floats, offset: Floats | None = None,
    groups: Ints | None = None, start: LogisticFit | None = None, gradient: float = GRADIENT,
) -> LogisticFit:  # fmt: skip
    """Minimise the mean log loss plus half of the penalised sum of squared slopes.

    Le Cessie, S. and van Houwelingen, J. C. (1992), Ridge estimators in logistic regression,
    Applied Statistics 41(1), equation 2; by a trust-region Newton method of SciPy.

    Parameters
    ----------
    X : ndarray of float64, shape (n, n_columns)
        Columns of like size.
    y : ndarray of float64, shape (n,)
        1 for what happened, else 0.
    penalty : ndarray of float64, shape (n_columns,)
        Of each slope; intercepts are all but free.
    offset : ndarray of float64, shape (n,), optional
        Log-odds that are taken as they are.
    groups : ndarray of int64, shape (n,), optional
        0 … n_groups − 1; each has an intercept of its own.
    start : LogisticFit, optional
        From where to search.
    gradient : float, default 1e-7
        Norm of the gradient at which the search ends.
    """
    from scipy.optimize import minimize

    problem = _Problem.of(X, y, penalty, offset, groups)
    n_groups = problem.n_groups
    begin = np.zeros(n_groups + X.shape[1])
    if start is not None and len(start.intercepts) == n_groups:
        begin = np.concatenate([start.intercepts, start.slopes])
    found = minimize(
        problem.loss, begin, jac=True, hess=problem.curvature, method="trust-exact",
        options={"gtol": gradient, "maxiter": STEPS},
    ).x  # fmt: skip
    return LogisticFit(found[n_groups:], found[:n_groups])


@dataclass(frozen=True, eq=False)
class _Problem:
    """What is minimised; the same to the last bit whatever the number of threads."""

    X: Floats
    y: Floats
    ridge: Floats
    offset: Floats
    groups: Ints
    n_groups: int

    @classmethod
    def of(
        cls, X: Floats, y: Floats, penalty: Floats, offset: Floats | None, groups: Ints | None
    ) -> Self:
        groups = np.zeros(len(y), np.int64) if groups is None else groups
        n_groups = int(groups.max(initial=0)) + 1
        ridge = np.concatenate([np.full(n_groups, LEAST_PENALTY), penalty])
        shift = np.zeros(len(y)) if offset is None else offset
        return cls(np.ascontiguousarray(X), y, ridge, shift, groups.astype(np.int64), n_groups)

    def loss(self, b: Floats) -> tuple[float, Floats]:
        """Return the penalised mean log loss and its gradient."""
        from customerintel._kernels import logistic

        def add(part: slice, out: Floats) -> None:
            z = self._odds(b, part)
            logistic.add_loss(z, self.y[part], self.n_groups, self.X[part], self.groups[part], out)

        sums = sum_stretches(add, len(self.y), stretch=ROWS, width=1 + len(b)) / len(self.y)
        value = float(sums[0]) + 0.5 * float((self.ridge * b * b).sum())
        return value, sums[1:] + self.ridge * b

    def curvature(self, b: Floats) -> Floats:
        """Return the second derivatives."""
        from customerintel._kernels import logistic

        k = len(b)

        def add(part: slice, out: Floats) -> None:
            z, square = self._odds(b, part), out.reshape(k, k)
            logistic.add_curvature(z, self.n_groups, self.X[part], self.groups[part], square)

        lower = sum_stretches(add, len(self.y), stretch=ROWS, width=k * k).reshape(k, k) / len(
            self.y
        )
        full: Floats = np.tril(lower) + np.tril(lower, -1).T
        full[np.diag_indices_from(full)] += self.ridge
        return full

    def _odds(self, b: Floats, part: slice) -> Floats:
        from customerintel._kernels import logistic

        z = np.empty(len(self.y[part]))
        logistic.log_odds_of(
            b, self.n_groups, self.X[part], self.groups[part], self.offset[part], z
        )
        return z


def log_loss(odds: Floats, y: Floats) -> Floats:
    """Return minus the log of the probability of what happened, shape (n,)."""
    found: Floats = np.logaddexp(0.0, odds) - y * odds
    return found


def centred(odds: Floats, share: float) -> float:
    """Return what must be added to log-odds so that the mean probability is a given share."""
    low, high = -60.0, 60.0
    share = min(max(share, 1e-9), 1.0 - 1e-9)
    for _ in range(60):
        middle = 0.5 * (low + high)
        if float(probability_of(odds + middle).mean()) < share:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
