"""What the simulated shop cannot be asked for: class and whole message."""

from __future__ import annotations

import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.simulated_choices import BEHAVIOURS
from customerintel.relationships.simulation import simulate

#: What is given: a call, the class and the whole message.
CASES = {
    "types to simulate of an unknown name": (
        lambda: simulate(10, types="six"),
        InvalidArgumentError,
        (
            "There are no types 'six' to simulate. Give one of 'core', 'core@1', 'extended', "
            "'extended@1', or keys of types."
        ),
    ),
    "a type to simulate that has no behaviour": (
        lambda: simulate(10, types=["fling", "enemy"]),
        InvalidArgumentError,
        "No behaviour is known to simulate of 'enemy'. Those that can be simulated are "
        + ", ".join(BEHAVIOURS)
        + ".",
    ),
    "no types to simulate": (
        lambda: simulate(10, types=[]),
        InvalidArgumentError,
        (
            "types must be a name such as 'core', or keys of types, at least one and each once; "
            "got []."
        ),
    ),
    "a mix with a type that is not simulated": (
        lambda: simulate(10, types=["fling", "buddy"], mix={"fan": 1}),
        InvalidArgumentError,
        "mix has shares of 'fan', which are not simulated. The types are fling, buddy.",
    ),
    "a mix with a negative share": (
        lambda: simulate(10, mix={"fling": -1, "buddy": 2}),
        InvalidArgumentError,
        "The shares in mix must be 0 or positive numbers; those of 'fling' are not.",
    ),
    "a mix of zeros": (
        lambda: simulate(10, mix={"fling": 0}),
        InvalidArgumentError,
        "All shares in mix are 0; give at least one type a share.",
    ),
    "a mix that is no mapping": (
        lambda: simulate(10, mix=[0.5, 0.5]),
        InvalidArgumentError,
        "mix must be a mapping of types to shares; got list.",
    ),
    "no customers to simulate": (
        lambda: simulate(0),
        InvalidArgumentError,
        "n_customers must be a whole number of customers, at least 1; got 0.",
    ),
    "too few days to simulate": (
        lambda: simulate(10, days=29),
        InvalidArgumentError,
        "days must be a whole number of days, at least 30; got 29.",
    ),
    "a survey share above one": (
        lambda: simulate(10, survey_share=1.5),
        InvalidArgumentError,
        "survey_share must be a number from 0 to 1; got 1.5.",
    ),
    "a start that is no date": (
        lambda: simulate(10, start="spring"),
        InvalidArgumentError,
        "start must be a date from 1900 to 2199, such as '2023-01-01'; got 'spring'.",
    ),
    "a start that is a number": (
        lambda: simulate(10, start=2023),
        InvalidArgumentError,
        "start must be a date from 1900 to 2199, such as '2023-01-01'; got 2023.",
    ),
    "types to simulate that are no texts": (
        lambda: simulate(10, types=[["fling"]]),
        InvalidArgumentError,
        "No behaviour is known to simulate of ['fling']. Those that can be simulated are "
        + ", ".join(BEHAVIOURS)
        + ".",
    ),
    "a seed that is none": (
        lambda: simulate(10, seed=-1),
        InvalidArgumentError,
        "seed must be a whole number of at least 0; got -1.",
    ),
    "ids of another shop": (
        lambda: simulate(10).label_of([1, 2]),
        InvalidArgumentError,
        "2 of 2 ids are no customers of this shop; give ids of its own logs.",
    ),
    "ids of a simulated shop as texts": (
        lambda: simulate(10).label_of(["a"]),
        InvalidArgumentError,
        "The ids of a simulated shop are integers; got an array of <U1.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
