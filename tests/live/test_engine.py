"""The engine as a whole: the documented start, ways of giving events, and what can be seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from live.engine_bed import START, at, event, finish, history, rows, rules, stream

import customerintel as ci
from customerintel import live
from customerintel.exceptions import DataQualityWarning
from customerintel.schema import Event
from customerintel.tables import ConsentLedger


class Estimator:
    """Says 0.9 for everybody."""

    def predict(self, past):
        return np.full(past.n_customers, 0.9)


def documented_rules(estimator):
    cart = live.Rule(
        id="cart-30m", version=1,
        when=live.Absence(
            after=live.On("Product Added"), of=live.On("Order Completed"), within="30m"
        ),
        where=live.Segment("At Risk") & (live.P("cart_total") > 20),
        do=[live.Action("email", template="cart")],
        limits=live.Limits(
            once_per="7d", per_channel={"email": "2/7d"}, quiet_hours=("21:00", "08:00")
        ),
        holdout=live.Holdout(0.10, salt="cart-2026"), requires_consent="marketing",
    )  # fmt: skip
    gym = live.Rule(
        id="visits-down", version=1, do=[live.Action("tips")],
        when=live.Drop(
            live.Count("Visit"), window="14d", versus="previous", by=0.5, at_least=4
        ),
    )  # fmt: skip
    save = live.Rule(
        id="save", version=1, when=live.On("Email Opened"), do=[live.Action("call")],
        where=(live.Score("churn", estimator) > 0.7) & live.Relationship("buddy"),
    )  # fmt: skip
    calm = live.Rule(
        id="dormant-60", version=1, do=[live.Action("winback")],
        when=live.Absence(
            after=live.On("Order Completed"), of=live.On("Order Completed"), within="60d"
        ),
    )  # fmt: skip
    keen = live.Rule(
        id="keen", version=1, when=live.Count("Product Viewed", window="7d") >= 25,
        limits=live.Limits(once_per="30d"), do=[live.Action("offer")],
    )  # fmt: skip
    return [cart, gym, save, calm, keen]


def test_the_documented_start(tmp_path):
    """As the issue has it, with a customer for each rule."""
    past = history()
    scored = ci.score_rfm(past)
    at_risk = [
        str(who)
        for who, name in zip(scored.customer_id, scored.segment, strict=True)
        if name == "At Risk"
    ]
    grant = {
        "purpose": "marketing", "basis": "consent", "status": "granted",
        "timestamp": "2026-01-01",
    }  # fmt: skip
    ledger = ConsentLedger.from_records([grant | {"customer_id": w} for w in at_risk])
    engine = live.Engine(
        documented_rules(Estimator()), store=tmp_path / "live.db", history=past,
        tz="Europe/Berlin", consent=ledger, relationships=dict.fromkeys(("c1", "c2"), "buddy"),
    )  # fmt: skip
    engine.refresh(past, relationships={"c1": "buddy", "c2": "pal"})
    events = [event(who, "Product Added", 60, cart_total=30) for who in at_risk]
    events += [event("nobody", "Product Added", 60, cart_total=30)]
    events += [event("c1", "Email Opened", 61), event("c2", "Email Opened", 61)]
    events += [event("c3", "Product Viewed", 62 + n) for n in range(25)]
    events += [event("c4", "Order Completed", 90, total=20)]
    assert engine.ingest(events).accepted == len(events)
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    engine.tick(now)
    sent = {}
    for action in engine.outbox.lease(100, now=now):
        sent.setdefault(action.rule_id, []).append(action.customer_id)
        engine.outbox.done(action)
    assert sent["save"] == ["c1"]
    assert sent["keen"] == ["c3"]
    held = engine.outbox.counts().get("held_out", 0)
    assert len(at_risk) >= 3
    assert len(sent["cart-30m"]) == len(at_risk) - held
    finish(engine, "2026-07-15")
    assert {one.rule_id for one in engine.outbox.lease(now="2026-07-15T12:00")} == {"dormant-60"}
    assert engine.profile("c4").frequency >= 1
    assert "cart-30m" in repr(engine.explain("c42" if "c42" in at_risk else "c4", "cart-30m"))
    engine.merge("anon-7", into="c42")
    assert engine.erase("c42") == 2
    engine.close()


# -- ways of giving events ------------------------------------------------------------------

EVENTS = [event(f"c{n % 3}", "Email Opened", n, f"m{n}", total=n) for n in range(7)]
LINES = [json.dumps(one) for one in EVENTS]
WAYS = {
    "dicts": lambda: EVENTS,
    "a generator": lambda: iter(EVENTS),
    "events": lambda: [Event.model_validate(one) for one in EVENTS],
    "texts": lambda: LINES,
    "bytes": lambda: [line.encode() for line in LINES],
    "one text": lambda: "\n".join(LINES),
    "one bytes object": lambda: "\n".join(LINES).encode() + b"\n",
    "a frame": lambda: pd.DataFrame(EVENTS),
    "an Arrow table": lambda: pa.Table.from_pylist(EVENTS),
    "a lazy frame": lambda: pl.DataFrame(EVENTS).lazy(),
    "columns": lambda: {name: np.array([e[name] for e in EVENTS], object) for name in EVENTS[0]},
    "a batch": lambda: live.SourceBatch(EVENTS, "topic", "0", list(range(7))),
}


@pytest.mark.parametrize("way", WAYS)
def test_ways_of_giving_events(way):
    with live.Engine(rules(), store=":memory:") as engine:
        found = engine.ingest(WAYS[way]())
        assert (found.accepted, found.decisions) == (7, 7)
        assert [row[3] for row in rows(engine)] == [one["userId"] for one in EVENTS]


def test_a_single_event_may_be_given_alone():
    with live.Engine(rules(), store=":memory:") as engine:
        assert engine.ingest(EVENTS[0]).accepted == 1
        assert engine.ingest(Event.model_validate(EVENTS[1])).accepted == 1
        assert engine.ingest([]).accepted == 0


def test_duplicates_and_what_cannot_be_read():
    with live.Engine(rules(), store=":memory:") as engine:
        found = engine.ingest([EVENTS[0], EVENTS[0], b"{", {"event": "Visit"}, 5])
        assert (found.accepted, found.duplicates, found.kept_aside) == (1, 1, 3)
        assert repr(found) == (
            "Ingested(accepted=1, duplicates=1, kept_aside=3, decisions=1, pending=0)"
        )
        assert "<th>kept_aside</th><td>3</td>" in found._repr_html_()
        aside = list(engine.kept_aside())
        assert [one.position for one in aside] == [2, 3, 4]
        assert aside[0].raw == b"{"
        assert all(one.reason for one in aside)
        assert engine.rejected == 3


def test_positions_count_over_all_portions():
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest([*[event("c", "Visit", n) for n in range(4_100)], b"{"])
        assert [one.position for one in engine.kept_aside()] == [4_100]


def test_received_says_when_nothing_is_later():
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest(event("c1", "Email Opened", 600), received=at(10))
        (row,) = rows(engine)
        assert row[6].startswith("2026-05-01T08:10")


# -- offsets --------------------------------------------------------------------------------


def test_offsets_below_the_stored_one_are_dropped(tmp_path):
    plain = [event("c1", "Email Opened", n) for n in range(6)]
    with live.Engine(rules(), store=tmp_path / "a.db") as engine:
        engine.ingest(live.SourceBatch(plain[:4], "topic", "0", [10, 11, 12, 15]))
        assert dict(engine.offsets) == {("topic", "0"): 16}
    with live.Engine(rules(), store=tmp_path / "a.db") as engine:
        found = engine.ingest(live.SourceBatch(plain, "topic", "0", [10, 11, 12, 15, 16, 17]))
        assert (found.accepted, found.duplicates) == (2, 4)
        other = engine.ingest(live.SourceBatch(plain[:1], "topic", "1", [3]))
        assert other.accepted == 1
        assert dict(engine.offsets) == {("topic", "0"): 18, ("topic", "1"): 4}


def test_a_batch_of_bad_events_moves_its_offset_on():
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest(live.SourceBatch([b"{", b"["], "topic", "0", [5, 9]))
        assert dict(engine.offsets) == {("topic", "0"): 10}
        assert [(one.source, one.position) for one in engine.kept_aside()] == [
            ("topic", 5), ("topic", 9),
        ]  # fmt: skip


def test_offsets_over_many_portions():
    events = [event("c1", "Visit", n / 60) for n in range(10_000)]
    with live.Engine(rules(), store=":memory:") as engine:
        found = engine.ingest(live.SourceBatch(events, "t", "0", range(10_000)))
        assert found.accepted == 10_000
        again = engine.ingest(live.SourceBatch(events, "t", "0", range(5_000, 15_000)))
        assert (again.accepted, again.duplicates) == (5_000, 5_000)


# -- time -----------------------------------------------------------------------------------


def test_time_is_that_of_events_and_ticks():
    with live.Engine(rules(), store=":memory:", tz="Europe/Berlin") as engine:
        assert engine.time is None
        assert engine.tick().fired == 0
        assert engine.time is None
        engine.ingest(event("c1", "Visit", 0))
        assert engine.time == datetime(2026, 5, 1, 8, tzinfo=UTC)
        assert engine.time.isoformat() == "2026-05-01T10:00:00+02:00"
        engine.tick("2026-05-01T07:00:00Z")
        assert engine.time.isoformat() == "2026-05-01T10:00:00+02:00"
        engine.tick(datetime(2026, 5, 1, 12))
        assert engine.time.isoformat() == "2026-05-01T12:00:00+02:00"
        engine.tick("2026-05-02")
        assert engine.time.isoformat() == "2026-05-02T23:59:59.999999+02:00"
        engine.tick(datetime(2026, 5, 3, tzinfo=timezone(timedelta(hours=2))))
        assert engine.time.isoformat() == "2026-05-03T00:00:00+02:00"
        engine.tick("2026-05-04T00:00")
        engine.tick(np.datetime64("2026-05-04T12:00:00.000001"))
        assert engine.time.isoformat() == "2026-05-04T12:00:00.000001+02:00"


def test_lateness_holds_the_time_back():
    with live.Engine(rules(), store=":memory:", lateness="10m") as engine:
        engine.ingest(event("c1", "Visit", 60))
        assert engine.time == datetime(2026, 5, 1, 8, 50, tzinfo=UTC)


def test_one_tick_does_a_bounded_amount(monkeypatch):
    from customerintel.live import engine_structure

    monkeypatch.setattr(engine_structure, "TICK_PORTION", 64)
    events = [event(f"c{n}", "Product Added", 0, cart_total=30) for n in range(3_000)]
    with live.Engine([rules()[0]], store=":memory:") as engine:
        engine.ingest(events)
        written = []
        write = engine._state.store.write
        monkeypatch.setattr(
            engine._state.store, "write", lambda change: written.append(change) or write(change)
        )
        first = engine.tick(at(30), most=1_024)
        assert 0 < first.fired <= 1_100
        assert first.pending >= 3_000 - first.fired
        assert repr(first) == f"Ticked(fired={first.fired:,}, pending={first.pending:,})"
        assert len(written) == 16
        last = engine.tick(most=1)
        assert last.fired == 1
        fired = first.fired + last.fired
        while engine.pending:
            fired += engine.tick().fired
        assert fired == 3_000
        assert len(engine.outbox) == 6_000


# -- what can be seen -----------------------------------------------------------------------


def test_repr_shows_counts():
    engine = live.Engine(rules(), store=":memory:")
    assert repr(engine) == "Engine(rules=5, customers=0, events=0)"
    engine.ingest(EVENTS)
    assert repr(engine) == (
        "Engine(rules=5, customers=3, events=7, time=2026-05-01T08:06:00+00:00)"
    )
    assert "<th>customers</th><td>3</td>" in engine._repr_html_()
    engine.close()
    engine.close()
    assert "closed=True" in repr(engine)
    assert repr(engine.outbox) == "Outbox(closed=True)"
    assert "<th>closed</th><td>True</td>" in engine.outbox._repr_html_()


def test_profile():
    with live.Engine(rules(), store=":memory:", tz="Europe/Berlin") as engine:
        engine.ingest(
            [
                event("secret-1", "Product Viewed", 0), event("secret-1", "Product Viewed", 5),
                event("secret-1", "Order Completed", 6, total=12.5),
                event("secret-1", "Visit", 6 + 1440),
            ]
        )  # fmt: skip
        engine.merge("anon-7", into="secret-1")
        found = engine.profile("anon-7")
        assert (found.frequency, found.monetary) == (1, 12.5)
        assert found.last_purchase.isoformat() == "2026-05-01T10:06:00+02:00"
        assert found.time_since_last == 1.0
        assert found.aliases == 1
        assert found.segment is None
        (name,) = found.counts["keen"]
        assert "Product Viewed" in name
        assert "secret" not in repr(found) + found._repr_html_()
        assert "frequency: 1" in repr(found)


def test_explain():
    with live.Engine(rules(), store=":memory:", tz="Europe/Berlin") as engine:
        engine.ingest([event("secret-1", "Product Viewed", n) for n in range(3)])
        engine.ingest(event("secret-1", "Product Added", 5, cart_total=30))
        found = engine.explain("secret-1", "keen")
        assert (found.rule_id, found.version, found.time) == ("keen", 1, engine.time)
        assert repr(found) == (
            "Rule 'keen', version 1\n"
            "  when: Count(On('Product Viewed'), window='1d') >= 3: true (now 3)\n"
            "  last fired: 2026-05-01 10:02:00+02:00\n"
            "  day that ends next: 2026-05-01\n"
            "  offer, due 2026-05-01 10:02:00+02:00: queued"
        )
        armed = engine.explain("secret-1", "cart")
        assert armed.facts["timers"][0]["deadline"].isoformat() == "2026-05-01T10:35:00+02:00"
        assert "where: P('cart_total') > 20: known when it happens" in repr(armed)
        assert "<td>2026-05-01 10:35:00+02:00</td>" in armed._repr_html_()
        assert found.facts["n_actions"] == 1
        for day in range(2, 6):
            engine.ingest([event("secret-1", "Product Viewed", n + day * 1440) for n in range(3)])
        again = engine.explain("secret-1", "keen")
        assert again.facts["n_actions"] == 5
        assert [one["due_at"] for one in again.facts["actions"]] == sorted(
            row.due_at for row in engine.outbox.lease(9) if row.rule_id == "keen"
        )[-3:]
        assert repr(again).endswith("\n  actions: 5 in all, the latest 3 shown")
        for shown in (found, armed, again):
            assert "secret" not in repr(shown) + shown._repr_html_()


def test_integer_ids_are_their_digits():
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest(event("7", "Order Completed", 0, total=5))
        assert engine.profile(7).monetary == 5
        engine.merge(8, into=7)
        assert engine.profile(np.int64(8)).monetary == 5
        assert engine.erase([7]) == 2


# -- refresh, faults ------------------------------------------------------------------------


def test_refresh_lets_rules_on_scores_fire():
    score = live.Rule(
        id="save", version=1, when=live.Score("churn") > 0.7, do=[live.Action("call")]
    )
    past = history()
    with live.Engine([score], store=":memory:", history=past) as engine:
        assert engine.refresh(past, scores={"churn": {"c1": 0.9, "c2": 0.5}}) == 1
        assert [row[3] for row in rows(engine)] == ["c1"]
        assert engine.profile("c1").scores["churn"] == 0.9
        assert engine.refresh(past, scores={"churn": {"c1": 0.9, "c2": 0.8}}) == 1
        assert sorted(row[3] for row in rows(engine)) == ["c1", "c2"]


def test_a_predicate_that_raises_is_reported(caplog):
    def rich(row):
        return row.monetary > 10 / row.frequency

    rule = live.Rule(
        id="rich", version=1, when=live.On("Visit"), where=live.Predicate(rich),
        do=[live.Action("call")],
    )  # fmt: skip
    with live.Engine([rule], store=":memory:") as engine:
        engine.ingest([event("secret-1", "Visit", 0)])
        (fault,) = engine.faults
        expected = ("rich", "rich", "ZeroDivisionError")
        assert (fault.rule_id, fault.predicate, fault.error) == expected
        assert "secret" not in caplog.text
        assert "rich" in caplog.text
        engine.ingest([event("c1", "Order Completed", 1, total=99), event("c1", "Visit", 2)])
        assert len(engine.faults) == 1
        assert [row[3] for row in rows(engine)] == ["c1"]


# -- consent and merges in the outbox -------------------------------------------------------


def test_consent_is_asked_at_firing_and_at_dispatch():
    rule = live.Rule(
        id="ad", version=1, when=live.On("Visit"), do=[live.Action("email")],
        requires_consent="marketing",
    )  # fmt: skip
    grant = {
        "customer_id": "c1", "purpose": "marketing", "basis": "consent", "status": "granted",
        "timestamp": at(-60),
    }  # fmt: skip
    with live.Engine([rule], store=":memory:") as engine:
        with pytest.warns(DataQualityWarning, match="Nobody's consent is known, so all that the r"):
            engine.ingest(event("c1", "Visit", 0))
        engine.ingest(event("c2", "Visit", 0))  # said once
        assert engine.consent(grant) == 1
        assert engine.consent([]) == 0
        engine.ingest([event("c1", "Visit", 1), event("c1", "Visit", 2)])
        assert engine.outbox.counts() == {"queued": 2, "suppressed: consent": 2}
        (first,) = engine.outbox.lease(1)
        assert engine.outbox.done(first)
        engine.ingest(event("c1", "Unsubscribed", 3))
        assert engine.outbox.lease() == []
        assert engine.outbox.counts() == {"done": 1, "suppressed: consent": 3}


def test_unless_is_asked_at_dispatch():
    rule = live.Rule(
        id="nudge", version=1, when=live.On("Product Added"), do=[live.Action("email")],
        unless=live.On("Order Completed"),
    )  # fmt: skip
    with live.Engine([rule], store=":memory:") as engine:
        engine.ingest([event(who, "Product Added", 0) for who in ("c1", "c2")])
        engine.ingest(event("c1", "Order Completed", 1))
        assert [one.customer_id for one in engine.outbox.lease(now=at(5))] == ["c2"]
        assert engine.outbox.counts() == {"leased": 1, "suppressed: unless": 1}


def test_actions_go_along_with_a_merge():
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest([event("anon", "Email Opened", n) for n in range(2)])
        before = [row[0] for row in rows(engine)]
        (one,) = engine.outbox.lease(1)
        engine.merge("anon", into="c1")
        assert {row[3] for row in rows(engine)} == {"c1"}
        assert [row[0] for row in rows(engine)] == before
        assert engine.outbox.done(one)
        engine.ingest(event("anon", "Email Opened", 5))
        assert {row[3] for row in rows(engine)} == {"c1"}


def test_a_cap_counts_for_the_person():
    capped = live.Rule(
        id="mail", version=1, when=live.On("Visit"), do=[live.Action("email")],
        limits=live.Limits(per_channel={"email": "1/1d"}),
    )  # fmt: skip
    with live.Engine([capped], store=":memory:") as engine:
        engine.ingest(event("anon", "Visit", 0))
        engine.outbox.done(engine.outbox.lease()[0])
        engine.merge("anon", into="c1")
        engine.ingest(event("c1", "Visit", 10))
        assert engine.outbox.lease() == []
        assert engine.outbox.counts() == {"done": 1, "suppressed: cap": 1}


def test_the_ids_of_actions_are_as_documented():
    from hashlib import blake2b

    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest([event("c1", "Email Opened", 0, "m-1"), event("c1", "Email Opened", 1)])
        start = int(START.timestamp()) * 1_000_000
        times = [("m-1", str(start)), ("#1", str(start + 60_000_000))]
        text = ["\x1f".join(("opened", "1", "c1", *one, "0")) for one in times]
        expected = [blake2b(one.encode(), digest_size=16).hexdigest() for one in text]
        assert [row[0] for row in rows(engine)] == expected


@pytest.mark.parametrize("size", [1, 7, 64, 4096, None])
def test_batches_of_any_size_give_one_outbox(size, whole_outbox):
    events = stream()
    with live.Engine(rules(), store=":memory:") as engine:
        for start in range(0, len(events), size or len(events)):
            engine.ingest(events[start : start + (size or len(events))])
        assert finish(engine) == whole_outbox


@pytest.fixture(scope="module")
def whole_outbox():
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest(stream())
        found = finish(engine)
    states = {row[8] for row in found}
    assert {row[1] for row in found} == {rule.id for rule in rules()}
    assert states == {"queued", "suppressed", "held_out"}
    return found
