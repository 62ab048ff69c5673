"""Pictures of the audit: what is drawn is what was found, and all of it can be read."""

from __future__ import annotations

import functools
from itertools import combinations, pairwise

import numpy as np
import pytest
from audit import cohort_logs, lens_shop
from matplotlib import pyplot as plt
from matplotlib.collections import PolyCollection

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.base_over_time import run_off
from customerintel.plot.cohorts_together import cohorts, same_age
from customerintel.plot.five_lenses_pictures import lens
from customerintel.plot.one_period import _percent
from customerintel.plot.readable import short_number
from customerintel.plot.tenths import decile_transition
from customerintel.plot.unevenness import lorenz


@functools.cache
def shop(*, money=True):
    table = lens_shop.rows()
    return lens_shop.log(table if money else table.drop(columns=["amount", "cost"]))


@functools.cache
def shop_audit(*, money=True, period="month", align="calendar"):
    return ci.audit.five_lenses(shop(money=money), as_of="2011-06-20", period=period, align=align)


@functools.cache
def table(period="month", align="calendar"):
    return ci.audit.cohort_table(shop(), as_of="2011-06-20", period=period, align=align)


@functools.cache
def year():
    """Many months, returns, and a month that is not over."""
    log = cohort_logs.log_of(cohort_logs.rows(300, 3000))
    return ci.audit.five_lenses(log, as_of="2020-12-20", period="month", align="calendar")


@functools.cache
def uneven(zeros=None):
    return ci.audit.concentration(shop().as_of("2011-06-20"), zero_buyers=zeros, n_boot=100)


@functools.cache
def in_pairs():
    """Periods with long labels, and customers from before them."""
    pairs = [("2011-03-01", "2011-03-31"), ("2011-04-01", "2011-04-30")]
    return ci.audit.five_lenses(shop(), as_of="2011-06-20", period=pairs)


def one_customer(n=1):
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [7] * n,
            "timestamp": np.datetime64("2011-01-05") + 31 * np.arange(n),
            "amount": [5.0] * n,
        }
    )
    return ci.audit.five_lenses(log, as_of="2011-03-31", period="month", align="calendar")


# what is drawn


def test_lens_1_draws_the_shares_of_the_tenths():
    ax, deciles = lens(shop_audit(), 1), shop_audit().lens(1).deciles
    assert [bar.get_height() for bar in ax.containers[0]] == deciles.share.tolist()
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), deciles.cumulative_share)
    assert ax.texts[0].get_text() == f"{100 * deciles.share[0]:.0f}%"
    assert ax.get_ylabel() == "share of net spend"


def test_lens_2_draws_the_bridge():
    ax, bridge = lens(shop_audit(), 2), shop_audit().lens(2).bridge
    bars = [container[0] for container in ax.containers]
    ends = np.sort([bridge.start, bridge.end], axis=0)
    np.testing.assert_allclose([bar.get_x() for bar in bars], ends[0])
    np.testing.assert_allclose([bar.get_x() + bar.get_width() for bar in bars], ends[1])
    signs = [text.get_text()[0] for text in ax.texts[1:-1]]
    assert signs == ["+" if x >= 0 else "\N{MINUS SIGN}" for x in bridge.amount[1:-1]]
    assert [label.get_text() for label in ax.get_yticklabels()][:2] == ["2011-04", "lapsed"]


def test_lens_3_draws_the_cohort_and_marks_what_is_not_over():
    axes, found = lens(shop_audit(), 3), shop_audit().lens(3)
    drawn = ("share_active", "orders_per_active", "cumulative_spend_per_customer")
    assert len(axes) == 3
    assert found.complete.tolist() == [True] * 5 + [False]
    for ax, name in zip(axes, drawn, strict=True):
        line, hollow = ax.lines
        np.testing.assert_array_equal(line.get_ydata(), getattr(found, name)[:5])
        np.testing.assert_array_equal(hollow.get_ydata(), getattr(found, name)[5:])
        assert hollow.get_fillstyle() == "none"


