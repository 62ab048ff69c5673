"""The fires of a backtest as columns, in an order that does not hang on how it was worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.live.backtest_blocks import FATES, TEXT, FireBlock, FireRecorder, joined_blocks
from customerintel.live.decision import SUPPRESSED, Decision
from customerintel.live.fold_decisions import ARMS
from customerintel.live.queued_actions import QueuedActions
from customerintel.live.rule_set import RuleSet
from customerintel.live.store import StoredAction

__all__ = ["FATES", "FireColumns", "joined_fires"]

_EVENT, _TIMER, _DAY_END = 0, 1, 2


@dataclass(frozen=True, eq=False)
class FireColumns:
    """Fires in order of (due time, rule, customer, trigger).

    Attributes
    ----------
    rules : RuleSet
    customers : tuple of str
        Who fired anything, ascending.
    columns : FireBlock
        `row` is the place in `customers`.
    texts : sequence of str
        Triggers that are texts.
    first_date : datetime.date
        That of day 0.
    reads : tuple
        Of each rule, the numbers of the triggering event that it reads, and where they are.
    """

    rules: RuleSet
    customers: tuple[str, ...]
    columns: FireBlock
    texts: Sequence[str]
    first_date: date
    reads: tuple[tuple[tuple[str, int], ...], ...]

    def __len__(self) -> int:
        return len(self.columns.rule)

    @cached_property
    def _queued(self) -> QueuedActions:
        return QueuedActions(self.rules)

    @property
    def rule(self) -> NDArray[Any]:
        """Place of the rule of each fire."""
        return self.columns.rule

    @property
    def who(self) -> NDArray[Any]:
        """Place of the customer of each fire."""
        return self.columns.row

    @property
    def due_at(self) -> NDArray[Any]:
        """When each fired, microseconds UTC."""
        return self.columns.due

    @property
    def ready_at(self) -> NDArray[Any]:
        """When each was due and known, microseconds UTC."""
        ready: NDArray[Any] = np.maximum(self.columns.due, self.columns.known)
        return ready

    @property
    def fate(self) -> NDArray[Any]:
        """Place in `FATES` of each."""
        return self.columns.fate

    def key(self, place: int) -> str:
        """Return what one fired on, as a live engine names it."""
        kind, number = int(self.columns.key_kind[place]), int(self.columns.key[place])
        if kind == TEXT:
            return self.texts[number]
        if kind == _EVENT:
            return f"#{number}"
        if kind == _TIMER:
            return f"after:{number}"
        return f"day:{(self.first_date + timedelta(days=number)).isoformat()}"

    def decision(self, place: int) -> Decision:
        """Return one fire as the fold decided it."""
        held = self.columns
        number = int(held.rule[place])
        rule, fate = tuple(self.rules)[number], FATES[held.fate[place]]
        is_stopped = fate in ("cooldown", "consent")
        frequency, monetary, time_since_last = held.numbers[place].tolist()
        return Decision(
            rule_id=rule.id,
            version=rule.version,
            customer_id=self.customers[held.row[place]],
            due_at=int(held.due[place]),
            trigger_key=self.key(place),
            status=SUPPRESSED if is_stopped else fate,
            reason=fate if is_stopped else "",
            arm=ARMS[held.arm[place]],
            known_at=int(held.known[place]),
            unit_at=int(held.unit[place]),
            frequency=frequency,
            monetary=monetary,
            time_since_last=time_since_last,
            values={n: held.values.item(place, slot) for n, slot in self.reads[number]},
        )

    def actions(self, place: int) -> list[StoredAction]:
        """Return the rows of the outbox that one fire would have made."""
        return self._queued.of(self.decision(place), _itself)

    def take(self, order: NDArray[np.int64]) -> FireColumns:
        """Return the fires in another order."""
        names = FireBlock.__slots__
        block = FireBlock(*(getattr(self.columns, name)[order] for name in names))
        return replace(self, columns=block)


def _itself(customer_id: str) -> str:
    return customer_id


def joined_fires(
    recorders: Sequence[FireRecorder], rules: RuleSet, canonical: Callable[[str], str]
) -> FireColumns:
    """Return the fires of all folds in one order."""
    blocks: list[FireBlock] = []
    texts: list[str] = []
    names: list[str] = []
    for recorder in recorders:
        block = recorder.block()
        shift = np.where(block.key_kind == TEXT, len(texts), 0)
        rows, row = np.unique(block.row, return_inverse=True)
        held = recorder.names()
        # nobody erases in a backtest, so each row has a name
        leads = [canonical(str(held[at])) for at in rows.tolist()]
        blocks.append(replace(block, row=row + len(names), key=block.key + shift))
        texts += recorder.texts
        names += leads
    customers = tuple(sorted(set(names)))
    code = {name: place for place, name in enumerate(customers)}
    codes = np.array([code[name] for name in names], np.int64)
    whole = joined_blocks(blocks)
    if len(codes):
        whole = replace(whole, row=codes[whole.row])
    plan = recorders[0].plan
    found = FireColumns(rules, customers, whole, texts, plan.first_date, plan.reads)
    return found.take(_order(found))


def _order(fires: FireColumns) -> NDArray[np.int64]:
    columns = (fires.due_at, fires.rule, fires.who)
    order = np.lexsort(columns[::-1])
    same = np.ones(max(len(order) - 1, 0), bool)
    for column in columns:
        placed = column[order]
        same &= placed[1:] == placed[:-1]
    for start, stop in _runs(same):
        order[start:stop] = sorted(order[start:stop].tolist(), key=fires.key)
    return order


def _runs(same: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of rows that are the same as the row before."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
    for start, stop in edges.reshape(-1, 2).tolist():
        yield start, stop + 1
