"""`auto` on real and simulated logs: as good as the best baseline, level and season included."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import customerintel as ci
from customerintel.churn.horizons import read_horizon
from customerintel.churn.level import Season, choose_level
from customerintel.churn.log_odds import log_odds
from customerintel.churn.metrics import measures
from customerintel.churn.past import past_origins, year_before
from customerintel.churn.profit import ProfitModel
from customerintel.cli import cdnow

DAY = np.timedelta64(1, "D")
START = np.datetime64("2015-01-01", "us")


def seasonal(n=1500, days=800, low=0.2, seed=1):
    """Poisson buyers with deaths, of whose visits in spring and summer few are purchases."""
    rng = np.random.default_rng(seed)
    born, rate = rng.uniform(0, 0.8 * days, n), rng.gamma(1.5, 1 / 25.0, n)
    end = np.minimum(days, born + rng.exponential(1 / rng.gamma(0.8, 1 / 300.0, n)))
    visits = rng.poisson(rate * (end - born))
    who = np.repeat(np.arange(n), visits)
    when = born[who] + rng.random(len(who)) * (end - born)[who]
    autumn = np.sin(2 * np.pi * (when - 180.0) / 365.25) > 0
    kept = rng.random(len(who)) < np.where(autumn, 1.0, low)
    customer, time = np.r_[np.arange(n), who[kept]], np.r_[born, when[kept]]
    order = np.argsort(time)
    stamp = START + (time[order] * 86_400e6).astype("m8[us]")
    return ci.TransactionLog.from_frame({"customer_id": customer[order], "timestamp": stamp})


def judged(log, name, moment, days):
    """Return AUC, Brier score, mean probability and share of those who left."""
    now = log.as_of(moment)
    past, churned = ci.churn.label(log.as_of(np.datetime64(moment, "D") + days), days)
    assert past.n_customers == now.n_customers
    found = ci.churn.get(name).fit(now, days).predict(now).probability
    scores = measures(churned, found, top=0.1, profit=ProfitModel())
    return scores["auc"], scores["brier"], found.mean(), churned.mean()


@pytest.mark.slow
def test_cdnow():
    """The best baselines: AUC .7983 (logistic), Brier .1304 (logistic), of twelve features."""
    pytest.importorskip("lifetimes", reason="the CDNOW log is inside the lifetimes wheel")
    log = ci.TransactionLog.from_frame(cdnow.read(cdnow.locate()))
    auc, brier, *_ = judged(log, "auto", "1997-12-30", 181)
    assert auc > 0.7983 - 0.002
    assert brier < 0.1304 + 0.001


@pytest.mark.slow
@pytest.mark.reference_data
def test_online_retail(reference_data):
    """The best baselines: AUC .7408 (logistic), Brier .2106 (logistic), of twelve features."""
    table = pd.read_csv(reference_data / "online_retail.csv.gz", parse_dates=["InvoiceDate"])
    table = table[table["CustomerID"].notna() & (table["Quantity"] > 0) & (table["UnitPrice"] > 0)]
    log = ci.TransactionLog.from_frame(
        table, customer_id="CustomerID", timestamp="InvoiceDate", quantity="Quantity",
        unit_price="UnitPrice",
    )  # fmt: skip
    auc, brier, *_ = judged(log, "auto", "2011-09-09", 90)
    assert auc > 0.7408 - 0.002
    assert brier < 0.2106 + 0.001


@pytest.mark.slow
def test_the_season_of_a_year_ago_sets_the_level():
    """At the turn of the season, the latest horizon says the contrary of what comes."""
    log = seasonal()
    now = log.as_of("2016-07-01")  # the good months begin
    _, churned = ci.churn.label(log.as_of("2016-08-30"), "60d")
    scorer = ci.churn.get("auto").fit(now, "60d")
    assert scorer.estimator.season_weight_ > 0.5
    naive = ci.churn.get("hazard").fit(now, "60d").predict(now).probability.mean()
    told = scorer.predict(now).probability.mean()
    assert abs(told - churned.mean()) < 0.5 * abs(naive - churned.mean())


@pytest.mark.slow
def test_without_a_season_none_is_believed():
    log = seasonal(low=1.0)
    estimator = ci.churn.get("auto").fit(log.as_of("2016-07-01"), "60d").estimator
    assert estimator.season_weight_ < 0.35


def test_levels_are_averaged_in_log_odds():
    share = choose_level([np.full(5, 1.0), np.full(5, 2.0)], np.full(5, 3.0), Season())
    assert log_odds(np.array([share]))[0] == pytest.approx(2.0)
    seasons = choose_level([np.full(5, 1.0)], np.full(5, 1.0), Season(shift=-2.0, weight=1.0))
    assert log_odds(np.array([seasons]))[0] == pytest.approx(-1.0)
    alone = choose_level([np.full(5, 1.0), np.full(5, 2.0)], np.empty(0), Season())
    assert log_odds(np.array([alone]))[0] == pytest.approx(1.5)


def test_what_was_chosen_is_told():
    now = seasonal(400, 500).as_of("2016-04-01")
    made = ci.churn.get("auto").fit(now, "60d").estimator
    assert sum(made.chosen_.values()) == pytest.approx(1.0)
    assert set(made.chosen_) == set(made.losses_)
    features = sum(w for name, w in made.chosen_.items() if name.startswith("features"))
    assert features >= 0.45
    assert made.n_origins_ >= 2
    level = ci.churn.get("auto").fit(now, "60d").predict(now).probability.mean()
    assert level == pytest.approx(made.level_, abs=1e-9)


def test_a_sample_is_enough_to_learn_from():
    now = seasonal(1500, 500).as_of("2016-04-01")
    whole = ci.churn.get("auto").fit(now, "60d").predict(now).probability
    part = ci.churn.get("auto", n_customers=700).fit(now, "60d").predict(now).probability
    assert len(part) == now.n_customers
    assert np.abs(whole - part).mean() < 0.05
    again = ci.churn.get("auto", n_customers=700).fit(now, "60d").predict(now).probability
    np.testing.assert_array_equal(part, again)


def test_few_customers_have_the_share_of_the_last_horizon():
    now = seasonal(12, 500).as_of("2016-04-01")
    scorer = ci.churn.get("auto").fit(now, "60d")
    _, churned = ci.churn.label(now, "60d")
    expected = (churned.sum() + 0.5) / (len(churned) + 1.0)
    np.testing.assert_allclose(scorer.predict(now).probability, expected)
    assert list(scorer.estimator.chosen_) == ["share of the last horizon"]


def test_without_outcomes_of_both_kinds_the_customer_base_models_speak():
    """In half a day hardly anybody buys, so there is nothing to learn from; yet ranks are known."""
    now = seasonal(300, 500).as_of("2016-04-01")
    scorer = ci.churn.get("auto").fit(now, "12h")
    assert list(scorer.estimator.chosen_) == ["customer-base models"]
    found = scorer.predict(now).probability
    peer = ci.churn.get("mbgnbd").fit(now, "12h").predict(now).probability
    assert np.corrcoef(np.argsort(np.argsort(found)), np.argsort(np.argsort(peer)))[0, 1] > 0.95
    assert found.mean() == pytest.approx(peer.mean(), abs=0.01)


def test_a_shop_that_is_closed_is_learned_from_as_it_was_a_year_ago():
    """All recent outcomes are of one kind: only the moment of a year ago tells anything."""
    rng = np.random.default_rng(2)
    who, when = rng.integers(0, 300, 5000), np.sort(rng.uniform(0.0, 500.0, 5000))
    stamp = START + (when * 86_400e6).astype("m8[us]")
    log = ci.TransactionLog.from_frame({"customer_id": who, "timestamp": stamp})
    now = log.as_of("2016-09-12")  # closed for 120 days
    scorer = ci.churn.get("auto").fit(now, "30d")
    found = scorer.predict(now).probability
    assert scorer.estimator.n_origins_ == 1
    assert np.isfinite(found).all()
    assert found.std() > 0.0


def test_growth_is_no_season():
    """A shop that grows: what customers do changes slowly, and not with the months."""
    rng = np.random.default_rng(4)
    born = 800.0 * np.sqrt(rng.random(1500))
    rate, end = rng.gamma(1.0, 1 / 40.0, 1500), born + rng.exponential(200.0, 1500)
    end = np.minimum(end, 800.0)
    visits = rng.poisson(rate * (end - born))
    who = np.repeat(np.arange(1500), visits)
    when = np.r_[born, born[who] + rng.random(len(who)) * (end - born)[who]]
    order = np.argsort(when)
    stamp = START + (when[order] * 86_400e6).astype("m8[us]")
    customer = np.r_[np.arange(1500), who][order]
    log = ci.TransactionLog.from_frame({"customer_id": customer, "timestamp": stamp})
    estimator = ci.churn.get("auto").fit(log.as_of("2016-12-01"), "90d").estimator
    assert estimator.season_weight_ < 0.35


@pytest.mark.parametrize(
    ("horizon", "zone"), [("250h", None), (45.3, "Europe/Berlin"), ("90d", "Europe/Berlin")]
)
def test_nothing_after_the_present_is_learned_from(horizon, zone):
    """Horizons of a part of a day, and days that last 23 or 25 hours."""
    frame = seasonal(300, 800).to_frame()
    who, when = np.asarray(frame["customer_id"]), np.asarray(frame["timestamp"])
    moment = np.datetime64("2016-06-29T02:30", "us")
    past = when <= moment
    everybody = np.unique(who[past])
    later = np.repeat(moment + np.timedelta64(40, "m"), len(everybody))
    found = []
    for ids, times in (
        (who[past], when[past]),
        (np.r_[who[past], everybody], np.r_[when[past], later]),
    ):
        stamps = pd.Series(times)
        if zone:
            stamps = stamps.dt.tz_localize("UTC").dt.tz_convert(zone)
        log = ci.TransactionLog.from_frame(pd.DataFrame({"customer_id": ids, "timestamp": stamps}))
        now = log.as_of(pd.Timestamp(moment, tz="UTC").to_pydatetime() if zone else moment)
        found.append(ci.churn.get("auto").fit(now, horizon).predict(now).probability)
    np.testing.assert_array_equal(found[0], found[1])


def test_moments_to_learn_from():
    now = seasonal(200, 800).as_of("2016-12-31")
    ages = [one.days_ago for one in past_origins(now, read_horizon("90d"))]
    assert ages == [90.0, 120.0, 150.0, 180.0, 365.0]
    ages = [one.days_ago for one in past_origins(now, read_horizon("30d"))]
    assert ages == [30.0, 44.0, 58.0, 72.0, 365.0]
    short = seasonal(200, 800).as_of("2015-05-01")
    assert [one.days_ago for one in past_origins(short, read_horizon("60d"))] == [60.0]
    months = [one.days_ago for one in year_before(now, read_horizon("90d"))]
    assert months[0] == 90.0
    assert max(months) >= 365.0 + 60.0


def test_outcomes_of_a_past_moment_end_with_their_horizon():
    now = seasonal(200, 800).as_of("2016-12-31")
    for one in past_origins(now, read_horizon("90d")):
        until = now.as_of(one.past.moment.astype("M8[D]").item() + np.timedelta64(90, "D").item())
        past, churned = ci.churn.label(until, "90d")
        assert past.moment == one.past.moment
        np.testing.assert_array_equal(churned, one.churned)


@pytest.mark.parametrize("name", ["recency", "hazard", "auto", "gbm"])
def test_customers_of_the_future_do_not_matter_to_text_ids(name):
    """Texts are numbered over the whole log: the numbers must not decide who is in which fold."""
    if name == "gbm":
        pytest.importorskip("sklearn", reason="scikit-learn is an extra")
    frame = seasonal(300, 500).to_frame()
    named = np.array([f"m{one:05d}" for one in np.asarray(frame["customer_id"])], object)
    when = np.asarray(frame["timestamp"])
    seen = when <= np.datetime64("2016-04-01")
    found = []
    for rows in (seen, np.ones(len(when), bool)):
        later = np.where(when > np.datetime64("2016-04-01"), "a", "")
        ids = np.array([a + b for a, b in zip(later, named, strict=True)], object)
        log = ci.TransactionLog.from_frame({"customer_id": ids[rows], "timestamp": when[rows]})
        now = log.as_of("2016-03-31")
        found.append(ci.churn.get(name).fit(now, "60d").predict(now).probability)
    np.testing.assert_array_equal(found[0], found[1])
