"""Cohorts of customers under contract: what is read, from what, and simulated ones."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import customerintel as ci
from customerintel import models
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.cohorts import read_cohort

TABLE = {"age": [1, 3, 2, 0, 3, 1], "cancelled": [1, 0, 1, 0, 1, 0], "weight": [2, 4, 1, 9, 1, 3]}


def test_weights_and_order_of_rows():
    repeated = {
        name: np.repeat(TABLE[name], TABLE["weight"])[::-1] for name in ("age", "cancelled")
    }
    one, other = read_cohort(TABLE), read_cohort(repeated)
    assert one.cancelled.tolist() == other.cancelled.tolist() == [2.0, 1.0, 1.0]
    assert one.renewed.tolist() == other.renewed.tolist() == [9.0, 5.0, 4.0]
    assert one.n_customers == other.n_customers == 20.0


@pytest.mark.parametrize("kind", [pd.Series, np.array, tuple, list])
def test_kinds_of_survivors(kind):
    counts = [1000, 631, 468, 382]
    cohort = read_cohort(kind(counts))
    assert cohort.cancelled.tolist() == [369.0, 163.0, 86.0]
    assert cohort.renewed.tolist() == [631.0, 468.0, 382.0]
    shares = read_cohort(kind([count / 1000 for count in counts]), n=1000)
    assert shares.renewed == pytest.approx(cohort.renewed)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of narwhals, which will lose Dask
def test_kinds_of_tables(table_kind):
    cohort = read_cohort(
        table_kind.make({**TABLE, "cancelled": np.array(TABLE["cancelled"], bool)})
    )
    assert cohort.cancelled.tolist() == [2.0, 1.0, 1.0]


# -- summaries of payments ---------------------------------------------------------------------


def payments(*months):
    """Return a log of customers who paid in the given months, from 2023-01 (1) on."""
    rows = [(who, month) for who, paid in enumerate(months) for month in paid]
    first = np.datetime64("2023-01", "M")
    # some day of the month, not always the same
    days = [(first + month - 1).astype("M8[D]") + (7 * who + month) % 28 for who, month in rows]
    customers = [who for who, _ in rows]
    return ci.TransactionLog.from_frame({"customer_id": customers, "timestamp": days})


def monthly(log, as_of, **options):
    return ci.summarize(log, as_of=as_of, unit="month", period="month", **options)


#: To the end of 2023-06: five that stay, of ages 5 and 2, and three that cancelled at 1, 2 and 3.
LOG = payments(
    range(1, 7), range(1, 7), range(1, 7), range(1, 7), range(4, 7), [1], [2, 3], [1, 2, 3]
)


def test_the_first_period_without_a_payment_is_the_cancellation():
    cohort = read_cohort(monthly(LOG, "2023-06-30"))
    table = {"age": [5, 5, 5, 5, 2, 1, 2, 3], "cancelled": [0, 0, 0, 0, 0, 1, 1, 1]}
    other = read_cohort(table)
    assert cohort.cancelled.tolist() == other.cancelled.tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert cohort.renewed.tolist() == other.renewed.tolist()
    assert (cohort.n_customers, cohort.unit) == (8.0, "month")
    fit = models.ShiftedBetaGeometric().fit(monthly(LOG, "2023-06-30"))
    assert fit.unit_ == "month"
    assert fit.params_ == models.ShiftedBetaGeometric().fit(table).params_


@pytest.mark.parametrize("as_of", ["2023-07-01", "2023-07-15", "2023-07-30"])
def test_a_period_that_goes_on_is_not_looked_at(as_of):
    """Who has not paid yet in July has not cancelled; who has paid early is not known better."""
    early = payments(*[[*range(1, 7)]] * 4, range(4, 7), [1], [2, 3], [1, 2, 3], [7])
    whole, part = read_cohort(monthly(LOG, "2023-06-30")), read_cohort(monthly(early, as_of))
    assert part.cancelled.tolist() == whole.cancelled.tolist()
    assert part.renewed.tolist() == whole.renewed.tolist()
    # the newcomer of July, where already there, has decided on nothing
    assert part.n_customers - whole.n_customers == (as_of >= "2023-07-08")


def test_every_length_of_month_and_a_zone_count_the_same():
    log = payments(range(1, 37), range(1, 30))
    cohort = read_cohort(monthly(log, "2025-12-31"))
    assert len(cohort.renewed) == 35
    assert np.flatnonzero(cohort.cancelled).tolist() == [28]
    stamps = pd.to_datetime(["2024-03-02", "2024-03-30", "2024-04-20"]).tz_localize("Europe/Berlin")
    log = ci.TransactionLog.from_frame({"customer_id": [1, 1, 1], "timestamp": stamps})
    weekly = ci.summarize(log, as_of="2024-03-31", unit="week", period="week")
    # weeks of 02-26, 03-04 (unpaid), …
    with pytest.raises(InvalidArgumentError, match="a period without a payment"):
        read_cohort(weekly)
    assert read_cohort(monthly(log, "2024-04-30")).renewed.tolist() == [1.0]


def test_summaries_that_are_no_contracts():
    gaps = payments([1, 2, 4], [1, 2, 3], [1, 3], [2])
    with pytest.raises(InvalidArgumentError) as caught:
        models.ShiftedBetaGeometric().fit(monthly(gaps, "2023-04-30"))
    assert str(caught.value) == (
        "2 rows have a period without a payment between the first and the last (first rows: 0, "
        "2). Under contract every period is paid until the end. For customers who come and go, "
        "take BetaGeoBetaBinomial."
    )
    with pytest.raises(InvalidArgumentError, match="counts whole periods"):
        read_cohort(ci.summarize(LOG, as_of="2023-06-30", unit="month"))
    with pytest.raises(InvalidArgumentError, match="The summary has a window"):
        read_cohort(monthly(LOG, "2023-06-30", window="100d"))
    with pytest.raises(InvalidArgumentError, match="'month', and 'year' is needed"):
        read_cohort(monthly(LOG, "2023-06-30"), unit="year")
    with pytest.raises(InvalidArgumentError, match="a table has weights instead"):
        read_cohort(monthly(LOG, "2023-06-30"), n=8)
    with pytest.raises(InvalidArgumentError, match="Nobody in the data has faced a renewal"):
        read_cohort(monthly(LOG, "2023-01-31"))


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), min_size=1, max_size=8))
def test_any_contracts_as_their_table(drawn):
    log = payments(*[range(start, start + length) for start, length in drawn])
    ages, gone = [], []
    for start, length in drawn:
        left = start + length <= 16
        ages.append(length if left else 16 - start)
        gone.append(left)
    cohort = read_cohort(monthly(log, "2024-04-30"))
    other = read_cohort({"age": ages, "cancelled": gone})
    assert cohort.cancelled.tolist() == other.cancelled.tolist()
    assert cohort.renewed.tolist() == other.renewed.tolist()


# -- simulation --------------------------------------------------------------------------------

TRUTHS = {
    "ShiftedBetaGeometric": {"alpha": 0.8, "beta": 2.5},
    "BetaDiscreteWeibull": {"alpha": 0.9, "beta": 4.0, "c": 1.5},
}


@pytest.mark.parametrize("name", TRUTHS)
def test_known_parameters_come_back(name):
    truth = TRUTHS[name]
    model = getattr(models, name)
    table = model.from_params(truth).simulate(20_000, periods=12, seed=3)
    assert isinstance(table, pd.DataFrame)
    assert table.dtypes.astype(str).to_dict() == {"age": "int64", "cancelled": "bool"}
    assert table["age"].between(1, 12).all()
    # who did not cancel has been seen to the end
    assert (table["age"][~table["cancelled"]] == 12).all()
    fit = model().fit(table)
    for key, true in truth.items():
        assert abs(fit.params_[key] - true) < 4 * fit.standard_errors_[key]


@pytest.mark.parametrize("name", TRUTHS)
def test_simulated_shares_are_those_of_survival(name):
    model = getattr(models, name).from_params(TRUTHS[name])
    n, periods = 50_000, 6
    table = model.simulate(n, periods, seed=11)
    left = model.survival(periods)
    for t in range(1, periods + 1):
        share = (table["cancelled"] & (table["age"] == t)).mean()
        expected = left[t - 1] - left[t]
        assert abs(share - expected) < 4 * math.sqrt(expected / n)


def test_simulation_by_seed_and_kind():
    model = models.ShiftedBetaGeometric.from_params(TRUTHS["ShiftedBetaGeometric"])
    first, second = (model.simulate(50, 5, seed=1) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    assert not first.equals(model.simulate(50, 5, seed=2))
    polars = pytest.importorskip("polars")
    fit = models.ShiftedBetaGeometric().fit(polars.from_pandas(first))
    again = fit.simulate(50, 5, seed=1)
    assert isinstance(again, polars.DataFrame)
    for arguments, message in (
        ((0, 5), "n_customers must be a whole number"),
        ((5, 0), "periods must be a whole number"),
        ((5, 2.5), "periods must be a whole number"),
    ):
        with pytest.raises(InvalidArgumentError, match=message):
            model.simulate(*arguments, seed=1)
