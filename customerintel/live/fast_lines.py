"""The usual shape of an event, recognised by msgspec (extra ``live``): only what is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Annotated, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import MissingDependencyError
from customerintel.live.known_fields import KNOWN
from customerintel.live.plain_lines import SHAPE
from customerintel.live.property_values import column_of, first_number
from customerintel.live.wanted import AMOUNT, Wanted
from customerintel.schema.forms import INT64_MAX, INT64_MIN

__all__ = ["FastLines"]

#: Lines that are read by one call; one odd line sends them all through the slower loop.
_TOGETHER: Final = 128
_IDS: Final = ("userId", "anonymousId", "previousId", "messageId")
#: Names of the fields of a record that differ from those of the line.
_SNAKE: Final = {
    "userId": "user_id",
    "anonymousId": "anonymous_id",
    "previousId": "previous_id",
    "messageId": "message_id",
    "originalTimestamp": "original_timestamp",
    "sentAt": "sent_at",
    "receivedAt": "received_at",
}


def _renamed(name: str) -> str:
    """Return the name of a field in the record: what the line calls in snake case has another."""
    return _SNAKE.get(name, name if name in SHAPE else f"other_{name}")


class FastLines:
    """Reads lines of the usual shape with msgspec.

    Parameters
    ----------
    wanted : Wanted
        The properties to read; all others are skipped over.

    Raises
    ------
    MissingDependencyError
        If msgspec is not installed.
    """

    def __init__(self, wanted: Wanted) -> None:
        try:
            import msgspec
        except ImportError:
            raise MissingDependencyError(
                "Reading events fast needs msgspec, which is not installed. Run "
                "`pip install 'customerintel[live]'`, or do without: fast=False."
            ) from None
        paths = [p.path for p in wanted.properties if p.path != AMOUNT]
        if len(paths) < len(wanted.properties):
            paths += [("total",), ("revenue",)]
        self._wanted = wanted
        self._names: dict[tuple[str, ...], str] = {}
        self._decoder = msgspec.json.Decoder(self._record_type(_tree(paths)))
        self._failures = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

    def _record_type(self, tree: dict[str, Any]) -> Any:
        """Return the type of the usual shape, as in `plain_lines.SHAPE`."""
        import msgspec

        bounds = msgspec.Meta(ge=INT64_MIN, le=INT64_MAX)
        ident: Any = Annotated[str, msgspec.Meta(min_length=1)] | Annotated[int, bounds] | None
        facts = msgspec.defstruct("Facts", [], gc=False)
        kinds: dict[str, Any] = dict.fromkeys(_IDS, ident)
        kinds["properties"] = self._facts_type(tree, ()) | None
        kinds |= dict.fromkeys(("traits", "context", "integrations"), facts | None)
        kinds["value"] = float | None
        calls = Literal["track", "identify", "page", "screen", "group", "alias"]
        fields: list[Any] = [("timestamp", str), ("type", calls, "track")]
        others = [name for name in SHAPE if name not in ("timestamp", "type")]
        fields += [(name, kinds.get(name, str | None), None) for name in others]
        # nothing has this value, so a line with one of these fields is of another shape
        never: Any = Literal["\0"] | msgspec.UnsetType
        fields += [(name, never, msgspec.UNSET) for name in sorted(KNOWN - SHAPE.keys())]
        fields = [(_renamed(f[0]), *f[1:]) for f in fields]
        rename = {snake: camel for camel, snake in _SNAKE.items()}
        rename |= {_renamed(name): name for name in KNOWN - SHAPE.keys()}
        return msgspec.defstruct("Line", fields, rename=rename, gc=False)

    def _facts_type(self, tree: dict[str, Any], path: tuple[str, ...]) -> Any:
        """Return the type of a mapping of which only some keys are read."""
        import msgspec

        fields: list[Any] = []
        rename = {}
        for place, (key, inner) in enumerate(tree.items()):
            field = f"f{place}"
            rename[field] = key
            self._names[(*path, key)] = field
            kind = (self._facts_type(inner, (*path, key)) | None) if inner else Any
            fields.append((field, kind, None))
        return msgspec.defstruct("Facts", fields, rename=rename, gc=False)

    def records(self, lines: Sequence[bytes]) -> list[Any]:
        """Return one record per line; None where the shape is another one."""
        found: list[Any] = []
        for low in range(0, len(lines), _TOGETHER):
            some = lines[low : low + _TOGETHER]
            try:
                read = self._decoder.decode_lines(b"\n".join(some))
            except self._failures:
                read = []
            if len(read) != len(some):
                read = [self._one(line) for line in some]
            found += read
        return found

    def _one(self, line: bytes) -> Any:
        try:
            return self._decoder.decode(line)
        except self._failures:
            return None

    def values(self, columns: dict[str, list[Any]]) -> NDArray[np.float64]:
        """Return the wanted properties, one row each."""
        tops = columns["properties"]
        out = np.empty((len(self._wanted.properties), len(tops)))
        for row, asked in enumerate(self._wanted.properties):
            if asked.path == AMOUNT:
                out[row] = first_number(self._amounts(columns))
            else:
                out[row] = column_of(self._column(tops, asked.path), asked.texts)
        return out

    def _amounts(self, columns: dict[str, list[Any]]) -> Iterator[NDArray[np.float64]]:
        for key in ("total", "revenue"):
            yield column_of(self._column(columns["properties"], (key,)), None)
        yield column_of(columns["value"], None)

    def _column(self, tops: Sequence[Any], path: tuple[str, ...]) -> Sequence[Any]:
        found = tops
        for depth in range(1, len(path) + 1):
            get = attrgetter(self._names[path[:depth]])
            if all(found):  # what is there is true
                found = list(map(get, found))
            else:
                found = [None if facts is None else get(facts) for facts in found]
        return found


def _tree(paths: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    """Return the keys of paths as mappings in mappings.

    Where one path ends and another goes on, a mapping is a missing value to the first, and a
    line with anything else there is not of the usual shape.
    """
    tree: dict[str, Any] = {}
    for path in paths:
        inner = tree
        for key in path:
            inner = inner.setdefault(key, {})
    return tree
