"""The promises of plugins, one check each; both forms of a suite run these.

A check is given a `Subject`, returns nothing, and raises `Broken` or `Skipped`. What it lets
through of a plugin's own errors is a failure too. The first line of its docstring is the
promise, as reports and the documentation show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from customerintel.testing import answers, bases, conduct, logs, probabilities

__all__ = ["CLASSIFIER_CHECKS", "ESTIMATOR_CHECKS", "Check"]


@dataclass(frozen=True)
class Check:
    """A promise, and what finds out whether it is kept."""

    name: str
    promise: str
    run: Callable[[Any], None]


def _named(runs: Iterable[Callable[[Any], None]]) -> dict[str, Check]:
    """Return checks by name, in the order of reports."""
    return {
        run.__name__: Check(run.__name__, (run.__doc__ or "").partition("\n")[0], run)
        for run in runs
    }


#: What a churn estimator is held to.
ESTIMATOR_CHECKS = _named((
    answers.contract, answers.fit_returns_self, answers.predict_before_fit, answers.output_shape,
    conduct.output_dtype, answers.output_finite, answers.output_range, answers.alignment,
    conduct.predict_twice, answers.horizon, answers.contributions,
    conduct.seed, conduct.repeatable, answers.refit, conduct.saved_state, conduct.input_unchanged,
    conduct.process_unchanged, conduct.predict_in_threads, conduct.fit_in_threads,
    logs.no_look_ahead, logs.row_order, logs.table_kind, logs.text_ids, logs.unseen_customers,
    logs.unseen_categories, logs.no_amounts, logs.one_customer, logs.empty, logs.fit_one_customer,
    logs.fit_empty,
))  # fmt: skip

#: What a relationship classifier is held to.
CLASSIFIER_CHECKS = _named((
    probabilities.contract, probabilities.labels, probabilities.output_shape,
    conduct.output_dtype, probabilities.output_range, probabilities.output_sum,
    probabilities.output_gaps, conduct.predict_twice,
    conduct.seed, conduct.repeatable, conduct.saved_state, conduct.input_unchanged,
    conduct.process_unchanged, conduct.predict_in_threads, conduct.fit_in_threads,
    probabilities.quiet, probabilities.adapts, probabilities.fit_returns_self,
    probabilities.refit, probabilities.fit_nothing,
    bases.order, bases.subset, bases.missing_sources,
    bases.nothing_known, bases.unknown_words,
    bases.text_ids, bases.one_customer, bases.empty,
))  # fmt: skip
