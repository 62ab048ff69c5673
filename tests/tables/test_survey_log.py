"""The survey log: scales, items, types, and the latest answer of each customer."""

from __future__ import annotations

import pickle
import warnings
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from table_kinds import contents

from customerintel.exceptions import CustomerIntelError, DataQualityWarning, InvalidArgumentError
from customerintel.schema import SurveyAnswer, broken_rules
from customerintel.tables.survey_items import canonical_item
from customerintel.tables.survey_log import SurveyLog

ANSWERS = {
    "customer_id": ["b", "a", "a", "b"],
    "timestamp": [datetime(2024, 1, n) for n in (5, 6, 7, 8)],
    "instrument": ["spring", "spring", "autumn", "spring"],
    "version": ["1", "1", "1", "2"],
    "item": ["csat", "CSAT", "satisfaction", "Q7"],
    "scale_min": [1.0, 1.0, 0.0, 0.0],
    "scale_max": [5.0, 5.0, 10.0, 2.0],
    "value": [2.0, 5.0, 4.0, 1.0],
}
CANARY = "Jane Doe 0711 was here, and very angry about all of it"
LATE = 2**62
KEYS = ("instrument", "version", "item")
OTHERS = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)


def read(rows=ANSWERS, **how):
    return SurveyLog.from_frame(rows, **how)


def plain(log):
    return contents(log.to_frame())


def of(**columns):
    """Answers of one customer after the other, one a day, to one item of one questionnaire."""
    n = len(next(iter(columns.values())))
    usual = {
        "customer_id": list(range(n)),
        "timestamp": [datetime(2024, 1, 1 + k) for k in range(n)],
        "instrument": ["spring"] * n,
        "item": ["trust"] * n,
    }
    return usual | columns


def values(log, item, until=LATE):
    ids, found, when = log.latest_values(until)[item]
    pairs = zip(found.tolist(), when.tolist(), strict=True)
    return dict(zip(ids.to_numpy().tolist(), pairs, strict=True))


def day(number):
    """Microseconds of a day of January 2024."""
    return int(np.datetime64("2023-12-31", "us").astype(np.int64)) + number * 86_400_000_000


@OTHERS
def test_any_kind_of_table(table_kind):
    log = read(table_kind.make(ANSWERS))
    assert log.items == {"satisfaction": 3, "Q7": 1}
    frame = log.to_frame()
    assert table_kind.is_kind(frame)
    assert contents(frame) == {**ANSWERS, "item": ["satisfaction"] * 3 + ["Q7"]}
    assert values(log, "satisfaction") == {"a": (0.4, day(7)), "b": (0.25, day(5))}


@OTHERS
def test_any_kind_of_table_with_types(table_kind):
    rows = {
        "who": [1, 2, 1, 3],
        "at": [datetime(2024, 1, n) for n in (5, 6, 7, 8)],
        "form": ["x"] * 4,
        "q": ["stated type", "desired_type", "stated_type", "other"],
        "word": ["Best Friend", "fling", "BUDDY", "yes"],
        "now": [None, "Basic-Exchange", None, None],
    }
    log = read(
        table_kind.make(rows), customer_id="who", timestamp="at", instrument="form", item="q",
        choice="word", stated_type="now",
    )  # fmt: skip
    ids, words, when = log.latest_words("stated_type", LATE)
    assert ids.to_numpy().tolist() == [1, 2]
    assert words.tolist() == ["buddy", "basic_exchange"]
    assert when.tolist() == [day(7), day(6)]
    ids, words, _ = log.latest_words("stated_type", day(6))
    assert words.tolist() == ["best_friend", "basic_exchange"]
    ids, words, _ = log.latest_words("desired_type", LATE)
    assert (ids.to_numpy().tolist(), words.tolist()) == ([2], ["fling"])
    assert log.latest_values(LATE) == {}


@OTHERS
def test_any_kind_of_table_with_bad_rows(table_kind):
    rows = of(
        value=[1.0, 6.0, 3.0, 2.0], scale_min=[1.0, 1.0, 1.0, 0.0], scale_max=[5.0, 5.0, 5.0, 10.0]
    )
    log = read(table_kind.make(rows), on_invalid="quarantine")
    assert log.rejected.counts() == {"value_out_of_range": 1, "contradicting_scale": 1}
    assert log.rejected.rows.tolist() == [1, 3]
    assert log.n_rows + len(log.rejected) == log.rejected.n_rows_in == 4


