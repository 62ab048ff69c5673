"""Time zones by their names: those of IANA, and fixed offsets."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from customerintel.exceptions import SchemaError

__all__ = ["offset_name", "zone_of"]

#: Names of the one zone that needs no calendar of changes.
_UTC: Final = ("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Z", "z")
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-])(\d\d):?([0-5]\d)?:?([0-5]\d)?", re.ASCII)


def offset_name(name: str) -> str | None:
    """Return a fixed offset such as "UTC+05:30" or "+0530" as "+05:30"; None: it is none.

    Examples
    --------
    >>> offset_name("UTC+05:30"), offset_name("Z"), offset_name("Europe/Berlin")
    ('+05:30', 'UTC', None)
    """
    if name in _UTC:
        return "UTC"
    match = _OFFSET.fullmatch(name)
    if match is None or int(match[2]) > 23:
        return None
    sign, hours, minutes, seconds = match.groups("00")
    text = f"{sign}{hours}:{minutes}" + (f":{seconds}" if seconds != "00" else "")
    return "UTC" if text[1:] == "00:00" else text


def zone_of(name: str | None) -> tzinfo:
    """Return the time zone of that name, or the fixed offset; None is UTC."""
    offset = offset_name(name or "UTC")
    if offset == "UTC":
        return UTC
    if offset is not None:
        hours, minutes, seconds = (int(part) for part in f"{offset[1:]}:00".split(":")[:3])
        away = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return timezone(-away if offset[0] == "-" else away)
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SchemaError(
            f"The time zone {name!r} is not known here. Use an IANA name such as "
            "'Europe/Berlin', or install the time zone data (pip install tzdata)."
        ) from error
