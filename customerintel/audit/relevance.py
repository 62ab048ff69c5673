"""Relevance: how well the segments of the core agree with those of a population, and its use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit import relevance_measures
from customerintel.audit.area_population import read_population
from customerintel.audit.behaviour_by_place import Behaviour, behaviours, read_use
from customerintel.audit.customer_draws import check_draws
from customerintel.audit.customer_places import (
    CustomerPlaces,
    open_customers,
    place_customers,
    warn_of_unplaced,
)
from customerintel.audit.distribution_distances import shares_of, top_overlap
from customerintel.audit.measured import Measured, measure
from customerintel.audit.reach_reckoning import segment_table
from customerintel.audit.relevance_result import LocationRelevance, Relevance, TopList
from customerintel.audit.small_cells import blank, check_min_cell
from customerintel.audit.told_segments import (
    Forced,
    HiddenCounts,
    SegmentTable,
    ToldTable,
    hide_counts,
)
from customerintel.audit.told_totals import Totals, told_totals
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number, whole_number
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers

__all__ = ["Relevance", "relevance_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Options:
    """What the caller asks for: the arguments of `relevance_of` of the same names."""

    top: int
    persistence: float
    min_cell: int
    level: float
    n_boot: int
    seed: int


def relevance_of(
    core: CoreCustomers, *, customers: Any, population: Any = None, segment: str = "segment",
    area: str | None = None, location: str | None = None, top: int = 10,
    count: str = "population", persistence: float = 0.9, satisfaction: str | None = None,
    share_of_wallet: str | None = None, min_cell: int = 10, level: float = 0.95,
    n_boot: int = 200, seed: int = 0,
) -> Relevance:  # fmt: skip
    """Return how well the segments of the core agree with those of a population.

    Parameters
    ----------
    core : CoreCustomers
        Made by `core_customers`.
    customers : CustomerTable or table
        One row per customer, with a column ``customer_id``.
    population : table, optional
        People per area and segment, as for `reach_of`. Without it, the core is compared with all
        active customers.
    segment : str, default "segment"
        Column of both tables.
    area, location : str, optional
        Columns, as for `reach_of`.
    top : int, default 10
        Length of the lists of the first segments.
    count : str, default "population"
        Column of the population with the number of people.
    persistence : float, default 0.9
        Of rank-biased overlap: how likely one looks at one more place of the lists.
    satisfaction, share_of_wallet : str, optional
        Columns of the customers, with numbers or nothing.
    min_cell : int, default 10
        As for `reach_of`.
    level : float, default 0.95
        Of each interval.
    n_boot : int, default 200
        Times that the customers are drawn anew.
    seed : int, default 0
        Of these draws.

    Returns
    -------
    Relevance

    Raises
    ------
    SchemaError
        If a column is missing, or an area does not tell the segment that customers do not have.
    DataValidationError
        If rows of a table break a rule, such as a negative number of people.
    InvalidArgumentError
        If an argument cannot be used, or the population has no people.

    Warns
    -----
    DataQualityWarning
        If customers have no known place, or there are no more than `top` segments.

    Notes
    -----
    With ``c`` the shares of the core and ``p`` those of the population: overlap, of the first
    `top` of both; rank-biased overlap (Webber, Moffat and Zobel 2010, eq. 30); Spearman's
    correlation; alignment Σ min(c, p) = 1 - dissimilarity; Jensen-Shannon distance in base 2
    (Endres and Schindelin 2003). The same for each location, compared with its own population
    where that is known, and distances between the cores of locations: where the offer is local,
    each is near its own population and they differ from each other.

    Hidden segments are put together as one, and in orders tied, as told of `Relevance`.

    Intervals of these figures are percentiles over customers drawn anew (Efron and Tibshirani
    1993, chapter 13), those of rates score intervals (Wilson 1927). A small core differs from
    the population by chance alone: see `Reach.dissimilarity_by_chance`.

    A label of an area describes the area, not the persons in it (Robinson 1950, American
    Sociological Review 15, 351-357).

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.audit.core_set import core_customers
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": list(range(200)),
    ...     "timestamp": ["2024-01-05"] * 200,
    ... })
    >>> core = core_customers(log.as_of("2024-03-01"), share=0.5)
    >>> people = {"customer_id": range(200), "segment": ["a", "b"] * 100}
    >>> town = {"segment": ["a", "b", "c"], "population": [500, 300, 200]}
    >>> relevance = relevance_of(core, customers=people, population=town, top=1)
    >>> relevance.tops.population
    ('a',)
    """
    columns: dict[str, str | None] = {"segment": segment, "area": area, "location": location}
    opinions = {"satisfaction": satisfaction, "share_of_wallet": share_of_wallet}
    options = _check(segment, top, persistence, min_cell, (level, n_boot, seed))
    table, available = open_customers(customers, {**columns, **opinions})
    people = None if population is None else read_population(population, columns, count)
    places = place_customers(core.history, table, people, columns, available)
    counts = places.counts(core.active)
    n_segments = len(places.names["segment"])
    if n_segments <= options.top:
        warn_caller(
            f"top={options.top} is no fewer than the {n_segments} segments, which are then in "
            "every list: the overlap is NaN. Give a smaller top, such as "
            f"top={max(1, n_segments // 2)}."
        )
    use = read_use(core, table, places, opinions, available)
    warn_of_unplaced(counts, int(core.active.sum()))
    by = segment_table(core, places, people, 1)
    behaviour = behaviours(use, places, options.min_cell, options.level)
    # beside what is told of active customers here, the rest of them must not be told either
    forced = Forced(
        active=_hidden_active(behaviour["behaviour_by_segment"]),
        place_active=_hidden_active(behaviour["behaviour_by_location"], 1),
    )
    hidden = hide_counts(by, options.min_cell, forced)
    totals = told_totals(by, core.n_active, counts, options.min_cell)
    return Relevance(
        **_agreement(places, by, hidden, totals, options),
        **behaviour,
        n_active=totals.active,
        n_customers=totals.customers,
        n_core=totals.core,
        left_out=totals.left_out,
        top=options.top,
        persistence=options.persistence,
        min_cell=options.min_cell,
        level=options.level,
        n_boot=options.n_boot,
        _kind=core.history._log.kind,
    )


def _hidden_active(behaviour: Behaviour | None, shift: int = 0) -> Mask | None:
    if behaviour is None:
        return None
    return np.append(np.zeros(shift, bool), np.isnan(behaviour.active))


def _check(
    segment: Any, top: Any, persistence: Any, min_cell: Any, draws: tuple[Any, ...]
) -> _Options:
    if segment is None:
        raise InvalidArgumentError(
            "relevance compares segments, so it needs the name of their column: segment=…."
        )
    top = whole_number(top, "top", "segments", least=1)
    if not is_number(persistence) or not 0.0 < persistence < 1.0:
        raise InvalidArgumentError(
            f"persistence must lie between 0 and 1, such as 0.9; got {persistence!r}."
        )
    return _Options(top, float(persistence), check_min_cell(min_cell), *check_draws(*draws))


def _agreement(
    places: CustomerPlaces, table: SegmentTable, hidden: HiddenCounts, totals: Totals,
    options: _Options,
) -> dict[str, Any]:  # fmt: skip
    """Return the fields of `Relevance` that compare core and population."""
    names = places.names["segment"]
    told = ToldTable.of_all(table, hidden.core)
    few_core = bool(np.isnan(totals.core))
    base = hidden.active if table.people is None else np.zeros(len(names), bool)
    counts = table.by_segment
    p = shares_of(counts.sum(axis=1).astype(np.float64) if table.people is None else table.people)
    figures = _figures(told, options)
    return {
        "segment": names,
        "share_of_core": blank(shares_of(counts[:, 1].astype(np.float64)), hidden.core),
        "share_of_population": blank(p, base),
        "suppressed": hidden.core,
        "tops": _top_lists(names, told, options, np.array([few_core]))[0],
        "by_location": _locations(places, table, hidden, options),
        "_figures": figures.blank(np.full(len(figures.names), few_core)),
    }


def _figures(told: ToldTable, options: _Options) -> Measured:
    return measure(
        told.counts,
        lambda counts: relevance_measures.relevance_figures(
            told, counts, top=options.top, persistence=options.persistence
        ),
        level=options.level, n_boot=options.n_boot, seed=options.seed,
    )  # fmt: skip


def _top_lists(
    names: tuple[str, ...], told: ToldTable, options: _Options, hide: Mask
) -> tuple[TopList, ...]:
    """Return the first segments of both, of each row of the table."""
    shares = relevance_measures.shares_by(told, told.counts)
    c, p = (np.atleast_2d(x) for x in relevance_measures.shares_in_order(told, *shares))
    few = np.atleast_2d(told.hidden)
    rows = zip(c, p, few, hide.tolist(), strict=True)
    return tuple(_top_list(names, *row, hide=gone, top=options.top) for *row, gone in rows)


def _top_list(
    names: tuple[str, ...], c: Floats, p: Floats, few: Mask, *, hide: bool, top: int
) -> TopList:
    """Return the first segments of both; nothing of the core where it is too small."""
    unknown = np.isnan(c).any() or np.isnan(p).any()
    found = top_overlap(np.nan_to_num(c), np.nan_to_num(p), top)
    mine = () if hide else tuple(i for i in found.first if not few[i])
    nothing = hide or unknown
    return TopList(
        core=tuple(names[i] for i in mine),
        population=tuple(names[i] for i in found.second),
        least=np.nan if nothing else found.least,
        most=np.nan if nothing else found.most,
    )


def _locations(
    places: CustomerPlaces, table: SegmentTable, hidden: HiddenCounts, options: _Options
) -> LocationRelevance | None:
    if "location" not in places.names:
        return None
    told, few = ToldTable.of_places(table, hidden), hidden.place_core[1:]
    figures = _figures(told, options)
    core = table.counts[1:, :, 1]
    distances = relevance_measures.between_locations(core, hidden.cells[1:])
    return LocationRelevance(
        names=places.names["location"],
        core=blank(table.by_place[1:, 1], few),
        figures=figures.blank(np.broadcast_to(few, figures.estimate.shape)),
        tops=_top_lists(places.names["segment"], told, options, few),
        distances=np.where(few[:, None] | few, np.nan, distances),
        suppressed=few,
    )
