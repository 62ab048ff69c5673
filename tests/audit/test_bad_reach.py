"""Arguments of reach and relevance that cannot be used: class and whole message."""

from __future__ import annotations

import pytest
from audit.small_town import reach, relevance

from customerintel.exceptions import DataValidationError, InvalidArgumentError, SchemaError

#: What is given: a call, the class and the whole message.
CASES = {
    "more people than there can be": (
        lambda: reach({"segment": ["a", "b"], "population": [1e300, 5.0]}),
        InvalidArgumentError,
        (
            "The population has 1e+300 people, more than 1e+15. See whether column 'population' "
            "holds numbers of people."
        ),
    ),
    "more people than there can be, for relevance": (
        lambda: relevance(population={"segment": ["a", "b"], "population": [2**62, 5]}),
        InvalidArgumentError,
        (
            "The population has 4.61e+18 people, more than 1e+15. See whether column 'population' "
            "holds numbers of people."
        ),
    ),
    "neither segments nor areas": (
        lambda: reach(segment=None),
        InvalidArgumentError,
        "reach needs the name of a column of segments or of areas: segment=… or area=….",
    ),
    "relevance without segments": (
        lambda: relevance(segment=None),
        InvalidArgumentError,
        "relevance compares segments, so it needs the name of their column: segment=….",
    ),
    "a column by its place": (
        lambda: reach(segment=1),
        InvalidArgumentError,
        "segment takes the name of a column, not int.",
    ),
    "numbers of people in no column": (
        lambda: reach(count=None),
        InvalidArgumentError,
        "count takes the name of a column, not NoneType.",
    ),
    "no core customers to cover a segment": (
        lambda: reach(at_least=0),
        InvalidArgumentError,
        "at_least must be a whole number of core customers, at least 1; got 0.",
    ),
    "a penetration below 0": (
        lambda: reach(penetration_at_least=-0.1),
        InvalidArgumentError,
        (
            "penetration_at_least must be 0 or a positive number of customers per inhabitant, "
            "such as 0.05; got -0.1."
        ),
    ),
    "cells of half a customer": (
        lambda: reach(min_cell=2.5),
        InvalidArgumentError,
        "min_cell must be a whole number of customers, at least 0; got 2.5.",
    ),
    "too few replicates": (
        lambda: reach(n_boot=10),
        InvalidArgumentError,
        "An interval of level 0.95 needs n_boot of at least 39; got 10.",
    ),
    "no places in the lists": (
        lambda: relevance(top=0),
        InvalidArgumentError,
        "top must be a whole number of segments, at least 1; got 0.",
    ),
    "a persistence of 1": (
        lambda: relevance(persistence=1.0),
        InvalidArgumentError,
        "persistence must lie between 0 and 1, such as 0.9; got 1.0.",
    ),
    "satisfaction that is not there": (
        lambda: relevance(satisfaction="happy"),
        SchemaError,
        (
            "Column 'happy' (for satisfaction) is not in the table. It has 3 columns: "
            "'customer_id', 'segment', 'block'."
        ),
    ),
    "satisfaction in words": (
        lambda: relevance(satisfaction="segment"),
        DataValidationError,
        (
            "Column 'segment' (for satisfaction) must hold numbers or nothing: "
            "unparseable_satisfaction of 120 customers. Correct them, or name another column."
        ),
    ),
    "a part that is not there": (
        lambda: reach().to_frame("areas"),
        InvalidArgumentError,
        "part must be one of headline, segments; got 'areas'.",
    ),
    "a figure that is not there": (
        lambda: reach().interval("cover"),
        InvalidArgumentError,
        (
            "There is no figure 'cover'; there are penetration, core_penetration, coverage, "
            "weighted_coverage, breadth, evenness, dissimilarity, area_coverage, "
            "weighted_area_coverage."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
