"""What classify, calibrate, get and load cannot be given: class and whole message."""

from __future__ import annotations

import numpy as np
import pytest
from relationships.classified_shops import known, logs, shop, table

import customerintel as ci
from customerintel.exceptions import (
    InvalidArgumentError,
    PluginCallError,
    PluginContractError,
    PluginNotFoundError,
)

R = ci.relationships


def answering(answer):
    """A classifier of two types whose answer is given."""

    class Answering:
        api_version = 1
        labels = ("fling", "buddy")

        def predict_proba(self, signals, /):
            return answer(len(signals))

    return Answering()


def asked(answer):
    return R.classify(shop(300).as_of(), classifier=answering(answer))


def raising(n):
    raise KeyError("tone")


WHO = (
    f"The relationship classifier 'Answering' ({__name__}:answering.<locals>.Answering, given as "
    "it is)"
)
ASKS = (
    "predict_proba() must return one probability per customer and label, rows summing to 1 or "
    "all NaN. Correct it."
)
#: What is given: a call, the class and the whole message.
CASES = {
    "a relationship classifier that returns another number of rows": (
        lambda: asked(lambda n: np.full((3, 2), 0.5)),
        PluginContractError,
        f"{WHO} returned an array of shape (3, 2) for 300 customers and 2 types. {ASKS}",
    ),
    "a relationship classifier whose probabilities do not sum to 1": (
        lambda: asked(lambda n: np.full((n, 2), 0.4)),
        PluginContractError,
        (
            f"{WHO} returned rows that do not sum to 1 for 300 customers (places 0, 1, 2, 3, 4). "
            f"{ASKS}"
        ),
    ),
    "a relationship classifier with probabilities outside [0, 1]": (
        lambda: asked(lambda n: np.tile([1.5, -0.5], (n, 1))),
        PluginContractError,
        (f"{WHO} returned values outside [0, 1] for 300 customers (places 0, 1, 2, 3, 4). {ASKS}"),
    ),
    "a relationship classifier with rows that are partly NaN": (
        lambda: asked(lambda n: np.tile([1.0, np.nan], (n, 1))),
        PluginContractError,
        (
            f"{WHO} returned rows of which only some values are NaN for 300 customers (places 0, "
            f"1, 2, 3, 4). {ASKS}"
        ),
    ),
    "a relationship classifier that returns no numbers": (
        lambda: asked(lambda n: "fling"),
        PluginContractError,
        f"{WHO} returned str, which holds no numbers. {ASKS}",
    ),
    "a relationship classifier that raises": (
        lambda: asked(raising),
        PluginCallError,
        f"{WHO} raised in predict_proba(): KeyError: 'tone'. Correct it.",
    ),
    "a relationship classifier that there is not": (
        lambda: R.classify(shop(300).as_of(), classifier="prototpye"),
        PluginNotFoundError,
        (
            "There is no relationship classifier 'prototpye'. Did you mean 'prototype'? There "
            "are: prototype, supervised, survey."
        ),
    ),
    "types and classifier beside a reference": (
        lambda: R.classify(shop().as_of(), reference=table(), types="core"),
        InvalidArgumentError,
        (
            "reference brings its own types and classifier. Leave types and classifier out, or "
            "leave reference out."
        ),
    ),
    "a reference that is no table": (
        lambda: R.classify(shop().as_of(), reference=known()),
        InvalidArgumentError,
        "reference takes an earlier table of classify(); got Signals.",
    ),
    "a limit beside a reference that is none": (
        lambda: R.classify(shop().as_of(), reference=table(), least_margin="wide"),
        InvalidArgumentError,
        "least_margin must be a number from 0 to 1; got 'wide'.",
    ),
    "a registry with the types of another": (
        lambda: R.classify(
            shop(300).as_of(),
            classifier=R.get("prototype"),
            types=R.TypeRegistry("other", 7, list(R.types("core").values())),
        ),
        InvalidArgumentError,
        (
            "The classifier 'prototype' tells the types of 'core@1' apart, and types is 'other@7'. "
            "Leave types out, or calibrate a classifier for 'other@7'."
        ),
    ),
    "a limit outside [0, 1]": (
        lambda: R.classify(shop(300).as_of(), least_probability=90),
        InvalidArgumentError,
        "least_probability must be a number from 0 to 1; got 90.",
    ),
    "a log in the place of a history to classify": (
        lambda: R.classify(shop(300).log),
        InvalidArgumentError,
        "classify takes a History; got TransactionLog. Make one with log.as_of('2011-12-09').",
    ),
    "labels for other customers": (
        lambda: R.LabelledCustomers(known(), ["fling"]),
        InvalidArgumentError,
        (
            "There are 1 labels for 900 customers. Give one per customer in the order of "
            "signals.customer_id, None where it is not known."
        ),
    ),
    "labels by ids that no customer has": (
        lambda: R.LabelledCustomers(known(), {"a": "fling", "b": "buddy"}),
        InvalidArgumentError,
        (
            "None of the 2 ids of the labels is one of the 900 customers, whose ids are integers. "
            "Give a mapping from their ids, or one label per customer."
        ),
    ),
    "labels that are no types": (
        lambda: R.calibrate("prototype", (known(), ["soulmate"] * 900)),
        InvalidArgumentError,
        (
            "900 labels are no types of 'core@1' (first places: 0, 1, 2, 3, 4). Its types are "
            "basic_exchange, business_partner, fling, best_friend, buddy, commanding."
        ),
    ),
    "too few labels to calibrate": (
        lambda: R.calibrate("prototype", (known(), ["fling"] * 10 + [None] * 890)),
        InvalidArgumentError,
        (
            "There are 10 labelled customers of 1 types, 5 or more of 1. At least 50 are needed to "
            "learn from, with 5 or more of two types."
        ),
    ),
    "labels of which all but one are of one type": (
        lambda: R.calibrate("prototype", (known(), ["fling"] * 899 + ["buddy"])),
        InvalidArgumentError,
        (
            "There are 900 labelled customers of 2 types, 5 or more of 1. At least 50 are needed "
            "to learn from, with 5 or more of two types."
        ),
    ),
    "a classifier to calibrate that cannot learn": (
        lambda: R.calibrate("survey", (known(), ["fling", "buddy"] * 450)),
        InvalidArgumentError,
        (
            f"The relationship classifier 'survey' (built into customerintel {ci.__version__}) has "
            "no fit(signals, labels), so it "
            "cannot be calibrated. The built-in 'prototype' and 'supervised' can."
        ),
    ),
    "something else than labelled customers": (
        lambda: R.calibrate("prototype", ["fling"]),
        InvalidArgumentError,
        (
            "calibrate takes LabelledCustomers(signals, labels), a tuple of the two, or a "
            "simulated shop; got list."
        ),
    ),
    "a calibrated classifier for other types": (
        lambda: R.classify(
            shop().as_of(), classifier=R.get("prototype"), types="extended", **logs(shop())
        ),
        InvalidArgumentError,
        (
            "The classifier 'prototype' tells the types of 'core@1' apart, and types is "
            "'extended@1'. Leave types out, or calibrate a classifier for 'extended@1'."
        ),
    ),
    "a class in the place of a classifier's name": (
        lambda: R.get(answering(len)),
        InvalidArgumentError,
        (
            "get takes the name of a relationship classifier; got Answering. Give a class or a "
            "function that makes one a name: relationships.register('acme-name', …)."
        ),
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
