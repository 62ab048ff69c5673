"""Numbers that callers give: what counts as one, and what a message says where it is none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from customerintel.exceptions import InvalidArgumentError

__all__ = [
    "MOST",
    "check_ahead",
    "check_n_max",
    "check_penalty",
    "check_seed",
    "is_count",
    "is_number",
    "number_from_json",
    "number_to_json",
    "parameter",
    "whole_number",
]

#: Greatest parameter, and the inverse of the least, with which kernels come to an end.
MOST = 1e100


def is_number(value: object) -> bool:
    """Whether a value is a real number; True, False and integers beyond all floats are none."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    return not isinstance(value, int) or abs(value) < 2**1023


def is_count(value: object) -> bool:
    """Whether a value is an integer; 3.0 and True are none."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def whole_number(value: Any, name: str, what: str, *, least: int) -> int:
    """Return a whole number of at least `least`.

    Raises
    ------
    InvalidArgumentError
        If it is something else.
    """
    if not is_number(value) or not math.isfinite(value) or value != int(value) or value < least:
        raise InvalidArgumentError(
            f"{name} must be a whole number of {what}, at least {least}; got {value!r}."
        )
    return int(value)


def check_seed(seed: Any, name: str = "seed", *, optional: bool = False) -> int | None:
    """Return a seed.

    Raises
    ------
    InvalidArgumentError
        If it is no whole number of at least 0; None is one where it is optional.
    """
    if seed is None and optional:
        return None
    if not is_count(seed) or seed < 0:
        more = ", or None" if optional else ""
        raise InvalidArgumentError(
            f"{name} must be a whole number of at least 0{more}; got {seed!r}."
        )
    return int(seed)


def check_penalty(penalty: Any) -> float:
    """Return a penalty as a float.

    Raises
    ------
    InvalidArgumentError
        If it is not 0 or a positive number.
    """
    if not is_number(penalty) or not (math.isfinite(penalty) and penalty >= 0.0):
        raise InvalidArgumentError(f"penalty must be 0 or a positive number; got {penalty!r}.")
    return float(penalty)


def check_ahead(ahead: Any) -> float:
    """Return how long after T, which may be 0."""
    if not is_number(ahead) or not 0.0 <= ahead < np.inf:
        raise InvalidArgumentError(f"ahead must be 0 or a time in the fit's unit; got {ahead!r}.")
    return float(ahead)


def check_n_max(n_max: Any) -> int:
    """Return the largest number of purchases that has a place of its own."""
    if not is_count(n_max) or n_max < 0:
        raise InvalidArgumentError(f"n_max must be a whole number of at least 0; got {n_max!r}.")
    return int(n_max)


def parameter(name: str, value: Any, *, positive: bool) -> float:
    """Return a parameter that was given as a float.

    Raises
    ------
    InvalidArgumentError
        If it is no number that it can be.
    """
    if not is_number(value):
        raise InvalidArgumentError(
            f"The parameter {name} must be a number; got {type(value).__name__}."
        )
    if not math.isfinite(value) or (positive and value <= 0.0):
        raise InvalidArgumentError(f"The parameter {name} must be positive; got {value!r}.")
    if positive and not 1.0 / MOST <= value <= MOST:
        raise InvalidArgumentError(
            f"The parameter {name} must lie between {1.0 / MOST:g} and {MOST:g}; got {value!r}."
        )
    return float(value)


def number_to_json(value: float) -> float | None:
    """Return a number as JSON has it: what is not finite is null."""
    return value if math.isfinite(value) else None


def number_from_json(value: float | None) -> float:
    """Return a number as JSON had it.

    Raises
    ------
    TypeError
        If it is something else.
    """
    if value is not None and not is_number(value):
        raise TypeError(f"a {type(value).__name__} in place of a number")
    return math.nan if value is None else value
