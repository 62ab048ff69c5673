"""`LookalikeModel.evaluate` and `fairness` as callers use them, against plain counting."""

from __future__ import annotations

import functools

import numpy as np
import polars as pl
import pytest
from lookalike.people_with_seeds import seeds_of, table

from customerintel import lookalike
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError

ATTRIBUTES = ("gender", "age")


@functools.cache
def people():
    """People, half of whose seeds came later, and columns that are no traits."""
    found = table(texts=True)
    rng = np.random.default_rng(8)
    found["gender"] = rng.choice(np.array(["f", "m"], object), len(found["visits"]))
    found["last_year"] = found["visits"] + rng.normal(size=len(found["visits"]))
    found["last_year"][:40] = np.nan
    return found


@functools.cache
def halves():
    """Ids of the earlier and of the later seeds, by a date that each has."""
    seeds = seeds_of(people())
    since = np.datetime64("2024-01-01") + np.random.default_rng(3).integers(0, 365, len(seeds))
    return seeds[since < np.datetime64("2024-07-01")], seeds[since >= np.datetime64("2024-07-01")]


class Ledger:
    """Bars some people."""

    def __init__(self, barred):
        self.barred = barred

    def allowed(self, ids, purpose, at=None):
        return ~np.isin(ids, self.barred)


@functools.cache
def fitted():
    return lookalike.fit(
        halves()[0], people(), method="logistic", exclude=[*ATTRIBUTES, "last_year"]
    )


def test_later_seeds_are_found_as_plain_counting_says():
    earlier, later = halves()
    found = fitted().evaluate(later, people(), top=[0.05, 0.2], baselines=["last_year"])
    ranked = fitted().score(people())
    held, taken = np.isin(ranked.customer_id, later), 0.2 * len(ranked)
    # people with the same score are taken in equal shares
    each = [
        np.clip((taken - (ranked.score > one).sum()) / (ranked.score == one).sum(), 0.0, 1.0)
        for one in ranked.score[held]
    ]
    expected = np.mean(each)
    assert found.recall(0.2) == pytest.approx(expected)
    assert found.lift(0.2) == pytest.approx(expected / 0.2)
    assert (found.n_holdout, found.n_prospects) == (len(later), 1_500 - len(earlier))
    assert list(found.gains) == ["model", f"best trait: {found.best_trait}", "last_year"]
    low, high = found.interval("recall", 0.2)
    assert low < expected < high
    assert found.auc > found.gains["last_year"].auc > 0.5
    rows = found.to_frame()
    assert len(rows["ranking"]) == 6
    assert (rows["recall_lower"] <= rows["recall"]).all()


def test_who_has_no_baseline_value_comes_last():
    values = people()["last_year"]
    held = people()["customer_id"][:40][~np.isin(people()["customer_id"][:40], halves()[0])]
    assert np.isnan(values[:40]).all()
    found = fitted().evaluate(held, people(), baselines=["last_year"])
    assert found.gains["last_year"].recall(0.5) == 0.0


def test_seeds_that_were_learnt_from_are_not_found_again():
    earlier, later = halves()
    found = fitted().evaluate(np.concatenate([earlier, later]), people())
    assert found.n_not_prospects == len(earlier)
    assert found.recall(0.1) == fitted().evaluate(later, people()).recall(0.1)


def test_people_without_consent_are_neither_found_nor_chosen():
    earlier, later = halves()
    others = np.setdiff1d(people()["customer_id"], earlier)
    barred = np.concatenate([later[:10], others[:300]])
    model = lookalike.fit(
        earlier, people(), method="centroid", exclude=[*ATTRIBUTES, "last_year"],
        consent=Ledger(barred),
    )  # fmt: skip
    out = np.isin(people()["customer_id"], np.concatenate([earlier, barred]))
    found = model.evaluate(later, people())
    assert found.n_holdout == int((~np.isin(later, barred)).sum())
    assert found.n_prospects == model.fairness(people(), "gender").n_eligible == int((~out).sum())


def test_a_share_and_a_number_choose_the_same_people():
    n = 1_500 - len(halves()[0])
    share = fitted().fairness(people(), ATTRIBUTES, selected=0.1)
    count = fitted().fairness(people(), ATTRIBUTES, selected=round(0.1 * n))
    assert share.n_selected == count.n_selected == round(0.1 * n)
    ranked = fitted().score(people()).top(0.1).customer_id
    gender = dict(zip(people()["customer_id"], people()["gender"], strict=True))
    chosen = np.array([gender[one] for one in ranked], object)
    for found in (share, count):
        rates = found.groups["gender"]
        assert dict(zip(rates.group, rates.selected, strict=True)) == {
            "f": (chosen == "f").sum(), "m": (chosen == "m").sum()
        }  # fmt: skip
    # the true odds fall with age, which no other trait stands for
    assert share.score_association.keys() == {"gender", "age"}
    assert share.n_eligible == n


