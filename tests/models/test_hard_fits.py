"""Fits that are easily got wrong: ridges, limits, several hills, covariates far from 0."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from models.purchase_histories import exact_histories

from customerintel import models
from customerintel.exceptions import ConvergenceWarning, InvalidArgumentError
from customerintel.models import BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD

CLASSES = [BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD]


def test_an_optimum_inside_beside_a_flat_ridge():
    """Ten customers: a → 0 looks good from afar, and the top is inside."""
    rows = {
        "frequency": [2, 7, 2, 7, 4, 3, 6, 1, 0, 0],
        "recency": [7.197, 5.925, 9.453, 9.472, 8.69, 9.003, 9.753, 1.834, 0, 0],
        "T": [10.0] * 10,
    }
    fit = ModifiedBetaGeoNBD().fit(rows, unit="day")
    assert fit.status_ == "interior"
    assert fit.log_likelihood_ == pytest.approx(-65.82378, abs=1e-4)


def test_the_best_of_several_limits():
    """Five customers, of whom one buys: all alike and lost or not at once is the likeliest."""
    rows = {"frequency": [0, 3, 0, 0, 0], "recency": [0, 7, 0, 0, 0], "T": [2, 9, 4, 10, 5]}
    with pytest.warns(ConvergenceWarning, match="boundary"):
        fit = ModifiedBetaGeoNBD().fit(rows, unit="day")
    assert fit.log_likelihood_ >= -8.8039 - 1e-3


def years():
    """Return customers of ten years, of whom later ones buy more often."""
    groups = []
    for year in range(2015, 2025):
        alpha = 6.0 * np.exp(-0.05 * (year - 2020))
        truth = BetaGeoNBD.from_params({"r": 0.9, "alpha": alpha, "a": 1.2, "b": 3.0}, unit="week")
        log = truth.simulate(200, T=40.0, seed=year)
        groups.append(exact_histories(log, 40.0).assign(year=year))
    return pd.concat(groups, ignore_index=True)


@pytest.mark.parametrize("model", CLASSES)
def test_a_covariate_may_be_far_from_0(model):
    far = years()
    near = far.assign(year=far["year"] - 2020)
    how = {"covariates_transaction": ["year"]}
    one, other = (model(**how).fit(rows, unit="week") for rows in (near, far))
    assert other.log_likelihood_ == pytest.approx(one.log_likelihood_, rel=1e-10)
    for name in list(one.params_)[4:]:
        assert other.params_[name] == pytest.approx(one.params_[name], rel=1e-4, abs=1e-6)
    found = other.expected_purchases(far, 52.0)
    assert found == pytest.approx(one.expected_purchases(near, 52.0), rel=1e-4)
    value = other._likelihood(other._values, other._packed)[0]
    assert value == pytest.approx(other.log_likelihood_, rel=1e-12)


def test_a_covariate_may_be_too_far_from_0():
    rows = years().assign(when=lambda table: 1e6 + table["year"])
    with pytest.raises(InvalidArgumentError, match=r"so far from 0.*Subtract its mean"):
        BetaGeoNBD(covariates_transaction=["when"]).fit(rows, unit="week")


@pytest.mark.parametrize("model", CLASSES)
def test_a_group_that_never_buys_again_is_a_boundary(model):
    truth = BetaGeoNBD.from_params({"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.5}, unit="week")
    log = truth.simulate(600, 30.0, seed=2)
    rows = log.as_of(log.end).summarize(unit="week", period="hour").to_frame()
    rows = rows[["frequency", "recency", "T"]].assign(group="x", T=30.5)
    silent = pd.DataFrame({"frequency": 0, "recency": 0.0, "T": 30.5, "group": ["z"] * 60})
    with pytest.warns(ConvergenceWarning, match=r"transaction\[group=z\] → -inf"):
        fit = model(covariates_transaction=["group"]).fit(pd.concat([rows, silent]), unit="week")
    assert fit.status_ == "boundary"
    assert math.isnan(fit.standard_errors_["transaction[group=z]"])
    assert fit.expected_purchases(silent, 10.0).max() < 1e-3


def test_differences_that_covariates_explain_are_found():
    """Without them the model may end on a boundary, which is no place to start from."""
    rng = np.random.default_rng(26)
    n = 500
    z = rng.normal(0.0, 1.0, n)
    lost = rng.gamma(8.0, 1 / 250.0, n) * np.exp(-1.4 * z)
    T = rng.uniform(10.0, 40.0, n)
    end = np.minimum(rng.exponential(1 / lost), T)
    x = rng.poisson(rng.gamma(1.4, 1 / 12.0, n) * end).astype(float)
    recency = np.where(x > 0, end * rng.random(n) ** (1 / np.maximum(x, 1)), 0.0)
    rows = pd.DataFrame({"frequency": x, "recency": recency, "T": T, "z": z})
    fit = ParetoNBD(covariates_lifetime=["z"]).fit(rows, unit="week")
    packed = fit._read_to_fit(rows, "week").compress()
    for trial in range(5):
        draw = np.random.default_rng(trial)
        start = np.append(np.exp(draw.normal(0.5, 1.0, 4)), draw.normal(0.0, 1.0))
        found = fit._find(packed, start)
        assert found.log_likelihood <= fit.log_likelihood_ + 1e-5


@pytest.mark.parametrize("value", [10**400, 1e200, 1e-200])
def test_numbers_beyond_all_bounds_are_refused(value):
    message = "must be a number" if value == 10**400 else "between 1e-100 and 1e"
    with pytest.raises(InvalidArgumentError, match=message):
        BetaGeoNBD.from_params({"r": value, "alpha": 1.0, "a": 1.0, "b": 1.0})


def test_what_is_no_number_is_refused_everywhere():
    fit = BetaGeoNBD.from_params({"r": 1.0, "alpha": 1.0, "a": 1.0, "b": 1.0}, unit="week")
    row = {"frequency": [0], "recency": [0.0], "T": [1.0]}
    for call in (
        lambda: BetaGeoNBD(penalty=10**400),
        lambda: fit.expected_purchases(row, 10**400),
        lambda: fit.probability_alive(row, 10**400),
        lambda: BetaGeoNBD.from_params(None),
    ):
        with pytest.raises(InvalidArgumentError):
            call()


@pytest.mark.parametrize("name", ["frequency", "recency", "T", "weight"])
def test_what_is_explained_explains_nothing(name):
    with pytest.raises(InvalidArgumentError, match=f"names '{name}', which the model explains"):
        ParetoNBD(covariates_lifetime=[name])


def test_a_text_of_numpy_is_a_text():
    rows = years().assign(kind=lambda table: np.where(table["year"] > 2019, "new", "old"))
    fit = BetaGeoNBD(covariates_transaction=["kind"]).fit(rows, unit="week")
    for kind in ("old", np.str_("old")):
        assert fit.with_covariates({"kind": kind}).params_["r"] == fit.params_["r"]
    with pytest.raises(InvalidArgumentError, match="covariates kind; got NoneType"):
        fit.with_covariates(None)


@pytest.mark.parametrize("part", ["log_likelihood", "n_customers"])
def test_files_with_texts_for_numbers_are_refused(part, tmp_path):
    import json

    path = tmp_path / "fit.json"
    models.NBD.from_params({"r": 1.0, "alpha": 1.0}).save(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {part: "many"}), encoding="utf-8")
    with pytest.raises(InvalidArgumentError, match="is not complete"):
        models.load(path)


def test_few_who_are_lost_at_once_among_many_who_never_are():
    """The limit a, b → 0 with a small a / b, beside one at which nobody is lost."""
    rng = np.random.default_rng(29)
    n = 400
    rate = rng.gamma(0.7, 1 / 9.0, n)
    x = rng.poisson(rate * 365.0).astype(float)
    gone = (rng.random(n) < 0.03) & (x > 0)
    x[gone] = 1.0
    last = np.where(x > 0, 365.0 * rng.random(n) ** (1 / np.maximum(x, 1)), 0.0)
    rows = {"frequency": x, "recency": np.where(gone, 5.0, last), "T": np.full(n, 365.0)}
    with pytest.warns(ConvergenceWarning, match="a → 0"):
        fit = BetaGeoNBD().fit(rows, unit="day")
    # of those who bought again, some look lost at once who are not
    assert 0.02 < fit.params_["a"] / fit.params_["b"] < 0.12
    assert fit.log_likelihood_ > models.NBD().fit(rows, unit="day").log_likelihood_ + 1.0
