"""From what the kernels found to decisions: names, keys, arms and the numbers of the trigger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.live.decision import HELD_OUT, QUEUED, SUPPRESSED, Decision
from customerintel.live.fold_arms import CONTROL, Arms
from customerintel.live.fold_ids import CustomerRows
from customerintel.live.key_parts import SEPARATOR, plain

if TYPE_CHECKING:
    from customerintel.live.plan import Plan
    from customerintel.live.rule import Holdout

__all__ = ["ARMS", "Deciding", "Triggers", "holdout_arm"]

#: Words for the arms, by their number.
ARMS: Final = ("", "treated", "control")
_OTHERS: Final = ("#", "after:", "day:", "refresh:")
_REASONS: Final = ("", "cooldown", "consent")
_REFUSED: Final = 3
_NOTHING: Final[Mapping[str, float]] = MappingProxyType({})
_EVENT, _TIMER, _DAY_END = 0, 1, 2


@dataclass
class Triggers:
    """What names the trigger of an event.

    Parameters
    ----------
    message : list of str or None, or Coded, optional
        Message ids; None: no event has one.
    ordinals : ndarray of int64, shape (n,)
        Number of each event among all accepted ones.
    names : list of str or None, or Coded
        Names of the events.
    source : str
        Where they come from; message ids are unique within it.
    """

    message: Any = None
    ordinals: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    names: Any = ()
    source: str = ""

    def of(self, place: int) -> str:
        """Return the message id of an event with its source, else its number."""
        message = None if self.message is None else self.message[place]
        if message is None:
            return f"#{self.ordinals.item(place)}"
        if self.source:
            return f"{plain(self.source)}{SEPARATOR}{plain(message)}"
        # a sender may not write what names another kind of trigger
        return plain(f"#{message}" if message.startswith(_OTHERS) else message)

    def name(self, place: int) -> str | None:
        """Return the name of an event; None: it has none, or time triggers."""
        return self.names[place] if 0 <= place < len(self.names) else None


@dataclass
class _Rule:
    """What a decision takes over from its rule."""

    id: str
    version: int
    holdouts: tuple[tuple[str, float], ...]
    reads: tuple[tuple[str, int], ...]


def _rules(plan: Plan, overall: Holdout | None) -> list[_Rule]:
    found = []
    for place, rule in enumerate(plan.rules):
        own = [] if rule.holdout is None else [(rule.holdout.salt, rule.holdout.share)]
        whole = [] if overall is None else [(overall.salt, overall.share)]
        reads = tuple(plan.reads[place])
        found.append(_Rule(rule.id, rule.version, (*own, *whole), reads))
    return found


def holdout_arm(
    arms: Arms, holdouts: Sequence[tuple[str, float]], row: int, name: str, at: int
) -> tuple[int, int]:
    """Return the arm of a customer and her first trigger; control in one is control.

    The first trigger is that of the rule's own comparison, where it has one.
    """
    arm, since = 0, 0
    for place, (salt, share) in enumerate(holdouts):
        drawn, at_first = arms.draw(salt, share, row, name, at)
        arm = max(arm, drawn)
        since = at_first if place == 0 else since
    return arm, since


class Deciding:
    """Turns fires into decisions for one plan."""

    def __init__(self, plan: Plan, overall: Holdout | None, ids: CustomerRows, arms: Arms) -> None:
        self._rules = _rules(plan, overall)
        self._ids = ids
        self._arms = arms
        self._date = cache(lambda day: plan.date_of(day).isoformat())

    def decisions(self, fires: Any, triggers: Triggers) -> list[Decision]:
        """Return a decision for each fire that no predicate refused, in their order."""
        columns = (fires.row, fires.rule, fires.due, fires.status, fires.kind, fires.event)
        numbers = (
            fires.trigger, fires.at, fires.frequency, fires.monetary, fires.time_since_last,
        )  # fmt: skip
        lists = (column.tolist() for column in (*columns, *numbers))
        return [
            self._decision(triggers, *one)
            for one in zip(fires.values.tolist(), *lists, strict=True)
            if one[4] < _REFUSED
        ]

    def _decision(
        self, triggers: Triggers, values: list[float], row: int, place: int, due: int,
        status: int, kind: int, event: int, trigger: int, at: int, frequency: float,
        monetary: float, since: float,
    ) -> Decision:  # fmt: skip
        rule, name = self._rules[place], str(self._ids.names[row])
        arm, unit_at = 0, 0
        if status == 0 and rule.holdouts:
            arm, unit_at = holdout_arm(self._arms, rule.holdouts, row, name, due)
        fate = SUPPRESSED if status else HELD_OUT if arm == CONTROL else QUEUED
        read = (
            MappingProxyType({one: values[slot] for one, slot in rule.reads})
            if rule.reads
            else _NOTHING
        )
        return Decision(
            rule.id, rule.version, name, due, self._key(kind, event, trigger, triggers), fate,
            _REASONS[status], ARMS[arm], unit_at, frequency, monetary, since, read, at,
        )  # fmt: skip

    def _key(self, kind: int, event: int, trigger: int, triggers: Triggers) -> str:
        if kind == _EVENT:
            return triggers.of(event)
        if kind == _TIMER:
            return f"after:{trigger}"
        return f"day:{self._date(trigger)}" if kind == _DAY_END else f"refresh:{trigger}"
