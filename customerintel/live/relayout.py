"""Records under another layout: what is equal finds its state again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import HEADER, KEPT, W_EDGES, W_FLAGS
from customerintel.live.layout import HEAD_HALVES, Item, Layout

__all__ = ["copy_items"]

Ints = NDArray[np.int64]


def copy_items(
    old: Layout, source: Ints, new: Layout, target: Ints, keys: Iterable[str] | None = None
) -> None:
    """Copy items from records of one layout to those of another.

    Parameters
    ----------
    old, new : Layout
        Of the two.
    source, target : int64 arrays, shapes (n, old.width) and (n, new.width)
        Records of the same customers; the second is written.
    keys : iterable of str, optional
        Which items; by default all, with what every customer has.
    """
    if keys is None:
        whole = [k for k in range(HEADER) if k not in (W_EDGES, W_FLAGS)]
        target[:, whole] = source[:, whole]
    for key in new.items if keys is None else keys:
        before, after = old.items.get(key), new.items.get(key)
        if before is None or after is None:
            continue
        if after.kind in ("edge", "drop"):
            _copy_bit(before, source, after, target)
        elif after.kind in ("count", "sum") and before.part != after.part:
            _copy_ring(before, source, after, target)
        elif after.kind == "timer":
            _copy_timer(before, source, after, target)
        else:
            target[:, _words(after)] = source[:, _words(before)]


def _words(item: Item) -> slice:
    return slice(item.offset, item.offset + item.size)


def _copy_bit(before: Item, source: Ints, after: Item, target: Ints) -> None:
    bit = (source[:, before.offset] >> before.part) & 1
    kept = target[:, after.offset] & ~(1 << after.part)
    target[:, after.offset] = kept | (bit << after.part)


def _copy_timer(before: Item, source: Ints, after: Item, target: Ints) -> None:
    target[:, after.offset : after.offset + 3] = source[:, before.offset : before.offset + 3]
    for k, name in enumerate(after.names):
        if name in before.names:
            place = before.offset + KEPT + before.names.index(name)
            target[:, after.offset + KEPT + k] = source[:, place]


def _copy_ring(before: Item, source: Ints, after: Item, target: Ints) -> None:
    """Copy the buckets that both rings hold."""
    counts = after.kind == "count"
    kind, scale, first = (np.uint16, 4, HEAD_HALVES) if counts else (np.int64, 1, 1)
    old, new = (np.ascontiguousarray(one).view(kind) for one in (source, target))
    there, here = scale * before.offset, scale * after.offset
    new[:, here : here + first] = old[:, there : there + first]
    head = source[:, before.offset]
    if counts:
        low, high = old[:, there : there + 2].astype(np.int64).T
        head = low + (high << 16) - 1
    rows = np.flatnonzero(head >= 0)
    for back in range(min(before.part, after.part)):
        bucket = head[rows] - back
        place = there + first + bucket % before.part
        new[rows, here + first + bucket % after.part] = old[rows, place]
    target[:] = new.view(np.int64)
