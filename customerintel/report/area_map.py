"""A map of areas, drawn from GeoJSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.plot.geojson_shapes import aspect_of, read_shapes
from customerintel.report.charts import chart
from customerintel.report.drawing import in_heat
from customerintel.report.numbers import count, percent
from customerintel.report.svg_theme import GRID, HEAT, PAPER

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["map_of_areas"]

Floats = NDArray[np.float64]

#: Corners of all areas together that are drawn; of finer shapes every second or third is.
CORNERS = 2_500


def map_of_areas(
    geojson: Any, names: Sequence[str], values: Floats, head: Sequence[str],
    rows: Sequence[Sequence[str]], *, kind: str,
) -> str:  # fmt: skip
    """Draw the areas in shades of a value; areas without one are blank.

    Raises
    ------
    InvalidArgumentError
        If the map cannot be read, or has none of the areas.
    """
    shapes = read_shapes(geojson, names)
    shades = dict(zip(names, in_heat(np.asarray(values, np.float64)).tolist(), strict=True))
    corners = sum(len(ring) for rings in shapes.values() for ring in rings)
    step = -(-corners // CORNERS)

    def paint(figure: Figure) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        ax = figure.add_subplot()
        for name, rings in shapes.items():
            path = Path.make_compound_path(
                *[Path(_thin(ring, step), closed=True) for ring in rings]
            )
            shade = shades.get(name, -1)
            face, edge = (HEAT[shade], PAPER) if shade >= 0 else ("none", GRID)
            ax.add_patch(PathPatch(path, facecolor=face, edgecolor=edge, lw=0.5))
        ax.autoscale_view()
        ax.set_aspect(aspect_of(shapes))
        ax.set_axis_off()

    finite = np.flatnonzero(np.isfinite(values))
    best = finite[int(np.argmax(values[finite]))] if len(finite) else None
    write = percent if kind == "percent" else count
    most = f" The most is {write(values[best])}, in {names[best]}." if best is not None else ""
    return chart(
        "map", paint, title="Core customers by area",
        says=f"The stronger the shade, the more core customers; areas with fewer than 10 are "
        f"blank.{most}",
        head=head, rows=rows, height=3.6,
    )  # fmt: skip


def _thin(ring: Floats, step: int) -> Floats:
    """Leave corners out, never so many that no shape remains, and close the ring."""
    step = max(1, min(step, len(ring) // 4))
    return np.concatenate([ring[:-1:step], ring[:1]])
