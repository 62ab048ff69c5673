"""What every method does with a population: order, exclusions, kinds of table, files."""

from __future__ import annotations

import functools
import json

import numpy as np
import polars as pl
import pytest
from lookalike.people_with_seeds import odds, rows_of, seeds_of, table

import customerintel as ci
from customerintel import lookalike
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError
from customerintel.lookalike.likeness import METHODS
from customerintel.tables import CustomerTable
from customerintel.tables.consent_ledger import ConsentLedger

OWN = [name for name in METHODS if name not in ("boosting", "blend")]


@functools.cache
def fitted(method):
    people = table()
    return lookalike.fit(seeds_of(people), people, method=method)


@pytest.mark.parametrize("method", list(METHODS))
def test_positives_that_are_no_seeds_come_early(method):
    people = table()
    ranked = fitted(method).score(people)
    truth = dict(zip(people["customer_id"].tolist(), odds(people), strict=True))
    found = np.array([truth[k] for k in ranked.customer_id.tolist()])
    tenth = len(found) // 10
    assert found[:tenth].mean() > found.mean() + 0.4
    assert ((ranked.score >= 0.0) & (ranked.score <= 1.0)).all()
    assert (np.diff(ranked.score) <= 0.0).all()


def test_auto_tries_methods_and_says_which_and_why():
    model = fitted("auto")
    assert model.method_ in METHODS
    chosen = [one for one in model.candidates_ if one.chosen]
    assert [one.name for one in chosen] == [model.method_]
    assert all(one.why and 0.0 <= one.recall <= 1.0 for one in model.candidates_)
    assert fitted("knn").candidates_ == ()


@pytest.mark.parametrize("method", OWN)
def test_row_order_and_kind_of_table_change_nothing(method):
    people = table()
    shuffled = rows_of(people, np.random.default_rng(9).permutation(len(people["visits"])))
    frame = pl.DataFrame({k: v.tolist() for k, v in shuffled.items()})
    other = lookalike.fit(seeds_of(people)[::-1], frame, method=method)
    here, there = fitted(method).score(people), other.score(frame)
    np.testing.assert_array_equal(here.customer_id, there.customer_id)
    np.testing.assert_array_equal(here.score, there.score)
    assert other.fitted_on == fitted(method).fitted_on
    assert isinstance(there.to_frame(), pl.DataFrame)


@pytest.mark.parametrize("method", ["logistic_pairs", "knn"])
def test_threads_change_nothing(method, monkeypatch):
    monkeypatch.setattr("customerintel.lookalike.likeness.CHUNK", 400)
    monkeypatch.setattr("customerintel.lookalike.additive_fit.STRETCH", 300)
    people, found = table(), []
    for width in (1, 3):
        ci.set_threads(width)
        model = lookalike.fit(seeds_of(people), people, method=method)
        found.append(model.score(people).score)
    ci.set_threads(None)
    np.testing.assert_array_equal(*found)


def test_scores_do_not_hang_on_who_else_is_scored():
    people, model = table(), fitted("logistic_pairs")
    ids, whole = model.score_rows(people)
    some = rows_of(people, np.flatnonzero(people["customer_id"] % 2 == 0))
    few, part = model.score_rows(some)
    np.testing.assert_array_equal(part, whole[ids.match(few)[0]])


@pytest.mark.parametrize("texts", [False, True])
def test_seeds_are_never_prospects(texts):
    people = table(texts=texts)
    seeds = seeds_of(people)
    model = lookalike.fit(seeds, people, method="centroid")
    ranked = model.score(people)
    assert ranked.n_seeds_left_out == len(seeds)
    assert len(ranked) == len(people["visits"]) - len(seeds)
    assert not set(ranked.customer_id.tolist()) & set(seeds.tolist())
    ids, scores = model.score_rows(people)
    assert len(ids) == len(scores) == len(people["visits"])


