"""scikit-learn both ways: pipelines as estimators, estimators in cross_val_score."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import customerintel as ci
from customerintel import models
from customerintel.churn.rolling_origins import RollingOrigins
from customerintel.churn.sklearn_adapters import ChurnClassifier, PipelineEstimator
from customerintel.exceptions import InvalidArgumentError, NotFittedError
from customerintel.testing import check_churn_estimator

TAKES = (
    "PipelineEstimator takes a scikit-learn classifier or pipeline (an object) with fit and "
    "predict_proba; got {}."
)
RFM = ["frequency", "recency", "T", "time_since_last"]


def logistic():
    return make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())


def simulated():
    truth = models.ParetoNBD.from_params(
        {"r": 0.9, "alpha": 8.0, "s": 0.7, "beta": 12.0}, unit="week"
    )
    return truth.simulate(500, T=70.0, seed=3)


@pytest.fixture(scope="module")
def log():
    return simulated()


@pytest.fixture(scope="module")
def history(log):
    return log.as_of("2001-03-01")


class Overdue:
    """A churn estimator that needs nothing of the library."""

    api_version = 1

    def __init__(self, power=1.0):
        self.power = power

    def fit(self, history, /, *, horizon_days):
        self.horizon_, self.moment_ = horizon_days, history.moment
        return self

    def predict(self, history, /):
        silence = history.summarize().time_since_last ** self.power
        return silence / (silence + self.horizon_**self.power)


def test_a_pipeline_learns_from_one_horizon_ago(history):
    made = PipelineEstimator(logistic(), features=RFM).fit(history, horizon_days=60)
    past, churned = ci.churn.label(history, "60d")
    found = past.features(ahead=60)
    X = np.column_stack([found[name] for name in RFM])
    twin = logistic().fit(X, churned)
    now = history.features(ahead=60)
    expected = twin.predict_proba(np.column_stack([now[name] for name in RFM]))[:, 1]
    np.testing.assert_allclose(made.predict(history), expected, rtol=1e-10)
    assert list(made.pipeline_.feature_names_in_) == RFM


def test_what_was_handed_in_is_never_fitted(history):
    pipeline = logistic()
    made = PipelineEstimator(pipeline).fit(history, horizon_days=60)
    assert made.pipeline_ is not pipeline
    assert not hasattr(pipeline[-1], "coef_")
    # a log without money has no features of it
    assert len(made.pipeline_[-1].coef_[0]) == len(made.features_)
    assert "recency" in made.features_
    assert "monetary_value" not in made.features_
    before = made.predict(history)
    made.fit(history, horizon_days=60)
    np.testing.assert_array_equal(made.predict(history), before)


def test_features_of_a_function(history):
    def silence(history):
        return history.summarize().time_since_last[:, None]

    made = PipelineEstimator(logistic(), features=silence).fit(history, horizon_days=60)
    chance = made.predict(history)
    order = np.argsort(history.summarize().time_since_last)
    assert (np.diff(chance[order]) >= 0).all()
    short = PipelineEstimator(logistic(), features=lambda history: np.zeros((3, 1)))
    with pytest.raises(InvalidArgumentError, match="made 3 rows for"):
        short.fit(history, horizon_days=60)


def test_a_seed_reaches_the_forest(history):
    def chances(seed):
        forest = make_pipeline(SimpleImputer(), RandomForestClassifier(10))
        made = PipelineEstimator(forest, features=RFM, random_state=seed)
        return made.fit(history, horizon_days=60).predict(history)

    np.testing.assert_array_equal(chances(1), chances(1))
    assert (chances(1) != chances(2)).any()


def test_one_outcome_is_a_constant():
    """Where all stayed, or all left, most classifiers refuse to learn."""
    log = ci.TransactionLog.from_frame(
        {"customer_id": [1, 2, 3], "timestamp": ["2024-01-01"] * 3, "amount": [1.0] * 3}
    )
    made = PipelineEstimator(logistic()).fit(log.as_of("2024-06-30"), horizon_days=60)
    assert made.pipeline_ is None
    assert made.predict(log.as_of("2024-06-30")).tolist() == [3.5 / 4.0] * 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: PipelineEstimator(LogisticRegression),
            TAKES.format("LogisticRegression"),
        ),
        (
            lambda: PipelineEstimator(StandardScaler()),
            TAKES.format("StandardScaler"),
        ),
        (
            lambda: PipelineEstimator(logistic(), features="recency"),
            "features takes several names; write features=['recency'].",
        ),
    ],
    ids=["a class", "no classifier", "one name"],
)
def test_pipelines_that_cannot_be(make, message):
    with pytest.raises(InvalidArgumentError) as caught:
        make()
    assert str(caught.value) == message


def test_unknown_features_and_unfitted_pipelines(history):
    with pytest.raises(InvalidArgumentError, match="Did you mean 'recency'"):
        PipelineEstimator(logistic(), features=["recencie"]).fit(history, horizon_days=60)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        PipelineEstimator(logistic()).predict(history)
    assert repr(PipelineEstimator(logistic())) == "PipelineEstimator(Pipeline, status=not fitted)"


ORIGINS = RollingOrigins("60d", origins=3)


#: A row to learn from is asked about before what was learnt from was known, which is said.
OF_ITS_OWN_ROWS = pytest.mark.filterwarnings("ignore:.*predicts for an earlier moment")


@pytest.fixture(scope="module")
def rows(log):
    return ORIGINS.table(log)


def by_hand(log, rows, make):
    """Return AUC and log loss per origin, with nothing of scikit-learn's loops."""
    scores = []
    for train, test in ORIGINS.split(rows.X):
        known = np.asarray(rows.as_of)[train].max() + np.timedelta64(60, "D")
        made = make().fit(log.as_of(known), horizon_days=60.0)
        origin = np.asarray(rows.as_of)[test][0]
        history = log.as_of(origin)
        chance = dict(zip(history.customer_id.tolist(), made.predict(history), strict=True))
        p = [chance[who] for who in rows.groups[test].tolist()]
        scores.append((roc_auc_score(rows.y[test], p), -log_loss(rows.y[test], p)))
    return np.array(scores).T