def test_lens_4_draws_retention_at_the_same_age():
    ax = lens(shop_audit(), 4)
    assert ax.get_ylabel() == "share that bought"
    assert len(ax.lines) == 5


def test_lens_5_draws_layers_that_add_up_to_spend():
    found = year().lens(5)
    stack, share = lens(year(), 5)
    tops = [patch.get_data() for patch in stack.patches if hasattr(patch, "get_data")]
    assert len(tops) == 6
    kept = np.maximum(found.spend_stack, 0.0).sum(axis=0)
    np.testing.assert_allclose(tops[-1].values, kept, rtol=0.02)
    for below, above in pairwise(tops):
        np.testing.assert_array_equal(above.baseline, below.values)
    whole = found.complete
    expected = found.new_share_of_spend[whole].copy()
    expected[0] = np.nan  # everybody is new in the first period
    np.testing.assert_array_equal(share.lines[0].get_ydata(), expected)
    hatched = stack.containers[0]
    assert [bar.get_x() + 0.5 for bar in hatched] == np.flatnonzero(~whole).tolist()


def test_customers_from_before_the_periods_are_at_the_bottom():
    audit = in_pairs()
    found, stack = audit.lens(5), lens(audit, 5)[0]
    first = next(patch for patch in stack.patches if hasattr(patch, "get_data"))
    assert found.stack_labels[-1] == first.get_label() == "earlier"
    np.testing.assert_array_equal(first.get_data().values, found.spend_stack[-1])


@pytest.mark.parametrize("zeros", [None, 400])
def test_the_lorenz_curve(zeros):
    found = uneven(zeros)
    ax = lorenz(found)
    np.testing.assert_array_equal(np.array(ax.lines[1].get_data()), found.lorenz_points)
    lower, upper = found.interval("gini")
    assert ax.get_title() == f"Gini index {found.gini:.2f} (95 %: {lower:.2f} to {upper:.2f})"
    if zeros is None:
        assert len(ax.lines) == 2
    else:  # buyers alone share as in the concentration without zeros
        np.testing.assert_array_equal(np.array(ax.lines[2].get_data()), uneven().lorenz_points)


@pytest.mark.parametrize("name", ["retention", "orders", "cumulative_spend_per_customer"])
def test_cells_of_the_map_are_those_of_the_table(name):
    ax, found = cohorts(table(), name), table()
    first = name == "retention"
    values = np.where(found.complete, getattr(found, name), np.nan)[:, first:]
    drawn = ax.collections[0].get_array()
    size = drawn.shape
    np.testing.assert_array_equal(drawn.filled(np.nan), values[: size[0], : size[1]])
    texts = [f"{100 * x:.0f}" if first else short_number(x) for x in values[np.isfinite(values)]]
    assert [text.get_text() for text in ax.texts] == texts
    # the month that is not over: one cell of each cohort that has reached it
    hatched = next(one for one in ax.collections[1:] if isinstance(one, PolyCollection))
    assert len(hatched.get_paths()) == size[0]
    assert len(ax.figure.axes) == 1


def test_a_large_map_has_a_colour_bar_instead_of_numbers():
    ax = cohorts(table("week"))
    assert not ax.texts
    assert len(ax.figure.axes) == 2
    assert len(ax.get_yticklabels()) <= 14


@pytest.mark.parametrize("name", ["retention", "average_order_value"])
def test_same_age_draws_every_cohort_and_the_mean(name):
    same, ax = table().same_age(name), same_age(table(), name)
    first = 1 if name == "retention" else 0
    drawn = [line for line in ax.lines if line.get_label() != "mean"]
    for k, line in enumerate(drawn):
        known = np.isfinite(same.curves[k, first:])
        np.testing.assert_array_equal(line.get_ydata(), same.curves[k, first:][known])
    mean = next(line for line in ax.lines if line.get_label() == "mean")
    np.testing.assert_array_equal(mean.get_ydata(), same.mean[first:][same.n_cohorts[first:] > 0])
    assert mean.get_color() == ax.title.get_color()


