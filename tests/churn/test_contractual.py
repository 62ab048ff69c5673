"""The estimator for contracts: published fits, known truths, and what a log tells of contracts."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from churn.subscriptions import due, log_of, simulated

import customerintel as ci
from customerintel.churn.contract_times import (
    Contracts,
    read_payments,
    read_renewal,
    typical_renewal,
)
from customerintel.churn.contractual import ContractualEstimator
from customerintel.churn.log_odds import log_odds
from customerintel.exceptions import DataQualityWarning
from customerintel.models import BetaDiscreteWeibull, ShiftedBetaGeometric
from customerintel.testing import check_churn_estimator

SBG = {"alpha": 0.8, "beta": 4.0}


def sbg_share(t):
    """S(t) of the sBG with the parameters of `SBG`."""
    a, b = SBG["alpha"], SBG["beta"]
    return math.exp(
        math.lgamma(a + b) + math.lgamma(b + t) - math.lgamma(b) - math.lgamma(a + b + t)
    )


def cliff(t):
    """S(t) where a third leaves when the trial ends, after four quiet decisions."""
    return 0.98**t * (1.0 if t < 5 else 0.6)


def cohort_log(survivors):
    """Return the log of one cohort of monthly contracts, as of the day after the last decision."""
    lives = []
    for decision, (before, after) in enumerate(pairwise(survivors), 1):
        lives += [decision] * (before - after)
    lives += [99] * survivors[-1]
    until = due("2020-01-15", len(survivors) - 1, 1, 0)
    starts = np.full(len(lives), np.datetime64("2020-01-15"))
    return log_of(starts, lives, months=1, until=until).as_of(until)


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "value"),
    [
        ([1000, 631, 468, 382, 326], 0.76367, 1.29583, -1401.5594),
        ([1000, 631, 468, 382, 326, 289, 262, 241], 0.70408, 1.18204, -1680.2652),
        ([1000, 869, 743, 653, 593, 551, 517, 491], 0.66809, 3.80610, -1611.1581),
    ],
    ids=["five years", "regular", "high end"],
)
def test_published_cohorts_as_logs(survivors, alpha, beta, value):
    """Fader and Hardie (2007), table 1: parameters and log-likelihoods, from payments."""
    history = cohort_log(survivors)
    fit = ContractualEstimator(method="sbg").fit(history, horizon_days=31)
    assert fit.params_ == pytest.approx({"alpha": alpha, "beta": beta}, abs=1e-5)
    assert fit.aic_ == pytest.approx({"sbg": 4.0 - 2.0 * value}, abs=2e-4)
    assert (fit.chosen_, fit.renewal_, fit.status_) == ("sbg", "month", {"sbg": "interior"})
    np.testing.assert_allclose(
        fit.kaplan_meier_.survival, np.array(survivors[1:]) / survivors[0], rtol=1e-12
    )
    # who is still there faces one decision in the next 31 days
    chance = fit.predict(history)
    last = len(survivors) - 1
    open_ones = chance[chance < 1.0]
    assert len(open_ones) == survivors[-1]
    expected = alpha / (alpha + beta + last)
    np.testing.assert_allclose(open_ones, expected, rtol=1e-4)


def test_bdw_as_the_model():
    history = cohort_log([1000, 869, 743, 653, 593, 551, 517, 491])
    fit = ContractualEstimator(method="bdw").fit(history, horizon_days=31)
    model = BetaDiscreteWeibull().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    assert fit.params_ == pytest.approx(model.params_, rel=1e-6)
    assert fit.aic_["bdw"] == pytest.approx(model.aic_)
    np.testing.assert_allclose(fit.survival(9), model.survival(9), rtol=1e-6)


@pytest.fixture(scope="module")
def monthly():
    return simulated(sbg_share, 3000, 1, months=1, spread=900)


def test_a_known_curve_is_found(monthly):
    log, _, _ = monthly
    fit = ContractualEstimator().fit(log.as_of("2026-09-30"), horizon_days=90)
    assert fit.renewal_ == "month"
    assert fit.chosen_ == "sbg"
    assert set(fit.aic_) == {"sbg", "bdw", "kaplan-meier"}
    expected = [sbg_share(t) for t in range(25)]
    np.testing.assert_allclose(fit.survival(24), expected, atol=0.02)
    true = ShiftedBetaGeometric.from_params(SBG).survival(24)
    np.testing.assert_allclose(true, expected, rtol=1e-12)


@pytest.mark.parametrize("method", ["auto", "bdw", "kaplan-meier"])
def test_chances_are_what_happens(monthly, method):
    """By tenths of the predicted chance, as many cancel within 90 days as were to be expected."""
    log, starts, lives = monthly
    at, horizon = np.datetime64("2026-09-30"), 90
    history = log.as_of("2026-09-30")
    chance = (
        ContractualEstimator(method=method, event="cancellation")
        .fit(history, horizon_days=horizon)
        .predict(history)[history.customer_id.argsort()]
    )
    ends = np.array([due(s, min(k, 150), 1, 0) for s, k in zip(starts, lives, strict=True)])
    who = history.customer_id
    np.testing.assert_array_equal(chance == 1.0, ends[who] <= at)
    open_ones = chance < 1.0
    happened = (ends[who] <= at + horizon)[open_ones]
    predicted = chance[open_ones]
    assert happened.mean() == pytest.approx(predicted.mean(), abs=0.03)
    for part in np.array_split(np.argsort(predicted, kind="stable"), 4):
        error = math.sqrt(predicted[part].mean() * (1.0 - predicted[part].mean()) / len(part))
        assert abs(happened[part].mean() - predicted[part].mean()) < 4.0 * error


def test_a_cliff_is_counted_and_not_smoothed():
    log, _, _ = simulated(cliff, 1500, 3, days=28, until="2026-06-30")
    fit = ContractualEstimator().fit(log.as_of("2026-06-30"), horizon_days=28)
    assert (fit.chosen_, fit.renewal_) == ("kaplan-meier", "28d")
    np.testing.assert_allclose(fit.survival(8), [cliff(t) for t in range(9)], atol=0.03)
    assert fit.aic_["kaplan-meier"] < min(fit.aic_["sbg"], fit.aic_["bdw"])


def test_counted_rates_go_on_with_the_curve():
    history = cohort_log([1000, 869, 743, 653, 593, 551, 517, 491])
    fit = ContractualEstimator(method="kaplan-meier").fit(history, horizon_days=31)
    smooth = BetaDiscreteWeibull.from_params(fit.params_).retention(12)
    left = fit.survival(12)
    np.testing.assert_allclose(left[8:] / left[7:-1], smooth[7:], rtol=1e-9)
    counted = fit.kaplan_meier_.survival
    np.testing.assert_allclose(left[1:8], counted, atol=0.002)


def rows(**customers):
    """Return a log of customers with the days and kinds that are given."""
    table = [(name, *row) for name, events in customers.items() for row in events]
    columns = zip(("customer_id", "timestamp", "kind"), zip(*table, strict=True), strict=True)
    return ci.TransactionLog.from_frame({name: list(values) for name, values in columns})


@pytest.fixture(scope="module")
def states():
    return rows(
        active=[("2024-01-10", "sale"), ("2024-02-10", "renewal"), ("2024-03-10", "renewal")],
        gone=[("2024-01-10", "sale"), ("2024-02-10", "renewal"), ("2024-02-20", "cancellation")],
        back=[
            ("2024-01-10", "sale"),
            ("2024-02-05", "cancellation"),
            ("2024-03-12", "sale"),
        ],
        silent=[("2023-11-10", "sale"), ("2023-12-10", "renewal")],
        overdue=[("2024-01-05", "sale"), ("2024-02-05", "renewal")],
        fresh=[("2024-03-25", "sale")],
    )


def test_each_state_of_a_contract(states):
    fit = ContractualEstimator(method="sbg", event="cancellation").fit(
        cohort_log([1000, 869, 743, 653, 593, 551, 517, 491]), horizon_days=90
    )
    history = states.as_of("2024-03-31")
    chance = dict(zip(history.customer_id.tolist(), fit.predict(history).tolist(), strict=True))
    left = fit.survival(6)
    # renewals of 10 April, May and June; from the second on
    assert chance["active"] == pytest.approx(1.0 - left[5] / left[2])
    assert chance["gone"] == 1.0
    # a new contract: 12 April, May, June are its first three decisions
    assert chance["back"] == pytest.approx(1.0 - left[3])
    assert chance["fresh"] == pytest.approx(1.0 - left[3])
    assert chance["silent"] == 1.0
    # 5 March, April, May and June are open
    assert chance["overdue"] == pytest.approx(1.0 - left[5] / left[1])
    patient = ContractualEstimator(method="sbg", lapse=math.inf).fit(
        cohort_log([1000, 869, 743]), horizon_days=1
    )
    assert patient.predict(history)[history.customer_id.tolist().index("silent")] < 1.0


def test_no_renewal_due_is_no_risk_and_no_purchase(states):
    history = states.as_of("2024-03-31")
    published = cohort_log([1000, 869, 743, 653, 593, 551, 517, 491])
    names = history.customer_id.tolist()
    short = ContractualEstimator(event="cancellation").fit(published, horizon_days=7)
    short = short.predict(history)
    assert short[names.index("active")] == 0.0
    assert short[names.index("overdue")] > 0.0
    silent = ContractualEstimator().fit(published, horizon_days=7)
    assert silent.predict(history)[names.index("active")] == 1.0
    longer = ContractualEstimator().fit(published, horizon_days=90)
    left = longer.survival(3)
    assert longer.predict(history)[names.index("active")] == pytest.approx(1.0 - left[3] / left[2])


def test_no_purchase_is_what_label_tells(monthly):
    log, _, _ = monthly
    past, churned = ci.churn.label(log.as_of("2026-11-30"), "60d")
    fit = ContractualEstimator().fit(past, horizon_days=60)
    chance = fit.predict(past)
    open_ones = chance < 1.0
    assert churned[~open_ones].all()
    expected = chance[open_ones].mean()
    error = math.sqrt(expected * (1.0 - expected) / open_ones.sum())
    assert abs(churned[open_ones].mean() - expected) < 4.0 * error


@pytest.mark.parametrize(
    ("term", "renewal"),
    [
        ({"months": 1}, "month"),
        ({"months": 3}, "quarter"),
        ({"months": 12}, "year"),
        ({"months": 6}, "6 months"),
        ({"days": 30}, "30d"),
        ({"days": 28}, "28d"),
        ({"days": 7}, "7d"),
    ],
    ids=str,
)
def test_the_term_is_found(term, renewal):
    rng = np.random.default_rng(4)
    starts = np.datetime64("2015-01-01") + rng.integers(0, 365, 40) * np.timedelta64(1, "D")
    log = log_of(starts, np.full(40, 6), until="2024-01-01", **term)
    payments = read_payments(log.as_of("2024-01-01"))
    found = typical_renewal(payments)
    assert str(found) == renewal
    contracts = Contracts.of(payments, found, 2.0)
    assert contracts.renewed.tolist() == [5] * 40
    assert contracts.cancelled.all()


def test_the_term_is_found_in_late_payments():
    rng = np.random.default_rng(5)
    whens, who = [], []
    for customer in range(50):
        days = np.cumsum(np.concatenate([[rng.integers(0, 300)], 30 + rng.integers(0, 3, 11)]))
        whens.append(np.datetime64("2022-01-01") + days)
        who += [customer] * 12
    log = ci.TransactionLog.from_frame(
        {"customer_id": who, "timestamp": np.concatenate(whens), "kind": ["sale"] * len(who)}
    )
    payments = read_payments(log.as_of("2024-12-31"))
    contracts = Contracts.of(payments, typical_renewal(payments), 2.0)
    assert contracts.renewed.tolist() == [11] * 50


@pytest.mark.parametrize(
    ("last", "until", "count"),
    [
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-01-31", "2024-03-30", 1),
        ("2024-01-31", "2024-03-31", 2),
        ("2023-11-30", "2024-02-29", 3),
        ("2024-01-15", "2024-01-15", 0),
    ],
)
def test_months_of_the_calendar(last, until, count):
    history = rows(a=[(last, "sale")]).as_of(until)
    payments = read_payments(history)
    renewal = read_renewal("month")
    moment = int(history.moment.astype(np.int64))
    assert renewal.due(payments.times, moment, None).tolist() == [count]


def test_months_are_those_of_the_time_zone():
    """Half past eleven at night in UTC is the next day, and here the next month, in Berlin."""
    berlin = pd.Timestamp("2024-01-31 23:30", tz="UTC").tz_convert("Europe/Berlin")
    frame = pd.DataFrame({"customer_id": [1], "timestamp": [berlin], "kind": ["sale"]})
    history = ci.TransactionLog.from_frame(frame).as_of("2024-02-29")
    payments = read_payments(history)
    assert payments.zone == "Europe/Berlin"
    renewal = read_renewal("month")
    moment = int(history.moment.astype(np.int64))
    assert renewal.due(payments.times, moment, "Europe/Berlin").tolist() == [0]
    assert renewal.due(payments.times, moment, None).tolist() == [1]


def test_extras_renew_nothing():
    """Where renewals are marked, a sale between them is no decision."""
    months = [("2024-01-10", "sale"), ("2024-02-10", "renewal"), ("2024-03-10", "renewal")]
    extras = [("2024-01-20", "sale"), ("2024-02-14", "sale")]
    plain, with_extras = rows(a=months), rows(a=months + extras)
    for log in (plain, with_extras):
        payments = read_payments(log.as_of("2024-03-31"))
        assert payments.times.astype("M8[us]").astype("M8[D]").astype(str).tolist() == [
            "2024-01-10", "2024-02-10", "2024-03-10",
        ]  # fmt: skip


@pytest.mark.parametrize("returns", ["net", "drop", "keep"])
def test_refunds_and_ways_to_treat_returns_do_not_matter(returns):
    table = {
        "customer_id": [1, 1, 1, 2, 2, 2, 2, 3],
        "timestamp": ["2024-01-10", "2024-02-10", "2024-03-10", "2024-01-12", "2024-02-12",
                      "2024-02-14", "2024-02-20", "2024-03-01"],
        "amount": [9.0, 9.0, 9.0, 9.0, 9.0, -4.0, 0.0, 9.0],
        "kind": ["sale", "renewal", "renewal", "sale", "renewal", "refund", "cancellation",
                 "sale"],
    }  # fmt: skip
    history = ci.TransactionLog.from_frame(table, returns=returns).as_of("2024-03-31")
    fit = ContractualEstimator(method="sbg").fit(history, horizon_days=30)
    assert (fit.n_contracts_, fit.n_cancelled_, fit.n_lapsed_) == (3, 1, 0)
    assert fit.predict(history)[1] == 1.0


def test_silence_ends_a_contract_the_same_at_any_moment():
    months = ["2024-01-10", "2024-02-10", "2024-07-10", "2024-08-10", "2024-09-10"]
    log = rows(a=[(day, "renewal") for day in months])
    renewal = typical_renewal(read_payments(log.as_of("2024-09-30")))

    def contracts(moment):
        found = Contracts.of(read_payments(log.as_of(moment)), renewal, 2.0)
        return list(zip(found.renewed.tolist(), found.lapsed.tolist(), strict=True))

    assert contracts("2024-03-31") == [(1, False)]
    assert contracts("2024-06-30") == [(1, True)]
    assert contracts("2024-09-30") == [(1, True), (2, False)]


def test_terms_of_several_lengths_are_warned_of():
    rng = np.random.default_rng(6)
    starts = np.datetime64("2020-01-01") + rng.integers(0, 300, 60) * np.timedelta64(1, "D")
    lives = rng.integers(2, 9, 60)
    yearly = log_of(starts[:40], lives[:40], months=12, until="2024-12-31").to_frame()
    monthly = log_of(
        starts[40:], lives[40:], months=1, until="2024-12-31", ids=range(40, 60)
    ).to_frame()
    log = ci.TransactionLog.from_frame(pd.concat([yearly, monthly]))
    with pytest.warns(DataQualityWarning, match="make one log of each"):
        ContractualEstimator(renewal="month").fit(log.as_of("2024-12-31"), horizon_days=30)


def test_nothing_later_is_seen(monthly):
    log, _, _ = monthly
    frame = log.to_frame()
    cut = ci.TransactionLog.from_frame(frame[frame["timestamp"] < "2026-07-01"])
    histories = [source.as_of("2026-06-30") for source in (log, cut)]
    np.testing.assert_array_equal(
        *(ContractualEstimator().fit(h, horizon_days=60).predict(h) for h in histories)
    )


def test_few_customers_get_finite_curves():
    """Two parameters from one decision: a prior holds them, and the status says so."""
    log = rows(
        a=[("2024-01-10", "sale"), ("2024-02-10", "renewal")],
        b=[("2024-01-12", "sale"), ("2024-02-12", "cancellation")],
    )
    for method in ("sbg", "bdw", "kaplan-meier", "auto"):
        history = log.as_of("2024-02-20")
        fit = ContractualEstimator(method=method).fit(history, horizon_days=365)
        assert "interior" not in fit.status_.values()
        chance = fit.predict(history)
        assert 0.0 < chance[0] < 1.0
        assert chance[1] == 1.0


@pytest.mark.parametrize("method", ["auto", "bdw", "kaplan-meier"])
@pytest.mark.parametrize("renewal", [None, "month", "30d"], ids=str)
def test_a_state_is_json_and_arrays(states, method, renewal):
    history = cohort_log([1000, 869, 743, 653, 593])
    fit = ContractualEstimator(method=method, renewal=renewal, lapse=math.inf).fit(
        history, horizon_days=45
    )
    state = fit.to_state()
    arrays = {name: value for name, value in state.items() if isinstance(value, np.ndarray)}
    rest = json.loads(json.dumps({k: v for k, v in state.items() if k not in arrays}))
    again = ContractualEstimator.from_state({**rest, **arrays})
    shown = states.as_of("2024-03-31")
    np.testing.assert_array_equal(again.predict(shown), fit.predict(shown))
    np.testing.assert_array_equal(again.kaplan_meier_.upper_95, fit.kaplan_meier_.upper_95)
    assert repr(again) == repr(fit)
    assert (again.aic_, again.status_, again.params_) == (fit.aic_, fit.status_, fit.params_)
    refitted = again.fit(history, horizon_days=45)
    np.testing.assert_array_equal(refitted.predict(shown), fit.predict(shown))


@pytest.mark.parametrize("event", ["no purchase", "cancellation"])
@pytest.mark.parametrize("days", [7, 31, 90])
def test_contributions_add_up(states, monthly, event, days):
    fit = ContractualEstimator(event=event).fit(monthly[0].as_of("2026-09-30"), horizon_days=days)
    for history in (monthly[0].as_of("2026-09-30"), states.as_of("2024-03-31")):
        chance, parts = fit.predict(history), fit.contributions(history)
        assert list(parts) == ["contract_state", "no_renewal_due", "renewals_so_far"]
        assert all(part.shape == chance.shape for part in parts.values())
        assert all(np.isfinite(part).all() for part in parts.values())
        base = log_odds(np.array([chance.mean()]))[0]
        np.testing.assert_allclose(base + sum(parts.values()), log_odds(chance), atol=1e-12)
        assert (np.sum([part != 0.0 for part in parts.values()], axis=0) <= 1).all()
        certain = (chance == 0.0) | (chance == 1.0)
        assert not parts["renewals_so_far"][certain].any()
        assert not parts["contract_state"][~certain].any()
        assert not parts["no_renewal_due"][~certain].any()


def test_who_has_cancelled_is_told_so(monthly):
    history = monthly[0].as_of("2026-09-30")
    scorer = ci.churn.get("contractual").fit(history, horizon="31d")
    predictions = scorer.predict(history)
    ended = int(np.flatnonzero(predictions.probability == 1.0)[0])
    runs = int(np.argmin(predictions.probability))
    for place in (ended, runs):
        found = predictions.explain(customer_id=predictions.customer_id[place])
        effects = {one.name: one.effect for one in found.drivers}
        assert found.is_decomposition
        odds = log_odds(predictions.probability[[place]])[0]
        assert found.base + sum(effects.values()) == pytest.approx(odds)
        if place == ended:
            assert found.drivers[0].name == "contract_state"
            assert effects["contract_state"] > 0.0
        else:
            assert effects["renewals_so_far"] < 0.0


def test_many_threads_get_the_same(monthly):
    history = monthly[0].as_of("2026-09-30")
    fit = ContractualEstimator().fit(history, horizon_days=90)
    expected = fit.predict(history)
    with ThreadPoolExecutor(8) as pool:
        for chance in pool.map(lambda _: fit.predict(monthly[0].as_of("2026-09-30")), range(16)):
            np.testing.assert_array_equal(chance, expected)


def test_an_empty_history_has_nobody(states):
    fit = ContractualEstimator().fit(cohort_log([1000, 869, 743]), horizon_days=30)
    with pytest.warns(DataQualityWarning, match="empty"):
        history = states.as_of("2020-01-01")
    assert fit.predict(history).shape == (0,)
    assert {part.shape for part in fit.contributions(history).values()} == {(0,)}
    assert repr(ContractualEstimator()) == ("ContractualEstimator(method=auto, status=not fitted)")
    assert repr(fit).startswith("ContractualEstimator(chosen=")


@pytest.mark.parametrize("method", ["auto", "kaplan-meier"])
def test_it_keeps_the_promises_of_an_estimator(method):
    report = check_churn_estimator(
        lambda: ContractualEstimator(method=method), business="subscription"
    )
    assert report.failures == ()
