"""Every check of classifiers fails for the one that breaks its promise, and for no other."""

from __future__ import annotations

import pytest
from testing.classifiers import BROKEN, Good, Plain

from customerintel.testing import check_relationship_classifier
from customerintel.testing.checks import CLASSIFIER_CHECKS


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("classifier", [Good, Plain])
def test_a_good_one_passes(classifier, seed):
    report = check_relationship_classifier(classifier, seed=seed)
    report.raise_if_failed()
    skipped = {one.name for one in report.results if one.status == "skipped"}
    absent = {"seed", "saved_state", "adapts", "fit_returns_self", "refit", "fit_nothing"}
    assert skipped == ({"repeatable"} if classifier is Good else absent)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_one_fails_its_check_alone(broken):
    report = check_relationship_classifier(broken)
    assert {one.name: one.message for one in report.failures}.keys() == {BROKEN[broken]}
    (failure,) = report.failures
    assert failure.status == "failed"
    assert failure.message.endswith(".") or failure.error is not None
    assert failure.what_to_do.endswith((".", ")"))


def test_there_is_a_broken_one_for_every_check():
    assert set(BROKEN.values()) == set(CLASSIFIER_CHECKS)


def test_the_report_says_what_it_is_of():
    report = check_relationship_classifier(Good())
    assert (report.plugin, report.kind) == ("Good", "relationship classifier")
    bad = check_relationship_classifier(next(iter(BROKEN)))
    with pytest.raises(TypeError, match="promises of a relationship classifier:\n- contract"):
        bad.raise_if_failed()
