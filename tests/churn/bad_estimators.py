"""Churn estimators that do what none should, for tests."""

from __future__ import annotations

import numpy as np


class Half:
    """Says one half of everybody."""

    api_version = 1

    def fit(self, history, /, *, horizon_days):
        return self

    def predict(self, history, /):
        return np.full(history.n_customers, 0.5)


class Answers(Half):
    """Answers with what a function makes of the number of customers."""

    def __init__(self, answer):
        self.answer = answer

    def predict(self, history, /):
        return self.answer(history.n_customers)


class Writes(Half):
    def fit(self, history, /, *, horizon_days):
        history.summarize().frequency[0] = 99
        return self


class Forgets(Half):
    def fit(self, history, /, *, horizon_days):
        self.days = horizon_days


class Claims(Half):
    def contributions(self, history, /):
        return {"everything": 1.0}


class Classifier:
    """As scikit-learn has them."""

    def fit(self, X, y):
        return self

    def predict_proba(self, X):
        return np.full((len(X), 2), 0.5)


GOOD = {"half": Half, "writes": Writes, "forgets": Forgets, "claims": Claims}


def estimator(answer):
    return Answers(answer)
