"""BG/NBD and MBG/NBD against the definitions of what they say."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError, NotFittedError
from customerintel.models import BetaGeoNBD, ModifiedBetaGeoNBD
from customerintel.models.simulation import draw_purchases
from customerintel.models.statistics import read_statistics

MODELS = [BetaGeoNBD, ModifiedBetaGeoNBD]
EARLY = {BetaGeoNBD: 0, ModifiedBetaGeoNBD: 1}
#: r, α, a, b: ordinary; a + b < 1; a = 1, where the closed form is 0 / 0; many alike customers.
PARAMS = [
    (0.243, 4.414, 0.793, 2.426),
    (0.9, 7.0, 0.15, 0.35),
    (1.5, 3.0, 1.0, 2.0),
    (300.0, 2000.0, 12.0, 90.0),
]
HISTORIES = [(0, 0.0, 38.86), (2, 30.43, 38.86), (26, 30.857, 31.0), (1, 0.5, 300.0)]


@pytest.fixture(params=MODELS, ids=lambda model: model.__name__)
def model(request):
    return request.param


def given(model, params=PARAMS[0], unit="week"):
    return model.from_params(dict(zip(model.parameters, params, strict=True)), unit=unit)


def table(rows):
    columns = np.array(rows, np.float64).T
    return dict(zip(("frequency", "recency", "T"), columns, strict=True))


def made_up(n=300, seed=3):
    """Customers who are lost now and then, as of ages in sevenths of a week."""
    rng = np.random.default_rng(seed)
    age = rng.integers(30, 280, n) / 7
    dropout = rng.beta(0.8, 2.0, n)
    who, when = draw_purchases(rng, rng.gamma(0.8, 0.25, n), age, dropout)
    last = np.zeros(n)
    np.maximum.at(last, who - 1, when)
    return {"frequency": np.bincount(who)[1:] - 1.0, "recency": last, "T": age}


def log_likelihood(early, params, history):
    """Likelihood of one customer: alive at T, or lost right after the last purchase."""
    r, alpha, a, b = map(mp.mpf, params)
    x, last, age = map(mp.mpf, history)
    n = x + early
    head = mp.rf(r, x) * alpha**r / mp.beta(a, b)
    alive = mp.beta(a, b + n) / (alpha + age) ** (r + x)
    lost = mp.beta(a + 1, b + n - 1) / (alpha + last) ** (r + x) if n else mp.mpf(0)
    return mp.log(head * (alive + lost)), alive / (alive + lost)


@pytest.mark.parametrize("params", PARAMS, ids=str)
def test_likelihood_and_p_alive_of_single_customers(model, params):
    fit = given(model, params)
    for history in [*HISTORIES, (200, 38.0, 40.0), (1000, 10.0, 100.0), (1000, 99.99, 100.0)]:
        with mp.workdps(40):
            log, alive = log_likelihood(EARLY[model], params, history)
        value, _ = fit._likelihood(fit._values, read_statistics(table([history])))
        assert value == pytest.approx(float(log), rel=1e-12, abs=1e-12)
        rel = 1e-10  # powers of up to a thousand multiply the error of their base
        assert fit.probability_alive(table([history]))[0] == pytest.approx(float(alive), rel=rel)


@pytest.mark.parametrize("params", [*PARAMS, (2.0, 5.0, 1e-6, 1e6), (1e7, 1e8, 2.0, 0.1)], ids=str)
def test_gradient_is_that_of_the_likelihood(model, params):
    rows = read_statistics(made_up())
    fit, at = given(model, params), np.array(params)
    _, slope = fit._likelihood(at, rows)
    for k, width in enumerate(at * 1e-5):
        shift = np.zeros(4)
        shift[k] = width
        up, down = (fit._likelihood(at + sign * shift, rows)[0] for sign in (1, -1))
        # per change of the logarithm, beside the size of the sums that the difference is of
        error = abs(slope[k] - (up - down) / (2 * width)) * at[k]
        assert error < 1e-7 * abs(up) + 1e-6 * abs(slope[k]) * at[k]


def beta_mean(function, a, b):
    """Mean over p ~ Beta(a, b), without the singularities: v = p^a below 1/2, (1 − p)^b above."""

    def low(v):
        p = v ** (1 / a)
        return function(p) * (1 - p) ** (b - 1)

    def high(v):
        q = v ** (1 / b)
        return function(1 - q) * (1 - q) ** (a - 1)

    half = mp.mpf(0.5)
    parts = [0, half**a * 1e-3, half**a * 0.1, half**a], [0, half**b * 0.1, half**b]
    return (mp.quad(low, parts[0]) / a + mp.quad(high, parts[1]) / b) / mp.beta(a, b)


def definitions(params, early, history, t, discount):
    """E purchases, E discounted for ever, P(alive ahead) given alive, by integrals over p."""
    r, alpha, a, b = map(mp.mpf, params)
    x, _, age = map(mp.mpf, history)
    shape, rate, b = r + x, alpha + age, b + x + early
    faded = lambda p: -shape * mp.log1p(p * t / rate)  # noqa: E731

    def ever(p):
        # E[λ / (δ + λ p)] by Tricomi's U
        y = rate * discount / p
        return shape / p * y**shape * mp.hyperu(shape + 1, shape + 1, y)

    counted = beta_mean(lambda p: -mp.expm1(faded(p)) / p, a, b)
    return counted, beta_mean(ever, a, b), beta_mean(lambda p: mp.exp(faded(p)), a, b)


@pytest.mark.parametrize("params", PARAMS[:3], ids=str)
def test_expectations_are_their_integrals(model, params):
    fit, discount = given(model, params), math.log(1.1) * 7 / 365.25
    for history in HISTORIES[:3]:
        row, t = table([history]), 39.0
        with mp.workdps(20):
            wanted = definitions(params, EARLY[model], history, t, discount)
            _, alive = log_likelihood(EARLY[model], params, history)
        wanted = [float(alive * value) for value in wanted]
        assert fit.expected_purchases(row, t)[0] == pytest.approx(wanted[0], rel=1e-9)
        ever = fit.discounted_expected_residual(row, annual_discount_rate=0.10)
        assert ever[0] == pytest.approx(wanted[1], rel=1e-9)
        assert fit.probability_alive(row, ahead=t)[0] == pytest.approx(wanted[2], rel=1e-9)


def test_the_closed_form_of_the_expectation():
    """Fader, Hardie and Lee (2005), equation 10, where it is good."""
    r, alpha, a, b = PARAMS[0]
    fit, t = given(BetaGeoNBD), 52.0
    for x, last, age in HISTORIES:
        z = t / (alpha + age + t)
        tail = mp.hyp2f1(r + x, b + x, a + b + x - 1, z) * (1 - z) ** (r + x)
        whole = (a + b + x - 1) / (a - 1) * (1 - tail)
        row = table([(x, last, age)])
        wanted = float(whole) * fit.probability_alive(row)[0]
        assert fit.expected_purchases(row, t)[0] == pytest.approx(wanted, rel=1e-10)


@pytest.mark.parametrize("params", PARAMS, ids=str)
@pytest.mark.parametrize("t", [0.01, 39.0, 5000.0])
def test_counts_agree_with_everything_else(model, params, t):
    fit, rows = given(model, params), table(HISTORIES)
    pmf = fit.purchase_probabilities(rows, t, n_max=3000 if t < 5000 else 10)
    assert pmf.min() >= 0
    np.testing.assert_allclose(pmf.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(1 - pmf[:, 0], fit.probability_of_purchase(rows, t), atol=1e-12)
    if t < 5000:
        mean = pmf[:, :-1] @ np.arange(pmf.shape[1] - 1)
        assert pmf[:, -1].max() < 1e-14
        np.testing.assert_allclose(mean, fit.expected_purchases(rows, t), rtol=1e-9)
    few = fit.purchase_probabilities(rows, t, n_max=2)
    np.testing.assert_allclose(few[:, :3], pmf[:, :3], rtol=1e-10)


def test_time_goes_on(model):
    fit, rows = given(model), table(HISTORIES)
    now = fit.probability_alive(rows)
    np.testing.assert_allclose(fit.probability_alive(rows, ahead=1e-9), now, rtol=1e-8)
    path = [fit.probability_alive(rows, ahead=ahead) for ahead in (0.0, 1.0, 10.0, 100.0)]
    assert (np.diff(path, axis=0) < 0).all()
    ever = fit.discounted_expected_residual(rows, discount_rate=0.01)
    late = fit.discounted_expected_purchases(rows, 4000.0, discount_rate=0.01)
    np.testing.assert_allclose(late, ever, rtol=1e-12)
    plain = fit.discounted_expected_purchases(rows, 52.0, discount_rate=0.0)
    assert (plain == fit.expected_purchases(rows, 52.0)).all()
    assert (fit.discounted_expected_purchases(rows, 52.0, discount_rate=0.01) < plain).all()


def test_for_ever_without_discount(model):
    rows = table(HISTORIES)
    assert np.isinf(given(model).discounted_expected_residual(rows, discount_rate=0.0)).all()
    fit = given(model, (2.0, 4.0, 3.0, 2.0))  # E[1 / p] is finite where a > 1
    ever = fit.discounted_expected_residual(rows, discount_rate=0.0)
    np.testing.assert_allclose(fit.expected_purchases(rows, 1e12), ever, rtol=1e-6)


def test_new_customers_are_those_without_a_past(model):
    fit, fresh = given(model), table([(0, 0.0, 0.0)])
    assert fit.expected_purchases_new(52.0) == fit.expected_purchases(fresh, 52.0)[0]
    pmf = fit.pmf_new(39.0, n_max=20)
    assert pmf.shape == (22,)
    assert (pmf == fit.purchase_probabilities(fresh, 39.0, n_max=20)[0]).all()


def test_extremes_stay_finite(model):
    rows = table([(0, 0.0, 0.0), (1000, 10.0, 100.0), (10_000, 99.9, 100.0), (1, 1e-9, 1e6)])
    tiny, huge = 1e-16, 1e16
    extremes = [
        (tiny, 5.0, 1.0, 1.0), (huge, huge, 1.0, 2.0), (0.5, 5.0, tiny, 1.0),
        (0.5, 5.0, 1e15, huge), (0.5, 5.0, 1.0, huge), (1.0, huge, 0.8, 2.0),
    ]  # fmt: skip
    for params in extremes:
        fit = given(model, params)
        results = [
            fit.probability_alive(rows), fit.probability_alive(rows, ahead=50.0),
            fit.expected_purchases(rows, 52.0), fit.probability_of_purchase(rows, 52.0),
            fit.discounted_expected_residual(rows, annual_discount_rate=0.1),
        ]  # fmt: skip
        assert all(np.isfinite(result).all() and (result >= 0).all() for result in results)
        assert results[1].max() <= 1
        pmf = fit.purchase_probabilities(rows, 52.0)
        np.testing.assert_allclose(pmf.sum(axis=1), 1.0, rtol=1e-9)


def test_weighted_rows_are_repeated_rows(model):
    rows = made_up(120)
    times = np.arange(120) % 3 + 1
    repeated = {name: np.repeat(column, times) for name, column in rows.items()}
    shuffled = np.random.default_rng(0).permutation(len(repeated["T"]))
    one = model().fit({**rows, "weight": times.astype(float)}, unit="week")
    for other in (repeated, {name: column[shuffled] for name, column in repeated.items()}):
        fit = model().fit(other, unit="week")
        assert fit.params_ == one.params_
        assert fit.log_likelihood_ == one.log_likelihood_
        assert fit.n_customers_ == times.sum()


def test_threads_do_not_matter(model):
    rng = np.random.default_rng(1)
    rows = {name: np.tile(column, 300) for name, column in made_up().items()}
    rows["T"] = rows["T"] + rng.random(len(rows["T"]))
    fit, results = given(model), []
    for threads in (1, 3):
        ci.set_threads(threads)
        try:
            value, slope = fit._likelihood(fit._values, read_statistics(rows))
            results.append([value, *slope, *fit.expected_purchases(rows, 9.0)])
        finally:
            ci.set_threads(None)
    assert results[0] == results[1]


def test_the_unit_scales_only_alpha(model):
    weeks = made_up(200)
    days = {**weeks, "recency": weeks["recency"] * 7, "T": weeks["T"] * 7}
    one, other = model().fit(weeks, unit="week"), model().fit(days, unit="day")
    wanted = one._values * [1, 7, 1, 1]
    np.testing.assert_allclose(other._values, wanted, rtol=1e-4)
    per_day = one.log_likelihood_ - weeks["frequency"].sum() * math.log(7)
    assert other.log_likelihood_ == pytest.approx(per_day, abs=1e-6)


@pytest.mark.parametrize("params", [(0.5, 6.0, 0.8, 2.5), (2.0, 10.0, 1.5, 3.0)], ids=str)
def test_simulated_customers_are_found_again(model, params):
    truth = given(model, params)
    log = truth.simulate(5000, T=78.0, seed=1)
    again = truth.simulate(5000, T=78.0, seed=1)
    assert log.n_customers == 5000
    assert log.start == np.datetime64("2000-01-01")
    frame = log.to_frame()
    assert frame.equals(again.to_frame())
    age = (frame["timestamp"] - frame["timestamp"].min()).dt.total_seconds() / (7 * 86_400)
    groups = age.groupby(frame["customer_id"])
    x, last = groups.size().to_numpy() - 1.0, groups.max().to_numpy()
    fit = model().fit({"frequency": x, "recency": last, "T": np.full(5000, 78.0)}, unit="week")
    for name, value in truth.params_.items():
        assert abs(fit.params_[name] - value) < 4 * fit.standard_errors_[name]
    assert abs(x.mean() - truth.expected_purchases_new(78.0)) < 4 * x.std() / math.sqrt(5000)
    pmf = truth.pmf_new(78.0, n_max=5)
    shares = np.bincount(np.minimum(x, 6).astype(int), minlength=7) / 5000
    assert (np.abs(shares - pmf) < 4.5 * np.sqrt(pmf * (1 - pmf) / 5000)).all()


def test_bad_calls(model):
    fit, rows = given(model), table(HISTORIES)
    with pytest.raises(NotFittedError, match="call fit"):
        model().expected_purchases(rows, 1.0)
    for horizon in (0, -1.0, math.nan, math.inf, True, "1"):
        with pytest.raises(InvalidArgumentError, match="horizon"):
            fit.expected_purchases(rows, horizon)
        with pytest.raises(InvalidArgumentError, match="horizon"):
            fit.pmf_new(horizon)
    for ahead in (-1.0, math.nan, math.inf, "1"):
        with pytest.raises(InvalidArgumentError, match="ahead"):
            fit.probability_alive(rows, ahead=ahead)
    for n_max in (-1, 2.0, True):
        with pytest.raises(InvalidArgumentError, match="n_max"):
            fit.purchase_probabilities(rows, 1.0, n_max=n_max)
    for n, T in ((0, 1.0), (1.5, 1.0), (True, 1.0), (5, 0.0), (5, math.inf), (5, 1e9), (5, "1")):
        with pytest.raises(InvalidArgumentError, match=r"n_customers|T"):
            fit.simulate(n, T=T, seed=1)
    with pytest.raises(InvalidArgumentError, match="unit"):
        given(model, unit=None).simulate(5, T=1.0, seed=1)
    with pytest.raises(InvalidArgumentError, match="discount_rate"):
        fit.discounted_expected_residual(rows)
    with pytest.raises(InvalidArgumentError, match="recency above T"):
        model().fit(table([(1, 9.0, 8.0)]))
