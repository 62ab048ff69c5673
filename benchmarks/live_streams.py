"""Events of a shop by the million, as columns and as JSON lines, and the twenty rules on them.

Customers come back in bursts, as people do: a tenth of them has half of the events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

NAMES = ("Product Viewed", "Product Added", "Visit", "Order Completed", "Email Opened")
VIEWED, ADDED, VISIT, ORDER, OPENED = range(5)
#: Share of each name among the events.
SHARES = (0.55, 0.15, 0.17, 0.05, 0.08)
MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
#: 2024-01-01, a Monday.
START = 1_704_067_200_000_000


@dataclass(frozen=True)
class Stream:
    """Events in order of time.

    Parameters
    ----------
    n_customers : int
        They are called ``"u0"``, ``"u1"``, …
    customer, time : ndarray of int64, shape (n,)
        Whose it is, and when, in microseconds UTC.
    name : ndarray of int64, shape (n,)
        Place in `NAMES`.
    total : ndarray of float64, shape (n,)
        Of orders and carts; NaN for other events.
    """

    n_customers: int
    customer: Ints
    time: Ints
    name: Ints
    total: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.time)

    def part(self, start: int, stop: int) -> Stream:
        """Return the events from one place to before another."""
        at = slice(start, stop)
        return Stream(
            self.n_customers, self.customer[at], self.time[at], self.name[at], self.total[at]
        )


def simulate(n_events: int, n_customers: int, days: float = 14.0, seed: int = 7) -> Stream:
    """Return events of some days."""
    rng = np.random.default_rng(seed)
    crowd = rng.integers(0, n_customers, n_events)
    regulars = rng.integers(0, max(n_customers // 10, 1), n_events)
    customer = np.where(rng.random(n_events) < 0.5, crowd, regulars)
    time = START + np.sort(rng.integers(0, int(days * DAY), n_events))
    name = rng.choice(len(NAMES), n_events, p=SHARES)
    priced = (name == 1) | (name == 3)
    total = np.where(priced, np.round(rng.exponential(40.0, n_events), 2), np.nan)
    return Stream(n_customers, customer, time, name, total)


def lines(stream: Stream, first: int = 0) -> list[bytes]:
    """Return the events as a tracker sends them; message ids count on from `first`."""
    found = []
    texts = np.datetime_as_string(stream.time.astype("M8[us]"), unit="ms").tolist()
    columns = zip(
        stream.customer.tolist(), texts, stream.name.tolist(), stream.total.tolist(), strict=True
    )
    for place, (customer, time, name, total) in enumerate(columns, first):
        inside = (
            f'"total":{total},"currency":"EUR"' if total == total else f'"sku":"p{place % 997}"'
        )
        found.append(
            f'{{"type":"track","event":"{NAMES[name]}","userId":"u{customer}",'
            f'"messageId":"m-{place:09d}","timestamp":"{time}Z","properties":{{{inside}}}}}'.encode()
        )
    return found


def batches(stream: Stream, wanted: Any, size: int) -> Iterator[Any]:
    """Yield the events as columns of the fold."""
    from customerintel.live.event_batch import Coded, EventBatch

    texts = [f"u{k}" for k in range(stream.n_customers)]
    codes = np.array([wanted.code_of(name, "track") for name in NAMES], np.int32)
    for start in range(0, len(stream), size):
        part = stream.part(start, start + size)
        # every property that these rules read is a total
        values = np.tile(part.total, (len(wanted.properties), 1))
        yield EventBatch(
            who=Coded(part.customer.astype(np.int32), texts),
            timestamp=part.time,
            code=codes[part.name],
            values=values,
            keys=np.zeros((len(part), 2), np.uint64),
            names=Coded(part.name.astype(np.int32), list(NAMES)),
            origin=np.arange(len(part)),
        )


def table(stream: Stream) -> Any:
    """Return the events as an Arrow table, ids as integers and names as a dictionary."""
    import pyarrow as pa

    names = pa.DictionaryArray.from_arrays(pa.array(stream.name, pa.int8()), list(NAMES))
    return pa.table(
        {
            "userId": pa.array(stream.customer),
            "timestamp": pa.array(stream.time, pa.timestamp("us")),
            "event": names,
            "total": pa.array(stream.total),
        }
    )


def twenty_rules() -> list[Any]:
    """Return five timers, ten counters, a drop, a sequence, and three rules of single events.

    Timers pass by in great numbers and act on few, as they do where people are not to be annoyed.
    """
    from customerintel import live

    viewed, added, visit, order, opened = map(live.On, NAMES)
    do = [live.Action("email", template="t")]
    counts = [
        live.Count(viewed, window="7d") >= 25, live.Count(viewed, window="36h") >= 12,
        live.Count(added, window="7d") >= 8, live.Count(visit, window="7d") >= 8,
        live.Count(visit, window="14d") >= 12, live.Count(opened, window="30d") >= 6,
        live.Count(order, window="30d") >= 4, live.Sum(order, "total", window="30d") >= 300,
        live.Count(viewed, window="6h") >= 6, live.Count(added, window="60m") >= 3,
    ]  # fmt: skip
    often = live.Count(viewed, window="7d") >= 20
    silences = [
        (live.Absence(after=added, of=order, within="30m"), live.P("total") > 150),
        (live.Absence(after=viewed, of=order, within="7d"), often),
        (live.Absence(after=visit, of=visit, within="10d"), live.Count(visit, window="14d") >= 6),
        (live.Absence(after=order, of=order, within="12d"), counts[7]),
        (live.Absence(after=opened, of=visit, within="3d"), counts[5]),
    ]
    levels = [
        *counts,
        live.Drop(live.Count(visit), window="3d", by=0.5, at_least=4),
        live.Sequence(viewed, added, order, within="1d"),
    ]
    whens = [*silences, *((when, None) for when in levels)]
    found = [
        live.Rule(id=f"r{k}", version=1, when=when, where=where, do=do)
        for k, (when, where) in enumerate(whens)
    ]
    once = live.Limits(once_per="7d")
    last: list[dict[str, Any]] = [
        {"when": order, "where": live.P("total") > 150},
        {"when": opened, "where": live.Count(visit, window="7d") >= 6},
        {"when": added, "where": live.P("total") > 150, "limits": once},
    ]
    found += [live.Rule(id=f"r{k}", version=1, do=do, **one) for k, one in enumerate(last, 17)]
    return found


def cart_rule() -> Any:
    """Return a rule that acts on every cart that is left."""
    from customerintel import live

    when = live.Absence(after=NAMES[ADDED], of=NAMES[ORDER], within="30m")
    return live.Rule(id="cart", version=1, when=when, do=[live.Action("email", template="t")])


def three_rules() -> list[Any]:
    """Return the rules of the backtest."""
    from customerintel import live

    viewed, added, visit, order, _ = map(live.On, NAMES)
    do = [live.Action("email", template="t")]
    whens = (
        (live.Absence(after=added, of=order, within="30m"), live.P("total") > 150),
        (live.Count(viewed, window="7d") >= 25, None),
        (live.Drop(live.Count(visit), window="14d", by=0.5, at_least=4), None),
    )
    return [
        live.Rule(id=f"b{k}", version=1, when=when, where=where, do=do)
        for k, (when, where) in enumerate(whens)
    ]


def moment(us: int) -> datetime:
    """Return a time as a caller gives it."""
    return datetime.fromtimestamp(us / 1e6, UTC)
