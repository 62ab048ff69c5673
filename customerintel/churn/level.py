"""How many customers will leave: the level of a horizon that nobody has seen yet.

Which customers are likelier to leave than others changes slowly. How many of them do changes
with the season, and a level that is learned from one horizon is wrong in the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.base_pool import BasePool
from customerintel.churn.horizons import Horizon
from customerintel.churn.log_odds import log_odds, probability_of
from customerintel.churn.logistic import centred
from customerintel.churn.past import YEAR, age_of, year_before
from customerintel.tables import History

__all__ = ["Season", "choose_level", "find_season"]

Floats = NDArray[np.float64]

#: Days around a whole year ago that are the season of the present.
NEAR = 20.0
#: Spread of monthly levels, in log-odds, that is chance.
CHANCE = 0.05
#: Months with which a season can be told from a trend.
LEAST_MONTHS = 4
#: Spread of a season that is believed half.
HALF = 0.15


@dataclass(frozen=True)
class Season:
    """What the same season a year ago tells.

    Parameters
    ----------
    shift : float
        Log-odds by which more customers left a year ago than customer-base models say.
    weight : float
        How far it is believed, from 0 to 1: the more, the more levels rose and fell in the
        year.
    """

    shift: float = 0.0
    weight: float = 0.0


def find_season(history: History, horizon: Horizon, pool: BasePool) -> Season:
    """Compare the customer-base models' levels with what happened, month by month for a year.

    The weight is V / (V + 0.15²), where V is the variance of the monthly differences in
    log-odds about their trend, less that of chance: twice 1 / (n p (1 − p)) of each month's
    share p of n customers, and 0.05². Growth is no season, nor is the luck of few customers.
    """
    names = tuple(pool.models)
    if not names or age_of(history) < YEAR - NEAR or horizon.days > YEAR:
        return Season()
    ages, shifts, chances = [], [], []
    for one in year_before(history, horizon):
        odds = pool.odds(one.past, names).mean(axis=1)
        n = len(odds)
        share = min(max(float(one.churned.mean()), 0.5 / n), 1.0 - 0.5 / n)
        ages.append(one.days_ago)
        shifts.append(centred(odds, share))
        chances.append(1.0 / (n * share * (1.0 - share)))
    away = np.abs((np.array(ages) + 0.5 * YEAR) % YEAR - 0.5 * YEAR)
    near = (away <= NEAR) & (np.array(ages) > YEAR - NEAR - 1.0)
    if not near.any() or len(ages) < LEAST_MONTHS:
        return Season()
    trend = np.polyfit(ages, shifts, 1)
    away_from_trend = np.array(shifts) - np.polyval(trend, ages)
    spread = max(0.0, float(np.var(away_from_trend)) - 2.0 * float(np.mean(chances)) - CHANCE**2)
    return Season(float(np.array(shifts)[near].mean()), spread / (spread + HALF**2))


def choose_level(learned: list[Floats], base: Floats, season: Season) -> float:
    """Return the share of customers that is expected to leave.

    Parameters
    ----------
    learned : list of ndarray of float64, shape (n,)
        Log-odds with the levels of past horizons.
    base : ndarray of float64, shape (n,) or (0,)
        Log-odds by customer-base models.
    season : Season
        What the same season a year ago tells.

    Returns
    -------
    float
        The mean, in log-odds, of all levels; where there is a season, the more its
        level the more it is believed.
    """
    levels = [float(probability_of(odds).mean()) for odds in learned]
    if not len(base):
        return float(probability_of(log_odds(np.array(levels)).mean()))
    levels.append(float(probability_of(base).mean()))
    usual = float(log_odds(np.array(levels)).mean())
    seasonal = float(log_odds(np.array([probability_of(base + season.shift).mean()]))[0])
    mixed = (1.0 - season.weight) * usual + season.weight * seasonal
    return float(probability_of(np.array(mixed)))
