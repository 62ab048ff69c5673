"""Customer ids of every type and representation: the same customers in the same order."""

from __future__ import annotations

import warnings
from datetime import date
from decimal import Decimal
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import customerintel as ci
from customerintel.exceptions import DataQualityWarning, SchemaError

WORDS = ["bo", "ann", None, "", "Ünï", "bo", "日本", "a\0b", "a\0", "a", "🦉"]
#: In the order of their code points.
IN_ORDER = ["a", "a\0", "a\0b", "ann", "bo", "Ünï", "日本", "🦉"]
ARROW_STRINGS = {
    "string": pa.string(),
    "large_string": pa.large_string(),
    "string_view": pa.string_view(),
    "dictionary": pa.dictionary(pa.int8(), pa.string()),
    "large dictionary": pa.dictionary(pa.int32(), pa.large_string()),
}


def arrow(name):
    if "dictionary" in name:
        return pa.array(WORDS).dictionary_encode().cast(ARROW_STRINGS[name])
    return pa.array(WORDS).cast(ARROW_STRINGS[name])


def runs():
    return pa.RunEndEncodedArray.from_arrays(np.arange(1, len(WORDS) + 1), pa.array(WORDS))


REPRESENTATIONS = {
    **{
        f"pandas {dtype}": lambda dtype=dtype: pd.Series(WORDS, dtype=dtype)
        for dtype in ("object", "str", "string[python]", "string[pyarrow]", "category")
    },
    **{
        f"pandas Arrow {name}": lambda name=name: pd.Series(
            arrow(name), dtype=pd.ArrowDtype(ARROW_STRINGS[name])
        )
        for name in ARROW_STRINGS
    },
    "polars String": lambda: pl.Series(WORDS),
    "polars Categorical": lambda: pl.Series(WORDS, dtype=pl.Categorical),
    "polars Enum": lambda: pl.Series(WORDS, dtype=pl.Enum([*IN_ORDER[::-1], ""])),
    **{f"Arrow {name}": lambda name=name: arrow(name) for name in ARROW_STRINGS},
    "Arrow run-end encoded": runs,
    "Arrow slice": lambda: pa.array(["x", None, *WORDS, "y"]).slice(2, len(WORDS)),
    "Arrow chunks": lambda: pa.chunked_array([WORDS[:4], [], WORDS[4:]]),
    "Arrow chunks of slices": lambda: pa.chunked_array([pa.array([None, *WORDS])]).slice(1),
    "list": lambda: list(WORDS),
    "object array": lambda: np.array(WORDS, object),
    "StringDType": lambda: np.array(
        [np.nan if w is None else w for w in WORDS], np.dtypes.StringDType(na_object=np.nan)
    ),
}


def log_of(ids, **how):
    how = {"on_invalid": "quarantine", **how}
    times = np.full(len(ids), np.datetime64("2024-01-05"))
    if isinstance(ids, pd.Series):
        frame = pd.DataFrame({"customer_id": ids, "timestamp": times})
    elif isinstance(ids, pl.Series):
        frame = pl.DataFrame({"customer_id": ids, "timestamp": times})
    elif isinstance(ids, (pa.Array, pa.ChunkedArray)):
        frame = pa.table({"customer_id": ids, "timestamp": times.astype("M8[us]")})
    else:
        frame = {"customer_id": ids, "timestamp": times}
    return ci.TransactionLog.from_frame(frame, **how)


def customers(log):
    return log.as_of("2024-12-31").customer_id.tolist()


@pytest.mark.parametrize("name", REPRESENTATIONS)
def test_text_ids_are_the_same_in_every_representation(name):
    ids = REPRESENTATIONS[name]()
    kept = [word for word in ids if isinstance(word, str)] if isinstance(ids, pd.Series) else None
    if kept is not None and kept != [word for word in WORDS if word is not None]:
        pytest.skip("this version of pandas cuts the names of categories at a zero byte")
    log = log_of(ids)
    assert customers(log) == IN_ORDER
    assert log.rejected.counts() == {"null_customer_id": 1, "empty_customer_id": 1}
    assert log.rejected.rows.tolist() == [2, 3]
    summary = log.as_of("2024-12-31").summarize()
    assert dict(zip(customers(log), summary.n_transactions.tolist(), strict=True))["bo"] == 2
    frame = log.to_frame()
    found = (
        frame["customer_id"].to_pylist()
        if isinstance(frame, pa.Table)
        else list(frame["customer_id"])
    )
    assert found == [word for word in WORDS if word]


