"""Where periods begin and end: of the calendar, or counted back from a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.history import History
from customerintel.tables.moments import DAY, local_time, read_moment, window_start
from customerintel.tables.zones import zone_of

__all__ = ["MONTHS", "by_calendar", "check_count", "counted_back", "local_day"]

#: Months of each named period; a week has none.
MONTHS = {"month": 1, "quarter": 3, "year": 12}
#: More periods than this say nothing that a picture or a table could show.
MOST = 5_000


def local_day(moment: int, zone: str | None) -> date:
    """Return the day of a moment in a zone."""
    return local_time(moment, zone_of(zone)).date()


def _months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month; the last day of a month stays one."""
    place = day.year * 12 + day.month - 1 - months
    last = _month_start(place + 1) - timedelta(days=1)
    if (day + timedelta(days=1)).day == 1:
        return last
    return last.replace(day=min(day.day, last.day))


def _month_start(place: int) -> date:
    return date(place // 12, place % 12 + 1, 1)


def counted_back(step: str | int, history: History) -> tuple[Sequence[int], Sequence[int], Any]:
    """Return starts, ends and labels of the periods that end at the moment."""
    moment, zone = int(history._moment), history._log.time_zone
    day, edges = local_day(moment, zone), [moment]
    first = history._log._events.first
    while edges[-1] >= first:
        k = len(edges)
        check_count(k, step)
        if isinstance(step, int) or step == "week":
            days = k * (step if isinstance(step, int) else 7)
        else:
            days = (day - _months_before(day, k * MONTHS[step])).days
        edges.append(window_start(moment, days * DAY, zone))
    edges.reverse()
    return edges[:-1], edges[1:], [f"to {local_day(at, zone)}" for at in edges[1:]]


def by_calendar(name: str, history: History) -> tuple[Sequence[int], Sequence[int], Any]:
    """Return starts, ends and labels of the calendar's periods."""
    moment, zone = int(history._moment), history._log.time_zone
    day = local_day(history._log._events.first, zone)
    until = local_day(moment, zone)
    if name == "week":
        days = [day - timedelta(days=day.weekday())]
    else:
        months = MONTHS[name]
        days = [_month_start((day.year * 12 + day.month - 1) // months * months)]
    while days[-1] <= until:
        check_count(len(days), name)
        if name == "week":
            days.append(days[-1] + timedelta(days=7))
        else:
            days.append(_month_start(days[-1].year * 12 + days[-1].month - 1 + MONTHS[name]))
    edges = [read_moment(day - timedelta(days=1), zone) for day in days]
    return edges[:-1], edges[1:], [_label(day, name) for day in days[:-1]]


def _label(day: date, name: str) -> str:
    if name == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if name == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day.year}" if name == "year" else f"{day:%Y-%m}"


def check_count(count: int, step: str | int) -> None:
    """Refuse more periods than anybody looks at."""
    if count > MOST:
        raise InvalidArgumentError(
            f"period={step!r} cuts the log into more than {MOST:,} periods; take longer ones."
        )
