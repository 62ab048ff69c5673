"""What an estimator predicted at each moment, and what happened, customer by customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.rfm.read_only import seal
from customerintel.tables.building import build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["OriginPredictions"]


@dataclass(frozen=True, eq=False, repr=False)
class OriginPredictions:
    """Predictions of one estimator at several origins; rows of one origin stand together.

    Attributes
    ----------
    estimator : str
        Whose they are.
    origin : ndarray of int64, shape (n,)
        Place of each row's origin in `moments`.
    moments : ndarray of datetime64[us], shape (k,)
        Origins, UTC.
    ids : CustomerIds, length n
        Customers; ascending within an origin.
    probability : ndarray of float64, shape (n,)
        Of no purchase in the horizon.
    churned : ndarray of bool, shape (n,)
        Whether there was none.
    horizon_days : float
        Its length.
    """

    estimator: str
    origin: NDArray[np.int64]
    moments: NDArray[np.datetime64]
    ids: CustomerIds
    probability: NDArray[np.float64]
    churned: NDArray[np.bool_]
    horizon_days: float
    _kind: Kind = field(repr=False)
    _zone: str | None = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Customer of each row: int64, or objects of str."""
        return self.ids.to_numpy()

    def to_frame(self) -> Any:
        """Return ``origin`` (its moment), ``customer_id``, ``probability`` and ``churned``."""
        return build(
            {
                "origin": self.moments[self.origin],
                "customer_id": self.ids,
                "probability": self.probability,
                "churned": self.churned,
            },
            self._kind,
            self._zone,
        )

    def __len__(self) -> int:
        return len(self.churned)

    def _facts(self) -> dict[str, object]:
        return {
            "estimator": self.estimator,
            "rows": len(self),
            "origins": len(np.unique(self.origin)),
            "horizon_days": self.horizon_days,
            "churned": float(self.churned.mean()),
        }

    def __repr__(self) -> str:
        return one_line("OriginPredictions", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Predictions at origins", list(self._facts().items()))
