"""The checks as pytest classes, for the test suites of plugins."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from customerintel.exceptions import (
    InvalidArgumentError,
    MissingDependencyError,
    PluginContractError,
)
from customerintel.testing.checks import Check
from customerintel.testing.classifier_subject import ClassifierSubject
from customerintel.testing.datasets import Business
from customerintel.testing.estimator_subject import EstimatorSubject
from customerintel.testing.kinds import CLASSIFIER, ESTIMATOR, PluginKind
from customerintel.testing.running import read_business, read_expected, read_seed, run_check
from customerintel.testing.subject import Maker, Subject

try:
    import pytest
except ImportError as error:
    raise MissingDependencyError(
        "The conformance suites are pytest classes, and pytest is not installed: pip install "
        '"customerintel[testing]". check_churn_estimator and check_relationship_classifier run '
        "the same checks without it."
    ) from error

__all__ = ["ChurnEstimatorConformance", "RelationshipClassifierConformance"]


class _Suite:
    """What the suites share; each names its kind of plugin, and makes the subject."""

    _kind: ClassVar[PluginKind]
    expected_failures: ClassVar[Mapping[str, str]] = {}
    seed: ClassVar[int] = 0

    @classmethod
    def _subject_from(cls, maker: Maker) -> Subject:
        raise NotImplementedError

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Refuse expected failures that name no check or give no reason, at once."""
        super().__init_subclass__(**arguments)
        read_expected(cls.expected_failures, cls._kind)
        read_seed(cls.seed)


class ChurnEstimatorConformance(_Suite):
    """The checks of a churn estimator as tests; inherit from it in a test module.

    One test per check, called ``test_`` and the name of the check, so that pytest can pick
    them (``-k no_look_ahead``). This class itself is not collected: its name is no name of a
    test.

    Attributes
    ----------
    estimator : class, callable or object
        As for `check_churn_estimator`.
    expected_failures : mapping of str to str
        Checks that are known to fail, each with its reason: they are reported as xfailed. One
        that passes nevertheless fails the test.
    seed, business
        As for `check_churn_estimator`.

    Examples
    --------
    In the test module of a plugin::

        from acme.churn import GapEstimator
        from customerintel.testing import ChurnEstimatorConformance


        class TestGap(ChurnEstimatorConformance):
            estimator = GapEstimator
            expected_failures = {"no_amounts": "it weighs purchases by their amounts"}
    """

    _kind = ESTIMATOR
    estimator: ClassVar[Any] = None
    business: ClassVar[Business] = "shop"

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Refuse a business that is none, too."""
        super().__init_subclass__(**arguments)
        read_business(cls.business)

    @classmethod
    def _subject_from(cls, maker: Maker) -> Subject:
        return EstimatorSubject(maker, cls.seed, cls.business)


class RelationshipClassifierConformance(_Suite):
    """The checks of a relationship classifier as tests; inherit from it in a test module.

    As `ChurnEstimatorConformance`, with one test per check of a classifier.

    Attributes
    ----------
    classifier : class, callable or object
        As for `check_relationship_classifier`.
    expected_failures : mapping of str to str
        As for `ChurnEstimatorConformance`.
    seed
        As for `check_relationship_classifier`.

    Examples
    --------
    In the test module of a plugin::

        from acme.types import TalkClassifier
        from customerintel.testing import RelationshipClassifierConformance


        class TestTalk(RelationshipClassifierConformance):
            classifier = TalkClassifier
    """

    _kind = CLASSIFIER
    classifier: ClassVar[Any] = None

    @classmethod
    def _subject_from(cls, maker: Maker) -> Subject:
        return ClassifierSubject(maker, cls.seed)


def _subject_of(suite: type[_Suite]) -> Subject:
    """Return the plugin of a suite; its reference is computed once for all its tests."""
    held: Subject | None = suite.__dict__.get("_subject")
    if held is None:
        kind = suite._kind
        # not by the instance, which would make a method of a function
        spec = inspect.getattr_static(suite, kind.noun)
        if isinstance(spec, staticmethod):
            spec = spec.__func__
        if spec is None:
            raise InvalidArgumentError(
                f"{suite.__name__} does not say what to test. Write {kind.noun} = … in the "
                f"class: {kind.article}, its class, or a function without arguments that makes "
                "one."
            )
        held = suite._subject_from(kind.factory_of(spec)[0])
        suite._subject = held  # type: ignore[attr-defined]
    return held


def _test(check: Check, base: type[_Suite]) -> Callable[[_Suite], None]:
    def test(self: _Suite) -> None:
        __tracebackhide__ = True
        reason = self.expected_failures.get(check.name)
        result = run_check(check, _subject_of(type(self)), reason)
        if result.status == "skipped":
            pytest.skip(result.message)
        if result.status == "expected failure":
            pytest.xfail(result.message)
        if result.is_bad:
            raise PluginContractError(result.explain()) from result.error

    test.__name__ = f"test_{check.name}"
    test.__qualname__ = f"{base.__qualname__}.{test.__name__}"
    test.__doc__ = check.promise
    return test


for _base in (ChurnEstimatorConformance, RelationshipClassifierConformance):
    for _one in _base._kind.checks.values():
        setattr(_base, f"test_{_one.name}", _test(_one, _base))
