"""The BG/BB model: the donors of the paper, exact likelihood, predictions against enumeration."""

from __future__ import annotations

import itertools
import math

import mpmath as mp
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import customerintel as ci
from customerintel import models
from customerintel._kernels.beta_geo_beta_binomial import sum_rows
from customerintel.exceptions import ConvergenceWarning, InvalidArgumentError, SchemaError

#: Donors of Fader, Hardie and Shang (2010): frequency, recency, donors; 6 opportunities each.
DONORS = [
    (0, 0, 3464), (1, 1, 1091), (1, 2, 277), (1, 3, 129), (1, 4, 78), (1, 5, 119), (1, 6, 129),
    (2, 2, 613), (2, 3, 255), (2, 4, 155), (2, 5, 173), (2, 6, 234), (3, 3, 322), (3, 4, 181),
    (3, 5, 225), (3, 6, 357), (4, 4, 240), (4, 5, 284), (4, 6, 512), (5, 5, 335), (5, 6, 728),
    (6, 6, 1203),
]  # fmt: skip
PARAMS = {"alpha": 1.2035224, "beta": 0.7497164, "gamma": 0.6567181, "delta": 2.7834417}

positive = st.floats(0.02, 50.0)


def donors():
    x, t_x, weight = map(list, zip(*DONORS, strict=True))
    return {"frequency": x, "recency": t_x, "T": [6] * len(x), "weight": weight}


def given_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.8, unit=None):
    params = {"alpha": alpha, "beta": beta, "gamma": gamma, "delta": delta}
    return models.BetaGeoBetaBinomial.from_params(params, unit=unit)


def rows(*histories):
    x, t_x, n = zip(*histories, strict=True)
    return {"frequency": list(x), "recency": list(t_x), "T": list(n)}


@pytest.fixture(scope="module")
def published():
    return models.BetaGeoBetaBinomial().fit(donors())


def string_probability(p_params, theta_params, string):
    """P of a string of 0s and 1s, mixed over p and θ: one term per place of stopping."""
    (a, b), (g, d) = p_params, theta_params
    last = max((i + 1 for i, bought in enumerate(string) if bought), default=0)
    total = mp.mpf(0)
    for lived in range(last, len(string) + 1):
        x = sum(string)
        buys = mp.beta(a + x, b + lived - x) / mp.beta(a, b)
        ends = 0 if lived == len(string) else 1
        total += buys * mp.beta(g + ends, d + lived) / mp.beta(g, d)
    return total


def mixed(params):
    values = [mp.mpf(value) for value in params]
    return values[:2], values[2:]


def one_row(params, x, t_x, n):
    out = np.zeros(5)
    columns = [np.array([float(value)]) for value in (x, t_x, n, 1)]
    sum_rows(np.array(params, float), *columns, out)
    return out[0], out[1:]


def test_published_fit(published):
    """Fader, Hardie and Shang (2010): 1.204, .750, .657, 2.783; digits recomputed."""
    assert published.status_ == "interior"
    assert published.params_ == pytest.approx(PARAMS, rel=1e-6)
    assert published.log_likelihood_ == pytest.approx(-33225.5813, abs=1e-4)
    errors = [0.06939, 0.02945, 0.05101, 0.32082]
    assert list(published.standard_errors_.values()) == pytest.approx(errors, abs=1e-5)
    assert published.n_customers_ == 11104


@pytest.mark.reference_data
def test_published_fit_from_the_file(reference_data, published):
    frame = pd.read_csv(reference_data / "donations_rf.csv")
    frame = frame.rename(columns={"periods": "T", "weights": "weight"})
    fit = models.BetaGeoBetaBinomial().fit(frame)
    assert fit.params_ == published.params_


def test_published_new_donor(published):
    """E[X(n)], n = 1 … 11, of the BTYD walkthrough (3.1798 at 10); digits recomputed."""
    found = [published.expected_purchases_new(n) for n in range(1, 12)]
    expected = [0.4985, 0.9233, 1.2969, 1.6323, 1.9381, 2.2202, 2.4826, 2.7285, 2.9603, 3.1798,
                3.3887]  # fmt: skip
    assert found == pytest.approx(expected, abs=6e-5)


