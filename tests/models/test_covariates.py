"""Static covariates in the purchase models."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from models.covariate_data import TRUTH, pareto_customers

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError, NotFittedError, SchemaError
from customerintel.models import BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD

BOTH = {"covariates_lifetime": ["Gender"], "covariates_transaction": ["Gender", "Channel"]}
MODELS = [ParetoNBD, BetaGeoNBD, ModifiedBetaGeoNBD]


@pytest.fixture(scope="module")
def people():
    return pareto_customers(4_000)


@pytest.fixture(scope="module", params=MODELS, ids=lambda model: model.__name__)
def fit(request, people):
    return request.param(**BOTH).fit(people, unit="week")


def own_parameters(fit, gender, channel):
    """Return the parameters of one kind of customer, straight from the paper."""
    given = fit.params_
    life, buys = float(gender == "M"), given.get(f"transaction[Channel={channel}]", 0.0)
    buys += given["transaction[Gender=M]"] * (gender == "M")
    own = {name: given[name] for name in fit.parameters}
    own["alpha"] *= math.exp(-buys)
    if "beta" in own:
        own["beta"] *= math.exp(-given["lifetime[Gender=M]"] * life)
    else:
        own["a"] *= math.exp(given["lifetime_a[Gender=M]"] * life)
        own["b"] *= math.exp(given["lifetime_b[Gender=M]"] * life)
    return own


def test_simulated_customers_give_back_the_truth():
    fit = ParetoNBD(**BOTH).fit(pareto_customers(20_000, seed=5), unit="week")
    assert list(fit.params_) == list(TRUTH)
    for name, value in TRUTH.items():
        assert abs(fit.params_[name] - value) < 4 * fit.standard_errors_[name], name


def test_every_customer_is_one_of_a_model_of_their_own(fit, people):
    found = fit.expected_purchases(people, horizon=26.0)
    alive = fit.probability_alive(people, ahead=2.0)
    counts = fit.purchase_probabilities(people, horizon=26.0, n_max=3)
    for (gender, channel), rows in people.groupby(["Gender", "Channel"]):
        own = type(fit).from_params(own_parameters(fit, gender, channel), unit="week")
        where = rows.index.to_numpy()
        assert found[where] == pytest.approx(own.expected_purchases(rows, 26.0), rel=1e-12)
        assert alive[where] == pytest.approx(own.probability_alive(rows, ahead=2.0), rel=1e-12)
        assert counts[where] == pytest.approx(own.purchase_probabilities(rows, 26.0, 3), rel=1e-9)
        same = fit.with_covariates({"Gender": gender, "Channel": channel})
        assert same.params_ == pytest.approx(own.params_, rel=1e-12)
        assert same.unit_ == "week"


def test_the_log_likelihood_is_that_of_the_groups(fit, people):
    total = 0.0
    for (gender, channel), rows in people.groupby(["Gender", "Channel"]):
        own = type(fit).from_params(own_parameters(fit, gender, channel))
        packed = own._read_to_fit(rows, None)
        total += own._likelihood(own._values, packed)[0]
    assert fit.log_likelihood_ == pytest.approx(total, rel=1e-12)


def test_the_gradient_is_that_of_central_differences(fit, people):
    rows = fit._read_to_fit(people, "week").compress()
    at = fit._values * 1.1 + 0.01
    slope = fit._likelihood(at, rows)[1]
    for k in range(len(at)):
        step = np.zeros(len(at))
        step[k] = 1e-6 * max(1.0, abs(at[k]))
        up, down = fit._likelihood(at + step, rows)[0], fit._likelihood(at - step, rows)[0]
        assert slope[k] == pytest.approx((up - down) / (2 * step[k]), rel=1e-4, abs=1e-3)


def test_the_optimum_is_one(fit, people):
    """Nothing nearby is better, and the errors are those of the curvature there."""
    rows = fit._read_to_fit(people, "week").compress()
    best = fit._values
    slope = fit._likelihood(best, rows)[1]
    steps = np.array(list(fit.standard_errors_.values()))
    assert np.abs(slope * steps).max() < 1e-3
    curvature = np.array(
        [
            (fit._likelihood(best + move, rows)[1] - fit._likelihood(best - move, rows)[1])
            / (2e-4 * steps[k])
            for k, move in enumerate(np.diag(1e-4 * steps))
        ]
    )
    assert fit.covariance_ == pytest.approx(np.linalg.inv(-curvature), rel=1e-2, abs=1e-6)


def test_no_effect_is_found_where_there_is_none(people):
    rng = np.random.default_rng(3)
    people = people.assign(coin=rng.integers(0, 2, len(people)).astype(bool))
    fit = BetaGeoNBD(covariates_transaction=["coin"]).fit(people, unit="week")
    plain = BetaGeoNBD().fit(people, unit="week")
    assert abs(fit.params_["transaction[coin]"]) < 4 * fit.standard_errors_["transaction[coin]"]
    assert 0.0 <= fit.log_likelihood_ - plain.log_likelihood_ < 8.0


def test_amounts_may_be_far_from_one(people):
    """The unit of a covariate changes its effect by the inverse, and nothing else."""
    rng = np.random.default_rng(4)
    income = rng.normal(0.0, 1.0, len(people))
    small = people.assign(income=income)
    large = people.assign(income=40_000.0 + 9_000.0 * income)
    one = ParetoNBD(covariates_transaction=["income"]).fit(small, unit="week")
    other = ParetoNBD(covariates_transaction=["income"]).fit(large, unit="week")
    name = "transaction[income]"
    assert other.params_[name] * 9_000.0 == pytest.approx(one.params_[name], rel=1e-5)
    assert other.log_likelihood_ == pytest.approx(one.log_likelihood_, rel=1e-10)
    assert other.standard_errors_[name] * 9_000 == pytest.approx(one.standard_errors_[name], 1e-4)
    assert other.expected_purchases(large, 9.0) == pytest.approx(
        one.expected_purchases(small, 9.0), rel=1e-6
    )


def test_threads_row_order_and_weights_do_not_matter(fit, people):
    ci.set_threads(3)
    shuffled = people.sample(frac=1.0, random_state=2)
    again = type(fit)(**BOTH).fit(shuffled, unit="week")
    ci.set_threads(None)
    assert again.params_ == fit.params_
    doubled = type(fit)(**BOTH).fit(people.assign(weight=2.0), unit="week")
    assert doubled.params_ == pytest.approx(fit.params_, rel=1e-6)
    assert again.expected_purchases(people, 5.0).tolist() == (
        fit.expected_purchases(people, 5.0).tolist()
    )


def test_any_table(people):
    whole = BetaGeoNBD(**BOTH).fit(people, unit="week")
    other = BetaGeoNBD(**BOTH).fit(pl.from_pandas(people), unit="week")
    assert other.params_ == whole.params_
    assert type(other.summary()).__module__.startswith("polars")
    categories = people.assign(Gender=people["Gender"].astype("category"))
    assert BetaGeoNBD(**BOTH).fit(categories, unit="week").params_ == whole.params_


def test_effects_have_symmetric_intervals(fit):
    table = pd.DataFrame(fit.summary()).set_index("parameter")
    row = table.loc["transaction[Gender=M]"]
    assert row["coef"] - row["lower_95"] == pytest.approx(row["upper_95"] - row["coef"])
    assert row["lower_95"] < row["coef"] < 0.0
    assert (table.loc[list(fit.parameters), "lower_95"] > 0.0).all()


def test_a_file_keeps_the_covariates(fit, people, tmp_path):
    fit.save(tmp_path / "fit.json")
    loaded = ci.models.load(tmp_path / "fit.json")
    assert loaded.expected_purchases(people, 9.0).tolist() == (
        fit.expected_purchases(people, 9.0).tolist()
    )
    assert loaded.params_ == fit.params_
    assert loaded.standard_errors_ == pytest.approx(fit.standard_errors_)


def test_value_and_discounts_know_the_covariates(fit, people):
    found = fit.discounted_expected_residual(people, annual_discount_rate=0.1)
    men = people["Gender"].eq("M") & people["Channel"].eq("web")
    own = fit.with_covariates({"Gender": "M", "Channel": "web"})
    expected = own.discounted_expected_residual(people[men], annual_discount_rate=0.1)
    assert found[men.to_numpy()] == pytest.approx(expected, rel=1e-9)


# -- what cannot be used ------------------------------------------------------------------------


def test_new_customers_need_their_covariates(fit):
    for call in (
        lambda: fit.expected_purchases_new(9.0),
        lambda: fit.pmf_new(9.0),
        lambda: fit.simulate(10, 9.0, seed=1),
    ):
        with pytest.raises(InvalidArgumentError, match=r"with_covariates\(\{...\}\)"):
            call()
    with pytest.raises(InvalidArgumentError, match="The model has the covariates Gender, Channel"):
        fit.with_covariates({"Gender": "M"})


def test_unknown_levels_are_refused(fit, people):
    odd = people.assign(Channel=np.where(people.index == 3, "fax", people["Channel"]))
    with pytest.raises(InvalidArgumentError, match="1 row has a level of 'Channel' that the fit"):
        fit.expected_purchases(odd, 9.0)
    with pytest.raises(InvalidArgumentError, match="has a level of 'Channel'"):
        fit.with_covariates({"Gender": "M", "Channel": "fax"})


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"Gender": None}, InvalidArgumentError, "'Gender' that is missing or not finite"),
        ({"Gender": "M"}, InvalidArgumentError, "'Gender' is the same for all customers"),
        ({"Gender": 1.5}, InvalidArgumentError, "'Gender' is the same for all customers"),
        ({"Gender": math.nan}, InvalidArgumentError, "'Gender' that is missing or not finite"),
        ({"Gender": pd.Timestamp("2026-01-01")}, SchemaError, "'Gender' must hold numbers"),
    ],
)
def test_columns_that_say_nothing(people, change, error, message):
    with pytest.raises(error, match=message):
        ParetoNBD(covariates_transaction=["Gender"]).fit(people.assign(**change), unit="week")


def test_some_rows_without_a_value(people):
    gaps = people.assign(Gender=people["Gender"].where(people.index != 7, None))
    with pytest.raises(InvalidArgumentError, match=r"1 row has no value .*first rows: 7"):
        ParetoNBD(covariates_lifetime=["Gender"]).fit(gaps, unit="week")


def test_covariates_that_say_the_same(people):
    twice = people.assign(sex=people["Gender"].eq("M"))
    with pytest.raises(InvalidArgumentError, match="one of them follows from"):
        ParetoNBD(covariates_lifetime=["Gender", "sex"]).fit(twice, unit="week")


def test_names_are_not_levels(people):
    named = people.assign(name=[f"n{k}" for k in range(len(people))])
    with pytest.raises(InvalidArgumentError, match="4,000 different texts, and at most 100"):
        ParetoNBD(covariates_lifetime=["name"]).fit(named, unit="week")


@pytest.mark.parametrize("columns", ["Gender", ["Gender", "Gender"], [1], None])
def test_columns_must_be_a_list_of_names(columns):
    with pytest.raises(InvalidArgumentError, match="covariates_lifetime must be a list"):
        ParetoNBD(covariates_lifetime=columns)


def test_a_missing_column_is_named(people):
    with pytest.raises(SchemaError, match="'Age'"):
        ParetoNBD(covariates_lifetime=["Age"]).fit(people, unit="week")


def test_a_summary_has_no_covariates():
    log = ParetoNBD.from_params(
        {"r": 1.0, "alpha": 9.0, "s": 1.0, "beta": 9.0}, unit="week"
    ).simulate(50, 30.0, seed=1)
    summary = ci.summarize(log, as_of="2000-07-01", unit="week")
    with pytest.raises(InvalidArgumentError, match=r"has no covariates.*columns Gender"):
        ParetoNBD(covariates_lifetime=["Gender"]).fit(summary)


def test_without_a_fit_there_is_nothing_to_ask(people):
    with pytest.raises(NotFittedError, match="no parameters yet"):
        ParetoNBD(**BOTH).expected_purchases(people, 9.0)
    plain = ParetoNBD().fit(people, unit="week")
    with pytest.raises(InvalidArgumentError, match="fitted without covariates"):
        plain.with_covariates({"Gender": "M"})


def test_text_and_numbers_are_not_mixed_up(fit, people):
    with pytest.raises(SchemaError, match="'Gender' must hold texts, as in the fit"):
        fit.expected_purchases(people.assign(Gender=1.0), 9.0)