def test_top_takes_a_share_or_a_number():
    ranked = fitted("logistic").score(table())
    assert len(ranked.top(0.05)) == round(0.05 * len(ranked))
    assert len(ranked.top(7)) == 7
    assert len(ranked.top(10**9)) == len(ranked.top(1.0)) == len(ranked)
    assert ranked.top(50).top(0.05).n_ranked == len(ranked)
    np.testing.assert_array_equal(ranked.top(7).rank, np.arange(1, 8))
    assert ranked.percentile[0] == pytest.approx(100.0 * (1.0 - 0.5 / len(ranked)))


def test_equal_scores_are_ranked_by_a_hash_of_the_id():
    people = table(400)
    same = {name: np.repeat(column[:1], 300) for name, column in people.items()}
    same["customer_id"] = np.arange(10_000, 10_300)
    ranked = fitted("logistic").score(same)
    assert len(set(ranked.score.tolist())) == 1
    assert abs(np.corrcoef(ranked.rank, ranked.customer_id)[0, 1]) < 0.2
    back = fitted("logistic").score(rows_of(same, np.arange(300)[::-1]))
    np.testing.assert_array_equal(ranked.customer_id, back.customer_id)


class Ledger:
    """Who allows what."""

    def __init__(self, barred):
        self.barred, self.asked = barred, []

    def allowed(self, ids, purpose, at=None):
        self.asked.append(purpose)
        return ~np.isin(ids, self.barred)


def test_without_consent_nobody_is_learnt_from_or_ranked():
    people = table()
    seeds = seeds_of(people)
    others = np.setdiff1d(people["customer_id"], seeds)
    ledger = Ledger(np.concatenate([seeds[:10], others[:200]]))
    model = lookalike.fit(seeds, people, method="logistic", consent=ledger)
    assert model.fitted_on.n_seeds == len(seeds) - 10
    assert model.fitted_on.n_without_consent == 210
    assert model.fitted_on.n_seeds_without_consent == 10
    without = np.isin(people["customer_id"], ledger.barred)
    kept = lookalike.fit(seeds[10:], rows_of(people, ~without), method="logistic")
    ranked = model.score(people)
    assert ranked.n_without_consent == 200
    assert ranked.n_seeds_left_out == len(seeds)
    assert not np.isin(ranked.customer_id, ledger.barred).any()
    np.testing.assert_array_equal(ranked.score, kept.score(rows_of(people, ~without)).score)
    model.score(people, purpose="ad_matching")
    assert ledger.asked == ["profiling", "profiling", "ad_matching"]


def test_the_ledger_of_the_library_is_one():
    people = table()
    entries = {
        "customer_id": people["customer_id"][:1_200],
        "purpose": np.full(1_200, "profiling", object),
        "basis": np.full(1_200, "consent", object),
        "status": np.full(1_200, "grant", object),
        "timestamp": np.full(1_200, "2024-05-01", "M8[us]"),
    }
    ledger = ConsentLedger.from_frame(entries)
    model = lookalike.fit(seeds_of(people), people, method="logistic", consent=ledger)
    assert model.fitted_on.n_without_consent == 300
    assert np.isin(model.score(people).customer_id, people["customer_id"][:1_200]).all()


def test_excluded_columns_and_identity_are_no_traits():
    people = table() | {"email": np.array([f"{k}@x.org" for k in range(1_500)], object)}
    people["same"] = np.ones(1_500)
    model = lookalike.fit(seeds_of(people), people, method="logistic", exclude=["age"])
    assert model.traits == ("visits", "spend", "plan", "branch")
    assert set(model.left_out) == {"age", "email", "same"}
    bare = {k: v for k, v in people.items() if k not in ("age", "email", "same")}
    assert len(model.score(bare))


def test_one_column_to_exclude_is_a_text_or_a_list():
    people = table()
    one = lookalike.fit(seeds_of(people), people, method="logistic", exclude="age")
    several = lookalike.fit(seeds_of(people), people, method="logistic", exclude=["age"])
    assert one.traits == several.traits == ("visits", "spend", "plan", "branch")
    assert one.settings == several.settings


