"""Records that begin, or go on in the midst of things: days, conditions, trends and timers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import live_words as w
from customerintel.live.records import Records

__all__ = ["Beginnings", "call"]


def call(kernel: Any, *groups: tuple[Any, ...]) -> int:
    """Call a kernel with groups of arguments."""
    return int(kernel(*(one for group in groups for one in group)))


class Beginnings(Records):
    """What is worked out anew of records, where they come from elsewhere."""

    def begin_days(self, rows: NDArray[np.int32]) -> None:
        """Count the days, from now on, of customers of whom there was no event yet."""
        now, words = max(self.time, 0), self.words
        new = np.unique(rows[words[rows, w.W_SEEN] == w.NEVER])
        words[new, w.W_SEEN] = now
        look = words[new, w.W_FLAGS] & w.LOOK != 0
        counted = new[look | self.plan.has_day_ends]
        day = self.plan.day_of(now)
        words[counted, w.W_DAY] = day
        ends = self.plan.edges[day + 1]
        words[counted, w.W_DUE] = np.minimum(words[counted, w.W_DUE], ends)

    def begin_edges(self, rules: Iterable[int], skip: Iterable[int]) -> None:
        """Let rules of levels that are true now have turned so before; rows `skip` are nobody's."""
        from customerintel._kernels.live_beginning import begin_edges

        self.words[[row for row in skip if row < self.n_rows], w.W_FLAGS] |= w.SKIP
        given = np.array(list(rules), np.int64)
        call(begin_edges, self._memories(), (self._kept, given, max(self.time, 0)))

    def look_at_trends(self) -> None:
        """Make what the last day end says of drops and rises anew, where rings came over."""
        from customerintel._kernels.live_due import look_at_all_trends

        if self._table[w.T_N_DROPS]:
            table, numbers, _, words, floats, halves = self._memories()
            look_at_all_trends(table, numbers, words, floats, halves, self.n_rows)

    def hang_timers(self) -> None:
        """Make the wheel, the open days and what is due first anew."""
        from customerintel._kernels.live_wheel import hang_all

        words, now = self.words[: self.n_rows], max(self.time, 0)
        look = words[:, w.W_FLAGS] & w.LOOK != 0
        counts = look | self.plan.has_day_ends
        # where nobody asks for the ends of days, none is counted
        words[~counts, w.W_DAY] = -1
        began = counts & (words[:, w.W_SEEN] != w.NEVER) & (words[:, w.W_DAY] < 0)
        latest = np.maximum(words[began, w.W_SEEN], now)
        days = np.searchsorted(self.plan.edges, latest, "right") - 1
        words[began, w.W_DAY] = np.clip(days, 0, len(self.plan.edges) - 2)
        self._box[w.B_MARKED] |= bool(look.any())
        # found out when it is looked at
        words[:, [w.W_DUE, w.W_TIMER]] = w.NEVER
        self._wheel[:] = 0
        self._box[w.B_LOOKED] = w.NEVER
        self._box[w.B_SECOND] = now // w.SECOND
        self._box[w.B_DAY] = self._box[w.B_DAY_ROW] = 0
        if self.plan.timers:
            hang_all(self._table, self._flat, self._wheel, self.n_rows, now)
