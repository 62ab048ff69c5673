"""The room itself: its names, what loading it costs, and where pictures go."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

import customerintel as ci
from customerintel import models, plot
from customerintel.exceptions import MissingDependencyError

ROOT = Path(__file__).parents[2]
DIRECTIVE = re.compile(r"^\.\. auto(?:class|function):: ([\w.]+)", re.MULTILINE)
NBD = models.NBD.from_params({"r": 0.5, "alpha": 6.0}, unit="week")


def test_the_room_is_one_of_the_face():
    assert ci.plot is plot
    assert "plot" in ci.__all__


def test_every_name_exists_and_is_in_the_reference():
    page = (ROOT / "docs/reference/plot.md").read_text(encoding="utf-8")
    assert set(DIRECTIVE.findall(page)) == set(plot.__all__)
    assert all(callable(getattr(plot, name)) for name in plot.__all__)
    assert dir(plot) == plot.__all__
    with pytest.raises(AttributeError, match="has no attribute 'pie'"):
        _ = plot.pie


def test_no_function_is_named_like_a_module():
    modules = {path.stem for path in Path(plot.__file__).parent.glob("*.py")}
    assert modules.isdisjoint(plot.__all__)


def test_numbers_are_had_without_matplotlib():
    code = (
        "import sys\n"
        "sys.modules['matplotlib'] = None\n"
        "from customerintel import models, plot\n"
        "fit = models.NBD.from_params({'r': 0.5, 'alpha': 6.0}, unit='week')\n"
        "log = fit.simulate(20, 8.0, 1)\n"
        "data = plot.tracking_data(fit, log, calibration_end='2000-01-28')\n"
        "assert len(data.actual) == len(data.end) > 3\n"
        "for name in plot.__all__:\n"
        "    getattr(plot, name)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(MissingDependencyError) as caught:
        plot.heterogeneity(NBD)
    assert str(caught.value) == 'Pictures need matplotlib: pip install "customerintel[plot]".'


def test_axes_that_are_given_are_drawn_into():
    figure, ax = plt.subplots()
    assert plot.heterogeneity(NBD, ax=ax) is ax
    assert plt.get_fignums() == [figure.number]


def test_a_new_figure_is_pyplots():
    ax = plot.heterogeneity(NBD)
    assert plt.gcf() is ax.figure


def test_nothing_is_drawn_if_an_argument_is_wrong():
    with pytest.raises(ci.exceptions.InvalidArgumentError):
        plot.calibration_histogram(NBD, {"frequency": [1], "recency": [3.0], "T": [2.0]})
    assert plt.get_fignums() == []


@pytest.mark.parametrize("look", ["default", "dark_background"])
def test_what_happened_is_seen_in_light_and_dark_styles(look):
    with plt.style.context(look):
        ax = plot.calibration_histogram(NBD, {"frequency": [0], "recency": [0.0], "T": [9.0]})
        bar = ax.containers[0][0].get_facecolor()[:3]
        background = ax.figure.get_facecolor()[:3]
    assert sum(abs(one - other) for one, other in zip(bar, background, strict=True)) == 3.0
