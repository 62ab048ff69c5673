"""What pictures say of arguments that they cannot use: the exact class and message."""

from __future__ import annotations

import pytest
from matplotlib import pyplot as plt

import customerintel as ci
from customerintel import models, plot
from customerintel.exceptions import InvalidArgumentError, NotFittedError
from customerintel.models.holdout import split_holdout

PARAMS = {"r": 0.5, "alpha": 6.0}
NBD = models.NBD.from_params(PARAMS, unit="week")
DAYS = models.NBD.from_params(PARAMS, unit="day")
NO_UNIT = models.NBD.from_params(PARAMS)
BG_BB = models.BetaGeoBetaBinomial.from_params(
    {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.78}, unit="month"
)
ROWS = {"frequency": [0, 2], "recency": [0.0, 3.0], "T": [10.0, 10.0]}
LOG = ci.TransactionLog.from_frame(
    {
        "customer_id": [7401, 7401, 7402],
        "timestamp": ["2024-01-05", "2024-02-01", "2024-03-01"],
        "amount": [9.5, 2.0, 3.0],
    }
)
NAMED = ci.TransactionLog.from_frame({"customer_id": ["Ada"], "timestamp": ["2024-01-05"]})


def with_covariates():
    rows = {"frequency": [0, 2, 1, 5], "recency": [0.0, 3.0, 8.0, 9.0], "T": [10.0] * 4}
    made = models.ParetoNBD(covariates_transaction=["web"], penalty=0.1)
    return made.fit({**rows, "web": [0.0, 1.0, 0.0, 1.0]}, unit="week")


def path(*arguments, **how):
    return plot.probability_alive_path(*arguments, **how)


def tracking(fit=NBD, log=LOG, **how):
    return plot.tracking(fit, log, **{"calibration_end": "2024-02-09", **how})


