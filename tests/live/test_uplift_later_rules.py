"""A rule that came when its customers had long been assigned to their arms."""

from __future__ import annotations

import pytest

from customerintel import live


def events(name: str, day: str) -> list[dict[str, str]]:
    return [{"userId": f"c{k}", "event": name, "timestamp": day} for k in range(200)]


@pytest.mark.parametrize("everywhere", [True, False])
def test_the_horizon_begins_with_the_first_trigger_of_what_is_measured(*, everywhere: bool) -> None:
    half = live.Holdout(0.5, salt="s")
    own, shared = (None, half) if everywhere else (half, None)
    older, newer = (
        live.Rule(name, 1, when=live.On(name), do=[live.Action("m")], holdout=own)
        for name in ("older", "newer")
    )
    with live.Engine([older], store=":memory:", holdout=shared) as engine:
        engine.ingest(events("older", "2026-01-10"))
        engine.change_rules([older, newer])
        engine.ingest(events("newer", "2026-06-10"))
        acted = {row.customer_id for row in engine.outbox._rows() if row.arm == "treated"}
        orders = {"customer_id": sorted(acted), "timestamp": ["2026-06-12"] * len(acted)}
        found = live.measure_uplift(engine, orders, until="2026-08-01", rules="newer").conversion
        both = live.measure_uplift(engine, orders, until="2026-08-01").conversion
    assert (found.treated, found.control) == (1.0, 0.0)
    # of both rules together, the first trigger was in January
    assert (both.treated, both.control) == (0.0, 0.0)
