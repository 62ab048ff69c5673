"""Pictures of `customerintel.plot` on the page, and maps of fewer corners."""

from __future__ import annotations

import re

import numpy as np
import pytest

from customerintel.plot.geojson_shapes import read_shapes
from customerintel.report.area_map import CORNERS, simple_shapes
from customerintel.report.markup import LONG, long_table
from customerintel.report.pictures import in_words, picture
from customerintel.report.svg_theme import draw


def texts(paint):
    svg = draw("one", paint, height=3.0, alt="Words")
    return re.findall(r">([^<>]+)</text>", svg)


def test_texts_are_those_of_the_page():
    def plotted(ax):
        ax.plot([0, 1], [0.0, 1.0], label="to 2011-12-09")
        ax.set_xticks([0, 1], ["2011-11", "2011-Q4"])
        ax.text(0.5, 0.5, "7.5% of 2011-13")
        ax.set_title("Orders by cohort")
        ax.set_ylabel("share of orders")
        ax.legend()

    seen = texts(picture(plotted))
    for text in (
        "to 9\u00a0Dec\u00a02011",
        "Nov 2011",
        "Q4 2011",
        "7.5\u00a0% of 2011-13",
        "share of purchases",
    ):
        assert text in seen
    assert "Orders by cohort" not in seen
    assert "Purchases by cohort" not in seen


def test_the_first_of_several_has_the_title_that_is_asked_for():
    def plotted(axes):
        assert len(axes) == 2
        for ax, name in zip(axes, ("Orders by cohort", "Orders per buyer"), strict=True):
            ax.set_title(name)
            ax.plot([0, 1], [1, 2])

    seen = texts(picture(plotted, heights=(2.0, 1.0), title="First", xlabel="months"))
    assert {"First", "Purchases per buyer", "months"} <= set(seen)
    assert "Orders by cohort" not in seen


@pytest.mark.parametrize("text", ["2011-99-99", "12-2011-12", "2011-12-091", "branch 7"])
def test_what_is_no_date_stays(text):
    assert in_words(text) == text


def circle(x, y, corners, size=1.0):
    at = np.linspace(0.0, 2.0 * np.pi, corners + 1)
    ring = np.c_[x + size * np.cos(at), y + size * np.sin(at)]
    ring[-1] = ring[0]
    return ring


def area_of(ring):
    x, y = ring[:-1].T
    return 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def test_shapes_of_many_corners_keep_their_form():
    shapes = {name: [circle(4.0 * k, 0.0, 4_000)] for k, name in enumerate("abc")}
    made = simple_shapes(shapes)
    assert sum(len(ring) for rings in made.values() for ring in rings) <= CORNERS
    for name, rings in made.items():
        assert (rings[0][0] == rings[0][-1]).all()
        assert area_of(rings[0]) == pytest.approx(area_of(shapes[name][0]), rel=0.02)


def test_neighbours_still_touch():
    edge = np.c_[np.full(3_000, 1.0) + 0.01 * np.sin(np.arange(3_000)), np.linspace(0, 1, 3_000)]
    left = np.r_[edge, [[0.0, 1.0], [0.0, 0.0]], edge[:1]]
    right = np.r_[edge[::-1], [[2.0, 0.0], [2.0, 1.0]], edge[-1:]]
    made = simple_shapes({"left": [left], "right": [right]})
    own, other = ({tuple(one) for one in made[name][0]} for name in ("left", "right"))
    assert len(own & other) >= min(len(own), len(other)) - 3


def test_small_areas_do_not_vanish_and_few_corners_stay():
    shapes = {"big": [circle(0.0, 0.0, 3_000, 100.0)], "small": [circle(0.0, 0.0, 12, 1e-6)]}
    made = simple_shapes(shapes)
    assert (made["small"][0] == shapes["small"][0]).all()
    few = {"one": [circle(0.0, 0.0, 8)]}
    assert (simple_shapes(few)["one"][0] == few["one"][0]).all()


def test_a_map_with_holes_is_read_as_it_was():
    square = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    hole = [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]
    feature = {
        "type": "Feature", "properties": {"name": "a"},
        "geometry": {"type": "Polygon", "coordinates": [square, hole]},
    }  # fmt: skip
    shapes = read_shapes({"type": "FeatureCollection", "features": [feature]}, ["a"])
    assert [len(ring) for ring in simple_shapes(shapes)["a"]] == [5, 5]


def test_long_tables_are_folded():
    rows = [[str(k), "1"] for k in range(LONG + 1)]
    assert "<details" not in long_table(["a", "b"], rows[:-1], title="Some")
    made = long_table(["a", "b"], rows, title="Some")
    assert made.startswith(f'<details class="wide"><summary>Some: {LONG + 1} rows</summary>')
