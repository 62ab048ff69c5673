"""What the log keeps of a batch of events: their lines, and how they were read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from customerintel.exceptions import InvalidArgumentError, LiveStoreError
from customerintel.live.decoding import Decoder
from customerintel.live.event_batch import EventBatch
from customerintel.live.plain_lines import read_json
from customerintel.live.wanted import Wanted

__all__ = ["erase_lines", "pack", "unpack"]

_FORMAT: Final = 1
_IDS: Final = (
    "userId", "customer_id", "anonymousId", "anonymous_id", "previousId", "previous_id", "subject",
)  # fmt: skip

#: What a field for ids holds: a text without escapes, or a number.
_FIELDS: Final = re.compile(
    rb'"(?:' + "|".join(_IDS).encode() + rb')"\s*:\s*(?:"([^"]*)"|(-?[0-9]+(?![0-9.eE])))'
)
#: A number that is written otherwise than the id is: 7.0, 1.25e7.
_ODD_NUMBER: Final = re.compile(rb'"(?:' + "|".join(_IDS).encode() + rb')"\s*:\s*-?[0-9]+[.eE]')
#: So many ids are looked for in each line; of more, the fields of the line are looked up.
_FEW: Final = 4


def pack(batch: EventBatch, received: int | None = None) -> bytes:
    """Return a batch as one body of the log.

    Parameters
    ----------
    batch : EventBatch
        With its lines.
    received : int, optional
        As it was given to the decoder.

    Raises
    ------
    InvalidArgumentError
        If the batch was read without its lines.
    """
    if batch.lines is None:
        raise InvalidArgumentError(
            "These events were read without their lines, so the log cannot keep them. Read them "
            "with keep_lines=True."
        )
    head = {"format": _FORMAT, "source": batch.source, "received": received}
    return b"\n".join([json.dumps(head).encode(), *batch.lines])


def unpack(body: bytes, wanted: Wanted, salt: bytes, decoder: Decoder | None = None) -> EventBatch:
    """Return the batch that was packed, read anew for any set of rules.

    Parameters
    ----------
    body : bytes
        As of `pack`.
    wanted : Wanted
        Classes and properties that the rules need now.
    salt : bytes
        Secret of the store.
    decoder : Decoder, optional
        One for `wanted` and `salt`, where many bodies are read.

    Raises
    ------
    LiveStoreError
        If the body is damaged.
    """
    head, lines = _parts(body)
    decoder = decoder or Decoder(wanted, salt=salt)
    found = decoder.decode(lines, head["received"], source=head["source"])
    if found.rejected or len(found.batch) != len(lines):
        raise _damaged()
    return found.batch


def erase_lines(body: bytes, ids: Iterable[str]) -> bytes | None:
    """Return a body without the events of some customers.

    Parameters
    ----------
    body : bytes
        As of `pack`.
    ids : iterable of str
        All ids of the customers.

    Returns
    -------
    bytes or None
        None: there is no such event; empty: there is no other.

    Raises
    ------
    LiveStoreError
        If the body is damaged.
    """
    gone = set(ids)
    _, lines = _parts(body)
    needles = {name.encode("utf-8", "surrogatepass") for name in gone}
    may_be_of = _one_by_one(needles) if len(needles) <= _FEW else _by_field(needles)
    is_odd = _ODD_NUMBER.search if _ODD_NUMBER.search(body) else _nothing
    kept = [
        line for line in lines if not ((may_be_of(line) or is_odd(line)) and _is_of(line, gone))
    ]
    if len(kept) == len(lines):
        return None
    return b"\n".join([body.partition(b"\n")[0], *kept]) if kept else b""


def _nothing(_: bytes) -> None:
    """Find nothing."""


def _one_by_one(needles: set[bytes]) -> Callable[[bytes], bool]:
    """Return what looks for each of a few ids."""
    # an escape may hide an id; anything else is there letter by letter
    return lambda line: b"\\" in line or any(needle in line for needle in needles)


def _by_field(needles: set[bytes]) -> Callable[[bytes], bool]:
    """Return what looks up what the fields of a line hold, however many ids there are."""
    return lambda line: (
        b"\\" in line
        or not needles.isdisjoint(text or number for text, number in _FIELDS.findall(line))
    )


def _is_of(line: bytes, gone: set[str]) -> bool:
    try:
        data = read_json(line)
    except (ValueError, RecursionError):
        raise _damaged() from None
    return isinstance(data, dict) and not gone.isdisjoint(_texts(data))


def _texts(data: dict[str, Any]) -> set[str]:
    found = (data.get(name) for name in _IDS)
    whole = (int(one) if isinstance(one, float) and one.is_integer() else one for one in found)
    return {str(one) for one in whole if isinstance(one, (str, int))}


def _parts(body: bytes) -> tuple[dict[str, Any], list[bytes]]:
    first, *lines = body.split(b"\n")
    try:
        head = read_json(first)
    except (ValueError, RecursionError):
        raise _damaged() from None
    if not isinstance(head, dict) or head.get("format") != _FORMAT:
        raise _damaged()
    return head, lines


def _damaged() -> LiveStoreError:
    return LiveStoreError(
        "A record of the log cannot be read: the store is damaged, or was written by another "
        "program. Restore it from a backup."
    )
