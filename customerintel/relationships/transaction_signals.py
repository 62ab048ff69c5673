"""What the purchases of customers say of the relationship."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.signal_columns import Column, rounded
from customerintel.tables.moments import DAY, Calendar

if TYPE_CHECKING:
    from customerintel.tables.history import History
    from customerintel.tables.transaction_log import TransactionLog
    from customerintel.tables.visits import Visits

__all__ = [
    "Purchases",
    "day_of",
    "population_regularity",
    "purchases_of",
    "spans_of",
    "transaction_columns",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: Days of a year, on average.
YEAR: Final = 365.25
#: Texts in the column ``promo`` that say that there was none.
_NO_PROMO: Final = ("0", "0.0", "false", "no", "none", "n", "f")


@dataclass(frozen=True, eq=False)
class Purchases:
    """The visible purchases of a history's customers, and what the kernel says of them.

    Parameters
    ----------
    history : History
        As of when.
    visits : Visits
        The rows of the whole log by customer.
    places : ndarray of int64, shape (n_customers,)
        Where each customer is in `visits`.
    until, now : int
        The moment in microseconds UTC, and its day.
    facts : ndarray of float64, shape (n_facts, n_customers)
        Rows as in `customerintel._kernels.signals`.
    """

    history: History
    visits: Visits
    places: Ints
    until: int
    now: int
    facts: Floats

    def __len__(self) -> int:
        return len(self.places)

    def spans(self) -> list[tuple[int, int]]:
        """Return stretches of customers for threads."""
        return spans_of(self.visits.offsets, self.places)

    def rows(self) -> tuple[NDArray[Any], ...]:
        """Return the arguments of kernels that look at purchase days."""
        visits = self.visits
        return (
            self.places, visits.offsets, visits.packed, visits.seen_at, visits.days,
            visits.amounts,
        )  # fmt: skip


def spans_of(offsets: Ints, places: Ints) -> list[tuple[int, int]]:
    """Cut customers into stretches of alike many rows, as many as are worth a thread."""
    from customerintel._kernels import threads

    if not len(places):
        return []
    n_rows = int(offsets[places[-1] + 1])
    cuts = [stop for _, stop in threads.stretches(n_rows)]
    at = np.searchsorted(offsets[places + 1], cuts[:-1], "left")
    edges = np.unique(np.concatenate([[0], at, [len(places)]])).tolist()
    return list(pairwise(edges))


def day_of(times: Ints, zone: str | None) -> Ints:
    """Return days since 1970 in the calendar of a zone."""
    return Calendar("day", zone).floor(times) // DAY


def purchases_of(history: History) -> Purchases:
    """Look at the purchases of a history's customers."""
    from customerintel._kernels import signals, threads
    from customerintel.tables.visits import visits_of

    log = history._log
    visits = visits_of(log)
    keys = history.ids.keys
    every = len(keys) == len(visits.keys)  # then they are the same, since both ascend
    places = np.arange(len(keys)) if every else np.searchsorted(visits.keys, keys)
    until = int(history.moment.astype(np.int64))
    now = int(day_of(np.array([until]), log.time_zone)[0])
    facts = np.empty((signals.N_ROWS, len(keys)))
    found = Purchases(history, visits, places, until, now, facts)
    more = (visits.categories, visits.n_categories, until, now, facts)
    threads.run(signals.describe, [(*span, *found.rows(), *more) for span in found.spans()])
    return found


def transaction_columns(purchases: Purchases, first_contact: Ints) -> dict[str, Column]:
    """Return the signals of transactions.

    Parameters
    ----------
    purchases : Purchases
        Of the customers.
    first_contact : ndarray of int64, shape (n_customers,)
        Day of each customer's first interaction; that of the moment where there is none.
    """
    from customerintel._kernels import signals as rows

    facts, now = purchases.facts, purchases.now
    days, gaps = facts[rows.N_DAYS], facts[rows.N_DAYS] - 1.0
    age, since = now - facts[rows.FIRST_DAY], now - facts[rows.LAST_DAY]
    one = np.ones(len(purchases), np.int8)
    three, two = np.where(days > 2.0, days, 0.0), np.where(days > 1.0, days, 0.0)
    named = facts[rows.NAMED_ROWS]
    return {
        "tenure": Column(now - np.minimum(facts[rows.FIRST_DAY], first_contact), one),
        "time_since_last": Column(since, one),
        "purchase_rate": Column(gaps, age / YEAR),
        "overdue_ratio": Column(since / facts[rows.MEDIAN_GAP], gaps),
        "regularity": Column(facts[rows.UNEVENNESS], np.where(gaps > 1.0, gaps - 1.0, 0.0)),
        "clumpiness": Column(rounded(facts[rows.CLUMPINESS]), three),
        "burst_share": Column(facts[rows.MOST_AT_ONCE] / days, two),
        "frequency_trend": Column(facts[rows.TREND], gaps),
        "breadth": Column(facts[rows.BREADTH], named),
        "effective_categories": Column(rounded(facts[rows.EFFECTIVE]), named),
        "novelty": Column(facts[rows.NEW_ROWS], facts[rows.LATER_ROWS]),
    } | _money_columns(purchases)


