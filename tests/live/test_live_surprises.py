"""What surprised new users: order of tables, rules that lack a history, files given by name."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from customerintel import live
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError, SchemaError

CART = live.Rule(
    "cart", 1, when=live.Absence("Product Added", "Order Completed", "30m"), do=[live.Action("x")]
)
BOUGHT = {
    "customer_id": ["a", "a", "b", "b"],
    "timestamp": [f"2026-05-01T10:{minute:02}:00Z" for minute in (10, 20, 0, 15)],
    "event": ["Product Added", "Order Completed"] * 2,
}
LATER = "2026-05-01T12:00:00Z"


def rows(table):
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


def opened(*rules, **options):
    return live.Engine(list(rules) or [CART], ":memory:", **options)


# -- order -------------------------------------------------------------------------------------


def test_a_table_sorted_by_customer_decides_as_a_backtest():
    with opened() as engine:
        found = engine.ingest(BOUGHT)
        assert (found.accepted, found.late) == (4, 0)
        assert "late" not in repr(found) + found._repr_html_()
        assert engine.tick(LATER).fired == 0
    assert live.run_backtest([CART], BOUGHT, until=LATER).fires == {"cart": 0}


def test_single_events_count_in_their_order_and_late_ones_are_told():
    with opened() as engine:
        found = engine.ingest(rows(BOUGHT))
        assert found.late == 2
        assert repr(found).endswith("late=2)")
    with opened(lateness="1h") as engine:
        assert engine.ingest(rows(BOUGHT)).late == 0


def test_rows_that_say_when_they_came_in_are_taken_in_that_order():
    received = [f"2026-05-01T11:0{place}:00Z" for place in (3, 2, 1, 0)]
    with opened() as engine:
        assert engine.ingest(BOUGHT | {"receivedAt": received}).late == 2


# -- what is no event --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("renamed", "said"),
    [
        ({"customer_id": "CustomerID"}, "whose events they are (customer_id, userId"),
        ({"timestamp": "when"}, "when they happened (timestamp). It has 'customer_id', 'when'"),
    ],
)
def test_a_table_without_customer_or_time_is_refused(renamed, said):
    table = {renamed.get(name, name): column for name, column in BOUGHT.items()}
    with opened() as engine:
        with pytest.raises(SchemaError) as error:
            engine.ingest(table)
        assert said in str(error.value)
        assert engine.rejected == 0
        with pytest.raises(SchemaError):
            live.run_backtest([CART], table)


@pytest.mark.parametrize("given", ["events.jsonl", " may/events.CSV\n", Path("events.parquet")])
def test_a_file_given_by_name_is_refused(given):
    with opened() as engine, pytest.raises(InvalidArgumentError, match="JsonLinesSource"):
        engine.ingest(given)


@pytest.mark.parametrize("kind", [str, lambda text: text.encode()])
def test_an_array_of_json_is_many_events(kind):
    with opened() as engine:
        assert engine.ingest(kind(json.dumps(rows(BOUGHT), indent=1))).accepted == 4
        assert engine.ingest(kind("[]")).kept_aside == 0
        assert engine.ingest(kind('[{"a": 1')).kept_aside == 1


# -- rules without a history -------------------------------------------------------------------


def reading(condition, name="r"):
    return live.Rule(name, 1, when=live.On("Visit"), where=condition, do=[live.Action("x")])


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (live.Segment("At Risk"), "rule 'r' reads (segments)"),
        (live.Relationship("buddy"), "rule 'r' reads (relationships)"),
        (live.ProbabilityAlive() < 0.5, "rule 'r' reads (the probability to be alive)"),
        (live.Score("churn") > 0.5, "rule 'r' reads (scores)"),
    ],
)
def test_rules_that_lack_a_history_are_told_of(condition, said):
    for call in (opened, lambda rule: live.run_backtest([rule], [])):
        with pytest.warns(DataQualityWarning) as told:
            call(reading(condition))
        assert [said in str(one.message) for one in told] == [True]
        assert told[0].filename == __file__


def test_purchases_need_no_history():
    opened(reading((live.Monetary() > 5) & (live.Frequency() > 1))).close()


# -- handlers ----------------------------------------------------------------------------------


def test_what_a_handler_raises_is_told_by_its_class():
    def handler(action):
        raise KeyError(action.customer_id)

    with opened(reading(None)) as engine:
        engine.ingest({"userId": "secret", "event": "Visit", "timestamp": LATER})
        found = engine.outbox.deliver(handler)
        assert found.errors == {"KeyError": 1}
        assert repr(found).endswith("errors=KeyError 1)")
        assert "secret" not in found._repr_html_()


def test_an_attempt_that_is_still_at_work_is_not_made_twice():
    calls, gate = [], threading.Event()

    def handler(action):
        calls.append(action.attempt)
        gate.wait(5)

    with opened(reading(None)) as engine:
        engine.ingest({"userId": "a", "event": "Visit", "timestamp": LATER})
        assert engine.outbox.deliver(handler, timeout="30ms").hung == 1
        again = "2026-05-01T12:05:00Z"
        assert engine.outbox.deliver(handler, now=again, timeout="30ms").hung == 1
        gate.set()
        last = engine.outbox.deliver(handler, now="2026-05-01T12:10:00Z")
        assert last.done <= 1
        assert engine.outbox.counts() == {"done": 1}
    assert calls == [1]


# -- rules of a store --------------------------------------------------------------------------


def test_rules_that_are_not_given_any_more_are_told_of(tmp_path):
    store = tmp_path / "live.db"
    with live.Engine([CART], store) as engine:
        engine.ingest(rows(BOUGHT)[:1])
    with live.Engine(None, store) as engine:
        assert repr(engine.rules) == "RuleSet(cart (1))"
    with pytest.warns(DataQualityWarning, match="rules that are not given: 'cart'"):
        live.Engine([reading(None)], store).close()
