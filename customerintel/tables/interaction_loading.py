"""From any table to the parts of an `InteractionLog`: roles, rules, kinds of events."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.schema import Column, Event, Problem, columns_of, rule_name
from customerintel.schema.event_kinds import is_known_event, kind_of_event
from customerintel.tables.accepting import (
    Mask,
    accepted_rows,
    carried_columns,
    missing_rows,
    read_column,
    reject,
    take,
)
from customerintel.tables.building import Labels
from customerintel.tables.columns import Raw
from customerintel.tables.files import Door
from customerintel.tables.frames import Table, open_table
from customerintel.tables.interactions import KINDS, NEVER, Interactions
from customerintel.tables.notices import warn_caller
from customerintel.tables.reading import Reading, read_labels
from customerintel.tables.roles import (
    assign_roles,
    check_names,
    check_on_invalid,
    missing_column,
)

__all__ = ["DOOR", "load_interactions", "looks_like_a_name"]

#: Roles, in the order in which their rules are asked.
ROLES: Final = (
    "customer_id", "timestamp", "kind", "event", "direction", "initiator", "channel",
    "campaign_id", "topic", "sentiment", "value", "resolved_at", "treatment", "message_id",
)  # fmt: skip
DOOR: Final = Door(
    caller="InteractionLog.from_frame",
    roles=ROLES,
    as_text=("customer_id", "timestamp", "resolved_at", "campaign_id", "message_id"),
    ids=("customer_id", "campaign_id", "message_id"),
)
_REQUIRED: Final = ("customer_id", "timestamp")
#: What stands for a missing value of the other roles that the library computes with.
_BLANK: Final[Mapping[str, Any]] = {
    "direction": -1, "sentiment": np.nan, "value": np.nan, "resolved_at": NEVER,
}  # fmt: skip
#: Roles that are headings of the business's own.
_HEADINGS: Final = ("initiator", "channel", "topic", "treatment")
#: Columns of `to_frame` that are made anew.
_OWN: Final = (
    "customer_id", "timestamp", "kind", "event", "direction", "sentiment", "resolved_at",
)  # fmt: skip
#: Names of columns that hold what somebody wrote: it is counted, never kept.
FREE_TEXT: Final = frozenset(
    {
        "text", "texts", "body", "comment", "comments", "message", "messages", "note", "notes",
        "content", "verbatim", "transcript", "description", "freetext", "remark", "remarks",
        "answertext", "messagebody",
    }
)  # fmt: skip
_NAME_LIKE: Final = re.compile(r"[\w .:/-]{1,40}")
_SHOWN: Final = 5


def load_interactions(
    frame: Any,
    given: Mapping[str, str | bool | None],
    *,
    keep: Sequence[str],
    timestamp_format: str | None,
    on_invalid: str,
) -> dict[str, Any]:
    """Return the arguments of `InteractionLog` for a table; see its ``from_frame``."""
    check_on_invalid(on_invalid)
    source = open_table(frame)
    roles = assign_roles(
        given, source.columns, required=("customer_id", "timestamp"), caller=DOOR.caller
    )
    if "kind" not in roles and "event" not in roles:
        error = missing_column("kind", "kind", source.columns)
        raise type(error)(f'{error} Name the column: {DOOR.caller}(…, kind="…") or event="…".')
    check_names(keep, "keep", source.columns)
    written = [name for name in dict.fromkeys([*_headings(roles), *keep]) if _is_free_text(name)]
    keep = [name for name in keep if name not in written]
    roles = {role: name for role, name in roles.items() if name not in written}
    named = [*roles.values(), *keep]
    table = source.read([*named, *written])
    n_texts = {name: _count_texts(table, name) for name in written}
    table = table.without([name for name in written if name not in named])
    readings, words = _read_all(table, roles, timestamp_format)
    rejected = reject(table, _breaches(readings), named)
    index = accepted_rows(rejected, on_invalid)
    _warn_of_unknown(words["kind"], take(readings["kind"].values, index))
    rows = _rows(readings, words, index)
    carried = carried_columns(roles, keep, _OWN)
    return {
        "rows": rows,
        "texts": readings["customer_id"].texts,
        "zone": readings["timestamp"].zone,
        "kind": table.kind,
        "rejected": rejected,
        "extras": table.native(carried, index) if carried else None,
        "n_texts": n_texts,
    }


def _headings(roles: Mapping[str, str]) -> list[str]:
    return [roles[role] for role in _HEADINGS if role in roles]


def _is_free_text(name: str) -> bool:
    return "".join(c for c in str(name).casefold() if c.isalnum()) in FREE_TEXT


def _count_texts(table: Table, name: str) -> int:
    return int((~missing_rows(table[name])).sum())


def _read_all(
    table: Table, roles: Mapping[str, str], timestamp_format: str | None
) -> tuple[dict[str, Reading], dict[str, tuple[str, ...]]]:
    """Read the columns that the library computes with, and the words for the events."""
    columns = columns_of(Event)
    says_kind = "kind" if "kind" in roles else "event"
    words: dict[str, tuple[str, ...]] = {}
    readings: dict[str, Reading] = {}
    for role in (role for role in ROLES if role in roles):
        column, raw = columns[role], table[roles[role]]
        if role == says_kind:
            required = replace(column, nullable=False)
            readings["kind"], words["kind"] = _read_events(required, raw)
        elif role == "event":
            readings[role], words[role] = read_labels(column, raw)
        elif role in _REQUIRED:
            readings[role] = read_column(replace(column, nullable=False), raw, timestamp_format)
        elif role in _BLANK:
            missing = missing_rows(raw)
            if missing.all():
                continue  # a column of nothing may be of any type
            reading = read_column(column, raw, timestamp_format)
            readings[role] = _blanked(reading, missing, _BLANK[role])
    return readings, words


def _read_events(column: Column, raw: Raw) -> tuple[Reading, tuple[str, ...]]:
    """Return the source's own words, judged by the rules of the column."""

    def keep_word(value: Any) -> str:
        column.form.parse(value)
        return str(value)

    return read_labels(column, raw, keep_word)


