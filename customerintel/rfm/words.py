"""Words that arguments are chosen from."""

from __future__ import annotations

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.moments import PERIODS

__all__ = ["PERIODS", "one_of"]


def one_of(name: str, given: object, allowed: tuple[str, ...]) -> str:
    """Return the word given, or refuse what is not one of those allowed.

    Raises
    ------
    InvalidArgumentError
        A text is shown, of anything else only its type: it may hold data.
    """
    # asked first: an array compares with a word element by element
    if isinstance(given, str) and given in allowed:
        return given
    shown = repr(given) if isinstance(given, str) else type(given).__name__
    raise InvalidArgumentError(f"{name} must be one of {', '.join(allowed)}; got {shown}.")
