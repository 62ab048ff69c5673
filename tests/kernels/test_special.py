"""Special functions against mpmath (golden/make_special.py), scipy and their own identities."""

from __future__ import annotations

import math
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special as scipy_special

from customerintel._kernels import hypergeometric as hyper
from customerintel._kernels import special

GOLDEN = Path(__file__).with_name("golden") / "special.npz"
EPS = float(np.finfo(np.float64).eps)

sizes = st.floats(1e-6, 1e6)
uppers = st.floats(0.01, 200.0)
shares = st.floats(0.0, 1.0 - 1e-9)


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    with np.load(GOLDEN, allow_pickle=False) as file:
        return dict(file)


@pytest.fixture(autouse=True, scope="module")
def _precision():
    """Leave other tests the digits that they had."""
    with mp.workdps(mp.mp.dps):
        yield


def _values(function, rows):
    return np.array([function(*map(float, row)) for row in rows])


def _close(found, expected, *, absolute, ulps):
    """Compare: an absolute error, or a number of roundings of the value."""
    allowed = absolute + ulps * EPS * np.abs(expected)
    worst = np.argmax(np.abs(found - expected) - allowed)
    assert np.all(np.abs(found - expected) <= allowed), (worst, found[worst], expected[worst])


# Golden values


def test_log_gamma_and_digamma(golden):
    rows = golden["gamma"]
    _close(_values(special.log_gamma, rows[:, :1]), rows[:, 1], absolute=4e-15, ulps=2)
    _close(_values(special.digamma, rows[:, :1]), rows[:, 2], absolute=4e-15, ulps=4)


def test_steps_of_log_gamma_and_digamma(golden):
    rows = golden["step"]
    x, d = rows[:, 0], rows[:, 1]
    found = _values(special.log_gamma_step, rows[:, :2])
    # what is rounded are parts of the size d log(x + d), and no absolute error is left at small d
    parts = d * (1.0 + np.abs(np.log(x + d))) + np.log1p(d / x)
    assert np.all(np.abs(found - rows[:, 2]) <= 8 * EPS * parts)
    _close(_values(special.digamma_step, rows[:, :2]), rows[:, 3], absolute=0.0, ulps=8)


def test_log_beta(golden):
    rows = golden["beta"]
    low = np.minimum(rows[:, 0], rows[:, 1])
    found = _values(special.log_beta, rows[:, :2])
    # below ten two logs of up to 20 are subtracted
    _close(found, rows[:, 2], absolute=np.where(low < 10.0, 1e-14, 0.0), ulps=8)


def test_log_beta_where_three_log_gammas_cancel():
    """The errors of the textbook form: 2e-7, 2e-5 and 3.9."""
    mp.mp.dps = 50
    for a, b in [(1e8, 1e-3), (1e10, 0.5), (1e15, 1.5)]:
        exact = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(mp.mpf(a) + mp.mpf(b))
        assert special.log_beta(a, b) == pytest.approx(float(exact), rel=1e-15)
        assert special.log_beta(b, a) == special.log_beta(a, b)


def test_log_hyp2f1_of_the_pareto_nbd(golden):
    rows = golden["next"]
    _close(_values(special.log_hyp2f1_next, rows[:, :3]), rows[:, 3], absolute=1e-14, ulps=4)


def test_log_hyp2f1_of_the_beta_geometric_models(golden):
    rows = golden["general"]
    _close(_values(special.log_hyp2f1, rows[:, :4]), rows[:, 4], absolute=5e-13, ulps=8)


# Further references


@pytest.mark.parametrize(
    "row",
    [
        (10052.0, 3.5, 10053.0, 1.0 - 1e-9),
        (3302.768566, 304.2709872, 304.5642551, 0.9452619705),  # e^9600, by Taylor steps
        (909.2656067, 304.3748162, 305.1530328, 0.9999983439),
        (100.0, 100.0, 200.0, 1.0 - 1e-8),  # c = a + b: a logarithm at z = 1
        (4.0, 3.0, 5.0, 1.0 - 1e-8),
        (0.25, 3.4, 1.2, 0.5),
        (1.25, 1e6, 2e6, 0.999),
    ],
    ids=lambda row: f"{row[0]:g}-{row[1]:g}-{row[2]:g}",
)
def test_single_points_far_from_the_grid(row):
    mp.mp.dps = 50
    a, b, c, z = map(mp.mpf, row)
    e = max(a + b - c, mp.mpf(0))
    form = (c - a, c - b, c, z) if e else (a, b, c, z)
    exact = mp.log(mp.hyp2f1(*form, maxterms=10**6)) - e * mp.log(1 - z)
    assert special.log_hyp2f1(*row) == pytest.approx(float(exact), rel=1e-14, abs=1e-12)