def test_published_predictions(published):
    """The donors of Fader, Hardie and Shang (2010) as in the BTYD walkthrough; recomputed."""
    found = published.expected_purchases(rows((0, 0, 6), (4, 5, 6)), 10)
    assert found == pytest.approx([0.1302181, 3.6279678], rel=1e-6)
    found = published.probability_alive(rows((0, 0, 6), (2, 4, 6), (6, 6, 6)), ahead=1)
    assert found == pytest.approx([0.10813327, 0.58965719, 0.93043358], rel=1e-6)
    weights = np.array(donors()["weight"])
    total = published.expected_purchases(donors(), 5) @ weights
    assert total == pytest.approx(12884.157, rel=1e-7)
    expected = published.pmf_new(6, n_max=6) * weights.sum()
    assert expected[[0, 6]] == pytest.approx([3454.9, 1253.1], abs=0.05)
    assert expected[7] == 0.0


def test_published_residual(published):
    """DERT, Fader, Hardie and Shang (2010), equation 14, d = 10 % a year; recomputed."""
    histories = rows((6, 6, 6), (5, 6, 6), (4, 4, 6), (2, 2, 6), (0, 0, 6))
    found = published.discounted_expected_residual(histories, discount_rate=0.1)
    assert found == pytest.approx([5.9099, 5.0895, 0.9185, 0.1876, 0.1148], abs=6e-5)


def test_published_holdout_by_frequency(published):
    """Expected donations of 2002 to 2006 by frequency, BTYD walkthrough."""
    data, weights = donors(), np.array(donors()["weight"])
    found = published.expected_purchases(data, 5)
    x = np.array(data["frequency"])
    means = [np.average(found[x == k], weights=weights[x == k]) for k in range(7)]
    expected = [0.07286318, 0.3248841, 0.7089417, 1.333666, 2.031203, 2.784482, 3.752500]
    assert means == pytest.approx(expected, rel=1e-3)


PLACES = [
    (1.2, 0.75, 0.66, 2.8), (1e-4, 30.0, 1e-3, 0.01), (1e6, 1e7, 1e5, 1e6), (0.5, 1e-5, 40.0, 2.0),
]  # fmt: skip


@pytest.mark.parametrize("params", PLACES)
@pytest.mark.parametrize("history", [(0, 0, 5), (1, 1, 1), (2, 4, 9), (9, 9, 9), (3, 60, 300)])
def test_log_likelihood_has_all_its_digits(params, history):
    """One row against the sum of beta functions with 60 digits."""
    x, t_x, n = history
    string = [1] * (x - 1) + [0] * (t_x - x) + [1] * (x > 0) + [0] * (n - t_x)
    with mp.workdps(60):
        exact = mp.log(string_probability(*mixed(params), string))
    value, slope = one_row(params, *history)
    assert value == pytest.approx(float(exact), rel=1e-11)
    assert np.isfinite(slope).all()


@given(positive, positive, positive, positive, st.integers(0, 6), st.integers(0, 9), st.data())
def test_gradient(alpha, beta, gamma, delta, x, gaps, data):
    t_x = x + (gaps if x else 0)
    n = t_x + data.draw(st.integers(0, 12))
    params = np.array([alpha, beta, gamma, delta])
    _, slope = one_row(params, x, t_x, n)
    for k in range(4):
        step = np.zeros(4)
        step[k] = 1e-5
        up = one_row(params * np.exp(step), x, t_x, n)[0]
        down = one_row(params * np.exp(-step), x, t_x, n)[0]
        assert slope[k] * params[k] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-6)


@given(positive, positive, positive, positive)
def test_all_histories_together_are_certain(alpha, beta, gamma, delta):
    params, n, total = (alpha, beta, gamma, delta), 5, 0.0
    for string in itertools.product((0, 1), repeat=n):
        last = max((i + 1 for i, bought in enumerate(string) if bought), default=0)
        total += math.exp(one_row(params, sum(string), last, n)[0])
    assert total == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("params", [PLACES[0], (0.3, 2.0, 1.7, 0.4)])
@pytest.mark.parametrize("history", [(0, 0, 3), (1, 2, 4), (3, 3, 3), (0, 0, 0)])
def test_predictions_are_ratios_of_probabilities_of_strings(params, history):
    """All futures of four opportunities, each as P(past and future) / P(past)."""
    x, t_x, n = history
    past = (1,) * (x - 1) + (0,) * (t_x - x) + (1,) * (x > 0) + (0,) * (n - t_x)
    both = mixed(params)
    before = string_probability(*both, past)
    chance = np.zeros(5)
    discounted = 0.0
    for future in itertools.product((0, 1), repeat=4):
        share = float(string_probability(*both, past + future) / before)
        chance[sum(future)] += share
        discounted += share * sum(bought / 1.1**k for k, bought in enumerate(future, 1))
    fit, data = given_params(*params), rows(history)
    assert fit.purchase_probabilities(data, 4, n_max=4)[0, :5] == pytest.approx(chance, rel=1e-11)
    assert fit.expected_purchases(data, 4)[0] == pytest.approx(chance @ np.arange(5), rel=1e-11)
    assert fit.probability_of_purchase(data, 4)[0] == pytest.approx(1 - chance[0], rel=1e-11)
    found = fit.discounted_expected_purchases(data, 4, discount_rate=0.1)[0]
    assert found == pytest.approx(discounted, rel=1e-11)
    if n == 0:
        assert fit.pmf_new(4, n_max=4)[:5] == pytest.approx(chance, rel=1e-11)


