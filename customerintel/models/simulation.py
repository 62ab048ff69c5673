"""Made-up customers whose truth is known: purchase ages, and logs of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_count, is_number
from customerintel.schema import LATEST, microseconds
from customerintel.tables import TransactionLog
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.moments import UNITS

__all__ = ["as_log", "check_simulation", "draw_opportunities", "draw_purchases"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Where every simulated customer starts.
START = np.datetime64("2000-01-01", "us")


def check_simulation(n_customers: Any, T: Any, unit: str | None) -> tuple[int, float, str]:
    """Return the arguments of a simulation as they are needed.

    Parameters
    ----------
    n_customers : int
        At least 1.
    T : float
        How long everybody is observed, in `unit`; positive.
    unit : str or None
        Unit of the model that is simulated.

    Raises
    ------
    InvalidArgumentError
        If one of them cannot be used, or the time ends beyond what a log can hold.
    """
    if not is_count(n_customers) or n_customers < 1:
        raise InvalidArgumentError(
            f"n_customers must be a whole number of at least 1; got {n_customers!r}."
        )
    if not is_number(T) or not (math.isfinite(T) and T > 0):
        raise InvalidArgumentError(
            f"T must be a time longer than 0, in the unit of the fit; got {T!r}."
        )
    if unit is None:
        raise InvalidArgumentError(
            "The model knows no unit of time, and a log needs one. Give it where the model is "
            'made: fit(table, unit="week") or from_params(params, unit="week").'
        )
    if unit not in UNITS:
        raise InvalidArgumentError(
            f"unit must be one of {', '.join(map(repr, UNITS))}; got {unit!r}."
        )
    longest = (microseconds(LATEST) - int(START.astype(np.int64))) / UNITS[unit]
    if longest < T:
        raise InvalidArgumentError(
            f"A log that starts in 2000 can hold at most {longest:,.0f} {unit}s; got T={T!r}."
        )
    return int(n_customers), float(T), unit


def draw_purchases(
    rng: np.random.Generator, rate: Floats, end: Floats, dropout: Floats | None = None, k: int = 1
) -> tuple[Ints, Floats]:
    """Draw the purchases of customers whose clocks tick at constant rates while they are alive.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    rate : ndarray of float64, shape (n,)
        Ticks per unit of time.
    end : ndarray of float64, shape (n,)
        Age at which a customer is lost, or observation ends.
    dropout : ndarray of float64, shape (n,), optional
        Probability of being lost right after each repeat purchase.
    k : int, default 1
        Ticks per purchase: the times between purchases are Erlang-k.

    Returns
    -------
    customer : ndarray of int64, shape (purchases,)
        1 … n, ascending.
    age : ndarray of float64, shape (purchases,)
        Ascending within a customer, from the first purchase at age 0.
    """
    active = np.arange(len(rate))
    now = np.zeros(len(rate))
    customers, ages = [active + 1], [now]
    while len(active):
        with np.errstate(divide="ignore"):  # a rate may be as good as 0: nothing more is bought
            now = now + rng.standard_gamma(k, len(active)) / rate[active]
        bought = now <= end[active]
        active, now = active[bought], now[bought]
        customers.append(active + 1)
        ages.append(now)
        if dropout is not None:
            stays = rng.random(len(active)) >= dropout[active]
            active, now = active[stays], now[stays]
    customer, age = np.concatenate(customers), np.concatenate(ages)
    order = np.lexsort((age, customer))
    return customer[order].astype(np.int64), age[order]


def draw_opportunities(
    rng: np.random.Generator, chance: Floats, dropout: Floats, count: int
) -> tuple[Ints, Ints]:
    """Draw who buys at which opportunities.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    chance : ndarray of float64, shape (n,)
        Probability of a purchase at an opportunity, for who is alive.
    dropout : ndarray of float64, shape (n,)
        Probability of being lost right before each opportunity.
    count : int
        Opportunities after the first purchase.

    Returns
    -------
    customer : ndarray of int64, shape (purchases,)
        1 … n, ascending.
    place : ndarray of int64, shape (purchases,)
        Ascending within a customer, from the first purchase at 0.
    """
    n = len(chance)
    # a chance may be as good as 0, where a geometric number has no end
    lived = np.minimum(rng.geometric(np.maximum(dropout, 1e-15)) - 1, count)
    bought = np.ones((n, count + 1), bool)
    for k in range(1, count + 1):
        bought[:, k] = (rng.random(n) < chance) & (lived >= k)
    customer, place = np.nonzero(bought)
    return customer + 1, place


def as_log(customer: Ints, age: Floats, unit: str, *, kind: Kind | None = None) -> TransactionLog:
    """Return purchases at given ages as a log without amounts.

    Parameters
    ----------
    customer : ndarray of int64, shape (n,)
        Who bought.
    age : ndarray of float64, shape (n,)
        When, from 2000-01-01 00:00 UTC, in `unit`; rounded to the microsecond.
    unit : str
        Unit of time, one of those of a summary.
    kind : Kind, optional
        Kind of table that results of the log shall be; pandas if not given.

    Returns
    -------
    TransactionLog
        One row per purchase, in the given order.
    """
    step = np.rint(np.asarray(age, np.float64) * UNITS[unit]).astype("m8[us]")
    columns = {"customer_id": np.asarray(customer, np.int64), "timestamp": START + step}
    return TransactionLog.from_frame(build(columns, kind or Kind("pandas")))
