"""Types and registries that cannot be used: class and whole message."""

from __future__ import annotations

import json

import numpy as np
import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.relationship_rules import rules
from customerintel.relationships.relationship_type import RelationshipType
from customerintel.relationships.type_registry import TypeRegistry, read_types, types

PROTOTYPE = [0.6, 0.2, 0.0, 0.3, 0.9, 0.5, 0.8, 0.1]


def fields(key, shift=0.0, **other):
    prototype = [PROTOTYPE[0] - shift, *PROTOTYPE[1:]]
    return {
        "key": key, "definition": "d", "coarse": "steady", "prototype": prototype, **other,
    }  # fmt: skip


def registry(*given, name="acme", version=1, **other):
    return lambda: TypeRegistry(name, version, list(given), **other)


def with_one(**other):
    """Two types, the first with other fields."""
    return registry({**fields("regular"), **other}, fields("guest", 0.1))


def of_json(**other):
    content = {"name": "acme", "version": 1, "types": [fields("regular"), fields("guest", 0.1)]}
    return lambda: TypeRegistry.from_json(json.dumps({**content, **other}))


def told(*faults, label="acme@1"):
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    lines = "".join(f"\n- {fault}" for fault in faults)
    return f"The relationship types {label} have {count}:{lines}"


EVERY_DIMENSION = (
    "valence, intensity, power, socio_emotional, duration, commitment, voluntariness, reciprocity"
)
EXTENDED = ", ".join(types("extended").labels)
KEY = "must be lowercase letters and digits with '_' between them, such as 'best_friend'"
NAME = "name: must be lowercase letters and digits with -, _ or . between them, such as 'acme'"
BUILT_IN = (
    "Built in are core@1, extended@1; others are read from a TypeRegistry, a mapping or the path "
    "of a JSON file."
)
WRITTEN = "Relationship types are written by TypeRegistry.to_json."

