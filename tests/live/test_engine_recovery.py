"""What a store holds is what an engine goes on with: restarts, other rules, failed writes."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest
from live.engine_bed import at, event, finish, history, rows, rules, stream

import customerintel as ci
from customerintel import live
from customerintel.exceptions import InvalidArgumentError, LiveStoreError
from customerintel.live.store import Change
from customerintel.tables import ConsentLedger

pytestmark = pytest.mark.filterwarnings("ignore:The store has rules that are not given")

MANY = 10**9


def crash(engine):
    """Leave an engine as a process that is killed leaves it: no snapshot at the end."""
    engine._state.closed = True
    engine._state.store.close()


def test_recovery_at_any_place_gives_the_same_outbox(tmp_path):
    """Snapshots at some places, a crash at others, and work that was put off."""
    events = stream(500, seed=3)
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest(events)
        whole = finish(engine)
    store = tmp_path / "live.db"
    for start in range(0, len(events), 60):
        engine = live.Engine(rules(), store=store, snapshot_every=150)
        engine.ingest(events[start : start + 40])
        engine.tick(at(-1))
        engine.ingest(events[start + 40 : start + 60])
        if start % 180 == 60:
            engine.close()
        else:
            crash(engine)
    with live.Engine(rules(), store=store) as engine:
        assert finish(engine) == whole


@pytest.mark.parametrize("place", [0, 1, 4, 7])
def test_recovery_from_any_snapshot(tmp_path, place):
    """The same records, with the snapshot before or behind them."""
    steps = [
        lambda e: e.ingest(stream(80, seed=5)),
        lambda e: e.merge("c1", into="c2"),
        lambda e: e.tick(at(900)),
        lambda e: e.consent(
            {"customer_id": "c3", "purpose": "marketing", "basis": "consent",
             "status": "granted", "timestamp": at(0)}
        ),
        lambda e: e.ingest(event("c3", "Email Opened", 2000)),
        lambda e: e.tick(at(4000)),
        lambda e: e.ingest(stream(60, seed=6)),
    ]  # fmt: skip
    with live.Engine(rules(), store=":memory:") as engine:
        for step in steps:
            step(engine)
        whole, profile = finish(engine), repr(engine.profile("c2"))
    engine = live.Engine(rules(), store=tmp_path / "live.db", snapshot_every=MANY)
    for number, step in enumerate(steps):
        if number == place:
            engine.snapshot()
        step(engine)
    if place == len(steps):
        engine.snapshot()
    crash(engine)
    with live.Engine(rules(), store=tmp_path / "live.db") as engine:
        assert finish(engine) == whole
        assert repr(engine.profile("c2")) == profile


def test_a_history_is_read_once(tmp_path):
    rule = live.Rule(
        id="lost", version=1, when=live.On("Visit"), where=live.Segment("At Risk"),
        do=[live.Action("call")],
    )  # fmt: skip
    past = history()
    scored = ci.score_rfm(past)
    lost = str(scored.customer_id[list(scored.segment).index("At Risk")])
    crash(live.Engine([rule], store=tmp_path / "a.db", history=past))
    with live.Engine([rule], store=tmp_path / "a.db") as engine:
        assert engine.profile(lost).segment == "At Risk"
        assert engine.ingest(event(lost, "Visit", 0)).decisions == 1


def test_leases_and_answers_survive(tmp_path):
    engine = live.Engine(rules(), store=tmp_path / "a.db")
    engine.ingest([event(f"c{n}", "Email Opened", n) for n in range(3)])
    first, second = engine.outbox.lease(2)
    engine.outbox.done(first)
    crash(engine)
    with live.Engine(rules(), store=tmp_path / "a.db") as engine:
        assert engine.outbox.counts() == {"done": 1, "leased": 1, "queued": 1}
        again = engine.outbox.lease(now=at(60))
        assert {one.id for one in again} >= {second.id}
        assert first.id not in {one.id for one in again}


def test_decisions_that_were_lost_come_again_under_their_ids(tmp_path):
    """Nothing but the log is trusted: rows that are gone are decided again."""
    engine = live.Engine(rules(), store=tmp_path / "a.db", snapshot_every=MANY)
    engine.ingest(stream(100, seed=8))
    before = rows(engine)
    engine._state.store._connection.execute("DELETE FROM outbox")
    crash(engine)
    with live.Engine(rules(), store=tmp_path / "a.db") as engine:
        assert rows(engine)
        assert {row[0] for row in rows(engine)} <= {row[0] for row in before}
        again = {row[0]: row for row in finish(engine)}
        assert [again[row[0]] for row in before] == before


def test_consent_that_was_given_before_is_not_taken_again(tmp_path):
    grant = {
        "customer_id": "c1", "purpose": "marketing", "basis": "consent", "status": "granted",
        "timestamp": "2026-01-01",
    }  # fmt: skip
    ledger = ConsentLedger.from_records([grant])
    crash(live.Engine(rules(), store=tmp_path / "a.db", consent=ledger))
    longer = ledger.append(grant | {"status": "withdrawn", "timestamp": "2026-04-01"})
    for given in (ledger, longer, longer):
        engine = live.Engine(rules(), store=tmp_path / "a.db", consent=given)
        kinds = [one.kind for one in engine._state.store.records()]
        assert kinds.count("consent") == (0 if given is ledger else 1)
        lines = engine._state.fold.customers.consents.state()
        assert len(lines) == (1 if given is ledger else 2)
        crash(engine)


# -- other rules ----------------------------------------------------------------------------


def views(at_least, version=1):
    return live.Rule(
        id="keen", version=version, do=[live.Action("offer")],
        when=live.Count("Product Viewed", window="7d") >= at_least,
    )  # fmt: skip


def test_counters_of_equal_expressions_go_on():
    with live.Engine([views(5)], store=":memory:") as engine:
        engine.ingest([event("c1", "Product Viewed", n) for n in range(3)])
        engine.change_rules([views(4, version=2), rules()[4]])
        assert [rule.version for rule in engine.rules] == [2, 1]
        found = engine.ingest([event("c1", "Product Viewed", 5), event("c1", "Email Opened", 6)])
        assert found.decisions == 2


@pytest.mark.parametrize("backfill", [False, True])
def test_new_counters_are_empty_or_filled_from_the_log(backfill):
    with live.Engine([rules()[4]], store=":memory:") as engine:
        engine.ingest([event("c1", "Product Viewed", n) for n in range(4)])
        engine.change_rules([rules()[4], views(5)], backfill=backfill)
        assert len(engine.outbox) == 0
        found = engine.ingest(event("c1", "Product Viewed", 5))
        assert found.decisions == (1 if backfill else 0)


@pytest.mark.filterwarnings("ignore:The store has rules")
def test_rules_that_change_at_the_start(tmp_path):
    store = tmp_path / "a.db"
    engine = live.Engine([views(5), rules()[4]], store=store, snapshot_every=MANY)
    engine.ingest([event("c1", "Product Viewed", n) for n in range(4)])
    crash(engine)
    with live.Engine([views(6, version=2)], store=store) as engine:
        assert engine.ingest([event("c1", "Product Viewed", n) for n in (5, 6)]).decisions == 1
    with live.Engine([views(6, version=2)], store=store) as engine:
        assert [rule.id for rule in engine.rules] == ["keen"]


@pytest.mark.filterwarnings("ignore:The store has rules")
def test_deadlines_of_former_rules_are_met_before_they_go(tmp_path):
    store = tmp_path / "a.db"
    engine = live.Engine(rules(), store=store, snapshot_every=MANY)
    engine.ingest(
        [event("c1", "Product Added", 0, cart_total=30), event("c2", "Visit", 45)]
    )  # fmt: skip
    crash(engine)
    with live.Engine([rules()[4]], store=store) as engine:
        assert {row[1] for row in rows(engine)} == {"cart"}
        engine.tick(at(2000))
        assert {row[1] for row in rows(engine)} == {"cart"}


def with_function(version=1, answer=True):
    def wanted(row):
        return answer

    return live.Rule(
        id="own", version=version, when=live.On("Visit"),
        where=live.Predicate(wanted) & (live.P("n") > 1), do=[live.Action("call")],
    )  # fmt: skip


def test_rules_with_functions_are_recovered_by_the_same_functions(tmp_path):
    store = tmp_path / "a.db"
    engine = live.Engine([with_function()], store=store, snapshot_every=MANY)
    engine.ingest([event("c1", "Visit", 0, n=2), event("c1", "Visit", 1, n=1)])
    crash(engine)
    with live.Engine([with_function()], store=store) as engine:
        assert len(engine.outbox) == 1
    with live.Engine([with_function(), views(1)], store=store) as engine:
        assert engine.ingest(event("c1", "Visit", 2, n=2)).decisions == 1


@pytest.mark.filterwarnings("ignore:The store has rules")
def test_rules_with_functions_can_go_when_nothing_is_left_to_decide(tmp_path):
    store = tmp_path / "a.db"
    engine = live.Engine([with_function(), views(2)], store=store, snapshot_every=MANY)
    engine.ingest([event("c1", "Visit", 0, n=2), event("c1", "Product Viewed", 0)])
    crash(engine)
    with pytest.raises(InvalidArgumentError, match="The rules 'own' changed or went"):
        live.Engine([views(2)], store=store)
    with live.Engine([with_function(), views(2)], store=store) as engine:
        while engine.tick(at(1)).pending:
            pass
    with live.Engine([views(2)], store=store) as engine:
        assert engine.ingest(event("c1", "Product Viewed", 2)).decisions == 1


@pytest.mark.filterwarnings("ignore:There is no history")
def test_scores_with_own_estimators_are_recovered(tmp_path):
    class Own:
        def predict(self, past):
            return [0.9] * past.n_customers

    def rule(estimator, version=1):
        return live.Rule(
            id="save", version=version, when=live.On("Visit"), do=[live.Action("call")],
            where=live.Score("churn", estimator) > 0.5 + version / 10,
        )  # fmt: skip

    store = tmp_path / "a.db"
    engine = live.Engine([rule(Own())], store=store, snapshot_every=MANY)
    engine.refresh(history())
    engine.ingest(event("c1", "Visit", 0))
    crash(engine)
    with live.Engine([rule(Own(), version=2)], store=store) as engine:
        assert len(engine.outbox) == 1
        assert engine.profile("c1").scores["churn"] == 0.9


# -- what lasts, what goes ------------------------------------------------------------------


def test_old_records_go_if_asked(tmp_path):
    kinds = {}
    for name, retain in (("all", None), ("some", "1d")):
        engine = live.Engine(
            rules(), store=tmp_path / f"{name}.db", snapshot_every=20, retain=retain
        )
        for day in range(6):
            engine.ingest([event("c1", "Visit", 1440 * day + n) for n in range(20)])
        kinds[name] = [one.kind for one in engine._state.store.records()]
        engine.close()
        with live.Engine(rules(), store=tmp_path / f"{name}.db", retain=retain) as engine:
            assert engine.profile("c1").counts["fewer"]
    assert len(kinds["all"]) == 7
    assert 1 <= len(kinds["some"]) <= 3


def test_snapshots_come_by_themselves(tmp_path):
    engine = live.Engine(rules(), store=tmp_path / "a.db", snapshot_every=50)
    for start in range(0, 120, 30):
        engine.ingest([event("c1", "Visit", start + n) for n in range(30)])
    seq, _ = engine._state.store.snapshot()
    # the start, then 30, 60 (a snapshot), 90, 120 events (a snapshot)
    assert seq == 5
    crash(engine)


def test_a_copy_of_the_file_is_a_store(tmp_path):
    with live.Engine(rules(), store=tmp_path / "a.db") as engine:
        engine.ingest(stream(50))
        engine.tick(at(3000))
        before = rows(engine)
    shutil.copy(tmp_path / "a.db", tmp_path / "b.db")
    with live.Engine(rules(), store=tmp_path / "b.db") as engine:
        assert rows(engine) == before


# -- writes that fail -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [LiveStoreError, KeyboardInterrupt, MemoryError])
def test_after_a_failed_write_the_engine_must_be_opened_again(tmp_path, monkeypatch, kind):
    store = tmp_path / "a.db"
    engine = live.Engine(rules(), store=store)
    engine.ingest(event("c1", "Email Opened", 0, "m1"))

    def write(change: Change) -> int:
        raise kind("the disk is full")

    monkeypatch.setattr(engine._state.store, "write", write)
    with pytest.raises(kind):
        engine.ingest(event("c1", "Email Opened", 1, "m2"))
    calls = (
        lambda: engine.ingest([]),
        lambda: engine.tick(at(5)),
        engine.outbox.lease,
        engine.outbox.counts,
        lambda: engine.merge("a", "b"),
        lambda: engine.erase("c1"),
        engine.snapshot,
        lambda: engine.profile("c1"),
        lambda: engine.time,
    )
    for call in calls:
        with pytest.raises(LiveStoreError, match="reopen the store"):
            call()
    engine.close()
    with live.Engine(rules(), store=store) as engine:
        assert len(engine.outbox) == 1
        assert engine.ingest(event("c1", "Email Opened", 1, "m2")).accepted == 1


def test_an_error_in_the_events_breaks_nothing():
    def events():
        yield event("c1", "Email Opened", 0)
        raise OSError("the file ended")

    with live.Engine(rules(), store=":memory:") as engine:
        with pytest.raises(OSError, match="the file ended"):
            engine.ingest(events())
        assert engine.ingest(event("c1", "Email Opened", 1)).accepted == 1


def test_consent_from_the_log_is_the_consent_that_was_given(tmp_path):
    """With ends, objections, integer ids, and entries of one moment."""
    entry = {"customer_id": 7, "purpose": "marketing", "basis": "consent", "status": "granted"}
    entries = [
        entry | {"timestamp": "1995-05-01T00:00:00Z", "expires_at": "2026-05-02T00:00:00Z"},
        entry | {"timestamp": at(0), "purpose": "profiling"},
        entry | {"timestamp": at(0), "purpose": "profiling", "status": "objected"},
    ]
    engine = live.Engine(rules(), store=tmp_path / "a.db", snapshot_every=MANY)
    engine.consent(entries)

    def lines(one):
        return [list(part) for part in vars(one._state.fold.customers.consents.state()).values()]

    before = lines(engine)
    crash(engine)
    with live.Engine(rules(), store=tmp_path / "a.db") as engine:
        assert lines(engine) == before
        fold = engine._state.fold
        noon, later = (int(pd.Timestamp(t).value // 1000) for t in ("2026-05-01", "2026-05-03"))
        assert fold.allows("7", "email_marketing", noon)
        assert not fold.allows("7", "email_marketing", later)
        assert not fold.allows("7", "profiling", later)
