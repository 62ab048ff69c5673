"""What there is to lose in the latest complete period."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.stress import Standing

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells
    from customerintel.audit.customer_labels import Labelled
    from customerintel.audit.two_periods import TwoPeriods

__all__ = ["standing_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def standing_of(
    cells: Cells, latest: int, in_core: Mask, pair: TwoPeriods | None, churn: float,
    labels: Labelled | None, by_format: Cells | None,
) -> Standing:  # fmt: skip
    """Return what customers spent in the latest complete period, or bought without amounts.

    Parameters
    ----------
    cells : Cells
        Not cut by a group.
    latest : int
        Place of the period.
    in_core : ndarray of bool, shape (n_customers,)
        Of the customers of the cells.
    pair : TwoPeriods or None
        The period before and it.
    churn : float
        Of the core before; NaN where that is unknown.
    labels : Labelled or None
        Segments of the customers.
    by_format : Cells or None
        Cut by the formats.
    """
    held = np.flatnonzero(cells.period == latest)
    customers = cells.customer[held]
    values = _values(cells, held)
    before = math.nan
    if pair is not None:
        before = float((pair.spend if cells.has_amounts else pair.orders)[0].sum()) * pair.ratio
    segments, formats = {}, {}
    if labels is not None:
        codes = np.full(len(cells.ids), -1, np.int64)
        here, there = cells.ids.match(labels.history.ids)
        codes[here] = labels.codes[there]
        segments = _by_code(codes[customers], values, (*labels.names, "without a segment"))
    if by_format is not None:
        cut = np.flatnonzero(by_format.period == latest)
        names = (*by_format.groups, "without a format")
        formats = _by_code(by_format.group[cut], _values(by_format, cut), names)
    return Standing(
        values=values,
        core=in_core[customers],
        earlier_total=before,
        churn=churn,
        measure="spend" if cells.has_amounts else "purchases",
        segments=segments,
        formats=formats,
    )


def _values(cells: Cells, held: Ints) -> Floats:
    return cells.spend[held] if cells.has_amounts else cells.orders[held].astype(np.float64)


def _by_code(
    codes: NDArray[np.integer], values: Floats, names: tuple[str, ...]
) -> dict[str, tuple[float, float]]:
    """Return how many have each name, and what they have; the last is of those without one."""
    place = np.where(codes < 0, len(names) - 1, codes)
    count = np.bincount(place, minlength=len(names)).astype(np.float64)
    total = np.bincount(place, values, minlength=len(names))
    kept = len(names) if count[-1] else len(names) - 1
    return {names[k]: (float(count[k]), float(total[k])) for k in range(kept)}
