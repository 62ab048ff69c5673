"""CloudEvents 1.0: structured, in batches, and in the headers of Kafka."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live.event_samples import wanted

from customerintel.live.cloud_events import from_cloud_event, map_binary
from customerintel.live.decoding import Decoder

NOON = 1_714_564_800_000_000
CLOUD = {
    "specversion": "1.0",
    "id": "7",
    "source": "/shop",
    "type": "Order Completed",
    "subject": "c1",
    "time": "2024-05-01T14:00:00+02:00",
    "datacontenttype": "application/json",
    "data": {"total": 12},
    "partitionkey": "c1",
}


def decode(items, received=None):
    return Decoder(wanted(), salt=b"s").decode(items, received)


def cloud(**fields):
    return {k: v for k, v in (CLOUD | fields).items() if v != "-"}


def test_a_structured_event():
    raw = json.dumps(CLOUD).encode()
    found = decode([raw, CLOUD])
    assert found.rejected == []
    assert found.batch.who == ["c1", "c1"]
    assert found.batch.timestamp.tolist() == [NOON, NOON]
    assert found.batch.names == ["Order Completed"] * 2
    assert found.batch.code.tolist() == [1, 1]
    assert found.batch.values[0].tolist() == [12, 12]
    assert found.batch.message == ["/shop 7"] * 2
    assert found.batch.lines[0] == raw


def test_a_batch_of_events():
    found = decode([json.dumps([CLOUD, cloud(id=""), cloud(id="8", subject="c2")])])
    assert found.batch.who == ["c1", "c2"]
    assert found.batch.message == ["/shop 7", "/shop 8"]
    assert [aside.reason for aside in found.rejected] == ["id: missing"]


def test_an_event_without_time_happened_when_it_came():
    assert decode([cloud(time="-")], NOON).batch.timestamp.tolist() == [NOON]
    assert [a.reason for a in decode([cloud(time="-")]).rejected] == ["timestamp: missing"]


BAD = {
    "another version": (cloud(specversion="0.3"), "specversion: unknown_specversion"),
    "no source": (cloud(source="-"), "source: missing"),
    "an id that is no text": (cloud(id=7), "id: missing"),
    "no subject": (cloud(subject="-"), "customer_id: null_customer_id"),
    "a subject that is no text": (cloud(subject=7), "subject: unparseable_subject"),
    "a time that is none": (cloud(time="noon"), "timestamp: unparseable_timestamp"),
    "broken base64": (cloud(data="-", data_base64="?"), "data: unparseable_data"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_events_are_kept_aside(case):
    event, reason = BAD[case]
    found = decode([event])
    assert len(found.batch) == 0
    assert found.rejected[0].reason.startswith(reason)
    assert json.loads(found.rejected[0].raw) == event


def facts(**fields):
    return from_cloud_event(cloud(**fields)).get("properties")


def test_data_becomes_properties():
    packed = b64encode(b'{"total": 5}').decode()
    assert facts() == {"total": 12}
    assert facts(data=[1, 2]) == {"data": [1, 2]}
    assert facts(data="text", datacontenttype="text/plain") == {"data": "text"}
    assert facts(data="-") is None
    assert facts(data="-", data_base64=packed) == {"total": 5}
    assert facts(data="-", data_base64=packed, datacontenttype="image/png") is None


HEADERS = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"7"),
    ("ce_source", b"/shop"),
    ("ce_type", b"Order Completed"),
    ("ce_subject", b"c1"),
    ("ce_time", b"2024-05-01T12:00:00Z"),
    ("content-type", b"application/json; charset=utf-8"),
    ("traceparent", b"00-1"),
]


def test_headers_of_kafka():
    for headers in (HEADERS, dict(HEADERS)):
        found = decode([map_binary(headers, b'{"total":\n12}')])
        assert found.rejected == []
        assert found.batch.who == ["c1"]
        assert found.batch.message == ["/shop 7"]
        assert found.batch.values[0].tolist() == [12]


def test_other_headers_tell_of_no_cloud_event():
    assert map_binary([("traceparent", b"00-1")], b"{}") is None
    assert map_binary(None, b"{}") is None


def test_an_event_without_data():
    assert decode([map_binary(HEADERS, None)]).batch.who == ["c1"]
    assert decode([map_binary(HEADERS, b"")]).batch.values[0, 0] != 0


@given(st.binary(max_size=30) | st.just(b'{}, "subject": "c9"') | st.just(b"{} , 4"))
def test_a_body_never_changes_the_attributes(body):
    found = decode([map_binary(HEADERS, body)])
    assert found.batch.who in (["c1"], [])
    assert len(found.batch) + len(found.rejected) == 1
