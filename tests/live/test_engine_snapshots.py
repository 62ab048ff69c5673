"""Snapshots that are written bit by bit beside events: nothing hangs on when, or whether."""

from __future__ import annotations

import pytest
from live.engine_bed import at, finish, rules, stream
from live.test_engine_recovery import crash

from customerintel import live
from customerintel.live import engine_state, fold_saving
from customerintel.live.store import Change

EVENTS = stream(600, seed=11)[:600]


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(engine_state, "FEW", 0)
    monkeypatch.setattr(engine_state, "PART", 1)
    monkeypatch.setattr(fold_saving, "SMALL", 300)


@pytest.fixture(scope="module")
def whole():
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest(EVENTS)
        return finish(engine)


def opened(store, **options):
    return live.Engine(rules(), store=store, **{"snapshot_every": 40} | options)


def test_it_counts_once_it_is_whole(tmp_path, whole):
    with opened(tmp_path / "live.db") as engine:
        state, seen = engine._state, []
        for start in range(0, 600, 3):
            engine.ingest(EVENTS[start : start + 3])
            seen.append((state.store.snapshot()[0], state.coming is not None))
        numbers = sorted({number for number, _ in seen})
        assert len(numbers) > 3
        assert sum(coming for _, coming in seen) > 30
        # the snapshot stands for the moment at which it was begun, some records ago
        assert all(number < state.seq for number, _ in seen)
        assert finish(engine) == whole


@pytest.mark.parametrize("every", [3, 20])
def test_a_crash_in_the_middle(tmp_path, whole, every):
    store, n_cut = tmp_path / "live.db", 0
    for start in range(0, 600, 60):
        engine = opened(store)
        for low in range(start, start + 60, every):
            engine.ingest(EVENTS[low : low + every])
        engine.tick(at(-1))
        n_cut += engine._state.coming is not None
        crash(engine)
    assert n_cut > 2
    with opened(store) as engine:
        assert finish(engine) == whole


def test_what_is_left_over_goes_bit_by_bit(tmp_path, monkeypatch):
    store = tmp_path / "live.db"
    engine = opened(store)
    engine.ingest(EVENTS[:50])
    monkeypatch.setattr(engine_state, "PART", 3_000)
    engine.ingest(EVENTS[50:51])
    assert engine._state.coming is not None
    crash(engine)
    with opened(store) as engine:
        held = engine._state.store
        assert len({row[0] for row in held._run("SELECT generation FROM snapshot")}) == 2
        assert not held._is_tidy
        for _ in range(50):
            held.write(Change())
        assert len({row[0] for row in held._run("SELECT generation FROM snapshot")}) == 1


def test_ticks_carry_it_on(tmp_path):
    engine = opened(tmp_path / "live.db")
    engine.ingest(EVENTS[:50])
    begun = engine._state.coming_at[0]
    for _ in range(100):
        engine.tick()
        if engine._state.coming is None:
            break
    assert engine._state.store.snapshot()[0] == begun
    crash(engine)


@pytest.mark.parametrize("what", ["snapshot", "erase", "rules", "close"])
def test_a_whole_snapshot_does_away_with_it(tmp_path, what):
    store = tmp_path / "live.db"
    engine = opened(store)
    engine.ingest(EVENTS[:50])
    engine.ingest(EVENTS[50:51])
    assert engine._state.coming is not None
    if what == "snapshot":
        engine.snapshot()
    elif what == "erase":
        engine.erase("c1")
    elif what == "rules":
        engine.change_rules([*rules(), live.Rule(
            id="new", version=1, when=live.On("Visit"), do=[live.Action("x")]
        )])  # fmt: skip
    engine.close()
    with live.Engine(None, store=store) as engine:
        held = engine._state.store
        assert len({row[0] for row in held._run("SELECT generation FROM snapshot")}) == 1
        assert not list(held.records(held.snapshot()[0]))
        assert ("c1" in engine._state.fold.customers.ids.names) == (what != "erase")


def test_old_records_are_forgotten_once_it_is_whole(tmp_path, whole):
    with opened(tmp_path / "live.db", retain="1h") as engine:
        for start in range(0, 600, 3):
            engine.ingest(EVENTS[start : start + 3])
        held = engine._state.store
        first = next(held.records()).seq
        assert 1 < first <= held.snapshot()[0] + 1
        assert finish(engine) == whole


def test_they_are_forgotten_a_few_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_state, "FEW", 1000)
    engine = opened(tmp_path / "live.db", retain="1h", snapshot_every=100)
    gone, first = [], 1
    for place, one in enumerate(EVENTS):
        engine.ingest(one)
        if place % 50 == 7:
            engine.tick(engine.time)
        now = next(engine._state.store.records(), None)
        now = engine._state.seq + 1 if now is None else now.seq
        gone, first = [*gone, now - first], now
    steps = [one for one in gone if one]
    assert max(steps[1:]) <= engine_state.FORGOTTEN + 4  # with a tick, twice that of one record
    assert len(steps) > 20
    assert engine._state.forgotten == engine._state.to_forget > 300
    engine.close()
    with live.Engine(None, store=tmp_path / "live.db", retain="1h") as again:
        assert again._state.forgotten is None  # what is left goes at once with the next


def test_few_customers_are_written_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_state, "FEW", 1000)
    engine = opened(tmp_path / "live.db")
    engine.ingest(EVENTS[:50])
    assert engine._state.store.snapshot()[0] == engine._state.seq
    crash(engine)
