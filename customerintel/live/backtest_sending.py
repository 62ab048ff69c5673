"""A dispatcher that takes every action as soon as it is due: what would have gone out, and when."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from customerintel.live.backtest_fires import FATES, FireColumns
from customerintel.live.dispatch import REASONS, Facts, check_dispatch
from customerintel.live.rule import Rule
from customerintel.live.store import StoredAction

__all__ = ["Sendings", "send_all"]

_QUEUED = FATES.index("queued")


@dataclass(frozen=True, eq=False)
class Sendings:
    """One row per queued action, in the order of the fires.

    Attributes
    ----------
    fire, position : int64 array
        Which fire, and which action of its rule.
    sent_at : int64 array
        Microseconds UTC; 0 where it did not go out.
    reason : int8 array
        Why not: place in `dispatch.REASONS`; -1 where it went out, or waits beyond the end.
    """

    fire: NDArray[np.int64]
    position: NDArray[np.int64]
    sent_at: NDArray[np.int64]
    reason: NDArray[np.int8]


def send_all(fires: FireColumns, facts: Facts, zone: tzinfo, end: int) -> Sendings:
    """Let all queued actions go out, or be stopped, by the rules of the live dispatcher.

    Parameters
    ----------
    fires : FireColumns
    facts : Facts
        What was known of customers at any moment.
    zone : tzinfo
        Of quiet hours.
    end : int
        What waits beyond this moment, microseconds UTC, is left waiting.
    """
    rules = tuple(fires.rules)
    n_actions = np.array([len(rule.do) for rule in rules], np.int64)
    queued = np.flatnonzero(fires.fate == _QUEUED)
    times = n_actions[fires.rule[queued]]
    fire = np.repeat(queued, times)
    position = np.arange(len(fire)) - np.repeat(np.cumsum(times) - times, times)
    sent_at = fires.ready_at[fire]
    reason = np.full(len(fire), -1, np.int8)
    sendings = Sendings(fire, position, sent_at, reason)
    # at its due time, an action without quiet hours and caps passes: consent was just looked at
    careful, most = _careful(rules), int(n_actions.max(initial=0))
    asked = np.array([[(r, p) in careful for p in range(most)] for r in range(len(rules))], bool)
    is_late = sent_at > fires.due_at[fire]
    rows = np.flatnonzero(asked.reshape(len(rules), most)[fires.rule[fire], position] | is_late)
    rows = rows[np.argsort(sent_at[rows], kind="stable")]
    _Queue(fires, facts, zone, end, sendings).work_off(rows)
    return sendings


def _careful(rules: tuple[Rule, ...]) -> set[tuple[int, int]]:
    """Return the actions that a limit may stop, or that count for one."""
    capped = {channel for rule in rules for channel in rule.limits.caps}
    return {
        (place, position)
        for place, rule in enumerate(rules)
        for position, action in enumerate(rule.do)
        if rule.limits.quiet is not None or action.channel in capped
    }


class _Queue:
    def __init__(
        self, fires: FireColumns, facts: Facts, zone: tzinfo, end: int, sendings: Sendings
    ) -> None:
        self._fires, self._facts, self._zone = fires, facts, zone
        self._end, self._sendings = end, sendings
        self._rules = tuple(fires.rules)
        self._ready = sendings.sent_at.copy()
        self._sent: dict[tuple[str, str], list[int]] = defaultdict(list)

    def work_off(self, rows: NDArray[np.int64]) -> None:
        """Take the actions in order of the moment at which each may go."""
        heap: list[tuple[int, int, str, int]] = []
        waiting = iter(rows.tolist())
        coming = next(waiting, None)
        while heap or coming is not None:
            # these are in order of the moment at which each could go first: others need a heap
            while coming is not None and (not heap or self._due(coming) <= heap[0][0]):
                due = self._due(coming)
                heappush(heap, (due, due, self._row(coming).id, coming))
                coming = next(waiting, None)
            now, due, name, place = heappop(heap)
            until = self._look_at(place, now)
            if until is not None:
                heappush(heap, (until, due, name, place))

    def _due(self, place: int) -> int:
        return int(self._ready[place])

    def _row(self, place: int) -> StoredAction:
        held = self._sendings
        return self._fires.actions(int(held.fire[place]))[int(held.position[place])]

    def _look_at(self, place: int, now: int) -> int | None:
        """Decide on one action; return until when it waits."""
        held = self._sendings
        if now > self._end:
            held.sent_at[place] = 0
            return None
        row = self._row(place)
        rule = self._rules[self._fires.rule[held.fire[place]]]
        sent = self._sent[row.customer_id, row.channel]
        verdict = check_dispatch(row, rule, self._facts, _since(sent), now, self._zone)
        if verdict.fate == "wait":
            return verdict.until
        if verdict.fate == "send":
            held.sent_at[place] = now
            sent.append(now)
        else:
            held.sent_at[place] = 0
            held.reason[place] = REASONS.index(verdict.reason)
        return None


def _since(sent: list[int]) -> Callable[[int], int]:
    # moments come in order
    return lambda after: len(sent) - bisect_right(sent, after)
