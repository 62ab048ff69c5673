"""What a look-alike model is worth: seeds that came later, found among those who were not seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.lookalike.audience_gains import Gains
from customerintel.models.arguments import is_number
from customerintel.rfm.read_only import read_only
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["Evaluation", "read_shares"]

Floats = NDArray[np.float64]

#: Shares of the prospects of the gain curve.
CURVE = np.unique(np.concatenate([np.linspace(0.0, 0.1, 41), np.linspace(0.1, 1.0, 91)]))


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """How well later seeds are found; made by `LookalikeModel.evaluate`.

    All compares people who *became* seeds with prospects of whom nobody knows what they would
    become. Some of these are alike, too: precision and AUC are therefore **lower bounds**
    (Elkan and Noto 2008; Menon et al. 2015), while recall is what it says. Which of two models is
    better is not changed by that, as long as the later seeds are a fair sample of those to find.

    Attributes
    ----------
    gains : mapping of str to Gains
        Of the ``"model"``, of the trait that is best alone (``"best trait: …"``), and of the
        baselines that were named.
    shares : tuple of float
        Shares of the prospects that the table has rows for.
    level : float
        Of the intervals.
    best_trait : str
        The trait that alone ranks the training seeds best.
    n_not_prospects : int
        Held-out seeds who are not among the prospects, or were seeds already.
    """

    gains: Mapping[str, Gains]
    shares: tuple[float, ...]
    level: float
    best_trait: str
    n_not_prospects: int
    _kind: Kind

    @property
    def n_prospects(self) -> int:
        """Prospects who were ranked, the held-out seeds among them."""
        return self._own.n_prospects

    @property
    def n_holdout(self) -> int:
        """Held-out seeds among them."""
        return self._own.n_seeds

    @property
    def _own(self) -> Gains:
        return self.gains["model"]

    def recall(self, share: float) -> float:
        """Return the share of the held-out seeds among the first `share` of the prospects.

        Raises
        ------
        InvalidArgumentError
            If it is no share.
        """
        return self._own.recall(read_shares([share])[0])

    def lift(self, share: float) -> float:
        """Return how many times more held-out seeds there are than in a random choice."""
        return self.recall(share) / share

    def precision(self, share: float, *, labelled: float = 1.0) -> float:
        """Return the share of held-out seeds among the first `share` of the prospects.

        Parameters
        ----------
        share : float
            Of the prospects.
        labelled : float, default 1
            Share of all who are alike that were held out, if it is known (c of Elkan and Noto
            2008): the result is divided by it. With 1 it is a lower bound.
        """
        if not is_number(labelled) or not 0.0 < labelled <= 1.0:
            raise InvalidArgumentError(f"labelled must be above 0 and at most 1; got {labelled!r}.")
        found = self.recall(share) * self.n_holdout / (share * self.n_prospects)
        return min(1.0, found / labelled)

    @property
    def auc(self) -> float:
        """Chance that a held-out seed scores higher than another prospect: a lower bound."""
        return self._own.auc

    def auc_if(self, alike: float) -> float:
        """Return what the AUC would be were a share of the other prospects alike as well.

        ``(AUC - alike / 2) / (1 - alike)`` (Menon, van Rooyen, Ong and Williamson 2015, ICML,
        Corollary 3, without noise among the seeds).
        """
        if not is_number(alike) or not 0.0 <= alike < 1.0:
            raise InvalidArgumentError(f"alike must be at least 0 and below 1; got {alike!r}.")
        return min(1.0, (self.auc - alike / 2.0) / (1.0 - alike))

    def interval(self, name: str, share: float | None = None) -> tuple[float, float]:
        """Return the interval of "auc", or of "recall" or "lift" at a share.

        Raises
        ------
        InvalidArgumentError
            If there is no such measure, or the share is missing.
        """
        if name == "auc":
            return self._own.auc_interval(self.level)
        if name not in ("recall", "lift") or share is None:
            raise InvalidArgumentError(
                "interval takes 'auc', or 'recall' or 'lift' with a share such as 0.05; got "
                f"{name!r} and {share!r}."
            )
        low, high = self._own.recall_interval(read_shares([share])[0], self.level)
        return (low, high) if name == "recall" else (low / share, high / share)

    def curve(self, name: str = "model") -> tuple[Floats, Floats]:
        """Return shares of the prospects, and the recall at each: the gain curve."""
        if name not in self.gains:
            raise InvalidArgumentError(
                f"There is no curve of {name!r}; there are {', '.join(map(repr, self.gains))}."
            )
        return read_only(CURVE), read_only(self.gains[name].curve(CURVE))

    def to_frame(self) -> Any:
        """Return one row per ranking and share, of the prospects' kind of table.

        Columns ``ranking``, ``share``, ``recall`` with its interval, ``lift``, ``precision``
        (a lower bound), ``lee_liu`` (recall squared over the share, Lee and Liu 2003: greatest
        at the best cut, without any negatives), ``auc`` with its interval.
        """
        rows = [
            (name, share, one.recall(share), *one.recall_interval(share, self.level),
             one.recall(share) / share,
             one.recall(share) * one.n_seeds / (share * one.n_prospects),
             one.recall(share) ** 2 / share, one.auc, *one.auc_interval(self.level))
            for name, one in self.gains.items()
            for share in self.shares
        ]  # fmt: skip
        names = (
            "ranking", "share", "recall", "recall_lower", "recall_upper", "lift", "precision",
            "lee_liu", "auc", "auc_lower", "auc_upper",
        )  # fmt: skip
        columns = dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True))
        columns["ranking"] = columns["ranking"].astype(object)
        return build(columns, self._kind)

    def _facts(self) -> dict[str, object]:
        share = self.shares[0]
        return {
            "prospects": self.n_prospects, "holdout": self.n_holdout, "auc": round(self.auc, 4),
            f"recall_at_{share:g}": round(self.recall(share), 4),
            "best_trait": self.best_trait,
        }  # fmt: skip

    def __repr__(self) -> str:
        return one_line("Evaluation", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Evaluation of a look-alike model", list(self._facts().items()))


def read_shares(shares: Any) -> tuple[float, ...]:
    """Return shares of the prospects.

    Raises
    ------
    InvalidArgumentError
        If one is none.
    """
    given = tuple(shares) if isinstance(shares, Sequence | np.ndarray) else (shares,)
    wrong = [one for one in given if not is_number(one) or not 0.0 < one <= 1.0]
    if wrong or not given:
        shown = repr(wrong[0]) if wrong else "none"
        raise InvalidArgumentError(
            f"A share of the prospects must be above 0 and at most 1, such as 0.05; got {shown}."
        )
    return tuple(map(float, given))
