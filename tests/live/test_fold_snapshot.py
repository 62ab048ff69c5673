"""A fold that was written and restored goes on as if nothing had been."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from live.fold_bed import HOUR, at, batch_of, event, fold_of, identify, shown, visit_of

from customerintel import live
from customerintel.exceptions import LiveStoreError
from customerintel.live.fold import Fold
from customerintel.live.rule_set import RuleSet

RULES = [
    live.Rule(
        id="cart",
        version=1,
        when=live.Absence(after="Product Added", of="Order Completed", within="30m"),
        do=[live.Action("email")],
        holdout=live.Holdout(0.5, salt="s"),
        limits=live.Limits(once_per="1d"),
    ),
    live.Rule(
        id="keen",
        version=1,
        when=live.Count("Visit", window="60m") >= 3,
        do=[live.Action("offer")],
        requires_consent="marketing",
    ),
    live.Rule(
        id="less",
        version=1,
        when=live.Drop(live.Count("Visit"), window="1d", by=0.5, at_least=2),
        do=[live.Action("tips")],
    ),
]


def stream(seed: int, n: int = 150) -> list[Any]:
    rng = np.random.default_rng(seed)
    names = ["Visit", "Product Added", "Order Completed", "Unsubscribed"]
    found: list[Any] = []
    for place in range(n):
        who, minute = f"c{rng.integers(0, 6)}", place * 20
        kind = rng.random()
        if kind < 0.1:
            found.append(identify(f"d{rng.integers(0, 6)}", who, minute))
        elif kind < 0.3:
            found.append(visit_of(f"d{rng.integers(0, 6)}", "Visit", minute))
        else:
            name = str(rng.choice(names, p=[0.5, 0.25, 0.2, 0.05]))
            found.append(event(who, name, minute, f"m{rng.integers(0, n)}"))
    return found


def consents() -> list[dict[str, Any]]:
    stamp = event("x", "", -9999)["timestamp"]
    return [
        {
            "customer_id": f"c{place}",
            "purpose": "marketing",
            "basis": "consent",
            "status": "granted",
            "timestamp": stamp,
        }
        for place in range(5)
    ]


def decided(seed: int, cuts: set[int]) -> tuple[list[Any], dict[str, bytes]]:
    fold, found = fold_of(RULES, zone="Europe/Berlin"), []
    fold.consent(consents())
    for place, one in enumerate(stream(seed)):
        if place in cuts:
            fold = Fold.restore(dict(fold.parts()), RuleSet(RULES))
        found += fold.events(batch_of(fold, [one])).decisions
        if place == 70:
            found += fold.merge("c1", "c2")
            fold.erase(["c3"])
    found += fold.tick(fold.time + 72 * HOUR, None)
    rows = [(*row, one.arm, one.unit_at) for row, one in zip(shown(found), found, strict=True)]
    return sorted(rows), dict(fold.parts())


@pytest.mark.parametrize("seed", range(3))
def test_restored_anywhere_it_decides_the_same(seed: int) -> None:
    cuts = set(np.random.default_rng(seed).integers(0, 150, 12).tolist())
    whole, parts = decided(seed, set())
    rows, again = decided(seed, cuts)
    assert rows == whole
    assert len(whole) > 20
    assert {name for name in parts if parts[name] != again[name]} <= {"head", "state/0"}


def test_a_restored_fold_writes_the_same_parts() -> None:
    fold = fold_of(RULES)
    fold.events(batch_of(fold, stream(3)))
    parts = dict(fold.parts())
    again = Fold.restore(parts, RuleSet(RULES))
    assert (again.time, again.n_accepted, again.n_customers) == (
        fold.time,
        fold.n_accepted,
        fold.n_customers,
    )
    facts = fold.explain("c2", "cart")
    assert again.explain("c2", "cart") == facts
    assert dict(again.parts())["seen.key/0"] == parts["seen.key/0"]


def test_other_rules_and_settings_are_refused() -> None:
    fold = fold_of(RULES)
    parts = dict(fold.parts())
    with pytest.raises(LiveStoreError, match="of other rules"):
        Fold.restore(parts, RuleSet(RULES[:1]))
    with pytest.raises(LiveStoreError, match="was written with zone='UTC'"):
        Fold.restore(parts, RuleSet(RULES), zone="Europe/Berlin")
    with pytest.raises(LiveStoreError, match="was written with lateness=0"):
        Fold.restore(parts, RuleSet(RULES), lateness=5)
    with pytest.raises(LiveStoreError, match="'head' of the snapshot is missing"):
        Fold.restore({}, RuleSet(RULES))


def test_a_fold_without_anything() -> None:
    fold = fold_of(RULES)
    again = Fold.restore(dict(fold.parts()), RuleSet(RULES))
    assert again.time == -(2**62)
    assert again.pending == 0
    assert again.tick(at(0)) == []
