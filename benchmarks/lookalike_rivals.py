"""scikit-learn's tuned boosting and logistic regression, as rivals of look-alikes.

They see the same table as `customerintel.lookalike.fit`, learn seeds against everybody else, and
are tuned on seeds that they were not shown. The unlabelled are scored.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from lookalike_populations import LEVELS, N_NUMERIC
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

__all__ = ["tuned_boosting", "tuned_logistic"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

NUMBERS = list(range(N_NUMERIC))
LABELS = list(range(N_NUMERIC, N_NUMERIC + len(LEVELS)))
#: What boosting is tuned over.
RATES, LEAVES = (0.05, 0.1), (6, 12, 24)
#: min_samples_leaf with l2_regularization.
HELD_BACK = ((20, 0.0), (200, 20.0))
#: People other than seeds in the first and second round, and settings that go on to each next.
ROUNDS = ((40_000, 3), (200_000, 1))
STRENGTHS = (0.003, 0.03, 0.3, 3.0)


@dataclass(frozen=True)
class Trees:
    """Boosted trees after one of two encodings.

    Parameters
    ----------
    encoding : {"native", "target"}
        Levels as categories, or as shares of seeds that were cross-fitted.
    options : dict
        Of the trees.
    """

    encoding: str
    options: dict[str, Any]

    def fit(self, X: Floats, y: Mask) -> Any:
        """Grow, until held-out people gain nothing more."""
        trees = HistGradientBoostingClassifier(
            max_iter=1_000, early_stopping=True, validation_fraction=0.1, n_iter_no_change=15,
            random_state=0, categorical_features=LABELS if self.encoding == "native" else None,
            **self.options,
        )  # fmt: skip
        if self.encoding == "native":
            return trees.fit(X, y)
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        encoder = TargetEncoder(target_type="binary", cv=folds)
        shares = make_column_transformer((encoder, LABELS), remainder="passthrough")
        return make_pipeline(shares, trees).fit(X, y)


def matrix(table: Any) -> Floats:
    """Return numbers as they are, and levels as whole numbers."""
    found = [table[f"n{j}"].to_numpy(float) for j in range(N_NUMERIC)]
    found += [table[f"c{j}"].factorize()[0].astype(float) for j in range(len(LEVELS))]
    return np.column_stack(found)


def _some(y: Mask, most: int, seed: int) -> NDArray[np.int64]:
    rng = np.random.default_rng(seed)
    others = np.flatnonzero(~y)
    drawn = rng.choice(others, min(most, len(others)), replace=False)
    return np.sort(np.concatenate([np.flatnonzero(y), drawn]))


def _tune(tried: list[Any], X: Floats, y: Mask, most: int, keep: int) -> list[Any]:
    """Return those with the least log loss on people who were held out."""
    rows = _some(y, most, 1)
    train, test = train_test_split(rows, test_size=0.25, random_state=0, stratify=y[rows])
    with threadpool_limits(1):  # threads would mostly wait for each other
        losses = [
            log_loss(y[test], one.fit(X[train], y[train]).predict_proba(X[test])[:, 1])
            for one in tried
        ]
    return [tried[k] for k in np.argsort(losses, kind="stable")[:keep]]


def tuned_boosting(X: Floats, y: Mask) -> dict[str, tuple[Floats, dict[str, Any]]]:
    """Tune with either encoding in rounds of more and more people; fit the best to all.

    Returns
    -------
    dict
        Scores of all people by encoding, and what was chosen.
    """
    settings = [
        {"learning_rate": rate, "max_leaf_nodes": leaves, "min_samples_leaf": least,
         "l2_regularization": l2}
        for rate, leaves, (least, l2) in product(RATES, LEAVES, HELD_BACK)
    ]  # fmt: skip
    found = {}
    for encoding in ("native", "target"):
        start = time.perf_counter()
        tried = [Trees(encoding, options) for options in settings]
        for most, keep in ROUNDS:
            tried = _tune(tried, X, y, most, keep)
        chosen = tried[0]
        model = chosen.fit(X, y)
        scores = model.predict_proba(X)[:, 1]
        trees = model if encoding == "native" else model[-1]
        facts = {"options": chosen.options, "trees": int(trees.n_iter_)}
        found[encoding] = scores, {**facts, "seconds": time.perf_counter() - start}
    return found


@dataclass(frozen=True)
class Logistic:
    """Logistic regression on scaled numbers, gaps and levels.

    Parameters
    ----------
    strength : float
        C of scikit-learn.
    """

    strength: float

    def fit(self, X: Floats, y: Mask) -> Any:
        """Fit it."""
        numbers = make_pipeline(
            SimpleImputer(strategy="median", add_indicator=True), StandardScaler()
        )
        levels = OneHotEncoder(min_frequency=10, handle_unknown="infrequent_if_exist")
        both = make_column_transformer((numbers, NUMBERS), (levels, LABELS))
        return make_pipeline(both, LogisticRegression(C=self.strength, max_iter=300)).fit(X, y)


def tuned_logistic(X: Floats, y: Mask) -> tuple[Floats, dict[str, Any]]:
    """Choose its strength on a part, and fit to all."""
    start = time.perf_counter()
    chosen = _tune([Logistic(c) for c in STRENGTHS], X, y, ROUNDS[0][0], 1)[0]
    scores = chosen.fit(X, y).predict_proba(X)[:, 1]
    return scores, {"C": chosen.strength, "seconds": time.perf_counter() - start}
