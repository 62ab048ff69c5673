"""What the page of bad input says about live rules, made from the cases of the tests."""

from __future__ import annotations

from live.test_bad_backtest import CASES as BACKTESTS
from live.test_bad_conditions import CASES as CONDITIONS
from live.test_bad_engine import CASES as ENGINES
from live.test_bad_events import CASES as EVENTS
from live.test_bad_fold import CASES as FOLDS
from live.test_bad_rule_files import CASES as RULE_FILES
from live.test_bad_rule_parts import CASES as RULE_PARTS
from live.test_bad_rules import CASES as RULES
from live.test_bad_stores import CASES as STORES
from live.test_bad_terms import CASES as TERMS
from live.test_bad_uplift import CASES as UPLIFTS
from live.test_engine_misuse import CASES as MISUSES
from live.test_outbox import CASES as OUTBOXES
from live.test_what_is_said import CASES as SAID

NAMED = (
    ("test_bad_terms", TERMS),
    ("test_bad_conditions", CONDITIONS),
    ("test_bad_rule_parts", RULE_PARTS),
    ("test_bad_rules", RULES),
    ("test_bad_rule_files", RULE_FILES),
    ("test_bad_fold", FOLDS),
    ("test_bad_engine", ENGINES),
    ("test_outbox", OUTBOXES),
    ("test_bad_stores", STORES),
    ("test_bad_uplift", UPLIFTS),
    ("test_bad_backtest", BACKTESTS),
    ("test_what_is_said", SAID),
)


def code(message: str) -> str:
    """Return a message as it stands in a cell of the page."""
    lines = (line.strip() for line in message.split("\n"))
    return "<br>".join(f"`{_cell(line)}`" for line in lines if line)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")  # else it would end the cell


def rows_of_live_errors() -> list[str]:
    return [
        f"| {_cell(given)} | `{error.__name__}`: {code(message)} "
        f"| `tests/live/{test}.py::test_errors[{_cell(given)}]` |"
        for test, held in NAMED
        for given, (_, error, message) in held.items()
    ] + rows_of_misuse()


def rows_of_misuse() -> list[str]:
    test = "tests/live/test_engine_misuse.py::test_errors"
    return [
        f"| {given} | `InvalidArgumentError`: {code(message)} | `{test}[{given}]` |"
        for given, (_, message) in MISUSES.items()
    ]


def rows_of_live_events() -> list[str]:
    test = "tests/live/test_bad_events.py::test_kept_aside"
    return [
        f"| {given} | kept aside: {code(reason)} | `{test}[{given}]` |"
        for given, (_, reason) in EVENTS.items()
    ]
