"""What each type of relationship comes to, against figures reckoned by hand."""

from __future__ import annotations

import numpy as np
import pytest
from relationships.hand_made import history_of, sure_of, table_of
from scipy import stats

from customerintel.churn.predictions import Predictions
from customerintel.exceptions import DataQualityWarning
from customerintel.relationships.classification import classify
from customerintel.relationships.portfolio_by_type import portfolio
from customerintel.relationships.share_intervals import (
    Estimate,
    rates,
    ratios,
    shares,
    spend_shares,
)
from customerintel.relationships.simulation import simulate
from customerintel.tables.interaction_log import InteractionLog

SIX = ("basic_exchange", "business_partner", "fling", "best_friend", "buddy", "commanding")
ROWS = [
    (1, "2024-01-05", 10.0), (1, "2024-02-05", 30.0),
    (2, "2024-03-01", 100.0), (2, "2024-03-09", -20.0),
    (3, "2024-05-01", 5.0),
    (4, "2024-06-01", 60.0), (4, "2024-07-01", 15.0),
]  # fmt: skip
KEYS = ("basic_exchange", "fling", "basic_exchange", None)


def contacts(**more):
    frame = {
        "customer_id": [1, 1, 2, 9, 3, 1],
        "timestamp": ["2024-03-01", "2024-04-01", "2024-04-02", "2024-04-03", "2024-05-05",
                      "2025-02-01"],
        "kind": ["complaint", "complaint", "idea", "complaint", "page_view", "complaint"],
        **more,
    }  # fmt: skip
    return InteractionLog.from_frame(frame)


def made(**more):
    return sure_of(KEYS, history=history_of(ROWS), **more)


def test_customers_are_counted_in_the_order_of_the_registry_whatever_they_spend():
    found = portfolio(made(), churn=None)
    assert found.types == (*SIX, "unknown")
    assert found.customers.tolist() == [2, 0, 1, 0, 0, 0, 1]
    assert found.share.value.tolist() == [0.5, 0, 0.25, 0, 0, 0, 0.25]
    assert found.spend.tolist() == [45.0, 0, 80.0, 0, 0, 0, 75.0]
    np.testing.assert_allclose(found.spend_share.value[[0, 2, 6]], [0.225, 0.4, 0.375])
    np.testing.assert_allclose(found.spend_per_customer.value[[0, 2, 6]], [22.5, 80.0, 75.0])
    assert np.isnan(found.spend_per_customer.value[1])
    assert found.return_share.value[2] == 0.5


def test_misclassification_is_counted_in_the_expected_share():
    rows = np.array([[0.6, 0.4, 0, 0, 0, 0], [0.6, 0.4, 0, 0, 0, 0], [np.nan] * 6, [np.nan] * 6])
    found = portfolio(table_of(rows, history=history_of(ROWS)), churn=None)
    np.testing.assert_allclose(found.expected_share.value, [0.3, 0.2, 0, 0, 0, 0, 0.5])
    assert found.share.value.tolist() == [0.5, 0, 0, 0, 0, 0, 0.5]


def test_a_mean_probability_varies_as_a_share_of_what_is_behind_it():
    # what Wilson's interval takes for granted: types drawn from drawn customers' probabilities
    rng = np.random.default_rng(1)
    p = rng.beta(0.5, 2.0, (4_000, 200))
    drawn = (rng.random(p.shape) < p).mean(axis=1)
    center = p.mean()
    assert drawn.std() == pytest.approx(np.sqrt(center * (1 - center) / 200), rel=0.05)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_wilson_agrees_with_scipy(level):
    n = np.array([1, 10, 40, 1_000])
    k = np.array([0, 3, 40, 17])
    found = shares(k / n, n, level)
    for row in range(4):
        want = stats.binomtest(int(k[row]), int(n[row])).proportion_ci(level, method="wilson")
        assert found.low[row] == pytest.approx(want.low, abs=1e-12)
        assert found.high[row] == pytest.approx(want.high, abs=1e-12)
    np.testing.assert_array_equal(found.error, (found.high - found.low) / 2)
    assert np.isnan(shares(np.array([0.0]), np.array([0]), level).high).all()


