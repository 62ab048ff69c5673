"""An engine over PostgreSQL decides, leases and erases as one over a file."""

from __future__ import annotations

import pytest
from live.engine_bed import event, finish, rows, rules, stream
from live.postgres_server import new_schema, postgres_or_skip

from customerintel import live
from customerintel.exceptions import StoreLockedError


def test_the_outbox_is_that_of_a_file():
    pytest.importorskip("psycopg")
    address, schema, events = postgres_or_skip(), new_schema(), stream(150)
    with live.Engine(rules(), store=":memory:") as engine:
        engine.ingest(events)
        whole = finish(engine)

    def opened():
        return live.Engine(rules(), store=live.PostgresStore(address, schema=schema))

    engine = opened()
    engine.ingest(events[:70])
    with pytest.raises(StoreLockedError):
        opened()
    engine._state.closed = True
    engine._state.store.close()  # as a process that is killed
    with opened() as engine:
        engine.ingest(events[70:])
        assert finish(engine) == whole
        leased = engine.outbox.lease(5)
        assert all(engine.outbox.done(one) for one in leased)
        engine.ingest(event("zebra-1", "Email Opened", 99_999))
        assert engine.erase("zebra-1") == 1
        assert "zebra-1" not in {row[3] for row in rows(engine)}
        assert engine.outbox.counts()["done"] == 5
