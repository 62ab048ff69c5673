"""The interaction log: what comes in, what is kept aside, what is known when."""

from __future__ import annotations

import copy
import pickle
import warnings
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from table_kinds import contents

from customerintel.exceptions import CustomerIntelError, DataQualityWarning
from customerintel.schema import Event, broken_rules
from customerintel.tables.contacts import contacts_of
from customerintel.tables.interaction_log import InteractionLog

EVENTS = {
    "customer_id": ["b", "a", "b", "a"],
    "timestamp": [
        datetime(2024, 1, 5, 10), datetime(2024, 1, 6), datetime(2024, 1, 7), datetime(2024, 2, 1),
    ],
    "kind": ["Email Delivered", "email_open", "complaint", "phone call"],
    "direction": ["outbound", "in", "Inbound", "out"],
    "sentiment": [0.0, 0.5, -1.0, 1.0],
    "channel": ["email", "email", "web", "phone"],
}  # fmt: skip
CANARY = "Jane Doe 0711 / 555 was here, and very angry about it"


#: Other libraries warn of their own ways.
OTHERS = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)


def read(rows=EVENTS, **how):
    return InteractionLog.from_frame(rows, **how)


def plain(log):
    return contents(log.to_frame())


@OTHERS
def test_any_kind_of_table(table_kind):
    log = read(table_kind.make(EVENTS))
    assert (log.n_rows, len(log.rejected)) == (4, 0)
    assert log.kinds == {"delivered": 1, "open": 1, "call": 1, "complaint": 1}
    frame = log.to_frame()
    assert table_kind.is_kind(frame)
    found = contents(frame)
    assert found == {
        **EVENTS,
        "kind": ["delivered", "open", "complaint", "call"],
        "event": EVENTS["kind"],
        "direction": ["outbound", "inbound", "inbound", "outbound"],
    }


@OTHERS
def test_any_kind_of_table_with_bad_rows(table_kind):
    rows = {
        "who": [1, 2, 3, 4, 5],
        "at": [datetime(2024, 1, day) for day in (5, 6, 7, 8, 9)],
        "what": ["open", "click", None, "call", "visit"],
        "felt": [0.0, 1.5, 0.0, -1.5, -1.0],
    }
    log = read(
        table_kind.make(rows), customer_id="who", timestamp="at", kind="what", sentiment="felt",
        on_invalid="quarantine",
    )  # fmt: skip
    assert log.rejected.counts() == {"null_kind": 1, "sentiment_out_of_range": 2}
    assert log.rejected.rows.tolist() == [1, 2, 3]
    assert log.n_rows + len(log.rejected) == log.rejected.n_rows_in == 5
    assert contents(log.rejected.to_frame())["what"] == ["click", None, "call"]
    assert plain(log)["customer_id"] == [1, 5]


@OTHERS
def test_a_log_of_missing_values_only_in_columns_that_may_miss_them(table_kind):
    gone = [None, None, None, None]
    rows = {**EVENTS, "direction": gone, "value": gone}
    if table_kind.name == "pyspark":
        pytest.skip("Spark cannot tell the type of a column of nothing")
    log = read(table_kind.make(rows))
    assert log.n_rows == 4
    assert contacts_of(log).ways.tolist() == [0, -1, 1, 0]  # a: open, call; b: delivered, complaint


def test_time_zones():
    times = pd.to_datetime(["2024-01-01 00:30", "2024-07-01 00:30"]).tz_localize("Europe/Berlin")
    rows = pd.DataFrame({"customer_id": [1, 1], "timestamp": times, "kind": "open"})
    log = read(rows)
    assert log.time_zone == "Europe/Berlin"
    assert str(log.start) == "2023-12-31T23:30:00.000000"
    assert str(log.end) == "2024-06-30T22:30:00.000000"
    assert log.to_frame()["timestamp"].tolist() == times.tolist()
    # a date is a day of the log's zone
    assert log.as_of("2024-06-30").n_rows == 1
    assert log.as_of("2024-07-01").n_rows == 2


@pytest.mark.parametrize("ids", [[7, 3, 7], ["x", "007", "x"]])
def test_ids_are_integers_or_texts(ids):
    log = read({"customer_id": ids, "timestamp": ["2024-01-01"] * 3, "kind": ["open"] * 3})
    assert plain(log)["customer_id"] == ids
    assert contacts_of(log).ids.to_numpy().tolist() == sorted(set(ids))


