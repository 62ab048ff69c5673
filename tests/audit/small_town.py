"""Customers, core and population of a town, each so small that a test can change it by hand."""

from __future__ import annotations

from functools import cache

from audit.placed_customers import core_of

from customerintel.audit.reach import reach_of
from customerintel.audit.relevance import relevance_of

N = 120


@cache
def core():
    who = [*range(N), *range(0, N, 2)]
    log = {"customer_id": who, "timestamp": ["2023-03-01"] * len(who), "order_id": range(len(who))}
    return core_of(log, share=0.5)


def customers(**columns):
    base = {"customer_id": range(N), "segment": ["a", "a", "b"] * 40, "block": [1, 2, 3, 4] * 30}
    return {name: held for name, held in {**base, **columns}.items() if held is not None}


def people(**columns):
    base = {"segment": ["a", "b"], "population": [600, 400]}
    return {name: held for name, held in {**base, **columns}.items() if held is not None}


def blocks(**columns):
    base = {"block": [1, 2, 3, 4], "segment": ["a", "a", "b", "b"], "population": [90, 80, 70, 60]}
    return {**base, **columns}


def reach(population=None, table=None, **options):
    given = {"segment": "segment", **options}
    population = people() if population is None else population
    return reach_of(core(), customers=customers() if table is None else table,
                    population=population, **given)  # fmt: skip


def relevance(**options):
    given = {"customers": customers(), "population": people(), "top": 1, **options}
    return relevance_of(core(), **given)
