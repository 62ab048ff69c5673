"""Pictures of resilience hold the numbers of the result."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from plot import core_results as made

from customerintel.plot.core_over_time import format_mix, persistence
from customerintel.plot.stress_bars import stress

NAMES = ("persistence", "still_active", "revenue_retention")


@pytest.mark.parametrize("result", [made.resilience, made.shop_resilience])
def test_persistence_stands_beside_what_is_expected(result):
    result = result()
    ax = persistence(result, ax=made.narrow(2.8))
    names = [name for name in NAMES if np.isfinite(result.figure(name))]
    assert made.rows_of(ax) == ["core again", "bought again", "spend kept"][: len(names)]
    for marker, which, before in (("o", "observed", ""), ("D", "expected", "expected_")):
        x, rows = made.marks_of(ax, marker)
        assert x.tolist() == [result.figure(name, which) for name in names]
        bars = made.bars_of(ax)
        for name, row in zip(names, rows, strict=True):
            assert bars[row] == pytest.approx(result.interval(f"{before}{name}"))
    assert len(names) == (3 if result.stress.measure == "spend" else 2)
    points = f"{100 * result.excess_persistence:+.1f} points".replace("-", "\u2212")
    assert points in ax.get_xlabel()
    made.check_texts(ax)


def test_the_mix_of_each_period_is_stacked():
    result = made.resilience("quarter")
    ax = format_mix(result, ax=made.narrow(3.2))
    mix = result.format_mix
    assert len(mix.labels) == 12
    heights = [[bar.get_height() for bar in bars] for bars in ax.containers]
    np.testing.assert_allclose(np.transpose(heights), mix.mix)
    tops = [bar.get_y() + bar.get_height() for bar in ax.containers[-1]]
    np.testing.assert_allclose(tops, 1.0)
    assert [one.get_text() for one in ax.get_legend().get_texts()] == list(mix.formats)
    ticks = [one.get_text() for one in ax.get_xticklabels()]
    assert ticks[-1] == mix.labels[-1].removeprefix("to ")
    assert 2 <= len(ticks) < 12
    made.check_texts(ax)


def test_many_formats_leave_the_smallest_as_one():
    result = made.resilience(formats="channel")
    mix = result.format_mix
    many = np.array([[0.3, 0.02, 0.2, 0.15, 0.1, 0.1, 0.1, 0.03]])
    names = tuple(f"a format with a long name {k}" for k in range(8))
    changed = dataclasses.replace(
        result, format_mix=dataclasses.replace(mix, formats=names, labels=("2014",), mix=many)
    )
    ax = format_mix(changed, ax=made.narrow(4.2))
    assert [bars[0].get_height() for bars in ax.containers] == pytest.approx(
        [0.3, 0.2, 0.15, 0.1, 0.1, 0.1, 0.05]
    )
    assert ax.containers[-1].get_label() == "2 others"
    assert ax.get_xlabel() == "period"
    made.check_texts(ax)


@pytest.mark.parametrize("result", [made.resilience, made.shop_resilience])
def test_stress_tests_are_bars(result):
    result = result()
    ax = stress(result, ax=made.narrow(3.6))
    tests = result.stress
    order = np.argsort(-tests.at_risk, kind="stable")
    bars = [bar.get_width() for bar in ax.containers[0]]
    assert bars == pytest.approx(tests.at_risk[order])
    assert [one.get_text() for one in ax.texts] == [f"{one:.1%}" for one in tests.share[order]]
    assert ax.get_xlabel() == f"{tests.measure} at risk, and share of all"
    made.check_texts(ax)


def test_stress_tests_of_too_few_come_last_without_a_bar():
    result = made.resilience()
    tests = result.stress
    few = np.array(tests.kind) == "format"
    at_risk = np.where(few, np.nan, tests.at_risk)
    share = np.where(few, np.nan, tests.share)
    hidden = dataclasses.replace(tests, at_risk=at_risk, share=share, suppressed=few)
    ax = stress(dataclasses.replace(result, stress=hidden), ax=made.narrow(3.6))
    assert made.rows_of(ax)[-2:] == ["without digital", "without physical"]
    assert [one.get_text() for one in ax.texts[-2:]] == ["too few", "too few"]
    made.check_texts(ax)


def test_a_loss_that_would_be_a_gain_is_drawn_to_the_left():
    result = made.shop_resilience()
    tests = result.stress
    at_risk = tests.at_risk.copy()
    at_risk[-1] = -0.3 * at_risk.max()
    changed = dataclasses.replace(tests, at_risk=at_risk)
    ax = stress(dataclasses.replace(result, stress=changed), top=20)
    assert ax.get_xlim()[0] < at_risk.min()
    assert min(bar.get_width() for bar in ax.containers[0]) == pytest.approx(at_risk.min())


def test_only_the_largest_are_drawn():
    assert len(stress(made.resilience(), top=3).containers[0]) == 3
