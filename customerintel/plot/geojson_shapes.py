"""Outlines of areas, read from GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError

__all__ = ["aspect_of", "read_shapes"]

Floats = NDArray[np.float64]

_WHAT: Final = (
    "geojson must be a FeatureCollection: a dict with a list of 'features', its JSON text, or the "
    "path of a file that holds it"
)


def read_shapes(
    geojson: Any, names: Sequence[str], *, area: str | None = None
) -> dict[str, list[Floats]]:
    """Return the rings of the areas that the map has.

    Parameters
    ----------
    geojson : dict, str, Path or object with ``__geo_interface__``
        A FeatureCollection, its JSON text or its file.
    names : sequence of str
        Names of the areas.
    area : str, optional
        Property of the features with the name of the area. None: the property (or the ``id`` of
        the features) that is the name of most areas. Numbers are compared as texts.

    Returns
    -------
    dict of str to list of ndarray of float64, shape (n_corners, 2)
        By area: outlines counter-clockwise, holes clockwise.

    Raises
    ------
    InvalidArgumentError
        If it cannot be read, or has none of the areas.
    """
    features = _features(geojson)
    labels = _labels(features, names, area)
    known = set(names)
    found: dict[str, list[Floats]] = {}
    for label, one in zip(labels, features, strict=True):
        if label in known:
            found.setdefault(label, []).extend(_rings(one.get("geometry")))
    found = {name: rings for name, rings in found.items() if rings}
    if not found:
        raise InvalidArgumentError(
            "The areas of geojson have no outline: area_map draws features whose geometry is a "
            "Polygon or a MultiPolygon."
        )
    return found


def aspect_of(shapes: Mapping[str, Iterable[Floats]]) -> float:
    """Return how much longer a unit up is than one across.

    A degree of longitude is cos(latitude) times as long as one of latitude; coordinates that are
    no degrees are lengths already.
    """
    corners = np.concatenate([ring for rings in shapes.values() for ring in rings])
    low, high = corners.min(axis=0), corners.max(axis=0)
    if (np.maximum(np.abs(low), np.abs(high)) > (180.0, 90.0)).any():
        return 1.0
    return float(1.0 / max(0.1, np.cos(np.radians((low[1] + high[1]) / 2.0))))


def _features(geojson: Any) -> list[dict[str, Any]]:
    """Return the features of a map."""
    if isinstance(geojson, str | os.PathLike):
        geojson = _read(geojson)
    geojson = getattr(geojson, "__geo_interface__", geojson)
    kind = type(geojson).__name__
    if isinstance(geojson, Mapping):
        features = geojson.get("features")
        if geojson.get("type") == "FeatureCollection" and isinstance(features, list | tuple):
            made = [one for one in features if isinstance(one, Mapping)]
            if made:
                return [dict(one) for one in made]
            raise InvalidArgumentError(f"{_WHAT}; this one has no features.")
        kind = f"the type {geojson.get('type')!r}" if "type" in geojson else "a dict without a type"
    raise InvalidArgumentError(f"{_WHAT}; got {kind}.")


def _read(given: str | os.PathLike[str]) -> Any:
    text = str(given).lstrip("\ufeff \t\r\n") if isinstance(given, str) else ""
    is_text = text.startswith(("{", "["))
    try:
        return json.loads(text if is_text else Path(given).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidArgumentError(
            f"{_WHAT}; the file cannot be read ({error.strerror or 'no such path'})."
        ) from error
    except (ValueError, RecursionError) as error:
        where = "text" if is_text else "file"
        raise InvalidArgumentError(f"{_WHAT}; the {where} is no JSON.") from error


def _labels(
    features: Sequence[dict[str, Any]], names: Sequence[str], area: str | None
) -> list[str | None]:
    """Return the name of each feature's area, None where it has none."""
    if area is not None and not isinstance(area, str):
        raise InvalidArgumentError(
            f"area must be the name of a property of the features; got {type(area).__name__}."
        )
    keys = sorted({str(key) for one in features for key in _properties(one)})
    known = set(names)
    if area is not None:
        if area not in keys:
            raise InvalidArgumentError(
                f"No feature of geojson has the property {area!r}; there are {_some(keys)}."
            )
        labels = [_word(_properties(one).get(area)) for one in features]
        if known.isdisjoint(labels):
            raise InvalidArgumentError(
                f"The property {area!r} of no feature is the name of an area of the result. Name "
                f"another of the properties with area=…: {_some(keys)}."
            )
        return labels
    by_key = {key: [_word(_properties(one).get(key)) for one in features] for key in keys}
    by_key[""] = [_word(one.get("id")) for one in features]
    best = max(by_key, key=lambda key: len(known.intersection(by_key[key])))
    if known.isdisjoint(by_key[best]):
        raise InvalidArgumentError(
            "No feature of geojson has the name of an area of the result, neither as its id nor in "
            f"a property ({_some(keys)}). Names must be written alike in both."
        )
    return by_key[best]


def _properties(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    found = feature.get("properties")
    return found if isinstance(found, Mapping) else {}


def _word(value: Any) -> str | None:
    if value is None:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _some(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - 8} more" if len(keys) > 8 else ""
    return (", ".join(map(repr, keys[:8])) or "none") + more


def _rings(geometry: Any) -> Iterator[Floats]:
    """Return the rings of a shape, each wound so that holes stay empty."""
    if not isinstance(geometry, Mapping):
        return
    kind, corners = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        for part in parts if isinstance(parts, list | tuple) else ():
            yield from _rings(part)
        return
    polygons = {"Polygon": [corners], "MultiPolygon": corners}.get(str(kind)) or ()
    try:
        for polygon in polygons:
            for place, ring in enumerate(polygon or ()):
                # a height may come third
                made = np.asarray_chkfinite([point[:2] for point in ring], np.float64)
                if len(made) >= 3:
                    yield _wound(made, hole=place > 0)
    except (TypeError, ValueError, KeyError) as error:
        raise InvalidArgumentError(
            "A shape of geojson has corners that are no pairs of finite numbers."
        ) from error


def _wound(ring: Floats, *, hole: bool) -> Floats:
    """Return a closed ring, counter-clockwise for an outline and clockwise for a hole."""
    if not np.array_equal(ring[0], ring[-1]):
        ring = np.concatenate([ring, ring[:1]])
    # what is no pair cannot be unpacked
    x, y = (ring - ring[0]).T
    doubled = float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())
    return ring[::-1] if (doubled > 0.0) == hole else ring
