"""Pictures of profiles and of look-alike audiences hold the numbers of the results."""

from __future__ import annotations

import re

import numpy as np
import pytest
from plot import core_results as made

from customerintel.plot.audiences import audience_gain, fairness
from customerintel.plot.choropleth import area_map
from customerintel.plot.core_over_time import format_mix, persistence
from customerintel.plot.place_dots import reach, relevance
from customerintel.plot.stress_bars import stress
from customerintel.plot.trait_forest import profile
from customerintel.report import svg_theme


def test_a_profile_holds_the_largest_differences():
    result = made.profile()
    ax = profile(result, ax=made.narrow(4.2))
    numbers, levels = result.numeric, result.levels
    drawn = dict(zip(made.marks_of(ax, "o")[1], made.marks_of(ax, "o")[0], strict=True))
    rows = made.rows_of(ax)
    age = numbers.trait.index("age")
    row = rows.index("age")
    assert drawn[row] == numbers.hedges_g[age]
    bars = made.bars_of(ax)
    assert bars[row] == pytest.approx((numbers.hedges_g_lower[age], numbers.hedges_g_upper[age]))
    member = [*zip(levels.trait, levels.level, strict=True)].index(("club", "member"))
    row = rows.index("club: member")
    low, high = bars[row]
    value = levels.standardized_difference[member]
    assert dict(zip(*made.marks_of(ax, "s")[::-1], strict=True))[row] == value
    spread = levels.difference[member] / value
    assert low == pytest.approx(levels.difference_lower[member] / spread)
    assert high == pytest.approx(levels.difference_upper[member] / spread)
    assert "club: guest" not in rows
    sizes = [abs(line.get_xdata()[0]) for line in ax.lines if line.get_marker() in ("o", "s")]
    assert sizes == sorted(sizes, reverse=True)
    made.check_texts(ax)


def test_what_is_significant_is_filled():
    result = made.profile()
    ax = profile(result)
    filled = {
        name: line.get_markerfacecolor() == line.get_color()
        for name, line in zip(made.rows_of(ax), ax.lines[1:], strict=True)
    }
    assert filled["age"] is filled["club: member"] is True
    height = result.numeric.trait.index("height")
    assert filled["height"] is bool(result.numeric.significant[height]) is False
    assert [one.get_text() for one in ax.get_legend().get_texts()] == [
        "number", "level", "not significant",
    ]  # fmt: skip


def test_so_many_differences_as_are_asked_for():
    assert len(made.rows_of(profile(made.profile(), top=2))) == 2


def test_gain_curves_hold_the_recall():
    result = made.evaluation()
    ax = audience_gain(result, ax=made.narrow(4.0))
    lines = {line.get_label(): line.get_data() for line in ax.lines}
    assert set(lines) >= {"chance", "model", "days since the la…", "chance of a visit"}
    for label, name in (("model", "model"), ("days since the la…", "best trait")):
        for drawn, held in zip(lines[label], result.curve(name), strict=True):
            np.testing.assert_array_equal(drawn, held)
    bars = [segment[:, 1].tolist() for segment in ax.collections[0].get_segments()]
    assert bars == [list(result.interval("recall", share)) for share in result.shares]
    x, y = made.marks_of(ax, "o")
    assert x.tolist() == list(result.shares)
    assert y.tolist() == [result.recall(share) for share in result.shares]
    made.check_texts(ax)


def test_fairness_holds_the_ratios_of_all_attributes():
    result = made.fairness()
    ax = fairness(result, ax=made.narrow(3.8))
    rows = made.rows_of(ax)
    assert rows == ["age_band", "middle", "old", "young", "gender", "f", "m", "x"]
    bold = [one.get_text() for one in ax.get_yticklabels() if one.get_fontweight() == "bold"]
    assert bold == ["age_band", "gender"]
    bars = made.bars_of(ax)
    for first, name in ((1, "age_band"), (5, "gender")):
        rates = result.groups[name]
        for k in range(3):
            marker = "v" if rates.below_four_fifths[k] else "o"
            x, y = made.marks_of(ax, marker)
            assert dict(zip(y, x, strict=True))[first + k] == pytest.approx(
                rates.ratio[k], nan_ok=True
            )
            if np.isfinite(rates.ratio_lower[k]):
                assert bars[first + k] == (rates.ratio_lower[k], rates.ratio_upper[k])
    assert result.groups["age_band"].below_four_fifths.any()
    assert [line.get_xdata()[0] for line in ax.lines[:2]] == [1.0, 0.8]
    made.check_texts(ax)


def test_groups_of_too_few_have_words():
    result = made.fairness()
    ax = fairness(result, "gender", ax=made.narrow(2.6))
    assert made.rows_of(ax) == ["f", "m", "x"]
    hidden = int(result.groups["gender"].suppressed.sum())
    assert hidden
    assert [one.get_text() for one in ax.texts] == ["too few"] * hidden
    assert ax.get_title() == "Selected, by gender"
    made.check_texts(ax)


PICTURES = {
    "reach": lambda ax: reach(made.reach(), ax=ax),
    "relevance": lambda ax: relevance(made.relevance(), ax=ax),
    "persistence": lambda ax: persistence(made.resilience(), ax=ax),
    "format_mix": lambda ax: format_mix(made.resilience(), ax=ax),
    "stress": lambda ax: stress(made.resilience(), ax=ax),
    "profile": lambda ax: profile(made.profile(), ax=ax),
    "audience_gain": lambda ax: audience_gain(made.evaluation(), ax=ax),
    "fairness": lambda ax: fairness(made.fairness(), ax=ax),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_page_gives_all_colours_and_has_room_for_all_texts(name):
    def paint(figure):
        made.check_texts(PICTURES[name](figure.add_subplot()))

    svg = svg_theme.draw(name, paint, height=4.0, alt=name)
    assert "var(--ink)" in svg
    assert re.findall(r"(?:fill|stroke): ?#[0-9a-f]{6}", svg) == []


def test_a_page_can_give_the_shades_of_a_map():
    from matplotlib.colors import ListedColormap

    def paint(figure):
        shades = ListedColormap(svg_theme.HEAT)
        ax = figure.add_subplot()
        made.check_texts(area_map(made.reach(), made.library().geojson, cmap=shades, ax=ax))

    svg = svg_theme.draw("map", paint, height=4.0, alt="map")
    assert "var(--h7)" in svg
    assert re.findall(r"(?:fill|stroke): ?#[0-9a-f]{6}", svg) == []


@pytest.mark.parametrize("name", PICTURES)
def test_axes_that_are_given_are_drawn_into(name):
    ax = made.narrow(3.8)
    assert PICTURES[name](ax) is ax
