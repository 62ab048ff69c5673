"""A history of some of the customers, drawn at random: enough to learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.tables.visible import log_of_rows

if TYPE_CHECKING:
    from customerintel.tables.history import History

__all__ = ["sample_history"]


def sample_history(history: History, n_customers: int, seed: int | None) -> History:
    """Return the same moment with at most so many customers, all rows of each.

    Parameters
    ----------
    history : History
        Everybody.
    n_customers : int
        The most that are kept; with no more, the history itself is returned.
    seed : int or None
        Of the drawing; None draws anew at each call.
    """
    from customerintel.tables.history import History

    keys = history.fold("day", None).keys
    if len(keys) <= n_customers:
        return history
    drawn = np.random.default_rng(seed).choice(len(keys), n_customers, replace=False)
    chosen = keys[np.sort(drawn)]
    rows = history._log._events.rows
    place = np.searchsorted(chosen, rows.keys)
    place[place == len(chosen)] = 0
    index = np.flatnonzero((chosen[place] == rows.keys) & (rows.seen_at <= history._moment))
    return History(log_of_rows(history._log, index), history._moment)
