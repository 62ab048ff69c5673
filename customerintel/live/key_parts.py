"""Texts that are joined to one key: whatever they hold, other texts give another key."""

from __future__ import annotations

from typing import Final

__all__ = ["SEPARATOR", "plain"]

#: Between the parts of a key: the unit separator of ASCII.
SEPARATOR: Final = "\x1f"
_ESCAPE: Final = "\x1e"


def plain(text: str) -> str:
    r"""Return a text without the separator; other texts stay different.

    Examples
    --------
    >>> plain("m-1"), plain("a\x1fb")
    ('m-1', 'a\x1e!b')
    """
    if SEPARATOR in text or _ESCAPE in text:
        return text.replace(_ESCAPE, _ESCAPE * 2).replace(SEPARATOR, f"{_ESCAPE}!")
    return text
