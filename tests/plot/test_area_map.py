"""A map has the areas of the result, in shades of its numbers."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.colors import ListedColormap, to_hex
from plot import core_results as made

from customerintel.plot.choropleth import area_map
from customerintel.plot.geojson_shapes import aspect_of, read_shapes

SQUARE = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]]
HOLE = [[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0], [1.0, 1.0]]


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def feature(name, geometry, **more):
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry, **more}


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize("value", ["penetration", "core_penetration", "customers", "population"])
def test_a_map_holds_the_numbers_of_the_areas(value):
    result = made.reach()
    ax = area_map(result, made.library().geojson, value=value, ax=made.narrow(3.8))
    numbers = getattr(result.areas, value)
    known = np.isfinite(numbers)
    shapes = read_shapes(made.library().geojson, result.areas.names)
    place = {name: k for k, name in enumerate(result.areas.names)}
    rows = [place[name] for name in shapes]
    *empty, filled = ax.collections
    np.testing.assert_array_equal(filled.get_array(), numbers[[k for k in rows if known[k]]])
    assert filled.get_clim() == (0.0, np.nanmax(numbers))
    assert len(filled.get_paths()) == known.sum()
    for path, k in zip(filled.get_paths(), [k for k in rows if known[k]], strict=True):
        ring = shapes[result.areas.names[k]][0]
        np.testing.assert_allclose(path.get_extents().min, ring.min(axis=0))
    assert sum(len(one.get_paths()) for one in empty) == (~known).sum()
    assert all(one.get_facecolor().size == 0 for one in empty)
    made.check_texts(ax)


def test_empty_areas_and_missing_ones_are_told():
    result = made.reach()
    assert np.isnan(result.areas.penetration).any()
    ax = area_map(result, made.library().geojson)
    assert ax.get_xlabel() == "empty: too few customers, or nobody there"
    features = made.library().geojson["features"]
    ax = area_map(made.reach(min_cell=0), collection(*features[:-3]))
    assert ax.get_xlabel() == "3 of 48 areas are not on the map"
    one = area_map(made.reach(min_cell=5_000), made.library().geojson)
    assert len(one.collections) == len(one.figure.axes) == 1


def test_a_map_may_be_a_dict_a_text_a_file_or_a_geo_frame(tmp_path):
    geojson = made.library().geojson
    names = made.reach().areas.names
    file = tmp_path / "areas.geojson"
    file.write_text("\ufeff" + json.dumps(geojson), encoding="utf-8")

    class Frame:
        __geo_interface__ = geojson

    whole = read_shapes(geojson, names)
    assert list(whole) == list(names)
    for given in (json.dumps(geojson), "  " + json.dumps(geojson), file, str(file), Frame()):
        found = read_shapes(given, names)
        assert list(found) == list(whole)
        np.testing.assert_array_equal(found[names[0]][0], whole[names[0]][0])


@pytest.mark.parametrize("value", [7, 7.0, "7"], ids=["whole", "float", "text"])
def test_numbers_match_as_texts(value):
    geojson = collection(feature(value, polygon(SQUARE)))
    assert list(read_shapes(geojson, ["7"], area="name")) == ["7"]
    assert list(read_shapes(geojson, ["7"])) == ["7"]


def test_a_feature_is_found_by_its_id_as_well():
    geojson = collection(feature("x", polygon(SQUARE), id=12), feature("y", None, id=13))
    assert list(read_shapes(geojson, ["12", "13"])) == ["12"]


def test_the_property_that_names_most_areas_is_taken():
    geojson = collection(
        {"properties": {"code": "a", "name": "b"}, "geometry": polygon(SQUARE)},
        {"properties": {"code": "b", "name": "c"}, "geometry": polygon(SQUARE)},
    )
    assert list(read_shapes(geojson, ["a", "b"])) == ["a", "b"]
    assert list(read_shapes(geojson, ["a", "b"], area="name")) == ["b"]


@pytest.mark.parametrize("turn", [1, -1])
def test_holes_stay_empty_whichever_way_they_are_wound(turn):
    result = made.reach(min_cell=0)
    name = result.areas.names[0]
    rings = polygon(SQUARE[::turn], HOLE)
    ax = area_map(result, collection(feature(name, rings)), ax=made.narrow(3.8))
    ax.figure.canvas.draw()
    pixels = np.asarray(ax.figure.canvas.buffer_rgba())

    def colour(x, y):
        across, up = ax.transData.transform((x, y))
        return pixels[len(pixels) - int(up), int(across), :3].tolist()

    assert colour(2.0, 2.0) == [255, 255, 255]
    assert colour(0.5, 2.0) == colour(3.5, 2.0) != [255, 255, 255]


def test_parts_of_an_area_are_one_patch():
    other = (np.array(SQUARE) + 10.0).tolist()
    several = {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [other]]}
    apart = {"type": "GeometryCollection", "geometries": [polygon(other), {"type": "Point"}]}
    for features in (
        [feature("a", several)],
        [feature("a", polygon(SQUARE, HOLE)), feature("a", apart)],
    ):
        found = read_shapes(collection(*features), ["a"])
        turns = [np.sign(np.linalg.det(np.diff(one[:3], axis=0))) for one in found["a"]]
        assert turns == [1.0, -1.0, 1.0]


def test_heights_are_left_out_and_rings_closed():
    open_ring = [[*point, 30.0] for point in SQUARE[:-1]]
    (ring,) = read_shapes(collection(feature("a", polygon(open_ring))), ["a"])["a"]
    np.testing.assert_array_equal(ring, SQUARE)


def test_degrees_are_as_long_as_they_are_on_the_ground():
    north = {"a": [np.add(SQUARE, (10.0, 58.0))]}
    assert aspect_of(north) == pytest.approx(2.0)
    metres = {"a": [np.multiply(SQUARE, 1_000.0)]}
    assert aspect_of(metres) == 1.0
    ax = area_map(made.reach(), made.library().geojson)
    middle = np.radians(36.0 + 0.02 * 7 / 2)
    assert ax.get_aspect() == pytest.approx(1.0 / np.cos(middle))


def test_shades_may_be_those_of_a_page():
    shades = [f"#0a0b{k}" for k in range(10, 18)]
    ax = area_map(made.reach(), made.library().geojson, cmap=ListedColormap(shades))
    filled = ax.collections[-1]
    filled.update_scalarmappable()
    drawn = {to_hex(colour) for colour in filled.get_facecolor()}
    assert drawn <= set(shades)
    assert len(drawn) > 3
