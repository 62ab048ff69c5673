"""A row per customer and moment: what was known then, and what then happened."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.labels import active_since
from customerintel.rfm.read_only import read_only, seal
from customerintel.tables import History, TransactionLog
from customerintel.tables.building import Column, build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.churn.rolling_origins import RollingOrigins

__all__ = ["OriginTable", "outcome", "table_of"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


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
    horizon_days : float
        Its length.
    """

    as_of: NDArray[np.datetime64]
    ids: CustomerIds
    features: Mapping[str, Floats]
    y: Mask
    horizon_days: float
    _kind: Kind = field(repr=False)
    _zone: str | None = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    @property
    def X(self) -> Any:  # noqa: N802 - scikit-learn's name
        """A new pandas table: ``as_of``, ``customer_id``, and a column per feature."""
        return build(self._known(), Kind("pandas"), self._zone)

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
            "churned": float(self.y.mean()),
        }

    def __repr__(self) -> str:
        return one_line("OriginTable", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Customers at several moments", list(self._facts().items()))


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
        found = history.features(ahead=max(1, math.ceil(origins.horizon.days)))
        columns.append({name: found[name] for name in found.names})
    sizes = [len(one) for one in keys]
    return OriginTable(
        as_of=np.repeat(np.array(moments, "M8[us]"), sizes),
        ids=CustomerIds(np.concatenate(keys), log._texts),
        features=MappingProxyType({
            name: read_only(np.concatenate([one[name] for one in columns])) for name in columns[0]
        }),
        y=np.concatenate(churned),
        horizon_days=origins.horizon.days,
        _kind=log.kind,
        _zone=log.time_zone,
    )  # fmt: skip
