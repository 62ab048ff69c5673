"""From single events to a batch: the one place where columns are put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from customerintel.live.event_batch import EventBatch, Link
from customerintel.live.message_keys import message_keys
from customerintel.live.property_values import rows_of
from customerintel.live.wanted import Wanted, event_name
from customerintel.schema.event_kinds import EventKind

__all__ = ["EventRow", "assemble", "batch_of", "link_of"]

#: Calls that tell that two ids are one customer.
LINKING: Final = frozenset({"identify", "alias"})
#: Ids that stand for nobody; a customer that they led to would be everybody.
_NOBODY: Final = frozenset({"", "0", "null", "none", "undefined", "unknown", "anonymous", "nan"})


class EventRow(NamedTuple):
    """One valid event, as the fold needs it."""

    who: str
    timestamp: int
    call: str
    event: str | None
    kind: EventKind | None
    message: str | None
    properties: Mapping[str, Any] | None
    value: float | None
    link: tuple[str, str] | None
    line: bytes
    origin: int
    is_user: bool = True


def link_of(
    call: str, user: str | None, anonymous: str | None, previous: str | None
) -> tuple[str, str] | None:
    """Return which id leads on to which customer from an identify or alias call on.

    Examples
    --------
    >>> link_of("identify", "c1", "device-7", None)
    ('device-7', 'c1')
    """
    if call not in LINKING or user is None or user.strip().lower() in _NOBODY:
        return None
    old = previous if call == "alias" and previous is not None else anonymous
    if old is None or old == user or old.strip().lower() in _NOBODY:
        return None
    return old, user


def batch_of(rows: Sequence[EventRow], wanted: Wanted, source: str, salt: bytes) -> EventBatch:
    """Return the batch of single events."""
    columns: list[Any] = list(zip(*rows, strict=True))
    who, stamps, calls, events, kinds, messages, properties, values, *others = columns
    links, lines, origin, users = others
    return assemble(
        who=list(who),
        timestamp=np.array(stamps, np.int64),
        sorts=wanted.sorts_of(events, calls, kinds),
        names=[_shown(*row) for row in zip(events, calls, kinds, strict=True)],
        values=rows_of(properties, values, wanted.properties),
        messages=list(messages),
        lines=list(lines),
        links=[(at, *link) for at, link in enumerate(links) if link is not None],
        origin=np.array(origin, np.int64),
        users=None if all(users) else np.array(users, bool),
        source=source,
        salt=salt,
    )


def _shown(event: str | None, call: str, kind: EventKind | None) -> str | None:
    name = event_name(event, call)
    return kind.value if name is None and kind is not None else name


def assemble(
    *,
    who: list[str],
    timestamp: NDArray[np.int64],
    sorts: tuple[NDArray[np.int32], NDArray[np.bool_]],
    names: list[str | None],
    values: NDArray[np.float64],
    messages: list[str | None],
    lines: list[bytes] | None,
    links: list[Link],
    origin: NDArray[np.int64],
    users: NDArray[np.bool_] | None,
    source: str,
    salt: bytes,
) -> EventBatch:
    """Return the batch of ready columns; keys are added here."""
    n = len(who)
    none = not any(messages)
    return EventBatch(
        who=who,
        timestamp=timestamp,
        code=sorts[0],
        values=values,
        message=None if none else messages,
        keys=np.zeros((n, 2), np.uint64) if none else message_keys(messages, source, salt),
        names=names,
        lines=lines,
        links=links,
        withdrawals=np.flatnonzero(sorts[1]).tolist(),
        origin=origin,
        source=source,
        users=users,
    )
