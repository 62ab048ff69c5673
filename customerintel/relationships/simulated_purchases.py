"""Orders of the simulated shop, their lines, and what went wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from customerintel.relationships.simulated_people import People

__all__ = ["Lines", "Orders", "draw_lines", "draw_orders"]

#: Probability that the shop fails an order: late, wrong, broken.
FAILURE: Final = 0.06
#: Categories, and how popularity falls from one to the next.
N_CATEGORIES: Final = 24
POPULARITY: Final = 0.6
#: Length of a season in days, for those who buy in one only.
SEASON: Final = 80.0
#: Days away on a holiday of each year.
HOLIDAY: Final = 16.0
#: Relative demand from Monday to Sunday.
WEEKDAYS: Final = (0.95, 0.90, 0.95, 1.00, 1.15, 1.30, 0.75)


@dataclass(frozen=True, eq=False)
class Orders:
    """Orders, by customer and time.

    Parameters
    ----------
    customer : ndarray of int64, shape (n_orders,)
        Place of the customer.
    day : ndarray of float64, shape (n_orders,)
        Days since the start of the simulation.
    complaint : ndarray of bool, shape (n_orders,)
        Whether the customer complained about it.
    end : ndarray of float64, shape (n_customers,)
        Day at which the customer's contacts end too.
    """

    customer: NDArray[np.int64]
    day: NDArray[np.float64]
    complaint: NDArray[np.bool_]
    end: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of orders, and of what came back."""

    customer: NDArray[np.int64]
    day: NDArray[np.float64]
    order: NDArray[np.int64]
    amount: NDArray[np.float64]
    category: NDArray[np.int64]
    promo: NDArray[np.bool_]
    discreet: NDArray[np.bool_]


def draw_orders(
    rng: np.random.Generator, people: People, *, days: int, weekday: int, day_of_year: int
) -> Orders:
    """Draw each customer's orders until it leaves, or the simulation ends.

    Gaps are drawn on a clock that runs as demand does: faster in the season and towards the
    weekend. All customers take a step at a time, so the rounds are as many as the orders of
    the most frequent customer.
    """
    clock = _clock(days, weekday, day_of_year)
    n = len(people)
    seasonal = np.where(rng.random(n) < people["season"], SEASON, 365.0)
    breach = rng.random(n) < people["breaks"]
    life = _lives(rng, people, breach, days=days)
    opened = np.interp(people.start, np.arange(days + 1.0), clock)
    who, at, spent = np.arange(n), opened.copy(), np.zeros(n)
    found = []
    last = people.start.copy()
    over, ended = people.start + life < days, np.zeros(n, np.bool_)
    while len(who):
        failed = rng.random(len(who)) < FAILURE
        angry = rng.random(len(who)) < np.where(failed, people["complains"][who],
                                                people["grumbles"][who])  # fmt: skip
        gap = _gaps(rng, people, who)
        spent = spent + gap
        gone = spent > life[who]
        angry |= gone & breach[who]
        left = angry & (rng.random(len(who)) < people["leaves"][who])
        day = np.interp(at, clock, np.arange(days + 1.0))
        found.append((who, day, angry))
        last[who] = day
        ended[who[left | (gone & over[who])]] = True
        turns = spent // seasonal[who]
        at = opened[who] + turns * 365.0 + spent - turns * seasonal[who]
        on = ~gone & ~left & (at < clock[-1])
        who, at, spent = who[on], at[on], spent[on]
    customer, day, complaint = (np.concatenate(part) for part in zip(*found, strict=True))
    day = _after_holiday(rng, customer, day, people.start, day_of_year)
    kept = day < days
    customer, day, complaint = customer[kept], day[kept], complaint[kept]
    order = np.lexsort((day, customer))
    end = np.minimum(last + rng.exponential(people["lingers"]), days)
    # who has not left goes on with contacts, however long ago the last order was
    return Orders(customer[order], day[order], complaint[order], np.where(ended, end, days))