@pytest.mark.parametrize("make", ["polars", "pandas"])
def test_the_kind_of_table_changes_nothing(make):
    frames = pytest.importorskip(make)
    frame = frames.DataFrame({name: values.tolist() for name, values in people().items()})
    later = frames.DataFrame({"customer_id": halves()[1].tolist()})
    here, there = (
        fitted().evaluate(*given, baselines=["last_year"])
        for given in ((halves()[1], people()), (later, frame))
    )
    assert type(there.to_frame()) is frames.DataFrame
    np.testing.assert_array_equal(here.to_frame()["auc"], there.to_frame()["auc"])
    mine = fitted().fairness(people(), "gender").to_frame()
    theirs = fitted().fairness(frame, "gender").to_frame()
    np.testing.assert_array_equal(mine["ratio"], np.asarray(theirs["ratio"]))


def test_a_model_fitted_to_a_pandas_table_ranks_a_polars_one():
    pd = pytest.importorskip("pandas")
    model = lookalike.fit(
        halves()[0], pd.DataFrame(people()), method="logistic", exclude=[*ATTRIBUTES, "last_year"]
    )
    frame = pl.DataFrame({name: values.tolist() for name, values in people().items()})
    there, here = model.score(frame), fitted().score(people())
    np.testing.assert_array_equal(there.customer_id, here.customer_id)
    np.testing.assert_array_equal(there.score, here.score)


def test_a_trait_that_says_who_is_a_seed_is_named():
    rng = np.random.default_rng(1)
    n = 3_000
    seeds = np.arange(0, n, 15)
    people = {
        "customer_id": np.arange(n),
        "income": rng.normal(size=n),
        "is_best": np.isin(np.arange(n), seeds).astype(int),
    }
    with pytest.warns(DataQualityWarning, match="'is_best' alone tells seeds from all others"):
        lookalike.fit(seeds, people, method="logistic")
    people["is_best"] = rng.integers(0, 2, n)
    lookalike.fit(seeds, people, method="logistic")


def test_six_people_without_a_value_do_not_hide_whom_the_audience_leaves_out():
    rng = np.random.default_rng(0)
    n = 3_000
    gender = np.where(rng.random(n) < 0.4, "f", "m").astype(object)
    gender[:6] = None
    income = rng.normal(size=n) + np.where(gender == "m", 2.0, -2.0)
    best = np.flatnonzero(rng.random(n) < 1.0 / (1.0 + np.exp(2.0 - income)))
    everybody = {"customer_id": np.arange(n), "income": income, "gender": gender}
    seeds = best[best > 10][::2]
    model = lookalike.fit(seeds, everybody, method="logistic", exclude="gender")
    found = model.fairness(everybody, "gender")
    rates = found.groups["gender"]
    assert rates.group == ("f", "m", "(too few to tell)")
    left = np.setdiff1d(np.arange(6, n), seeds)
    assert rates.eligible[:2].tolist() == [(gender[left] == g).sum() for g in ("f", "m")]
    assert rates.selected[0] == 0.0 == rates.ratio[0] == rates.lowest_ratio
    assert rates.below_four_fifths.tolist() == [True, False, False]
    # nobody of the six is in a total that would tell them
    assert found.n_eligible == np.nansum(rates.eligible)
    assert found.n_selected == np.nansum(rates.selected)
    assert found.to_frame("attributes")["lowest_ratio"][0] == 0.0
    assert "below_four_fifths=1 of 2 groups, too_few_to_tell=1" in repr(found)


def test_a_table_of_seeds_has_nobody_to_choose_from():
    seeds = np.isin(people()["customer_id"], halves()[0])
    only = {name: column[seeds] for name, column in people().items()}
    with pytest.raises(InvalidArgumentError, match="There is nobody to choose from"):
        fitted().fairness(only, "gender")


@pytest.mark.parametrize("method", ["logistic", "pu_elkan_noto", "knn"])
def test_the_auc_is_that_of_the_order_in_which_prospects_are_ranked(method):
    earlier, later = halves()
    given = {name: people()[name] for name in ("customer_id", "visits", "spend", "last_year")}
    model = lookalike.fit(earlier, given, method=method, exclude=["last_year"])
    ranked = model.score(given)
    held = np.isin(ranked.customer_id, later)
    # in this table no two people are alike: ranks have no ties even where scores do
    above = np.cumsum(~held)[held]
    expected = 1.0 - above.sum() / (held.sum() * (~held).sum())
    assert model.evaluate(later, given).auc == pytest.approx(expected, abs=2e-3)
    assert (np.diff(ranked.score) <= 0.0).all()
