"""Registries of types as JSON: text, files, and those that come with the library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any, Final

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.type_fields import did_you_mean

__all__ = [
    "FORMAT",
    "FORMAT_VERSION",
    "content_of",
    "faults_of_content",
    "parse",
    "read_built_in",
    "shipped",
]

FORMAT: Final = "customerintel.relationship_types"
FORMAT_VERSION: Final = 1
_FIELDS = ("format", "format_version", "name", "version", "coarse_classes", "types")


def content_of(given: str | PathLike[str]) -> Mapping[str, Any]:
    """Read a registry from JSON text (it begins with a brace) or from a file.

    Raises
    ------
    InvalidArgumentError
        If there is no such file, or it is no JSON.
    """
    if isinstance(given, str) and given.lstrip().startswith("{"):
        return parse(given, "The text")
    path = Path(given)
    if not path.is_file():
        raise InvalidArgumentError(
            f"There is no file {path.name!r} in the folder given. Check the path to the types."
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidArgumentError(
            f"{path.name!r} cannot be read ({type(error).__name__}). Relationship types are JSON "
            "in UTF-8."
        ) from None
    return parse(text, repr(path.name))


def parse(text: str, whose: str) -> Mapping[str, Any]:
    """Return what JSON text holds: an object, in which no name stands twice."""
    try:
        content = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "too deep"
        raise InvalidArgumentError(
            f"{whose} cannot be read as JSON ({reason}). Relationship types are written by "
            "TypeRegistry.to_json."
        ) from None
    if not isinstance(content, dict):
        raise InvalidArgumentError(
            f"{whose} holds a {type(content).__name__} in JSON, where the relationship types are "
            "an object with name, version and types."
        )
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # json would keep the last of two: one of two types would be lost without a word
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {doubled!r} stands twice in one object")
    return found


def faults_of_content(content: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the outer fields of a registry."""
    faults = [
        f"{name}: there is no field of this name.{did_you_mean(name, _FIELDS)}"
        for name in content
        if name not in _FIELDS
    ]
    faults += [
        f"{name}: is missing." for name in ("name", "version", "types") if name not in content
    ]
    if content.get("format", FORMAT) != FORMAT:
        faults.append(f"format: must be {FORMAT!r}; got {content['format']!r}.")
    version = content.get("format_version", FORMAT_VERSION)
    if version != FORMAT_VERSION:
        faults.append(
            f"format_version: is {version!r}, and this release reads {FORMAT_VERSION}. Use the "
            "release that wrote it."
        )
    return faults


@cache
def shipped() -> Mapping[str, tuple[int, ...]]:
    """Return the names of the registries that come with the library, and their versions."""
    found: dict[str, list[int]] = {}
    for file in _folder().iterdir():
        stem, dot, ending = file.name.rpartition(".")
        name, _, version = stem.partition("@")
        if dot and ending == "json" and version.isdecimal():
            found.setdefault(name, []).append(int(version))
    return {name: tuple(sorted(found[name])) for name in sorted(found)}


def read_built_in(label: str) -> Mapping[str, Any]:
    """Read a registry that comes with the library, such as ``core@1``."""
    return parse(_folder().joinpath(f"{label}.json").read_text(encoding="utf-8"), label)


def _folder() -> Any:
    return resources.files("customerintel") / "relationships" / "relationship_types"
