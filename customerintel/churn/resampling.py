"""Measures of trials, over all origins and at each, and how far they vary with the customers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.calibration import N_COLUMNS, Line, anchored, fit_line, logit, moved
from customerintel.churn.metrics import MEASURES, PARTS, Ranked, combine
from customerintel.churn.profit import ProfitModel
from customerintel.churn.trials import Origin
from customerintel.tables.results import one_line

__all__ = ["Judge", "Judgement", "Spread"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LINE = ("calibration_intercept", "calibration_slope", "calibration_in_the_large")


@dataclass(frozen=True, repr=False)
class Spread:
    """A measure and the interval of its resamples; NaN where it is undefined."""

    value: float
    low: float
    high: float

    def __repr__(self) -> str:
        return one_line("Spread", value=self.value, low=self.low, high=self.high)


@dataclass(frozen=True)
class Judgement:
    """All measures of one estimator.

    Attributes
    ----------
    pooled : dict of str to Spread
        Over all origins.
    per_origin : tuple of dict of str to Spread
        At each; NaN where the estimator failed.
    drawn : mapping of str to ndarray of float64, shape (n_bootstrap,)
        The resamples of each measure over all origins; empty if the estimator failed.
    tails : tuple of float
        Percentiles at the ends of intervals.
    """

    pooled: dict[str, Spread]
    per_origin: tuple[dict[str, Spread], ...]
    drawn: Mapping[str, Floats]
    tails: tuple[float, float]

    def minus(self, other: Judgement, measure: str) -> Spread:
        """Return the difference of a measure over all origins, resample by resample."""
        value = self.pooled[measure].value - other.pooled[measure].value
        if not self.drawn or not other.drawn:
            return Spread(value, math.nan, math.nan)
        return spread_of(value, self.drawn[measure] - other.drawn[measure], self.tails)


class Judge:
    """Resamples of customers, the same for every estimator.

    A customer who is drawn brings all of their rows, at whatever origins, since those depend on
    each other (Davison and Hinkley 1997, Bootstrap Methods and their Application, section 3.8).
    Intervals are the percentiles of the resamples.

    Parameters
    ----------
    origins : sequence of Origin
        Customers, and what they did.
    n_bootstrap : int
        How many resamples; 0: no intervals.
    seed : int or None
        Of the draws.
    level : float
        Of the intervals.
    top : float
        Share of the customers of whom the lift is taken.
    profit : ProfitModel
        What a campaign costs and brings.
    """

    def __init__(
        self, origins: Sequence[Origin], *, n_bootstrap: int, seed: Any, level: float, top: float,
        profit: ProfitModel,
    ) -> None:  # fmt: skip
        self._origins = origins
        self._top, self._profit = top, profit
        self._tails = (50.0 * (1.0 - level), 50.0 * (1.0 + level))
        everybody = np.unique(np.concatenate([one.keys for one in origins]))
        self._place = [np.searchsorted(everybody, one.keys) for one in origins]
        self._draws = _draw(n_bootstrap, len(everybody), seed)

    def judge(self, predicted: Sequence[Floats | None]) -> Judgement:
        """Return the measures of one estimator's predictions.

        Parameters
        ----------
        predicted : sequence of ndarray of float64, or None
            Probabilities at each origin, aligned with its customers; None: it failed there.
        """
        lines = [
            None if p is None else fit_line(logit(p), one.churned)
            for one, p in zip(self._origins, predicted, strict=True)
        ]
        whole = self._line_of_all(predicted)
        sums, own, common = [], [], []
        for place, p in enumerate(predicted):
            if p is None:
                continue
            made = self._sums(place, p, _some(lines[place]), whole)
            parts, mine, all_of_them = np.hsplit(made, (len(PARTS), len(PARTS) + N_COLUMNS))
            sums.append(parts)
            own.append(mine)
            common.append(all_of_them)
        kept = iter(zip(sums, own, strict=True))
        per_origin = [
            _nothing() if line is None else self._spread(*next(kept), line)[0] for line in lines
        ]
        if len(sums) < len(predicted):
            return Judgement(_nothing(), tuple(per_origin), {}, self._tails)
        pooled, drawn = self._spread(np.sum(sums, axis=0), np.sum(common, axis=0), whole)
        return Judgement(pooled, tuple(per_origin), drawn, self._tails)

    def _line_of_all(self, predicted: Sequence[Floats | None]) -> Line:
        known = [
            (logit(p), one.churned)
            for one, p in zip(self._origins, predicted, strict=True)
            if p is not None
        ]
        if len(known) < len(predicted):
            return Line(math.nan, math.nan, math.nan)
        return fit_line(
            np.concatenate([z for z, _ in known]), np.concatenate([y for _, y in known])
        )

    def _sums(self, place: int, p: Floats, own: Line, common: Line) -> Floats:
        """Return all sums: of the rows as they are, then of each resample."""
        from customerintel._kernels import threads

        y, z = self._origins[place].churned, logit(p)
        tangents = np.hstack([anchored(own, z, y), anchored(common, z, y)])
        ranked = Ranked(y, p, self._place[place], tangents)
        once = np.ones(self._draws.shape[1], np.uint8)
        calls = [(one, self._top, self._profit) for one in (once, *self._draws)]
        return np.array(threads.run(ranked.parts, calls))

    def _spread(
        self, sums: Floats, tangents: Floats, line: Line
    ) -> tuple[dict[str, Spread], dict[str, Floats]]:
        """Return measures with their intervals, and the resamples of each."""
        found = combine(sums) | dict(zip(_LINE, moved(line, tangents), strict=True))
        # the first row is no resample, and its line is known exactly
        exact = dict(zip(_LINE, (line.intercept, line.slope, line.shift), strict=True))
        drawn = {name: found[name][1:] for name in MEASURES}
        spreads = {
            name: spread_of(exact.get(name, float(found[name][0])), drawn[name], self._tails)
            for name in MEASURES
        }
        return spreads, drawn


def spread_of(value: float, drawn: Floats, tails: tuple[float, float]) -> Spread:
    """Return a measure with the percentiles of its resamples, where it is defined in any."""
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn) or not math.isfinite(value):
        return Spread(value, math.nan, math.nan)
    low, high = np.percentile(drawn, tails).tolist()
    return Spread(value, low, high)


def _some(line: Line | None) -> Line:
    return line if line is not None else Line(math.nan, math.nan, math.nan)


def _nothing() -> dict[str, Spread]:
    return dict.fromkeys(MEASURES, Spread(math.nan, math.nan, math.nan))


def _draw(count: int, n: int, seed: Any) -> NDArray[np.uint8]:
    """Return how often each of n customers is drawn, per resample; shape (count, n)."""
    rng = np.random.default_rng(seed)
    drawn = np.empty((count, n), np.uint8)
    for row in drawn:
        times = np.bincount(rng.integers(0, n, n), minlength=n)
        row[:] = np.minimum(times, 255)  # one customer 256 times: less likely than 1 in 10^500
    return drawn
