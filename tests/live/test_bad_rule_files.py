"""Rule files that cannot be read or written: class and whole message."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.live import (
    Action,
    On,
    Predicate,
    Rule,
    read_rules,
    write_rules,
)
from customerintel.live.rule_set import RuleSet

CALL = [Action("call")]


def rule(when=None, where=None, **options):
    """Return a rule that is right but for what is given."""
    options = {"id": "r", "version": 1, "do": CALL} | options
    return Rule(when=On("Visit") if when is None else when, where=where, **options)


def read(**changes):
    """Read one rule from JSON, right but for what is given."""
    right = {"id": "r", "version": 1, "when": {"is": "on", "event": "Visit"}}
    data = right | {"do": [{"channel": "call"}]} | changes
    return RuleSet.from_json(json.dumps({"format_version": 1, "rules": [data]}))


def file(text, name="rules.json"):
    """Read rules from a file of this text."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_rules(path)


def nested(depth):
    """Return a condition inside of so many others."""
    found = {"is": "segment", "names": ["a"]}
    for _ in range(depth):
        found = {"is": "not", "part": found}
    return found


#: What is given: a call, the class and the whole message.
CASES = {
    "JSON that is none": (
        lambda: RuleSet.from_json("[1,"),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be read as JSON: Expecting value, line 1, column 4. "
            "Correct it there."
        ),
    ),
    "a rule whose when is null": (
        lambda: RuleSet.from_json(
            '{"format_version": 1, "rules": [{"id": "a", "version": 1, "when": null, '
            '"do": [{"channel": "x"}]}]}'
        ),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be used, for a fault:\n- rules[0].when: must be a "
            "condition; got null."
        ),
    ),
    "JSON that is no text": (
        lambda: RuleSet.from_json(b"{}"),
        InvalidArgumentError,
        "The JSON of the rules must be JSON text; got bytes.",
    ),
    "JSON of something else": (
        lambda: RuleSet.from_json("[]"),
        InvalidArgumentError,
        (
            "The JSON of the rules must be a JSON object with a list of rules: "
            '{"format_version": 1, "rules": [...]}.'
        ),
    ),
    "JSON without format version": (
        lambda: RuleSet.from_json('{"rules": []}'),
        InvalidArgumentError,
        (
            "The JSON of the rules must have format_version 1, the one that this version of the "
            "library reads; got none."
        ),
    ),
    "JSON of a later version": (
        lambda: RuleSet.from_json('{"format_version": 2, "rules": []}'),
        InvalidArgumentError,
        (
            "The JSON of the rules must have format_version 1, the one that this version of the "
            "library reads; got 2."
        ),
    ),
    "JSON with a name twice": (
        lambda: RuleSet.from_json('{"rules": [], "rules": []}'),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be read as JSON: an object has the name 'rules' twice. "
            "Correct it there."
        ),
    ),
    "JSON with NaN": (
        lambda: RuleSet.from_json('{"rules": NaN}'),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be read as JSON: NaN is no number of JSON. Correct it "
            "there."
        ),
    ),
    "JSON that is nested too deep": (
        lambda: RuleSet.from_json("[" * 100_000),
        InvalidArgumentError,
        ("The JSON of the rules cannot be read as JSON: it is nested too deep. Correct it there."),
    ),
    "a rule of JSON with all kinds of faults": (
        lambda: read(
            when={"is": "absences"},
            where={
                "is": "compare",
                "left": {"is": "count", "on": "Visit", "window": "25h", "grain": "day"},
                "op": "more",
                "right": 1,
            },
            do=[{"channel": 3}, "email"],
            limits={"once": "7d"},
            holdout={"share": 2, "salt": "s"},
            unless={"is": "segment", "names": ["a"]},
            wen=1,
        ),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be used, for 8 faults:\n"
            "- rules[0]: there is no field 'wen'. Did you mean 'when'?\n"
            '- rules[0].when: must be an object with "is": on, absence, sequence, drop, rise, '
            "compare, and, or, not, segment, entered, exited, relationship; got 'absences'. Did "
            "you mean 'absence'?\n"
            "- rules[0].where.left: window must be a whole number of grains; 1.04167 days are "
            "not. Give another window, or a finer grain.\n"
            "- rules[0].unless: must be an object with \"is\": on; got 'segment'.\n"
            "- rules[0].do[0]: channel must be a text that is not empty; got int.\n"
            '- rules[0].do[1]: must be a JSON object such as {"channel": "email"}.\n'
            "- rules[0].limits: there is no field 'once'.\n"
            "- rules[0].holdout: share must be at least 0 and less than 1; got 2. It is the part "
            "of the customers for whom nothing is done, such as 0.1."
        ),
    ),
    "a rule of JSON that is a word": (
        lambda: RuleSet.from_json('{"format_version": 1, "rules": ["a", {}]}'),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be used, for 5 faults:\n"
            "- rules[0]: must be a JSON object with id, version, when and do.\n"
            "- rules[1]: id is missing.\n"
            "- rules[1]: version is missing.\n"
            "- rules[1]: when is missing.\n"
            "- rules[1]: do is missing."
        ),
    ),
    "a condition of JSON without its fields": (
        lambda: read(when={"is": "absence", "after": "A"}),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be used, for 2 faults:\n"
            "- rules[0].when: of is missing.\n"
            "- rules[0].when: within is missing."
        ),
    ),
    "a condition of JSON where a term belongs": (
        lambda: read(where={"is": "compare", "left": {"is": "segment"}, "op": "gt", "right": 1}),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be used, for a fault:\n"
            '- rules[0].where.left: must be an object with "is": count, sum, property, score, '
            "time_since_last, frequency, monetary, probability_alive; got 'segment'."
        ),
    ),
    "a predicate of JSON": (
        lambda: read(where={"is": "predicate", "name": "big"}),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be used, for a fault:\n"
            '- rules[0].where: must be an object with "is": on, absence, sequence, drop, rise, '
            "compare, and, or, not, segment, entered, exited, relationship; got 'predicate'."
        ),
    ),
    "a property in when of JSON": (
        lambda: read(
            when={"is": "compare", "left": {"is": "property", "name": "x"}, "op": "gt", "right": 1}
        ),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be used, for a fault:\n"
            "- rules[0]: when reads a property: P('x') > 1. Put it into where, or into the "
            "event: On(..., where=...)."
        ),
    ),
    "conditions of JSON that are nested too deep": (
        lambda: read(where=nested(70)),
        InvalidArgumentError,
        (
            "The JSON of the rules cannot be used, for a fault:\n"
            "- "
            "rules[0].where.part.part.part.part.part.part.part.part.part.part.part.part.part....:"
            " conditions are nested more than 64 deep; join them."
        ),
    ),
    "a rule file that is not there": (
        lambda: read_rules("nowhere/rules.json"),
        InvalidArgumentError,
        (
            "The rules in 'rules.json' cannot be read (No such file or directory). Give another "
            "path."
        ),
    ),
    "a rule file that is a number": (
        lambda: read_rules(3),
        InvalidArgumentError,
        "path must be a path to a file; got int.",
    ),
    "a rule file that is no text": (
        lambda: file(b"\xff\xfe\x00"),
        InvalidArgumentError,
        "'rules.json' cannot be read as text. Rule files are JSON in UTF-8.",
    ),
    "a rule file that breaks off": (
        lambda: file('{"rules": ['),
        InvalidArgumentError,
        (
            "'rules.json' cannot be read as JSON: Expecting value, line 1, column 12. Correct it "
            "there."
        ),
    ),
    "the schema of a function": (
        Predicate.model_json_schema,
        InvalidArgumentError,
        ("Predicate has no JSON Schema: it cannot be written to JSON. Keep such rules in code."),
    ),
    "rules written to no folder": (
        lambda: write_rules("nowhere/rules.json", [rule()]),
        InvalidArgumentError,
        "There is no folder to write 'rules.json' to. Make it first, or correct the path.",
    ),
}


@pytest.mark.parametrize("given", list(CASES))
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
