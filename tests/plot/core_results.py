"""Results that pictures of the core are drawn from, made once, and a look at their texts."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.text import Text

import customerintel as ci
from customerintel.lookalike.audience_fairness import fairness_of
from customerintel.lookalike.audience_gains import gains_of
from customerintel.lookalike.evaluation import Evaluation
from customerintel.tables.kinds import Kind
from customerintel.tables.traits import read_traits


@cache
def library():
    return ci.audit.simulate_library(700, branches=2, seed=1)


@cache
def core():
    return ci.audit.core_customers(library().as_of(), by="volume", window="365d")


@cache
def reach(min_cell=5, *, area="block_group"):
    return core().reach(
        customers=library().customers, population=library().areas, segment="segment",
        area=area, min_cell=min_cell, at_least=9, n_boot=40,
    )  # fmt: skip


@cache
def reach_of_areas():
    return core().reach(
        customers=library().customers, population=library().areas, segment=None,
        area="block_group", n_boot=40,
    )  # fmt: skip


@cache
def relevance():
    return core().relevance(
        customers=library().customers, population=library().areas, segment="segment", top=6,
        min_cell=8, n_boot=40,
    )  # fmt: skip


@cache
def resilience(period="year", formats="channel"):
    return core().resilience(library().log, period=period, formats=formats, n_boot=40)


@cache
def shop():
    rng = np.random.default_rng(0)
    days = rng.integers(0, 730, 3_000) * np.timedelta64(1, "D")
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": rng.integers(0, 300, 3_000),
            "timestamp": np.datetime64("2022-01-01T10:00", "us") + days,
            "amount": np.round(rng.lognormal(3.0, 1.0, 3_000), 2),
        }
    )
    return log.as_of("2023-12-31")


@cache
def shop_core():
    return ci.audit.core_customers(shop())


@cache
def shop_resilience(period="year"):
    return shop_core().resilience(shop(), period=period, n_boot=40)


@cache
def profile():
    rng = np.random.default_rng(1)
    ids = shop().customer_id
    inside = np.isin(ids, shop_core().customer_id)
    table = {
        "customer_id": ids,
        "age": rng.normal(40.0, 10.0, len(ids)) + 6.0 * inside,
        "height": rng.normal(170.0, 9.0, len(ids)),
        "club": np.where(rng.random(len(ids)) < 0.3 + 0.4 * inside, "member", "guest").astype(
            object
        ),
        "preferred_way_of_delivery": np.array(["post", "parcel station", "shop"], object)[
            rng.integers(0, 3, len(ids))
        ],
    }
    return ci.audit.profile(shop(), customers=table, of=shop_core().customer_id)


@cache
def evaluation(n=800):
    rng = np.random.default_rng(0)
    score = rng.normal(size=n)
    seeds = rng.random(n) < 0.2 / (1.0 + np.exp(-1.5 * score))
    gains = {
        "model": gains_of(score, seeds),
        "best trait": gains_of(score + rng.normal(size=n), seeds),
        "chance of a visit": gains_of(score + 2.0 * rng.normal(size=n), seeds),
    }
    return Evaluation(gains, (0.05, 0.2), 0.95, "days since the last visit", 0, Kind("dict"))


@cache
def fairness(n=3_000):
    rng = np.random.default_rng(0)
    band = rng.integers(0, 3, n)
    income = rng.normal(size=n) + 0.5 * band
    people = {
        "age_band": np.array(["young", "middle", "old"], object)[band],
        "gender": rng.choice(["f", "m", "x"], n, p=[0.5, 0.49, 0.01]).astype(object),
    }
    return fairness_of(
        income, income > np.quantile(income, 0.8), read_traits(people, names=[*people]),
        read_traits({"income": income}), level=0.95, min_cell=10, kind=Kind("dict"),
    )  # fmt: skip


def narrow(height):
    """Axes as the report has them."""
    return plt.subplots(figsize=(4.8, height), layout="constrained")[1]


def marks_of(ax, marker):
    """Places of all marks of one shape, as x and y."""
    lines = [line for line in ax.lines if line.get_marker() == marker]
    return tuple(np.concatenate([line.get_data()[k] for line in lines]) for k in (0, 1))


def bars_of(ax):
    """Ends of all intervals, by row: start and end."""
    found = {}
    for collection in ax.collections:
        for ends in collection.get_segments():
            if len(ends):  # of an interval that is not known there are none
                (low, row), (high, _) = ends
                found[float(row)] = (low, high)
    return found


def rows_of(ax):
    return [one.get_text() for one in ax.get_yticklabels()]


def check_texts(ax):
    """Check that every text is inside the figure, and none lies on another."""
    figure = ax.figure
    figure.canvas.draw()
    texts = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text().strip()]
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not axis.get_visible() or not low <= tick.get_loc() <= high:
                    hidden |= {tick.label1, tick.label2}
    boxes = [
        (one.get_text(), one.get_window_extent().padded(-0.5)) for one in texts if one not in hidden
    ]
    assert len(boxes) > 3
    whole = figure.bbox.padded(0.5)
    for text, box in boxes:
        inside = whole.x0 <= box.x0 and box.x1 <= whole.x1 and whole.y0 <= box.y0
        assert inside, f"{text!r} is cut off"
        assert box.y1 <= whole.y1, f"{text!r} is cut off"
    for k, (text, box) in enumerate(boxes):
        for other, its in boxes[k + 1 :]:
            assert not box.overlaps(its), f"{text!r} lies on {other!r}"
