"""Types as customers state them, and those of the others by who is alike."""

from __future__ import annotations

import numpy as np
import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.plugins.states import read_state, write_state
from customerintel.relationships.collecting import signals as signals_of
from customerintel.relationships.expectations import confusion
from customerintel.relationships.simulation import simulate
from customerintel.relationships.stated_likeness import (
    MOST,
    Sample,
    likeness_of,
    sampled,
    shares_of,
)
from customerintel.relationships.survey_classifier import SurveyClassifier
from customerintel.testing import check_relationship_classifier

LABELS = SurveyClassifier().labels


@pytest.fixture(scope="module")
def shop():
    return simulate(900, seed=5)


@pytest.fixture(scope="module")
def known(shop):
    return signals_of(shop.as_of(), interactions=shop.interactions, survey=shop.survey)


def silent(known):
    """The same customers, who stated nothing."""
    nothing = np.zeros(known.to_numpy().shape, bool)
    return known.masked(nothing, stated=np.ones(len(known), bool))


def bare(known, stated):
    """The same customers, of whom no signal is known."""
    return known.masked(np.ones(known.to_numpy().shape, bool), stated=stated)


def test_it_conforms():
    check_relationship_classifier("survey").raise_if_failed()


def test_rows_are_probabilities(known):
    found = SurveyClassifier().predict_proba(known)
    assert found.shape == (len(known), len(LABELS))
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-12)
    assert found.min() >= 0.0


def test_what_is_stated_counts_as_a_likelihood(known):
    """Bayes: the odds with and without the own answer differ by the confusion matrix."""
    frozen = SurveyClassifier().adapt(known)
    said, unsaid = frozen.predict_proba(known), frozen.predict_proba(silent(known))
    states = confusion(frozen.types)
    for place, word in enumerate(known.stated):
        if word is None:
            np.testing.assert_allclose(said[place], unsaid[place], atol=1e-12)
        else:
            expected = unsaid[place] * states[LABELS.index(word)]
            np.testing.assert_allclose(said[place], expected / expected.sum(), atol=1e-9)


def test_those_who_said_nothing_are_told_by_who_is_alike(shop, known):
    found = SurveyClassifier().adapt(known).predict_proba(silent(known))
    right = np.array(LABELS)[found.argmax(axis=1)] == shop.labels
    shares = [np.mean(shop.labels == label) for label in LABELS]
    assert right.mean() > max(shares) + 0.2


def test_unknown_where_nothing_is_known(known):
    frozen = SurveyClassifier().adapt(known)
    nobody_says = np.ones(len(known), bool)
    assert np.isnan(frozen.predict_proba(bare(known, nobody_says))).all()
    some = np.arange(len(known)) % 2 == 0
    found = frozen.predict_proba(bare(known, some))
    stated = np.array([word is not None for word in known.stated]) & ~some
    np.testing.assert_array_equal(~np.isnan(found).any(axis=1), stated)


def test_unknown_for_all_if_nobody_stated_anything(known):
    nobody = silent(known)
    assert np.isnan(SurveyClassifier().predict_proba(nobody)).all()
    frozen = SurveyClassifier().adapt(nobody)
    stated = np.array([word is not None for word in known.stated])
    np.testing.assert_array_equal(~np.isnan(frozen.predict_proba(known)).any(axis=1), stated)


def test_it_is_frozen_by_adapt(known):
    frozen = SurveyClassifier().adapt(known)
    some = np.arange(0, len(known), 7)
    np.testing.assert_array_equal(
        frozen.predict_proba(known.take(some)), frozen.predict_proba(known)[some]
    )
    np.testing.assert_array_equal(
        SurveyClassifier().predict_proba(known), frozen.predict_proba(known)
    )


def test_a_handful_of_answers_moves_nobody_far(known):
    """With three answers the signals say nothing: all others get the shares."""
    places = np.flatnonzero([word is not None for word in known.stated])[3:]
    few = np.zeros(len(known), bool)
    few[places] = True
    found = SurveyClassifier().predict_proba(
        known.masked(np.zeros(known.to_numpy().shape, bool), stated=few)
    )
    others = found[few]
    np.testing.assert_allclose(others, np.broadcast_to(others[0], others.shape), atol=1e-12)


def test_shares_explain_what_is_stated():
    states = np.array([[0.8, 0.3], [0.2, 0.7]])
    share = 0.25
    counts = np.round(1e6 * states @ [share, 1.0 - share]).astype(np.int64)
    np.testing.assert_allclose(shares_of(counts, states), [share, 1.0 - share], atol=2e-3)
    np.testing.assert_allclose(shares_of(np.zeros(2, np.int64), states), [0.5, 0.5])


def test_moments_have_a_slow_twin():
    """Weighted means and variances, mixed with ten customers of all."""
    rng = np.random.default_rng(0)
    ranks, weights, said = rng.random((60, 2)), rng.random((60, 2)), rng.integers(0, 3, 60)
    weights[::5, 0], ranks[::5, 0] = 0.0, 0.0
    found = likeness_of(Sample(ranks, weights, said), np.full(3, 1 / 3), np.eye(3) * 0.7 + 0.1)
    for j in range(2):
        x, w = ranks[:, j], weights[:, j]
        mean = (sum(w * x) + 10 * 0.5) / (sum(w) + 10)
        for one in range(3):
            mine = said == one
            center = (sum((w * x)[mine]) + 10 * mean) / (sum(w[mine]) + 10)
            spread = (sum((w * (x - center) ** 2)[mine]) + 10 / 12) / (sum(w[mine]) + 10)
            np.testing.assert_allclose(found.center[j, one], center, rtol=1e-12)
            np.testing.assert_allclose(found.variance[j, one], spread, rtol=1e-10)


def test_noise_is_not_believed():
    rng = np.random.default_rng(3)
    sample = Sample(rng.random((300, 8)), np.ones((300, 8)), rng.integers(0, 3, 300))
    assert likeness_of(sample, np.full(3, 1 / 3), np.eye(3) * 0.7 + 0.1).belief < 0.1


def test_of_many_some_are_looked_at():
    said = np.concatenate([np.zeros(3 * MOST, np.int64), np.full(5, 1), np.full(9, -1)])
    rows = sampled(said, 3)
    assert np.bincount(said[rows]).tolist() == [MOST, 5]
    assert (np.diff(rows) > 0).all()


def test_its_state_survives_a_file(tmp_path, known):
    for made in (SurveyClassifier("extended"), SurveyClassifier().adapt(known)):
        write_state(tmp_path / "state.npz", {}, made.to_state())
        again = SurveyClassifier.from_state(read_state(tmp_path / "state.npz")[1])
        assert (again.labels, repr(again)) == (made.labels, repr(made))
        np.testing.assert_allclose(
            again.predict_proba(known), made.predict_proba(known), atol=1e-12
        )
    with pytest.raises(InvalidArgumentError, match="no state of a SurveyClassifier"):
        SurveyClassifier.from_state({"types": "{}"})


def test_types_of_ones_own(known):
    assert len(SurveyClassifier("extended").labels) == 21
    found = SurveyClassifier("extended").predict_proba(known)
    assert found.shape == (len(known), 21)
