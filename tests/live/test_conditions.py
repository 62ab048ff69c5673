"""Terms and conditions: what they hold, how they are told apart, what they are made of."""

from __future__ import annotations

import copy
import operator
import pickle
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live.expressions import WHEN, WHERE

from customerintel import live
from customerintel.exceptions import InvalidArgumentError
from customerintel.live import (
    Absence,
    Action,
    Count,
    Drop,
    On,
    P,
    Predicate,
    Rule,
    Score,
    Segment,
    Sequence,
    Sum,
    TimeSinceLast,
)
from customerintel.live.lengths import read_hours, read_length, read_rate, write_length
from customerintel.live.walking import (
    counters,
    filters,
    is_momentary,
    leaves,
    properties_of,
    segments_of,
)

DAY = 86_400_000_000
NAMES = {name: getattr(live, name) for name in (*live._CONDITIONS, *live._TERMS)}


def rule(when, where=None, **options):
    return Rule("r", 1, when=when, where=where, do=[Action("email")], **options)


@settings(max_examples=60, deadline=None)
@given(st.one_of(WHEN, WHERE))
def test_a_repr_is_the_code_that_makes_it(condition):
    made = eval(repr(condition), {"__builtins__": {}}, NAMES)
    assert made == condition
    assert repr(made) == repr(condition)
    assert hash(made) == hash(condition)


@settings(max_examples=50, deadline=None)
@given(st.one_of(WHEN, WHERE), st.one_of(WHEN, WHERE))
def test_equal_keys_are_equal_expressions(one, other):
    assert (one.key == other.key) == (one == other)
    assert (one != other) is not (one == other)
    assert copy.deepcopy(one) == copy.copy(one) == pickle.loads(pickle.dumps(one)) == one


@pytest.mark.parametrize(
    ("one", "same"),
    [
        (On("Order Completed"), On("order_completed")),
        (On("e-mail opened"), On("Email Opened")),
        (On.kind("purchase"), On.kind("Order Completed")),
        (Absence("A", "B", "30m"), Absence(On("a"), On("b"), timedelta(minutes=30))),
        (Count("A", "7d") >= 3, Count(On("A"), window="1w", grain="day") >= 3.0),
        (P("x") > 20, P("x") > 20.0),
        (P("x") == True, P("x") == 1),  # noqa: E712
        (P("x") > -0.0, P("x") > 0),
        (Segment("a", "b"), Segment("b", "a", "b")),
        (Segment("a") & Segment("b") & Segment("c"), Segment("c") & (Segment("b") & Segment("a"))),
        (Segment("a") | Segment("a"), Segment("a")),
        (~~Segment("a"), Segment("a")),
        (TimeSinceLast() > "60d", TimeSinceLast() > 60),
        (TimeSinceLast() > timedelta(hours=36), TimeSinceLast() > 1.5),
        (Count("A", where=P("x") > 1), Count(On("A", where=P("x") > 1))),
        (Sum("A", of=P("total")), Sum("A", "total")),
    ],
)
def test_the_same_said_otherwise_is_the_same(one, same):
    assert one == same
    assert one.key == same.key
    assert hash(one) == hash(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (On("visit"), On.kind("visit")),
        (On("A"), On("A", where=P("x") > 1)),
        (Count("A", "7d") >= 3, Count("A", "7d", grain="hour") >= 3),
        (Count("A") > 3, Count("A") >= 3),
        (Sum("A", "x"), Sum("A", "y")),
        (Sequence("A", "B", within="1h"), Sequence("B", "A", within="1h")),
        (P("x") == "1", P("x") == 1),
        (Score("churn", "recency"), Score("churn", object())),
        (Drop(Count("A"), "7d", by=0.5), Drop(Count("A"), "7d", by=0.5, at_least=2)),
    ],
)
def test_what_differs_is_different(one, other):
    assert (one == other) is False
    assert one.key != other.key


def test_lengths_are_microseconds_beside_their_text():
    absence = Absence(after=On("A"), of=On("B"), within=timedelta(minutes=30))
    assert (absence.within, absence.within_us) == ("30m", 1_800_000_000)
    assert not absence.is_silence
    assert Absence("A", "a", "60d").is_silence
    count = Count("A", window="7d")
    assert (count.window, count.window_us, count.grain, count.grain_us) == (
        "7d",
        7 * DAY,
        "day",
        DAY,
    )
    assert count.n_buckets == 7
    assert Count("A").window_us is Count("A").grain_us is None
    assert Score("churn", horizon="90d").horizon_us == 90 * DAY
    drop = Drop(Count("A"), "14d", by=0.5, at_least=4)
    assert (drop.window_us, drop.n_days, drop.versus) == (14 * DAY, 14, "previous")
    assert drop.counter == Count("A", window="28d")


@pytest.mark.parametrize(
    ("window", "grain"),
    [("1m", "minute"), ("119m", "minute"), ("2h", "hour"), ("47h", "hour"), ("48h", "day")],
)
def test_the_grain_follows_from_the_window(window, grain):
    assert Count("A", window=window).grain == grain


