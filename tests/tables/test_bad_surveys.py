"""Answers that cannot be read: class and whole message."""

from __future__ import annotations

import pytest

from customerintel.exceptions import DataValidationError, InvalidArgumentError, SchemaError
from customerintel.tables.survey_log import SurveyLog

GOOD = {
    "customer_id": [1, 1, 2],
    "timestamp": ["2024-01-05", "2024-02-01", "2024-03-01"],
    "instrument": ["spring"] * 3,
    "item": ["trust"] * 3,
    "scale_min": [1, 1, 1],
    "scale_max": [5, 5, 5],
    "value": [1, 3, 5],
}
ADVICE = (
    'Correct them, or read with on_invalid="quarantine" to keep the good rows and find the others '
    "in .rejected."
)


def read(rows=GOOD, **how):
    return SurveyLog.from_frame(rows, **how)


def broken(n, *rules):
    """The whole message of rows that break rules."""
    lines = "".join(f"  {rule}\n" for rule in rules)
    verb = "rows break" if n else ""
    return f"{n} of 3 {verb} a rule (rows count from 0):\n{lines}{ADVICE}"


#: What is given: a call, the class and the whole message.
CASES = {
    "answers outside their scale": (
        lambda: read({**GOOD, "value": [0, 3, 6]}),
        DataValidationError,
        broken(2, "value_out_of_range in 2 rows: 0, 2"),
    ),
    "a scale whose ends are the wrong way round": (
        lambda: read({**GOOD, "scale_min": [1, 5, 1], "scale_max": [5, 1, 5]}),
        DataValidationError,
        broken(1, "scale_max_out_of_range in 1 row: 1"),
    ),
    "neither a value nor a choice": (
        lambda: read({**GOOD, "value": [1, None, 5]}),
        DataValidationError,
        broken(1, "null_value in 1 row: 1"),
    ),
    "scales that contradict each other": (
        lambda: read({**GOOD, "scale_max": [5, 10, 5]}),
        DataValidationError,
        broken(1, "contradicting_scale in 1 row: 1"),
    ),
    "the same answer twice": (
        lambda: read({**GOOD, "customer_id": [1, 1, 1], "timestamp": ["2024-01-05"] * 3}),
        DataValidationError,
        broken(2, "duplicate_answer in 2 rows: 1, 2"),
    ),
    "the same answer_id twice": (
        lambda: read({**GOOD, "answer_id": [7, 8, 7]}),
        DataValidationError,
        broken(1, "duplicate_answer in 1 row: 2"),
    ),
    "a sentence as a stated type": (
        lambda: read({**GOOD, "stated_type": ["buddy", "x" * 41, None]}),
        DataValidationError,
        broken(1, "unparseable_stated_type in 1 row: 1"),
    ),
    "answers without a questionnaire": (
        lambda: read({**GOOD, "instrument": ["spring", None, "spring"]}),
        DataValidationError,
        broken(1, "null_instrument in 1 row: 1"),
    ),
    "a table without answers": (
        lambda: read({name: GOOD[name] for name in ("customer_id", "timestamp", "item")}),
        SchemaError,
        (
            "No column holds answers. Name those of item and value (or choice), or that of "
            'stated_type or desired_type: SurveyLog.from_frame(…, item="…", value="…").'
        ),
    ),
    "something else than the name of a column of answers": (
        lambda: read(value=True),
        InvalidArgumentError,
        "SurveyLog.from_frame takes the name of a column as value, not True.",
    ),
    "the latest word of an item that is no type": (
        lambda: read().latest_words("trust", 0),
        InvalidArgumentError,
        "item must be one of 'stated_type', 'desired_type'; got 'trust'.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
