"""`build`: from a log to a page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from customerintel.audit.moments_of import history_of
from customerintel.audit.periods import read_periods
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.models.progress import progress_bar
from customerintel.report.material import FEW, Material, Options
from customerintel.report.numbers import day
from customerintel.report.page import Page, Section, assemble
from customerintel.report.place_columns import PlaceColumns, find_places
from customerintel.report.warnings_told import MARK, told
from customerintel.tables import History, TransactionLog
from customerintel.tables.carried import carried_columns_of
from customerintel.tables.roles import missing_column

__all__ = ["build"]

#: Modules of the sections in the order of the page. The first is made last: it says what of all
#: others stands out.
SECTIONS = (
    "headline", "segments", "core", "three_rs", "lenses", "cohorts", "unevenness", "outlook",
    "worth", "data_quality", "definitions",
)  # fmt: skip

#: The looks of charts and the filters of warnings are of the whole process: one page at a time.
_MAKING = threading.RLock()

#: Results that no later section reads: of millions of customers, each takes much memory.
DONE = {"three_rs": ("core",), "worth": ("rfm",)}


def build(
    log: TransactionLog | History, *, as_of: Any = None, customers: Any = None,
    population: Any = None, geojson: Any = None, title: str = "Customer base",
    segment: str | None = None, area: str | None = None, location: str | None = None,
    period: str = "quarter", cohort_period: str = "month", core_share: float = 0.20,
    formats: str | None = None,
    currency: str | None = None, churn: bool | str = "auto", value: bool | str = "auto",
    include_ids: bool = False, progress: bool = False,
) -> Page:  # fmt: skip
    """Make a report on a customer base: one self-contained HTML file.

    Parameters
    ----------
    log : TransactionLog or History
        What was bought.
    as_of : date, datetime, datetime64 or str, optional
        The moment to look from; by default the end of the log's last day, or the moment of a
        history.
    customers : CustomerTable or table, optional
        One row per customer with ``customer_id`` and the columns that `segment`, `area` and
        `location` name: who the core customers are beside everybody. Without a population, the
        page tells the traits in which the core differs most from the others.
    population : table, optional
        How many people live in each segment and area, as for `CoreCustomers.reach`.
    geojson : dict or path, optional
        Shapes of the areas, for a map; features are found by the names of the areas.
    title : str, default "Customer base"
        Head of the page.
    segment, area, location : str, optional
        Columns of `customers` and `population`. Those that are not given are found, if it is
        clear which they are, and the page says so (see Notes).
    period : {"week", "month", "quarter", "year"} or str, default "quarter"
        Periods that the five lenses compare; a length such as "90d" is one, too.
    cohort_period : {"week", "month", "quarter", "year"}, default "month"
        Customers of one such calendar period are one cohort.
    core_share : float, default 0.20
        Share of the active customers that are the core.
    formats : str, optional
        Column that the log carries along whose mix in the core is followed; by default
        ``"channel"``, where there is one.
    currency : str, optional
        Written before amounts, such as "£" or "EUR". By default amounts have no unit.
    churn, value : bool or "auto", default "auto"
        Whether to estimate who will buy no more, and what customers will be worth. "auto": where
        the log allows it, and a sentence says why where it does not; True: an error where it does
        not.
    include_ids : bool, default False
        Name the core customers. The page then holds personal data.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    Page
        With `save` and `html`. It holds aggregates only: groups of fewer than 10 customers are
        not shown. What the library warns of while it computes is explained in the section on
        data quality, and in `Page.notes`; so are rows that look like lines of one order where
        the log has no order ids. Pages asked for at once are made one after another.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, nobody had bought anything by the moment, `customers` and
        `population` have no column of the same name, or `churn` or `value` is True and the log
        does not allow it.
    SchemaError
        If `customers` or `population` lack a column, or the log does not carry `formats`.
    MissingDependencyError
        If matplotlib is not installed.

    Notes
    -----
    Columns that are not given are looked for among those that `customers` and `population` both
    have by name, but for ``customer_id`` and the number of people (``population``, else
    ``count``). The segment is ``"segment"``; else the only one of them that is no area and
    repeats in the population; else the only one of all, where there is no map. The area is the
    first of `CustomerTable.areas` that tells the rows of the population apart, alone or together
    with the segment, or else the first of them; of other tables, the only other column that does
    so. The location is the only further one of `CustomerTable.areas` that repeats. Where several
    would do, none is taken, and a note says so. Without a population, only ``"segment"`` is
    looked for.

    Examples
    --------
    >>> import customerintel as ci
    >>> truth = ci.models.ParetoNBD.from_params(
    ...     dict(r=0.8, alpha=60.0, s=0.6, beta=150.0), unit="day"
    ... )
    >>> log = truth.simulate(60, T=400.0, seed=1)
    >>> page = ci.report.build(log, title="A small shop", churn=False, value=False)
    >>> page.sections[:3]
    ('headline', 'segments', 'core')
    """
    options = Options(
        customers=customers, population=population, geojson=geojson, title=title,
        period=period, cohort_period=cohort_period,
        core_share=core_share, formats=formats, currency=currency, churn=churn, value=value,
        include_ids=include_ids,
    )  # fmt: skip
    named = {"segment": segment, "area": area, "location": location}
    _check(options, named)
    places = find_places(customers, population, named, has_map=geojson is not None)
    _check_map(options, places)
    material = Material(history_of(log, as_of, caller="build"), options, places)
    if not len(material.history.ids):
        raise InvalidArgumentError(
            "Nobody had bought anything by this moment, so there is nothing to report. Give a "
            "later as_of, or other rows."
        )
    if len(material.history.ids) < FEW:
        raise InvalidArgumentError(
            f"A report needs at least {FEW} customers with a purchase by this moment; groups of "
            "fewer are not shown. Give a later as_of, or other rows."
        )
    _check_periods(material.history, options)
    carried = carried_columns_of(material.log)
    if formats is not None and formats not in carried:
        raise missing_column(formats, "formats", list(carried))
    with _MAKING, np.errstate(all="ignore"):
        sections = _sections(material, progress=progress)
    html = assemble(title, _subtitle(material), sections, moment=material.last_day)
    return Page(
        title=title,
        moment=material.history.moment,
        html=html,
        sections=tuple(one.name for one in sections),
        notes=tuple(material.notes),
    )


def _check(options: Options, named: dict[str, str | None]) -> None:
    """Refuse what no section could use."""
    if not isinstance(options.title, str) or not options.title.strip():
        raise InvalidArgumentError("title must be a text, such as the name of the business.")
    for name in ("title", "currency"):
        if not _is_writable(getattr(options, name) or ""):
            raise InvalidArgumentError(
                f"{name} holds half of a letter (a lone surrogate), which no file can hold. Read "
                "it anew with the encoding that it was written in."
            )
    if options.currency is not None and (
        not isinstance(options.currency, str) or not 0 < len(options.currency) <= 4
    ):
        raise InvalidArgumentError(
            "currency must be a sign or a code of at most four letters, such as '£' or 'EUR'."
        )
    for name in ("churn", "value"):
        given = getattr(options, name)
        if given is not True and given is not False and given != "auto":
            raise InvalidArgumentError(f"{name} must be True, False or 'auto'; got {given!r}.")
    if not isinstance(options.include_ids, bool):
        raise InvalidArgumentError("include_ids must be True or False.")
    if not is_number(options.core_share) or not 0.0 < options.core_share < 1.0:
        raise InvalidArgumentError(
            f"core_share must lie between 0 and 1, such as 0.20; got {options.core_share!r}."
        )
    places = [name for name, column in named.items() if column is not None]
    if places and options.customers is None:
        raise InvalidArgumentError(
            f"{places[0]} names a column of the customers, and there are none. Give customers=, a "
            "table with customer_id."
        )
    if options.population is not None and options.customers is None:
        raise InvalidArgumentError(
            "population says who lives where, and nothing says so of the customers. Give "
            "customers=, a table with customer_id and the columns of the population."
        )


def _is_writable(text: Any) -> bool:
    """Whether a file of UTF-8 can hold the text."""
    try:
        return bool(str(text).encode() or True)
    except UnicodeEncodeError:
        return False


def _check_map(options: Options, places: PlaceColumns) -> None:
    if options.geojson is not None and places.area is None:
        raise InvalidArgumentError(
            "geojson holds the shapes of areas, and nothing says which column has them. Give area=."
        )


def _check_periods(history: History, options: Options) -> None:
    """Refuse periods that cannot be read before the work of minutes begins."""
    read_periods(history, options.period)
    try:
        read_periods(history, options.cohort_period, align="calendar")
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f"cohort_{error}") from None


def _sections(material: Material, *, progress: bool) -> list[Section]:
    """Make all sections."""
    made: dict[str, list[Section]] = {}
    order = [*SECTIONS[1:], SECTIONS[0]]
    with progress_bar(len(order), "report", shown=progress) as step:
        for name in order:
            module = import_module(f"customerintel.report.sections.{name}")
            make: Callable[..., Section | None] = module.section
            material.section = name
            more = (_findings(made),) if name == "headline" else ()
            found = material.quietly(partial(make, material, *more))
            made[name] = [] if found is None else [replace(found, name=name)]
            material.forget(DONE.get(name, ()))
            step()
    sections = [one for name in SECTIONS for one in made[name]]
    warned = told(material.notes, {one.name: one.title for one in sections})
    return [replace(one, body=one.body.replace(MARK, warned)) for one in sections]


def _findings(made: dict[str, list[Section]]) -> list[tuple[str, str]]:
    """Return what stands out, with the name of its section: the data, then as on the page."""
    order = ("data_quality", *(name for name in SECTIONS if name != "data_quality"))
    return [(one.name, one.finding) for name in order for one in made.get(name, ()) if one.finding]


def _subtitle(material: Material) -> str:
    return f"Transactions from {day(material.first_day)} to {day(material.last_day)}"
