"""The checks as functions: run them, and say what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customerintel.testing.classifier_subject import ClassifierSubject
from customerintel.testing.datasets import Business
from customerintel.testing.estimator_subject import EstimatorSubject
from customerintel.testing.kinds import CLASSIFIER, ESTIMATOR, PluginKind
from customerintel.testing.report import ConformanceReport
from customerintel.testing.running import read_business, read_expected, read_seed, run_check
from customerintel.testing.subject import Subject

__all__ = ["check_churn_estimator", "check_relationship_classifier"]


def check_churn_estimator(
    estimator: Any,
    *,
    expected_failures: Mapping[str, str] | None = None,
    seed: int = 0,
    business: Business = "shop",
) -> ConformanceReport:
    """Check that a churn estimator keeps what the library, and its users, rely on.

    Needs no pytest. `ChurnEstimatorConformance` runs the same checks as a pytest class.

    Parameters
    ----------
    estimator : object, class, callable or str
        A class or a function is called without arguments for each fresh estimator; of an
        object, deep copies are made, and it is never fitted itself. A text is a name of
        ``customerintel.churn.names()``; what ``customerintel.churn.get`` made of one will do.
    expected_failures : mapping of str to str, optional
        Names of checks that are known to fail, each with a reason in words. One that passes
        nevertheless counts as a failure, so that the mapping does not outlive its reasons.
    seed : int, default 0
        Of the simulated logs; also the ``random_state`` of estimators that have one.
    business : {"shop", "subscription"}, default "shop"
        Of what business the logs are: a shop whose customers come and go unseen, or
        subscribers who pay every 30 days until they cancel.

    Returns
    -------
    ConformanceReport
        One result per check; nothing is raised because of a failed one.

    Raises
    ------
    InvalidArgumentError
        If no estimator can be made, or an argument cannot be used.
    PluginError
        If there is no estimator of that name, or it cannot be loaded.

    Notes
    -----
    Every check fits fresh estimators to fresh logs of at most a few hundred customers. While
    a check runs, warnings are not shown, and the global random states of NumPy and Python are
    put back after it. Two predictions count as the same within 1e-9.

    Examples
    --------
    >>> import numpy as np
    >>> class Overdue:
    ...     api_version = 1
    ...     def fit(self, history, /, *, horizon_days):
    ...         self.horizon_ = horizon_days
    ...         return self
    ...     def predict(self, history, /):
    ...         silence = history.summarize().time_since_last
    ...         return silence / (silence + self.horizon_)
    >>> report = check_churn_estimator(Overdue)
    >>> report.passed
    True
    """
    expected = read_expected(expected_failures, ESTIMATOR)
    maker, name = ESTIMATOR.factory_of(estimator)
    subject = EstimatorSubject(maker, read_seed(seed), read_business(business))
    return _report(ESTIMATOR, name, subject, expected)


def check_relationship_classifier(
    classifier: Any,
    *,
    seed: int = 0,
    expected_failures: Mapping[str, str] | None = None,
) -> ConformanceReport:
    """Check that a relationship classifier keeps what the library, and its users, rely on.

    Needs no pytest. `RelationshipClassifierConformance` runs the same checks as a pytest class.

    Parameters
    ----------
    classifier : object, class, callable or str
        A class or a function is called without arguments for each fresh classifier; of an
        object, deep copies are made. A text is a name of
        ``customerintel.relationships.names()``.
    seed : int, default 0
        Of the simulated logs; also the ``random_state`` of classifiers that have one.
    expected_failures : mapping of str to str, optional
        As for `check_churn_estimator`.

    Returns
    -------
    ConformanceReport
        One result per check; nothing is raised because of a failed one.

    Raises
    ------
    InvalidArgumentError
        If no classifier can be made, or an argument cannot be used.
    PluginError
        If there is no classifier of that name, or it cannot be loaded.

    Notes
    -----
    Every check asks fresh classifiers about fresh signals of about a hundred customers, some
    of whom say what they are. A classifier that has `fit` is fitted first, to made-up kinds of
    most customers, named as its ``labels``. Two probabilities count as the same within 1e-9.

    Examples
    --------
    >>> import numpy as np
    >>> class WhatTheySay:
    ...     api_version = 1
    ...     labels = ("buddy", "fling")
    ...     def predict_proba(self, signals, /):
    ...         said = np.equal(signals.stated[:, None], self.labels)
    ...         return np.where(said.any(axis=1, keepdims=True), said, np.nan)
    >>> report = check_relationship_classifier(WhatTheySay)
    >>> report.passed
    True
    """
    expected = read_expected(expected_failures, CLASSIFIER)
    maker, name = CLASSIFIER.factory_of(classifier)
    return _report(CLASSIFIER, name, ClassifierSubject(maker, read_seed(seed)), expected)


def _report(
    kind: PluginKind, name: str, subject: Subject, expected: Mapping[str, str]
) -> ConformanceReport:
    results = (run_check(one, subject, expected.get(one.name)) for one in kind.checks.values())
    return ConformanceReport(name, tuple(results), subject.seed, kind.name)