def test_the_intervals_of_ratios_and_spend_shares_cover_as_often_as_they_say():
    rng = np.random.default_rng(2)
    hits = {"ratio": [], "spend": []}
    for _ in range(600):
        codes = (rng.random(300) < 0.3).astype(np.int64)
        x = rng.poisson(5.0, 300) + 1.0
        y = rng.binomial(x.astype(int), 0.2).astype(float)
        ratio = ratios(codes, 2, y, x, 0.9, most=1.0)
        hits["ratio"].append(ratio.low[1] <= 0.2 <= ratio.high[1])
        spend = rng.gamma(2.0, 10.0, 300) * (1.0 + codes)
        share = spend_shares(codes, 2, spend, 0.9)
        hits["spend"].append(share.low[1] <= 0.6 / 1.3 <= share.high[1])
    for found in hits.values():
        assert np.mean(found) == pytest.approx(0.9, abs=0.04)


def test_the_interval_of_counts_is_garwoods_and_wider_where_events_come_together():
    codes, exposure = np.zeros(50, np.int64), np.full(50, 2.0)
    once = np.zeros(50)
    once[:9] = 1.0
    found = rates(codes, 1, once, exposure, 0.95)
    assert found.low[0] == pytest.approx(stats.gamma.ppf(0.025, 9) / 100)
    assert found.high[0] == pytest.approx(stats.gamma.ppf(0.975, 10) / 100)
    together = np.zeros(50)
    together[0] = 9.0
    wide = rates(codes, 1, together, exposure, 0.95)
    assert wide.value[0] == found.value[0]
    assert wide.high[0] > 2 * found.high[0]
    none = rates(codes, 2, np.zeros(50), exposure, 0.95)
    assert none.low[0] == 0.0
    assert none.high[0] == pytest.approx(-np.log(0.025) / 100)
    assert np.isnan(none.value[1])
    assert np.isnan(none.high[1])


def test_the_interval_of_clustered_counts_covers():
    rng = np.random.default_rng(3)
    hits = []
    for _ in range(500):
        events = rng.negative_binomial(0.3, 0.3 / (0.3 + 0.4), 400).astype(float)
        found = rates(np.zeros(400, np.int64), 1, events, np.ones(400), 0.9)
        hits.append(found.low[0] <= 0.4 <= found.high[0])
    assert np.mean(hits) == pytest.approx(0.9, abs=0.05)


def test_complaints_are_those_of_the_customers_by_the_moment():
    settled = ["2024-03-02", None, None, None, None, None]
    found = portfolio(made(interactions=contacts(resolved_at=settled)), churn=None)
    assert found.complaints.tolist() == [2, 0, 0, 0, 0, 0, 0]
    assert found.unresolved_complaints.tolist() == [1, 0, 0, 0, 0, 0, 0]
    assert found.complaints_per_100_orders.value[0] == pytest.approx(100 * 2 / 3)
    assert found.contacts_per_customer.value[[0, 2, 6]].tolist() == [1.0, 1.0, 0.0]


def test_what_is_settled_later_is_open_at_the_moment():
    settled = ["2025-01-02", "2024-04-02", None, None, None, None]
    found = portfolio(made(interactions=contacts(resolved_at=settled)), churn=None)
    assert found.unresolved_complaints[0] == 1


def test_nothing_is_said_of_what_is_not_known():
    found = portfolio(made(), churn=None)
    assert np.isnan(found.complaints).all()
    assert np.isnan(found.complaints_per_100_orders.value).all()
    assert np.isnan(found.churn.value).all()
    assert np.isnan(found.margin).all()
    unsettled = portfolio(made(interactions=contacts()), churn=None)
    assert np.isnan(unsettled.unresolved_complaints).all()
    assert unsettled.complaints[0] == 2
    visits = history_of(ROWS)._log.to_frame()
    del visits["amount"]
    import customerintel as ci

    log = ci.TransactionLog.from_frame(visits)
    found = portfolio(sure_of(KEYS, history=log.as_of("2024-12-31")), churn=None)
    assert np.isnan(found.spend).all()
    assert np.isnan(found.spend_share.value).all()
    assert found.customers.sum() == 4


def test_margin_takes_off_cost_and_gives_back_what_is_returned():
    history = history_of(ROWS, cost=[4.0, 10.0, 60.0, 12.0, 1.0, 20.0, 5.0])
    found = portfolio(sure_of(KEYS, history=history), churn=None)
    assert found.margin.tolist() == [30.0, 0, 32.0, 0, 0, 0, 50.0]
    history = history_of(ROWS, cost=[4.0, 10.0, 60.0, 12.0, 1.0, None, 5.0])
    with pytest.warns(DataQualityWarning, match="1 of 7 rows of the log have no cost"):
        found = portfolio(sure_of(KEYS, history=history), churn=None)
    assert found.margin.tolist()[:3] == [30.0, 0, 32.0]
    assert np.isnan(found.margin[6])


