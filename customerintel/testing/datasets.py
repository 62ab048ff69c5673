"""The logs that estimators are tried on: simulated, seeded, and with all that logs hold.

In the shop, customers arrive over time, buy as a Poisson process of a rate of their own, and
drop out after an exponential time: the Pareto/NBD process [1]_. Subscribers cancel with a
chance of their own at each renewal: the shifted-beta-geometric distribution [2]_. Amounts are
multiples of a quarter, so that their sums are the same in any order.

References
----------
.. [1] Schmittlein, D. C., Morrison, D. G. and Colombo, R. (1987). Counting Your Customers: Who
   Are They and What Will They Do Next? Management Science 33(1), section 2.
.. [2] Fader, P. S. and Hardie, B. G. S. (2007). How to Project Customer Retention. Journal of
   Interactive Marketing 21(1), section 2.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from customerintel.tables import History, TransactionLog

__all__ = ["DAY", "MOMENT", "Business", "Transactions", "simulate"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: Of what business a log is.
Business: TypeAlias = Literal["shop", "subscription"]

DAY = 86_400_000_000
#: First day of the logs, and the moment that estimators are asked at; UTC microseconds.
START = int(np.datetime64("2023-01-01", "us").astype(np.int64))
MOMENT = START + 640 * DAY + 18 * 3_600_000_000
#: Days over which customers arrive, and days that are simulated: some lie after the moment.
ARRIVALS, LENGTH = 420, 800
#: Most purchases of one customer.
MOST = 90
#: Days that a payment is good for.
TERM = 30.0
CATEGORIES = np.array(["books", "garden", "toys", "wine"], object)


@dataclass(frozen=True, eq=False)
class Transactions:
    """Columns of a log to be.

    Parameters
    ----------
    customer : ndarray of int64, shape (n_rows,)
        Ids.
    time : ndarray of int64, shape (n_rows,)
        UTC microseconds, all different.
    amount : ndarray of float64, shape (n_rows,)
        Negative for returns.
    category : ndarray of object, shape (n_rows,)
        A word.
    kind : ndarray of object, shape (n_rows,)
        "sale", "return", "renewal" or "cancellation".
    """

    customer: NDArray[np.int64]
    time: NDArray[np.int64]
    amount: NDArray[np.float64]
    category: NDArray[np.object_]
    kind: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.time)

    def take(self, rows: NDArray[Any]) -> Transactions:
        """Return the rows at places or of a mask."""
        return Transactions(*(getattr(self, one.name)[rows] for one in fields(self)))

    def until(self, moment: int) -> Transactions:
        """Return the rows up to a moment."""
        return self.take(self.time <= moment)

    def of(self, customers: NDArray[np.int64]) -> Transactions:
        """Return the rows of some customers."""
        return self.take(np.isin(self.customer, customers))

    def plus(self, other: Transactions) -> Transactions:
        """Return the rows of both."""
        both = ((getattr(self, one.name), getattr(other, one.name)) for one in fields(self))
        return Transactions(*(np.concatenate(pair) for pair in both))

    def log(
        self,
        *,
        kind: Literal["pandas", "dict"] = "pandas",
        texts: bool = False,
        amounts: bool = True,
    ) -> TransactionLog:
        """Make a log; ids as texts sort as the integers do."""
        import pandas as pd

        from customerintel.tables import TransactionLog

        ids: NDArray[Any] = self.customer
        if texts:
            ids = np.array([f"c-{one:07d}" for one in ids.tolist()], object)
        columns = {"customer_id": ids, "timestamp": self.time.view("M8[us]")}
        if amounts:
            columns["amount"] = self.amount
        columns |= {"category": self.category, "kind": self.kind}
        return TransactionLog.from_frame(columns if kind == "dict" else pd.DataFrame(columns))

    def history(self, moment: int = MOMENT, **how: Any) -> History:
        """Make a log and look at it as of a moment; `how` is as for `log`."""
        from customerintel.tables import History

        return History(self.log(**how), moment)


def simulate(n_customers: int, seed: int, business: Business = "shop") -> Transactions:
    """Simulate a log, in order of time.

    Parameters
    ----------
    n_customers : int
        How many customers; a few more have nothing but returns.
    seed : int
        Of the random numbers.
    business : {"shop", "subscription"}, default "shop"
        Customers who come and go unseen, or who pay every 30 days until they cancel.

    Returns
    -------
    Transactions
        Rows before and after `MOMENT`.
    """
    rng = np.random.default_rng((seed, n_customers))
    ids = rng.choice(1_000_000, n_customers + n_customers // 50 + 1, replace=False)
    make = _shop if business == "shop" else _subscription
    made = make(rng, ids.astype(np.int64), rng.uniform(0, ARRIVALS, (n_customers, 1)))
    return made.take(np.argsort(made.time, kind="stable"))


def _shop(rng: np.random.Generator, ids: Ints, arrival: Floats) -> Transactions:
    """Simulate purchases; one in 50 is free, one in 16 is returned."""
    n = len(arrival)
    rate = rng.gamma(1.5, 0.02, (n, 1))  # purchases per day
    lifetime = rng.exponential(1.0 / rng.gamma(1.2, 0.003, (n, 1)))  # days
    gaps = rng.exponential(1.0, (n, MOST)) / rate
    gaps[:, 0] = 0.0
    day = arrival + gaps.cumsum(axis=1)
    bought = (day <= LENGTH) & (day - arrival <= lifetime)
    buyer, days = ids[np.nonzero(bought)[0]], day[bought]
    amount = np.ceil(rng.gamma(2.0, 60.0, len(days))) / 4.0
    amount[rng.random(len(days)) < 0.02] = 0.0
    back = rng.random(len(days)) < 1.0 / 16.0
    returned = days[back] + rng.uniform(1, 20, back.sum())
    sales = _rows(rng, buyer, days, amount, "sale")
    only = _rows(rng, ids[n:], rng.uniform(0, 600, len(ids) - n), -12.5, "return")
    return sales.plus(_rows(rng, buyer[back], returned, -amount[back], "return")).plus(only)


def _subscription(rng: np.random.Generator, ids: Ints, arrival: Floats) -> Transactions:
    """Simulate payments, and cancellations before the first one that is not made."""
    n = len(arrival)
    leaving = rng.beta(1.0, 9.0, n)  # chance at each renewal
    payments = rng.geometric(leaving)
    number = np.arange(MOST)
    day = arrival + TERM * number
    paid = (day <= LENGTH) & (number < payments[:, None])
    who, which = np.nonzero(paid)
    price = rng.integers(20, 80, n) / 4.0
    rows = _rows(rng, ids[who], day[paid], price[who], "renewal")
    rows = replace(rows, kind=np.where(which == 0, "sale", rows.kind).astype(object))
    end = arrival[:, 0] + TERM * payments - rng.uniform(1, 20, n)
    ended = end <= LENGTH
    left = _rows(rng, ids[:n][ended], end[ended], -0.25, "cancellation")
    only = _rows(rng, ids[n:], rng.uniform(0, 600, len(ids) - n), -12.5, "return")
    return rows.plus(left).plus(only)


def _rows(
    rng: np.random.Generator, who: Ints, days: Floats, amount: Floats | float, kind: str
) -> Transactions:
    n = len(who)
    ticks = (days * DAY).astype(np.int64) + START
    words = CATEGORIES[rng.integers(0, len(CATEGORIES), n)]
    return Transactions(who, ticks, np.broadcast_to(amount, n), words, np.full(n, kind, object))
