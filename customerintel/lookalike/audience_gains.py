"""How well an order of prospects finds those who were held out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.score_intervals import score_interval
from customerintel.rfm.read_only import seal

__all__ = ["Gains", "gains_of"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Gains:
    """Where the held-out seeds stand in an order of prospects; made by `gains_of`.

    Attributes
    ----------
    above, through : float64 array, shape (n_seeds,)
        Share of the prospects who score higher than each held-out seed, and who score as high or
        higher: between them, its place is a matter of chance. Ascending.
    n_prospects : int
        Held-out seeds among them.
    """

    above: Floats
    through: Floats
    n_prospects: int
    _spread: float

    def __post_init__(self) -> None:
        seal(self)

    @property
    def n_seeds(self) -> int:
        """Number of held-out seeds among the prospects."""
        return len(self.above)

    def recall(self, share: float) -> float:
        """Return the share of the held-out seeds among the first `share` of the prospects.

        Prospects of equal scores at the cut count in part: it is the mean over all orders of them.
        """
        if not self.n_seeds:
            return np.nan
        inside = (share - self.above) / (self.through - self.above)
        return float(np.clip(inside, 0.0, 1.0).mean())

    def recall_interval(self, share: float, level: float) -> tuple[float, float]:
        """Return its score interval (Wilson 1927): held-out seeds are drawn, prospects given."""
        low, high = score_interval(self.recall(share) * self.n_seeds, self.n_seeds, level)
        return float(low), float(high)

    @cached_property
    def auc(self) -> float:
        """Chance that a held-out seed scores higher than another prospect, ties as half."""
        n, others = self.n_seeds, self.n_prospects - self.n_seeds
        if not n or not others:
            return np.nan
        # Mann and Whitney (1947): of the mean place among all, that among the others
        place = (self.above + self.through).mean() / 2.0
        return float((1.0 - place - n / (2.0 * self.n_prospects)) * self.n_prospects / others)

    def auc_interval(self, level: float) -> tuple[float, float]:
        """Return the interval by the variance of DeLong, DeLong and Clarke-Pearson (1988)."""
        half = NormalDist().inv_cdf(0.5 + level / 2.0) * self._spread
        return max(0.0, self.auc - half), min(1.0, self.auc + half)

    def curve(self, shares: Floats) -> Floats:
        """Return the recall of each share of the prospects."""
        return np.array([self.recall(float(share)) for share in shares])


def gains_of(scores: Floats, is_seed: Mask) -> Gains:
    """Say where held-out seeds stand when prospects are ordered by falling score.

    Parameters
    ----------
    scores : ndarray of float64, shape (n_prospects,)
        Without NaN.
    is_seed : ndarray of bool, shape (n_prospects,)
        Who was held out.
    """
    n = len(scores)
    ordered = np.sort(scores)
    own = scores[is_seed]
    high = n - np.searchsorted(ordered, own, "right")
    through = n - np.searchsorted(ordered, own, "left")
    order = np.lexsort((through, high))
    return Gains(
        above=high[order] / max(n, 1),
        through=through[order] / max(n, 1),
        n_prospects=n,
        _spread=_auc_spread(scores, is_seed),
    )


def _auc_spread(scores: Floats, is_seed: Mask) -> float:
    """Return the standard error of the AUC by its placements."""
    seeds, others = np.sort(scores[is_seed]), np.sort(scores[~is_seed])
    if len(seeds) < 2 or len(others) < 2:
        return np.nan
    total = 0.0
    for own, other in ((seeds, others), (others, seeds)):
        beaten = np.searchsorted(other, own, "left") + np.searchsorted(other, own, "right")
        total += float((beaten / (2.0 * len(other))).var(ddof=1)) / len(own)
    return float(np.sqrt(total))
