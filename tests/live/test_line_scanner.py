"""Lines read by the kernels: never with another result than the other readers have."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from live.event_samples import asides, columns, line, wanted
from live.test_decoding import LINES

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_json_values import any_text_end, number_of
from customerintel._kernels.live_letters import eight, first_special
from customerintel.live.decoding import Decoder
from customerintel.live.event_times import buffer_of_lines
from customerintel.live.line_scanner import LineScanner
from customerintel.live.wanted import Property, Wanted


@kernel
def _first_special(data):
    return first_special(bare(data), 0)


@kernel
def _eight(data):
    return eight(bare(data), 0)


@kernel
def _text_end(data, low):
    return any_text_end(bare(data), low, len(data))


NOON = 1_714_564_800_000_000
SCANNING = Decoder(wanted(), salt=b"secret", source="web")
OTHERS = Decoder(wanted(), salt=b"secret", source="web", fast=False, scan=False)


def taken(*lines, received=None, asked=None):
    """Return which lines the kernels read themselves."""
    scanner = LineScanner(asked or wanted())
    origin = np.arange(len(lines))
    _, places, left = scanner.scan(buffer_of_lines(lines), origin, received, "", b"s")
    assert sorted([*places.tolist(), *left.tolist()]) == origin.tolist()
    return [place in places for place in origin]


def agree(lines, received=None):
    scanned, read = SCANNING.decode(lines, received), OTHERS.decode(lines, received)
    assert columns(scanned.batch) == columns(read.batch)
    assert scanned.batch.lines == read.batch.lines
    assert asides(scanned) == asides(read)


SAMPLES = [
    line(messageId="m", userId=7, properties={"total": 12.5, "plan": "gold", "a": {"b": 7}}),
    line(type="identify", event="-", anonymousId="d", traits={"x": [1, {"y": None}], "z": {}}),
    line(type="alias", previousId="old", receivedAt="2024-05-01T11:00:00.25+02:00", version="2"),
    line(userId="-", anonymousId=12, value=3, properties={"total": True, "cart_total": 0.1}),
    line(properties={"total": "12.50", "cart_total": "free", "a": {"b": "-3"}, "plan": "7"}),
    line(properties={"total": None, "revenue": -4.25, "plan": 5, "a": None}, name=None, other=[]),
    line(event="Unsubscribed", value=None, properties=None, context={"a": [[], [1, -0.5, "x"]]}),
    line(properties={"plan": ["gold"], "cart_total": {"x": 1}, "cart total": False}, sentAt=None),
    line(properties={"plan": "x", "z": "yyy"}).replace(b"yyy", "\u00e9 \u20ac \U0001f600".encode()),
    line().replace(b", ", b" ,\t").replace(b": ", b"\r:  "),
]


def test_usual_lines_are_read_here():
    assert taken(*SAMPLES) == [True] * len(SAMPLES)
    agree(SAMPLES)
    agree(SAMPLES, NOON - 1)


LEFT = {
    "an escape": line(event='a"b'),
    "an id beyond ASCII": line(userId="\u00e9").replace(b"\\u00e9", "\u00e9".encode()),
    "a name beyond ASCII": line().replace(b"Visit", "Vis\u00eft".encode()),
    "a key beyond ASCII": line(x=1).replace(b'"x"', '"\u00ef"'.encode()),
    "an exponent": line(value=1).replace(b": 1}", b": 1e3}"),
    "a number of 16 digits": line(properties={"total": 0.1234567890123456}),
    "minus nothing": line(properties={"total": -0.0}),
    "a text with a number in it": line(properties={"total": "5 EUR"}),
    "a text that is an odd number": line(properties={"total": "05"}),
    "a text that is a long number": line(properties={"total": "0.1234567890123456"}),
    "a wanted key twice": line(properties={"total": 1}).replace(b"1}", b'1,"total":2}'),
    "a field twice": line()[:-1] + b',"userId":"c2"}',
    "a wanted mapping that is none": line(properties={"a": 1}),
    "deep nesting": line(properties={"x": 1}).replace(b"1}", b"[" * 61 + b"]" * 61 + b"}"),
    "a long line": line(x="y" * 4000),
    "a long number": line(x=1).replace(b": 1}", b": " + b"1" * 41 + b"}"),
    "a negative id": line(userId=-3),
    "an id with a fraction": line(userId=7).replace(b"7", b"7.0"),
    "a name in snake case": line(userId="-", customer_id="c1"),
    "an empty name": line(event=""),
    "a key without letters": line(properties={"": 1}),
    "a time of another form": line(timestamp="2024-05-01"),
    "an empty line": b"",
}


@pytest.mark.parametrize("case", LEFT)
def test_unusual_lines_are_left(case):
    assert taken(LEFT[case], line()) == [False, True]
    agree([LEFT[case], line()])


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=6), st.sampled_from([None, NOON, NOON - 1]))
def test_scanning_changes_nothing(lines, received):
    agree(lines, received)


def _utf8(letter):
    return letter.encode("utf-8", "surrogatepass")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_lines_are_judged_as_before(sample, data):
    damaged = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        byte = data.draw(st.sampled_from(b'{}[]",:0123456789.-+eEtfn\\ \t\x00\x1f\x7f\xc3\xa9aT'))
        how = data.draw(st.sampled_from("rid"))
        damaged[at : at + (how != "i")] = bytes([] if how == "d" else [byte])
    if b"\n" not in damaged:
        agree([bytes(damaged)])


@given(st.lists(st.binary(max_size=4) | st.characters().map(_utf8), max_size=4).map(b"".join))
@example(b"\xed\xa0\x80")
@example(b"\xf4\x90\x80\x80")
@example(b"\xe0\x9f\xbf")
@example(b"\xf0\x8f\xbf\xbf")
@example(b"\xc1\xbf")
def test_texts_in_any_letters(raw):
    """The twin: Python decodes them."""
    whole = line(context={"x": "?"}).replace(b"?", raw)
    try:
        plain = not set(raw.decode()) & {'"', "\\", "\x7f", *map(chr, range(32))}
    except UnicodeDecodeError:
        plain = False
    if plain:
        assert taken(whole) == [True]
    agree([whole] if b"\n" not in whole else [])


SOUP = st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", ",", ":", '"', "0", "-", "1", ".", "e", "E5", "true", "false", "null",
         "nul", '"total"', '"a"', '"b"', '"x":', '"a":{', " ", "\t", "00", "1.", "-1.5", "+1"]
    ),
    max_size=12,
).map("".join)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.sampled_from(["", "gold", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "total", "x", "plan"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=500, deadline=None)
@given(SOUP | VALUES.map(json.dumps), st.sampled_from(["properties", "context", "other", "value"]))
@example('{"a":{"b":1},"a":{"b":2}}', "properties")
@example("{}}{", "context")
@example("[1,]", "other")
@example('{"a":1,}', "properties")
def test_nothing_that_is_no_json_is_read(text, field):
    raw = f'{{"userId":"c","event":"Visit","timestamp":"2024-05-01T12:00:00Z","{field}":{text}}}'
    try:
        json.loads(raw, parse_constant=lambda word: 1 / 0)
    except (ValueError, ZeroDivisionError):
        assert taken(raw.encode()) == [False]
    agree([raw.encode()])


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?", fullmatch=True))
def test_numbers_are_exact(text):
    """The twin: Python reads the number."""
    found = number_of(np.frombuffer(text.encode(), np.uint8), 0, len(text))
    n_digits = sum(letter.isdigit() for letter in text)
    minus_zero = text.startswith("-") and not any(letter in "123456789" for letter in text)
    if n_digits > 15 or minus_zero:
        assert math.isnan(found)
    else:
        assert found == float(text)


@settings(max_examples=150, deadline=None)
@given(
    st.text("0123456789.-+eE x", max_size=8)
    | st.from_regex(r"-?[0-9]{1,3}(\.[0-9]{1,4})?", fullmatch=True),
    st.sampled_from(["total", "cart_total", "plan"]),
)
def test_texts_where_numbers_are_wanted(text, name):
    agree([line(properties={name: text})])


def test_rules_without_properties_and_with_odd_ones():
    none = Wanted([], lambda name, kind: 0)
    assert taken(*SAMPLES, asked=none) == [True] * len(SAMPLES)
    odd = Wanted([Property(("",)), Property(("é",)), Property(("x", ""))], lambda name, kind: 0)
    decoded = Decoder(odd, salt=b"s").decode([line(properties={"": 1, "x": {"": 2}})])
    assert decoded.batch.values[:, 0].tolist()[::2] == [1.0, 2.0]


@given(st.binary(min_size=8, max_size=8) | st.text('ab"\\\x7f\x1f ~é', min_size=8).map(_utf8))
def test_letters_eight_at_a_time(raw):
    """The twin: the same in Python."""
    data = np.frombuffer(raw, np.uint8)
    assert _first_special(data) == first_special(data, 0)
    assert _eight(data) == eight(data, 0) == int.from_bytes(raw[:8], "little")


@given(st.binary(max_size=24), st.integers(0, 8))
def test_the_end_of_a_text_is_its_first_quote(raw, low):
    """The twin: Python looks for it."""
    whole = b"a" * low + raw + b'"'
    found = _text_end(np.frombuffer(whole, np.uint8), low)
    inside = whole[low : whole.index(b'"', low)]
    try:
        fine = not set(inside.decode()) & {"\\", "\x7f", *map(chr, range(32))}
    except UnicodeDecodeError:
        fine = False
    assert found == (low + len(inside) if fine else -1)
