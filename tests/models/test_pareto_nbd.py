"""Likelihood and fit of the Pareto/NBD: published numbers, mpmath, differences, simulations."""

from __future__ import annotations

import warnings

import mpmath as mp
import numpy as np
import pytest
from models.purchase_histories import CDNOW, customers, exact_histories, pareto_model, read_cdnow

import customerintel as ci
from customerintel._kernels import pareto
from customerintel.exceptions import ConvergenceWarning
from customerintel.models import ParetoNBD


@pytest.fixture(scope="module")
def cdnow(reference_data):
    return read_cdnow(reference_data)


# -- the likelihood ------------------------------------------------------------------------------


def log_likelihood(params, x, t_x, T, weights=None):
    rows = [np.atleast_1d(np.asarray(column, float)) for column in (x, t_x, T)]
    out = np.zeros(5)
    weights = np.ones(len(rows[0])) if weights is None else np.asarray(weights, float)
    pareto.log_likelihood(np.array(params, float), *rows, weights, out)
    return out


def _gauss_2f1(a, b, c, z):
    return mp.hyp2f1(a, b, c, z)


def exact_parts(params, x, t_x, T):
    """Return log L and P(alive) by the closed form of Fader & Hardie (2005), 120 digits."""
    r, alpha, s, beta, x, t_x, T = (mp.mpf(value) for value in (*params, x, t_x, T))
    more, less = max(alpha, beta), min(alpha, beta)
    total = r + s + x
    b = s + 1 if alpha >= beta else r + x

    def side(t):
        f = _gauss_2f1(total, b, total + 1, (more - less) / (more + t))
        return f / (more + t) ** total

    alive = (alpha + T) ** -(r + x) * (beta + T) ** -s
    gone = s / total * (side(t_x) - side(T))
    front = mp.loggamma(r + x) - mp.loggamma(r) + r * mp.log(alpha) + s * mp.log(beta)
    return float(front + mp.log(alive + gone)), float(alive / (alive + gone))


