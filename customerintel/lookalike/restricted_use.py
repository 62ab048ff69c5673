"""Uses in which who is shown an offer is a matter of law: housing, credit, employment."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.notices import warn_caller

__all__ = ["RESTRICTED", "check_use", "remind_of"]

RESTRICTED = ("housing", "credit", "employment")

#: Models whose callers were reminded.
_REMINDED: WeakSet[Any] = WeakSet()


def check_use(restricted_use: object, acknowledge: object) -> str | None:
    """Check what the ranking is for.

    In June 2022 the United States and Meta settled a complaint that look-alike audiences for
    housing ads were made with protected traits and what stands for them (United States v. Meta
    Platforms, S.D.N.Y., 22 Civ. 5187). To drop such columns had not been enough.

    Raises
    ------
    InvalidArgumentError
        If the use is unknown, or restricted and not acknowledged.
    """
    if restricted_use is None:
        return None
    if not isinstance(restricted_use, str) or restricted_use not in RESTRICTED:
        raise InvalidArgumentError(
            f"restricted_use must be one of {', '.join(map(repr, RESTRICTED))}, or None; got "
            f"{restricted_use!r}."
        )
    if acknowledge is not True:
        raise InvalidArgumentError(
            f"Look-alikes for {restricted_use} are refused: who is left out of such offers may be "
            "unlawful discrimination, even if no protected trait is used. Take legal advice; with "
            "acknowledge=True they are made without traits of age, gender, family, origin and "
            "place, and you must audit the result with model.fairness."
        )
    _warn(restricted_use)
    return restricted_use


def remind_of(model: Any, restricted_use: str | None) -> None:
    """Repeat the warning, once for each model, where it is read or ranks for the first time."""
    if restricted_use is not None and model not in _REMINDED:
        _REMINDED.add(model)
        _warn(restricted_use)


def _warn(restricted_use: str) -> None:
    warn_caller(
        f"Look-alikes for {restricted_use}: traits of age, gender, family, origin and place are "
        "left out, as far as their names tell, and others may stand for them. Audit the result "
        "with model.fairness before anybody is chosen by it."
    )
