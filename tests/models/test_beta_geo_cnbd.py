"""BG/CNBD-k and MBG/CNBD-k against the definitions of what they say."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from models.regular_buyers import (
    EARLY,
    HISTORIES,
    MODELS,
    PARAMS,
    for_ever,
    given,
    history,
    made_up,
    predictions,
    table,
)

import customerintel as ci
from customerintel.models import BetaGeoCNBD, BetaGeoNBD, ModifiedBetaGeoNBD
from customerintel.models.statistics import read_statistics


@pytest.fixture(params=MODELS, ids=lambda model: model.__name__)
def model(request):
    return request.param


def likelihood(fit, rows, at=None):
    return fit._likelihood(fit._values if at is None else at, read_statistics(rows))


@pytest.mark.parametrize("k", [2, 3, 12])
@pytest.mark.parametrize("params", PARAMS, ids=str)
def test_likelihood_and_p_alive_of_single_customers(model, k, params):
    fit = given(model, k, params)
    extremes = [(200, 38.0, 40.0), (1000, 10.0, 100.0), (1000, 99.99, 100.0), (1000, 100.0, 100.0)]
    for row in [*HISTORIES, *extremes]:
        with mp.workdps(60):
            log, alive, _ = history(EARLY[model], k, params, row)
        value, slope = likelihood(fit, table([row]))
        assert value == pytest.approx(float(log), rel=1e-12, abs=1e-12)
        assert np.isfinite(slope).all()
        rel = 1e-9  # powers of up to twelve thousand multiply the error of their base
        assert fit.probability_alive(table([row]))[0] == pytest.approx(float(alive), rel=rel)


@pytest.mark.parametrize("k", [1, 4, 12])
@pytest.mark.parametrize("params", [*PARAMS, (2.0, 5.0, 1e-6, 1e6), (1e7, 1e8, 2.0, 0.1)], ids=str)
def test_gradient_is_that_of_the_likelihood(model, k, params):
    rows = {name: column for name, column in made_up().items() if name != "sum_log_gaps"}
    fit, at = given(model, k, params), np.array(params)
    _, slope = likelihood(fit, rows)
    for i, width in enumerate(at * 1e-5):
        shift = np.zeros(4)
        shift[i] = width
        up, down = (likelihood(fit, rows, at + sign * shift)[0] for sign in (1, -1))
        # per change of the logarithm, beside the size of the sums that the difference is of
        error = abs(slope[i] - (up - down) / (2 * width)) * at[i]
        assert error < 1e-7 * abs(up) + 1e-6 * abs(slope[i]) * at[i]


@pytest.mark.parametrize("params", PARAMS, ids=str)
def test_random_purchases_are_the_models_without_k(model, params):
    """k = 1 is BG/NBD and MBG/NBD."""
    other = BetaGeoNBD if model is BetaGeoCNBD else ModifiedBetaGeoNBD
    plain = other.from_params(dict(zip(other.parameters, params, strict=True)), unit="week")
    fit, rows = given(model, 1, params), table([*HISTORIES, (1000, 10.0, 100.0)])
    one, two = likelihood(fit, rows), likelihood(plain, rows)
    assert one[0] == pytest.approx(two[0], rel=1e-12)
    np.testing.assert_allclose(one[1], two[1], rtol=1e-9)
    calls = [
        lambda m: m.probability_alive(rows),
        lambda m: m.probability_alive(rows, ahead=30.0),
        lambda m: m.expected_purchases(rows, 39.0),
        lambda m: m.expected_purchases(rows, 5000.0),
        lambda m: m.probability_of_purchase(rows, 39.0),
        lambda m: m.purchase_probabilities(rows, 39.0),
        lambda m: m.discounted_expected_purchases(rows, 52.0, discount_rate=0.002),
        lambda m: m.discounted_expected_residual(rows, annual_discount_rate=0.1),
        lambda m: m.expected_purchases_new(52.0),
        lambda m: m.pmf_new(52.0),
    ]
    for call in calls:
        np.testing.assert_allclose(call(fit), call(plain), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(("k", "t"), [(2, 39.0), (5, 3.0), (12, 20.0)])
@pytest.mark.parametrize("params", PARAMS[:3], ids=str)
def test_predictions_are_their_sums(model, k, t, params):
    fit = given(model, k, params)
    for row in HISTORIES[1:4]:
        with mp.workdps(25):
            alive, bought, counts = predictions(EARLY[model], k, params, row, t)
        rows = table([row])
        found = fit.probability_alive(rows, ahead=t)[0]
        assert found == pytest.approx(float(alive), rel=1e-10)
        assert fit.expected_purchases(rows, t)[0] == pytest.approx(float(bought), rel=1e-10)
        pmf = fit.purchase_probabilities(rows, t, n_max=4)[0]
        assert pmf[:5] == pytest.approx([float(count) for count in counts], rel=1e-10)
        some = fit.probability_of_purchase(rows, t)[0]
        assert some == pytest.approx(float(1 - counts[0]), rel=1e-10)


@pytest.mark.parametrize("k", [2, 12])
def test_residual_is_its_integral(model, k):
    for params, row, rate in zip(PARAMS, HISTORIES[:4], (0.002, 0.01, 1.0, 0.1), strict=True):
        with mp.workdps(15):
            wanted = float(for_ever(EARLY[model], k, params, row, rate))
        fit = given(model, k, params)
        found = fit.discounted_expected_residual(table([row]), discount_rate=rate)
        assert found[0] == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("k", [3, 12])
def test_discounted_purchases_are_an_integral_of_purchases(model, k):
    """By parts: e^(−δ t) E(t) + δ ∫ e^(−δ τ) E(τ) dτ."""
    fit, rows, rate, t = given(model, k), table(HISTORIES), 0.05, 60.0
    nodes, weights = np.polynomial.legendre.leggauss(120)
    wanted = math.exp(-rate * t) * fit.expected_purchases(rows, t)
    for node, weight in zip(nodes, weights, strict=True):
        tau = t / 2 * (1 + node)
        part = fit.expected_purchases(rows, tau)
        wanted += rate * t / 2 * weight * math.exp(-rate * tau) * part
    found = fit.discounted_expected_purchases(rows, t, discount_rate=rate)
    np.testing.assert_allclose(found, wanted, rtol=1e-8)


@pytest.mark.parametrize("k", [2, 12])
@pytest.mark.parametrize("params", PARAMS, ids=str)
@pytest.mark.parametrize("t", [0.01, 39.0, 5000.0])
def test_counts_agree_with_everything_else(model, k, params, t):
    fit, rows = given(model, k, params), table(HISTORIES)
    pmf = fit.purchase_probabilities(rows, t, n_max=1500 if t < 5000 else 10)
    assert pmf.min() >= 0
    np.testing.assert_allclose(pmf.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(1 - pmf[:, 0], fit.probability_of_purchase(rows, t), atol=1e-12)
    if t < 5000:
        mean = pmf[:, :-1] @ np.arange(pmf.shape[1] - 1)
        assert pmf[:, -1].max() < 1e-14
        np.testing.assert_allclose(mean, fit.expected_purchases(rows, t), rtol=1e-9)
    few = fit.purchase_probabilities(rows, t, n_max=2)
    np.testing.assert_allclose(few[:, :3], pmf[:, :3], rtol=1e-10)


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("t", [0.1, 5.0, 30.0, 1e4, 1e9])
def test_far_horizons_are_a_sum_over_roots_of_one(k, t):
    """Purchases followed one by one, or many at once: both are Σ over ticks divisible by k."""
    r, alpha, a, b = 0.9, 0.01, 1.5, 2.0
    share, roots = mp.mpf(1) / k, [mp.expjpi(mp.mpf(2 * i) / k) for i in range(k)]

    def bought(p):
        found = mp.mpf(0)
        for root in roots:
            fall = 1 - root * (1 - p) ** share
            found += root * (1 - (1 + t / alpha * fall) ** -r) / fall
        chance = p ** (a - 1) * (1 - p) ** (b - 2 + share) / mp.beta(a, b)
        return chance * mp.re(found) / k

    with mp.workdps(30):
        cuts = [*(mp.mpf(10) ** -i for i in range(16, 0, -1)), 0.5, 0.9, 0.999, 1]
        wanted = float(mp.quad(bought, cuts))
    fit = given(BetaGeoCNBD, k, (r, alpha, a, b))
    assert fit.expected_purchases_new(t) == pytest.approx(wanted, rel=1e-9)
    new = table([(0, 0.0, 0.0)])
    ever = fit.discounted_expected_residual(new, discount_rate=0.0)[0]
    assert ever == pytest.approx((a + b - 1) / (a - 1))
    stay = fit.probability_alive(new, ahead=t)[0]
    assert 0 <= fit.probability_alive(new, ahead=2 * t)[0] <= stay < 1


@pytest.mark.parametrize("k", [1, 3, 12])
@pytest.mark.parametrize("params", [*PARAMS, (3.0, 4.0, 1e5, 1e6), (1.0, 10.0, 0.8, 10.0)], ids=str)
def test_for_ever_and_a_long_time_agree(k, params):
    """An integral over the rate, and a recurrence over ticks or an integral over time."""
    fit, rows = given(BetaGeoCNBD, k, params), table([(0, 0.0, 0.0), (2, 30.43, 38.86)])
    for rate in (0.01, 3.0):
        ever = fit.discounted_expected_residual(rows, discount_rate=rate)
        t = (42.0 + 4 * k) / rate * (1 - 1e-9)  # from here on the horizon counts as infinite
        late = fit.discounted_expected_purchases(rows, t, discount_rate=rate)
        np.testing.assert_allclose(late, ever, rtol=1e-9)


def test_those_who_are_lost_at_once_or_never():
    """Everybody is lost with p = 10/11 after many purchases that nobody sees, or never."""
    soon = given(BetaGeoCNBD, 2, (3.0, 4.0, 1e7, 1e6))
    for t in (100.0, 3000.0, 1e5):
        assert soon.expected_purchases_new(t) == pytest.approx(1.1, rel=1e-3 if t < 3000 else 1e-6)
    never = given(BetaGeoCNBD, 2, (3.0, 4.0, 1e-12, 1.0))
    # one tick is half a purchase, and half a tick is missing at the end
    assert never.expected_purchases_new(1e3) == pytest.approx(1e3 * 0.75 / 2 - 0.25, rel=1e-6)


def test_threads_and_row_order_do_not_matter(model):
    rng = np.random.default_rng(1)
    rows = {name: np.tile(column, 40) for name, column in made_up().items()}
    rows["T"] = rows["T"] + rng.random(len(rows["T"]))
    del rows["sum_log_gaps"]
    fit, results = given(model, 3), []
    for threads in (1, 3):
        ci.set_threads(threads)
        try:
            value, slope = likelihood(fit, rows)
            later = fit.discounted_expected_purchases(rows, 9.0, discount_rate=0.01)
            results.append([value, *slope, *fit.expected_purchases(rows, 9.0), *later])
        finally:
            ci.set_threads(None)
    assert results[0] == results[1]
    order = rng.permutation(len(rows["T"]))
    shuffled = {name: column[order] for name, column in rows.items()}
    for call in (lambda data: fit.expected_purchases(data, 9.0), fit.probability_alive):
        assert (call(shuffled) == call(rows)[order]).all()


def test_extremes_stay_finite(model):
    rows = table([(0, 0.0, 0.0), (1000, 10.0, 100.0), (10_000, 99.9, 100.0), (1, 1e-9, 1e6)])
    tiny, huge = 1e-16, 1e16
    extremes = [
        (tiny, 5.0, 1.0, 1.0), (huge, huge, 1.0, 2.0), (0.5, 5.0, tiny, 1.0),
        (0.5, 5.0, 1e15, huge), (0.5, 5.0, 1.0, huge), (1.0, huge, 0.8, 2.0),
    ]  # fmt: skip
    for params in extremes:
        fit = given(model, 12, params)
        value, slope = likelihood(fit, rows)
        assert np.isfinite([value, *slope]).all()
        results = [
            fit.probability_alive(rows), fit.probability_alive(rows, ahead=50.0),
            fit.expected_purchases(rows, 52.0), fit.probability_of_purchase(rows, 52.0),
            fit.discounted_expected_residual(rows, annual_discount_rate=0.1),
        ]  # fmt: skip
        assert all(np.isfinite(result).all() and (result >= 0).all() for result in results)
        assert results[1].max() <= 1
        pmf = fit.purchase_probabilities(rows, 52.0)
        np.testing.assert_allclose(pmf.sum(axis=1), 1.0, rtol=1e-9)
