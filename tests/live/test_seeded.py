"""Customers whom a history tells of: days pass, and nothing fires by what was so before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

import customerintel as ci
from customerintel import live

DO = [live.Action("x")]
RULES = [
    live.Rule("silent", 1, when=live.TimeSinceLast() > "20d", do=DO),
    live.Rule("often", 1, when=live.Frequency() >= 2, do=DO),
    live.Rule("much", 1, when=live.Monetary() >= 100, do=DO),
]
#: Bought once a week ago; three times and for 300; once, three months ago.
LOG = {
    "customer_id": ["quiet", "loyal", "loyal", "loyal", "idle"],
    "timestamp": ["2026-03-25", "2026-01-01", "2026-02-01", "2026-03-20", "2026-01-01"],
    "amount": [10.0, 100.0, 100.0, 100.0, 5.0],
}


def history(until="2026-04-01"):
    return ci.TransactionLog.from_frame(LOG).as_of(until)


def order(who, day, total=1):
    return {
        "userId": who, "event": "Order Completed", "timestamp": f"{day}T10:00:00Z",
        "properties": {"total": total},
    }  # fmt: skip


def fired(engine):
    return [
        (row.customer_id, row.rule_id, str(datetime.fromtimestamp(row.due_at / 1e6, UTC).date()))
        for row in engine._state.store.actions()
        if row.customer_id != "other"
    ]


def days(first, last):
    start = date.fromisoformat(first)
    n = (date.fromisoformat(last) - start).days + 1
    return [str(start + timedelta(days=k)) for k in range(n)]


@pytest.mark.parametrize("how", ["ticks", "events of somebody else", "one tick"])
def test_days_pass_for_the_silent(how):
    with live.Engine(RULES, store=":memory:", history=history()) as engine:
        if how == "ticks":
            for day in days("2026-04-02", "2026-05-01"):
                engine.tick(day)
        elif how == "one tick":
            engine.tick("2026-05-01")
        else:
            for day in days("2026-04-02", "2026-05-01"):
                engine.ingest(order("other", day))
                engine.tick(f"{day}T12:00:00Z")
        # the 21st days after 20 and 25 March begin
        assert fired(engine) == [
            ("loyal", "silent", "2026-04-10"),
            ("quiet", "silent", "2026-04-15"),
        ]
        assert engine.explain("quiet", "silent").facts["when"][0]["true"]


def test_what_was_true_before_has_fired_before():
    with live.Engine(RULES, store=":memory:", history=history()) as engine:
        engine.ingest([order("loyal", "2026-04-02"), order("quiet", "2026-04-02", total=90)])
        assert fired(engine) == [("quiet", "often", "2026-04-02"), ("quiet", "much", "2026-04-02")]
        engine.tick("2026-04-30")  # idle was silent before; the others have come to be
        silent = sorted(row for row in fired(engine) if row[1] == "silent")
        assert silent == [("loyal", "silent", "2026-04-23"), ("quiet", "silent", "2026-04-23")]


def test_a_backtest_does_the_same():
    events = [order("other", day) for day in days("2026-04-02", "2026-05-02")]
    events.append(order("loyal", "2026-05-02"))
    report = live.run_backtest(RULES, events, history=history())
    with live.Engine(RULES, store=":memory:", history=history()) as engine:
        engine.ingest(events)
        found = [row.id for row in engine._state.store.actions()]
    assert [row.id for row in report.actions()] == found
    assert report.fires["silent"] == 2  # of the other customer none


def test_a_refresh_begins_days_too():
    with live.Engine(RULES, store=":memory:") as engine:
        engine.ingest(order("other", "2026-04-01"))
        # what is true by the refresh fires at it; nobody knew before
        engine.refresh(history("2026-04-02"))
        assert sorted(fired(engine)) == [
            ("idle", "silent", "2026-04-02"),
            ("loyal", "much", "2026-04-02"),
            ("loyal", "often", "2026-04-02"),
        ]
        engine.tick("2026-04-20")
        assert ("quiet", "silent", "2026-04-15") in fired(engine)
        assert ("loyal", "silent", "2026-04-10") in fired(engine)


def test_segments_are_left_and_entered_in_silence(tmp_path):
    customers = [f"c{k}" for k in range(60)]
    log = {
        "customer_id": [who for k, who in enumerate(customers) for _ in range(1 + k % 7)],
        "timestamp": [
            str(date(2026, 3, 31) - timedelta(days=(7 * k) % 80 + 30 * n))
            for k in range(60) for n in range(1 + k % 7)
        ],
        "amount": [10.0 + k for k in range(60) for _ in range(1 + k % 7)],
    }  # fmt: skip
    past = ci.TransactionLog.from_frame(log).as_of("2026-04-01")
    names = ci.score_rfm(past).scheme.segments
    rules = [
        rule
        for k, name in enumerate(names)
        for rule in (
            live.Rule(f"in{k}", 1, when=live.Entered(name), do=DO),
            live.Rule(f"out{k}", 1, when=live.Exited(name), do=DO),
        )
    ]
    with live.Engine(rules, store=tmp_path / "live.db", history=past) as engine:
        now = {who: engine.profile(who).segment for who in customers}
        expected = []
        for day in days("2026-04-02", "2026-05-20"):
            engine.tick(f"{day}T00:00:00Z")
            for who in customers:
                then = now[who]
                now[who] = engine.profile(who).segment
                if now[who] != then:
                    expected.append((who, f"in{names.index(now[who])}", day))
                    expected.append((who, f"out{names.index(then)}", day))
        found = fired(engine)
    assert len(expected) > 40
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Auckland"])
def test_purchases_are_counted_in_the_days_of_the_engine(zone):
    """Two orders on one day of one zone, on two of another; told by a history, and live."""
    times = ["2026-03-25T23:30:00Z", "2026-03-26T00:30:00Z", "2026-03-26T11:30:00Z"]
    log = ci.TransactionLog.from_frame({"customer_id": ["c"] * 3, "timestamp": times})
    rule = live.Rule("x", 1, when=live.Frequency() >= 9, do=DO)
    bought = [{"userId": "c", "event": "Order Completed", "timestamp": at} for at in times]
    engine = live.Engine([rule], store=":memory:", history=log.as_of("2026-04-01"), tz=zone)
    with engine as told, live.Engine([rule], store=":memory:", tz=zone) as seen:
        seen.ingest(bought)
        assert told.profile("c").frequency == seen.profile("c").frequency
