"""How many people live where, by segment: the population that customers are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.place_names import number_names
from customerintel.exceptions import DataValidationError, InvalidArgumentError, SchemaError
from customerintel.rfm.read_only import seal
from customerintel.schema.columns import Column
from customerintel.schema.fields import PII, Category
from customerintel.schema.forms import NumberForm
from customerintel.tables.frames import Table, open_table
from customerintel.tables.notices import warn_caller
from customerintel.tables.reading import read_numbers
from customerintel.tables.roles import assign_roles

__all__ = ["PLACES", "AreaPopulation", "one_of_area", "read_population"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: What a row of the table can say besides its number of people.
PLACES = ("segment", "area", "location")
_COUNT = Column(
    name="count", kind="number", required=True, nullable=False, category=Category.DESCRIPTIVE,
    pii=PII.NONE, form=NumberForm(), minimum=0.0, finite=True,
)  # fmt: skip
#: People in a table: far more than live, and few enough to be drawn as whole numbers.
_MOST = 1e15
#: Row numbers that a message shows.
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class AreaPopulation:
    """Numbers of people by segment, area and location; one entry per row of the table.

    Attributes
    ----------
    names : mapping of str to tuple of str
        The distinct names of each of ``"segment"``, ``"area"`` and ``"location"`` that the table
        has.
    codes : mapping of str to ndarray of int64, shape (n_rows,)
        Places in them; none is missing.
    count : ndarray of float64, shape (n_rows,)
        People; 0 or more.
    """

    names: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, Ints]
    count: Floats

    def __post_init__(self) -> None:
        seal(self)

    @property
    def total(self) -> float:
        """All people."""
        return float(self.count.sum())

    def by(self, place: str) -> Floats:
        """Return people by ``"segment"``, ``"area"`` or ``"location"``."""
        size = len(self.names[place])
        return np.asarray(np.bincount(self.codes[place], self.count, minlength=size), np.float64)

    def by_location(self, place: str) -> Floats:
        """Return people by location and segment or area, of shape (n_locations, n)."""
        shape = len(self.names["location"]), len(self.names[place])
        key = self.codes["location"] * shape[1] + self.codes[place]
        flat = np.bincount(key, self.count, minlength=shape[0] * shape[1])
        return np.asarray(flat.reshape(shape), np.float64)

    def of_area(self, place: str) -> Ints | None:
        """Return the one segment or location of each area; None if an area has several."""
        area, other = self.codes["area"], self.codes[place]
        found = np.zeros(len(self.names["area"]), np.int64)
        found[area] = other
        return found if np.array_equal(found[area], other) else None


def read_population(table: Any, columns: Mapping[str, str | None], count: str) -> AreaPopulation:
    """Read a table of people by area and segment.

    Parameters
    ----------
    table : table
        Of any kind; one row per area and segment, or per segment. Rows of the same places add up,
        since a table may be finer than what is asked for (by age, say).
    columns : mapping of str to str or None
        Columns of ``"segment"``, ``"area"`` and ``"location"``; None: not asked for. That of the
        location may be absent.
    count : str
        Column of the number of people.

    Raises
    ------
    SchemaError
        If a column is missing.
    DataValidationError
        If a number is negative, infinite, missing or none, or a row has no segment, area or
        location.
    InvalidArgumentError
        If there are no people, or more than 10^15.

    Warns
    -----
    DataQualityWarning
        If rows of the same area, segment and location have the same number of people.
    """
    if not isinstance(count, str):
        raise InvalidArgumentError(f"count takes the name of a column, not {type(count).__name__}.")
    source = open_table(table)
    wanted = {place: columns[place] for place in PLACES if columns[place] is not None}
    if wanted.get("location") not in source.columns:
        wanted.pop("location", None)
    roles = assign_roles(
        {**wanted, "count": count}, source.columns, required=("count",), caller="the population"
    )
    read = source.read(list(roles.values()))
    found, broken = _read_places(read, {place: roles[place] for place in wanted})
    number = read_numbers(_COUNT, read[roles["count"]])
    broken |= {rule: mask for rule, mask in number.broken.items() if mask.any()}
    if broken:
        raise _error(broken, read.n_rows)
    made = AreaPopulation(
        names={place: names for place, (_, names) in found.items()},
        codes={place: codes for place, (codes, _) in found.items()},
        count=np.asarray(number.values, np.float64).copy(),
    )
    if not made.total > 0.0:
        raise InvalidArgumentError(
            f"The population has no people: its {read.n_rows:,} rows add up to 0. Give a table "
            "with people in it, or population=None to compare with the active customers."
        )
    if not made.total <= _MOST:
        raise InvalidArgumentError(
            f"The population has {made.total:.3g} people, more than {_MOST:.0e}. See whether "
            f"column {count!r} holds numbers of people."
        )
    _warn_of_copies(made)
    return made


def _read_places(
    table: Table, columns: Mapping[str, str | None]
) -> tuple[dict[str, tuple[Ints, tuple[str, ...]]], dict[str, Mask]]:
    """Return codes and names of each place, and the rows that have none."""
    found = {place: number_names(table[str(name)]) for place, name in columns.items()}
    empty = {f"null_{place}": codes < 0 for place, (codes, _) in found.items()}
    return found, {rule: mask for rule, mask in empty.items() if mask.any()}


def _error(broken: Mapping[str, Mask], n_rows: int) -> DataValidationError:
    rows = {rule: np.flatnonzero(mask) for rule, mask in broken.items()}
    lines = [
        f"  {rule} in {len(at):,} row{'s' if len(at) > 1 else ''}: "
        + ", ".join(map(str, at[:_SHOWN].tolist()))
        + (", …" if len(at) > _SHOWN else "")
        for rule, at in rows.items()
    ]
    n_bad = int(np.logical_or.reduce(list(broken.values())).sum())
    return DataValidationError(
        f"{n_bad:,} of {n_rows:,} rows of the population break a rule (rows count from 0):\n"
        + "\n".join(lines)
        + "\nCorrect them or leave them out; people of no known segment need a name of their own.",
        {rule: len(at) for rule, at in rows.items()},
        {rule: tuple(at[:_SHOWN].tolist()) for rule, at in rows.items()},
    )


def _warn_of_copies(population: AreaPopulation) -> None:
    """Say so if rows look like copies of others; without areas, rows of a segment are usual."""
    if "area" not in population.codes:
        return
    some = population.count > 0
    keys = [codes[some] for codes in population.codes.values()]
    rows = np.stack([*keys, population.count[some]])
    n = rows.shape[1] - np.unique(rows, axis=1).shape[1]
    if n:
        warn_caller(
            f"{n:,} rows of the population have the place and the number of people of another row. "
            "They were added up; leave them out if they are copies."
        )


def one_of_area(population: AreaPopulation, place: str, column: str) -> Ints:
    """Return the segment or location of each area.

    Raises
    ------
    SchemaError
        If an area has several, so that it does not tell a customer's.
    """
    found = population.of_area(place)
    if found is None:
        raise SchemaError(
            f"The customers have no column {column!r} (for {place}), and some areas of the "
            f"population have several, so a customer's area does not tell it. Give the customers "
            f"such a column, or a population with one {place} per area."
        )
    return found
