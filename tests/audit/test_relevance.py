"""Relevance against pandas and scipy, by hand, per location, and how customers of each act."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit.placed_customers import area_tables, core_of, joined, library
from scipy.spatial.distance import jensenshannon
from scipy.stats import spearmanr
from table_kinds import contents

import customerintel as ci
from customerintel.audit import distribution_distances as distances
from customerintel.audit.reach import reach_of
from customerintel.audit.relevance import relevance_of
from customerintel.exceptions import DataQualityWarning

OTHERS = pytest.mark.filterwarnings(  # of other libraries, while they make or collect a table
    "ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"
)
ASKED = {"segment": "segment", "area": "block", "location": "branch"}
HEADLINES = ("overlap", "rank_biased_overlap", "spearman", "alignment", "jensen_shannon")


@pytest.fixture(scope="module")
def relevance():
    core, customers, population = library()
    return relevance_of(
        core, customers=customers, population=population, top=3, min_cell=1,
        satisfaction="happy", **ASKED,
    )  # fmt: skip


def slow_shares(rows, population):
    """Return the shares of core and people by segment, as pandas has them."""
    people = population.groupby("segment").population.sum()
    core = rows[rows.core].groupby("segment").size().reindex(people.index, fill_value=0)
    return core / core.sum(), people / people.sum()


def slow_overlap(c, p, k):
    assert c.nlargest(k, keep="all").size == p.nlargest(k, keep="all").size == k
    return len(set(c.nlargest(k).index) & set(p.nlargest(k).index)) / k


def test_the_headline_is_as_in_pandas_and_scipy(relevance):
    core, customers, population = library()
    c, p = slow_shares(joined(core, customers), population)
    assert relevance.segment == tuple(c.index)
    np.testing.assert_allclose(relevance.share_of_core, c)
    np.testing.assert_allclose(relevance.share_of_population, p)
    assert relevance.overlap == pytest.approx(slow_overlap(c, p, 3))
    assert relevance.tops.core == tuple(c.nlargest(3).index)
    assert relevance.tops.population == tuple(p.nlargest(3).index)
    assert relevance.tops.least == relevance.tops.most == relevance.overlap
    assert relevance.alignment == pytest.approx(np.minimum(c, p).sum())
    assert relevance.jensen_shannon == pytest.approx(jensenshannon(c, p, 2))
    assert relevance.spearman == pytest.approx(spearmanr(c, p).statistic)
    q = distances.rank_biased_overlap(c.to_numpy(), p.to_numpy(), 0.9)
    assert relevance.rank_biased_overlap == pytest.approx(float(q))


def test_locations_are_as_in_pandas_and_scipy(relevance):
    core, customers, population = library()
    rows = joined(core, customers)
    found, shares = relevance.by_location, []
    whole = population.groupby("segment").population.sum() * 0
    for place, branch in enumerate(found.names):
        mine = population[population.branch == branch]
        c, p = slow_shares(rows[rows.branch == branch], mine)
        c, p = (x.reindex(whole.index, fill_value=0.0) for x in (c, p))
        assert found["alignment"][place] == pytest.approx(np.minimum(c, p).sum())
        assert found["jensen_shannon"][place] == pytest.approx(jensenshannon(c, p, 2))
        assert found["spearman"][place] == pytest.approx(spearmanr(c, p).statistic)
        assert found["overlap"][place] == pytest.approx(slow_overlap(c, p, 3))
        assert found.tops[place].core == tuple(c.nlargest(3).index)
        assert found.core[place] == (rows.core & (rows.branch == branch)).sum()
        shares.append(c)
    apart = [[jensenshannon(a, b, 2) for b in shares] for a in shares]
    np.testing.assert_allclose(found.distances, apart, atol=1e-8)
    upper = np.array(apart)[np.triu_indices(3, 1)]
    assert found.mean_distance == pytest.approx(upper.mean())


@pytest.mark.parametrize("window", [None, "90d"])
def test_behaviour_is_as_in_pandas(window):
    log, customers, population = area_tables(seed=3)
    core = core_of(log, share=0.3, window=window)
    found = relevance_of(
        core, customers=customers, population=population, min_cell=1, satisfaction="happy",
        top=3, **ASKED,
    )  # fmt: skip
    start = np.datetime64("2024-01-01") - np.timedelta64(90 if window else 999, "D")
    recent = log[log.timestamp >= start]
    by = log.groupby("customer_id")
    rows = customers.set_index("customer_id").assign(
        orders=recent.groupby("customer_id").size(), breadth=by.category.nunique()
    )
    for part, column in ((found.behaviour_by_segment, "segment"),
                         (found.behaviour_by_location, "branch")):  # fmt: skip
        everyone, active = rows.groupby(column), rows[rows.orders > 0].groupby(column)
        assert part.names == tuple(sorted(set(rows[column])))
        np.testing.assert_allclose(part.customers, everyone.size())
        np.testing.assert_allclose(part.active, active.size())
        np.testing.assert_allclose(part.active_rate, active.size() / everyone.size())
        np.testing.assert_allclose(part.repeat_rate, active.orders.agg(lambda x: (x > 1).mean()))
        np.testing.assert_allclose(part.orders_per_active, active.orders.mean())
        np.testing.assert_allclose(part.breadth, active.breadth.mean())
        np.testing.assert_allclose(part.satisfaction, active.happy.mean())
        assert np.isnan(part.share_of_wallet).all()
        assert (part.repeat_rate_lower < part.repeat_rate).all()
        assert (part.repeat_rate < part.repeat_rate_upper).all()
    assert found.behaviour.active.tolist() == [core.n_active]


def test_by_hand_with_ties():
    log = pd.DataFrame({"customer_id": [*range(60), *range(30)], "timestamp": "2023-03-01"})
    core = core_of(log.assign(order_id=range(90)), share=0.5)
    customers = {
        "customer_id": range(60),
        "segment": ["a"] * 15 + ["b"] * 5 + ["c"] * 5 + ["d"] * 5 + ["e"] * 30,
    }
    population = {"segment": list("abcde"), "population": [10, 40, 30, 15, 5]}
    found = relevance_of(core, customers=customers, population=population, top=2, min_cell=1)
    # the core's second place is one of b, c and d; b and c are the population's first two
    assert found.tops.core == ("a", "b", "c", "d")
    assert found.tops.population == ("b", "c")
    assert found.overlap == pytest.approx((1 + 1 + 0) / 3 / 2)
    assert (found.tops.least, found.tops.most) == (0.0, 0.5)
    assert found.tops.both == ("b", "c")
    # shares of the core 1/2, 1/6, 1/6, 1/6, 0
    assert found.alignment == pytest.approx(0.10 + 3 * 0.15 + 1 / 60 * 2)


def test_alignment_is_what_reach_calls_similar(relevance):
    core, customers, population = library()
    reach = reach_of(core, customers=customers, population=population, min_cell=1, **ASKED)
    assert relevance.alignment == pytest.approx(1 - reach.dissimilarity)
    np.testing.assert_allclose(relevance.by_location["alignment"],
                               1 - reach.by_location["dissimilarity"])  # fmt: skip


def test_a_core_like_its_population_is_relevant_in_every_way():
    log = pd.DataFrame({"customer_id": [*range(400)] * 2, "timestamp": "2023-03-01"})
    core = core_of(log.assign(order_id=range(800)), share=0.5)
    segments = np.array(["a", "b", "b", "c", "c", "c", "c", "d"] * 50)
    mine = pd.Series(segments[np.isin(np.arange(400), core.customer_id)]).value_counts()
    population = {"segment": mine.index.tolist(), "population": (mine * 7).tolist()}
    customers = {"customer_id": range(400), "segment": segments}
    found = relevance_of(core, customers=customers, population=population, top=2)
    assert [getattr(found, name) for name in HEADLINES] == pytest.approx([1, 1, 1, 1, 0])


def test_with_no_more_segments_than_places_the_overlap_says_nothing():
    core, customers, population = library()
    said = "top=10 is no fewer than the 8 segments, .* Give a smaller top, such as top=4."
    with pytest.warns(DataQualityWarning, match=said):
        found = relevance_of(core, customers=customers, population=population, min_cell=1, **ASKED)
    assert found.top == 10
    assert np.isnan(found.overlap)
    assert len(found.tops.core) == 8
    assert np.isfinite(found.rank_biased_overlap)


def test_small_numbers_are_suppressed():
    log, customers, population = area_tables(n=150)
    core = core_of(log, share=0.3)
    shown = relevance_of(core, customers=customers, population=population, min_cell=1, top=3,
                         **ASKED)  # fmt: skip
    found = relevance_of(core, customers=customers, population=population, top=3, **ASKED)
    counts = np.round(shown.share_of_core * shown.n_core)
    small = (counts > 0) & (counts < 10)
    assert small.any()
    assert np.isnan(found.share_of_core[small]).all()
    names = {name for name, few in zip(found.segment, small, strict=True) if few}
    assert not names & set(found.tops.core)
    few = np.isnan(found.by_location.core)
    assert (few == found.by_location.suppressed).all()
    assert np.isnan(found.by_location["alignment"][few]).all()
    assert np.isnan(found.by_location.distances[few]).all()
    hidden = np.isnan(found.behaviour_by_segment.active)
    assert np.isnan(found.behaviour_by_segment.repeat_rate[hidden]).all()


def test_tables_and_how_it_shows_itself(relevance):
    for part in relevance.parts:
        table = contents(relevance.to_frame(part))
        assert len({len(column) for column in table.values()}) == 1
    assert contents(relevance.to_frame())["measure"] == list(HEADLINES)
    assert len(contents(relevance.to_frame("distances"))["other"]) == 3
    tops = contents(relevance.to_frame("location_tops"))
    assert tops["rank"] == [1, 2, 3] * 6
    assert repr(relevance).startswith("Relevance(customers=")
    assert relevance._repr_html_().startswith("<table><caption>Relevance</caption>")
    with pytest.raises(ValueError, match="read-only"):
        relevance.share_of_core[0] = 1.0
    low, high = relevance.interval("alignment")
    assert low < high


@OTHERS
def test_kinds_of_tables_give_one_answer(table_kind, relevance):
    core, customers, population = library()
    people = customers[["customer_id", "block", "happy"]].to_dict("list")
    found = relevance_of(
        core, customers=table_kind.make(people), population=table_kind.make(
            population.to_dict("list")
        ), top=3, min_cell=1, satisfaction="happy", **ASKED,
    )  # fmt: skip
    for part in ("headline", "behaviour_by_location"):
        assert contents(found.to_frame(part)) == contents(relevance.to_frame(part))


def test_the_method_of_the_core_is_the_function(relevance):
    core, customers, population = library()
    table = ci.CustomerTable.from_frame(customers)
    found = core.relevance(customers=table, population=population, top=3, min_cell=1, **ASKED)
    assert contents(found.to_frame()) == contents(relevance.to_frame())
