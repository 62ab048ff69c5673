"""The numbers of `CustomerFeatures`: those of the summary, and those of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import features, threads
from customerintel.tables.feature_definitions import features_for
from customerintel.tables.moments import DAY, Calendar, window_start
from customerintel.tables.visits import visits_of

if TYPE_CHECKING:
    from customerintel.tables.history import History
    from customerintel.tables.summary import CustomerSummary

__all__ = ["values_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Days of a year, on average.
YEAR = 365.25


def values_of(history: History, windows: Sequence[int], ahead: int) -> Floats:
    """Compute all features, one row each.

    Parameters
    ----------
    history : History
        As of when.
    windows : sequence of int
        Days.
    ahead : int
        Days.

    Returns
    -------
    ndarray of float64, shape (n_features, n_customers)
        The same to the last bit whatever the number of threads.
    """
    names = {name: row for row, name in enumerate(features_for(windows, ahead))}
    summary = history.summarize(unit="day", period="day")
    values = np.empty((len(names), len(summary)))
    for name, column in _summary_columns(summary).items():
        values[names[name]] = column
    _look(history, summary, windows, ahead, values, _kernel_rows(names, windows))
    return values


def _summary_columns(summary: CustomerSummary) -> dict[str, NDArray[np.generic]]:
    """Return what the summary knows; the names that it has are its own to the last bit."""
    alike = (
        "frequency", "recency", "T", "time_since_last", "n_transactions", "total_amount",
        "monetary_value",
    )  # fmt: skip
    mean_gap = np.full(len(summary), np.nan)
    np.divide(summary.recency, summary.frequency, out=mean_gap, where=summary.frequency > 0)
    first = summary._folded.first_spend if summary.has_amounts else np.full(len(summary), np.nan)
    return {name: getattr(summary, name) for name in alike} | {
        "mean_amount": summary.total_amount / summary.n_periods,
        "first_amount": first,
        "gap_mean": mean_gap,
        "overdue_ratio": summary.time_since_last / mean_gap,
        "return_share": summary.n_returns / summary.n_transactions,
    }


def _kernel_rows(names: Mapping[str, int], windows: Sequence[int]) -> Ints:
    """Return where the kernel's features are among all."""
    rows = np.empty(features.WINDOWS + 2 * len(windows), np.int64)
    rows[features.GAP_STD] = names["gap_std"]
    rows[features.REGULARITY] = names["regularity"]
    rows[features.CLUMPINESS] = names["clumpiness"]
    rows[features.FREQUENCY_TREND] = names["frequency_trend"]
    rows[features.SPEND_TREND] = names["spend_trend"]
    rows[features.BREADTH] = names["breadth"]
    rows[features.WEEKEND_SHARE] = names["weekend_share"]
    rows[features.SEASON_SHARE] = names["season_share"]
    for place, days in enumerate(windows, features.WINDOWS):
        rows[place] = names[f"purchases_{days}d"]
        rows[place + len(windows)] = names[f"spend_{days}d"]
    return rows


def _look(
    history: History, summary: CustomerSummary, windows: Sequence[int], ahead: int,
    values: Floats, rows: Ints,
) -> None:  # fmt: skip
    """Let the kernel write its features to `values`."""
    log = history._log
    visits = visits_of(log)
    keys = summary.ids.keys
    every = len(keys) == len(visits.keys)  # then they are the same, since both ascend
    places = np.arange(len(keys)) if every else np.searchsorted(visits.keys, keys)
    until = int(summary.moment.astype(np.int64))
    now = int(Calendar("day", log.time_zone).floor(np.array([until]))[0]) // DAY
    after = [window_start(until, days * DAY, log.time_zone) for days in windows]
    columns = (
        visits.offsets, visits.packed, visits.seen_at, visits.days, visits.amounts,
        visits.categories, visits.n_categories,
    )  # fmt: skip
    at_moment = (until, now, np.array(after, np.int64), *_season(summary, ahead))
    threads.run(
        features.describe,
        [
            (*span, places, *columns, *at_moment, rows, values)
            for span in threads.stretches(len(keys))
        ],
    )


def _season(summary: CustomerSummary, ahead: int) -> tuple[NDArray[np.bool_], int]:
    """Return, by age in days, what lay in the season that comes, and from which age on any did."""
    oldest = int(summary.T.max(initial=0.0))
    years = np.arange(1, oldest // YEAR + 3)
    ago = np.floor(years * YEAR + 0.5).astype(np.int64)
    ages = np.arange(oldest + 1)
    in_season: NDArray[np.bool_] = ago[np.searchsorted(ago, ages, "right")] - ages <= ahead
    return in_season, int(ago[0]) - ahead
