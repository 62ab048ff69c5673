"""What the conformance suite cannot be given: class and whole message."""

from __future__ import annotations

import threading

import pytest
from testing.classifiers import Good as Classifier
from testing.estimators import Good

from customerintel.exceptions import InvalidArgumentError
from customerintel.testing import (
    ChurnEstimatorConformance,
    RelationshipClassifierConformance,
    check_churn_estimator,
    check_relationship_classifier,
)
from customerintel.testing.checks import CLASSIFIER_CHECKS
from customerintel.testing.checks import ESTIMATOR_CHECKS as CHECKS


class NeedsAnArgument(Good):
    def __init__(self, gap):
        super().__init__()


class HoldsALock(Good):
    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()


def subclass(**body):
    return type("TestMine", (ChurnEstimatorConformance,), {"estimator": Good, **body})


FRESH = "Every check needs a fresh estimator: give a function that makes one, such as lambda: "

#: What is given: a call, the class and the whole message.
CASES = {
    "a conformance check of what is no estimator": (
        lambda: check_churn_estimator(3.5),
        InvalidArgumentError,
        (
            "A churn estimator is an object with fit and predict, its class, or a function "
            "without arguments that makes one; got float."
        ),
    ),
    "a conformance check of a class with arguments": (
        lambda: check_churn_estimator(NeedsAnArgument),
        InvalidArgumentError,
        (
            "NeedsAnArgument cannot be made without arguments (TypeError: "
            "NeedsAnArgument.__init__() missing 1 required positional argument: 'gap'). "
            f"{FRESH}NeedsAnArgument(…)."
        ),
    ),
    "a conformance check of an object that cannot be copied": (
        lambda: check_churn_estimator(HoldsALock()),
        InvalidArgumentError,
        (
            "HoldsALock cannot be copied (TypeError: cannot pickle '_thread.lock' object). "
            f"{FRESH}HoldsALock(…)."
        ),
    ),
    "an expected failure of an unknown check": (
        lambda: check_churn_estimator(Good, expected_failures={"no_lookahead": "why"}),
        InvalidArgumentError,
        (
            "expected_failures names 'no_lookahead', which is no check. Did you mean "
            f"'no_look_ahead'? The checks are: {', '.join(CHECKS)}."
        ),
    ),
    "an expected failure without a reason": (
        lambda: check_churn_estimator(Good, expected_failures={"no_look_ahead": ""}),
        InvalidArgumentError,
        (
            "expected_failures gives no reason for 'no_look_ahead'. Write one, in words: whoever "
            "reads the report must be able to judge it."
        ),
    ),
    "expected failures without reasons": (
        lambda: check_churn_estimator(Good, expected_failures=["no_look_ahead"]),
        InvalidArgumentError,
        (
            "expected_failures must map names of checks to reasons, such as {'no_amounts': 'it is "
            "a model of spend'}; got list."
        ),
    ),
    "a conformance class with an unknown check": (
        lambda: subclass(expected_failures={"nothing like it": "why"}),
        InvalidArgumentError,
        (
            "expected_failures names 'nothing like it', which is no check. The checks are: "
            f"{', '.join(CHECKS)}."
        ),
    ),
    "a seed of the suite that is none": (
        lambda: check_churn_estimator(Good, seed=0.5),
        InvalidArgumentError,
        "seed must be a whole number from 0 to 4294967294; got 0.5.",
    ),
    "a business that the suite does not know": (
        lambda: check_churn_estimator(Good, business="bank"),
        InvalidArgumentError,
        "business must be one of 'shop', 'subscription'; got 'bank'.",
    ),
    "a check that a report does not have": (
        lambda: check_churn_estimator(Good)["speed"],
        InvalidArgumentError,
        f"There is no check 'speed'. The checks are: {', '.join(CHECKS)}.",
    ),
    "a conformance class without an estimator": (
        lambda: subclass(estimator=None)().test_contract(),
        InvalidArgumentError,
        (
            "TestMine does not say what to test. Write estimator = … in the class: an estimator, "
            "its class, or a function without arguments that makes one."
        ),
    ),
    "a conformance check of what is no classifier": (
        lambda: check_relationship_classifier(3.5),
        InvalidArgumentError,
        (
            "A relationship classifier is an object with predict_proba, its class, or a function "
            "without arguments that makes one; got float."
        ),
    ),
    "an expected failure of an unknown check of classifiers": (
        lambda: check_relationship_classifier(Classifier, expected_failures={"subsets": "why"}),
        InvalidArgumentError,
        (
            "expected_failures names 'subsets', which is no check. Did you mean 'subset'? The "
            f"checks are: {', '.join(CLASSIFIER_CHECKS)}."
        ),
    ),
    "expected failures of a classifier without reasons": (
        lambda: check_relationship_classifier(Classifier, expected_failures=["subset"]),
        InvalidArgumentError,
        (
            "expected_failures must map names of checks to reasons, such as {'subset': 'it "
            "compares customers with each other'}; got list."
        ),
    ),
    "a conformance class without a classifier": (
        lambda: type("TestMine", (RelationshipClassifierConformance,), {})().test_contract(),
        InvalidArgumentError,
        (
            "TestMine does not say what to test. Write classifier = … in the class: a classifier, "
            "its class, or a function without arguments that makes one."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