@given(positive, positive, positive, positive, st.integers(1, 30), st.integers(0, 12))
def test_identities(alpha, beta, gamma, delta, horizon, n_max):
    fit = given_params(alpha, beta, gamma, delta)
    data = rows((0, 0, 4), (1, 3, 4), (4, 4, 4), (0, 0, 0), (7, 20, 31))
    table = fit.purchase_probabilities(data, horizon, n_max=n_max)
    assert table.shape == (5, n_max + 2)
    assert (table >= 0).all()
    assert table.sum(axis=1) == pytest.approx(1.0, abs=1e-13)
    whole = fit.purchase_probabilities(data, horizon, n_max=horizon)
    assert (whole[:, -1] == 0).all()
    assert whole @ np.arange(horizon + 2) == pytest.approx(
        fit.expected_purchases(data, horizon), rel=1e-12
    )
    assert 1 - table[:, 0] == pytest.approx(fit.probability_of_purchase(data, horizon), abs=1e-13)
    shares = min(n_max, horizon) + 1
    assert table[:, :shares] == pytest.approx(whole[:, :shares], rel=1e-12)
    now, later = (fit.probability_alive(data, ahead=k) for k in (0, horizon))
    assert (later <= now).all()
    assert now[2] == now[3] == 1.0
    new = fit.pmf_new(horizon, n_max=n_max)
    assert new == pytest.approx(table[3], rel=1e-12)
    assert fit.expected_purchases_new(horizon) == pytest.approx(
        fit.expected_purchases(data, horizon)[3], rel=1e-12
    )


@pytest.mark.parametrize("params", [*PLACES, (1.0, 1.0, 1.0, 1.0)])
def test_for_ever_is_the_limit_of_the_finite(params):
    fit, data = given_params(*params, unit="year"), rows((0, 0, 6), (2, 4, 6), (6, 6, 6))
    endless = fit.discounted_expected_residual(data, discount_rate=0.1)
    finite = fit.discounted_expected_purchases(data, 400, discount_rate=0.1)
    assert endless == pytest.approx(finite, rel=1e-12)
    yearly = fit.discounted_expected_residual(data, annual_discount_rate=0.1)
    assert yearly == pytest.approx(endless, rel=1e-13)


def test_without_discount():
    data = rows((2, 4, 6))
    assert given_params(gamma=0.9).discounted_expected_residual(data, discount_rate=0) == math.inf
    fit = given_params(gamma=3.5)
    endless = fit.discounted_expected_residual(data, discount_rate=0.0)
    assert endless == pytest.approx(fit.expected_purchases(data, 100_000), rel=1e-6)
    small = fit.discounted_expected_residual(data, discount_rate=1e-9)
    assert small == pytest.approx(endless, rel=1e-5)


def test_weights_and_order_of_rows():
    data = donors()
    some = {name: np.array(column)[::-1] for name, column in data.items()}
    some["weight"] = some["weight"] // 20 + 1
    repeated = {name: np.repeat(some[name], some["weight"])[::-1] for name in data}
    del repeated["weight"]
    one, other = (models.BetaGeoBetaBinomial().fit(d) for d in (some, repeated))
    assert one.params_ == other.params_
    assert one.log_likelihood_ == other.log_likelihood_
    back = one.expected_purchases(data, 3)[::-1]
    assert back.tolist() == one.expected_purchases(some, 3).tolist()


