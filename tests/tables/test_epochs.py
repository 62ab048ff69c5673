"""Timestamps as numbers: only with their unit, and to the microsecond."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from moment_logs import TICKS, log_of, moments_of

from customerintel.exceptions import SchemaError


@pytest.mark.parametrize(("unit", "per"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
@pytest.mark.parametrize(
    "make",
    [
        lambda v: np.array(v, np.int64),
        lambda v: np.array(v, np.uint64),
        lambda v: np.array(v, np.float64),
        lambda v: pd.Series([*v, None], dtype="Int64"),
        lambda v: pd.Series([*v, None], dtype=object),
        lambda v: pl.Series([*v, None]),
        lambda v: pa.array([*v, None]),
        lambda v: [str(n) for n in v],
        lambda v: [Decimal(n) for n in v],
    ],
    ids=["int64", "uint64", "float64", "Int64", "objects", "polars", "Arrow", "texts", "Decimals"],
)
def test_numbers_since_1970_with_their_unit(unit, per, make):
    log = log_of(make([TICKS // 10**6 * per, 0]), timestamp_format=unit)
    assert moments_of(log) == [TICKS, 0]
    assert log.time_zone == "UTC"


def test_fractions_of_seconds_are_kept():
    expected = [1_700_000_000_500_000, 1_100_000]
    assert moments_of(log_of([1_700_000_000.5, 1.1], timestamp_format="s")) == expected
    assert moments_of(log_of(["1700000000.5", "1.1"], timestamp_format="s")) == expected
    assert moments_of(log_of([1999], timestamp_format="ns")) == [1]
    assert moments_of(log_of([-1], timestamp_format="ns")) == [-1]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize(
    "make",
    [
        lambda v: np.array([v[0], v[3], np.inf, -np.inf, np.nan, 0]),
        lambda v: np.array([v[0], 2**63, 0], np.uint64),
        lambda v: pd.Series([*v, None, 0], dtype=object),
        lambda v: [*map(str, v), None, "0"],
    ],
    ids=["float64", "uint64", "objects", "texts"],
)
def test_numbers_outside_the_range_are_rejected(unit, make):
    values = make([2**64 - 1, 2**63 + 10**6, -(2**63), -(2**64)])
    log = log_of(values, timestamp_format=unit)
    assert moments_of(log) == [0]
    counts = log.rejected.counts()
    assert counts.pop("timestamp_out_of_range") == len(values) - 1 - counts.get("null_timestamp", 0)
    assert set(counts) <= {"null_timestamp"}


@pytest.mark.parametrize("numbers", [[1, 2], np.array([1.5]), pd.Series([1, None], dtype="Int64")])
def test_numbers_without_a_unit_are_refused(numbers):
    message = (
        r"^The column of timestamp holds numbers \(\w+\), and nothing tells their unit\. Give "
        r'timestamp_format="s", "ms", "us" or "ns" for a count since 1970-01-01 UTC, or convert '
        r"the column to datetimes\.$"
    )
    with pytest.raises(SchemaError, match=message):
        log_of(numbers)


def test_truth_values_are_no_timestamps():
    with pytest.raises(SchemaError, match=r"^The column of timestamp holds numbers"):
        log_of(np.array([True, False]), timestamp_format="s")
