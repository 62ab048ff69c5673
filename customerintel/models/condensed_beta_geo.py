"""What BG/CNBD-k and MBG/CNBD-k share: all but how often a customer could have been lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_count
from customerintel.models.beta_geo import draw_dropouts, find_starts
from customerintel.models.fitting import Optimum
from customerintel.models.gamma_rates import GammaRateModel
from customerintel.models.gap_statistics import read_gaps
from customerintel.models.purchases import SAMPLE
from customerintel.models.statistics import PurchaseStatistics

__all__ = ["CondensedBetaGeoModel"]

Floats = NDArray[np.float64]

#: The most regular purchases that are looked for, as Platzer and Reutterer do.
MOST = 12


class CondensedBetaGeoModel(GammaRateModel):
    """Regular purchases (Erlang-k gaps), gamma-distributed rates, beta-distributed losses.

    The parent of `BetaGeoCNBD` and `ModifiedBetaGeoCNBD`, which are made and fitted.

    Parameters
    ----------
    k : int from 1 to 12, or "auto"
        Regularity of the times between purchases: 1 is purely random. ``"auto"`` takes the
        likeliest.
    penalty : float, default 0
        L2 penalty: times the sum of the squared logarithms of the parameters, taken off the
        mean log-likelihood.

    Attributes
    ----------
    k_ : int
        The regularity that was given or found; no parameter.
    """

    parameters: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    #: Chances to be lost before any repeat purchase.
    _early: ClassVar[float]

    k_: int
    #: Σ weight · sum_log_gaps of the customers to fit, where it is known.
    _gaps: float | None = None

    def __init__(self, k: int | Literal["auto"] = "auto", *, penalty: float = 0.0) -> None:
        super().__init__(penalty=penalty)
        self.k = _check_k(k)
        if not isinstance(self.k, str):
            self.k_ = self.k

    @classmethod
    def from_params(
        cls, params: Mapping[str, float], *, unit: str | None = None, k: int | None = None
    ) -> Self:
        """Return a model with known parameters.

        Parameters
        ----------
        params : mapping of str to float
            Positive, one per name in ``parameters``.
        unit : str, optional
            Unit of time that they belong to.
        k : int from 1 to 12
            Regularity of the times between purchases; it belongs to the parameters.

        Raises
        ------
        InvalidArgumentError
            If a name is missing or unknown, a value is not a positive number, or `k` is no
            whole number from 1 to 12.
        """
        model = cls("auto" if k is None else k)
        if model.k == "auto":
            raise InvalidArgumentError("Parameters belong to one k: give it, such as k=2.")
        model._give(params, unit)
        return model

    # -- fitting ------------------------------------------------------------------------------

    def fit(self, data: Any, *, unit: str | None = None) -> Self:
        r"""Find the parameters of greatest likelihood, and with ``k="auto"`` the likeliest k.

        Parameters
        ----------
        data : CustomerSummary or table
            With columns frequency, recency, T and perhaps weight and sum_log_gaps: the sum of
            the logarithms of the times between a customer's successive purchases.
        unit : str, optional
            Unit of the ages of a plain table.

        Returns
        -------
        Self
            The model itself, with the attributes of `FittedModel` and ``k_``.

        Raises
        ------
        InvalidArgumentError
            If there are no customers, histories that cannot be, or ``k="auto"`` without
            sum_log_gaps.
        SchemaError
            If a column is missing or holds no numbers.

        Warns
        -----
        ConvergenceWarning
            If the optimum is on a boundary, or was not reached.

        Notes
        -----
        Without sum_log_gaps and with k above 1, ``log_likelihood_`` lacks the term
        :math:`(k - 1) \sum \log \text{gap} - x \log \Gamma(k)`, which no parameter changes:
        it cannot be compared with that of another k or another model.
        """
        return super().fit(data, unit=unit)

    def _read_to_fit(self, data: Any, unit: str | None) -> PurchaseStatistics:
        if self.k == 1:  # nothing that the gaps could add
            return super()._read_to_fit(data, unit)
        rows, self._gaps = read_gaps(data, unit=unit, needed=self.k == "auto")
        return rows

    def _find(self, rows: PurchaseStatistics, start: Floats | None = None) -> Optimum:
        if start is not None:  # a resample is searched with the k that was found
            return super()._find(rows, start)
        if self.k == "auto":
            return self._find_k(rows)
        return self._with_gaps(super()._find(rows), rows)

    def _find_k(self, rows: PurchaseStatistics) -> Optimum:
        """Look for the likeliest k, each from the optimum of the one before."""
        best, found = None, None
        for k in range(1, MOST + 1):
            self.k_ = k
            starts = [] if found is None else [_steady(found.params, k)]
            # what ran away leads nowhere, and few rows are quick
            if found is None or found.status != "interior" or len(rows) <= SAMPLE:
                starts += self._starts(rows)[:1]
            found = self._with_gaps(self._search(rows, starts), rows)
            if best is None or found.log_likelihood > best[1].log_likelihood:
                best = k, found
        assert best is not None  # noqa: S101 - for the type checker
        self.k_ = best[0]
        if self.k_ == 1:
            return best[1]
        starts = [best[1].params.tolist()]
        if len(rows) <= SAMPLE:
            starts += self._starts(rows)
        return self._with_gaps(self._search(rows, starts), rows)

    @property
    def _n_chosen(self) -> int:
        """The parameters, and k where it was looked for."""
        return super()._n_chosen + (self.k == "auto")

    def _with_gaps(self, found: Optimum, rows: PurchaseStatistics) -> Optimum:
        """Add what the gaps say at this k, whatever the parameters are."""
        if self._gaps is None or self.k_ == 1:
            return found
        from customerintel._kernels.special import log_gamma

        bought = float(rows.weights @ rows.frequency)
        more = (self.k_ - 1) * self._gaps - bought * log_gamma(float(self.k_))
        return replace(found, log_likelihood=found.log_likelihood + more)

    def _starts(self, rows: PurchaseStatistics) -> list[list[float]]:
        return find_starts(rows, self.k_)

    def _sum_rows(
        self, params: Floats, x: Floats, t_x: Floats, T: Floats, weights: Floats, out: Floats
    ) -> None:
        from customerintel._kernels.erlang import sum_log_likelihood

        sum_log_likelihood(self._early, self.k_, params, x, t_x, T, weights, out)

    # -- predicting ---------------------------------------------------------------------------

    def _kernels(self) -> Any:
        """Return the prediction kernels, told k and when customers can be lost."""
        from customerintel._kernels import erlang_predict as kernels

        _ = self._values  # without parameters there may be no k either
        return SimpleNamespace(
            alive_ahead=partial(kernels.probability_alive, self._early, self.k_),
            expected=partial(kernels.expected_purchases, self._early, self.k_),
            discounted=partial(kernels.discounted_purchases, self._early, self.k_),
            purchase=partial(kernels.probability_of_purchase, self._early, self.k_),
            pmf=partial(kernels.purchase_probabilities, self._early, self.k_),
        )

    def _lifetimes(self, rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        _, _, a, b = self._values
        return draw_dropouts(rng, a, b, n, early=bool(self._early))

    @property
    def _steps(self) -> int:
        return self.k_

    def _details(self) -> dict[str, Any]:
        return {**super()._details(), "k": self.k, "k_found": self.k_}

    @classmethod
    def _from_details(cls, content: Mapping[str, Any]) -> Self:
        model = cls(content["k"], penalty=content["penalty"])
        model.k_ = cls(content["k_found"]).k_
        return model

    def _facts(self) -> dict[str, object]:
        facts = super()._facts()
        return {"k": self.k_, **facts} if hasattr(self, "params_") else {"k": self.k, **facts}


def _steady(params: Floats, k: int) -> list[float]:
    """Return parameters from k − 1 as a start for k: as many purchases, of one tick more each."""
    r, alpha, a, b = np.clip(params, 1e-5, 1e5).tolist()
    return [r, alpha * (k - 1) / k, a, b]


def _check_k(k: Any) -> int | Literal["auto"]:
    """Return k as it is needed."""
    if isinstance(k, str) and k == "auto":
        return "auto"
    if not is_count(k) or not 1 <= k <= MOST:
        raise InvalidArgumentError(
            f'k must be a whole number from 1 to {MOST}, or "auto"; got {k!r}.'
        )
    return int(k)
