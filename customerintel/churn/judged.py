"""`ChurnEvaluation`: how estimators did at several moments, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.baselines import BASELINES
from customerintel.churn.curves import (
    GainCurve,
    LiftCurve,
    Moment,
    ReliabilityCurve,
    gain_of,
    lift_of,
    reliability_of,
)
from customerintel.churn.judged_columns import (
    best_of,
    comparison_html,
    heads_of,
    known_measure,
    known_name,
    origin_heads_of,
    spreads_of,
)
from customerintel.churn.log_ends import shown
from customerintel.churn.metrics import BETTER, MEASURES
from customerintel.churn.origin_predictions import OriginPredictions
from customerintel.churn.resampling import Judgement, Spread
from customerintel.churn.trials import Trials
from customerintel.models.arguments import whole_number
from customerintel.tables.building import build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import one_line
from customerintel.tables.text import Text

__all__ = ["ChurnEvaluation"]


@dataclass(frozen=True, eq=False, repr=False)
class ChurnEvaluation:
    """How estimators did at several moments; made by `customerintel.churn.evaluate`.

    Attributes
    ----------
    names : tuple of str
        Estimators as they were given, then the baselines.
    horizon_days, gap_days : float
        What was predicted, and how long after the origin it begins.
    """

    names: tuple[str, ...]
    horizon_days: float
    gap_days: float
    _trials: Trials = field(repr=False)
    _judged: Mapping[str, Judgement] = field(repr=False)
    _texts: Text | None = field(repr=False)
    _kind: Kind = field(repr=False)
    _zone: str | None = field(repr=False)

    @property
    def moments(self) -> NDArray[np.datetime64]:
        """Origins in UTC, ascending."""
        return np.array([one.moment for one in self._trials.origins], "M8[us]")

    @property
    def failures(self) -> Mapping[str, Mapping[str, str]]:
        """Per estimator that failed: the origins at which it did, and what was wrong."""
        return MappingProxyType({
            name: MappingProxyType({self._when[k]: why for k, why in found.items()})
            for name, found in self._trials.failures.items()
        })  # fmt: skip

    @property
    def notes(self) -> Mapping[str, tuple[str, ...]]:
        """Per estimator: what its fits warned of."""
        notes = self._trials.notes.items()
        return MappingProxyType({name: tuple(said) for name, said in notes if said})

    @property
    def _when(self) -> list[str]:
        return shown([one.moment for one in self._trials.origins], self._zone)

    @property
    def n(self) -> int:
        """Rows: customers, counted at each origin."""
        return sum(len(one.keys) for one in self._trials.origins)

    @property
    def base_rate(self) -> float:
        """Share of them that left."""
        return sum(int(one.churned.sum()) for one in self._trials.origins) / self.n

    def measure(self, name: str, measure: str) -> Spread:
        """Return one measure of one estimator over all origins.

        Parameters
        ----------
        name : str
            Of the estimator.
        measure : str
            Such as ``"auc"``.

        Returns
        -------
        Spread
            ``value``, ``low`` and ``high``.

        Raises
        ------
        InvalidArgumentError
            If there is none of that name.
        """
        return self._judged[known_name(name, self.names)].pooled[known_measure(measure, MEASURES)]

    def difference(self, name: str, other: str, by: str = "log_loss") -> Spread:
        """Return by how much a measure of one estimator exceeds that of another.

        Both see the same resampled customers, so the interval is narrower than those of the two
        measures, which may overlap although the difference is clear.

        Parameters
        ----------
        name, other : str
            Estimators or baselines.
        by : str, default "log_loss"
            A measure.

        Returns
        -------
        Spread
            ``value``, ``low`` and ``high``; NaN where one of them has no such measure.

        Raises
        ------
        InvalidArgumentError
            If there is none of that name.
        """
        one, two = (self._judged[known_name(given, self.names)] for given in (name, other))
        return one.minus(two, known_measure(by, MEASURES))

    def best(self, by: str = "log_loss") -> str:
        """Return the name of the best estimator; baselines are none.

        Parameters
        ----------
        by : str, default "log_loss"
            A measure. Slope and intercepts are best where they are 1 and 0. Of equals, the one
            that was given first, so give the simplest first.

        Raises
        ------
        InvalidArgumentError
            If the measure is unknown or is no judgement, or no estimator has it.
        """
        known_measure(by, tuple(BETTER))
        return best_of({name: self._judged[name].pooled[by].value for name in self.names}, by)

    def to_frame(self) -> Any:
        """Return one row per estimator, in the log's kind of table.

        Returns
        -------
        table
            ``estimator``, ``baseline``, ``horizon_days``, ``gap_days``, ``origins``, ``n``,
            ``n_new``, ``churned``, ``base_rate``, then each measure with ``_low`` and ``_high``,
            ``failed`` (origins), ``seconds`` (of all fits) and ``note``.
        """
        columns = heads_of(self.names, self._trials.origins, self.horizon_days, self.gap_days)
        columns |= spreads_of([self._judged[name].pooled for name in self.names])
        columns["failed"] = np.array([len(self.failures.get(one, ())) for one in self.names])
        columns["seconds"] = np.array([self._trials.seconds[one] for one in self.names])
        columns["note"] = np.array([self._note(name) for name in self.names], object)
        return build(columns, self._kind, self._zone)

    def per_origin(self) -> Any:
        """Return one row per estimator and origin, in the log's kind of table.

        Returns
        -------
        table
            ``estimator``, ``origin`` (moment), ``n``, ``n_new``, ``churned``, ``base_rate``,
            then the measures as in `to_frame`.
        """
        columns = origin_heads_of(self.names, self._trials.origins)
        columns |= spreads_of([one for name in self.names for one in self._judged[name].per_origin])
        return build(columns, self._kind, self._zone)

    def predictions(self, name: str) -> OriginPredictions:
        """Return what an estimator predicted at each origin, and what happened.

        Raises
        ------
        InvalidArgumentError
            If there is no estimator of that name.
        """
        rows = self._rows(name)
        taken, origins = self._trials.taken(name), self._trials.origins
        keys = np.concatenate([origins[k].keys for k in taken])
        return OriginPredictions(
            estimator=name,
            origin=np.repeat(taken, [len(origins[k].keys) for k in taken]),
            moments=self.moments,
            ids=CustomerIds(keys, self._texts),
            probability=np.concatenate([p for p, _ in rows]),
            churned=np.concatenate([y for _, y in rows]),
            horizon_days=self.horizon_days,
            _kind=self._kind,
            _zone=self._zone,
        )

    def reliability(self, name: str, bins: int = 10) -> ReliabilityCurve:
        """Return how often what was predicted came true, in bins of alike many rows.

        Parameters
        ----------
        name : str
            Of an estimator or baseline.
        bins : int, default 10
            How many; equal probabilities stay together, so there may be fewer.

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used.
        """
        rows, count = self._rows(name), whole_number(bins, "bins", "groups of rows", least=1)
        return reliability_of(name, rows, count, self.horizon_days, self._kind)

    def gain_curve(self, name: str) -> GainCurve:
        """Return which share of those who left is reached with which share of the customers.

        Raises
        ------
        InvalidArgumentError
            If there is no estimator of that name.
        """
        return gain_of(name, self._rows(name), self.horizon_days, self._kind)

    def lift_curve(self, name: str) -> LiftCurve:
        """Return how much more of the first customers left than of all, by their share.

        Raises
        ------
        InvalidArgumentError
            If there is no estimator of that name.
        """
        return lift_of(self.gain_curve(name))

    def _rows(self, name: str) -> list[Moment]:
        return self._trials.rows(known_name(name, self.names))

    def _note(self, name: str) -> str:
        failed = [f"{when}: {why}" for when, why in self.failures.get(name, {}).items()]
        return " ".join([*failed, *self.notes.get(name, ())])

    def _facts(self) -> dict[str, object]:
        own = [one for one in self.names if one not in BASELINES]
        judged = any(not math.isnan(self._judged[one].pooled["log_loss"].value) for one in own)
        best = self.best() if judged else None
        return {
            "estimators": len(own),
            "origins": len(self._trials.origins),
            "horizon_days": self.horizon_days,
            "gap_days": self.gap_days or None,
            "rows": self.n,
            "base_rate": self.base_rate,
            "best": best,
            "log_loss": self._judged[best].pooled["log_loss"].value if best else None,
            "failed": ", ".join(self.failures) or None,
        }

    def __repr__(self) -> str:
        return one_line("ChurnEvaluation", **self._facts())

    def _repr_html_(self) -> str:
        gap = f" (after a gap of {self.gap_days:g})" if self.gap_days else ""
        title = (
            f"Churn within {self.horizon_days:g} days{gap}: {self.n:,} rows at "
            f"{', '.join(self._when)}; {self.base_rate:.1%} left"
        )
        return comparison_html(title, {name: self._judged[name].pooled for name in self.names})
