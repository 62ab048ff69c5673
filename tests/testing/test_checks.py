"""Every check fails for the estimator that breaks its promise, and for no other."""

from __future__ import annotations

import pytest
from testing.estimators import BROKEN, Good, Plain
from testing.narrow_minds import Hangs

from customerintel.testing import check_churn_estimator, subject
from customerintel.testing.checks import ESTIMATOR_CHECKS as CHECKS


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    monkeypatch.setattr(subject, "PATIENCE", 3.0)
    Hangs.let_go.clear()
    yield
    Hangs.let_go.set()


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("estimator", [Good, Plain])
def test_a_good_one_passes(estimator, seed):
    report = check_churn_estimator(estimator, seed=seed)
    report.raise_if_failed()
    skipped = {one.name for one in report.results if one.status == "skipped"}
    absent = {"contributions", "seed", "saved_state"}
    assert skipped == ({"repeatable"} if estimator is Good else absent)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_one_fails_its_check_alone(broken):
    report = check_churn_estimator(broken)
    assert {one.name: one.message for one in report.failures}.keys() == {BROKEN[broken]}
    (failure,) = report.failures
    assert failure.status == "failed"
    assert failure.message.endswith(".") or failure.error is not None
    assert failure.what_to_do.endswith((".", ")"))


def test_there_is_a_broken_one_for_every_check():
    assert set(BROKEN.values()) == set(CHECKS)
