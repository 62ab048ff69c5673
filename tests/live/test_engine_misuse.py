"""Wrong calls leave an engine as it was; ids of actions never meet; late knowledge counts."""

from __future__ import annotations

import numpy as np
import pytest
from live.engine_bed import at, event, history

from customerintel import live
from customerintel.exceptions import InvalidArgumentError, LiveStoreError
from customerintel.live.source_batch import SourceBatch

# scores without a history, and rules that go, are told of: not the point here
pytestmark = pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")


def visit_rule(**changes):
    given = {"id": "r", "version": 1, "when": live.On("Visit"), "do": [live.Action("email")]}
    return live.Rule(**given | changes)


def opened(*given, **options):
    return live.Engine(list(given) or [visit_rule()], store=":memory:", **options)


def ids(engine):
    return [row.id for row in engine._state.store.actions()]


def churn_rule():
    return visit_rule(where=live.Score("churn") > 0.5)


WRONG = "action must be an OutboxAction, as lease gave it, or its id; got "
CASES = {
    "done with a number": (lambda e: e.outbox.done(5), WRONG + "int."),
    "done with nothing": (lambda e: e.outbox.done(None), WRONG + "NoneType."),
    "fail with nothing": (lambda e: e.outbox.fail(None), WRONG + "NoneType."),
    "a handler that is a number": (
        lambda e: e.outbox.deliver(5),
        "handler must be a function that takes an action, such as send in deliver(send); got int.",
    ),
    "scores that are a list": (
        lambda e: e.refresh(history(), scores=[0.5]),
        (
            "scores must be a mapping from the names of scores to their values, such as "
            "{'churn': probabilities}; got list."
        ),
    ),
    "a score that is no number": (
        lambda e: e.refresh(history(), scores={"churn": {"c1": None}}),
        (
            "The score 'churn' must have a number for each customer, NaN where it is not known; "
            "one of the 1 is NoneType."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, message = CASES[given]
    with opened(churn_rule()) as engine:
        engine.ingest(event("c1", "Visit", 0, "m1"))
        with pytest.raises(InvalidArgumentError) as error:
            call(engine)
        assert str(error.value) == message
        assert engine.ingest(event("c1", "Visit", 1, "m2")).accepted == 1


def test_fail_takes_an_id_as_done_does():
    with opened() as engine:
        engine.ingest(event("c1", "Visit", 0))
        (action,) = engine.outbox.lease(np.int64(3))
        assert engine.outbox.fail(action.id, retry_in="1m") == "queued"
        assert engine.outbox.fail("nobody's") == ""
        (again,) = engine.outbox.lease(1, now=at(5))
        assert (again.id, again.attempt) == (action.id, 2)
        assert engine.outbox.done(again)


class TestIds:
    """Two fires never have one id."""

    def test_sources(self):
        with opened() as engine:
            for source in ("web", "shop", "we"):
                batch = SourceBatch([event("c1", "Visit", 0, "m1")], source, "0", [0])
                assert engine.ingest(batch).decisions == 1
            assert engine.ingest(event("c1", "Visit", 0, "m1")).decisions == 1
            assert len(set(ids(engine))) == 4

    def test_the_same_message_id_long_after(self):
        with opened() as engine:
            for minute in (0, 3000):
                assert engine.ingest(event("c1", "Visit", minute, "m1")).decisions == 1
            assert len(set(ids(engine))) == 2

    def test_two_deadlines_of_one_arming(self):
        bought, viewed = live.On("Order Completed"), live.On("Visit")
        when = live.Absence(viewed, bought, "30m") | live.Absence(viewed, bought, "60m")
        with opened(visit_rule(when=when)) as engine:
            engine.ingest(event("c1", "Visit", 0))
            assert engine.tick(at(120)).fired == 2
            assert len(set(ids(engine))) == 2

    @pytest.mark.parametrize("message", ["#1", "web\x1fm1", "#web\x1fm1"])
    def test_message_ids_that_look_like_other_keys(self, message):
        with opened() as engine:
            engine.ingest(event("c1", "Visit", 0, message))
            engine.ingest(event("c1", "Visit", 0))
            for source in ("web", "#web"):
                engine.ingest(SourceBatch([event("c1", "Visit", 0, "m1")], source, "0", [0]))
            assert len(set(ids(engine))) == 4

    def test_a_message_id_that_looks_like_a_deadline(self):
        viewed = live.On("Visit")
        when = viewed | live.Absence(viewed, live.On("Order Completed"), "30m")
        with opened(visit_rule(when=when)) as engine:
            engine.ingest(event("c1", "Visit", 0, "a"))
            armed = engine._state.fold.time
            engine.ingest(event("c1", "Visit", 30, f"after:{armed}"))
            assert len(set(ids(engine))) == 3


def test_unless_sees_what_is_known_whatever_the_moment_of_the_lease():
    rule = visit_rule(unless=live.On("Order Completed"))
    for later in ([], [event("c1", "Order Completed", 10.1)]):
        with opened(rule) as engine:
            engine.ingest([event("c1", "Visit", 0), event("c1", "Order Completed", 5), *later])
            assert engine.outbox.lease(5, now=at(10)) == []
            assert engine.outbox.counts() == {"suppressed: unless": 1}


class TestRulesThatWent:
    """A rule's id and version mean one body for ever."""

    def test_while_it_runs(self):
        with opened() as engine:
            engine.change_rules([])
            engine.change_rules([visit_rule()])
            engine.change_rules([])
            with pytest.raises(InvalidArgumentError, match="when changed under the same version 1"):
                engine.change_rules([visit_rule(when=live.On("Buy"))])
            engine.change_rules([visit_rule(version=2, when=live.On("Buy"))])
            engine.change_rules([])
            with pytest.raises(InvalidArgumentError, match="the version falls from 2 to 1"):
                engine.change_rules([visit_rule()])

    def test_opened_again(self, tmp_path):
        live.Engine([visit_rule()], store=tmp_path / "a.db").close()
        live.Engine([], store=tmp_path / "a.db").close()
        with pytest.raises(InvalidArgumentError, match="when changed under the same version 1"):
            live.Engine([visit_rule(when=live.On("Buy"))], store=tmp_path / "a.db")
        live.Engine([visit_rule()], store=tmp_path / "a.db").close()


@pytest.mark.parametrize("n", [1, 8192, 9000])
def test_what_a_broken_iterable_gave_before_is_stored(n):
    def broken():
        for number in range(n):
            yield event(f"c{number % 50}", "Visit", 0, f"m{number}")
        raise ConnectionResetError("of the source")

    with opened() as engine:
        with pytest.raises(ConnectionResetError, match="of the source"):
            engine.ingest(broken())
        assert len(engine.outbox) == n
        assert engine.ingest(event("c1", "Visit", 1)).accepted == 1


class TestRulesOfTheStore:
    """A store can be opened by the rules that it has."""

    def test_timers_and_actions_stay(self, tmp_path):
        cart = visit_rule(
            when=live.Absence("Product Added", "Order Completed", "30m"),
            limits=live.Limits(once_per="7d"),
        )
        with live.Engine([cart, visit_rule(id="v")], store=tmp_path / "a.db") as engine:
            engine.ingest([event("c1", "Visit", 0), event("c1", "Product Added", 0)])
        with live.Engine(None, store=tmp_path / "a.db") as engine:
            assert [rule.id for rule in engine.rules] == ["r", "v"]
            assert engine.tick(at(60)).fired == 1
            assert len(engine.outbox.lease(5)) == 2

    def test_a_new_store_has_none(self):
        with pytest.raises(InvalidArgumentError, match="this one is new"):
            live.Engine(None, store=":memory:")

    def test_functions_are_not_stored(self, tmp_path):
        rule = visit_rule(where=live.Predicate(lambda row: True, "yes"))
        live.Engine([rule], store=tmp_path / "a.db").close()
        with pytest.raises(InvalidArgumentError, match="the Python functions of the rules 'r'"):
            live.Engine(None, store=tmp_path / "a.db")


def test_scores_that_nobody_reads():
    with opened(churn_rule()) as engine:
        with pytest.raises(InvalidArgumentError) as error:
            engine.refresh(history(), scores={"chrn": {"c1": 0.5}})
        assert str(error.value) == "scores: no rule reads 'chrn'. Rules read: 'churn'."


def test_leases_are_in_order_over_all_portions(monkeypatch):
    from customerintel.live import outbox_leasing

    monkeypatch.setattr(outbox_leasing, "PORTION", 2)
    with opened(visit_rule(unless=live.On("Order Completed"))) as engine:
        events = [event(f"c{n}", "Visit", n) for n in range(9)]
        gone = [event(f"c{n}", "Order Completed", 20) for n in (0, 3, 4)]
        engine.ingest([*events, *gone])
        found = engine.outbox.lease(4)
        assert [one.customer_id for one in found] == ["c1", "c2", "c5", "c6"]


def test_an_interrupt_behind_the_commit_is_not_forgotten():
    class Broken(dict):
        def update(self, *_):
            raise KeyboardInterrupt

    engine = opened()
    engine._state.offsets = Broken()
    with pytest.raises(KeyboardInterrupt):
        engine.ingest(SourceBatch([event("c1", "Visit", 0)], "web", "0", [0]))
    with pytest.raises(LiveStoreError, match="broke off in a change"):
        engine.ingest(event("c1", "Visit", 1))
    engine.close()


def test_a_predicate_cannot_change_its_engine():
    engines = []

    def greedy(row):
        return engines[0].ingest(event("c2", "Visit", 0)).accepted == 1

    with opened(visit_rule(where=live.Predicate(greedy, "greedy"))) as engine:
        engines.append(engine)
        assert engine.ingest(event("c1", "Visit", 0)).decisions == 0
        assert "InvalidArgumentError" in repr(engine.faults)
        assert engine.ingest(event("c1", "Other", 1)).accepted == 1
