"""`Predictions`: how probable it is that each customer buys nothing within a horizon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import seal
from customerintel.tables import History
from customerintel.tables.building import Column, build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.churn.explanation import Explanation

__all__ = ["Predictions"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Predictions:
    """The chance of each customer to buy nothing within a horizon; made by `ChurnScorer.predict`.

    Attributes
    ----------
    ids : CustomerIds
        The customers.
    probability : ndarray of float64, shape (n_customers,)
        P(no purchase in (moment, moment + horizon]); read-only.
    horizon_days : float
        Length of the horizon.
    moment : numpy.datetime64
        The last microsecond that was seen, UTC.
    estimator : str
        Name of the estimator.
    """

    ids: CustomerIds
    probability: Floats
    horizon_days: float
    moment: np.datetime64
    estimator: str
    _history: History = field(repr=False)
    _drivers: Callable[[History], Any] | None = field(repr=False, default=None)

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.probability)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Ids: int64, or objects of str; ascending."""
        return self.ids.to_numpy()

    def to_frame(self) -> Any:
        """Return one row per customer.

        Returns
        -------
        table of the kind that the log was made from
            Columns ``customer_id`` and ``probability``.
        """
        log = self._history._log
        columns: dict[str, Column] = {"customer_id": self.ids, "probability": self.probability}
        return build(columns, log.kind, log.time_zone)

    @cached_property
    def _contributions(self) -> Any:
        """What the estimator says of all customers; None if it says nothing."""
        return None if self._drivers is None else self._drivers(self._history)

    def explain(self, customer_id: Any) -> Explanation:
        """Say what drove the prediction of one customer, in words and numbers.

        Parameters
        ----------
        customer_id : int or str
            Of the customer.

        Returns
        -------
        Explanation
            Its drivers by their weight; ``str()`` of it is text, ``to_frame()`` a table.

        Raises
        ------
        InvalidArgumentError
            If there is no such customer among the predictions.

        Notes
        -----
        Where the estimator offers its own contributions, they are taken against their means
        over the customers, and add up to the log-odds of the prediction. Where it does not, the
        effect of a driver is how the mean prediction of the tenth of customers who are alike in
        it differs from that of all: what goes together with the predictions, be it looked at by
        the estimator or not, and no decomposition.
        """
        from customerintel.churn.explanation import explain

        single = isinstance(customer_id, str | int | np.integer)
        found = np.flatnonzero(self.customer_id == customer_id) if single else np.empty(0, int)
        if len(found) != 1:
            kind = "texts" if self.ids.texts is not None else "integers"
            raise InvalidArgumentError(
                "There is no such customer among the predictions: the customers are those with a "
                f"purchase by {self.moment} UTC, their ids are {kind}, and one is explained at a "
                "time."
            )
        return explain(self, int(found[0]))

    def _facts(self) -> dict[str, object]:
        mean = float(self.probability.mean()) if len(self) else None
        return {
            "customers": len(self),
            "estimator": self.estimator,
            "horizon_days": self.horizon_days,
            "moment": self.moment,
            "mean_probability": mean,
        }

    def __repr__(self) -> str:
        return one_line("Predictions", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Churn predictions", list(self._facts().items()))
