"""`ContractualModel`: what the models of customers under contract share."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.models.cohorts import Cohort, read_cohort
from customerintel.models.contract_paths import Paths
from customerintel.models.discounting import rate_per_period
from customerintel.models.fitting import Optimum, maximise
from customerintel.models.results import FittedModel
from customerintel.tables.building import build

__all__ = ["ContractualModel"]

Floats = NDArray[np.float64]

#: Penalty that picks one of the points of a flat ridge without moving away from it.
RIDGE = 1e-6


class ContractualModel(FittedModel, ABC):
    """How long customers under contract stay, renewal by renewal.

    Parameters
    ----------
    penalty : float, default 0
        L2 penalty: times the sum of the squared logarithms of the parameters, taken off the
        mean log-likelihood.
    """

    #: Where the search begins, natural scale.
    _starts: ClassVar[list[list[float]]]

    @abstractmethod
    def _kernels(self) -> tuple[Callable[..., None], Callable[..., None]]:
        """Return the kernels of the likelihood and of the strengths of churn."""

    def fit(self, data: Any, *, n: float | None = None, unit: str | None = None) -> Self:
        """Find the parameters of greatest likelihood.

        Parameters
        ----------
        data : sequence of float, table or CustomerSummary
            Survivors: customers at the start, after the first renewal, after the second, … as
            counts, or as shares or per cent with `n`. A table: column ``age``, the number of
            renewals that a customer has decided on; ``cancelled``, whether the last of them was
            a no; perhaps ``weight``. A customer of age 2 that is not cancelled has renewed
            twice; one that is cancelled, once. A summary whose period is its unit, such as
            ``summarize(unit="month", period="month")``, of a log of payments: each customer
            paid in every period up to the last; who did not pay in the next one has cancelled.
            A period that is not over yet at the moment of the summary is not looked at.
        n : float, optional
            Customers at the start, where survivors are shares.
        unit : str, optional
            From renewal to renewal, such as "month" or "year"; only an annual discount rate
            needs it. A summary knows its own.

        Returns
        -------
        Self
            The model itself, with the attributes of `FittedModel`.

        Raises
        ------
        InvalidArgumentError
            If nobody has faced a renewal, for what no cohort can have, or for a summary of
            customers who skipped a period.
        SchemaError
            If a column is missing or holds no numbers.

        Warns
        -----
        ConvergenceWarning
            If the optimum is on a boundary, or was not reached. Too few renewals, nobody who
            cancels and nobody who stays end there.
        """
        cohort = read_cohort(data, n=n, unit=unit)
        found = self._search(cohort, self._starts)
        fitted = copy.copy(self)
        fitted._packed = Paths.of(cohort)
        fitted._settle(found, n_customers=cohort.n_customers, unit=cohort.unit, kind=cohort.kind)
        return self._become(fitted)

    def _search(self, cohort: Cohort, starts: Sequence[Sequence[float]]) -> Optimum:
        add, _ = self._kernels()

        def likelihood(params: Floats) -> tuple[float, Floats]:
            out = np.zeros(1 + len(params))
            add(params, cohort.cancelled, cohort.renewed, out)
            return float(out[0]), out[1:]

        decisions, k = int((cohort.cancelled + cohort.renewed > 0).sum()), len(self.parameters)
        ridge = decisions < k and not self.penalty
        found = maximise(
            likelihood, starts, self.parameters,
            n=cohort.n_customers, penalty=RIDGE if ridge else self.penalty,
        )  # fmt: skip
        if ridge:
            ends = (f"{k} parameters from {decisions} renewal{'s' * (decisions > 1)}",)
            unknown = np.full((k, k), np.nan)
            found = replace(found, status="boundary", boundary=ends, covariance=unknown)
        return found

    def _refit(self, weights: Floats) -> Optimum:
        # from a boundary there is no way back
        others = [] if self.status_ == "interior" else self._starts
        return self._search(self._packed.cohort(weights), [self._values.tolist(), *others])

    def _strengths(self, first: float, count: int) -> Floats:
        """Return -log of the retention rates of decisions first, first + 1, … (from 1)."""
        _, write = self._kernels()
        out = np.empty(count)
        write(self._values, float(first), out)
        return out

    def survival(self, periods: int) -> Floats:
        """Return the share of a new cohort that is left after each number of renewals.

        Parameters
        ----------
        periods : int
            Renewals to look at, 0 or more.

        Returns
        -------
        ndarray of float64, shape (periods + 1,)
            S(0) = 1, S(1), … S(periods).
        """
        count = whole_number(periods, "periods", "renewals", least=0)
        return np.asarray(np.exp(-np.concatenate([[0.0], np.cumsum(self._strengths(1, count))])))

    def retention(self, periods: int) -> Floats:
        """Return the retention rates: of those who decide on a renewal, the share that says yes.

        Parameters
        ----------
        periods : int
            Renewals to look at, 1 or more.

        Returns
        -------
        ndarray of float64, shape (periods,)
            S(t) / S(t - 1) at t = 1, 2, … periods.
        """
        count = whole_number(periods, "periods", "renewals", least=1)
        return np.asarray(np.exp(-self._strengths(1, count)))

    def probability_of_churn(self, renewals: ArrayLike, horizon: int = 1) -> Floats:
        """Return the probability that a customer cancels at one of the next decisions.

        Parameters
        ----------
        renewals : array_like of int, shape (n,)
            Renewals that each customer has made so far.
        horizon : int, default 1
            Decisions to look ahead.

        Returns
        -------
        ndarray of float64, shape (n,)
            1 - S(renewals + horizon) / S(renewals).
        """
        made, count = _renewals(renewals), whole_number(horizon, "horizon", "renewals", least=1)
        seen, places = np.unique(made, return_inverse=True)
        sums = np.array([self._strengths(1 + start, count).sum() for start in seen.tolist()])
        return np.asarray(-np.expm1(-sums)[places].reshape(made.shape))

    def discounted_expected_residual_lifetime(
        self,
        renewals: ArrayLike,
        *,
        annual_discount_rate: float | None = None,
        discount_rate: float | None = None,
    ) -> Floats:
        r"""Discount and add up the renewals that are to be expected (DERL).

        Seen from just before the next decision: with :math:`n` renewals made, it is

        .. math:: \sum_{k=1}^{\infty} \frac{S(n + k)}{S(n)} \frac{1}{(1 + d)^{k - 1}},

        the next renewal counting in full. Times the net value of a period it is the residual
        value of the customer [1]_. From just after a renewal, all is one period further away:
        divide by :math:`1 + d`. A customer in contract period p has made p - 1 renewals.

        Parameters
        ----------
        renewals : array_like of int, shape (n,)
            Renewals that each customer has made so far, 0 or more.
        annual_discount_rate : float, optional
            Effective rate i per year of 365.25 days; d = (1 + i)^(years per period) - 1, which
            needs the unit of the fit.
        discount_rate : float, optional
            d itself, per period between renewals; compounded once per period, not continuous.

        Returns
        -------
        ndarray of float64, shape (n,)
            Renewals; infinite where the rate is 0 and customers stay for ever on average.

        Raises
        ------
        InvalidArgumentError
            If not exactly one rate is given, or there is no unit for an annual one.
        NotFittedError
            If the model has no parameters yet.

        References
        ----------
        .. [1] Fader, P. S. and Hardie, B. G. S. (2010). Customer-Base Valuation in a
           Contractual Setting: The Perils of Ignoring Heterogeneity. Marketing Science 29(1),
           equation 6.
        """
        made, _ = _renewals(renewals), self._values  # without parameters there is no unit either
        rate = rate_per_period(self.unit_, annual_discount_rate, discount_rate)
        seen, places = np.unique(made, return_inverse=True)
        return np.asarray(self._residual(seen, rate)[places].reshape(made.shape))

    def simulate(self, n_customers: int, periods: int, seed: int) -> Any:
        """Draw customers and their renewals from the model.

        Parameters
        ----------
        n_customers : int
            How many; all begin together.
        periods : int
            Renewals to look at, 1 or more.
        seed : int
            Of the random numbers: the same seed gives the same table.

        Returns
        -------
        table of the kind that was fitted, pandas for given parameters
            One row per customer as `fit` reads it: ``age`` (int64), ``cancelled`` (bool).

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used.
        """
        left = self.survival(whole_number(periods, "periods", "renewals", least=1))
        n = whole_number(n_customers, "n_customers", "customers", least=1)
        # who is as likely as u to be left after t renewals makes all those with S(t) > u
        made = np.searchsorted(-left[1:], -np.random.default_rng(seed).random(n))
        age, last = made + 1, len(left) - 1
        columns = {"age": np.minimum(age, last).astype(np.int64), "cancelled": age <= last}
        return build(columns, self._kind)

    @abstractmethod
    def _residual(self, renewals: Floats, rate: float) -> Floats:
        """Return the DERL at ascending numbers of renewals."""


def _renewals(renewals: ArrayLike) -> Floats:
    try:
        made = np.asarray(renewals, np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError("renewals must be whole numbers, one per customer.") from error
    with np.errstate(invalid="ignore"):
        wrong = ~(np.isfinite(made) & (made >= 0) & (made == np.floor(made)))
    if wrong.any():
        where = ", ".join(map(str, np.flatnonzero(wrong)[:5]))
        raise InvalidArgumentError(
            f"Of renewals, {int(wrong.sum()):,} cannot be: missing, negative or not whole (first "
            f"places: {where}). Give the number of renewals that each customer has made."
        )
    return made
