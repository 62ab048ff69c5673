"""The promises of a churn estimator, one check each; both forms of the suite run these.

A check is given a `Subject`, returns nothing, and raises `Broken` or `Skipped`. What it lets
through of an estimator's own errors is a failure too. The first line of its docstring is the
promise, as reports and the documentation show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from customerintel.testing import answers, conduct, logs
from customerintel.testing.subject import Subject

__all__ = ["CHECKS", "Check"]


@dataclass(frozen=True)
class Check:
    """A promise, and what finds out whether it is kept."""

    name: str
    promise: str
    run: Callable[[Subject], None]


_RUNS: tuple[Callable[[Subject], None], ...] = (
    answers.contract, answers.fit_returns_self, answers.predict_before_fit, answers.output_shape,
    answers.output_dtype, answers.output_finite, answers.output_range, answers.alignment,
    answers.predict_twice, answers.horizon, answers.contributions,
    conduct.seed, conduct.repeatable, conduct.refit, conduct.saved_state, conduct.input_unchanged,
    conduct.process_unchanged, conduct.predict_in_threads, conduct.fit_in_threads,
    logs.no_look_ahead, logs.row_order, logs.table_kind, logs.text_ids, logs.unseen_customers,
    logs.unseen_categories, logs.no_amounts, logs.one_customer, logs.empty, logs.fit_one_customer,
    logs.fit_empty,
)  # fmt: skip

#: All checks by name, in the order of reports.
CHECKS: dict[str, Check] = {
    run.__name__: Check(run.__name__, (run.__doc__ or "").partition("\n")[0], run) for run in _RUNS
}
