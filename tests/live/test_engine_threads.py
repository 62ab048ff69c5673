"""Threads may share an engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from live.engine_bed import at, event, finish, rows, rules

from customerintel import live


def test_many_threads_take_events_in():
    """Each customer's events come from one thread, so the outcome is that of one after another."""
    by_thread = [
        [event(f"c{thread}", "Email Opened", n, f"{thread}-{n}") for n in range(60)]
        for thread in range(8)
    ]
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest([one for events in by_thread for one in events])
        expected = {row[0] for row in finish(engine)}
    with live.Engine(rules(), store=":memory:") as engine:

        def feed(events):
            for start in range(0, 60, 5):
                engine.ingest(events[start : start + 5])
                engine.tick(at(start))
                assert "Engine(" in repr(engine)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(feed, by_thread))
        assert {row[0] for row in finish(engine)} == expected
        assert len(expected) == 480


def test_no_action_is_leased_twice():
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest([event(f"c{n}", "Email Opened", 0) for n in range(200)])

        def work(_):
            found = []
            while leased := engine.outbox.lease(7):
                found += [one.id for one in leased if engine.outbox.done(one)]
            return found

        with ThreadPoolExecutor(8) as pool:
            parts = list(pool.map(work, range(8)))
        ids = [one for part in parts for one in part]
        assert len(ids) == len(set(ids)) == 200
        assert engine.outbox.counts() == {"done": 200}


def test_events_come_in_while_a_handler_works():
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest(event("c0", "Email Opened", 0))

        def handler(action):
            with ThreadPoolExecutor(1) as pool:
                pool.submit(engine.ingest, event("c1", "Email Opened", 1)).result(10)

        assert engine.outbox.deliver(handler).done == 1
        assert len(rows(engine)) == 2
