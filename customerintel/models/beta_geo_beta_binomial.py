"""Beta-geometric/beta-Bernoulli model (BG/BB): purchases at regular opportunities."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.models.cohorts import read_opportunities
from customerintel.models.discounting import rate_per_period
from customerintel.models.fitting import Optimum, maximise
from customerintel.models.results import FittedModel
from customerintel.models.row_checks import check_fit_unit
from customerintel.models.simulation import (
    START,
    as_log,
    check_simulation,
    draw_opportunities,
)
from customerintel.models.statistics import PurchaseStatistics
from customerintel.tables import TransactionLog

__all__ = ["BetaGeoBetaBinomial"]

Floats = NDArray[np.float64]
#: Where the search begins, natural scale.
_STARTS = ((1.0, 1.0, 1.0, 3.0), (0.3, 1.0, 0.3, 5.0), (2.0, 8.0, 0.5, 1.0))


class BetaGeoBetaBinomial(FittedModel):
    """Customers may buy at regular opportunities, until they stop for good.

    For what happens at most once per period: donations of a year, visits to a yearly event,
    or purchases counted by week or month. A customer who is alive buys at an opportunity with
    probability p, and stops before any opportunity with probability θ; p is beta distributed
    with parameters alpha and beta, θ with gamma and delta [1]_. The first purchase makes the
    customer and is no opportunity.

    Time is counted in opportunities: `recency` is the number of the last that was used, `T` how
    many there were, `frequency` how many were used. A `CustomerSummary` has them where its
    period is its unit, as with ``summarize(unit="week", period="week")``. Make it for the
    last day of a period: one that goes on counts as missed by all who have not bought in it yet.

    Parameters
    ----------
    penalty : float, default 0
        L2 penalty on the logarithms of the parameters.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. and Shang, J. (2010). Customer-Base Analysis in a
       Discrete-Time Noncontractual Setting. Marketing Science 29(6), 1086-1108.

    Examples
    --------
    >>> from customerintel.models import BetaGeoBetaBinomial
    >>> params = {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}
    >>> fit = BetaGeoBetaBinomial.from_params(params)
    >>> round(fit.expected_purchases_new(10), 2)
    3.18
    >>> donors = {"frequency": [0, 6], "recency": [0, 6], "T": [6, 6]}
    >>> fit.probability_alive(donors, ahead=1).round(2)
    array([0.11, 0.93])
    """

    parameters: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")

    def fit(self, data: Any, *, unit: str | None = None) -> Self:
        """Find the parameters of greatest likelihood; a boundary is a `ConvergenceWarning`.

        Parameters
        ----------
        data : CustomerSummary or table
            With columns frequency, recency, T, in opportunities, and perhaps weight.
        unit : str, optional
            From opportunity to opportunity, for a plain table.

        Raises
        ------
        InvalidArgumentError
            If there are no opportunities, or histories that cannot be.
        SchemaError
            If a column is missing or holds no numbers.
        """
        rows = read_opportunities(data, unit)
        packed = rows.compress()
        if not packed.T.any():
            raise InvalidArgumentError(
                "T is 0 in all rows: nobody could buy again. Observe for at least one period."
            )
        found = self._search(packed, _STARTS)
        fitted = copy.copy(self)
        fitted._packed = packed
        fitted._settle(found, n_customers=packed.n_customers, unit=rows.unit, kind=rows.kind)
        return self._become(fitted)

    def _search(self, rows: PurchaseStatistics, starts: Sequence[Sequence[float]]) -> Optimum:
        return maximise(
            lambda params: _likelihood(params, rows), starts, self.parameters,
            n=rows.n_customers, penalty=self.penalty,
        )  # fmt: skip

    def _refit(self, weights: Floats) -> Optimum:
        others = () if self.status_ == "interior" else _STARTS
        return self._search(self._packed.weighted(weights), [self._values.tolist(), *others])

    def probability_alive(self, data: Any, ahead: float = 0) -> Floats:
        """Return how likely each customer is still one.

        Parameters
        ----------
        data : CustomerSummary or table
            Customers, as for `fit`.
        ahead : int, default 0
            Opportunities after the last; the tables of the paper ask for the next one, 1.

        Returns
        -------
        ndarray of float64, shape (n,)
            P(alive at opportunity T + ahead), Fader, Hardie and Shang (2010), equation A10.
        """
        from customerintel._kernels.beta_geo_beta_binomial import alive

        count = whole_number(ahead, "ahead", "opportunities", least=0)
        return self._per_row(data, alive, float(count))

    def expected_purchases(self, data: Any, horizon: float) -> Floats:
        """Return how many purchases each customer is expected to make.

        Parameters
        ----------
        data : CustomerSummary or table
            Customers, as for `fit`.
        horizon : int
            Opportunities to look ahead.

        Returns
        -------
        ndarray of float64, shape (n,)
            At opportunities T + 1, … T + horizon, Fader, Hardie and Shang (2010), equation 13.
        """
        from customerintel._kernels.beta_geo_beta_binomial import purchases

        return self._per_row(data, purchases, _count(horizon), 1.0)

    def probability_of_purchase(self, data: Any, horizon: float) -> Floats:
        """Return how likely each customer is to buy at least once at the next opportunities.

        Arguments and shape are those of `expected_purchases`.
        """
        return np.ascontiguousarray(self.purchase_probabilities(data, horizon, 0)[:, 1])

    def purchase_probabilities(self, data: Any, horizon: float, n_max: int = 10) -> Floats:
        """Return how likely each customer is to make 0, 1, 2, … purchases.

        Parameters
        ----------
        data : CustomerSummary or table
            Customers, as for `fit`.
        horizon : int
            Opportunities to look ahead.
        n_max : int, default 10
            Largest number of purchases with a column of its own.

        Returns
        -------
        ndarray of float64, shape (n, n_max + 2)
            P(0), … P(n_max), P(more); rows sum to 1.
        """
        from customerintel._kernels.beta_geo_beta_binomial import counts

        top = whole_number(n_max, "n_max", "purchases", least=0)
        return self._per_row(data, counts, _count(horizon), width=top + 2)

    def discounted_expected_purchases(
        self,
        data: Any,
        horizon: float | None = None,
        *,
        annual_discount_rate: float | None = None,
        discount_rate: float | None = None,
    ) -> Floats:
        """Return how many purchases each customer is expected to make, in today's value.

        Parameters
        ----------
        data : CustomerSummary or table
            Customers, as for `fit`.
        horizon : int, optional
            Opportunities to look ahead; None: for ever.
        annual_discount_rate : float, optional
            Effective rate i per year: d = (1 + i)^(years of 365.25 days per opportunity) - 1.
        discount_rate : float, optional
            d itself: a purchase at T + k counts (1 + d)^-k. It is compounded once per
            opportunity, while in the models of continuous time it is continuous.

        Returns
        -------
        ndarray of float64, shape (n,)
            For ever it is the DERT of Fader, Hardie and Shang (2010); infinite where the rate
            is 0 and gamma is at most 1.
        """
        from customerintel._kernels.beta_geo_beta_binomial import purchases

        _ = self._values  # without parameters there is no unit either
        rate = rate_per_period(self.unit_, annual_discount_rate, discount_rate)
        ahead = -1 if horizon is None else _count(horizon)
        return self._per_row(data, purchases, ahead, 1.0 / (1.0 + rate))

    def discounted_expected_residual(
        self,
        data: Any,
        *,
        annual_discount_rate: float | None = None,
        discount_rate: float | None = None,
    ) -> Floats:
        """Return `discounted_expected_purchases` for ever: DERT."""
        return self.discounted_expected_purchases(
            data, annual_discount_rate=annual_discount_rate, discount_rate=discount_rate
        )

    def expected_purchases_new(self, horizon: float) -> float:
        """Return how many purchases a new customer makes at the first `horizon` opportunities."""
        from customerintel._kernels.beta_geo_beta_binomial import purchases_alive

        return float(purchases_alive(self._values, _count(horizon), 1.0))

    def pmf_new(self, horizon: float, n_max: int = 20) -> Floats:
        """Return P(0), … P(n_max), P(more) purchases of a new customer, shape (n_max + 2,).

        Fader, Hardie and Shang (2010), equation 7, for the first `horizon` opportunities.
        """
        from customerintel._kernels.beta_geo_beta_binomial import counts_alive

        out = np.empty(whole_number(n_max, "n_max", "purchases", least=0) + 2)
        counts_alive(self._values, _count(horizon), np.empty_like(out), out)
        return out

    def simulate(self, n_customers: int, T: float, seed: int) -> TransactionLog:
        """Make up customers of this model.

        Parameters
        ----------
        n_customers, T, seed : int
            Customers, opportunities after the first purchase, seed of the random numbers.

        Returns
        -------
        TransactionLog
            Ids 1, 2, …; everybody buys on 2000-01-01 first; opportunity k is k units of the fit
            later, by the calendar for months, quarters and years.
        """
        params = self._values
        n, _, unit = check_simulation(n_customers, T, self.unit_)
        count = whole_number(T, "T", "opportunities", least=1)
        rng = np.random.default_rng(seed)
        chance, dropout = rng.beta(params[0], params[1], n), rng.beta(params[2], params[3], n)
        customer, place = draw_opportunities(rng, chance, dropout, count)
        step = {"month": 1, "quarter": 3, "year": 12}.get(unit)
        if step is None:
            return as_log(customer, place.astype(np.float64), unit)
        days = (START.astype("M8[M]") + np.arange(count + 1) * step).astype("M8[D]")
        return as_log(customer, (days - days[0]).astype(np.float64)[place], "day")

    def _per_row(
        self, data: Any, function: Callable[..., None], *arguments: Any, width: int | None = None
    ) -> Floats:
        """Call ``function(params, x, t_x, n, *arguments, out)`` once per kind of customer."""
        params = self._values
        rows = read_opportunities(data, None)
        check_fit_unit(rows.unit, self.unit_)
        base = int(rows.T.max()) + 1
        codes = (rows.T.astype(np.int64) * base + rows.recency.astype(np.int64)) * base
        codes += rows.frequency.astype(np.int64)
        cells, places = np.unique(codes, return_inverse=True)
        x, t_x, n = cells % base, cells // base % base, cells // base**2
        out = np.empty(len(cells) if width is None else (len(cells), width))
        function(params, *(column.astype(np.float64) for column in (x, t_x, n)), *arguments, out)
        return np.asarray(out[places])


def _likelihood(params: Floats, rows: PurchaseStatistics) -> tuple[float, Floats]:
    from customerintel._kernels.beta_geo_beta_binomial import sum_rows

    out = np.zeros(1 + len(params))
    sum_rows(params, rows.frequency, rows.recency, rows.T, rows.weights, out)
    return float(out[0]), out[1:]


def _count(horizon: object) -> int:
    return whole_number(horizon, "horizon", "opportunities", least=1)
