"""A simulated public library: branches, block groups, and a shift from physical to digital.

No public log of loans has its borrowers' neighbourhoods. This one is made up, **an assumption and
not a finding**: it is there to learn and to test with. Who its people are stands in
`library_segments`, as data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.library_segments import GENRES, SEGMENTS
from customerintel.audit.library_town import columns_of_map, draw_areas, square
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import check_seed, whole_number
from customerintel.rfm.read_only import seal
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.history import History
from customerintel.tables.results import html_table, one_line
from customerintel.tables.transaction_log import TransactionLog

__all__ = ["SimulatedLibrary", "simulate_library"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Columns = dict[str, NDArray[Any]]

_DAY = 86_400_000_000
#: Longest time that is simulated.
_YEARS = 30
_BRANCHES = ("Central", "North", "South", "East", "West", "Lakeside", "Hillcrest", "Harbour")


@dataclass(frozen=True, eq=False, repr=False)
class SimulatedLibrary:
    """A library's loans, its card holders and its neighbourhoods; made by `simulate_library`.

    Attributes
    ----------
    customer_id : int64 array, shape (n_customers,)
        Card holders, ascending; each has at least one loan.
    visits_a_year : float64 array, shape (n_customers,)
        How often each goes on average while active: what nobody sees in a log.
    moment : datetime64[us]
        Last moment of the time simulated, UTC.
    """

    customer_id: Ints
    visits_a_year: Floats
    moment: np.datetime64
    _frames: dict[str, Columns]

    def __post_init__(self) -> None:
        seal(self)

    def frames(self) -> dict[str, Columns]:
        """Return the raw columns of "loans", "customers" and "areas"."""
        return {name: dict(columns) for name, columns in self._frames.items()}

    @cached_property
    def log(self) -> TransactionLog:
        """Loans without money: ``quantity`` (items), ``channel`` and ``category``."""
        return TransactionLog.from_frame(dict(self._frames["loans"]))

    @cached_property
    def customers(self) -> CustomerTable:
        """Card holders: ``segment``, ``block_group``, ``branch`` and ``age_band``."""
        frame = dict(self._frames["customers"])
        return CustomerTable.from_frame(frame, areas=("block_group", "branch"))

    @property
    def areas(self) -> Columns:
        """One row per block group: ``segment``, ``branch`` and ``population``."""
        return dict(self._frames["areas"])

    @cached_property
    def geojson(self) -> dict[str, Any]:
        """The block groups as squares of a map (GeoJSON, RFC 7946)."""
        areas = self._frames["areas"]
        return {
            "type": "FeatureCollection",
            "features": [
                square(str(name), k, columns_of_map(len(areas["block_group"])))
                for k, name in enumerate(areas["block_group"])
            ],
        }

    def as_of(self, moment: Any = None) -> History:
        """Return the history as of a moment, by default the last one."""
        return self.log.as_of(self.moment if moment is None else moment)

    def _facts(self) -> dict[str, object]:
        return {
            "customers": len(self.customer_id),
            "loans": len(self._frames["loans"]["customer_id"]),
            "block_groups": len(self._frames["areas"]["block_group"]),
            "until": str(self.moment),
        }

    def __repr__(self) -> str:
        return one_line("SimulatedLibrary", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Simulated library", list(self._facts().items()))


def simulate_library(
    n_customers: int = 5_000,
    *,
    block_groups: int = 48,
    branches: int = 5,
    years: int = 3,
    start: str = "2012-01-01",
    seed: int = 0,
) -> SimulatedLibrary:
    """Simulate a public library whose loans go from paper to screens.

    Block groups of a town each have a segment and a nearest branch. Of their residents, some hold
    a card; holders go to the library at random, at rates that differ by a gamma distribution, in
    seasons, until some stop; loans become digital, faster in some segments than in others.

    Parameters
    ----------
    n_customers : int, default 5,000
        Card holders with a loan, about.
    block_groups, branches : int
        Neighbourhoods (at least 8), and libraries (1 to 8).
    years : int, default 3
        Length of the time simulated.
    start : date-like, default "2012-01-01"
        First day of it.
    seed : int, default 0
        The same arguments give the same library.

    Returns
    -------
    SimulatedLibrary

    Raises
    ------
    InvalidArgumentError
        If an argument has a value that cannot be used.

    Examples
    --------
    >>> import customerintel as ci
    >>> library = ci.audit.simulate_library(500, seed=1)
    >>> library.customers
    CustomerTable(customers=484, traits=2, areas=2)
    >>> core = ci.audit.core_customers(library.as_of(), by="volume", window="365d")
    >>> bool(core.share_of_units > 0.4)
    True
    """
    n = whole_number(n_customers, "n_customers", "card holders", least=1)
    n_areas = whole_number(block_groups, "block_groups", "block groups", least=8)
    n_branches = whole_number(branches, "branches", "branches", least=1)
    if n_branches > len(_BRANCHES):
        raise InvalidArgumentError(f"branches must be at most {len(_BRANCHES)}; got {n_branches}.")
    n_years = whole_number(years, "years", "years", least=1)
    if n_years > _YEARS:
        raise InvalidArgumentError(f"years must be at most {_YEARS}; got {n_years:,}.")
    rng = np.random.default_rng(check_seed(seed))
    first = _first_day(start)
    begin = int(first.astype("M8[us]").astype(np.int64))
    days = float((_years_later(first, n_years) - first).astype(np.int64))
    areas, segment_of = draw_areas(rng, n_areas, _BRANCHES[:n_branches])
    people = _draw_people(rng, n, areas, segment_of, days)
    loans = _draw_loans(rng, people, begin, days)
    kept = np.unique(loans["customer_id"])
    place = areas["block_group"][people["area"]][kept]
    customers = {
        "customer_id": kept,
        "segment": areas["segment"][people["area"]][kept],
        "age_band": people["age_band"][kept],
        "block_group": place,
        "branch": areas["branch"][people["area"]][kept],
    }
    until = np.datetime64(begin + int(days) * _DAY - 1, "us")
    return SimulatedLibrary(
        customer_id=kept,
        visits_a_year=people["rate"][kept],
        moment=until,
        _frames={"loans": loans, "customers": customers, "areas": areas},
    )


def _first_day(start: Any) -> np.datetime64:
    try:
        day = np.datetime64(start, "D")
    except (TypeError, ValueError):
        day = np.datetime64("NaT", "D")
    # what a log can hold, with the years that follow
    if np.isnat(day) or not np.datetime64("1700-01-01") <= day <= np.datetime64("2200-01-01"):
        raise InvalidArgumentError(
            f"start must be a date of 1700 to 2200 such as '2012-01-01'; got {start!r}."
        )
    return day


def _years_later(day: np.datetime64, years: int) -> np.datetime64:
    month = day.astype("M8[M]")
    later = (month + np.timedelta64(12 * years, "M")).astype("M8[D]")
    return np.datetime64(later + (day - month), "D")


def _draw_people(
    rng: np.random.Generator, n: int, areas: Columns, segment_of: Ints, days: float
) -> Columns:
    """Return where each card holder lives, how often it goes, and when it joins and stops."""
    joins = np.array([one.joins for one in SEGMENTS])[segment_of] * areas["population"]
    area = np.sort(rng.choice(len(segment_of), n, p=joins / joins.sum()))
    kinds = segment_of[area]
    shape = np.array([one.unevenness for one in SEGMENTS])[kinds]
    mean = np.array([one.visits for one in SEGMENTS])[kinds]
    leaves = -np.log1p(-np.array([one.leaves for one in SEGMENTS])[kinds]) / 365.25
    # two in three were there before; the others join as time goes on
    joined = np.where(rng.random(n) < 0.65, 0.0, rng.uniform(0.0, days, n))
    return {
        "area": area,
        "kind": kinds,
        "rate": np.maximum(rng.gamma(shape, mean / shape), 0.2),
        "joined": joined,
        "stopped": np.minimum(joined + rng.exponential(1.0 / leaves), days),
        "age_band": _draw_ages(rng, kinds),
    }


def _draw_ages(rng: np.random.Generator, kinds: Ints) -> NDArray[np.object_]:
    """Return age bands, which only partly follow from where somebody lives."""
    bands = np.array(["under 25", "25 to 44", "45 to 64", "65 and over"], object)
    centre = np.array([1.2, 2.8, 1.0, 0.2, 1.7, 1.2, 2.0, 1.4])[kinds]
    drawn = np.clip(np.rint(centre + rng.normal(0.0, 0.7, len(kinds))), 0, 3)
    return bands[drawn.astype(np.int64)]


def _draw_loans(rng: np.random.Generator, people: Columns, begin: int, days: float) -> Columns:
    """Return one row per visit, physical or digital."""
    length = people["stopped"] - people["joined"]
    count = rng.poisson(people["rate"] * length / 365.25)
    count += (count == 0) & (rng.random(len(count)) < 0.7)
    who = np.repeat(np.arange(len(count)), count)
    day = people["joined"][who] + rng.random(len(who)) * length[who]
    # fewer in summer: one in four of its visits does not take place
    summer = np.sin(2.0 * np.pi * (day / 365.25 - 0.28)) > 0.7
    kept = ~(summer & (rng.random(len(who)) < 0.25))
    kept[np.unique(who, return_index=True)[1]] = True
    who, day = who[kept], day[kept]
    odds = np.array([one.digital for one in SEGMENTS])[people["kind"]]
    odds = odds + rng.normal(0.0, 1.6, len(odds))
    shift = np.array([one.shift for one in SEGMENTS])[people["kind"]]
    digital = rng.random(len(who)) < 1.0 / (1.0 + np.exp(-odds[who] - shift[who] * day / 365.25))
    # the doors are open from nine to eight; screens never close
    hour = np.where(digital, rng.uniform(0.0, 24.0, len(who)), rng.uniform(9.0, 20.0, len(who)))
    when = begin + np.floor(np.minimum(day, days - 1.0)).astype(np.int64) * _DAY
    genres, shares = list(GENRES), np.array(list(GENRES.values()))
    loans: Columns = {
        "customer_id": who,
        "timestamp": (when + (hour * 3.6e9).astype(np.int64)).astype("M8[us]"),
        "quantity": 1 + rng.poisson(np.where(digital, 0.4, 2.2)),
        "channel": np.where(digital, "digital", "physical").astype(object),
        "category": np.array(genres, object)[rng.choice(len(genres), len(who), p=shares)],
    }
    order = np.argsort(loans["timestamp"], kind="stable")
    return {name: values[order] for name, values in loans.items()}
