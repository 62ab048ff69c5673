"""The built-in schemes cell by cell, and the checks on the user's own."""

from __future__ import annotations

import itertools
from dataclasses import FrozenInstanceError

import numpy as np
import oracle_rfm as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel.exceptions import InvalidArgumentError, SchemeError
from customerintel.rfm import SegmentScheme

GRID = list(itertools.product(range(1, 6), repeat=3))
NAMES = ["rfm-11@1", "rf-10@1", "fm-11@1"]


def segments_of(scheme):
    return {code: name for name, codes in scheme.cells().items() for code in codes}


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        # counted from the published lists and grids
        ("rfm-11@1", (7, 8, 24, 7, 16, 8, 8, 22, 8, 11, 6)),
        ("fm-11@1", (12, 33, 14, 3, 3, 7, 3, 32, 6, 6, 6)),
    ],
)
def test_cells_per_segment(name, sizes):
    assert tuple(map(len, SegmentScheme.named(name).cells().values())) == sizes


def test_cells_per_segment_of_the_grid_in_the_order_of_its_source():
    order = ["Hibernating", "At Risk", "Cannot Lose", "About To Sleep", "Need Attention"]
    order += ["Loyal", "Promising", "New", "Potential Loyalist", "Champions"]
    cells = SegmentScheme.named("rf-10@1").cells()
    assert set(order) == set(cells)
    assert [len(cells[name]) for name in order] == [4, 4, 2, 2, 1, 4, 1, 1, 4, 2]


def test_the_grid_is_the_regular_expressions_in_use():
    of = segments_of(SegmentScheme.named("rf-10@1"))
    assert of == {10 * r + f: oracle.rf_10(r, f) for r, f, _ in GRID}


def test_the_mended_ranges_are_the_nested_conditions():
    of = segments_of(SegmentScheme.named("fm-11@1"))
    assert of == {100 * r + 10 * f + m: oracle.fm_11(r, f, m) for r, f, m in GRID}


