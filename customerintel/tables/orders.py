"""What happens when: lines of one order become one transaction, returns are marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.codes import codes_of
from customerintel.tables.grouping import SALT, Rows
from customerintel.tables.partitions import EARLIEST, LATEST
from customerintel.tables.scans import Signs, Span, scan_numbers, scan_times

__all__ = ["RETURNS", "Events", "arrange"]

#: How returns are treated.
RETURNS: Final = ("net", "drop", "keep")
_RETURN, _FURTHER_LINE = 1, 2


@dataclass(frozen=True, eq=False)
class Events:
    """The rows of a log as the kernels read them, and what the log says of itself.

    Parameters
    ----------
    rows : Rows
        Columns for the kernels.
    n_transactions : int
        Lines of one order count once.
    start, end : int
        The first and the last `seen_at`; nonsense where there are no rows.
    first : int
        The first `when` that counts.
    """

    rows: Rows
    n_transactions: int
    start: int
    end: int
    first: int


def _number_orders(
    keys: NDArray[np.int64], orders: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """Give each distinct pair of customer and order a number."""
    from customerintel._kernels import scan

    hashes = np.empty(len(keys), np.int64)
    scan.hash_pairs(keys, orders, np.int64(SALT >> 1), hashes)
    codes, first = codes_of(hashes)
    if scan.same_pairs(keys, orders, codes, first):
        return codes, len(first)
    # two pairs share a hash, which only somebody who tries can achieve: sort instead
    order = np.lexsort((orders, keys))
    new = np.ones(len(keys), bool)
    new[1:] = (np.diff(keys[order]) != 0) | (np.diff(orders[order]) != 0)
    codes[order] = np.cumsum(new) - 1
    return codes, int(new.sum())


def arrange(
    keys: NDArray[np.int64],
    times: NDArray[np.int64],
    amounts: NDArray[np.float64] | None,
    *,
    returned: NDArray[np.bool_] | None,
    orders: NDArray[np.int64] | None,
    without_order: NDArray[np.bool_] | None,
    returns: str,
    span: Span | None = None,
    signs: Signs | None = None,
) -> Events:
    """Prepare accepted rows for the kernels.

    Parameters
    ----------
    keys, times : ndarray of int64, shape (n_rows,)
        Customers, and microseconds UTC.
    amounts : ndarray of float64, shape (n_rows,), optional
        Signed amounts.
    returned : ndarray of bool, shape (n_rows,), optional
        Rows that are marked as returns; negative amounts are returns besides.
    orders : ndarray of int64, shape (n_rows,), optional
        Order ids or their codes.
    without_order : ndarray of bool, shape (n_rows,), optional
        Rows that have no order id: each is a transaction of its own.
    returns : {"net", "drop", "keep"}
        How returns are treated.
    span, signs : Span and Signs, optional
        What is known of `times` and of `amounts`, if they have been looked at.
    """
    held = np.empty(0, np.float64) if amounts is None else amounts
    any_negative = (signs or scan_numbers(held)).negative > 0
    is_return = _find_returns(held, returned, len(keys), returns, any_negative=any_negative)
    if orders is not None and is_return is None:
        is_return = held < 0 if len(held) and returns == "net" else np.zeros(len(keys), bool)
    marks = np.empty(0, np.uint8) if is_return is None else is_return.astype(np.uint8)
    when, n_transactions = times, len(keys)
    if orders is not None and is_return is not None and len(keys):
        # what is dropped is not the first line of anything
        moments = np.where(is_return, LATEST, times) if returns == "drop" else times
        alone = None if without_order is None else np.flatnonzero(without_order)
        when, further, n_transactions = _merge_orders(keys, orders, alone, moments, is_return)
        marks |= further.astype(np.uint8) * np.uint8(_FURTHER_LINE)
    start, end, ordered = span or scan_times(times)
    first = start
    if when is not times:
        first, _, ordered = scan_times(when)
    may_return = bool(is_return.any()) if is_return is not None else any_negative
    if returns == "drop" and may_return and is_return is not None:
        first, _, _ = scan_times(when[~is_return])
        # a moment that no window reaches
        when = np.where(is_return, EARLIEST, when)
        ordered = False
    netted = may_return and returns == "net"
    rows = Rows(keys, times, when, held, marks, ordered=ordered, may_return=netted)
    return Events(rows, n_transactions, start, end, first)


def _find_returns(
    amounts: NDArray[np.float64],
    returned: NDArray[np.bool_] | None,
    n: int,
    returns: str,
    *,
    any_negative: bool,
) -> NDArray[np.bool_] | None:
    """Return which rows are returns, None if the sign of the amount says it all."""
    if returned is None and (returns == "net" or not any_negative):
        return None
    if returns == "keep":
        return np.zeros(n, bool)
    is_return = np.zeros(n, bool) if returned is None else returned.copy()
    if len(amounts):
        is_return |= amounts < 0
    return is_return


def _merge_orders(
    keys: NDArray[np.int64],
    orders: NDArray[np.int64],
    alone: NDArray[np.int64] | None,
    moments: NDArray[np.int64],
    is_return: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.bool_], int]:
    """Return per row the first moment of its order and whether it is a further line.

    Besides, how many orders there are; the rows `alone` are orders of their own.
    """
    from customerintel._kernels import scan

    codes, n_orders = _number_orders(keys, orders)
    if alone is not None and len(alone):
        codes[alone] = n_orders + np.arange(len(alone))
        kept, codes = np.unique(codes, return_inverse=True)
        n_orders = len(kept)
    earliest = np.full(n_orders, LATEST, np.int64)
    line = np.full(n_orders, -1, np.int64)
    scan.first_lines(codes, moments, is_return, earliest, line)
    further = np.ones(len(keys), bool)
    further[line] = False
    return earliest[codes], further, n_orders
