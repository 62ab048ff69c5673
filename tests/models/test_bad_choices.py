"""Models that cannot be chosen so: class and whole message."""

from __future__ import annotations

import pytest

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError
from customerintel.models import BetaGeoCNBD, BetaGeoNBD, GammaGamma, split_holdout

TABLE = {"frequency": [0, 2, 5], "recency": [0.0, 9.0, 20.0], "T": [30.0, 31.0, 25.0]}
PARAMS = {"r": 0.5, "alpha": 6.0, "a": 0.9, "b": 1.6}
LOG = {"customer_id": [1, 2, 2], "timestamp": ["2024-01-01", "2024-01-02", "2024-03-01"]}

UNITS = "It is in the unit of recency; summarize() has it as sum_log_gaps."

#: What is given: a call, the class and the whole message.
CASES = {
    "a regularity that is none": (
        lambda: BetaGeoCNBD(k=0),
        InvalidArgumentError,
        'k must be a whole number from 1 to 12, or "auto"; got 0.',
    ),
    "parameters of no regularity": (
        lambda: BetaGeoCNBD.from_params(PARAMS, k="auto"),
        InvalidArgumentError,
        "Parameters belong to one k: give it, such as k=2.",
    ),
    "a regularity to find without the gaps": (
        lambda: BetaGeoCNBD(k="auto").fit(TABLE, unit="week"),
        InvalidArgumentError,
        (
            "k=\"auto\" needs a column 'sum_log_gaps': the sum of the logarithms of the times "
            "between each customer's successive purchases, without which the likelihoods of "
            "different k cannot be compared. A CustomerSummary has it; or give a k."
        ),
    ),
    "a log in place of a summary": (
        lambda: BetaGeoNBD().fit(ci.TransactionLog.from_frame(LOG)),
        InvalidArgumentError,
        (
            "A model looks at a summary of customers, not at a log. Make one: "
            "ci.summarize(log, as_of=…, unit=…)."
        ),
    ),
    "a history in place of a summary": (
        lambda: GammaGamma().fit(ci.TransactionLog.from_frame(LOG).as_of("2024-04-01")),
        InvalidArgumentError,
        (
            "A model looks at a summary of customers, not at a history. Make one: "
            "history.summarize(unit=…)."
        ),
    ),
    "a split in place of a summary": (
        lambda: BetaGeoNBD().fit(
            split_holdout(ci.TransactionLog.from_frame(LOG), calibration_end="2024-02-01")
        ),
        InvalidArgumentError,
        "A model looks at a summary of customers, not at a split. Give split.calibration.",
    ),
    "a summary of a window": (
        lambda: BetaGeoNBD().fit(
            ci.summarize(ci.TransactionLog.from_frame(LOG), as_of="2024-04-01", window="90d")
        ),
        InvalidArgumentError,
        (
            "The summary looks at a window only, so it does not know when customers came, and no "
            "model of purchases can be fitted or asked. Summarise without window."
        ),
    ),
    "an unknown unit of a table": (
        lambda: BetaGeoNBD().fit(TABLE, unit="weeks"),
        InvalidArgumentError,
        "unit must be one of 'hour', 'day', 'week', 'month', 'quarter', 'year'; got 'weeks'.",
    ),
    "a folder that is not there": (
        lambda: BetaGeoNBD.from_params(PARAMS).save("no folder/fit.json"),
        InvalidArgumentError,
        "There is no folder to write 'fit.json' to. Make it first, or correct the path.",
    ),
    "gaps that are missing": (
        lambda: BetaGeoCNBD(k=2).fit(TABLE | {"sum_log_gaps": [0.0, None, 1.0]}, unit="week"),
        InvalidArgumentError,
        f"1 row has a sum_log_gaps that is missing or not finite (first rows: 1). {UNITS}",
    ),
    "gaps without a repeat purchase": (
        lambda: BetaGeoCNBD(k=2).fit(TABLE | {"sum_log_gaps": [1.0, 2.0, 1.0]}, unit="week"),
        InvalidArgumentError,
        (
            "1 row has a sum_log_gaps other than 0 without a repeat purchase (first rows: 0). "
            f"{UNITS}"
        ),
    ),
    "gaps in another unit": (
        lambda: BetaGeoCNBD(k=2).fit(TABLE | {"sum_log_gaps": [0.0, 9.0, 1.0]}, unit="week"),
        InvalidArgumentError,
        (
            "1 row has a sum_log_gaps above frequency · log(recency / frequency), which is the "
            f"most that times between purchases can have (first rows: 1). {UNITS}"
        ),
    ),
    "gaps of floored ages": (
        lambda: (
            ci.summarize(
                ci.TransactionLog.from_frame(LOG), as_of="2024-04-01", floor=True
            ).sum_log_gaps
        ),
        InvalidArgumentError,
        (
            "A summary with floor=True has no sum_log_gaps: a time between purchases that is "
            "rounded down may be 0, and log 0 is no number. Summarise with floor=False."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
