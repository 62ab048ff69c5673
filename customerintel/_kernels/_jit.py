"""The one place where numba is configured."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba as nb

__all__ = ["kernel"]

F = TypeVar("F", bound=Callable[..., Any])

#: ``CUSTOMERINTEL_NUMBA_CACHE=0`` turns the disk cache off.
_CACHE = os.environ.get("CUSTOMERINTEL_NUMBA_CACHE", "1") != "0"


def kernel(function: F) -> F:
    """Compile on first call, without the GIL, cached on disk where a directory can be written.

    Division by zero gives inf or NaN as in NumPy. ``fastmath`` stays off because it
    breaks NaN tests, ``parallel`` because its thread layers do not survive a fork.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    if _CACHE:
        try:
            return cast("F", nb.njit(cache=True, **options)(function))
        except RuntimeError as error:
            # numba raises this where neither the package nor the home directory is writable
            if "no locator available" not in str(error):
                raise
    return cast("F", nb.njit(**options)(function))
