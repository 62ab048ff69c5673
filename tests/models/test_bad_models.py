"""Input that no model of purchases or spend, value or file can use: class and whole message."""

from __future__ import annotations

import json
import math

import pytest

import customerintel as ci
from customerintel import models
from customerintel.exceptions import InvalidArgumentError, NotFittedError, SchemaError
from customerintel.models.files import VERSION
from customerintel.models.interop import to_pymc_marketing

TABLE = {
    "frequency": [0, 2, 1],
    "recency": [0.0, 30.5, 2.0],
    "T": [38.0, 38.0, 12.5],
    "monetary_value": [0.0, 40.0, 7.0],
}
FIT = models.BetaGeoNBD.from_params({"r": 0.243, "alpha": 4.4, "a": 0.79, "b": 2.4}, unit="week")
SPEND = models.GammaGamma.from_params({"p": 6.25, "q": 3.74, "gamma": 15.44})


def spend_of(*values):
    return {**TABLE, "monetary_value": list(values)}


def daily(**columns):
    rows = {"customer_id": [1, 1], "timestamp": ["2024-01-01", "2024-01-15"], **columns}
    return ci.summarize(ci.TransactionLog.from_frame(rows), as_of="2024-02-01", unit="day")


def value(fit=FIT, spend=SPEND, data=TABLE, **options):
    options = {"horizon": 52.0, "discount_rate": 0.002, **options}
    return models.lifetime_value(fit, spend, data, **options)


def saved(folder, *, without=(), text=None, **changes):
    """Save a model, change what its file holds, and load it."""
    path = folder / "fit.json"
    FIT.save(path)
    content = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    kept = {key: part for key, part in content.items() if key not in without}
    path.write_text(json.dumps(kept) if text is None else text, encoding="utf-8")
    return models.load(path)


NO_MONEY = "The log has no amounts, so nobody's spend is known. Make it with amount=…."
LEAVE_OUT = (
    "which the Gamma-Gamma model cannot have. Call fit(data, nonpositive='leave_out') to fit "
    "without them."
)