def test_cross_val_score_is_what_is_found_by_hand(log, rows):
    classifier = ChurnClassifier(Overdue(), log=log, horizon="60d")
    auc, loss = by_hand(log, rows, Overdue)
    for scoring, expected in (("roc_auc", auc), ("neg_log_loss", loss)):
        found = cross_val_score(classifier, rows.X, rows.y, cv=ORIGINS, scoring=scoring)
        np.testing.assert_allclose(found, expected, rtol=1e-9)


@OF_ITS_OWN_ROWS
def test_the_order_of_rows_does_not_matter(log, rows):
    order = np.random.default_rng(1).permutation(len(rows.y))
    X, y = rows.X.iloc[order], rows.y[order]
    made = ChurnClassifier(Overdue(), log=log, horizon="60d").fit(X, y)
    np.testing.assert_array_equal(made.predict_proba(X), made.predict_proba(rows.X)[order])
    chances = made.predict_proba(X)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    np.testing.assert_array_equal(made.predict(X), chances[:, 1] > 0.5)


def test_nothing_after_the_outcome_of_the_rows_is_learnt(log, rows):
    train = next(iter(ORIGINS.split(rows.X)))[0]
    made = ChurnClassifier(Overdue(), log=log, horizon="60d").fit(rows.X.iloc[train], rows.y[train])
    assert made.moment_ == np.asarray(rows.as_of)[train].max() + np.timedelta64(60, "D")
    gapped = ChurnClassifier(Overdue(), log=log, horizon="60d", gap="10d")
    X = pd.DataFrame(rows.X.iloc[train])
    X.attrs.clear()  # which say that there is no gap
    gapped.fit(X, rows.y[train])
    assert gapped.moment_ == made.moment_ + np.timedelta64(10, "D")


def test_rows_of_another_horizon_are_refused(log, rows):
    """Its own, and not only that of the splitter: what it learns is another outcome."""
    for how, of in (({"horizon": "30d"}, "30d"), ({"gap": "7d"}, r"60d \(and a gap of 7d\)")):
        made = ChurnClassifier(Overdue(), log=log, **{"horizon": "60d", **how})
        with pytest.raises(InvalidArgumentError, match=f"ChurnClassifier has one of {of}:"):
            made.fit(rows.X, rows.y)
        # scikit-learn hands on rows of X, which still tell
        with pytest.raises(InvalidArgumentError, match="of a horizon of 60d, and ChurnClassifier"):
            cross_val_score(made, rows.X, rows.y, cv=ORIGINS, error_score="raise")


@pytest.mark.parametrize("gap", [None, 0, "0d"])
def test_a_gap_of_nothing_is_none(log, rows, gap):
    made = ChurnClassifier(Overdue(), log=log, horizon="60d", gap=gap).fit(rows.X, rows.y)
    assert made.moment_ == rows.as_of.max() + np.timedelta64(60, "D")


@OF_ITS_OWN_ROWS
def test_a_grid_search_chooses_an_estimator(log, rows):
    grid = GridSearchCV(
        ChurnClassifier(log=log, horizon="60d"),
        {"estimator": ["recency", Overdue(5.0)]},
        cv=ORIGINS,
        scoring="neg_log_loss",
    ).fit(rows.X, rows.y)
    scores = grid.cv_results_["mean_test_score"]
    assert grid.best_index_ == int(np.argmax(scores))
    assert scores[0] != scores[1]
    assert grid.predict_proba(rows.X).shape == (len(rows.y), 2)