def predictions(table, p):
    return Predictions(
        ids=table.ids, probability=np.array(p), horizon_days=30.0, moment=table.moment,
        estimator="mine", _history=table._history,
    )  # fmt: skip


def test_churn_is_the_mean_probability_of_the_types_customers():
    table = made()
    found = portfolio(table, churn=predictions(table, [0.2, 0.5, 0.4, 0.9]))
    np.testing.assert_allclose(found.churn.value[[0, 2, 6]], [0.3, 0.5, 0.9])
    assert found.churn_estimator == "mine"
    assert found.horizon_days == 30.0
    assert found.churn.low[0] < 0.3 < found.churn.high[0]


def test_a_churn_estimator_is_fitted_to_the_tables_history():
    import customerintel as ci

    rng = np.random.default_rng(4)
    days = np.arange("2023-01-01", "2024-12-31", dtype="M8[D]")
    log = ci.TransactionLog.from_frame(
        {"customer_id": rng.integers(0, 80, 900), "timestamp": rng.choice(days, 900),
         "amount": rng.gamma(2.0, 10.0, 900)}
    )  # fmt: skip
    history = log.as_of("2024-12-31")
    table = sure_of([SIX[k % 6] for k in range(history.n_customers)], history=history)
    found = table.portfolio(horizon="60d")
    want = ci.churn.get("recency").fit(history, "60d").predict(history).probability
    np.testing.assert_allclose(found.churn.value[0], want[::6].mean())
    assert found.churn_estimator == "recency"
    np.testing.assert_allclose(found.spend.sum(), history.summarize().total_amount.sum())


def test_the_frame_has_a_row_per_type_and_says_the_margin_of_error():
    found = made().portfolio(churn=None)
    frame = found.to_frame()
    assert frame["type"].tolist() == [*SIX, "unknown"]
    np.testing.assert_allclose(frame["share_error"], (frame["share_high"] - frame["share_low"]) / 2)
    assert "expected_share_low" in frame
    assert "complaints_per_100_orders_high" in frame
    assert repr(found).startswith("Portfolio(types=6, customers=4, unknown=1, moment=2024-12-31")
    assert "<th>fling</th>" in found._repr_html_()


def test_the_short_form_leaves_intervals_out():
    found = made(interactions=contacts()).portfolio(churn=None)
    whole, short = found.to_frame(), found.to_frame(estimates=False)
    left_out = ("_low", "_high", "_error")
    assert list(short) == [name for name in whole if not name.endswith(left_out)]
    assert len(whole.columns) == len(short.columns) + 3 * 8
    for name in short:
        np.testing.assert_array_equal(short[name].to_numpy(), whole[name].to_numpy())


def test_arrays_cannot_be_changed():
    found = made().portfolio(churn=None)
    with pytest.raises(ValueError, match="read-only"):
        found.spend[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        found.share.value[0] = 1.0


def test_money_of_each_customer_can_be_scaled_without_touching_the_rest():
    rng = np.random.default_rng(5)
    factor = dict(zip(range(1, 5), rng.uniform(0.1, 9.0, 4), strict=True))
    other = history_of([(who, when, amount * factor[who]) for who, when, amount in ROWS])
    a, b = (portfolio(sure_of(KEYS, history=h), churn=None) for h in (history_of(ROWS), other))
    np.testing.assert_array_equal(a.customers, b.customers)
    np.testing.assert_array_equal(a.share.low, b.share.low)
    assert a.spend[0] != b.spend[0]


def test_an_estimate_names_its_columns():
    one = Estimate(np.array([0.5]), np.array([0.4]), np.array([0.7]))
    columns = one.columns("share")
    assert list(columns) == ["share", "share_low", "share_high", "share_error"]
    assert columns["share_error"][0] == pytest.approx(0.15)


def test_a_simulated_shop_adds_up():
    shop = simulate(150, seed=3, days=400)
    table = classify(shop.as_of(), interactions=shop.interactions, survey=shop.survey)
    found = table.portfolio(horizon="60d")
    assert dict(zip(found.types, found.customers.tolist(), strict=True)) == table.counts()
    assert found.expected_share.value.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(found.spend.sum(), shop.as_of().summarize().total_amount.sum())
    assert found.complaints.sum() == shop.interactions.kinds["complaint"]
    assert found.unresolved_complaints.sum() <= found.complaints.sum()
    for one in (found.share, found.expected_share, found.spend_share, found.churn):
        known = ~np.isnan(one.low)
        assert (one.low[known] <= one.value[known]).all()
        assert (one.value[known] <= one.high[known]).all()
