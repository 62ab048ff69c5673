"""Backtests: the live engine's decisions on past events, without a look ahead."""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import customerintel as ci
from customerintel import live
from customerintel.exceptions import DataQualityWarning

# the rule "big" needs consent, which not all backtests here are given
pytestmark = pytest.mark.filterwarnings("ignore:Nobody's consent is known")
START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = 3_600_000_000
QUIET = live.Limits(quiet_hours=("21:00", "08:00"))
CART = live.Absence(after=live.On("Product Added"), of=live.On("Order Completed"), within="30m")


def micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def event(who: str, name: str, hours: float, **more):
    at = (START + timedelta(hours=hours)).isoformat()
    return {"userId": who, "event": name, "timestamp": at, **more}


def cart(**more) -> live.Rule:
    return live.Rule(**{
        "id": "cart", "version": 1, "when": CART, "do": [live.Action("email")], **more
    })  # fmt: skip


RULES = [
    cart(
        limits=live.Limits(once_per="1d", per_channel={"email": "2/7d"},
                           quiet_hours=("21:00", "08:00")),
        holdout=live.Holdout(0.3, salt="cart"), unless=live.On("Order Completed"),
    ),
    live.Rule(
        id="keen", version=2, when=live.Count("Product Viewed", window="1d") >= 3,
        do=[live.Action("push"), live.Action("email")],
    ),
    live.Rule(
        id="fewer", version=1, do=[live.Action("tips")],
        when=live.Drop(live.Count("Product Viewed"), window="2d", by=0.5, at_least=2),
    ),
    live.Rule(
        id="big", version=1, do=[live.Action("call")], when=live.On("Order Completed"),
        where=live.P("total") > 50, requires_consent="marketing",
    ),
]  # fmt: skip


def stream(n: int = 600, seed: int = 1) -> list[dict]:
    rng = np.random.default_rng(seed)
    names = ["Product Viewed", "Product Viewed", "Product Added", "Order Completed", "Unsubscribed"]
    hours = np.sort(rng.uniform(0, 24 * 9, n))
    return [
        event(f"c{rng.integers(12)}", names[rng.choice(5, p=[0.35, 0.2, 0.25, 0.17, 0.03])],
              float(h), properties={"total": float(rng.integers(20, 90))})
        for h in hours
    ]  # fmt: skip


def ledger() -> ci.tables.ConsentLedger:
    return ci.tables.ConsentLedger.from_frame(
        {
            "customer_id": [f"c{i}" for i in range(0, 12, 2)],
            "purpose": ["email_marketing"] * 6,
            "basis": ["consent"] * 6,
            "status": ["granted"] * 6,
            "timestamp": [f"2026-03-0{1 + i}" for i in range(6)],
        }
    )


def facts(rows) -> list[tuple]:
    """What was decided at firing, of each action."""
    return sorted(
        (
            row.id, row.rule_id, row.customer_id, row.due_at, row.trigger_key, row.arm,
            row.unit_at, row.payload, repr(row.frequency), repr(row.monetary),
            row.reason if row.reason in ("cooldown", "consent") else "",
        )
        for row in rows
    )  # fmt: skip


def test_ids_and_states_are_those_of_a_live_engine():
    events, end = stream(), START + timedelta(days=12)
    engine = live.Engine(RULES, store=":memory:", tz="Europe/Berlin", consent=ledger())
    for start in range(0, len(events), 7):
        engine.ingest(events[start : start + 7])
    while engine.tick(end).pending:
        pass
    report = live.run_backtest(
        RULES, events, until=end, tz="Europe/Berlin", consent=ledger(), outcome="Order Completed"
    )
    expected = facts(engine.outbox._rows())
    assert facts(report.actions()) == expected
    assert len({row[1] for row in expected}) == 4
    engine.close()


def test_sent_actions_are_those_that_a_prompt_dispatcher_sends():
    """A live engine whose outbox is leased at every moment at which an action may go out."""
    events, end = stream(300, seed=5), START + timedelta(days=12)
    report = live.run_backtest(RULES, events, until=end, tz="Europe/Berlin", consent=ledger())
    moments = {row.due_at for row in report.actions()}
    moments |= {row.sent_at for row in report.actions() if row.sent_at}
    engine = live.Engine(RULES, store=":memory:", tz="Europe/Berlin", consent=ledger())
    steps = [(micros(datetime.fromisoformat(one["timestamp"])), 0, one) for one in events]
    steps += [(at, 1, None) for at in moments]
    for at, _, one in sorted(steps, key=lambda step: step[:2]):
        now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
        if one is not None:
            engine.ingest(one)
            continue
        engine.tick(now)
        for action in engine.outbox.lease(1000, now=now):
            engine.outbox.done(action)
    engine.tick(end)

    def fates(rows):
        return sorted((row.id, row.state, row.reason, row.sent_at) for row in rows)

    assert fates(report.actions()) == fates(engine.outbox._rows())
    engine.close()


