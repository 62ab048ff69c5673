"""Tables without rows: nothing happened, and nothing is wrong."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from customerintel import live


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_an_empty_table_of_events_is_nothing(kind: str) -> None:
    library = pytest.importorskip(kind, reason=f"{kind} is not installed")
    make = library.table if kind == "pyarrow" else library.DataFrame
    rule = live.Rule("r", 1, when=live.On("Visit"), do=[live.Action("mail")])
    with live.Engine([rule], store=":memory:") as engine:
        found = engine.ingest(make({"customer_id": [], "timestamp": [], "event": []}))
    assert (found.accepted, found.kept_aside, found.decisions) == (0, 0, 0)


EMPTY = {"customer_id": [], "timestamp": []}


@pytest.mark.parametrize(
    "outcomes", [[], EMPTY, pd.DataFrame(EMPTY)], ids=["list", "dict", "frame"]
)
def test_nobody_bought_yet(outcomes: Any) -> None:
    hold = live.Holdout(0.5, salt="s")
    rule = live.Rule("r", 1, when=live.On("Visit"), do=[live.Action("mail")], holdout=hold)
    visits = [
        {"userId": f"c{k}", "event": "Visit", "timestamp": "2026-05-01T10:00:00Z"}
        for k in range(40)
    ]
    with live.Engine([rule], store=":memory:") as engine:
        engine.ingest(visits)
        engine.tick("2026-07-01")
        found = live.measure_uplift(engine.outbox, outcomes, horizon="14d").conversion
    assert (found.treated, found.control) == (0.0, 0.0)
