"""Input that no model of contracts or opportunities can use: class and whole message."""

from __future__ import annotations

import math

import pytest

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.models import BetaDiscreteWeibull, BetaGeoBetaBinomial, ShiftedBetaGeometric

TABLE = {"age": [1, 3, 2], "cancelled": [1, 0, 1]}


def cohort(data=TABLE, **options):
    return lambda: ShiftedBetaGeometric().fit(data, **options)


def donors(x, t_x, n):
    table = {"frequency": [0, x], "recency": [0, t_x], "T": [6, n]}
    return lambda: BetaGeoBetaBinomial().fit(table)


def paid(*days, **options):
    rows = {"customer_id": [1] * len(days), "timestamp": list(days)}
    return ci.summarize(ci.TransactionLog.from_frame(rows), as_of="2024-05-31", **options)


MONTHS = {"unit": "month", "period": "month"}
SURVIVORS = ShiftedBetaGeometric.from_params({"alpha": 0.7, "beta": 1.2})
DONOR = BetaGeoBetaBinomial.from_params({"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8})
WEIBULL = BetaDiscreteWeibull.from_params({"alpha": 0.7, "beta": 1.2, "c": 1.1})

NOBODY = (
    "Nobody in the data has faced a renewal, so there is nothing to fit. Give the survivors of two "
    "or more periods, or customers of age 1 or more."
)
CONTRACTS = (
    "Correct them: age is the number of renewals that a customer decided on, cancelled says "
    "whether the last was a no."
)
COUNT = 'Count in opportunities, such as with summarize(unit="week", period="week").'

#: What is given: a call, the class and the whole message.
CASES = {
    "no survivors": (
        cohort([]),
        InvalidArgumentError,
        "Survivors must be a flat sequence of numbers, one per period.",
    ),
    "survivors that are texts": (
        cohort(["a", "b"]),
        SchemaError,
        "Survivors must be numbers, one per period; convert them.",
    ),
    "survivors of nobody": (
        cohort([0, 0]),
        InvalidArgumentError,
        "Survivors must be finite and not negative, and more than 0 at the start.",
    ),
    "survivors that are missing": (
        cohort([5.0, math.nan]),
        InvalidArgumentError,
        "Survivors must be finite and not negative, and more than 0 at the start.",
    ),
    "survivors that grow": (
        cohort([50, 30, 40]),
        InvalidArgumentError,
        (
            "Survivors cannot grow, and do at place 2 (counted from 0). Leave out customers who "
            "came later: they are a cohort of their own."
        ),
    ),
    "shares of survivors without their number": (
        cohort([1.0, 0.63, 0.47]),
        InvalidArgumentError,
        "Survivors that are no whole numbers are shares: give n, the customers at the start.",
    ),
    "a number of customers that is none": (
        cohort([1.0, 0.63], n=0),
        InvalidArgumentError,
        "n must be a positive number of customers; got 0.",
    ),
    "a number of customers for a table": (
        cohort(n=3),
        InvalidArgumentError,
        "n goes with shares of survivors; a table has weights instead.",
    ),
    "survivors of one period": (cohort([1000]), InvalidArgumentError, NOBODY),
    "contracts that nobody could renew": (
        cohort({"age": [0, 0], "cancelled": [0, 0]}),
        InvalidArgumentError,
        NOBODY,
    ),
    "no contracts": (
        cohort({"age": [], "cancelled": []}),
        InvalidArgumentError,
        "The data hold no customers, so there is nothing to fit.",
    ),
    "contracts without their end": (
        cohort({"age": [1, 2]}),
        SchemaError,
        (
            "Column 'cancelled' (for a contractual model) is not in the table. It has 1 column: "
            "'age'."
        ),
    ),
    "contract ages that are texts": (
        cohort({"age": ["1"], "cancelled": [1]}),
        SchemaError,
        "Column 'age' must hold numbers; convert it before.",
    ),
    "a contract age that is missing": (
        cohort({"age": [1, math.nan], "cancelled": [1, 1]}),
        InvalidArgumentError,
        (
            "1 row has an age, cancelled or weight that is missing or not finite (first rows: 1). "
            f"{CONTRACTS}"
        ),
    ),
    "a contract age of half a period": (
        cohort({"age": [1, 1.5], "cancelled": [1, 1]}),
        InvalidArgumentError,
        (
            "1 row has an age that is negative, not a whole number, or above 100,000 (first rows: "
            f"1). {CONTRACTS}"
        ),
    ),
    "cancelled neither 0 nor 1": (
        cohort({"age": [1, 2], "cancelled": [2, 1]}),
        InvalidArgumentError,
        f"1 row has a cancelled that is neither 0 nor 1 (first rows: 0). {CONTRACTS}",
    ),
    "cancelled before any renewal": (
        cohort({"age": [0, 2], "cancelled": [1, 1]}),
        InvalidArgumentError,
        f"1 row has cancelled at age 0, before any renewal (first rows: 0). {CONTRACTS}",
    ),
    "contracts of no weight": (
        cohort({**TABLE, "weight": [1, 0, 1]}),
        InvalidArgumentError,
        f"1 row has a weight that is not positive (first rows: 1). {CONTRACTS}",
    ),
    "contracts with a period unpaid": (
        cohort(paid("2024-01-10", "2024-03-10", **MONTHS)),
        InvalidArgumentError,
        (
            "1 row has a period without a payment between the first and the last (first rows: 0). "
            "Under contract every period is paid until the end. For customers who come and go, "
            "take BetaGeoBetaBinomial."
        ),
    ),
    "contracts of a window": (
        cohort(paid("2024-04-10", "2024-05-10", window="60d", **MONTHS)),
        InvalidArgumentError,
        (
            "The summary has a window, so the customers' first payments are not known. Summarise "
            "without one."
        ),
    ),
    "contracts whose period is not their unit": (
        cohort(paid("2024-04-10", "2024-05-10", unit="month")),
        InvalidArgumentError,
        (
            "This model counts whole periods, and the summary has the unit 'month' and the period "
            "'day'. Make it with one for both and without floor, such as "
            'summarize(unit="week", period="week").'
        ),
    ),
    "half a renewal to look at": (
        lambda: SURVIVORS.survival(2.5),
        InvalidArgumentError,
        "periods must be a whole number of renewals, at least 0; got 2.5.",
    ),
    "a negative number of renewals": (
        lambda: SURVIVORS.probability_of_churn([1, -1]),
        InvalidArgumentError,
        (
            "Of renewals, 1 cannot be: missing, negative or not whole (first places: 1). Give the "
            "number of renewals that each customer has made."
        ),
    ),
    "renewals for ever without discount": (
        lambda: WEIBULL.discounted_expected_residual_lifetime([0], discount_rate=0.0),
        InvalidArgumentError,
        (
            "This model has no closed sum, and 0 per period is too small a discount rate to add "
            "up. Give one of at least 0.00001, or add up survival() over a finite number of "
            "renewals."
        ),
    ),
    "opportunities that are not whole": (
        donors(2, 3.5, 6),
        InvalidArgumentError,
        (
            "1 row has a recency or T that is not a whole number of opportunities (first rows: 1). "
            f"{COUNT}"
        ),
    ),
    "more purchases than opportunities": (
        donors(4, 3, 6),
        InvalidArgumentError,
        f"1 row has more purchases than opportunities until the last (first rows: 1). {COUNT}",
    ),
    "more opportunities than anybody has": (
        donors(1, 1, 2_000_000),
        InvalidArgumentError,
        f"1 row has a T above 1,000,000 opportunities (first rows: 1). {COUNT}",
    ),
    "no opportunity for anybody": (
        lambda: BetaGeoBetaBinomial().fit({"frequency": [0], "recency": [0], "T": [0]}),
        InvalidArgumentError,
        "T is 0 in all rows: nobody could buy again. Observe for at least one period.",
    ),
    "half an opportunity ahead": (
        lambda: DONOR.expected_purchases_new(2.5),
        InvalidArgumentError,
        "horizon must be a whole number of opportunities, at least 1; got 2.5.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
