"""Erased customers are in no file of the store any more."""

from __future__ import annotations

import pytest
from live.engine_bed import at, event, finish, history, rows, rules, stream

from customerintel import live
from customerintel.exceptions import InvalidArgumentError
from customerintel.tables import ConsentLedger

SECRET = "zebra-4711"
OTHER = "zebra-anon-9"
GRANT = {"purpose": "marketing", "basis": "consent", "status": "granted", "timestamp": at(-60)}


def files(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def filled(folder, **options):
    """Return an engine that knows the secret in every way there is."""
    ledger = ConsentLedger.from_records([GRANT | {"customer_id": who} for who in (SECRET, "c1")])
    engine = live.Engine(rules(), store=folder / "live.db", consent=ledger, **options)
    engine.ingest(stream(60))
    engine.ingest([event(OTHER, "Email Opened", 800, "x1")])
    engine.consent(GRANT | {"customer_id": SECRET, "timestamp": at(0)})
    engine.merge(OTHER, into=SECRET)
    engine.ingest(
        [
            event(SECRET, "Email Opened", 900, "x2", note=SECRET),
            {"userId": SECRET, "event": "Visit", "timestamp": "never"},
            b'{"userId": "' + SECRET.encode() + b'"',
            event(SECRET, "Product Added", 901, cart_total=30),
            {"type": "identify", "userId": SECRET, "anonymousId": "dev-1", "timestamp": at(902)},
        ]
    )  # fmt: skip
    engine.tick(at(950))
    return engine


@pytest.mark.parametrize("options", [{}, {"snapshot_every": 1}, {"snapshot_every": 30}])
def test_no_file_holds_the_erased(tmp_path, options):
    engine = filled(tmp_path, **options)
    assert SECRET in {row[3] for row in rows(engine)}
    assert SECRET.encode() in files(tmp_path)
    assert engine.rejected == 2
    assert engine.erase(SECRET) == 3
    assert SECRET.encode() not in files(tmp_path)
    assert OTHER.encode() not in files(tmp_path)
    assert SECRET.encode().hex().encode() not in files(tmp_path)
    assert engine.rejected == 0
    assert SECRET not in {row[3] for row in rows(engine)}
    engine.close()
    assert b"zebra" not in files(tmp_path)


def test_the_others_stay_as_they_are(tmp_path):
    engine = filled(tmp_path)
    before = [row for row in rows(engine) if row[3] != SECRET]
    profile = repr(engine.profile("c1"))
    engine.erase([SECRET])
    assert rows(engine) == before
    assert repr(engine.profile("c1")) == profile
    engine._state.closed = True
    engine._state.store.close()  # as a process that is killed
    with live.Engine(rules(), store=tmp_path / "live.db") as engine:
        assert rows(engine) == before
        assert repr(engine.profile("c1")) == profile


def test_nothing_fires_for_the_erased_and_a_later_event_begins_anew(tmp_path):
    engine = filled(tmp_path)
    engine.ingest(event(SECRET, "Product Added", 1000, cart_total=30))
    engine.erase(SECRET)
    finish(engine, at(1900))
    assert SECRET not in {row[3] for row in rows(engine)}
    engine.ingest(event(SECRET, "Product Viewed", 2000))
    assert engine.profile(SECRET).aliases == 0
    assert list(engine.profile(SECRET).counts["keen"].values()) == [1.0]
    engine.close()


def test_the_log_can_still_be_replayed_for_new_rules(tmp_path):
    engine = filled(tmp_path)
    engine.erase([SECRET, "c2"])
    new = live.Rule(
        id="opens", version=1, when=live.Count("Email Opened") >= 10**6, do=[live.Action("a")]
    )
    engine.change_rules([*rules(), new], backfill=True)
    expected = sum(
        1 for one in {e.get("messageId"): e for e in stream(60)}.values()
        if one.get("event") == "Email Opened" and one.get("userId") == "c1"
    )  # fmt: skip
    (found,) = engine.profile("c1").counts["opens"].values()
    assert found >= expected
    engine.close()


def test_unknown_ids_may_be_erased(tmp_path):
    with live.Engine(rules(), store=tmp_path / "live.db") as engine:
        assert engine.erase("nobody") == 1
        assert engine.erase([]) == 0
        engine.ingest([b'{"userId": "nobody"', event("c1", "Visit", 0)])
        assert engine.rejected == 1
        assert engine.erase(["nobody", "no one"]) == 2
        assert engine.rejected == 0


def test_those_of_a_history_can_be_erased(tmp_path):
    engine = live.Engine(rules(), store=tmp_path / "live.db", history=history())
    assert engine.profile("c5").frequency > 0
    assert engine.erase("c5") == 1
    with pytest.raises(InvalidArgumentError, match="No customer of this id"):
        engine.profile("c5")
    engine.close()


def test_the_same_consent_ledger_does_not_bring_the_erased_back(tmp_path):
    ledger = ConsentLedger.from_records([GRANT | {"customer_id": SECRET}])
    with live.Engine(rules(), store=tmp_path / "live.db", consent=ledger) as engine:
        engine.erase(SECRET)
    with live.Engine(rules(), store=tmp_path / "live.db", consent=ledger):
        pass
    assert SECRET.encode() not in files(tmp_path)
