"""Moments, and the splits between them: nothing that is learnt from is known too late."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from churn.churn_logs import growing, simulated
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import customerintel as ci
from customerintel.churn.rolling_origins import RollingOrigins
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError

#: Daily purchases from the first to the last of April 2023, then a last row in the evening.
DAYS = ["2023-04-01", "2023-04-10", "2023-04-20", "2023-04-30 18:30"]


def log_of(days, zone=None):
    stamps = pd.to_datetime(pd.Series(days), format="ISO8601")
    if zone:
        stamps = stamps.dt.tz_localize(zone)
    return ci.TransactionLog.from_frame(
        pd.DataFrame({"customer_id": range(len(days)), "timestamp": stamps})
    )


def days_of(moments):
    return [str(one) for one in moments.astype("M8[D]")]


def test_the_latest_origin_is_a_horizon_before_the_end_of_the_last_day():
    moments = RollingOrigins("7d", origins=2).moments(log_of(DAYS))
    assert moments.tolist() == [
        np.datetime64("2023-04-16T23:59:59.999999").item(),
        np.datetime64("2023-04-23T23:59:59.999999").item(),
    ]


def test_gap_and_step():
    origins = RollingOrigins("5d", origins=3, gap="2d", step="3d")
    assert days_of(origins.moments(log_of(DAYS))) == ["2023-04-17", "2023-04-20", "2023-04-23"]
    assert repr(origins) == "RollingOrigins('5d', origins=3, gap='2d', step='3d')"


def test_horizons_of_hours_count_from_the_last_row():
    moments = RollingOrigins("12h", origins=1).moments(log_of(DAYS))
    assert str(moments[0]) == "2023-04-30T06:30:00.000000"


def test_days_are_days_of_the_calendar():
    """In Berlin, 26 March 2023 had 23 hours: each origin is the end of a day there."""
    days = ["2023-03-10", "2023-03-20", "2023-04-01 09:00"]
    moments = RollingOrigins("4d", origins=3).moments(log_of(days, "Europe/Berlin"))
    assert [str(one)[:16] for one in moments] == [
        "2023-03-20T22:59",
        "2023-03-24T22:59",
        "2023-03-28T21:59",
    ]


def test_nothing_after_a_history_counts():
    log = log_of(DAYS)
    origins = RollingOrigins("5d", origins=1)
    assert days_of(origins.moments(log.as_of("2023-04-20"))) == ["2023-04-15"]
    early = log.as_of("2023-04-20 12:00")
    assert str(origins.moments(early)[0]) == "2023-04-15T12:00:00.000000"


def test_origins_that_are_too_early_are_named():
    with pytest.warns(DataQualityWarning) as caught:
        moments = RollingOrigins("7d", origins=5).moments(log_of(DAYS))
    assert days_of(moments) == ["2023-04-09", "2023-04-16", "2023-04-23"]
    [warning] = caught
    assert str(warning.message) == (
        "2 of 5 origins are left out, since nobody had bought 7d before: 2023-03-26, 2023-04-02. "
        "Ask for 3, or use a shorter horizon or step."
    )


def test_a_return_alone_is_nobody_who_bought():
    log = ci.TransactionLog.from_frame({
        "customer_id": [1, 1, 1],
        "timestamp": ["2023-04-01", "2023-04-20", "2023-04-30"],
        "amount": [-5.0, 9.0, 9.0],
    })  # fmt: skip
    with pytest.raises(InvalidArgumentError, match="too short for a horizon of 10d"):
        RollingOrigins("10d", origins=1).moments(log)


@pytest.fixture(scope="module")
def rows():
    return RollingOrigins("60d", origins=3, gap="5d").table(growing())


def test_the_table_holds_what_was_known_and_what_then_happened(rows):
    log = growing()
    X = rows.X
    assert list(X.columns[:2]) == ["as_of", "customer_id"]
    assert len(rows) == len(X) == len(rows.y) == len(rows.groups)
    assert not X["as_of"].dt.tz
    for moment in np.unique(rows.as_of):
        here = rows.as_of == moment
        # midnight would warn, the last microsecond of a day does not
        history = log.as_of(moment)
        features = history.features(ahead=60)
        assert rows.groups[here].tolist() == history.customer_id.tolist()
        assert tuple(X.columns[2:]) == tuple(features.names)
        for name in features.names:
            np.testing.assert_array_equal(X[name][here], features[name])
        opens = moment + np.timedelta64(5, "D")
        later = log.as_of(opens + np.timedelta64(60, "D")).to_frame()
        when = np.asarray(later["timestamp"]).astype("M8[us]")
        buyers = set(np.asarray(later["customer_id"])[when > opens])
        expected = [one not in buyers for one in rows.groups[here]]
        assert rows.y[here].tolist() == expected


def test_frames_are_of_the_logs_kind(rows):
    frame = rows.to_frame()
    assert isinstance(frame, type(growing().to_frame()))
    np.testing.assert_array_equal(frame["churned"], rows.y)
    assert repr(rows).startswith("OriginTable(rows=")
    assert "<table>" in rows._repr_html_()
    assert not rows.y.flags.writeable


def test_only_outcomes_that_are_over_are_learnt_from(rows):
    origins = RollingOrigins("60d", origins=3, gap="5d")
    splits = list(origins.split(rows.X, rows.y, groups=rows.groups))
    assert len(splits) == origins.get_n_splits(rows.X) == 3
    tested = [np.unique(rows.as_of[test]) for _, test in splits]
    assert np.concatenate(tested).tolist() == origins.moments(growing()).tolist()
    for (train, test), origin in zip(splits, tested, strict=True):
        known = rows.as_of[train] + np.timedelta64(65, "D")
        assert (known <= origin).all()
        left_out = np.setdiff1d(np.arange(len(rows)), np.concatenate([train, test]))
        assert (rows.as_of[left_out] + np.timedelta64(65, "D") > origin).all()


@settings(max_examples=15)
@given(st.integers(20, 60), st.integers(10, 90), st.integers(0, 20), st.integers(1, 4))
def test_no_split_looks_ahead(horizon, step, gap, count):
    origins = RollingOrigins(horizon, origins=count, step=step, gap=gap or None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        rows = origins.table(simulated(60), earlier=2)
    reach = np.timedelta64(horizon + gap, "D")
    splits = list(origins.split(rows.X))
    assert 1 <= len(splits) <= count
    for train, test in splits:
        assert len(train)
        assert len(np.unique(rows.as_of[test])) == 1
        assert (rows.as_of[train] + reach <= rows.as_of[test][0]).all()


def test_splits_in_a_time_zone():
    """Summer time begins on 26 March: 7 days of the calendar are an hour short."""
    days = pd.date_range("2023-02-20", "2023-04-05", freq="D").strftime("%Y-%m-%d").tolist()
    log = log_of(days, "Europe/Berlin")
    origins = RollingOrigins("7d", origins=2)
    rows = origins.table(log, earlier=2)
    X = rows.X
    assert str(X["as_of"].dt.tz) == "Europe/Berlin"
    trained = [np.unique(rows.as_of[train]).size for train, _ in origins.split(X)]
    assert trained == [2, 3]


def test_it_sits_in_scikit_learn(rows):
    origins = RollingOrigins("60d", origins=3, gap="5d")
    X = rows.X[["as_of", "time_since_last", "frequency"]]
    without_moment = FunctionTransformer(lambda frame: frame.drop(columns="as_of"))
    model = make_pipeline(without_moment, StandardScaler(), LogisticRegression())
    found = cross_val_score(model, X, rows.y, cv=origins, scoring="roc_auc")
    splits = list(origins.split(X))
    assert found.tolist() == cross_val_score(
        model, X, rows.y, cv=splits, scoring="roc_auc"
    ).tolist()  # fmt: skip
    assert found.shape == (3,)
    assert (found > 0.6).all()
    search = GridSearchCV(model, {"logisticregression__C": [0.1, 1.0]}, cv=origins)
    assert search.fit(X, rows.y).n_splits_ == 3


def test_rows_tell_what_their_outcomes_are_of(rows):
    assert rows.gap_days == 5.0
    assert "gap_days=5" in repr(rows)
    for X in (rows.X, rows.X[["as_of", "recency"]], rows.X.iloc[::2], rows.X.drop(columns="T")):
        assert X.attrs == {"customerintel": {"horizon_days": 60.0, "gap_days": 5.0}}
    plain = RollingOrigins("60d", origins=1).table(growing())
    assert plain.gap_days == 0.0
    assert "gap" not in repr(plain) + plain._repr_html_()


@pytest.mark.parametrize(("horizon", "gap"), [("30d", "5d"), ("90d", "5d"), ("60d", None)])
def test_rows_of_another_horizon_are_not_split(rows, horizon, gap):
    """The moments alone would let a model learn from outcomes that are not over."""
    other = RollingOrigins(horizon, origins=2, gap=gap)
    X = rows.X[["as_of", "recency", "frequency"]]
    model = make_pipeline(
        FunctionTransformer(lambda frame: frame.drop(columns="as_of")), LogisticRegression()
    )
    with pytest.raises(InvalidArgumentError, match="The outcomes of X are of a horizon of 60d"):
        cross_val_score(model, X, rows.y, cv=other, error_score="raise")
    X.attrs.clear()  # nobody knows then
    assert len(list(other.split(X))) == other.get_n_splits(X) > 0


def test_how_many_splits_without_rows():
    assert RollingOrigins("30d", origins=5).get_n_splits() == 5
