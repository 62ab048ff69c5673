"""What the outbox makes of a clock that is put back."""

from __future__ import annotations

import pytest

from customerintel import live


@pytest.mark.parametrize("answered", [True, False])
def test_a_clock_that_is_put_back_does_not_reopen_a_cap(*, answered: bool) -> None:
    cap = live.Limits(per_channel={"email": "1/7d"})
    rule = live.Rule("r", 1, when=live.On("Visit"), do=[live.Action("email")], limits=cap)
    visits = [
        {"messageId": f"m{k}", "userId": "c1", "event": "Visit", "timestamp": "2026-05-01T10:00Z"}
        for k in range(2)
    ]
    with live.Engine([rule], store=":memory:") as engine:
        engine.ingest(visits)
        (action,) = engine.outbox.lease(1, now="2026-05-03T10:00Z")
        if answered:
            engine.outbox.done(action)
        # such as the engine's own time, which follows events that are behind
        assert engine.outbox.lease(now="2026-05-02T10:00Z") == []
        assert engine.outbox.counts()["suppressed: cap"] == 1


def test_what_was_given_up_and_went_out_is_not_sent_in_the_future() -> None:
    rule = live.Rule("r", 1, when=live.On("Visit"), do=[live.Action("email")])
    visit = {"messageId": "m", "userId": "c1", "event": "Visit", "timestamp": "2026-05-01T10:00Z"}
    with live.Engine([rule], store=":memory:") as engine:
        engine.ingest([visit])
        (action,) = engine.outbox.lease(1)
        assert engine.outbox.fail(action, retry_in="6h") == "queued"
        engine.tick("2026-05-01T10:30Z")
        assert engine.outbox.done(action)
        (row,) = engine.outbox.to_frame("pandas")["sent_at"]
        assert row.isoformat() == "2026-05-01T10:30:00+00:00"
