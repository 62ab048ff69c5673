"""Churn estimators that keep every promise."""

from __future__ import annotations

import numpy as np


def visible(history):
    """Rows that a history shows, as a dict of arrays."""
    table = history.to_frame()
    return {name: np.asarray(table[name]) for name in table}


class Good:
    """Who has been silent for long, measured by the horizon, has left."""

    api_version = 1

    def __init__(self):
        self.random_state = None

    def fit(self, history, /, *, horizon_days):
        if history.n_customers < 20:
            raise ValueError("there are too few customers to learn from")
        rng = np.random.default_rng(self.random_state)
        self.scale_ = horizon_days * (1.0 + rng.random())
        return self

    def predict(self, history, /):
        silence = history.summarize().time_since_last
        return silence / (silence + self.scale_)

    def contributions(self, history, /):
        silence = history.summarize().time_since_last
        return {"silence": np.log(np.maximum(silence, 1e-6) / self.scale_)}

    def to_state(self):
        return {"scale": np.array([self.scale_]), "random_state": self.random_state}

    @classmethod
    def from_state(cls, state):
        made = cls()
        made.scale_, made.random_state = float(state["scale"][0]), state["random_state"]
        return made


class Plain(Good):
    """Without what is optional."""

    # these raise AttributeError: as if they were not there
    to_state = from_state = contributions = property()

    def __init__(self):
        pass

    def fit(self, history, /, *, horizon_days):
        if history.n_customers < 20:
            raise ValueError("there are too few customers to learn from")
        self.scale_ = horizon_days
        return self
