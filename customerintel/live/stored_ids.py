"""Finding ids in events that could not be read, in whatever way they are written there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from customerintel.live.known_fields import KNOWN

__all__ = ["ID_FIELDS", "holds_any"]

#: Fields that name a customer, in lower case without underscores, at any depth.
ID_FIELDS: Final = frozenset({"userid", "customerid", "anonymousid", "previousid", "subject"})
#: Fields of an event that hold one word of many, which may happen to be somebody's id.
_WORDS: Final = KNOWN - {"messageId", "message_id"}
_ESCAPED: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\([^u])")
_LETTERS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NUMBER: Final = re.compile(r"(?<![\w.+-])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
#: Numbers of more digits are no ids.
_MOST_DIGITS: Final = 64


def holds_any(ids: Sequence[str]) -> Callable[[bytes], bool]:
    """Return a function that tells whether an event kept aside is of one of some customers.

    Where it is JSON (UTF-8, UTF-16 or Latin-1), it is hers if a field for ids holds the id, as a
    text or a number, or any text in it, but for words such as the name of the event, is the id.
    Otherwise it is hers if the id is written anywhere as a whole word: ``c4`` is not found within
    ``c42``.
    """
    wanted = frozenset(ids) - {""}
    if not wanted:
        return lambda _: False
    either = "|".join(re.escape(one) for one in sorted(wanted, key=len, reverse=True))
    word = re.compile(rf"(?<![0-9A-Za-z_])(?:{either})(?![0-9A-Za-z_])")

    def holds(raw: bytes) -> bool:
        texts = list(_texts_of(raw))
        read = [data for data in map(_read, texts) if data is not None]
        if read:
            return any(not wanted.isdisjoint(_names_in(one[0])) for one in read)
        return any(_is_written(text, word, wanted) for text in texts)

    return holds


def _texts_of(raw: bytes) -> Iterator[str]:
    """Yield what the bytes may say, by the encodings that senders use."""
    if b"\0" in raw:
        for codec in ("utf-16", "utf-16-le", "utf-16-be"):
            yield raw.decode(codec, "replace")
    try:
        yield raw.decode("utf-8-sig", "surrogatepass")
    except UnicodeDecodeError:
        yield raw.decode("utf-8", "replace")
        yield raw.decode("latin-1")


def _read(text: str) -> tuple[Any] | None:
    """Return the value that a text is as JSON; None: it is no JSON."""
    try:
        # pairs: a field that is there twice names two customers
        return (
            json.loads(
                text, strict=False, object_pairs_hook=_Pairs, parse_int=Decimal, parse_float=Decimal
            ),
        )
    except (ValueError, RecursionError):
        return None


class _Pairs(list[tuple[str, Any]]):
    """The fields of an object, each as often as it is there."""


def _names_in(data: Any) -> Iterator[str]:
    """Yield all that may be the id of a customer."""
    if not isinstance(data, list):
        yield from _names_of(data, is_id=True)
        return
    waiting: list[tuple[Any, bool]] = [(data, True)]
    while waiting:
        one, is_top = waiting.pop()
        for name, value in one if isinstance(one, _Pairs) else [("", value) for value in one]:
            is_id = name.replace("_", "").lower() in ID_FIELDS
            if isinstance(value, list):
                waiting.append((value, is_top and not name))
            elif is_id or not (is_top and name in _WORDS):
                yield from _names_of(value, is_id=is_id)


def _names_of(value: Any, *, is_id: bool) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield value.strip()
    elif is_id and isinstance(value, Decimal):
        yield from _whole(value)


def _whole(number: Decimal) -> Iterator[str]:
    if number.is_finite() and number.adjusted() < _MOST_DIGITS and number == int(number):
        yield str(int(number))


def _is_written(text: str, word: re.Pattern[str], wanted: frozenset[str]) -> bool:
    """Tell whether an id is somewhere in a text that is no JSON, with or without escapes."""
    plain = _ESCAPED.sub(_letter, text)
    if word.search(text) or word.search(plain):
        return True
    numbers = (found[0] for found in _NUMBER.finditer(text) if not found[0].isdecimal())
    return any(not wanted.isdisjoint(_whole(Decimal(one))) for one in numbers)


def _letter(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _LETTERS.get(found[2], found[2])
