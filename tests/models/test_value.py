"""Lifetime value: purchases to come times spend per purchase."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from models.spend_data import simulate
from table_kinds import contents

import customerintel as ci
from customerintel import models
from customerintel.exceptions import (
    DataQualityWarning,
    InvalidArgumentError,
    NotFittedError,
    SchemaError,
)
from customerintel.models.discounting import rate_per_unit

SPEND = models.GammaGamma.from_params({"p": 6.25, "q": 3.74, "gamma": 15.44})
PARETO = models.ParetoNBD.from_params(
    {"r": 0.5532771, "alpha": 10.5776837, "s": 0.6062399, "beta": 11.6687305}, unit="week"
)
BETA_GEO = models.BetaGeoNBD.from_params(
    {"r": 0.2425945, "alpha": 4.4136024, "a": 0.7929221, "b": 2.4259073}, unit="week"
)
TABLE = {
    "frequency": [0, 2, 7, 26],
    "recency": [0.0, 213 / 7, 35.0, 216 / 7],
    "T": [272 / 7, 272 / 7, 39.0, 31.0],
    "monetary_value": [0.0, 40.0, 30.0, 12.0],
}
LOG = {
    "customer_id": ["<b>", "<b>", "c", "a", "a"],
    "timestamp": ["2024-01-01", "2024-01-15", "2024-01-08", "2024-01-02", "2024-01-20"],
    "amount": [10.0, 20.0, 5.0, 7.0, 9.0],
}


class Steady:
    """Everybody stays and buys at a rate of their frequency per week."""

    unit_ = "week"

    def discounted_expected_purchases(
        self, data, horizon=None, *, annual_discount_rate=None, discount_rate=None
    ):
        discount_rate = rate_per_unit("week", annual_discount_rate, discount_rate)
        purchases = np.asarray(data["frequency"], float)
        end = 0.0 if horizon is None else math.exp(-discount_rate * horizon)
        return purchases * (1.0 - end) / discount_rate


def summary_of(columns, unit="week"):
    return ci.TransactionLog.from_frame(columns).as_of("2024-01-29").summarize(unit=unit)


# -- the value itself -------------------------------------------------------------------------


@pytest.mark.parametrize("horizon", [52.0, 13, None])
def test_a_steady_customer_is_an_annuity(horizon):
    """Rate · (1 − e^(−δh)) / δ purchases, worth margin times the expected spend each."""
    worth = models.lifetime_value(
        Steady(), SPEND, TABLE, horizon=horizon, annual_discount_rate=0.10, margin=0.25
    )
    rate = math.log(1.10) * 7 / 365.25
    length = 1.0 if horizon is None else 1.0 - math.exp(-rate * horizon)
    purchases = np.array(TABLE["frequency"]) * length / rate
    expected = 0.25 * purchases * SPEND.expected_spend(TABLE)
    np.testing.assert_allclose(worth.value, expected, rtol=1e-14)
    np.testing.assert_allclose(worth.discounted_purchases, purchases, rtol=1e-14)
    np.testing.assert_array_equal(worth.expected_spend, SPEND.expected_spend(TABLE))
    assert worth.discount_rate == pytest.approx(rate, rel=1e-15)
    assert (worth.horizon, worth.unit, worth.margin) == (horizon, "week", 0.25)


def test_residual_value_without_end():
    """DERT of four customers of Pareto/NBD at 15 % a year of 52 weeks, computed with SciPy."""
    worth = models.lifetime_value(
        PARETO, SPEND, TABLE, horizon=None, discount_rate=math.log(1.15) / 52
    )
    expected = [0.478280, 6.500353, 20.610235, 86.257634]
    np.testing.assert_allclose(worth.discounted_purchases, expected, rtol=5e-6)
    np.testing.assert_allclose(worth.value, expected * SPEND.expected_spend(TABLE), rtol=5e-6)


@pytest.mark.parametrize("fit", [PARETO, BETA_GEO], ids=["Pareto/NBD", "BG/NBD"])
def test_both_rates_mean_the_same(fit):
    rate = math.log(1.10) * 7 / 365.25
    annual = models.lifetime_value(fit, SPEND, TABLE, horizon=52.0, annual_discount_rate=0.10)
    weekly = models.lifetime_value(fit, SPEND, TABLE, horizon=52.0, discount_rate=rate)
    np.testing.assert_allclose(annual.value, weekly.value, rtol=1e-14)
    direct = fit.discounted_expected_purchases(TABLE, 52.0, annual_discount_rate=0.10)
    np.testing.assert_array_equal(annual.discounted_purchases, direct)
    # less than without interest, and not by more than the interest of the whole year
    free = fit.expected_purchases(TABLE, 52.0)
    assert (annual.discounted_purchases < free).all()
    assert (annual.discounted_purchases > free / 1.10).all()


@pytest.mark.parametrize("given", ["annual_discount_rate", "discount_rate"])
@pytest.mark.parametrize("horizon", [10, None])
def test_a_model_of_periods_keeps_its_meaning_of_a_rate(horizon, given):
    """BG/BB discounts by 1 / (1 + rate) per period; lifetime_value must not make it continuous."""
    fit = models.BetaGeoBetaBinomial.from_params(
        {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}, unit="year"
    )
    table = {"frequency": [0, 2, 6], "recency": [0, 4, 6], "T": [6, 6, 6]}
    table["monetary_value"] = [0.0, 40.0, 12.0]
    worth = models.lifetime_value(fit, SPEND, table, horizon=horizon, **{given: 0.1})
    direct = fit.discounted_expected_purchases(table, horizon, **{given: 0.1})
    np.testing.assert_array_equal(worth.discounted_purchases, direct)


@pytest.mark.reference_data
def test_twelve_months_of_the_cdnow_sample(reference_data):
    """lifetimes, 12 months at 1 % a month, weekly data: 36.2785, 4.6375, 8.3441.

    lifetimes pays at the end of months of 4.345 weeks, so its values lie a little below those
    of payments whenever they are due, by at most the interest of one month.
    """
    rows = np.genfromtxt(
        reference_data / "cdnow_summary_btyd_weeks.csv", delimiter=",", names=True
    )[:3]
    table = {
        "frequency": rows["x"], "recency": rows["t_x"], "T": rows["T_cal"],
        "monetary_value": rows["m_x"],
    }  # fmt: skip
    spend = models.GammaGamma.from_params({"p": 6.2495718, "q": 3.7442246, "gamma": 15.4435218})
    worth = models.lifetime_value(
        BETA_GEO, spend, table, horizon=12 * 4.345, discount_rate=math.log(1.01) / 4.345
    )
    published = np.array([36.2785, 4.6375, 8.3441])
    assert (worth.value > published * 0.9999).all()
    assert (worth.value < published * 1.01).all()


def test_issue_call():
    summary = summary_of(LOG)
    worth = models.lifetime_value(
        BETA_GEO, SPEND, summary, horizon=52.0, annual_discount_rate=0.10, margin=1.0
    )
    assert worth.customer_id.tolist() == ["<b>", "a", "c"]
    plain = {name: getattr(summary, name) for name in TABLE}
    other = models.lifetime_value(BETA_GEO, SPEND, plain, horizon=52.0, annual_discount_rate=0.10)
    np.testing.assert_array_equal(worth.value, other.value)
    assert other.customer_id is None


# -- the result -------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of narwhals, which will lose Dask
def test_gives_back_the_kind_of_table(table_kind):
    made = table_kind.make(TABLE)
    worth = models.lifetime_value(BETA_GEO, SPEND, made, horizon=52.0, discount_rate=0.002)
    frame = worth.to_frame()
    assert table_kind.is_kind(frame)
    found = contents(frame)
    assert list(found) == ["value", "expected_spend", "discounted_purchases"]
    expected = models.lifetime_value(BETA_GEO, SPEND, TABLE, horizon=52.0, discount_rate=0.002)
    for name, column in found.items():
        assert column == getattr(expected, name).tolist()


def test_a_summary_gives_ids_in_its_table():
    polars = pytest.importorskip("polars")
    summary = summary_of(polars.DataFrame(LOG))
    frame = models.lifetime_value(
        BETA_GEO, SPEND, summary, horizon=52.0, discount_rate=0.002
    ).to_frame()
    assert isinstance(frame, polars.DataFrame)
    assert frame["customer_id"].to_list() == ["<b>", "a", "c"]
    assert frame.columns == ["customer_id", "value", "expected_spend", "discounted_purchases"]


def test_other_columns_are_no_trouble():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(TABLE).assign(name=["é", None, "b", "c"])
    frame[7] = pandas.Timestamp("2024-01-01", tz="Europe/Berlin")
    found = models.lifetime_value(BETA_GEO, SPEND, frame, horizon=52.0, discount_rate=0.002)
    plain = models.lifetime_value(BETA_GEO, SPEND, TABLE, horizon=52.0, discount_rate=0.002)
    np.testing.assert_array_equal(found.value, plain.value)


def test_how_it_shows_itself():
    worth = models.lifetime_value(Steady(), SPEND, TABLE, horizon=None, discount_rate=0.5)
    assert len(worth) == 4
    total = f"{worth.value.sum():,.6g}"
    assert repr(worth) == (
        f"LifetimeValue(customers=4, total={total}, horizon=infinite, unit=week, "
        "discount_rate=0.5, margin=1)"
    )
    assert f"<tr><th>total</th><td>{total}</td></tr>" in worth._repr_html_()
    strange = dataclasses.replace(worth, unit="<i>")
    assert "&lt;i&gt;" in strange._repr_html_()


def test_cannot_be_changed():
    worth = models.lifetime_value(Steady(), SPEND, TABLE, horizon=None, discount_rate=0.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        worth.margin = 2.0
    for array in (worth.value, worth.expected_spend, worth.discounted_purchases):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0
        with pytest.raises(ValueError, match="cannot set WRITEABLE"):
            array.flags.writeable = True


def test_customers_without_a_spend_are_counted():
    table = {**TABLE, "monetary_value": [0.0, -40.0, 30.0, math.nan]}
    with pytest.warns(DataQualityWarning, match="^2 repeat customers"):
        worth = models.lifetime_value(Steady(), SPEND, table, horizon=None, discount_rate=0.5)
    assert np.isnan(worth.value).tolist() == [False, True, False, True]
    assert f"total={np.nansum(worth.value):,.6g}, without_value=2" in repr(worth)


def test_threads_do_not_matter():
    data = simulate(70_000, 4.0, 3.0, 20.0, seed=5)
    data |= {"recency": np.minimum(data["frequency"], 30.0), "T": np.full(70_000, 38.857)}
    values = []
    try:
        for n in (1, 3):
            ci.set_threads(n)
            worth = models.lifetime_value(PARETO, SPEND, data, horizon=None, discount_rate=0.002)
            values.append(worth.value)
    finally:
        ci.set_threads(None)
    np.testing.assert_array_equal(*values)


# -- what cannot be ---------------------------------------------------------------------------

RATE = (
    "Give exactly one of annual_discount_rate (such as 0.10 for 10 % a year) and discount_rate "
    "(continuous, per unit of the fit); got none."
)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"horizon": 0.0}, "horizon must be longer than 0, in the unit of the fit; got 0.0."),
        ({"horizon": -1}, "horizon must be longer than 0, in the unit of the fit; got -1."),
        ({"horizon": "52w"}, "horizon must be a number; got str."),
        ({"margin": 0.0}, "margin must be a positive number, such as 0.3 for 30 %; got 0.0."),
        ({"margin": math.nan}, "margin must be a positive number, such as 0.3 for 30 %; got nan."),
        ({"margin": "30%"}, "margin must be a number; got str."),
        ({"margin": True}, "margin must be a number; got bool."),
        ({"discount_rate": None}, RATE),
        (
            {"fit": SPEND},
            "lifetime_value takes first a model of purchases, such as BetaGeoNBD; got GammaGamma.",
        ),
        (
            {"spend": BETA_GEO},
            "lifetime_value takes second a model of spend, such as GammaGamma; got BetaGeoNBD.",
        ),
    ],
)
def test_arguments_that_cannot_be(changed, message):
    arguments = {"horizon": 52.0, "discount_rate": 0.002, "margin": 1.0, **changed}
    fit, spend = arguments.pop("fit", BETA_GEO), arguments.pop("spend", SPEND)
    with pytest.raises(InvalidArgumentError) as caught:
        models.lifetime_value(fit, spend, TABLE, **arguments)
    assert str(caught.value) == message


def test_an_annual_rate_needs_the_unit_of_the_fit():
    fit = models.BetaGeoNBD.from_params(BETA_GEO.params_)
    with pytest.raises(InvalidArgumentError, match=r"^An annual rate needs a unit"):
        models.lifetime_value(fit, SPEND, TABLE, horizon=52.0, annual_discount_rate=0.1)


def test_a_summary_in_another_unit():
    summary = summary_of(LOG, unit="day")
    with pytest.raises(InvalidArgumentError, match=r"^The data counts? in the unit 'day'"):
        models.lifetime_value(BETA_GEO, SPEND, summary, horizon=52.0, discount_rate=0.002)


def test_models_that_are_not_fitted():
    for fit, spend in ((models.BetaGeoNBD(), SPEND), (BETA_GEO, models.GammaGamma())):
        with pytest.raises(NotFittedError, match=r"has no parameters yet"):
            models.lifetime_value(fit, spend, TABLE, horizon=52.0, discount_rate=0.002)


def test_a_log_without_amounts():
    summary = summary_of({name: LOG[name] for name in ("customer_id", "timestamp")})
    with pytest.raises(SchemaError, match=r"^The log has no amounts"):
        models.lifetime_value(BETA_GEO, SPEND, summary, horizon=52.0, discount_rate=0.002)


def test_what_is_no_table():
    with pytest.raises(SchemaError, match=r"^int is not a table"):
        models.lifetime_value(BETA_GEO, SPEND, 3, horizon=52.0, discount_rate=0.002)
