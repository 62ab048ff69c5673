"""`GammaGamma`: what a customer spends per purchase."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import ConvergenceWarning, InvalidArgumentError
from customerintel.models.fitting import Likelihood, Optimum, maximise
from customerintel.models.results import FittedModel
from customerintel.models.row_sums import sum_stretches
from customerintel.models.spend_statistics import SpendStatistics, read_spend
from customerintel.tables.notices import warn_caller

__all__ = ["GammaGamma"]

Floats = NDArray[np.float64]

#: Rows that are summed together: enough to be worth a thread, few enough to stay small.
ROWS = 32_768
#: A correlation above this, over so many customers, is three standard errors from 0, and with
#: coefficients of variation around 1 moves the customers' total by about as much.
CORRELATED, CUSTOMERS = 0.3, 100
#: More rows than twice this are sampled for a start.
SAMPLE = 20_000
#: With amounts of mean 1. In trials every start led to the same optimum; two guard against ridges.
STARTS = ((2.0, 3.0, 1.0), (8.0, 2.0, 0.125))


class GammaGamma(FittedModel):
    r"""Spend per purchase, which differs from customer to customer and stays with them.

    The purchases of a customer come from a gamma distribution with shape :math:`p` and rate
    :math:`\nu`, and :math:`\nu` differs between customers by a gamma distribution with shape
    :math:`q` and rate :math:`\gamma`. What a customer spends does not depend on how often
    they buy. Only customers with repeat purchases tell about it, and all of their spend must
    be positive. Scaling the amounts scales :math:`\gamma` and nothing else; adding a constant
    to amounts gives another model, so it is no cure for negative ones.

    Parameters
    ----------
    penalty : float, default 0
        L2 penalty: times the sum of the squared logarithms of the parameters (with amounts in
        units of their mean), taken off the mean log-likelihood.

    Attributes
    ----------
    frequency_spend_correlation_ : float
        Pearson correlation of frequency and mean spend over the customers of the fit; the
        model takes it for 0. NaN for given parameters, or where either does not vary.

    Notes
    -----
    `n_customers_` counts the customers with repeat purchases. Where the best :math:`q` is at
    most 1, the mean spend over all customers is infinite: `status_` is ``"boundary"``,
    `boundary_` is ``("q ≤ 1",)``, and the standard errors hold.

    The sum over customers of purchases times spend is :math:`1 + r\,c_x c_m` times what
    independence makes of it, with the correlation :math:`r` and the coefficients of variation
    of frequency and spend. These are around 1 in retail, so a correlation of 0.3 moves the
    total by some 30 %, and is three standard errors away from none for 100 customers: a fit
    warns from there on. A few wholesalers may be the whole reason; fit them apart.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). RFM and CLV: Using Iso-Value
       Curves for Customer Base Analysis. Journal of Marketing Research 42(4), 415-430.
    .. [2] Fader, P. S. and Hardie, B. G. S. (2013). The Gamma-Gamma Model of Monetary Value.
       http://brucehardie.com/notes/025/

    Examples
    --------
    >>> from customerintel import models
    >>> spend = models.GammaGamma.from_params(dict(p=6.25, q=3.74, gamma=15.44))
    >>> spend.expected_spend({"frequency": [0, 2], "monetary_value": [0.0, 40.0]}).round(2)
    array([35.22, 39.14])
    """

    parameters: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")
    frequency_spend_correlation_: float = math.nan

    def fit(self, data: Any, *, nonpositive: str = "raise") -> Self:
        """Find the parameters of greatest likelihood.

        Parameters
        ----------
        data : CustomerSummary or table
            With columns frequency, monetary_value (mean spend per repeat purchase) and perhaps
            weight. Customers without a repeat purchase are not looked at.
        nonpositive : {"raise", "leave_out"}, default "raise"
            What to do about repeat customers whose mean spend is missing, zero or negative,
            which the model cannot have.

        Returns
        -------
        Self
            The model itself, with the attributes of `FittedModel`.

        Raises
        ------
        InvalidArgumentError
            If no customer has a repeat purchase, or some have a spend that cannot be.
        SchemaError
            If a column is missing or holds no numbers, or the log has no amounts.

        Warns
        -----
        ConvergenceWarning
            If the optimum is on a boundary (a mean spend without bound, ``q ≤ 1``, is one),
            or was not reached.
        DataQualityWarning
            If frequency and spend are clearly not independent.
        """
        if nonpositive not in ("raise", "leave_out"):
            raise InvalidArgumentError(
                f"nonpositive must be 'raise' or 'leave_out'; got {nonpositive!r}."
            )
        rows = read_spend(data).repeaters(leave_out=nonpositive == "leave_out").compress()
        n = rows.n_customers
        scale = _mean_spend(rows)
        found = self._search(rows.scaled(scale))
        fitted = copy.copy(self)
        fitted._packed = rows
        fitted._settle(_in_money(found, scale, n), n_customers=n, unit=None, kind=rows.kind)
        fitted._warn_of_endless_mean()
        correlation = fitted.frequency_spend_correlation_ = rows.correlation()
        if abs(correlation) > CORRELATED and n >= CUSTOMERS:
            warn_caller(
                f"Frequency and spend correlate by {correlation:.2f} over {n:,.0f} repeat "
                "customers, and the Gamma-Gamma model takes them to be independent. Sums of "
                "value over customers will be off: look for a few very large customers, or fit "
                "groups of customers apart."
            )
        return self._become(fitted)

    def _search(self, rows: SpendStatistics) -> Optimum:
        """Find the best parameters; many customers begin where a sample of them ended."""
        starts: Sequence[Sequence[float]] = STARTS
        if len(rows) > 2 * SAMPLE:
            near = self._search(rows.every(len(rows) // SAMPLE))
            if near.status == "interior":
                starts = [near.params.tolist()]
        return self._maximise(rows, starts)

    def _maximise(self, rows: SpendStatistics, starts: Sequence[Sequence[float]]) -> Optimum:
        return maximise(
            _likelihood(rows), starts, self.parameters, n=rows.n_customers, penalty=self.penalty
        )

    def _refit(self, weights: Floats) -> Optimum:
        take = weights > 0.0
        rows = replace(self._packed._take(take), weights=weights[take])
        scale = _mean_spend(rows)
        p, q, gamma = self._values.tolist()
        # from a boundary there is no way back
        others = () if self.status_ == "interior" else STARTS
        found = self._maximise(rows.scaled(scale), [(p, q, gamma / scale), *others])
        if found.status == "interior" and found.params[1] <= 1.0:
            found = replace(found, status="boundary", boundary=("q ≤ 1",))
        return _in_money(found, scale, rows.n_customers)

    def _warn_of_endless_mean(self) -> None:
        """For q ≤ 1 the mean of the spend is infinite, a boundary of its own."""
        q = self.params_["q"]
        if q > 1.0:
            return
        self.boundary_ = ("q ≤ 1", *self.boundary_)
        if self.status_ != "interior":  # which has warned already
            return
        self.status_ = "boundary"
        warn_caller(
            f"The GammaGamma fit has q = {q:.3g}, and for q ≤ 1 the mean spend over all customers "
            "is infinite: there is no finite expected spend without a repeat purchase. Look for "
            "a few very large amounts.",
            ConvergenceWarning,
        )

    @property
    def mean_spend(self) -> float:
        """Expected spend per purchase of a new customer: p γ / (q − 1), infinite for q ≤ 1."""
        p, q, gamma = self._values.tolist()
        return p * gamma / (q - 1.0) if q > 1.0 else math.inf

    def expected_spend(self, data: Any) -> Floats:
        r"""Return each customer's expected spend per purchase, given the history.

        It is the mean of what they spent, drawn towards the mean of all customers, the less
        so the more purchases there are: :math:`p (\gamma + x m) / (p x + q - 1)`, equation 5
        of Fader and Hardie (2013).

        Parameters
        ----------
        data : CustomerSummary or table
            With columns frequency and monetary_value, which is not looked at where the
            frequency is 0.

        Returns
        -------
        ndarray of float64, shape (n,)
            In the currency of the data. Without a repeat purchase it is `mean_spend`. NaN where
            the spend of a repeat customer is missing, zero or negative; infinite where the
            expectation is.

        Raises
        ------
        InvalidArgumentError
            If there are no customers, or a frequency is no count.
        SchemaError
            If a column is missing or holds no numbers, or the log has no amounts.

        Warns
        -----
        DataQualityWarning
            If there are customers with NaN.
        """
        p, q, gamma = self._values.tolist()
        rows = read_spend(data)
        expected = np.full(len(rows), self.mean_spend)
        again = rows.frequency > 0.0
        usable = again & rows.usable
        x, spend = rows.frequency[usable], rows.spend[usable]
        left = p * x + q - 1.0
        finite = left > 0.0
        expected[usable] = np.where(
            finite, p * (gamma + x * spend) / np.where(finite, left, 1.0), math.inf
        )
        bad = again & ~usable
        if bad.any():
            expected[bad] = math.nan
            n = int(bad.sum())
            who = "1 repeat customer has" if n == 1 else f"{n:,} repeat customers have"
            warn_caller(
                f"{who} a spend that is missing, zero or negative; their expected spend is NaN."
            )
        return expected

    def _details(self) -> dict[str, Any]:
        correlation = self.frequency_spend_correlation_
        known = correlation if math.isfinite(correlation) else None
        return {**super()._details(), "frequency_spend_correlation": known}

    @classmethod
    def _from_details(cls, content: Mapping[str, Any]) -> Self:
        model = super()._from_details(content)
        correlation = content["frequency_spend_correlation"]
        model.frequency_spend_correlation_ = math.nan if correlation is None else correlation
        return model


def _mean_spend(rows: SpendStatistics) -> float:
    """Mean over the customers: in units of it the search does not depend on the currency."""
    return float(np.average(rows.spend, weights=rows.weights))


def _likelihood(rows: SpendStatistics) -> Likelihood:
    """Return the log-likelihood of the rows, with gradient, as a function of the parameters."""
    from customerintel._kernels.gamma_gamma import sum_spend

    total = rows.frequency * rows.spend
    log_total = np.log(total)
    constant = float(rows.weights @ np.log(rows.spend))

    def likelihood(params: Floats) -> tuple[float, Floats]:
        def add(part: slice, out: Floats) -> None:
            sum_spend(
                params, rows.frequency[part], total[part], log_total[part], rows.weights[part], out
            )

        found = sum_stretches(add, len(rows), stretch=ROWS, width=4)
        return float(found[0]) - constant, found[1:]

    return likelihood


def _in_money(found: Optimum, scale: float, n: float) -> Optimum:
    """Bring an optimum from amounts of mean 1 back to the currency: only gamma has one."""
    unit = np.array([1.0, 1.0, scale])
    return replace(
        found,
        params=found.params * unit,
        covariance=found.covariance * np.outer(unit, unit),
        log_likelihood=found.log_likelihood - n * math.log(scale),
    )
