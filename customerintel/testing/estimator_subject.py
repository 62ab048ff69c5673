"""The churn estimator under test: the logs that it is fitted to, and what it is asked of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from customerintel.plugins.contract import CHURN_ESTIMATOR, Contract
from customerintel.tables import History
from customerintel.testing.datasets import MOMENT, Business, Transactions, simulate
from customerintel.testing.disturbances import snapshot
from customerintel.testing.subject import SAME, Broken, Floats, Maker, Subject

__all__ = ["HORIZON", "EstimatorSubject", "valid"]

#: Days ahead, where a check does not say otherwise.
HORIZON = 90.0


class EstimatorSubject(Subject):
    """A churn estimator under test, and the logs it is tried on.

    Parameters
    ----------
    maker : callable
        Makes a fresh estimator.
    seed : int
        Of the logs, and the ``random_state`` of estimators that have one.
    business : {"shop", "subscription"}
        Of what business the logs are.
    """

    contract: ClassVar[Contract] = CHURN_ESTIMATOR
    noun: ClassVar[str] = "estimator"
    method: ClassVar[str] = "predict"
    thing: ClassVar[str] = "history"
    shape: ClassVar[str] = "(history.n_customers,)"

    def __init__(self, maker: Maker, seed: int, business: Business = "shop") -> None:
        super().__init__(maker, seed)
        self.business: Business = business

    @cached_property
    def rows(self) -> Transactions:
        """A few hundred customers, before and after the moment."""
        return simulate(300, self.seed, self.business)

    @cached_property
    def few(self) -> Transactions:
        """Fewer customers, for where the number does not matter."""
        return simulate(120, self.seed, self.business)

    def history(self) -> History:
        """Return the plain history; a new log each time, so that nobody can spoil it."""
        return self.rows.until(MOMENT).history()

    def data(self) -> History:
        """Return the plain history."""
        return self.history()

    def fit(self, data: History, horizon_days: float = HORIZON) -> Any:
        """Return a fresh estimator, fitted."""
        made = self.fresh()
        made.fit(data, horizon_days=horizon_days)
        return made

    def views(self) -> tuple[Callable[[], History], Callable[[], History]]:
        """Return what looks at two logs, which are made once."""
        rows = self.rows.until(MOMENT)
        logs = [rows.log(), rows.take(rows.time % 2 == 0).log()]
        moment = np.datetime64(MOMENT, "us")
        return lambda: logs[0].as_of(moment), lambda: logs[1].as_of(moment)

    def snapshot(self, data: History) -> dict[str, str]:
        """Return a digest of all that a history shows, and of its log, by name."""
        return snapshot(data)


def valid(found: Floats, history: History, where: str, what_to_do: str) -> None:
    """Raise `Broken` unless predictions have the right shape and are probabilities."""
    right = (history.n_customers,)
    if found.shape != right:
        raise Broken(f"{where}: predict returned shape {found.shape}, not {right}.", what_to_do)
    good = (found >= -SAME) & (found <= 1.0 + SAME)
    if not np.all(good):
        first = found[~good][0]
        raise Broken(
            f"{where}: {int((~good).sum())} of {good.size} predictions are no probabilities, the "
            f"first {first:.6g}.",
            what_to_do,
        )
