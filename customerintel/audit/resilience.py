"""`resilience_of`: how the core holds over time, beside what it would if nobody changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cells import Cells, cells_of
from customerintel.audit.core_persistence import Persistence, persistence_of
from customerintel.audit.core_survival import survival_of
from customerintel.audit.customer_draws import check_draws
from customerintel.audit.customer_labels import Labelled, labels_of
from customerintel.audit.float_limits import beyond_floats
from customerintel.audit.format_mix import format_mix_of
from customerintel.audit.inequality import concentration_of
from customerintel.audit.moments_of import history_of
from customerintel.audit.periods import Periods, read_periods
from customerintel.audit.resilience_result import Resilience
from customerintel.audit.small_cells import check_min_cell
from customerintel.audit.stress import check_shocks, stress_of
from customerintel.audit.stress_standing import standing_of
from customerintel.audit.two_periods import core_of_period, pick_two, purchases_of_two
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.tables.history import History
from customerintel.tables.notices import warn_caller
from customerintel.tables.transaction_log import TransactionLog

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers

__all__ = ["Resilience", "resilience_of"]

#: With fewer customers a core says little.
FEW = 20


def resilience_of(
    core: CoreCustomers, log: Any, *, period: Any = "year",
    align: Literal["as_of", "calendar"] = "as_of", formats: str | None = None,
    old: str | Sequence[str] | None = None, new: str | Sequence[str] | None = None,
    segments: Any = None, remove: int | Sequence[int] = (10, 100, 1000),
    churn: float | Sequence[float] = (1.5, 2.0), price: float | Sequence[float] = (0.10,),
    min_cell: int = 10,
    level: float = 0.95, n_boot: int = 200, n_simulations: int = 1_000_000, seed: int = 0,
) -> Resilience:  # fmt: skip
    """Measure how the core holds over time, beside what it would if nobody changed.

    Parameters
    ----------
    core : CoreCustomers
        Its `share` and `by` choose the cores of the periods, too.
    log : TransactionLog or History
        Where what customers bought is looked up. A log is seen as of the core's moment, a
        history as of its own.
    period : str, int or sequence of pairs, default "year"
        As for `read_periods`. The two latest complete ones are compared.
    align : {"as_of", "calendar"}, default "as_of"
        Whether periods are counted back from the moment, or are those of the calendar.
    formats : str, optional
        A column that the log carries, such as ``channel``.
    old, new : str or sequence of str, optional
        Formats that are left and taken up; by default the one that fell most and the one that
        rose most, in shares of all customers' purchases.
    segments : array_like or (table, str), optional
        Labels of customers to lose one segment at a time: one per customer in the order of
        ``core.history.customer_id``, or a table of customers (a `CustomerTable`, or any with a
        column ``customer_id``) and its column.
    remove : int or sequence of int, default (10, 100, 1000)
        Numbers of the largest customers to lose.
    churn : float or sequence of float, default (1.5, 2.0)
        Factors for the churn of the core.
    price : float or sequence of float, default (0.10,)
        Shares by which prices, or the margin, fall.
    min_cell : int, default 10
        What would tell of fewer customers is suppressed; 0 or 1 turns it off. These are segments
        and formats of fewer; removals of fewer, such as ``remove=[1]``, which would be what one
        customer spends, of all but fewer, and those that differ from a smaller removal or from
        the core by fewer; and a core of fewer, or of all but fewer.
    level, n_boot, seed
        Of the intervals: level, times that customers are drawn anew, and seed of the draws.
    n_simulations : int, default 1,000,000
        Customers that are drawn from the null model, where it is not computed.

    Returns
    -------
    Resilience
        Persistence, retention of revenue, half-life, concentration, formats and stress tests.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    SchemaError
        If the log does not carry the column `formats`.

    Warns
    -----
    DataQualityWarning
        If there are no two complete periods (what compares them is then NaN), they differ in
        length, customers are few, core customers are not in the
        log, or nobody bought twice.

    Notes
    -----
    Persistence is the share of the earlier period's core that is in the later one's, where each
    core is the top share of all who bought in its period. In a base where nobody changes it is
    far below 1, as who was at the top had a good year, too: it is never to be read as decay
    before what is expected is taken off. The null model is the gamma-Poisson of Ehrenberg (1959),
    fitted by maximum likelihood to the counts of the earlier period's buyers, zeros unseen; those
    who happened not to buy come back in the later one beside the others. By "frequency" the
    expectation is computed (Goodhardt and Ehrenberg 1967); by spend or volume the later period
    is drawn, with a value per purchase that stays with the customer (Gamma-Gamma, Fader and
    Hardie 2013), fitted to the same period.

    The null model has no newcomers. Real ones are in the later period's base: heavy buyers among
    them take places in its core, light ones make it larger. ``persistence_known`` leaves them
    out, by letting only buyers of both periods into the later core, of which it is the same
    share; where its excess is the nearer to 0, newcomers are the reason. Customers who came in
    the middle of the earlier period look like light ones in it.

    Stress tests are of the latest complete period: what is lost is what those customers spent in
    it, and the rest is taken to grow as the total did over the period before.

    Examples
    --------
    >>> from customerintel.audit.core_set import core_customers
    >>> from customerintel.audit.simulated_library import simulate_library
    >>> library = simulate_library(2_000, seed=1)
    >>> core = core_customers(library.as_of(), window="365d")
    >>> found = core.resilience(library.log, period="year", formats="channel", n_boot=40)
    >>> 0.0 < found.persistence < 1.0
    True
    """
    level, n_boot, seed = check_draws(level, n_boot, seed)
    n_simulations = whole_number(n_simulations, "n_simulations", "customers", least=1)
    min_cell, shocks = check_min_cell(min_cell), check_shocks(remove, churn, price)
    if formats is None and not (old is None and new is None):
        raise InvalidArgumentError(
            "old and new name formats: give the column that holds them, such as formats='channel'."
        )
    history = _history(core, log)
    labels = None if segments is None else labels_of(segments, core.history)
    periods = read_periods(history, period, align=align)
    with beyond_floats():
        return _measured(
            core, history, periods, labels, formats=formats, old=old, new=new, shocks=shocks,
            min_cell=min_cell, level=level, n_boot=n_boot, n_simulations=n_simulations, seed=seed,
        )  # fmt: skip


def _measured(
    core: CoreCustomers, history: History, periods: Periods, labels: Labelled | None, *,
    formats: str | None, old: Any, new: Any, shocks: Mapping[str, Any], min_cell: int,
    level: float, n_boot: int, n_simulations: int, seed: int,
) -> Resilience:  # fmt: skip
    """Return the body of `resilience_of`, its arguments checked."""
    cells, by_format, mix = _cells(core, history, periods), None, None
    in_core = _in_core(core, cells)
    pick = pick_two(cells)
    pair = None if pick is None else purchases_of_two(cells, *pick)
    found = None
    if pair is not None:
        found = persistence_of(
            pair, core.by, core.share, n_boot=n_boot, n_simulations=n_simulations, seed=seed
        )
        _warn_of(found, int((pair.orders[0] > 0.0).sum()))
    if formats is not None:
        by_format = cells_of(history, periods, by=formats)
        whole = np.flatnonzero(periods.complete).tolist()
        cores = (core_of_period(cells, k, core.by, core.share) for k in whole)
        mix = format_mix_of(by_format, cores, old=old, new=new, min_cell=min_cell)
    concentration, stress = None, None
    if periods.complete.any():
        latest = int(np.flatnonzero(periods.complete)[-1])
        churn_before = math.nan if found is None else 1.0 - found.observed["still_active"]
        standing = standing_of(cells, latest, in_core, pair, churn_before, labels, by_format)
        stress = stress_of(standing, **shocks, min_cell=min_cell)
        concentration = concentration_of(
            standing.values, by="spend" if cells.has_amounts else "frequency", level=level,
            n_boot=n_boot, seed=seed, kind=history._log.kind,
        )  # fmt: skip
    return Resilience(
        core=core,
        history=history,
        periods=periods,
        compared=None if pick is None else (periods.labels[pick[0]], periods.labels[pick[1]]),
        level=level,
        survival=survival_of(cells, core.by, core.share),
        concentration=concentration,
        format_mix=mix,
        stress=stress,
        _persistence=found,
    )


def _history(core: CoreCustomers, log: Any) -> History:
    """Return what was known: a log is seen as of the core's moment."""
    if isinstance(log, TransactionLog):
        return History(log, core.history._moment)
    return history_of(log, caller="resilience")


