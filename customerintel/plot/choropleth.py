"""`area_map`: areas in shades of how well they are reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.reach_result import Reach
from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import QUIET, as_written, axes_for
from customerintel.plot.geojson_shapes import aspect_of, read_shapes
from customerintel.plot.readable import percent, short_number
from customerintel.plot.rows import check_result, paper
from customerintel.rfm.words import one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import PathPatch

__all__ = ["area_map"]

Floats = NDArray[np.float64]

#: What can be drawn, what it is called, and whether it is a share.
_VALUES: Final = {
    "penetration": ("customers, share of the people", True),
    "core_penetration": ("core customers, share of the people", True),
    "customers": ("customers", False),
    "core": ("core customers", False),
    "population": ("people", False),
}


def area_map(
    reach: Reach,
    geojson: Any,
    *,
    area: str | None = None,
    value: str = "penetration",
    cmap: Any = "viridis",
    ax: Axes | None = None,
) -> Axes:
    """Draw a map of the areas in shades of a value.

    Parameters
    ----------
    reach : Reach
        From ``core.reach(…, area=…)``.
    geojson : dict, str, Path or object with ``__geo_interface__``
        A FeatureCollection of Polygons and MultiPolygons (RFC 7946), its JSON text, or the path
        of a file that holds it. Features of other areas are not drawn.
    area : str, optional
        Property of the features with the name of the area. None: the one that is the name of
        most areas. Numbers are compared as texts.
    value : str, default "penetration"
        "penetration", "core_penetration", "customers", "core" or "population".
    cmap : str or matplotlib.colors.Colormap, default "viridis"
        Shades, from 0 to the greatest value; these grow evenly in brightness.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one patch per area, and a colour bar besides. Areas without a number (too few
        customers to be told, or nobody lives there) are empty. Degrees of longitude are drawn
        as long as they are at the middle of the map.

    Raises
    ------
    InvalidArgumentError
        If the result has no areas, or the map cannot be read or has none of them.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.plot.choropleth import area_map
    >>> library = ci.audit.simulate_library(300, seed=1)
    >>> core = ci.audit.core_customers(library.as_of(), window="365d")
    >>> found = core.reach(
    ...     customers=library.customers, population=library.areas, segment="segment",
    ...     area="block_group", min_cell=1, n_boot=50,
    ... )
    >>> len(area_map(found, library.geojson, area="block_group").collections)
    1
    """
    check_result(reach, Reach, "area_map", "core.reach(…, area=…)")
    value = one_of("value", value, tuple(_VALUES))
    found = reach.areas
    if found is None or not len(found):
        raise InvalidArgumentError(
            "area_map draws areas, and this result has none: name their column with "
            "core.reach(…, area=…)."
        )
    shapes = read_shapes(geojson, found.names, area=area)
    numbers = dict(zip(found.names, getattr(found, value).tolist(), strict=True))
    # with no population, rates are of the customers themselves
    whose = "people" if np.isfinite(reach.population) else "customers"
    words = _VALUES[value][0].replace("the people", f"the {whose}")
    ax = axes_for(ax, size=(6.4, 5.0))
    _draw(ax, shapes, numbers, cmap=cmap, words=words, is_share=_VALUES[value][1])
    _plain(ax, aspect_of(shapes), _below(found.names, shapes, numbers))
    ax.set_title("How far each area is reached" if value != "population" else "People by area")
    return as_written(ax)


def _draw(
    ax: Axes, shapes: Mapping[str, Sequence[Floats]], numbers: Mapping[str, float], *, cmap: Any,
    words: str, is_share: bool,
) -> None:  # fmt: skip
    """Fill the areas, those without a number with nothing."""
    from matplotlib.collections import PatchCollection
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    known = [name for name in shapes if np.isfinite(numbers[name])]
    empty = [name for name in shapes if not np.isfinite(numbers[name])]
    if empty:
        patches = [_patch(shapes[name]) for name in empty]
        ax.add_collection(
            PatchCollection(patches, facecolor="none", edgecolor=QUIET, linewidth=0.7)
        )
    if known:
        values = np.array([numbers[name] for name in known])
        filled = PatchCollection(
            [_patch(shapes[name]) for name in known], cmap=cmap, edgecolor=paper(ax), linewidth=0.5
        )
        filled.set_array(values)
        # areas of none alone are all of the lowest shade
        filled.set_clim(0.0, float(values.max()) or 1.0)
        ax.add_collection(filled)
        bar = ax.figure.colorbar(filled, ax=ax, label=words, shrink=0.8, pad=0.02)
        bar.outline.set_visible(False)
        bar.locator = MaxNLocator(5, integer=not is_share)
        bar.formatter = FuncFormatter(lambda x, _: percent(x) if is_share else short_number(x))
        bar.update_ticks()
    ax.autoscale_view()


def _patch(rings: Sequence[Floats]) -> PathPatch:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    return PathPatch(Path.make_compound_path(*[Path(ring, closed=True) for ring in rings]))


def _plain(ax: Axes, aspect: float, below: str) -> None:
    """Take away what maps do not need, and write what they leave out."""
    ax.set_aspect(aspect)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.set_xlabel(below)


def _below(
    names: Sequence[str], shapes: Mapping[str, Any], numbers: Mapping[str, float]
) -> str:  # fmt: skip
    lines = []
    if any(not np.isfinite(numbers[name]) for name in shapes):
        lines.append("empty: too few customers, or nobody there")
    if missing := len(names) - len(shapes):
        lines.append(f"{missing} of {len(names)} areas are not on the map")
    return "\n".join(lines)