def test_scipy_agrees_where_it_is_finite_and_we_are_finite_where_it_is_not():
    rng = np.random.default_rng(5)
    x = rng.choice([0.0, 1.0, 3.0, 20.0, 500.0, 1000.0], 400)
    r, s = 10.0 ** rng.uniform(-1, 1, (2, 400))
    z = 1.0 - 10.0 ** rng.uniform(-4, -0.01, 400)
    ours = _values(special.log_hyp2f1_next, np.column_stack([r + s + x, s + 1.0, z]))
    with np.errstate(all="ignore"):
        theirs = np.log(scipy_special.hyp2f1(r + s + x, s + 1.0, r + s + x + 1.0, z))
    there = np.isfinite(theirs)
    assert there.sum() > 200
    assert np.all(np.isfinite(ours))
    # scipy itself is good for about ten digits here
    np.testing.assert_allclose(ours[there], theirs[there], rtol=1e-9, atol=1e-9)


# Identities


@given(sizes)
def test_gamma_and_digamma_climb_by_their_recurrences(x):
    assert special.log_gamma_step(x, 1.0) == pytest.approx(math.log(x), rel=1e-13, abs=1e-13)
    assert special.digamma_step(x, 1.0) == pytest.approx(1.0 / x, rel=1e-14)
    rise = special.log_gamma(x + 1.0) - special.log_gamma(x)
    assert rise == pytest.approx(math.log(x), rel=1e-13, abs=4 * EPS * special.log_gamma(x + 10.0))
    climbed = special.digamma(x) + 1.0 / x
    assert special.digamma(x + 1.0) == pytest.approx(
        climbed, rel=0.0, abs=8 * EPS * (15.0 + 1.0 / x)
    )


@given(sizes, st.floats(0.0, 1e4), st.floats(0.0, 1e4))
def test_steps_add_up(x, d, more):
    there = special.log_gamma_step(x, d) + special.log_gamma_step(x + d, more)
    size = 1.0 + (d + more) * math.log(x + d + more + 2.0)
    assert special.log_gamma_step(x, d + more) == pytest.approx(there, abs=1e-14 * size + 1e-13)
    there = special.digamma_step(x, d) + special.digamma_step(x + d, more)
    assert special.digamma_step(x, d + more) == pytest.approx(there, rel=1e-9, abs=1e-15)


@given(st.floats(0.1, 1e6))
def test_digamma_is_the_slope_of_log_gamma(x):
    h = 1e-4 * x
    slope = special.log_gamma_step(x - h, 2.0 * h) / (2.0 * h)
    assert special.digamma(x) == pytest.approx(slope, rel=1e-6, abs=1e-6)


@given(sizes, sizes)
def test_log_beta_climbs(a, b):
    gap = special.log_beta(a + 1.0, b) - special.log_beta(a, b)
    size = 1.0 + abs(special.log_beta(a, b))
    assert gap == pytest.approx(-math.log1p(b / a), abs=2e-14 * size)


@given(st.floats(-700.0, 700.0), st.floats(-700.0, 700.0))
def test_sums_and_differences_of_logs(a, b):
    mp.mp.dps = 400
    high, low = max(a, b), min(a, b)
    total = mp.log(mp.exp(a) + mp.exp(b))
    assert special.log_add(a, b) == pytest.approx(float(total), rel=4 * EPS, abs=4 * EPS)
    if high > low:
        left = float(mp.log(mp.exp(mp.mpf(high)) - mp.exp(mp.mpf(low))))
        found = special.log_subtract(high, low)
        assert found == pytest.approx(left, rel=4 * EPS, abs=4 * EPS * abs(high) + 4 * EPS)


def test_logs_of_zero():
    none = -math.inf
    assert special.log_add(none, none) == none
    assert special.log_add(none, 3.0) == special.log_add(3.0, none) == 3.0
    assert special.log_add(math.inf, 3.0) == math.inf
    assert special.log_subtract(3.0, 3.0) == none
    assert special.log_subtract(none, none) == none
    assert special.log_subtract(3.0, none) == 3.0
    assert math.isnan(special.log_subtract(1.0, 2.0))


@given(uppers, uppers, uppers)
def test_at_zero_log_hyp2f1_is_zero(a, b, c):
    assert special.log_hyp2f1(a, b, c, 0.0) == 0.0
    assert special.log_hyp2f1_next(a, b, 0.0) == pytest.approx(0.0, abs=1e-15)


