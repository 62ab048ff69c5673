"""What the fields of a relationship type may hold; each fault is told with what to give."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, Final

import numpy as np

from customerintel.models.arguments import is_number
from customerintel.relationships.signal_definitions import NAMES

__all__ = [
    "DIMENSIONS",
    "RESERVED",
    "TWO_SIDED",
    "Levels",
    "did_you_mean",
    "read_key",
    "read_levels",
    "read_prototype",
    "read_status",
    "read_text",
    "read_texts",
]

#: The dimensions of a relationship, in the order of every prototype. Valence and power lie in
#: [-1, 1] (power: -1 the customer rules, 1 the firm), the others in [0, 1].
DIMENSIONS: Final = (
    "valence", "intensity", "power", "socio_emotional", "duration", "commitment",
    "voluntariness", "reciprocity",
)  # fmt: skip

TWO_SIDED = frozenset({"valence", "power"})
_LEAST_DIMENSIONS = 3
_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

#: Words that results use for customers without a type.
RESERVED: Final = frozenset({"unknown", "other", "none", "inactive", "before", "after"})

_STATUSES = ("published", "proposed")


class Levels(Mapping[str, float]):
    """A mapping of names to numbers that cannot be changed."""

    __slots__ = ("_held",)

    def __init__(self, levels: Mapping[str, float]) -> None:
        self._held = dict(levels)

    def __getitem__(self, name: str) -> float:
        return self._held[name]

    def __iter__(self) -> Any:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __hash__(self) -> int:
        return hash(frozenset(self._held.items()))

    def __repr__(self) -> str:
        return repr(self._held)


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?``, or nothing if no name is near."""
    near = difflib.get_close_matches(str(word).lower(), list(known), n=1, cutoff=0.7)
    return f" Did you mean {near[0]!r}?" if near else ""


def read_key(value: object) -> str:
    """Return the key of a type: a lower-case identifier that no result needs itself."""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise ValueError(
            "must be lowercase letters and digits with '_' between them, such as 'best_friend'; "
            f"got {_shown(value)}."
        )
    if value in RESERVED:
        raise ValueError(f"{value!r} is what results call a customer without a type; rename it.")
    return value


def read_text(value: object) -> str:
    """Return a text without the blanks around it."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"must be a text that is not empty; got {_shown(value)}.")
    return value.strip()


def read_texts(value: object) -> tuple[str, ...]:
    """Return texts, none of them empty."""
    is_list = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    if not is_list or not all(isinstance(one, str) and one.strip() for one in _items(value)):
        raise ValueError(f"must be a list of texts, none of them empty; got {_shown(value)}.")
    return tuple(one.strip() for one in _items(value))


def read_status(value: object) -> str:
    """Return how well the rules of a type are known."""
    if not isinstance(value, str) or value not in _STATUSES:
        raise ValueError(f"must be 'published' or 'proposed'; got {_shown(value)}.")
    return value


def read_prototype(value: object) -> tuple[float | None, ...]:
    """Return the place of a type on each dimension; None where it says nothing."""
    if isinstance(value, Mapping):
        strange = [name for name in value if name not in DIMENSIONS]
        if strange:
            raise ValueError(_strange(strange, "dimension", DIMENSIONS))
        value = [value.get(name) for name in DIMENSIONS]
    if isinstance(value, np.ndarray):
        value = value.tolist()
    many = len(DIMENSIONS)
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != many:
        raise ValueError(
            f"must be {many} numbers in the order {', '.join(DIMENSIONS)}, or a mapping of these "
            f"names; got {_shown(value)}."
        )
    found = tuple(None if _is_nan(one) else one for one in value)
    _check_numbers(dict(zip(DIMENSIONS, found, strict=True)), lambda name: -(name in TWO_SIDED))
    if sum(one is not None for one in found) < _LEAST_DIMENSIONS:
        raise ValueError(f"must speak of at least {_LEAST_DIMENSIONS} dimensions.")
    return tuple(None if one is None else float(one) for one in found)


def read_levels(value: object) -> Mapping[str, float]:
    """Return the expected level of each signal."""
    if not isinstance(value, Mapping):
        raise ValueError(  # noqa: TRY004 - pydantic turns ValueErrors alone into faults
            f"must map names of signals to levels from 0 to 1; got {_shown(value)}."
        )
    strange = [name for name in value if name not in NAMES]
    if strange:
        raise ValueError(_strange(strange, "signal", NAMES))
    _check_numbers(value, lambda _: 0)
    return {name: float(level) for name, level in value.items() if level is not None}


def _check_numbers(numbers: Mapping[str, Any], least: Callable[[str], int]) -> None:
    wrong = [
        f"{name} must lie in [{least(name)}, 1], got {_shown(one)}"
        for name, one in numbers.items()
        if one is not None and not (is_number(one) and least(name) <= one <= 1)
    ]
    if wrong:
        raise ValueError("; ".join(wrong) + ".")


def _strange(names: Sequence[object], what: str, known: Sequence[str]) -> str:
    told = [f"here is no {what} {name!r}.{did_you_mean(name, known)}" for name in names]
    return "t" + " T".join(told)


def _is_nan(value: object) -> bool:
    return value is None or (isinstance(value, float | np.floating) and math.isnan(value))


def _items(value: object) -> list[Any]:
    return list(value) if isinstance(value, Iterable) else []


def _shown(value: object) -> str:
    """Return a short value as it is, and of any other what it is."""
    if value is None or isinstance(value, bool | int | float | np.number):
        return str(value)
    if isinstance(value, str):
        return repr(value) if len(value) <= 40 else f"a text of {len(value)} letters"
    if isinstance(value, Sequence | Mapping | Set):
        return f"{type(value).__name__} of {len(value)}"
    return type(value).__name__