def test_an_event_says_the_kind_where_there_is_no_kind():
    rows = {"customer_id": [1, 1], "timestamp": ["2024-01-01"] * 2}
    log = read({**rows, "event": ["Order Completed", "Signed Up"]})
    assert log.kinds == {"purchase": 1, "other": 1}
    assert plain(log)["event"] == ["Order Completed", "Signed Up"]
    both = read({**rows, "event": ["Order Completed", None], "kind": ["call", "chat"]})
    assert both.kinds == {"call": 1, "chat": 1}
    assert plain(both)["event"] == ["Order Completed", "chat"]


def test_unknown_kinds_are_other_with_one_warning():
    kinds = ["Moon Landed", "moon landed", "Moon Landed", "open", "other", "x" * 41, "a@b.org"]
    rows = {"customer_id": range(7), "timestamp": ["2024-01-01"] * 7, "kind": kinds}
    with pytest.warns(DataQualityWarning) as caught:
        log = read(rows)
    assert len(caught) == 1
    assert str(caught[0].message) == (
        "5 rows have one of 4 kinds of event that nobody knows ('Moon Landed', …), "
        "kept as 'other'. Rename what is one of the kinds of EventKind to have it counted."
    )
    assert caught[0].filename == __file__
    assert log.kinds == {"open": 1, "other": 6}
    # what may be a text or an address is not carried along
    assert plain(log)["event"] == [*kinds[:5], "other", "other"]


def test_at_most_five_unknown_kinds_are_named():
    kinds = [f"thing {k // 2}" for k in range(14)]
    with pytest.warns(DataQualityWarning, match=r"'thing 4', …\), kept"):
        read({"customer_id": range(14), "timestamp": ["2024-01-01"] * 14, "kind": kinds})


def test_one_unknown_kind_that_may_not_be_shown():
    with pytest.warns(DataQualityWarning, match="^1 row has a kind of event that nobody knows,"):
        read({"customer_id": [1], "timestamp": ["2024-01-01"], "kind": [CANARY]})


def test_kinds_of_rejected_rows_are_not_warned_of():
    rows = {"customer_id": [1, None], "timestamp": ["2024-01-01"] * 2, "kind": ["open", "dance"]}
    assert read(rows, on_invalid="quarantine").kinds == {"open": 1}


def test_a_resolution_before_the_event_is_rejected():
    times = ["2024-01-05", "2024-01-05", "2024-01-05", "2024-01-05"]
    solved = ["2024-01-04", "2024-01-05", None, "1500-01-01"]
    rows = {"customer_id": [1] * 4, "timestamp": times, "kind": ["complaint"] * 4}
    log = read({**rows, "resolved_at": solved}, on_invalid="quarantine")
    assert log.rejected.rows.tolist() == [0, 3]
    assert log.rejected.counts() == {"resolved_at_out_of_range": 2}
    assert plain(log)["resolved_at"] == [datetime(2024, 1, 5), None]


def test_what_is_settled_later_is_not_settled_yet():
    rows = {
        "customer_id": [1, 2], "timestamp": ["2024-01-05", "2024-01-20"],
        "kind": ["complaint"] * 2, "resolved_at": ["2024-01-10", "2024-01-21"], "topic": ["a", "b"],
    }  # fmt: skip
    log = read(rows)
    early = log.as_of("2024-01-09")
    assert plain(early)["resolved_at"] == [None]
    assert plain(early)["topic"] == ["a"]
    assert plain(log.as_of("2024-01-10"))["resolved_at"] == [datetime(2024, 1, 10)]
    assert log.as_of("2024-02-01") is log
    assert plain(log)["resolved_at"] == [datetime(2024, 1, 10), datetime(2024, 1, 21)]


def test_nothing_is_visible():
    with pytest.warns(DataQualityWarning) as caught:
        early = read().as_of("2023-01-01")
    assert str(caught[0].message) == ("No interaction is visible: as_of is before its first row.")
    assert (early.n_rows, str(early.start), early.kinds) == (0, "NaT", {})
    assert plain(early)["customer_id"] == []
    assert len(contacts_of(early).ids) == 0


def test_an_empty_table():
    rows = {name: np.array(values)[:0] for name, values in EVENTS.items()}
    log = read(pd.DataFrame(rows))
    assert (log.n_rows, str(log.end), log.kinds) == (0, "NaT", {})
    assert len(contacts_of(log).offsets) == 1


def test_free_text_is_counted_and_not_kept():
    rows = {**EVENTS, "body": [CANARY, None, CANARY, ""], "branch": [1, 2, 3, 4]}
    log = read(rows, keep=["body", "branch"])
    assert log.n_texts == {"body": 3}
    assert "body" not in log.to_frame()
    assert plain(log)["branch"] == [1, 2, 3, 4]
    assert read(rows, topic="body").n_texts == {"body": 3}
    assert "topic" not in read(rows, topic="body").to_frame()
    shown = repr(log) + log._repr_html_() + repr(vars(log))
    assert CANARY not in shown
    rejected = read({**rows, "kind": [None] * 3 + ["open"]}, keep=["body"], on_invalid="quarantine")
    assert "body" not in rejected.rejected.to_frame()


