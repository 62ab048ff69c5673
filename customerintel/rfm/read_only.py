"""Arrays that stay as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["read_only", "seal"]


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """View of an array that cannot be written, nor be made writable again.

    NumPy lets the owner of the memory be made writable, and a view only while its owner is:
    so the owner is closed and a view handed out.

    Parameters
    ----------
    array : ndarray
        If it owns its memory, it is closed itself; if it is a view of open memory, that
        memory is somebody else's and is copied.

    Returns
    -------
    ndarray
        A view, never the array itself.
    """
    owner: Any = array.base  # whatever holds the memory: an array, bytes, an Arrow buffer
    if owner is not None and (not isinstance(owner, np.ndarray) or owner.flags.writeable):
        array = array.copy()
    array.flags.writeable = False
    return array.view()


def seal(result: object) -> None:
    """Put read-only views in the place of all arrays of a frozen dataclass."""
    for name, value in vars(result).items():
        if isinstance(value, np.ndarray):
            object.__setattr__(result, name, read_only(value))
