"""Which estimator to believe: what is asked, when, and what the table says."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import math
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from churn.churn_logs import FailsAlways, FailsEarly, Half, Silence, growing, simulated
from table_kinds import contents

import customerintel as ci
from customerintel.churn.baselines import Baselines
from customerintel.churn.evaluation import ChurnEvaluation, evaluate
from customerintel.churn.metrics import MEASURES, measures
from customerintel.churn.rolling_origins import RollingOrigins
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError


@pytest.fixture(scope="module")
def table():
    return evaluate(
        growing(), estimators={"silence": Silence, "half": Half}, horizon="60d", origins=3,
        n_bootstrap=30,
    )  # fmt: skip


def truth(log, moment, gap, horizon):
    """Who of those who had bought by a moment bought nothing in the window; row by row."""
    frame = log.to_frame()
    who = np.asarray(frame["customer_id"])
    when = np.asarray(frame["timestamp"]).astype("M8[us]")
    opens = moment + np.timedelta64(gap, "D")
    closes = opens + np.timedelta64(horizon, "D")
    known = np.unique(who[when <= moment])
    active = set(who[(when > opens) & (when <= closes)])
    return known, np.array([one not in active for one in known])


def test_names_and_size(table):
    assert table.names == ("silence", "half", "base rate", "recency rule")
    assert table.moments.tolist() == RollingOrigins("60d", origins=3).moments(growing()).tolist()
    assert (table.horizon_days, table.gap_days) == (60.0, 0.0)
    assert not table.failures
    assert not table.notes


@pytest.mark.parametrize("gap", [0, 10])
def test_each_origin_is_judged_by_what_then_happened(gap):
    found = evaluate(
        growing(), estimators={"silence": Silence}, horizon="60d", origins=2, n_bootstrap=0,
        gap=f"{gap}d" if gap else None,
    )  # fmt: skip
    rows = found.predictions("silence")
    for place, moment in enumerate(found.moments):
        customers, churned = truth(growing(), moment, gap, 60)
        here = rows.origin == place
        assert rows.customer_id[here].tolist() == customers.tolist()
        assert rows.churned[here].tolist() == churned.tolist()
        history = growing().as_of(moment)
        expected = Silence().fit(history, horizon_days=60.0).predict(history)
        assert rows.probability[here].tolist() == expected.tolist()
    assert found.gap_days == gap


def test_measures_at_an_origin_are_those_of_its_rows(table):
    rows = table.predictions("silence")
    frame = table.per_origin()
    estimator = np.asarray(frame["estimator"])
    for place in range(3):
        here = rows.origin == place
        expected = measures(rows.churned[here], rows.probability[here])
        row = np.flatnonzero(estimator == "silence")[place]
        assert np.asarray(frame["n"])[row] == here.sum()
        assert np.asarray(frame["churned"])[row] == rows.churned[here].sum()
        for name in MEASURES:
            found = np.asarray(frame[name])[row]
            assert found == pytest.approx(expected[name], rel=1e-9, abs=1e-12), name


def test_over_all_origins_each_measure_is_pooled_as_it_says(table):
    rows = table.predictions("silence")
    within = [
        measures(rows.churned[rows.origin == k], rows.probability[rows.origin == k])
        for k in range(3)
    ]
    left = np.array([rows.churned[rows.origin == k].sum() for k in range(3)], float)
    n = np.array([(rows.origin == k).sum() for k in range(3)], float)
    together = measures(rows.churned, rows.probability)

    def mean_of(name, weights):
        return np.average([one[name] for one in within], weights=weights)

    expected = {name: together[name] for name in ("log_loss", "brier", "calibration_slope",
                "calibration_intercept", "calibration_in_the_large")}  # fmt: skip
    expected |= {name: mean_of(name, n) for name in ("empc", "mpc", "targeted")}
    expected |= {"auc": mean_of("auc", left * (n - left)), "pr_auc": mean_of("pr_auc", left)}
    expected["top_lift"] = mean_of("top_lift", left)
    spread = sum(k * (m - k) / m for k, m in zip(left, n, strict=True))
    expected["brier_skill"] = 1.0 - expected["brier"] * n.sum() / spread
    assert set(expected) == set(MEASURES)
    for name, value in expected.items():
        assert table.measure("silence", name).value == pytest.approx(value, rel=1e-9), name


def test_the_frame_has_a_row_per_estimator(table):
    frame = table.to_frame()
    assert list(np.asarray(frame["estimator"])) == list(table.names)
    assert list(frame["baseline"]) == [False, False, True, True]
    for name in MEASURES:
        value, low, high = (np.asarray(frame[name + end]) for end in ("", "_low", "_high"))
        defined = ~np.isnan(value)
        assert (low[defined] <= high[defined]).all(), name
    assert set(np.asarray(frame["n"])) == {table.n}
    assert frame["base_rate"][0] == pytest.approx(table.base_rate)
    assert list(frame["failed"]) == [0] * 4
    assert isinstance(frame, type(growing().to_frame()))


def test_new_customers_are_counted(table):
    rolling = RollingOrigins("60d", origins=3)
    frame = table.per_origin()
    for place, moment in enumerate(table.moments):
        at = int(moment.astype(np.int64))
        before = growing().as_of(np.datetime64(rolling.learns(at, None), "us"))
        expected = growing().as_of(moment).n_customers - before.n_customers
        assert np.asarray(frame["n_new"])[place] == expected > 0


def test_the_baselines_are_what_they_say(table):
    base, rule = table.predictions("base rate"), table.predictions("recency rule")
    for place, moment in enumerate(table.moments):
        history = growing().as_of(moment)
        past, churned = ci.churn.label(history, "60d")
        here = base.origin == place
        assert base.probability[here] == pytest.approx(np.full(here.sum(), churned.mean()))
        order = np.argsort(-history.fold("day", None).last, kind="stable")
        assert (np.diff(rule.probability[here][order]) >= 0.0).all()
        # where it was learnt, a logistic line predicts as many as left
        learnt = Baselines.fit(history, "60d", None).predict(past)["recency rule"]
        assert learnt.sum() == pytest.approx(churned.sum())
    assert table.measure("base rate", "auc").value == 0.5
    assert table.measure("base rate", "top_lift").value == pytest.approx(1.0)
    assert table.measure("recency rule", "auc").value > 0.6


def test_best(table):
    assert table.best() == "silence"
    assert table.best("auc") == "silence"
    slopes = {one: table.measure(one, "calibration_slope").value for one in ("silence", "half")}
    assert math.isnan(slopes["half"])
    assert table.best("calibration_slope") == "silence"
    assert "best=silence" in repr(table)


def test_of_equals_the_first_is_best():
    both = {"one": Half, "other": Half}
    found = evaluate(growing(), estimators=both, horizon="60d", origins=1, n_bootstrap=0)
    assert found.best() == "one"
    assert found.best("auc") == "one"


def test_reliability_counts_rows(table):
    curve = table.reliability("silence", bins=7)
    rows = table.predictions("silence")
    assert curve.n.sum() == len(rows)
    assert curve.mean_predicted @ curve.n == pytest.approx(rows.probability.sum())
    assert curve.observed @ curve.n == pytest.approx(rows.churned.sum())
    assert (np.diff(curve.mean_predicted) > 0).all()
    assert (curve.low <= curve.observed).all()
    assert (curve.observed <= curve.high).all()
    assert len(table.reliability("half").n) == 1  # equal probabilities stay together
    assert list(curve.to_frame()) == ["mean_predicted", "observed", "low", "high", "n"]


def test_wilson_intervals_are_those_of_scipy(table):
    from scipy.stats import binomtest

    curve = table.reliability("silence", bins=4)
    for k, n in enumerate(curve.n):
        count = round(curve.observed[k] * n)
        expected = binomtest(count, int(n)).proportion_ci(method="wilson")
        assert curve.low[k] == pytest.approx(expected.low, rel=1e-9)
        assert curve.high[k] == pytest.approx(expected.high, rel=1e-9)


def test_gain_and_lift(table):
    gain, lift = table.gain_curve("silence"), table.lift_curve("silence")
    assert gain.reached[0] == 0.0
    assert gain.reached[-1] == gain.ideal[-1] == 1.0
    assert (np.diff(gain.reached) >= 0.0).all()
    assert (gain.reached <= gain.ideal + 1e-12).all()
    assert lift.lift[-1] == pytest.approx(1.0)
    assert lift.lift[9] == pytest.approx(table.measure("silence", "top_lift").value, rel=1e-9)
    chance = table.gain_curve("base rate")
    assert chance.reached == pytest.approx(chance.fraction)
    assert list(gain.to_frame()) == ["fraction", "reached", "ideal"]
    assert list(lift.to_frame()) == ["fraction", "lift", "ideal"]


def test_results_are_frozen_and_show_no_customer(table):
    rows = table.predictions("half")
    for one in (
        rows,
        table.reliability("half"),
        table.gain_curve("half"),
        table.lift_curve("half"),
    ):
        assert "half" in repr(one)
        assert "\n" not in repr(one)
        assert "<table>" in one._repr_html_()
        with pytest.raises(dataclasses.FrozenInstanceError):
            one.estimator = "other"
    assert not rows.probability.flags.writeable
    assert list(rows.to_frame()) == ["origin", "customer_id", "probability", "churned"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.names = ()
    assert "recency rule" in table._repr_html_()


def test_names_are_escaped():
    bold = {"<b>": Half}
    found = evaluate(growing(), estimators=bold, horizon="60d", origins=1, n_bootstrap=0)
    assert "<b>" not in found._repr_html_()
    assert "&lt;b&gt;" in found._repr_html_()


def test_one_that_fails_does_not_stop_the_others():
    with pytest.warns(DataQualityWarning) as caught:
        found = evaluate(
            growing(), estimators={"picky": FailsEarly, "half": Half}, horizon="60d", origins=3,
            n_bootstrap=5,
        )  # fmt: skip
    [warning] = caught
    assert str(warning.message).startswith(
        "'picky' failed at 1 of 3 origins, so it has no measures over all of them. At 2000-12-31: "
    )
    assert warning.filename == __file__
    assert list(found.failures) == ["picky"]
    assert list(found.failures["picky"]) == ["2000-12-31"]
    assert "too little to see" in found.failures["picky"]["2000-12-31"]
    assert math.isnan(found.measure("picky", "brier").value)
    per_origin = np.asarray(found.per_origin()["brier"])[:3]
    assert np.isnan(per_origin).tolist() == [True, False, False]
    assert per_origin[1:] == pytest.approx([0.25, 0.25])
    assert found.best() == "half"
    assert len(found.predictions("picky")) == len(found.predictions("half")) - int(
        np.asarray(found.per_origin()["n"])[0]
    )
    assert "too little to see" in np.asarray(found.to_frame()["note"])[0]


def test_one_that_fails_everywhere_keeps_its_row():
    with pytest.warns(DataQualityWarning, match="'never' failed at 2 of 2 origins"):
        found = evaluate(
            growing(), estimators={"never": FailsAlways, "half": Half}, horizon="60d", origins=2,
            n_bootstrap=5,
        )  # fmt: skip
    assert found.names[0] == "never"
    assert math.isnan(found.measure("never", "auc").low)
    with pytest.raises(InvalidArgumentError, match=r"'never' failed at every origin: .*nothing"):
        found.predictions("never")


def test_where_all_fail_somewhere_none_is_best():
    with pytest.warns(DataQualityWarning, match="'picky' failed at 1 of 3 origins"):
        found = evaluate(
            growing(), estimators={"picky": FailsEarly}, horizon="60d", origins=3, n_bootstrap=0
        )
    assert "best" not in repr(found)
    with pytest.raises(InvalidArgumentError, match="'log_loss' over all origins is NaN for every"):
        found.best()


def test_a_gap_is_shown():
    found = evaluate(
        growing(), estimators={"half": Half}, horizon="60d", origins=1, gap="10d", n_bootstrap=0
    )
    assert "horizon_days=60, gap_days=10, " in repr(found)
    assert "Churn within 60 days (after a gap of 10): " in found._repr_html_()
    frame = found.to_frame()
    place = list(frame).index("gap_days")
    assert list(frame)[place - 1] == "horizon_days"
    assert list(frame["gap_days"]) == [10.0] * 3


@pytest.mark.parametrize("gap", [0, 0.0, "0d", " 0 hours", dt.timedelta(0), np.timedelta64(0, "D")])
def test_a_gap_of_nothing_is_none(gap):
    how = {"estimators": {"half": Half}, "horizon": "60d", "n_bootstrap": 0}
    found = evaluate(growing(), origins=1, gap=gap, **how)
    assert found.gap_days == 0.0
    assert "gap" not in repr(found)
    assert "gap" not in found._repr_html_()
    assert list(found.to_frame()["gap_days"]) == [0.0] * 3
    rolling = RollingOrigins("60d", origins=1, gap=gap)
    assert rolling == RollingOrigins("60d", origins=1)
    same = evaluate(growing(), origins=rolling, **{**how, "gap": gap})
    assert same.moments.tolist() == found.moments.tolist()


def one_sided(comes_back):
    """Ten customers of whom all or none buy again after 9 March."""
    days = ["2023-01-05", "2023-02-05", "2023-03-05"]
    rows = [(who, day) for who in range(10) for day in days]
    if comes_back:
        rows += [(who, "2023-03-20") for who in range(10)]
    rows.append((99, "2023-04-08"))
    who, when = zip(*rows, strict=True)
    return ci.TransactionLog.from_frame({"customer_id": list(who), "timestamp": list(when)})


@pytest.mark.parametrize(("comes_back", "which"), [(True, "nobody"), (False, "everybody")])
def test_one_sided_outcomes_are_said(comes_back, which):
    with pytest.warns(DataQualityWarning) as caught:
        found = evaluate(
            one_sided(comes_back), estimators={"half": Half}, horizon="30d", origins=1,
            n_bootstrap=10,
        )  # fmt: skip
    [warning] = caught
    assert str(warning.message) == (
        f"After 2023-03-09 {which} of 10 customers left: the AUC and the calibration are undefined "
        "there. Use another horizon, or other origins."
    )
    assert math.isnan(found.measure("half", "auc").value)
    assert math.isnan(found.measure("half", "brier_skill").value)
    assert found.measure("half", "brier").value == 0.25
    assert found.measure("half", "log_loss").value == pytest.approx(math.log(2))
    assert math.isfinite(found.measure("half", "empc").value)


def test_origins_can_be_given():
    rolling = RollingOrigins("60d", origins=2, step="30d")
    days = [str(one) for one in rolling.moments(growing()).astype("M8[D]")]
    how = {"estimators": {"half": Half}, "n_bootstrap": 0}
    one = evaluate(growing(), origins=rolling, **how)
    two = evaluate(growing(), horizon=60, origins=days[::-1], **how)
    three = evaluate(growing(), horizon="60d", origins=2, step="30d", **how)
    assert one.moments.tolist() == two.moments.tolist() == three.moments.tolist()
    assert one.measure("half", "auc") == two.measure("half", "auc") == three.measure("half", "auc")


ENDS = pd.date_range("2000-12-31 23:59:59", periods=3, freq="30D")


@pytest.mark.parametrize(
    "given",
    [
        ENDS,
        ENDS[::-1],
        pd.Series(ENDS, index=[7, 8, 9]),
        ENDS.to_numpy(),
        tuple(ENDS),
        (one for one in ENDS),
        pl.Series(ENDS.to_list()),
    ],
    ids=["index", "backwards", "column", "array", "tuple", "generator", "polars"],
)
def test_origins_are_any_moments(given):
    found = evaluate(
        growing(), estimators={"half": Half}, horizon="60d", origins=given, n_bootstrap=0
    )
    assert found.moments.tolist() == ENDS.to_pydatetime().tolist()


@pytest.mark.parametrize(
    "given",
    [
        "2001-01-10",
        "2001-01-10T23:59:59.999999",
        dt.date(2001, 1, 10),
        pd.Timestamp("2001-01-10 23:59:59.999999"),
        np.datetime64("2001-01-10"),
        np.array("2001-01-10", "M8[D]"),
    ],
    ids=["day", "text", "date", "timestamp", "datetime64", "array of none"],
)
def test_one_origin_needs_no_list(given):
    found = evaluate(
        growing(), estimators={"half": Half}, horizon="60d", origins=given, n_bootstrap=0
    )
    assert found.moments.tolist() == [dt.datetime(2001, 1, 10, 23, 59, 59, 999999)]


def test_of_a_history_nothing_later_is_used():
    history = growing().as_of("2001-03-01")
    how = {"estimators": {"silence": Silence}, "horizon": "60d", "origins": 2, "n_bootstrap": 5}
    frame = growing().to_frame()
    when = np.asarray(frame["timestamp"]).astype("M8[us]")
    kept = when < np.datetime64("2001-03-02")
    cut = ci.TransactionLog.from_frame({
        "customer_id": np.asarray(frame["customer_id"])[kept], "timestamp": when[kept]
    })  # fmt: skip
    one, other = evaluate(history, **how), evaluate(cut, **how)
    assert one.moments.tolist() == other.moments.tolist()
    assert one.measure("silence", "log_loss") == other.measure("silence", "log_loss")


def test_what_fits_warn_of_is_in_the_table():
    class Warns(Half):
        def fit(self, history, /, *, horizon_days):
            import warnings

            warnings.warn("not sure of this", UserWarning, stacklevel=2)
            return self

    found = evaluate(
        growing(), estimators={"unsure": Warns}, horizon="60d", origins=2, n_bootstrap=0
    )
    assert found.notes == {"unsure": ("not sure of this",)}
    assert np.asarray(found.to_frame()["note"])[0] == "not sure of this"


def test_text_ids_and_other_tables():
    frame = simulated(60).to_frame()
    log = ci.TransactionLog.from_frame(
        pl.DataFrame({
            "customer_id": [f"c{one:03d}" for one in np.asarray(frame["customer_id"])],
            "timestamp": np.asarray(frame["timestamp"]).astype("M8[us]"),
        })
    )  # fmt: skip
    found = evaluate(log, estimators={"silence": Silence}, horizon="60d", origins=2, n_bootstrap=5)
    numbers = evaluate(
        simulated(60), estimators={"silence": Silence}, horizon="60d", origins=2, n_bootstrap=5
    )
    assert isinstance(found.to_frame(), pl.DataFrame)
    assert found.predictions("silence").to_frame()["customer_id"].dtype == pl.String
    assert found.measure("silence", "auc") == numbers.measure("silence", "auc")


def test_a_result_is_a_churn_evaluation(table):
    assert isinstance(table, ChurnEvaluation)
    assert ci.churn.evaluate is evaluate


@pytest.mark.filterwarnings(  # of other libraries, while they make or collect a table
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::ResourceWarning",
    "ignore::UserWarning:modin",
    "ignore:.*has fewer distinct values:UserWarning",
)
def test_frames_are_of_every_kind(table_kind):
    frame = simulated(40).to_frame()
    columns = {
        "customer_id": np.asarray(frame["customer_id"]).tolist(),
        "timestamp": np.asarray(frame["timestamp"]).astype("M8[us]").tolist(),
    }
    log = ci.TransactionLog.from_frame(table_kind.make(columns))
    found = evaluate(log, estimators={"half": Half}, horizon="60d", origins=1, n_bootstrap=2)
    frames = (
        found.to_frame(),
        found.per_origin(),
        found.predictions("half").to_frame(),
        found.reliability("half").to_frame(),
        found.gain_curve("half").to_frame(),
    )
    assert all(table_kind.is_kind(one) for one in frames)
    table, by_origin, rows, bins, gain = (contents(one) for one in frames)
    assert table["estimator"] == by_origin["estimator"] == list(found.names)
    assert table["note"] == [""] * 3
    assert rows["probability"] == [0.5] * 40
    assert (bins["n"], len(gain["reached"])) == ([40], 101)


def test_progress_counts_every_piece_of_work(monkeypatch):
    counted = []

    @contextlib.contextmanager
    def bar(total, what, *, shown):
        counted.append((total, what, shown))
        yield lambda: counted.append(1)

    monkeypatch.setattr("customerintel.churn.evaluation.progress_bar", bar)
    evaluate(
        growing(), estimators={"half": Half}, horizon="60d", origins=2, n_bootstrap=0, progress=True
    )
    # two fits, and the measures of three rows
    assert counted == [(5, "evaluate", True), 1, 1, 1, 1, 1]


def test_threads_change_nothing():
    how = {"estimators": {"silence": Silence}, "horizon": "60d", "origins": 2, "n_bootstrap": 20}
    found = []
    for width in (1, 3):
        ci.set_threads(width)
        found.append(evaluate(growing(), **how))
    ci.set_threads(None)
    for name in MEASURES:
        assert found[0].measure("silence", name) == found[1].measure("silence", name)


def test_built_in_estimators_beat_the_base_rate():
    found = evaluate(
        simulated(), estimators=["recency", "bgnbd"], horizon="90d", origins=2, n_bootstrap=10
    )
    for name in ("recency", "bgnbd"):
        assert found.measure(name, "brier_skill").low > 0.1
        assert found.measure(name, "auc").low > 0.7


def test_an_evaluation_can_be_sent_to_another_process():
    table = evaluate(simulated(), estimators={"half": Half}, horizon="60d", origins=2)
    again = pickle.loads(pickle.dumps(table))
    assert again.best() == table.best()
    assert repr(again) == repr(table)