CALLS = {
    "a model that was not fitted": (
        lambda: plot.calibration_histogram(models.ParetoNBD(), ROWS),
        NotFittedError,
        "This ParetoNBD has no parameters yet: call fit(summary), or make one with from_params().",
    ),
    "a model of something else": (
        lambda: plot.heterogeneity(
            models.GammaGamma.from_params({"p": 6.0, "q": 4.0, "gamma": 15.0})
        ),
        InvalidArgumentError,
        (
            "heterogeneity draws a fitted model of repeat purchases (such as BetaGeoNBD, "
            "ModifiedBetaGeoNBD, ParetoNBD, NBD or BetaGeoBetaBinomial); got GammaGamma."
        ),
    ),
    "a class instead of a model": (
        lambda: tracking(models.NBD),
        InvalidArgumentError,
        (
            "tracking draws a fitted model of repeat purchases (such as BetaGeoNBD, "
            "ModifiedBetaGeoNBD, ParetoNBD, NBD or BetaGeoBetaBinomial); got the class NBD."
        ),
    ),
    "no model": (
        lambda: tracking([]),
        InvalidArgumentError,
        "tracking needs a fitted model, or a list of them; got none.",
    ),
    "models of two units": (
        lambda: tracking([NBD, DAYS]),
        InvalidArgumentError,
        (
            "The models count in different units (day, week), so one picture cannot hold them. Fit "
            "them with one unit, or call tracking once for each."
        ),
    ),
    "a model with covariates": (
        lambda: plot.heterogeneity(with_covariates()),
        InvalidArgumentError,
        (
            "The model has covariates, so its customers differ in more than heterogeneity can "
            "draw. Give them: fit.with_covariates({...}) is the model of customers who are alike."
        ),
    ),
    "customers in another unit": (
        lambda: plot.calibration_histogram(NBD, ci.summarize(LOG, as_of="2024-03-01")),
        InvalidArgumentError,
        "The data counts in the unit 'day', and 'week' is needed. Summarise with unit='week'.",
    ),
    "a model without a unit, on dates": (
        lambda: tracking(NO_UNIT),
        InvalidArgumentError,
        (
            "The model knows no unit of time, and dates need one. Give it where the model is made: "
            'fit(table, unit="week") or from_params(params, unit="week").'
        ),
    ),
    "opportunities and purchases in one picture": (
        lambda: tracking([NBD, BG_BB]),
        InvalidArgumentError,
        (
            "BetaGeoBetaBinomial counts opportunities in which a customer bought, and the other "
            "models purchases, so one picture cannot hold both. Call tracking once for each."
        ),
    ),
    "a model with a unit of its own": (
        lambda: tracking(models.NBD.from_params(PARAMS, unit="visit")),
        InvalidArgumentError,
        ("unit must be one of 'hour', 'day', 'week', 'month', 'quarter', 'year'; got 'visit'."),
    ),
    "a table instead of a log": (
        lambda: tracking(log=ROWS),
        InvalidArgumentError,
        "tracking takes a TransactionLog; got dict. Make one with TransactionLog.from_frame(…).",
    ),
    "an end before the calibration's": (
        lambda: tracking(end="2024-01-31"),
        InvalidArgumentError,
        "calibration_end must not lie after end. Give an earlier one.",
    ),
    "a calibration that ends before anybody came": (
        lambda: tracking(calibration_end="2024-01-01"),
        InvalidArgumentError,
        "Nobody had bought by calibration_end, so there is no cohort. Give a later one.",
    ),
    "less than one step": (
        lambda: tracking(calibration_end="2024-01-05", end="2024-01-07"),
        InvalidArgumentError,
        (
            "There is no whole week from the first customer to the end of the picture. Give a "
            "later end."
        ),
    ),
    "an end that cannot be read": (
        lambda: tracking(end="next week"),
        InvalidArgumentError,
        (
            "end must be a date, a datetime or ISO 8601 text such as '2011-12-09' or "
            "'2011-12-09T14:30'; this one cannot be read."
        ),
    ),
    "a calibration that ends after the history": (
        lambda: tracking(log=LOG.as_of("2024-02-01")),
        InvalidArgumentError,
        "calibration_end must not lie after the moment of the history. Give an earlier one.",
    ),
    "an end that the history does not see": (
        lambda: path(NBD, LOG.as_of("2024-02-01"), 7401, end="2024-03-01"),
        InvalidArgumentError,
        (
            "end is later than the moment of the history, which sees nothing after it. Give an "
            "earlier end, or the log itself."
        ),
    ),
    "another period than that of the opportunities": (
        lambda: tracking(BG_BB, period="week"),
        InvalidArgumentError,
        (
            "BetaGeoBetaBinomial counts whole periods, and was fitted in the unit 'month': leave "
            "period out."
        ),
    ),
    "an unknown period, for a picture": (
        lambda: tracking(period="fortnight"),
        InvalidArgumentError,
        "period must be one of 'hour', 'day', 'week', 'month'; got 'fortnight'.",
    ),
    "a cumulative that is neither True nor False": (
        lambda: tracking(cumulative="yes"),
        InvalidArgumentError,
        "cumulative must be True or False; got str.",
    ),
    "a summary instead of a split": (
        lambda: plot.holdout_by_frequency(NBD, ci.summarize(LOG, as_of="2024-03-01", unit="week")),
        InvalidArgumentError,
        (
            "holdout_by_frequency takes a HoldoutSplit; got CustomerSummary. Make one with "
            "split_holdout(log, calibration_end=…)."
        ),
    ),
    "a split in another unit": (
        lambda: plot.holdout_by_frequency(DAYS, split_holdout(LOG, calibration_end="2024-02-09")),
        InvalidArgumentError,
        "The data counts in the unit 'week', and 'day' is needed. Summarise with unit='day'.",
    ),
    "a largest frequency of 0": (
        lambda: plot.calibration_histogram(NBD, ROWS, max_frequency=0),
        InvalidArgumentError,
        "max_frequency must be a whole number of purchases, at least 1; got 0.",
    ),
    "a matrix without T, of given parameters": (
        lambda: plot.probability_alive_matrix(NBD),
        InvalidArgumentError,
        (
            "The model holds no customers (it was loaded, or made by from_params), so give T, the "
            "age that is drawn, in the unit of the fit."
        ),
    ),
    "a matrix of age 0": (
        lambda: plot.probability_alive_matrix(NBD, T=0.0),
        InvalidArgumentError,
        "T must be an age above 0, in the fit's unit; got 0.0.",
    ),
    "a matrix of half an opportunity": (
        lambda: plot.probability_alive_matrix(BG_BB, T=6.5),
        InvalidArgumentError,
        "T must be a whole number of opportunities, at least 1; got 6.5.",
    ),
    "a matrix without a horizon's length": (
        lambda: plot.expected_purchases_matrix(NBD, horizon=-1.0, T=9.0),
        InvalidArgumentError,
        "horizon must be longer than 0, in the unit of the fit; got -1.0.",
    ),
    "a customer whom nobody knows": (
        lambda: path(NBD, LOG, 7403),
        InvalidArgumentError,
        (
            "Nobody with this customer_id has a purchase by 2024-03-01T00:00:00.000000 UTC. The "
            "ids of those who have are in log.as_of(…).customer_id."
        ),
    ),
    "a customer who comes later": (
        lambda: path(NBD, LOG, 7402, end="2024-02-01"),
        InvalidArgumentError,
        (
            "Nobody with this customer_id has a purchase by 2024-02-01T23:59:59.999999 UTC. The "
            "ids of those who have are in log.as_of(…).customer_id."
        ),
    ),
    "a customer by name, of numbers": (
        lambda: path(NBD, LOG, "Ada"),
        InvalidArgumentError,
        "The customer ids of the log are integers; customer_id is of the type str.",
    ),
    "a customer by number, of names": (
        lambda: path(NBD, NAMED, 7),
        InvalidArgumentError,
        "The customer ids of the log are texts; customer_id is of the type int.",
    ),
    "a figure instead of Axes": (
        lambda: plot.heterogeneity(NBD, ax=plt.figure()),
        InvalidArgumentError,
        "ax must be a matplotlib Axes, such as from matplotlib.pyplot.subplots(1, 1); got Figure.",
    ),
    "one Axes where two are drawn": (
        lambda: plot.heterogeneity(BG_BB, ax=plt.figure().add_subplot()),
        InvalidArgumentError,
        "ax must be 2 matplotlib Axes, such as from matplotlib.pyplot.subplots(1, 2); got Axes.",
    ),
    "three Axes where two are drawn": (
        lambda: plot.heterogeneity(BG_BB, ax=plt.subplots(1, 3)[1]),
        InvalidArgumentError,
        (
            "ax must be 2 matplotlib Axes, such as from matplotlib.pyplot.subplots(1, 2); got 3 "
            "things."
        ),
    ),
}


@pytest.mark.parametrize("given", CALLS)
def test_errors(given):
    call, error, message = CALLS[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
    assert "740" not in message