def test_the_schemes_agree_on_few_cells():
    codes, grid, mended = (segments_of(SegmentScheme.named(name)) for name in NAMES)
    assert sum(codes[code] == grid[code // 10] for code in codes) == 44
    assert sum(codes[code] == mended[code] for code in codes) == 53


@pytest.mark.parametrize(
    ("code", "name"),
    [(555, "Champions"), (445, "Champions"), (251, "About To Sleep"), (155, "Cannot Lose")],
)
def test_cells_that_sources_disagree_on(code, name):
    assert segments_of(SegmentScheme.named("rfm-11@1"))[code] == name


@pytest.mark.parametrize("name", NAMES)
def test_a_scheme_is_its_cells(name):
    scheme = SegmentScheme.named(name)
    again = SegmentScheme.from_mapping(scheme.name, scheme.version, scheme.cells())
    assert again == scheme
    assert hash(again) == hash(scheme)
    assert str(again) == name
    assert repr(name) in repr(scheme)


def test_the_table_repeats_over_money_where_it_is_ignored():
    scheme = SegmentScheme.named("rf-10@1")
    table = scheme.table(4).reshape(5, 5, 4)
    assert table.dtype == np.int8
    assert (table == scheme.table().reshape(5, 5, 1)).all()
    assert not scheme.uses_monetary
    assert SegmentScheme.named("rfm-11@1").table().shape == (125,)


@pytest.mark.parametrize(
    "cells",
    ["33 32", "3[2-3]", ["33", "32"], [33, 32], ("3[3]", 32), "33, 32"],
    ids=["blanks", "range", "texts", "codes", "mixed", "commas"],
)
def test_cells_can_be_written_in_many_ways(cells):
    scheme = SegmentScheme.from_mapping("own", 1, {"a": cells, "b": "31 2* 1*"}, bins=3)
    assert scheme.cells() == {"a": (32, 33), "b": (11, 12, 13, 21, 22, 23, 31)}


def test_ten_bins_are_written_with_brackets_or_two_digits():
    mapping = {
        "top": "[10]*",
        "rest": "[2-9]*",
        "low": [f"01{f:02d}" for f in range(1, 10)] + [110],
    }
    scheme = SegmentScheme.from_mapping("ten", 1, mapping, bins=10)
    assert scheme.cells()["top"] == tuple(range(1001, 1011))
    assert scheme.cells()["low"] == tuple(range(101, 111))


def test_bins_may_differ_by_measure():
    scheme = SegmentScheme.from_rules(
        "own", 1, [("a", {"R": 4}), ("b", {"R": (1, 3)})], bins=(4, 3)
    )
    assert scheme.cells()["a"] == (41, 42, 43)


def test_rules_take_full_names_and_the_first_match_if_asked():
    rules = [("a", {"recency": 3, "monetary": (2, 3)}), ("b", {"FM": (2.5, 3)}), ("c", {})]
    of = segments_of(SegmentScheme.from_rules("own", 2, rules, bins=3, first_match=True))
    assert (of[332], of[232], of[223], of[331], of[222]) == ("a", "b", "b", "c", "c")
    assert len(of) == 27


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_any_total_assignment_survives_and_any_hole_is_found(codes):
    names = sorted({f"s{code}" for code in codes if code})
    cells = [10 * r + f for r, f in itertools.product(range(1, 4), repeat=2)]
    mapping = {
        name: [cell for cell, code in zip(cells, codes, strict=True) if f"s{code}" == name]
        for name in names
    }
    if 0 in codes:
        with pytest.raises(SchemeError, match=r"hole: cells without a segment|segments: between"):
            SegmentScheme.from_mapping("any", 1, mapping, bins=(3, 3))
    else:
        scheme = SegmentScheme.from_mapping("any", 1, mapping, bins=(3, 3))
        assert {k: list(v) for k, v in scheme.cells().items()} == mapping


def test_all_faults_are_told_at_once():
    mapping = {"a": "3*", "b": "2[1-2] 33", "c": "33", "d": []}
    with pytest.raises(SchemeError) as caught:
        SegmentScheme.from_mapping("own", 1, mapping, bins=(3, 3))
    assert str(caught.value) == (
        "The scheme own@1 on 3 x 3 cells has 3 faults:\n"
        "- hole: cells without a segment: 4 (11, 12, 13, 23).\n"
        "- overlap: cells with several segments: 1 (33); 33 is in 'a' and 'b' and 'c'.\n"
        "- unreachable: 'd' can never be assigned, it has no cell."
    )
    assert isinstance(caught.value, InvalidArgumentError)


def test_published_ranges_that_shadow_a_name_are_refused():
    rules = [("a", {"R": (1, 3)}), ("b", {"R": 2, "F": 3}), ("c", {"F": 1})]
    with pytest.raises(SchemeError) as caught:
        SegmentScheme.from_rules("own", 1, rules, bins=3, first_match=True)
    assert str(caught.value) == (
        "The scheme own@1 on 3 x 3 cells has 2 faults:\n"
        "- unreachable: 'b' can never be assigned, earlier rules take all its cells.\n"
        "- unreachable: 'c' can never be assigned, earlier rules take all its cells."
    )


ALL = {"a": "**"}


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: SegmentScheme.from_mapping("o", 1, {"a": "5*", "b": "5x"}),
            "pattern: '5x' of 'b'",
        ),
        (lambda: SegmentScheme.from_mapping("o", 1, {"a": "6*"}), "pattern: '6\\*' of 'a'"),
        (lambda: SegmentScheme.from_mapping("o", 1, {"55": "a"}), "from a segment's name"),
        (lambda: SegmentScheme.from_mapping("o", 1, {"a": "** ***"}), "pattern: '\\*\\*' of 'a'"),
        (lambda: SegmentScheme.from_mapping("o", 1, ["a"]), "mapping must map each segment's name"),
        (lambda: SegmentScheme.from_mapping("o", 1, {}), "between 1 and 127 are possible, got 0"),
        (lambda: SegmentScheme.from_mapping("o@1", 1, ALL), "name: must be a text without '@'"),
        (lambda: SegmentScheme.from_mapping("o", 0, ALL), "version: must be a whole number from 1"),
        (lambda: SegmentScheme.from_mapping("o", 1, ALL, bins=2), "bins: 2 or 3 whole numbers"),
        (
            lambda: SegmentScheme.from_mapping("o", 1, ALL, bins=(5,)),
            r"to 10 are needed, got \(5,\)",
        ),
        (lambda: SegmentScheme.from_mapping("o", 1, {"": "**"}), "names must be texts, not empty"),
        (lambda: SegmentScheme.from_mapping("o", 1, {"left": "**"}), "names left are kept for"),
        (
            lambda: SegmentScheme.from_rules("o", 1, [("a", {"Q": 1})]),
            "'Q' is no score of this grid",
        ),
        (
            lambda: SegmentScheme.from_rules("o", 1, [("a", {"R": (3, 1)})]),
            r"rule 1 \('a'\): R needs",
        ),
        (
            lambda: SegmentScheme.from_rules("o", 1, [("a", {"R": "x"})]),
            "R needs a number or a pair",
        ),
        (lambda: SegmentScheme.from_rules("o", 1, [("a", {"R": 9})]), "matches no cell"),
        (lambda: SegmentScheme.from_rules("o", 1, [("a",)]), "rules must be a sequence of"),
        (lambda: SegmentScheme.from_rules("o", 1, {"a": {}}), "rules must be a .* such as"),
        (lambda: SegmentScheme("o", 1, ("a",), (3, 3), (0,) * 8), "codes: 8 given for 9 cells"),
        (lambda: SegmentScheme("o", 1, ("a",), (3, 3), (0,) * 8 + (1,)), "hole: .* 1 \\(33\\)"),
        (
            lambda: SegmentScheme.named("rfm-11"),
            "no scheme 'rfm-11'; built in are rfm-11@1, rf-10@1",
        ),
    ],
)
def test_schemes_that_cannot_be(build, message):
    with pytest.raises(SchemeError, match=message):
        build()


@pytest.mark.parametrize("name", ["codes", "anything"])
def test_a_scheme_is_frozen(name):
    with pytest.raises(FrozenInstanceError):
        setattr(SegmentScheme.named("rf-10@1"), name, ())


def test_a_scheme_shows_itself_as_a_table():
    scheme = SegmentScheme.from_mapping("x", 1, {"<b>": "[2-3]*", "low": "1*"}, bins=3)
    page = scheme._repr_html_()
    assert "<th>&lt;b&gt;</th><td>21 22 23 31 32 33</td>" in page
    assert "<th>low</th><td>11 12 13</td>" in page
