"""The Gamma-Gamma model on tables of every kind, and on data that it cannot have."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from models.spend_data import simulate
from table_kinds import contents

import customerintel as ci
from customerintel import models
from customerintel.exceptions import (
    ConvergenceWarning,
    DataQualityWarning,
    InvalidArgumentError,
    NotFittedError,
    SchemaError,
)

LOG = {
    "customer_id": ["a", "a", "a", "b", "b", "c", "c", "d"],
    "timestamp": [f"2024-01-{day:02}" for day in (1, 8, 9, 1, 15, 2, 20, 3)],
    "amount": [10.0, 20.0, 40.0, 5.0, 7.0, 9.0, 11.0, 6.0],
}
DATA = simulate(80, 4.0, 3.0, 20.0, seed=2)
GIVEN = {"p": 6.25, "q": 3.74, "gamma": 15.44}


def summary_of(columns):
    return ci.TransactionLog.from_frame(columns).as_of("2024-01-29").summarize(unit="week")


def test_fits_a_summary():
    """Repeat purchases: a 2 of 30 on average, b 1 of 7, c 1 of 11, d none."""
    summary = summary_of(LOG)
    table = {"frequency": [2, 1, 1, 0], "monetary_value": [30.0, 7.0, 11.0, math.nan]}
    spend, plain = (models.GammaGamma(penalty=0.01).fit(data) for data in (summary, table))
    assert spend.params_ == plain.params_
    assert spend.n_customers_ == 3
    assert spend.expected_spend(summary).tolist() == plain.expected_spend(table).tolist()
    assert spend.expected_spend(summary)[3] == spend.mean_spend


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of narwhals, which will lose Dask
def test_reads_every_kind_of_table(table_kind):
    """Integers, floats and nullable numbers; a one-timer's spend may be missing."""
    spend = models.GammaGamma().fit(DATA)
    columns = {
        "frequency": DATA["frequency"].tolist(),
        "monetary_value": [m if m > 0 else None for m in DATA["monetary_value"].tolist()],
        "weight": [1] * 80,
    }
    found = models.GammaGamma().fit(table_kind.make(columns))
    assert found.params_ == spend.params_
    expected = spend.expected_spend(DATA)
    np.testing.assert_array_equal(found.expected_spend(table_kind.make(columns)), expected)
    rows = contents(found.summary())
    assert rows["parameter"] == ["p", "q", "gamma"]
    assert rows["coef"] == list(spend.params_.values())
    assert table_kind.is_kind(found.summary())


def test_how_it_shows_itself():
    assert repr(models.GammaGamma()) == "GammaGamma(status=not fitted)"
    given = models.GammaGamma.from_params(GIVEN)
    assert repr(given) == "GammaGamma(p=6.25, q=3.74, gamma=15.44, status=given)"
    assert "<caption>GammaGamma</caption>" in given._repr_html_()
    assert math.isnan(given.frequency_spend_correlation_)


# -- spend that cannot be ---------------------------------------------------------------------


@pytest.mark.parametrize("spend", [0.0, -5.0, math.nan, math.inf])
def test_spend_that_is_not_positive(spend):
    data = {name: column.copy() for name, column in DATA.items()}
    places = np.flatnonzero(data["frequency"])[[1, 4]]
    data["monetary_value"][places] = spend
    n = int((data["frequency"] > 0).sum())
    with pytest.raises(InvalidArgumentError) as caught:
        models.GammaGamma().fit(data)
    assert str(caught.value) == (
        f"2 of {n} customers with repeat purchases have a mean spend that is missing, zero or "
        f"negative (first rows: {places[0]}, {places[1]}), which the Gamma-Gamma model cannot "
        "have. Call fit(data, nonpositive='leave_out') to fit without them."
    )
    left = models.GammaGamma().fit(data, nonpositive="leave_out")
    kept = {name: np.delete(column, places) for name, column in data.items()}
    assert left.params_ == models.GammaGamma().fit(kept).params_
    assert left.n_customers_ == n - 2
    with pytest.warns(DataQualityWarning) as noted:
        expected = left.expected_spend(data)
    assert [str(w.message) for w in noted] == [
        (
            "2 repeat customers have a spend that is missing, zero or negative; their expected "
            "spend is NaN."
        )
    ]
    assert np.flatnonzero(np.isnan(expected)).tolist() == places.tolist()


