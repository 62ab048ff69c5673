"""What a blow would cost: revenue of the latest period that is at risk, and how long it lasts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.small_cells import hidden_cells
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.rfm.read_only import seal
from customerintel.tables.results import html_table, one_line

__all__ = ["Standing", "Stress", "StressTests", "check_shocks", "recovery_periods", "stress_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Stress:
    """One blow.

    Attributes
    ----------
    kind : str
        "customers", "core", "segment", "format", "churn" or "price".
    what : str
        How many of the largest customers, which segment or format, or how much.
    customers : float
        Who is lost; NaN where nobody in particular is.
    at_risk : float
        Revenue of the latest complete period that would be missing in it, or purchases where the
        log has no amounts.
    """

    kind: str
    what: str
    customers: float
    at_risk: float


@dataclass(frozen=True, eq=False, repr=False)
class StressTests:
    """Blows and what they would cost; one entry per blow, read-only.

    Attributes
    ----------
    kind, what : tuple of str
        As of `Stress`.
    customers, at_risk : ndarray of float64
        As of `Stress`; NaN where `suppressed`.
    share : ndarray of float64
        Of the period's total; NaN where that is not positive.
    recovery : ndarray of float64
        Periods until the rest has grown to the old total; inf where it does not grow.
    suppressed : ndarray of bool
        Blows to so few customers that a figure would be that of persons, by itself or less
        another.
    measure : str
        "spend" or "purchases".
    total : float
        Of the latest complete period.
    growth : float
        Of the total over the period before, per period; NaN without one.
    """

    kind: tuple[str, ...]
    what: tuple[str, ...]
    customers: Floats
    at_risk: Floats
    share: Floats
    recovery: Floats
    suppressed: Mask
    measure: str
    total: float
    growth: float

    def __post_init__(self) -> None:
        seal(self)

    def __repr__(self) -> str:
        return one_line("StressTests", tests=len(self.kind), suppressed=int(self.suppressed.sum()))

    def _repr_html_(self) -> str:
        rows = [(what, float(share)) for what, share in zip(self.what, self.share, strict=True)]
        return html_table("Stress tests: share at risk", rows)


@dataclass(frozen=True, eq=False)
class Standing:
    """What there is to lose in the latest period.

    Attributes
    ----------
    values : ndarray of float64, shape (n,)
        Of each customer who bought in it.
    core : ndarray of bool, shape (n,)
        Who of them is core.
    earlier_total : float
        Total of the period before, brought to the same length; NaN without one.
    churn : float
        Share of the core before that has not bought since; NaN without one.
    segments : dict of str to (customers, value)
        Of all customers, by segment.
    formats : dict of str to (customers, value)
        By format.
    measure : str
        What the values are.
    """

    values: Floats
    core: Mask
    earlier_total: float
    churn: float
    measure: str
    segments: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    formats: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def recovery_periods(share: float, growth: float) -> float:
    """Return after how many periods a loss is made good by growth.

    Parameters
    ----------
    share : float
        Of the total that is lost.
    growth : float
        Of what is left, per period.

    Returns
    -------
    float
        ``-log(1 - share) / log(1 + growth)``: 0 for no loss, inf where nothing is left or it
        does not grow, NaN where either is unknown.

    Examples
    --------
    >>> round(recovery_periods(0.1, 0.05), 2)
    2.16
    >>> recovery_periods(0.1, -0.02)
    inf
    """
    if math.isnan(share) or math.isnan(growth):
        return math.nan
    if share <= 0.0:
        return 0.0
    if share >= 1.0 or growth <= 0.0:
        return math.inf
    return -math.log1p(-share) / math.log1p(growth)


def check_shocks(
    remove: int | Sequence[int], churn: float | Sequence[float], price: float | Sequence[float]
) -> dict[str, Any]:
    """Return the sizes of the blows, by the names of the arguments.

    Raises
    ------
    InvalidArgumentError
        If one cannot be.
    """

    def read(values: Any, name: str, what: str, low: float, high: float) -> list[float]:
        listed = list(values) if isinstance(values, Sequence | np.ndarray) else [values]
        for one in listed:
            if not is_number(one) or not low <= one < high:
                raise InvalidArgumentError(f"{name} must be {what}; got {one!r}.")
        return [float(one) for one in listed]

    heads = read(remove, "remove", "numbers of customers, at least 1 each", 1.0, math.inf)
    if any(one != int(one) for one in heads):
        raise InvalidArgumentError("remove must be whole numbers of customers.")
    factors = read(churn, "churn", "factors of at least 1, such as (1.5, 2.0)", 1.0, math.inf)
    cuts = read(price, "price", "shares from 0 to below 1, such as (0.10,)", 0.0, 1.0)
    return {"remove": tuple(map(int, heads)), "churn": tuple(factors), "price": tuple(cuts)}


def stress_of(
    standing: Standing, *, remove: Sequence[int], churn: Sequence[float], price: Sequence[float],
    min_cell: int,
) -> StressTests:  # fmt: skip
    """Return what each blow would cost.

    Parameters
    ----------
    standing : Standing
        What there is to lose.
    remove : sequence of int
        The m largest customers leave. Those with the largest values: what is lost is theirs.
    churn : sequence of float
        The core's churn is f times what it was: of the core's value, the share
        ``min(f c, 1) - c`` is lost besides.
    price : sequence of float
        Prices, or the margin on each, fall by this share and nobody buys more for it: that share
        of all is lost. Spend only.
    min_cell : int
        Segments and formats of fewer customers, but not of none, are suppressed, and another
        where the total would tell one; so are a core of fewer, and removals of fewer or of all
        but fewer, or that differ by fewer from a smaller one or from the core.
    """
    values, total = standing.values, float(standing.values.sum())
    growth = total / standing.earlier_total - 1.0 if standing.earlier_total > 0.0 else math.nan
    rows = [*_customers(standing, remove)]
    for kind, groups in (("segment", standing.segments), ("format", standing.formats)):
        rows += [Stress(kind, name, n, value) for name, (n, value) in groups.items()]
    core = float(values[standing.core].sum())
    for factor in churn:
        more = min(factor * standing.churn, 1.0) - standing.churn
        lost = more * float(standing.core.sum())
        rows.append(Stress("churn", f"{factor:g} times", lost, more * core))
    if standing.measure == "spend":
        rows += [
            Stress("price", f"{100.0 * cut:g} % lower", math.nan, cut * total) for cut in price
        ]
    few = _too_few(rows, min_cell) | _few_removed(rows, standing, min_cell)
    at_risk = np.where(few, np.nan, [one.at_risk for one in rows])
    share = at_risk / total if total > 0.0 else np.full(len(rows), np.nan)
    return StressTests(
        kind=tuple(one.kind for one in rows),
        what=tuple(one.what for one in rows),
        customers=np.where(few, np.nan, [one.customers for one in rows]),
        at_risk=at_risk,
        share=share,
        recovery=np.array([recovery_periods(one, growth) for one in share.tolist()], np.float64),
        suppressed=few,
        measure=standing.measure,
        total=total,
        growth=growth,
    )


def _customers(standing: Standing, remove: Sequence[int]) -> list[Stress]:
    """Return the loss of the largest customers, and that of the core."""
    values, n = standing.values, len(standing.values)
    rows = []
    for m in remove:
        if m < n:
            value = float(np.partition(values, n - m)[n - m :].sum())
            rows.append(Stress("customers", f"{m:,} largest", float(m), value))
    core = standing.core
    rows.append(Stress("core", "all core customers", float(core.sum()), float(values[core].sum())))
    return rows


def _too_few(rows: Sequence[Stress], min_cell: int) -> Mask:
    """Tell which segments and formats are of too few customers to be shown."""
    kinds = np.array([one.kind for one in rows], object)
    customers = np.array([one.customers for one in rows])
    found = np.zeros(len(rows), bool)
    for kind in ("segment", "format"):
        places = np.flatnonzero(kinds == kind)
        if len(places):
            found[places] = hidden_cells(customers[places], min_cell)
    return found


def _few_removed(rows: Sequence[Stress], standing: Standing, min_cell: int) -> Mask:
    """Tell where what is lost, or what it leaves of another loss or the total, is that of few."""
    n, core = len(standing.values), standing.core
    n_core = int(core.sum())
    core_is_told = _is_enough(n_core, min_cell) and _is_enough(n - n_core, min_cell)
    # of those with equal values, the core's first: as much alike as the two can be
    order = np.lexsort((~core, -standing.values))
    shared = np.concatenate([[0], np.cumsum(core[order])])
    told = {0}
    for m in sorted({int(one.customers) for one in rows if one.kind == "customers"}):
        apart = m + n_core - 2 * int(shared[m])
        if (
            m - max(told) >= min_cell
            and _is_enough(n - m, min_cell)
            and (not core_is_told or _is_enough(apart, min_cell))
        ):
            told.add(m)
    return np.array(
        [
            one.customers not in told if one.kind == "customers"
            else one.kind in ("core", "churn") and not core_is_told
            for one in rows
        ],
        bool,
    )  # fmt: skip


def _is_enough(n: int, min_cell: int) -> bool:
    return n == 0 or n >= min_cell
