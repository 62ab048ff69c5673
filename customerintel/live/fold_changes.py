"""What changes the fold as a whole: histories, refreshes, other rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import NEVER
from customerintel.live.fold_attributes import RefreshValues, refresh_values
from customerintel.live.fold_customers import salts_of

if TYPE_CHECKING:
    from customerintel.live.decision import Decision
    from customerintel.live.fold import Fold

__all__ = ["change_rules", "refresh", "seed"]


def seed(fold: Fold, values: Any, given: dict[str, Any]) -> None:
    """Begin with what a history tells."""
    if not isinstance(values, RefreshValues):
        plan = fold.plan
        values = refresh_values(
            values, scores=plan.scores, segments=False, scheme=fold.scheme,
            thresholds=fold.thresholds, zone=fold.zone, **given,
        )  # fmt: skip
    fold.state.time = max(fold.time, values.moment)
    _take_over(fold, values)
    # what is true by now has turned true in the past
    items = fold.plan.layout.items
    levels = [k for k, rule in enumerate(fold.plan.rules) if f"edge|{rule.when.key}" in items]
    fold.state.begin_edges(levels, fold.customers.ids.free_rows())


def refresh(fold: Fold, values: RefreshValues) -> list[Decision]:
    """Take over what a history tells, everybody caught up before, and look at all rules."""
    fold.state.time = max(fold.time, values.moment)
    decisions = fold.catch_up_all()
    _take_over(fold, values)
    nobody = fold.customers.ids.free_rows()
    decisions += fold.drive(fold.state.refresh, fold.n_refreshed, nobody)
    fold.n_refreshed += 1
    return decisions


def _take_over(fold: Fold, values: RefreshValues) -> None:
    """Write everything that the values bring."""
    customers, plan = fold.customers, fold.plan
    rows = customers.ids.of(values.ids)
    labels = values.labels or {}
    scored = {score.name: customers.ids.of(list(values.scores[score.name]))
              for score in plan.scores if score.name in values.scores}  # fmt: skip
    customers.ids.of(list(labels))
    customers.fit(fold.state)
    fold.state.begin_days(rows)
    _put_purchases(fold, rows, values)
    for place, score in enumerate(plan.scores):
        if score.name in scored:
            column = fold.state.floats[: customers.ids.height, plan.score_offset + place]
            column[:] = np.nan
            column[scored[score.name]] = list(values.scores[score.name].values())
    if values.labels is not None:
        customers.set_labels(values.labels)
        customers.show_labels(fold.state, plan)
    fold.alive = values.alive or fold.alive
    if values.thresholds is not None:
        fold.thresholds = values.thresholds
    if values.scheme is not None and values.scheme != fold.scheme:
        fold.scheme = values.scheme
        fold.replan(fold.rules)
    fold.show_rfm()


def _put_purchases(fold: Fold, rows: NDArray[np.int32], values: RefreshValues) -> None:
    """Write the purchases of the history, and keep live ones that are later than its moment.

    What was seen up to its moment is in the history. Where all live purchases are later, both add
    up. Where some are and they cannot be told apart, the side that knows more of them stays.
    """
    from customerintel._kernels.live_words import W_BOUGHT, W_FIRST, W_FREQUENCY, W_LAST, W_MONETARY

    words, floats = fold.state.words, fold.state.floats
    rows, values = _one_per_customer(rows, values)
    first, last = words[rows, W_FIRST], words[rows, W_LAST]
    is_new, is_within = last == NEVER, (last != NEVER) & (last <= values.moment)
    is_later = ~is_new & (first > values.moment)
    knows_more = ~is_new & ~is_within & ~is_later & (values.frequency > words[rows, W_FREQUENCY])
    # a return that came without its purchase stays counted; a day counts once
    adds = is_new | is_later
    frequency = values.frequency + np.where(is_later, words[rows, W_FREQUENCY], 0)
    frequency -= is_later & (_days(fold, first) == _days(fold, values.last))
    money = values.monetary + np.where(adds, floats[rows, W_MONETARY], 0.0)
    taken = adds | is_within | knows_more
    words[rows[taken], W_FREQUENCY] = frequency[taken]
    floats[rows[taken], W_MONETARY] = money[taken]
    words[rows[taken], W_BOUGHT] |= _counted_days(fold, last, values.last)[taken]
    words[rows, W_LAST] = np.maximum(last, values.last)
    words[rows, W_FIRST] = np.where(is_new, values.first, np.minimum(first, values.first))


def _one_per_customer(
    rows: NDArray[np.int32], values: RefreshValues
) -> tuple[NDArray[np.int32], RefreshValues]:
    """Add up what the history has under several ids of one customer."""
    one, place = np.unique(rows, return_inverse=True)
    if len(one) == len(rows):
        return rows, values
    first, last = np.full(len(one), 1 << 62), np.full(len(one), NEVER)
    np.minimum.at(first, place, values.first)
    np.maximum.at(last, place, values.last)
    frequency = np.zeros(len(one), np.int64)
    np.add.at(frequency, place, values.frequency)
    money = np.zeros(len(one))
    np.add.at(money, place, values.monetary)
    return one, replace(values, frequency=frequency, monetary=money, first=first, last=last)


def _counted_days(
    fold: Fold, live: NDArray[np.int64], past: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the bits of the days up to the last one that a history knows: all are counted."""
    from customerintel._kernels.live_words import ALL_BOUGHT, BOUGHT_DAYS

    since = _days(fold, np.maximum(live, past)) - _days(fold, past)
    bits = np.left_shift(np.int64(ALL_BOUGHT), np.minimum(since, BOUGHT_DAYS - 1)) & ALL_BOUGHT
    return np.where(since < BOUGHT_DAYS, bits, 0)


def _days(fold: Fold, moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the local day of each moment."""
    return np.searchsorted(fold.plan.edges, moments, side="right") - 1


def change_rules(fold: Fold, rules: Any) -> list[Decision]:
    """Go on with other rules, everybody caught up by the former ones before."""
    decisions = fold.catch_up_all()
    before = fold.plan.layout.items
    fold.rules = rules
    fold.replan(rules)
    fold.customers.arms.add(salts_of(fold.plan, fold.holdout))
    fold.new_keys = {
        key: before[key].part if key in before else 0
        for key, item in fold.plan.layout.items.items()
        if key not in before or (item.kind in ("count", "sum") and item.part > before[key].part)
    }
    return decisions
