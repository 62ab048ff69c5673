"""Curves of an evaluation: reliability, lift and gain, as arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.metrics import starts_of
from customerintel.rfm.read_only import seal
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["GainCurve", "LiftCurve", "ReliabilityCurve", "gain_of", "lift_of", "reliability_of"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: Predictions and truth at one moment.
Moment = tuple[Floats, Mask]

#: Shares of the customers at which curves are drawn.
GRID = np.arange(101) / 100.0
#: Of the standard normal distribution, for intervals of 95 %.
Z = 1.959963984540054


class _Curve(ABC):
    """What every curve has: columns, and facts about them."""

    _columns: ClassVar[tuple[str, ...]]
    _title: ClassVar[str]
    _kind: Kind

    def __post_init__(self) -> None:
        seal(self)

    def to_frame(self) -> Any:
        """Return one row per point of the curve, in the log's kind of table."""
        return build({name: getattr(self, name) for name in self._columns}, self._kind)

    @abstractmethod
    def _facts(self) -> dict[str, object]:
        """Return what a repr tells."""

    def __repr__(self) -> str:
        return one_line(type(self).__name__, **self._facts())

    def _repr_html_(self) -> str:
        return html_table(self._title, list(self._facts().items()))


@dataclass(frozen=True, eq=False, repr=False)
class ReliabilityCurve(_Curve):
    """What was predicted and what happened, in bins of the probability.

    Attributes
    ----------
    estimator : str
        Whose it is.
    mean_predicted, observed : ndarray of float64, shape (k,)
        Mean probability of each bin, and the share of it that left.
    low, high : ndarray of float64, shape (k,)
        95 % interval of that share (Wilson 1927), as if all rows were independent.
    n : ndarray of int64, shape (k,)
        Rows of the bin.
    horizon_days : float
        What the probability is about.
    """

    estimator: str
    mean_predicted: Floats
    observed: Floats
    low: Floats
    high: Floats
    n: NDArray[np.int64]
    horizon_days: float
    _kind: Kind = field(repr=False)

    _columns: ClassVar[tuple[str, ...]] = ("mean_predicted", "observed", "low", "high", "n")
    _title: ClassVar[str] = "Reliability"

    def _facts(self) -> dict[str, object]:
        return {
            "estimator": self.estimator,
            "bins": len(self.n),
            "rows": int(self.n.sum()),
            "horizon_days": self.horizon_days,
        }


@dataclass(frozen=True, eq=False, repr=False)
class GainCurve(_Curve):
    """How many of those who leave are among the customers with the highest probabilities.

    Attributes
    ----------
    estimator : str
        Whose it is.
    fraction : ndarray of float64, shape (101,)
        Share of the customers, from 0 to 1, at every origin.
    reached : ndarray of float64, shape (101,)
        Share of those who left that is among them.
    ideal : ndarray of float64, shape (101,)
        The same, had one known who would leave.
    base_rate : float
        Share of all that left.
    horizon_days : float
        What the probability is about.
    """

    estimator: str
    fraction: Floats
    reached: Floats
    ideal: Floats
    base_rate: float
    horizon_days: float
    _kind: Kind = field(repr=False)

    _columns: ClassVar[tuple[str, ...]] = ("fraction", "reached", "ideal")
    _title: ClassVar[str] = "Gain"

    def _facts(self) -> dict[str, object]:
        return {
            "estimator": self.estimator,
            "reached_at_10%": float(self.reached[10]),
            "base_rate": self.base_rate,
            "horizon_days": self.horizon_days,
        }


@dataclass(frozen=True, eq=False, repr=False)
class LiftCurve(_Curve):
    """How much more of those with the highest probabilities leave than of all customers.

    Attributes
    ----------
    estimator : str
        Whose it is.
    fraction : ndarray of float64, shape (100,)
        Share of the customers, above 0 and up to 1, at every origin.
    lift : ndarray of float64, shape (100,)
        Share of them that left, over the share of all.
    ideal : ndarray of float64, shape (100,)
        The same, had one known who would leave.
    base_rate : float
        Share of all that left.
    horizon_days : float
        What the probability is about.
    """

    estimator: str
    fraction: Floats
    lift: Floats
    ideal: Floats
    base_rate: float
    horizon_days: float
    _kind: Kind = field(repr=False)

    _columns: ClassVar[tuple[str, ...]] = ("fraction", "lift", "ideal")
    _title: ClassVar[str] = "Lift"

    def _facts(self) -> dict[str, object]:
        return {
            "estimator": self.estimator,
            "lift_at_10%": float(self.lift[9]),
            "base_rate": self.base_rate,
            "horizon_days": self.horizon_days,
        }


def reliability_of(
    name: str, moments: Sequence[Moment], bins: int, horizon_days: float, kind: Kind
) -> ReliabilityCurve:
    """Return the curve over all origins, in bins of alike many rows.

    Rows of one probability stay together, so there may be fewer bins.
    """
    p = np.concatenate([one for one, _ in moments])
    y = np.concatenate([one for _, one in moments])
    edges = np.quantile(p, np.arange(1, bins) / bins)
    _, place = np.unique(np.searchsorted(edges, p), return_inverse=True)
    n = np.bincount(place)
    share = np.bincount(place, y) / n
    low, high = wilson(share, n)
    return ReliabilityCurve(
        name, np.bincount(place, p) / n, share, low, high, n, horizon_days, kind
    )


def wilson(share: Floats, n: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return 95 % intervals of shares (Wilson 1927, JASA 22, 209-212)."""
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)


def gain_of(name: str, moments: Sequence[Moment], horizon_days: float, kind: Kind) -> GainCurve:
    """Return the curve over all origins; the same share is reached at each."""
    found, best = np.zeros(len(GRID)), np.zeros(len(GRID))
    gone = size = 0
    for p, y in moments:
        order = np.argsort(-p, kind="stable")
        # customers of one probability are reached in equal shares
        ends = np.append(starts_of(p[order]), len(p))
        found += np.interp(GRID * len(p), ends, np.append(0, np.cumsum(y[order]))[ends])
        best += np.minimum(GRID * len(p), y.sum())
        gone, size = gone + int(y.sum()), size + len(p)
    with np.errstate(invalid="ignore"):
        return GainCurve(
            name, GRID, found / np.float64(gone), best / np.float64(gone), gone / size,
            horizon_days, kind,
        )  # fmt: skip


def lift_of(gain: GainCurve) -> LiftCurve:
    """Return the lift of a gain curve: what is reached over what chance would reach."""
    share = GRID[1:]
    return LiftCurve(
        gain.estimator, share, gain.reached[1:] / share, gain.ideal[1:] / share, gain.base_rate,
        gain.horizon_days, gain._kind,
    )  # fmt: skip