def population_regularity(purchases: Purchases) -> float:
    """Return the regularity k of the base from the last two gaps of each customer.

    Returns
    -------
    float
        (1 - 4V) / (8V), V = mean of (M - 1/2)², M the last gap over the sum of the last two;
        one pair of a random buyer (V = 1/12) is added, so that it is finite. NaN where nobody
        has two gaps.

    Notes
    -----
    Wheat and Morrison (1990), Var M = 1/(4(2k + 1)) for Erlang gaps.
    """
    from customerintel._kernels import signals as rows

    share = purchases.facts[rows.LAST_PAIR]
    share = share[~np.isnan(share)]
    if not len(share):
        return float("nan")
    spread = float(((share - 0.5) ** 2).sum() + 1.0 / 12.0) / (len(share) + 1)
    return (1.0 - 4.0 * spread) / (8.0 * spread)


def _money_columns(purchases: Purchases) -> dict[str, Column]:
    """Return the shares of money; each customer's own scale falls out of them."""
    from customerintel._kernels import signals, threads

    log = purchases.history._log
    rows = log._events.rows
    promoted = _promoted(log)
    sums = np.zeros((4, len(purchases)))
    if len(purchases):
        homes = _homes(rows.keys, purchases.history.ids.keys)
        threads.run(
            signals.add_money,
            [
                (0, len(homes), homes, rows.when, rows.seen_at, rows.marks, rows.amounts, promoted,
                 purchases.until, sums)
            ],
        )  # fmt: skip
    sales, promotion, back, n_rows = sums
    paid = sales > 0.0
    trials = np.where(paid, n_rows, 0.0)
    share = np.zeros_like(sums[:3])
    np.divide(promotion, sales, out=share[0], where=paid)
    np.divide(back, sales, out=share[2], where=paid)
    share = rounded(np.minimum(share, 1.0))
    columns = {}
    if promotion.any():
        columns["promo_share"] = Column(share[0] * trials, trials)
        columns["full_price_share"] = Column((1.0 - share[0]) * trials, trials)
    if back.any():
        columns["return_share"] = Column(share[2] * trials, trials)
    return columns


def _homes(values: Ints, keys: Ints) -> Ints:
    """Return where each value is among distinct keys; -1 where it is not."""
    from customerintel._kernels import lookup, signals, summary, threads
    from customerintel.tables import grouping

    table = np.zeros(1 << (summary.FILL * len(keys) + 1).bit_length(), np.int32)
    lookup.enter_keys(keys, grouping.SALT, table)
    out = np.empty(len(values), np.int64)
    threads.run(
        signals.find_keys,
        [
            (values, *span, grouping.SALT, table, keys, out)
            for span in threads.stretches(len(values))
        ],
    )
    return out


def _promoted(log: TransactionLog) -> NDArray[np.bool_]:
    """Return which rows have a promo value; empty where the log has no such column."""
    from customerintel._kernels import signals, threads
    from customerintel.tables.frames import open_table
    from customerintel.tables.text import Text

    extras = log._extras
    if extras is None or "promo" not in (source := open_table(extras)).columns:
        return np.empty(0, np.bool_)
    raw = source.read(["promo"])["promo"]
    values, given = raw.values, np.empty(len(raw), bool)
    if isinstance(values, Text):
        words = Text.of(_NO_PROMO)
        more = (words.offsets, words.data, given)
        spans = threads.stretches(len(raw))
        threads.run(
            signals.are_named, [(values.offsets, values.data, *span, *more) for span in spans]
        )
    elif values.dtype.kind == "O":
        given[:] = [_is_promo(value) for value in values.tolist()]
    elif values.dtype.kind in "mM":
        given = ~np.isnat(values)
    else:
        given = (values != 0) & (values == values)
    return given if raw.missing is None else given & ~raw.missing


def _is_promo(value: Any) -> bool:
    from customerintel.schema.nulls import is_null

    if is_null(value):
        return False
    if isinstance(value, str):
        return value.strip().lower() not in ("", *_NO_PROMO)
    return bool(value)
