"""Charts as part of the page: its colours, ids of their own, texts as they are."""

from __future__ import annotations

import re

import matplotlib as mpl
import numpy as np
import pytest

from customerintel.exceptions import MissingDependencyError
from customerintel.report.drawing import (
    columns,
    curves,
    format_axis,
    heat,
    in_heat,
    plain_axes,
    rows_of_bars,
)
from customerintel.report.svg_theme import HEAT, draw


def made(paint, key="one"):
    return draw(key, paint, height=2.0, alt="Words")


DRAWN = {
    "columns": columns(["a", "b"], np.array([1.0, 2.0]), kind="money"),
    "bars": rows_of_bars(["a", "b"], np.array([0.2, 0.8]), ["20 %", "80 %"]),
    "pairs": rows_of_bars(["a"], np.array([0.2]), ["x"], second=np.array([0.3]), names=("p", "q")),
    "curves": curves(np.arange(3.0), [("p", np.arange(3.0)), ("q", np.ones(3))], kind="percent"),
    "heat": heat(
        np.array([[0.0, np.nan], [0.5, 1.0]]), [["0", ""], ["5", "9"]], down="ab", across="cd",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_colours_are_those_of_the_page(name):
    svg = made(DRAWN[name])
    assert "var(--" in svg
    assert not re.search(r"#[0-9a-f]{6}\b", svg)
    assert "<style" not in svg
    assert "DejaVu" not in svg


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_data_draw_the_same(name):
    assert made(DRAWN[name]) == made(DRAWN[name])


def test_ids_are_of_one_chart():
    svgs = [made(DRAWN["curves"], key) for key in ("one", "two")]
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in svgs]
    assert ids[0]
    assert not ids[0] & ids[1]
    for svg, own in zip(svgs, ids, strict=True):
        assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)) <= {
            pair for one in own for pair in ((one, ""), ("", one))
        }


def test_texts_are_no_formulas_and_any_letters(recwarn):
    names = ["$a_b$ & <b>", "東京"]
    svg = made(rows_of_bars(names, np.array([1.0, 2.0]), ["$6 · $7", "é"]))
    for text in ("$a_b$ &amp; &lt;b&gt;", "東京", "$6 · $7", "é"):
        assert f">{text}</text>" in svg
    assert not recwarn.list


def test_texts_stay_as_they_are_whatever_they_look_like():
    names = ['a id="evil" url(#foo) 1.23456 #ffffff', "Plan 1.25099", "font: 7px x; y", "a <!-- b"]
    svg = made(rows_of_bars(names, np.arange(1.0, 5.0), ["1", "2", "3", "#000000"]))
    for text in ('>a id="evil" url(#foo) 1.23456 #ffffff<', ">Plan 1.25099<", ">font: 7px x; y<",
                 ">a &lt;!-- b<", ">#000000<"):  # fmt: skip
        assert text in svg
    tags = "".join(re.findall(r"<[^<>]*>", svg))
    assert not re.search(r"\d\.\d{3}", tags)
    assert "evil" not in tags


def test_words_in_its_place_are_escaped():
    assert 'aria-label="&lt;a&gt; &quot;b&quot;"' in draw(
        "one", DRAWN["columns"], height=2.0, alt='<a> "b"'
    )


def test_the_style_of_the_caller_is_left_alone_and_not_used():
    before = dict(mpl.rcParams)
    plain = made(DRAWN["columns"])
    with mpl.rc_context({"axes.facecolor": "red", "font.size": 40.0, "svg.fonttype": "path"}):
        assert made(DRAWN["columns"]) == plain
    assert dict(mpl.rcParams) == before


def test_shades_grow_with_the_value():
    values = np.array([0.0, 0.1, 0.5, 1.0, np.nan])
    assert in_heat(values).tolist() == [0, 0, 4, len(HEAT) - 1, -1]
    assert in_heat(np.zeros(2)).tolist() == [0, 0]
    assert in_heat(np.array([0.5]), most=1.0).tolist() == [4]


@pytest.mark.parametrize(
    ("kind", "top", "last"),
    [("count", 7.0, "6"), ("money", 2.6e6, "2M"), ("percent", 0.52, "40 %"), ("count", 0.8, "1")],
)
def test_axes_are_written_in_short(kind, top, last):
    seen = []

    def paint(figure):
        ax = plain_axes(figure)
        ax.plot([0, 1], [0, top])
        format_axis(ax.yaxis, kind)
        figure.draw_without_rendering()
        seen.extend(text.get_text() for text in ax.get_yticklabels())

    made(paint)
    assert last in seen
    assert "0" in seen or "0 %" in seen


def test_without_matplotlib_the_pip_line_is_told(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(MissingDependencyError) as caught:
        made(DRAWN["columns"])
    assert str(caught.value) == (
        'The charts of a report need matplotlib: pip install "customerintel[plot]".'
    )
