"""From when to when a log can be used, and how moments are written."""

from __future__ import annotations

from customerintel.churn.horizons import moment_of
from customerintel.exceptions import InvalidArgumentError
from customerintel.tables import History, TransactionLog
from customerintel.tables.moments import local_time, read_moment
from customerintel.tables.zones import zone_of

__all__ = ["last_moment", "log_of", "reaches_back", "shown"]


def log_of(log: object, what: str) -> TransactionLog:
    """Return the log that was given, or of which a history was.

    Raises
    ------
    InvalidArgumentError
        If it is something else.
    """
    if isinstance(log, History):
        return log._log
    if isinstance(log, TransactionLog):
        return log
    raise InvalidArgumentError(
        f"{what} takes a TransactionLog, since it looks at several moments; got "
        f"{type(log).__name__}. Make one with ci.TransactionLog.from_frame(…)."
    )


def last_moment(log: TransactionLog | History, *, whole_days: bool) -> int:
    """Return the end of a log in UTC microseconds: of its last row, or of that row's day.

    Raises
    ------
    InvalidArgumentError
        If it has no rows.
    """
    rows = log_of(log, "RollingOrigins")
    if not rows.n_rows:
        raise InvalidArgumentError("The log has no rows, so there is nothing to be judged by.")
    end = int(rows._events.end)
    if isinstance(log, History) and end > moment_of(log):
        seen_at = rows._events.rows.seen_at
        # the last row that is visible, as if the log ended there
        end = int(seen_at[seen_at <= moment_of(log)].max(initial=rows._events.start))
    if whole_days:
        end = read_moment(local_time(end, zone_of(rows.time_zone)).date(), rows.time_zone)
    return min(end, moment_of(log)) if isinstance(log, History) else end


def reaches_back(log: TransactionLog, moment: int) -> bool:
    """Tell whether anybody had bought at a moment."""
    return moment >= log._events.start and History(log, moment).n_customers > 0


def shown(moments: list[int], zone: str | None) -> list[str]:
    """Return moments as texts, by the wall clock: days where they are the ends of days."""
    local = [local_time(one, zone_of(zone)) for one in moments]
    if all((one.hour, one.minute, one.second) == (23, 59, 59) for one in local):
        return [f"{one:%Y-%m-%d}" for one in local]
    return [one.isoformat(sep=" ", timespec="seconds") for one in local]
