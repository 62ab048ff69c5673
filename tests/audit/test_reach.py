"""Reach against pandas, by hand, over kinds of tables, and what small numbers do to it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit.placed_customers import area_tables, core_of, joined, library
from scipy.stats import entropy
from table_kinds import contents

import customerintel as ci
from customerintel.audit.reach import reach_of
from customerintel.exceptions import DataQualityWarning

OTHERS = pytest.mark.filterwarnings(  # of other libraries, while they make or collect a table
    "ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"
)
ASKED = {"segment": "segment", "area": "block", "location": "branch"}


@pytest.fixture(scope="module")
def reach():
    core, customers, population = library()
    return reach_of(core, customers=customers, population=population, min_cell=1, at_least=40,
                    **ASKED)  # fmt: skip


@pytest.fixture(scope="module")
def twin():
    """Return counts by segment, and the core's and the population's shares."""
    core, customers, population = library()
    rows = joined(core, customers)
    return pd.DataFrame(
        {
            "active": rows.groupby("segment").size(),
            "core": rows[rows.core].groupby("segment").size(),
            "people": population.groupby("segment").population.sum(),
        }
    ).fillna(0)


def test_segments_are_as_in_pandas(reach, twin):
    segments = reach.segments
    c, p = twin.core / twin.core.sum(), twin.people / twin.people.sum()
    assert segments.names == tuple(twin.index)
    assert np.array_equal(segments.customers, twin.active)
    assert np.array_equal(segments.core, twin.core)
    assert np.array_equal(segments.population, twin.people)
    figures = segments.figures
    np.testing.assert_allclose(figures["share_of_core"], c)
    np.testing.assert_allclose(figures["share_of_population"], p)
    np.testing.assert_allclose(figures["index"], 100 * c / p)
    np.testing.assert_allclose(figures["penetration"], twin.active / twin.people)
    np.testing.assert_allclose(figures["core_penetration"], twin.core / twin.people)
    assert np.array_equal(segments.covered, twin.core >= 40)
    assert reach.uncovered == tuple(twin.index[twin.core < 40])
    assert 0 < len(reach.uncovered) < len(twin)


def test_the_headline_is_as_in_pandas(reach, twin):
    c, p = twin.core / twin.core.sum(), twin.people / twin.people.sum()
    assert reach.n_customers == twin.active.sum() == reach.n_active
    assert reach.n_core == twin.core.sum()
    assert reach.penetration == pytest.approx(twin.active.sum() / twin.people.sum())
    assert reach.core_penetration == pytest.approx(twin.core.sum() / twin.people.sum())
    assert reach.coverage == pytest.approx((twin.core >= 40).mean())
    assert reach.weighted_coverage == pytest.approx(p[twin.core >= 40].sum())
    assert reach.breadth == pytest.approx(np.exp(entropy(c)))
    assert reach.evenness == pytest.approx(np.exp(entropy(c)) / len(c))
    assert reach.dissimilarity == pytest.approx(0.5 * abs(c - p).sum())


def test_areas_are_as_in_pandas(reach):
    core, customers, population = library()
    found = joined(core, customers).groupby("block").size()
    rows = population.set_index("block").assign(active=found).fillna({"active": 0})
    rate = rows.active / rows.population
    assert reach.area == tuple(rows.index)
    np.testing.assert_allclose(reach.areas.penetration, rate)
    tenth = 0.1 * rows.active.sum() / rows.population.sum()
    assert reach.penetration_at_least == pytest.approx(tenth)
    assert reach.area_coverage == pytest.approx((rate >= tenth).mean())
    weighted = rows.population[rate >= tenth].sum() / rows.population.sum()
    assert reach.weighted_area_coverage == pytest.approx(weighted)
    assert reach.empty_areas == ("0022", "0023")
    assert reach.areas.covered.tolist() == (rate >= tenth).astype(float).tolist()


def test_a_location_is_as_the_reach_of_its_own_customers(reach):
    """By leaving out the customers and people of all other branches."""
    core, customers, population = library()
    rows = pd.DataFrame({"branch": population.branch, "covered": reach.areas.covered})
    part = rows.groupby("branch").covered.mean()
    np.testing.assert_allclose(reach.by_location["area_coverage"], part)
    people = population.population * rows.covered
    weighted = people.groupby(rows.branch).sum() / population.groupby("branch").population.sum()
    np.testing.assert_allclose(reach.by_location["weighted_area_coverage"], weighted)
    for place, branch in enumerate(reach.location):
        mine = customers.assign(segment=customers.segment.where(customers.branch == branch, None))
        with pytest.warns(DataQualityWarning, match="without a segment"):
            alone = reach_of(
                core, customers=mine, population=population[population.branch == branch],
                segment="segment", min_cell=1, at_least=40,
            )  # fmt: skip
        part = reach.by_location
        for name in ("penetration", "core_penetration", "coverage", "weighted_coverage", "breadth",
                     "dissimilarity"):  # fmt: skip
            # the segments of a branch may have neither people nor customers elsewhere
            assert part[name][place] == pytest.approx(getattr(alone, name)), name
        assert part.customers[place] == alone.n_customers
        assert part.core[place] == alone.n_core
        assert part.population[place] == alone.population


def test_by_hand():
    log = pd.DataFrame({"customer_id": [*range(40), *range(20)], "timestamp": "2023-03-01"})
    core = core_of(log.assign(order_id=range(60)), share=0.5)
    assert sorted(core.customer_id.tolist()) == list(range(20))
    customers = {"customer_id": range(40), "segment": ["a"] * 15 + ["b"] * 5 + ["c"] * 20}
    population = {"segment": ["a", "b", "c", "d"], "population": [25, 25, 100, 50]}
    reach = reach_of(
        core, customers=customers, population=population, segment="segment", min_cell=1,
        at_least=10,
    )  # fmt: skip
    assert reach.penetration == 0.2
    assert reach.core_penetration == 0.1
    # three quarters of the core in an eighth of the people
    assert reach.segments.figures["index"].tolist() == [600.0, 200.0, 0.0, 0.0]
    assert reach.coverage == 0.25
    assert reach.weighted_coverage == 0.125
    assert reach.dissimilarity == pytest.approx(0.75)
    assert reach.uncovered == ("b", "c", "d")
    assert reach.breadth == pytest.approx(np.exp(-0.75 * np.log(0.75) - 0.25 * np.log(0.25)))


def test_without_population_the_core_is_compared_with_the_active_customers():
    core, customers, _ = library()
    found = reach_of(core, customers=customers, min_cell=1, **ASKED)
    rows = joined(core, customers)
    share = rows.groupby("segment").size() / len(rows)
    np.testing.assert_allclose(found.segments.figures["share_of_population"], share)
    assert np.isnan(found.population)
    assert found.penetration == 1.0
    assert found.core_penetration == pytest.approx(core.n_core / core.n_active)
    assert np.isnan(found.area_coverage)
    part = rows[rows.branch == "branch 1"]
    assert found.by_location["core_penetration"][1] == pytest.approx(part.core.mean())


def test_segment_and_location_can_be_those_of_the_area(reach):
    core, customers, population = library()
    bare = customers[["customer_id", "block"]]
    found = reach_of(core, customers=bare, population=population, min_cell=1, at_least=40, **ASKED)
    for part in reach.parts:
        assert contents(found.to_frame(part)) == contents(reach.to_frame(part))


@OTHERS
def test_kinds_of_tables_give_one_answer(table_kind, reach):
    _, customers, population = library()
    plain = {name: population[name].tolist() for name in population}
    people = {name: customers[name].tolist() for name in ("customer_id", "block")}
    core = library()[0]
    found = reach_of(
        core, customers=table_kind.make(people), population=table_kind.make(plain),
        min_cell=1, at_least=40, **ASKED,
    )  # fmt: skip
    assert contents(found.to_frame("segments")) == contents(reach.to_frame("segments"))


@OTHERS
def test_tables_are_of_the_kind_of_the_log(table_kind):
    log, customers, population = area_tables(n=120)
    plain = log.assign(timestamp=log.timestamp.astype(str)).drop(columns="category")
    core = core_of(table_kind.make(plain.to_dict("list")), share=0.5)
    found = reach_of(core, customers=customers, population=population, segment="segment")
    assert table_kind.is_kind(found.to_frame())
    assert list(contents(found.to_frame())) == ["measure", "estimate", "lower", "upper"]


def test_numbers_that_name_places_are_one_with_their_texts():
    log, customers, population = area_tables(n=200)
    core = core_of(log, share=0.5)
    numbered = customers.assign(segment=customers.segment.str[-1].astype(float))
    texts = population.assign(segment=population.segment.str[-1])
    found = reach_of(core, customers=numbered, population=texts, segment="segment")
    assert found.left_out["n_unknown_segment"] == 0
    assert found.segment == tuple("01234567")


def test_rows_and_order_do_not_matter(reach):
    core, customers, population = library()
    halves = pd.concat([population, population]).assign(
        population=lambda t: t.population / 2, age=["young"] * len(population) + ["old"] *
        len(population),
    )  # fmt: skip
    with pytest.warns(DataQualityWarning, match="24 rows of the population have the place and"):
        found = reach_of(
            core, customers=customers.sample(frac=1, random_state=1),
            population=halves.sample(frac=1, random_state=2), min_cell=1, at_least=40, **ASKED,
        )  # fmt: skip
    for part in reach.parts:
        assert contents(found.to_frame(part)) == contents(reach.to_frame(part))


def test_small_numbers_are_suppressed_with_all_that_comes_of_them():
    log, customers, population = area_tables(n=150)
    core = core_of(log, share=0.3)
    shown = reach_of(core, customers=customers, population=population, min_cell=1, **ASKED)
    found = reach_of(core, customers=customers, population=population, min_cell=10, **ASKED)
    small = (shown.segments.core > 0) & (shown.segments.core < 10)
    assert small.any()
    hidden = np.isnan(found.segments.core)
    assert hidden[small].all()
    for name in ("index", "share_of_core", "core_penetration"):
        low, high = found.segments.figures.interval(name)
        for values in (found.segments.figures[name], low, high):
            assert np.isnan(values[hidden]).all()
            assert np.isfinite(values[~hidden]).all()
    assert np.isnan(found.areas.customers).any()
    assert (found.areas.customers == 0).sum() == len(found.empty_areas)
    few = np.isnan(found.areas.customers)
    assert np.isnan(found.areas.penetration[few]).all()
    assert np.isnan(found.areas.covered[few]).all()
    # areas make up segments, which are shown: at least two are hidden in each
    code = np.arange(24) % 8
    for segment in np.flatnonzero(~np.isnan(found.segments.customers)):
        assert few[code == segment].sum() != 1


def test_a_core_too_small_has_no_figures():
    log, customers, population = area_tables(n=60)
    core = core_of(log, share=0.1)
    assert core.n_core < 10
    found = reach_of(core, customers=customers, population=population, **ASKED)
    assert np.isnan([found.n_core, found.breadth, found.core_penetration]).all()
    assert np.isnan(found.dissimilarity_by_chance)
    assert np.isfinite(found.penetration)
    assert np.isnan(found.by_location["breadth"]).all()


def test_it_can_be_asked_by_area_alone():
    core, customers, population = library()
    found = reach_of(core, customers=customers, population=population, area="block")
    assert found.parts == ("headline", "areas")
    assert found.segments is None
    assert np.isnan([found.coverage, found.breadth, found.dissimilarity]).all()
    assert found.penetration == pytest.approx(core.n_active / population.population.sum())


def test_it_shows_itself_and_cannot_be_changed(reach):
    assert repr(reach).startswith("Reach(customers=")
    assert "\n" not in repr(reach)
    assert reach._repr_html_().startswith("<table><caption>Reach</caption>")
    with pytest.raises(ValueError, match="read-only"):
        reach.segments.core[0] = 1.0
    with pytest.raises(AttributeError):
        reach.min_cell = 0
    assert reach.parts == ("headline", "segments", "areas", "locations")
    low, high = reach.by_location.interval("breadth")
    assert (low <= high).all()


def test_the_method_of_the_core_is_the_function(reach):
    core, customers, population = library()
    table = ci.CustomerTable.from_frame(customers)
    found = core.reach(customers=table, population=population, min_cell=1, at_least=40, **ASKED)
    assert contents(found.to_frame("areas")) == contents(reach.to_frame("areas"))
