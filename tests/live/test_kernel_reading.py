"""What rules read of one customer: segments, P(alive), sums, consent, days of any length."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from customerintel import live
from customerintel._kernels import live_words as w
from customerintel.live.plan import Plan, compile_rules
from customerintel.live.state import FoldState
from customerintel.rfm import SegmentScheme

DO = [live.Action("email")]
DAY, HOUR, MINUTE = 86_400_000_000, 3_600_000_000, 60_000_000
START = 1_700_000_000_000_000
SCHEME = SegmentScheme.named("rfm-11@1")
#: MBG/NBD of a shop: r, alpha, a, b.
ALIVE = (0.243, 4.414, 0.793, 2.426)
Fire = tuple[int, int, int, int]


def plan_of(*rules: live.Rule, zone: str = "UTC", lateness: int = 0) -> Plan:
    return compile_rules(rules, zone, SCHEME, lateness)


def rule(when: object, where: object = None, **given: object) -> live.Rule:
    return live.Rule("r", 1, when, where=where, do=DO, **given)  # type: ignore[arg-type]


def micros(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


class Shop:
    """One state, told of events of row 0."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.state, self.clock = plan, FoldState(plan), 0
        self.state.ensure(1)

    def taken(self, verdict: int = 1) -> list[Fire]:
        f = self.state.fires()
        if (f.status == w.TO_ASK).any():
            self.state.settle(np.full(len(f.row), verdict, np.uint8))
            f = self.state.fires()
        self.state.taken()
        columns = (f.due, f.status, f.kind, f.trigger)
        return list(zip(*(one.tolist() for one in columns), strict=True))

    def tell(
        self, u: int, name: str, amount: float = 0.0, verdict: int = 1, lateness: int = 0
    ) -> list[Fire]:
        self.clock = max(self.clock, u - lateness)
        code = np.array([self.plan.wanted.code_of(name, "track")], np.int32)
        values = np.full((self.plan.n_properties, 1), amount)
        given = (np.zeros(1, np.int32), np.array([u]), code, values, np.array([self.clock]), 0, 1)
        found: list[Fire] = []
        while self.state.run(*given) != w.DONE:
            found += self.taken(verdict)
        self.state.time = self.clock
        return found + self.taken(verdict)

    def pass_time(self, now: int) -> list[Fire]:
        self.clock = self.state.time = now
        assert self.state.due(1000) == w.DONE
        assert not self.state.pending_work
        return self.taken()


def packed(alive: tuple[float, ...] = (np.nan,) * 4) -> np.ndarray:
    """Cut points by hand: recency 90, 30, 10, 5 days, frequency 2, 3, 4, 5, money 10 to 40."""
    cuts = [90.0, 30.0, 10.0, 5.0], [2.0, 3.0, 4.0, 5.0], [10.0, 20.0, 30.0, 40.0]
    table = SCHEME.table(5).astype(float).ravel()
    return np.concatenate([[1.0, 5.0, 5.0, 5.0], alive, *cuts, table])


def test_segment_follows_purchases_and_time() -> None:
    shop = Shop(plan_of(rule(live.Entered("Champions")), zone="Europe/Berlin"))
    shop.state.rfm = packed()
    assert shop.state.segment(0, START) == -1
    found = [shop.tell(START + k * DAY, "Order Completed", 20.0) for k in range(5)]
    # it comes true when the scores do, at one purchase and never again
    assert [len(one) for one in found] == [0, 0, 0, 1, 0]
    names = SCHEME.segments
    assert names[shop.state.segment(0, START + 4 * DAY)] == "Champions"
    assert names[shop.state.segment(0, START + 200 * DAY)] != "Champions"
    assert names[shop.state.segment(0, START + 9 * DAY)] == "Champions"


