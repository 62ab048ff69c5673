"""No hidden number is found by equations, nor by towns that look alike."""

from __future__ import annotations

import numpy as np
import pytest
from audit.placed_customers import core_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from table_kinds import contents

from customerintel.audit.reach import reach_of
from customerintel.audit.relevance import relevance_of
from customerintel.audit.small_cells import hidden_rows

K = 10
pytestmark = pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")


def town(cells):
    """Return core, customers and population of rows (area, segment, location, others, core)."""
    area, segment, location, others, own = zip(*cells, strict=True)
    n = np.add(others, own)
    who, row = np.arange(n.sum()), np.repeat(np.arange(len(cells)), n)
    twice = np.arange(len(who)) - np.repeat(np.cumsum(n) - n, n) < np.array(own)[row]
    ids = np.r_[who, who[twice]]
    log = {"customer_id": ids, "timestamp": ["2023-03-01"] * len(ids), "order_id": range(len(ids))}
    core = core_of(log, share=int(twice.sum()) / len(who))
    assert np.array_equal(core.customer_id, who[twice])
    places = {"area": area, "segment": segment, "location": location}
    customers = {name: [x[k] for k in row] for name, x in places.items()}
    people = {name: list(x) for name, x in places.items()}
    # the population is the same whoever is in the core
    people["population"] = [900 + 37 * k for k in range(len(cells))]
    return core, {"customer_id": who, **customers}, people


def told(cells, *names, population=True):
    """Return every table and number of both results."""
    core, customers, people = town(cells)
    asked = {name: name for name in names}
    given = {"customers": customers, "population": people if population else None, "n_boot": 40}
    reach = reach_of(core, **given, **asked)
    relevance = relevance_of(core, top=1, **given, **asked)
    found = {
        (type(one).__name__, part): contents(one.to_frame(part))
        for one in (reach, relevance)
        for part in one.parts
    }
    found["totals"] = [reach.n_active, reach.n_customers, reach.n_core, *reach.left_out.values()]
    found["rest"] = [reach.uncovered, reach.hidden, reach.dissimilarity_by_chance]
    return {name: repr(values) for name, values in found.items()}


def by_segment(active, own):
    names = "ABCDE"[: len(own)]
    return [(s, s, "L", n - c, c) for s, n, c in zip(names, active, own, strict=True)]


@pytest.mark.parametrize("population", [True, False])
@settings(max_examples=8, deadline=None)
@given(st.integers(1, 9), st.integers(10, 28))
def test_hidden_cores_of_segments_can_be_the_other_way_round(population, few, more):
    """Breadth, dissimilarity, alignment, coverage, repeat rates and bounds are all the same."""
    active = [200, 180, 90, 90, 150]
    one = told(by_segment(active, [60, 40, few, more, 30]), "segment", population=population)
    two = told(by_segment(active, [60, 40, more, few, 30]), "segment", population=population)
    assert one == two


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9))
def test_hidden_customers_can_be_the_other_way_round_without_population(few, more):
    cores = [60, 20, 1, 1, 30]
    one = told(by_segment([200, 90, few, more, 60], cores), "segment", population=False)
    two = told(by_segment([200, 90, more, few, 60], cores), "segment", population=False)
    assert one == two


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9))
def test_segments_of_a_location_are_not_told(first, second):
    """With the same sums of segments and locations, all that is told is the same."""
    towns = []
    for small in (first, second):
        own = [60 - small, small, 30 + small, 40 - small]
        places = [("S", "L1"), ("T", "L1"), ("S", "L2"), ("T", "L2"), ("S", "L3"), ("T", "L3")]
        cells = [
            (str(k), *place, 150 - c, c)
            for k, (place, c) in enumerate(zip(places, [*own, 40, 50], strict=True))
        ]
        towns.append(told(cells, "segment", "location"))
    assert towns[0] == towns[1]


def shown_equations(reach, cells):
    """Return the rows over (others, core) of each area that the tables tell."""
    area, segment, location, *_ = (np.array(x) for x in zip(*cells, strict=True))
    rows = []

    def add(mask, customers, core):
        for value, weights in ((customers, (1, 1)), (core, (0, 1))):
            if np.isfinite(value):
                rows.append(np.outer(mask, weights).ravel())

    for table, column in ((reach.segments, segment), (reach.by_location, location),
                          (reach.areas, area)):  # fmt: skip
        for name, customers, core in zip(table.names, table.customers, table.core, strict=True):
            add(column == name, customers, core)
    add(np.ones(len(cells)), reach.n_customers, reach.n_core)
    return np.array(rows or np.zeros((1, 2 * len(cells))), float), (area, segment, location)


