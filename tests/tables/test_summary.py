"""Summaries and histories: published numbers, the slow twin, and what must not change them."""

from __future__ import annotations

import csv
import warnings
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import customerintel as ci
from tests import oracle

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the reference data are not beside this checkout"
)
EPOCH = datetime(2024, 1, 1)
DAY_US = 86_400_000_000

rows = st.lists(
    st.tuples(
        st.integers(1, 4),  # customer
        st.integers(0, 40 * 24),  # hours since the epoch
        st.integers(-20, 20),  # amount
        st.integers(0, 6),  # order
    ),
    min_size=1,
    max_size=40,
)


def _log(found, **options):
    return ci.TransactionLog.from_frame(
        {
            "customer_id": np.array([row[0] for row in found]),
            "timestamp": np.array([EPOCH + timedelta(hours=row[1]) for row in found], "M8[us]"),
            "amount": np.array([float(row[2]) for row in found]),
            "order": np.array([row[3] for row in found]),
        },
        **options,
    )


def _micro(hours):
    return (EPOCH - datetime(1970, 1, 1)) // timedelta(microseconds=1) + hours * 3600 * 10**6


def _twin(found, *, orders=False, until=None, after=None, returns="net"):
    """Merge orders the obvious way, then let the oracle summarise."""
    lines = []
    for i, (customer, hour, amount, order) in enumerate(found):
        is_return = amount < 0 and returns != "keep"
        if amount < 0 and returns == "drop":
            continue
        when, further = hour, False
        if orders:
            mates = [
                (h, j, a)
                for j, (c, h, a, o) in enumerate(found)
                if (c, o) == (customer, order) and not (returns == "drop" and a < 0)
            ]
            when = min(h for h, _, _ in mates)
            # the first line counts; of lines of one moment, a sale before a return
            first = min((h, a < 0 and returns == "net", j) for h, j, a in mates)
            further = first[2] != i
        lines.append(oracle.Line(customer, _micro(hour), _micro(when), amount, is_return, further))
    return oracle.fold(lines, lambda when: when // DAY_US, after=after, until=until)


def _agree(summary, expected, moment):
    buyers = sorted(key for key, customer in expected.items() if customer.spend)
    assert summary.customer_id.tolist() == buyers
    for i, key in enumerate(buyers):
        customer = expected[key]
        periods = sorted(customer.spend)
        assert summary.frequency[i] == len(periods) - 1
        assert summary.recency[i] == periods[-1] - periods[0]
        assert summary.T[i] == moment // DAY_US - periods[0]
        assert summary.time_since_last[i] == moment // DAY_US - periods[-1]
        assert summary.n_transactions[i] == customer.transactions
        assert summary.n_returns[i] == customer.returns
        assert summary.n_purchases[i] == customer.transactions - customer.returns
        assert summary.total_amount[i] == customer.total
        if len(periods) > 1:
            mean = sum(customer.spend[p] for p in periods[1:]) / (len(periods) - 1)
            assert summary.monetary_value[i] == pytest.approx(mean, rel=1e-12, abs=1e-12)
        else:
            assert np.isnan(summary.monetary_value[i])


@settings(deadline=None)
@given(found=rows, hour=st.integers(0, 42 * 24))
def test_matches_the_twin(found, hour):
    at = EPOCH + timedelta(hours=hour, microseconds=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ci.exceptions.DataQualityWarning)
        summary = _log(found).as_of(at).summarize()
    moment = _micro(hour) + 1
    _agree(summary, _twin(found, until=moment), moment)


@settings(deadline=None)
@given(found=rows, days=st.integers(1, 50))
def test_a_window_is_open_at_its_start_and_closed_at_its_end(found, days):
    moment = _micro(41 * 24) - 1
    summary = _log(found).as_of("2024-02-10").summarize(window=f"{days}d")
    _agree(summary, _twin(found, until=moment, after=moment - days * DAY_US), moment)


@settings(deadline=None)
@given(found=rows)
def test_lines_of_an_order_are_one_transaction(found):
    log = _log(found, order_id="order")
    assert log.n_transactions == len({(row[0], row[3]) for row in found})
    assert log.n_rows == len(found)
    moment = _micro(60 * 24) - 1
    _agree(log.as_of("2024-02-29").summarize(), _twin(found, orders=True), moment)


@pytest.mark.parametrize("returns", ["net", "drop", "keep"])
@settings(deadline=None)
@given(found=rows, orders=st.booleans())
def test_returns_are_treated_as_asked(returns, found, orders):
    log = _log(found, returns=returns, order_id="order" if orders else None)
    expected = _twin(found, returns=returns, orders=orders)
    _agree(log.as_of("2024-02-29").summarize(), expected, _micro(60 * 24) - 1)


@settings(deadline=None)
@given(found=rows, hour=st.integers(0, 40 * 24))
def test_nothing_later_is_seen(found, hour):
    at = EPOCH + timedelta(hours=hour, microseconds=1)
    cut = [row for row in found if row[1] <= hour]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ci.exceptions.DataQualityWarning)
        whole = _log(found, order_id="order").as_of(at).summarize()
        known = (
            _log(cut, order_id="order").as_of(at).summarize()
            if cut
            else _log(found).as_of("1990-01-01").summarize()
        )
    for name in ("customer_id", "frequency", "recency", "n_transactions", "total_amount"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(known, name))


