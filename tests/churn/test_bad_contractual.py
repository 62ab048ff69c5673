"""Subscriptions that nothing can be learnt from: class and whole message."""

from __future__ import annotations

import pytest

import customerintel as ci
from customerintel.churn.contractual import ContractualEstimator
from customerintel.churn.kaplan_meier import kaplan_meier
from customerintel.exceptions import InvalidArgumentError, NotFittedError

DAYS = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-01-01", "2024-02-01"]
CUSTOMERS = [1, 1, 1, 2, 2]
PAID = ["sale", "renewal", "renewal", "sale", "renewal"]
GONE = ["sale", "renewal", "renewal", "sale", "cancellation"]


def history_of(kinds, customers=CUSTOMERS, days=DAYS):
    table = {"customer_id": customers, "timestamp": days}
    if kinds is not None:
        table["kind"] = kinds
    return ci.TransactionLog.from_frame(table).as_of("2024-03-20")


def fit(kinds, *, horizon_days=30, **rows):
    return ContractualEstimator().fit(history_of(kinds, **rows), horizon_days=horizon_days)


#: What is given: a call, the class and the whole message.
CASES = {
    "a subscription log without cancellations": (
        lambda: fit(PAID),
        InvalidArgumentError,
        (
            "Nobody has cancelled until then, so there is nothing to learn from. Look at a later "
            'moment; and if cancellations are not in the log at all, take "auto" or "paretonbd", '
            "which do not need them."
        ),
    ),
    "a subscription log without kinds": (
        lambda: fit(None),
        InvalidArgumentError,
        (
            "The log has no column of kinds, so nobody knows who has cancelled. Name it, "
            'TransactionLog.from_frame(…, kind="…"), with "sale", "renewal" and "cancellation"; '
            'for customers who leave without a word take "auto" or "paretonbd".'
        ),
    ),
    "a prediction for a log without kinds": (
        lambda: fit(GONE).predict(history_of(None)),
        InvalidArgumentError,
        (
            "The log has no column of kinds, so nobody knows who has cancelled. Name it, "
            'TransactionLog.from_frame(…, kind="…"), with "sale", "renewal" and "cancellation"; '
            'for customers who leave without a word take "auto" or "paretonbd".'
        ),
    ),
    "subscribers who never paid twice": (
        lambda: fit(["sale", "cancellation"], customers=[1, 1], days=["2024-01-01", "2024-01-20"]),
        InvalidArgumentError,
        (
            "Nobody has paid twice under one contract, so nothing tells how long a contract runs. "
            "Every paid period must be a row of the log; or look at a later moment."
        ),
    ),
    "cancellations of strangers": (
        lambda: fit(
            ["sale", "renewal", "renewal", "cancellation"],
            customers=[1, 1, 1, 3],
            days=["2024-01-10", "2024-02-10", "2024-03-10", "2024-02-01"],
        ),
        InvalidArgumentError,
        (
            "Nobody has renewed, or nobody of those who did pay has cancelled, so there is "
            "nothing to learn from. Every paid period must be a row of the log, each with the "
            "customer_id of the cancellation."
        ),
    ),
    "a table for the contractual estimator": (
        lambda: ContractualEstimator().fit({"customer_id": [1]}, horizon_days=30),
        InvalidArgumentError,
        (
            "ContractualEstimator.fit takes a History; got dict. "
            "Make one with log.as_of('2011-12-09')."
        ),
    ),
    "a horizon of zero for contracts": (
        lambda: fit(GONE, horizon_days=0),
        InvalidArgumentError,
        (
            "horizon_days must be a positive length such as '180d', '26w', '12h', a timedelta or "
            "a number of days. Months and years differ in length and are not taken."
        ),
    ),
    "an unknown curve of contracts": (
        lambda: ContractualEstimator(method="cox"),
        InvalidArgumentError,
        "method must be one of 'auto', 'bdw', 'sbg', 'kaplan-meier'; got 'cox'.",
    ),
    "a term that is none": (
        lambda: ContractualEstimator(renewal="fortnight"),
        InvalidArgumentError,
        (
            "renewal must be 'month', 'quarter', 'year', or a length such as '30d' or '4w'; got "
            "'fortnight'."
        ),
    ),
    "a lapse of less than a period": (
        lambda: ContractualEstimator(lapse=0.5),
        InvalidArgumentError,
        "lapse must be a number of renewal periods, at least 1; got 0.5.",
    ),
    "an unknown event of contracts": (
        lambda: ContractualEstimator(event="churn"),
        InvalidArgumentError,
        "event must be 'no purchase' or 'cancellation'; got 'churn'.",
    ),
    "contracts that are not fitted": (
        lambda: ContractualEstimator().predict(history_of(GONE)),
        NotFittedError,
        ("This ContractualEstimator is not fitted yet: call fit(history, horizon_days=…)."),
    ),
    "durations that are negative": (
        lambda: kaplan_meier([1.0, -2.0, float("nan")], [True, False, True]),
        InvalidArgumentError,
        (
            "Of durations, 2 cannot be: negative or not finite (first places: 1, 2). Give how "
            "long each customer has been observed."
        ),
    ),
    "durations of nobody": (
        lambda: kaplan_meier([], []),
        InvalidArgumentError,
        (
            "durations and ended must be flat, of one length, and hold somebody; got the shapes "
            "(0,) and (0,)."
        ),
    ),
    "durations that are texts": (
        lambda: kaplan_meier(["a"], [True]),
        InvalidArgumentError,
        "durations must be numbers, one per customer.",
    ),
    "durations that end neither so nor so": (
        lambda: kaplan_meier([1.0, 2.0], [0, 2]),
        InvalidArgumentError,
        "ended must be True or False for each customer.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
