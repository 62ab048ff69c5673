"""Rules of all kinds by chance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from live.oracle_terms import DAY, HOUR, MINUTE
from live.rule_specs import FUNCTIONS, SEGMENTS, RuleSpec, on

Rules = tuple[RuleSpec, ...]

NAMES = ("Product Viewed", "Visit", "Order Completed", "Moon Landed", "Order Refunded")
LENGTHS = (MINUTE, 30 * MINUTE, HOUR, 12 * HOUR, DAY)
#: Windows with their grains; None is the default, which is never written out besides.
WINDOWS = (
    (5 * MINUTE, None), (HOUR, None), (3 * HOUR, None), (DAY, None), (2 * DAY, None),
    (7 * DAY, None), (2 * HOUR, MINUTE), (2 * DAY, HOUR), (DAY, DAY), (None, None),
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


@dataclass
class RuleMaker:
    """Makes rules; with `segments`, they read some, with `functions`, they ask predicates."""

    rng: Random
    segments: bool = True
    functions: bool = True

    def counter(self) -> Any:
        """Return a term over events."""
        rng = self.rng
        of = rng.choice(((), (), ("total",)))
        return ("sum" if of else "count", rng.choice(FILTERS), *of, *rng.choice(WINDOWS))

    def plain_level(self) -> Any:
        """Return one comparison."""
        rng = self.rng
        what = rng.randrange(11 if self.segments else 9)
        if what < 4:
            return ("cmp", self.counter(), "ge", rng.randint(1, 4))
        if what == 4:
            return ("cmp", self.counter(), rng.choice(("gt", "lt", "eq")), rng.randint(1, 3))
        if what == 5:
            return ("cmp", ("frequency",), rng.choice(("ge", "eq")), rng.randint(1, 3))
        if what == 6:
            return ("cmp", ("since",), "ge", rng.choice((0.5, 1, 3)))
        if what == 7:
            return ("cmp", ("monetary",), "gt", 30)
        if what == 8:
            score = ("cmp", ("score", "churn"), "gt", 0.5)
            return rng.choice((score, ("relationship", ("buddy",))))
        return ("segment", tuple(sorted(rng.sample(SEGMENTS, rng.randint(1, 2)))))

    def level(self) -> Any:
        """Return what is true for some time."""
        rng = self.rng
        what = rng.randrange(8)
        if what < 4:
            return self.plain_level()
        if what < 6:
            term = ("count", rng.choice(FILTERS), None, None)
            by, least = rng.choice((0.5, 0.25)), rng.randint(1, 2)
            return (rng.choice(("drop", "rise")), term, rng.randint(1, 3) * DAY, by, least)
        if what == 6:
            return ("not", self.plain_level())
        return joined(rng.choice(("and", "or")), self.plain_level(), self.plain_level())

    def momentary(self) -> Any:
        """Return what is true at moments only."""
        rng = self.rng
        what = rng.randrange(4)
        first, within = rng.choice(FILTERS), rng.choice(LENGTHS)
        if what == 0:
            return first
        if what == 3:
            steps = [first, *(rng.choice(FILTERS) for _ in range(rng.randint(1, 2)))]
            return ("sequence", tuple(steps), within)
        return ("absence", first, rng.choice((first, *rng.sample(FILTERS, 2))), within)

    def when(self) -> Any:
        """Return what a rule fires on."""
        rng = self.rng
        what = rng.randrange(11 if self.segments else 10)
        if what < 4:
            return self.momentary()
        if what < 8:
            return self.level()
        if what == 8:
            one = self.plain_level()
            return joined("and", self.momentary(), rng.choice((one, ("not", one))))
        if what == 9:
            return joined("or", rng.choice(FILTERS), self.momentary())
        return (rng.choice(("entered", "exited")), rng.choice(SEGMENTS))

    def where(self) -> Any:
        """Return what is asked when a rule could fire."""
        rng = self.rng
        found = rng.choice((None, None, None, self.level(), rng.choice(OF_EVENT)))
        if not self.functions or rng.random() < 0.8:
            return found
        asked = ("predicate", rng.choice(sorted(FUNCTIONS)))
        if asked[1] == "busy" and rng.random() < 0.8:
            found = ("cmp", ("count", on("Visit"), 7 * DAY, None), "ge", rng.randint(0, 2))
        return asked if found is None else ("and", (found, asked))

    def rule(self, name: str, version: int) -> RuleSpec:
        """Return a rule."""
        rng = self.rng
        return RuleSpec(
            id=name, version=version, when=self.when(), where=self.where(),
            once_per=rng.choice((None, None, HOUR, DAY)),
            holdout=rng.choice((None, None, (0.5, "salt"), (0.5, "other"))),
            consent=rng.choice((None, None, None, "email_marketing")),
        )  # fmt: skip

    def edited(self, rules: Rules, place: int) -> Rules:
        """Let some rules go, give some a new version, and add one at times."""
        rng, found = self.rng, []
        for one in rules:
            what = rng.choice(("stay", "stay", "stay", "change", "change", "go"))
            if what != "go":
                found.append(one if what == "stay" else self.rule(one.id, one.version + 1))
        if not found or rng.random() < 0.3:
            found.append(self.rule(f"n{place}", 1))
        return tuple(found)


def joined(kind: str, *parts: Any) -> Any:
    """Return and/or in one order and without repetition: equal expressions are one."""
    found = tuple(sorted(set(parts), key=repr))
    return (kind, found) if len(found) > 1 else found[0]