def test_wide_types_need_nothing_else():
    rows = {"customer_id": [2, 1, 2], "timestamp": ["2024-01-01", "2024-01-02", "2024-01-03"]}
    log = read({**rows, "desired_type": ["fling", None, "old friend"]}, on_invalid="quarantine")
    assert log.rejected.counts() == {"null_value": 1}
    ids, words, _ = log.latest_words("desired_type", LATE)
    assert (ids.to_numpy().tolist(), words.tolist()) == ([2], ["old_friend"])
    assert log.items == {}
    assert list(plain(log)) == ["customer_id", "timestamp", "desired_type"]


def test_a_number_needs_an_item():
    rows = {**of(value=[1, 2, None]), "stated_type": [None, "buddy", "buddy"]}
    log = read({**rows, "item": [None] * 3}, on_invalid="quarantine")
    assert log.rejected.counts() == {"null_item": 2}
    assert log.n_rows == 1


def test_the_scale_of_the_earliest_answer_is_the_scale():
    low, high = [0, 1, 1, 0, 1], [10, 5, 5, 10, 5]
    rows = of(value=[3] * 5, scale_min=low, scale_max=high)
    log = read(rows, on_invalid="quarantine")
    assert log.rejected.counts() == {"contradicting_scale": 3}
    assert log.rejected.rows.tolist() == [1, 2, 4]
    rows["timestamp"] = rows["timestamp"][::-1]
    assert read(rows, on_invalid="quarantine").rejected.rows.tolist() == [0, 3]
    tie = of(value=[3] * 2, scale_min=[1, 0], scale_max=[5, 5])
    tie = read({**tie, "timestamp": ["2024-01-01"] * 2}, on_invalid="quarantine")
    assert tie.rejected.rows.tolist() == [1]
    assert plain(tie)["scale_min"] == [1]


@pytest.mark.parametrize("other", ["instrument", "version", "item"])
def test_other_questionnaires_have_other_scales(other):
    rows = of(value=[3, 3], scale_min=[0, 1], scale_max=[10, 5], version=["1", "1"])
    log = read({**rows, other: ["x", "y"]})
    assert log.n_rows == 2


def test_a_row_out_of_its_own_scale_has_no_say_in_the_scale():
    rows = of(value=[9, 9, 3], scale_min=[1, 1, 0], scale_max=[5, 5, 10])
    log = read(rows, on_invalid="quarantine")
    assert log.rejected.counts() == {"value_out_of_range": 2}


def test_a_row_without_scale_is_on_the_scale_of_its_questionnaire():
    rows = of(value=[5, 4, 11], scale_min=[0, None, None], scale_max=[10, None, None])
    log = read(rows, on_invalid="quarantine")
    assert log.rejected.counts() == {"value_out_of_range": 1}
    assert values(log, "trust") == {0: (0.5, day(1)), 1: (0.4, day(2))}


def test_a_value_without_any_scale_is_no_answer():
    with pytest.warns(DataQualityWarning) as caught:
        log = read(of(value=[2, 4, 10]))
    assert [str(one.message) for one in caught] == [
        (
            "3 answers have a value without a whole scale, so nobody can tell what it means, and "
            "it counts as no answer. Name the columns of scale_min and scale_max."
        )
    ]
    assert "trust" not in log.latest_values(2**62)


def test_a_scale_without_end():
    with pytest.warns(DataQualityWarning, match="^2 answers have a value without a whole scale"):
        log = read(of(value=[3, 6], scale_min=[0, 0]))
    assert "trust" not in log.latest_values(2**62)


def test_later_answers_settle_nothing_about_earlier_ones():
    rows = of(value=[3, 4, 5], scale_min=[1, 1, 1], scale_max=[7, 7, 7])
    later = of(value=[2] * 9, scale_min=[1] * 9, scale_max=[5] * 9)
    later["customer_id"] = list(range(20, 29))
    later["timestamp"] = ["2025-01-01"] * 9
    both = {name: [*rows[name], *later[name]] for name in rows}
    log = read(both, on_invalid="quarantine")
    assert log.rejected.rows.tolist() == list(range(3, 12))
    early = read(rows)
    until = day(9)
    assert values(log, "trust", until) == values(early, "trust", until)
    unscaled = of(value=[3, 4, 5])
    with pytest.warns(DataQualityWarning, match="without a whole scale"):
        log = read({name: [*unscaled.get(name, [None] * 3), *later[name]] for name in later})
    assert "trust" not in log.latest_values(until)