#: What is given: a call, the class and the whole message.
CASES = {
    "types of relationship by an unknown name": (
        lambda: read_types("extend"),
        InvalidArgumentError,
        f"There are no relationship types 'extend'. Did you mean 'extended'? {BUILT_IN}",
    ),
    "types of relationship in a version that there is not": (
        lambda: types("core@7"),
        InvalidArgumentError,
        f"There are no relationship types 'core@7'. Did you mean 'core@1'? {BUILT_IN}",
    ),
    "types of relationship by an array": (
        lambda: read_types(np.zeros(3)),
        InvalidArgumentError,
        f"There are no relationship types of type ndarray. {BUILT_IN}",
    ),
    "a registry without types": (
        registry(),
        InvalidArgumentError,
        told("types: at least 2 are needed; got 0."),
    ),
    "a registry with one type": (
        registry(fields("regular")),
        InvalidArgumentError,
        told("types: at least 2 are needed; got 1."),
    ),
    "a registry with more types than there can be": (
        registry(*[fields(f"type_{i}", i / 1000) for i in range(251)]),
        InvalidArgumentError,
        told("types: at most 250 are possible; got 251."),
    ),
    "a registry with two identical prototypes": (
        registry(fields("regular"), fields("guest")),
        InvalidArgumentError,
        told(
            "regular and guest: have the same prototype and the same signature, so that no "
            "customer could be told to be the one or the other."
        ),
    ),
    "a registry with a key twice": (
        registry(fields("regular"), fields("regular", 0.1)),
        InvalidArgumentError,
        told("regular: 2 types have this key."),
    ),
    "a registry with an alias of two types": (
        registry(fields("regular", aliases=["Old-hand"]), fields("guest", 0.1, name="old hand")),
        InvalidArgumentError,
        told("guest: answers to 'old_hand', and so does regular."),
    ),
    "a registry with an alias that is another's key": (
        registry(fields("regular", aliases=["guest"]), fields("guest", 0.1)),
        InvalidArgumentError,
        told("guest: answers to 'guest', and so does regular."),
    ),
    "a type that answers to unknown": (
        with_one(aliases=["Unknown"]),
        InvalidArgumentError,
        told("regular: answers to 'unknown', which stands for customers without a type."),
    ),
    "a type that leads to one that there is not": (
        with_one(leads_to=["guests"]),
        InvalidArgumentError,
        told("regular: leads_to: there is no type 'guests'. Did you mean 'guest'?"),
    ),
    "a type that leads to itself": (
        with_one(leads_to=["regular"]),
        InvalidArgumentError,
        told("regular: leads_to: names the type itself."),
    ),
    "a prototype outside its range": (
        with_one(prototype=[-1, -0.1, -1, 0, 0, 1.5, 1, "a"]),
        InvalidArgumentError,
        told(
            "regular: prototype: intensity must lie in [0, 1], got -0.1; commitment must lie in "
            "[0, 1], got 1.5; reciprocity must lie in [0, 1], got 'a'."
        ),
    ),
    "a prototype of seven numbers": (
        with_one(prototype=[0.5] * 7),
        InvalidArgumentError,
        told(
            f"regular: prototype: must be 8 numbers in the order {EVERY_DIMENSION}, or a mapping "
            "of these names; got list of 7."
        ),
    ),
    "a prototype of two dimensions": (
        with_one(prototype={"valence": 0.5, "power": 0.5, "duration": None}),
        InvalidArgumentError,
        told("regular: prototype: must speak of at least 3 dimensions."),
    ),
    "a prototype with an unknown dimension": (
        with_one(prototype={"valence": 0.5, "strength": 0.5, "comitment": 0.1}),
        InvalidArgumentError,
        told(
            "regular: prototype: there is no dimension 'strength'. There is no dimension "
            "'comitment'. Did you mean 'commitment'?"
        ),
    ),
    "a signature with an unknown signal": (
        with_one(signature={"clumpines": 0.9}),
        InvalidArgumentError,
        told("regular: signature: there is no signal 'clumpines'. Did you mean 'clumpiness'?"),
    ),
    "a signature with an amount": (
        with_one(signature={"total_amount": 0.9}),
        InvalidArgumentError,
        told("regular: signature: there is no signal 'total_amount'."),
    ),
    "a signature outside its range": (
        with_one(signature={"tenure": 1.2, "trust": True, "love": float("nan")}),
        InvalidArgumentError,
        told(
            "regular: signature: tenure must lie in [0, 1], got 1.2; trust must lie in [0, 1], "
            "got True; love must lie in [0, 1], got nan."
        ),
    ),
    "a signature that is a list": (
        with_one(signature=["tenure"]),
        InvalidArgumentError,
        told(
            "regular: signature: must map names of signals to levels from 0 to 1; got list of 1."
        ),
    ),
    "a type with fields that cannot be used": (
        lambda: RelationshipType(
            key="Best friend", definition=" ", coarse=None, prototype=3, rules="be kind",
            do=["", "call"], status="draft", wants=5, promise="all",
        ),
        InvalidArgumentError,
        ("The relationship type 'Best friend' has 9 faults:"
        f"\n- key: {KEY}; got 'Best friend'."
        "\n- definition: must be a text that is not empty; got ' '."
        "\n- wants: Input should be a valid string."
        "\n- rules: must be a list of texts, none of them empty; got 'be kind'."
        "\n- do: must be a list of texts, none of them empty; got list of 2."
        f"\n- prototype: must be 8 numbers in the order {EVERY_DIMENSION}, or a mapping of these "
        "names; got 3."
        f"\n- coarse: {KEY}; got None."
        "\n- status: must be 'published' or 'proposed'; got 'draft'."
        "\n- promise: there is no field of this name."),
    ),
    "a type with a field that is misspelt": (
        with_one(alias=["a"]),
        InvalidArgumentError,
        told("regular: alias: there is no field of this name. Did you mean 'aliases'?"),
    ),
    "a type that is called unknown": (
        registry(fields("unknown"), fields("guest", 0.1)),
        InvalidArgumentError,
        told("unknown: key: 'unknown' is what results call a customer without a type; rename it."),
    ),
    "a registry with faults everywhere": (
        registry({"key": "a"}, 5, {}, name="Acme@1", version=0),
        InvalidArgumentError,
        told(
            f"{NAME}; got 'Acme@1'.",
            "version: must be a whole number from 1; got 0.",
            "a: definition: is missing.",
            "a: prototype: is missing.",
            "a: coarse: is missing.",
            "type 2: must be a RelationshipType or a mapping; got int.",
            "type 3: key: is missing.",
            "type 3: definition: is missing.",
            "type 3: prototype: is missing.",
            "type 3: coarse: is missing.",
            label="Acme@1@0",
        ),
    ),
    "a registry whose version is a text": (
        registry(fields("regular"), fields("guest", 0.1), version="2"),
        InvalidArgumentError,
        told("version: must be a whole number from 1; got '2'.", label="acme@2"),
    ),
    "a registry whose types are a text": (
        lambda: TypeRegistry("acme", 1, "core"),
        InvalidArgumentError,
        told("types: must be a list of types, or a mapping of keys to types; got str."),
    ),
    "a registry in which a type stands under another key": (
        lambda: TypeRegistry("acme", 1, {"a": fields("b"), "c": fields("c", 0.1)}),
        InvalidArgumentError,
        told("a: stands under this key and has the key 'b'."),
    ),
    "coarse classes that are not those of the types": (
        registry(
            fields("regular"), fields("guest", 0.1), coarse_classes={"stedy": "?", "brief": "!"}
        ),
        InvalidArgumentError,
        told(
            "coarse_classes: no type is of the class 'stedy'.",
            "coarse_classes: no type is of the class 'brief'.",
            "coarse_classes: 'steady' is not described. Did you mean 'stedy'?",
        ),
    ),
    "coarse classes without a word": (
        registry(fields("regular"), fields("guest", 0.1), coarse_classes=["steady"]),
        InvalidArgumentError,
        told("coarse_classes: must map each class to a text that says what it means."),
    ),
    "a registry from a list": (
        lambda: TypeRegistry.from_mapping([fields("regular")]),
        InvalidArgumentError,
        "from_mapping takes a mapping with name, version and types; got list.",
    ),
    "a registry from a mapping with other fields": (
        lambda: TypeRegistry.from_mapping({"name": "acme", "versions": 1, "tags": []}),
        InvalidArgumentError,
        told(
            "versions: there is no field of this name. Did you mean 'version'?",
            "tags: there is no field of this name.",
            "version: is missing.",
            "types: is missing.",
            label="acme@None",
        ),
    ),
    "a registry of another format": (
        of_json(format="acme.types", format_version=2),
        InvalidArgumentError,
        told(
            "format: must be 'customerintel.relationship_types'; got 'acme.types'.",
            "format_version: is 2, and this release reads 1. Use the release that wrote it.",
        ),
    ),
    "a registry from a number": (
        lambda: TypeRegistry.from_json(3),
        InvalidArgumentError,
        "from_json takes a path or JSON text; got int.",
    ),
    "a registry from a file that is not there": (
        lambda: read_types("absent.json"),
        InvalidArgumentError,
        "There is no file 'absent.json' in the folder given. Check the path to the types.",
    ),
    "a registry from JSON that is none": (
        lambda: TypeRegistry.from_json('{"name": acme}'),
        InvalidArgumentError,
        "The text cannot be read as JSON (Expecting value: line 1 column 10 (char 9)). " + WRITTEN,
    ),
    "a registry from JSON with a name twice": (
        lambda: TypeRegistry.from_json('{"types": {"a": 1, "a": 2}}'),
        InvalidArgumentError,
        "The text cannot be read as JSON (the name 'a' stands twice in one object). " + WRITTEN,
    ),
    "rules of a type that there is not": (
        lambda: rules("flng"),
        InvalidArgumentError,
        f"There is no relationship type 'flng'. Did you mean 'fling'? There are {EXTENDED}.",
    ),
    "rules of a number": (
        lambda: rules(3),
        InvalidArgumentError,
        f"There is no relationship type of type int. There are {EXTENDED}.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "'types.json' cannot be read (UnicodeDecodeError)."),
        (b"[1]", "'types.json' holds a list in JSON"),
        (b"", "'types.json' cannot be read as JSON"),
        (b"[" * 200_000, "'types.json' cannot be read as JSON (too deep)"),
    ],
    ids=["other bytes", "a list", "nothing", "too deep"],
)
def test_files_that_hold_no_types(tmp_path, content, message):
    path = tmp_path / "types.json"
    path.write_bytes(content)
    with pytest.raises(InvalidArgumentError) as caught:
        read_types(path)
    assert str(caught.value).startswith(message)
    assert str(tmp_path) not in str(caught.value)
