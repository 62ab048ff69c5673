"""When customers of the signature shop buy: thirteen ways, each with its own clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relationship_shops.shop import DAYS, Days, Whom, renew

#: Of each way: first order (days before the end), how long it lasts, days between orders,
#: and the shape of the gaps (1: random; more: regular).
CLOCKS: dict[str, tuple[tuple[float, float], tuple[float, float], float, float]] = {
    "as_needed": ((200, 1000), (1100, 1100), 55, 1.0),
    "regular": ((200, 900), (1100, 1100), 30, 9.0),
    "long_regular": ((650, 1090), (1100, 1100), 32, 5.0),
    "burst": ((100, 1000), (12, 45), 6, 1.0),
    "one_order": ((20, 1000), (1, 2), 400, 1.0),
    "sporadic": ((300, 1050), (1100, 1100), 90, 0.7),
    "rare": ((200, 1050), (1100, 1100), 190, 0.9),
    "trial": ((15, 110), (1100, 1100), 40, 1.0),
    "extreme": ((250, 900), (1100, 1100), 7, 2.0),
    "broken": ((500, 1000), (150, 400), 22, 2.5),
    "campaigns": ((350, 1000), (1100, 1100), 30, 1.0),
    "season": ((500, 1090), (1100, 1100), 40, 2.0),
    "launches": ((200, 900), (1100, 1100), 45, 1.0),
    "old_rare": ((900, 1092), (1100, 1100), 170, 1.5),
}
WAYS = tuple(CLOCKS)
MOST = 400


def rhythm(rng: np.random.Generator, way: Whom, vigour: Days) -> tuple[Whom, Days, Days, Days]:
    """Return whose and when of all orders, and the days of each customer's first and last."""
    n = len(way)
    clocks = [CLOCKS[name] for name in WAYS]
    born, lasts = (np.array([clock[k] for clock in clocks], float) for k in (0, 1))
    every, shape = (np.array([clock[k] for clock in clocks], float) for k in (2, 3))
    first = DAYS - rng.uniform(*born[way].T)
    stop = np.minimum(first + rng.uniform(*lasts[way].T), DAYS - 0.05)
    pace = vigour * rng.lognormal(0.0, 0.25, n)
    pace = np.where(shape[way] > 3.0, np.sqrt(pace), pace)  # what is a routine varies less
    counts = np.minimum(rng.poisson(pace * (stop - first) / every[way]), MOST)
    ghost = np.isin(way, [WAYS.index("burst")])
    counts[ghost] = np.maximum(counts[ghost], 2)
    who, day = renew(rng, counts, shape[way], first, stop)
    day = _by_calendar(rng, way, who, day, first)
    who, day = np.append(np.arange(n), who), np.append(first, day)
    last = first.copy()
    np.maximum.at(last, who, day)
    return who, day, first, last


def _by_calendar(rng: np.random.Generator, way: Whom, who: Whom, day: Days, first: Days) -> Days:
    """Move the orders of some to their season, to launches, or to their own campaigns."""
    moved = day.copy()
    n = len(first)
    season = rng.uniform(0.0, 365.0, n)
    theirs = (way == WAYS.index("season"))[who]
    year = np.floor((day - season[who]) / 365.0)
    moved[theirs] = (season[who] + 365.0 * year + rng.uniform(0.0, 60.0, len(who)))[theirs]
    drops: NDArray[np.float64] = np.arange(20.0, DAYS, 75.0)
    theirs = (way == WAYS.index("launches"))[who]
    near = np.minimum(np.searchsorted(drops, day), len(drops) - 1)
    moved[theirs] = (drops[near] + rng.exponential(2.0, len(who)))[theirs]
    theirs = (way == WAYS.index("campaigns"))[who]
    goal = np.floor(day / 120.0) * 120.0 + 60.0 * rng.random(n)[who]
    moved[theirs] = (goal + rng.uniform(0.0, 30.0, len(who)))[theirs]
    late = (moved <= first[who]) | (moved >= DAYS - 0.05)
    return np.where(late, day, moved)
