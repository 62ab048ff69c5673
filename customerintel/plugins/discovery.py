"""Entry points of installed distributions, read without importing what they name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from customerintel.plugins.candidates import ENTRY_POINT, Candidate

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

__all__ = ["ALLOWED", "NOBODY", "allowed_names", "installed"]

#: Environment variable that says which installed plugins may be used.
ALLOWED = "CUSTOMERINTEL_PLUGINS"

#: What ``none`` allows.
NOBODY: frozenset[str] = frozenset()


def allowed_names() -> frozenset[str] | None:
    """Return the names that the environment allows; None if it does not choose.

    ``none``, or nothing between commas, allows no installed plugin at all.
    """
    text = os.environ.get(ALLOWED)
    if text is None:
        return None
    names = {name.strip() for name in text.split(",")} - {""}
    return NOBODY if names == {"none"} else frozenset(names)


def installed(group: str) -> tuple[Candidate, ...]:
    """Return what installed distributions offer in a group of entry points.

    A distribution whose metadata cannot be read is left out, with a line in the log.
    """
    return tuple(dict.fromkeys(_candidate(point) for point in _entry_points(group)))


def _entry_points(group: str) -> list[EntryPoint]:
    import importlib.metadata

    try:
        return list(importlib.metadata.entry_points(group=group))
    except Exception:  # noqa: BLE001 one unreadable file spoils the whole: look at each by itself
        return list(_readable_points(group))


def _readable_points(group: str) -> Iterator[EntryPoint]:
    import importlib.metadata

    seen: set[str] = set()
    for distribution in importlib.metadata.distributions():
        name = _name(distribution) or "?"
        if name in seen:  # the first on the path hides others of its name
            continue
        seen.add(name)
        try:
            points = list(distribution.entry_points)
        except Exception as error:  # noqa: BLE001 whatever a broken file makes the parser raise
            _log_unreadable(name, error)
        else:
            yield from (point for point in points if point.group == group)


def _log_unreadable(name: str, error: Exception) -> None:
    import logging

    logging.getLogger("customerintel").warning(
        "The entry points of %s cannot be read (%s), so its plugins are left out.",
        name,
        type(error).__name__,
    )


def _candidate(point: EntryPoint) -> Candidate:
    distribution = point.dist
    name, version = _name(distribution), _version(distribution)
    return Candidate(point.name, point.value, ENTRY_POINT, name, version, point)


def _name(distribution: Distribution | None) -> str | None:
    """Return a distribution's name; that of its folder if it has no metadata."""
    name = _metadata(distribution, "Name")
    if name is None and distribution is not None:
        folder = str(getattr(getattr(distribution, "_path", None), "name", ""))
        name = folder.partition("-")[0] or None
    return name


def _version(distribution: Distribution | None) -> str | None:
    return _metadata(distribution, "Version")


def _metadata(distribution: Distribution | None, key: str) -> str | None:
    try:
        found: Any = distribution.metadata[key] if distribution is not None else None
    except Exception:  # noqa: BLE001 absent metadata are None, KeyError or a warning, by Python's version
        return None
    return str(found) if found else None
