"""What the registries of these tests have built in."""

from __future__ import annotations

import numpy as np

from customerintel.exceptions import InvalidArgumentError, MissingDependencyError


class Recency:
    api_version = 1

    def __init__(self, strength=1.0):
        if strength <= 0:
            raise InvalidArgumentError("strength must be positive.")
        self.strength = strength

    def fit(self, history, /, *, horizon_days):
        return self

    def predict(self, history, /):
        return np.zeros(history.n_customers)


class NeedsMore(Recency):
    def __init__(self):
        raise MissingDependencyError("Install it: pip install 'customerintel[sklearn]'.")