@given(uppers, uppers, uppers, shares, shares)
def test_log_hyp2f1_grows_with_z(a, b, c, y, z):
    low, high = min(y, z), max(y, z)
    at_low, at_high = special.log_hyp2f1(a, b, c, low), special.log_hyp2f1(a, b, c, high)
    assert 0.0 <= at_low <= at_high * (1.0 + 1e-13) + 1e-14
    at_low, at_high = special.log_hyp2f1_next(a, b, low), special.log_hyp2f1_next(a, b, high)
    assert -1e-15 <= at_low <= at_high * (1.0 + 1e-13) + 1e-14


@given(uppers, uppers, shares)
def test_the_case_c_is_a_plus_one_is_the_general_one(a, b, z):
    # a + 1 rounds: take the a that belongs to the rounded c
    c = a + 1.0
    a = c - 1.0
    found = special.log_hyp2f1_next(a, b, z)
    assert found == pytest.approx(special.log_hyp2f1(a, b, c, z), rel=3e-14, abs=5e-13)


@given(uppers, uppers, shares)
def test_log_hyp2f1_is_a_power_where_c_is_an_upper_parameter(a, b, z):
    power = -a * math.log1p(-z)
    assert special.log_hyp2f1(a, b, b, z) == pytest.approx(power, rel=1e-13, abs=1e-14)
    assert special.log_hyp2f1(b, a, b, z) == pytest.approx(power, rel=1e-13, abs=1e-14)


@given(uppers, uppers, uppers, shares)
def test_contiguous_functions(a, b, c, z):
    """c F(a + 1, b; c) = c F(a, b; c) + b z F(a + 1, b + 1; c + 1): compare the powers of z."""
    here = special.log_hyp2f1(a, b, c, z)
    ahead = special.log_hyp2f1(a + 1.0, b, c, z)
    both = special.log_hyp2f1(a + 1.0, b + 1.0, c + 1.0, z)
    total = math.log(c) + here
    if b * z > 0.0:
        total = special.log_add(total, math.log(b * z) + both)
    assert total - math.log(c) == pytest.approx(ahead, rel=3e-14, abs=2e-12)


@given(uppers, uppers, uppers, st.floats(1e-9, 1.0, exclude_max=True))
def test_the_complement_of_z_may_be_given(a, b, c, w):
    z = 1.0 - w
    w = 1.0 - z
    assert hyper.log_hyp2f1_split(a, b, c, z, w) == special.log_hyp2f1(a, b, c, z)
    assert hyper.log_hyp2f1_next_split(a, b, z, w) == special.log_hyp2f1_next(a, b, z)


def test_a_complement_that_z_cannot_hold():
    """F(a, b; b; z) is w^(−a), and F(1, b; 2; z) is (w^(1 − b) − 1) / ((b − 1) z)."""
    w = 3e-40
    found = hyper.log_hyp2f1_split(2.5, 1.5, 1.5, 1.0, w)
    assert found == pytest.approx(-2.5 * math.log(w), rel=1e-14)
    found = hyper.log_hyp2f1_next_split(1.0, 3.0, 1.0, w)
    assert found == pytest.approx(-2.0 * math.log(w) - math.log(2.0), rel=1e-14)


# Outside the domain


@pytest.mark.parametrize("bad", [-1.0, 0.0, math.nan])
def test_parameters_must_be_positive(bad):
    for row in [(bad, 1.0, 1.0, 0.5), (1.0, bad, 1.0, 0.5), (1.0, 1.0, bad, 0.5)]:
        assert math.isnan(special.log_hyp2f1(*row))
    assert math.isnan(special.log_hyp2f1_next(bad, 1.0, 0.5))
    assert math.isnan(special.log_hyp2f1_next(1.0, bad, 0.5))
    for function in (special.log_beta, special.log_gamma_step, special.digamma_step):
        assert math.isnan(function(bad, 1.0))
    assert math.isnan(special.digamma(bad))
    assert special.log_gamma(0.0) == math.inf
    assert math.isnan(special.log_gamma(-1.0))


@pytest.mark.parametrize("z", [-0.1, 1.0, 1.5, math.nan])
def test_z_is_a_share(z):
    assert math.isnan(special.log_hyp2f1(1.0, 2.0, 3.0, z))
    assert math.isnan(special.log_hyp2f1_next(1.0, 2.0, z))


@pytest.mark.parametrize("step", [-1.0, math.nan])
def test_steps_go_up(step):
    assert math.isnan(special.log_gamma_step(2.0, step))
    assert math.isnan(special.digamma_step(2.0, step))


def test_more_than_two_million_terms_are_not_summed():
    assert math.isnan(special.log_hyp2f1(1e9, 1e9, 1.0, 0.999))
