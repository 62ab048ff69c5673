"""What pictures of the core say of things that they cannot draw: the exact class and message."""

from __future__ import annotations

import dataclasses
import warnings

import pytest
from matplotlib import pyplot as plt
from plot import core_results as made

import customerintel as ci
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError
from customerintel.plot.audiences import audience_gain, fairness
from customerintel.plot.choropleth import area_map
from customerintel.plot.core_over_time import format_mix, persistence
from customerintel.plot.place_dots import reach, relevance
from customerintel.plot.stress_bars import stress
from customerintel.plot.trait_forest import profile

WHAT = (
    "geojson must be a FeatureCollection: a dict with a list of 'features', its JSON text, or the "
    "path of a file that holds it"
)
PLACES = "No feature of geojson has the "


def drawn(geojson, **how):
    return area_map(made.reach(), geojson, **how)


def one(geometry, **properties):
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}


def square(**properties):
    ring = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    return one({"type": "Polygon", "coordinates": [ring]}, **properties)


def one_period():
    """A log of a single day: nothing to compare, no complete year."""
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": list(range(30)),
            "timestamp": ["2024-01-05"] * 30,
            "amount": [1.0] * 30,
            "channel": ["web"] * 30,
        }
    )
    core = ci.audit.core_customers(log.as_of("2024-01-06"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        return core.resilience(log, period="year", formats="channel")


def nothing_compared():
    ids = made.shop().customer_id
    table = {"customer_id": ids, "club": ["member"] * len(ids)}
    return ci.audit.profile(made.shop(), customers=table, of=made.shop_core().customer_id)


#: What is given: a call, the class and the whole message.
CASES = {
    "a table in place of a reach": (
        lambda: reach({"index": [100.0]}),
        InvalidArgumentError,
        "reach takes a Reach; got dict. Make one with core.reach(…, segment=…).",
    ),
    "a reach without segments": (
        lambda: reach(made.reach_of_areas()),
        InvalidArgumentError,
        (
            "reach draws segments, and this result has none: name their column with "
            "core.reach(…, segment=…), or draw its areas with area_map."
        ),
    ),
    "no segment to draw": (
        lambda: reach(made.reach(), top=0),
        InvalidArgumentError,
        "top must be a whole number of segments, at least 1; got 0.",
    ),
    "a reach in place of a relevance": (
        lambda: relevance(made.reach()),
        InvalidArgumentError,
        "relevance takes a Relevance; got Reach. Make one with core.relevance(…, segment=…).",
    ),
    "a core in place of its resilience": (
        lambda: persistence(made.core()),
        InvalidArgumentError,
        "persistence takes a Resilience; got CoreCustomers. Make one with core.resilience(log, …).",
    ),
    "one period, where two are compared": (
        lambda: persistence(one_period()),
        InvalidArgumentError,
        (
            "persistence compares two whole periods, and this result has none to compare: ask "
            "core.resilience for a shorter period, such as period='quarter'."
        ),
    ),
    "a resilience without formats": (
        lambda: format_mix(made.shop_resilience()),
        InvalidArgumentError,
        (
            "format_mix draws formats, and this result has none: name their column with "
            "core.resilience(log, formats=…)."
        ),
    ),
    "formats without a complete period": (
        lambda: format_mix(one_period()),
        InvalidArgumentError,
        (
            "format_mix needs a complete period with purchases of a format, and there is none: "
            "ask core.resilience for a shorter period."
        ),
    ),
    "stress tests without a complete period": (
        lambda: stress(one_period()),
        InvalidArgumentError,
        (
            "stress needs a complete period, and this result has none: ask core.resilience for a "
            "shorter one, such as period='quarter'."
        ),
    ),
    "a map of a result without areas": (
        lambda: area_map(made.reach(area=None), made.library().geojson),
        InvalidArgumentError,
        (
            "area_map draws areas, and this result has none: name their column with "
            "core.reach(…, area=…)."
        ),
    ),
    "a map of a value that areas do not have": (
        lambda: drawn(made.library().geojson, value="index"),
        InvalidArgumentError,
        (
            "value must be one of penetration, core_penetration, customers, core, population; got "
            "'index'."
        ),
    ),
    "a map that is a list": (lambda: drawn([]), InvalidArgumentError, f"{WHAT}; got list."),
    "a map of one feature, not of a collection": (
        lambda: drawn(square(block_group="BG001")["features"][0]),
        InvalidArgumentError,
        f"{WHAT}; got the type 'Feature'.",
    ),
    "a map that says nothing of its type": (
        lambda: drawn({"features": []}),
        InvalidArgumentError,
        f"{WHAT}; got a dict without a type.",
    ),
    "a map without features": (
        lambda: drawn({"type": "FeatureCollection", "features": []}),
        InvalidArgumentError,
        f"{WHAT}; this one has no features.",
    ),
    "a text that is no JSON": (
        lambda: drawn('{"type": '),
        InvalidArgumentError,
        f"{WHAT}; the text is no JSON.",
    ),
    "a path without a file": (
        lambda: drawn("no/such/map.geojson"),
        InvalidArgumentError,
        f"{WHAT}; the file cannot be read (No such file or directory).",
    ),
    "a property that no feature has": (
        lambda: drawn(square(GEOID="BG001", name="x"), area="block_group"),
        InvalidArgumentError,
        f"{PLACES}property 'block_group'; there are 'GEOID', 'name'.",
    ),
    "a property of other names": (
        lambda: drawn(square(GEOID="BG001", name="x"), area="name"),
        InvalidArgumentError,
        (
            "The property 'name' of no feature is the name of an area of the result. Name another "
            "of the properties with area=…: 'GEOID', 'name'."
        ),
    ),
    "a property that is no name": (
        lambda: drawn(square(GEOID="BG001"), area=3),
        InvalidArgumentError,
        "area must be the name of a property of the features; got int.",
    ),
    "a map of another town": (
        lambda: drawn(square(GEOID="360", name="x")),
        InvalidArgumentError,
        (
            f"{PLACES}name of an area of the result, neither as its id nor in a property "
            "('GEOID', 'name'). Names must be written alike in both."
        ),
    ),
    "areas that are points": (
        lambda: drawn(one({"type": "Point", "coordinates": [0.0, 1.0]}, name="BG001")),
        InvalidArgumentError,
        (
            "The areas of geojson have no outline: area_map draws features whose geometry is a "
            "Polygon or a MultiPolygon."
        ),
    ),
    "corners that are no pairs": (
        lambda: drawn(one({"type": "Polygon", "coordinates": [[[0], [1], [2]]]}, name="BG001")),
        InvalidArgumentError,
        "A shape of geojson has corners that are no pairs of finite numbers.",
    ),
    "corners that are not finite": (
        lambda: drawn(
            one({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, None]]]}, name="BG001")
        ),
        InvalidArgumentError,
        "A shape of geojson has corners that are no pairs of finite numbers.",
    ),
    "a profile in which nothing could be compared": (
        lambda: profile(nothing_compared()),
        InvalidArgumentError,
        (
            "profile has nothing to draw: no trait could be compared. Its table "
            "to_frame('traits') says why in the column reason."
        ),
    ),
    "a fairness in place of an evaluation": (
        lambda: audience_gain(made.fairness()),
        InvalidArgumentError,
        (
            "audience_gain takes an Evaluation; got Fairness. Make one with "
            "model.evaluate(holdout_seeds, …)."
        ),
    ),
    "an evaluation without held-out seeds": (
        lambda: audience_gain(no_seeds()),
        InvalidArgumentError,
        "audience_gain needs held-out seeds among the prospects, and this evaluation has none.",
    ),
    "an attribute that was not audited": (
        lambda: fairness(made.fairness(), "income"),
        InvalidArgumentError,
        ("attribute must be one of those that were audited, 'age_band', 'gender'; got 'income'."),
    ),
}


def no_seeds():
    own = made.evaluation().gains["model"]
    empty = dataclasses.replace(own, above=own.above[:0], through=own.through[:0])
    return dataclasses.replace(made.evaluation(), gains={"model": empty})


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
    assert plt.get_fignums() == []
