"""Events that break rules: kept aside with a reason that holds no value; nothing is lost."""

from __future__ import annotations

import json

import pytest
from live.event_samples import line, wanted

from customerintel.live.decoding import Decoder
from customerintel.live.fast_lines import FastLines

NOON = 1_714_564_800_000_000
FAR = "timestamp: timestamp_out_of_range (before 1970 or after 2100)"

#: What is given, and the reason under which it is kept aside.
CASES = {
    "no customer": (line(userId="-"), "customer_id: null_customer_id"),
    "an empty customer": (line(userId=""), "customer_id: empty_customer_id"),
    "a customer that is a list": (line(userId=[1]), "customer_id: unparseable_customer_id"),
    "a customer beyond 64 bits": (line(userId=2**64), "customer_id: customer_id_out_of_range"),
    "True as customer": (line(userId=True), "customer_id: unparseable_customer_id"),
    "an empty message id": (line(messageId=""), "message_id: empty_message_id"),
    "no time": (line(timestamp="-"), "timestamp: missing"),
    "a null time": (line(timestamp=None), "timestamp: null_timestamp"),
    "a time that is none": (line(timestamp="soon"), "timestamp: unparseable_timestamp"),
    "a number as time": (line(timestamp=1714564800), "timestamp: unparseable_timestamp"),
    "a time before 1970": (line(timestamp="1969-12-31T23:59:59Z"), FAR),
    "a time after 2100": (line(timestamp="2101-01-01T00:00:00Z"), FAR),
    "a time beyond int64": (line(timestamp="9999-01-01"), "timestamp: timestamp_out_of_range"),
    "no name": (line(event="-"), "event: null_event"),
    "an unknown call": (line(type="tracked"), "type: unknown_type"),
    "an id under two names": (line(customer_id="c1"), "unknown_field: extra_forbidden"),
    "properties that are a list": (line(properties=[1]), "properties: unparseable_properties"),
    "an infinite property": (
        line(properties={"x": 1}).replace(b"1}", b"1e999}"), "properties: non_finite_properties",
    ),
    "two problems": (
        line(userId="", timestamp="soon"),
        "customer_id: empty_customer_id; timestamp: unparseable_timestamp",
    ),
    "broken JSON": (b'{"userId": "c1"', "event: unparseable_json"),
    "NaN": (line(value=1).replace(b": 1}", b": NaN}"), "event: unparseable_json"),
    "no UTF-8": (line().replace(b"c1", b"\xff"), "event: invalid_utf8"),
    "an array": (b"[1, 2]", "event: not_an_object"),
    "a text": (b'"c1"', "event: not_an_object"),
    "an empty batch": (b'{"batch": []}', "timestamp: missing"),
    "a batch of numbers": (b'{"batch": [7]}', "event: not_an_object"),
    "deep nesting": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "event: nested_too_deep"),
}  # fmt: skip


#: Readers of lines: the kernels first, or none of them.
WAYS = {
    "scan": {},
    "True": {"fast": True, "scan": False},
    "False": {"fast": False, "scan": False},
}


@pytest.mark.parametrize("way", WAYS)
def test_fields_of_the_sender_are_passed_over(way):
    """Segment adds ``projectId`` and ``_metadata``, RudderStack ``rudderId`` …"""
    lines = [line(projectId="p1", _metadata={"bundled": [1]}), line(context=None, writeKey="k")]
    found = Decoder(wanted(), salt=b"s", **WAYS[way]).decode(lines)
    assert found.batch.who == ["c1", "c1"]
    assert found.batch.lines == lines
    assert not found.rejected


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES)
def test_kept_aside(case, way):
    raw, reason = CASES[case]
    reader = Decoder(wanted(), salt=b"s", source="web", **WAYS[way])
    found = reader.decode([line(), raw, line()])
    assert found.batch.who == ["c1", "c1"]
    assert found.batch.origin.tolist() == [0, 2]
    (aside,) = found.rejected
    assert aside.reason == reason
    assert aside.raw == (b"7" if case == "a batch of numbers" else raw)
    assert (aside.position, aside.source) == (1, "web")


def test_huge_events_are_kept_aside_with_their_beginning():
    raw = line(properties={"x": "y" * (1 << 20)})
    found = Decoder(wanted(), salt=b"s").decode([raw, json.loads(raw), line()])
    assert found.batch.who == ["c1"]
    assert [aside.reason for aside in found.rejected] == [
        "event: too_large (over 1,048,576 bytes)"
    ] * 2
    assert found.rejected[0].raw == raw[:4096]
    assert found.rejected[1].position == 1


def test_large_events_are_read():
    raw = line(properties={"x": "y" * 500_000, "cart_total": 4})
    assert Decoder(wanted(), salt=b"s").decode([raw]).batch.values[1].tolist() == [4]


def test_what_is_no_event_at_all():
    given = [7, None, {"userId": "c1", "timestamp": object()}, {"value": float("nan")}, ["c1"]]
    found = Decoder(wanted(), salt=b"s").decode(given)
    assert len(found.batch) == 0
    assert [aside.reason for aside in found.rejected] == [
        "event: unknown_type",
        "event: unknown_type",
        "event: not_json",
        "event: non_finite",
        "event: unknown_type",
    ]
    assert found.rejected[0].raw == b"7"


def test_unknown_names_are_events():
    found = Decoder(wanted(), salt=b"s").decode([line(event="Moon Landed")])
    assert found.rejected == []
    assert found.batch.code.tolist() == [-1]
    assert found.batch.names == ["Moon Landed"]


def test_the_future_ends_at_the_receipt():
    found = Decoder(wanted(), salt=b"s").decode([line(timestamp="2099-01-01T00:00:00Z")], NOON)
    assert found.batch.timestamp.tolist() == [NOON]


def test_same_ids_are_both_read():
    """Whether an event came before is for the engine to say, not for the reader."""
    batch = Decoder(wanted(), salt=b"s").decode([line(messageId="m"), line(messageId="m")]).batch
    assert len(batch) == 2
    assert batch.keys[0].tolist() == batch.keys[1].tolist() != [0, 0]


def test_fast_reading_without_msgspec(monkeypatch):
    from customerintel.exceptions import MissingDependencyError

    monkeypatch.setitem(__import__("sys").modules, "msgspec", None)
    with pytest.raises(MissingDependencyError) as caught:
        FastLines(wanted())
    assert str(caught.value) == (
        "Reading events fast needs msgspec, which is not installed. Run `pip install "
        "'customerintel[live]'`, or do without: fast=False."
    )
