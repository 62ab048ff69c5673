"""`lifetime_value`: what the customers' future purchases are worth today."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.models.discounting import rate_per_unit
from customerintel.models.parts import Parts
from customerintel.models.purchases import check_horizon
from customerintel.models.results import FittedModel
from customerintel.models.row_checks import refuse_logs
from customerintel.rfm.read_only import seal
from customerintel.tables.building import build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["LifetimeValue", "lifetime_value"]

Floats = NDArray[np.float64]


class _Purchases(Protocol):
    unit_: str | None

    def discounted_expected_purchases(
        self,
        data: Any,
        horizon: float | None = None,
        *,
        annual_discount_rate: float | None = None,
        discount_rate: float | None = None,
    ) -> Floats: ...


class _Spend(Protocol):
    def expected_spend(self, data: Any) -> Floats: ...


@dataclass(frozen=True, eq=False, repr=False)
class LifetimeValue:
    """Present value of each customer's purchases to come.

    The arrays have the shape (n,), share the order of the data and are read-only.

    Attributes
    ----------
    value : float64 array
        ``margin * expected_spend * discounted_purchases``, in the currency of the spend.
    expected_spend : float64 array
        Expected spend per purchase.
    discounted_purchases : float64 array
        Expected number of purchases within the horizon, each discounted to now.
    horizon : float or None
        In `unit`; None is without end.
    discount_rate : float
        Per `unit`: as it was given, or the annual one as a continuous rate.
    unit : str or None
        Unit of the fit.
    margin : float
        What remains of one unit of spend.
    ids : CustomerIds or None
        The customers; None where the data were a table without customer_id.
    kind : Kind
        Kind of table that `to_frame` gives.
    """

    value: Floats
    expected_spend: Floats
    discounted_purchases: Floats
    horizon: float | None
    discount_rate: float
    unit: str | None
    margin: float
    ids: CustomerIds | None = field(repr=False)
    kind: Kind = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    @property
    def customer_id(self) -> NDArray[Any] | None:
        """Customer ids; None where the data were a table without customer_id."""
        return None if self.ids is None else self.ids.to_numpy()

    @property
    def total(self) -> float:
        """Value of all customers together; those without a value are not in it."""
        return float(np.nansum(self.value))

    def to_frame(self) -> Any:
        """Return one row per customer, in the order of the data.

        Returns
        -------
        table of the kind that the data came from
            Columns ``customer_id`` (where the data had it), ``value``, ``expected_spend`` and
            ``discounted_purchases``.
        """
        columns: dict[str, Any] = {} if self.ids is None else {"customer_id": self.ids}
        names = ("value", "expected_spend", "discounted_purchases")
        return build(columns | {name: getattr(self, name) for name in names}, self.kind)

    def __len__(self) -> int:
        return self.value.size

    def __repr__(self) -> str:
        return one_line("LifetimeValue", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Lifetime value", list(self._facts().items()))

    def _facts(self) -> dict[str, object]:
        unknown = int(np.isnan(self.value).sum())
        return {
            "customers": len(self),
            "total": self.total,
            **({"without_value": unknown} if unknown else {}),
            "horizon": "infinite" if self.horizon is None else self.horizon,
            "unit": self.unit,
            "discount_rate": self.discount_rate,
            "margin": self.margin,
        }


def lifetime_value(
    fit: _Purchases,
    spend: _Spend,
    data: Any,
    *,
    horizon: float | None,
    annual_discount_rate: float | None = None,
    discount_rate: float | None = None,
    margin: float = 1.0,
) -> LifetimeValue:
    r"""Value the purchases that customers are expected to make from now on.

    Purchases and spend are independent in the models, so the value is their product:
    :math:`\text{margin} \times E[M] \times \int_0^{h} e^{-\delta t}\, dE[X(T, T + t)]`,
    equation 1 of Fader, Hardie and Lee (2005) [1]_. What customers have spent before, and
    what it costs to win or keep them, is not in it.

    Parameters
    ----------
    fit : PurchaseModel
        Fitted model of purchases, such as `BetaGeoNBD`.
    spend : GammaGamma
        Fitted model of spend.
    data : CustomerSummary or table
        With the columns of both models.
    horizon : float or None
        How far to look ahead, in the unit of the fit; None is without end.
    annual_discount_rate : float, optional
        Effective rate per year of 365.25 days: 0.10 is 10 %.
    discount_rate : float, optional
        Rate per unit of the fit, given in place of the annual one: continuous, unless the
        model is one of periods (see there).
    margin : float, default 1
        What remains of one unit of spend.

    Returns
    -------
    LifetimeValue
        One entry per customer, in the order of the data. NaN where the expected spend is.

    Raises
    ------
    InvalidArgumentError
        If the horizon is not positive, not exactly one rate is given, the margin is not a
        positive number, the models are in the wrong places, or the data count in another
        unit than the fit.
    NotFittedError
        If a model is not fitted.
    SchemaError
        If a column is missing or holds no numbers, or the log has no amounts.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). RFM and CLV: Using Iso-Value
       Curves for Customer Base Analysis. Journal of Marketing Research 42(4), 415-430.

    Examples
    --------
    >>> from customerintel import models
    >>> fit = models.ParetoNBD.from_params(
    ...     dict(r=0.553, alpha=10.58, s=0.606, beta=11.66), unit="week")
    >>> spend = models.GammaGamma.from_params(dict(p=6.25, q=3.74, gamma=15.44))
    >>> table = {"frequency": [0, 7], "recency": [0.0, 35.0], "T": [38.857, 39.0],
    ...          "monetary_value": [0.0, 30.0]}
    >>> worth = models.lifetime_value(
    ...     fit, spend, table, horizon=None, discount_rate=0.0026877)
    >>> worth.value.round(0)
    array([ 17., 625.])
    """
    _check_models(fit, spend)
    if horizon is not None:
        horizon = check_horizon(horizon)
    rate = rate_per_unit(fit.unit_, annual_discount_rate, discount_rate)
    _check_margin(margin)
    refuse_logs(data)
    parts = Parts.of(data)  # a stream can be read only once
    data, kind, ids = parts.whole, parts.kind, parts.ids
    # the rates as given: models of periods mean a rate per period
    purchases = fit.discounted_expected_purchases(
        data, horizon, annual_discount_rate=annual_discount_rate, discount_rate=discount_rate
    )
    per_purchase = spend.expected_spend(data)
    value = per_purchase * purchases
    value *= margin
    return LifetimeValue(
        value=value,
        expected_spend=per_purchase,
        discounted_purchases=purchases,
        horizon=horizon,
        discount_rate=rate,
        unit=fit.unit_,
        margin=float(margin),
        ids=ids,
        kind=kind,
    )


def _check_models(fit: object, spend: object) -> None:
    """Refuse what is no model, swapped models and unfitted ones."""
    for model, method, what, example in (
        (fit, "discounted_expected_purchases", "first a model of purchases", "BetaGeoNBD"),
        (spend, "expected_spend", "second a model of spend", "GammaGamma"),
    ):
        if not hasattr(model, method):
            raise InvalidArgumentError(
                f"lifetime_value takes {what}, such as {example}; got {type(model).__name__}."
            )
        if isinstance(model, FittedModel):
            _ = model._values  # says so where it is not fitted


def _check_margin(margin: Any) -> None:
    if not is_number(margin):
        raise InvalidArgumentError(f"margin must be a number; got {type(margin).__name__}.")
    if not (math.isfinite(margin) and margin > 0.0):
        raise InvalidArgumentError(
            f"margin must be a positive number, such as 0.3 for 30 %; got {margin!r}."
        )