def _cells(core: CoreCustomers, history: History, periods: Periods) -> Cells:
    """Return what customers bought, in the log that the core can be chosen in."""
    cells = cells_of(history, periods)
    if core.by == "spend" and not cells.has_amounts:
        raise InvalidArgumentError(
            'The core is by "spend", and the log has no amounts. Give the log that the core was '
            "made of."
        )
    if too_large := int(np.count_nonzero(~np.isfinite(cells.spend))):
        raise InvalidArgumentError(
            "What a customer spent in a period is more than floats can hold (1.8e308), "
            f"{too_large:,} times. Give amounts in a larger unit, such as millions."
        )
    return cells


def _in_core(core: CoreCustomers, cells: Cells) -> NDArray[np.bool_]:
    """Return who of the customers of the log is in the core that was asked about."""
    here = cells.ids.match(core.ids)[0]
    if missing := core.n_core - len(here):
        warn_caller(
            f"{missing:,} of the {core.n_core:,} core customers have no purchase in this log. Give "
            "the log that the core was made of."
        )
    found = np.zeros(len(cells.ids), bool)
    found[here] = True
    return found


def _warn_of(found: Persistence, n_before: int) -> None:
    """Say where the comparison of two periods tells little, or nothing."""
    if n_before < FEW:
        warn_caller(
            f"Only {n_before:,} customers bought in the earlier of the two periods that are "
            f"compared, and at least {FEW} are needed for a share of them to say much. Take "
            "longer periods."
        )
    if n_before and found.buyers.status == "degenerate":
        warn_caller(
            "Nobody bought twice in the earlier of the two periods that are compared, so nothing "
            "tells how often customers buy, and what is expected is NaN. Take longer periods."
        )
