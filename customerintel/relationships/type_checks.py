"""What can be wrong with a registry of types, all of it at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_count
from customerintel.relationships.relationship_type import RelationshipType, built_type
from customerintel.relationships.type_fields import RESERVED, did_you_mean

__all__ = [
    "check_classes",
    "check_name",
    "check_together",
    "folded",
    "given_types",
    "refuse",
    "words_of",
]

_NAME = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")
_LEAST_TYPES = 2
#: The place of a type in a list of types is an unsigned byte, of which one means none.
_MOST_TYPES = 250


def folded(word: str) -> str:
    """Return a name as it is compared: any case, and blanks, hyphens and underscores alike."""
    return re.sub(r"[\W_]+", "_", word.casefold()).strip("_")


def words_of(one: RelationshipType) -> tuple[str, ...]:
    """Return all that a type answers to, folded, its key first."""
    words = (folded(word) for word in (one.key, one.name, *one.aliases))
    return tuple(dict.fromkeys(word for word in words if word))


def check_name(name: object, version: object) -> list[str]:
    """Return the faults of the name and the version of a registry."""
    faults = []
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        shown = repr(name) if isinstance(name, str) else type(name).__name__
        faults.append(
            "name: must be lowercase letters and digits with -, _ or . between them, such as "
            f"'acme'; got {shown}."
        )
    if not is_count(version) or version < 1:  # type: ignore[operator]
        faults.append(f"version: must be a whole number from 1; got {version!r}.")
    return faults


def check_classes(given: object) -> list[str]:
    """Return the faults of the words for coarse classes, if there are any."""
    if given is None:
        return []
    if not isinstance(given, Mapping) or not all(isinstance(one, str) for one in given.values()):
        return ["coarse_classes: must map each class to a text that says what it means."]
    return []


def given_types(given: object) -> tuple[list[RelationshipType], list[str]]:
    """Return the types that can be used, and the faults of those that cannot."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        what = type(given).__name__
        return [], [f"types: must be a list of types, or a mapping of keys to types; got {what}."]
    types: list[RelationshipType] = []
    faults: list[str] = []
    for number, (place, one) in enumerate(_placed(given), start=1):
        made, wrong = built_type(one)
        if made and place not in (None, made.key):
            wrong = [f"stands under this key and has the key {made.key!r}."]
            made = None
        faults += [f"{_label(place, one, number)}: {fault}" for fault in wrong]
        types += [made] if made else []
    if len(types) < _LEAST_TYPES and not faults:
        faults.append(f"types: at least {_LEAST_TYPES} are needed; got {len(types)}.")
    if len(types) > _MOST_TYPES:
        faults.append(f"types: at most {_MOST_TYPES} are possible; got {len(types)}.")
    return types, faults


def _placed(given: Iterable[Any]) -> Iterator[tuple[object, object]]:
    """Return each type with the key that it stands under, if it stands under one."""
    if not isinstance(given, Mapping):
        yield from ((None, one) for one in given)
        return
    for key, one in given.items():
        yield key, {"key": key, **one} if isinstance(one, Mapping) else one


def _label(place: object, one: object, number: int) -> str:
    key = one.get("key") if place is None and isinstance(one, Mapping) else place
    return key if isinstance(key, str) and key else f"type {number}"


def check_together(types: Sequence[RelationshipType], classes: Mapping[str, str]) -> list[str]:
    """Return what is wrong with types that are right one by one."""
    return [
        *_names(types),
        *_twins(types),
        *_next_types(types),
        *_classes(types, classes),
    ]


def _names(types: Sequence[RelationshipType]) -> Iterator[str]:
    owner: dict[str, str] = {}
    keys = [one.key for one in types]
    for key in dict.fromkeys(keys):
        if keys.count(key) > 1:
            yield f"{key}: {keys.count(key)} types have this key."
    for one in dict(zip(keys, types, strict=True)).values():
        for word in words_of(one):
            if word in RESERVED:
                yield f"{one.key}: answers to {word!r}, which stands for customers without a type."
            if owner.setdefault(word, one.key) != one.key:
                yield f"{one.key}: answers to {word!r}, and so does {owner[word]}."


def _twins(types: Sequence[RelationshipType]) -> Iterator[str]:
    for one, other in combinations(types, 2):
        alike = one.prototype == other.prototype and one.signature == other.signature
        if alike and one.key != other.key:
            yield (
                f"{one.key} and {other.key}: have the same prototype and the same signature, so "
                "that no customer could be told to be the one or the other."
            )


def _next_types(types: Sequence[RelationshipType]) -> Iterator[str]:
    keys = {one.key for one in types}
    for one in types:
        for key in one.leads_to:
            if key == one.key:
                yield f"{key}: leads_to: names the type itself."
            elif key not in keys:
                yield f"{one.key}: leads_to: there is no type {key!r}.{did_you_mean(key, keys)}"


def _classes(types: Sequence[RelationshipType], classes: Mapping[str, str]) -> Iterator[str]:
    used = dict.fromkeys(one.coarse for one in types)
    for word in classes:
        if word not in used:
            yield f"coarse_classes: no type is of the class {word!r}."
    if classes:
        for word in used:
            if word not in classes:
                near = did_you_mean(word, classes)
                yield f"coarse_classes: {word!r} is not described.{near}"


def refuse(label: str, faults: Sequence[Any]) -> None:
    """Raise one error for all faults, if there are any."""
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = "".join(f"\n- {fault}" for fault in faults)
        raise InvalidArgumentError(f"The relationship types {label} have {count}:{lines}")
