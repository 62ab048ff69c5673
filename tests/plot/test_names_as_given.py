"""Names come from data, and are drawn as they are, whatever letters they have."""

from __future__ import annotations

import dataclasses
import functools
import warnings

import matplotlib as mpl
import numpy as np
import pytest
from churn.churn_logs import Half, Silence, simulated
from matplotlib import pyplot as plt
from matplotlib.text import Text
from plot import core_results as made

import customerintel as ci
from customerintel import plot
from customerintel.lookalike.audience_fairness import fairness_of
from customerintel.lookalike.audience_gains import gains_of
from customerintel.lookalike.evaluation import Evaluation
from customerintel.plot.canvas import as_written
from customerintel.plot.rows import shorten
from customerintel.report import svg_theme
from customerintel.tables.kinds import Kind
from customerintel.tables.traits import read_traits

LONG = "x" * 200
#: Formulas, broken formulas, marks of legends and pages, and letters of other scripts.
NAMES = [
    "$0 to $50k", r"$\frac{1$", "_under", "a&b <c>", LONG, "", "$x_{1$", "Ωμέγα", "Привет", "客户",
]  # fmt: skip
#: Names of estimators.
JUDGED = NAMES[1], NAMES[2], LONG
#: Customers of each name.
EACH = 12
ALL = len(NAMES)


def column(names=NAMES):
    return np.array(names, object).repeat(EACH)


@functools.cache
def rows(n=ALL):
    """Return a log in which every customer buys four times in two years, at one place each."""
    ids = np.arange(EACH * n)
    days = np.add.outer(ids % 30, [0, 200, 420, 700]).ravel() * np.timedelta64(1, "D")
    return {
        "customer_id": ids.repeat(4),
        "timestamp": np.datetime64("2022-01-01T10:00", "us") + days,
        "amount": 1.0 + ids.repeat(4) % 7,
        "channel": column(NAMES[:n]).repeat(4),
    }


@functools.cache
def core(n=ALL):
    history = ci.TransactionLog.from_frame(rows(n)).as_of("2023-12-31")
    return ci.audit.core_customers(history, share=0.5, by="spend")


def customers():
    some = [name or "none" for name in NAMES]  # no name is no segment
    return {"customer_id": np.arange(EACH * len(NAMES)), "of": column(some), LONG: column(some)}


@functools.cache
def reach():
    return core().reach(customers=customers(), segment="of", area="of", min_cell=0, n_boot=39)


@functools.cache
def relevance():
    return core().relevance(customers=customers(), segment="of", top=5, min_cell=0, n_boot=39)


@functools.cache
def resilience(n=6):
    log = ci.TransactionLog.from_frame(rows(n))
    return core(n).resilience(
        log, formats="channel", old=NAMES[0], new=NAMES[1], min_cell=0, n_boot=39,
        n_simulations=1_000, remove=(2,),
    )  # fmt: skip


@functools.cache
def profile():
    table = {**customers(), "$trait_{": column(np.arange(len(NAMES)).astype(float))}
    return ci.audit.profile(core().history, customers=table, of=core().customer_id, min_cell=0)


def evaluation():
    score = np.arange(40.0)
    gains = {name: gains_of(score, score > 20.0) for name in ("model", "best trait", *NAMES[:6])}
    return Evaluation(gains, (0.05, 0.2), 0.95, "$trait_{", 0, Kind("dict"))


def fairness():
    income = np.arange(float(EACH * len(NAMES))) % 10
    people = {"$by_{": column([name or "none" for name in NAMES])}
    return fairness_of(
        income, income > 6.0, read_traits(people, names=[*people]), read_traits({"x": income}),
        level=0.95, min_cell=0, kind=Kind("dict"),
    )  # fmt: skip


