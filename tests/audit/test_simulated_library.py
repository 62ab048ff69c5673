from __future__ import annotations

import numpy as np
import pytest

from customerintel.audit.simulated_library import simulate_library
from customerintel.exceptions import InvalidArgumentError


@pytest.fixture(scope="module")
def library():
    return simulate_library(4_000, seed=3)


def test_the_parts_fit_together(library):
    frames = library.frames()
    customers, areas = frames["customers"], frames["areas"]
    place = {name: k for k, name in enumerate(areas["block_group"])}
    at = np.array([place[name] for name in customers["block_group"]])
    for name in ("segment", "branch"):
        assert (areas[name][at] == customers[name]).all()
    assert set(frames["loans"]["customer_id"]) == set(library.customer_id)
    assert len(set(areas["branch"])) == 5
    names = {f["properties"]["block_group"] for f in library.geojson["features"]}
    assert names == set(place)
    assert library.log.end <= library.moment == np.datetime64("2014-12-31T23:59:59.999999")
    assert library.as_of().n_customers == len(library.customer_id)
    assert not library.log.has_amounts


def test_loans_go_from_paper_to_screens(library):
    loans = library.frames()["loans"]
    years = loans["timestamp"].astype("M8[Y]")
    digital = [(loans["channel"][years == y] == "digital").mean() for y in np.unique(years)]
    assert len(digital) == 3
    assert digital[0] + 0.08 < digital[2]
    # the doors are shut at night
    hours = (loans["timestamp"] - loans["timestamp"].astype("M8[D]")).astype("m8[h]").astype(int)
    assert set(hours[loans["channel"] == "physical"]) == set(range(9, 20))
    assert set(hours[loans["channel"] == "digital"]) == set(range(24))


def test_a_seed_is_a_library(library):
    again = simulate_library(4_000, seed=3).frames()
    for name, columns in library.frames().items():
        for column, values in columns.items():
            assert (again[name][column] == values).all()
    other = simulate_library(4_000, seed=4).frames()["loans"]["timestamp"]
    assert len(other) != len(again["loans"]["timestamp"])


def test_it_shows_itself(library):
    assert repr(library).startswith("SimulatedLibrary(customers=3,")
    assert "<table>" in library._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_customers": 0}, "n_customers must be a whole number"),
        ({"block_groups": 7}, "block_groups must be a whole number of block groups, at least 8"),
        ({"branches": 9}, "branches must be at most 8; got 9"),
        ({"years": 0.5}, "years must be a whole number"),
        ({"years": 10**6}, "years must be at most 30"),
        ({"start": "x"}, "start must be a date of 1700 to 2200 such as '2012-01-01'; got 'x'"),
        ({"start": "2261-01-01"}, "start must be a date of 1700 to 2200"),
        ({"start": None}, "start must be a date of 1700 to 2200"),
        ({"seed": -1}, "seed must be a whole number"),
    ],
)
def test_errors(arguments, words):
    with pytest.raises(InvalidArgumentError, match=words):
        simulate_library(**arguments)