def test_clones_share_the_log(log):
    made = ChurnClassifier(Overdue(2.0), log=log, horizon="60d", gap="5d")
    again = clone(made)
    assert again.log is log
    assert again.estimator is not made.estimator
    assert (again.estimator.power, again.horizon, again.gap) == (2.0, "60d", "5d")
    assert made.get_params(deep=False).keys() == {"estimator", "log", "horizon", "gap"}


@OF_ITS_OWN_ROWS
def test_a_classifier_travels_as_bytes(log, rows):
    """What ``n_jobs`` does: the classifier goes to another process, and its log with it."""
    made = ChurnClassifier(Overdue(), log=log, horizon="60d").fit(rows.X, rows.y)
    sent = ChurnClassifier(Overdue(), log=simulated(), horizon="60d")
    again = pickle.loads(pickle.dumps(sent)).fit(rows.X, rows.y)
    np.testing.assert_array_equal(again.predict_proba(rows.X), made.predict_proba(rows.X))


@OF_ITS_OWN_ROWS
@pytest.mark.parametrize("dtype", [bool, int, float])
def test_classes_are_named_as_in_y(log, rows, dtype):
    made = ChurnClassifier(Overdue(), log=log, horizon="60d").fit(rows.X, rows.y.astype(dtype))
    assert made.classes_.dtype == dtype
    assert made.predict(rows.X).dtype == dtype
    assert made.score(rows.X, rows.y.astype(dtype)) > 0.5


@OF_ITS_OWN_ROWS
def test_texts_as_ids_and_time_zones():
    table = {
        "customer_id": ["b", "a", "b", "c", "a", "c"],
        "timestamp": np.array(
            ["2024-01-05", "2024-01-09", "2024-03-01", "2024-03-05", "2024-05-01", "2024-06-20"],
            "M8[s]",
        ),
    }
    frame = pd.DataFrame(table)
    frame["timestamp"] = frame["timestamp"].dt.tz_localize("Europe/Berlin")
    log = ci.TransactionLog.from_frame(frame)
    origins = RollingOrigins("30d", origins=2)
    rows = origins.table(log)
    made = ChurnClassifier(Overdue(), log=log, horizon="30d").fit(rows.X, rows.y)
    chances = made.predict_proba(rows.X)[:, 1]
    for moment in np.unique(rows.as_of):
        history = log.as_of(moment)
        here = np.asarray(rows.as_of) == moment
        assert rows.groups[here].tolist() == history.customer_id.tolist()
        expected = Overdue().fit(history, horizon_days=30.0).predict(history)
        np.testing.assert_allclose(chances[here], expected)


@OF_ITS_OWN_ROWS
def test_rows_that_cannot_be(log, rows):
    made = ChurnClassifier(Overdue(), log=log, horizon="60d").fit(rows.X, rows.y)
    strangers = rows.X.head(3).assign(customer_id=[-5, -6, -7])
    with pytest.raises(InvalidArgumentError, match="3 rows of X are of customers who had not"):
        made.predict_proba(strangers)
    with pytest.raises(InvalidArgumentError, match="had not bought"):
        made.predict_proba(rows.X.head(1).assign(customer_id=["x"]))
    with pytest.raises(InvalidArgumentError, match="'as_of'"):
        made.predict_proba(rows.X.drop(columns="as_of"))
    with pytest.raises(InvalidArgumentError, match="y must be True or False"):
        made.fit(rows.X, np.arange(len(rows.y)))
    with pytest.raises(InvalidArgumentError, match="needs the log"):
        ChurnClassifier(Overdue()).fit(rows.X, rows.y)
    with pytest.raises(NotFittedError, match=r"call fit\(X, y\)"):
        ChurnClassifier(Overdue(), log=log).predict_proba(rows.X)


@OF_ITS_OWN_ROWS
def test_a_pipeline_of_ours_goes_both_ways(log, rows):
    """A scikit-learn pipeline as a churn estimator, as a scikit-learn classifier."""
    estimator = PipelineEstimator(DummyClassifier(strategy="prior"))
    made = ChurnClassifier(estimator, log=log, horizon="60d").fit(rows.X, rows.y)
    assert len(np.unique(made.predict_proba(rows.X)[:, 1])) == 1


def test_a_pipeline_keeps_the_promises_of_an_estimator():
    report = check_churn_estimator(lambda: PipelineEstimator(logistic()))
    assert report.failures == ()
