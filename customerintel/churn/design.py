"""From the features of customers to the columns of a logistic model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.tables import CustomerFeatures

__all__ = ["SOURCES", "Design", "columns_of"]

Floats = NDArray[np.float64]

#: Features whose logarithm is a column, log(1 + x); what is not defined counts as 0.
LOGS = (
    "frequency", "recency", "T", "time_since_last", "total_amount", "mean_amount", "first_amount",
    "gap_mean", "gap_std", "purchases_30d", "purchases_90d", "purchases_180d", "spend_30d",
    "spend_90d", "spend_180d", "breadth",
)  # fmt: skip
#: Features that are columns as they are; what is not defined counts as the mean.
PLAIN = (
    "regularity", "clumpiness", "frequency_trend", "spend_trend", "return_share", "weekend_share",
    "season_share",
)  # fmt: skip
#: The feature that each made column is told by, in explanations.
SOURCES = {
    "once": "frequency", "overdue": "overdue_ratio", "rate": "frequency",
    "expected": "time_since_last", "gap_spread": "gap_std", "silence": "time_since_last",
    "recent_share": "purchases_90d",
}  # fmt: skip
#: Columns are cut off at these quantiles of what was learned from.
QUANTILES = (0.005, 0.995)


def columns_of(features: Mapping[str, Floats] | CustomerFeatures) -> dict[str, Floats]:
    """Return the columns that a model sees, before they are brought to one scale."""
    with np.errstate(invalid="ignore", divide="ignore"):
        made = {name: np.log1p(np.maximum(features[name], 0.0)) for name in LOGS}
    columns = {name: np.where(np.isnan(values), 0.0, values) for name, values in made.items()}
    columns.update({name: features[name] for name in PLAIN})
    frequency, age, silent = (features[name] for name in ("frequency", "T", "time_since_last"))
    rate = (frequency + 0.5) / (age + 30.0)
    overdue = np.log1p(silent / np.maximum(features["gap_mean"], 1.0))
    spread = features["gap_std"] / np.maximum(features["gap_mean"], 1.0)
    recent, half_year = features["purchases_90d"], features["purchases_180d"]
    return columns | {
        "once": (frequency == 0).astype(np.float64),
        "overdue": np.where(np.isnan(overdue), 0.0, overdue),
        "rate": np.log(rate),
        "expected": np.log1p(silent * rate),
        "gap_spread": np.where(np.isnan(spread), 0.0, spread),
        "silence": silent / (age + 1.0),
        "recent_share": np.log((recent + 0.5) / (half_year - recent + 0.5)),
    }


@dataclass(frozen=True)
class Design:
    """Columns cut off and brought to mean 0 and spread 1, as learned from one set of customers.

    Parameters
    ----------
    names : tuple of str
        Of the columns that are used; what never varied is left out.
    low, high, mean, spread : ndarray of float64, shape (n_columns,)
        Where columns are cut off, and their scale.
    """

    names: tuple[str, ...]
    low: Floats
    high: Floats
    mean: Floats
    spread: Floats

    @classmethod
    def learn(cls, parts: Sequence[Mapping[str, Floats]]) -> Self:
        """Learn cuts and scale from customers seen at one or several moments."""
        kept = []
        for name in parts[0]:
            values = np.concatenate([part[name] for part in parts])
            values = values[np.isfinite(values)]
            if not len(values):
                continue
            low, high = np.quantile(values, QUANTILES)
            cut = np.clip(values, low, high)
            mean, spread = float(cut.mean()), float(cut.std())
            if spread > 1e-9 * max(1.0, abs(mean)):
                kept.append((name, float(low), float(high), mean, spread))
        names = tuple(one[0] for one in kept)
        scales = np.array([one[1:] for one in kept]).reshape(-1, 4).T
        return cls(names, *scales)

    def matrix(self, columns: Mapping[str, Floats]) -> Floats:
        """Return the columns, shape (n, n_columns); what is not defined is 0, the mean."""
        out = np.empty((len(next(iter(columns.values()))), len(self.names)), order="F")
        for k, name in enumerate(self.names):
            cut = np.clip(columns[name], self.low[k], self.high[k])
            scaled = (cut - self.mean[k]) / self.spread[k]
            out[:, k] = np.where(np.isnan(scaled), 0.0, scaled)
        return out

    def to_state(self) -> dict[str, Any]:
        """Return what it is made of."""
        scales = np.array([self.low, self.high, self.mean, self.spread])
        return {"names": list(self.names), "scales": scales}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` told."""
        return cls(tuple(state["names"]), *state["scales"])
