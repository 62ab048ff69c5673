"""Streams of records that hit the edges of rules, by chance.

Made of a `random.Random`: Hypothesis gives one that it can shrink (`cases`), a long search gives
one per seed. Lengths of windows and gaps between records come from the same few values, so that
deadlines, window ends and midnights are met exactly as well as just missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from live.oracle_events import iso
from live.oracle_terms import DAY, HOUR, MINUTE
from live.random_rules import NAMES, RuleMaker, Rules

Record = tuple[Any, ...]

#: Zones with starts of streams: close to a change of the clocks.
STARTS = {
    "UTC": ("2024-03-09T22:00", "2024-02-28T12:00"),
    "Europe/Berlin": ("2024-03-30T20:00", "2024-10-26T19:00"),
    # clocks skipped 0:00 to 1:00, and showed 23:00 twice
    "America/Sao_Paulo": ("2018-11-03T23:00", "2018-02-17T22:30"),
    # half an hour
    "Australia/Lord_Howe": ("2024-04-06T10:00", "2024-10-05T11:00"),
}
USERS, ANONYMOUS = ("c1", "c2", "7"), ("a1", "a2")
EVERYBODY = (*USERS, *ANONYMOUS)
#: How events are called; the second writes the first in another way.
CALLED = (*NAMES, *NAMES[:3], *NAMES[:3], "product_viewed", "Unsubscribed", "Cart Viewed", "")
GAPS = (0, 0, 1, 1_000_000, MINUTE, MINUTE, 30 * MINUTE, 30 * MINUTE, HOUR, 12 * HOUR, DAY, 3 * DAY)
PROPERTIES: tuple[dict[str, Any], ...] = (
    {}, {}, {"total": 30, "plan": "gold"}, {"total": 5}, {"total": "40.5", "plan": "iron"},
    {"plan": "gold", "cart": {"items": 3}}, {"new": True, "total": 21},
    {"plan": 5}, {"plan": "iron", "cart": {"items": 1}},
)  # fmt: skip
#: Cut points of recency in days, frequency and money, from which scores 3, 2 or 2, 3 begin.
CUTS = (((0.0, 2.0), (1.0, 2.0), (20.0, 40.0)), ((1.0, 3.0), (2.0, 3.0), (6.0, 90.0)))


@dataclass(frozen=True)
class Case:
    """Rules, where and how late, and what happens."""

    rules: Rules
    zone: str
    lateness: int
    records: tuple[Record, ...]


# -- records -----------------------------------------------------------------------------


def start_of(zone: str, late: int) -> int:
    """Return a start of streams, in microseconds."""
    moment = datetime.fromisoformat(STARTS[zone][late]).replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def case(
    rng: Random,
    *,
    changes: bool = True,
    refreshes: bool = True,
    lateness: bool = False,
    functions: bool = True,
    most: int = 60,
) -> Case:
    """Return rules and records; `changes` allows more than events and ticks.

    Without `refreshes`, no new scores and cut points come: an engine makes them of a history.
    """
    maker = RuleMaker(rng, segments=refreshes, functions=functions)
    rules = tuple(maker.rule(f"r{k}", 1) for k in range(rng.randint(1, 5)))
    zone = rng.choice(sorted(STARTS))
    now = start_of(zone, rng.randint(0, 1))
    stream = Stream(maker, rules, now, changes)
    if changes and refreshes and rng.random() < 0.4:
        stream.refresh(CUTS, "seed")
    if changes and rng.random() < 0.7:
        stream.found.append(("consent", [stream.entry(who, "grant") for who in USERS]))
    if changes and refreshes and rng.random() < 0.5:
        stream.refresh(CUTS)
    for _ in range(rng.randint(1, most)):
        stream.step()
    late = rng.choice((0, MINUTE, HOUR)) if lateness else 0
    return Case(rules, zone, late, (*stream.found, ("tick", stream.now + 100 * DAY)))


class Stream:
    """Makes records one after the other."""

    def __init__(self, maker: RuleMaker, rules: Rules, now: int, changes: bool) -> None:
        self.maker, self.rng = maker, maker.rng
        self.rules, self.now, self.changes = rules, now, changes
        self.found: list[Record] = []
        self.given: list[dict[str, Any]] = []
        self.erased = False

    def step(self) -> None:
        """Add a record."""
        rng = self.rng
        self.now += rng.choice(GAPS)
        what = rng.randrange(24)
        who = rng.choice(("c1", "c1", "c1", "c2", "c2", *EVERYBODY))
        if what < 3:
            self.found.append(("tick", self.now))
        elif what == 3 and self.given:
            self.found.append(("event", rng.choice(self.given), None))  # once more
        elif what == 4 and self.changes:
            self.found.append(("merge", who, rng.choice(EVERYBODY)))
        elif what == 5 and self.changes and not self.erased:
            self.found.append(("consent", [self.entry(who, rng.choice(_STATUS))]))
        elif what == 6 and self.changes:
            self._change(who)
        else:
            self._event(who, what)

    def _change(self, who: str) -> None:
        if self.maker.segments and self.rng.random() < 0.4:
            self.refresh((None, *CUTS))
        elif self.rng.random() < 0.3:
            self.erased = True  # the ledger refuses entries of the erased
            self.found.append(("erase", [who]))
        else:
            self.rules = self.maker.edited(self.rules, len(self.found))
            self.found.append(("rules", self.rules))
            if not self.erased and self.rng.random() < 0.5:
                self.found.append(("backfill",))

    def refresh(self, cuts: Any, kind: str = "refresh") -> None:
        """Add scores, labels, and one of some cut points, or begin with them."""
        scores = {one: self.rng.choice((0.2, 0.6, 0.9)) for one in USERS}
        labels = {one: self.rng.choice(("buddy", "fling")) for one in USERS}
        moment = self.now - self.rng.choice((0, 0, HOUR, 2 * DAY))
        some = self.rng.sample(EVERYBODY, self.rng.randint(0, 3))
        bought = {one: self._bought(moment) for one in some}
        more = (self.rng.choice(cuts), bought)
        self.found.append((kind, moment, {"churn": scores}, labels, *more))

    def _bought(self, moment: int) -> tuple[int, float, int, int]:
        """Return days with a purchase, money, first and last purchase up to a moment."""
        last = moment - self.rng.choice((0, HOUR, DAY, 3 * DAY))
        frequency = self.rng.randint(1, 3)
        return frequency, self.rng.choice((10.0, 45.0)), last - (frequency - 1) * 2 * DAY, last

    def _event(self, who: str, what: int) -> None:
        rng, now = self.rng, self.now
        name = rng.choice(CALLED)
        given: dict[str, Any] = {"type": "track", "event": name} if name else {"type": "page"}
        given["anonymousId" if who in ANONYMOUS else "userId"] = 7 if who == "7" else who
        given |= {"timestamp": iso(now), "properties": rng.choice(PROPERTIES)}
        if rng.random() < 0.7:
            given["messageId"] = f"m{len(self.found)}"
        if what == 7 and self.changes:
            self._link(given)
        elif what == 8:  # late, by as much as a gap
            given["timestamp"] = iso(now - rng.choice(GAPS))
        elif what == 9:  # from the future, by a clock that is wrong
            given |= {"timestamp": iso(now + 5 * DAY), "receivedAt": iso(now)}
        elif what == 10:  # a clock two hours ahead: the wait on the device is all that counts
            ahead = now + 2 * HOUR
            del given["timestamp"]
            given |= {"originalTimestamp": iso(ahead - MINUTE), "sentAt": iso(ahead)}
            given["receivedAt"] = iso(now)
        self.given.append(given)
        self.found.append(("event", given, now if rng.random() < 0.2 else None))

    def _link(self, given: dict[str, Any]) -> None:
        given.pop("event", None)
        given.pop("anonymousId", None)
        former = self.rng.choice((*ANONYMOUS, *ANONYMOUS, "null", USERS[0]))
        alias = self.rng.random() < 0.5
        given["type"] = "alias" if alias else "identify"
        given["previousId" if alias else "anonymousId"] = former
        given["userId"] = self.rng.choice(USERS)

    def entry(self, who: str, status: str) -> dict[str, Any]:
        """Return an entry of consent."""
        rng = self.rng
        return {
            "customer_id": who, "purpose": "email_marketing", "status": status,
            "basis": rng.choice(("consent", "consent", "legitimate_interests")),
            "timestamp": self.now - rng.choice((0, 0, HOUR)),
            "expires_at": self.now + rng.choice((DAY, HOUR)) if rng.random() < 0.3 else None,
        }  # fmt: skip


_STATUS = ("grant", "grant", "grant", "withdraw", "object")


def cases(**options: Any) -> st.SearchStrategy[Case]:
    """Return a strategy of cases."""
    return st.randoms(use_true_random=False).map(lambda rng: case(rng, **options))
