"""What an engine still tells when it is closed, and what becomes of rules that go."""

from __future__ import annotations

from pathlib import Path

import pytest

from customerintel import live
from customerintel.exceptions import LiveStoreError


def rule(version: int = 1, text: str = "wrong") -> live.Rule:
    hold = live.Holdout(0.5, salt="s")
    do = [live.Action("email", text=text)]
    return live.Rule("hello", version, when=live.On("Visit"), do=do, holdout=hold)


def visits(n: int, first: int = 0) -> list[dict[str, str]]:
    return [
        {"messageId": f"m{k}", "userId": f"c{k}", "event": "Visit",
         "timestamp": f"2026-05-01T10:{k % 60:02}:00Z"}
        for k in range(first, first + n)
    ]  # fmt: skip


def test_a_closed_engine_lets_its_outbox_be_read(tmp_path: Path) -> None:
    engine = live.Engine([rule()], store=tmp_path / "live.db")
    engine.ingest(visits(60))
    engine.tick("2026-06-01")
    counts, table = engine.outbox.counts(), engine.outbox.to_frame("dict")
    engine.close()
    assert engine.outbox.counts() == counts
    assert engine.outbox.to_frame("dict").keys() == table.keys()
    bought = [{"userId": "c1", "event": "Order Completed", "timestamp": "2026-05-03T10:00:00Z"}]
    effect = live.measure_uplift(engine.outbox, bought, horizon="14d")
    assert effect["hello"].n_treated + effect["hello"].n_control == 60
    # nothing holds the file afterwards
    live.Engine(None, store=tmp_path / "live.db").close()


def test_a_closed_engine_in_memory_has_nothing_left() -> None:
    engine = live.Engine([rule()], store=":memory:")
    engine.close()
    with pytest.raises(LiveStoreError, match="The engine is closed"):
        engine.outbox.counts()


def test_what_waits_for_a_removed_rule_is_stopped_for_good() -> None:
    with live.Engine([rule()], store=":memory:") as engine:
        engine.ingest(visits(20))
        (leased,) = engine.outbox.lease(1)
        n_held = engine.outbox.counts()["held_out"]
        engine.change_rules([])
        stopped = {"held_out": n_held, "suppressed: rule_removed": 20 - n_held}
        assert engine.outbox.counts() == stopped
        engine.change_rules([rule(2, "right")])
        assert engine.outbox.lease(now="2026-05-02") == []
        # an effect that is out counts all the same
        assert engine.outbox.done(leased)
        engine.ingest(visits(20, 20))
        assert {one.payload["text"] for one in engine.outbox.lease(now="2026-05-02")} == {"right"}


def test_a_newer_version_leaves_what_was_decided() -> None:
    with live.Engine([rule()], store=":memory:") as engine:
        engine.ingest(visits(20))
        before = engine.outbox.counts()
        engine.change_rules([rule(2, "right")])
        assert engine.outbox.counts() == before


def test_none_goes_on_with_the_zone_lateness_and_holdout_of_the_store(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    all_of_them = live.Holdout(0.1, salt="all")
    with live.Engine([rule()], store=path, tz="Asia/Tokyo", lateness="10m", holdout=all_of_them):
        pass
    with live.Engine(None, store=path) as engine:
        engine.ingest(visits(1))
        assert str(engine.time) == "2026-05-01 18:50:00+09:00"
        assert engine._state.fold.holdout == all_of_them
