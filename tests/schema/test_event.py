"""Events in the envelope of the Segment Spec."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from customerintel.schema import (
    Event,
    EventKind,
    EventType,
    broken_rules,
    event_time,
    kind_of_event,
)

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
#: Shape of the example of the Segment Spec, section "Structure" of the common fields.
ENVELOPE = {
    "anonymousId": "507f191e810c19729de860ea",
    "context": {"ip": "8.8.8.8", "page": {"path": "/academy/"}, "userAgent": "Mozilla/5.0"},
    "integrations": {"All": True, "Mixpanel": False},
    "messageId": "022bb90c-bbac-11e4-8dfc-aa07a5b093db",
    "receivedAt": "2015-12-10T04:08:31.909Z",
    "sentAt": "2015-12-10T04:08:31.581Z",
    "originalTimestamp": "2015-12-10T04:08:31.000Z",
    "timestamp": "2015-12-10T04:08:31.905Z",
    "type": "track",
    "event": "Order Completed",
    "properties": {"order_id": "50314b8e", "revenue": 25.0, "products": [{"sku": "45790-32"}]},
    "userId": "97980cfea0067",
    "version": "1.1",
}


def test_the_envelope_is_read_and_written_by_its_own_names():
    event = Event(**ENVELOPE)
    assert event.customer_id == "97980cfea0067"
    assert event.message_id == ENVELOPE["messageId"]
    assert event.kind is EventKind.PURCHASE
    assert event.context.get_secret_value()["ip"] == "8.8.8.8"
    written = event.model_dump(by_alias=True, mode="json", exclude_unset=True)
    assert set(written) == set(ENVELOPE) | {"kind"}
    assert written["properties"] == ENVELOPE["properties"]


def test_snake_case_and_camel_case_are_the_same_event():
    snake = {
        "customer_id": ENVELOPE["userId"],
        "anonymous_id": ENVELOPE["anonymousId"],
        "message_id": ENVELOPE["messageId"],
        "received_at": ENVELOPE["receivedAt"],
        "sent_at": ENVELOPE["sentAt"],
        "original_timestamp": ENVELOPE["originalTimestamp"],
    }
    same = {name: value for name, value in ENVELOPE.items() if name.islower()}
    assert Event(**snake, **same) == Event(**ENVELOPE)


def test_time_follows_the_clock_of_the_receiver():
    device = {"originalTimestamp": "2030-01-01T00:00:00Z", "sentAt": "2030-01-01T00:10:00Z"}
    event = Event(userId=1, type="page", receivedAt=NOON, **device)
    assert event.timestamp == NOON - timedelta(minutes=10)


def test_a_given_timestamp_wins():
    assert Event(**ENVELOPE).timestamp == datetime(2015, 12, 10, 4, 8, 31, 905000, tzinfo=UTC)


@given(
    original=st.datetimes(timezones=st.just(UTC), min_value=datetime(1990, 1, 1)),
    wait=st.timedeltas(timedelta(days=-9), timedelta(days=9)),
)
def test_no_event_lies_after_its_receipt(original, wait):
    original = original.replace(year=min(original.year, 9000))
    assert event_time(original, original + wait, NOON) == min(NOON, NOON - wait)


@pytest.mark.parametrize(
    ("event", "call", "kind"),
    [
        ("Email Opened", None, "open"),
        ("email  link CLICKED", "track", "click"),
        ("Unsubscribed", None, "opt_out"),
        ("Product Reviewed", None, "review"),
        (None, "page", "page_view"),
        (None, "screen", "page_view"),
        ("Moon Landed", "track", "other"),
        (5, ["page"], "other"),
    ],
)
def test_kind_of_event(event, call, kind):
    assert kind_of_event(event, call) is EventKind(kind)


def test_kind_can_be_given():
    call = Event(customer_id=1, timestamp=NOON, kind="support", sentiment=-0.5, topic="delivery")
    assert call.kind is EventKind.SUPPORT_REQUEST
    assert call.type is EventType.TRACK


def test_a_kind_that_nobody_knows_is_other_and_its_word_is_kept():
    event = Event(customer_id=1, timestamp=NOON, kind="Dance")
    assert (event.kind, event.event) == (EventKind.OTHER, "Dance")
    assert Event(customer_id=1, timestamp=NOON, kind="Dance", event="Ball").event == "Ball"


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        ({"event": "x"}, ("null_customer_id",)),
        ({"userId": None, "anonymousId": float("nan"), "event": "x"}, ("null_customer_id",)),
        ({"userId": "", "event": "x"}, ("empty_customer_id",)),
        ({"userId": 1}, ("null_event",)),
        ({"userId": 1, "event": "x", "kind": 5}, ("unknown_kind",)),
        ({"userId": 1, "event": "x", "kind": " "}, ("unknown_kind",)),
        ({"userId": 1, "event": "x", "kind": None}, ("null_kind",)),
        ({"userId": 1, "event": "x", "resolved_at": "2024-04-30"}, ("resolved_at_out_of_range",)),
        ({"userId": 1, "type": "dance", "event": "x"}, ("unknown_type",)),
        ({"userId": 1, "event": "x", "sentiment": 1.5}, ("sentiment_out_of_range",)),
        ({"userId": 1, "event": "x", "shoe": 1}, ("extra_forbidden",)),
        ({"userId": 1, "event": "x", "properties": {"a": object()}}, ("unparseable_properties",)),
    ],
)
def test_refused_events(data, rules):
    with pytest.raises(ValidationError) as caught:
        Event(timestamp=NOON, **data)
    assert broken_rules(caught.value) == rules


def test_a_device_time_that_cannot_be_read_is_its_own_problem():
    with pytest.raises(ValidationError) as caught:
        Event(userId=1, event="x", originalTimestamp="?", sentAt=NOON, receivedAt=NOON)
    assert broken_rules(caught.value) == ("missing", "unparseable_original_timestamp")
