"""How deep a JSON text is nested, told without reading it."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["MOST_NESTED", "is_too_deep"]

#: Objects and lists within each other: far from where any reader, on any stack, gives up.
MOST_NESTED: Final = 100
_TOKENS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[{\]}]', re.DOTALL)


def is_too_deep(line: bytes) -> bool:
    """Tell whether more than `MOST_NESTED` objects and lists lie within each other.

    Examples
    --------
    >>> is_too_deep(b'{"a": ' + b"[" * 99 + b"]" * 99 + b"}")
    False
    >>> is_too_deep(b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}")
    True
    """
    if line.count(b"[") + line.count(b"{") <= MOST_NESTED:
        return False
    depth = 0
    for token in _TOKENS.finditer(line):
        letter = line[token.start()]
        if letter in b"[{":
            depth += 1
            if depth > MOST_NESTED:
                return True
        elif letter in b"]}":
            depth -= 1
    return False
