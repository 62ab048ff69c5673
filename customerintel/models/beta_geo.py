"""What BG/NBD and MBG/NBD share: all but how often a customer could have been lost."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.models.covariate_model import CovariateModel
from customerintel.models.covariate_scale import Effect
from customerintel.models.statistics import PurchaseStatistics

__all__ = ["BetaGeoModel", "draw_dropouts", "find_starts"]

#: r, a and b: where the search starts; the last where few are lost, and those at once.
_STARTS = ((0.5, 0.5, 2.0), (2.0, 1.0, 3.0), (1.0, 0.002, 0.2))
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class BetaGeoModel(CovariateModel):
    """Gamma-distributed purchase rates, beta-distributed losses after purchases.

    The parent of `BetaGeoNBD` and `ModifiedBetaGeoNBD`, which are made and fitted.
    """

    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect("transaction", "transaction", 1, -1.0),
        Effect("lifetime_a", "lifetime", 2, 1.0),
        Effect("lifetime_b", "lifetime", 3, 1.0),
    )

    #: Rows of one x share what they will buy: the more rows at once, the better.
    _future_rows: ClassVar[int] = 65_536
    #: Chances to be lost before any repeat purchase.
    _early: ClassVar[float]

    # -- fitting ------------------------------------------------------------------------------

    def _starts(self, rows: PurchaseStatistics) -> list[list[float]]:
        return find_starts(rows)

    def _sum_rows(
        self, params: Floats, x: Floats, t_x: Floats, T: Floats, weights: Floats, out: Floats
    ) -> None:
        from customerintel._kernels.beta_geo import sum_log_likelihood

        sum_log_likelihood(self._early, params, x, t_x, T, weights, out)

    def _sum_runs(
        self, params: Floats, ends: Ints, x: Floats, t_x: Floats, T: Floats, weights: Floats,
        out: Floats,
    ) -> None:  # fmt: skip
        from customerintel._kernels.beta_geo import sum_runs

        sum_runs(self._early, params, ends, x, t_x, T, weights, out)

    # -- predicting ---------------------------------------------------------------------------

    def _kernels(self) -> Any:
        """Return the prediction kernels, told when customers can be lost."""
        from customerintel._kernels import beta_geo as kernels
        from customerintel._kernels import beta_geo_discounted as sums

        return SimpleNamespace(
            alive_ahead=partial(kernels.probability_alive, self._early),
            expected=partial(sums.expected_purchases, self._early),
            discounted=partial(sums.discounted_purchases, self._early),
            purchase=partial(kernels.probability_of_purchase, self._early),
            pmf=partial(kernels.purchase_probabilities, self._early),
        )

    def _lifetimes(self, rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        _, _, a, b = self._values
        return draw_dropouts(rng, a, b, n, early=bool(self._early))


def find_starts(rows: PurchaseStatistics, k: int = 1) -> list[list[float]]:
    """Return where to start the search for r, alpha, a and b, if purchases take `k` steps."""
    bought = float(rows.weights @ rows.frequency)
    observed = float(rows.weights @ rows.T)
    if bought == 0.0 or observed == 0.0:
        # nobody bought again: the likelihood is greatest where nobody ever does
        return [[1e-9, max(observed / rows.n_customers, 1.0), 1.0, 1.0]]
    rate = k * bought / observed
    return [[r, r / rate, a, b] for r, a, b in _STARTS]


def draw_dropouts(
    rng: np.random.Generator, a: float, b: float, n: int, *, early: bool
) -> tuple[Floats, Floats]:
    """Draw how likely customers are lost at a purchase, and who is lost at the first."""
    dropout = rng.beta(a, b, n)
    ends = np.full(n, np.inf)
    if early:
        ends[rng.random(n) < dropout] = 0.0
    return ends, dropout
