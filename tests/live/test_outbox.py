"""Leases, answers, deliveries and what the outbox shows, over a real store."""

from __future__ import annotations

import json
import sys
import threading
from datetime import UTC, datetime, timedelta

import narwhals as nw
import pytest

from customerintel import live
from customerintel.exceptions import InvalidArgumentError, MissingDependencyError
from customerintel.live.engine_state import EngineState
from customerintel.live.outbox import Outbox
from customerintel.live.outbox_leasing import back_off
from customerintel.live.sqlite_store import SQLiteStore
from customerintel.live.store import Change, StoredAction

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECOND = 1_000_000
MINUTE = 60 * SECOND


def us(at):
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


class Fold:
    """Knows who allows what and who has done what, and nothing else."""

    def __init__(self, time):
        self.time = time
        self.refused, self.seen, self.faults = set(), set(), []

    def allows(self, customer_id, purpose, at):
        return customer_id not in self.refused

    def seen_since(self, customer_id, on, after, until):
        return customer_id in self.seen


def rule(**changes):
    given = {"id": "r", "version": 1, "when": live.On("Visit"), "do": [live.Action("email")]}
    return live.Rule(**given | changes)


def row(name, due_at=NOON, **changes):
    given = {
        "id": name, "rule_id": "r", "rule_version": 1, "customer_id": "c1", "position": 0,
        "channel": "email", "due_at": us(due_at), "not_before": us(due_at), "state": "queued",
    }  # fmt: skip
    return StoredAction(**given | changes)


def outbox(*rows, rules=None, time=NOON, zone="UTC"):
    store = SQLiteStore(":memory:")
    store.write(Change(actions=list(rows)))
    return Outbox(
        EngineState(
            store=store, fold=Fold(us(time)), rules=rules or [rule()],
            zone_name=zone, zone=UTC, salt=b"salt", snapshot_every=1, retain=None,
        )
    )  # fmt: skip


def later(seconds):
    return NOON + timedelta(seconds=seconds)


def states(box):
    return {one.id: (one.state, one.reason) for one in box._rows()}


def test_leases_come_in_order_and_only_once():
    box = outbox(row("b", later(1)), row("c"), row("a"), row("d", later(90)))
    first = box.lease(2, now=later(5))
    assert [one.id for one in first] == ["a", "c"]
    assert [one.id for one in box.lease(9, now=later(5))] == ["b"]
    assert box.lease(9, now=later(5)) == []
    assert [one.attempt for one in first] == [1, 1]


def test_what_an_action_says():
    payload = json.dumps({"values": {"cart_total": 30.5}, "template": "cart"})
    (found,) = outbox(row("a", payload=payload)).lease()
    assert found.id == "a"
    assert (found.rule_id, found.rule_version, found.customer_id) == ("r", 1, "c1")
    assert found.channel == "email"
    assert found.due_at == NOON
    assert found.due_at.tzinfo is UTC
    assert found.payload == {
        "rule": "r",
        "due_at": "2026-05-04T12:00:00+00:00",
        "values": {"cart_total": 30.5},
        "template": "cart",
    }
    assert json.loads(json.dumps(found.payload)) == found.payload  # senders want JSON


def test_an_action_shows_nobody():
    (found,) = outbox(row("a", customer_id="secret-1")).lease()
    shown = repr(found) + found._repr_html_()
    assert "secret-1" not in shown
    assert repr(found) == (
        "OutboxAction(id=a, rule=r, version=1, channel=email, due_at=2026-05-04T12:00:00+00:00, "
        "attempt=1)"
    )


def test_own_values_go_before_the_facts():
    (found,) = outbox(row("a", payload='{"values":{},"rule":"mine"}')).lease()
    assert found.payload["rule"] == "mine"


def test_without_now_the_time_is_the_engines():
    box = outbox(row("a"), row("b", later(1)))
    assert [one.id for one in box.lease()] == ["a"]
    assert box.lease() == []


