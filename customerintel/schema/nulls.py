"""What counts as a missing value, whoever made it."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

__all__ = ["is_null"]

#: pandas' own missing values, told by name so that pandas need not be loaded.
_MISSING = frozenset({"NAType", "NaTType"})


def is_null(value: object) -> bool:
    """Tell whether one value is missing: None, NaN, NaT, a Decimal NaN, or pandas' NA.

    Parameters
    ----------
    value : object
        Any single value.

    Returns
    -------
    bool
        True if the value is missing. An empty string is a value, not a missing one.

    Examples
    --------
    >>> is_null(None), is_null(float("nan")), is_null("")
    (True, True, False)
    """
    if value is None:
        return True
    if isinstance(value, (float, np.floating)):
        return bool(value != value)  # NaN alone differs from itself
    if isinstance(value, Decimal):
        return value.is_nan()
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return bool(np.isnat(value))
    return type(value).__name__ in _MISSING
