"""How checks are run, and what callers may say about them."""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_count
from customerintel.testing.checks import Check
from customerintel.testing.datasets import Business
from customerintel.testing.kinds import PluginKind
from customerintel.testing.report import CheckResult
from customerintel.testing.subject import Broken, Skipped, Subject, undisturbed

__all__ = ["read_business", "read_expected", "read_seed", "run_check"]


def run_check(check: Check, subject: Subject, reason: str | None) -> CheckResult:
    """Run one check.

    Parameters
    ----------
    check : Check
        The check.
    subject : Subject
        The plugin.
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
    except Exception as raised:  # noqa: BLE001 - a plugin may raise anything
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


def read_expected(expected: Any, kind: PluginKind) -> dict[str, str]:
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
            f"{kind.example}; got {type(expected).__name__}."
        )
    for name, reason in expected.items():
        if name not in kind.checks:
            near = difflib.get_close_matches(str(name), kind.checks, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InvalidArgumentError(
                f"expected_failures names {name!r}, which is no check.{hint} The checks are: "
                f"{', '.join(kind.checks)}."
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