def test_counts_add_up():
    report = live.run_backtest(RULES, stream(), tz="Europe/Berlin", consent=ledger())
    rows = list(report.actions())
    for rule in RULES:
        mine = [row for row in rows if row.rule_id == rule.id and row.position == 0]
        passed = [row for row in mine if row.reason not in ("cooldown", "consent") or row.attempts]
        assert report.fires[rule.id] + sum(
            report.suppressed[rule.id].get(why, 0) for why in ("cooldown", "consent")
        ) >= len(passed)
        assert report.held_out[rule.id] == sum(row.state == "held_out" for row in mine)
    load = report.load_per_day
    assert load["sent"].sum() == sum(row.state == "done" for row in rows)
    assert load["queued"].sum() == sum(
        row.state == "done" or row.reason in ("cap", "unless") or row.state == "queued"
        for row in rows
    )
    assert set(report.suppressed["cart"]) <= {"cooldown", "cap", "unless"}
    assert report.suppressed["cart"]["cooldown"] > 0


def test_quiet_hours_defer_and_a_purchase_meanwhile_stops():
    rule = cart(
        limits=live.Limits(quiet_hours=("21:00", "08:00")), unless=live.On("Order Completed")
    )
    events = [
        event("a", "Product Added", 22), event("b", "Product Added", 22),
        event("b", "Order Completed", 31.9), event("a", "Order Completed", 32.1),
    ]  # fmt: skip
    report = live.run_backtest([rule], events)
    state = {row.customer_id: (row.state, row.reason, row.sent_at) for row in report.actions()}
    assert state["a"] == ("done", "", micros(START) + 32 * HOUR)
    assert state["b"] == ("suppressed", "unless", 0)
    load = report.load_per_day
    assert load["day"].dt.strftime("%m-%d").tolist() == ["03-01", "03-02"]
    assert load["queued"].tolist() == [2, 0]
    assert load["sent"].tolist() == [0, 1]


def test_what_came_later_is_not_known_at_the_time_of_sending():
    """The purchase happened in time, and was received when the message was out."""
    rule = cart(
        limits=live.Limits(quiet_hours=("21:00", "08:00")), unless=live.On("Order Completed")
    )
    late = (START + timedelta(hours=40)).isoformat()
    events = [
        event("a", "Product Added", 22, receivedAt=(START + timedelta(hours=22)).isoformat()),
        event("a", "Order Completed", 31, receivedAt=late),
        event("z", "Product Viewed", 35, receivedAt=(START + timedelta(hours=35)).isoformat()),
    ]
    report = live.run_backtest([rule], events)
    assert [row.state for row in report.actions()] == ["done"]


def test_actions_that_wait_beyond_the_end_are_waiting():
    rule = cart(limits=live.Limits(quiet_hours=("21:00", "08:00")))
    report = live.run_backtest(
        [rule], [event("a", "Product Added", 22)], until=START + timedelta(hours=23)
    )
    assert report.waiting == 1
    assert [row.state for row in report.actions()] == ["queued"]


def test_caps_count_over_rules_and_customers_have_their_own():
    capped = live.Limits(per_channel={"email": "1/1d"})
    rules = [
        live.Rule(id="one", version=1, when=live.On("A"), do=[live.Action("email")]),
        live.Rule(id="two", version=1, when=live.On("B"), do=[live.Action("email")], limits=capped),
    ]
    events = [event("x", "A", 1), event("x", "B", 2), event("y", "B", 3), event("x", "B", 26)]
    report = live.run_backtest(rules, events)
    assert dict(report.suppressed["two"]) == {"cap": 1}
    assert report.load_per_day["sent"].sum() == 3


