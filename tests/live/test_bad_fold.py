"""What the fold refuses: the class of the error and the whole message."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from live.fold_bed import at, batch_of, event, fold_of

import customerintel as ci
from customerintel import live
from customerintel.exceptions import InvalidArgumentError, LiveStoreError
from customerintel.live.fold import Fold
from customerintel.live.fold_attributes import refresh_values
from customerintel.live.rule_set import RuleSet

SEEN = live.Rule(id="seen", version=1, when=live.On("Visit"), do=[live.Action("hello")])
OTHER = live.Rule(id="other", version=1, when=live.Count("Visit") >= 3, do=[live.Action("hello")])
HISTORY = ci.TransactionLog.from_frame(
    {
        "customer_id": np.arange(4) // 2,
        "timestamp": np.datetime64("2026-01-01", "us") + np.arange(4) * np.timedelta64(9, "D"),
        "amount": np.ones(4),
    }
).as_of("2026-02-20")


def known() -> Fold:
    fold = fold_of(SEEN)
    fold.events(batch_of(fold, [event("a", "Visit", 0)]))
    return fold


def parts() -> dict[str, bytes]:
    return dict(known().parts())


UNKNOWN = (
    "No customer of this id is known: there was no event, consent or purchase under it, or it was "
    "erased. Ids are texts; an integer is its decimal digits."
)
DAMAGED = (
    "The part 'state/0' of the snapshot is damaged. Nothing was read; take the store from a copy, "
    "or open a new one and send the events again."
)
MISSING = (
    "The part 'head' of the snapshot is missing or belongs to another snapshot. Nothing was read; "
    "take the store from a copy, or open a new one and send the events again."
)
FOREIGN = (
    "The snapshot is of other rules than those it is read with. Open the store with the rules it "
    "was left with, and change them afterwards."
)
TOO_FEW = (
    "The score 'risk' has 2 customers, and its estimator gave float64 of the shape (3,). It must "
    "give one number per customer, in the order of history.customer_id."
)
UNFITTED = (
    "The churn estimator 'recency' of a score is not fitted, and nobody says how far ahead it "
    "looks. Give Score(…, horizon='90d'), or a fitted one."
)
NO_LABELS = (
    "relationships must be what relationships.classify gave, or a mapping from customer ids to "
    "labels; got list."
)
NO_HISTORY = "history must be a History, as TransactionLog.as_of gives; got dict."
CASES: dict[str, tuple[Any, type[Exception], str]] = {
    "explaining nobody": (
        lambda: known().explain("secret-id", "seen"), InvalidArgumentError, UNKNOWN,
    ),
    "a view of nobody": (lambda: known().row_view("secret-id"), InvalidArgumentError, UNKNOWN),
    "explaining no rule": (
        lambda: known().explain("a", "x"), InvalidArgumentError, "There is no rule 'x'.",
    ),
    "a damaged snapshot": (
        lambda: Fold.restore(parts() | {"state/0": b"CILF"}, RuleSet([SEEN])),
        LiveStoreError, DAMAGED,
    ),
    "no snapshot": (lambda: Fold.restore({}, RuleSet([SEEN])), LiveStoreError, MISSING),
    "a snapshot of other rules": (
        lambda: Fold.restore(parts(), RuleSet([OTHER])), LiveStoreError, FOREIGN,
    ),
    "no history": (lambda: refresh_values({}), InvalidArgumentError, NO_HISTORY),  # type: ignore[arg-type]
    "too many scores": (
        lambda: refresh_values(HISTORY, given={"risk": [1.0, 2.0, 3.0]}, segments=False),
        InvalidArgumentError, TOO_FEW,
    ),
    "an estimator that nobody fitted": (
        lambda: refresh_values(HISTORY, scores=[live.Score("churn", "recency")], segments=False),
        InvalidArgumentError, UNFITTED,
    ),
    "relationships that are none": (
        lambda: refresh_values(HISTORY, relationships=["buddy"], segments=False),
        InvalidArgumentError, NO_LABELS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_errors(case: str) -> None:
    call, kind, message = CASES[case]
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == message
    assert "secret-id" not in str(error.value)


def test_nobody_allows_nothing_and_did_nothing() -> None:
    fold = known()
    assert not fold.allows("secret-id", "marketing", at(0))
    assert not fold.seen_since("secret-id", live.On("Visit"), at(-1), at(1))
    assert fold.canonical("secret-id") == "secret-id"
    assert fold.erase(["secret-id"]) == {"secret-id"}
    assert fold.n_customers == 1