def test_an_engine_that_has_seen_nothing_leases_nothing():
    box = outbox(row("a"))
    box._state.fold.time = -(2**62)
    assert box.lease() == []
    assert len(box.lease(now=NOON)) == 1


def test_a_lease_that_runs_out_comes_again_under_the_same_id():
    box = outbox(row("a"))
    box.lease(now=NOON, for_="60s")
    assert box.lease(now=later(59.999999)) == []
    (again,) = box.lease(now=later(60))
    assert (again.id, again.attempt) == ("a", 2)


def test_done():
    box = outbox(row("a"), row("b"))
    first, second = box.lease()
    assert box.done(first)
    assert not box.done(first)
    assert box.done(second.id)
    assert not box.done("never heard of")
    assert box.lease(now=later(10**6)) == []
    assert box.counts() == {"done": 2}


def test_what_was_not_leased_is_not_done():
    box = outbox(row("a"))
    assert not box.done("a")
    assert box.counts() == {"queued": 1}


def test_done_counts_even_after_the_lease():
    box = outbox(row("a"), rules=[rule(limits=live.Limits(expires="2m"))])
    (late,) = box.lease(now=NOON)
    assert box.lease(now=later(600)) == []
    assert states(box) == {"a": ("suppressed", "expired")}
    assert box.done(late)
    assert states(box) == {"a": ("done", "")}
    assert box.to_frame()["sent_at"][0] == later(600)


