"""`ContractualEstimator`: subscribers whose cancellations are in the log."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn import contract_curves as curves
from customerintel.churn import contract_times as times
from customerintel.churn.horizons import Horizon, moment_of, read_horizon
from customerintel.churn.kaplan_meier import KaplanMeier
from customerintel.churn.labels import check_history
from customerintel.exceptions import NotFittedError
from customerintel.models.arguments import whole_number
from customerintel.tables import History
from customerintel.tables.results import one_line

__all__ = ["ContractualEstimator"]

Floats = NDArray[np.float64]


class ContractualEstimator:
    r"""The chance that a subscriber pays no more, from who has cancelled at which renewal.

    The log must say who has cancelled, in its column of kinds ("sale" or "renewal" for each
    paid period, "cancellation" at the end). A contract begins with the first payment, or the
    first after a cancellation. With n renewals so far, and J renewals due until the end of the
    horizon (one that is overdue counts), the next one is declined with the chance

    .. math:: 1 - S(n + 1) / S(n),

    and one of all J with the chance :math:`1 - S(n + J) / S(n)`. S is the share of contracts
    that survive so many decisions: the shifted-beta-geometric [1]_ or the
    beta-discrete-Weibull distribution [2]_ by maximum likelihood, or what was counted [3]_.
    Who has cancelled already gets 1.

    Parameters
    ----------
    method : {"auto", "bdw", "sbg", "kaplan-meier"}, default "auto"
        The curve; "auto": the one of the least AIC, in which counted rates cost one parameter
        per decision. Counted rates are blended with the better parametric curve, worth 10
        customers at each decision, and continued by it.
    renewal : {"month", "quarter", "year"}, str, timedelta or number of days, optional
        From renewal to renewal, such as "month" or "30d"; if not given, what the payments keep
        to. All contracts of the log should have one.
    lapse : float, default 2
        Periods without a payment after which a contract without a cancellation is over all the
        same; ``math.inf``: never. Until then the next decision is open.
    event : {"no purchase", "cancellation"}, default "no purchase"
        What the chance is of. "no purchase": no payment in the horizon, as all estimators
        predict and `customerintel.churn.label` tells. The next renewal decides; who has none
        due gets 1, so the horizon should not be shorter than the term. "cancellation": at any
        of the renewals that are due; who has none due gets 0. Both are the same where the
        horizon is one term.

    Attributes
    ----------
    chosen_ : str
        The curve that was taken: "sbg", "bdw" or "kaplan-meier".
    aic_ : dict of str to float
        Akaike's criterion of each curve that was tried.
    status_ : dict of str to str
        How each fit ended: "interior", or "boundary" or "not_converged" where a weak prior had
        to hold the parameters.
    params_ : dict of str to float
        Of the parametric curve.
    renewal_ : str
        From renewal to renewal.
    kaplan_meier_ : KaplanMeier
        What was counted, with Greenwood's intervals; its times are renewal decisions.
    n_contracts_, n_cancelled_, n_lapsed_ : int
        Contracts that were seen, and how they ended.

    Notes
    -----
    Every paid period must be a row: who cancels after n renewals has declined renewal n + 1,
    whenever the cancellation was written down. Where the log marks renewals, other sales
    within a contract are extras that renew nothing. Who was a customer before the log begins
    is taken for a new one.

    References
    ----------
    .. [1] Fader, P. S. and Hardie, B. G. S. (2007). How to Project Customer Retention. Journal
       of Interactive Marketing 21(1), equations 7 and 8.
    .. [2] Fader, P. S., Hardie, B. G. S., Liu, Y., Davin, J. and Steenburgh, T. (2018). "How to
       Project Customer Retention" Revisited: The Role of Duration Dependence. Journal of
       Interactive Marketing 43.
    .. [3] Kaplan, E. L. and Meier, P. (1958). Nonparametric Estimation from Incomplete
       Observations. Journal of the American Statistical Association 53, section 2.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.churn.contractual import ContractualEstimator
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 1, 2, 2, 3, 3],
    ...     "timestamp": ["2024-01-05", "2024-02-05", "2024-03-05", "2024-01-20", "2024-02-20",
    ...                   "2024-02-10", "2024-03-10"],
    ...     "kind": ["sale", "renewal", "renewal", "sale", "cancellation", "sale", "renewal"],
    ... })
    >>> history = log.as_of("2024-03-31")
    >>> ContractualEstimator(method="sbg").fit(history, horizon_days=30).predict(history).round(2)
    array([0.18, 1.  , 0.24])
    """

    api_version: ClassVar[int] = 1

    chosen_: str
    aic_: dict[str, float]
    status_: dict[str, str]
    params_: dict[str, float]
    n_contracts_: int
    n_cancelled_: int
    n_lapsed_: int

    def __init__(
        self,
        *,
        method: Literal["auto", "bdw", "sbg", "kaplan-meier"] = "auto",
        renewal: Any = None,
        lapse: float = 2.0,
        event: Literal["no purchase", "cancellation"] = "no purchase",
    ) -> None:
        curves.check_options(method, lapse, event)
        if renewal is not None:
            times.read_renewal(renewal)
        self.method, self.renewal, self.lapse, self.event = method, renewal, lapse, event

    def fit(self, history: History, /, *, horizon_days: float) -> Self:
        """Learn how long contracts last.

        Parameters
        ----------
        history : History
            Of a log with a column of kinds, in which somebody has cancelled.
        horizon_days : float
            How far `predict` will look ahead; any length, since curves go on.

        Returns
        -------
        ContractualEstimator
            Itself.

        Raises
        ------
        InvalidArgumentError
            If the log has no kinds, or nobody has cancelled or paid twice.

        Warns
        -----
        DataQualityWarning
            If many payments do not come one period after the one before.
        """
        check_history(history, "ContractualEstimator.fit")
        horizon = read_horizon(horizon_days, name="horizon_days")
        payments = times.read_payments(history)
        curves.check_cancels(payments)
        known = self.renewal is not None
        renewal = times.read_renewal(self.renewal) if known else times.typical_renewal(payments)
        contracts = times.Contracts.of(payments, renewal, self.lapse)
        cohort = curves.cohort_of(contracts, history._log.kind)
        times.warn_of_other_terms(payments, renewal)
        self._settle(curves.choose_curve(self.method, cohort), renewal, horizon)
        self.n_cancelled_ = int(contracts.cancelled.sum())
        self.n_lapsed_ = int(contracts.lapsed.sum())
        return self

    def _settle(self, curve: curves.Curve, renewal: times.Renewal, horizon: Horizon) -> None:
        self._curve, self._renewal, self._horizon = curve, renewal, horizon
        self.chosen_, self.params_ = curve.name, dict(curve.model.params_)
        self.aic_, self.status_ = dict(curve.aic), dict(curve.status)
        self.n_contracts_ = int(curve.cohort.n_customers)

    @property
    def renewal_(self) -> str:
        """From renewal to renewal, such as "month" or "30d"."""
        self._check_fitted()
        return str(self._renewal)

    @property
    def kaplan_meier_(self) -> KaplanMeier:
        """The counted curve, with Greenwood's intervals."""
        self._check_fitted()
        return self._curve.kaplan_meier

    def _check_fitted(self) -> None:
        if not hasattr(self, "_curve"):
            raise NotFittedError(
                "This ContractualEstimator is not fitted yet: call fit(history, horizon_days=…)."
            )

    def survival(self, periods: int) -> Floats:
        """Return the share of new contracts that is left after each number of renewals.

        Parameters
        ----------
        periods : int
            Decisions to look at, 0 or more.

        Returns
        -------
        ndarray of float64, shape (periods + 1,)
            S(0) = 1, S(1), … S(periods).
        """
        self._check_fitted()
        count = whole_number(periods, "periods", "renewals", least=0)
        return np.asarray(np.exp(-self._curve.exposure(count)))

    def predict(self, history: History, /) -> Floats:
        """Return the chance of the event within the horizon.

        Parameters
        ----------
        history : History
            Of a log with a column of kinds.

        Returns
        -------
        ndarray of float64, shape (history.n_customers,)
            Aligned with ``history.customer_id``; 1 for who has cancelled or lapsed.

        Raises
        ------
        InvalidArgumentError
            If the log has no column of kinds.
        """
        return self._outlook(history, "predict").chance

    def contributions(self, history: History, /) -> dict[str, Floats]:
        """Return what decides each prediction, in log-odds.

        Parameters
        ----------
        history : History
            As for `predict`.

        Returns
        -------
        dict of str to ndarray of float64, shape (history.n_customers,)
            "contract_state" of who has cancelled or lapsed, "no_renewal_due" of who has nothing
            to decide within the horizon, "renewals_so_far" of all others; 0 elsewhere. With the
            log-odds of the mean prediction they add up to those of each prediction, within ±18.
        """
        return self._outlook(history, "contributions").drivers

    def _outlook(self, history: History, asked: str) -> curves.Outlook:
        check_history(history, f"ContractualEstimator.{asked}")
        self._check_fitted()
        payments = times.read_payments(history)
        contracts = times.Contracts.of(payments, self._renewal, self.lapse)
        runs = np.flatnonzero(contracts.latest & ~contracts.ended)
        until = self._horizon.after(moment_of(history), payments.zone)
        due = self._renewal.due(contracts.last[runs], until, payments.zone)
        risk = self._curve.chance(contracts.renewed[runs], due, self.event)
        # everybody under contract has paid, so is among the customers
        places = np.searchsorted(history.ids.keys, contracts.keys[runs])
        return curves.Outlook.of(history.n_customers, places, risk, due > 0)

    def to_state(self) -> dict[str, Any]:
        """Return what `from_state` rebuilds the fitted estimator from."""
        self._check_fitted()
        given = None if self.renewal is None else times.read_renewal(self.renewal)
        return {
            "method": self.method,
            "event": self.event,
            "lapse": None if math.isinf(self.lapse) else float(self.lapse),
            "given": None if given is None else [given.months, given.microseconds],
            "renewal": [self._renewal.months, self._renewal.microseconds],
            "horizon": self._horizon.microseconds,
            "ended": [self.n_cancelled_, self.n_lapsed_],
            **curves.state_of(self._curve),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return the fitted estimator that `to_state` described."""
        lapse = math.inf if state["lapse"] is None else state["lapse"]
        made = cls(method=state["method"], lapse=lapse, event=state["event"])
        made.renewal = None if state["given"] is None else times.Renewal(*state["given"]).given
        made.n_cancelled_, made.n_lapsed_ = state["ended"]
        renewal = times.Renewal(*state["renewal"])
        made._settle(curves.curve_of(state), renewal, Horizon(state["horizon"]))
        return made

    def __repr__(self) -> str:
        if not hasattr(self, "_curve"):
            return one_line("ContractualEstimator", method=self.method, status="not fitted")
        return one_line(
            "ContractualEstimator", chosen=self.chosen_, renewal=self.renewal_,
            contracts=self.n_contracts_, cancelled=self.n_cancelled_,
            lapsed=self.n_lapsed_ or None,
        )  # fmt: skip
