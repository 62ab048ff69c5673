"""What customers to come will do, where purchase rates are gamma-distributed."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.models.arguments import check_n_max
from customerintel.models.purchases import PurchaseModel, check_horizon
from customerintel.models.simulation import as_log, check_simulation, draw_purchases
from customerintel.tables import TransactionLog

__all__ = ["NewcomerModel"]

Floats = NDArray[np.float64]

#: Frequency, recency and T of somebody who has just come.
_NEW = (np.zeros(1), np.zeros(1), np.zeros(1))


class NewcomerModel(PurchaseModel):
    """A model that tells what a customer does of whom nothing is known.

    The parent of `GammaRateModel`, which predicts customers with a history.
    """

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
