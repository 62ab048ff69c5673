"""`portfolio`: per type of relationship who they are, what they bring and what they suffer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.models.intervals import check_level
from customerintel.relationships import complaint_load, portfolio_money
from customerintel.relationships.churn_of_types import churn_of
from customerintel.relationships.share_intervals import Estimate, shares
from customerintel.relationships.table_parts import (
    UNKNOWN,
    check_table,
    codes_of_types,
    history_of,
)
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable

__all__ = ["Portfolio", "portfolio"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Columns with an interval, in the order of the frame.
ESTIMATES = (
    "share", "expected_share", "spend_share", "spend_per_customer", "return_share", "churn",
    "complaints_per_100_orders", "contacts_per_customer",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Portfolio:
    """The types of relationship of a base, in the registry's order and never by spend.

    Every array has one entry per type, ``"unknown"`` last, and is read-only. Intervals are for
    each type by itself; `Estimate` holds ``value``, ``low``, ``high`` and ``error``, the margin
    of error.

    Attributes
    ----------
    types : tuple of str
        The keys of the types, then ``"unknown"``.
    customers : ndarray of int64
        Customers with the label.
    share : Estimate
        Of all customers, by label; interval of Wilson (1927), the customers taken as a sample of
        those the business could have.
    expected_share : Estimate
        The mean probability of the type, misclassification so counted: a customer who is one
        type with .6 and another with .4 is .6 and .4 of a customer. Those of whom nothing is
        known are ``"unknown"``. Wilson's interval: labels behind probabilities vary as a share
        does, what is not known of each customer included.
    spend : ndarray of float64
        Net of returns; NaN where the log has no amounts.
    spend_share : Estimate
        Of all spend; delta method (Cochran 1977, section 2.11).
    spend_per_customer : Estimate
        Mean; delta method.
    margin : ndarray of float64
        Spend less cost; NaN where the log has no cost, or a row of the type has none.
    return_share : Estimate
        Returns over transactions; delta method.
    churn : Estimate
        Mean probability of no purchase within the horizon; Wilson's interval, the probabilities
        taken as right. NaN without an estimator.
    complaints, unresolved_complaints : ndarray of float64
        Counts; NaN where no interactions are known, or none has a resolution.
    complaints_per_100_orders : Estimate
        Garwood's interval (1936), widened where complaints of one customer come together.
    contacts_per_customer : Estimate
        Mean number of inbound contacts that ask for an answer (calls, complaints, requests,
        ideas …); delta method.
    level : float
        Of the intervals.
    moment : numpy.datetime64
        UTC.
    churn_estimator : str or None
        Whose the probabilities are.
    horizon_days : float or None
        What they are about.
    """

    types: tuple[str, ...]
    customers: Ints
    share: Estimate
    expected_share: Estimate
    spend: Floats
    spend_share: Estimate
    spend_per_customer: Estimate
    margin: Floats
    return_share: Estimate
    churn: Estimate
    complaints: Floats
    complaints_per_100_orders: Estimate
    unresolved_complaints: Floats
    contacts_per_customer: Estimate
    level: float
    moment: np.datetime64
    churn_estimator: str | None
    horizon_days: float | None
    _kind: Kind = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.types)

    def to_frame(self, *, estimates: bool = True) -> Any:
        """Return one row per type, in the log's kind of table.

        Parameters
        ----------
        estimates : bool, default True
            Whether intervals and margins of error go along; False gives the short form.

        Returns
        -------
        table
            ``type``, ``customers``, and the other attributes by their names; an estimate has the
            columns ``name``, ``name_low``, ``name_high`` and ``name_error``, in the short form
            ``name`` only.
        """
        columns: dict[str, Column] = {
            "type": Labels(np.arange(len(self)), self.types),
            "customers": self.customers,
        }
        plain = ("spend", "margin", "complaints", "unresolved_complaints")
        for name in ESTIMATES:
            found = getattr(self, name)
            columns |= found.columns(name) if estimates else {name: found.value}
        columns |= {name: getattr(self, name) for name in plain}
        return build(columns, self._kind)

    def _facts(self) -> dict[str, object]:
        known = int(self.customers[:-1].sum())
        return {
            "types": len(self) - 1,
            "customers": known + int(self.customers[-1]),
            "unknown": int(self.customers[-1]),
            "moment": self.moment,
            "churn": self.churn_estimator,
            "horizon_days": self.horizon_days,
            "level": self.level,
        }

    def __repr__(self) -> str:
        return one_line("Portfolio", **self._facts())

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = [
            (name, f"{count:,} customers, {share:.1%} ± {error:.1%}")
            for name, count, share, error in zip(
                self.types, self.customers.tolist(), self.share.value.tolist(),
                self.share.error.tolist(), strict=True,
            )
        ]  # fmt: skip
        return html_table("Portfolio of relationships", rows)


def portfolio(
    table: RelationshipTable, *, churn: Any = "recency", horizon: Any = "90d", level: float = 0.95
) -> Portfolio:
    """Return what each type of relationship comes to: customers, money, churn and complaints.

    Parameters
    ----------
    table : RelationshipTable
        Of `classify`.
    churn : str, class, estimator, ChurnScorer, Predictions or None
        Churn estimator that is fitted to the table's history, or predictions that there are
        already; None: the column is NaN.
    horizon : str, timedelta or number of days, default "90d"
        How far ahead churn looks; predictions have their own.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    Portfolio
        Types in the registry's order, ``"unknown"`` last.

    Raises
    ------
    InvalidArgumentError
        If the table was made from signals alone, or an argument cannot be used.
    PluginError
        If the churn estimator cannot be found or breaks its contract.

    Warns
    -----
    DataQualityWarning
        If some rows of the log have a cost and others none.

    Notes
    -----
    Money says what a type brings now, not which relationship is better: ranking types by spend
    is what types are there to replace, so the rows keep the registry's order. Intervals are of
    sampling and, for `Portfolio.expected_share`, of what the classifier does not know; they
    know nothing of a classifier whose probabilities are wrong. Those of money are too short
    where few customers spend most of it.

    Examples
    --------
    >>> import customerintel as ci
    >>> shop = ci.relationships.simulate(100, seed=1)
    >>> table = ci.relationships.classify(shop.as_of(), interactions=shop.interactions)
    >>> found = table.portfolio(horizon="60d")
    >>> found.types[-1], int(found.customers.sum())
    ('unknown', 100)
    """
    check_table(table, "portfolio")
    level = check_level(level)
    history = history_of(table, "portfolio")
    codes, size, n = codes_of_types(table), len(table.labels) + 1, len(table.ids)
    customers = np.bincount(codes, minlength=size)
    left = churn_of(table, churn, horizon)
    return Portfolio(
        types=(*table.labels, UNKNOWN),
        customers=customers,
        share=shares(customers / max(n, 1), np.full(size, n), level),
        expected_share=shares(_expected(table.probabilities), np.full(size, n), level),
        **portfolio_money.money_of(table, history, codes, size, level),
        **complaint_load.load_of(table, history, codes, size, level),
        churn=left.by(codes, size, level),
        level=level,
        moment=table.moment,
        churn_estimator=left.estimator,
        horizon_days=left.horizon_days,
        _kind=table.signals.kind,
    )


def _expected(probabilities: Floats) -> Floats:
    """Return the mean probability of each type, then the share of whom nothing is known."""
    blank = np.asarray(np.isnan(probabilities).any(axis=1), bool)
    known = np.where(blank[:, None], 0.0, probabilities)
    return np.append(known.sum(axis=0), blank.sum()) / max(len(known), 1)
