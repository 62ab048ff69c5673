"""The past told to new expressions, as if they had always been there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from customerintel.live.event_batch import EventBatch
    from customerintel.live.fold import Fold

__all__ = ["backfill"]

#: What does not come of events alone, or is worked out anew.
_OTHERS: Final = frozenset({"passed", "score", "edge", "drop"})


def backfill(fold: Fold, past: Iterable[EventBatch | tuple[str, str] | int]) -> None:
    """Fold the past quietly, and take over what only the new expressions know."""
    quiet = _of_the_past(fold, past)
    names = [(row, name) for row, name in enumerate(quiet.customers.ids.names) if name is not None]
    here = fold.customers.ids.find([name for _, name in names])
    there = np.array([row for row, _ in names], np.int64)
    known = here >= 0
    items = fold.plan.layout.items
    new = {key: held for key, held in fold.new_keys.items() if items[key].kind not in _OTHERS}
    fold.state.copy_columns(quiet.state, new, here[known], there[known].astype(np.int32))
    # what is true by now has turned true in the past
    rules = [
        k for k, rule in enumerate(fold.plan.rules) if f"edge|{rule.when.key}" in fold.new_keys
    ]
    fold.state.begin_edges(rules, fold.customers.ids.free_rows())
    fold.drained = None


def _of_the_past(fold: Fold, past: Iterable[EventBatch | tuple[str, str] | int]) -> Fold:
    """Return a fold of the same rules that has seen the past."""
    quiet = type(fold)(
        fold.rules, zone=fold.zone, lateness=fold.lateness, scheme=fold.scheme,
        thresholds=fold.thresholds,
    )  # fmt: skip
    # nobody is asked about the past
    quiet.plan = replace(quiet.plan, predicates=((),) * len(quiet.plan.rules))
    for one in past:
        if isinstance(one, int):
            quiet.tick(one, 0)
        elif isinstance(one, tuple):
            quiet.merge(*one)
        else:
            # the log has each message once
            quiet.events(replace(one, keys=np.zeros((0, 2), np.uint64)))
    quiet.tick(fold.time, None)
    ids = quiet.customers.ids
    for name in [one for one in ids.names if one is not None]:
        # the log may have lost its merge
        now = fold.canonical(name)
        if now != name:
            quiet.merge(name, now)
    return quiet
