"""`Concentration`: what `concentration` finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.customer_draws import draw, group_starts
from customerintel.audit.lorenz_curve import Curve
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number, whole_number
from customerintel.models.intervals import bounds
from customerintel.rfm.read_only import read_only
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["Concentration"]

Floats = NDArray[np.float64]

#: Points of the curve in tables and pictures, less one.
_POINTS: Final = 200
#: Rows of the frame: name, figure, and what it is asked with.
_ROWS: Final[tuple[tuple[str, str, tuple[float, ...]], ...]] = (
    ("gini", "gini", ()),
    ("hhi", "hhi", ()),
    ("effective_customers", "effective_customers", ()),
    ("top_1_customer_share", "top_n_share", (1,)),
    ("top_5_customers_share", "top_n_share", (5,)),
    ("top_1_percent_share", "top_share", (0.01,)),
    ("top_5_percent_share", "top_share", (0.05,)),
    ("pareto_share", "top_share", (0.20,)),
    ("customers_for_50_percent", "customers_for", (0.50,)),
    ("customers_for_80_percent", "customers_for", (0.80,)),
)
#: What has an interval, and what it is asked with.
_FIGURES: Final = {
    "gini": None,
    "hhi": None,
    "effective_customers": None,
    "pareto_share": None,
    "top_share": "share",
    "top_n_share": "n",
    "customers_for": "share",
}


@dataclass(frozen=True, eq=False, repr=False)
class Concentration:
    """How unevenly customers share a total; made by `concentration`.

    Attributes
    ----------
    by : str
        What is shared: "spend", "frequency" or "volume".
    n_customers : int
        Customers who bought.
    n_zero_buyers : int
        Those who bought nothing and were added as zeros.
    includes_zero_buyers : bool
        Whether the figures are of zero buyers too.
    n_negative : int
        Customers with a total below 0, who count as 0.
    negative_total : float
        What their totals added up to, in the unit of `total`.
    total : float
        What is shared, those below 0 at 0.
    level : float
        Of the intervals.
    n_boot, seed : int
        Times that customers are drawn anew for them, and the seed of the draws.

    Notes
    -----
    All figures describe the customers at hand, without a correction for small numbers. Where
    nothing is shared, they are NaN.

    Intervals are percentiles over customers drawn anew (Efron and Tibshirani 1993, chapter 13).
    Customers with equal totals are drawn together, which is the same thing; of more than 8,192
    distinct totals, the 1,024 at either end stand alone, and those between are put into 4,096
    groups of nearly equal totals. A bootstrap tells little of the very largest customer: read
    the intervals of the shares of 1 or 5 customers, and of the HHI where one customer makes it,
    as too short.

    References
    ----------
    .. [1] Gini, C. (1912). Variabilità e mutabilità. Bologna: Cuppini.
    .. [2] Davidson, R. (2009). Reliable inference for the Gini index. Journal of Econometrics
       150, 30-40; section 2: the index of a discrete distribution.
    .. [3] Herfindahl, O. C. (1950). Concentration in the Steel Industry. Columbia University;
       its inverse as a number of equals: Adelman, M. A. (1969), Review of Economics and
       Statistics 51, 99-101.
    """

    by: str
    n_customers: int
    n_zero_buyers: int
    includes_zero_buyers: bool
    n_negative: int
    negative_total: float
    total: float
    level: float
    n_boot: int
    seed: int
    _curve: Curve = field(repr=False)
    _buyers: Curve = field(repr=False)
    _kind: Kind = field(repr=False)

    @cached_property
    def gini(self) -> float:
        """Gini index: 0 where all have the same, near 1 where one has all."""
        return self._curve.gini()

    @cached_property
    def gini_of_buyers(self) -> float:
        """Gini index without the zero buyers that were added."""
        return self._buyers.gini()

    @cached_property
    def hhi(self) -> float:
        """Herfindahl-Hirschman index: the sum of the squared shares, from 1 / n to 1."""
        return self._curve.hhi()

    @cached_property
    def effective_customers(self) -> float:
        """How many customers with equal totals would be as concentrated: 1 / HHI."""
        return self._curve.effective_customers()

    @cached_property
    def pareto_share(self) -> float:
        """Share of the total that the largest 20 % of the customers have."""
        return self.top_share(0.20)

    def top_share(self, share: float) -> float:
        """Return the share of the total that the largest customers have.

        Parameters
        ----------
        share : float
            Share of the customers, from 0 to 1. Where it falls within a customer, the Lorenz
            curve is followed in a straight line.
        """
        return self._curve.top_share(_share(share))

    def top_n_share(self, n: int) -> float:
        """Return the share of the total that the `n` largest customers have; 1 beyond all."""
        return self._curve.top_n_share(whole_number(n, "n", "customers", least=0))

    def customers_for(self, share: float) -> int | None:
        """Return the smallest number of customers who have a share of the total.

        Parameters
        ----------
        share : float
            Share of the total, from 0 to 1.

        Returns
        -------
        int or None
            None where nothing is shared.
        """
        found = self._curve.customers_for(_share(share))
        return None if np.isnan(found) else int(found)

    def interval(self, name: str, value: float | None = None) -> tuple[float, float]:
        """Return the interval of a figure.

        Parameters
        ----------
        name : str
            "gini", "hhi", "effective_customers", "pareto_share"; or, with `value`, "top_share",
            "top_n_share" and "customers_for".
        value : float, optional
            What the figure is asked with, such as ``interval("top_share", 0.10)``.

        Returns
        -------
        lower, upper : float
            Ends; NaN where the figure is, or some of the draws have nothing to share.

        Raises
        ------
        InvalidArgumentError
            If there is no such figure.
        """
        figure = _figure(name, value)
        drawn = np.array([figure(curve) for curve in self._replicates()])
        lower, upper = bounds(drawn, self.level)
        return float(lower), float(upper)

    def _replicates(self) -> Iterator[Curve]:
        """Yield the curves of the customers drawn anew."""
        means, squares, counts = self._drawn
        for row in counts:
            yield Curve(means, row.astype(np.float64), squares)

    @cached_property
    def _drawn(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Mean and mean square of each group, and how many of it every replicate has."""
        curve = self._curve
        if not len(curve.values):
            return curve.values, curve.values, np.zeros((self.n_boot, 0), np.int64)
        # a value of many customers is one group; groups are cut among the distinct values
        starts = group_starts(curve.values)
        counts = np.add.reduceat(curve.counts, starts)
        means = np.add.reduceat(curve.counts * curve.values, starts) / counts
        squares = np.add.reduceat(curve.counts * curve.values**2, starts) / counts
        return means, squares, draw(counts, self.n_boot, self.seed)

    @cached_property
    def lorenz_points(self) -> tuple[Floats, Floats]:
        """Shares of the customers, smallest first, and of the total; at most 201 points.

        Each lies on the curve. NaN where nothing is shared. Read-only.
        """
        customers, total = self._curve.points(_POINTS)
        return read_only(customers), read_only(total)

    def lorenz(self) -> Any:
        """Return the Lorenz curve (Lorenz 1905), in the caller's kind of table.

        Returns
        -------
        table
            ``share_of_customers`` and ``share_of_total``: what the smallest customers have
            together; from (0, 0) to (1, 1), at most 201 rows.
        """
        customers, total = self.lorenz_points
        return build({"share_of_customers": customers, "share_of_total": total}, self._kind)

    def to_frame(self) -> Any:
        """Return one row per figure, in the caller's kind of table.

        Returns
        -------
        table
            ``measure``, ``value``, ``lower`` and ``upper``. Measures: "gini", "hhi",
            "effective_customers", the shares of the largest 1 and 5 customers and of the largest
            1, 5 and 20 % ("pareto_share"), and the customers with 50 and 80 % of the total.
        """
        figures = [_figure(figure, *given) for _, figure, given in _ROWS]
        drawn = np.array([[figure(curve) for figure in figures] for curve in self._replicates()])
        lower, upper = bounds(drawn, self.level)
        columns = {
            "measure": np.array([name for name, *_ in _ROWS], object),
            "value": np.array([figure(self._curve) for figure in figures]),
            "lower": lower,
            "upper": upper,
        }
        return build(columns, self._kind)

    def _facts(self) -> dict[str, object]:
        return {
            "by": self.by,
            "customers": self.n_customers,
            "zero_buyers": self.n_zero_buyers if self.includes_zero_buyers else "left out",
            "gini": self.gini,
            "pareto_share": self.pareto_share,
            "hhi": self.hhi,
        }

    def __repr__(self) -> str:
        return one_line("Concentration", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Concentration", list(self._facts().items()))


def _figure(name: str, value: float | None = None) -> Callable[[Curve], float]:
    """Return what reads a figure off a curve."""
    if not isinstance(name, str) or name not in _FIGURES:
        raise InvalidArgumentError(
            f"There is no figure {name!r} with an interval; there are {', '.join(_FIGURES)}."
        )
    needed = _FIGURES[name]
    if needed is None:
        if value is not None:
            raise InvalidArgumentError(f"{name} takes no value; leave it out.")
        if name == "pareto_share":
            return lambda curve: curve.top_share(0.20)
        return lambda curve: float(getattr(curve, name)())
    if value is None:
        raise InvalidArgumentError(f'{name} needs a value: interval("{name}", {needed}).')
    given = whole_number(value, "n", "customers", least=0) if needed == "n" else _share(value)
    return lambda curve: float(getattr(curve, name)(given))


def _share(share: Any) -> float:
    """Return a share."""
    if not is_number(share) or not 0.0 <= share <= 1.0:
        raise InvalidArgumentError(f"share must lie between 0 and 1, such as 0.20; got {share!r}.")
    return float(share)
