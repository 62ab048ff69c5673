"""Which columns say where customers belong, if the caller does not name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from customerintel.audit.place_names import number_names
from customerintel.exceptions import InvalidArgumentError
from customerintel.schema.fields import PII
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.frames import Table, open_table

__all__ = ["PlaceColumns", "find_places"]

#: Names of the column with the number of people, and of the one that segments usually have.
PEOPLE, SEGMENT = ("population", "count"), "segment"
_WORDS = {"segment": "segments", "area": "areas", "location": "locations"}


@dataclass(frozen=True)
class PlaceColumns:
    """Columns of the tables of customers and population.

    Attributes
    ----------
    segment, area, location : str or None
        As given, or as found.
    people : str
        Column of the population with the number of people.
    found : tuple of (str, str)
        What was found and not given: the role, and the column.
    unclear : tuple of str
        Why a column was not taken, in sentences.
    """

    segment: str | None = None
    area: str | None = None
    location: str | None = None
    people: str = PEOPLE[0]
    found: tuple[tuple[str, str], ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What was found, as a sentence; empty if nothing was."""
        parts = [f"{_WORDS[role]} are those of the column “{name}”" for role, name in self.found]
        joined = "; ".join(parts)
        return f"{joined[0].upper()}{joined[1:]}." if parts else ""


def find_places(
    customers: Any,
    population: Any,
    given: dict[str, str | None],
    *,
    has_map: bool = False,
) -> PlaceColumns:
    """Find the columns of segments, areas and locations that are not given.

    Columns of both tables with the same name are looked at, but for ``customer_id`` and the
    number of people.

    - segment: ``"segment"`` (also where only the population has it, if it says so of each area);
      else the only column that is no area and whose values repeat in the population; else the
      only column of all, if there is no map.
    - area: the first of ``CustomerTable.areas`` that tells the rows of the population apart, by
      itself or together with the segment; else the first of them; else the only other column
      that does so.
    - location: the only further one of ``CustomerTable.areas`` whose values repeat.

    Without a population, only a column ``"segment"`` of the customers is looked for.

    Parameters
    ----------
    customers, population : CustomerTable or table, or None
    given : dict of str to str or None
        Names of ``"segment"``, ``"area"`` and ``"location"`` that the caller gave.
    has_map : bool, default False
        Whether there are shapes of areas.

    Raises
    ------
    InvalidArgumentError
        If nothing is given, and no column of the population is one of the customers.
    """
    if customers is None:
        return _made(given, {}, PEOPLE[0], [])
    names, areas = _of_customers(customers)
    if population is None:
        fits = given["segment"] is None and SEGMENT in names
        return _made(given, {"segment": SEGMENT if fits else None}, PEOPLE[0], [])
    source = open_table(population)
    every = [name for name in source.columns if isinstance(name, str)]
    people = next((name for name in PEOPLE if name in every), PEOPLE[0])
    usable = [name for name in every if name not in ("customer_id", people, *given.values())]
    shared = [name for name in usable if name in names]
    if not shared and not any(given.values()):
        raise InvalidArgumentError(
            "customers and population have no column of the same name, so nothing says who lives "
            "where. Rename one, such as to 'segment', in both."
        )
    kept = [*shared, *(name for name in given.values() if name in every)]
    if SEGMENT in usable:
        kept.append(SEGMENT)
    search = _Search(
        source.read(kept), shared, [name for name in areas if name in shared], dict(given)
    )
    search.find(segment_by_area=SEGMENT in usable, has_map=has_map)
    return _made(given, search.taken, people, search.unclear)


def _made(
    given: dict[str, str | None], taken: dict[str, str | None], people: str, unclear: Sequence[str]
) -> PlaceColumns:
    every = {role: given[role] or taken.get(role) for role in _WORDS}
    found = [(role, name) for role, name in every.items() if name and not given[role]]
    return PlaceColumns(
        segment=every["segment"], area=every["area"], location=every["location"], people=people,
        found=tuple(found), unclear=tuple(unclear),
    )  # fmt: skip


def _of_customers(customers: Any) -> tuple[list[Any], tuple[str, ...]]:
    """Return names of columns that may be used, and those that are areas."""
    if not isinstance(customers, CustomerTable):
        return list(open_table(customers).columns), ()
    able = [name for name, pii in customers.pii.items() if pii is not PII.DIRECT]
    return able, tuple(name for name in customers.areas if name in able)


class _Search:
    """Columns of the population, and what they are taken for."""

    def __init__(
        self, table: Table, shared: list[str], areas: list[str], taken: dict[str, str | None]
    ) -> None:
        self.taken, self.areas = taken, areas
        self.unclear: list[str] = []
        self._shared = shared
        self._rows = table.n_rows
        self._codes = {name: number_names(table[name])[0] for name in table.columns}

    def find(self, *, segment_by_area: bool, has_map: bool) -> None:
        """Find what is not given, segments first."""
        if not self.taken["segment"]:
            self.taken["segment"] = self._segment(has_map=has_map)
        if not self.taken["area"]:
            self.taken["area"] = self._area()
        area = self.taken["area"]
        if not self.taken["segment"] and segment_by_area and area and self._apart(area):
            self.taken["segment"] = SEGMENT
        if not self.taken["location"]:
            self.taken["location"] = self._location()

    def _free(self) -> list[str]:
        return [name for name in self._shared if name not in self.taken.values()]

    def _segment(self, *, has_map: bool) -> str | None:
        free = [name for name in self._free() if name not in self.areas]
        if SEGMENT in free:
            return SEGMENT
        repeated = [name for name in free if not self._apart(name)]
        if repeated:
            return self._only("segment", repeated)
        alone = len(self._shared) == 1 and not self.taken["area"] and not has_map
        return free[0] if alone and free else None

    def _area(self) -> str | None:
        free = self._free()
        areas = [name for name in self.areas if name in free]
        if areas:
            return (self._telling(areas) or areas)[0]
        able = self._telling(free)
        return self._only("area", able) if able else None

    def _location(self) -> str | None:
        free = self._free()
        able = [name for name in self.areas if name in free and not self._apart(name)]
        return self._only("location", able) if able else None

    def _telling(self, names: Sequence[str]) -> list[str]:
        """Return which of some columns tell the rows apart, alone or with the segment."""
        alone = [name for name in names if self._apart(name)]
        segment = self.taken["segment"]
        if alone or segment not in self._codes:
            return alone
        return [name for name in names if self._apart(name, str(segment))]

    def _only(self, role: str, names: Sequence[str]) -> str | None:
        if len(names) == 1:
            return names[0]
        listed = ", ".join(f"“{name}”" for name in names)
        self.unclear.append(
            f"Several columns could hold the {_WORDS[role]}, so none was taken: {listed}. "
            f"Name one with {role}=."
        )
        return None

    def _apart(self, *names: str) -> bool:
        """Tell whether no two rows of the population have the same values."""
        key = np.zeros(self._rows, np.int64)
        for name in names:
            codes = self._codes[name] + 1
            key = key * (int(codes.max(initial=0)) + 1) + codes
        return len(np.unique(key)) == self._rows
