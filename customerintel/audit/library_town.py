"""The town of a simulated public library: its block groups, and the map of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.library_segments import SEGMENTS

__all__ = ["columns_of_map", "draw_areas", "square"]

Columns = dict[str, NDArray[Any]]
Ints = NDArray[np.int64]

#: Width of a block group's square on the map, in degrees, and where the map begins.
_SIDE, _WEST, _SOUTH = 0.02, -115.3, 36.0
#: Persons in a block group: least and most.
_PEOPLE = (700, 2_600)


def columns_of_map(n_areas: int) -> int:
    """Return how many block groups stand side by side on the map."""
    return int(np.ceil(np.sqrt(n_areas)))


def square(name: str, place: int, columns: int) -> dict[str, Any]:
    """Return a block group as a feature of a map."""
    west, south = _WEST + place % columns * _SIDE, _SOUTH + place // columns * _SIDE
    east, north = west + _SIDE, south + _SIDE
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"block_group": name},
        "geometry": {"type": "Polygon", "coordinates": [[[round(x, 4) for x in p] for p in ring]]},
    }


def draw_areas(rng: np.random.Generator, n: int, branches: Sequence[str]) -> tuple[Columns, Ints]:
    """Return the block groups, and the place of each one's segment."""
    shares = np.array([one.share for one in SEGMENTS])
    columns = columns_of_map(n)
    x, y = np.arange(n) % columns, np.arange(n) // columns
    # like lives by like: segments follow a smooth field over the map
    field = np.sin(0.9 * x + rng.uniform(0, 6)) + np.cos(0.8 * y + rng.uniform(0, 6))
    order = np.argsort(field + rng.normal(0.0, 0.5, n))
    segment = np.empty(n, np.int64)
    segment[order] = np.searchsorted(np.cumsum(shares), (np.arange(n) + 0.5) / n)
    at = rng.choice(n, len(branches), replace=False)
    distance = np.hypot(x[:, None] - x[at], y[:, None] - y[at])
    names = np.array(branches, object)
    found = {
        "block_group": np.array([f"BG{k + 1:03}" for k in range(n)], object),
        "segment": np.array([one.name for one in SEGMENTS], object)[segment],
        "branch": names[distance.argmin(axis=1)],
        "population": rng.integers(*_PEOPLE, n),
    }
    return found, segment
