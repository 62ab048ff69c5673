"""Columns of segments, areas and locations that the caller did not name."""

from __future__ import annotations

import polars as pl
import pytest
from report.report_logs import few

import customerintel as ci
from customerintel import report
from customerintel.report.place_columns import find_places

NONE = {"segment": None, "area": None, "location": None}
IDS = [1, 2, 3, 4]
PLACES = {
    "block": ["a", "b", "c", "d"],
    "branch": ["n", "n", "s", "s"],
    "segment": ["x", "y", "x", "x"],
    "kind": ["p", "p", "q", "q"],
    "code": [11, 12, 13, 14],
}


def customers(*columns, areas=()):
    table = {"customer_id": IDS, **{name: PLACES[name] for name in (*columns, *areas)}}
    return ci.CustomerTable.from_frame(table, areas=areas) if areas else table


def people(*columns, people="population"):
    return {**{name: PLACES[name] for name in columns}, people: [100, 200, 300, 400]}


def found(*args, given=NONE, **how):
    made = find_places(*args, dict(given), **how)
    return made.segment, made.area, made.location


GIVEN = {
    "all of a table with areas": (
        customers("segment", areas=("block", "branch")),
        people("branch", "segment", "block"),
        ("segment", "block", "branch"),
    ),
    "the area that tells rows apart": (
        customers("segment", areas=("branch", "block")),
        people("branch", "segment", "block"),
        ("segment", "block", "branch"),
    ),
    "a segment of another name": (
        customers("kind", areas=("block", "branch")),
        people("block", "branch", "kind"),
        ("kind", "block", "branch"),
    ),
    "plain tables": (
        customers("segment", "block", "branch"),
        people("segment", "block", "branch"),
        ("segment", "block", None),
    ),
    "a segment that only the population has": (
        customers(areas=("block",)),
        people("block", "segment"),
        ("segment", "block", None),
    ),
    "a segment that areas have several of": (
        customers(areas=("branch",)),
        people("branch", "segment"),
        (None, "branch", None),
    ),
    "one row per area and segment": (
        {"customer_id": IDS, "segment": list("xyxy"), "area": list("aabb")},
        {"segment": list("xyxy"), "area": list("aabb"), "population": [1, 2, 3, 4]},
        ("segment", "area", None),
    ),
    "segments alone": (customers("kind"), people("kind"), ("kind", None, None)),
    "one row per segment": (customers("code"), people("code"), ("code", None, None)),
    "no columns of one person": (
        ci.CustomerTable.from_frame(
            {"customer_id": IDS, "block": PLACES["block"], "kind": PLACES["kind"]},
            pii={"kind": "direct"},
        ),
        people("block", "kind"),
        ("block", None, None),
    ),
    "no population": (customers("segment", areas=("block",)), None, ("segment", None, None)),
    "no population and no segment": (customers("kind"), None, (None, None, None)),
    "no customers": (None, None, (None, None, None)),
}


@pytest.mark.parametrize("given", GIVEN)
def test_columns_are_found_by_name(given):
    own, population, wanted = GIVEN[given]
    assert found(own, population) == wanted


def test_with_a_map_the_only_column_is_of_areas():
    assert found(customers("code"), people("code"), has_map=True) == (None, "code", None)


def test_what_is_given_stays():
    both = customers("segment", "kind", areas=("block", "branch")), people(*PLACES)
    wanted = {"segment": "kind", "area": None, "location": None}
    assert found(*both, given=wanted) == ("kind", "block", "branch")
    wanted = {"segment": None, "area": "branch", "location": None}
    assert found(*both, given=wanted) == ("segment", "branch", None)


def test_any_kind_of_table_and_either_name_of_the_people():
    own, population = customers("segment", "block"), people("segment", "block", people="count")
    made = find_places(pl.DataFrame(own), pl.LazyFrame(population), dict(NONE))
    assert (made.segment, made.area, made.people) == ("segment", "block", "count")
    assert made.told == (
        "Segments are those of the column “segment”; areas are those of the column “block”."
    )


@pytest.mark.parametrize(
    ("own", "population", "role", "names"),
    [
        (customers("branch", "kind"), people("branch", "kind"), "segment", "“branch”, “kind”"),
        (
            customers("segment", "block", "code"),
            people("segment", "block", "code"),
            "area",
            "“block”, “code”",
        ),
        (
            customers(areas=("block", "branch", "kind")),
            people("block", "branch", "kind"),
            "location",
            "“branch”, “kind”",
        ),
    ],
    ids=["segment", "area", "location"],
)
def test_of_several_none_is_taken(own, population, role, names):
    made = find_places(own, population, dict(NONE))
    assert getattr(made, role) is None
    told = f"Several columns could hold the {role}s, so none was taken: {names}."
    assert made.unclear == (f"{told} Name one with {role}=.",)


def test_the_page_says_what_was_taken_and_what_was_not():
    log = few(150)
    ids = log.as_of("2023-12-31").customer_id
    own = {
        "customer_id": ids,
        "segment": ["x", "y"] * (len(ids) // 2) + ["x"] * (len(ids) % 2),
        "block": [str(k % 3) for k in range(len(ids))],
        "code": [k % 3 for k in range(len(ids))],
    }
    population = {
        "segment": ["x", "y", "y"], "block": ["0", "1", "2"], "code": [0, 1, 2],
        "population": [10, 20, 30],
    }  # fmt: skip
    how = {"customers": own, "churn": False, "value": False}
    page = report.build(log, population=population, **how)
    assert "Segments are those of the column “segment”." in page.html
    assert 'id="fig-reach"' in page.html
    told = [note.text for note in page.notes if note.text.startswith("Several columns")]
    assert len(told) == 1
    assert "“block”, “code”" in told[0]
