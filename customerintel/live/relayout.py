"""Records under another layout: what is equal finds its state again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import HEADER, KEPT, W_EDGES, W_FLAGS
from customerintel.live.layout import HEAD_HALVES, Item, Layout

__all__ = ["copy_items", "fill_items"]

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


def fill_items(layout: Layout, source: Ints, target: Ints, keys: Mapping[str, int]) -> None:
    """Copy items between records of one layout.

    Parameters
    ----------
    layout : Layout
        Of both.
    source, target : int64 arrays, shape (n, layout.width)
        Records of the same customers; the second is written.
    keys : mapping of str to int
        Which items. Of a counter only the buckets before so many, the newest ones, are taken
        over; with 0, all.
    """
    for key, held in keys.items():
        if held:
            _fill_ring(layout.items[key], held, source, target)
        else:
            copy_items(layout, source, layout, target, [key])


def _words(item: Item) -> slice:
    return slice(item.offset, item.offset + item.size)


def _copy_bit(before: Item, source: Ints, after: Item, target: Ints) -> None:
    bit = (source[:, before.offset] >> before.part) & 1
    kept = target[:, after.offset] & ~(1 << after.part)
    target[:, after.offset] = kept | (bit << after.part)


def _copy_timer(before: Item, source: Ints, after: Item, target: Ints) -> None:
    """Copy the times, and what is kept of the event that armed it."""
    target[:, after.offset : after.offset + 3] = source[:, before.offset : before.offset + 3]
    known = {(path, texts is None): (k, texts) for k, (path, texts) in _named(before)}
    for k, (path, texts) in _named(after):
        if (path, texts is None) not in known:
            continue
        place, former = known[path, texts is None]
        column = source[:, before.offset + KEPT + place]
        target[:, after.offset + KEPT + k] = (
            column if texts == former else _recoded(column, former, texts)
        )


def _named(item: Item) -> Iterator[tuple[int, tuple[tuple[str, ...], Any]]]:
    """Yield the place of each kept property, its path, and the texts it is compared with."""
    for k, name in enumerate(item.names):
        path, texts = json.loads(name)
        yield k, (tuple(path), texts)


def _recoded(column: Ints, former: list[str], texts: list[str]) -> Ints:
    """Return codes of texts by another list of them; one that it lacks is another text."""
    codes = np.array([0, *(texts.index(one) + 1 if one in texts else 0 for one in former)], float)
    found = column.view(np.float64).copy()
    known = ~np.isnan(found)
    found[known] = codes[found[known].astype(np.int64)]
    return found.view(np.int64)


def _ring(item: Item) -> tuple[Any, int, int]:
    """Return the kind of the buckets of a ring, and where its head and the first of them are."""
    if item.kind == "count":
        return np.uint16, 4 * item.offset, 4 * item.offset + HEAD_HALVES
    return np.int64, item.offset, item.offset + 1


def _heads(item: Item, records: Ints) -> Ints:
    """Return the number of the newest bucket of each ring; -1 where it never counted."""
    if item.kind != "count":
        return records[:, item.offset]
    kind, at, _ = _ring(item)
    low, high = np.ascontiguousarray(records).view(kind)[:, at : at + 2].astype(np.int64).T
    return np.asarray(low + (high << 16) - 1)


def _fill_ring(item: Item, held: int, source: Ints, target: Ints) -> None:
    """Copy the buckets older than the newest `held` ones, or the whole ring where it is empty."""
    there, here = _heads(item, source), _heads(item, target)
    empty = here < 0
    target[empty, _words(item)] = source[empty, _words(item)]
    kind, _, first = _ring(item)
    old, new = (np.ascontiguousarray(one).view(kind) for one in (source, target))
    for back in range(held, item.part):
        bucket = here - back
        rows = np.flatnonzero(~empty & (bucket >= 0) & (bucket <= there))
        rows = rows[bucket[rows] > there[rows] - item.part]
        place = first + bucket[rows] % item.part
        new[rows, place] = old[rows, place]
    target[:] = new.view(np.int64)


def _copy_ring(before: Item, source: Ints, after: Item, target: Ints) -> None:
    """Copy the buckets that both rings hold."""
    kind, there, old_ring = _ring(before)
    _, here, new_ring = _ring(after)
    old, new = (np.ascontiguousarray(one).view(kind) for one in (source, target))
    new[:, here:new_ring] = old[:, there:old_ring]
    head = _heads(before, source)
    rows = np.flatnonzero(head >= 0)
    for back in range(min(before.part, after.part)):
        bucket = head[rows] - back
        place = old_ring + bucket % before.part
        new[rows, new_ring + bucket % after.part] = old[rows, place]
    target[:] = new.view(np.int64)