def draw_lines(rng: np.random.Generator, people: People, orders: Orders, *, days: int) -> Lines:
    """Draw what is in the orders, and what of it comes back.

    What a customer spends on a line has nothing to do with its type.
    """
    n = len(people)
    per_order = 1 + rng.poisson(0.25, len(orders.day))
    order = np.repeat(np.arange(len(orders.day)), per_order)
    customer, day = orders.customer[order], orders.day[order]
    level = rng.normal(3.2, 0.7, n)
    amount = np.maximum(np.exp(level[customer] + rng.normal(0.0, 0.5, len(order))).round(2), 0.5)
    category = _categories(rng, people, customer)
    # an offer is more for the same money, so that offers do not tell of amounts
    offers = (day % 61.0) < 11.0
    odds = people["promo"][customer] / (1.0 - people["promo"][customer])
    odds = odds * np.where(offers, 3.0, 0.75)
    promo = rng.random(len(order)) < odds / (1.0 + odds)
    discreet = (rng.random(len(orders.day)) < people["discreet"][orders.customer])[order]
    back = np.flatnonzero(rng.random(len(order)) < people["returns"][customer])
    when = day[back] + rng.uniform(3.0, 25.0, len(back))
    back, when = back[when < days], when[when < days]
    return Lines(
        np.concatenate([customer, customer[back]]),
        np.concatenate([day, when]),
        np.concatenate([order, len(orders.day) + np.arange(len(back))]),
        np.concatenate([amount, -amount[back]]),
        np.concatenate([category, category[back]]),
        np.concatenate([promo, promo[back]]),
        np.concatenate([discreet, discreet[back]]),
    )


def _lives(
    rng: np.random.Generator, people: People, breach: NDArray[np.bool_], *, days: int
) -> NDArray[np.float64]:
    """Return the days for which customers buy; what was broken was broken before the end."""
    life = rng.exponential(people["life"])
    life[rng.random(len(people)) < people["single"]] = 0.0
    seen = (days - people.start) * rng.uniform(0.2, 0.9, len(people))
    return np.where(breach, np.minimum(life, seen), life)


def _clock(days: int, weekday: int, day_of_year: int) -> NDArray[np.float64]:
    """Return the time that demand has run through by the start of each day."""
    day = np.arange(days)
    week = np.array(WEEKDAYS)[(day + weekday) % 7]
    year = 1.0 + 0.25 * np.cos(2.0 * np.pi * (day + day_of_year - 345.0) / 365.25)
    return np.concatenate([[0.0], np.cumsum(week * year)])


def _gaps(rng: np.random.Generator, people: People, who: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the time to the next order: short within a burst, the customer's own after it."""
    shape = np.maximum(people["evenness"][who], 0.3)
    long = rng.gamma(shape, people["gap"][who] / shape)
    short = rng.gamma(1.5, 3.0, len(who))
    within = rng.random(len(who)) < 1.0 - 1.0 / np.maximum(people["burst"][who], 1.0)
    return np.maximum(np.where(within, np.minimum(short, long), long), 0.05)


def _after_holiday(
    rng: np.random.Generator,
    customer: NDArray[np.int64],
    day: NDArray[np.float64],
    start: NDArray[np.float64],
    day_of_year: int,
) -> NDArray[np.float64]:
    """Return the days, with orders of a customer's holiday moved behind it."""
    leave = rng.normal(205.0, 40.0, len(start)) % 365.0
    into = (day + day_of_year - leave[customer]) % 365.0
    away = (into < HOLIDAY) & (day > start[customer] + 1e-6)
    moved = day + HOLIDAY - into + rng.exponential(2.0, len(day))
    return np.where(away, moved, day)


def _categories(
    rng: np.random.Generator, people: People, customer: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return a category per line: mostly of the customer's own few, at times any."""
    liked = -POPULARITY * np.log(np.arange(1.0, N_CATEGORIES + 1.0))
    taste = np.argsort(-(liked + rng.gumbel(size=(len(people), N_CATEGORIES))), axis=1)
    own = 1.0 + rng.poisson(np.maximum(people["categories"] - 1.0, 0.0))
    place = np.floor(own[customer] * rng.random(len(customer)) ** 1.5)
    new = rng.random(len(customer)) < people["novelty"][customer]
    place = np.where(new, rng.integers(0, N_CATEGORIES, len(customer)), place)
    chosen: NDArray[np.int64] = taste[customer, np.minimum(place, N_CATEGORIES - 1).astype(int)]
    return chosen
