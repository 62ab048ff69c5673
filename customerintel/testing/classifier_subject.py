"""The relationship classifier under test: the customers that it is asked about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.plugins.contract import RELATIONSHIP_CLASSIFIER, Contract
from customerintel.relationships.scorer import ROUNDING
from customerintel.testing.classifier_data import Base, draw_base
from customerintel.testing.subject import Broken, Floats, Subject

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals

__all__ = ["ClassifierSubject", "valid"]

#: One customer in so many is of a kind that nobody knows, in `fit`.
UNKNOWN_ONE_IN = 5


class ClassifierSubject(Subject):
    """A relationship classifier under test, and the customers it is tried on.

    Parameters
    ----------
    maker : callable
        Makes a fresh classifier.
    seed : int
        Of the logs, and the ``random_state`` of classifiers that have one.
    """

    contract: ClassVar[Contract] = RELATIONSHIP_CLASSIFIER
    noun: ClassVar[str] = "classifier"
    method: ClassVar[str] = "predict_proba"
    thing: ClassVar[str] = "signals"
    shape: ClassVar[str] = "(n_customers, len(labels))"

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What customers say they are: the labels of a fresh classifier."""
        labels = self.fresh().labels
        if isinstance(labels, tuple) and labels and all(isinstance(one, str) for one in labels):
            return labels
        return ("a", "b", "c")  # the contract is broken, and its check says so

    @cached_property
    def base(self) -> Base:
        """Draw about a hundred customers."""
        return draw_base(120, self.seed, self.words)

    @cached_property
    def other(self) -> Base:
        """Draw fewer and other customers."""
        return draw_base(70, self.seed + 1, self.words)

    def data(self) -> Signals:
        """Return the plain signals, from all sources; anew each time."""
        return self.base.signals()

    def fit(self, data: Signals) -> Any:
        """Return a fresh classifier; fitted, if it can be."""
        made = self.fresh()
        if hasattr(made, "fit"):
            made.fit(data, self.kinds_of(data))
        return made

    def forms(self, data: Signals) -> list[Any]:
        """Return a fitted classifier, and what its `adapt` returns, if it can be adapted."""
        made = self.fit(data)
        return [made, made.adapt(data)] if hasattr(made, "adapt") else [made]

    @cached_property
    def settled(self) -> Any:
        """A classifier that was fitted and adapted as far as it can be, for many checks."""
        return self.forms(self.data())[-1]

    def kinds_of(self, data: Signals) -> NDArray[np.object_]:
        """Return a label of most customers, by their habits where these are known."""
        base = next((one for one in (self.base, self.other) if len(one.habit) == len(data)), None)
        habit = np.arange(len(data)) % 3 if base is None else base.habit
        made = np.array(self.words, object)[habit % len(self.words)]
        made[::UNKNOWN_ONE_IN] = None
        return made

    def views(self) -> tuple[Callable[[], Signals], Callable[[], Signals]]:
        """Return what gives signals of two bases, which are made once."""
        made = self.base.signals(), self.other.signals()
        return lambda: made[0], lambda: made[1]

    def snapshot(self, data: Signals) -> dict[str, str]:
        """Return a digest of all that signals hold, by name."""
        shown = {
            "the ids": data.customer_id,
            "the values": data.to_numpy(),
            "the weights": data.weights(),
            "the ranks": data.ranks(),
            "what is stated": data.stated,
            "what is desired": data.desired,
        }
        return {
            name: hashlib.sha256(repr(values.tolist()).encode()).hexdigest()
            for name, values in shown.items()
        }


def valid(found: Floats, made: Any, data: Signals, where: str, what_to_do: str) -> None:
    """Raise `Broken` unless an answer has the right shape and every row is good, or unknown."""
    right = (len(data), len(made.labels))
    if found.shape != right:
        raise Broken(
            f"{where}: predict_proba returned shape {found.shape}, not {right}.", what_to_do
        )
    unknown = np.isnan(found).all(axis=1)
    with np.errstate(invalid="ignore"):
        inside = ((found >= -ROUNDING) & (found <= 1.0 + ROUNDING)).all(axis=1)
        good = inside & (np.abs(found.sum(axis=1) - 1.0) <= ROUNDING)
    bad = np.flatnonzero(~good & ~unknown)
    if bad.size:
        raise Broken(
            f"{where}: {bad.size} of {len(found)} rows are no probabilities that sum to 1, the "
            f"first {np.array2string(found[bad[0]], precision=6, threshold=8)}.",
            what_to_do,
        )