def test_on_knows_its_name_or_its_kind():
    assert (On("Visit").event, On("Visit").kind, On("Visit").folded_name) == (
        "Visit",
        None,
        "visit",
    )
    assert (On.kind("Email Opened").event, On.kind("Email Opened").kind) == (None, "open")
    assert On(kind="visit", where=P("x") > 1) == On.kind("visit", where=P("x") > 1)


def test_a_comparison_reads_from_both_sides():
    assert (P("x") >= 3).op == operator.le(3, P("x")).op == "ge"
    compare = P("plan") != "gold"
    assert (compare.left, compare.op, compare.right) == (P("plan"), "ne", "gold")
    assert (P("a.b") > 1).left.path == ("a", "b")


@pytest.mark.parametrize(
    "call",
    [
        lambda: bool(Segment("a")),
        lambda: Segment("a") and Segment("b"),
        lambda: not Segment("a"),
        lambda: 1 < P("x") < 3,
    ],
    ids=["bool", "and", "not", "chained"],
)
def test_a_condition_has_no_truth_of_its_own(call):
    with pytest.raises(InvalidArgumentError, match="neither true nor false by itself"):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: Segment("a") & P("x") > 20,
        lambda: P("x") & Segment("a"),
        lambda: Segment("a") | 3,
        lambda: 3 & Segment("a"),
        lambda: ~P("x"),
    ],
    ids=["after", "before", "number", "number-first", "not"],
)
def test_forgotten_brackets_are_told(call):
    with pytest.raises(InvalidArgumentError, match="Put brackets around each comparison"):
        call()


def test_nothing_can_be_changed():
    on = On("A")
    with pytest.raises(AttributeError, match="On cannot be changed; 'event' was not set"):
        on.event = "B"
    with pytest.raises(AttributeError, match="On cannot be changed; 'event' was not deleted"):
        del on.event
    assert on.model_copy(update={"event": "B"}) == On("B")
    assert on.model_copy() is on


def test_walkers_tell_what_a_rule_is_made_of():
    big = On("Order Completed", where=P("total") > 100)
    when = (Count(big, "7d") >= 2) & Drop(Count("Visit"), "14d", by=0.5)
    where = Segment("a", "b") & ~(P("cart.size") > 20) & ((P("plan") == "gold") | Segment("b"))
    one = rule(when, where, unless=On("Unsubscribed"))
    assert list(leaves(when)) == [Count(big, "7d") >= 2, Drop(Count("Visit"), "14d", by=0.5)]
    assert counters(one) == (Count(big, "7d"), Count("Visit", "28d"))
    assert filters(one) == (big, On("Visit"), On("Unsubscribed"))
    assert segments_of(one) == ("a", "b")
    assert [
        (use.name, use.path, use.texts, use.is_number) for use in properties_of(when, where)
    ] == [
        ("total", ("total",), (), True),
        ("cart.size", ("cart", "size"), (), True),
        ("plan", ("plan",), ("gold",), False),
    ]


def test_a_counter_that_is_compared_and_falls_is_kept_twice():
    visits = Count("Visit")
    assert counters(rule((visits >= 3) | Drop(visits, "7d", by=1))) == (
        visits,
        Count("Visit", "14d"),
    )


def test_momentary_is_what_is_true_at_a_moment():
    assert is_momentary(On("A") & Segment("a"))
    assert is_momentary(Absence("A", "B", "1h"))
    assert is_momentary(~Sequence("A", "B", within="1h"))
    assert not is_momentary(Segment("a") | (Count("A") > 1))


def test_a_predicate_is_known_by_name():
    one = Predicate(lambda row: row.monetary > 1, name="big", reads=["total"])
    assert one == Predicate(print, name="big", reads=("total",))
    assert Predicate(print).name == "print"
    assert properties_of(one)[0].name == "total"


def test_a_registered_estimator_is_kept_by_name():
    import customerintel as ci

    assert Score("churn", "recency").estimator_name == "recency"
    assert Score("churn", ci.churn.get("recency")).estimator_name == "recency"
    assert Score("churn", ci.churn.get("recency")) == Score("churn", "recency")
    assert Score("churn", object()).estimator_name is None
    assert Score("churn").estimator_name is None
    # a seed is not part of the name
    assert Score("churn", ci.churn.get("recency", seed=1)).estimator_name is None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30s", 30_000_000),
        ("2w", 14 * DAY),
        (" 7 d ", 7 * DAY),
        ("250ms", 250_000),
        ("0.2s", 200_000),
        ("1.5d", 36 * 3_600_000_000),
        ("1us", 1),
    ],
)
def test_lengths(text, length):
    assert read_length(text, "x") == length
    assert read_length(timedelta(microseconds=length), "x") == length
    assert read_length(write_length(length), "x") == length


def test_rates_and_hours():
    assert read_rate("2/7d", "x") == (2, 7 * DAY)
    assert read_rate(" 10 / 1h ", "x") == (10, 3_600_000_000)
    assert read_hours(("21:00", "08:30"), "x") == (1260, 510)
    assert read_hours(["22:00", "24:00"], "x") == (1320, 0)
