"""What live rules must decide, in plain Python: lists of events that are counted anew each time.

Rules, conditions and events are plain tuples and dicts (`rule_specs`), so that nothing of
`customerintel.live` is needed here. Each customer holds all of her events; a counter is their
recount. Slow on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from live import oracle_terms
from live.oracle_backfill import backfill
from live.oracle_changes import leave
from live.oracle_events import Read, former_id, read_event
from live.oracle_purchases import buy, know
from live.oracle_state import NEVER, Customer, Timer, allows, assign, join, step, turn
from live.oracle_terms import DAY, Moment, day_of, holds, leaves, matches, midnight, readings
from live.rule_specs import RuleSpec

MOMENTARY = ("on", "absence", "sequence")
#: Rule, version, customer, due, trigger, status, reason, arm.
Decided = tuple[str, int, str, int, str, str, str, str]


class Oracle:
    """Decides; see the methods for what can happen."""

    def __init__(
        self,
        rules: Sequence[RuleSpec],
        *,
        zone: str = "UTC",
        lateness: int = 0,
        holdout: tuple[float, str] | None = None,
    ) -> None:
        self.zone, self.lateness, self.holdout = ZoneInfo(zone), lateness, holdout
        self.cuts: Any = None
        self.time, self.n_accepted, self.n_refreshes = NEVER, 0, 0
        self.customers: dict[str, Customer] = {}
        self.aliases: dict[str, str] = {}
        self.identified: set[str] = set()
        self.seen: dict[tuple[str, str], int] = {}
        self.since: dict[Any, int] = {}
        self.decided: list[Decided] = []
        self.stopped: set[Decided] = set()
        self.rules: list[RuleSpec] = []
        self.log: list[tuple[Any, ...]] = []
        self.former: set[Any] = set()
        self.held: dict[Any, int] = {}
        self.held_before: dict[Any, int] = {}
        self.change_rules(rules)

    # -- records ---------------------------------------------------------------------------

    def event(self, given: Mapping[str, Any], source: str = "", received: int | None = None) -> str:
        """Apply one event; tell whether it was "accepted", a "duplicate" or "kept aside"."""
        event = read_event(given, received)
        if event is None:
            return "kept aside"
        time = max(self.time, event.time - self.lateness)
        if event.message is not None:
            key = (source, event.message)
            if key in self.seen and abs(time - self.seen[key]) <= DAY:
                return "duplicate"
            self.seen[key] = time
        self.time = time
        event.ordinal = self.n_accepted
        self.n_accepted += 1
        self.log.append(("event", given, source, received))
        self._link(event)
        customer = self.customer(event.user or event.anonymous or "")
        if event.user:
            self.identified.add(event.user)
        self._catch_up(customer, max(time, event.time))
        self._apply(customer, event)
        return "accepted"

    def tick(self, now: int) -> None:
        """Let time pass."""
        self.log.append(("tick", now))
        self.time = max(self.time, now)

    def merge(self, source: str, into: str, *, is_given: bool = True) -> None:
        """Make one customer part of another."""
        if source == into:
            return
        if is_given:
            self.log.append(("merge", source, into))
        target = self.customer(into)
        name = self.canonical(source)
        if name == target.name:
            return
        self.aliases[name] = target.name
        gone = self.customers.pop(name, None)
        if gone is not None:
            self._catch_up(gone, self.time)
            self._catch_up(target, self.time)
            join(gone, target)

    def erase(self, ids: Iterable[str]) -> set[str]:
        """Forget customers and what was decided for them; return all their ids."""
        roots = {self.canonical(one) for one in ids}
        gone = roots | {one for one in self.aliases if self.canonical(one) in roots}
        for one in gone:
            self.customers.pop(one, None)
            self.aliases.pop(one, None)
        self.identified -= gone
        self.decided = [row for row in self.decided if row[2] not in gone]
        return gone

    def consent(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Add entries of consent; their times are microseconds."""
        for entry in entries:
            customer = self.customer(entry["customer_id"])
            self._catch_up(customer, self.time)
            customer.consents.append(entry)

    def change_rules(self, rules: Sequence[RuleSpec]) -> None:
        """Go on with other rules; what an expression knows stays."""
        self.drain()
        leave(self, rules)
        self.rules = list(rules)
        known = {leaf for rule in rules for leaf in leaves(rule)}
        ring_of = oracle_terms.ring_of  # equal rings: what one counted, others know
        rings = {ring_of(leaf): number for leaf, number in self.since.items()}
        self.since = {leaf: rings.get(ring_of(leaf), self.n_accepted) for leaf in known}
        for customer in self.customers.values():
            for state in (customer.timers, customer.starts, customer.edges):
                for leaf in [one for one in state if one not in known]:
                    del state[leaf]
            for name in [one for one in customer.scores if ("score", one) not in known]:
                del customer.scores[name]

    def backfill(self) -> None:
        """Let new expressions know the past."""
        backfill(self)

    def seed(self, moment: int, *given: Any) -> None:
        """Begin with what `refresh` takes; what is true by then has turned true in the past."""
        self.time = max(self.time, moment)
        self.drain()
        know(self, moment, *given)
        for customer in self.customers.values():
            for rule in self.levels():
                moment = max(self.time, 0)
                customer.edges[rule.when] = holds(rule.when, customer, Moment(moment, moment), self)

    def refresh(self, moment: int, *given: Any) -> None:
        """Take new scores (by estimator, of each customer), labels, cut points and purchases."""
        self.time = max(self.time, moment)
        self.drain()
        know(self, moment, *given)
        for customer in self.customers.values():
            now = Moment(self.time, self.time)
            self._edges(customer, now, f"refresh:{self.n_refreshes}", lambda _rule: True)
        self.n_refreshes += 1

    def drain(self) -> None:
        """Work everything off that is due."""
        for customer in list(self.customers.values()):
            self._catch_up(customer, self.time)

    # -- who -------------------------------------------------------------------------------

    def canonical(self, one: str) -> str:
        """Return the id of the customer that an id leads to."""
        while one in self.aliases:
            one = self.aliases[one]
        return one

    def customer(self, one: str) -> Customer:
        """Return a customer, made where she is new."""
        name = self.canonical(one)
        return self.customers.setdefault(name, Customer(name))

    def _link(self, event: Read) -> None:
        """Merge the former id of an identify or alias call."""
        former = former_id(event)
        if former and event.user and former not in self.identified | self.aliases.keys():
            self.merge(former, event.user, is_given=False)

    # -- one customer ------------------------------------------------------------------------

    def _catch_up(self, customer: Customer, until: int) -> None:
        """Work deadlines and day ends off, in order of time."""
        while True:
            due: list[tuple[int, int, int, Any]] = []
            for leaf, timer in customer.timers.items():
                if timer.armed is not None:
                    place = next(k for k, rule in enumerate(self.rules) if leaf in leaves(rule))
                    due.append((timer.armed + leaf[3], 0, place, leaf))
            if customer.next_day is not None:
                after = customer.next_day + timedelta(days=1)
                due.append((midnight(after, self.zone), 1, 0, customer.next_day))
            due = [one for one in due if one[0] <= until]
            if not due:
                return
            time, kind, _, what = min(due, key=lambda one: one[:3])
            if kind == 0:
                self._deadline(customer, what, time)
            else:
                customer.next_day = what + timedelta(days=1)
                moment = Moment(time, time, ended=what)
                self._edges(customer, moment, f"day:{what}", lambda _rule: True)

    def _deadline(self, customer: Customer, leaf: Any, time: int) -> None:
        timer = customer.timers[leaf]
        armed, event = timer.armed, timer.event
        assert armed is not None
        timer.armed, timer.event, timer.done = None, None, armed
        moment = Moment(time, time, event=event, true=frozenset([leaf]))
        for rule in self.rules:
            if leaf in leaves(rule) and self._holds(customer, rule.when, moment):
                self._candidate(customer, rule, moment, f"after:{armed}")

    def _apply(self, customer: Customer, event: Read) -> None:
        time = max(self.time, event.time)
        self._rearm(customer, Moment(time, event.time))
        if customer.next_day is None:
            customer.next_day = day_of(time, self.zone)
        customer.events.append(event)
        buy(customer, event, self.zone)
        if event.kind == "opt_out":
            withdrawal = {"purpose": "email_marketing", "basis": "consent", "status": "withdraw"}
            customer.consents.append(withdrawal | {"timestamp": event.time, "expires_at": None})
        for leaf in self.since:
            if leaf[0] == "absence":
                turn(customer.timers.setdefault(leaf, Timer()), leaf, event)
        true = {leaf for leaf in self.since if leaf[0] == "on" and matches(leaf, event)}
        true |= {
            leaf for leaf in self.since if leaf[0] == "sequence" and step(customer, leaf, event)
        }
        moment = Moment(time, event.time, event=event, true=frozenset(true))
        key = event.message if event.message is not None else f"#{event.ordinal}"
        for rule in self.rules:
            if true.intersection(leaves(rule)) and self._holds(customer, rule.when, moment):
                self._candidate(customer, rule, moment, key)
        self._edges(customer, moment, key, lambda rule: self._touches(rule, event))

    # -- rules -----------------------------------------------------------------------------

    def _holds(self, customer: Customer, condition: Any, moment: Moment) -> bool:
        return condition is None or holds(condition, customer, moment, self)

    @staticmethod
    def _touches(rule: RuleSpec, event: Read) -> bool:
        counted, reads_money = readings(rule.when)
        bought = event.kind in ("purchase", "return")
        return (reads_money and bought) or any(matches(one, event) for one in counted)

    def levels(self) -> list[RuleSpec]:
        """Return the rules without a momentary condition."""
        return [r for r in self.rules if not any(leaf[0] in MOMENTARY for leaf in leaves(r))]

    def _rearm(self, customer: Customer, moment: Moment) -> None:
        """Before an event: what turned with time alone re-arms, and fires nothing."""
        for rule in self.levels():
            leaving = rule.when[0] == "exited"
            if self._holds(customer, rule.when, moment) == leaving:
                customer.edges[rule.when] = leaving

    def _edges(
        self, customer: Customer, moment: Moment, key: str, asked: Callable[[RuleSpec], bool]
    ) -> None:
        before = dict(customer.edges)
        for rule in self.levels():
            if not asked(rule):
                continue
            was, now = before.get(rule.when, False), self._holds(customer, rule.when, moment)
            customer.edges[rule.when] = now
            if (was and not now) if rule.when[0] == "exited" else (now and not was):
                self._candidate(customer, rule, moment, key)

    def _candidate(self, customer: Customer, rule: RuleSpec, moment: Moment, key: str) -> None:
        if not self._holds(customer, rule.where, moment):
            return
        status, reason, arm, due = "queued", "", "", moment.due
        last = customer.passed.get(rule.id)
        if rule.once_per is not None and last is not None and moment.at - last < rule.once_per:
            status, reason = "suppressed", "cooldown"
        elif rule.consent is not None and not allows(customer, rule.consent, moment.at):
            status, reason = "suppressed", "consent"
        else:
            customer.passed[rule.id] = due
            held = [one for one in (self.holdout, rule.holdout) if one is not None]
            if held:
                control = [assign(customer, due, *one) for one in held]
                arm = "control" if any(control) else "treated"
                status = "held_out" if any(control) else "queued"
        self.decided.append((rule.id, rule.version, customer.name, due, key, status, reason, arm))
