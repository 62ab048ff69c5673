"""P(alive) of one customer: at each day what a summary of that day says."""

from __future__ import annotations

import numpy as np
import pytest

import customerintel as ci
from customerintel import models, plot

DAYS = ["2024-01-05", "2024-01-26", "2024-01-26", "2024-02-03", "2024-03-20"]
LOG = ci.TransactionLog.from_frame(
    {
        "customer_id": ["Ada", "Ada", "Ada", "Ada", "Ada", "Bob"],
        "timestamp": [*DAYS, "2024-05-01"],
        "amount": [10.0, 20.0, 4.0, 5.0, -3.0, 1.0],
    }
)


def line(ax, place=0):
    at, values = ax.lines[place].get_data()
    return np.asarray(at, "M8[D]"), np.asarray(values)


@pytest.mark.parametrize("model", ["pareto_nbd", "bg_nbd"])
def test_each_day_is_a_summary_of_its_own(model, request):
    fit = request.getfixturevalue(model)
    at, alive = line(plot.probability_alive_path(fit, LOG, "Ada"))
    assert np.array_equal(np.unique(at), np.arange("2024-01-05", "2024-05-02", dtype="M8[D]"))
    for day in np.unique(at):
        summary = ci.summarize(LOG, as_of=day, unit="week")
        # on the day of a purchase, the last of two points has seen it
        assert alive[at == day][-1] == pytest.approx(fit.probability_alive(summary)[0], rel=1e-12)


def test_a_purchase_is_a_leap(pareto_nbd):
    at, alive = line(plot.probability_alive_path(pareto_nbd, LOG, "Ada"))
    before, after = alive[at == np.datetime64("2024-02-03")]
    # 21 days to the second purchase, and 8 that nothing had come after it
    unseen = {"frequency": [1.0], "recency": [21 / 7], "T": [29 / 7]}
    assert before == pytest.approx(pareto_nbd.probability_alive(unseen)[0], rel=1e-12)
    assert after > before
    leaps = at[:-1][np.diff(at) == np.timedelta64(0, "D")]
    assert leaps.astype(str).tolist() == ["2024-01-26", "2024-02-03"]


def test_purchases_are_marked_and_returns_are_not(pareto_nbd):
    ax = plot.probability_alive_path(pareto_nbd, LOG, "Ada", end="2024-04-01")
    at, alive = line(ax, 1)
    assert at.astype(str).tolist() == ["2024-01-05", "2024-01-26", "2024-02-03"]
    own = {"frequency": [0.0, 1.0, 2.0], "recency": [0.0, 3.0, 29 / 7], "T": [0.0, 3.0, 29 / 7]}
    assert alive == pytest.approx(pareto_nbd.probability_alive(own), rel=1e-12)
    assert line(ax)[0].max() == np.datetime64("2024-04-01")


def test_a_history_sees_nothing_later(pareto_nbd):
    history = LOG.as_of("2024-02-01")
    at, _ = line(plot.probability_alive_path(pareto_nbd, history, "Ada"), 1)
    assert at.astype(str).tolist() == ["2024-01-05", "2024-01-26"]


def test_the_picture_names_nobody(pareto_nbd):
    from matplotlib.text import Text

    ax = plot.probability_alive_path(pareto_nbd, LOG, "Ada")
    ax.figure.canvas.draw()
    assert not [text for text in ax.figure.findobj(Text) if "Ada" in text.get_text()]
    assert ax.get_title() == "P(alive) of one customer, Pareto/NBD"


def test_wall_clock_of_the_zone():
    """A purchase late on 1 March in New York is one of 2 March in UTC."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/New_York")
    moments = [datetime(2024, 3, 1, 22, tzinfo=zone), datetime(2024, 3, 20, 22, tzinfo=zone)]
    log = ci.TransactionLog.from_frame({"customer_id": [5, 5], "timestamp": moments})
    fit = models.NBD.from_params({"r": 1.0, "alpha": 9.0}, unit="day")
    at, _ = line(plot.probability_alive_path(fit, log, 5), 1)
    assert at.astype(str).tolist() == ["2024-03-01", "2024-03-20"]


def test_opportunities(bg_bb):
    log = ci.TransactionLog.from_frame(
        {"customer_id": [5, 5, 5], "timestamp": ["2024-01-20", "2024-03-03", "2024-06-09"]}
    )
    ax = plot.probability_alive_path(bg_bb, log, 5, end="2024-07-31")
    at, alive = line(ax)
    assert at.astype("M8[M]").astype(str).tolist() == [f"2024-{m:02}" for m in range(1, 8)]
    own = {"frequency": [0, 0, 1, 1, 1, 2, 2], "recency": [0, 0, 2, 2, 2, 5, 5], "T": range(7)}
    own = {name: np.array(list(column)) for name, column in own.items()}
    assert alive == pytest.approx(bg_bb.probability_alive(own), rel=1e-12)


def test_long_histories_have_few_points(pareto_nbd):
    log = ci.TransactionLog.from_frame(
        {"customer_id": [5, 5, 5], "timestamp": ["2000-01-01", "2011-03-05", "2024-01-01"]}
    )
    at, alive = line(plot.probability_alive_path(pareto_nbd, log, 5))
    assert len(at) <= 2_005
    assert np.datetime64("2011-03-05") in at
    assert alive[-1] == pareto_nbd.probability_alive(
        ci.summarize(log, as_of="2024-01-01", unit="week")
    )