@settings(deadline=None)
@given(found=rows, weeks=st.integers(-50, 50), scale=st.sampled_from([0.5, 2.0, 8.0]))
def test_shifting_time_and_scaling_money(found, weeks, scale):
    moved = [(c, h + weeks * 168, a * scale, o) for c, h, a, o in found]
    one = _log(found).as_of("2024-02-29").summarize(period="week", unit="week")
    at = date(2024, 2, 29) + timedelta(weeks=weeks)
    other = _log(moved).as_of(at).summarize(period="week", unit="week")
    for name in ("customer_id", "frequency", "recency", "T", "time_since_last"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    np.testing.assert_array_equal(one.total_amount * scale, other.total_amount)
    np.testing.assert_array_equal(one.monetary_value * scale, other.monetary_value)


def test_splitting_customers_keeps_the_sums():
    rng = np.random.default_rng(1)
    found = [(int(c), int(h), int(a), 0) for c, h, a in rng.integers(0, 500, (3000, 3))]
    whole = _log(found).as_of("2024-12-31").summarize()
    split = _log([(c * 2 + h % 2, h, a, o) for c, h, a, o in found])
    parts = split.as_of("2024-12-31").summarize()
    assert whole.n_transactions.sum() == parts.n_transactions.sum() == 3000
    assert whole.total_amount.sum() == parts.total_amount.sum()


@needs_data
@pytest.mark.reference_data
def test_cdnow_gives_the_summary_of_the_r_package():
    """BTYD 2.4.3, ``cdnowSummary``: x, t.x, T.cal and m.x to 1997-09-30 in exact weeks."""
    with (DATA / "cdnow_sample.csv").open() as lines:
        sales = list(csv.DictReader(lines))
    with (DATA / "cdnow_summary_btyd_weeks.csv").open() as lines:
        published = sorted(csv.DictReader(lines), key=lambda row: int(row["sample_id"]))
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [int(row["sample_id"]) for row in sales],
            "timestamp": [row["date"] for row in sales],
            "amount": [float(row["amount"]) for row in sales],
        }
    )
    summary = ci.summarize(log, as_of="1997-09-30", unit="week")
    column = {name: np.array([float(row[name]) for row in published]) for name in published[0]}
    np.testing.assert_array_equal(summary.customer_id, column["sample_id"])
    np.testing.assert_array_equal(summary.frequency, column["x"])
    # the file holds ten digits
    np.testing.assert_allclose(summary.recency, column["t_x"], rtol=0, atol=1e-8)
    np.testing.assert_allclose(summary.T, column["T_cal"], rtol=0, atol=1e-8)
    mean = np.nan_to_num(summary.monetary_value)  # R has 0 where there was no repeat
    np.testing.assert_allclose(mean, column["m_x"], rtol=1e-8, atol=0)


def test_ages_of_a_first_day_buyer_of_cdnow():
    """272 days from 1997-01-01 to 1997-09-30 (Fader and Hardie's 38.857 weeks)."""
    log = _log([(1, 0, 5, 0)]).as_of("2024-09-29")
    assert log.summarize(unit="week").T[0] == 272 / 7
    assert log.summarize(unit="week", floor=True).T[0] == 38
    assert log.summarize(unit="week", period="week").T[0] == 38
    assert log.summarize(unit="year").T[0] == 272 / 365.25


def test_a_return_is_netted_against_the_latest_earlier_period():
    found = [(1, 0, 10, 0), (1, 24, 20, 1), (1, 48, -5, 2), (2, 0, -7, 3), (2, 24, 9, 4)]
    log = _log([*found, (3, 0, -1, 5)])
    history = log.as_of("2024-02-29")
    summary = history.summarize()
    assert summary.customer_id.tolist() == [1, 2]
    assert summary.monetary_value[0] == 15.0
    assert summary.total_amount.tolist() == [25.0, 2.0]
    assert np.isnan(summary.monetary_value[1])
    assert history.n_returns_only == 1
    assert log.n_customers == 3


def test_days_are_days_of_the_calendar_of_the_log():
    zone = ZoneInfo("Europe/Berlin")
    # the clocks went forward on 2024-03-31: 23 hours lie between these noons
    when = [datetime(2024, 3, 30, 12, tzinfo=zone), datetime(2024, 3, 31, 12, tzinfo=zone)]
    log = ci.TransactionLog.from_frame({"customer_id": [1, 1], "timestamp": when})
    assert log.time_zone == "Europe/Berlin"
    summary = ci.summarize(log, as_of="2024-04-01", unit="day")
    assert summary.recency[0] == 1
    assert summary.T[0] == 2
    assert np.isnan(summary.total_amount[0])
    late = datetime(2024, 3, 31, 22, 30, tzinfo=UTC)  # half past midnight in Berlin
    log = ci.TransactionLog.from_frame(
        {"customer_id": [1, 1], "timestamp": [when[1], late.astimezone(zone)]}
    )
    assert log.as_of("2024-03-31").summarize().n_transactions[0] == 1
    assert log.as_of("2024-04-01").summarize().frequency[0] == 1


