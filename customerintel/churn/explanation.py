"""What drove the prediction of one customer, in words and numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import features_for, read_horizon
from customerintel.churn.log_odds import log_odds
from customerintel.exceptions import PluginContractError
from customerintel.tables.building import Labels, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.churn.predictions import Predictions
    from customerintel.tables import CustomerFeatures

__all__ = ["Driver", "Explanation", "explain"]

Floats = NDArray[np.float64]

#: What the drivers are in words; others are shown by their names.
WORDS = {
    "T": "days as a customer",
    "breadth": "distinct categories bought",
    "clumpiness": "clumpiness of the purchases (0 even, 1 in one clump)",
    "contract_state": "state of the contract",
    "customer_base_models": "what customer-base models say",
    "first_amount": "spend on the first purchase day",
    "frequency": "repeat purchase days",
    "frequency_trend": "log ratio of purchases in the later to the earlier half of the life",
    "gap_mean": "mean days between purchases",
    "gap_std": "spread of the days between purchases",
    "mean_amount": "mean spend per purchase day",
    "no_renewal_due": "no renewal is due within the horizon",
    "renewals_so_far": "renewals so far",
    "overdue_ratio": "time since the last purchase over the customer's own mean gap",
    "probability_alive": "chance of being still a customer",
    "rate_while_alive": "how often they buy while they are one",
    "recency": "days from the first to the last purchase",
    "regularity": "regularity of the purchases (1 random, more regular above)",
    "return_share": "share of returns",
    "season_share": "share of purchases in the coming season",
    "spend_trend": "log ratio of spend in the later to the earlier half of the life",
    "time_since_last": "days since the last purchase",
    "total_amount": "total spend",
    "weekend_share": "share of purchases on weekends",
    **{f"purchases_{days}d": f"purchase days in the last {days} days" for days in (30, 90, 180)},
    **{f"spend_{days}d": f"spend in the last {days} days" for days in (30, 90, 180)},
}
#: Features that are looked at where an estimator offers no contributions.
LOOKED_AT = (
    "time_since_last", "overdue_ratio", "frequency", "T", "gap_mean", "purchases_90d",
    "frequency_trend", "clumpiness", "return_share",
)  # fmt: skip
#: Drivers that are not values of the customer.
OPINIONS = (
    "customer_base_models",
    "probability_alive",
    "rate_while_alive",
    "contract_state",
    "no_renewal_due",
    "renewals_so_far",
)
#: Drivers in the text, at most.
MOST_SHOWN = 10
#: Customers who count as alike in a feature: a tenth of all.
GROUPS = 10
#: Contributions that start from the log-odds of the mean are left as they are.
SAME = 1e-6
#: Effects below do not show in the text.
LEAST = 0.005


@dataclass(frozen=True)
class Driver:
    """One reason for a prediction.

    Parameters
    ----------
    name : str
        Of the feature, or what else the estimator calls it.
    value : float
        The customer's; NaN where it has none.
    percentile : float
        Share of the customers with a lower value; NaN where there is no value.
    effect : float
        In log-odds: above 0 it speaks for no purchase.
    """

    name: str
    value: float
    percentile: float
    effect: float

    def __str__(self) -> str:
        speaks = "speaks for leaving" if self.effect > 0 else "speaks for staying"
        return f"{self.words}: {self.shown}, {speaks} ({self.effect:+.2f})"

    @property
    def words(self) -> str:
        """What the driver is."""
        return WORDS.get(self.name, self.name.replace("_", " "))

    @property
    def shown(self) -> str:
        """Its value, and where it stands among the customers."""
        if self.name in OPINIONS:
            return "taken together"
        if math.isnan(self.value):
            return "none"
        value = f"{self.value:,.6g}"
        if self.percentile == 0.0:
            return f"{value} (nobody has less)"
        return f"{value} (more than {100 * self.percentile:.0f}% of the customers)"


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Why one customer's prediction is what it is; made by `Predictions.explain`.

    Parameters
    ----------
    probability : float
        P(no purchase within the horizon) of the customer.
    mean_probability : float
        Mean over all customers.
    horizon_days : float
        Length of the horizon.
    estimator : str
        Name of the estimator.
    drivers : tuple of Driver
        By the size of their effect.
    is_decomposition : bool
        Whether the effects and `base` add up to the log-odds of the prediction.
    base : float
        Mean log-odds of the customers, where the effects are a decomposition; else the log-odds
        of the mean.
    """

    probability: float
    mean_probability: float
    horizon_days: float
    estimator: str
    drivers: tuple[Driver, ...]
    is_decomposition: bool
    base: float
    _kind: Kind = field(repr=False)

    def to_frame(self) -> Any:
        """Return one row per driver.

        Returns
        -------
        table of the kind that the log was made from
            Columns ``driver``, ``value``, ``percentile`` and ``effect``.
        """
        names = np.array([one.name for one in self.drivers], object)
        columns: dict[str, Any] = {"driver": Labels(np.arange(len(names)), tuple(names))}
        for column in ("value", "percentile", "effect"):
            columns[column] = np.array([getattr(one, column) for one in self.drivers], float)
        return build(columns, self._kind)

    def __str__(self) -> str:
        first = (
            f"P(no purchase in the next {self.horizon_days:g} days) = {self.probability:.3f}; "
            f"the mean of all customers is {self.mean_probability:.3f}."
        )
        how = (
            f"Effects in log-odds, on top of {self.base:+.2f}:"
            if self.is_decomposition
            else "How customers who are alike in it differ from all, in log-odds:"
        )
        told = [f"  {one}" for one in self.drivers if abs(one.effect) >= LEAST]
        rest = len(self.drivers) - len(told[:MOST_SHOWN])
        more = [f"  and {rest} more, see drivers and to_frame()"] if told and rest else []
        return "\n".join([first, how, *(told[:MOST_SHOWN] or ["  nothing stands out"]), *more])

    def __repr__(self) -> str:
        return one_line(
            "Explanation",
            estimator=self.estimator,
            probability=self.probability,
            mean_probability=self.mean_probability,
            drivers=len(self.drivers),
        )

    def _repr_html_(self) -> str:
        rows = [(one.words, f"{one.shown}: {one.effect:+.2f}") for one in self.drivers]
        title = f"P(no purchase in the next {self.horizon_days:g} days) = {self.probability:.3f}"
        return html_table(title, rows)


