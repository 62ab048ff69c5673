"""Totals that may be told beside each other, and how many customers are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.area_population import PLACES
from customerintel.audit.small_cells import hidden_rows
from customerintel.audit.told_segments import SegmentTable

__all__ = ["Totals", "told_totals"]


@dataclass(frozen=True)
class Totals:
    """Active customers, those of a known place, and its core; NaN where they are not told."""

    active: float
    customers: float
    core: float
    left_out: Mapping[str, float]


def told_totals(
    table: SegmentTable, n_active: int, left_out: Mapping[str, int], min_cell: int
) -> Totals:
    """Return the totals, none of which, nor the difference of two, is a small number."""

    def small(n: int) -> bool:
        return 0 < n < min_cell

    others, core = table.counts.sum(axis=(0, 1)).tolist()
    n = others + core
    return Totals(
        active=np.nan if small(n_active) or small(n_active - n) else float(n_active),
        customers=np.nan if small(n) else float(n),
        core=np.nan if small(core) or small(others) or small(n) else float(core),
        left_out=_told_reasons(left_out, min_cell),
    )


def _told_reasons(left_out: Mapping[str, int], min_cell: int) -> Mapping[str, float]:
    """Hide small numbers of customers left out, and those that would tell them."""
    names = list(left_out)
    values = np.array([left_out[name] for name in names], np.int64)
    groups = [
        np.array([names.index(x) for x in ("n_unplaced", f"n_no_{one}", f"n_unknown_{one}")])
        for one in PLACES
    ]
    hidden, before = np.zeros(len(names), bool), -1
    while before < (before := int(hidden.sum())):
        for group in groups:
            hidden[group] = _hidden(values[group], min_cell, hidden[group])
    told = np.where(hidden, np.nan, values).tolist()
    return MappingProxyType(dict(zip(names, told, strict=True)))


def _hidden(
    values: NDArray[np.int64], min_cell: int, always: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    return hidden_rows(values[:, None], min_cell, always)