def test_a_history_narrows_and_never_widens():
    history = _log([(1, 0, 5, 0), (1, 48, 5, 1)]).as_of("2024-01-10")
    assert history.as_of("2024-01-01").summarize().frequency[0] == 0
    with pytest.raises(
        ci.exceptions.InvalidArgumentError,
        match="A history can only be narrowed: as_of is later than its own moment",
    ):
        history.as_of("2024-01-11")


def test_results_share_the_order_of_the_history_and_cannot_be_written_to():
    history = _log([(3, 0, 5, 0), (1, 1, 5, 1), (2, 2, 5, 2)]).as_of("2024-01-10")
    summary = history.summarize()
    assert history.customer_id.tolist() == summary.customer_id.tolist() == [1, 2, 3]
    for name in ("customer_id", "frequency", "T", "total_amount", "first_purchase"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(summary, name)[0] = getattr(summary, name)[1]


def test_an_order_without_id_is_a_transaction_of_its_own():
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [1, 1, 1, 1],
            "timestamp": ["2024-01-01", "2024-01-01", "2024-01-01", "2024-01-02"],
            "amount": [1.0, 2.0, 3.0, 4.0],
            "order_id": ["a", None, None, "a"],
        }
    )
    assert log.n_transactions == 3
    assert log.as_of("2024-01-31").summarize().n_transactions.tolist() == [3]
    # the later line of order a belongs to the day of its first line
    assert log.as_of("2024-01-31").summarize().frequency.tolist() == [0]


@needs_data
@pytest.mark.reference_data
def test_online_retail_is_accounted_for_row_by_row():
    import pandas as pd

    frame = pd.read_csv(DATA / "online_retail.csv.gz", dtype={"InvoiceNo": str})
    frame["InvoiceDate"] = pd.to_datetime(frame["InvoiceDate"])
    log = ci.TransactionLog.from_frame(
        frame,
        customer_id="CustomerID",
        timestamp="InvoiceDate",
        quantity="Quantity",
        unit_price="UnitPrice",
        order_id="InvoiceNo",
        on_invalid="quarantine",
    )
    assert len(frame) == 541_909
    assert log.rejected.counts() == {"null_customer_id": 135_080}
    assert log.n_rows + len(log.rejected) == len(frame)
    known = frame[frame["CustomerID"].notna()]
    assert log.n_customers == known["CustomerID"].nunique() == 4_372
    assert log.n_transactions == known.groupby("CustomerID")["InvoiceNo"].nunique().sum()
    bought = known[known["Quantity"] * known["UnitPrice"] >= 0]
    days = bought.assign(day=bought["InvoiceDate"].dt.floor("D")).groupby("CustomerID")["day"]
    summary = ci.summarize(log, as_of="2011-12-09")
    money = known.assign(m=known["Quantity"] * known["UnitPrice"]).groupby("CustomerID")["m"].sum()
    np.testing.assert_array_equal(summary.customer_id, days.nunique().index)
    np.testing.assert_allclose(summary.total_amount, money[days.nunique().index], rtol=0, atol=1e-6)
    first = known.groupby(["CustomerID", "InvoiceNo"])["InvoiceDate"].transform("min")
    merged = known.assign(day=first.dt.floor("D"))
    merged = merged[merged["Quantity"] * merged["UnitPrice"] >= 0]
    np.testing.assert_array_equal(
        summary.frequency, merged.groupby("CustomerID")["day"].nunique() - 1
    )


@pytest.mark.parametrize("make", ["pandas", "dict"])
def test_later_changes_of_the_table_do_not_reach_the_log(make):
    import pandas as pd

    columns = {
        "customer_id": np.array([1, 1, 2]),
        "timestamp": np.array(["2024-01-05", "2024-02-11", "2024-02-01"], "M8[us]"),
        "amount": np.array([10.0, 12.5, 40.0]),
        "branch": np.array([1, 2, 3]),
    }
    table = pd.DataFrame(columns) if make == "pandas" else columns
    log = ci.TransactionLog.from_frame(table, keep=["branch"])
    if make == "pandas":
        table.loc[0, "amount"] = np.nan
        table.loc[1, "customer_id"] = 77
        table.loc[2, ["timestamp", "branch"]] = [pd.Timestamp("2030-01-01"), 9]
    else:
        table["amount"][0] = np.nan
        table["customer_id"][1] = 77
        table["branch"][2] = 9
    frame = log.to_frame()
    assert list(frame["customer_id"]) == [1, 1, 2]
    assert list(frame["amount"]) == [10.0, 12.5, 40.0]
    assert list(frame["branch"]) == [1, 2, 3]
    assert log.as_of("2024-12-31").summarize().total_amount.tolist() == [22.5, 40.0]
