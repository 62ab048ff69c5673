"""Rules compiled: classes of events, properties, shared state, what hangs on the day."""

from __future__ import annotations

import pytest

from customerintel import live
from customerintel.exceptions import InvalidArgumentError
from customerintel.live.compiling import drift
from customerintel.live.plan import Plan, compile_rules
from customerintel.live.wanted import Property
from customerintel.rfm import SegmentScheme

DO = [live.Action("email")]


def plan_of(*whens: object, where: object = None, lateness: int = 0) -> Plan:
    rules = [
        live.Rule(f"r{k}", 1, when, where=where, do=DO)  # type: ignore[arg-type]
        for k, when in enumerate(whens)
    ]
    return compile_rules(rules, "Europe/Berlin", SegmentScheme.named("rfm-11@1"), lateness)


def test_classes_by_name_and_kind() -> None:
    code_of = plan_of(live.On("Email Opened"), live.On.kind("visit")).wanted.code_of
    assert code_of("email_opened", "track") == code_of("EMAIL OPENED", "track") >= 0
    assert code_of("Store Visit", "track") == code_of("Session Started", "track") >= 0
    assert code_of("Store Visit", "track") != code_of("Email Opened", "track")
    assert code_of("Moon Landed", "track") == -1
    # money and consent follow these, whatever the rules ask
    assert min(code_of(name, "track") for name in ("Order Completed", "Unsubscribed")) >= 0


def test_properties_are_numbers_or_texts() -> None:
    plan = plan_of(live.On("A"), where=(live.P("plan") == "gold") & (live.P("cart.total") > 2))
    assert plan.wanted.properties == (
        Property(("$amount",)),
        Property(("plan",), ("gold",)),
        Property(("cart", "total")),
    )
    assert plan.reads == ((("cart.total", 2),),)


def test_equal_expressions_share_their_state() -> None:
    once = plan_of(live.Count("A", window="7d") >= 3)
    both = plan_of(live.Count("A", window="7d") >= 3, live.Count("a", window="3d") >= 2)
    assert len(both.counters) == len(once.counters) == 1
    assert next(iter(both.counters.values())).held == 7


def test_late_events_need_longer_rings() -> None:
    plan = plan_of(live.Count("A", window="60m") >= 3, lateness=150_000_000)
    assert next(iter(plan.counters.values())).held == 63


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (live.Count("A", window="7d") >= 3, {"fall"}),
        (live.Count("A", window="7d") < 3, {"rise"}),
        (~(live.Count("A", window="7d") >= 3), {"rise"}),
        (live.Count("A") >= 3, set()),
        (live.Sum("A", "total", window="7d") >= 3, {"rise", "fall"}),
        (live.TimeSinceLast() > 60, {"rise"}),
        (live.ProbabilityAlive() < 0.5, {"rise"}),
        (live.Segment("At Risk"), {"rise", "fall"}),
        (live.Drop(live.Count("A"), "14d", by=0.5), {"day"}),
        ((live.Count("A", window="7d") >= 3) & (live.Frequency() > 1), {"fall"}),
    ],
)
def test_what_time_alone_changes(when: live.On, expected: set[str]) -> None:
    assert drift(when, is_ordered=True) == expected
    assert plan_of(when).has_day_ends is bool(expected & {"rise", "day"})


def test_days_are_local() -> None:
    plan = plan_of(live.On("A"))
    spring = 1_711_839_600_000_000  # 2024-03-31 00:00 in Berlin, a day of 23 hours
    day = plan.day_of(spring)
    assert plan.date_of(day).isoformat() == "2024-03-31"
    assert plan.day_of(spring - 1) == day - 1
    assert plan.edges[day + 1] - plan.edges[day] == 23 * 3_600_000_000


def test_unknown_segment_is_refused() -> None:
    with pytest.raises(
        InvalidArgumentError, match="'Nobody': no such segment in the scheme rfm-11"
    ):
        plan_of(live.On("A"), where=live.Segment("Nobody"))


def test_ten_counters_and_five_timers_fit_into_a_kibibyte() -> None:
    windows = ["60m", "24h", *["7d"] * 4, *["14d"] * 2, *["30d"] * 2]
    counters = [live.Count(f"E{k}", window=one) >= 9 for k, one in enumerate(windows)]
    timers = [live.Absence(f"E{k}", "E9", "1d") for k in range(5)]
    assert 8 * plan_of(*counters, *timers).layout.width <= 1024


def test_ten_counters_of_a_month_five_timers_and_15_rules_fit_into_a_kibibyte() -> None:
    counters = [live.Count(f"E{k}", window="30d") >= 9 for k in range(10)]
    timers = [live.Absence(f"E{k}", "E9", "1d") for k in range(5)]
    plan = plan_of(*counters, *timers)
    assert len(plan.rules) == 15
    assert 8 * plan.layout.width <= 1024


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (live.Count("A", window="1d", grain="day") >= 65_536, "65,535 events per day, 65,535 in"),
        (live.Count("A", window="2d") > 131_070, "65,535 events per day, 131,070 in"),
        (~(live.Count("A", window="60m") <= 1e9), "65,535 events per minute, 3,932,100 in"),
    ],
)
def test_counts_out_of_reach_are_refused(when: live.On, shown: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"at most {shown} this one"):
        plan_of(when)


@pytest.mark.parametrize(
    "when",
    [
        live.Count("A", window="1d", grain="day") >= 65_535,
        live.Count("A", window="2d") > 131_069,
        live.Count("A") >= 1e9,
        live.Sum("A", "x", window="1d") > 1e9,
    ],
)
def test_counts_within_reach_are_not(when: live.On) -> None:
    assert plan_of(when).counters
