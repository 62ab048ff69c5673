"""What BG/NBD and MBG/NBD share: all but how often a customer could have been lost."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.models.fitting import maximise
from customerintel.models.gamma_rates import GammaRateModel
from customerintel.models.simulation import as_log, check_simulation, draw_purchases
from customerintel.models.statistics import PurchaseStatistics
from customerintel.tables import TransactionLog

__all__ = ["BetaGeoModel"]

Floats = NDArray[np.float64]

#: More kinds of customer than this: the search starts from the optimum of a sample of as many.
SAMPLE = 20_000


class BetaGeoModel(GammaRateModel):
    """Gamma-distributed purchase rates, beta-distributed losses after purchases.

    The parent of `BetaGeoNBD` and `ModifiedBetaGeoNBD`, which are made and fitted.
    """

    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    #: Chances to be lost before any repeat purchase.
    _early: ClassVar[float]

    # -- fitting ------------------------------------------------------------------------------

    def _starts(self, rows: PurchaseStatistics) -> list[list[float]]:
        bought = float(rows.weights @ rows.frequency)
        observed = float(rows.weights @ rows.T)
        if bought == 0.0 or observed == 0.0:
            # nobody bought again: the likelihood is greatest where nobody ever does
            return [[1e-9, max(observed / rows.n_customers, 1.0), 1.0, 1.0]]
        rate = bought / observed
        starts = [[r, r / rate, a, b] for r, a, b in ((0.5, 0.5, 2.0), (2.0, 1.0, 3.0))]
        if len(rows) <= SAMPLE:
            return starts
        sample = _sample(rows, SAMPLE)
        found = maximise(
            lambda params: self._likelihood(params, sample),
            starts,
            self.parameters,
            n=sample.n_customers,
            penalty=self.penalty,
        )
        best = np.clip(found.params, 1e-5, 1e5).tolist()
        # far out the search would hardly move: the sample alone must not decide that
        return [best] if found.status == "interior" else [best, starts[0]]

    def _sum_rows(
        self, params: Floats, x: Floats, t_x: Floats, T: Floats, weights: Floats, out: Floats
    ) -> None:
        from customerintel._kernels.beta_geo import sum_log_likelihood

        sum_log_likelihood(self._early, params, x, t_x, T, weights, out)

    # -- predicting ---------------------------------------------------------------------------

    def _kernels(self) -> Any:
        """Return the prediction kernels, told when customers can be lost."""
        from customerintel._kernels import beta_geo as kernels

        return SimpleNamespace(
            alive_ahead=partial(kernels.probability_alive, self._early),
            expected=partial(kernels.expected_purchases, self._early),
            discounted=partial(kernels.discounted_purchases, self._early),
            purchase=partial(kernels.probability_of_purchase, self._early),
            pmf=partial(kernels.purchase_probabilities, self._early),
        )

    def _lifetimes(self, rng: np.random.Generator, n: int) -> Floats:  # noqa: ARG002
        """Return how long customers stay who never buy: nobody is lost but at a purchase."""
        return np.full(n, np.inf)

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
        Two purchases within one period of a summary count as one there, so that frequent buyers
        lose some unless the period is short.
        """
        r, alpha, a, b = self._values
        n, length, unit = check_simulation(n_customers, T, self.unit_)
        rng = np.random.default_rng(seed)
        rate = rng.gamma(r, 1.0 / alpha, n)
        dropout = rng.beta(a, b, n)
        end = np.minimum(self._lifetimes(rng, n), length)
        if self._early:
            end[rng.random(n) < dropout] = 0.0
        return as_log(*draw_purchases(rng, rate, end, dropout), unit, kind=self._kind)


def _sample(rows: PurchaseStatistics, size: int) -> PurchaseStatistics:
    """Return rows spread evenly over sorted ones."""
    take = np.linspace(0, len(rows) - 1, size).astype(np.int64)
    return replace(
        rows,
        frequency=rows.frequency[take],
        recency=rows.recency[take],
        T=rows.T[take],
        weights=rows.weights[take],
    )
