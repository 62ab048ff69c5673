"""`AutoEstimator`: blends the others by how they have done on horizons that are over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.base_pool import BasePool
from customerintel.churn.blending import FEATURES, Blend, blend
from customerintel.churn.design import Design, columns_of
from customerintel.churn.horizons import Horizon, features_for
from customerintel.churn.learned_odds import LearnedOdds, constant_odds
from customerintel.churn.level import Season, choose_level, find_season
from customerintel.churn.linear_odds import LinearOdds, Others
from customerintel.churn.log_odds import probability_of
from customerintel.churn.logistic import centred
from customerintel.churn.past import horizon_to_learn_from, past_origins, too_few
from customerintel.churn.training import Training, spread_odds

if TYPE_CHECKING:
    from customerintel.tables import History

__all__ = ["AutoEstimator"]

Floats = NDArray[np.float64]

#: Customers of whom customer-base models can be believed without a look at outcomes.
ENOUGH = 50


class AutoEstimator(LearnedOdds):
    """The estimator to begin with: customer-base models and features, blended and calibrated.

    At up to five past moments the customer-base models (MBG/NBD, Pareto/NBD, MBG/CNBD-k) are
    fitted to what was known, and their log-odds stand beside the features of `hazard`, among
    which are those of `recency`. Two families of logistic regressions are fitted to what then
    happened, each under several penalties. In the family "features" all columns are penalised
    alike. In the family "anchored" the mean of the customer-base models is free, so that a
    strong penalty leaves their prediction. All are weighted by their log loss on customers and
    moments that were left out, exp(−1000 · loss), the first family at least half.

    Where the horizon is longer than half of the history, half of the history is the horizon
    that is learned from; its level is not used. Last, the level is set: the mean of what past
    horizons and the customer-base models say and, where the log shows seasons, of the same
    season a year ago.

    Parameters
    ----------
    n_customers : int, default 30,000
        Learn from so many customers at most, drawn at random; all are predicted.
    random_state : int, default 0
        Of the drawing.

    Attributes
    ----------
    chosen_ : dict of str to float
        Weight of each candidate, such as ``"features, penalty 0.03"``; they sum to 1.
        "Anchored, penalty 1" is all but the customer-base models' own prediction.
    losses_ : dict of str to float
        Log loss of each on what was left out.
    level_ : float
        Share of the customers that is expected to buy nothing.
    season_weight_ : float
        How far the season of a year ago was believed, from 0 to 1.
    n_origins_ : int
        Past moments that were learned from.

    Examples
    --------
    >>> import customerintel as ci
    >>> truth = ci.models.ParetoNBD.from_params(
    ...     dict(r=0.9, alpha=40.0, s=0.6, beta=150.0), unit="day"
    ... )
    >>> history = truth.simulate(400, T=500.0, seed=1).as_of("2001-05-14")
    >>> scorer = ci.churn.get("auto").fit(history, horizon="90d")
    >>> round(sum(scorer.estimator.chosen_.values()), 9)
    1.0
    """

    def fit(self, history: History, /, *, horizon_days: float) -> Self:
        """Learn from what happened in earlier horizons.

        Raises
        ------
        InvalidArgumentError
            If nobody had bought one horizon before the history's moment.
        """
        sample, horizon, origins = self._begin(history, horizon_days)
        latest, shorter = origins[0].churned, horizon_to_learn_from(sample, horizon)
        if shorter != horizon:
            origins = past_origins(sample, shorter)
        # a moment after which all left, or none, tells nobody apart
        origins = [one for one in origins if not too_few(one.churned)]
        self.n_origins_ = len(origins)
        now = BasePool.fit(sample, horizon)
        if not origins:
            self._learn_nothing(sample, horizon, now, latest)
            return self
        pools = [BasePool.fit(one.past, shorter, like=now) for one in origins]
        # a model must be there at every moment, the present included
        common = {name for name in now.models if all(name in pool.models for pool in pools)}
        self._pool = BasePool({n: one for n, one in now.models.items() if n in common})
        kept = [BasePool({n: p.models[n] for n in self._pool.models}) for p in pools]
        training = Training.collect(sample, origins, shorter, kept)
        found = blend(training)
        self.chosen_, self.losses_ = found.weights, found.losses
        self.model_ = self._level(found, training, sample, horizon, proxy=shorter != horizon)
        return self

    def _learn_nothing(
        self, sample: History, horizon: Horizon, now: BasePool, churned: NDArray[np.bool_]
    ) -> None:
        """Take what customer-base models say, or where they have too few, the latest share."""
        design = Design.learn([columns_of(features_for(sample, horizon))])
        self.losses_, self.season_weight_ = {}, 0.0
        if len(now.models) and sample.n_customers >= ENOUGH:
            self._pool, self.chosen_ = now, {"customer-base models": 1.0}
            spread = self._others(sample)
            others = Others.learn(spread)
            weights = np.where(np.arange(spread.shape[1]) == 0, others.spreads, 0.0)
            level = float(others.centres[0])
            self.model_ = LinearOdds(design, np.zeros(len(design.names)), others, weights, level)
            self.level_ = float(probability_of(spread[:, 0]).mean())
            return
        self._pool, self.chosen_ = BasePool({}), {"share of the last horizon": 1.0}
        self.model_ = constant_odds(design, churned)
        self.level_ = float(probability_of(np.array(self.model_.constant)))

    def _level(
        self, found: Blend, training: Training, sample: History, horizon: Horizon, *, proxy: bool
    ) -> LinearOdds:
        """Return the blend with its level set for the present."""
        k = len(training.design.names)
        slopes, weights = found.slopes[:k], found.slopes[k:]
        bare = LinearOdds(training.design, slopes, training.others, weights, 0.0)
        spread = self._others(sample)
        odds = bare.predict(features_for(sample, horizon), spread)
        recent = found.intercepts[training.recent]
        base = spread[:, 0] if spread.shape[1] else np.empty(0)
        season = find_season(sample, horizon, self._pool) if len(base) else Season()
        self.season_weight_ = season.weight
        # levels of a shorter horizon are too low, and that of a year ago is the season's
        useful = len(recent) and not proxy
        levels = [float(recent[0]), float(recent.mean())] if useful else []
        if not levels and not len(base):
            levels = [float(found.intercepts[0])]
        learned = [odds + level for level in levels]
        self.level_ = choose_level(learned, base, season)
        constant = centred(odds, self.level_)
        return LinearOdds(training.design, slopes, training.others, weights, constant)

    def to_state(self) -> dict[str, Any]:
        """Return what was learned."""
        told = {name: getattr(self, name) for name in _TOLD}
        return super().to_state() | {"pool": self._pool.to_state(), **told}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return the estimator that `to_state` told of."""
        made = super().from_state(state)
        made._pool = BasePool.from_state(state["pool"])
        for name in _TOLD:
            setattr(made, name, state[name])
        return made

    def _facts(self) -> dict[str, object]:
        if self.model_ is None:
            return {}
        features = sum(w for name, w in self.chosen_.items() if name.startswith(FEATURES))
        return super()._facts() | {
            "features": features,
            "anchored": 1.0 - features if self._pool.models else None,
            "level": self.level_,
            "season_weight": self.season_weight_,
        }

    def _others(self, history: History) -> Floats:
        """Return the customer-base models' columns, shape (n_customers, n_models + 1)."""
        names = tuple(self._pool.models)
        if not names or not history.n_customers:
            return np.empty((history.n_customers, len(names) + bool(names)))
        return spread_odds(self._pool.odds(history, names))


#: What a fit says of itself.
_TOLD = ("chosen_", "losses_", "level_", "season_weight_")