def test_the_newest_cohorts_have_names_and_the_others_are_grey():
    ax = lens(year(), 4)
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names[0] == "other cohorts"
    assert names[-1] == "mean"
    assert len(names) == 5
    assert names[1:4] == sorted(names[1:4])
    grey = [line for line in ax.lines if line.get_color() == "#7b8794"]
    assert len(grey) == len(ax.lines) - 4


def test_small_cohorts_have_no_line():
    ax, found = same_age(table("week")), table("week")
    large = (found.customers >= 10) & np.isfinite(found.same_age().curves[:, 1:]).any(axis=1)
    assert len(ax.lines) == large.sum() + 1 < len(found) - 5


@pytest.mark.parametrize("by_rank", [False, True])
def test_the_transition_matrix(by_rank):
    found = shop_audit().lens(2)
    ax = decile_transition(found, by_rank=by_rank)
    moves = found.transition_by_rank if by_rank else found.transition
    expected = np.where(moves.counts > 0, moves.probabilities, np.nan)
    np.testing.assert_array_equal(ax.collections[0].get_array().filled(np.nan), expected)
    texts = [f"{100 * x:.0f}" for x in expected[np.isfinite(expected)]]
    assert [text.get_text() for text in ax.texts] == texts


def test_run_off_draws_the_past_and_what_is_expected():
    found = shop_audit().lens(5)
    ax, ahead = run_off(found), found.run_off
    heights = [bar.get_height() for bar in ax.containers[0]]
    assert heights == found.spend[found.complete].tolist()
    assert heights[-1] == ahead.last_total
    y = ax.lines[0].get_ydata()
    assert y.tolist() == [ahead.last_total, *ahead.expected]
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].max() == ahead.expected_upper.max()
    alone = run_off(ahead)
    assert alone.lines[0].get_ydata().tolist() == y.tolist()
    assert len(alone.containers[0]) == 1


# inputs without money, or with next to nothing


def test_without_amounts_orders_are_drawn():
    audit = shop_audit(money=False)
    assert lens(audit, 1).get_ylabel() == "share of orders"
    bridge = lens(audit, 2)
    assert len(bridge.containers) == 6
    assert bridge.get_title() == "Orders: what changed"
    assert len(lens(audit, 3)) == 2
    stack, _ = lens(audit, 5)
    top = [patch for patch in stack.patches if hasattr(patch, "get_data")][-1].get_data().values
    np.testing.assert_array_equal(top, audit.lens(5).orders)
    assert run_off(audit.lens(5)).get_ylabel() == "orders"


def test_one_customer():
    audit = one_customer(3)
    for number in (1, 2, 3, 4, 5):
        lens(audit, number)
    assert len(cohorts(audit.lens(4).table).texts) == 2
    assert len(same_age(audit.lens(4).table).lines) == 1
    decile_transition(audit.lens(2))
    lorenz(audit.lens(1).concentration)


def test_one_period():
    log = lens_shop.log(lens_shop.rows().query("month == 1"))
    audit = ci.audit.five_lenses(log, as_of="2011-01-31", period="month", align="calendar")
    lens(audit, 1)
    for ax in lens(audit, 3):
        assert len(ax.lines[0].get_ydata()) == 1
        assert 0.0 in ax.get_xticks()
        assert (ax.get_xticks() % 1 == 0).all()
    share = lens(audit, 5)[1]
    assert share.lines[0].get_ydata().tolist() == [1.0]
    with pytest.raises(InvalidArgumentError, match="no cohort has a complete period"):
        lens(audit, 4)
    assert len(cohorts(audit.lens(4).table, "orders").texts) == 1


def test_axes_that_are_given_are_drawn_into():
    figure, given = plt.subplots(3, 1)
    assert list(lens(shop_audit(), 3, ax=given)) == list(given)
    assert plt.get_fignums() == [figure.number]


# labels


