"""The second look at an action, and quiet hours by the clock on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel import live
from customerintel.live.dispatch import REASONS, Verdict, check_dispatch
from customerintel.live.quiet_hours import quiet_until
from customerintel.live.store import StoredAction

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def us(text, zone=BERLIN, fold=0):
    at = datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)
    return (at - EPOCH) // timedelta(microseconds=1)


def minutes(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


#: Name: now, the quiet hours, and when they end; None: it is not quiet.
QUIET = {
    "before": ("2026-05-01T20:59:59.999999", ("21:00", "08:00"), None),
    "first moment": ("2026-05-01T21:00", ("21:00", "08:00"), "2026-05-02T08:00"),
    "past midnight": ("2026-05-02T00:30", ("21:00", "08:00"), "2026-05-02T08:00"),
    "last moment": ("2026-05-02T07:59:59.999999", ("21:00", "08:00"), "2026-05-02T08:00"),
    "over": ("2026-05-02T08:00", ("21:00", "08:00"), None),
    "within a day": ("2026-05-01T13:00", ("12:00", "14:30"), "2026-05-01T14:30"),
    "until midnight": ("2026-05-01T23:00", ("22:00", "00:00"), "2026-05-02T00:00"),
    "from midnight": ("2026-05-01T00:00", ("00:00", "06:00"), "2026-05-01T06:00"),
    "an odd minute": ("2026-05-01T23:00", ("21:07", "07:53"), "2026-05-02T07:53"),
    "a night that is an hour short": (
        "2026-03-28T23:00", ("21:00", "08:00"), "2026-03-29T08:00"
    ),
    "a night that is an hour long": (
        "2026-10-24T23:00", ("21:00", "08:00"), "2026-10-25T08:00"
    ),
    # the clock goes from 02:00 to 03:00, so it never shows 02:30
    "an end that is skipped": ("2026-03-29T01:00", ("21:00", "02:30"), "2026-03-29T03:00"),
    # 02:29, the only minute that is not quiet, is skipped that day
    "a day without any end": ("2026-03-28T12:00", ("02:30", "02:29"), "2026-03-30T02:29"),
}  # fmt: skip


@pytest.mark.parametrize("name", QUIET)
def test_quiet_until(name):
    now, (start, end), until = QUIET[name]
    found = quiet_until(us(now), (minutes(start), minutes(end)), BERLIN)
    assert found == (None if until is None else us(until))


def test_quiet_hours_come_again_where_the_clock_is_put_back():
    # 02:30 is shown twice: the hours end, and begin again at the second 02:00
    quiet = (minutes("21:00"), minutes("02:30"))
    first, again = us("2026-10-25T02:30"), us("2026-10-25T02:00", fold=1)
    assert quiet_until(us("2026-10-25T01:00"), quiet, BERLIN) == first
    assert quiet_until(first, quiet, BERLIN) is None
    assert quiet_until(again, quiet, BERLIN) == us("2026-10-25T02:30", fold=1)


@given(
    st.integers(us("2026-03-20T00:00"), us("2026-11-05T00:00")),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
def test_quiet_until_is_the_first_moment_that_is_not_quiet(now, start, end):
    """Against looking at each minute."""
    quiet = (start, end)

    def is_quiet(at):
        wall = (EPOCH + timedelta(microseconds=at)).astimezone(BERLIN)
        shown = wall.hour * 60 + wall.minute
        if start <= end:
            return start <= shown < end
        return shown >= start or shown < end

    expected = None
    if is_quiet(now):
        expected = (now // MINUTE + 1) * MINUTE
        while is_quiet(expected):
            expected += MINUTE
    assert quiet_until(now, quiet, BERLIN) == expected


class Facts:
    """Says what it is told to."""

    def __init__(self, allowed=True, seen=False):
        self.allowed, self.seen, self.asked = allowed, seen, []

    def allows(self, customer_id, purpose, at):
        self.asked.append((customer_id, purpose, at))
        return self.allowed

    def seen_since(self, customer_id, on, after, until):
        self.asked.append((customer_id, on, after, until))
        return self.seen


def rule(**changes):
    given = {
        "id": "r", "version": 1, "when": live.On("Visit"), "do": [live.Action("email")],
        "requires_consent": "marketing", "unless": live.On("Order Completed"),
        "limits": live.Limits(
            per_channel={"email": "2/7d"}, quiet_hours=("21:00", "08:00"), expires="2d",
            max_attempts=3,
        ),
    }  # fmt: skip
    return live.Rule(**given | changes)


def action(due_at, **changes):
    given = {
        "id": "a", "rule_id": "r", "rule_version": 1, "customer_id": "c1", "position": 0,
        "channel": "email", "due_at": due_at, "not_before": due_at, "state": "queued",
    }  # fmt: skip
    return StoredAction(**given | changes)


NOON = us("2026-05-04T12:00")
NIGHT = us("2026-05-04T23:00")


def check(one, rule_now, facts=None, sent=0, now=NOON):
    return check_dispatch(one, rule_now, facts or Facts(), lambda after: sent, now, BERLIN)


def test_an_action_that_may_go():
    facts = Facts()
    found = check(action(NOON - HOUR), rule(), facts, sent=1)
    assert found == Verdict("send")
    purpose = rule().requires_consent
    assert facts.asked == [
        ("c1", purpose, NOON),
        ("c1", live.On("Order Completed"), NOON - HOUR, NOON),
    ]


#: Reason: how it comes about.
REFUSED = {
    "rule_removed": lambda: check(action(NOON), None),
    "attempts": lambda: check(action(NOON, attempts=3), rule()),
    "consent": lambda: check(action(NOON), rule(), Facts(allowed=False)),
    "unless": lambda: check(action(NOON), rule(), Facts(seen=True)),
    "expired": lambda: check(action(NOON - 2 * DAY - 1), rule()),
    "cap": lambda: check(action(NOON), rule(), sent=2),
}


@pytest.mark.parametrize("reason", REASONS)
def test_reasons(reason):
    fate = "fail" if reason == "attempts" else "suppress"
    assert REFUSED[reason]() == Verdict(fate, reason)


def test_the_order_of_the_reasons():
    """With everything against it, each reason hides those that follow."""
    worst = {"attempts": 3, "due_at": NOON - 3 * DAY}
    against = Facts(allowed=False, seen=True)
    found = [
        check(action(**worst), None, against, 9),
        check(action(**worst), rule(), against, 9),
        check(action(**worst | {"attempts": 0}), rule(), against, 9),
        check(action(**worst | {"attempts": 0}), rule(), Facts(seen=True), 9),
        check(action(**worst | {"attempts": 0}), rule(), Facts(), 9),
        check(action(NOON), rule(), Facts(), 9),
    ]
    assert [one.reason for one in found] == list(REASONS)


def test_an_action_is_not_too_old_at_the_last_moment():
    assert check(action(NOON - 2 * DAY), rule()).fate == "send"


def test_quiet_hours_let_it_wait_and_suppress_nothing():
    found = check(action(NIGHT), rule(), sent=2, now=NIGHT)
    assert found == Verdict("wait", until=us("2026-05-05T08:00"))


def test_a_cap_of_another_channel_is_none():
    assert check(action(NOON, channel="tips"), rule(), sent=99).fate == "send"


def test_the_window_of_a_cap():
    asked = []

    def count_sent(after):
        asked.append(after)
        return 0

    check_dispatch(action(NOON), rule(), Facts(), count_sent, NOON, BERLIN)
    assert asked == [NOON - 7 * DAY]


def test_a_rule_without_limits_asks_nothing():
    facts = Facts(allowed=False, seen=True)
    plain = rule(requires_consent=None, unless=None, limits=live.Limits())
    assert check(action(NIGHT - 900 * DAY), plain, facts, 99, NIGHT).fate == "send"
    assert facts.asked == []
