"""`check_churn_estimator`: run the checks, and say what came of them."""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_count
from customerintel.testing.checks import CHECKS, Check
from customerintel.testing.datasets import Business
from customerintel.testing.report import CheckResult, ConformanceReport
from customerintel.testing.subject import Broken, Skipped, Subject, factory_of, undisturbed

__all__ = ["check_churn_estimator", "read_business", "read_expected", "read_seed", "run_check"]


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
    expected = read_expected(expected_failures)
    maker, name = factory_of(estimator)
    subject = Subject(maker, read_seed(seed), read_business(business))
    results = tuple(run_check(one, subject, expected.get(one.name)) for one in CHECKS.values())
    return ConformanceReport(name, results, subject.seed)


def run_check(check: Check, subject: Subject, reason: str | None) -> CheckResult:
    """Run one check.

    Parameters
    ----------
    check : Check
        The check.
    subject : Subject
        The estimator.
    reason : str or None
        Why the check is expected to fail, if it is.
    """
    message, advice, error = "", "", None
    try:
        with undisturbed():
            check.run(subject)
    except Skipped as why:
        return CheckResult(check.name, check.promise, "skipped", str(why))
    except Broken as found:
        message, advice, error = str(found), found.what_to_do, found.__cause__
    except Exception as raised:  # noqa: BLE001 - an estimator may raise anything
        message = f"{type(raised).__name__} was raised{_where(raised)}: {raised}"
        advice, error = "The check needs an answer, not an error.", raised
    else:
        if reason is None:
            return CheckResult(check.name, check.promise, "passed")
        message = f"It was expected to fail ({reason}), and it passed."
        return CheckResult(
            check.name,
            check.promise,
            "unexpected pass",
            message,
            f"Take {check.name!r} from expected_failures.",
        )
    if reason is not None:
        return CheckResult(check.name, check.promise, "expected failure", reason, error=error)
    return CheckResult(check.name, check.promise, "failed", message, advice, error)


def _where(error: BaseException) -> str:
    """Return the last line outside this library that an error came through, as text."""
    here = str(Path(__file__).parents[1])
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if not frame.filename.startswith(here):
            return f" in {frame.name} ({Path(frame.filename).name}:{frame.lineno})"
    return ""


def read_expected(expected: Any) -> dict[str, str]:
    """Return the expected failures.

    Raises
    ------
    InvalidArgumentError
        If a name is no check, or a reason is missing.
    """
    if expected is None:
        return {}
    if not isinstance(expected, Mapping):
        raise InvalidArgumentError(
            "expected_failures must map names of checks to reasons, such as "
            f"{{'no_amounts': 'it is a model of spend'}}; got {type(expected).__name__}."
        )
    for name, reason in expected.items():
        if name not in CHECKS:
            near = difflib.get_close_matches(str(name), CHECKS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InvalidArgumentError(
                f"expected_failures names {name!r}, which is no check.{hint} The checks are: "
                f"{', '.join(CHECKS)}."
            )
        if not isinstance(reason, str) or not reason.strip():
            raise InvalidArgumentError(
                f"expected_failures gives no reason for {name!r}. Write one, in words: whoever "
                "reads the report must be able to judge it."
            )
    return dict(expected)


def read_business(business: Any) -> Business:
    """Return a kind of business.

    Raises
    ------
    InvalidArgumentError
        If it is none.
    """
    known = get_args(Business)
    if not isinstance(business, str) or business not in known:
        raise InvalidArgumentError(
            f"business must be one of {', '.join(map(repr, known))}; got {business!r}."
        )
    return business  # type: ignore[return-value]


def read_seed(seed: Any) -> int:
    """Return a seed.

    Raises
    ------
    InvalidArgumentError
        If it is none.
    """
    if not is_count(seed) or not 0 <= seed < 2**32 - 1:
        raise InvalidArgumentError(
            f"seed must be a whole number from 0 to 4294967294; got {seed!r}."
        )
    return int(seed)