ROWS = [
    (0.0, 0.0, 38.857),
    (0.0, 0.0, 0.0),
    (2.0, 30.43, 38.86),
    (26.0, 30.857, 31.0),
    (29.0, 2.0, 39.0),
    (300.0, 10.0, 400.0),
    (1000.0, 10.0, 100.0),
    (1000.0, 99.999999, 100.0),
    (3.0, 5.0, 5.0),
]
PARAMS = [
    tuple(CDNOW.values()),
    (0.5143, 2.8845, 0.2856, 14.1087),
    (10.465, 0.00798565181, 3.0516, 2.820),
    (0.3, 40.0, 64.0, 7721.0),
    (2.0, 5.0, 1.0, 5.0),
    (0.05, 300.0, 0.4, 0.01),
    (0.4, 12.0, 0.5, 1e7),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("params", PARAMS, ids=str)
def test_the_likelihood_of_one_customer_is_that_of_the_closed_form(params, row):
    with mp.workdps(120):
        expected, alive = exact_parts(params, *row)
    assert log_likelihood(params, *row)[0] == pytest.approx(expected, rel=1e-12, abs=1e-11)
    found = pareto_model(params).probability_alive(customers(row))[0]
    assert found == pytest.approx(alive, rel=1e-10, abs=1e-300)


def test_published_likelihoods_of_single_customers():
    """pymc-marketing, tests/clv/test_distributions.py, from lifetimes."""
    assert log_likelihood((0.55, 10.58, 0.61, 11.67), 1, 1.5, 12)[0] == pytest.approx(
        -4.00694866, abs=1e-8
    )
    values = [
        log_likelihood((0.55, 11.67, 0.61, 10.58), x, t_x, T)[0]
        for x, t_x, T in ((1, 1.5, 12), (4, 5.3, 10), (2, 6, 8))
    ]
    assert values == pytest.approx([-4.03618538, -10.72932589, -6.66878882], abs=1e-8)


@pytest.mark.parametrize("params", PARAMS[:-1], ids=str)
def test_the_gradient_is_that_of_central_differences(params):
    columns = [np.array(column) for column in zip(*ROWS, strict=True)]
    weights = np.linspace(0.5, 3.0, len(ROWS))
    found = log_likelihood(params, *columns, weights)[1:]
    for k, value in enumerate(params):
        h = 1e-5 * value
        up, down = list(params), list(params)
        up[k] += h
        down[k] -= h
        # Richardson's step: from h and 2 h
        near = log_likelihood(up, *columns, weights)[0] - log_likelihood(down, *columns, weights)[0]
        up[k] += h
        down[k] -= h
        far = log_likelihood(up, *columns, weights)[0] - log_likelihood(down, *columns, weights)[0]
        slope = (8.0 * near - far) / (12.0 * h)
        noise = 1e-11 * abs(log_likelihood(params, *columns, weights)[0]) / h
        assert found[k] == pytest.approx(slope, rel=1e-6, abs=noise)


def test_nothing_overflows_for_hundreds_of_purchases():
    """lifetimes, tests/test_estimation.py:312, 390 and 415; values by mpmath.

    The third P(alive) is 6.73297e-60: by quadrature as by the closed form in 60 digits.
    """
    few = pareto_model((10.465, 0.00798565181, 3.0516, 2.820))
    found = few.probability_alive(customers((40, 5, 6), (50, 1, 37), (50, 4, 37)))
    exact = [0.0018851281873608512, 1.41714429128660743e-96, 6.73297487179916316e-60]
    assert found == pytest.approx(exact, rel=1e-10, abs=0)
    assert np.isfinite(few.probability_alive(customers((400, 5, 6), (500, 1, 37)))).all()
    some = pareto_model((0.55, 10.58, 0.61, 11.67))
    found = some.expected_purchases(customers((132, 200, 200), (133, 200, 200)), 10)
    assert found == pytest.approx([6.2060517889632418, 6.2528722475748113], rel=1e-11)


def test_p_alive_where_the_closed_form_was_nan():
    """CLVTools, test_correctness_pnbd_nocovstaticcov.R:30; values by mpmath in 60 digits."""
    found = pareto_model((0.5143, 2.8845, 0.2856, 14.1087)).probability_alive(
        customers(
            (221, 103.42857, 103.57143),
            (254, 97.14286, 97.28571),
            (161, 94.71429, 98.0),
            (204, 98.57143, 99.42857),
        )
    )
    exact = [0.9995960523179384, 0.999558226123011, 0.749487752258105445, 0.9942550796376461]
    assert found == pytest.approx(exact, rel=1e-11)


# -- fitting -------------------------------------------------------------------------------------


def test_cdnow(cdnow):
    """CLVTools, test_correctness_pnbd_nocovstaticcov.R:9-24; more digits by lifetimes and scipy."""
    fit = ParetoNBD().fit(cdnow, unit="week")
    assert fit.status_ == "interior"
    assert fit.params_ == pytest.approx(CDNOW, rel=1e-5)
    assert fit.params_ == pytest.approx(
        {"r": 0.55315, "alpha": 10.57633, "s": 0.60625, "beta": 11.67150}, rel=5e-4
    )
    assert fit.log_likelihood_ == pytest.approx(-9594.9762, abs=1e-3)
    errors = {"r": 0.04763, "alpha": 0.84272, "s": 0.18728, "beta": 6.21108}
    assert fit.standard_errors_ == pytest.approx(errors, rel=1e-3)


@pytest.fixture(scope="module")
def made_up():
    """Some hundred kinds of customer, each with a weight."""
    truth = pareto_model({"r": 1.0, "alpha": 5.0, "s": 1.2, "beta": 25.0})
    rows = exact_histories(truth.simulate(400, 60.0, seed=4), 60.0)
    return rows.assign(weight=np.random.default_rng(5).integers(1, 5, len(rows)).astype(float))


def test_weights_are_repetitions_in_any_order(made_up):
    repeated = made_up.loc[made_up.index.repeat(made_up["weight"].astype(int))].drop(
        columns="weight"
    )
    shuffled = repeated.sample(frac=1.0, random_state=1)
    fits = [ParetoNBD().fit(rows, unit="week") for rows in (made_up, repeated, shuffled)]
    assert fits[0].params_ == fits[1].params_ == fits[2].params_
    assert fits[0].n_customers_ == len(repeated)


def test_threads_change_nothing(made_up, monkeypatch):
    from customerintel.models import purchases

    monkeypatch.setattr(purchases, "ROWS", 64)
    found = []
    for width in (1, 3):
        ci.set_threads(width)
        fit = ParetoNBD().fit(made_up, unit="week")
        found.append((fit.params_, fit.purchase_probabilities(made_up, 9.0).tobytes()))
    ci.set_threads(None)
    assert found[0] == found[1]


def test_the_unit_scales_alpha_and_beta_only(made_up):
    weeks = ParetoNBD().fit(made_up, unit="week").params_
    days = ParetoNBD().fit(
        made_up.assign(recency=7 * made_up["recency"], T=7 * made_up["T"]), unit="day"
    )
    scaled = weeks | {"alpha": 7 * weeks["alpha"], "beta": 7 * weeks["beta"]}
    assert days.params_ == pytest.approx(scaled, rel=1e-5)


def test_customers_who_are_never_lost_end_on_the_boundary():
    forever = ci.models.NBD.from_params({"r": 1.0, "alpha": 10.0}, unit="week")
    rows = exact_histories(forever.simulate(2_000, 50.0, seed=8), 50.0)
    # nearer to the end than chance would have it, so that nobody looks lost
    rows["recency"] = np.where(rows["frequency"] > 0, 25.0 + rows["recency"] / 2.0, 0.0)
    with pytest.warns(ConvergenceWarning, match="beta|s →"):
        fit = ParetoNBD().fit(rows, unit="week")
    assert fit.status_ == "boundary"
    assert np.isnan(list(fit.standard_errors_.values())).all()
    nbd = ci.models.NBD().fit(rows, unit="week")
    assert fit.log_likelihood_ == pytest.approx(nbd.log_likelihood_, abs=1e-3)
    assert np.isfinite(fit.expected_purchases(rows, 10.0)).all()


def test_more_kinds_than_the_sample_lead_to_the_same_optimum(made_up, monkeypatch):
    whole = ParetoNBD().fit(made_up, unit="week")
    monkeypatch.setattr("customerintel.models.purchases.SAMPLE", 100)
    assert ParetoNBD().fit(made_up, unit="week").params_ == pytest.approx(whole.params_, rel=1e-5)


@pytest.mark.slow
def test_simulated_customers_give_back_the_truth():
    truth = pareto_model({"r": 0.7, "alpha": 6.0, "s": 0.9, "beta": 20.0})
    log = truth.simulate(5_000, 90.0, seed=11)
    rows = exact_histories(log, 90.0)
    fit = ParetoNBD().fit(rows, unit="week")
    for name, value in truth.params_.items():
        assert abs(fit.params_[name] - value) < 4 * fit.standard_errors_[name], name


@pytest.mark.parametrize(
    "rows",
    [
        customers((3, 20, 39)),
        customers((0, 0, 39), (0, 0, 30)),
        customers(*[(2, 20, 39)] * 5),
        customers((0, 0, 0)),
    ],
    ids=["a single customer", "nobody bought again", "all alike", "no time at all"],
)
def test_data_without_an_inner_optimum_are_told(rows):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        fit = ParetoNBD().fit(rows, unit="week")
    assert fit.status_ in {"boundary", "not_converged"}
    assert {warning.category for warning in told} == {ConvergenceWarning}
    assert np.isfinite(fit.expected_purchases(rows, 10.0)).all()
