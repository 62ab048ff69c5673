"""What a conformance suite found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from customerintel.exceptions import InvalidArgumentError, PluginContractError
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["CheckResult", "ConformanceReport", "Status"]

Status = Literal["passed", "failed", "skipped", "expected failure", "unexpected pass"]
#: What makes a suite fail. A failure that no longer happens must be taken from the list.
BAD = ("failed", "unexpected pass")


@dataclass(frozen=True, eq=False)
class CheckResult:
    """What one check found.

    Attributes
    ----------
    name : str
        Of the check.
    promise : str
        What the check holds a plugin to.
    status : str
        "passed", "failed", "skipped", "expected failure" or "unexpected pass".
    message : str
        What was wrong, why it was skipped, or the reason why the failure was expected.
    what_to_do : str
        Advice; empty where nothing is to be done.
    error : Exception or None
        What the plugin raised where it should not have, with its traceback.
    """

    name: str
    promise: str
    status: Status
    message: str = ""
    what_to_do: str = ""
    error: BaseException | None = field(default=None, repr=False)

    @property
    def is_bad(self) -> bool:
        """Whether the suite fails because of it."""
        return self.status in BAD

    def explain(self) -> str:
        """Return name, finding and advice as one text."""
        found = f"{self.name} ({self.status}): {self.message or self.promise}"
        return f"{found} {self.what_to_do}".rstrip()


@dataclass(frozen=True, eq=False, repr=False)
class ConformanceReport:
    """What a conformance suite found.

    Made by `check_churn_estimator` and `check_relationship_classifier`.

    Attributes
    ----------
    plugin : str
        Name of the class or factory that was checked.
    results : tuple of CheckResult
        One per check, in the order of the suite.
    seed : int
        Of the simulated logs, and the ``random_state`` of the plugins.
    kind : str
        What kind of plugin it is held to be.
    """

    plugin: str
    results: tuple[CheckResult, ...]
    seed: int
    kind: str = "churn estimator"

    @property
    def passed(self) -> bool:
        """Whether no check failed, and none passed that was expected to fail."""
        return not self.failures

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """The checks that failed, and those that passed though they were expected to fail."""
        return tuple(one for one in self.results if one.is_bad)

    def raise_if_failed(self) -> None:
        """Raise an error that lists every failure.

        Raises
        ------
        PluginContractError
            If a check failed, or passed though it was expected to fail.
        """
        if self.passed:
            return
        lines = "\n".join(f"- {one.explain()}" for one in self.failures)
        raise PluginContractError(
            f"{self.plugin} does not keep {len(self.failures)} of {len(self)} promises of a "
            f"{self.kind}:\n{lines}"
        ) from next((one.error for one in self.failures if one.error is not None), None)

    def to_frame(self) -> Any:
        """Return one row per check as a pandas table.

        Returns
        -------
        pandas.DataFrame
            Columns ``check``, ``status``, ``message``, ``what_to_do``, ``promise``.
        """
        columns = {
            "check": [one.name for one in self.results],
            "status": [one.status for one in self.results],
            "message": [one.message for one in self.results],
            "what_to_do": [one.what_to_do for one in self.results],
            "promise": [one.promise for one in self.results],
        }
        made = {name: np.array(values, object) for name, values in columns.items()}
        return build(made, Kind("pandas"))

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, name: str) -> CheckResult:
        """Return the result of a check.

        Raises
        ------
        InvalidArgumentError
            If there is no such check.
        """
        for one in self.results:
            if one.name == name:
                return one
        known = ", ".join(one.name for one in self.results)
        raise InvalidArgumentError(f"There is no check {name!r}. The checks are: {known}.")

    def _count(self, status: Status) -> int | None:
        return sum(one.status == status for one in self.results) or None

    def __repr__(self) -> str:
        return one_line(
            "ConformanceReport",
            plugin=self.plugin,
            passed=self.passed,
            checks=len(self),
            failures=", ".join(one.name for one in self.failures) or None,
            expected_failures=self._count("expected failure"),
            skipped=self._count("skipped"),
        )

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = [("passed", self.passed)]
        rows += [
            (one.name, f"{one.status}: {one.message}" if one.message else one.status)
            for one in self.results
        ]
        return html_table(f"Conformance of {self.plugin}", rows)
