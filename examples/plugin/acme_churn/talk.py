"""`TalkClassifier`: types by how much customers talk to the business, and whether in anger."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # for type checkers; at run time signals are whatever comes in
    from customerintel.relationships import Signals

Floats = NDArray[np.float64]


class TalkClassifier:
    """Two questions: does a customer talk to the business, and is it in anger.

    Who opens, answers and suggests is rather a best friend, who complains is rather commanding,
    and who does neither is rather in it for the exchange. Ranks are taken in the base that the
    classifier was adapted to; the types are three of the registry ``core``.

    Parameters
    ----------
    sharpness : float, default 4.0
        How much the ranks weigh; 0: every type is equally likely.
    """

    api_version = 1

    labels = ("basic_exchange", "best_friend", "commanding")

    #: Signals that speak of talk, and of anger.
    talk = ("responsiveness", "initiative", "referral_rate")
    anger = ("complaint_rate", "escalation_rate", "request_rate")

    def __init__(self, sharpness: float = 4.0) -> None:
        self.sharpness = sharpness
        self.shares_ = np.full(len(self.labels), 1.0 / len(self.labels))

    def adapt(self, signals: Signals, /) -> Self:
        """Return a classifier that knows how often each type is stated in a base."""
        said = np.equal(signals.stated[:, None], self.labels).astype(float)
        made = copy.copy(self)
        made.shares_ = (said.sum(axis=0) + 1.0) / (said.sum() + len(self.labels))
        return made

    def predict_proba(self, signals: Signals, /) -> Floats:
        """Return the probability of each label per customer; NaN where nothing is known."""
        talk, anger = (_mean_rank(signals, names) for names in (self.talk, self.anger))
        known = ~(np.isnan(talk) & np.isnan(anger))
        talk, anger = np.nan_to_num(talk, nan=0.5), np.nan_to_num(anger, nan=0.5)
        scores = np.stack([1.0 - np.maximum(talk, anger), talk - 0.5 * anger, anger], axis=1)
        odds = self.shares_ * np.exp(self.sharpness * scores)
        odds[~known] = np.nan
        return odds / odds.sum(axis=1, keepdims=True)

    def to_state(self) -> dict[str, Any]:
        """Return what it knows, as JSON values and arrays."""
        return {"sharpness": self.sharpness, "shares": self.shares_}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Make a classifier of what `to_state` returned."""
        made = cls(state["sharpness"])
        made.shares_ = np.asarray(state["shares"], float)
        return made


def _mean_rank(signals: Signals, names: tuple[str, ...]) -> Floats:
    """Return the mean of the ranks that are known; NaN where none is."""
    ranks = np.stack([signals.rank(name) for name in names])
    known = ~np.isnan(ranks)
    total, n = np.where(known, ranks, 0.0).sum(axis=0), known.sum(axis=0)
    return np.divide(total, n, out=np.full(len(total), np.nan), where=n > 0)