def solved_numbers(reach, cells):
    """Return all numbers of customers that the equations tell: the attacker by linear algebra."""
    rows, columns = shown_equations(reach, cells)
    _, s, right = np.linalg.svd(rows)
    free = right[(s > 1e-9).sum() :]
    truth = np.array([cell[3:] for cell in cells]).ravel()
    for column in columns:
        for name in np.unique(column):
            for weights in ((1, 0), (0, 1), (1, 1)):
                wanted = np.outer(column == name, weights).ravel()
                if not len(free) or np.abs(free @ wanted).max() < 1e-9:
                    yield int(wanted @ truth)


@st.composite
def blocks(draw):
    n = draw(st.integers(2, 14))
    number = st.integers(0, 9) | st.sampled_from([0, 12, 25, 40])
    return [
        (f"a{k:02d}", f"s{draw(st.integers(0, 3))}", f"l{draw(st.integers(0, 3))}",
         draw(number), draw(number)) for k in range(n)
    ]  # fmt: skip


def asked(cells):
    core, customers, people = town(cells)
    return reach_of(core, customers=customers, population=people, segment="segment", area="area",
                    location="location", n_boot=40)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(blocks())
def test_no_small_number_follows_from_equations(cells):
    total = np.sum([cell[3:] for cell in cells], axis=0)
    assume(total.min() > 0)
    small = [n for n in solved_numbers(asked(cells), cells) if 0 < n < K]
    assert not small


def test_a_bridge_between_two_cycles_is_not_told():
    pairs = ["11", "12", "21", "22", "33", "34", "43", "44", "23"]
    own = [4, 8, 8, 5, 5, 8, 8, 6, 7]
    cells = [(f"a{k}", f"r{x[0]}", f"c{x[1]}", 60 - n, n)
             for k, (x, n) in enumerate(zip(pairs, own, strict=True))]  # fmt: skip
    cells += [(f"b{k}", f"r{k}", f"c{k}", 40, 20) for k in range(1, 5)]
    found = asked(cells)
    assert not [n for n in solved_numbers(found, cells) if 0 < n < K]
    # customers are told, and the most of locations and segments
    assert np.isfinite(found.areas.customers).all()
    assert np.isfinite(found.segments.core).all()
    assert np.isnan(found.by_location.core).sum() == 2


def test_repeat_buyers_are_not_told_by_their_rate():
    active, own = [200, 80, 80], [57, 3, 20]
    core, customers, people = town(by_segment(active, own))
    found = relevance_of(core, customers=customers, population=people, segment="segment", top=1)
    part = found.behaviour_by_segment
    assert part.active.tolist() == active
    for rate in (part.repeat_rate, part.repeat_rate_lower, part.orders_per_active):
        assert np.isnan(rate).tolist() == [False, True, True]


def test_the_few_outside_the_core_are_not_told():
    cells = [("a", "S", "L", 2, 198), ("b", "T", "L", 120, 30), ("c", "U", "L", 90, 40)]
    core, customers, people = town(cells)
    found = reach_of(core, customers=customers, population=people, segment="segment")
    assert np.isnan(found.segments.core).tolist() == [True, True, False]
    assert found.segments.customers.tolist() == [200, 150, 130]


@pytest.mark.parametrize(("lost", "hidden"), [(4, [True, False]), (12, [False, False])])
def test_the_few_of_no_known_location_are_not_told(lost, hidden):
    cells = [("a", "S", "L1", 140, 60), ("b", "T", "L2", 150, 70)]
    core, customers, _ = town(cells)
    customers["location"] = [None if k < lost else x for k, x in enumerate(customers["location"])]
    found = reach_of(core, customers=customers, segment="segment", location="location")
    assert np.isnan(found.by_location.core).tolist() == hidden
    assert np.isnan(found.left_out["n_no_location"]) == (lost < K)


def test_the_few_of_no_known_segment_are_not_told():
    core, customers, people = town([("a", "S", "L", 140, 60), ("b", "T", "L", 150, 70)])
    customers["segment"] = [None, *customers["segment"][1:]]
    found = reach_of(core, customers=customers, population=people, segment="segment")
    assert np.isnan([found.n_active, found.left_out["n_no_segment"]]).all()
    assert found.n_customers == 419


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=9))
def test_hidden_rows_can_be_shown_as_one(rows):
    table = np.array(rows)
    hidden = hidden_rows(table, K)
    assert hidden[((table > 0) & (table < K)).any(axis=1)].all()
    if hidden.any() and not hidden.all():
        assert hidden.sum() > 1
        together = table[hidden].sum(axis=0)
        assert ((together == 0) | (together >= K)).all()