def test_second_answers_are_rejected():
    rows = {
        "customer_id": [1, 1, 1, 2, 1, 3], "timestamp": ["2024-01-01"] * 4 + ["2024-01-02"] * 2,
        "instrument": ["x", "x", "y", "x", "x", "x"],
        "item": ["trust", "brand trust", "trust", "trust", "trust", "trust"],
        "scale_min": 6 * [0], "scale_max": 6 * [1], "value": [0, 1, 0, 0, 0, 1],
        "answer_id": ["a", "b", "c", None, None, "a"],
    }  # fmt: skip
    log = read(rows, on_invalid="quarantine")
    assert log.rejected.counts() == {"duplicate_answer": 2}
    assert log.rejected.rows.tolist() == [1, 5]
    assert plain(log)["answer_id"] == ["a", "c", None, None]


def test_the_first_good_answer_is_kept():
    rows = of(customer_id=[1, 1], value=[7, 3], scale_min=[1, 1], scale_max=[5, 5])
    rows["timestamp"] = ["2024-01-01"] * 2
    log = read(rows, on_invalid="quarantine")
    assert log.rejected.counts() == {"value_out_of_range": 1}
    assert plain(log)["value"] == [3]


def test_texts_are_counted_and_not_kept():
    rows = of(
        value=[1, None, None], text=[CANARY, CANARY, ""], scale_min=[0] * 3, scale_max=[2] * 3
    )
    log = read(rows, on_invalid="quarantine")
    assert log.n_texts == 2
    assert log.rejected.counts() == {"null_value": 1}
    frames = [log.to_frame(), log.rejected.to_frame()]
    assert not any("text" in frame for frame in frames)
    shown = repr(log) + log._repr_html_() + repr([list(frame.items()) for frame in frames])
    assert CANARY not in shown
    assert CANARY.encode() not in pickle.dumps(log)


def test_a_choice_that_is_a_text_is_no_choice():
    log = read(of(choice=["yes", CANARY]), on_invalid="quarantine")
    assert log.rejected.counts() == {"unparseable_choice": 1}


@pytest.mark.parametrize("column", ["customer_id", "timestamp", "item", "value", "choice"])
def test_no_value_is_in_an_error(column):
    rows = {**of(value=[1] * 4, choice=["a"] * 4), column: [CANARY, None, 9.5, b"x"]}
    with pytest.raises(CustomerIntelError) as caught:
        read(rows)
    assert "Jane" not in str(caught.value) + repr(caught.value)


def test_later_answers_are_invisible():
    log = read()
    early = log.as_of("2024-01-06")
    assert early.n_rows == 2
    assert values(early, "satisfaction") == {"a": (1, day(6)), "b": (0.25, day(5))}
    assert values(log, "satisfaction", day(6)) == values(early, "satisfaction")
    assert log.latest_values(day(4)) == {}
    assert log.as_of("2024-02-01") is log
    with pytest.warns(DataQualityWarning, match="^No answer is visible: as_of is before its first"):
        assert log.as_of("2023-01-01").items == {}


def test_an_empty_table():
    empty = {name: np.array(column)[:0] for name, column in ANSWERS.items()}
    log = read(empty)
    assert (log.n_rows, log.items, log.latest_values(LATE)) == (0, {}, {})
    assert len(log.latest_words("stated_type", LATE)[0]) == 0


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("NPS", "recommend"),
        ("Likelihood to recommend", "recommend"),
        ("csat", "satisfaction"),
        ("brq_love", "love"),
        ("Passion", "love"),
        ("BRQ Self-Connection", "self_connection"),
        ("brq_partner_quality", "partner_quality"),
        ("Brand Trust", "trust"),
        ("Desired Relationship", "desired_type"),
        ("My own question?", "My own question?"),
    ],
)
def test_names_of_items(name, item):
    assert canonical_item(name) == item


def test_what_it_shows():
    log = read()
    assert repr(log) == (
        "SurveyLog(rows=4, from=2024-01-05T00:00:00.000000, to=2024-01-08T00:00:00.000000, items=2)"
    )
    assert "<tr><th>satisfaction</th><td>3</td></tr>" in log._repr_html_()
    with pytest.raises(AttributeError, match="SurveyLog cannot be changed"):
        log.items = {}
    with pytest.raises(InvalidArgumentError, match=r"^item must be one of 'stated_type'"):
        log.latest_words("trust", LATE)


def test_another_process_gets_the_same_log():
    log = read(pa.table(ANSWERS))
    sent = pickle.loads(pickle.dumps(log))
    assert plain(sent) == plain(log)
    assert values(sent, "satisfaction") == values(log, "satisfaction")


