"""Which curve of survival fits contracts best: sBG, BdW, or the counts themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.contract_times import Contracts, Payments
from customerintel.churn.kaplan_meier import KaplanMeier
from customerintel.churn.log_odds import log_odds
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.models.beta_discrete_weibull import BetaDiscreteWeibull
from customerintel.models.cohorts import Cohort
from customerintel.models.contractual import ContractualModel
from customerintel.models.shifted_beta_geometric import ShiftedBetaGeometric
from customerintel.tables.kinds import Kind

__all__ = [
    "Curve",
    "Outlook",
    "check_cancels",
    "check_options",
    "choose_curve",
    "cohort_of",
    "curve_of",
    "state_of",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

MODELS: Final[dict[str, type[ContractualModel]]] = {
    "sbg": ShiftedBetaGeometric,
    "bdw": BetaDiscreteWeibull,
}
#: What an estimator may be told to take.
METHODS: Final = ("auto", "bdw", "sbg", "kaplan-meier")
EVENTS: Final = ("no purchase", "cancellation")
#: Customers that each observed rate is blended with, who behave as the parametric curve says.
PRIOR = 10.0
#: What a chance comes from: a contract that is over, none due, or what others did at that age.
DRIVERS: Final = ("contract_state", "no_renewal_due", "renewals_so_far")


def check_options(method: Any, lapse: Any, event: Any) -> None:
    """Refuse options of the estimator that cannot be.

    Raises
    ------
    InvalidArgumentError
        If one of them is none.
    """
    if not isinstance(method, str) or method not in METHODS:
        raise InvalidArgumentError(
            f"method must be one of {', '.join(map(repr, METHODS))}; got {method!r}."
        )
    if not is_number(lapse) or not lapse >= 1.0:
        raise InvalidArgumentError(
            f"lapse must be a number of renewal periods, at least 1; got {lapse!r}."
        )
    if not isinstance(event, str) or event not in EVENTS:
        raise InvalidArgumentError(f"event must be 'no purchase' or 'cancellation'; got {event!r}.")


def check_cancels(payments: Payments) -> None:
    """Refuse payments without any cancellation.

    Raises
    ------
    InvalidArgumentError
        If there is none.
    """
    if not payments.cancels.any():
        raise InvalidArgumentError(
            "Nobody has cancelled until then, so there is nothing to learn from. Look at a "
            'later moment; and if cancellations are not in the log at all, take "auto" or '
            '"paretonbd", which do not need them.'
        )


def cohort_of(contracts: Contracts, kind: Kind) -> Cohort:
    """Count how the renewal decisions of contracts ended.

    Raises
    ------
    InvalidArgumentError
        If no contract has ended, or none was renewed.
    """
    if not contracts.ended.any() or not contracts.renewed.any():
        raise InvalidArgumentError(
            "Nobody has renewed, or nobody of those who did pay has cancelled, so there is "
            "nothing to learn from. Every paid period must be a row of the log, each with "
            "the customer_id of the cancellation."
        )
    ages, ended = contracts.renewed + contracts.ended, contracts.ended
    most = int(ages.max())
    cancelled = np.bincount(ages[ended], minlength=most + 1).astype(np.float64)[1:]
    seen = np.bincount(ages, minlength=most + 1).astype(np.float64)[1:]
    faced = np.cumsum(seen[::-1])[::-1]
    return Cohort(cancelled, faced - cancelled, float(len(ages)), None, kind)


@dataclass(frozen=True, eq=False)
class Curve:
    """How likely customers are to decline their first, second, … renewal.

    Parameters
    ----------
    name : {"sbg", "bdw", "kaplan-meier"}
        What it is.
    model : ContractualModel
        The parametric curve: the whole answer, or for "kaplan-meier" what observed rates are
        blended with and continued by.
    cohort : Cohort
        What was observed.
    aic : mapping of str to float
        Akaike's criterion of each curve that was tried.
    status : mapping of str to str
        How each fit ended.
    """

    name: str
    model: ContractualModel
    cohort: Cohort
    aic: Mapping[str, float]
    status: Mapping[str, str]

    def strengths(self, count: int) -> Floats:
        """Return −log of the retention rates of decisions 1, 2, … count."""
        smooth = self.model._strengths(1, count)
        if self.name != "kaplan-meier":
            return smooth
        seen = min(count, len(self.cohort.cancelled))
        left, stayed = self.cohort.cancelled[:seen], self.cohort.renewed[:seen]
        rates = -np.expm1(-smooth)
        rates[:seen] = (left + PRIOR * rates[:seen]) / (left + stayed + PRIOR)
        return np.asarray(-np.log1p(-rates))

    def exposure(self, count: int) -> Floats:
        """Return −log S(0), … −log S(count)."""
        return np.concatenate([[0.0], np.cumsum(self.strengths(count))])

    def chance(self, made: Ints, due: Ints, event: str) -> Floats:
        """Return the chance of the event for contracts with renewals made, and others due."""
        steps = np.minimum(due, 1) if event == "no purchase" else due
        exposure = self.exposure(int((made + steps).max(initial=0)))
        risk = -np.expm1(exposure[made] - exposure[made + steps])
        return np.where(due == 0, 1.0, risk) if event == "no purchase" else np.asarray(risk)

    @property
    def kaplan_meier(self) -> KaplanMeier:
        """The counts as a curve, unblended; its times are renewal decisions."""
        cohort = self.cohort
        decisions = np.arange(1.0, len(cohort.cancelled) + 1.0)
        faced = cohort.cancelled + cohort.renewed
        return KaplanMeier.from_counts(decisions, faced, cohort.cancelled, cohort.kind)


def choose_curve(method: str, cohort: Cohort) -> Curve:
    """Fit the curves that a method asks for, and take the one of the least AIC.

    A rate of its own for each decision costs one parameter per decision: "auto" takes the
    counts themselves where so many customers have decided that they say more than a curve.
    """
    names = (method,) if method in MODELS else tuple(MODELS)
    fits = {name: _fit(MODELS[name], cohort) for name in names}
    aic = {name: 2.0 * len(model.params_) - 2.0 * value for name, (model, value, _) in fits.items()}
    smooth = min(aic, key=lambda name: aic[name])
    chosen = smooth
    if method not in MODELS:
        aic["kaplan-meier"] = _free_aic(cohort)
        if method == "kaplan-meier" or aic["kaplan-meier"] < aic[smooth]:
            chosen = "kaplan-meier"
    status = {name: fit[2] for name, fit in fits.items()}
    return Curve(chosen, fits[smooth][0], cohort, aic, status)


def _fit(model: type[ContractualModel], cohort: Cohort) -> tuple[ContractualModel, float, str]:
    """Return a fitted model, its log-likelihood and how the fit ended.

    Where the likelihood has no inner optimum, the logarithms of the parameters get the standard
    normal distribution as prior: worth less than a customer, it keeps them finite.
    """
    unfitted = model()
    found = unfitted._search(cohort, unfitted._starts)
    status = found.status
    if status != "interior":
        held = model(penalty=0.5 / cohort.n_customers)
        found = held._search(cohort, held._starts)
    params: dict[str, Any] = dict(zip(model.parameters, found.params.tolist(), strict=True))
    return model.from_params(params), found.log_likelihood, status


def _free_aic(cohort: Cohort) -> float:
    """Return the AIC of one rate per decision."""
    total, rates = 0.0, 0
    for left, stayed in zip(cohort.cancelled.tolist(), cohort.renewed.tolist(), strict=True):
        if left + stayed > 0:
            rates += 1
            share = np.array([left, stayed]) / (left + stayed)
            seen = share > 0
            total += float((np.array([left, stayed])[seen] * np.log(share[seen])).sum())
    return 2.0 * rates - 2.0 * total


@dataclass(frozen=True, eq=False)
class Outlook:
    """What customers are to expect.

    Parameters
    ----------
    chance : ndarray of float64, shape (n,)
        Of the event.
    runs, due : ndarray of bool, shape (n,)
        Who is under contract, and of these who has a renewal due until the end of the horizon.
    """

    chance: Floats
    runs: Mask
    due: Mask

    @classmethod
    def of(cls, n: int, places: Ints, chance: Floats, due: Mask) -> Outlook:
        """Return that of n customers; those without a contract pay no more."""
        made = cls(np.ones(n), np.zeros(n, bool), np.zeros(n, bool))
        made.chance[places], made.runs[places], made.due[places] = chance, True, due
        return made

    @property
    def drivers(self) -> dict[str, Floats]:
        """Log-odds of the chance over those of the mean chance, under what decides it."""
        if not len(self.chance):
            return {name: np.zeros(0) for name in DRIVERS}
        odds = log_odds(np.append(self.chance, self.chance.mean()))
        effect = odds[:-1] - odds[-1]
        decided = (~self.runs, self.runs & ~self.due, self.runs & self.due)
        return {
            name: np.where(here, effect, 0.0) for name, here in zip(DRIVERS, decided, strict=True)
        }


def state_of(curve: Curve) -> dict[str, Any]:
    """Return a curve as JSON values and arrays."""
    return {
        "chosen": curve.name,
        "model": next(name for name, kind in MODELS.items() if type(curve.model) is kind),
        "params": dict(curve.model.params_),
        "aic": dict(curve.aic),
        "status": dict(curve.status),
        "n": curve.cohort.n_customers,
        "cancelled": curve.cohort.cancelled.copy(),
        "renewed": curve.cohort.renewed.copy(),
    }


def curve_of(state: Mapping[str, Any]) -> Curve:
    """Return the curve that `state_of` described; its tables are pandas'."""
    cancelled, renewed = (np.asarray(state[name], np.float64) for name in ("cancelled", "renewed"))
    cohort = Cohort(cancelled, renewed, float(state["n"]), None, Kind("pandas"))
    model = MODELS[state["model"]].from_params(state["params"])
    return Curve(state["chosen"], model, cohort, dict(state["aic"]), dict(state["status"]))
