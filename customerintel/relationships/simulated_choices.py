"""What a caller may ask of the simulated shop: types, shares and dates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.relationships.simulated_extended_types import FURTHER
from customerintel.relationships.simulated_types import CORE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BEHAVIOURS", "read_mix", "read_share", "read_start", "read_types"]

#: Behaviour of every type that can be simulated, by key.
BEHAVIOURS: Final = {**CORE, **FURTHER}
_SETS: Final[Mapping[str, tuple[str, ...]]] = {
    "core": tuple(CORE), "core@1": tuple(CORE),
    "extended": tuple(BEHAVIOURS), "extended@1": tuple(BEHAVIOURS),
}  # fmt: skip


def read_types(types: Any) -> tuple[str, ...]:
    """Return the keys of the types to be simulated."""
    if isinstance(types, str):
        if types not in _SETS:
            raise InvalidArgumentError(
                f"There are no types {types!r} to simulate. Give one of "
                f"{', '.join(map(repr, _SETS))}, or keys of types."
            )
        return _SETS[types]
    keys = tuple(types) if isinstance(types, Iterable) else ()
    if not keys or len(set(map(str, keys))) < len(keys):
        raise InvalidArgumentError(
            "types must be a name such as 'core', or keys of types, at least one and each once; "
            f"got {types!r}."
        )
    unknown = [key for key in keys if not isinstance(key, str) or key not in BEHAVIOURS]
    if unknown:
        raise InvalidArgumentError(
            f"No behaviour is known to simulate of {', '.join(map(repr, unknown))}. "
            f"Those that can be simulated are {', '.join(BEHAVIOURS)}."
        )
    return keys


def read_mix(mix: Any, keys: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the share of each type."""
    if mix is None:
        return np.full(len(keys), 1.0 / len(keys))
    if not isinstance(mix, Mapping):
        raise InvalidArgumentError(
            f"mix must be a mapping of types to shares; got {type(mix).__name__}."
        )
    unknown = [key for key in mix if key not in keys]
    if unknown:
        raise InvalidArgumentError(
            f"mix has shares of {', '.join(map(repr, unknown))}, which are not simulated. "
            f"The types are {', '.join(keys)}."
        )
    wrong = [k for k, v in mix.items() if not is_number(v) or not math.isfinite(v) or v < 0]
    if wrong:
        raise InvalidArgumentError(
            f"The shares in mix must be 0 or positive numbers; those of "
            f"{', '.join(map(repr, wrong))} are not."
        )
    shares = np.array([float(mix.get(key, 0.0)) for key in keys])
    if not shares.sum() > 0.0:
        raise InvalidArgumentError("All shares in mix are 0; give at least one type a share.")
    shares = shares / shares.max()
    found: NDArray[np.float64] = shares / shares.sum()
    return found


def read_share(share: Any) -> float:
    """Return the share of those who answer."""
    if not is_number(share) or not 0.0 <= share <= 1.0:
        raise InvalidArgumentError(f"survey_share must be a number from 0 to 1; got {share!r}.")
    return float(share)


def read_start(start: Any) -> date:
    """Return the first day."""
    day = start
    if isinstance(start, np.datetime64) and not np.isnat(start):
        day = start.astype("datetime64[D]").astype(object)
    elif isinstance(start, str):
        with suppress(ValueError):
            day = date.fromisoformat(start)
    if isinstance(day, datetime):
        day = day.date()
    if not isinstance(day, date) or not 1900 <= day.year < 2200:
        raise InvalidArgumentError(
            f"start must be a date from 1900 to 2199, such as '2023-01-01'; got {start!r}."
        )
    return day
