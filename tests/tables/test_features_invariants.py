"""What must not change the features: other customers, later rows, threads, order, units."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import customerintel as ci
from customerintel._kernels import threads
from customerintel.tables import visits

DAY = 86_400_000_000
START = 19_000 * DAY  # 2022-01-08
MONEY = ("total_amount", "monetary_value", "mean_amount", "first_amount", "spend_")

rows = st.lists(
    st.tuples(
        st.integers(1, 5),  # customer
        st.integers(0, 700 * 24),  # hour
        st.integers(-20, 60),  # amount: whole numbers, whose sums are exact in any order
        st.integers(0, 9),  # order
        st.integers(0, 3),  # category
    ),
    min_size=1,
    max_size=50,
)
ways = st.sampled_from(["net", "drop", "keep"])


def table(found, *, shift=0, scale=1.0):
    columns = list(zip(*found, strict=True))
    when = START + np.array(columns[1], np.int64) * (DAY // 24) + shift * DAY
    return {
        "customer_id": np.array(columns[0], np.int64),
        "timestamp": when.view("M8[us]"),
        "amount": np.array(columns[2], np.float64) * scale,
        "order_id": np.array(columns[3], np.int64),
        "category": np.array(columns[4], np.int64),
    }


def features(frame, day, *, shift=0, **options):
    """Features in the evening of a day; some moments are those of no row."""
    log = ci.TransactionLog.from_frame(frame, **options)
    moment = np.datetime64(START + (day + shift) * DAY + DAY // 2 + 1, "us")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ci.exceptions.DataQualityWarning)
        return log.as_of(moment).features(windows=(30, 3))


def same(one, other, names=None):
    assert one.customer_id.tolist() == other.customer_id.tolist()
    for name in names or one.names:
        assert one[name].tobytes() == other[name].tobytes(), name


@given(found=rows, day=st.integers(0, 700), returns=ways, later=rows)
def test_what_comes_later_changes_nothing(found, day, returns, later):
    """Later purchases, returns, categories, customers, and lines of orders that are seen."""
    half = day * 24 + 12
    planted = [(who, half + 1 + hour, *rest) for who, hour, *rest in later]
    mixed = [row for pair in zip(planted, found, strict=False) for row in pair]
    mixed += planted[len(found) :] + found[len(planted) :]
    past = [row for row in mixed if row[1] <= half]
    assume(past)
    same(features(table(mixed), day, returns=returns), features(table(past), day, returns=returns))


@given(found=rows, day=st.integers(0, 700), returns=ways, seed=st.integers(0, 9))
def test_the_order_of_the_rows(found, day, returns, seed):
    turned = [found[i] for i in np.random.default_rng(seed).permutation(len(found))]
    same(
        features(table(found), day, returns=returns), features(table(turned), day, returns=returns)
    )


@given(found=rows, day=st.integers(0, 700), returns=ways, width=st.integers(1, 5))
def test_the_number_of_threads(found, day, returns, width):
    frame = table(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads, "ROWS_PER_THREAD", 3)
        made = []
        for n in (1, width):
            ci.set_threads(n)
            made.append(features(frame, day, returns=returns))
        ci.set_threads(None)
    same(*made)


@given(found=rows, day=st.integers(0, 700), returns=ways)
def test_the_other_customers(found, day, returns):
    every = features(table(found), day, returns=returns)
    for customer in {row[0] for row in found}:
        own = features(table([row for row in found if row[0] == customer]), day, returns=returns)
        at = np.flatnonzero(every.customer_id == customer)
        assert own.to_numpy().tobytes() == every.to_numpy()[at].tobytes()


@given(found=rows, day=st.integers(0, 700), weeks=st.integers(-500, 500))
def test_the_week(found, day, weeks):
    same(features(table(found), day), features(table(found, shift=7 * weeks), day, shift=7 * weeks))


@given(found=rows, day=st.integers(0, 700), days=st.integers(1, 6))
def test_the_day_but_for_weekends(found, day, days):
    one, other = features(table(found), day), features(table(found, shift=days), day, shift=days)
    same(one, other, [name for name in one.names if name != "weekend_share"])


@given(found=rows, day=st.integers(0, 700), power=st.integers(-8, 8))
def test_money_in_another_unit(found, day, power):
    scale = 2.0**power  # a power of two: nothing is rounded
    one, other = features(table(found), day), features(table(found, scale=scale), day)
    money = [name for name in one.names if name.startswith(MONEY) and name != "spend_trend"]
    assert len(money) == 6
    for name in money:
        assert (one[name] * scale).tobytes() == other[name].tobytes(), name
    same(one, other, [name for name in one.names if name not in money])


@given(found=rows, day=st.integers(0, 700))
def test_two_halves_of_a_life_the_other_way_round(found, day):
    """Repeat purchases on the mirrored days: the trend is the negative one."""
    half = day * 24 + 12
    one = [(1, hour // 24 * 24, abs(amount) + 1, i, 0)
           for i, (_, hour, amount, *_) in enumerate(found) if hour <= half]  # fmt: skip
    assume(one)
    first = min(row[1] for row in one) // 24
    repeat = [row for row in one if row[1] // 24 > first]
    assume(repeat)
    birth = (1, first * 24, 1, len(found), 0)
    mirrored = [(1, (first + day + 1 - h // 24) * 24, *rest) for _, h, *rest in repeat]
    there, back = (features(table([birth, *days]), day) for days in (repeat, mirrored))
    for name in ("frequency_trend", "spend_trend"):
        np.testing.assert_allclose(there[name], -back[name], rtol=1e-12, atol=1e-12)


def test_many_threads_ask_one_log(monkeypatch):
    rng = np.random.default_rng(0)
    frame = {
        "customer_id": rng.integers(0, 500, 20_000),
        "timestamp": (START + rng.integers(0, 700, 20_000) * DAY).view("M8[us]"),
        "amount": rng.integers(1, 50, 20_000).astype(float),
    }
    moments = [f"202{year}-0{month}-11" for year in (2, 3) for month in range(2, 8)]
    alone = [
        ci.TransactionLog.from_frame(frame).as_of(moment).features().to_numpy().tobytes()
        for moment in moments
    ]
    arranged, original = [], visits._arrange
    monkeypatch.setattr(
        visits, "_arrange", lambda log: (arranged.append(log), original(log))[1]
    )  # fmt: skip
    log = ci.TransactionLog.from_frame(frame)
    with ThreadPoolExecutor(6) as pool:
        found = list(
            pool.map(lambda moment: log.as_of(moment).features().to_numpy().tobytes(), moments)
        )
    assert found == alone
    assert len(arranged) == 1


def test_one_history_shares_its_features_with_whoever_holds_them():
    history = ci.TransactionLog.from_frame(
        {"customer_id": [1, 1], "timestamp": ["2024-01-05", "2024-01-09"]}
    ).as_of("2024-02-01")
    features = history.features()
    assert history.features(windows=[30, np.int32(90), 180.0], ahead=90.0) is features
    assert history.features(ahead=30) is not features
