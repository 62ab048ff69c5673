"""Events in: what is read, in whatever form, and that all ways of reading agree."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live.event_samples import asides, columns, line, wanted
from pydantic import ValidationError

from customerintel.live.decoding import Decoder
from customerintel.live.event_batch import EventBatch
from customerintel.live.event_rows import batch_of
from customerintel.live.event_times import UNREAD, read_moments
from customerintel.live.judging import judge
from customerintel.live.message_keys import message_keys
from customerintel.live.wanted import Wanted
from customerintel.schema import Event
from customerintel.schema.moments import MomentForm, microseconds

NOON = 1_714_564_800_000_000
HOUR = 3_600_000_000


def decoder(**options):
    return Decoder(wanted(), salt=b"secret", source="web", **options)


def one(given, received=None):
    found = decoder().decode([given], received)
    assert not found.rejected
    assert len(found.batch) == 1
    return found.batch


def test_one_line():
    batch = one(line(messageId="m1", properties={"total": 12.5, "plan": "gold", "a": {"b": "7"}}))
    assert batch.who == ["c1"]
    assert batch.timestamp.tolist() == [NOON]
    assert batch.names == ["Visit"]
    assert batch.code.tolist() == [0]
    np.testing.assert_array_equal(batch.values[:, 0], [12.5, np.nan, 1, 7, np.nan, np.nan])
    assert batch.message == ["m1"]


FORMS = {
    "bytes": lambda raw: raw,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "str": lambda raw: raw.decode(),
    "dict": json.loads,
    "Event": lambda raw: Event.model_validate(json.loads(raw)),
    "snake case": lambda raw: {"customer_id": "c1", "message_id": "m"} | {
        k: v for k, v in json.loads(raw).items() if not k.endswith("Id")
    },
    "with a byte order mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "over several lines": lambda raw: json.dumps(json.loads(raw), indent=2),
    "with blanks around": lambda raw: b"  " + raw + b"\r\n",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_one_event_are_one(form):
    raw = line(messageId="m", properties={"total": 5, "plan": "silver"})
    assert columns(one(FORMS[form](raw))) == columns(one(raw))


def test_values_that_json_does_not_know():
    batch = one(
        {
            "userId": UUID(int=7),
            "timestamp": datetime(2024, 5, 1, 12, tzinfo=UTC),
            "event": "Visit",
            "properties": {"cart_total": np.float64(3), "a": {"b": np.int64(4)}},
        }
    )
    assert batch.who == [str(UUID(int=7))]
    assert batch.timestamp.tolist() == [NOON]
    assert batch.values[[1, 3], 0].tolist() == [3, 4]


def test_many_lines_in_one_object():
    text = b"\n".join([line(), b"", b"  ", line(userId="c2"), b"{broken"]) + b"\n"
    found = decoder().decode(text)
    assert found.batch.who == ["c1", "c2"]
    assert asides(found) == [(2, "event: unparseable_json", b"{broken")]
    within = decoder().decode([line(userId="c0"), text])
    assert within.batch.who == ["c0", "c1", "c2"]
    assert within.batch.origin.tolist() == [0, 1, 1]


def test_a_single_mapping_or_event():
    assert decoder().decode(json.loads(line())).batch.who == ["c1"]
    assert decoder().decode(Event.model_validate(json.loads(line()))).batch.who == ["c1"]


def test_ids():
    found = decoder().decode(
        [
            line(userId=7),
            line(userId=7.0),
            line(userId=" c 1 "),
            line(userId="-", anonymousId="device"),
            line(userId=None, anonymousId=-3),
        ]
    )
    assert found.batch.who == ["7", "7", " c 1 ", "device", "-3"]


def test_times_are_corrected_and_clamped():
    late = {"receivedAt": "2024-05-01T11:00:00Z"}
    parts = {
        "originalTimestamp": "2024-05-01T03:00:00Z",
        "sentAt": "2024-05-01T04:00:00Z",
        "timestamp": "-",
    }
    assert one(line(**late)).timestamp.tolist() == [NOON - HOUR]
    assert one(line(), NOON - HOUR).timestamp.tolist() == [NOON - HOUR]
    assert one(line(**late), NOON - 2 * HOUR).timestamp.tolist() == [NOON - HOUR]
    assert one(line(), NOON + HOUR).timestamp.tolist() == [NOON]
    assert one(line(**late, **parts)).timestamp.tolist() == [NOON - 2 * HOUR]
    assert one(line(**parts), NOON).timestamp.tolist() == [NOON - HOUR]
    assert one(line(timestamp="2150-01-01T00:00:00Z"), NOON).timestamp.tolist() == [NOON]


def test_names_of_calls():
    calls = ("page", "screen", "identify", "group", "alias")
    batch = decoder().decode([line(type=call, event="-") for call in calls]).batch
    assert batch.names == ["Page", "Screen", "Identify", "Group", "Alias"]
    assert batch.code.tolist() == [2, -1, -1, -1, -1]
    assert one(line(event="-", kind="visit")).names == ["visit"]
    assert one(line(event="-", kind="visit")).code.tolist() == [0]


def test_opt_outs_are_withdrawals():
    batch = decoder().decode([line(), line(event="Unsubscribed"), line(event="opt-out")]).batch
    assert batch.withdrawals == [1, 2]
    assert batch.code.tolist() == [0, 3, 3]


def test_links():
    found = decoder().decode(
        [
            line(),
            line(type="identify", event="-", anonymousId="d1"),
            line(type="alias", event="-", previousId="old"),
            line(type="identify", event="-", anonymousId="NULL"),
            line(type="identify", event="-", anonymousId="c1"),
            line(anonymousId="d2"),
        ]
    )
    assert found.batch.links == [(1, "d1", "c1"), (2, "old", "c1")]


def test_amount_is_total_else_revenue_else_value():
    given = [
        line(properties={"total": 3, "revenue": 4}, value=5),
        line(properties={"revenue": "4"}, value=5),
        line(properties={"total": "free"}, value=5),
        line(value="6"),
        line(),
        line(properties={"total": True}),
    ]
    batch = decoder().decode(given).batch
    np.testing.assert_array_equal(batch.values[0], [3, 4, 5, 6, np.nan, 1])


def test_segment_batches_are_read_message_by_message():
    messages = [json.loads(line(userId="c1")), {"userId": "c2"}, json.loads(line(userId="c3"))]
    found = decoder().decode([json.dumps({"batch": messages, "sentAt": "2024-05-01T12:00:00Z"})])
    assert found.batch.who == ["c1", "c3"]
    assert found.batch.origin.tolist() == [0, 0]
    assert [aside.reason for aside in found.rejected] == ["timestamp: missing"]
    assert json.loads(found.rejected[0].raw) == messages[1] | {"sentAt": "2024-05-01T12:00:00Z"}


def test_order_is_kept_where_lines_are_read_in_two_ways():
    given = [line(userId=f"c{i}", **({"topic": "x"} if i % 3 else {})) for i in range(300)]
    found = decoder().decode(given)
    assert found.batch.who == [f"c{i}" for i in range(300)]
    assert found.batch.origin.tolist() == list(range(300))
    assert found.batch.lines == given


def test_names_are_remembered_up_to_a_bound(monkeypatch):
    monkeypatch.setattr("customerintel.live.wanted._REMEMBERED", 8)
    asked = []
    names = Wanted([], lambda name, kind: asked.append(name) or len(name))
    for i in range(100):
        assert names.code_of(f"n{i:02}", "track") == 3
    assert names.code_of("n99", "track") == 3
    assert len(asked) == 100
    assert len(names._known) <= 8


# -- one definition of what is valid ------------------------------------------------------

IDS = st.one_of(
    st.sampled_from(["c1", "", "0", " ", "é", "\U0001f600", "null"]),
    st.integers(-(2**65), 2**65), st.floats(-5, 5), st.none(), st.booleans(),
)  # fmt: skip
TIMES = st.one_of(
    st.sampled_from(
        [
            "2024-05-01T12:00:00Z", "2024-05-01T12:00:00.123+02:00", "2024-05-01", " 2024-05-01 ",
            "1969-12-31T23:59:59Z", "2101-01-01T00:00:00Z", "2100-12-31T23:59:59.999999Z",
            "2024-02-30T00:00:00Z", "2024-05-01T24:00:00Z", "20240501T120000Z", "soon", "",
            "2024-05-01T12:00:00.1234567Z", "2024-05-01T12:00:00,5Z", "1677-01-01", "\u0661",
        ]
    ),
    st.none(), st.integers(0, 9),
)  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["12", "1e3", " 7 ", "gold", "nan", "inf", "1_0", "\ud800", "é\\", "1e999"]),
)  # fmt: skip
FACTS = st.one_of(
    st.none(),
    st.dictionaries(
        st.sampled_from(["total", "revenue", "cart_total", "plan", "a", "cart total", "x"]),
        st.one_of(LEAVES, st.lists(LEAVES, max_size=2), st.dictionaries(
            st.sampled_from(["b", "c"]), LEAVES, max_size=2
        )),
        max_size=4,
    ),
    LEAVES,
)  # fmt: skip
FIELDS = {
    "userId": IDS, "anonymousId": IDS, "customer_id": IDS, "previousId": IDS, "messageId": IDS,
    "timestamp": TIMES, "originalTimestamp": TIMES, "sentAt": TIMES, "receivedAt": TIMES,
    "type": st.sampled_from(["track", "page", "identify", "alias", "Track", "", None, 4]),
    "event": st.sampled_from(["Visit", "Order Completed", "", None, 3, "Unsubscribed", "é"]),
    "kind": st.sampled_from(["visit", "odd", "", None]),
    "value": LEAVES, "properties": FACTS, "context": FACTS, "traits": FACTS,
    "version": st.sampled_from(["1", 1, None]), "unknown": LEAVES,
}  # fmt: skip
USUAL = st.fixed_dictionaries(
    {"userId": st.just("c1"), "timestamp": st.just("2024-05-01T12:00:00Z"),
     "event": st.just("Visit")}
)  # fmt: skip
EVENTS = st.one_of(
    USUAL,
    st.builds(
        lambda base, odd: base | odd,
        USUAL,
        st.one_of(*(st.fixed_dictionaries({name: some}) for name, some in FIELDS.items())),
    ),
    st.builds(
        lambda base, a, b: base | a | b,
        USUAL,
        st.fixed_dictionaries({}, optional={n: FIELDS[n] for n in sorted(FIELDS)[::2]}),
        st.fixed_dictionaries({}, optional={n: FIELDS[n] for n in sorted(FIELDS)[1::2]}),
    ),
)
ODD_LINES = st.sampled_from(
    [b"", b"{", b"[]", b"null", b"[" * 300, b'{"a":' * 2000 + b"1" + b"}" * 2000, b"\xff", b"7",
     line(context={"x": 1}).replace(b"1}", b"1e999}"), line(properties=1).replace(b"1}", b"NaN}"),
     line(properties={"x": 1}).replace(b"1}", b"1e999}"), line(event="\ud800"),
     line(context={"x": 1}).replace(b": 1}", b": -1.5E+400}"),
     line(properties={"x": 1}).replace(b"1}", b"9" * 400 + b".5}"),
     line(properties={"x": 1}).replace(b"1}", b"9" * 400 + b"}"),
     line(properties={"x": "1"}).replace(b'"1"', b"[" * 260 + b"]" * 260),
     line(properties={"x": "1"}).replace(b'"1"', b'"\xff"'), line() + b" x", line() + line(),
     line(properties={"\ud800": 1}), line(context={"x": "1e999, 4e999"})]
)  # fmt: skip
LINES = st.one_of(
    EVENTS.map(lambda event: json.dumps(event).encode()),
    EVENTS.map(lambda e: json.dumps(e, ensure_ascii=False).encode("utf-8", "surrogatepass")),
    ODD_LINES,
)


def judged(lines, received):
    """Return which lines `Event` alone accepts, or its reasons."""
    found = []
    for raw in lines:
        try:
            data = json.loads(raw.decode(), parse_constant=lambda word: 1 / 0)
        except (ValueError, RecursionError, ZeroDivisionError):
            data = None
        if not isinstance(data, dict):
            found.append(False)
            continue
        row = judge(data, raw, 0, received)
        found.append(not isinstance(row, str))
        if not found[-1] and "1970" not in row:
            filled = data if received is None or "timestamp" in data else None
            if filled is not None:
                with pytest.raises(ValidationError):
                    Event.model_validate(filled)
    return found


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES, max_size=6), st.sampled_from([None, NOON, NOON - HOUR]))
def test_all_ways_of_reading_agree(lines, received):
    fast = decoder(fast=True, scan=False).decode(lines, received)
    plain = decoder(fast=False, scan=False).decode(lines, received)
    scanned = decoder().decode(lines, received)
    for other in (plain, scanned):
        assert columns(fast.batch) == columns(other.batch)
        assert fast.batch.lines == other.batch.lines
        assert asides(fast) == asides(other)
    kept = [raw for raw in lines if raw.strip()]
    places = [at for at, raw in enumerate(lines) if raw.strip()]
    expected = [at for at, good in zip(places, judged(kept, received), strict=True) if good]
    assert fast.batch.origin.tolist() == expected
    assert sorted(expected + [aside.position for aside in fast.rejected]) == places


@settings(max_examples=100, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=5), st.sampled_from([None, NOON]))
def test_every_row_is_what_the_record_says(events, received):
    lines = [json.dumps(event).encode() for event in events]
    batch = decoder().decode(lines, received).batch
    for at, origin in enumerate(batch.origin.tolist()):
        row = judge(events[origin], lines[origin], origin, received)
        single = decoder(fast=False, scan=False)
        alone = batch_of([row], single.wanted, "web", b"secret")
        assert columns(alone) == columns(batch.take(np.array([at]))), origin


# -- times and keys ------------------------------------------------------------------------


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31)),
    st.sampled_from(["", "Z", "+00:00", "-05:30", "+14:00", "+1:00", "z", " Z"]),
    st.sampled_from(["microseconds", "milliseconds", "seconds"]),
    st.sampled_from("T _"),
)
def test_times_are_read_as_the_schema_reads_them(moment, zone, spec, sep):
    text = moment.isoformat(sep, spec) + zone
    found = read_moments([text])[0]
    if found != UNREAD:
        assert found == microseconds(MomentForm().parse(text))
    else:
        assert zone in ("+1:00", "z", " Z") or sep == "_"


@pytest.mark.parametrize(
    "text",
    ["2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-04-31T00:00:00Z", "2024-05-01T12:60:00Z",
     "2024-05-01T12:00:61Z", "2024-05-01T12:00:00.Z", "2024-05-01T12:00:00+24:00", "", "2024-05-01",
     "2024-05-01T12:00:00.1234567Z", "2024/05/01T12:00:00Z", "1969-12-31T23:59:59Z"],
)  # fmt: skip
def test_other_times_are_left_to_the_schema(text):
    assert read_moments([text, "1970-01-01T00:00:00.5Z"]).tolist() == [UNREAD, 500_000]


def sip(data, low, high):
    """Return SipHash-2-4-128, written from the paper."""
    mask = 2**64 - 1
    v = [low ^ 0x736F6D6570736575, high ^ 0x646F72616E646F6D ^ 0xEE,
         low ^ 0x6C7967656E657261, high ^ 0x7465646279746573]  # fmt: skip

    def turn(x, by):
        return (x << by | x >> (64 - by)) & mask

    def rounds(count):
        for _ in range(count):
            v[0] = (v[0] + v[1]) & mask
            v[1] = turn(v[1], 13) ^ v[0]
            v[0] = turn(v[0], 32)
            v[2] = (v[2] + v[3]) & mask
            v[3] = turn(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & mask
            v[3] = turn(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & mask
            v[1] = turn(v[1], 17) ^ v[2]
            v[2] = turn(v[2], 32)

    padded = data + bytes(-(len(data) + 1) % 8) + bytes([len(data) % 256])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xEE
    rounds(4)
    first = v[0] ^ v[1] ^ v[2] ^ v[3]
    v[1] ^= 0xDD
    rounds(4)
    return first, v[0] ^ v[1] ^ v[2] ^ v[3]


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=3))
def test_keys_are_siphash(texts):
    from customerintel._kernels.live_keys import hash_messages

    offsets = np.cumsum([0, *map(len, texts)])
    out = np.empty((len(texts), 2), np.uint64)
    with np.errstate(over="ignore"):
        hash_messages(
            np.frombuffer(b"".join(texts), np.uint8),
            offsets,
            np.uint64(5),
            np.uint64(2**64 - 9),
            out,
        )
    assert [tuple(row) for row in out.tolist()] == [sip(text, 5, 2**64 - 9) for text in texts]


def test_siphash_gives_the_published_digest():
    """Vector 1 of ``vectors_sip128`` in the authors' reference code."""
    low, high = np.frombuffer(bytes(range(16)), "<u8").tolist()
    first, second = sip(bytes([0]), low, high)
    digest = first.to_bytes(8, "little") + second.to_bytes(8, "little")
    assert digest.hex() == "da87c1d86b99af44347659119b22fc45"