def test_files(tmp_path):
    text = (
        "customer_id,timestamp,instrument,version,item,scale_min,scale_max,value,text\n"
        '007,2024-01-05,nps,1.10,NPS,0,10,9,"good, really"\n'
        "7,2024-01-06,nps,1.10,NPS,0,10,,\n"
    )
    (tmp_path / "answers.csv").write_text(text)
    log = SurveyLog.from_csv(tmp_path / "answers.csv", on_invalid="quarantine")
    assert plain(log)["customer_id"] == ["007"]
    assert plain(log)["version"] == ["1.10"]
    assert (log.n_texts, log.rejected.counts()) == (1, {"null_value": 1})
    pq.write_table(pa.table(ANSWERS), tmp_path / "answers.parquet")
    assert plain(SurveyLog.from_parquet(tmp_path / "answers.parquet")) == plain(read())


ROW = st.fixed_dictionaries(
    {
        "instrument": st.sampled_from(["a", None]),
        "item": st.sampled_from(["trust", "love", None]),
        "scale_min": st.sampled_from([0, 5, None, "x"]),
        "scale_max": st.sampled_from([5, 10, None, float("inf")]),
        "value": st.sampled_from([0, 4.5, 7, 11, None, "x"]),
        "choice": st.sampled_from(["Yes", "!", CANARY, None]),
        "desired_type": st.sampled_from(["Best friend", "", None]),
        "text": st.sampled_from([CANARY, None]),
    }
)


@settings(max_examples=80)
@given(ROW)
def test_one_row_is_accepted_where_the_record_is(row):
    row = {"customer_id": 1, "timestamp": "2024-01-05", **row}
    try:
        record, refused = SurveyAnswer(**row), set()
    except ValidationError as error:
        record, refused = None, set(broken_rules(error))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        log = read({name: [value] for name, value in row.items()}, on_invalid="quarantine")
    told = set(log.rejected.counts(every=True))
    if record is None and refused == {"null_item"} and record_says_only_a_type(row):
        assert told == set()  # in a table, a column of types needs no item
    elif record is None:
        # a record compares its fields only once each of them can be read
        empty = all(row[name] is None for name in ("value", "choice", "desired_type", "text"))
        assert told
        assert told <= refused | ({"null_value"} if empty else set())
    else:
        assert told == set()
        found = plain(log)
        assert found.get("desired_type", [None]) == [record.desired_type]
        assert found.get("choice", [None]) == [record.choice]
        assert found.get("value", [None]) == [record.value]


def record_says_only_a_type(row):
    return row["value"] is None and row["choice"] is None and row["desired_type"] is not None


def test_many_questions_and_answers():
    rng = np.random.default_rng(3)
    n = 3000
    rows = {
        "customer_id": rng.integers(0, 50, n) * (2**40), "timestamp": rng.integers(1, 40, n),
        "instrument": rng.integers(0, 5, n), "version": rng.integers(0, 3, n),
        "item": rng.integers(0, 9, n), "scale_min": [0] * n, "scale_max": [1] * n, "value": [1] * n,
    }  # fmt: skip
    log = read(rows, timestamp_format="s", on_invalid="quarantine")
    asked = [rows[name].tolist() for name in ("customer_id", "timestamp", *KEYS)]
    assert log.n_rows == len(set(zip(*asked, strict=True)))
    assert log.rejected.counts() == {"duplicate_answer": n - log.n_rows}


@settings(max_examples=40)
@given(st.data())
def test_the_latest_answer_counts_whatever_the_order_of_the_rows(data):
    n = data.draw(st.integers(1, 12))
    draw = data.draw
    who = [draw(st.integers(0, 3)) for _ in range(n)]
    when = [draw(st.integers(1, 20)) for _ in range(n)]
    said = [draw(st.integers(0, 4)) for _ in range(n)]
    rows = of(customer_id=who, value=said, scale_min=[0] * n, scale_max=[4] * n)
    rows["timestamp"] = [datetime(2024, 1, number) for number in when]
    until = draw(st.integers(0, 21))
    log = read(rows, on_invalid="quarantine")
    expected = {}
    for number in sorted(set(when)):
        for k in range(n - 1, -1, -1):  # of one moment, the first answer is kept
            if when[k] == number <= until:
                expected[who[k]] = (said[k] / 4, day(number))
    found = values(log, "trust", day(until)) if until and expected else {}
    assert found == expected
    assert list(found) == sorted(found)
