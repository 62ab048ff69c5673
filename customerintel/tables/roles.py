"""Which column of the caller's table plays which part."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from customerintel.exceptions import InvalidArgumentError, SchemaError

__all__ = [
    "assign_roles",
    "check_names",
    "check_on_invalid",
    "missing_column",
    "refuse_doubled",
]

#: How many columns an error lists.
_LISTED = 30


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def missing_column(name: str, role: str, available: Sequence[Any]) -> SchemaError:
    """Return the error for a column that the table does not have."""
    known = {_folded(other): other for other in available if isinstance(other, str)}
    near = difflib.get_close_matches(_folded(name), known, n=1, cutoff=0.6)
    hint = f" Did you mean {known[near[0]]!r}?" if near else ""
    listed = ", ".join(map(repr, available[:_LISTED])) + (", …" if len(available) > _LISTED else "")
    counted = f"{len(available)} column{'' if len(available) == 1 else 's'}"
    return SchemaError(
        f"Column {name!r} (for {role}) is not in the table.{hint} It has {counted}"
        + (f": {listed}." if listed else ".")
    )


def refuse_doubled(available: Iterable[Any]) -> None:
    """Raise `SchemaError` if two columns have the same name."""
    doubled = {name for name, n in Counter(available).items() if n > 1}
    if doubled:
        raise SchemaError(
            f"The table has several columns named {', '.join(sorted(map(repr, doubled)))}. "
            "Give each column a name of its own."
        )


def check_names(names: object, argument: str, available: Sequence[Any]) -> None:
    """Check a list of names of columns.

    Raises
    ------
    InvalidArgumentError
        If it is a single text, whose letters would be taken for names.
    SchemaError
        If one of them is not in the table.
    """
    if isinstance(names, str) or not isinstance(names, Iterable):
        shown = f"; write {argument}=[{names!r}]" if isinstance(names, str) else ""
        raise InvalidArgumentError(f"{argument} takes a list of column names{shown}.")
    for name in names:
        if name not in available:
            raise missing_column(str(name), argument, available)


def check_on_invalid(on_invalid: object) -> None:
    """Raise `InvalidArgumentError` if it is no known way to treat invalid rows."""
    if not isinstance(on_invalid, str) or on_invalid not in ("raise", "quarantine"):
        raise InvalidArgumentError(
            f"on_invalid must be 'raise' or 'quarantine'; got {on_invalid!r}."
        )


def assign_roles(
    given: Mapping[str, object],
    available: Sequence[Any],
    *,
    required: Iterable[str],
    caller: str,
) -> dict[str, str]:
    """Return the column of each role.

    A role that is not given takes the column of its own name where there is one; `False`
    leaves it out.

    Raises
    ------
    SchemaError
        If a named column does not exist, a required role has none, or a name is doubled.
    InvalidArgumentError
        If something else than a name is given.
    """
    refuse_doubled(available)
    roles: dict[str, str] = {}
    for role, name in given.items():
        if name is None:
            if role in available:
                roles[role] = role
        elif isinstance(name, str):
            if name not in available:
                raise missing_column(name, role, available)
            roles[role] = name
        elif name is not False:
            shown = "True" if isinstance(name, bool) else type(name).__name__
            raise InvalidArgumentError(
                f"{caller} takes the name of a column as {role}, not {shown}."
            )
    for role in required:
        if role not in roles:
            error = missing_column(role, role, available)
            raise SchemaError(f'{error} Name the column: {caller}(…, {role}="…").')
    return roles
