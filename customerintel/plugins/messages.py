"""What the registry says of names that are not there, not to be used, or claimed twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from customerintel.exceptions import (
    InvalidArgumentError,
    PluginConflictWarning,
    PluginNotFoundError,
)
from customerintel.plugins.candidates import Candidate, Resolution
from customerintel.plugins.contract import Contract
from customerintel.plugins.discovery import ALLOWED, NOBODY, allowed_names
from customerintel.plugins.loaded import described

__all__ = ["check_name", "not_found", "refused", "warn_of_claims", "warn_of_replacement"]

_NAME = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")


def check_name(name: object) -> None:
    """Make sure that something can be the name of a plugin.

    Raises
    ------
    InvalidArgumentError
        If it cannot.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        got = repr(name) if isinstance(name, str) else type(name).__name__
        raise InvalidArgumentError(
            "register takes a name of lowercase letters and digits, with -, _ or . between them, "
            f"such as 'acme-gap'; got {got}."
        )


def not_found(contract: Contract, name: str, found: Resolution) -> PluginNotFoundError:
    """Return the error for a name that nothing answers to."""
    import difflib

    for one, reason in found.refused.items():
        if one.answers_to(name):
            return refused(contract, one, reason)
    names = list(found.winners)
    near = difflib.get_close_matches(name.lower(), [*names, *_full_names(found)], n=1)
    parts = [f"There is no {contract.kind} {name!r}."]
    parts += [f"Did you mean {near[0]!r}?"] if near else []
    parts.append(f"There are: {', '.join(names) or 'none'}.")
    if allowed_names() == NOBODY:
        parts.append(
            f"The environment variable {ALLOWED} keeps all installed plugins out; unset it to let "
            "them in."
        )
    return PluginNotFoundError(" ".join(parts))


def _full_names(found: Resolution) -> list[str]:
    return [one.full_name for one in (*found.winners.values(), *found.others)]


def refused(contract: Contract, one: Candidate, reason: str) -> PluginNotFoundError:
    """Return the error for a plugin that is there and may not be used."""
    return PluginNotFoundError(f"{described(one, contract)} may not be used: {reason}.")


def warn_of_claims(contract: Contract, claims: Sequence[Candidate]) -> None:
    """Warn that several claim one name; the first of them has it."""
    from customerintel.tables.notices import warn_caller

    winner, *others = claims
    whose = "; ".join(one.origin() for one in claims)
    choices = " or ".join(repr(one.full_name) for one in others)
    warn_caller(
        f"The name {winner.name!r} of a {contract.kind} is claimed {len(claims)} times: {whose}. "
        f"The first of these is used. Ask for {choices} to use another, or block one.",
        PluginConflictWarning,
    )


def warn_of_replacement(contract: Contract, earlier: Candidate, one: Candidate) -> None:
    """Warn that something else was registered under a name before."""
    from customerintel.tables.notices import warn_caller

    warn_caller(
        f"The {contract.kind} {one.name!r} was {earlier.value} and is now {one.value}. Give it "
        f"another name if you want both, or call unregister({one.name!r}) first.",
        PluginConflictWarning,
    )