def test_threads_make_no_difference(published):
    found = []
    for n in (1, 3):
        ci.set_threads(n)
        found.append((published.expected_purchases(donors(), 5).tolist(),
                      models.BetaGeoBetaBinomial().fit(donors()).params_))  # fmt: skip
    ci.set_threads(None)
    assert found[0] == found[1]


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_known_parameters_come_back(unit):
    true = {"alpha": 1.2, "beta": 1.8, "gamma": 0.9, "delta": 7.0}
    model = models.BetaGeoBetaBinomial.from_params(true, unit=unit)
    log = model.simulate(n_customers=5000, T=24, seed=7)
    end = np.datetime64("2000-01-01") + {
        "day": np.timedelta64(24, "D"),
        "week": np.timedelta64(24 * 7, "D"),
        "month": np.datetime64("2002-01-01") - np.datetime64("2000-01-01"),
    }[unit]  # fmt: skip
    summary = log.as_of(str(end)).summarize(unit=unit, period=unit)
    fit = models.BetaGeoBetaBinomial().fit(summary)
    assert fit.unit_ == unit
    for name, value in true.items():
        assert abs(fit.params_[name] - value) < 4 * fit.standard_errors_[name]
    bought = summary.frequency
    error = bought.std() / math.sqrt(len(bought))
    assert abs(bought.mean() - model.expected_purchases_new(24)) < 4 * error
    assert (fit.probability_alive(summary) <= 1).all()


def test_simulation_by_calendar():
    log = given_params(alpha=1e9, beta=1e-9, gamma=1e-9, delta=1e9, unit="quarter").simulate(
        1, 5, 1
    )
    assert log.to_frame()["timestamp"].dt.strftime("%Y-%m-%d").tolist() == [
        "2000-01-01", "2000-04-01", "2000-07-01", "2000-10-01", "2001-01-01", "2001-04-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        rows((0, 0, 5), (0, 0, 3)),  # all one-timers
        rows((5, 5, 5), (3, 3, 3)),  # nobody ever misses
        rows(*[(2, 3, 5)] * 40),  # all equal
        rows((1, 2, 4)),  # a single customer
    ],
)
def test_boundaries_are_said(data):
    with pytest.warns(ConvergenceWarning, match="boundary"):
        fit = models.BetaGeoBetaBinomial().fit(data)
    assert fit.status_ == "boundary"
    assert fit.boundary_
    assert np.isnan(fit.covariance_).all()
    assert np.isfinite(fit.expected_purchases(data, 10)).all()
    assert fit.purchase_probabilities(data, 10).sum(axis=1) == pytest.approx(1.0)


BAD = {
    "half a recency": (rows((1, 1.5, 4)), "1 row has a recency or T that is not a whole number"),
    "half an age": (rows((0, 0, 4), (1, 2, 4.2)), r"whole number of opportunities .first rows: 1"),
    "more than possible": (rows((3, 2, 4)), "more purchases than opportunities until the last"),
    "beyond the end": (rows((1, 5, 4)), "recency above T"),
    "negative": (rows((0, 0, -1)), "negative"),
    "no opportunity": (rows((0, 0, 0)), "nobody could buy again"),
    "too many": (rows((1, 1, 2_000_000)), "T above 1,000,000 opportunities"),
    "nobody": ({"frequency": [], "recency": [], "T": []}, "no customers"),
}


@pytest.mark.parametrize(("data", "message"), BAD.values(), ids=BAD)
def test_histories_that_cannot_be(data, message):
    with pytest.raises(InvalidArgumentError, match=message):
        models.BetaGeoBetaBinomial().fit(data)


def test_summaries_that_do_not_count_opportunities():
    log = given_params(unit="week").simulate(50, 10, 1)
    history = log.as_of("2000-03-11")
    for options in ({"unit": "week", "period": "day"},
                    {"unit": "week", "period": "week", "floor": True}):  # fmt: skip
        with pytest.raises(InvalidArgumentError, match="counts whole periods"):
            models.BetaGeoBetaBinomial().fit(history.summarize(**options))
    daily = history.summarize(unit="day", period="day")
    with pytest.raises(InvalidArgumentError, match="'day', and 'week' is needed"):
        given_params(unit="week").expected_purchases(daily, 5)


def test_calls_that_cannot_be():
    fit, data = given_params(), rows((1, 2, 4))
    for horizon in (0, -1, 2.5, "3", math.nan, True):
        with pytest.raises(InvalidArgumentError, match="horizon must be a whole number"):
            fit.expected_purchases(data, horizon)
    with pytest.raises(InvalidArgumentError, match="ahead must be a whole number"):
        fit.probability_alive(data, ahead=-1)
    with pytest.raises(InvalidArgumentError, match="n_max must be a whole number"):
        fit.pmf_new(5, n_max=-1)
    with pytest.raises(InvalidArgumentError, match="exactly one"):
        fit.discounted_expected_residual(data)
    with pytest.raises(InvalidArgumentError, match="knows no unit of time"):
        fit.simulate(5, 5, 1)
    with pytest.raises(SchemaError, match="recency"):
        fit.probability_alive({"frequency": [1], "T": [2]})
    with pytest.raises(InvalidArgumentError, match="penalty"):
        models.BetaGeoBetaBinomial(penalty=math.nan)
