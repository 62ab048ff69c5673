"""Results can be copied, and sent to other processes."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from customerintel import live

NAMES = ("profile", "explanation", "uplift", "comparison")
WAYS = (copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one)))


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    half = live.Holdout(0.5, salt="s")
    rule = live.Rule("r", 1, when=live.Count("A") >= 1, do=[live.Action("m")], holdout=half)
    visits = [{"userId": f"c{k}", "event": "A", "timestamp": "2026-05-01"} for k in range(40)]
    order = {"userId": "c1", "event": "Order Completed", "timestamp": "2026-05-02"}
    with live.Engine([rule], store=":memory:") as engine:
        engine.ingest(visits)
        effect = live.measure_uplift(engine, [order], until="2026-06-01")
        return {
            "profile": engine.profile("c1"),
            "explanation": engine.explain("c1", "r"),
            "uplift": effect,
            "comparison": effect["r"],
        }


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_of_a_backtest_says_the_same(way: Any) -> None:
    when = live.Drop(live.Count("A"), window="2d", by=0.5, at_least=2)
    rules = [
        live.Rule("d", 1, when=when, do=[live.Action("m")]),
        live.Rule("r", 1, when=live.On("A"), do=[live.Action("m", text="{x}")]),
    ]
    days = [1, 1, 2, 2, 3, 5, 9]
    past = [{"userId": "c", "event": "A", "timestamp": f"2026-05-0{day}"} for day in days]
    report = live.run_backtest(rules, past, outcome=live.On("A"), horizon="2d", until="2026-05-12")
    made = way(report)
    assert repr(made) == repr(report)
    assert [row.id for row in made.actions()] == [row.id for row in report.actions()]
    assert {row.rule_id for row in made.actions()} == {"d", "r"}
    for part in report.parts:
        assert made.to_frame(part).equals(report.to_frame(part))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", WAYS)
def test_a_copy_says_the_same_and_stays_closed(results: Any, name: str, way: Any) -> None:
    result = results[name]
    made = way(result)
    assert repr(made) == repr(result)
    assert vars(made).keys() == vars(result).keys()
    closed = [value for value in vars(made).values() if hasattr(value, "keys")]
    assert closed
    for mapping in closed:
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["x"] = 1
