"""What a caller gets without asking, and is told where nothing would come of it."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from churn.churn_logs import simulated

import customerintel as ci
from customerintel import live
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError

HELLO = live.Rule("hello", 1, when=live.On("Visit"), do=[live.Action("desk")])
VISIT = {"userId": "c1", "event": "Visit", "timestamp": "2026-05-01T23:30:00Z"}


# -- what a store was started with ----------------------------------------------------------


def test_a_store_goes_on_as_it_was_started(tmp_path):
    store = tmp_path / "live.db"
    held = live.Holdout(0.2, salt="all")
    live.Engine([HELLO], store=store, tz="Europe/Berlin", lateness="1h", holdout=held).close()
    with live.Engine([HELLO], store=store) as engine:
        engine.ingest(VISIT)
        assert str(engine.time) == "2026-05-02 00:30:00+02:00"
        assert engine._state.fold.holdout == held
    with pytest.raises(InvalidArgumentError, match="started with tz=Europe/Berlin, and now tz=UTC"):
        live.Engine([HELLO], store=store, tz="UTC")
    with pytest.raises(InvalidArgumentError, match="started with lateness=1h, and now lateness=0s"):
        live.Engine([HELLO], store=store, lateness="0s")


def test_a_new_store_is_in_utc():
    with live.Engine([HELLO], store=":memory:") as engine:
        engine.ingest(VISIT)
        assert str(engine.time) == "2026-05-01 23:30:00+00:00"


def test_no_file_is_made_to_ask_it_for_rules(tmp_path):
    for store in (tmp_path / "typo.db", ":memory:"):
        with pytest.raises(InvalidArgumentError, match="this one is new"):
            live.Engine(None, store=store)
    assert not list(tmp_path.iterdir())


# -- what rules name ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def history():
    return simulated().as_of("2001-06-30")


def related(*names):
    return live.Rule(
        "near", 1, live.On("Visit"), live.Relationship(*names), [live.Action("call")]
    )  # fmt: skip


def test_a_relationship_that_nobody_has_is_said(history):
    one = str(history.summarize().ids.to_numpy()[0])
    labels = {one: "a type of mine"}
    with pytest.warns(DataQualityWarning, match=r"'budy', and no type .* Did you mean 'buddy'\?"):
        engine = live.Engine([related("budy")], ":memory:", history=history, relationships=labels)
    engine.change_rules(related("zzz").model_copy(update={"version": 2}))
    with pytest.warns(DataQualityWarning, match=r"relationship 'zzz'.* Check the name"):
        engine.refresh(history)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        engine.change_rules(related("fling", "a type of mine").model_copy(update={"version": 3}))
        engine.refresh(history)
    engine.close()


def test_a_fitted_estimator_leaves_its_horizon(history, tmp_path):
    fitted = ci.churn.get("recency").fit(history, horizon="90d")
    save = live.Rule(
        "save", 1, live.On("Visit"), live.Score("churn", fitted) > 0.5, [live.Action("call")]
    )
    assert save.where.left.horizon == "90d"
    live.write_rules(tmp_path / "rules.json", [save])
    (read,) = live.read_rules(tmp_path / "rules.json")
    assert read == save
    engine = live.Engine([save], tmp_path / "live.db", history=history)
    engine.close()
    with live.Engine(None, tmp_path / "live.db") as again:
        again.refresh(history)
        who = str(history.summarize().ids.to_numpy()[0])
        expected = ci.churn.get("recency").fit(history, horizon="90d").predict(history)
        assert again.profile(who).scores["churn"] == pytest.approx(expected.probability[0])
    assert live.Score("churn", ci.churn.get("recency")).horizon is None
    assert live.Score("churn", fitted, horizon="30d").horizon == "30d"


def test_unless_may_be_a_name():
    rule = live.Rule("a", 1, live.On("Visit"), do=[live.Action("x")], unless="Order Completed")
    assert rule.unless == live.On("Order Completed")


# -- consent, outcomes, sources ---------------------------------------------------------------


def test_a_table_of_consent_is_taken():
    entry = {
        "customer_id": "c1", "purpose": "email_marketing", "basis": "consent",
        "status": "granted", "timestamp": "2026-01-01",
    }  # fmt: skip
    rule = HELLO.model_copy(update={"requires_consent": "marketing"})
    with live.Engine([rule], store=":memory:") as engine:
        assert engine.consent(pd.DataFrame([entry])) == 1
        engine.ingest(VISIT)
        assert engine.outbox.counts() == {"queued": 1}


def test_warnings_as_errors_do_not_break_an_engine():
    rule = HELLO.model_copy(update={"requires_consent": "marketing"})
    with live.Engine([rule], store=":memory:") as engine:
        with pytest.raises(DataQualityWarning, match="rules 'hello' fire"):
            engine.ingest(VISIT)
        assert engine.ingest(VISIT | {"timestamp": "2026-05-02"}).accepted == 1
        assert engine.outbox.counts() == {"suppressed: consent": 2}


def test_outcomes_that_nobody_asked_for_are_said():
    rule = HELLO.model_copy(update={"holdout": live.Holdout(0.5, salt="s")})
    came = [VISIT | {"userId": f"c{n}"} for n in range(30)]
    again = [one | {"timestamp": "2026-05-03"} for one in came]
    with live.Engine([rule], store=":memory:") as engine:
        engine.ingest(came)
        with pytest.warns(DataQualityWarning, match="None of the 30 events is a purchase"):
            assert live.measure_uplift(engine, again, until="2026-06-01").conversion.treated == 0
        effect = live.measure_uplift(engine, again, until="2026-06-01", outcome="visit").conversion
        assert (effect.treated, effect.control) == (1.0, 1.0)
        assert live.measure_uplift(engine, [], until="2026-06-01").conversion.treated == 0


def test_a_loop_tells_of_late_events(tmp_path):
    lines = [
        '{"userId": "a", "event": "Visit", "timestamp": "2026-05-02"}',
        '{"userId": "b", "event": "Visit", "timestamp": "2026-05-01"}',
    ]
    path = Path(tmp_path, "events.jsonl")
    path.write_text("\n".join(lines))
    with live.Engine([HELLO], store=":memory:") as engine:
        assert live.run(engine, live.JsonLinesSource(path)).late == 1


def test_the_timer_that_ran_out_is_no_fire():
    cart = live.Rule(
        "cart", 1, live.Absence("Visit", "Order", "30m"), live.P("n") > 20, [live.Action("x")]
    )
    with live.Engine([cart], store=":memory:") as engine:
        engine.ingest(VISIT | {"properties": {"n": 1}})
        assert engine.tick("2026-05-02").fired == 0
        shown = repr(engine.explain("c1", "cart"))
    assert "armed at, when it last ran out: 2026-05-01 23:30:00+00:00" in shown
    assert "fired" not in shown


def test_numbers_of_an_event_are_what_a_predicate_reads():
    seen = []

    def look(row):
        seen.append(dict(row.properties))
        return row.properties["n"] > 2

    rule = live.Rule(
        "a", 1, live.On("Visit"), live.Predicate(look, reads=["n", "plan"]), [live.Action("x")]
    )
    with live.Engine([rule], store=":memory:") as engine:
        assert engine.ingest(VISIT | {"properties": {"n": 3, "plan": "gold"}}).decisions == 1
    np.testing.assert_equal(seen, [{"n": 3.0, "plan": np.nan}])


CASES = {
    "a loop over the name of a file": (
        lambda: live.run(live.Engine([HELLO], store=":memory:"), "events.jsonl"),
        InvalidArgumentError,
        (
            "source must be a source of events, such as live.JsonLinesSource(path); got str. What "
            "is in memory goes into engine.ingest(events)."
        ),
    ),
    "a loop without an engine": (
        lambda: live.run(None, live.JsonLinesSource("events.jsonl")),
        InvalidArgumentError,
        "engine must be a live.Engine; got NoneType.",
    ),
    "a source without a path": (
        lambda: live.JsonLinesSource(None),
        InvalidArgumentError,
        "path must be the path of a file; got NoneType.",
    ),
    "uplift of a rule that there is not": (
        lambda: live.measure_uplift(live.Engine([HELLO], store=":memory:"), [], rules="helo"),
        InvalidArgumentError,
        "rules names 'helo', of which there is no action and no rule. Rules: 'hello'.",
    ),
    "an event as a condition, by its name": (
        lambda: live.RuleSet.from_json(
            '{"format_version": 1, "rules": [{"id": "a", "version": 1, "when": "Visit", '
            '"do": [{"channel": "x"}]}]}'
        ),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be used, for a fault:\n"
            '- rules[0].when: must be an object with "is": on, absence, sequence, drop, rise, '
            "compare, and, or, not, segment, entered, exited, relationship; got a text; an event "
            'is {"is": "on", "event": …} here.'
        ),
    ),
}


@pytest.mark.parametrize("given", list(CASES))
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
