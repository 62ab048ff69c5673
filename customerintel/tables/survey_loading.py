"""From any table to the parts of a `SurveyLog`: roles, rules, items, scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemaError
from customerintel.schema import Problem, SurveyAnswer, columns_of, rule_name
from customerintel.tables.accepting import (
    Mask,
    accepted_rows,
    missing_rows,
    read_column,
    reject,
)
from customerintel.tables.answers import LABELS, NUMBERS, Answers
from customerintel.tables.building import Labels
from customerintel.tables.columns import Raw
from customerintel.tables.files import Door
from customerintel.tables.frames import Table, open_table
from customerintel.tables.notices import warn_caller
from customerintel.tables.reading import Reading, read_labels
from customerintel.tables.roles import assign_roles, check_on_invalid
from customerintel.tables.survey_items import TYPE_ITEMS, canonical_item
from customerintel.tables.survey_rules import common_scales, numbered, seen_before
from customerintel.tables.text import Text

__all__ = ["DOOR", "load_survey"]

#: Roles, in the order in which their rules are asked.
ROLES: Final = (
    "customer_id", "timestamp", "instrument", "version", "item", "scale_min", "scale_max",
    "value", "choice", "stated_type", "desired_type", "answer_id", "text",
)  # fmt: skip
DOOR: Final = Door(
    caller="SurveyLog.from_frame",
    roles=ROLES,
    as_text=("customer_id", "timestamp", "instrument", "version", "item", "choice", "answer_id"),
    ids=("customer_id", "answer_id"),
)
_ALWAYS: Final = ("customer_id", "timestamp")


def load_survey(
    frame: Any,
    given: Mapping[str, str | bool | None],
    *,
    timestamp_format: str | None,
    on_invalid: str,
) -> dict[str, Any]:
    """Return the arguments of `SurveyLog` for a table; see its ``from_frame``."""
    check_on_invalid(on_invalid)
    source = open_table(frame)
    roles = assign_roles(given, source.columns, required=_ALWAYS, caller=DOOR.caller)
    _check_roles(roles)
    table = source.read(list(roles.values()))
    texts = np.zeros(table.n_rows, bool)
    column = roles.pop("text", None)
    if column is not None:
        texts = _written(table[column])
        table = table.without([column] if column not in roles.values() else [])
    readings, words = _read_all(table, roles, timestamp_format)
    answers = _answers(readings, words, table.n_rows)
    unnamed = missing_rows(table[roles["answer_id"]]) if "answer_id" in roles else None
    broken, answers = _judge(answers, readings, texts, unnamed)
    rejected = reject(table, broken, list(roles.values()))
    index = accepted_rows(rejected, on_invalid)
    rows = answers if index is None else answers.take(index)
    _warn_of_open_scales(rows)
    carried = {"answer_id": roles["answer_id"]} if "answer_id" in roles else {}
    return {
        "rows": rows,
        "columns": tuple(roles),
        "texts": readings["customer_id"].texts,
        "zone": readings["timestamp"].zone,
        "kind": table.kind,
        "rejected": rejected,
        "extras": table.native(carried, index) if carried else None,
        "n_texts": int(texts.sum()),
    }


def _check_roles(roles: Mapping[str, str]) -> None:
    """Refuse a table without any answers."""
    long = "item" in roles and ("value" in roles or "choice" in roles or "text" in roles)
    if not long and not any(role in roles for role in TYPE_ITEMS):
        raise SchemaError(
            f"No column holds answers. Name those of item and value (or choice), or that of "
            f'stated_type or desired_type: {DOOR.caller}(…, item="…", value="…").'
        )


def _written(raw: Raw) -> Mask:
    """Tell in which rows something is written; the texts themselves are not kept."""
    found = ~missing_rows(raw)
    if isinstance(raw.values, Text):
        return np.asarray(found & (raw.values.lengths > 0), bool)
    if raw.values.dtype.kind == "O":
        return np.asarray(found & np.array([value != "" for value in raw.values.tolist()]), bool)
    return found


def _read_all(
    table: Table, roles: Mapping[str, str], timestamp_format: str | None
) -> tuple[dict[str, Reading], dict[str, tuple[str, ...]]]:
    """Read every column by its rules."""
    columns = columns_of(SurveyAnswer)
    readings: dict[str, Reading] = {}
    words: dict[str, tuple[str, ...]] = {}
    wide = any(role in roles for role in TYPE_ITEMS)
    for role in (role for role in ROLES if role in roles):
        column, raw = columns[role], table[roles[role]]
        missing = missing_rows(raw)
        if role == "item" and wide:
            column = replace(column, nullable=True)  # its rule needs the other columns
        if column.nullable and missing.all():
            continue  # a column of nothing may be of any type
        if role in LABELS:
            readings[role], words[role] = read_labels(column, raw)
        else:
            reading = read_column(column, raw, timestamp_format)
            if role in NUMBERS and missing.any():
                reading = replace(reading, values=np.where(missing, np.nan, reading.values))
            readings[role] = reading
    return readings, words


def _answers(
    readings: Mapping[str, Reading], words: Mapping[str, tuple[str, ...]], n_rows: int
) -> Answers:
    """Put the columns together; items get the names under which the library knows them."""
    nowhere, nothing = np.full(n_rows, -1, np.int32), np.full(n_rows, np.nan)
    columns: dict[str, Any] = {
        role: Labels(readings[role].values, words[role]) if role in words else Labels(nowhere, ())
        for role in LABELS
    }
    columns["item"] = _renamed(columns["item"])
    for role in NUMBERS:
        values = readings[role].values if role in readings else nothing
        columns[role] = values.astype(np.float64, copy=False)
    return Answers(
        keys=readings["customer_id"].values,
        times=readings["timestamp"].values,
        **columns,
    )


def _renamed(items: Labels) -> Labels:
    names: dict[str, int] = {}
    places = [names.setdefault(canonical_item(name), len(names)) for name in items.names]
    return Labels(np.array([*places, -1], np.int32)[items.codes], tuple(names))


def _judge(
    answers: Answers, readings: Mapping[str, Reading], texts: Mask, unnamed: Mask | None
) -> tuple[dict[str, Mask], Answers]:
    """Return the rows that break each rule, and the answers with the scales that are common.

    What concerns several columns or rows is asked only of rows that broke no rule before.
    """
    broken: dict[str, Mask] = {}
    for reading in readings.values():
        broken |= reading.broken
    good = np.ones(len(answers), bool)
    for mask in broken.values():
        good &= ~mask

    def ask(rule: str, mask: Mask) -> None:
        nonlocal good
        mask = mask & good
        if mask.any():
            broken[rule] = broken.get(rule, mask) | mask
            good = good & ~mask

    low, high, value = answers.scale_min, answers.scale_max, answers.value
    valued, chosen = ~np.isnan(value), answers.choice.codes >= 0
    typed = (answers.stated_type.codes >= 0) | (answers.desired_type.codes >= 0)
    ask(
        rule_name(Problem.NULL, "item"),
        (answers.item.codes < 0) & (valued | chosen | (texts & ~typed)),
    )
    ask(rule_name(Problem.OUT_OF_RANGE, "scale_max"), low >= high)
    ask(rule_name(Problem.NULL, "value"), ~(valued | chosen | typed | texts))
    ask(rule_name(Problem.OUT_OF_RANGE, "value"), (value < low) | (value > high))
    asked = numbered([answers.instrument.codes, answers.version.codes, answers.item.codes])
    scaled = ~(np.isnan(low) & np.isnan(high))
    common = common_scales(asked, low, high, good & valued & scaled, answers.times)
    known = ~(np.isnan(common[0]) & np.isnan(common[1]))
    differs = known & ~(_same(low, common[0]) & _same(high, common[1]))
    ask("contradicting_scale", differs & valued & scaled)
    # an answer that says no scale is on that of its questionnaire
    low, high = np.where(scaled, low, common[0]), np.where(scaled, high, common[1])
    ask(rule_name(Problem.OUT_OF_RANGE, "value"), (value < low) | (value > high))
    ask("duplicate_answer", _second(answers, asked, readings, unnamed, good))
    return broken, replace(answers, scale_min=low, scale_max=high)


def _same(a: NDArray[np.float64], b: NDArray[np.float64]) -> Mask:
    return np.asarray((a == b) | (np.isnan(a) & np.isnan(b)), bool)


def _second(
    answers: Answers, asked: NDArray[np.int64], readings: Mapping[str, Reading],
    unnamed: Mask | None, good: Mask,
) -> Mask:  # fmt: skip
    """Tell which rows repeat an earlier one: its id, or who was asked what at which moment."""
    rows = np.flatnonzero(good)
    again = np.zeros(len(answers), bool)
    again[seen_before(numbered([answers.keys, asked, answers.times]), rows, answers.times)] = True
    if unnamed is not None and "answer_id" in readings:
        again[seen_before(readings["answer_id"].values, rows[~unnamed[rows]], answers.times)] = True
    return again


def _warn_of_open_scales(answers: Answers) -> None:
    """Say how many answers have no scale."""
    valued = ~np.isnan(answers.value)
    open_ended = valued & (np.isnan(answers.scale_min) | np.isnan(answers.scale_max))
    if n := int(open_ended.sum()):
        counted = f"{n:,} answers have" if n > 1 else "1 answer has"
        warn_caller(
            f"{counted} a value without a whole scale, so nobody can tell what it means, and it "
            "counts as no answer. Name the columns of scale_min and scale_max."
        )