def scores():
    cells = [f"{r}{f}" for r in range(1, 5) for f in range(1, 5)]
    named = [name for name in NAMES if name]
    mapping = dict(zip(named, cells, strict=False))
    mapping[named[-1]] = cells[len(named) - 1 :]
    scheme = ci.SegmentScheme.from_mapping("$s_{", 1, mapping, bins=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ci.exceptions.DataQualityWarning)  # few, and much alike
        return ci.score_rfm(core().history, bins=4, scheme=scheme), named


@functools.cache
def judged():
    made_by = dict(zip(JUDGED, (Half, Silence, Silence), strict=True))
    return ci.churn.evaluate(
        simulated(120), estimators=made_by, horizon="60d", origins=2, n_bootstrap=0
    )


def geojson():
    square = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 0.0]]
    features = [
        {"properties": {"n": name}, "geometry": {"type": "Polygon", "coordinates": [square]}}
        for name in NAMES
    ]
    return {"type": "FeatureCollection", "features": features}


#: Pictures of names from data, and the texts that each must have.
PICTURES = {
    "reach": lambda ax: (plot.reach(reach(), ax=ax), shorten(reach().segment)),
    "relevance": lambda ax: (
        plot.relevance(relevance(), top=20, ax=ax), shorten(relevance().segment)
    ),
    "format_mix": lambda ax: (
        plot.format_mix(resilience(), ax=ax), shorten(resilience().format_mix.formats)
    ),
    "stress": lambda ax: (
        plot.stress(resilience(), top=99, ax=ax),
        shorten([f"without {name}" for name in resilience().format_mix.formats]),
    ),
    "profile": lambda ax: (
        plot.profile(profile(), top=99, ax=ax), ["$trait_{", "of: $0 to $50k", "of: _under"]
    ),
    "audience_gain": lambda ax: (
        plot.audience_gain(evaluation(), ax=ax), ["$trait_{ alone", *shorten(NAMES[:6], 18)]
    ),
    "fairness": lambda ax: (
        plot.fairness(fairness(), ax=ax),
        ["Selected, by $by_{", *shorten([name for name in NAMES if name])],
    ),
    "segments": lambda ax: (
        plot.segments(scores()[0], ax=ax), ["Segments, $s_{@1", *shorten(scores()[1])]
    ),
    "area_map": lambda ax: (plot.area_map(reach(), geojson(), ax=ax), []),
    "reliability": lambda ax: (plot.reliability(judged(), *JUDGED, ax=ax), shorten(JUDGED, 24)),
    "gain": lambda ax: (plot.gain(judged(), *JUDGED, ax=ax), shorten(JUDGED, 24)),
    "lift": lambda ax: (plot.lift(judged(), *JUDGED, ax=ax), shorten(JUDGED, 24)),
}  # fmt: skip


def texts_of(ax):
    return [one.get_text() for one in ax.findobj(Text) if one.get_visible()]


@pytest.mark.filterwarnings("ignore:Glyph")  # the font of the tests has no Chinese letters
@pytest.mark.parametrize("name", PICTURES)
def test_names_are_drawn_as_they_are(name):
    ax, wanted = PICTURES[name](None)
    ax.figure.draw_without_rendering()
    for text in wanted:
        assert text in texts_of(ax)
    assert not any(one.get_parse_math() for one in ax.findobj(Text) if "$" in one.get_text())


@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_name_is_drawn_letter_by_letter():
    ax, _ = PICTURES["reach"](None)
    ax.figure.draw_without_rendering()
    label = next(one for one in ax.get_yticklabels() if one.get_text() == "$0 to $50k")
    plain = ax.text(0, 0, "$0 to $50k", parse_math=False, size=label.get_size())
    assert label.get_window_extent().width == pytest.approx(plain.get_window_extent().width)


def test_a_page_has_the_names_too():
    def paint(figure):
        PICTURES["format_mix"](figure.add_subplot())

    svg = svg_theme.draw("mix", paint, height=4.0, alt="mix")
    for text in (">$0 to $50k<", r">$\frac{1$<", ">_under<", ">a&amp;b &lt;c&gt;<"):
        assert text in svg


