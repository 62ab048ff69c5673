"""The customers of the simulated shop: a type each, and habits of their own around it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

from customerintel.relationships.simulated_behaviour import Behaviour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["People", "draw_people"]

#: Contacts by a customer's own will, whose rates share one factor: how active a customer is.
CONTACTS: Final = (
    "call", "chat", "support", "requests", "disputes", "ideas", "feedback", "reviews",
    "comments", "posts", "referrals", "community", "visits", "logins",
)  # fmt: skip
#: Rates and lengths: log-normal around the type's mean, with this deviation of the logarithm.
SPREAD_OF_RATES: Final = {
    "gap": 0.36, "evenness": 0.32, "burst": 0.3, "life": 0.6, "lingers": 0.5, "replies": 0.6,
    "categories": 0.28, **dict.fromkeys(CONTACTS, 0.38),
}  # fmt: skip
#: Shares and probabilities: normal around the type's on the logit scale, with this deviation.
SPREAD_OF_SHARES: Final = {
    "promo": 0.5, "novelty": 0.45, "returns": 0.5, "discreet": 0.9, "complains": 0.7,
    "grumbles": 0.7, "leaves": 0.6, "escalates": 0.7, "settled": 0.7, "opens": 0.55,
    "clicks": 0.55, "opts_out": 0.8, "age": 0.95,
}  # fmt: skip
#: Deviation of the logarithm of how active a customer is, whatever the type.
SPREAD_OF_ACTIVITY: Final = 0.32


@dataclass(frozen=True, eq=False)
class People:
    """Customers, each with a type and habits.

    Parameters
    ----------
    code : ndarray of int64, shape (n,)
        Place of each customer's type among the types.
    behaviours : sequence of Behaviour
        What customers of each type do on average.
    habits : dict of str to ndarray of float64, shape (n,)
        Each customer's own rates and probabilities.
    activity : ndarray of float64, shape (n,)
        How active a customer is, 1 on average: what all its contacts are multiplied by.
    start : ndarray of float64, shape (n,)
        Day of the first order.
    """

    code: NDArray[np.int64]
    behaviours: Sequence[Behaviour]
    habits: dict[str, NDArray[np.float64]]
    activity: NDArray[np.float64]
    start: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.code)

    def __getitem__(self, habit: str) -> NDArray[np.float64]:
        """Return each customer's own rate or probability."""
        return self.habits[habit]


def draw_people(
    rng: np.random.Generator,
    behaviours: Sequence[Behaviour],
    shares: NDArray[np.float64],
    *,
    n: int,
    days: int,
) -> People:
    """Draw customers: their types in the shares given, and their habits."""
    code = rng.choice(len(behaviours), size=n, p=shares)
    activity = _around(rng, np.ones(n), SPREAD_OF_ACTIVITY)
    habits = {}
    for field in fields(Behaviour):
        if isinstance(getattr(behaviours[0], field.name), int | float):
            typical = np.array([getattr(one, field.name) for one in behaviours], np.float64)[code]
            habits[field.name] = _own(rng, field.name, typical)
    for name in CONTACTS:
        habits[name] = habits[name] * activity
    # the first order of everybody is seen; the last to come have a few days at least
    start = np.clip(1.0 - habits["age"], 0.0, 0.995) * days
    return People(code, behaviours, habits, activity, start)


def _own(rng: np.random.Generator, name: str, typical: NDArray[np.float64]) -> NDArray[np.float64]:
    if name in SPREAD_OF_RATES:
        return _around(rng, typical, SPREAD_OF_RATES[name])
    if name in SPREAD_OF_SHARES:
        odds = np.log(typical) - np.log1p(-typical)
        return 1.0 / (1.0 + np.exp(-odds - SPREAD_OF_SHARES[name] * rng.standard_normal(len(odds))))
    return typical


def _around(
    rng: np.random.Generator, mean: NDArray[np.float64], spread: float
) -> NDArray[np.float64]:
    return mean * np.exp(spread * rng.standard_normal(len(mean)) - spread * spread / 2.0)