def test_restricted_use_needs_acknowledgement_and_leaves_traits_out():
    people = table() | {"postCode": np.array(["a", "b", "c"] * 500, object)}
    with pytest.warns(DataQualityWarning, match="Look-alikes for housing"):
        model = lookalike.fit(
            seeds_of(people), people, method="logistic", restricted_use="housing", acknowledge=True
        )
    assert model.traits == ("visits", "spend", "plan", "branch")
    assert "age" in model.left_out["age"]
    assert "place" in model.left_out["postCode"]


def test_weights_count_as_copies_of_seeds():
    people = table()
    seeds = seeds_of(people)
    heavy = np.where(np.arange(len(seeds)) % 2, 1.0, 1e-9)
    model = lookalike.fit(seeds, people, method="centroid", weights=heavy)
    half = lookalike.fit(seeds[1::2], people, method="centroid")
    assert model.n_eff == pytest.approx(len(seeds[1::2]))
    there = model._likeness.levels @ half._likeness.levels
    there += model._likeness.numbers @ half._likeness.numbers
    assert there > 0.99
    twice = lookalike.fit(np.concatenate([seeds, seeds]), people, method="centroid")
    assert twice.fitted_on == fitted("centroid").fitted_on


def test_levels_never_seen_and_missing_values_are_scored():
    people = table(200, seed=5)
    people["plan"][:50] = "platinum"
    people["visits"] = people["visits"].astype(float)
    people["visits"][:20] = np.nan
    people["customer_id"] = people["customer_id"] + 10**6
    for method in METHODS:
        ranked = fitted(method).score(people)
        assert len(ranked) == 200
        assert np.isfinite(ranked.score).all()


def test_no_prospect_is_an_empty_ranking():
    nobody = rows_of(table(), np.arange(0))
    ranked = fitted("logistic_pairs").score(nobody)
    assert len(ranked) == len(ranked.top(0.5)) == 0


@pytest.mark.parametrize("method", OWN)
def test_a_saved_model_ranks_the_same(method, tmp_path):
    people, model = table(), fitted(method)
    model.save(tmp_path / "model.json")
    again = lookalike.load(tmp_path / "model.json")
    a, b = model.score(people), again.score(people)
    np.testing.assert_array_equal(a.customer_id, b.customer_id)
    np.testing.assert_array_equal(a.score, b.score)
    assert again.fitted_on == model.fitted_on
    assert again.method_ == method
    np.testing.assert_array_equal(again.explain().difference, model.explain().difference)
    assert json.loads((tmp_path / "model.json").read_text())["format_version"] == 1


def test_a_damaged_file_is_no_model(tmp_path):
    path = tmp_path / "model.json"
    fitted("logistic_pairs").save(path)
    content = json.loads(path.read_text())
    for key in ("likeness", "settings", "columns", "seed_ids", "differences"):
        path.write_text(json.dumps({k: v for k, v in content.items() if k != key}))
        with pytest.raises(InvalidArgumentError, match="not complete"):
            lookalike.load(path)
    content["likeness"]["coefficients"] = [0.0]
    path.write_text(json.dumps(content))
    with pytest.raises(InvalidArgumentError, match="not complete"):
        lookalike.load(path)


def test_refit_takes_the_same_settings():
    people = table()
    model = lookalike.fit(seeds_of(people), people, method="auto", exclude=["age"], seed=3)
    again = model.refit(seeds_of(people), people)
    assert again.method_ == model.method_
    assert again.traits == model.traits
    np.testing.assert_array_equal(again.score(people).score, model.score(people).score)


def test_a_customer_table_is_a_population():
    people = table()
    customers = CustomerTable.from_frame(people)
    model = lookalike.fit(seeds_of(people), customers, method="logistic")
    np.testing.assert_array_equal(
        model.score(customers).score, fitted("logistic").score(people).score
    )


def test_results_show_themselves_without_ids():
    model, people = fitted("logistic"), table(texts=False)
    ranked = model.score(people)
    for shown in (model, ranked, model.explain(), ranked.explain(ranked.customer_id[0])):
        assert repr(shown).startswith(type(shown).__name__ + "(")
        assert shown._repr_html_().startswith("<table>")
    assert list(ranked.to_frame()) == ["customer_id", "score", "rank", "percentile"]
    with pytest.raises(ValueError, match="read-only"):
        ranked.score[0] = 1.0
