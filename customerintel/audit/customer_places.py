"""Which segment, area and location each customer is in, by the customers' own table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.area_population import PLACES, AreaPopulation, one_of_area
from customerintel.audit.place_names import number_names, translate
from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.rfm.read_only import seal
from customerintel.schema.fields import PII
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.frames import open_table
from customerintel.tables.history import History
from customerintel.tables.notices import warn_caller
from customerintel.tables.roles import assign_roles, missing_column

__all__ = ["CustomerPlaces", "open_customers", "place_customers", "warn_of_unplaced"]

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Below 0, a code says why there is no place.
MISSING, UNKNOWN, ABSENT = -1, -2, -3
#: So many names of groups are never too many.
_MANY = 50


@dataclass(frozen=True, eq=False)
class CustomerPlaces:
    """Places of the customers of a table and of those of a history.

    Attributes
    ----------
    names : mapping of str to tuple of str
        Distinct names of each of ``"segment"``, ``"area"`` and ``"location"`` that is asked for:
        those of the population where it has them, else those of the customers.
    codes : mapping of str to ndarray of int64, shape (n_table,)
        Places of the customers of the table; -1: none is given, -2: one that the population does
        not have; -3: that of an area that is one of these.
    row : ndarray of int64, shape (n_history,)
        Row of the table of each customer of the history, -1 where there is none.
    """

    names: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, Ints]
    row: Ints

    def __post_init__(self) -> None:
        seal(self)

    def of_history(self, place: str) -> Ints:
        """Return the code of each customer of the history; -3: not in the table."""
        padded = np.append(self.codes[place], ABSENT)
        return padded[self.row]

    def counts(self, active: Mask) -> dict[str, int]:
        """Return how many of some customers of the history have no place, and why."""
        found = {"n_unplaced": int((self.row[active] < 0).sum())}
        for place in PLACES:
            codes = self.of_history(place)[active] if place in self.codes else np.empty(0, np.int64)
            found[f"n_no_{place}"] = int((codes == MISSING).sum())
            found[f"n_unknown_{place}"] = int((codes == UNKNOWN).sum())
        return found


def open_customers(
    customers: Any, columns: Mapping[str, str | None]
) -> tuple[CustomerTable, list[Any]]:
    """Return the customers as a `CustomerTable`, and the names of all columns that they have.

    Of another table, only the columns asked for are read.

    Raises
    ------
    SchemaError
        If it is no table, or has no column ``customer_id``.
    InvalidArgumentError
        If a column that is asked for points to one person alone.
    """
    for role, name in columns.items():
        if name is not None and not isinstance(name, str):
            raise InvalidArgumentError(
                f"{role} takes the name of a column, not {type(name).__name__}."
            )
    asked = [name for name in columns.values() if name is not None]
    if isinstance(customers, CustomerTable):
        table, available = customers, list(customers.pii)
    else:
        source = open_table(customers)
        assign_roles(
            {"customer_id": None},
            source.columns,
            required=("customer_id",),
            caller="CustomerTable.from_frame",
        )
        traits = [name for name in dict.fromkeys(asked) if name in source.columns]
        available = list(source.columns)
        names = {name: name for name in ("customer_id", *traits)}
        again = isinstance(source.frame, Mapping)  # others may be read only once
        frame = customers if again else source.read(list(names)).native(names)
        table = CustomerTable.from_frame(frame, traits=traits)
    for name in asked:
        if table.pii.get(name) is PII.DIRECT:
            raise InvalidArgumentError(
                f"Column {name!r} of the customers is of the PII class 'direct': it names persons, "
                "not groups of them. Take another column, or give it another class in pii=."
            )
    return table, available


def place_customers(
    history: History,
    customers: CustomerTable,
    population: AreaPopulation | None,
    columns: Mapping[str, str | None],
    available: Sequence[Any],
) -> CustomerPlaces:
    """Join customers to their segments, areas and locations.

    A segment or location that the customers have no column for is that of their area, if the
    population has one per area.

    Parameters
    ----------
    history : History
        Whose customers are placed.
    customers : CustomerTable
        One row per customer.
    population : AreaPopulation or None
        Places that are not in it are unknown.
    columns : mapping of str to str or None
        Columns of ``"segment"``, ``"area"`` and ``"location"``; None: not asked for.
    available : sequence of str
        All columns that the customers came with, for the message.

    Raises
    ------
    SchemaError
        If a column is missing, or ids are integers on one side and texts on the other.
    InvalidArgumentError
        If a column that the population does not have tells persons rather than groups.
    """
    names: dict[str, tuple[str, ...]] = {}
    codes: dict[str, Ints] = {}
    known = {} if population is None else population.names
    for place in ("area", "segment", "location"):
        column = columns[place]
        if column is None:
            continue
        if column in customers.pii:
            raw = customers._table[column].take(customers._index)
            codes[place], names[place] = number_names(raw)
            if place in known:
                codes[place] = translate(codes[place], names[place], known[place])
                names[place] = known[place]
            else:
                _refuse_names_of_persons(column, len(names[place]), len(customers))
        elif population is not None and place in known and "area" in codes and place != "area":
            of_area = one_of_area(population, place, column)
            area = codes["area"]
            # an area that is missing or unknown is counted as that, once
            codes[place] = np.where(area >= 0, of_area[np.maximum(area, 0)], ABSENT)
            names[place] = known[place]
        else:
            raise missing_column(column, place, available)
    row = np.full(history.n_customers, -1, np.int64)
    if len(customers):
        here, there = history.ids.match(customers.ids)
        row[here] = there
    return CustomerPlaces(names, codes, row)


def _refuse_names_of_persons(column: str, n_names: int, n_customers: int) -> None:
    if n_names > _MANY and n_names > n_customers / 2:
        raise InvalidArgumentError(
            f"Column {column!r} of the customers has {n_names:,} values among {n_customers:,} "
            "customers, so that it tells persons, not groups of them. Take a coarser column."
        )


def warn_of_unplaced(counts: Mapping[str, int], n_active: int) -> None:
    """Say once how many active customers are left out and why.

    Raises
    ------
    SchemaError
        If none of them is in the table of customers.
    """
    if counts["n_unplaced"] == n_active > 0:
        raise SchemaError(
            f"None of the {n_active:,} active customers is in the table of customers. Check that "
            "both write the ids alike (capitals, blanks, leading zeros), and that column is the id."
        )
    words = {
        "n_unplaced": "not in the table of customers",
        **{f"n_no_{place}": f"without {_one(place)}" for place in PLACES},
        **{
            f"n_unknown_{place}": f"in {place}s that the population does not have"
            for place in PLACES
        },
    }
    said = [f"{counts[name]:,} are {word}" for name, word in words.items() if counts[name]]
    if said:
        warn_caller(
            f"Of {n_active:,} active customers, {', '.join(said)}. They are left out of the "
            "figures that need it."
        )


def _one(place: str) -> str:
    return f"an {place}" if place == "area" else f"a {place}"
