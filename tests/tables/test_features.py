"""`History.features` against its slow twin, against the summary, and over all kinds of table."""

from __future__ import annotations

import warnings
from datetime import datetime, timedelta

import numpy as np
import oracle_features
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracle_features import Row
from table_kinds import contents

import customerintel as ci

GOOD = {"customer_id": [1], "timestamp": ["2024-01-05"]}
EPOCH = datetime(2021, 10, 20)
#: Reaches over changes of clocks and over several anniversaries.
HOURS = 900 * 24

rows = st.builds(
    Row,
    customer=st.integers(1, 4),
    at=st.integers(0, HOURS).map(lambda hour: EPOCH + timedelta(hours=hour)),
    amount=st.integers(-10, 20).map(float),
    order=st.none() | st.integers(0, 6),
    category=st.sampled_from([None, "a", "b", "c"]),
)


def log_of(found, *, zone="UTC", orders=True, **options):
    """Make a log of rows, at the wall clock of a zone."""
    when = pd.Series(pd.to_datetime([row.at for row in found], utc=True)).dt.tz_convert(zone)
    frame = pd.DataFrame(
        {
            "customer_id": np.array([row.customer for row in found], np.int64),
            "timestamp": when,
            "amount": np.array([row.amount for row in found], np.float64),
            "order": pd.array([row.order for row in found], "Int64"),
            "category": pd.Series([row.category for row in found], dtype=object),
        }
    )
    return ci.TransactionLog.from_frame(frame, order_id="order" if orders else False, **options)


def as_of(log, moment):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ci.exceptions.DataQualityWarning)
        return log.as_of(moment)


def agree(features, wanted):
    assert features.customer_id.tolist() == list(wanted)
    for name in features:
        values = [one[name] for one in wanted.values()]
        np.testing.assert_allclose(
            features[name], values, rtol=1e-9, atol=1e-9, err_msg=name, equal_nan=True
        )


@settings(max_examples=150)
@given(
    found=st.lists(rows, min_size=1, max_size=40),
    hour=st.integers(0, HOURS + 24),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"]),
    returns=st.sampled_from(["net", "drop", "keep"]),
    orders=st.booleans(),
    ahead=st.integers(1, 400),
)
@example(
    [Row(1, EPOCH, 5.0), Row(1, EPOCH + timedelta(days=1), 5.0, 1), Row(1, EPOCH, -2.0, 1)],
    900, "UTC", "drop", True, 90,
)  # fmt: skip
def test_matches_the_twin(found, hour, zone, returns, orders, ahead):
    if not orders:
        found = [Row(x.customer, x.at, x.amount, None, x.category) for x in found]
    moment = EPOCH + timedelta(hours=hour, minutes=30)
    history = as_of(
        log_of(found, zone=zone, orders=orders, returns=returns), pd.Timestamp(moment, tz="UTC")
    )
    windows = (30, 1, 400)
    wanted = oracle_features.features(
        found, moment, windows=windows, ahead=ahead, returns=returns, zone=zone
    )
    agree(history.features(windows=windows, ahead=ahead), wanted)


def shop(n=3_000, seed=0, *, customers=300, categories=7):
    """Simulate rows of customers with returns, orders and categories."""
    rng = np.random.default_rng(seed)
    return {
        "customer_id": rng.integers(0, customers, n),
        "timestamp": np.datetime64("2021-06-01", "us")
        + rng.integers(0, 900 * 24, n) * np.timedelta64(1, "h"),
        "amount": np.where(rng.random(n) < 0.1, -5.0, rng.integers(0, 50, n) * 0.37),
        "order_id": rng.integers(0, n // 2, n),
        "category": rng.integers(0, categories, n).astype(str),
    }


@pytest.mark.parametrize("returns", ["net", "drop", "keep"])
@pytest.mark.parametrize("moment", ["2023-05-01", "2023-05-01T15:30", "2021-06-02"])
def test_what_the_summary_has_is_the_summarys_to_the_last_bit(returns, moment):
    history = ci.TransactionLog.from_frame(shop(), returns=returns).as_of(moment)
    features, summary = history.features(), history.summarize(unit="day", period="day")
    names = (
        "frequency", "recency", "T", "time_since_last", "n_transactions", "total_amount",
        "monetary_value",
    )  # fmt: skip
    assert len(features) > 5
    for name in names:
        expected = np.asarray(getattr(summary, name), np.float64)
        assert features[name].tobytes() == expected.tobytes(), name


@pytest.mark.parametrize("moment", ["2023-05-01", "2023-05-01T15:30"])
def test_windows_are_those_of_the_summary(moment):
    history = ci.TransactionLog.from_frame(shop()).as_of(moment)
    features = history.features(windows=(45, 200))
    for days in (45, 200):
        within = history.summarize(window=f"{days}d")
        mine, _ = history.ids.match(within.ids)
        bought = np.zeros(len(features))
        bought[mine] = within.n_periods
        assert (features[f"purchases_{days}d"] == bought).all()
        spent = features[f"spend_{days}d"][mine]
        np.testing.assert_allclose(spent, within.total_amount, rtol=0, atol=1e-9)


@pytest.mark.filterwarnings(  # of other libraries, while they make or collect a table
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::ResourceWarning",
    "ignore::UserWarning:modin",
    "ignore:.*has fewer distinct values:UserWarning",
)
def test_every_kind_of_table(table_kind):
    found = [
        Row(1, EPOCH, 5.0, None, "tea"),
        Row(2, EPOCH + timedelta(hours=30), 7.0, None, "mug"),
        Row(1, EPOCH + timedelta(hours=50), 3.0, None, "mug"),
        Row(1, EPOCH + timedelta(hours=90), -2.0, None, "mug"),
        Row(1, EPOCH + timedelta(hours=900), 8.0, None, None),
        Row(2, EPOCH + timedelta(hours=2000), 5.0, None, "pot"),
    ]
    frame = table_kind.make(
        {
            "customer_id": [row.customer for row in found],
            "timestamp": [row.at for row in found],
            "amount": [row.amount for row in found],
            "category": [row.category for row in found],
        }
    )
    moment = datetime(2021, 12, 1, 12)
    features = ci.TransactionLog.from_frame(frame).as_of(moment).features()
    agree(features, oracle_features.features(found, moment))
    table = features.to_frame()
    assert table_kind.is_kind(table)
    columns = contents(table)
    assert list(columns) == ["customer_id", *features.names]
    assert columns["customer_id"] == [1, 2]
    assert columns["breadth"] == [2.0, 1.0]
    assert columns["gap_std"][1] is None


def test_text_ids_and_categories_of_other_types():
    dates = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]
    for values in (
        [1, 2, 1, 1],
        [1.5, np.nan, 0.0, -0.0],
        np.array(["2024-01-01", "2024-01-02", "NaT", "NaT"], "M8[s]"),
        [True, False, True, True],
        ["x", "y", None, "y"],
        [("a", 1), ("a", 2), None, ("a", 1)],
        np.array([1, 2, 2, 2], np.uint8),
    ):
        log = ci.TransactionLog.from_frame(
            {"customer_id": list("bbbb"), "timestamp": dates, "amount": [1.0] * 4,
             "category": values}
        )  # fmt: skip
        features = log.as_of("2024-02-01").features()
        assert features["breadth"].tolist() == [2.0]
        assert features.customer_id.tolist() == ["b"]