def test_powers_of_ten_are_still_formulas():
    with mpl.rc_context({"axes.formatter.use_mathtext": True}):
        ax = plt.figure().add_subplot()
    ax.plot([0.0, 1e12])
    ax.set_xticks([0, 1], ["$a", "$b"])
    as_written(ax)
    assert {one.get_parse_math() for one in ax.get_xticklabels()} == {False}
    assert {one.get_parse_math() for one in ax.get_yticklabels()} == {True}
    assert ax.yaxis.offsetText.get_parse_math() is True


def test_the_settings_of_others_are_left_alone():
    before = dict(mpl.rcParams)
    PICTURES["stress"](None)
    assert dict(mpl.rcParams) == before
    assert plt.figure().text(0, 0, "$x$").get_parse_math() is True


def test_names_of_several_lines_and_alike_ones_stay_one_line_each():
    names = ["a\nb", "a b", "y" * 60, *(f"{'y' * 30}{k}{'y' * 29}" for k in range(30))]
    short = shorten(names)
    assert len(set(short)) == len(names)
    assert all("\n" not in one and len(one) <= 22 for one in short)


@pytest.mark.parametrize("height", [3.2, None])
def test_many_formats_with_long_names_have_room(height):
    result, rng = resilience(), np.random.default_rng(0)
    names = tuple(f"a way to buy that has a longish name {k:04d}" for k in range(30))
    mix = dataclasses.replace(
        result.format_mix, formats=names, mix=rng.dirichlet(np.ones(30), len(result.periods))
    )
    changed = dataclasses.replace(result, format_mix=mix)
    ax = plot.format_mix(changed, ax=made.narrow(height) if height else None)
    legend = [one.get_text() for one in ax.get_legend().get_texts()]
    assert len(legend) == len(set(legend)) == 7
    assert set(legend[:6]) <= set(shorten(names))
    made.check_texts(ax)


#: Pictures of amounts.
OF_AMOUNTS = {
    **{f"lens {k}": lambda audit, k=k: plot.lens(audit, k) for k in range(1, 6)},
    "run_off": lambda audit: plot.run_off(audit.lens(5)),
    "decile_transition": lambda audit: plot.decile_transition(audit.lens(2)),
    "lorenz": lambda audit: plot.lorenz(audit.lens(1).concentration),
    "cohorts": lambda audit: plot.cohorts(audit.lens(4).table, "spend"),
    "same_age": lambda audit: plot.same_age(audit.lens(4).table, "spend"),
    "segments": lambda audit: plot.segments(ci.score_rfm(audit.history)),
    "stress": lambda audit: plot.stress(resilience_of_large()),
    "persistence": lambda audit: plot.persistence(resilience_of_large()),
}


@functools.cache
def large():
    """Amounts whose sums, but not their squares, are numbers."""
    table = made.shop()._log.to_frame()
    log = ci.TransactionLog.from_frame({**table, "amount": table["amount"] * 1e300})
    return ci.audit.five_lenses(log, as_of="2023-12-31", period="quarter")


@functools.cache
def resilience_of_large():
    history = large().history
    core = ci.audit.core_customers(history, by="spend")
    return core.resilience(history, period="year", n_boot=39, n_simulations=1_000)


@pytest.fixture(scope="module")
def large_audit():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the measures say is tested with them
        resilience_of_large()
        return large()


@pytest.mark.parametrize("name", OF_AMOUNTS)
def test_huge_amounts_are_drawn_without_a_warning(name, large_audit):
    drawn = OF_AMOUNTS[name](large_audit)
    axes = np.atleast_1d(drawn).tolist()
    axes[0].figure.draw_without_rendering()
    assert not any(one.title.get_parse_math() for one in axes)
    assert all(np.isfinite([one.get_xlim(), one.get_ylim()]).all() for one in axes)