#: What is given: a call that is made with an empty folder, the class and the whole message.
CASES = {
    "a spend of zero or less": (
        lambda _: models.GammaGamma().fit(spend_of(0.0, -4.0, 0.0)),
        InvalidArgumentError,
        (
            "2 of 2 customers with repeat purchases have a mean spend that is missing, zero or "
            f"negative (first rows: 1, 2), {LEAVE_OUT}"
        ),
    ),
    "a spend that is missing or not finite": (
        lambda _: models.GammaGamma().fit(spend_of(0.0, math.nan, math.inf)),
        InvalidArgumentError,
        (
            "2 of 2 customers with repeat purchases have a mean spend that is missing, zero or "
            f"negative (first rows: 1, 2), {LEAVE_OUT}"
        ),
    ),
    "a table without a spend": (
        lambda _: models.GammaGamma().fit({"frequency": [1, 2]}),
        SchemaError,
        (
            "Column 'monetary_value' (for the spend model) is not in the table. It has 1 "
            "column: 'frequency'."
        ),
    ),
    "a spend model for a log without amounts": (
        lambda _: models.GammaGamma().fit(daily()),
        SchemaError,
        NO_MONEY,
    ),
    "nobody who spent on a repeat purchase": (
        lambda _: models.GammaGamma().fit({"frequency": [0, 0], "monetary_value": [0.0, 0.0]}),
        InvalidArgumentError,
        (
            "No customer has a repeat purchase with a positive spend, so there is nothing to fit "
            "the spend on. Take a longer history."
        ),
    ),
    "an unknown way to treat spend": (
        lambda _: models.GammaGamma().fit(TABLE, nonpositive="drop"),
        InvalidArgumentError,
        "nonpositive must be 'raise' or 'leave_out'; got 'drop'.",
    ),
    "a summary in another unit than the fit": (
        lambda _: FIT.expected_purchases(daily(), 52.0),
        InvalidArgumentError,
        ("The data counts in the unit 'day', and 'week' is needed. Summarise with unit='week'."),
    ),
    "a time before now": (
        lambda _: FIT.probability_alive(TABLE, ahead=-1.0),
        InvalidArgumentError,
        "ahead must be 0 or a time in the fit's unit; got -1.0.",
    ),
    "half a purchase as the most": (
        lambda _: FIT.pmf_new(39.0, n_max=2.5),
        InvalidArgumentError,
        "n_max must be a whole number of at least 0; got 2.5.",
    ),
    "two rates of discount": (
        lambda _: value(annual_discount_rate=0.1),
        InvalidArgumentError,
        (
            "Give exactly one of annual_discount_rate (such as 0.10 for 10 % a year) and "
            "discount_rate (continuous, per unit of the fit); got both."
        ),
    ),
    "no rate of discount": (
        lambda _: value(discount_rate=None),
        InvalidArgumentError,
        (
            "Give exactly one of annual_discount_rate (such as 0.10 for 10 % a year) and "
            "discount_rate (continuous, per unit of the fit); got none."
        ),
    ),
    "a negative rate of discount": (
        lambda _: value(discount_rate=-0.002),
        InvalidArgumentError,
        "discount_rate must be 0 or a positive number; got -0.002.",
    ),
    "an annual rate without a unit of time": (
        lambda _: value(
            fit=models.BetaGeoNBD.from_params(FIT.params_),
            discount_rate=None,
            annual_discount_rate=0.1,
        ),
        InvalidArgumentError,
        (
            "An annual rate needs a unit of known length, and that of the fit is None. Give "
            "discount_rate, per unit, or fit with a unit of 'hour', 'day', 'week', 'month', "
            "'quarter', 'year'."
        ),
    ),
    "a value over no time": (
        lambda _: value(horizon=0),
        InvalidArgumentError,
        "horizon must be longer than 0, in the unit of the fit; got 0.",
    ),
    "a margin of nothing": (
        lambda _: value(margin=0.0),
        InvalidArgumentError,
        "margin must be a positive number, such as 0.3 for 30 %; got 0.0.",
    ),
    "a margin that is a text": (
        lambda _: value(margin="30%"),
        InvalidArgumentError,
        "margin must be a number; got str.",
    ),
    "models in the wrong places": (
        lambda _: value(fit=SPEND, spend=FIT),
        InvalidArgumentError,
        "lifetime_value takes first a model of purchases, such as BetaGeoNBD; got GammaGamma.",
    ),
    "a value by a model that was not fitted": (
        lambda _: value(spend=models.GammaGamma()),
        NotFittedError,
        (
            "This GammaGamma has no parameters yet: call fit(summary), or make one with "
            "from_params()."
        ),
    ),
    "a value of customers in another unit": (
        lambda _: value(data=daily(amount=[1.0, 2.0])),
        InvalidArgumentError,
        ("The data counts in the unit 'day', and 'week' is needed. Summarise with unit='week'."),
    ),
    "a parameter that is a text": (
        lambda _: models.NBD.from_params({"r": "0.4", "alpha": 12.0}),
        InvalidArgumentError,
        "The parameter r must be a number; got str.",
    ),
    "simulated customers without number": (
        lambda _: FIT.simulate(0, T=39.0, seed=1),
        InvalidArgumentError,
        "n_customers must be a whole number of at least 1; got 0.",
    ),
    "a simulation of no length": (
        lambda _: FIT.simulate(10, T=0.0, seed=1),
        InvalidArgumentError,
        "T must be a time longer than 0, in the unit of the fit; got 0.0.",
    ),
    "a simulation beyond the calendar": (
        lambda _: FIT.simulate(10, T=1e9, seed=1),
        InvalidArgumentError,
        "A log that starts in 2000 can hold at most 13,685 weeks; got T=1000000000.0.",
    ),
    "a simulation without a unit": (
        lambda _: models.BetaGeoNBD.from_params(FIT.params_).simulate(10, T=39.0, seed=1),
        InvalidArgumentError,
        (
            "The model knows no unit of time, and a log needs one. Give it where the model is "
            'made: fit(table, unit="week") or from_params(params, unit="week").'
        ),
    ),
    "a saved model of another format version": (
        lambda folder: saved(folder, format_version=99),
        InvalidArgumentError,
        (
            f"'fit.json' has format_version 99, and this release reads {VERSION}. "
            "Fit and save the model again, or use the release that wrote it."
        ),
    ),
    "a saved model that is not known": (
        lambda folder: saved(folder, model="Gompertz"),
        InvalidArgumentError,
        (
            "'fit.json' holds a model 'Gompertz', which this release does not have. Use the "
            "release that wrote it."
        ),
    ),
    "a saved model that is not complete": (
        lambda folder: saved(folder, without=["status"]),
        InvalidArgumentError,
        "'fit.json' is not complete (KeyError: 'status'). Fit and save the model again.",
    ),
    "a saved model with a parameter that cannot be": (
        lambda folder: saved(folder, params={**FIT.params_, "r": -1.0}),
        InvalidArgumentError,
        "'fit.json' holds what no model can be: The parameter r must be positive; got -1.0.",
    ),
    "a file that holds something else": (
        lambda folder: saved(folder, format="customerintel.rfm"),
        InvalidArgumentError,
        (
            "'fit.json' is not a saved model (format 'customerintel.model'). Give the path that "
            "fit.save() wrote to."
        ),
    ),
    "a saved model that is cut off": (
        lambda folder: saved(folder, text='{"format": "customer'),
        InvalidArgumentError,
        (
            "'fit.json' cannot be read as JSON (JSONDecodeError). Give the path that fit.save() "
            "wrote to, and check that the file is complete."
        ),
    ),
    "a saved model that is not there": (
        lambda folder: models.load(folder / "none.json"),
        InvalidArgumentError,
        "There is no file 'none.json' in the folder given. Check the path to the model.",
    ),
    "something else than the path of a model": (
        lambda _: models.load(3),
        InvalidArgumentError,
        "load takes the path of a saved model, a str or a Path; got int.",
    ),
    "a table to export": (
        lambda _: to_pymc_marketing(TABLE),
        InvalidArgumentError,
        (
            "to_pymc_marketing takes a CustomerSummary; got dict. Make one with summarize(), or "
            "give pymc-marketing the table as it is."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given, tmp_path):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call(tmp_path)
    assert str(caught.value) == message
    assert type(caught.value) is error
