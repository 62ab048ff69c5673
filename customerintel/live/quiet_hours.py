"""When a customer is left in peace, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from customerintel.tables.moments import local_time

__all__ = ["quiet_until"]

_DAY: Final = 24 * 60
#: Clocks are put forward and back at quarters of an hour.
_QUARTER: Final = 15 * 60 * 1_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1024)  # all actions of one lease are asked about at one moment
def quiet_until(now: int, quiet: tuple[int, int], zone: tzinfo) -> int | None:
    """Return when the quiet hours end in which a moment lies; None: it lies in none.

    The clock on the wall decides: the hours end at the first moment at which it shows a time
    that is not quiet, also where it is put forward over their end, and they begin anew where it
    is put back into them.

    Parameters
    ----------
    now : int
        Microseconds UTC.
    quiet : tuple of int
        The first minute of the day that is quiet, and the first that is not any more; midnight
        lies between them where the second is the smaller one.
    zone : tzinfo
        Of the clock.

    Returns
    -------
    int or None
        Microseconds UTC, later than `now`.

    Examples
    --------
    >>> hour = 3_600_000_000
    >>> quiet_until(22 * hour, (21 * 60, 8 * 60), UTC) // hour
    32
    >>> quiet_until(12 * hour, (21 * 60, 8 * 60), UTC) is None
    True
    """
    if not _is_quiet(now, quiet, zone):
        return None
    quarters = range(now // _QUARTER * _QUARTER, now + 104 * _QUARTER, _QUARTER)
    ends: tuple[int, ...] = (*_shown_ends(now, quiet[1], zone), *quarters)
    return min(at for at in ends if at > now and not _is_quiet(at, quiet, zone))


def _is_quiet(at: int, quiet: tuple[int, int], zone: tzinfo) -> bool:
    start, end = quiet
    wall = local_time(at, zone)
    return (wall.hour * 60 + wall.minute - start) % _DAY < (end - start) % _DAY


def _shown_ends(now: int, end: int, zone: tzinfo) -> list[int]:
    """Return the moments at which the clock shows the end, of three days: it may skip one."""
    midnight = local_time(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    shown = (midnight + timedelta(days=days, minutes=end) for days in (0, 1, 2))
    walls = [wall.replace(tzinfo=zone, fold=fold) for wall in shown for fold in (0, 1)]
    return [int((wall - _EPOCH) // timedelta(microseconds=1)) for wall in walls]
