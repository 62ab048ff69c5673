"""Reach: how broadly the core customers cover the segments and areas of a population."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.audit.area_population import read_population
from customerintel.audit.customer_draws import check_draws
from customerintel.audit.customer_places import (
    open_customers,
    place_customers,
    warn_of_unplaced,
)
from customerintel.audit.reach_reckoning import ReachOptions, reckon_reach
from customerintel.audit.reach_result import Reach
from customerintel.audit.small_cells import check_min_cell
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number, whole_number

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers

__all__ = ["Reach", "reach_of"]


def reach_of(
    core: CoreCustomers, *, customers: Any, population: Any = None, segment: str | None = None,
    area: str | None = None, location: str | None = None, count: str = "population",
    at_least: int | None = None, penetration_at_least: float | None = None, min_cell: int = 10,
    level: float = 0.95, n_boot: int = 200, seed: int = 0,
) -> Reach:  # fmt: skip
    """Return how broadly the core customers cover a population.

    Parameters
    ----------
    core : CoreCustomers
        Made by `core_customers`.
    customers : CustomerTable or table
        One row per customer, with a column ``customer_id``.
    population : table, optional
        People per area and segment, of any kind of table; rows of one place add up. Without it,
        the core is compared with all active customers.
    segment, area, location : str, optional
        Columns of both tables; at least one of the first two. Where customers have no column of
        the segment or the location, it is that of their area, if the population has but one per
        area. Where the population has no column of the location, each location is compared with
        the population of all.
    count : str, default "population"
        Column of the population with the number of people.
    at_least : int, optional
        Core customers that make a segment covered; `min_cell` if not given.
    penetration_at_least : float, optional
        Active customers per inhabitant that make an area covered; a tenth of the penetration of
        all areas together if not given.
    min_cell : int, default 10
        Smaller numbers of customers, in the core or out of it, and all that is computed from
        them, are NaN, and so are the next smallest where totals would give one away. 0 is shown. 0
        or 1 turns it off.
    level : float, default 0.95
        Of each interval.
    n_boot : int, default 200
        Times that the customers are drawn anew.
    seed : int, default 0
        Of these draws.

    Returns
    -------
    Reach

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
        If customers have no known place, or are in a segment without people.

    Notes
    -----
    With ``c`` the shares of the core and ``p`` those of the population over the S segments with
    people: index = 100 c / p; breadth = exp(-Σ c log c) (Hill 1973); evenness = breadth / S;
    dissimilarity = ½ Σ abs(c - p) (Duncan and Duncan 1955). A segment or area without people counts
    for no coverage, and has no penetration and no index.

    Intervals are percentiles over people of the population drawn anew, customers or not, from
    the cells of their contingency table (without population: over customers); the core stays
    the core, and the population as large as it is (Efron and Tibshirani 1993, chapter 13).
    Dissimilarity is too large in small samples, and larger still in their replicates: read it
    beside `Reach.dissimilarity_by_chance`.

    Figures over segments are reckoned with those that are hidden put together as one, since the
    breadth of few segments can be solved for their numbers; they, and their intervals, then tell
    no more than the sum that is known anyway. They are NaN where nothing but hidden segments is
    left. Evenness and coverage count them as one segment; breadth and dissimilarity are no larger
    than with all apart. The sums of areas over segments and locations
    tell no hidden number, if an area is a part of one of each. Still known are bounds: 0, the sum,
    and from the coverage of areas. Two results, of windows, cores or columns that differ little,
    can be subtracted from each other, and warnings tell exact numbers: they are for whoever holds
    the data.

    A label of an area describes the area, not the persons in it: that the core lives in
    well-to-do areas does not say that the core is well-to-do (Robinson 1950, American
    Sociological Review 15, 351-357).

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": list(range(100)) * 2,
    ...     "timestamp": ["2024-01-05"] * 100 + ["2024-02-05"] * 100,
    ... })
    >>> from customerintel.audit.core_set import core_customers
    >>> core = core_customers(log.as_of("2024-03-01"), share=0.5)
    >>> people = {"customer_id": range(100), "segment": ["old", "young"] * 50}
    >>> town = {"segment": ["old", "young"], "population": [600, 200]}
    >>> reach = reach_of(core, customers=people, population=town, segment="segment")
    >>> reach.penetration, reach.coverage
    (0.125, 1.0)
    >>> reach.segments.names, reach.segments.figures["penetration"].round(3)
    (('old', 'young'), array([0.083, 0.25 ]))
    """
    columns = {"segment": segment, "area": area, "location": location}
    options = _check(columns, at_least, penetration_at_least, min_cell, (level, n_boot, seed))
    table, available = open_customers(customers, columns)
    people = None if population is None else read_population(population, columns, count)
    places = place_customers(core.history, table, people, columns, available)
    counts = places.counts(core.active)
    warn_of_unplaced(counts, int(core.active.sum()))
    return reckon_reach(core, places, people, options, counts)


def _check(
    columns: Mapping[str, Any], at_least: Any, rate: Any, min_cell: Any, draws: tuple[Any, ...]
) -> ReachOptions:
    if columns["segment"] is None and columns["area"] is None:
        raise InvalidArgumentError(
            "reach needs the name of a column of segments or of areas: segment=… or area=…."
        )
    min_cell = check_min_cell(min_cell)
    if at_least is None:
        at_least = min_cell
    if rate is not None and (not is_number(rate) or not rate >= 0.0 or rate == np.inf):
        raise InvalidArgumentError(
            "penetration_at_least must be 0 or a positive number of customers per inhabitant, "
            f"such as 0.05; got {rate!r}."
        )
    at_least = whole_number(at_least, "at_least", "core customers", least=1)
    return ReachOptions(at_least, rate, min_cell, *check_draws(*draws))
