"""The one place where numba is configured."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
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
            compiled = nb.njit(cache=True, **options)(function)
            _renew_with_any_kernel(compiled)
            return cast("F", compiled)
        except RuntimeError as error:
            # numba raises this where neither the package nor the home directory is writable
            if "no locator available" not in str(error):
                raise
    return cast("F", nb.njit(**options)(function))


def _renew_with_any_kernel(compiled: Any) -> None:
    """Let what is on disk count for today's sources only.

    numba looks at the file of a function, not at those of the functions that it calls: after an
    upgrade, old machine code of a helper would go on being called.
    """
    index = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if index is not None and hasattr(index, "_source_stamp"):
        index._source_stamp = (index._source_stamp, _digest())


@functools.cache
def _digest() -> str:
    """Return a digest of the sources of all kernels."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
