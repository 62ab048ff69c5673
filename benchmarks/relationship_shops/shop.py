"""What a shop is: the tables of its customers, and the type that each customer truly has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

import customerintel as ci

START = np.datetime64("2022-01-01", "us")
DAYS = 1096  # three years
CORE = ("basic_exchange", "business_partner", "fling", "best_friend", "buddy", "commanding")
EXTENDED = (
    *CORE, "stranger", "acquaintance", "courtship", "committed_partner", "convenience", "captive",
    "dependent", "secret_affair", "ex_friend", "adversary", "teammate", "compartment_friend",
    "disciple", "fan", "old_friend",
)  # fmt: skip
KEYS = {"core": CORE, "extended": EXTENDED}
CHANNELS = ("web", "app", "store", "email", "phone", "in_person", "chat", "social")
WAYS = ("inbound", "outbound")
Days = NDArray[np.float64]
Whom = NDArray[np.int64]


@dataclass(frozen=True)
class Shop:
    """The logs of a shop, and the truth: `labels` in the order of `customer_id`, ascending."""

    log: Any
    interactions: Any
    survey: Any
    customers: Any
    customer_id: NDArray[np.int64]
    labels: NDArray[np.object_]
    moment: np.datetime64

    def as_of(self, moment: Any = None) -> Any:
        """Return what was known at a moment, the end if none is given."""
        return self.log.as_of(self.moment if moment is None else moment)


@dataclass
class Ledger:
    """Rows of interactions, gathered kind by kind; words as places in lists of words."""

    kinds: list[str] = field(default_factory=list)
    parts: list[dict[str, NDArray[Any]]] = field(default_factory=list)

    def note(
        self, kind: str, who: Whom, day: Days, *, channel: str | NDArray[np.int8] = "web",
        direction: str | None = None, sentiment: Days | None = None, resolved: Days | None = None,
    ) -> None:  # fmt: skip
        """Add rows of a kind; `resolved` is in days after the row."""
        if kind not in self.kinds:
            self.kinds.append(kind)
        unknown = np.full(len(who), np.nan)
        way = -1 if direction is None else WAYS.index(direction)
        by = CHANNELS.index(channel) if isinstance(channel, str) else channel
        self.parts.append({
            "who": who, "day": day,
            "kind": np.full(len(who), self.kinds.index(kind), np.int8),
            "direction": np.full(len(who), way, np.int8),
            "channel": np.broadcast_to(np.int8(by), len(who)),
            "sentiment": unknown if sentiment is None else sentiment,
            "resolved": unknown if resolved is None else resolved,
        })  # fmt: skip

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return all rows in the order of time; what came after the end is left out."""
        whole = {name: np.concatenate([p[name] for p in self.parts]) for name in self.parts[0]}
        order = np.argsort(whole["day"], kind="stable")
        order = order[whole["day"][order] < DAYS]
        return {name: values[order] for name, values in whole.items()}

    def table(self, ids: NDArray[np.int64]) -> Any:
        """Return the rows as a table of polars."""
        rows = self.columns()
        said = {
            "kind": _words(rows["kind"], self.kinds),
            "channel": _words(rows["channel"], CHANNELS),
            "direction": _words(rows["direction"], WAYS),
        }
        return pl.DataFrame({
            "customer_id": ids[rows["who"]], "timestamp": stamps(rows["day"]), **said,
            "sentiment": rows["sentiment"], "resolved_at": stamps(rows["day"] + rows["resolved"]),
        })  # fmt: skip


def _words(codes: NDArray[np.int8], names: Sequence[str]) -> Any:
    """Return codes as words; -1 is none."""
    place = pl.Series(codes).cast(pl.Int64)
    return pl.Series(list(names), dtype=pl.Enum(list(names))).gather(place.set(place < 0, None))


def stamps(day: Days) -> NDArray[np.datetime64]:
    """Return moments; NaN becomes NaT."""
    micros = np.where(np.isnan(day), 0.0, day) * 86_400e6
    found = START + micros.astype("m8[us]")
    found[np.isnan(day)] = np.datetime64("NaT", "us")
    return found


def draw_labels(
    rng: np.random.Generator, n: int, types: str, mix: Mapping[str, float] | None
) -> NDArray[np.int64]:
    """Return the place of each customer's type in `KEYS`."""
    keys = KEYS[types]
    shares = np.array([1.0 if mix is None else mix[key] for key in keys])
    return rng.choice(len(keys), size=n, p=shares / shares.sum())


def uneven(types: str, seed: int) -> dict[str, float]:
    """Return shares proportional to 1, 2, …, in any order."""
    keys = KEYS[types]
    order = np.random.default_rng(seed).permutation(len(keys)) + 1
    return {key: float(one) for key, one in zip(keys, order / order.sum(), strict=True)}


def scatter(
    rng: np.random.Generator, expected: Days, begin: Days, end: Days, most: int = 400
) -> tuple[Whom, Days]:
    """Return whose and when: a Poisson number per customer, anywhere between two days."""
    length = np.maximum(end - begin, 0.0)
    counts = np.minimum(rng.poisson(np.where(length > 0.0, np.maximum(expected, 0.0), 0.0)), most)
    who = np.repeat(np.arange(len(counts)), counts)
    return who, begin[who] + rng.random(len(who)) * length[who]


def renew(
    rng: np.random.Generator, counts: Whom, shape: Days, begin: Days, end: Days
) -> tuple[Whom, Days]:
    """Return whose and when: so many events with gaps of a gamma distribution of that shape."""
    who = np.repeat(np.arange(len(counts)), counts + 1)
    gaps = rng.gamma(shape[who]) + 1e-9
    total = np.cumsum(gaps)
    last = np.cumsum(counts + 1) - 1
    base = np.where(last - counts > 0, total[last - counts - 1], 0.0)
    place = (total - base[who]) / (total[last] - base)[who]
    kept = np.ones(len(who), bool)
    kept[last] = False  # the last gap reaches beyond the end
    who = who[kept]
    return who, begin[who] + place[kept] * (end - begin)[who]


def open_shop(
    labels: NDArray[np.int64],
    types: str,
    *,
    purchases: Mapping[str, NDArray[Any]],
    ledger: Ledger,
    answers: Mapping[str, NDArray[Any]],
    traits: Mapping[str, NDArray[Any]],
) -> Shop:
    """Put all tables through the door of the library."""
    ids = 100_000 + 7 * np.arange(len(labels))
    bought = {
        "customer_id": ids[purchases["who"]],
        "timestamp": stamps(purchases["day"]),
        **{name: purchases[name] for name in ("amount", "kind", "category", "promo", "channel")},
    }
    said = {**answers, "customer_id": ids[answers["who"]], "timestamp": stamps(answers["day"])}
    said = {name: values for name, values in said.items() if name not in {"who", "day"}}
    return Shop(
        log=ci.TransactionLog.from_frame(bought),
        interactions=ci.InteractionLog.from_frame(ledger.table(ids)),
        survey=ci.SurveyLog.from_frame(said),
        customers=ci.CustomerTable.from_frame({"customer_id": ids, **traits}),
        customer_id=ids,
        labels=np.array(KEYS[types], object)[labels],
        moment=(START + np.timedelta64(DAYS - 1, "D")).astype("M8[D]"),
    )
