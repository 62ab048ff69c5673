"""What the log keeps of events: read again by any rules, and erased for good."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live.event_samples import columns, line, wanted
from live.test_cloud_events import CLOUD

from customerintel.exceptions import InvalidArgumentError, LiveStoreError
from customerintel.live.decoding import Decoder
from customerintel.live.log_bodies import erase_lines, pack, unpack
from customerintel.live.wanted import Property, Wanted

NOON = 1_714_564_800_000_000
SALT = b"salt"
DAMAGED = (
    "A record of the log cannot be read: the store is damaged, or was written by another "
    "program. Restore it from a backup."
)
UNKEPT = (
    "These events were read without their lines, so the log cannot keep them. Read them with "
    "keep_lines=True."
)
GIVEN = [
    line(messageId="m1", properties={"total": 3, "plan": "gold"}),
    line(userId=7.0, topic="x"),
    line(userId="é", anonymousId="d1", type="identify", event="-"),
    json.loads(line(userId='a "b" \n', messageId="m2")),
    CLOUD,
    json.dumps({"batch": [json.loads(line(userId="c2")), json.loads(line(userId="c3"))]}),
    line(timestamp="-", originalTimestamp="2024-05-01T01:00:00Z", sentAt="2024-05-01T02:00:00Z"),
]


def batch(received=NOON):
    found = Decoder(wanted(), salt=SALT, source="web").decode(GIVEN, received)
    assert not found.rejected
    return found.batch


def without_origin(found):
    return {name: value for name, value in columns(found).items() if name != "origin"}


def test_what_was_packed_is_read_again():
    before = batch()
    after = unpack(pack(before, NOON), wanted(), SALT)
    assert len(before) == 8
    assert without_origin(after) == without_origin(before)
    assert after.source == "web"
    assert after.lines == before.lines
    assert pack(after, NOON) == pack(before, NOON)


def test_other_rules_read_other_properties():
    other = Wanted([Property(("plan",), ("gold",))], lambda name, kind: 5)
    found = unpack(pack(batch(), NOON), other, SALT)
    assert found.values[0, 0] == 1
    assert set(found.code.tolist()) == {5}
    same = unpack(pack(batch(), NOON), other, SALT, Decoder(other, salt=SALT))
    assert columns(same) == columns(found)


def test_a_part_of_a_batch_can_be_packed():
    part = batch().take([1, 3])
    assert without_origin(unpack(pack(part, NOON), wanted(), SALT)) == without_origin(part)


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (["c1"], ["7", "é", 'a "b" \n', "c2", "c3"]),
        (["7"], ["c1", "é", 'a "b" \n', "c1", "c2", "c3", "c1"]),
        (["d1"], ["c1", "7", 'a "b" \n', "c1", "c2", "c3", "c1"]),
        (["é", 'a "b" \n', "c2"], ["c1", "7", "c1", "c3", "c1"]),
    ],
)
def test_erased_customers_are_gone(gone, left):
    body = erase_lines(pack(batch(), NOON), set(gone))
    assert unpack(body, wanted(), SALT).who == left
    for name in set(gone) - {"7"}:  # the CloudEvent has that id
        assert json.dumps(name).encode() not in body
        assert name.encode() not in body


def test_an_escape_hides_nobody():
    raw = line().replace(b'"c1"', b'"\\u0063\\u0031"')
    found = Decoder(wanted(), salt=SALT).decode([raw, line(userId="c2")]).batch
    assert unpack(erase_lines(pack(found), {"c1"}), wanted(), SALT).who == ["c2"]


def test_nobody_or_everybody():
    body = pack(batch(), NOON)
    assert erase_lines(body, {"c", "shop", "gold", "m1"}) is None
    assert erase_lines(body, set()) is None
    assert erase_lines(body, {"c1", "7", "é", 'a "b" \n', "c2", "c3"}) == b""


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "ab", "é", "1", "11"]), max_size=8), st.data())
def test_exactly_the_events_of_the_erased_go(people, data):
    gone = data.draw(st.sets(st.sampled_from(["a", "b", "ab", "é", "1", "11"])))
    found = Decoder(wanted(), salt=SALT).decode([line(userId=who) for who in people]).batch
    body = erase_lines(pack(found), gone)
    left = people if body is None else [] if body == b"" else unpack(body, wanted(), SALT).who
    assert left == [who for who in people if who not in gone]
    assert (body is None) == gone.isdisjoint(people)


CASES = {
    "events read without their lines": (
        lambda: pack(
            Decoder(wanted(), salt=SALT)
            .decode_table(
                {"customer_id": [1], "timestamp": ["2024-05-01"], "event": ["Visit"]},
                keep_lines=False,
            )
            .batch
        ),
        InvalidArgumentError,
        UNKEPT,
    ),
    "a body of another program": (lambda: unpack(b"{}", wanted(), SALT), LiveStoreError, DAMAGED),
    "a body without a head": (lambda: erase_lines(b"\xff", {"a"}), LiveStoreError, DAMAGED),
    "a torn line": (
        lambda: unpack(pack(batch(), NOON)[:-5], wanted(), SALT),
        LiveStoreError,
        DAMAGED,
    ),
    "a torn line of the erased": (
        lambda: erase_lines(pack(batch().take([0]))[:-5], {"c1"}),
        LiveStoreError,
        DAMAGED,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_errors(case):
    call, kind, message = CASES[case]
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    assert str(caught.value) == message


@pytest.mark.parametrize("n", [1, 50])
def test_many_ids_and_numbers_in_any_writing(n):
    """However many ids are looked for, and however a number is written."""
    others = [f"nobody-{number}" for number in range(n - 1)]
    lines = [line(userId="c1"), line(userId=8), line(userId="c\u00e9"), line(anonymousId="dev")]
    lines += [
        b'{"userId":1.25e7,"event":"Visit","timestamp":"2026-05-01T10:00:00Z"}',
        b'{"userId" : 7.0,"event":"Visit","timestamp":"2026-05-01T10:00:00Z"}',
    ]
    found = Decoder(wanted(), salt=SALT).decode(lines)
    body = pack(found.batch)
    for gone in ("c1", "8", "c\u00e9", "dev", "12500000", "7"):
        left = unpack(erase_lines(body, {gone, *others}), wanted(), SALT)
        assert sum(who == gone for who in found.batch.who) <= len(lines) - len(left) >= 1
        assert gone not in left.who
    assert erase_lines(body, {"Visit", *others}) is None