def test_a_log_without_amounts_and_categories():
    frame = {name: shop()[name] for name in ("customer_id", "timestamp")}
    features = ci.TransactionLog.from_frame(frame).as_of("2023-05-01").features()
    money = {name for name in features if "amount" in name or "spend" in name}
    money |= {"monetary_value", "breadth"}
    for name in features:
        assert np.isnan(features[name]).all() == (name in money), name


def test_kinds_mark_returns_where_there_are_no_amounts():
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [1, 1, 1, 2],
            "timestamp": ["2024-01-01", "2024-01-05", "2024-01-09", "2024-01-09"],
            "kind": ["sale", "return", "sale", "return"],
        }
    )
    features = log.as_of("2024-01-31").features()
    assert features.customer_id.tolist() == [1]
    assert features["return_share"] == pytest.approx([1 / 3])
    assert features["purchases_30d"].tolist() == [1.0]
    assert features["gap_mean"].tolist() == [8.0]


def test_nobody_and_one():
    log = ci.TransactionLog.from_frame({**GOOD, "amount": [5.0]})
    with pytest.warns(ci.exceptions.DataQualityWarning, match="The history is empty"):
        nobody = log.as_of("2023-01-01")
    assert nobody.features().to_numpy().shape == (0, 26)
    assert [len(values) for values in nobody.features().to_frame().values()] == [0] * 27
    one = log.as_of("2024-01-05").features()
    assert one.to_numpy().shape == (1, 26)
    assert (one["T"][0], one["clumpiness"][0], one["purchases_30d"][0]) == (0.0, 0.0, 1.0)
    with pytest.warns(ci.exceptions.DataQualityWarning):
        bad = ci.TransactionLog.from_frame({**GOOD, "amount": [np.inf]}, on_invalid="quarantine")
    with pytest.warns(ci.exceptions.DataQualityWarning, match="the log has no rows"):
        assert len(bad.as_of("2024-02-01").features()) == 0
    only = ci.TransactionLog.from_frame({**GOOD, "amount": [-5.0]}).as_of("2024-02-01")
    assert len(only.features()) == 0


def test_the_result_cannot_be_changed_and_shows_itself():
    features = ci.TransactionLog.from_frame(shop()).as_of("2023-05-01").features(windows=(7,))
    assert repr(features) == (
        "CustomerFeatures(customers=300, features=22, moment=2023-05-01T23:59:59.999999)"
    )
    assert "<caption>Customer features</caption>" in features._repr_html_()
    assert tuple(features) == features.names == tuple(features.definitions)
    assert "gap_mean" in features
    assert "gap_means" not in features
    assert features["T"].dtype == np.float64
    assert (features.to_numpy()[:, features.names.index("T")] == features["T"]).all()
    for array in (features["T"], features.to_numpy()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True
    with pytest.raises(TypeError):
        features.definitions["T"] = "mine"
    with pytest.raises(AttributeError):
        features.ahead = 3


def test_no_windows_is_no_error():
    features = ci.TransactionLog.from_frame(shop()).as_of("2023-05-01").features(windows=())
    assert len(features.names) == 20
    assert not [name for name in features if name.startswith(("purchases_", "spend_1"))]