@pytest.mark.parametrize("column", ["customer_id", "kind", "direction", "sentiment", "resolved_at"])
def test_no_value_is_in_an_error(column):
    rows = {**EVENTS, "resolved_at": [None] * 4}
    rows = {**rows, column: [CANARY, None, 9, b"x"]}
    with pytest.raises(CustomerIntelError) as caught:
        read(rows)
    assert "Jane" not in str(caught.value) + repr(caught.value)


def test_what_it_shows():
    log = read()
    assert repr(log) == (
        "InteractionLog(rows=4, from=2024-01-05T10:00:00.000000, to=2024-02-01T00:00:00.000000, "
        "kinds=4)"
    )
    assert "<tr><th>complaint</th><td>1</td></tr>" in log._repr_html_()
    with pytest.raises(AttributeError, match="InteractionLog cannot be changed"):
        log.n = 1
    assert copy.deepcopy(log) is log


def test_another_process_gets_the_same_log():
    log = read(pa.table(EVENTS))
    contacts_of(log)
    sent = pickle.loads(pickle.dumps(log))
    assert plain(sent) == plain(log)
    assert sent.kinds == log.kinds
    assert "_contacts" in vars(log)
    assert "_contacts" not in vars(pickle.loads(pickle.dumps(log)))
    assert contacts_of(sent).when.tolist() == contacts_of(log).when.tolist()


def test_files(tmp_path):
    text = (
        "customer_id,timestamp,kind,campaign_id,resolved_at,ignored,note\n"
        '007,2024-01-05 10:00:00,complaint,1,2024-01-06,x,"a, b"\n'
        "7,2024-01-06,Email Opened,02,,y,\n"
    )
    (tmp_path / "events.csv").write_text(text)
    log = InteractionLog.from_csv(tmp_path / "events.csv", keep=["note"])
    found = plain(log)
    assert found["customer_id"] == ["007", "7"]
    assert found["campaign_id"] == ["1", "02"]
    assert found["resolved_at"] == [datetime(2024, 1, 6), None]
    assert "ignored" not in found
    assert log.n_texts == {"note": 1}
    pq.write_table(pa.table(EVENTS), tmp_path / "events.parquet")
    assert plain(InteractionLog.from_parquet(tmp_path / "events.parquet")) == plain(read())


def test_later_changes_of_the_table_do_not_reach_the_log():
    rows = {name: np.array(values) for name, values in EVENTS.items()}
    log = read(rows)
    before = plain(log)
    for values in rows.values():
        values[:] = values[0]
    assert plain(log) == before


WORDS = st.sampled_from(["open", "Email Opened", "dance", "", " ", "other", 5, None, "Ticket"])
ROW = st.fixed_dictionaries(
    {
        "customer_id": st.sampled_from([1, 2, None]),
        "timestamp": st.sampled_from(["2024-01-05", "2024-01-06", "x", None]),
        "kind": WORDS,
        "direction": st.sampled_from(["in", "OUT", "up", None]),
        "sentiment": st.sampled_from([0.5, -1, 1.01, "0.1", "x", None, float("inf")]),
        "value": st.sampled_from([3, "7", "x", None, float("inf")]),
        "resolved_at": st.sampled_from(["2024-01-05", "2024-02-01", "x", None, "1500-01-01"]),
    }
)


@settings(max_examples=60)
@given(st.lists(ROW, min_size=1, max_size=6))
def test_a_row_is_accepted_where_the_record_is(rows):
    table = {name: [row[name] for row in rows] for name in rows[0]}
    records, refused = {}, {}
    for place, row in enumerate(rows):
        try:
            records[place] = Event(**row)
        except ValidationError as error:
            refused[place] = set(broken_rules(error))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        log = read(table, on_invalid="quarantine")
    assert log.rejected.rows.tolist() == list(refused)
    told = contents(log.rejected.to_frame())["rule"] if refused else []
    for row, rule in zip(refused, told, strict=True):
        # a record looks for its customer only once its fields can be read
        nobody = {"null_customer_id"} if rows[row]["customer_id"] is None else set()
        assert rule in refused[row] | nobody
    found = plain(log)
    assert found["kind"] == [record.kind.value for record in records.values()]
    ways = [record.direction and record.direction.value for record in records.values()]
    assert found.get("direction", [None] * len(records)) == ways
    times = [record.timestamp.astimezone(UTC).replace(tzinfo=None) for record in records.values()]
    assert found["timestamp"] == times