PICTURES = {
    "lens 1": (1, lambda ax: lens(year(), 1, ax=ax)),
    "lens 2": (1, lambda ax: lens(year(), 2, ax=ax)),
    "lens 2, counted back": (1, lambda ax: lens(shop_audit(align="as_of"), 2, ax=ax)),
    "lens 3": (3, lambda ax: lens(year(), 3, ax=ax)),
    "lens 4": (1, lambda ax: lens(year(), 4, ax=ax)),
    "lens 5": (2, lambda ax: lens(year(), 5, ax=ax)),
    "lens 5, counted back": (2, lambda ax: lens(shop_audit(align="as_of"), 5, ax=ax)),
    "lens 5 of weeks": (2, lambda ax: lens(shop_audit(period="week"), 5, ax=ax)),
    "lens 1 of pairs of days": (1, lambda ax: lens(in_pairs(), 1, ax=ax)),
    "lens 2 of pairs of days": (1, lambda ax: lens(in_pairs(), 2, ax=ax)),
    "lens 3 of pairs of days": (3, lambda ax: lens(in_pairs(), 3, ax=ax)),
    "lens 4 of pairs of days": (1, lambda ax: lens(in_pairs(), 4, ax=ax)),
    "lens 5 of pairs of days": (2, lambda ax: lens(in_pairs(), 5, ax=ax)),
    "cohorts of pairs of days": (1, lambda ax: cohorts(in_pairs().lens(4).table, ax=ax)),
    "lorenz": (1, lambda ax: lorenz(uneven(400), ax=ax)),
    "cohorts": (1, lambda ax: cohorts(year().lens(4).table, ax=ax)),
    "cohorts by spend": (1, lambda ax: cohorts(year().lens(4).table, "spend", ax=ax)),
    "cohorts of weeks": (1, lambda ax: cohorts(table("week"), ax=ax)),
    "same age": (1, lambda ax: same_age(table("week"), "spend", ax=ax)),
    "transition": (1, lambda ax: decile_transition(shop_audit().lens(2), ax=ax)),
    "run-off": (1, lambda ax: run_off(year().lens(5), ax=ax)),
}


def tick_labels(axis):
    """Return the labels that are drawn: matplotlib keeps those of ticks out of sight, too."""
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    places = zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=True)
    return [label for at, label in places if low - slack <= at <= high + slack]


def boxes(artists, renderer):
    seen = [one for one in artists if one.get_visible() and one.get_text()]
    return [(one.get_text(), one.get_window_extent(renderer)) for one in seen]


@pytest.mark.parametrize("name", PICTURES)
def test_labels_are_whole_and_apart_in_a_small_picture(name):
    count, draw = PICTURES[name]
    with plt.rc_context({"font.size": 10.5}):
        tall = 3.6 if count == 1 else 5.2
        figure, axes = plt.subplots(count, 1, figsize=(4.8, tall), layout="constrained")
        draw(axes)
        figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    for ax in figure.axes:
        ticks = [boxes(tick_labels(axis), renderer) for axis in (ax.xaxis, ax.yaxis)]
        legend = ax.get_legend()
        words = boxes([ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts], renderer)
        words += boxes(legend.get_texts() if legend else [], renderer)
        for text, box in [*ticks[0], *ticks[1], *words]:
            assert box.x0 >= -0.5, text
            assert box.y0 >= -0.5, text
            assert box.x1 <= figure.bbox.x1 + 0.5, text
            assert box.y1 <= figure.bbox.y1 + 0.5, text
        for group in (*ticks, words):
            for (one, first), (other, second) in combinations(group, 2):
                assert not first.overlaps(second), (one, other)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0"), (12.0, "12"), (999.7, "1k"), (1234.0, "1.23k"), (-2.5e6, "\N{MINUS SIGN}2.5M")],
)
def test_short_numbers(number, text):
    assert short_number(number) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0%"), (0.004, "<1%"), (-0.001, "0%"), (0.5, "50%"), (-0.2, "\N{MINUS SIGN}20%")],
)
def test_shares_of_tenths_in_words(share, text):
    assert _percent(share) == text