def test_a_weight_counts_customers():
    data = {"frequency": [1, 2, 3], "monetary_value": [-1.0, 2.0, 3.0], "weight": [40, 2, 3]}
    with pytest.raises(InvalidArgumentError, match=r"^40 of 45 customers with repeat purchases"):
        models.GammaGamma().fit(data)


NOBODY = (
    "No customer has a repeat purchase with a positive spend, so there is nothing to fit the "
    "spend on. Take a longer history."
)
ROWS = "Correct them, or make the summary with TransactionLog and summarize()."


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (
            {"frequency": [], "monetary_value": []},
            InvalidArgumentError,
            "There are no customers in the data.",
        ),
        ({"frequency": [0, 0], "monetary_value": [0.0, 9.0]}, InvalidArgumentError, NOBODY),
        (
            {"frequency": [1.5, 2], "monetary_value": [1.0, 9.0]},
            InvalidArgumentError,
            (
                "1 row has a frequency that is missing, negative or not a whole number "
                f"(first rows: 0). {ROWS}"
            ),
        ),
        (
            {"frequency": [1, -2, -1], "monetary_value": [1.0, 9.0, 2.0]},
            InvalidArgumentError,
            (
                "2 rows have a frequency that is missing, negative or not a whole number "
                f"(first rows: 1, 2). {ROWS}"
            ),
        ),
        (
            {"frequency": [1, math.nan], "monetary_value": [1.0, 9.0]},
            InvalidArgumentError,
            (
                "1 row has a frequency that is missing, negative or not a whole number "
                f"(first rows: 1). {ROWS}"
            ),
        ),
        (
            {"frequency": [1, 2], "monetary_value": [1.0, 9.0], "weight": [1, 0]},
            InvalidArgumentError,
            f"1 row has a weight that is missing or not positive (first rows: 1). {ROWS}",
        ),
        (
            {"frequency": [1, 2]},
            SchemaError,
            (
                "Column 'monetary_value' (for the spend model) is not in the table. It has 1 "
                "column: 'frequency'."
            ),
        ),
        (
            {"frequency": [1, 2], "monetary_value": ["1", "2"]},
            SchemaError,
            "Column 'monetary_value' must hold numbers; convert it before.",
        ),
    ],
)
def test_what_cannot_be_fitted(data, error, message):
    with pytest.raises(error) as caught:
        models.GammaGamma().fit(data)
    assert str(caught.value) == message


def test_a_log_without_amounts():
    summary = summary_of({name: LOG[name] for name in ("customer_id", "timestamp")})
    message = "The log has no amounts, so nobody's spend is known. Make it with amount=…."
    for call in (models.GammaGamma().fit, models.GammaGamma.from_params(GIVEN).expected_spend):
        with pytest.raises(SchemaError) as caught:
            call(summary)
        assert str(caught.value) == message


def test_an_argument_that_cannot_be():
    with pytest.raises(InvalidArgumentError) as caught:
        models.GammaGamma().fit(DATA, nonpositive="drop")
    assert str(caught.value) == "nonpositive must be 'raise' or 'leave_out'; got 'drop'."
    with pytest.raises(InvalidArgumentError) as caught:
        models.GammaGamma(penalty=-1.0)
    assert str(caught.value) == "penalty must be 0 or a positive number; got -1.0."
    with pytest.raises(NotFittedError, match=r"^This GammaGamma has no parameters yet"):
        models.GammaGamma().expected_spend(DATA)


