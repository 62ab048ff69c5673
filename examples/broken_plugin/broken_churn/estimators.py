"""Estimators that break the contract, one way each."""

from __future__ import annotations

from typing import Any, Self


class Impostor:
    """It works, and has the name of another package's estimator."""

    api_version = 1

    def fit(self, history: Any, /, *, horizon_days: float) -> Self:  # noqa: ARG002
        """Learn nothing."""
        self.horizon_days_ = horizon_days
        return self

    def predict(self, history: Any, /) -> list[float]:
        """Return that everybody leaves."""
        return [1.0] * history.n_customers


class Moody(Impostor):
    """It cannot be made."""

    def __init__(self) -> None:
        raise RuntimeError("the licence has expired")


class Half:
    """Something is missing, and something has the wrong shape."""

    def fit(self, history: Any) -> Self:  # noqa: ARG002
        """Learn nothing, without a horizon."""
        return self


class FromTheFuture(Impostor):
    """It is written for a protocol that there is not yet."""

    api_version = 99


an_object = Impostor()
