"""What the classifiers of surveys and of labels cannot be given: class and whole message."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from customerintel.exceptions import InvalidArgumentError, NotFittedError
from customerintel.relationships.collecting import signals
from customerintel.relationships.survey_classifier import SurveyClassifier
from customerintel.tables import TransactionLog

pytest.importorskip("sklearn")

from customerintel.relationships.supervised import SupervisedClassifier


@cache
def known():
    """Signals of 30 customers."""
    days = np.datetime64("2023-01-01") + np.arange(90)
    log = TransactionLog.from_frame({"customer_id": np.arange(90) % 30, "timestamp": days})
    return signals(log.as_of("2023-06-30"))


#: What is given: a call, the class and the whole message.
CASES = {
    "a supervised classifier that is asked before it is fitted": (
        lambda: SupervisedClassifier().predict_proba(known()),
        NotFittedError,
        (
            "This SupervisedClassifier is not fitted yet: call fit(signals, labels), or "
            "customerintel.relationships.calibrate('supervised', labelled)."
        ),
    ),
    "fewer labels than customers to learn from": (
        lambda: SupervisedClassifier().fit(known(), ["buddy"]),
        InvalidArgumentError,
        (
            "SupervisedClassifier.fit got 1 labels for 30 customers. Give one per customer in "
            "the order of signals.customer_id, None where it is not known."
        ),
    ),
    "labels to learn from that are no types": (
        lambda: SupervisedClassifier().fit(known(), [None, "neighbour", "buddy"] * 10),
        InvalidArgumentError,
        (
            "SupervisedClassifier.fit got 10 labels that are no types of core@1 (rows 1, 4, 7, "
            "10, 13). The types are: basic_exchange, business_partner, fling, best_friend, "
            "buddy, commanding."
        ),
    ),
    "labels to learn from of one type alone": (
        lambda: SupervisedClassifier().fit(known(), ["buddy", None] * 15),
        InvalidArgumentError,
        (
            "SupervisedClassifier.fit needs customers of at least two types; the 15 labels name "
            "1. Label more customers."
        ),
    ),
    "a number of trees per type that is none": (
        lambda: SupervisedClassifier(max_iter=0),
        InvalidArgumentError,
        "max_iter must be a whole number of trees, at least 1; got 0.",
    ),
    "a state of a survey classifier that is none": (
        lambda: SurveyClassifier.from_state({"types": "{}"}),
        InvalidArgumentError,
        "This is no state of a SurveyClassifier. Give what its to_state() returned.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
