"""A snapshot of one moment that is written while everything goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from live.fold_bed import HOUR, batch_of, event, fold_of, shown
from live.test_fold_snapshot import RULES, consents, stream

from customerintel import live
from customerintel._kernels.live_peeking import list_due
from customerintel.live import fold_saving
from customerintel.live.fold import Fold
from customerintel.live.rule_set import RuleSet

MANY = [
    *RULES,
    live.Rule(
        id="quiet",
        version=1,
        when=live.Count("Visit", window="3d") < 2,
        do=[live.Action("hello")],
        where=live.Count("Visit") >= 1,
    ),
]


def filled(seed: int, n: int = 60) -> Fold:
    fold = fold_of(MANY, zone="Europe/Berlin")
    fold.consent(consents())
    fold.events(batch_of(fold, stream(seed)))
    rng = np.random.default_rng(seed)
    names = ["Visit", "Product Added", "Order Completed"]
    start = 150 * 20
    for place in range(n):
        fold.events(batch_of(fold, [event(f"e{place}", str(rng.choice(names)), start + place)]))
    return fold


def goes_on(fold: Fold, seed: int) -> Iterator[None]:
    """Let everything happen that may, step by step."""
    rng = np.random.default_rng(seed)
    names = ["Visit", "Product Added", "Order Completed", "Unsubscribed"]
    for step in range(60):
        minute = 150 * 20 + 60 + step * 40
        who = [f"{kind}{rng.integers(0, 70)}" for kind in ("e", "c", "new")]
        kind = rng.random()
        if kind < 0.1:
            fold.merge(*(f"e{k}" for k in rng.integers(0, 60, 2)))
        elif kind < 0.15:
            fold.erase([who[0]])
        elif kind < 0.2:
            fold.consent([{**one, "customer_id": who[0]} for one in consents()[:1]])
        elif kind < 0.25:
            fold.catch_up_all()
        elif kind < 0.5:
            fold.tick(fold.time + int(rng.integers(0, 30)) * HOUR, int(rng.choice([1, 5, 1 << 20])))
        else:
            given = [event(one, str(rng.choice(names)), minute, f"n{step}{one}") for one in who]
            fold.events(batch_of(fold, given))
        yield


def rest(fold: Fold) -> list[Any]:
    found = fold.events(batch_of(fold, stream(7, 40))).decisions
    found += fold.tick(fold.time + 90 * HOUR, None)
    return sorted(shown(found))


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_state_of_one_moment(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_saving, "SMALL", 50)
    fold = filled(seed)
    as_it_was = Fold.restore(dict(fold.parts()), RuleSet(MANY))
    coming, found = fold.parts(bit_by_bit=True), {}
    for _, (name, body) in zip(goes_on(fold, seed), coming, strict=False):
        assert name not in found
        found[name] = body
    found |= dict(coming)
    assert fold.state.writer is None
    again = Fold.restore(found, RuleSet(MANY))
    one, other = dict(again.parts()), dict(as_it_was.parts())
    assert one == other
    assert rest(again) == rest(as_it_was)


def test_it_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who change are written first, the others when their turn comes."""
    monkeypatch.setattr(fold_saving, "SMALL", 50)
    fold = filled(1)
    coming = fold.parts(bit_by_bit=True)
    next(coming)
    writer = fold.state.writer
    assert writer is not None
    before = int(writer._written.sum())
    fold.events(batch_of(fold, [event("e59", "Visit", 9000), event("new", "Visit", 9000)]))
    assert int(writer._written.sum()) == before + 1
    fold.merge("e57", "e58")
    assert int(writer._written.sum()) == before + 3


@pytest.mark.parametrize("seed", range(4))
def test_whom_due_work_touches_is_listed(seed: int) -> None:
    fold = filled(seed)
    rng, touched = np.random.default_rng(seed), 0
    for _ in range(40):
        fold.state.time = fold.time + int(rng.integers(0, 20)) * HOUR
        budget = int(rng.integers(1, 9))
        state = fold.state
        rows = np.empty(2 * budget, np.int64)
        n = list_due(state._table, state._box, state._flat, state._wheel, fold.time, budget, rows)
        listed = set(rows[:n].tolist())
        before = {row: _packed(fold, row) for row in range(state.n_rows)}
        fold.drain(budget)
        changed = {row for row in before if _packed(fold, row) != before[row]}
        assert changed <= listed
        touched += len(changed)
    assert touched > 20


def _packed(fold: Fold, row: int) -> bytes:
    from customerintel.live.record_packing import RecordWriter

    writer = RecordWriter(fold.state, 50)
    writer.before([row])
    return writer._early[0]