def explain(predictions: Predictions, place: int) -> Explanation:
    """Explain the prediction of the customer at a place.

    Raises
    ------
    PluginContractError
        If the estimator's contributions are none.
    """
    history = predictions._history
    features = features_for(history, read_horizon(predictions.horizon_days))
    drivers, base = [], float(log_odds(np.array([predictions.probability.mean()]))[0])
    own = predictions._contributions
    if own is not None:
        parts = _checked(own, len(predictions), predictions.estimator)
        here = float(log_odds(predictions.probability[place : place + 1])[0])
        effects = {name: float(part[place]) for name, part in parts.items()}
        if abs(here - sum(effects.values()) - base) > SAME:
            # against the mean of these customers, who need not be like those of the fit
            effects = {name: float(part[place] - part.mean()) for name, part in parts.items()}
        base = here - sum(effects.values())
    else:
        effects = {
            name: _alike(features[name], place, predictions.probability) for name in LOOKED_AT
        }
    for name, effect in effects.items():
        value, percentile = _place_of(features, name, place)
        drivers.append(Driver(name, value, percentile, effect))
    return Explanation(
        probability=float(predictions.probability[place]),
        mean_probability=float(predictions.probability.mean()),
        horizon_days=predictions.horizon_days,
        estimator=predictions.estimator,
        drivers=tuple(sorted(drivers, key=lambda one: -abs(one.effect))),
        is_decomposition=own is not None,
        base=base,
        _kind=history._log.kind,
    )


def _checked(own: Any, n: int, name: str) -> dict[str, Floats]:
    """Return the contributions that an estimator offers."""
    if isinstance(own, Mapping):
        parts = {str(key): np.asarray(part) for key, part in own.items()}
        if all(part.shape == (n,) and part.dtype.kind in "fiu" for part in parts.values()):
            return parts
    raise PluginContractError(
        f"contributions() of the churn estimator {name!r} must return a mapping of names to one "
        f"number per customer ({n:,} here). Correct it, or leave contributions() out."
    )


def _place_of(features: CustomerFeatures, name: str, place: int) -> tuple[float, float]:
    """Return a customer's value and the share of customers below."""
    if name not in features:
        return math.nan, math.nan
    values = features[name]
    value = float(values[place])
    known = values[~np.isnan(values)]
    if math.isnan(value) or not len(known):
        return math.nan, math.nan
    return value, float((known < value).mean())


def _alike(values: Floats, place: int, probability: Floats) -> float:
    """Return how the prediction of customers with about this value differs from that of all."""
    value = values[place]
    if np.isnan(value):
        alike = np.isnan(values)
    else:
        distance = np.abs(values - value)
        near = np.nanquantile(distance, min(1.0, 1.0 / GROUPS))
        alike = distance <= near
    means = np.array([probability[alike].mean(), probability.mean()])
    here, everywhere = log_odds(means)
    return float(here - everywhere)
