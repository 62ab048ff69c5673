"""What portfolio, gaps, transitions and the CRM export read off a table of relationships."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.table import UNKNOWN, RelationshipTable
from customerintel.tables.interactions import NEVER

if TYPE_CHECKING:
    from customerintel.tables.contacts import Contacts
    from customerintel.tables.history import History
    from customerintel.tables.ids import CustomerIds

__all__ = [
    "SPANS",
    "UNKNOWN",
    "check_table",
    "codes_of_types",
    "codes_of_words",
    "contacts_at",
    "history_of",
    "moment_of",
    "per_customer",
    "signal_of",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: What a dimension spans: valence and power go from -1 to 1.
SPANS = np.array([2.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0])


def check_table(value: Any, caller: str) -> None:
    """Make sure that something is a table of relationships.

    Raises
    ------
    InvalidArgumentError
        If it is not.
    """
    if not isinstance(value, RelationshipTable):
        raise InvalidArgumentError(
            f"{caller} takes a RelationshipTable; got {type(value).__name__}. Make one with "
            "relationships.classify(history, interactions=…, survey=…)."
        )


def history_of(table: RelationshipTable, caller: str) -> History:
    """Return the history that a table was made from.

    Raises
    ------
    InvalidArgumentError
        If it was made from signals only.
    """
    if table._history is None:
        raise InvalidArgumentError(
            f"{caller} needs the purchases behind the table, and this one was made from signals "
            "alone. Classify a history: relationships.classify(history, …)."
        )
    return table._history


def moment_of(table: RelationshipTable) -> int:
    """Return a table's moment in UTC microseconds."""
    return int(table.moment.astype(np.int64))


def contacts_at(table: RelationshipTable) -> Contacts | None:
    """Return what is known of contacts at the table's moment; None without interactions."""
    if table._interactions is None:
        return None
    from customerintel.tables.contacts import contacts_of

    # arranged once for all moments, which costs more than to leave out what comes later
    return _known_until(contacts_of(table._interactions), moment_of(table))


def _known_until(contacts: Contacts, moment: int) -> Contacts:
    settled = contacts.resolved_at
    later = settled > moment
    if later.any():
        contacts = replace(contacts, resolved_at=np.where(later, NEVER, settled))
    seen = contacts.when <= moment
    if seen.all():
        return contacts
    ahead = np.concatenate([[0], np.cumsum(seen, dtype=np.int64)])
    rows = {
        name: values[seen]
        for name in ("when", "kinds", "ways", "sentiment", "resolved_at", "channels", "campaigns")
        if len(values := getattr(contacts, name))
    }
    return replace(contacts, offsets=ahead[contacts.offsets], **rows)


def signal_of(table: RelationshipTable, name: str) -> Floats:
    """Return a signal of a table's customers; NaN where the table does not have it."""
    if name not in table.signals.names:
        return np.full(len(table.ids), np.nan)
    found: Floats = table.signals[name]
    return found


def per_customer(
    ids: CustomerIds, others: CustomerIds, values: NDArray[Any], absent: Any
) -> NDArray[Any]:
    """Bring what is known of other customers to the order of `ids`.

    Parameters
    ----------
    ids, others : CustomerIds
        Ascending.
    values : ndarray, shape (len(others),)
        Aligned with `others`.
    absent : object
        What customers have that are not among the others.
    """
    here, there = ids.match(others)
    found = np.full(len(ids), absent, values.dtype)
    found[here] = values[there]
    return found


def codes_of_types(table: RelationshipTable) -> Ints:
    """Return the place of each customer's type in ``(*table.labels, "unknown")``."""
    place = {key: code for code, key in enumerate((*table.labels, UNKNOWN))}
    given = table.type.tolist()
    return np.fromiter(map(place.__getitem__, given), np.int64, len(given))


def codes_of_words(table: RelationshipTable, words: NDArray[np.object_]) -> Ints:
    """Return the place of the type that each word stands for among the labels.

    -1 where there is no word, -2 where it is no type of the registry.
    """
    given = words.tolist()
    places: dict[Any, int] = {None: -1}
    for word in set(given) - {None}:
        key = table.types.resolve(word)
        places[word] = -2 if key is None else table.labels.index(key)
    return np.fromiter(map(places.__getitem__, given), np.int64, len(given))
