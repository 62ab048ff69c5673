"""Populations and places that cannot be used, and what comes of odd ones: class and message."""

from __future__ import annotations

import numpy as np
import pytest
from audit.small_town import N, blocks, core, customers, people, reach

import customerintel as ci
from customerintel.audit.reach import reach_of
from customerintel.audit.relevance import relevance_of
from customerintel.exceptions import (
    DataQualityWarning,
    DataValidationError,
    InvalidArgumentError,
    SchemaError,
)

RULES = "of the population break a rule (rows count from 0):\n  "
ADVICE = "\nCorrect them or leave them out; people of no known segment need a name of their own."
#: What is given: a call, the class and the whole message.
CASES = {
    "customers that are no table": (
        lambda: reach(table=[1, 2]),
        SchemaError,
        (
            "list is not a table that can be read. Give a pandas, polars, pyarrow, modin, DuckDB, "
            "Dask, Ibis or PySpark table, a dict of arrays, or a path to TransactionLog.from_csv "
            "or from_parquet."
        ),
    ),
    "customers without ids": (
        lambda: reach(table={"segment": ["a"]}),
        SchemaError,
        (
            "Column 'customer_id' (for customer_id) is not in the table. It has 1 column: "
            "'segment'. Name the column: CustomerTable.from_frame(…, customer_id=\"…\")."
        ),
    ),
    "customers whose ids are written otherwise": (
        lambda: reach(table={"customer_id": [-1, -2], "segment": ["a", "b"]}),
        SchemaError,
        (
            "None of the 120 active customers is in the table of customers. Check that both "
            "write the ids alike (capitals, blanks, leading zeros), and that column is the id."
        ),
    ),
    "customers without the segment": (
        lambda: reach(table=customers(segment=None)),
        SchemaError,
        (
            "Column 'segment' (for segment) is not in the table. It has 2 columns: 'customer_id', "
            "'block'."
        ),
    ),
    "customers without the area": (
        lambda: reach(blocks(), table=customers(block=None), area="block"),
        SchemaError,
        (
            "Column 'block' (for area) is not in the table. It has 2 columns: 'customer_id', "
            "'segment'."
        ),
    ),
    "customers twice": (
        lambda: reach(table={"customer_id": [1, 1], "segment": ["a", "b"]}),
        DataValidationError,
        (
            "1 of 2 rows break a rule (rows count from 0):\n  duplicate_customer_id in 1 row: 1\n"
            'Correct them, or read with on_invalid="quarantine" to keep the good rows and find '
            "the others in .rejected."
        ),
    ),
    "ids of another kind": (
        lambda: reach(table=customers(customer_id=[f"c{i}" for i in range(N)])),
        SchemaError,
        (
            "One side has integer customer ids, the other texts, so nobody could be in both. Read "
            "both logs with ids of the same kind."
        ),
    ),
    "a column that names persons": (
        lambda: reach(
            table=ci.CustomerTable.from_frame(
                {"customer_id": range(N), "email": [f"{i}@x.org" for i in range(N)]}
            ),
            segment="email",
        ),
        InvalidArgumentError,
        (
            "Column 'email' of the customers is of the PII class 'direct': it names persons, not "
            "groups of them. Take another column, or give it another class in pii=."
        ),
    ),
    "a population without the segment": (
        lambda: reach(people(segment=None, kind=["a", "b"])),
        SchemaError,
        (
            "Column 'segment' (for segment) is not in the table. It has 2 columns: 'population', "
            "'kind'."
        ),
    ),
    "a column in which nearly every customer has a value of their own": (
        lambda: reach_of(
            core(), customers=customers(segment=[f"at {i}" for i in range(N)]), segment="segment"
        ),
        InvalidArgumentError,
        (
            "Column 'segment' of the customers has 120 values among 120 customers, so that it "
            "tells persons, not groups of them. Take a coarser column."
        ),
    ),
    "a population without numbers": (
        lambda: reach(people(population=None, households=[1, 2])),
        SchemaError,
        (
            "Column 'population' (for count) is not in the table. It has 2 columns: 'segment', "
            "'households'."
        ),
    ),
    "a negative population": (
        lambda: reach(people(population=[600, -1])),
        DataValidationError,
        f"1 of 2 rows {RULES}count_out_of_range in 1 row: 1{ADVICE}",
    ),
    "a population that is missing or infinite, and a row of no segment": (
        lambda: reach(people(segment=["a", None, "b"], population=[np.nan, 5.0, np.inf])),
        DataValidationError,
        (
            f"3 of 3 rows {RULES}null_segment in 1 row: 1\n  null_count in 1 row: 0\n  "
            f"non_finite_count in 1 row: 2{ADVICE}"
        ),
    ),
    "a population in words": (
        lambda: reach(people(population=["many", "few"])),
        DataValidationError,
        f"2 of 2 rows {RULES}unparseable_count in 2 rows: 0, 1{ADVICE}",
    ),
    "a population without rows": (
        lambda: reach({"segment": [], "population": []}),
        InvalidArgumentError,
        (
            "The population has no people: its 0 rows add up to 0. Give a table with people in "
            "it, or population=None to compare with the active customers."
        ),
    ),
    "a population of nobody": (
        lambda: reach(people(population=[0, 0])),
        InvalidArgumentError,
        (
            "The population has no people: its 2 rows add up to 0. Give a table with people in "
            "it, or population=None to compare with the active customers."
        ),
    ),
    "areas of several segments, and customers without one": (
        lambda: reach(
            blocks(block=[1, 1, 2, 2], segment=list("abab")), customers(segment=None), area="block"
        ),
        SchemaError,
        (
            "The customers have no column 'segment' (for segment), and some areas of the "
            "population have several, so a customer's area does not tell it. Give the customers "
            "such a column, or a population with one segment per area."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error


def elsewhere():
    found = reach(blocks(), table=customers(block=[1, 2, 3, 9] * 30, segment=None), area="block")
    return found.left_out["n_unknown_area"], found.left_out["n_unknown_segment"], found.n_customers


def strangers():
    found = reach(table={"customer_id": range(50, 200), "segment": ["a", "b", None] * 50})
    return found.left_out["n_unplaced"], found.left_out["n_no_segment"], found.n_customers


def not_in_the_population():
    found = reach(people(segment=["a", "c"]))
    return found.left_out["n_unknown_segment"], found.segment, found.segments.customers[1]


def nobody_lives_there():
    found = reach(people(population=[1000, 0]))
    index = found.segments.figures["index"]
    penetration = found.segments.figures["penetration"]
    return found.coverage, bool(np.isnan(index[1])), bool(np.isnan(penetration[1]))


def copies():
    population = {name: held * 2 for name, held in blocks().items()}
    return (reach(population, area="block").population,)


def one_segment():
    found = reach({"segment": ["a"], "population": [1000]}, table=customers(segment=["a"] * N))
    same = relevance_of(core(), customers=customers(segment=["a"] * N))
    return (found.breadth, found.evenness, found.dissimilarity, same.alignment,
            bool(np.isnan(same.overlap)), bool(np.isnan(same.spearman)))  # fmt: skip


#: What is given, what comes of it, and the warning.
DEFINED = {
    "one segment only": (
        one_segment,
        (1.0, 1.0, 0.0, 1.0, True, True),
        (
            "top=10 is no fewer than the 1 segments, which are then in every list: the overlap is "
            "NaN. Give a smaller top, such as top=1."
        ),
    ),
    "customers in unknown areas": (
        elsewhere,
        (30, 0, 90.0),
        (
            "Of 120 active customers, 30 are in areas that the population does not have. They are "
            "left out of the figures that need it."
        ),
    ),
    "customers who are not in the table, or have no segment": (
        strangers,
        (50, 23, 47.0),
        (
            "Of 120 active customers, 50 are not in the table of customers, 23 are without a "
            "segment. They are left out of the figures that need it."
        ),
    ),
    "customers in segments that the population does not have": (
        not_in_the_population,
        (40, ("a", "c"), 0.0),
        (
            "Of 120 active customers, 40 are in segments that the population does not have. They "
            "are left out of the figures that need it."
        ),
    ),
    "a segment of nobody with customers": (
        nobody_lives_there,
        (1.0, True, True),
        (
            "Segments with active customers and a population of 0: 1. They have no penetration and "
            "no index, and count for no coverage. See whether the population is complete."
        ),
    ),
    "rows of the population that are there twice": (
        copies,
        (600.0,),
        (
            "4 rows of the population have the place and the number of people of another row. They "
            "were added up; leave them out if they are copies."
        ),
    ),
}


@pytest.mark.parametrize("given", DEFINED)
def test_defined_results(given):
    call, result, warning = DEFINED[given]
    with pytest.warns(DataQualityWarning) as caught:
        assert call() == result
    assert [str(one.message) for one in caught] == [warning]


def empty_areas():
    population = blocks(block=[1, 2, 3, 4, 5], segment=list("aabbb"), population=[9] * 5)
    found = reach(population, area="block", min_cell=1)
    return found.empty_areas, found.areas.customers.tolist(), found.area_coverage


def more_customers_than_people():
    found = reach(people(population=[50, 30]))
    return found.penetration, found.interval("penetration")


#: What is given, and what comes of it.
PLAIN = {
    "areas that no customer has": (empty_areas, (("5",), [30.0, 30.0, 30.0, 30.0, 0.0], 0.8)),
    "more customers than people": (more_customers_than_people, (1.5, (1.5, 1.5))),
}


@pytest.mark.parametrize("given", PLAIN)
def test_defined_results_without_a_warning(given):
    call, result = PLAIN[given]
    assert call() == result
