"""Fits and kernels against slow twins and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from lookalike.people_with_seeds import seeds_of, table
from lookalike.test_lookalike_models import fitted
from scipy.special import expit

from customerintel import lookalike
from customerintel._kernels.additive import locate
from customerintel._kernels.gower import nearest_mean
from customerintel.lookalike.additive_fit import (
    STRENGTHS,
    choose_strengths,
    curvature_of,
    fit_additive,
    log_odds_of,
    penalty_of,
    terms_of,
)
from customerintel.lookalike.coded import Coded, Labelled
from customerintel.lookalike.pair_cells import PairTrait
from customerintel.lookalike.pair_search import find_pairs
from customerintel.lookalike.seed_list import effective_number
from customerintel.lookalike.sparse_rows import Encoder


def coded(n=1_200, seed=0, levels=6):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, n))
    y[rng.random(n) < 0.1] = np.nan
    codes = rng.integers(-1, levels, n).astype(np.int32)
    return Coded(n, {"x": x, "y": y}, {"c": Labelled(codes, tuple("abcdefgh"[:levels]))})


def dense(encoder, rows):
    """The columns that the sparse rows stand for."""
    found = np.zeros((len(rows.place), encoder.size))
    found[:, 0] = 1.0
    for i in range(len(found)):
        for j in range(rows.place.shape[1]):
            at = rows.place[i, j]
            if j < rows.weight.shape[1]:
                found[i, at] += 1.0 - rows.weight[i, j]
                found[i, at + 1] += rows.weight[i, j]
            else:
                found[i, at] += 1.0
    return found


def test_rows_are_lines_between_knots_and_levels():
    people = coded()
    encoder = Encoder.learn(people)
    rows = encoder.rows(people)
    b = np.random.default_rng(1).normal(size=encoder.size)
    expected = np.full(people.n, b[0])
    for j, trait in enumerate(encoder.numbers):
        block = b[encoder.firsts[j] :][: trait.size]
        values = people.numbers[trait.name]
        line = np.interp(values, trait.knots, block[:-1])
        expected += np.where(np.isnan(values), block[-1], line)
    block = b[encoder.firsts[2] :][: encoder.labels[0].size]
    codes = people.labels["c"].codes
    expected += np.where(codes < 0, block[-1], block[np.maximum(codes, 0)])
    np.testing.assert_allclose(log_odds_of(rows, b), expected, rtol=0, atol=1e-12)


def test_the_fit_is_that_of_scikit_learn_at_the_same_penalty():
    linear_model = pytest.importorskip("sklearn.linear_model")
    people = coded()
    encoder = Encoder.learn(people).with_pairs([PairTrait(0, 2)])
    rows = encoder.rows(people)
    rng = np.random.default_rng(2)
    y = (rng.random(people.n) < expit(people.numbers["x"] - 1.0)).astype(float)
    case = rng.uniform(0.5, 2.0, people.n)
    penalty = 2.0 * np.eye(encoder.size)
    penalty[0, 0] = 1e-8
    b = fit_additive(rows, y, case, penalty, np.zeros(encoder.size))
    X = dense(encoder, rows)
    other = linear_model.LogisticRegression(C=0.5, tol=1e-10, solver="newton-cholesky")
    other.fit(X[:, 1:], y, sample_weight=case)
    np.testing.assert_allclose(b[0], other.intercept_[0], atol=1e-6)
    np.testing.assert_allclose(b[1:], other.coef_[0], atol=1e-6)


def test_at_the_fit_the_gradient_is_zero():
    people = coded()
    encoder = Encoder.learn(people)
    rows, terms = encoder.rows(people), terms_of(encoder)
    y = (people.numbers["x"] > 0.5).astype(float)
    case = np.ones(people.n)
    penalty = penalty_of(terms, np.full(len(terms), 3.0), encoder.size)
    b = fit_additive(rows, y, case, penalty, np.zeros(encoder.size))
    X = dense(encoder, rows)
    p = expit(X @ b)
    np.testing.assert_allclose(X.T @ (p - y) + penalty @ b, 0.0, atol=1e-5)
    np.testing.assert_allclose(curvature_of(rows, case, b), (X.T * (p * (1 - p))) @ X, atol=1e-7)


def test_strengths_hold_back_what_says_nothing():
    people = coded(6_000, levels=8)
    rng = np.random.default_rng(3)
    y = (rng.random(people.n) < expit(1.5 * people.numbers["x"] - 2.0)).astype(float)
    encoder = Encoder.learn(people)
    rows, terms = encoder.rows(people), terms_of(encoder)
    start = np.zeros(encoder.size)
    b, strengths = choose_strengths(
        rows, y, np.ones(people.n), terms, encoder.size, np.full(len(terms), 5.0), start
    )
    by_name = dict(zip(["x bends", "x", "y bends", "y", "c"], strengths, strict=True))
    assert by_name["c"] > 30.0 > 5.0 > by_name["x"]
    assert (strengths <= STRENGTHS[1]).all()
    first = encoder.firsts[2]
    assert np.abs(b[first : first + 8]).max() < 0.15


def test_pairs_that_act_together_are_found_first():
    rng = np.random.default_rng(4)
    n = 8_000
    x = rng.normal(size=(5, n))
    codes = rng.integers(0, 3, n).astype(np.int32)
    z = 1.2 * x[0] * x[1] + 1.2 * np.where(codes == 0, x[2], -x[2]) + x[3] - 2.5
    y = (rng.random(n) < expit(z)).astype(float)
    people = Coded(n, {f"n{j}": x[j] for j in range(5)}, {"c": Labelled(codes, ("a", "b", "d"))})
    encoder = Encoder.learn(people)
    rows, terms = encoder.rows(people), terms_of(encoder)
    start = np.zeros(encoder.size)
    b, _ = choose_strengths(
        rows, y, np.ones(n), terms, encoder.size, np.full(len(terms), 5.0), start
    )
    found = find_pairs(encoder, rows, y, np.ones(n), log_odds_of(rows, b))
    assert {(pair.first, pair.second) for pair in found[:2]} == {(0, 1), (2, 5)}
    flat = np.full(n, np.log(y.mean() / (1.0 - y.mean())))
    none = find_pairs(encoder, rows, rng.permutation(y), np.ones(n), flat)
    assert len(none) <= 1


def slow_gower(people, others, k):
    """Mean of the k least distances, one pair at a time."""
    found = []
    for numbers, codes in zip(*people, strict=True):
        apart = []
        for other_numbers, other_codes in zip(*others, strict=True):
            parts = [min(abs(a - b), 1.0) for a, b in zip(numbers, other_numbers, strict=True)]
            parts = [part for part in parts if not np.isnan(part)]
            pairs = zip(codes, other_codes, strict=True)
            parts += [float(a != b) for a, b in pairs if a >= 0 and b >= 0]
            apart.append(np.mean(parts) if parts else 1.0)
        found.append(np.mean(sorted(apart)[:k]))
    return np.array(found)


@pytest.mark.parametrize("k", [1, 4])
def test_gower_is_that_of_its_slow_twin(k):
    rng = np.random.default_rng(5)
    people = rng.normal(size=(40, 3)), rng.integers(-1, 3, (40, 2))
    others = rng.normal(size=(9, 3)), rng.integers(-1, 3, (9, 2))
    people[0][rng.random((40, 3)) < 0.3] = np.nan
    people[0][0], people[1][0] = np.nan, -1
    out = np.empty(40)
    nearest_mean(*people, *others, k, out)
    np.testing.assert_allclose(out, slow_gower(people, others, k), atol=1e-12)


def test_knots_and_what_lies_outside_them():
    knots = np.array([0.0, 1.0, 4.0])
    values = np.array([-1.0, 0.0, 0.5, 1.0, 2.5, 4.0, 9.0, np.nan])
    place, weight = np.empty(8, np.int32), np.empty(8)
    locate(values, knots, 10, place, weight)
    assert place.tolist() == [10, 10, 10, 11, 11, 11, 11, 13]
    assert weight.tolist() == [0.0, 0.0, 0.5, 0.0, 0.5, 1.0, 1.0, 0.0]


def test_c_is_the_share_of_the_positives_that_are_seeds():
    """Elkan and Noto (2008), section 3: classes that hardly overlap, seeds drawn by chance."""
    rng = np.random.default_rng(6)
    n = 6_000
    positive = rng.random(n) < 0.2
    people = {
        "customer_id": np.arange(n),
        "a": rng.normal(size=n) + 4.0 * positive,
        "b": rng.normal(size=n) + 4.0 * positive,
        "c": np.where(positive ^ (rng.random(n) < 0.05), "u", "v").astype(object),
    }
    for c in (0.3, 0.6):
        seeds = np.flatnonzero(positive & (rng.random(n) < c))
        model = lookalike.fit(seeds, people, method="pu_elkan_noto")
        assert model.c_ == pytest.approx(c, abs=0.05)
        ids, scores = model.score_rows(people)
        np.testing.assert_array_equal(ids.to_numpy(), np.arange(n))
        assert scores.mean() == pytest.approx(0.2, abs=0.02)
        weight = model._likeness.weight_of_positive(
            Coded(2, {"a": np.array([4.0, 0.0]), "b": np.array([4.0, 0.0])},
                  {"c": Labelled(np.array([0, 1], np.int32), ("u", "v"))})
        )  # fmt: skip
        assert weight[0] > 0.75 > 0.1 > weight[1]


def test_c_is_not_measured_on_positives_who_look_like_others():
    """Few are surely positive: the mean over held-out seeds (e1) would be a fifth of c."""
    rng = np.random.default_rng(0)
    n, c = 12_000, 0.5
    x, z = rng.normal(size=n), rng.choice(np.array(list("abcd"), object), n)
    steep = rng.random(n) < expit(3.0 * x - 3.0)
    faint = rng.random(n) < expit(x - 3.0 + (z == "a"))
    people = {"customer_id": np.arange(n), "x": x, "z": z}
    found = []
    for positive in (steep, faint):
        seeds = np.flatnonzero(positive & (rng.random(n) < c))
        model = lookalike.fit(seeds, people, method="pu_elkan_noto")
        ranked = model.score(people)
        at_one = ranked.score == 1.0
        assert at_one.mean() < 0.04
        # who shares the score 1 has a rank by what is behind it
        assert np.corrcoef(x[ranked.customer_id[at_one]], ranked.rank[at_one])[0, 1] < -0.3
        found.append(model.c_)
    assert found[0] == pytest.approx(c, abs=0.06)
    # no group of people is of positives alone: c can be told from below only
    assert 0.2 < found[1] < c


def test_c_of_a_sample_is_that_of_the_population():
    rng = np.random.default_rng(1)
    n = 8_000
    positive = rng.random(n) < 0.2
    people = {
        "customer_id": np.arange(n),
        "a": rng.normal(size=n) + 4.0 * positive,
        "b": rng.normal(size=n) + 4.0 * positive,
    }
    seeds = np.flatnonzero(positive & (rng.random(n) < 0.4))
    model = lookalike.fit(seeds, people, method="pu_elkan_noto", sample=2_000)
    assert model.c_ == pytest.approx(0.4, abs=0.07)


def test_scores_are_chances_of_the_population_whatever_the_sample():
    people = table(5_000)
    seeds = seeds_of(people)
    whole = lookalike.fit(seeds, people, method="logistic")
    part = lookalike.fit(seeds, people, method="logistic", sample=1_000)
    _, all_scores = whole.score_rows(people)
    _, some_scores = part.score_rows(people)
    share = len(seeds) / 5_000
    assert all_scores.mean() == pytest.approx(share, rel=1e-3)
    assert some_scores.mean() == pytest.approx(share, rel=0.1)


@pytest.mark.parametrize("method", ["logistic", "logistic_pairs", "pu_elkan_noto"])
def test_contributions_add_up_to_the_log_odds(method):
    people = table()
    ranked = fitted(method).score(people)
    told = ranked.explain(ranked.customer_id[3])
    assert told.additive
    assert told.contribution.sum() == pytest.approx(told.margin - told.base, abs=1e-9)
    assert told.score == pytest.approx(ranked.score[3], abs=1e-12)
    assert (np.diff(np.abs(told.contribution)) <= 0.0).all()
    assert any("raises the log-odds by" in words for words in told.words)
    assert list(told.to_frame()) == ["trait", "value", "typical", "contribution"]


def test_of_other_methods_each_trait_is_made_typical():
    people = table()
    model = fitted("knn")
    ranked = model.score(people)
    told = ranked.explain(ranked.customer_id[0])
    assert not told.additive
    assert np.isnan(told.base)
    k = told.trait.index("plan")
    one = {name: column[people["customer_id"] == ranked.customer_id[0]]
           for name, column in people.items()}  # fmt: skip
    one["plan"] = np.array([told.typical[k]], object)
    _, score = model.score_rows(one)
    assert told.contribution[k] == pytest.approx(told.score - score[0], abs=1e-12)


def test_standardised_differences_are_those_of_their_definition():
    people = table()
    seeds = np.isin(people["customer_id"], seeds_of(people))
    found = fitted("logistic").explain()
    rows = dict(zip(zip(found.trait, found.level, strict=True), found.difference, strict=True))
    visits = people["visits"].astype(float)
    spread = np.sqrt((visits[seeds].var() + visits.var()) / 2.0)
    expected = (visits[seeds].mean() - visits.mean()) / spread
    assert rows["visits", ""] == pytest.approx(expected, abs=1e-12)
    gold = people["plan"] == "gold"
    p, q = gold[seeds].mean(), gold.mean()
    expected = (p - q) / np.sqrt((p * (1 - p) + q * (1 - q)) / 2.0)
    assert rows["plan", "gold"] == pytest.approx(expected, abs=1e-12)
    assert {("plan", "(missing)"), ("spend", "(missing)")} <= set(rows)
    assert found.trait[0] == "visits"


def test_effective_number_of_seeds():
    """Kish (1965): equal weights count fully, one heavy seed for little more than one."""
    assert effective_number(np.ones(7)) == 7.0
    assert effective_number(np.array([1.0, 3.0])) == 1.6
