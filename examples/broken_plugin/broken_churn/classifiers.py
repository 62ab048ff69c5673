"""Classifiers that break the contract, or say what cannot be, one way each."""

from __future__ import annotations

from typing import Any


class Silent:
    """It names no kinds, and cannot be asked."""

    api_version = 1

    def classify(self, signals: Any) -> None:
        """Do nothing, under another name."""


class Twins:
    """Two of its kinds have one name."""

    api_version = 1

    labels = ("buddy", "buddy")

    def predict_proba(self, signals: Any, /) -> list[list[float]]:
        """Return that everybody is both."""
        return [[0.5, 0.5]] * len(signals)


class Generous:
    """It keeps the contract; but its probabilities sum to more than 1."""

    api_version = 1

    labels = ("basic_exchange", "buddy")

    def predict_proba(self, signals: Any, /) -> list[list[float]]:
        """Return that everybody is each of them for sure."""
        return [[1.0, 1.0]] * len(signals)
