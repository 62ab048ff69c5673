"""Traits: what is typed as what, what is left out, and reading another table alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import customerintel as ci
from customerintel.schema import PII
from customerintel.tables.trait_columns import OTHER, TraitColumn
from customerintel.tables.trait_names import class_of
from customerintel.tables.traits import read_like, read_traits

pytestmark = [
    # of other libraries, while they make or collect a table
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:modin"),
    pytest.mark.filterwarnings("ignore:.*has fewer distinct values:UserWarning"),
]

PEOPLE = {
    "customer_id": [4, 2, 9, 7, 5],
    "email": ["d@x.org", "b@x.org", "i@x.org", "g@x.org", "e@x.org"],
    "age": [31.0, None, 45.0, 19.0, 45.0],
    "children": [0, 2, 1, 0, 3],
    "plan": ["basic", "gold", None, "basic", "silver"],
    "member": [True, False, True, True, False],
    "joined": [datetime(2024, 1, 1, 12), *(datetime(2024, 1, k) for k in range(2, 6))],
}


def levels(traits, name):
    """Return a categorical trait as words, None where there is none."""
    codes, known = traits.categorical[name]
    return [None if code < 0 else known[code] for code in codes.tolist()]


def same(left, right):
    """Whether two results hold the same."""
    assert dict(left.columns) == dict(right.columns)
    for name, values in left.numeric.items():
        np.testing.assert_array_equal(values, right.numeric[name])
    for name, (codes, known) in left.categorical.items():
        np.testing.assert_array_equal(codes, right.categorical[name][0])
        assert known == right.categorical[name][1]


def test_every_kind_of_table(table_kind):
    traits = read_traits(table_kind.make(PEOPLE))
    assert traits.names == ("age", "children", "plan", "member", "joined")
    assert traits.n_rows == len(traits) == 5
    np.testing.assert_array_equal(traits.numeric["age"], [31, np.nan, 45, 19, 45])
    np.testing.assert_array_equal(traits.numeric["children"], [0, 2, 1, 0, 3])
    np.testing.assert_array_equal(traits.numeric["joined"], 19723 + np.array([0.5, 1, 2, 3, 4]))
    assert levels(traits, "plan") == ["basic", "gold", None, "basic", "silver"]
    assert traits.categorical["member"][1] == ("false", "true")
    assert levels(traits, "member") == ["true", "false", "true", "true", "false"]
    assert list(traits.left_out) == ["customer_id", "email"]
    assert "PII class direct" in traits.left_out["email"]


def test_every_kind_of_table_is_read_like_another(table_kind):
    traits = read_traits(PEOPLE)
    columns = {name: PEOPLE[name][::-1] for name in reversed(PEOPLE)}
    found = read_like(table_kind.make(columns), traits)
    same(found, traits.take(np.arange(5)[::-1]))


def test_rows_of_a_customer_table_are_in_its_order():
    people = ci.CustomerTable.from_frame(PEOPLE)
    traits = read_traits(people)
    assert traits.ids is people.ids
    np.testing.assert_array_equal(traits.numeric["children"], [2, 0, 3, 0, 1])  # ids 2 4 5 7 9
    assert levels(traits, "plan") == ["gold", "basic", "silver", "basic", None]
    assert traits.numeric["children"].tolist() == people.column("children").tolist()
    some = traits.take(np.array([3, 0]))
    assert some.ids.to_numpy().tolist() == [7, 2]
    assert len(traits.take(np.array([True, False, True, False, False]))) == 2


def test_rows_in_a_message_are_those_of_the_table():
    people = ci.CustomerTable.from_frame({"customer_id": [9, 8, 7], "x": [1.0, 2.0, np.inf]})
    assert "(rows 2)" in read_traits(people).left_out["x"]


def test_rejected_rows_are_in_no_trait():
    table = {"customer_id": [3, 3, 1], "plan": ["a", "never", "b"]}
    people = ci.CustomerTable.from_frame(table, on_invalid="quarantine")
    assert read_traits(people).categorical["plan"][1] == ("a", "b")


def test_identity_is_not_even_read():
    class Guarded(dict):
        def __getitem__(self, name):
            assert name not in ("email", "religion", "surname")
            return super().__getitem__(name)

    columns = {"email": ["a"], "religion": ["b"], "surname": ["c"], "age": [3]}
    traits = read_traits(Guarded(columns))
    assert traits.names == ("age",)
    assert list(traits.left_out) == ["email", "religion", "surname"]


@pytest.mark.parametrize(
    "name",
    ["name", "Name", "first_name", "LastName", "customer name", "E-Mail", "email", "workEmail",
     "phone", "phone_number", "home-phone", "address", "billing_address", "ip_address", "street",
     "surname", "mobile", "username", "company_name", "customer_id", "social_handles", "iban"],
)  # fmt: skip
def test_names_of_identity(name):
    assert class_of(name, {}, {}) is PII.DIRECT


@pytest.mark.parametrize(
    ("name", "pii"),
    [("segment_name", "quasi"), ("branch name", "quasi"), ("has_phone", "quasi"),
     ("email_opens", "quasi"), ("spend_mobile", "quasi"), ("n_email", "quasi"),
     ("postcode", "quasi"), ("birth_year", "quasi"), ("gender", "quasi"), ("", "quasi"),
     ("religion", "sensitive"), ("ethnic_group", "sensitive"), ("race", "sensitive"),
     ("race_distance", "quasi"), ("lifestyle", "sensitive"), ("status", "none")],
)  # fmt: skip
def test_names_of_other_columns(name, pii):
    assert class_of(name, {}, {}) is PII(pii)


def test_what_the_caller_says_of_a_class_comes_first():
    people = ci.CustomerTable.from_frame(
        {"customer_id": [1, 2], "score": [1, 2], "phone": ["yes", "no"], "mood": ["a", "b"]},
        pii={"score": "sensitive", "phone": "none"},
    )
    assert read_traits(people).names == ("phone", "mood")
    told = read_traits(people, pii={"mood": "direct", "score": "derived"})
    assert told.names == ("score", "phone")
    assert read_traits(people, allow=["score"]).names == ("score", "phone", "mood")
    assert read_traits(people, exclude=["mood"]).left_out["mood"] == "excluded"


def test_one_value_of_every_type():
    hour = timedelta(hours=12)
    columns = {
        "decimal": [Decimal("1.5"), None, Decimal(3)],
        "day": [date(1970, 1, 3), None, date(1969, 12, 31)],
        "numpy": [np.datetime64("1970-01-03", "s"), None, date(1970, 1, 2)],
        "moment": [datetime(1970, 1, 2, tzinfo=UTC), None, datetime(1970, 1, 1, 6)],
        "stay": [hour, None, 3 * hour],
        "mixed": [1, 2.5, None],
        "flag": [True, None, False],
        "ticks": np.array(["1970-01-02", "NaT", "1970-02"], "M8[ns]"),
        "months": np.array(["1970-02", "NaT", "1971-01"], "M8[M]"),
        "spans": np.array([36, -12, 0], "m8[h]"),
        "small": np.array([1, 2, 3], np.uint8),
        "half": np.array([1.5, np.nan, 2], np.float16),
    }
    traits = read_traits(columns)
    expected = {
        "decimal": [1.5, np.nan, 3], "day": [2, np.nan, -1], "moment": [1, np.nan, 0.25],
        "numpy": [2, np.nan, 1],
        "stay": [0.5, np.nan, 1.5], "mixed": [1, 2.5, np.nan], "ticks": [1, np.nan, 31],
        "months": [31, np.nan, 365], "spans": [1.5, -0.5, 0], "small": [1, 2, 3],
        "half": [1.5, np.nan, 2],
    }  # fmt: skip
    assert set(traits.numeric) == set(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(traits.numeric[name], values, err_msg=name)
    assert levels(traits, "flag") == ["true", None, "false"]
    kinds = {name: column.kind for name, column in traits.columns.items()}
    assert [kinds[name] for name in ("day", "stay", "months", "spans", "small")] == [
        "date", "duration", "date", "duration", "number",
    ]  # fmt: skip


def test_categories_of_numbers_by_their_type():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    frame = pd.DataFrame({"size": pd.Categorical([10, 9, 10])})
    assert read_traits(frame).categorical["size"][1] == ("9", "10")
    enum = pl.DataFrame({"size": pl.Series(["l", "s"], dtype=pl.Enum(["s", "m", "l"]))})
    assert levels(read_traits(enum), "size") == ["l", "s"]


def test_kinds_that_the_caller_tells():
    columns = {"branch_id": [10, 9, 10], "zip": [1.0, np.nan, 0.5], "vip": [True, None, False]}
    assert list(read_traits(columns).left_out) == ["branch_id"]
    kinds = {"branch_id": "categorical", "zip": "categorical", "vip": "numeric"}
    told = read_traits(columns, kinds=kinds)
    assert told.categorical["branch_id"][1] == ("9", "10")
    assert levels(told, "branch_id") == ["10", "9", "10"]
    assert levels(told, "zip") == ["1", None, "0.5"]
    np.testing.assert_array_equal(told.numeric["vip"], [1, np.nan, 0])


def test_what_can_be_no_trait_is_left_out_with_its_reason():
    columns = {
        "store_id": [1, 2, 3], "zip": [1.0, None, 2.0], "complex": np.array([1j, 2, 3]),
        "huge": [10**400, 1, 2], "nested": [[1], [2], [3]], "mix": [1, "a", 2.0],
        "nothing": [None] * 3, "empty": ["", "", None], "nan": [np.nan] * 3,
        "ratio": [1.0, np.inf, -np.inf], "updated_at": [datetime(2024, 1, 1)] * 3,
        "fine": [1, 1, 2],
    }  # fmt: skip
    traits = read_traits(columns)
    assert traits.names == ("fine",)
    words = {
        "store_id": "stand for something", "zip": "stand for something",
        "complex": "type complex", "huge": "beyond all floats",
        "nested": "type list", "mix": "mixes values",
        "nothing": "no value", "empty": "no value", "nan": "no value", "ratio": "rows 1, 2",
        "updated_at": "the record",
    }  # fmt: skip
    assert list(traits.left_out) == list(words)
    assert all(word in traits.left_out[name] for name, word in words.items())


def texts(n, words):
    return [f"{' '.join(['word'] * words)} {k}" for k in range(n)]


@pytest.mark.parametrize(
    ("column", "free"),
    [
        (texts(101, 1), True),  # more than the levels there may be, all different
        (texts(100, 1), False),  # few enough, and short
        (texts(20, 9), True),  # few, but long and all different
        (texts(9, 9), False),  # too few to tell
        (texts(20, 9) * 3, False),  # long, but each is there again
        (texts(101, 9) * 5, True),  # too many and long, though each is there again
        (texts(101, 1) * 5, False),  # many short ones: the rare lie together
    ],
)
def test_free_text(column, free):
    traits = read_traits({"said": column})
    assert ("said" in traits.left_out) is free
    if free:
        assert "free text" in traits.left_out["said"]
        assert "word" not in traits.left_out["said"].replace("words", "")


def test_rare_levels_lie_together():
    column = ["c"] * 3 + ["b"] * 2 + ["d"] * 2 + ["a"] + [None]
    traits = read_traits({"x": column}, max_levels=2)
    assert traits.columns["x"] == TraitColumn("category", ("b", "c", OTHER), pooled=True)
    assert levels(traits, "x") == ["c"] * 3 + ["b"] * 2 + [OTHER] * 3 + [None]
    again = read_like({"x": ["d", "z", "b", None]}, traits.columns)
    assert levels(again, "x") == [OTHER, OTHER, "b", None]
    known = read_traits({"x": [OTHER] * 3 + ["a", "b"]}, max_levels=1)
    assert known.categorical["x"][1] == (OTHER,)
    assert levels(known, "x") == [OTHER] * 5


@settings(max_examples=30)
@given(st.data())
def test_the_order_of_the_rows_changes_nothing(data):
    n = data.draw(st.integers(1, 30))
    words = st.one_of(st.none(), st.sampled_from(["a", "b", "c", "é", "aa"]))
    numbers = st.one_of(st.none(), st.integers(-5, 5), st.floats(-3, 3, width=16))
    columns = {
        "w": data.draw(st.lists(words, min_size=n, max_size=n)),
        "x": data.draw(st.lists(numbers, min_size=n, max_size=n)),
    }
    order = np.array(data.draw(st.permutations(range(n))))
    shuffled = {name: [values[k] for k in order] for name, values in columns.items()}
    left, right = read_traits(columns, max_levels=2), read_traits(shuffled, max_levels=2)
    same(left.take(order), right)
    assert left.left_out == right.left_out
    same(left, read_like(columns, left))


def test_values_that_were_not_there_before():
    traits = read_traits({"plan": ["basic", "gold"], "age": [1, 2], "vip": [True, False]})
    found = read_like(
        {"more": [0] * 3, "vip": [None, True, False], "age": [True, False, None],
         "plan": ["silver", None, "gold"]},
        traits,
    )  # fmt: skip
    assert found.names == traits.names
    assert found.categorical["plan"][0].tolist() == [2, -1, 1]
    assert found.categorical["vip"][0].tolist() == [-1, 1, 0]
    np.testing.assert_array_equal(found.numeric["age"], [1, 0, np.nan])
    empty = read_like({"plan": [None], "age": [None], "vip": [None]}, traits)
    assert empty.categorical["plan"][0].tolist() == empty.categorical["vip"][0].tolist() == [-1]
    assert np.isnan(empty.numeric["age"]).all()


def test_levels_of_numbers_and_truth_are_met_again():
    traits = read_traits(
        {"branch": [10, 9], "vip": [True, False]},
        kinds={"branch": "categorical", "vip": "categorical"},
    )
    found = read_like({"branch": [9.0, 8.0], "vip": [False, True]}, traits)
    assert found.categorical["branch"][0].tolist() == [0, 2]
    assert found.categorical["vip"][0].tolist() == [0, 1]
    words = read_traits({"vip": ["true", "false"]})  # of a file, in which truth is a word
    assert read_like({"vip": [False, True]}, words).categorical["vip"][0].tolist() == [0, 1]
    assert read_like({"branch": ["10"], "vip": [True]}, traits).categorical["branch"][0][0] == 1


def test_constant_columns_are_kept_and_told():
    traits = read_traits(
        {"a": [1, 1, None], "b": ["x", None, "x"], "c": [1, 2, 1], "d": [True] * 3}
    )
    assert traits.names == ("a", "b", "c", "d")
    assert traits.constant == ("a", "b", "d")
    assert traits.take(np.array([0, 2])).constant == ("a", "b", "c", "d")


def test_nothing_can_be_changed_or_seen():
    traits = read_traits(PEOPLE)
    with pytest.raises(ValueError, match="read-only"):
        traits.numeric["age"][0] = 1
    with pytest.raises(ValueError, match="read-only"):
        traits.categorical["plan"][0][0] = 1
    with pytest.raises(TypeError, match="does not support item assignment"):
        traits.numeric["new"] = traits.numeric["age"]
    assert repr(traits) == "Traits(rows=5, numeric=3, categorical=2, left_out=2)"
    html = traits._repr_html_()
    assert "gold" not in html
    assert "x.org" not in html


def test_a_column_whose_name_is_no_text():
    frame = pytest.importorskip("pandas").DataFrame({7: [1, 2], "age": [3, 4]})
    traits = read_traits(frame)
    assert traits.names == ("age",)
    assert dict(traits.left_out) == {"7": "its name is no text"}


def test_a_table_without_rows():
    traits = read_traits({"age": np.empty(0), "plan": []})
    assert traits.names == ()
    assert len(traits) == 0
    assert len(read_like({"age": np.empty(0)}, read_traits({"age": [1]}))) == 0
