"""Registries of relationship types: those that come with the library, and how others are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from os import PathLike
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.type_collection import TypeRegistry
from customerintel.relationships.type_fields import did_you_mean
from customerintel.relationships.type_files import read_built_in, shipped

__all__ = ["TypeRegistry", "built_in_with", "read_types", "types"]


def types(name: Any = "core") -> TypeRegistry:
    """Return a registry of types: one that comes with the library, or of a file.

    Parameters
    ----------
    name : str, default "core"
        ``"core"`` (six types, which interactions and surveys can tell apart) or ``"extended"``
        (21, for which both are needed): the newest version. ``"core@1"``: exactly that one.
        Besides all that `classify` takes: a registry, a mapping, the path of a JSON file.

    Returns
    -------
    TypeRegistry

    Raises
    ------
    InvalidArgumentError
        If there is none of this name; the message lists those that there are.

    Examples
    --------
    >>> types("core")
    TypeRegistry(id=core@1, types=6, coarse_classes=4)
    >>> len(types("extended"))
    21
    """
    given = isinstance(name, TypeRegistry | Mapping | PathLike)
    if given or (isinstance(name, str) and _is_json(name)):
        return read_types(name)
    known = [f"{one}@{version}" for one, versions in shipped().items() for version in versions]
    newest = {one: f"{one}@{versions[-1]}" for one, versions in shipped().items()}
    label = newest.get(name, name) if isinstance(name, str) else None
    if label is None or label not in known:
        shown = repr(name) if isinstance(name, str) else f"of type {type(name).__name__}"
        raise InvalidArgumentError(
            f"There are no relationship types {shown}.{did_you_mean(name, [*newest, *known])} "
            f"Built in are {', '.join(known)}; others are read from a TypeRegistry, a mapping or "
            "the path of a JSON file."
        )
    return _built_in(label)


@cache
def _built_in(label: str) -> TypeRegistry:
    return TypeRegistry.from_mapping(read_built_in(label))


def read_types(value: Any) -> TypeRegistry:
    """Return a registry of types, however it is given.

    Parameters
    ----------
    value : str, TypeRegistry, mapping or path
        The name of one that comes with the library (see `types`), a registry, a mapping as
        `TypeRegistry.from_mapping` takes it, JSON text, or the path of a JSON file (a text that
        ends with ``.json``, or a path object).

    Returns
    -------
    TypeRegistry

    Raises
    ------
    InvalidArgumentError
        If it is none of these, or with all faults of the types at once.
    """
    if isinstance(value, TypeRegistry):
        return value
    if isinstance(value, Mapping):
        return TypeRegistry.from_mapping(value)
    if isinstance(value, PathLike) or (isinstance(value, str) and _is_json(value)):
        return TypeRegistry.from_json(value)
    return types(value)


def _is_json(text: str) -> bool:
    return text.endswith(".json") or text.lstrip().startswith("{")


def built_in_with(labels: Iterable[str]) -> TypeRegistry | None:
    """Return the smallest built-in registry that holds all labels; None if none does."""
    wanted = set(labels)
    found = (types(name) for name in ("core", "extended"))
    return next((one for one in found if wanted <= set(one.labels)), None)