def test_keys_depend_on_source_and_salt():
    keys = [
        message_keys(["m", "n", None], source, salt)
        for source, salt in (("a", b"1"), ("b", b"1"), ("a", b"2"))
    ]
    assert len({tuple(key[0].tolist()) for key in keys}) == 3
    assert keys[0][2].tolist() == [0, 0]
    assert keys[0][0].tolist() != keys[0][1].tolist()


# -- batches ---------------------------------------------------------------------------------


def test_take_and_join():
    given = [
        line(userId=f"c{i}", type="identify", event="-", anonymousId=f"d{i}") for i in range(4)
    ]
    given[2] = line(event="Unsubscribed", messageId="m")
    batch = decoder().decode(given).batch
    part = batch.take(np.array([True, False, True, True]))
    assert part.who == ["c0", "c1", "c3"]
    assert part.links == [(0, "d0", "c0"), (2, "d3", "c3")]
    assert part.withdrawals == [1]
    assert columns(batch.take(slice(None))) == columns(batch)
    both = EventBatch.joined([part, batch.take([1])])
    assert both.links == [(0, "d0", "c0"), (2, "d3", "c3"), (3, "d1", "c1")]
    assert both.message == [None, "m", None, None]
    assert len(both) == len(both.lines) == 4


def test_nothing_in_nothing_out():
    found = decoder().decode([])
    assert len(found.batch) == 0
    assert found.batch.values.shape == (6, 0)
    assert found.rejected == []


def test_reprs_show_no_values():
    found = decoder().decode([line(), b"secret"])
    assert repr(found.batch) == "EventBatch(1 events)"
    assert "c1" not in repr(found)
    assert "secret" not in repr(found)
