"""Fires as blocks of columns, gathered without one object per fire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.live.decision import HELD_OUT, QUEUED, Decision
from customerintel.live.fold_decisions import ARMS, Deciding, Triggers, holdout_arm

if TYPE_CHECKING:
    from customerintel.live.fold import Fold

__all__ = ["FATES", "TEXT", "BlockDeciding", "FireBlock", "FireRecorder", "joined_blocks"]

#: What became of a fire at its gates, by number.
FATES = (QUEUED, HELD_OUT, "cooldown", "consent")
#: Kind of a key that is a text of its own.
TEXT = -1
_REFUSED = 3
_CONTROL = ARMS.index("control")


@dataclass(frozen=True, slots=True, eq=False)
class FireBlock:
    """Some fires, one entry each.

    Attributes
    ----------
    row, rule : int array
        Customer's row, and place of the rule.
    due, known, unit : int64 array
        Due time, the engine's time when it was decided, and first trigger, microseconds UTC.
    fate, arm : int8 array
        Places in `FATES` and `ARMS`.
    key_kind, key : int array
        What it fired on: kind of trigger, and its number.
    numbers : float64 array, shape (n, 3)
        Purchases, net spend, and days since the last purchase.
    values : float64 array, shape (n, n_properties)
        Of the triggering events.
    """

    row: NDArray[Any]
    rule: NDArray[Any]
    due: NDArray[Any]
    known: NDArray[Any]
    unit: NDArray[Any]
    fate: NDArray[Any]
    arm: NDArray[Any]
    key_kind: NDArray[Any]
    key: NDArray[Any]
    numbers: NDArray[np.float64]
    values: NDArray[np.float64]


def joined_blocks(blocks: Sequence[FireBlock]) -> FireBlock:
    """Return the fires of several blocks, one after the other."""
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in blocks]) for name in FireBlock.__slots__
    }
    return FireBlock(**columns)


class BlockDeciding(Deciding):
    """Decides as `Deciding` does, on columns; for customers who are never merged.

    The fold passes on what this returns, so a list of blocks stands for one of decisions.
    """

    def __init__(self, of: Deciding) -> None:
        self._rules, self._ids, self._arms = of._rules, of._ids, of._arms

    def decisions(self, fires: Any, triggers: Triggers) -> list[Any]:
        """Return one block of all fires that no predicate refused."""
        kept = fires.status < _REFUSED
        row, rule, due = fires.row[kept], fires.rule[kept], fires.due[kept]
        status, kind, event = fires.status[kept], fires.kind[kept], fires.event[kept]
        fate = np.where(status == 0, 0, status + 1).astype(np.int8)
        arm, unit = np.zeros(len(row), np.int8), np.zeros(len(row), np.int64)
        drawn = np.isin(rule, [at for at, one in enumerate(self._rules) if one.holdouts])
        for at in np.flatnonzero(drawn & (status == 0)).tolist():
            holdouts, who = self._rules[rule.item(at)].holdouts, row.item(at)
            arm[at], unit[at] = holdout_arm(
                self._arms, holdouts, who, self._ids.name(who), due.item(at)
            )
        fate[arm == _CONTROL] = FATES.index(HELD_OUT)
        key = fires.trigger[kept].copy()
        on_event = kind == 0
        if on_event.any() and triggers.ordinals is not None:
            key[on_event] = triggers.ordinals[event[on_event]]
        numbers = np.column_stack(
            [one[kept] for one in (fires.frequency, fires.monetary, fires.time_since_last)]
        )
        block = FireBlock(
            row, rule, due, fires.at[kept], unit, fate, arm, kind.astype(np.int8), key, numbers,
            fires.values[kept],
        )  # fmt: skip
        return [block]


class FireRecorder:
    """Gathers the fires of one fold.

    Parameters
    ----------
    fold : Fold
        After it was told what was known before.
    """

    def __init__(self, fold: Fold) -> None:
        self.plan = fold.plan
        self._fold = fold
        self._blocks: list[FireBlock] = []
        self.texts: list[str] = []
        self._places = {rule.id: place for place, rule in enumerate(fold.plan.rules)}
        self._rows: dict[str, int] = {}
        self._is_by_row = False

    def add(self, found: Iterable[Any]) -> None:
        """Take decisions, or blocks, in."""
        blocks: list[FireBlock] = []
        decisions: list[Decision] = []
        for one in found:
            (blocks if isinstance(one, FireBlock) else decisions).append(one)
        self._is_by_row |= bool(blocks)
        self._blocks += blocks
        if decisions:
            self._blocks.append(self._block(decisions))

    def names(self) -> Sequence[str | None]:
        """Return the customer of each row."""
        return self._fold.customers.ids.names if self._is_by_row else list(self._rows)

    def block(self) -> FireBlock:
        """Return all fires as one block."""
        width = len(self.plan.wanted.properties)
        none = np.empty(0, np.int64)
        columns: dict[str, Any] = dict.fromkeys(FireBlock.__slots__, none)
        columns |= {"numbers": np.empty((0, 3)), "values": np.empty((0, width))}
        first = FireBlock(**columns)
        return joined_blocks([first, *self._blocks])

    def _block(self, decisions: list[Decision]) -> FireBlock:
        """Return columns of decisions; customers get rows of our own."""
        row, rule, fate, arm, key = [], [], [], [], []
        values = np.full((len(decisions), len(self.plan.wanted.properties)), np.nan)
        for at, one in enumerate(decisions):
            place = self._places[one.rule_id]
            row.append(self._rows.setdefault(one.customer_id, len(self._rows)))
            rule.append(place)
            fate.append(FATES.index(one.reason or one.status))
            arm.append(ARMS.index(one.arm))
            key.append(len(self.texts))
            self.texts.append(one.trigger_key)
            for name, slot in self.plan.reads[place]:
                values[at, slot] = one.values[name]
        numbers = [(one.frequency, one.monetary, one.time_since_last) for one in decisions]
        return FireBlock(
            np.array(row), np.array(rule), np.array([one.due_at for one in decisions]),
            np.array([one.known_at for one in decisions]),
            np.array([one.unit_at for one in decisions]), np.array(fate), np.array(arm),
            np.full(len(decisions), TEXT), np.array(key), np.array(numbers), values,
        )  # fmt: skip
