"""Interactions that cannot be read: class and whole message."""

from __future__ import annotations

import pytest

from customerintel.exceptions import DataValidationError, InvalidArgumentError, SchemaError
from customerintel.tables.interaction_log import InteractionLog

GOOD = {
    "customer_id": [1, 1, 2],
    "timestamp": ["2024-01-05", "2024-02-01", "2024-03-01"],
    "kind": ["open", "call", "complaint"],
}


def read(rows=GOOD, **how):
    return InteractionLog.from_frame(rows, **how)


def without(name, **more):
    return {other: values for other, values in GOOD.items() if other != name} | more


#: What is given: a call, the class and the whole message.
CASES = {
    "interactions without a kind": (
        lambda: read(without("kind", type=["x"] * 3)),
        SchemaError,
        (
            "Column 'kind' (for kind) is not in the table. It has 3 columns: 'customer_id', "
            "'timestamp', 'type'. Name the column: InteractionLog.from_frame(…, kind=\"…\") or "
            'event="…".'
        ),
    ),
    "interactions of nobody": (
        lambda: read(without("customer_id", user=[1, 2, 3])),
        SchemaError,
        (
            "Column 'customer_id' (for customer_id) is not in the table. It has 3 columns: "
            "'timestamp', 'kind', 'user'. Name the column: InteractionLog.from_frame(…, "
            'customer_id="…").'
        ),
    ),
    "interactions that break rules": (
        lambda: read(
            {
                **GOOD,
                "kind": [None, " ", "open"],
                "direction": ["up", None, "in"],
                "sentiment": [0, 1.5, "bad"],
                "resolved_at": [None, "2024-01-31", None],
            }
        ),
        DataValidationError,
        (
            "3 of 3 rows break a rule (rows count from 0):\n"
            "  null_kind in 1 row: 0\n"
            "  unknown_kind in 1 row: 1\n"
            "  unknown_direction in 1 row: 0\n"
            "  unparseable_sentiment in 1 row: 2\n"
            "  sentiment_out_of_range in 1 row: 1\n"
            "  resolved_at_out_of_range in 1 row: 1\n"
            'Correct them, or read with on_invalid="quarantine" to keep the good rows and find '
            "the others in .rejected."
        ),
    ),
    "numbers as times of resolution, without a unit": (
        lambda: read({**GOOD, "resolved_at": [1, 2, 3]}),
        SchemaError,
        (
            "The column of resolved_at holds numbers (int64), and nothing tells their unit. Give "
            'timestamp_format="s", "ms", "us" or "ns" for a count since 1970-01-01 UTC, or '
            "convert the column to datetimes."
        ),
    ),
    "something else than the name of a column of interactions": (
        lambda: read(channel=5),
        InvalidArgumentError,
        "InteractionLog.from_frame takes the name of a column as channel, not int.",
    ),
    "an unknown way to treat invalid interactions": (
        lambda: read(on_invalid="drop"),
        InvalidArgumentError,
        "on_invalid must be 'raise' or 'quarantine'; got 'drop'.",
    ),
    "interactions in a table instead of a file": (
        lambda: InteractionLog.from_csv(GOOD),
        InvalidArgumentError,
        "A path must be a str or a Path; got dict. For a table, use InteractionLog.from_frame.",
    ),
    "interactions as of a moment that cannot be read": (
        lambda: read().as_of("soon"),
        InvalidArgumentError,
        (
            "as_of must be a date, a datetime or ISO 8601 text such as '2011-12-09' or "
            "'2011-12-09T14:30'; this one cannot be read."
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
