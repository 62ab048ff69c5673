"""The CDNOW log: a real music shop, from the files of the ``lifetimes`` wheel."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import MissingDependencyError

__all__ = ["locate", "read"]

#: Columns of the file: number in the full data, number in the sample, day, CDs, dollars.
_COLUMNS = 5


def locate() -> Path:
    """Find the file without importing ``lifetimes`` (which would load SciPy and autograd).

    Returns
    -------
    pathlib.Path
        The CDNOW 1/10 sample published by Fader and Hardie.

    Raises
    ------
    MissingDependencyError
        If ``lifetimes`` is not installed, or holds no such file.
    """
    spec = importlib.util.find_spec("lifetimes")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, "datasets", "CDNOW_sample.txt")
        if path.is_file():
            return path
    raise MissingDependencyError(
        "The demo reads the CDNOW log inside the package 'lifetimes', which is not installed "
        "here. Install it with: pip install 'customerintel[demo]'"
    )


def read(path: Path) -> dict[str, NDArray[np.generic]]:
    """Read the log as canonical columns.

    Parameters
    ----------
    path : pathlib.Path
        The file, from :func:`locate`.

    Returns
    -------
    dict of str to numpy.ndarray
        ``customer_id`` (int64, the sample's numbering, as in the published summaries),
        ``timestamp`` (datetime64[D]) and ``amount`` (float64, dollars), each of shape
        ``(n_transactions,)``.
    """
    table = np.array(path.read_text(encoding="ascii").split()).reshape(-1, _COLUMNS)
    return {
        "customer_id": table[:, 1].astype(np.int64),
        "timestamp": _days(table[:, 2].astype(np.int64)),
        "amount": table[:, 4].astype(np.float64),
    }


def _days(digits: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Turn 19970118 into the day it means."""
    year, month, day = digits // 10_000, digits // 100 % 100, digits % 100
    months = np.asarray((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days: NDArray[np.datetime64] = months.astype("datetime64[D]") + (day - 1).astype("m8[D]")
    return days
