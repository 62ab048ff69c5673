"""Tables of events: whole columns give what single events give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live.event_samples import columns, line, wanted

from customerintel.exceptions import SchemaError
from customerintel.live.decoding import Decoder
from customerintel.live.event_batch import Coded
from customerintel.live.event_tables import is_table

NOON = 1_714_564_800_000_000
TABLE = {
    "customer_id": ["c1", "c2", "c1"],
    "timestamp": ["2024-05-01T12:00:00Z", "2024-05-01T00:00Z", "2024-05-02T00:00:00Z"],
    "event": ["Visit", "order_completed", "Unsubscribed"],
    "messageId": ["m1", None, "m2"],
    "total": [None, 12.5, 3],
    "plan": ["gold", "bronze", None],
    "a.b": ["1", "x", "2.5"],
    "cart_total": [True, False, True],
}


def read(table, received=None, **options):
    return Decoder(wanted(), salt=b"s", source="web").decode_table(table, received, **options)


KINDS = {
    "dict": lambda table: table,
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "polars lazy": pl.LazyFrame,
    "pyarrow": pa.table,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keep_lines", [True, False])
def test_every_kind_of_table(kind, keep_lines):
    found = read(KINDS[kind](TABLE), keep_lines=keep_lines)
    assert found.rejected == []
    batch = columns(found.batch)
    assert batch["who"] == ["c1", "c2", "c1"]
    assert batch["timestamp"] == [NOON, NOON - 12 * 3_600_000_000, NOON + 12 * 3_600_000_000]
    assert batch["code"] == [0, 1, 3]
    assert batch["names"] == ["Visit", "order_completed", "Unsubscribed"]
    assert batch["message"] == ["m1", None, "m2"]
    assert batch["withdrawals"] == [2]
    nan = -9e99
    assert batch["values"] == [
        [nan, 12.5, 3], [1, 0, 1], [1, 0, nan], [1, nan, 2.5], [nan] * 3, [nan] * 3,
    ]  # fmt: skip
    assert (found.batch.lines is not None) == keep_lines


def test_lines_of_rows_are_read_again_alike():
    found = read(TABLE)
    again = Decoder(wanted(), salt=b"s", source="web").decode(found.batch.lines)
    assert columns(again.batch) == columns(found.batch)


def test_times_of_any_unit_and_zone():
    stamps = pd.to_datetime(["2024-05-01T14:00:00"]).tz_localize("Europe/Berlin")
    for unit in ("s", "ms", "us", "ns"):
        table = pd.DataFrame({"userId": [1], "timestamp": stamps.as_unit(unit), "event": "Visit"})
        for keep_lines in (True, False):
            assert read(table, keep_lines=keep_lines).batch.timestamp.tolist() == [NOON]


def test_rows_that_break_rules_are_kept_aside():
    table = {
        "customer_id": ["c1", None, "", "c2", "c3", "c4"],
        "timestamp": ["2024-05-01", "2024-05-01", "soon", None, "1960-01-01", "2024-05-02"],
        "event": ["Visit", "Visit", "Visit", "Visit", "Visit", None],
    }
    whole, single = read(table, keep_lines=False), read(table)
    for found in (whole, single):
        assert columns(found.batch)["who"] == ["c1"]
        assert [aside.position for aside in found.rejected] == [1, 2, 3, 4, 5]
    assert [aside.reason for aside in whole.rejected] == [
        "customer_id: null_customer_id",
        "customer_id: empty_customer_id; timestamp: unparseable_timestamp",
        "timestamp: null_timestamp",
        "timestamp: timestamp_out_of_range (before 1970 or after 2100)",
        "event: null_event",
    ]
    assert [aside.reason for aside in single.rejected] == [a.reason for a in whole.rejected]
    assert b'"c2"' in whole.rejected[2].raw


def test_links_of_rows():
    table = {
        "userId": ["c1", "c2", None],
        "anonymousId": ["d1", "d2", "d3"],
        "type": ["identify", "track", "page"],
        "event": [None, "Visit", None],
        "timestamp": ["2024-05-01"] * 3,
    }
    for keep_lines in (True, False):
        batch = read(table, keep_lines=keep_lines).batch
        assert batch.links == [(0, "d1", "c1")]
        assert columns(batch)["who"] == ["c1", "c2", "d3"]
        assert columns(batch)["names"] == ["Identify", "Visit", "Page"]


def test_a_table_without_rows():
    empty = {"customer_id": np.array([], np.int64), "timestamp": np.array([], "M8[us]"),
             "event": np.array([], object)}  # fmt: skip
    for keep_lines in (True, False):
        assert len(read(empty, keep_lines=keep_lines).batch) == 0


MOMENTS = ["2024-05-01T00:00Z", "2024-05-01T12:00:00.5Z", None, "x", "2101-01-01T00:00Z"]
CALLS = ["track", "page", "alias", "?"]
SMALL = st.integers(1, 8).flatmap(
    lambda n: st.fixed_dictionaries(
        {
            "customer_id": st.lists(st.sampled_from(["a", "b", "", None]), min_size=n, max_size=n),
            "timestamp": st.lists(
                st.sampled_from(MOMENTS),
                min_size=n, max_size=n,
            ),
            "event": st.lists(
                st.sampled_from(["Visit", "VISIT", "Order Completed", "", None]),
                min_size=n, max_size=n,
            ),
        },
        optional={
            "anonymousId": st.lists(st.sampled_from(["b", "d", None]), min_size=n, max_size=n),
            "type": st.lists(st.sampled_from(CALLS), min_size=n, max_size=n),
            "message_id": st.lists(st.sampled_from(["m", "n", None]), min_size=n, max_size=n),
            "receivedAt": st.lists(
                st.sampled_from(["2024-04-30T12:00:00Z", None]), min_size=n, max_size=n
            ),
            "value": st.lists(st.sampled_from([1.5, None, float("inf")]), min_size=n, max_size=n),
            "revenue": st.lists(st.sampled_from(["7", None, "x", 2, True]), min_size=n, max_size=n),
            "total": st.lists(st.sampled_from([1, 2]), min_size=n, max_size=n),
            "plan": st.lists(st.sampled_from(["gold", "tin", None]), min_size=n, max_size=n),
        },
    )
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(SMALL, st.sampled_from([None, NOON]))
def test_columns_and_single_rows_agree(table, received):
    whole, single = read(table, received, keep_lines=False), read(table, received)
    assert columns(whole.batch) == columns(single.batch)
    assert [a.position for a in whole.rejected] == [a.position for a in single.rejected]


def test_what_is_a_table():
    assert all(is_table(kind(TABLE)) for kind in KINDS.values())
    assert not any(map(is_table, [{"userId": "c1"}, [], line(), iter([]), "text"]))


def test_no_table():
    with pytest.raises(SchemaError) as caught:
        read(7)
    assert str(caught.value).startswith("int is not a table that can be read.")


def test_coded_texts():
    coded = Coded(np.array([1, -1, 0], np.int32), ["a", "b"])
    assert coded.to_list() == ["b", None, "a"]
    assert (coded[0], coded[1], len(coded)) == ("b", None, 3)
    assert coded.take(np.array([2, 0])).to_list() == ["a", "b"]
