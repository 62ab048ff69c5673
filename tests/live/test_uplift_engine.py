"""From an engine's outbox and events to an effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import customerintel as ci
from customerintel import live
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError
from customerintel.live.event_matching import matches_values, properties_of
from customerintel.live.uplift_events import outcome_rows

START = datetime(2026, 3, 1, tzinfo=UTC)
RULE = live.Rule(
    id="hello",
    version=1,
    when=live.On("Visit"),
    do=[live.Action("email")],
    holdout=live.Holdout(0.3, salt="hello-2026"),
)


def event(who: str, name: str, hours: float, **properties):
    at = (START + timedelta(hours=hours)).isoformat()
    return {"userId": who, "event": name, "timestamp": at, "properties": properties}


def test_an_effect_is_found_in_events():
    engine = live.Engine([RULE], store=":memory:")
    engine.ingest([event(f"c{i}", "Visit", i / 100) for i in range(1_000)])
    control = {row.customer_id for row in engine.outbox._rows() if row.arm == "control"}
    rng = np.random.default_rng(1)
    bought = [
        event(f"c{i}", "Order Completed", 20 + i / 100, total=10.0)
        for i in range(1_000)
        if rng.random() < (0.2 if f"c{i}" in control else 0.5)
    ]
    effect = live.measure_uplift(engine.outbox, bought, horizon="7d", until="2026-03-31")
    only = effect["hello"]
    assert only.n_control == len(control)
    assert only.sample_ratio.share == pytest.approx(0.3)
    assert not only.sample_ratio.mismatch
    assert 0.2 < effect.conversion.low < 0.3 < effect.conversion.high < 0.4
    assert effect.value.difference == pytest.approx(10 * effect.conversion.difference)
    frame = engine.outbox.to_frame()
    again = live.measure_uplift(frame, bought, horizon="7d", until="2026-03-31", rules=[RULE])
    assert again.words == effect.words
    assert (
        live.measure_uplift(engine, bought, horizon="7d", until="2026-03-31").words == again.words
    )
    engine.close()


def test_a_merged_customer_is_one_unit_whatever_id_bought():
    engine = live.Engine([RULE], store=":memory:")
    engine.ingest([event("a", "Visit", 1), event("b", "Visit", 2)])
    engine.merge("b", into="a")
    effect = live.measure_uplift(
        engine.outbox, [event("b", "Order Completed", 3)], until="2026-04-30"
    )
    only = effect["hello"]
    assert only.n_treated + only.n_control == 1
    assert np.nansum([effect.count.treated, effect.count.control]) == 1.0
    engine.close()


def test_only_events_of_the_filter_are_outcomes():
    big = live.On("Order Completed", where=(live.P("total") >= 50) & ~(live.P("plan") == "free"))
    given = [
        event("a", "Order Completed", 1, total=50, plan="gold"),
        event("b", "Order Completed", 1, total=49, plan="gold"),
        event("c", "order_completed", 1, total="80"),
        event("d", "Order Completed", 1, total=90, plan="free"),
        event("e", "Visit", 1, total=90),
        event("f", "Order Completed", 1),
    ]
    names, _, money = outcome_rows(given, big, None)
    assert names == ["a", "c"]
    assert money.tolist() == [50.0, 80.0]
    names, _, money = outcome_rows(given, None, "tip")
    assert names == ["a", "b", "c", "d", "f"]
    assert money is None


def test_an_outcome_that_came_twice_counts_once():
    twice = [{**event("a", "Order Completed", 1), "messageId": "m"}] * 2
    assert outcome_rows(twice, None, None)[0] == ["a"]


def test_events_that_cannot_be_read_are_told():
    with pytest.warns(DataQualityWarning, match="1 events could not be read and are no outcomes"):
        outcome_rows([b"{", event("a", "Order Completed", 1)], None, None)


@pytest.mark.parametrize("op", ["gt", "ge", "lt", "le", "eq", "ne"])
def test_a_comparison_with_what_is_missing_is_false(op):
    import operator

    compare = getattr(operator, op)
    for right in (2.0, "gold") if op in ("eq", "ne") else (2.0,):
        on = live.On("Visit", where=compare(live.P("x"), right))
        (column,) = properties_of(on)
        # of a text, 1 is the text itself and 0 another one
        values = np.array([np.nan, 0.0, 1.0, 2.0, 3.0])
        expected = [
            not np.isnan(one) and compare(one, 1.0 if right == "gold" else right) for one in values
        ]
        assert matches_values(on, {column: values}, 5).tolist() == expected


def test_the_example_of_a_measured_rule_runs():
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": ["c1", "b"],
            "timestamp": ["2026-03-02", "2026-03-30"],
            "amount": [5.0, 7.0],
        }
    )
    engine = live.Engine([RULE], store=":memory:")
    engine.ingest([event(f"c{i}", "Visit", 1) for i in range(50)])
    effect = live.measure_uplift(engine.outbox, log, horizon="14d")
    assert effect["hello"].n_treated + effect["hello"].n_control == 50
    assert 0.0 < effect.conversion.treated + effect.conversion.control < 0.1
    engine.close()


def test_outcomes_are_known_up_to_the_time_of_the_engine():
    with live.Engine([RULE], store=":memory:") as engine:
        engine.ingest([event(f"c{i}", "Visit", 1) for i in range(50)])
        one = {"customer_id": ["c1"], "timestamp": ["2026-03-03"]}
        assert live.measure_uplift(engine.outbox, one)["hello"].n_incomplete == 50
        engine.tick("2026-06-01")
        assert live.measure_uplift(engine.outbox, one)["hello"].n_incomplete == 0


def test_fires_that_were_all_suppressed_are_named():
    rule = RULE.model_copy(update={"requires_consent": "email_marketing"})
    with live.Engine([rule], store=":memory:") as engine:
        with pytest.warns(DataQualityWarning, match="Nobody's consent is known"):
            engine.ingest([event(f"c{i}", "Visit", 1) for i in range(5)])
        bought = {"customer_id": ["c1"], "timestamp": ["2026-03-03"]}
        with pytest.warns(DataQualityWarning, match="Every fire of 'hello' was suppressed before"):
            effect = live.measure_uplift(engine.outbox, bought)
    assert not effect.comparisons
    assert effect.unmeasured == ("hello",)
    assert effect.words == "Nothing can be said of hello: no customer is held out."
    assert repr(effect) == "Uplift(comparisons=0, treated=0, control=0)"
    for part in effect.parts:
        assert len(effect.to_frame(part)["comparison"]) == 0
    for ask in (lambda: effect.conversion, lambda: effect["hello"]):
        with pytest.raises(InvalidArgumentError, match="There is no comparison"):
            ask()