# -- boundaries and warnings ------------------------------------------------------------------


def test_an_infinite_mean_is_a_boundary():
    """q = 0.8: customers' means have no mean; the parameters themselves are found well."""
    data = simulate(4_000, 6.0, 0.8, 15.0, seed=1)
    with pytest.warns(ConvergenceWarning) as noted:
        spend = models.GammaGamma().fit(data)
    (warning,) = noted
    assert str(warning.message) == (
        f"The GammaGamma fit has q = {spend.params_['q']:.3g}, and for q ≤ 1 the mean spend over "
        "all customers is infinite: there is no finite expected spend without a repeat purchase. "
        "Look for a few very large amounts."
    )
    assert warning.filename == __file__
    assert (spend.status_, spend.boundary_) == ("boundary", ("q ≤ 1",))
    assert abs(spend.params_["q"] - 0.8) < 4 * spend.standard_errors_["q"] < 0.4
    assert spend.mean_spend == math.inf
    table = {"frequency": [0, 1], "monetary_value": [0.0, 20.0]}
    p, q, gamma = spend.params_.values()
    assert spend.expected_spend(table).tolist() == [
        math.inf,
        pytest.approx(p * (gamma + 20.0) / (p + q - 1.0)),
    ]


def test_an_expectation_without_bound_is_infinite():
    spend = models.GammaGamma.from_params({"p": 0.2, "q": 0.3, "gamma": 1.0})
    found = spend.expected_spend({"frequency": [0, 3, 4], "monetary_value": [0.0, 2.0, 2.0]})
    assert found.tolist() == [math.inf, math.inf, pytest.approx(0.2 * 9.0 / 0.1)]


@pytest.mark.parametrize(
    "data",
    [
        {"frequency": [3], "monetary_value": [12.0]},
        {"frequency": [2] * 30, "monetary_value": [12.0] * 30},
        {"frequency": [1, 2, 5], "monetary_value": [7.0, 7.0, 7.0]},
    ],
    ids=["a single customer", "all equal", "equal spend"],
)
def test_customers_that_are_all_alike(data):
    """Nothing tells the parameters apart: they run away, and the prediction stays sensible."""
    with pytest.warns(ConvergenceWarning, match="ended on the boundary"):
        spend = models.GammaGamma().fit(data)
    assert spend.status_ == "boundary"
    assert spend.boundary_
    assert all(math.isnan(error) for error in spend.standard_errors_.values())
    assert math.isnan(spend.frequency_spend_correlation_)
    assert spend.mean_spend == pytest.approx(data["monetary_value"][0], rel=1e-3)


def dependent(n, seed):
    """Return customers whose spend grows with their purchases."""
    data = simulate(3 * n, 4.0, 3.0, 20.0, seed=seed)
    again = np.flatnonzero(data["frequency"])[:n]
    x = data["frequency"][again]
    return {"frequency": x, "monetary_value": data["monetary_value"][again] * x}


def test_warns_where_independence_fails():
    data = dependent(500, seed=3)
    with pytest.warns(DataQualityWarning) as noted:
        spend = models.GammaGamma().fit(data)
    expected = np.corrcoef(data["frequency"], data["monetary_value"])[0, 1]
    assert spend.frequency_spend_correlation_ == pytest.approx(expected, rel=1e-12)
    assert expected > 0.4
    assert [str(w.message) for w in noted] == [
        (
            f"Frequency and spend correlate by {expected:.2f} over 500 repeat customers, and the "
            "Gamma-Gamma model takes them to be independent. Sums of value over customers will be "
            "off: look for a few very large customers, or fit groups of customers apart."
        )
    ]
    assert noted[0].filename == __file__


def test_few_customers_say_nothing_about_independence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spend = models.GammaGamma().fit(dependent(60, seed=3))
    assert spend.frequency_spend_correlation_ > 0.3
