"""Rules of all kinds, and streams of records that hit their edges, by chance.

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
from live.rule_specs import RuleSpec, on

Record = tuple[Any, ...]
Rules = tuple[RuleSpec, ...]

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
NAMES = ("Product Viewed", "Visit", "Order Completed", "Moon Landed", "Order Refunded")
#: How events are called; the second writes the first in another way.
CALLED = (*NAMES, *NAMES[:3], *NAMES[:3], "product_viewed", "Unsubscribed", "Cart Viewed", "")
LENGTHS = (MINUTE, 30 * MINUTE, HOUR, 12 * HOUR, DAY)
GAPS = (0, 0, 1, 1_000_000, MINUTE, MINUTE, 30 * MINUTE, 30 * MINUTE, HOUR, 12 * HOUR, DAY, 3 * DAY)
#: Windows with their grains; None is the default, which is never written out besides.
WINDOWS = (
    (5 * MINUTE, None), (HOUR, None), (3 * HOUR, None), (DAY, None), (2 * DAY, None),
    (7 * DAY, None), (2 * HOUR, MINUTE), (2 * DAY, HOUR), (DAY, DAY), (None, None),
)  # fmt: skip
PROPERTIES: tuple[dict[str, Any], ...] = (
    {}, {}, {"total": 30, "plan": "gold"}, {"total": 5}, {"total": "40.5", "plan": "iron"},
    {"plan": "gold", "cart": {"items": 3}}, {"new": True, "total": 21},
)  # fmt: skip
#: Conditions over the properties of one event.
OF_EVENT = (
    ("cmp", ("p", "total"), "gt", 20),
    ("cmp", ("p", "total"), "ne", 5),
    ("cmp", ("p", "plan"), "eq", "gold"),
    ("cmp", ("p", "plan"), "ne", "gold"),
    ("not", ("cmp", ("p", "cart.items"), "le", 2)),
    ("cmp", ("p", "new"), "eq", 1),
)
FILTERS = (
    *(on(name) for name in (*NAMES[:4], *NAMES[:3])),
    on(kind="purchase"),
    on(kind="page_view"),
    on("Visit", where=OF_EVENT[0]),
    on("Product Viewed", where=("and", (OF_EVENT[2], OF_EVENT[4]))),
)


@dataclass(frozen=True)
class Case:
    """Rules, where and how late, and what happens."""

    rules: Rules
    zone: str
    lateness: int
    records: tuple[Record, ...]


# -- rules -------------------------------------------------------------------------------


def counter(rng: Random) -> Any:
    """Return a term over events."""
    of = rng.choice(((), (), ("total",)))
    return ("sum" if of else "count", rng.choice(FILTERS), *of, *rng.choice(WINDOWS))


def plain_level(rng: Random) -> Any:
    """Return one comparison."""
    what = rng.randrange(9)
    if what < 4:
        return ("cmp", counter(rng), "ge", rng.randint(1, 4))
    if what == 8:
        return rng.choice((("cmp", ("score", "churn"), "gt", 0.5), ("relationship", ("buddy",))))
    if what == 4:
        return ("cmp", counter(rng), rng.choice(("gt", "lt", "eq")), rng.randint(1, 3))
    if what == 5:
        return ("cmp", ("frequency",), rng.choice(("ge", "eq")), rng.randint(1, 3))
    if what == 6:
        return ("cmp", ("since",), "ge", rng.choice((0.5, 1, 3)))
    return ("cmp", ("monetary",), "gt", 30)


def level(rng: Random) -> Any:
    """Return what is true for some time."""
    what = rng.randrange(8)
    if what < 4:
        return plain_level(rng)
    if what < 6:
        term = ("count", rng.choice(FILTERS), None, None)
        by, least = rng.choice((0.5, 0.25)), rng.randint(1, 2)
        return (rng.choice(("drop", "rise")), term, rng.randint(1, 3) * DAY, by, least)
    if what == 6:
        return ("not", plain_level(rng))
    return joined(rng.choice(("and", "or")), plain_level(rng), plain_level(rng))


def joined(kind: str, *parts: Any) -> Any:
    """Return and/or in one order and without repetition: equal expressions are one."""
    found = tuple(sorted(set(parts), key=repr))
    return (kind, found) if len(found) > 1 else found[0]


def momentary(rng: Random) -> Any:
    """Return what is true at moments only."""
    what = rng.randrange(4)
    first, within = rng.choice(FILTERS), rng.choice(LENGTHS)
    if what == 0:
        return first
    if what == 3:
        steps = [first, *(rng.choice(FILTERS) for _ in range(rng.randint(1, 2)))]
        return ("sequence", tuple(steps), within)
    return ("absence", first, rng.choice((first, *rng.sample(FILTERS, 2))), within)


def rule(rng: Random, name: str, version: int) -> RuleSpec:
    """Return a rule."""
    what = rng.randrange(10)
    if what < 4:
        when = momentary(rng)
    elif what < 8:
        when = level(rng)
    elif what == 8:
        one = plain_level(rng)
        when = joined("and", momentary(rng), rng.choice((one, ("not", one))))
    else:
        when = joined("or", rng.choice(FILTERS), momentary(rng))
    where = rng.choice((None, None, None, level(rng), rng.choice(OF_EVENT)))
    return RuleSpec(
        id=name, version=version, when=when, where=where,
        once_per=rng.choice((None, None, HOUR, DAY)),
        holdout=rng.choice((None, None, (0.5, "salt"), (0.5, "other"))),
        consent=rng.choice((None, None, None, "email_marketing")),
    )  # fmt: skip


def edited(rng: Random, rules: Rules, place: int) -> Rules:
    """Let some rules go, give some a new version, and add one at times."""
    found = []
    for one in rules:
        what = rng.choice(("stay", "stay", "stay", "change", "change", "go"))
        if what != "go":
            found.append(one if what == "stay" else rule(rng, one.id, one.version + 1))
    if not found or rng.random() < 0.3:
        found.append(rule(rng, f"n{place}", 1))
    return tuple(found)


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
    most: int = 60,
) -> Case:
    """Return rules and records; `changes` allows more than events and ticks.

    Without `refreshes`, no new scores come: an engine makes them of a history itself.
    """
    rules = tuple(rule(rng, f"r{k}", 1) for k in range(rng.randint(1, 5)))
    zone = rng.choice(sorted(STARTS))
    now = start_of(zone, rng.randint(0, 1))
    stream = Stream(rng, rules, now, changes, refreshes)
    if changes and rng.random() < 0.7:
        stream.found.append(("consent", [stream.entry(who, "grant") for who in USERS]))
    for _ in range(rng.randint(1, most)):
        stream.step()
    late = rng.choice((0, MINUTE, HOUR)) if lateness else 0
    return Case(rules, zone, late, (*stream.found, ("tick", stream.now + 100 * DAY)))


class Stream:
    """Makes records one after the other."""

    def __init__(self, rng: Random, rules: Rules, now: int, changes: bool, refreshes: bool) -> None:
        self.rng, self.rules, self.now, self.changes = rng, rules, now, changes
        self.refreshes = refreshes
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
        if self.refreshes and self.rng.random() < 0.4:
            scores = {one: self.rng.choice((0.2, 0.6, 0.9)) for one in USERS}
            labels = {one: self.rng.choice(("buddy", "fling")) for one in USERS}
            self.found.append(("refresh", self.now, {"churn": scores}, labels))
        elif self.rng.random() < 0.3:
            self.erased = True  # the ledger refuses entries of the erased
            self.found.append(("erase", [who]))
        else:
            self.rules = edited(self.rng, self.rules, len(self.found))
            self.found.append(("rules", self.rules))

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
