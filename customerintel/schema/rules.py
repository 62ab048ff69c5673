"""The names of the rules, shared by records and columns, and their order.

A value breaks at most one rule. The order in which they are asked is that of `Problem`:
first whether the value is there and can be read, then whether it may be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["MESSAGES", "Problem", "problem_of", "rule_name"]


class Problem(StrEnum):
    """What can be wrong with one value, in the order in which it is asked."""

    UNPARSEABLE = "unparseable"
    NULL = "null"
    EMPTY = "empty"
    NON_FINITE = "non_finite"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN = "unknown"


#: What is said of each problem. No message may hold the value itself.
MESSAGES: Final[Mapping[Problem, str]] = MappingProxyType(
    {
        Problem.UNPARSEABLE: "the value cannot be read as what this field holds",
        Problem.NULL: "the value is missing; give one or leave the row out",
        Problem.EMPTY: "the text is empty; give a value or leave the row out",
        Problem.NON_FINITE: "the number is infinite; give a finite one",
        Problem.OUT_OF_RANGE: "the value is outside the accepted range",
        Problem.UNKNOWN: "the word is not one of the known choices",
    }
)

#: pydantic's own error types, where it checks a constraint before we do.
_PYDANTIC: Final[Mapping[str, Problem]] = MappingProxyType(
    {
        "finite_number": Problem.NON_FINITE,
        "greater_than": Problem.OUT_OF_RANGE,
        "greater_than_equal": Problem.OUT_OF_RANGE,
        "less_than": Problem.OUT_OF_RANGE,
        "less_than_equal": Problem.OUT_OF_RANGE,
        "string_too_short": Problem.EMPTY,
    }
)

#: Error types that are about the record, not about a value: they keep their names.
_STRUCTURAL: Final = frozenset(
    {"missing", "extra_forbidden", "frozen_instance", "model_type", "model_attributes_type"}
)


def rule_name(problem: Problem, column: str) -> str:
    """Return the name of the rule that a problem of a column breaks.

    Parameters
    ----------
    problem : Problem
        What is wrong.
    column : str
        Name of the column or field.

    Returns
    -------
    str
        Such as ``null_amount`` or ``timestamp_out_of_range``.

    Examples
    --------
    >>> rule_name(Problem.NULL, "amount"), rule_name(Problem.OUT_OF_RANGE, "timestamp")
    ('null_amount', 'timestamp_out_of_range')
    """
    if problem is Problem.OUT_OF_RANGE:
        return f"{column}_{problem.value}"
    return f"{problem.value}_{column}"


def problem_of(error_type: str) -> Problem | None:
    """Return the problem that a pydantic error type stands for, None if it is about the record."""
    if error_type in _STRUCTURAL:
        return None
    if error_type in _PYDANTIC:
        return _PYDANTIC[error_type]
    try:
        return Problem(error_type)
    except ValueError:
        return Problem.UNPARSEABLE
