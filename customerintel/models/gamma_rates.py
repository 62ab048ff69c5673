"""Gamma-distributed purchase rates, and the calls of all predictions that go with them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.models.arguments import check_ahead, check_n_max
from customerintel.models.discounting import rate_per_unit
from customerintel.models.purchases import ROWS, PurchaseModel, check_horizon
from customerintel.models.simulation import as_log, check_simulation, draw_purchases
from customerintel.tables import TransactionLog

__all__ = ["GammaRateModel"]

Floats = NDArray[np.float64]


class GammaRateModel(PurchaseModel):
    """Purchases at a constant rate while alive, rates differing by a gamma distribution.

    The parent of the BG, MBG, Pareto and plain NBD models, which are made and fitted.
    """

    #: Rows that sums of purchases to come are worked out for together.
    _future_rows: ClassVar[int] = ROWS

    @abstractmethod
    def _kernels(self) -> Any:
        """Return what has the prediction kernels as attributes; loaded on first use."""

    @abstractmethod
    def _lifetimes(self, rng: np.random.Generator, n: int) -> tuple[Floats, Floats | None]:
        """Draw how long `n` customers stay, and how likely each is lost at a repeat purchase."""

    @property
    def _steps(self) -> int:
        """How many random steps lie between two purchases."""
        return 1

    # -- customers with a history -------------------------------------------------------------

    def probability_alive(self, data: Any, ahead: float = 0.0) -> Floats:
        """Return how likely each customer is still one.

        Parameters
        ----------
        data : CustomerSummary or table
            Customers with frequency, recency and T.
        ahead : float, default 0
            How long after T, in the unit of the fit.

        Returns
        -------
        ndarray of float64, shape (n,)
            P(alive at T + ahead), given the history up to T.

        Raises
        ------
        InvalidArgumentError
            If `ahead` is negative or no number, or `data` cannot be used.
        """
        return self._per_row(data, self._kernels().alive_ahead, check_ahead(ahead))

    def expected_purchases(self, data: Any, horizon: float) -> Floats:
        """Return how many purchases each customer is expected to make.

        Parameters
        ----------
        data : CustomerSummary or table
            Customers with frequency, recency and T.
        horizon : float
            Length of the time after T, in the unit of the fit.

        Returns
        -------
        ndarray of float64, shape (n,)
            Expected purchases in (T, T + horizon], given the history up to T.

        Raises
        ------
        InvalidArgumentError
            If `horizon` is not positive, or `data` cannot be used.
        """
        return self._per_row(
            data, self._kernels().expected, check_horizon(horizon), stretch=self._future_rows
        )

    def probability_of_purchase(self, data: Any, horizon: float) -> Floats:
        """Return how likely each customer is to buy at least once.

        Parameters
        ----------
        data : CustomerSummary or table
            Customers with frequency, recency and T.
        horizon : float
            Length of the time after T, in the unit of the fit.

        Returns
        -------
        ndarray of float64, shape (n,)
            P(at least one purchase in (T, T + horizon]), given the history up to T.

        Raises
        ------
        InvalidArgumentError
            If `horizon` is not positive, or `data` cannot be used.
        """
        return self._per_row(data, self._kernels().purchase, check_horizon(horizon))

    def purchase_probabilities(self, data: Any, horizon: float, n_max: int = 10) -> Floats:
        """Return how likely each customer is to make 0, 1, 2, … purchases.

        Parameters
        ----------
        data : CustomerSummary or table
            Customers with frequency, recency and T.
        horizon : float
            Length of the time after T, in the unit of the fit.
        n_max : int, default 10
            The largest number of purchases with a column of its own.

        Returns
        -------
        ndarray of float64, shape (n, n_max + 2)
            P(0), …, P(n_max), P(more than n_max); each row sums to 1.

        Raises
        ------
        InvalidArgumentError
            If `horizon` is not positive, `n_max` no whole number of at least 0, or `data` cannot
            be used.
        """
        width = check_n_max(n_max) + 2
        return self._per_row(data, self._kernels().pmf, check_horizon(horizon), width=width)

    def discounted_expected_purchases(
        self,
        data: Any,
        horizon: float | None = None,
        *,
        annual_discount_rate: float | None = None,
        discount_rate: float | None = None,
    ) -> Floats:
        """Return the expected purchases of each customer, later ones counting for less.

        Parameters
        ----------
        data : CustomerSummary or table
            Customers with frequency, recency and T.
        horizon : float, optional
            Length of the time after T, in the unit of the fit; None: for ever.
        annual_discount_rate : float, optional
            Effective rate per year of 365.25 days, such as 0.10.
        discount_rate : float, optional
            Continuous rate per unit of the fit; exactly one of the two is needed.

        Returns
        -------
        ndarray of float64, shape (n,)
            Expected sum of exp(−rate · τ) over the purchases at T + τ in (T, T + horizon]. For
            ever and without discount it is finite only where customers are lost fast enough:
            Pareto/NBD with s > 1.

        Raises
        ------
        InvalidArgumentError
            If `horizon` is not positive, not exactly one rate is given, or `data` cannot be used.
        """
        _ = self._values  # without parameters there is no unit either
        rate = rate_per_unit(self.unit_, annual_discount_rate, discount_rate)
        length = np.inf if horizon is None else check_horizon(horizon)
        return self._per_row(
            data, self._kernels().discounted, length, rate, stretch=self._future_rows
        )

    def discounted_expected_residual(
        self,
        data: Any,
        *,
        annual_discount_rate: float | None = None,
        discount_rate: float | None = None,
    ) -> Floats:
        """Return the discounted expected residual transactions (DERT) of each customer.

        Parameters
        ----------
        data : CustomerSummary or table
            Customers with frequency, recency and T.
        annual_discount_rate, discount_rate : float, optional
            As for :meth:`discounted_expected_purchases`, whose infinite horizon this is.

        Returns
        -------
        ndarray of float64, shape (n,)
            Expected sum of exp(−rate · τ) over all purchases at T + τ.

        Raises
        ------
        InvalidArgumentError
            If not exactly one rate is given, or `data` cannot be used.
        """
        return self.discounted_expected_purchases(
            data, annual_discount_rate=annual_discount_rate, discount_rate=discount_rate
        )

    # -- customers to come --------------------------------------------------------------------

    def _newcomer(self) -> Floats:
        """Return the parameters of a customer of whom nothing is known."""
        return self._values

    def expected_purchases_new(self, horizon: float) -> float:
        """Return how many repeat purchases a customer is expected to make from the first one on.

        Parameters
        ----------
        horizon : float
            Length of the time after the first purchase, in the unit of the fit.

        Returns
        -------
        float
            Expected repeat purchases in (0, horizon].

        Raises
        ------
        InvalidArgumentError
            If `horizon` is not positive.
        """
        out = np.empty(1)
        self._kernels().expected(self._newcomer(), *_NEW, check_horizon(horizon), out)
        return float(out[0])

    def pmf_new(self, horizon: float, n_max: int = 20) -> Floats:
        """Return how likely a customer makes 0, 1, 2, … repeat purchases from the first one on.

        Parameters
        ----------
        horizon : float
            Length of the time after the first purchase, in the unit of the fit.
        n_max : int, default 20
            The largest number of purchases with a place of its own.

        Returns
        -------
        ndarray of float64, shape (n_max + 2,)
            P(0), …, P(n_max), P(more than n_max); they sum to 1.

        Raises
        ------
        InvalidArgumentError
            If `horizon` is not positive, or `n_max` no whole number of at least 0.
        """
        out = np.empty((1, check_n_max(n_max) + 2))
        self._kernels().pmf(self._newcomer(), *_NEW, check_horizon(horizon), out)
        row: Floats = out[0]
        return row

    def simulate(self, n_customers: int, T: float, seed: int) -> TransactionLog:
        """Draw customers and their purchases from the model.

        Parameters
        ----------
        n_customers : int
            How many; their ids are 1 … n.
        T : float
            How long everybody is observed, in the unit of the fit.
        seed : int
            Of the random numbers: the same seed gives the same log.

        Returns
        -------
        TransactionLog
            Everybody's first purchase at 2000-01-01 00:00 UTC and the repeat purchases up to T,
            to the microsecond, without amounts.

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used, or the model knows no unit of time.

        Notes
        -----
        Two within one period of a summary count as one there.
        """
        values = self._newcomer()
        n, length, unit = check_simulation(n_customers, T, self.unit_)
        rng = np.random.default_rng(seed)
        rate = rng.gamma(values[0], 1.0 / values[1], n)
        ends, dropout = self._lifetimes(rng, n)
        bought = draw_purchases(rng, rate, np.minimum(ends, length), dropout, self._steps)
        return as_log(*bought, unit, kind=self._kind)


#: Frequency, recency and T of somebody who has just come.
_NEW = (np.zeros(1), np.zeros(1), np.zeros(1))
