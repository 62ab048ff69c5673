"""Rows that a logistic model learns from, and how well penalties do on customers left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.base_pool import BasePool
from customerintel.churn.design import Design, columns_of
from customerintel.churn.horizons import Horizon, features_for
from customerintel.churn.linear_odds import Others
from customerintel.churn.logistic import LogisticFit, centred, fit_logistic, log_loss
from customerintel.churn.past import Origin
from customerintel.tables import History

__all__ = ["Training", "customer_folds", "left_out_losses", "spread_odds"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
#: Rows that are judged in all, about: chance would choose among few.
JUDGED_ROWS = 40_000
#: Gradient at which a search ends whose result is only compared.
ROUGH = 1e-5
#: Multiplier that spreads places over all 64 bits (the golden ratio's).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Training:
    """Customers at several past moments, one row each.

    Parameters
    ----------
    design : Design
        How features became columns.
    X : ndarray of float64, shape (n, n_columns)
        Columns; the last ones are the customer-base models' log-odds, scaled.
    y : ndarray of float64, shape (n,)
        1 for no purchase in the horizon.
    origin : ndarray of int64, shape (n,)
        Place of the moment; 0 is the latest.
    fold : ndarray of int64, shape (n,)
        Of the customer, 0 … 4.
    names : tuple of str
        Of the customer-base models; of their columns, the mean comes first, and then how each
        differs from it.
    others : Others
        The scale of these columns.
    recent : ndarray of bool, shape (n_origins,)
        Moments whose level tells of the present's.
    """

    design: Design
    X: Floats
    y: Floats
    origin: Ints
    fold: Ints
    names: tuple[str, ...]
    others: Others
    recent: NDArray[np.bool_]

    @classmethod
    def collect(
        cls, present: History, origins: Sequence[Origin], horizon: Horizon,
        pools: Sequence[BasePool],
    ) -> Self:  # fmt: skip
        """Look at the customers of all origins.

        Parameters
        ----------
        present : History
            What is known now: by their places in it, customers are dealt into folds.
        origins : sequence of Origin
            Moments, the latest first.
        horizon : Horizon
            After each.
        pools : sequence of BasePool
            Models fitted to what was known at each moment, or none.
        """
        columns = [columns_of(features_for(one.past, horizon)) for one in origins]
        design = Design.learn(columns)
        X = np.concatenate([design.matrix(one) for one in columns])
        names = tuple(pools[0].models) if pools else ()
        others = Others.learn(np.empty((len(X), 0)))
        if names:
            odds = [p.odds(one.past, names) for p, one in zip(pools, origins, strict=True)]
            spread = spread_odds(np.concatenate(odds))
            others = Others.learn(spread)
            X = np.hstack([X, others.matrix(spread)])
        sizes = [len(one.churned) for one in origins]
        # not by their ids: those of texts are numbered with the customers of the future
        places = np.concatenate([present.ids.match(one.past.ids)[0] for one in origins])
        return cls(
            design=design,
            X=X,
            y=np.concatenate([one.churned for one in origins]).astype(np.float64),
            origin=np.repeat(np.arange(len(origins)), sizes),
            fold=customer_folds(places),
            names=names,
            others=others,
            recent=np.array([one.recent for one in origins]),
        )

    def fit(self, penalty: Floats) -> LogisticFit:
        """Fit all rows, with an intercept per moment."""
        return fit_logistic(self.X, self.y, penalty=penalty, groups=self.origin)


def spread_odds(odds: Floats) -> Floats:
    """Return the mean of the models' log-odds, and how each differs from it."""
    mean = odds.mean(axis=1, keepdims=True)
    return np.hstack([mean, odds - mean])


def customer_folds(places: Ints) -> Ints:
    """Return a fold, 0 … 4, per customer: the same for the same customer."""
    mixed = (places + 1).astype(np.uint64) * _SPREAD
    return ((mixed >> np.uint64(40)) % np.uint64(FOLDS)).astype(np.int64)


def left_out_losses(training: Training, penalties: Sequence[Floats]) -> Floats:
    """Return the mean log loss of each penalty on customers and moments that were left out.

    Each fold of customers is judged at one moment or, where there are few rows, at several, by
    fits to the other customers at the other moments. Levels are set right at each moment: how
    they change is another question than who is likelier than whom.

    Parameters
    ----------
    training : Training
        The rows.
    penalties : sequence of ndarray of float64, shape (n_columns,)
        Neighbours should be alike: each search starts from the one before.
    """
    n_origins = int(training.origin.max()) + 1
    odds = np.full((len(penalties), len(training.y)), np.nan)
    for fold, at in _pairs(n_origins, len(training.y)):
        judged = (training.fold == fold) & (training.origin == at)
        seen = training.fold != fold
        if n_origins > 1:
            seen &= training.origin != at
        if not judged.any() or not seen.any():
            continue
        X, y = training.X[seen], training.y[seen]
        _, groups = np.unique(training.origin[seen], return_inverse=True)
        found = None
        for k, penalty in enumerate(penalties):
            found = fit_logistic(X, y, penalty=penalty, groups=groups, start=found, gradient=ROUGH)
            odds[k, judged] = training.X[judged] @ found.slopes
    return np.array([_loss(training, one, n_origins) for one in odds])


def _pairs(n_origins: int, n_rows: int) -> list[tuple[int, int]]:
    """Return which folds of customers to judge at which moments."""
    rounds = max(1, min(n_origins, JUDGED_ROWS // n_rows))
    return [(fold, (fold + k) % n_origins) for k in range(rounds) for fold in range(FOLDS)]


def _loss(training: Training, odds: Floats, n_origins: int) -> float:
    """Return the mean log loss of log-odds, with the level of each moment set right."""
    losses = []
    for at in range(n_origins):
        part = ~np.isnan(odds) & (training.origin == at)
        if part.any():
            z, y = odds[part], training.y[part]
            losses.append(log_loss(z + centred(z, float(y.mean())), y))
    return float(np.concatenate(losses).mean())
