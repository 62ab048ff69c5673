"""The parts of reading: doubtful lines, properties as numbers, links between ids."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel.live.event_rows import link_of
from customerintel.live.event_times import buffer_of, buffer_of_lines
from customerintel.live.property_values import column_of, first_number, nested, number_of


def doubtful(*lines):
    from customerintel._kernels.live_lines import find_doubtful

    _, data, offsets = buffer_of_lines(list(lines))
    out = np.zeros(len(lines), np.uint8)
    find_doubtful(data, offsets, out)
    return out.tolist()


NUMBERS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,6})(\.[0-9]{1,4})?([eE][+-]?[0-9]{1,5})?", fullmatch=True
)
LONG = st.integers(1, 400).map(lambda n: "7" * n) | st.integers(1, 400).map(
    lambda n: "7" * n + ".5"
)
AROUND = st.sampled_from(
    ['{"x":%s}', '{"x": %s , "y":1}', "[0,%s]", '{"z":"%s"}', '[{"x":[\n%s\n]}]']
)


@given(NUMBERS | LONG, AROUND, st.text("abe-1.", max_size=8))
def test_no_infinite_number_is_overlooked(number, around, word):
    """The twin: json reads the line, and floats are looked at one by one."""
    seen = []
    text = json.dumps({"w": word})[:-1] + ',"v":' + around % number + "}"
    json.loads(text, parse_float=lambda t: seen.append(float(t)), parse_int=lambda t: seen.append(
        math.inf if len(t) > 308 else int(t)
    ))  # fmt: skip
    (found,) = doubtful(text.encode())
    if any(math.isinf(value) for value in seen):
        assert found


def test_ordinary_lines_are_not_doubtful():
    assert doubtful(
        b'{"id":"41e234b0-1e999-4e400","x":1.5e10,"y":-2E-300,"z":[1e99]}',
        b'{"x":"' + b"12ab" * 300 + b'"}',
        b'{"x":1e308}'.replace(b"308", b"30"),
    ) == [0, 0, 0]
    assert doubtful(b'{"x":1e400}', b'{"x":-1.5E+400}', b'{"x":' + b"[" * 255 + b"]" * 255) == [
        1,
        1,
        1,
    ]


NUMBER_CASES = {
    "5": 5.0, " 5.5 ": 5.5, "1e3": 1000.0, "1_000": None, "inf": None, "nan": None, "": None,
    "gold": None, "0x1": None,
}  # fmt: skip


@pytest.mark.parametrize("text", NUMBER_CASES)
def test_texts_that_are_numbers(text):
    expected = NUMBER_CASES[text]
    found = number_of(text)
    assert math.isnan(found) if expected is None else found == expected


@given(st.lists(st.sampled_from([None, True, 2, 2.5, "7", "x", 10**400, [1], {"a": 1}, "gold"])))
def test_columns_are_their_values_one_by_one(values):
    np.testing.assert_array_equal(column_of(values, None), [number_of(v) for v in values])
    texts = ("gold", "x", "gold")
    expected = [
        np.nan if v is None or isinstance(v, (list, dict))
        else {"gold": 1, "x": 2}.get(v, 0) if isinstance(v, str) else 0
        for v in values
    ]  # fmt: skip
    np.testing.assert_array_equal(column_of(values, texts), expected)


def test_paths_into_properties():
    assert nested({"a": {"b": 1}}, ("a", "b")) == 1
    assert nested({"a": 1}, ("a", "b")) is None
    assert nested(None, ("a",)) is None


LINKS = {
    "a device of a customer": (("identify", "c", "d", None), ("d", "c")),
    "a former id": (("alias", "c", None, "old"), ("old", "c")),
    "an alias of a device": (("alias", "c", "d", None), ("d", "c")),
    "a tracked event": (("track", "c", "d", None), None),
    "no customer": (("identify", None, "d", None), None),
    "itself": (("identify", "c", "c", None), None),
    "a word for nobody": (("identify", "c", "Undefined", None), None),
    "a customer that is nobody": (("identify", "null", "d", None), None),
}


@pytest.mark.parametrize("case", LINKS)
def test_links(case):
    given, expected = LINKS[case]
    assert link_of(*given) == expected


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=5))
def test_buffers_hold_all_texts(texts):
    data, offsets = buffer_of(texts)
    raw = data.tobytes()
    assert [raw[a:b].decode() for a, b in pairwise(offsets)] == texts


def test_the_first_number_of_several_columns():
    nan = math.nan
    columns = [[1.0, nan, nan, nan], [5.0, 2.0, nan, nan], [6.0, 7.0, 3.0, nan]]
    found = first_number(map(np.array, columns))
    np.testing.assert_array_equal(found, [1.0, 2.0, 3.0, nan])


def test_columns_are_not_read_once_every_number_is_there():
    columns = iter([np.array([1.0, 2.0]), np.array([3.0, 4.0])])
    assert first_number(columns).tolist() == [1.0, 2.0]
    assert next(columns).tolist() == [3.0, 4.0]
