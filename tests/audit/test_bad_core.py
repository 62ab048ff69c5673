"""Core customers and concentration that cannot be found: class and whole message."""

from __future__ import annotations

import math

import pytest

import customerintel as ci
from customerintel.audit.core_set import core_customers
from customerintel.audit.inequality import concentration, concentration_of
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError

ROWS = {
    "customer_id": [*range(20), 3],
    "timestamp": ["2024-01-05"] * 20 + ["2024-02-01"],
}
SHARE = "share must lie above 0 and below 1, such as 0.20; got "
PART = "share must lie between 0 and 1, such as 0.20; got "


def log(**more):
    return ci.TransactionLog.from_frame({**ROWS, **more})


def history(**more):
    return log(**more).as_of("2024-12-31")


def found(**options):
    return concentration_of([1, 2, 3], **options)


#: What is given: a call, the class and the whole message.
CASES = {
    "a share of no customers": (
        lambda: core_customers(history(), share=0),
        InvalidArgumentError,
        SHARE + "0.",
    ),
    "a share of all customers": (
        lambda: core_customers(history(), share=1),
        InvalidArgumentError,
        SHARE + "1.",
    ),
    "a share in per cent": (
        lambda: core_customers(history(), share=20),
        InvalidArgumentError,
        SHARE + "20.",
    ),
    "a share that is missing": (
        lambda: core_customers(history(), share=math.nan),
        InvalidArgumentError,
        SHARE + "nan.",
    ),
    "a core by an unknown measure": (
        lambda: core_customers(history(), by="amount"),
        InvalidArgumentError,
        ("by must be one of 'frequency', 'spend', 'volume', 'both', 'either'; got 'amount'."),
    ),
    "a core by spend of a log without amounts": (
        lambda: core_customers(history(), by="spend"),
        InvalidArgumentError,
        (
            'core_customers(by="spend") needs amounts, and the log has none. Take by="frequency" '
            'or "volume", or name the column of amounts when the log is made.'
        ),
    ),
    "a table in place of a history": (
        lambda: core_customers({"customer_id": [1]}),
        InvalidArgumentError,
        (
            "core_customers takes a TransactionLog or a History; got dict. Make a log with "
            "TransactionLog.from_frame(…)."
        ),
    ),
    "a window of months": (
        lambda: core_customers(history(), window="12 months"),
        InvalidArgumentError,
        (
            "window must be a positive length such as '180d', '26w', '12h', a timedelta or a "
            "number of days. Months and years differ in length and are not taken."
        ),
    ),
    "an interval of the core that there is not": (
        lambda: core_customers(history()).interval("share_of_profit"),
        InvalidArgumentError,
        (
            "There is no share 'share_of_profit' with an interval; there are "
            "share_of_transactions, share_of_spend, share_of_units."
        ),
    ),
    "too few draws for an interval": (
        lambda: found(n_boot=20),
        InvalidArgumentError,
        "An interval of level 0.95 needs n_boot of at least 39; got 20.",
    ),
    "half a draw": (
        lambda: core_customers(history(), n_boot=99.5),
        InvalidArgumentError,
        "n_boot must be a whole number of replicates, at least 1; got 99.5.",
    ),
    "concentration by an unknown measure": (
        lambda: concentration(history(), by="both"),
        InvalidArgumentError,
        "by must be one of 'frequency', 'spend', 'volume'; got 'both'.",
    ),
    "concentration of spend of a log without amounts": (
        lambda: concentration(history()),
        InvalidArgumentError,
        (
            'concentration(by="spend") needs amounts, and the log has none. Take by="frequency" '
            'or "volume", or name the column of amounts when the log is made.'
        ),
    ),
    "fewer zero buyers than none": (
        lambda: found(zero_buyers=-1),
        InvalidArgumentError,
        "zero_buyers must be a whole number of customers, at least 0; got -1.",
    ),
    "totals that are missing": (
        lambda: concentration_of([1.0, math.nan, 2.0, math.inf]),
        InvalidArgumentError,
        (
            "values must be finite numbers; 2 are missing or infinite, the first at 1, 3 "
            "(counted from 0). Leave them out, or give 0."
        ),
    ),
    "totals as words": (
        lambda: concentration_of(["much", "little"]),
        InvalidArgumentError,
        "values must be numbers, one per customer.",
    ),
    "totals in two dimensions": (
        lambda: concentration_of([[1.0, 2.0]]),
        InvalidArgumentError,
        "values must have one dimension, one number per customer; got 2.",
    ),
    "the share of more than all": (
        lambda: found().top_share(1.5),
        InvalidArgumentError,
        PART + "1.5.",
    ),
    "the share of half a customer": (
        lambda: found().top_n_share(0.5),
        InvalidArgumentError,
        "n must be a whole number of customers, at least 0; got 0.5.",
    ),
    "an interval of concentration that there is not": (
        lambda: found().interval("entropy"),
        InvalidArgumentError,
        (
            "There is no figure 'entropy' with an interval; there are gini, hhi, "
            "effective_customers, pareto_share, top_share, top_n_share, customers_for."
        ),
    ),
    "an interval of a top share without the share": (
        lambda: found().interval("top_share"),
        InvalidArgumentError,
        'top_share needs a value: interval("top_share", share).',
    ),
    "an interval of the Gini index with a share": (
        lambda: found().interval("gini", 0.2),
        InvalidArgumentError,
        "gini takes no value; leave it out.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error


def few():
    core = core_customers(history(customer_id=[*range(10), *range(10), 3]))
    return core.n_core, core.cut_value


def nobody():
    core = core_customers(history(), window="30d")
    return core.n_core, math.isnan(core.share_of_transactions)


def below_zero():
    amounts = [5.0] * 19 + [1.0, -9.0]
    found = concentration(history(customer_id=[*range(20), 19], amount=amounts))
    return found.n_negative, found.negative_total, round(found.gini, 6)


FEW = (
    "Only {} customers are active, and at least 20 are needed for a share of them to say much. "
    "Take a longer window, or a later moment."
)
#: What is given, what comes of it, and the warning.
DEFINED = {
    "fewer than 20 active customers": (few, (2, 2.0), FEW.format(10)),
    "a window in which nobody bought": (nobody, (0, True), FEW.format(0)),
    "negative total spend": (
        below_zero,
        (1, -8.0, 0.05),
        (
            "1 customer has a total below 0 (more returned than bought) and counts as 0: nobody "
            "can hold a negative share of the whole."
        ),
    ),
}


@pytest.mark.parametrize("given", DEFINED)
def test_defined_results(given):
    call, result, warning = DEFINED[given]
    with pytest.warns(DataQualityWarning) as caught:
        assert call() == result
    told = [str(one.message) for one in caught if one.category is DataQualityWarning]
    assert told == [warning]
