"""The checks as one pytest class, for the test suites of plugins."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from customerintel.exceptions import (
    InvalidArgumentError,
    MissingDependencyError,
    PluginContractError,
)
from customerintel.testing.checks import CHECKS, Check
from customerintel.testing.conformance import read_business, read_expected, read_seed, run_check
from customerintel.testing.datasets import Business
from customerintel.testing.subject import Subject, factory_of

try:
    import pytest
except ImportError as error:
    raise MissingDependencyError(
        "ChurnEstimatorConformance is a pytest class, and pytest is not installed: pip install "
        '"customerintel[testing]". check_churn_estimator runs the same checks without it.'
    ) from error

__all__ = ["ChurnEstimatorConformance"]


class ChurnEstimatorConformance:
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

    estimator: ClassVar[Any] = None
    expected_failures: ClassVar[Mapping[str, str]] = {}
    seed: ClassVar[int] = 0
    business: ClassVar[Business] = "shop"

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Refuse expected failures that name no check or give no reason, at once."""
        super().__init_subclass__(**arguments)
        read_expected(cls.expected_failures)
        read_seed(cls.seed)
        read_business(cls.business)


def _subject_of(suite: type[ChurnEstimatorConformance]) -> Subject:
    """Return the estimator of a suite; its reference is computed once for all its tests."""
    held = suite.__dict__.get("_subject")
    if held is None:
        # not by the instance, which would make a method of a function
        spec = inspect.getattr_static(suite, "estimator")
        if isinstance(spec, staticmethod):
            spec = spec.__func__
        if spec is None:
            raise InvalidArgumentError(
                f"{suite.__name__} does not say what to test. Write estimator = … in the class: "
                "an estimator, its class, or a function without arguments that makes one."
            )
        held = Subject(factory_of(spec)[0], read_seed(suite.seed), suite.business)
        suite._subject = held  # type: ignore[attr-defined]
    return held


def _test(check: Check) -> Callable[[ChurnEstimatorConformance], None]:
    def test(self: ChurnEstimatorConformance) -> None:
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
    test.__qualname__ = f"{ChurnEstimatorConformance.__qualname__}.{test.__name__}"
    test.__doc__ = check.promise
    return test


for _one in CHECKS.values():
    setattr(ChurnEstimatorConformance, f"test_{_one.name}", _test(_one))
