"""Who claims which name: candidates for plugins, none of them imported."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

__all__ = [
    "BUILT_IN", "ENTRY_POINT", "GIVEN", "REGISTERED", "Candidate", "Resolution", "resolve",
]  # fmt: skip

Source: TypeAlias = Literal["given", "registered", "built-in", "entry point"]

GIVEN: Source = "given"
REGISTERED: Source = "registered"
BUILT_IN: Source = "built-in"
ENTRY_POINT: Source = "entry point"

#: Of claims to one name the first of these wins.
_RANK = {GIVEN: 0, REGISTERED: 1, BUILT_IN: 2, ENTRY_POINT: 3}


@dataclass(frozen=True)
class Candidate:
    """A claim to a name.

    Parameters
    ----------
    name : str
        What it is asked for by.
    value : str
        ``"package.module:Object"``; of what was registered, where it was defined.
    source : {"given", "registered", "built-in", "entry point"}
        Where the claim comes from; "given": an object or class, without a name of its own.
    distribution, version : str or None
        Of the package that makes the claim; None for what was registered.
    point : object, optional
        What loads it: an entry point, or the factory that was registered.
    """

    name: str
    value: str
    source: Source
    distribution: str | None = None
    version: str | None = None
    point: Any = field(default=None, compare=False, repr=False)

    @property
    def full_name(self) -> str:
        """The name with its distribution: by this, a claim that does not win is asked for."""
        return self.name if self.distribution is None else f"{self.distribution}:{self.name}"

    @property
    def place(self) -> tuple[int, str, str]:
        """What claims to one name are ordered by."""
        return _RANK[self.source], _normal(self.distribution or ""), self.value

    def answers_to(self, name: str) -> bool:
        """Whether a name, or a name with a distribution, means this."""
        if name == self.name:
            return True
        distribution, colon, bare = name.partition(":")
        if not colon or self.distribution is None:
            return False
        return bare == self.name and _normal(distribution) == _normal(self.distribution)

    def origin(self) -> str:
        """Say whose it is, for messages."""
        if self.source == GIVEN:
            return f"{self.value}, given as it is"
        if self.source == REGISTERED:
            return f"{self.value}, registered in this process"
        if self.source == BUILT_IN:
            return f"built into customerintel {self.version}"
        version = f" {self.version}" if self.version else ""
        return f"{self.value} of {self.distribution or 'an unknown distribution'}{version}"


def _normal(distribution: str) -> str:
    """Return a distribution's name as indexes compare it: ``Acme_Churn`` is ``acme-churn``."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


@dataclass(frozen=True)
class Resolution:
    """Which claims hold.

    Parameters
    ----------
    winners : mapping of str to Candidate
        By name, in the order of the names.
    others : tuple of Candidate
        Those that lost, still to be had by ``distribution:name``.
    refused : mapping of Candidate to str
        Those that may not be loaded, and why.
    """

    winners: Mapping[str, Candidate]
    others: tuple[Candidate, ...]
    refused: Mapping[Candidate, str]

    def find(self, name: str) -> Candidate | None:
        """Return what a name, or ``distribution:name``, means."""
        if name in self.winners:
            return self.winners[name]
        everyone = [*self.winners.values(), *self.others]
        return next((one for one in everyone if one.answers_to(name)), None)

    def conflicts(self) -> list[tuple[Candidate, ...]]:
        """Return the claims to each name that has several, the winner first."""
        lost: dict[str, list[Candidate]] = {}
        for one in self.others:
            lost.setdefault(one.name, []).append(one)
        return [(self.winners[name], *others) for name, others in lost.items()]


def resolve(
    candidates: Iterable[Candidate], blocked: Collection[str], allowed: Collection[str] | None
) -> Resolution:
    """Decide which claims hold.

    Parameters
    ----------
    candidates : iterable of Candidate
        All claims, in any order.
    blocked : collection of str
        Names, or names with distributions, that are not to be used.
    allowed : collection of str, optional
        The only entry points that may be used; None: all.
    """
    refused: dict[Candidate, str] = {}
    winners: dict[str, Candidate] = {}
    others: list[Candidate] = []
    for one in sorted(candidates, key=lambda one: (one.name, one.place)):
        by = next((name for name in sorted(blocked) if one.answers_to(name)), None)
        if by is not None:
            refused[one] = f"it is blocked; unblock({by!r}) lets it in"
        elif one.source == ENTRY_POINT and not _is_allowed(one, allowed):
            refused[one] = (
                "it is not in the list of the environment variable CUSTOMERINTEL_PLUGINS; add "
                f"{one.name!r} to it, or unset it"
            )
        elif one.name in winners:
            others.append(one)
        else:
            winners[one.name] = one
    return Resolution(winners, tuple(others), refused)


def _is_allowed(one: Candidate, allowed: Collection[str] | None) -> bool:
    return allowed is None or any(one.answers_to(name) for name in allowed)
