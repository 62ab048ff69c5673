"""What costs nothing: the share who left, and the time since the last purchase."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.calibration import Line, fit_line
from customerintel.churn.labels import label
from customerintel.tables import History

__all__ = ["BASELINES", "Baselines"]

Floats = NDArray[np.float64]

#: Rows that are in every table.
BASELINES = ("base rate", "recency rule")


@dataclass(frozen=True)
class Baselines:
    """Both rules, as they were learnt at one moment.

    Attributes
    ----------
    share : float
        Of the customers who left in the latest outcome that was over.
    line : Line
        Log-odds by log(1 + days since the last purchase).
    """

    share: float
    line: Line

    @classmethod
    def fit(cls, history: History, horizon: Any, gap: Any) -> Baselines:
        """Learn from the latest outcome that is over, gap included."""
        past, churned = label(history, horizon, gap=gap)
        share = float(churned.mean())
        line = fit_line(_silence(past), churned)
        if math.isnan(line.slope) or line.slope <= 0.0:
            # nothing to learn from, or a rule that would be turned round: almost nothing is
            # believed of it, but the longest silence still comes first
            line = Line(math.nan, 1e-6, math.nan)
        return cls(share, line)

    def predict(self, history: History) -> dict[str, Floats]:
        """Return the probability of each customer by either rule."""
        from scipy.special import expit

        silence = _silence(history)
        intercept = self.line.intercept
        if math.isnan(intercept):
            edge = min(max(self.share, 1e-15), 1.0 - 1e-15)
            centre = self.line.slope * float(silence.mean()) if len(silence) else 0.0
            intercept = math.log(edge / (1.0 - edge)) - centre
        return {
            "base rate": np.full(len(silence), self.share),
            "recency rule": np.asarray(expit(intercept + self.line.slope * silence)),
        }


def _silence(history: History) -> Floats:
    """Return log(1 + days since the last purchase)."""
    return np.log1p(history.summarize(unit="day").time_since_last)