EDGES = [2**63 - 1, -(2**63), 0, 255, -1]


@pytest.mark.parametrize(
    "dtype", [np.int8, np.uint8, np.int16, np.int32, np.uint32, np.int64, ">i8"]
)
def test_integers_of_any_width_become_int64(dtype):
    info = np.iinfo(dtype)
    ids = np.array([info.max, info.min, 5], dtype)
    for made in (
        ids,
        pd.Series(ids),
        pl.Series(ids.astype(ids.dtype.newbyteorder("="))),
        pa.array(ids.astype(ids.dtype.newbyteorder("="))),
    ):
        log = log_of(made)
        assert customers(log) == [info.min, 5, info.max]
        assert log.as_of("2024-12-31").customer_id.dtype == np.int64


@pytest.mark.parametrize(
    "ids",
    [
        np.array([2**63, 2**63 - 1, 2**64 - 1], np.uint64),
        pd.Series([2**63, 2**63 - 1, 2**64 - 1], dtype="UInt64"),
        pd.Series([2**63, 2**63 - 1, 2**64 - 1], dtype="uint64[pyarrow]"),
        pd.Series([2**63, 2**63 - 1, 2**64], dtype=object),
        pl.Series([2**63, 2**63 - 1, 2**64 - 1], dtype=pl.UInt64),
        pl.Series([2**63, 2**63 - 1, -(2**63) - 1], dtype=pl.Int128),
        pa.array([2**63, 2**63 - 1, 2**64 - 1], pa.uint64()),
        [2**63, 2**63 - 1, -(2**70)],
    ],
)
def test_an_integer_that_64_bits_do_not_hold_is_rejected(ids):
    log = log_of(ids)
    assert log.rejected.counts() == {"customer_id_out_of_range": 2}
    assert customers(log) == [2**63 - 1]


@pytest.mark.parametrize(
    "ids",
    [
        pd.Series([2**62 + 1, None, -3], dtype="Int64"),
        pd.Series([2**62 + 1, None, -3], dtype="int64[pyarrow]"),
        pd.Series([2**62 + 1, None, -3], dtype=object),
        pd.Series([2**62 + 1, None, -3], dtype=pd.CategoricalDtype([-3, 2**62 + 1])),
        pl.Series([2**62 + 1, None, -3]),
        pa.array([2**62 + 1, None, -3]),
        pa.array([2**62 + 1, None, -3]).dictionary_encode(),
        pa.chunked_array([[2**62 + 1], [None, -3]]),
        [2**62 + 1, None, -3],
        np.ma.masked_array([2**62 + 1, 7, -3], mask=[0, 1, 0]),
    ],
)
def test_a_null_among_large_integers_costs_no_digit(ids):
    log = log_of(ids)
    assert customers(log) == [-3, 2**62 + 1]
    assert log.rejected.counts() == {"null_customer_id": 1}


@pytest.mark.parametrize("dtype", ["float64", "Float64", "float64[pyarrow]", "object"])
def test_integer_valued_floats_become_integers(dtype):
    """The way in which pandas holds integers one of which is missing."""
    log = log_of(pd.Series([3.0, None, 2.0**53, -1.0], dtype=dtype))
    assert customers(log) == [-1, 3, 2**53]
    assert log.as_of("2024-12-31").customer_id.dtype == np.int64
    assert log.rejected.counts() == {"null_customer_id": 1}


def test_floats_that_are_no_ids_are_rejected_by_name():
    log = log_of(pd.Series([2.5, np.inf, -np.inf, 2.0**54, 7.0]))
    assert log.rejected.counts() == {"unparseable_customer_id": 3, "customer_id_out_of_range": 1}
    assert customers(log) == [7]