def test_fail_waits_longer_each_time():
    waits, box = [], outbox(row("a"), rules=[rule(limits=live.Limits(max_attempts=4))])
    now = NOON
    for _ in range(3):
        (one,) = box.lease(now=now)
        assert box.fail(one) == "queued"
        ready = box._state.store.action("a").not_before
        waits.append((ready - us(now)) // MINUTE)
        assert box.lease(now=now) == []
        now += timedelta(microseconds=ready - us(now))
    assert waits == [1, 2, 4]
    (last,) = box.lease(now=now)
    assert box.fail(last) == "failed"
    assert states(box) == {"a": ("failed", "error")}
    assert box.lease(now=later(10**7)) == []


def test_back_off_ends_at_six_hours():
    assert [back_off(n) // MINUTE for n in (1, 2, 9, 10, 99)] == [1, 2, 256, 360, 360]


def test_fail_with_an_own_wait():
    box = outbox(row("a"))
    (one,) = box.lease(now=NOON)
    assert box.fail(one, retry_in="3s") == "queued"
    assert box.lease(now=later(2)) == []
    assert len(box.lease(now=later(3))) == 1


def test_a_failure_that_comes_too_late_changes_nothing():
    box = outbox(row("a"))
    (first,) = box.lease(now=NOON)
    (second,) = box.lease(now=later(60))
    assert box.fail(first) == "leased"
    assert states(box) == {"a": ("leased", "")}
    assert box.done(second)
    assert box.fail(second) == "done"


def test_leases_that_nobody_answers_end_as_failed():
    box = outbox(row("a"), rules=[rule(limits=live.Limits(max_attempts=2))])
    for place in range(2):
        assert len(box.lease(now=later(60 * place))) == 1
    assert box.lease(now=later(600)) == []
    assert states(box) == {"a": ("failed", "attempts")}


def test_caps_count_what_this_lease_sends_too():
    cap = live.Limits(per_channel={"email": "2/1h"})
    rows = [row(f"a{n}") for n in range(4)] + [row("other", customer_id="c2")]
    box = outbox(*rows, row("tips", channel="tips"), rules=[rule(limits=cap)])
    assert [one.id for one in box.lease()] == ["a0", "a1", "other", "tips"]
    assert box.counts() == {"leased": 4, "suppressed: cap": 2}


def test_a_cap_has_a_window_that_is_open_at_its_start():
    cap = live.Limits(per_channel={"email": "1/1h"})
    rows = row("a"), row("b", later(3599)), row("c", later(3600))
    box = outbox(*rows, rules=[rule(limits=cap)])
    (first,) = box.lease(now=NOON)
    box.done(first)
    assert box.lease(now=later(3599)) == []
    assert [one.id for one in box.lease(now=later(3600))] == ["c"]
    assert states(box)["b"] == ("suppressed", "cap")


def test_an_attempt_does_not_use_up_its_own_cap():
    cap = live.Limits(per_channel={"email": "1/1h"})
    box = outbox(row("a"), rules=[rule(limits=cap)])
    box.lease(now=NOON)
    assert [one.attempt for one in box.lease(now=later(60))] == [2]
    box = outbox(row("a"), rules=[rule(limits=cap)])
    box.fail(box.lease(now=NOON)[0], retry_in="1s")
    assert [one.attempt for one in box.lease(now=later(60))] == [2]


def test_reasons_are_kept():
    gone = row("gone", rule_id="former")
    no, did, old = row("no", customer_id="no"), row("did", customer_id="did"), row("old")
    old.due_at -= 10 * 86_400 * SECOND
    limits = live.Limits(expires="1d")
    careful = rule(requires_consent="marketing", unless=live.On("Order Completed"), limits=limits)
    box = outbox(gone, no, did, old, row("ok"), rules=[careful])
    box._state.fold.refused = {"no"}
    box._state.fold.seen = {"did"}
    assert [one.id for one in box.lease()] == ["ok"]
    assert box.counts() == {
        "leased": 1,
        "suppressed: consent": 1,
        "suppressed: expired": 1,
        "suppressed: rule_removed": 1,
        "suppressed: unless": 1,
    }


def test_quiet_hours_put_off():
    quiet = rule(limits=live.Limits(quiet_hours=("11:00", "13:00")))
    box = outbox(row("a"), rules=[quiet])
    assert box.lease(now=NOON) == []
    assert states(box) == {"a": ("queued", "")}
    assert box.lease(now=later(3599)) == []
    assert len(box.lease(now=later(3600))) == 1


def test_many_that_are_refused_do_not_hide_those_behind():
    rows = [row(f"a{n:05}", customer_id="no") for n in range(5_000)]
    careful = rule(requires_consent="marketing")
    box = outbox(*rows, row("z"), rules=[careful])
    box._state.fold.refused = {"no"}
    assert [one.id for one in box.lease(3)] == ["z"]
    assert box.counts() == {"leased": 1, "suppressed: consent": 5_000}


# -- deliveries -----------------------------------------------------------------------------


def test_deliver():
    box, seen = outbox(row("a"), row("b"), row("c")), []

    def handler(action):
        seen.append(action.id)
        if action.id == "b":
            raise ValueError("c1 has no address")

    found = box.deliver(handler)
    assert seen == ["a", "b", "c"]
    assert repr(found) == "Delivered(done=2, retried=1, failed=0, hung=0, errors=ValueError 1)"
    assert "<th>retried</th><td>1</td>" in found._repr_html_()
    assert box.counts() == {"done": 2, "queued": 1}


def test_a_handler_that_always_raises_ends_as_failed(caplog):
    box = outbox(row("a"), rules=[rule(limits=live.Limits(max_attempts=2))])

    def handler(action):
        raise ValueError("c1 has no address")

    assert box.deliver(handler, now=NOON).retried == 1
    assert box.deliver(handler, now=NOON).retried == 0
    assert box.deliver(handler, now=later(60)).failed == 1
    assert states(box) == {"a": ("failed", "ValueError")}
    told = caplog.messages
    assert told == ["The handler raised ValueError for an action of rule 'r'."] * 2


def test_a_handler_that_hangs_does_not_hold_up_the_others():
    box, release, seen = outbox(row("a"), row("b")), threading.Event(), []

    def handler(action):
        if action.id == "a":
            release.wait(20)
        seen.append(action.id)

    found = box.deliver(handler, timeout="50ms", now=NOON)
    assert (found.done, found.hung) == (1, 1)
    assert seen == ["b"]
    assert states(box) == {"a": ("leased", ""), "b": ("done", "")}
    release.set()
    (again,) = box.lease(now=later(60))
    assert (again.id, again.attempt) == ("a", 2)


def test_a_late_answer_is_not_taken_for_that_of_the_next():
    box, seen = outbox(row("a"), row("b")), []
    first_over = threading.Event()

    def handler(action):
        if action.id == "a":
            seen.append("a begins")
            first_over.wait(20)
            raise ValueError
        first_over.set()
        seen.append("b")

    found = box.deliver(handler, timeout="100ms", now=NOON)
    assert (found.done, found.hung, found.retried) == (1, 1, 0)


def test_an_interrupt_in_a_handler_goes_through():
    box = outbox(row("a"), row("b"))

    def handler(action):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        box.deliver(handler)
    assert box.counts() == {"leased": 2}


def test_a_handler_may_use_the_outbox():
    box = outbox(row("a"))
    assert box.deliver(box.done).done == 1
    assert box.counts() == {"done": 1}


# -- what is shown --------------------------------------------------------------------------


def held_row():
    return row("h", state="held_out", arm="control", unit_at=us(NOON), frequency=3.0)


KINDS = {
    "pandas": "pandas", "polars": "polars", "polars-lazy": "polars", "pyarrow": "pyarrow",
    "dask": "dask", "duckdb": "duckdb", "ibis": "ibis", "dict": "builtins",
}  # fmt: skip


def test_to_frame():
    box = outbox(row("b", later(1)), row("a"), held_row())
    frame = box.to_frame()
    assert list(frame["id"]) == ["a", "h", "b"]
    assert list(frame["state"]) == ["queued", "held_out", "queued"]
    assert frame["due_at"][0] == NOON
    assert frame["sent_at"].isna().all()
    assert frame["frequency"].tolist()[1] == 3.0
    assert frame["rule_version"].dtype == "int64"
    for kind, library in KINDS.items():
        table = box.to_frame(kind)
        assert type(table).__module__.lstrip("_").partition(".")[0] == library
        if kind in ("pyarrow", "polars-lazy", "ibis"):
            table = nw.from_native(table).collect_schema()
        assert list(getattr(table, "columns", table)) == list(frame.columns)
    assert outbox().to_frame().empty


def test_a_kind_that_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "customerintel\[polars\]"'):
        outbox().to_frame("polars-lazy")


def test_repr_and_len():
    box = outbox(row("a"), row("s", state="suppressed", reason="cooldown"), held_row())
    assert repr(box) == "Outbox(held_out=1, queued=1, suppressed=1)"
    assert "<th>suppressed: cooldown</th><td>1</td>" in box._repr_html_()
    assert len(box) == 3
    assert repr(outbox()) == "Outbox()"


def test_events():
    rows = [
        row("a"), row("b"), row("c", later(30)), held_row(),
        row("s", state="suppressed", reason="cooldown"),
    ]  # fmt: skip
    box = outbox(*rows, rules=[rule(limits=live.Limits(expires="2s"))])
    box.done(box.lease(1, now=later(1))[0])
    box.lease(now=later(10))
    found = [(one["messageId"], one["event"], one["timestamp"][14:19]) for one in box.events()]
    assert found == [
        ("a-queued", "Action Queued", "00:00"),
        ("a-sent", "Action Sent", "00:01"),
        ("b-queued", "Action Queued", "00:00"),
        ("b-suppressed", "Action Suppressed", "00:10"),
        ("h-out", "Action Held Out", "00:00"),
        ("s-suppressed", "Action Suppressed", "00:00"),
        ("c-queued", "Action Queued", "00:30"),
    ]
    reasons = [one["properties"].get("reason") for one in box.events()]
    assert reasons == [None, None, None, "expired", None, "cooldown", None]


def test_events_can_be_read_while_the_outbox_changes():
    box = outbox(*[row(f"a{n}") for n in range(5)])
    for event in box.events():
        if event["event"] == "Action Queued":
            box.lease(1)
    assert box.counts() == {"leased": 5}


def test_events_are_events():
    box = outbox(row("a"), held_row())
    box.done(box.lease()[0])
    from customerintel.schema import Event

    for one in box.events():
        assert Event.model_validate(one).customer_id == "c1"


LENGTH = (
    "must be a number with its unit, such as '30m', '12h' or '7d' (units s, m, h, d, w), or "
    "a timedelta; got "
)
#: What is given: a call, the class and the whole message.
CASES = {
    "a kind of table that there is not": (
        lambda: outbox().to_frame("excel"),
        InvalidArgumentError,
        (
            "kind must be one of pandas, polars, polars-lazy, pyarrow, dask, duckdb, ibis, dict; "
            "got 'excel'."
        ),
    ),
    "a class as the kind of table": (
        lambda: outbox().to_frame(dict),
        InvalidArgumentError,
        (
            "kind must be one of pandas, polars, polars-lazy, pyarrow, dask, duckdb, ibis, dict; "
            "got type."
        ),
    ),
    "no action": (
        lambda: outbox().lease(0),
        InvalidArgumentError,
        "n must be a whole number of actions, at least 1; got 0.",
    ),
    "True actions": (
        lambda: outbox().lease(True),
        InvalidArgumentError,
        "n must be a whole number of actions, at least 1; got True.",
    ),
    "a lease of a number": (
        lambda: outbox().lease(1, for_=60),
        InvalidArgumentError,
        f"for_ {LENGTH}60.",
    ),
    "a moment that is a number": (
        lambda: outbox().lease(1, now=5),
        InvalidArgumentError,
        (
            "now must be a date, a datetime or ISO 8601 text such as '2011-12-09' or "
            "'2011-12-09T14:30'; got int."
        ),
    ),
    "a timeout of nothing": (
        lambda: outbox().deliver(print, timeout="0s"),
        InvalidArgumentError,
        "timeout must be longer than nothing and at most 100 years; got '0s'.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error


def test_an_action_that_is_leased_again_counts_once_for_the_cap():
    capped = rule(limits=live.Limits(per_channel={"email": "2/7d"}))
    box = outbox(row("a"), row("b"), rules=[capped])
    assert len(box.lease(9, now=NOON)) == 2
    assert [one.attempt for one in box.lease(9, now=later(90))] == [2, 2]
    assert box.counts() == {"leased": 2}


def test_a_lost_lease_leaves_room_for_a_new_action():
    capped = rule(limits=live.Limits(per_channel={"email": "2/7d"}))
    box = outbox(row("a"), row("b", later(60)), row("c", later(80)), rules=[capped])
    assert len(box.lease(9, now=NOON)) == 1
    assert [one.id for one in box.lease(9, now=later(90))] == ["a", "b"]
    assert states(box)["c"] == ("suppressed", "cap")


def test_a_handler_that_returns_late_has_done_it():
    box, gate, passed = outbox(row("a"), row("b")), threading.Event(), threading.Event()
    done = box.done

    def handler(action):
        if action.id == "a":
            gate.wait(5)

    box.done = lambda action: (done(action), passed.set() if action.id == "a" else None)
    found = box.deliver(handler, now=NOON, timeout="50ms")
    assert (found.hung, found.done) == (1, 1)
    assert states(box)["a"] == ("leased", "")
    gate.set()
    assert passed.wait(5)
    assert states(box)["a"] == ("done", "")


def test_a_late_return_into_a_closed_engine_is_nothing():
    box, gate, left = outbox(row("a")), threading.Event(), threading.Event()

    def handler(action):
        gate.wait(5)
        left.set()

    assert box.deliver(handler, now=NOON, timeout="50ms").hung == 1
    box._state.closed = True
    gate.set()
    assert left.wait(5)