def _blanked(reading: Reading, missing: Mask, blank: Any) -> Reading:
    """Return a column whose missing values are told by their value."""
    if not missing.any():
        return reading
    return replace(reading, values=np.where(missing, blank, reading.values))


def _breaches(readings: Mapping[str, Reading]) -> dict[str, Mask]:
    """Collect the rows that break each rule, in the order of the roles."""
    broken: dict[str, Mask] = {}
    for reading in readings.values():
        broken |= reading.broken
    if "resolved_at" in readings:
        settled, times = readings["resolved_at"], readings["timestamp"]
        early = (settled.values != NEVER) & (settled.values < times.values)
        for unread in (*settled.broken.values(), *times.broken.values()):
            early &= ~unread
        if early.any():
            rule = rule_name(Problem.OUT_OF_RANGE, "resolved_at")
            broken[rule] = broken.get(rule, early) | early
    return broken


def _rows(
    readings: Mapping[str, Reading],
    words: Mapping[str, tuple[str, ...]],
    index: NDArray[np.int64] | None,
) -> Interactions:
    """Take the accepted rows."""

    def column(role: str, dtype: type) -> NDArray[Any]:
        if role not in readings:
            return np.empty(0, dtype)
        return take(readings[role].values, index).astype(dtype, copy=False)

    codes = column("kind", np.int32)
    places = [KINDS.index(kind_of_event(word)) for word in words["kind"]]
    shown = Labels(codes, words["kind"])
    if "event" in words:
        shown = _first_of(Labels(column("event", np.int32), words["event"]), shown)
    return Interactions(
        keys=column("customer_id", np.int64),
        times=column("timestamp", np.int64),
        kinds=np.array([*places, 0], np.uint8)[codes],
        words=_without_texts(shown),
        said=column("direction", np.int8),
        sentiment=column("sentiment", np.float32),
        resolved_at=column("resolved_at", np.int64),
    )


def _first_of(first: Labels, second: Labels) -> Labels:
    """Return the words of the first column and, where it has none, those of the second."""
    names: dict[str, int] = {}
    here, there = (
        np.array([*(names.setdefault(n, len(names)) for n in part.names), -1], np.int32)
        for part in (first, second)
    )
    codes = np.where(first.codes < 0, there[second.codes], here[first.codes])
    return Labels(codes, tuple(names))


def _without_texts(labels: Labels) -> Labels:
    """Return labels in which what looks like no name of an event is "other": it may be a text."""
    names: dict[str, int] = {}
    kept = (name if looks_like_a_name(name) else "other" for name in labels.names)
    places = np.array([*(names.setdefault(name, len(names)) for name in kept), -1], np.int32)
    return Labels(places[labels.codes], tuple(names))


def _warn_of_unknown(words: tuple[str, ...], codes: NDArray[np.int32]) -> None:
    """Say how many rows have a kind that nobody knows."""
    strange = [place for place, word in enumerate(words) if not is_known_event(word)]
    counts = np.bincount(codes, minlength=len(words))[strange]
    if not counts.any():
        return
    found = [words[place] for place, n in zip(strange, counts, strict=True) if n]
    often = [words[place] for place, n in zip(strange, counts, strict=True) if n > 1]
    # what stands there once may be about somebody
    shown = [repr(word) for word in often if looks_like_a_name(word)][:_SHOWN]
    listed = f" ({', '.join(shown)}{', …' if len(found) > len(shown) else ''})" if shown else ""
    n = int(counts.sum())
    rows = f"{n:,} rows have" if n > 1 else "1 row has"
    kinds = f"one of {len(found):,} kinds" if len(found) > 1 else "a kind"
    warn_caller(
        f"{rows} {kinds} of event that nobody knows{listed}, kept as 'other'. Rename what is one "
        "of the kinds of EventKind to have it counted."
    )


def looks_like_a_name(word: str) -> bool:
    """Tell whether a word may be shown: short, and of what names of events are made of."""
    return _NAME_LIKE.fullmatch(word) is not None