def test_exited_fires_at_the_day_end_that_finds_her_gone() -> None:
    shop = Shop(plan_of(rule(live.Exited("Champions"))))
    shop.state.rfm = packed()
    for k in range(5):
        assert shop.tell(START + k * DAY, "Order Completed", 20.0) == []
    left = next(k for k in range(300) if SCHEME.segments[
        shop.state.segment(0, (START // DAY + k) * DAY)] != "Champions" and k > 4)  # fmt: skip
    midnight = (START // DAY + left) * DAY
    found = shop.pass_time(START + 300 * DAY)
    assert found == [(midnight, w.PASSED, w.DAY_END, START // DAY + left - 1)]


def test_probability_alive_is_that_of_the_model_by_days() -> None:
    r, alpha, a, b = ALIVE
    # bought on days 0, 12 and 30, asked on day 39
    odds = a / (b + 2) * ((alpha + 39) / (alpha + 30)) ** (r + 2)
    expected = 1 / (1 + odds)
    shop = Shop(plan_of(rule(live.On("Visit"), live.ProbabilityAlive() > expected - 1e-9)))
    shop.state.rfm = packed(ALIVE)
    assert np.isnan(shop.state.alive(0, START))
    midnight = START // DAY * DAY
    for days in (0.3, 12.9, 30.1):
        shop.tell(midnight + round(days * DAY), "Order Completed", 5.0)
    for hours in (0, 23):
        now = midnight + 39 * DAY + hours * HOUR
        assert shop.state.alive(0, now) == pytest.approx(expected, abs=1e-12)
    assert len(shop.tell(now, "Visit")) == 1
    assert shop.tell(now + DAY, "Visit") == []


def test_consent_is_a_chain_of_intervals_and_an_opt_out_ends_one() -> None:
    shop = Shop(plan_of(rule(live.On("Visit"), requires_consent="marketing")))
    assert shop.plan.email_purpose == 0
    # one head, then (from, until, next): days 1 to 3, and from day 6 on
    shop.state.consent = np.array(
        [1, 0, 3, START + DAY, START + 3 * DAY, 6, START + 6 * DAY, w.FAR, 0]
    )
    days = {day: shop.tell(START + day * DAY, "Visit")[0][1] for day in (0, 1, 2, 3, 5, 6, 8)}
    allowed = [day for day, status in days.items() if status == w.PASSED]
    assert allowed == [1, 2, 6, 8]
    assert {days[0], days[3], days[5]} == {w.NO_CONSENT}
    shop.tell(START + 9 * DAY, "Unsubscribed")
    assert shop.state.consent[7] == START + 9 * DAY
    assert shop.tell(START + 9 * DAY, "Visit")[0][1] == w.NO_CONSENT


def test_a_predicate_is_asked_before_the_next_event() -> None:
    asked = live.Predicate(lambda view: True, name="asked")
    limits = live.Limits(once_per="3d")
    shop = Shop(plan_of(rule(live.On("Visit"), asked, limits=limits)))
    code = np.full(2, shop.plan.wanted.code_of("Visit", "track"), np.int32)
    times = START + np.arange(2) * MINUTE
    given = (np.zeros(2, np.int32), times, code, np.zeros((shop.plan.n_properties, 2)), times, 0, 2)
    assert shop.state.run(*given) == w.PENDING
    assert shop.taken(0) == [(START, w.REFUSED, w.EVENT, 0)]
    assert shop.state.run(*given) == w.DONE
    # what was refused before used no cooldown up; what passes does
    assert shop.taken(1) == [(START + MINUTE, w.PASSED, w.EVENT, 0)]
    assert shop.tell(START + DAY, "Visit")[0][1] == w.COOLDOWN


def test_refresh_fires_what_new_scores_make_true_and_skips_rows_of_nobody() -> None:
    shop = Shop(plan_of(rule(live.Score("churn") > 0.5)))
    shop.state.ensure(3)
    shop.state.time = START
    shop.state.floats[:3, shop.plan.score_offset] = 0.9
    assert shop.state.refresh(4, [1]) == w.DONE
    assert shop.state.fires().row.tolist() == [0, 2]
    assert shop.taken() == [(START, w.PASSED, w.REFRESH, 4)] * 2
    assert shop.state.refresh(5, []) == w.DONE
    assert shop.state.fires().row.tolist() == [1]


def test_a_late_event_lands_in_its_own_bucket() -> None:
    key_rule = rule(live.Count("Visit", window="3h", grain="hour") >= 3)
    shop = Shop(plan_of(key_rule, lateness=2 * HOUR))
    late = {"lateness": 2 * HOUR}
    now = START // HOUR * HOUR
    assert shop.tell(now, "Visit", **late) == shop.tell(now + HOUR, "Visit", **late) == []
    # an hour late: of its own time, only the first was there before
    assert shop.tell(now + 1, "Visit", **late) == []
    (key,) = shop.plan.counters
    counts = [shop.state.count(0, key, 3, now + k * HOUR) for k in range(-1, 5)]
    assert counts == [0.0, 2.0, 3.0, 3.0, 1.0, 0.0]
    at = now + HOUR + 2
    assert shop.tell(at, "Visit", **late) == [(at, w.PASSED, w.EVENT, 0)]


def test_sum_over_a_window_lets_go_of_old_days() -> None:
    shop = Shop(plan_of(rule(live.Sum("Order Completed", "total", window="3d") >= 100)))
    days = [(0, 60.0, 0), (1, 30.0, 0), (2, 20.0, 1), (3, 10.0, 0), (4, 90.0, 1)]
    for day, amount, n in days:
        assert len(shop.tell(START + day * DAY, "Order Completed", amount)) == n
    (key,) = shop.plan.counters
    assert shop.state.count(0, key, 3, START + 4 * DAY) == 20.0 + 10.0 + 90.0
    assert shop.state.count(0, key, 3, START + 6 * DAY) == 90.0


def test_a_negative_amount_that_falls_out_fires_at_a_day_end() -> None:
    shop = Shop(plan_of(rule(live.Sum("Order Completed", "total", window="2d") >= 50)))
    assert shop.tell(START, "Order Completed", -40.0) == []
    assert shop.tell(START + DAY, "Order Completed", 60.0) == []
    found = shop.pass_time(START + 9 * DAY)
    # the day after the purchase counts it without the negative one
    day = START // DAY + 2
    assert found == [((day + 1) * DAY, w.PASSED, w.DAY_END, day)]


@pytest.mark.parametrize(("date", "hours"), [("2024-03-31", 23), ("2024-10-27", 25)])
def test_days_of_a_zone_whose_clock_changes(date: str, hours: int) -> None:
    plan = plan_of(rule(live.Count("Visit", window="1d", grain="day") >= 2), zone="Europe/Berlin")
    noon = micros(f"{date}T12:00:00")
    start = int(plan.edges[plan.day_of(noon)])
    assert plan.edges[plan.day_of(noon) + 1] - start == hours * HOUR
    first, last = start, start + hours * HOUR - 1
    shop = Shop(plan)
    assert shop.tell(first, "Visit") == []
    assert len(shop.tell(last, "Visit")) == 1
    other = Shop(plan)
    assert other.tell(first, "Visit") == []
    assert other.tell(last + 1, "Visit") == []


def test_somebody_new_answers_no_timer_in_a_merge() -> None:
    # one event begins the wait for a visit and is a visit itself
    waits = live.Absence(live.On("Store Visit"), live.On.kind("visit"), "1h")
    shop = Shop(plan_of(rule(waits)))
    shop.state.ensure(2)
    assert shop.tell(START, "Store Visit") == []
    shop.state.merge(1, 0)
    assert shop.state.timer(0, 0) == (START, START, w.NEVER)
    assert shop.pass_time(START + DAY) == [(START + HOUR, w.PASSED, w.TIMER, START)]


def test_levels_that_are_true_unasked_are_found_at_the_next_day_end() -> None:
    few = live.Count("Visit", window="7d") >= 3
    shop = Shop(plan_of(rule(~(live.Monetary() > 30.0))))
    assert not shop.plan.has_day_ends
    shop.tell(START, "Moon Landed")
    day = START // DAY
    assert shop.pass_time(START + 9 * DAY) == [((day + 1) * DAY, w.PASSED, w.DAY_END, day)]
    # two and one are three by a merge, which no event touches
    other = Shop(plan_of(rule(few)))
    other.state.ensure(2)
    other.tell(START, "Visit")
    other.state.words[1] = other.state.words[0]
    other.tell(START + 1, "Visit")
    other.state.merge(1, 0)
    assert other.pass_time(START + DAY) == [((day + 1) * DAY, w.PASSED, w.DAY_END, day)]
    # and for a rule that came while it was so already
    before = Shop(plan_of(rule(live.On("Visit"), live.Count("Visit", window="7d") > 9)))
    for k in range(3):
        before.tell(START + k, "Visit")
    before.plan = plan_of(rule(few))
    before.state = before.state.relayout(before.plan)
    assert before.pass_time(START + DAY) == [((day + 1) * DAY, w.PASSED, w.DAY_END, day)]


def test_days_that_cannot_change_anything_are_slept_through() -> None:
    shop = Shop(plan_of(rule(live.Drop(live.Count("Visit"), "2d", by=0.5, at_least=2))))
    midnight = START // DAY * DAY
    for k in (0, 1, 2):
        shop.tell(midnight + k * HOUR, "Visit")
    day = midnight // DAY
    found = shop.pass_time(midnight + 40 * DAY)
    assert found == [((day + 4 - 1) * DAY, w.PASSED, w.DAY_END, day + 2)]
    assert shop.state.words[0, w.W_FLAGS] & w.ASLEEP
    assert shop.state.day_open(0) == day + 40
    # awake again, the next drop is found on its day
    for k in (0, 1):
        assert shop.tell(midnight + 40 * DAY + k, "Visit") == []
    found = shop.pass_time(midnight + 80 * DAY)
    assert found == [((day + 43) * DAY, w.PASSED, w.DAY_END, day + 42)]
