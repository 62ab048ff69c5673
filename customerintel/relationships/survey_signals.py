"""What customers said of the relationship, and what the customer table says of its chains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemaError
from customerintel.relationships.signal_columns import Column
from customerintel.relationships.signal_definitions import SURVEY_ITEMS
from customerintel.schema.nulls import is_null
from customerintel.tables.moments import DAY

if TYPE_CHECKING:
    from customerintel.tables.customer_table import CustomerTable
    from customerintel.tables.ids import CustomerIds
    from customerintel.tables.survey_log import SurveyLog

__all__ = ["HALF_LIFE", "Said", "lock_in_column", "said"]

#: Days after which an answer weighs half.
HALF_LIFE: Final = 365.0
LOCKS: Final = ("contract", "exit_fee", "imposed")
_YES: Final = frozenset({"yes", "y", "true", "t", "1", "on"})
_NO: Final = frozenset({"no", "n", "false", "f", "0", "off"})


@dataclass(frozen=True, eq=False)
class Said:
    """The latest visible answers of a history's customers.

    Parameters
    ----------
    columns : dict of str to Column
        Survey signals.
    stated, desired : ndarray of object, shape (n_customers,)
        Types as the customers named them; None where they did not.
    stated_at : ndarray of datetime64[us], shape (n_customers,)
        When; NaT where they did not.
    n_unknown, n_answers : int
        Latest answers of customers without a visible purchase, and of all.
    """

    columns: dict[str, Column]
    stated: NDArray[np.object_]
    desired: NDArray[np.object_]
    stated_at: NDArray[np.datetime64]
    n_unknown: int
    n_answers: int


def said(ids: CustomerIds, moment: int, survey: SurveyLog | None) -> Said:
    """Return what customers said up to a moment.

    Raises
    ------
    SchemaError
        If one log has integer ids and the other texts.
    """
    n = len(ids)
    nothing = np.full(n, None, object), np.full(n, None, object), np.full(n, "NaT", "M8[us]")
    if survey is None:
        return Said({}, *nothing, 0, 0)
    columns, n_unknown, n_answers = _items(ids, moment, survey)
    words = {}
    for item in ("stated_type", "desired_type"):
        theirs, values, when = survey.latest_words(item, moment)
        here, there = _match(ids, theirs)
        spoken, at = np.full(n, None, object), np.full(n, "NaT", "M8[us]")
        spoken[here], at[here] = values[there], when[there].view("M8[us]")
        words[item] = spoken, at
        n_answers += len(theirs)
        n_unknown += len(theirs) - len(there)
    (stated, stated_at), (desired, _) = words.values()
    return Said(columns, stated, desired, stated_at, n_unknown, n_answers)


def _match(ids: CustomerIds, others: CustomerIds) -> tuple[Any, Any]:
    """Return the places of those in both; an empty side has no kind of id to quarrel about."""
    if not len(ids) or not len(others):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return ids.match(others)


def _items(ids: CustomerIds, moment: int, survey: SurveyLog) -> tuple[dict[str, Column], int, int]:
    """Return the answers by signal, how many are of unknown customers, and of all."""
    n = len(ids)
    columns: dict[str, Column] = {}
    n_unknown = n_answers = 0
    for item, (theirs, values, when) in survey.latest_values(moment).items():
        here, there = _match(ids, theirs)
        n_answers += len(theirs)
        n_unknown += len(theirs) - len(there)
        if item in SURVEY_ITEMS and len(here):
            answer, weight = np.full(n, np.nan), np.zeros(n)
            answer[here] = values[there]
            weight[here] = 0.5 ** ((moment - when[there]) / (HALF_LIFE * DAY))
            columns[item] = Column(answer, weight)
    return columns, n_unknown, n_answers


def lock_in_column(ids: CustomerIds, customers: CustomerTable) -> Column | None:
    """Return `lock_in`; None where the table has none of its columns.

    Raises
    ------
    SchemaError
        If a column holds something that is neither yes nor no, or the ids differ in kind.
    """
    names = [name for name in LOCKS if name in customers.traits or name in customers.areas]
    if not names:
        return None
    here, there = _match(ids, customers.ids)
    total, known = np.zeros(len(ids)), np.zeros(len(ids))
    for name in names:
        locked = _truth(name, customers.column(name))
        value = np.full(len(ids), np.nan)
        value[here] = locked[there]
        held = ~np.isnan(value)
        total[held] += value[held]
        known += held
    share = np.full(len(ids), np.nan)
    np.divide(total, known, out=share, where=known > 0)
    return Column(share, known / len(names))


def _truth(name: str, values: NDArray[Any]) -> NDArray[np.float64]:
    """Return 1.0, 0.0 or NaN per value."""
    if values.dtype.kind in "biuf":
        truth = np.asarray(values > 0, np.float64)
        if values.dtype.kind == "f":
            truth[np.isnan(values)] = np.nan
        return truth
    read = [_read(value) for value in values.tolist()]
    odd = [row for row, value in enumerate(read) if value is None]
    if odd or values.dtype.kind != "O":
        raise SchemaError(
            f"The column {name!r} of the customer table must hold yes or no (True, 1, a number "
            f"above 0, or such a word) for lock_in; {len(odd):,} of its values are neither. "
            "Recode it, or leave it out of traits."
        )
    return np.array(read, np.float64)


def _read(value: Any) -> float | None:
    """Return what one value says; None if nothing."""
    if is_null(value):
        return float("nan")
    if isinstance(value, str):
        word = value.strip().lower()
        if not word:
            return float("nan")
        return 1.0 if word in _YES else 0.0 if word in _NO else None
    try:
        return float(value > 0)
    except TypeError:
        return None
