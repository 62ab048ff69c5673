"""A row per customer and moment: what was known then, and what then happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import Horizon, features_for
from customerintel.churn.labels import active_since
from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import read_only, seal
from customerintel.tables import History, TransactionLog
from customerintel.tables.building import Column, build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.churn.rolling_origins import RollingOrigins

__all__ = ["OriginTable", "check_outcomes", "outcome", "table_of"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Under which pandas' ``attrs`` keep what the outcomes are of; they go wherever rows go.
_ATTRS = "customerintel"


@dataclass(frozen=True, eq=False, repr=False)
class OriginTable:
    """Rows of customers at several moments, for scikit-learn; made by `RollingOrigins.table`.

    Attributes
    ----------
    as_of : ndarray of datetime64[us], shape (n,)
        Moment of each row, UTC; ascending.
    ids : CustomerIds, length n
        Its customer; ascending within a moment.
    features : mapping of str to ndarray of float64, shape (n,)
        What was known then: all of ``history.features()``.
    y : ndarray of bool, shape (n,)
        Whether the customer then bought nothing in the horizon.
    horizon_days, gap_days : float
        Its length, and how long after the moment it begins.
    """

    as_of: NDArray[np.datetime64]
    ids: CustomerIds
    features: Mapping[str, Floats]
    y: Mask
    horizon_days: float
    gap_days: float
    _kind: Kind = field(repr=False)
    _zone: str | None = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    @property
    def X(self) -> Any:  # noqa: N802 - scikit-learn's name
        """A new pandas table: ``as_of``, ``customer_id``, and a column per feature.

        Its ``attrs`` tell horizon and gap, so that nobody splits it by others.
        """
        frame = build(self._known(), Kind("pandas"), self._zone)
        frame.attrs[_ATTRS] = {"horizon_days": self.horizon_days, "gap_days": self.gap_days}
        return frame

    @property
    def groups(self) -> NDArray[Any]:
        """The customer of each row: of one customer there may be several."""
        return self.ids.to_numpy()

    def to_frame(self) -> Any:
        """Return the columns of :attr:`X` and ``churned``, in the log's kind of table."""
        return build({**self._known(), "churned": self.y}, self._kind, self._zone)

    def _known(self) -> dict[str, Column]:
        return {"as_of": self.as_of, "customer_id": self.ids, **self.features}

    def __len__(self) -> int:
        return len(self.y)

    def _facts(self) -> dict[str, object]:
        return {
            "rows": len(self),
            "moments": len(np.unique(self.as_of)),
            "features": len(self.features),
            "horizon_days": self.horizon_days,
            "gap_days": self.gap_days or None,
            "churned": float(self.y.mean()),
        }

    def __repr__(self) -> str:
        return one_line("OriginTable", **self._facts())

    def _repr_html_(self) -> str:
        facts = [one for one in self._facts().items() if one[1] is not None]
        return html_table("Customers at several moments", facts)


def check_outcomes(X: Any, horizon: Horizon, gap: Horizon | None, whose: str) -> None:
    """Refuse rows whose outcomes are of another horizon or gap, where their ``attrs`` tell.

    Raises
    ------
    InvalidArgumentError
        If they are.
    """
    attrs = getattr(X, "attrs", None)
    made = attrs.get(_ATTRS) if isinstance(attrs, Mapping) else None
    if not isinstance(made, Mapping):
        return
    asked = horizon.days, 0.0 if gap is None else gap.days
    of = made.get("horizon_days", asked[0]), made.get("gap_days", asked[1])
    if of != asked:
        raise InvalidArgumentError(
            f"The outcomes of X are of a horizon of {_told(*of)}, and {whose} has one of "
            f"{_told(*asked)}: an outcome would be learnt from before it is over, or would be "
            "another than the one asked for. Make X with the table(log) of RollingOrigins of "
            "the same horizon and gap."
        )


def _told(horizon_days: Any, gap_days: Any) -> str:
    return f"{horizon_days:g}d" + (f" (and a gap of {gap_days:g}d)" if gap_days else "")


def outcome(origins: RollingOrigins, past: History, moment: int) -> Mask:
    """Return who of a history's customers bought nothing in the horizon after it (and the gap).

    Parameters
    ----------
    origins : RollingOrigins
        Horizon and gap.
    past : History
        As of the origin.
    moment : int
        The origin, in UTC microseconds.

    Returns
    -------
    ndarray of bool, shape (past.n_customers,)
    """
    zone = past._log.time_zone
    later = History(past._log, origins.closes(moment, zone))
    return ~active_since(later, origins.opens(moment, zone), past)


def table_of(origins: RollingOrigins, log: TransactionLog, moments: list[int]) -> OriginTable:
    """Return the rows of all customers at all moments."""
    keys, churned, columns = [], [], []
    for moment in moments:
        history = History(log, moment)
        keys.append(history.ids.keys)
        churned.append(outcome(origins, history, moment))
        found = features_for(history, origins.horizon)
        columns.append({name: found[name] for name in found.names})
    sizes = [len(one) for one in keys]
    return OriginTable(
        as_of=np.repeat(np.array(moments, "M8[us]"), sizes),
        ids=CustomerIds(np.concatenate(keys), log._texts),
        features={
            name: read_only(np.concatenate([one[name] for one in columns])) for name in columns[0]
        },
        y=np.concatenate(churned),
        horizon_days=origins.horizon.days,
        gap_days=0.0 if origins.gap is None else origins.gap.days,
        _kind=log.kind,
        _zone=log.time_zone,
    )  # fmt: skip