def test_outcomes_are_counted_within_the_horizon_and_labelled():
    rule = live.Rule(id="hello", version=1, when=live.On("Visit"), do=[live.Action("push")])
    events = [
        event("a", "Visit", 0), event("a", "Order Completed", 0), event("a", "Order Completed", 24),
        event("b", "Visit", 1), event("b", "Order Completed", 25.5),
        event("c", "Visit", 40), event("c", "Order Completed", 41), event("d", "Other", 49),
    ]  # fmt: skip
    report = live.run_backtest([rule], events, outcome=live.On("Order Completed"), horizon="1d")
    found = report.outcomes["hello"]
    # the fire of c has no complete horizon; what happens at the fire itself is not after it
    assert (found.n_fires, found.n_with_outcome, found.n_outcomes) == (2, 1, 1)
    assert found.rate == 0.5
    assert found.label == "observational, not causal"
    assert report.to_frame("outcomes")["label"].tolist() == ["observational, not causal"]
    for shown in (repr(report), report._repr_html_(), repr(found)):
        assert "observational, not causal" in shown


def test_outcomes_may_have_a_condition():
    rule = live.Rule(id="hello", version=1, when=live.On("Visit"), do=[live.Action("push")])
    events = [
        event("a", "Visit", 0), event("a", "Order Completed", 1, properties={"total": 10}),
        event("b", "Visit", 0.5), event("b", "Order Completed", 1.5, properties={"total": "90"}),
        event("c", "Visit", 0.6), event("c", "Order Completed", 1.6), event("d", "Other", 99),
    ]  # fmt: skip
    big = live.On("Order Completed", where=live.P("total") > 50)
    report = live.run_backtest([rule], events, outcome=big, horizon="1d")
    assert report.outcomes["hello"].n_with_outcome == 1


def test_consent_that_nobody_gave_is_said():
    with pytest.warns(DataQualityWarning, match="all that the rules 'big' fire is suppressed"):
        report = live.run_backtest(RULES, stream(200, seed=3))
    assert report.suppressed["big"]["consent"] > 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        live.run_backtest(RULES[:3], stream(200, seed=3))
        live.run_backtest(RULES, stream(200, seed=3), consent=ledger())


def test_order_of_receipt_counts_not_the_order_in_the_file():
    events = stream(200, seed=3)
    mixed = [events[i] for i in np.random.default_rng(0).permutation(len(events))]
    one, other = (live.run_backtest(RULES, given) for given in (events, mixed))
    assert facts(one.actions()) == facts(other.actions())


def test_events_after_the_end_are_not_seen():
    events = stream(300, seed=4)
    end = START + timedelta(days=5)
    before = [e for e in events if datetime.fromisoformat(e["timestamp"]) <= end]
    one = live.run_backtest(RULES, events, until=end)
    other = live.run_backtest(RULES, before, until=end)
    assert facts(one.actions()) == facts(other.actions())
    assert one.n_events == len(before)


def table_of(events) -> dict:
    return {
        "userId": np.array([one["userId"] for one in events], object),
        "event": np.array([one["event"] for one in events], object),
        "timestamp": np.array([micros(datetime.fromisoformat(e["timestamp"])) for e in events],
                              np.int64).view("M8[us]"),
        "total": np.array([one["properties"]["total"] for one in events]),
    }  # fmt: skip


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_table_gives_the_same_for_any_number_of_threads(threads, monkeypatch):
    from customerintel.live import backtest_source

    monkeypatch.setattr(backtest_source, "PORTION", 97)
    events = stream()
    expected = live.run_backtest(RULES, events, tz="Europe/Berlin", outcome="Order Completed")
    ci.set_threads(threads)
    try:
        report = live.run_backtest(
            RULES, table_of(events), tz="Europe/Berlin", outcome="Order Completed"
        )
    finally:
        ci.set_threads(None)
    assert facts(report.actions()) == facts(expected.actions())
    assert report.outcomes == expected.outcomes
    assert report.suppressed == expected.suppressed
    assert (report.n_events, report.n_customers) == (expected.n_events, expected.n_customers)


def test_tables_come_back_in_the_kind_of_the_events():
    polars = pytest.importorskip("polars")
    table = polars.DataFrame({k: v.tolist() for k, v in table_of(stream(80)).items()})
    report = live.run_backtest(RULES, table)
    for part in report.parts:
        assert isinstance(report.to_frame(part), polars.DataFrame)


def test_messages_that_come_twice_count_once():
    events = [event("a", "Visit", 1, messageId="m1"), event("a", "Visit", 2, messageId="m1")]
    rule = live.Rule(id="hello", version=1, when=live.On("Visit"), do=[live.Action("push")])
    report = live.run_backtest([rule], events)
    assert (report.n_events, report.n_duplicates, report.fires["hello"]) == (1, 1, 1)


