"""A map of areas, drawn from GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.plot.choropleth import area_map
from customerintel.plot.geojson_shapes import read_shapes
from customerintel.report.charts import chart
from customerintel.report.numbers import count, percent
from customerintel.report.pictures import picture
from customerintel.report.svg_theme import HEAT

__all__ = ["map_of_areas", "simple_shapes"]

Floats = NDArray[np.float64]

#: Corners of all areas together that are drawn, if areas still have a shape then.
CORNERS = 2_500
#: Steps of the grid that corners are moved to, across the map: the first are finer than can be
#: seen.
GRIDS = (800, 560, 400, 280, 200, 140, 100)
_NAME = "name"


def map_of_areas(
    reach: Any, geojson: Any, value: str, head: Sequence[str], rows: Sequence[Sequence[str]]
) -> str:
    """Draw the areas in shades of a value; areas without one are blank.

    Raises
    ------
    InvalidArgumentError
        If the map cannot be read, or has none of the areas.
    """
    names, numbers = reach.areas.names, np.asarray(getattr(reach.areas, value), np.float64)
    shapes = _as_geojson(simple_shapes(read_shapes(geojson, names)))
    finite = np.flatnonzero(np.isfinite(numbers))
    best = finite[int(np.argmax(numbers[finite]))] if len(finite) else None
    write = percent if value == "core_penetration" else count
    most = f" The most is {write(numbers[best])}, in {names[best]}." if best is not None else ""

    def draw(ax: Any) -> None:
        from matplotlib.colors import ListedColormap

        area_map(reach, shapes, area=_NAME, value=value, cmap=ListedColormap(list(HEAT)), ax=ax)

    return chart(
        "map", picture(draw), title="Core customers by area",
        says=f"The stronger the shade, the more core customers; areas with too few to be told are "
        f"empty.{most}",
        head=head, rows=rows, height=3.6,
    )  # fmt: skip


def simple_shapes(shapes: Mapping[str, Sequence[Floats]]) -> dict[str, list[Floats]]:
    """Return shapes of fewer corners: those that cannot be told apart are one.

    Corners are moved to the nearest of a grid, the same for all areas, so that neighbours still
    touch; the grid is the finest that leaves few enough corners.
    """
    every = np.concatenate([ring for rings in shapes.values() for ring in rings])
    low, size = every.min(axis=0), float(np.ptp(every, axis=0).max()) or 1.0
    made = {name: list(rings) for name, rings in shapes.items()}
    for grid in GRIDS:
        if sum(len(ring) for rings in made.values() for ring in rings) <= CORNERS:
            break
        step = size / grid
        made = {name: _simple(rings, low, step) for name, rings in shapes.items()}
    return made


def _simple(rings: Sequence[Floats], low: Floats, step: float) -> list[Floats]:
    moved = [_without_copies(np.round((ring - low) / step) * step + low) for ring in rings]
    kept = [ring for ring in moved if len(ring) >= 4]
    # an area that is smaller than the grid stays as it is
    return kept or [max(rings, key=len)]


def _without_copies(ring: Floats) -> Floats:
    """Leave out corners that repeat the one before, or lie between their neighbours."""
    ring = ring[np.r_[True, (np.diff(ring, axis=0) != 0.0).any(axis=1)]]
    if len(ring) < 4:
        return ring
    into, out = ring[1:-1] - ring[:-2], ring[2:] - ring[1:-1]
    turns = np.abs(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0])
    back = (into * out).sum(axis=1) < 0.0
    return ring[np.r_[True, (turns > 1e-9 * np.abs(turns).max(initial=0.0)) | back, True]]


def _as_geojson(shapes: Mapping[str, Sequence[Floats]]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {_NAME: name},
            "geometry": {"type": "Polygon", "coordinates": [ring.tolist() for ring in rings]},
        }
        for name, rings in shapes.items()
    ]
    return {"type": "FeatureCollection", "features": features}
