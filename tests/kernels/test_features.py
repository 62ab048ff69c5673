"""Rows laid out by customer and time, against a plain sort, over partitions and threads."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import customerintel as ci
from customerintel._kernels import threads
from customerintel.tables import spreading, visits

HOUR = 3_600_000_000
DAY = 24 * HOUR
COLUMNS = ("keys", "offsets", "packed", "seen_at", "days", "amounts", "categories")

found_rows = st.lists(
    st.tuples(
        st.sampled_from([-(2**63) + 1, -5, 0, 1, 2, 3, 7, 2**40, 2**62, 2**63 - 1]),
        st.integers(-40 * 24, 40 * 24),  # hours since 1970
        st.integers(-20, 60),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=60,
)


def make_log(found, *, orders=False, categories=False, amounts=True, **options):
    keys, hours, money, order = map(list, zip(*found, strict=True))
    frame = {
        "customer_id": np.array(keys, np.int64),
        "timestamp": (np.array(hours, np.int64) * HOUR).view("M8[us]"),
    }
    if amounts:
        frame["amount"] = np.array(money, np.float64)
    if orders:
        frame["order_id"] = np.array(order)
    if categories:
        frame["category"] = np.array(order)
    return ci.TransactionLog.from_frame(frame, **options)


@pytest.fixture
def small_partitions(monkeypatch):
    """Make partitions and groups small enough that a few rows fill many."""
    monkeypatch.setattr(spreading, "PARTITION_ROWS", 4)
    monkeypatch.setattr(spreading, "SCRATCH_ROWS", 8)
    monkeypatch.setattr(threads, "ROWS_PER_THREAD", 4)


@pytest.mark.usefixtures("small_partitions")
@pytest.mark.parametrize("width", [1, 3])
@given(
    found=found_rows,
    in_order=st.booleans(),
    orders=st.booleans(),
    categories=st.booleans(),
    returns=st.sampled_from(["net", "drop", "keep"]),
)
def test_rows_are_laid_out_as_a_stable_sort_would(
    width, found, in_order, orders, categories, returns
):
    if in_order:
        found.sort(key=lambda row: row[1])
    log = make_log(found, orders=orders, categories=categories, returns=returns)
    ci.set_threads(width)
    try:
        laid = visits.visits_of(log)
    finally:
        ci.set_threads(None)
    rows = log._events.rows
    counts = [i for i in range(len(found)) if not (returns == "drop" and found[i][2] < 0)]
    order = sorted(counts, key=lambda i: (rows.keys[i], rows.when[i]))
    assert laid.keys.tolist() == sorted({found[i][0] for i in counts})
    sizes = [sum(found[i][0] == key for i in counts) for key in laid.keys.tolist()]
    assert np.diff(laid.offsets).tolist() == sizes
    assert (laid.packed >> 2).tolist() == rows.when[order].tolist()
    back = [found[i][2] < 0 and returns != "keep" for i in order]
    assert (laid.packed & 1).tolist() == back
    assert laid.days.tolist() == (rows.when[order] // DAY).tolist()
    assert laid.amounts.tolist() == [found[i][2] for i in order]
    if len(laid.seen_at):
        assert laid.seen_at.tolist() == rows.seen_at[order].tolist()
    else:
        assert (rows.seen_at[order] == rows.when[order]).all()
    if categories:
        numbers = {found[i][3]: code for i, code in zip(order, laid.categories, strict=True)}
        assert [numbers[found[i][3]] for i in order] == laid.categories.tolist()
        assert len(set(numbers.values())) == len(numbers)
        assert max(laid.categories, default=0) < laid.n_categories
    else:
        assert (len(laid.categories), laid.n_categories) == (0, 0)


@pytest.mark.slow  # as plain Python
def test_same_bits_whatever_the_threads_and_the_partitions(monkeypatch):
    rng = np.random.default_rng(3)
    n = 40_000
    found = list(
        zip(
            rng.integers(-(2**62), 2**62, 3_000)[rng.integers(0, 3_000, n)].tolist(),
            rng.integers(0, 900 * 24, n).tolist(),
            rng.integers(-5, 60, n).tolist(),
            rng.integers(0, n // 2, n).tolist(),
            strict=True,
        )
    )
    results = []
    for width, size in itertools.product([1, 4], [700, 10_000, 10**9]):
        monkeypatch.setattr(spreading, "PARTITION_ROWS", size)
        monkeypatch.setattr(spreading, "SCRATCH_ROWS", 2 * size)
        monkeypatch.setattr(threads, "ROWS_PER_THREAD", size)
        log = make_log(found, orders=True, categories=True)
        ci.set_threads(width)
        laid = visits.visits_of(log)
        values = log.as_of("1971-10-01T12:30").features().to_numpy()
        ci.set_threads(None)
        results.append([getattr(laid, name).tobytes() for name in COLUMNS] + [values.tobytes()])
    assert len(laid.seen_at) == len(laid.categories) == n
    assert all(result == results[0] for result in results[1:])


def test_a_log_without_amounts_keeps_none():
    laid = visits.visits_of(make_log([(1, 5, 0, 0), (1, 3, 0, 0)], amounts=False))
    assert len(laid.amounts) == 0
    assert (laid.packed >> 2).tolist() == [3 * HOUR, 5 * HOUR]


def test_days_are_those_of_the_zone():
    """A day of 23 hours in Berlin, and the day that Samoa left out."""
    pd = pytest.importorskip("pandas")
    for zone, start, stop in (
        ("Europe/Berlin", "2024-03-29", "2024-04-02"),
        ("Pacific/Apia", "2011-12-28", "2012-01-02"),
    ):
        when = pd.date_range(start, stop, freq="h", tz=zone)
        frame = pd.DataFrame({"customer_id": 1, "timestamp": when})
        laid = visits.visits_of(ci.TransactionLog.from_frame(frame))
        expected = when.tz_localize(None).normalize().to_numpy("M8[D]").astype(np.int64)
        assert laid.days.tolist() == expected.tolist()


def test_one_customer_may_have_several_partitions_worth_of_rows(monkeypatch):
    monkeypatch.setattr(spreading, "PARTITION_ROWS", 50)
    found = [(7, hour % 997, 1, hour) for hour in range(3_000)]
    features = make_log(found).as_of("1970-03-01").features()
    assert features["n_transactions"].tolist() == [3_000.0]
    assert features["frequency"].tolist() == [41.0]
    assert features["gap_std"].tolist() == [0.0]
