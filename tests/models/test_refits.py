"""A fit that fails or is interrupted leaves a model as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from models.covariate_data import pareto_customers
from models.donors import donors
from models.regular_buyers import made_up
from models.spend_data import simulate

from customerintel import models
from customerintel.exceptions import (
    ConvergenceWarning,
    CustomerIntelError,
    InvalidArgumentError,
    NotFittedError,
)
from customerintel.models import fitting

PEOPLE = pareto_customers(300, seed=3)
BROKEN = PEOPLE.assign(T=-1.0, sum_log_gaps=0.0)
#: Nobody buys again.
ONCE = PEOPLE.assign(frequency=0.0, recency=0.0, sum_log_gaps=0.0)
REGULAR = made_up()


@dataclass(frozen=True)
class Case:
    """A model, its customers, what it refuses, what ends on a boundary, and a prediction."""

    model: Callable[[], Any]
    data: Any
    broken: Any
    boundary: Any
    predict: Callable[[Any], Any]


def of_purchases(model, data=PEOPLE):
    return Case(model, data, BROKEN, ONCE, lambda fit: fit.expected_purchases(data, 26.0))


CASES = {
    "NBD": of_purchases(models.NBD),
    "BetaGeoNBD": of_purchases(models.BetaGeoNBD),
    "ModifiedBetaGeoNBD": of_purchases(models.ModifiedBetaGeoNBD),
    "ParetoNBD": of_purchases(models.ParetoNBD),
    "covariates": of_purchases(lambda: models.ParetoNBD(covariates_transaction=["Gender"])),
    "BetaGeoCNBD": of_purchases(models.BetaGeoCNBD, REGULAR),
    "ModifiedBetaGeoCNBD": of_purchases(models.ModifiedBetaGeoCNBD, REGULAR),
    "BetaGeoBetaBinomial": Case(
        models.BetaGeoBetaBinomial, donors(), BROKEN,
        {"frequency": [0, 0], "recency": [0, 0], "T": [5, 3]},
        lambda fit: fit.expected_purchases(donors(), 5),
    ),
    "GammaGamma": Case(
        models.GammaGamma, simulate(400, 6.0, 4.0, 15.0, seed=1),
        {"frequency": [2], "monetary_value": [-1.0]},
        {"frequency": [2, 2, 5], "monetary_value": [7.0, 7.0, 7.0]},
        lambda fit: fit.expected_spend({"frequency": [0, 3], "monetary_value": [0.0, 9.0]}),
    ),
    "ShiftedBetaGeometric": Case(
        models.ShiftedBetaGeometric, [1000, 631, 468, 382], [3, 4], [100, 100, 100],
        lambda fit: fit.survival(9),
    ),
    "BetaDiscreteWeibull": Case(
        models.BetaDiscreteWeibull, [1000, 869, 743, 653, 593, 551], [3, 4], [100, 100, 100, 100],
        lambda fit: fit.survival(9),
    ),
}  # fmt: skip


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


@pytest.fixture
def kept(case, tmp_path):
    """Return a fit, and what makes sure that it is as it was."""
    fit = case.model().fit(case.data)
    before, predicted = dict(vars(fit)), case.predict(fit)
    fit.save(tmp_path / "before.json")

    def check():
        assert vars(fit).keys() == before.keys()
        assert all(vars(fit)[name] is value for name, value in before.items())
        np.testing.assert_array_equal(case.predict(fit), predicted)
        fit.save(tmp_path / "after.json")
        assert (tmp_path / "after.json").read_bytes() == (tmp_path / "before.json").read_bytes()

    return fit, check


def interrupt(monkeypatch, at):
    """Let the search number `at` be interrupted; return the numbers of all that began."""
    real, begun = fitting.search, []

    def search(*arguments):
        begun.append(len(begun) + 1)
        if begun[-1] == at:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(fitting, "search", search)
    return begun


def test_data_that_are_refused(case, kept):
    fit, check = kept
    with pytest.raises(CustomerIntelError):
        fit.fit(case.broken)
    check()


@pytest.mark.filterwarnings("error")
def test_a_warning_that_is_an_error(case, kept):
    fit, check = kept
    with pytest.raises(ConvergenceWarning, match="boundary"):
        fit.fit(case.boundary)
    check()


@pytest.mark.parametrize("when", ["first", "middle", "last"])
def test_an_interruption(case, kept, monkeypatch, when):
    fit, check = kept
    with monkeypatch.context() as patch:
        begun = interrupt(patch, at=None)
        case.model().fit(case.data)
    n = len(begun)
    with monkeypatch.context() as patch:
        interrupt(patch, at={"first": 1, "middle": (n + 1) // 2, "last": n}[when])
        with pytest.raises(KeyboardInterrupt):
            fit.fit(case.data)
    check()


def test_a_fit_that_succeeds_is_that_of_a_new_model(case):
    """Nothing of a fit before is left over, not even where that ended on a boundary."""
    again, new = case.model(), case.model().fit(case.data)
    with pytest.warns(ConvergenceWarning):
        again.fit(case.boundary)
    assert again.fit(case.data) is again
    assert (again.params_, again.status_, again.boundary_) == (new.params_, "interior", ())
    assert vars(again).keys() == vars(new).keys()
    np.testing.assert_array_equal(case.predict(again), case.predict(new))


def test_a_first_fit_that_fails_makes_no_model(case):
    model = case.model()
    before = dict(vars(model))
    with pytest.raises(CustomerIntelError):
        model.fit(case.broken)
    assert vars(model) == before
    with pytest.raises(NotFittedError):
        case.predict(model)


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (PEOPLE.assign(Gender="X"), "'Gender' is the same for all"),
        (PEOPLE.drop(columns="Gender"), "Column 'Gender' .* is not in the table"),
        (PEOPLE.assign(Gender=["M", None] * 150), "no value in the covariate 'Gender'"),
    ],
    ids=["one level", "no column", "missing levels"],
)
def test_levels_are_those_of_the_fit_after_another_was_refused(refused, message):
    """It would be worst if the levels of a table to predict were taken for those of the fit."""
    fit = models.ParetoNBD(covariates_transaction=["Gender"]).fit(PEOPLE, unit="week")
    predicted = fit.expected_purchases(PEOPLE, 26.0)
    with pytest.raises(CustomerIntelError, match=message):
        fit.fit(refused, unit="week")
    others = PEOPLE.assign(Gender=PEOPLE["Gender"].map({"F": "M", "M": "X"}))
    with pytest.raises(InvalidArgumentError, match="a level of 'Gender' that the fit has not seen"):
        fit.expected_purchases(others, 26.0)
    np.testing.assert_array_equal(fit.expected_purchases(PEOPLE, 26.0), predicted)


def test_k_is_that_of_the_fit_after_another_was_interrupted(monkeypatch):
    fit = models.BetaGeoCNBD().fit(REGULAR, unit="week")
    assert fit.k_ == 3
    with monkeypatch.context() as patch:
        interrupt(patch, at=6)
        with pytest.raises(KeyboardInterrupt):
            fit.fit(REGULAR, unit="week")
    assert fit.k_ == 3
