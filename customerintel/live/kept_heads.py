"""What is kept of an event that is too large: its beginning, and whom it names."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["HEAD", "head_of"]

#: Bytes that are kept of its beginning.
HEAD: Final = 4096
#: Names of fields, and the text or number behind each.
_IDS: Final = re.compile(
    rb"""["'](?:user|customer|anonymous|previous)_?id["']\s*:\s*
    (?:"(?:[^"\\]|\\.){0,512}"|'(?:[^'\\]|\\.){0,512}'|[-+0-9.eE]{1,64})
    |["']subject["']\s*:\s*"(?:[^"\\]|\\.){0,512}\"""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_MOST: Final = 16


def head_of(line: bytes) -> bytes:
    """Return the beginning of a line, and the ids behind it, by which `erase` finds the event.

    Examples
    --------
    >>> head_of(b'{"event": "' + b"x" * 5000 + b'", "userId": "c42"}')[-15:]
    b'"userId": "c42"'
    """
    if len(line) <= HEAD:
        return line
    if b"\0" in line:  # letters of two bytes
        found = [match[0] for match in _IDS.finditer(line.replace(b"\0", b""))]
    else:
        found = [match[0] for match in _IDS.finditer(line) if match.end() > HEAD]
    return b"\n".join([line[:HEAD], *found[:_MOST]])
