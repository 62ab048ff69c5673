"""Pictures of reach and relevance hold the numbers of the results."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt
from plot import core_results as made

import customerintel as ci
from customerintel.audit.reach_tables import SegmentReach
from customerintel.plot.place_dots import reach, relevance
from customerintel.plot.readable import short_number
from customerintel.plot.rows import listed, shorten


def by_name(ax, found):
    """Names of the rows in full."""
    short = dict(zip(shorten(found.names), found.names, strict=True))
    return [short[name] for name in made.rows_of(ax)]


def test_reach_holds_the_index_of_each_segment():
    result = made.reach()
    found = result.segments
    ax = reach(result, ax=made.narrow(3.8))
    names = by_name(ax, found)
    assert sorted(names) == sorted(found.names)
    index = dict(zip(found.names, found.figures["index"], strict=True))
    low, high = found.figures.interval("index")
    ends = dict(zip(found.names, zip(low, high, strict=True), strict=True))
    x, y = made.marks_of(ax, "o")
    drawn = {names[int(row)]: value for value, row in zip(x, y, strict=True)}
    assert drawn == pytest.approx(index, nan_ok=True)
    bars = made.bars_of(ax)
    assert len(bars) == np.isfinite(low).sum()
    for row, pair in bars.items():
        assert pair == pytest.approx(ends[names[int(row)]])
    known = [index[name] for name in names if np.isfinite(index[name])]
    assert known == sorted(known, reverse=True)
    assert len(known) < len(names)
    assert [one.get_text() for one in ax.texts] == ["too few"] * (len(names) - len(known))
    made.check_texts(ax)


def test_reach_names_what_is_not_covered():
    result = made.reach(min_cell=0)
    ax = reach(result, ax=made.narrow(3.8))
    below = ax.get_xlabel().replace("\n", " ")
    assert result.uncovered
    assert all(name in below for name in shorten(result.uncovered))
    hollow = next(line for line in ax.lines if line.get_markerfacecolor() == ax.get_facecolor())
    assert len(hollow.get_xdata()) == len(result.uncovered)
    made.check_texts(ax)


def test_the_largest_segments_are_chosen_by_people():
    result = made.reach()
    ax = reach(result, top=3)
    most = np.argsort(-result.segments.population)[:3]
    assert sorted(by_name(ax, result.segments)) == sorted(result.segments.names[k] for k in most)
    assert "the 3 largest of 8 segments" in ax.get_xlabel()


def test_without_a_population_the_core_is_compared_with_all_customers():
    result = made.core().reach(customers=made.library().customers, segment="segment", n_boot=50)
    ax = reach(result)
    assert ax.get_title() == "Core against all customers"
    assert ax.get_xlabel().startswith("index (100: as in all customers)")


def test_relevance_holds_both_shares():
    result = made.relevance()
    ax = relevance(result, ax=made.narrow(3.4))
    place = dict(zip(shorten(result.segment), range(len(result.segment)), strict=True))
    rows = [place[name] for name in made.rows_of(ax)]
    assert len(rows) == 6
    np.testing.assert_array_equal(made.marks_of(ax, "o")[0], result.share_of_core[rows])
    np.testing.assert_array_equal(made.marks_of(ax, "D")[0], result.share_of_population[rows])
    larger = np.fmax(result.share_of_core, result.share_of_population)
    assert larger[rows].tolist() == sorted(larger, reverse=True)[:6]
    hidden = int(np.isnan(result.share_of_core[rows]).sum())
    assert hidden
    assert [one.get_text() for one in ax.texts] == ["core: too few"] * hidden
    made.check_texts(ax)


def test_relevance_of_one_segment():
    ax = relevance(made.relevance(), top=1)
    assert len(made.rows_of(ax)) == 1


@pytest.mark.parametrize("look", ["default", "dark_background"])
def test_the_population_is_seen_in_light_and_dark_styles(look):
    with plt.style.context(look):
        ax = relevance(made.relevance())
        line = next(line for line in ax.lines if line.get_marker() == "D")
        assert line.get_color() == ax.title.get_color()
        assert line.get_markerfacecolor() == ax.get_facecolor()


def test_names_are_shortened_but_never_alike():
    long = [f"a name that is much too long, number {k}" for k in (1, 2)]
    short = shorten([*long, "short", "another name that is too long"], 16)
    assert short == ["a name t…umber 1", "a name t…umber 2", "short", "another name th…"]
    kinds = [f"{who} {what} of the valley" for who in ("urban", "rural") for what in "abcdef"]
    middles = [f"prosperous {'x' * k}{'y' * (9 - k)} households of the valley" for k in range(10)]
    for names in (kinds, middles, [f"{'n' * 30}{k}{'m' * 30}" for k in range(10)]):
        short = shorten(names, 18)
        assert len(set(short)) == len(names)
    assert max(map(len, shorten(kinds, 18))) == 18


def test_lists_say_how_many_are_left_out():
    text = listed("not covered", [f"segment {k}" for k in range(40)])
    assert text.count("\n") == 2
    named = text.count("segment ")
    assert text.endswith(f"and {40 - named} more")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (999.0, "999"),
        (1_500.0, "1.5k"),
        (999_999.0, "1M"),
        (-2.5e9, "\N{MINUS SIGN}2.5bn"),
        (4e12, "4T"),
    ],
)
def test_numbers_are_written_in_few_letters(number, text):
    assert short_number(number) == text


def test_a_segment_without_people_says_so():
    found = made.reach(min_cell=0).segments
    people = found.population.copy()
    people[0] = 0.0
    index = found.figures.blank(np.arange(len(found)) == np.zeros((len(found.figures.names), 1)))
    none = SegmentReach(
        found.names, found.customers, found.core, people, index, found.covered, found.suppressed
    )
    result = made.reach(min_cell=0)
    changed = type(result)(**{**vars(result), "segments": none})
    assert [one.get_text() for one in reach(changed).texts] == ["no people"]
    assert ci.audit.Reach is type(result)
