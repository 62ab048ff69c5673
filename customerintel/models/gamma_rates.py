"""Gamma-distributed purchase rates, and what customers with a history will do."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.models.arguments import check_ahead, check_n_max
from customerintel.models.discounting import rate_per_unit
from customerintel.models.newcomers import NewcomerModel
from customerintel.models.purchases import ROWS, check_horizon

__all__ = ["GammaRateModel"]

Floats = NDArray[np.float64]


class GammaRateModel(NewcomerModel):
    """Purchases at a constant rate while alive, rates differing by a gamma distribution.

    The parent of the BG, MBG, Pareto and plain NBD models, which are made and fitted.
    """

    #: Rows that sums of purchases to come are worked out for together.
    _future_rows: ClassVar[int] = ROWS

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