LOW, HIGH = UUID(int=3), UUID(int=2**127)


@pytest.mark.parametrize(
    "ids",
    [
        pd.Series([HIGH, None, LOW], dtype=object),
        [HIGH, None, LOW],
        pl.Series([HIGH, None, LOW], dtype=pl.Object),
        pa.array([HIGH.bytes, None, LOW.bytes], pa.uuid()),
        [str(HIGH), None, LOW],
    ],
)
def test_uuids_become_their_texts(ids):
    log = log_of(ids)
    assert customers(log) == [str(LOW), str(HIGH)]
    assert log.rejected.counts() == {"null_customer_id": 1}


@pytest.mark.parametrize("ids", [[1, "a"], ["a", 2, None], [1.0, LOW], ["1", 1]])
def test_mixed_integers_and_texts_are_refused(ids):
    message = (
        r"^The column of customer_id mixes integers and texts, so 1 and '1' would be two ids\. "
        r"Convert the column to one type, for instance to text\.$"
    )
    for made in (ids, pd.Series(ids, dtype=object)):
        with pytest.raises(SchemaError, match=message):
            log_of(made)


def test_a_late_integer_among_many_texts_is_found():
    """pandas is asked for the kind of the first values only."""
    with pytest.raises(SchemaError, match="mixes integers and texts"):
        log_of(pd.Series([f"c{i}" for i in range(1000)] + [7], dtype=object))


@pytest.mark.parametrize(
    "ids",
    [
        [b"a", b"b"],
        [[1], [2, 3]],
        [[1], [2]],
        [date(2024, 1, 5), date(2024, 1, 6)],
        [Decimal(1), Decimal(2)],
        [True, "unhashable"],
        [{"a": 1}, {"b": 2}],
    ],
)
def test_objects_that_are_no_ids_are_rejected(ids):
    how = pytest.warns(DataQualityWarning, match="^All 2 rows were rejected")
    if "unhashable" in ids:
        how = warnings.catch_warnings()
    with how:
        log = log_of(ids)
    assert log.rejected.counts() == {"unparseable_customer_id": 2 - ("unhashable" in ids)}


@pytest.mark.parametrize(
    ("ids", "shown"),
    [
        (np.array([True, False]), "bool"),
        (np.array([b"a", b"b"]), r"\|S1"),
        (np.array(["2024-01-05"] * 2, "M8[s]"), r"datetime64\[s\]"),
        (np.array([1j, 2j]), "complex128"),
    ],
)
def test_a_column_that_can_hold_no_ids_is_refused(ids, shown):
    message = f"^column 'customer_id' holds id values, not {shown}; convert it, or name another"
    with pytest.raises(SchemaError, match=message):
        log_of(ids)


@pytest.mark.parametrize("ids", [[" a", "a", "b\t", "c"], pd.Series([" a", "a", "b\n", "c"])])
def test_blanks_are_kept_and_warned_of(ids):
    message = (
        r"^2 distinct values of customer_id begin or end with a blank\. They are kept as they are, "
        r"so ' a' and 'a' are two; strip them before if they are one\.$"
    )
    with pytest.warns(DataQualityWarning, match=message) as caught:
        log = log_of(ids)
    assert caught[0].filename == __file__
    assert customers(log) == [" a", "a", ids[2], "c"]


def test_a_warning_points_at_the_callers_line(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("customer_id,timestamp\n a,2024-01-05\n")
    with pytest.warns(DataQualityWarning, match="^1 distinct values") as caught:
        ci.TransactionLog.from_csv(path)
    assert caught[0].filename == __file__


def test_half_a_character_is_an_id_like_any_other():
    """Lone surrogates are in no UTF-8; they come from file names and careless JSON."""
    for ids in (["\ud800", "a"], pd.Series(["\ud800", "a"], dtype=object)):
        log = log_of(ids)
        assert customers(log) == ["a", "\ud800"]
        frame = log.to_frame()
        assert list(frame["customer_id"]) == ["\ud800", "a"]
