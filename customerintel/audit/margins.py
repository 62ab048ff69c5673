"""What is left of each customer's spend in each period, where the log knows the cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.tables.frames import open_table
from customerintel.tables.history import History
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells
    from customerintel.tables.transaction_log import TransactionLog

__all__ = ["check_margin", "profit_of"]

Floats = NDArray[np.float64]
Margin: TypeAlias = float | Literal[False] | None


def check_margin(margin: Any) -> Margin:
    """Return what was given as a margin.

    Raises
    ------
    InvalidArgumentError
        If it is not None, False or a share above 0 and up to 1.
    """
    if margin is None or margin is False:
        return margin
    if not is_number(margin) or not 0.0 < margin <= 1.0:
        raise InvalidArgumentError(
            "margin must be None (the log's cost, if it has one), False, or the share of every "
            f"sale that is left, above 0 and up to 1; got {margin!r}."
        )
    return float(margin)


def profit_of(cells: Cells, margin: Margin) -> Floats | None:
    """Return spend less cost of each cell; None where it is not known or not asked for.

    A return takes the cost of its goods off the purchase that its amount is taken off.

    Parameters
    ----------
    cells : Cells
        One cell per customer and period.
    margin : float, False or None
        Share of every sale that is left; None: by the column ``cost`` of the log.

    Warns
    -----
    DataQualityWarning
        If some rows have a cost and others none: then there is no profit.
    """
    if margin is False or not cells.has_amounts:
        return None
    if margin is not None:
        return cells.spend * margin
    cost = _cost(cells.history)
    if cost is None:
        return None
    from customerintel.audit.cells import cells_of

    # the cost takes the place of the amounts, so that returns are matched in the same way
    shadow = History(_with_amounts(cells.history._log, cost), int(cells.history._moment))
    return cells.spend - cells_of(shadow, cells.periods).spend


def _cost(history: History) -> Floats | None:
    """Return the cost of each row, what came back below 0; None where it is not known."""
    log = history._log
    if log._extras is None or "cost" not in (source := open_table(log._extras)).columns:
        return None
    raw = source.read(["cost"])["cost"]
    cost = np.array(raw.values, np.float64)
    if raw.missing is not None:
        cost[raw.missing] = np.nan
    rows = log._events.rows
    seen = rows.seen_at <= int(history._moment)
    blank, n = int(np.isnan(cost[seen]).sum()), int(seen.sum())
    if 0 < blank < n:
        warn_caller(
            f"{blank:,} of {n:,} rows of the log have no cost, so no margin is given. Fill the "
            "column, or say margin=False."
        )
    if blank:
        return None
    # goods that come back are there again, whatever sign their cost was given
    return np.where(rows.amounts < 0.0, -np.abs(cost), cost)


def _with_amounts(log: TransactionLog, amounts: Floats) -> TransactionLog:
    """Return the log with other amounts; what was a return stays one."""
    from customerintel.tables.transaction_log import TransactionLog

    rows = log._events.rows
    marks = rows.marks if len(rows.marks) else (rows.amounts < 0.0).astype(np.uint8)
    return TransactionLog(
        events=replace(log._events, rows=replace(rows, amounts=amounts, marks=marks)),
        texts=log._texts,
        zone=log.time_zone,
        kind=log.kind,
        rejected=log.rejected,
        kinds=log._kinds,
        has_amounts=True,
        extras=None,
    )
