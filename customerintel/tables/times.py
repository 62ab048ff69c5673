"""Timestamps of any form as int64 microseconds, UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.schema import Breach, Column, Problem, breaches, microseconds, rule_name
from customerintel.schema.forms import INT64_MAX, INT64_MIN
from customerintel.schema.moments import tick_bounds
from customerintel.tables.columns import Raw
from customerintel.tables.notices import warn_caller
from customerintel.tables.reading import Distinct, Reading
from customerintel.tables.scans import Span, scan_times
from customerintel.tables.zones import offset_name, zone_of

__all__ = ["read_times"]

#: Up to here every distinct text is read by itself; beyond, pandas reads them together.
FEW = 50_000
#: Microseconds per unit of numbers since 1970-01-01 UTC.
EPOCH_UNITS: dict[str, int | Decimal] = {
    "s": 1_000_000,
    "ms": 1000,
    "us": 1,
    "ns": Decimal("0.001"),
}
#: What pandas and ``datetime.fromisoformat`` read alike; anything else goes to the latter.
_COMMON = re.compile(
    r"(?:1[7-9]|2[01])\d\d-\d\d-\d\d"
    r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
#: Beyond these years, readers differ on what is a date.
_SURE = np.datetime64("1700-01-01"), np.datetime64("2200-01-01")
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d*)?", re.ASCII)
#: At the end of a time of day.
_OFFSET = re.compile(r"(?:Z|[+-]\d\d(?::?\d\d){0,2})$", re.ASCII | re.IGNORECASE)


def read_times(column: Column, raw: Raw, timestamp_format: str | None) -> Reading:
    """Read times as int64 microseconds, UTC.

    Parameters
    ----------
    column : Column
        The rules.
    raw : Raw
        datetime64, ISO 8601 texts, objects, or with a format other texts or numbers.
    timestamp_format : str, optional
        A format as of ``datetime.strptime`` for texts, or "s", "ms", "us", "ns" for numbers
        since 1970-01-01 UTC.

    Raises
    ------
    SchemaError
        If the column holds numbers and no unit is given, or its time zone is not known.
    InvalidArgumentError
        If the format is none.
    """
    _check_format(timestamp_format)
    if isinstance(raw.values, np.ndarray) and raw.values.dtype.kind in "iufb":
        return _read_numbers(column, raw.values, raw, timestamp_format)
    if isinstance(raw.values, np.ndarray) and raw.values.dtype.kind != "O":
        if raw.values.dtype == np.dtype("M8[us]") and raw.missing is None:
            instants = raw.values.view(np.int64)
            span = scan_times(instants)
            if _holds(column, span):
                return Reading(instants, zone=_known_zone(raw.zone), span=span)
        broken = breaches(column, raw.values, raw.missing)
        values = raw.values
        if broken:
            bad = np.logical_or.reduce(list(broken.values()))
            values = np.where(bad, np.zeros(1, values.dtype), values)
        instants = values.astype("M8[us]", copy=False).view(np.int64)
        return Reading(instants, broken, zone=_known_zone(raw.zone))
    distinct = Distinct.of(raw)
    if timestamp_format in EPOCH_UNITS:
        moments, problems = distinct.parse(column, lambda v: _since_epoch(v, timestamp_format))
        zone: str | None = "UTC"
    else:
        moments, problems = _read_texts(column, distinct, timestamp_format)
        read = zip(distinct.values, moments, problems, strict=True)
        good = (value for value, moment, problem in read if moment is not None and not problem)
        zone = _common_zone(good, timestamp_format)
    ticks = [0 if m is None or p else m for m, p in zip(moments, problems, strict=True)]
    broken = distinct.broken(column, problems)
    return Reading(distinct.spread(ticks, np.int64), broken, zone=zone)


def _holds(column: Column, span: Span) -> bool:
    """Whether no time breaks a rule; NaT is the least int64."""
    low = INT64_MIN if column.minimum is None else int(column.minimum)
    high = INT64_MAX if column.maximum is None else int(column.maximum)
    return max(low, INT64_MIN + 1) <= span.low and span.high <= high


def _check_format(timestamp_format: Any) -> None:
    if timestamp_format is None:
        return
    hint = (
        "timestamp_format must be a format as of datetime.strptime, such as '%d/%m/%Y %H:%M', or "
        "'s', 'ms', 'us' or 'ns' for numbers since 1970"
    )
    if isinstance(timestamp_format, str) and timestamp_format in EPOCH_UNITS:
        return
    if not isinstance(timestamp_format, str) or "%" not in timestamp_format:
        raise InvalidArgumentError(f"{hint}; got {timestamp_format!r}.")
    try:
        datetime.strptime("", timestamp_format)  # noqa: DTZ007 - only the format is looked at
    except (ValueError, re.error) as error:
        if "does not match" not in str(error):
            raise InvalidArgumentError(f"{hint}; got {timestamp_format!r}: {error}.") from None


def _known_zone(name: str | None) -> str | None:
    """Return the name under which the zone is kept: that of IANA, or an offset."""
    if name is None:
        return None
    zone_of(name)
    return offset_name(name) or name


def _read_numbers(column: Column, values: NDArray[Any], raw: Raw, unit: str | None) -> Reading:
    if unit not in EPOCH_UNITS or values.dtype.kind == "b":
        raise SchemaError(
            f"The column of {column.name} holds numbers ({raw.described}), and nothing tells their "
            'unit. Give timestamp_format="s", "ms", "us" or "ns" for a count since 1970-01-01 '
            "UTC, or convert the column to datetimes."
        )
    missing = np.zeros(len(raw), bool) if raw.missing is None else raw.missing
    if values.dtype.kind == "f":
        missing = missing | np.isnan(values)
        with np.errstate(over="ignore", invalid="ignore"):
            values = np.rint(values.astype(np.float64) * float(EPOCH_UNITS[unit]))
        unit = "us"
    ticks_of = np.dtype(f"M8[{unit}]")
    low, high = tick_bounds(ticks_of, int(column.minimum or 0), int(column.maximum or 0))
    with np.errstate(invalid="ignore"):
        outside = ~missing & ((values < low) | (values > min(high, INT64_MAX)))
    ticks = np.where(missing | outside, 0, values).astype(np.int64)
    broken = {
        rule_name(problem, column.name): mask
        for problem, mask in ((Problem.NULL, missing), (Problem.OUT_OF_RANGE, outside))
        if mask.any()
    }
    return Reading(ticks.view(ticks_of).astype("M8[us]").view(np.int64), broken, zone="UTC")


def _since_epoch(value: Any, unit: str) -> int:
    """Return the microseconds of a number, or of a text of one, exactly."""
    if isinstance(value, str):
        value = value.strip()
        if not _NUMBER.fullmatch(value):
            raise Breach(Problem.UNPARSEABLE)
    elif isinstance(value, bool) or not isinstance(value, (int, float, Decimal, np.number)):
        raise Breach(Problem.UNPARSEABLE)
    number = Decimal(value.item() if isinstance(value, np.number) else value)
    if not number.is_finite() or abs(number) >= 10**21:
        raise Breach(Problem.OUT_OF_RANGE)
    if isinstance(value, (float, np.floating)):
        return round(number * EPOCH_UNITS[unit])
    return int(number * EPOCH_UNITS[unit] // 1)


@dataclass(frozen=True)
class _Ready:
    """A moment that pandas has read already."""

    moment: int


def _read_texts(
    column: Column, distinct: Distinct, timestamp_format: str | None
) -> tuple[list[Any], list[Problem | None]]:
    """Read texts and objects; many texts are first shown to pandas, which reads most at once."""

    def parse(value: Any) -> int:
        if timestamp_format is not None and isinstance(value, str):
            value = _strptime(value, timestamp_format)
        return microseconds(column.form.parse(value))  # type: ignore[arg-type]

    known: dict[Any, int] = {}
    if len(distinct.values) > FEW:
        texts = [v for v in distinct.values if _for_pandas(v, timestamp_format)]
        zoned = [_offset(text) is not None for text in texts]
        # apart: some versions give the offset of a text that they cannot read to the next one
        for kind in (True, False):
            known |= _with_pandas(
                list(compress(texts, (z is kind for z in zoned))), timestamp_format
            )
    if not known:
        return distinct.parse(column, parse)
    return distinct.parse(
        column, lambda v: known[v] if isinstance(v, str) and v in known else parse(v)
    )


def _strptime(value: str, timestamp_format: str) -> datetime:
    try:
        return datetime.strptime(value.strip(), timestamp_format.strip())  # noqa: DTZ007 - UTC if naive
    except ValueError:
        raise Breach(Problem.UNPARSEABLE) from None


def _for_pandas(value: Any, timestamp_format: str | None) -> bool:
    if timestamp_format is None:
        return isinstance(value, str) and _COMMON.fullmatch(value) is not None
    # pandas takes nine digits for %f, more names of zones for %Z, and no seconds for %z
    if not isinstance(value, str) or any(f in timestamp_format for f in ("%f", "%Z", "%z")):
        return False
    return value.strip().lower() not in ("now", "today")  # the present moment to pandas


def _with_pandas(texts: list[str], timestamp_format: str | None) -> dict[Any, int]:
    """Return the microseconds of the texts that pandas can read."""
    import pandas as pd

    read = pd.to_datetime(
        pd.Series([text.strip() for text in texts], dtype=object),
        format=timestamp_format.strip() if timestamp_format else "ISO8601",
        utc=True,
        errors="coerce",
    )
    ticks = read.dt.tz_convert(None).to_numpy().astype("M8[us]")
    sure = (ticks >= _SURE[0]) & (ticks < _SURE[1])  # NaT is in no range
    return dict(compress(zip(texts, ticks.view(np.int64).tolist(), strict=True), sure.tolist()))


def _common_zone(values: Iterable[Any], timestamp_format: str | None) -> str | None:
    """Return the zone that texts and objects share; UTC if they have several."""
    names = set(_zones(values, timestamp_format))
    if None in names and len(names) > 1:
        warn_caller(
            "Some timestamps have a time zone and others have none. Those without were taken as "
            "UTC; give all of them a zone, or none."
        )
    elif len(names) > 1:
        warn_caller(
            "Timestamps have several time zones or offsets. All were converted to UTC, and a day "
            "is a day in UTC; convert the column to one time zone to have its days."
        )
    names.discard(None)
    return None if not names else names.pop() if len(names) == 1 else "UTC"


def _zones(values: Iterable[Any], timestamp_format: str | None) -> Iterator[str | None]:
    given = timestamp_format is not None and re.search("%[zZ]", timestamp_format) is not None
    for value in values:
        if not isinstance(value, str):
            zone = getattr(value, "tzinfo", None)
            yield None if zone is None else _zone_name(zone, value)
        elif timestamp_format is None:
            yield _offset(value)
        else:
            yield "UTC" if given else None


def _offset(text: str) -> str | None:
    """Return the offset behind the time of day of an ISO 8601 text, if it has one."""
    clock = text.strip()[10:]  # a date has ten letters at most
    if "+" not in clock and "-" not in clock and clock[-1:] not in ("Z", "z"):
        return None
    found = _OFFSET.search(clock)
    return offset_name(found[0]) if found else None


def _zone_name(zone: tzinfo, moment: datetime) -> str:
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    return str(name or offset_name(str(timezone(moment.utcoffset() or timedelta(0)))))
