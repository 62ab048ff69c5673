"""Boosted trees that learn from labelled customers."""

from __future__ import annotations

import functools
import subprocess
import sys

import numpy as np
import pytest

from customerintel.relationships.collecting import signals as signals_of
from customerintel.relationships.simulation import simulate
from customerintel.testing import check_relationship_classifier

pytest.importorskip("sklearn")

from customerintel.relationships.supervised import SupervisedClassifier

Quick = functools.partial(SupervisedClassifier, max_iter=8)


@pytest.fixture(scope="module")
def shop():
    return simulate(600, seed=6)


@pytest.fixture(scope="module")
def known(shop):
    return signals_of(shop.as_of(), interactions=shop.interactions, survey=shop.survey)


@pytest.fixture(scope="module")
def fitted(shop, known):
    """Fitted to every second customer."""
    labels = np.where(np.arange(600) % 2 == 0, shop.labels, None)
    return SupervisedClassifier(max_iter=25).fit(known, labels)


def test_it_conforms():
    make = functools.partial(SupervisedClassifier, max_iter=3)
    check_relationship_classifier(make).raise_if_failed()


def test_it_learns(shop, known, fitted):
    found = fitted.predict_proba(known)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-12)
    rest = np.arange(600) % 2 == 1
    right = (np.array(fitted.labels)[found.argmax(axis=1)] == shop.labels)[rest]
    commonest = max(np.mean(shop.labels == label) for label in fitted.labels)
    assert right.mean() > commonest + 0.2
    # believed as far as held-out customers allow: the mean probability is about the accuracy
    assert abs(found.max(axis=1)[rest].mean() - right.mean()) < 0.1
    assert fitted.n_rows_ == 300
    assert fitted.n_iter_ > 0


def test_labels_are_those_seen_in_the_order_of_the_types(shop, known):
    names = SupervisedClassifier().labels
    some = np.isin(shop.labels, [names[4], names[1]])
    made = Quick().fit(known, np.where(some, shop.labels, None))
    assert made.labels == (names[1], names[4])
    assert made.predict_proba(known).shape == (600, 2)


def test_statements_that_are_the_labels_are_no_evidence(known):
    made = Quick().fit(known, known.stated)
    silent = known.masked(np.zeros(known.to_numpy().shape, bool), stated=np.ones(600, bool))
    np.testing.assert_array_equal(made.predict_proba(known), made.predict_proba(silent))


def test_unknown_where_nothing_is_known(known, fitted):
    hidden = np.ones(known.to_numpy().shape, bool)
    assert np.isnan(fitted.predict_proba(known.masked(hidden, stated=np.ones(600, bool)))).all()
    stated = np.array([word is not None for word in known.stated])
    found = fitted.predict_proba(known.masked(hidden))
    np.testing.assert_array_equal(~np.isnan(found).any(axis=1), stated)


def test_labels_without_signals_give_the_shares(known):
    hidden = known.masked(np.ones(known.to_numpy().shape, bool), stated=np.ones(600, bool))
    words = np.array(["fling", "buddy", "buddy"] * 200, object)
    made = Quick().fit(hidden, words)
    assert made.n_iter_ == 0
    found = made.predict_proba(known)
    assert made.labels == ("fling", "buddy")
    np.testing.assert_allclose(found[0], [1 / 3, 2 / 3], atol=1e-3)


def test_how_it_shows_itself(fitted):
    shown = repr(fitted)
    assert shown.startswith("SupervisedClassifier(types=core@1, labels=6, trees=")
    assert repr(SupervisedClassifier("extended")) == (
        "SupervisedClassifier(types=extended@1, status=not fitted)"
    )


def test_without_scikit_learn_it_says_what_to_install():
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import importlib.util as u; u.find_spec = lambda name, *_: None\n"
        "from customerintel.exceptions import MissingDependencyError\n"
        "try:\n    import customerintel.relationships.supervised\n"
        "except MissingDependencyError as error:\n    print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert ran.stdout.strip() == (
        'The classifier "supervised" needs scikit-learn: pip install "customerintel[sklearn]".'
    )