def test_a_history_from_before_gives_segments():
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [f"c{i}" for i in range(40) for _ in range(1 + i % 5)],
            "timestamp": np.array(
                [np.datetime64("2025-06-01") + 5 * i + 20 * k
                 for i in range(40) for k in range(1 + i % 5)], "M8[us]"),
            "amount": [10.0 + i for i in range(40) for _ in range(1 + i % 5)],
        }
    )  # fmt: skip
    history = log.as_of("2026-02-28")
    scores = ci.score_rfm(history)
    name = str(scores.segment[3])
    rule = live.Rule(
        id="seg", version=1, when=live.On("Visit"), where=live.Segment(name), do=[live.Action("x")]
    )
    events = [event(f"c{i}", "Visit", 1 + i) for i in range(40)]
    report = live.run_backtest([rule], events, history=history)
    engine = live.Engine([rule], store=":memory:", history=history, scheme=scores.scheme)
    engine.ingest(events)
    assert facts(report.actions()) == facts(engine.outbox._rows())
    assert report.fires["seg"] > 0
    engine.close()


def test_the_report_is_frozen_and_shows_itself():
    report = live.run_backtest(RULES, stream(50))
    with pytest.raises(AttributeError):
        report.fires = {}
    assert json.loads(json.dumps(report.fires)) == report.fires
    assert json.loads(json.dumps(report.suppressed)) == report.suppressed
    assert repr(report).startswith("BacktestReport(rules=4, events=50,")
    assert "c1" not in repr(report) + report._repr_html_()


def test_no_events_are_no_error():
    report = live.run_backtest(RULES, [])
    assert dict(report.fires) == {"cart": 0, "keen": 0, "fewer": 0, "big": 0}
    assert len(report.to_frame()) == len(report.load_per_day) == 0
    assert np.isnat(report.until)


@pytest.mark.parametrize("kind", ["items", "table"])
def test_the_end_is_when_events_were_received(kind):
    def one(name, who, at, received):
        return event(who, name, at, receivedAt=(START + timedelta(hours=received)).isoformat())

    events = [
        one("Product Added", "c1", 10, 10),
        one("Visit", "c2", 11, 11),
        one("Order Completed", "c1", 10.3, 12),  # bought in time, which nobody knew by then
    ]
    given = events
    if kind == "table":
        given = {name: [e[name] for e in events] for name in events[0]}
    for hours, fires in ((10.4, 0), (10.75, 1), (11, 1), (12, 1)):
        until = START + timedelta(hours=hours)
        report = live.run_backtest([cart()], given, until=until)
        with live.Engine([cart()], store=":memory:") as engine:
            engine.ingest([e for e in events if e["receivedAt"] <= until.isoformat()])
            while engine.tick(until).pending:
                pass
            assert report.fires == {"cart": fires}
            assert len(engine.outbox) == fires
        assert report.n_events == sum(e["receivedAt"] <= until.isoformat() for e in events)


def test_no_rules_decide_nothing():
    report = live.run_backtest([], [event("a", "Visit", 0)])
    assert (report.n_events, dict(report.fires), list(report.actions())) == (1, {}, [])


def test_a_line_that_is_nested_too_deep_is_counted():
    line = '{"event":"V","userId":"a","timestamp":"2026-05-01","receivedAt":"2026-05-01","x":%s}'
    assert live.run_backtest([cart()], [line % ("[" * 3_000 + "]" * 3_000)]).n_rejected == 1


def test_nothing_goes_out_before_it_is_known():
    """A click that is received two hours late, and what happened meanwhile."""
    rule = live.Rule(
        "o", 1, when=live.On("Opened"), unless=live.On("Bought"), do=[live.Action("call")]
    )

    def one(name, who, at, received):
        return event(who, name, at, receivedAt=(START + timedelta(hours=received)).isoformat())

    events = [
        one("Opened", "c2", 10, 10), one("Bought", "c1", 11, 11), one("Opened", "c1", 10, 12),
        one("Opened", "c3", 10.5, 12.1),
    ]  # fmt: skip
    with live.Engine([rule], store=":memory:") as engine:
        for given in events:
            engine.ingest(given)
            for action in engine.outbox.lease(9):
                engine.outbox.done(action)
        expected = {row.customer_id: row for row in engine._state.store.actions()}
    found = {row.customer_id: row for row in live.run_backtest([rule], events).actions()}
    assert {who: (row.state, row.reason) for who, row in found.items()} == {
        "c1": ("suppressed", "unless"), "c2": ("done", ""), "c3": ("done", ""),
    }  # fmt: skip
    for who, row in found.items():
        same = expected[who]
        assert (row.state, row.reason, row.sent_at) == (same.state, same.reason, same.sent_at)
        assert row.due_at == micros(START + timedelta(hours=10.5 if who == "c3" else 10))
