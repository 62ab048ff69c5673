"""Models that cannot be chosen so: class and whole message."""

from __future__ import annotations

import pytest

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.beta_geo_cnbd import BetaGeoCNBD
from customerintel.models.comparison import compare

TABLE = {"frequency": [0, 2, 5], "recency": [0.0, 9.0, 20.0], "T": [30.0, 31.0, 25.0]}
PARAMS = {"r": 0.5, "alpha": 6.0, "a": 0.9, "b": 1.6}
LOG = {"customer_id": [1, 2, 2], "timestamp": ["2024-01-01", "2024-01-02", "2024-03-01"]}


def compared(**options):
    log = ci.TransactionLog.from_frame(LOG)
    return compare(log, **{"calibration_end": "2024-02-01", **options})


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
    "a comparison without repeat purchases": (
        compared,
        InvalidArgumentError,
        (
            "Nobody bought again by calibration_end, so no model can learn how often customers do. "
            "Give a later one."
        ),
    ),
    "a comparison with one name that is no list": (
        lambda: compared(models="NBD", calibration_end="2024-02-28"),
        InvalidArgumentError,
        (
            "models must be 'all' or a sequence of names or models, such as ['BetaGeoNBD', "
            "ParetoNBD(penalty=0.001)]; got 'NBD'."
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
