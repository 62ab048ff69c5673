"""Lines that no reader may choke on, today or when the log is read again."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from customerintel import live
from customerintel.live.nesting import MOST_NESTED, is_too_deep
from customerintel.live.redis_source import _event

RULE = live.Rule("r", 1, when=live.On("Visit"), do=[live.Action("x")])
WHEN = '"timestamp":"2026-05-01T10:00:00Z","event":"Visit"'
GOOD = f'{{"userId":"ok",{WHEN}}}'


def nested(depth: int, who: str = '"her"', field: str = "x") -> str:
    """Return an event within which so many objects and lists lie, itself included."""
    inside = "[" * (depth - 1) + "]" * (depth - 1)
    return f'{{"userId":{who},{WHEN},"{field}":{inside}}}'


LARGE = {
    "a float for an id": f'{{"userId":1e2,{WHEN},"context":{{"x":1e400}}}}',
    "in a field of its own": f'{{"userId":7.0,{WHEN},"load":1e999}}',
    "in an envelope": f'{{"batch":[{{"userId":"a",{WHEN},"context":{{"x":1e400}}}}]}}',
    "in an array of CloudEvents": (
        '[{"specversion":"1.0","id":"1","source":"s","type":"Visit","subject":"c",'
        '"time":"2026-05-01T10:00:00Z","data":{"x":1e400}}]'
    ),
}


@pytest.mark.parametrize("line", LARGE.values(), ids=list(LARGE))
def test_a_number_too_large_is_kept_aside(line: str) -> None:
    with live.Engine([RULE], store=":memory:") as engine:
        for given in ([line.encode(), GOOD.encode()], f"{line}\n{GOOD}"):
            taken = engine.ingest(given)
            assert (taken.accepted, taken.kept_aside) == (1, 1)
        assert {one.reason for one in engine.kept_aside()} == {"event: non_finite"}


def test_the_others_of_an_envelope_are_taken() -> None:
    bad = f'{{"userId":"a",{WHEN},"context":{{"x":1e400}}}}'
    with live.Engine([RULE], store=":memory:") as engine:
        assert engine.ingest(f'{{"batch":[{bad},{GOOD}]}}').accepted == 1


@pytest.mark.parametrize("who", ['"her"', "7.0"])
@pytest.mark.parametrize("field", ["x", "context", "properties"])
def test_what_is_nested_too_deep_is_kept_aside(who: str, field: str) -> None:
    with live.Engine([RULE], store=":memory:") as engine:
        for depth in (MOST_NESTED + 1, 985, 3_000, 100_000):
            line = nested(depth, who, field)
            for given in (line, [line.encode(), GOOD.encode()]):
                assert engine.ingest(given).kept_aside == 1
        assert {one.reason for one in engine.kept_aside()} == {"event: nested_too_deep"}


def at_depth(frames: int, call: Any) -> Any:
    """Call something from deep in the stack."""
    return call() if not frames else at_depth(frames - 1, call)


@pytest.mark.parametrize("who", ['"her"', "7.0"])
def test_what_is_accepted_can_be_read_from_any_stack(tmp_path, who: str) -> None:
    frames = sys.getrecursionlimit() - len(_stack()) - 350
    store = tmp_path / "live.db"
    engine = live.Engine([RULE], store=store)
    assert engine.ingest([nested(MOST_NESTED, who), GOOD]).accepted == 2
    engine._state.store.close()  # as after a kill: the log is read again

    def again() -> Any:
        engine = live.Engine([RULE], store=store)
        try:
            engine.change_rules([RULE.model_copy(update={"version": 2})], backfill=True)
            return engine.erase("her" if who != "7.0" else 7), len(engine.outbox)
        finally:
            engine.close()

    assert at_depth(frames, again) == (1, 1)


def _stack() -> list[Any]:
    found, frame = [], sys._getframe()
    while frame is not None:
        found.append(frame)
        frame = frame.f_back  # type: ignore[assignment]
    return found


@pytest.mark.parametrize(
    ("line", "deep"),
    [
        (b'{"a": "' + b"[" * 500 + b'"}', False),
        (b'{"a": "\\"' + b"[" * 500 + b'"}', False),
        (b'{"a": "\\\\"' + b"[" * 500 + b"}", True),
        (b"[{}," * 40 + b"]" * 40, False),
        (b"[" + b"{}," * 5_000 + b"{}]", False),
        (b"[" * 101, True),
    ],
)
def test_depth_is_that_of_brackets_outside_of_texts(line: bytes, deep: bool) -> None:
    assert is_too_deep(line) == deep


# -- Redis: each event has an id, whatever the words in it -------------------------------------


def body(text: str) -> Any:
    found = _event({b"data": text.encode()}, "5-1")
    return found if isinstance(found, dict) else json.loads(found)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ('{"event":"V","userId":"a"}', ["5-1"]),
        ('{"event":"V","userId":"a","messageId":"m"}', ["m"]),
        ('{"event":"V","userId":"a","message_id":"m"}', ["m"]),
        ('{"event":"V","userId":"a","messageId":null}', ["5-1"]),
        ('{"event":"V","userId":"a","message_id":"","messageId":""}', ["5-1"]),
        ('{"event":"V","userId":"a","properties":{"messageId":"m"}}', ["5-1"]),
        ('{"event":"V","userId":"a","properties":{"specversion":"1"}}', ["5-1"]),
        ('{"batch":[{"event":"V","userId":"a"},{"event":"V","messageId":"m"}]}', ["5-1:0", "m"]),
    ],
)
def test_an_entry_has_an_id_of_its_own(text: str, ids: list[str]) -> None:
    found = body(text)
    events = found.get("batch", [found])
    assert [one.get("messageId") or one.get("message_id") for one in events] == ids


def test_an_entry_that_cannot_be_read_is_left_to_the_decoder() -> None:
    for text in ("[" * 3_000, "{", '{"specversion":"1.0","id":"x"}', '["a"]'):
        assert _event({b"data": text.encode()}, "5-1") == text.encode()


@pytest.mark.parametrize("field", ["timestamp", "sentAt", "receivedAt", "originalTimestamp"])
@pytest.mark.parametrize("stamp", ["2262-04-12T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_all_readers_refuse_a_time_beyond_int64(field: str, stamp: str) -> None:
    event = {"userId": "c1", "event": "Visit", "timestamp": "2026-05-01T10:00:00Z", field: stamp}
    forms = [event, event | {"kind": "visit"}, event | {"userId": 7.0}]
    with live.Engine([RULE], store=":memory:") as engine:
        for form in forms:
            for given in (form, json.dumps(form).encode()):
                taken = engine.ingest(given, received="2026-05-02")
                assert (taken.accepted, taken.kept_aside) == (0, 1)
        reasons = {one.reason for one in engine.kept_aside()}
    assert len(reasons) == 1
    assert reasons.pop().endswith("_out_of_range")
