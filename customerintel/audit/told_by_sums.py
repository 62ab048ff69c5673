"""Which hidden numbers the sums over rows and columns give away, and hiding more until none is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.small_cells import hidden_rows

__all__ = ["Margin", "hidden_in_margins"]

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Margin:
    """The groups that cells add up to.

    Attributes
    ----------
    group : ndarray of int64, shape (m,)
        Of each cell.
    hidden : ndarray of bool, shape (n_groups,)
        Whether the sum of the group is hidden; the sum of all groups is told.
    """

    group: Ints
    hidden: Mask

    @property
    def merged(self) -> Ints:
        """Groups, those that are hidden as one: of them but the sum is told."""
        return np.where(self.hidden[self.group], len(self.hidden), self.group)

    @property
    def size(self) -> int:
        """How many groups there are, that of the hidden ones included."""
        return len(self.hidden) + 1


def hidden_in_margins(
    counts: Ints, min_cell: int, rows: Margin, cols: Margin, always: Mask | None = None
) -> tuple[Mask, Mask]:
    """Tell which cells must not be shown beside the sums of their rows and columns.

    Within each row and column hidden cells keep the rule of `hidden_rows`. Hidden cells are then
    the edges of a graph whose nodes are the rows and columns: the sums leave a cell free where it
    lies on a cycle, and tell it where it is a bridge (Gusfield 1988, SIAM Journal on Computing 17,
    552-571). More cells are hidden until there is no bridge, and until no hidden row or column is
    the sum of what is told.

    Parameters
    ----------
    counts : ndarray of int64, shape (m, c)
        Customers of each cell, such as core and others.
    min_cell : int
        The smallest number that is shown.
    rows, cols : Margin
        Two ways to add up.
    always : ndarray of bool, shape (m,), optional
        Cells that are hidden for another reason.

    Returns
    -------
    hidden, stuck : ndarray of bool, shape (m,)
        Cells to hide; and some in columns that must be hidden, since sums tell a number whatever
        cells are hidden: a row of 100, 97 of them in a column of 97, has 3 elsewhere.
    """
    hidden: Mask = np.logical_or.reduce((counts > 0) & (counts < min_cell), axis=1)
    if always is not None:
        hidden = hidden | always
    stuck, before = np.zeros(len(counts), bool), -1
    if not hidden.any() and not rows.hidden.any() and not cols.hidden.any():
        return hidden, stuck
    while before < (before := int(hidden.sum())):
        for margin in (rows, cols):
            _keep_the_rule(hidden, counts, min_cell, margin)
        stuck[:] = False
        for side, told, bridges in _cuts(hidden, rows, cols):
            if (hidden & side).sum() == bridges:  # else mended by one before it
                _cross(hidden, stuck, counts, side, told)
    return hidden, stuck


def _keep_the_rule(hidden: Mask, counts: Ints, min_cell: int, margin: Margin) -> None:
    """Hide more in each group that is shown, until `hidden_rows` holds in it."""
    some = np.bincount(margin.group[hidden], minlength=len(margin.hidden)) > 0
    order = np.argsort(margin.group, kind="stable")
    starts = np.searchsorted(margin.group[order], np.arange(len(margin.hidden) + 1))
    for k in np.flatnonzero(some & ~margin.hidden).tolist():
        places = order[starts[k] : starts[k + 1]]
        hidden[places] = hidden_rows(counts[places], min_cell, hidden[places])


def _cross(hidden: Mask, stuck: Mask, counts: Ints, side: Mask, told: Mask) -> None:
    """Hide the smallest of the cells that cross a cut."""
    shown = np.flatnonzero(side & ~hidden)
    if not len(shown):
        stuck |= told
        return
    total = counts[shown].sum(axis=1)
    hidden[shown[np.lexsort((total, total == 0))[0]]] = True


def _cuts(hidden: Mask, rows: Margin, cols: Margin) -> Iterator[tuple[Mask, Mask, int]]:
    """Yield the cells that cross a cut, those that it tells, and how many hidden ones cross."""
    row, col = rows.merged, cols.merged
    for inside, edge in _bridges(hidden, row, col + rows.size, rows.size + cols.size):
        side = inside[col + rows.size]
        told = np.zeros(len(hidden), bool)
        # with a column hidden on either side of it, it is on a cycle
        told[[edge, int(np.argmax(side != side[edge]))]] = True
        yield inside[row] != side, told, 1
    yield from _lone_groups(hidden, rows, cols)
    yield from _lone_groups(hidden, cols, rows)


def _lone_groups(hidden: Mask, one: Margin, other: Margin) -> Iterator[tuple[Mask, Mask, int]]:
    """Yield the cut around each hidden group that no hidden cells join to another such group."""
    if one.hidden.sum() < 2:
        return
    far = other.merged + len(one.hidden)
    part = _parts(one.group[hidden], far[hidden], len(one.hidden) + other.size)
    groups = np.flatnonzero(one.hidden)
    alone = groups[np.bincount(part[groups], minlength=part.max() + 1)[part[groups]] == 1]
    for k in alone.tolist():
        inside = part == part[k]
        crossing = inside[one.group] != inside[far]
        yield crossing, one.group == k, 0


def _parts(x: Ints, y: Ints, n: int) -> Ints:
    """Return the connected part of each node."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(x), np.int8), (x, y)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _bridges(hidden: Mask, x: Ints, y: Ints, n: int) -> Iterator[tuple[Mask, int]]:
    """Yield each bridge of the graph of hidden cells, with the nodes on one side of it."""
    edges = np.flatnonzero(hidden)
    if not len(edges):
        return
    order, parent, link = _forest(x[edges], y[edges], n)
    # each edge out of the tree marks its ends; marks of a subtree cancel if none leads out of it
    loose = np.ones(len(edges), bool)
    loose[link[link >= 0]] = False
    marks = np.zeros(n + 1, np.uint64)
    labels = np.random.default_rng(0).integers(1, 2**63, int(loose.sum()), dtype=np.uint64)
    for ends in (x[edges], y[edges]):
        np.bitwise_xor.at(marks, ends[loose], labels)
    above, total = parent.tolist(), marks.tolist()
    size = [1] * (n + 1)
    for v in order[:0:-1].tolist():
        total[above[v]] ^= total[v]
        size[above[v]] += size[v]
    first, free = [0] * (n + 1), [1] * (n + 1)
    for v in order[1:].tolist():
        u = above[v]
        first[v], free[v] = free[u], free[u] + 1
        free[u] += size[v]
        free[v] = first[v] + 1
    place = np.array(first[:n])
    for v in order[1:].tolist():
        if link[v] >= 0 and not total[v]:
            yield (place >= first[v]) & (place < first[v] + size[v]), int(edges[link[v]])


def _forest(x: Ints, y: Ints, n: int) -> tuple[Ints, Ints, Ints]:
    """Return a spanning tree from a node `n` that joins all parts.

    Nodes in an order with parents first, the parent of each, and the edge to it (-1: to `n`).
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order

    _, starts = np.unique(_parts(x, y, n), return_index=True)
    ends = np.append(x, np.full(len(starts), n)), np.append(y, starts)
    graph = coo_array((np.ones(len(ends[0])), ends), shape=(n + 1, n + 1)).tocsr()
    order, parent = breadth_first_order(graph, n, directed=False)
    keys, at = np.unique(x * n + y, return_index=True)
    nodes = np.arange(n + 1)
    above = np.where(parent < 0, n, parent).astype(np.int64)
    key = np.minimum(nodes, above) * n + np.maximum(nodes, above)
    place = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    link = np.where((keys[place] == key) & (above < n), at[place], -1)
    link[n] = -1
    return np.asarray(order, np.int64), above, link
