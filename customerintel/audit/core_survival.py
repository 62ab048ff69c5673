"""How long the first core stays: its share that still buys, period by period."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.two_periods import core_of_period
from customerintel.exceptions import CustomerIntelWarning
from customerintel.rfm.read_only import seal
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells

__all__ = ["CoreSurvival", "half_life", "survival_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Periods that a projection looks ahead; what lasts longer is said to have no half-life.
AHEAD = 1_000


@dataclass(frozen=True, eq=False, repr=False)
class CoreSurvival:
    """The core of the first complete period, and how much of it buys in each later one.

    Attributes
    ----------
    periods : ndarray of int64, shape (p,)
        Places of the complete periods, the core's own first.
    active : ndarray of float64, shape (p,)
        Share of the core with a purchase in each; 1 in its own. Some come back, so it may rise.
    half_life : float
        Periods until the share is one half; inf where it never will be, NaN where nothing tells.
    source : str
        "observed"; "projected" by the shifted-beta-geometric model (Fader and Hardie 2007);
        or "unknown".
    size : float
        Customers in the first core.
    """

    periods: Ints
    active: Floats
    half_life: float
    source: str
    size: float

    def __post_init__(self) -> None:
        seal(self)

    def _facts(self) -> dict[str, object]:
        periods = len(self.periods)
        return {"periods": periods, "half_life": self.half_life, "source": self.source}

    def __repr__(self) -> str:
        return one_line("CoreSurvival", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Survival of the first core", list(self._facts().items()))


def survival_of(cells: Cells, by: str, share: float) -> CoreSurvival:
    """Follow the core of the first complete period through those after it.

    Parameters
    ----------
    cells : Cells
        Not cut by a group.
    by, share
        Of the core.
    """
    whole = np.flatnonzero(cells.periods.complete)
    weights = np.zeros(len(cells.ids))
    if len(whole):
        weights = core_of_period(cells, int(whole[0]), by, share)
    buying = np.bincount(cells.period, weights[cells.customer], minlength=len(cells.periods))
    size = float(weights.sum())
    active = buying[whole] / size if size else np.full(len(whole), np.nan)
    found, source = half_life(active, size)
    return CoreSurvival(whole, active, found, source, size)


def half_life(active: Floats, size: float) -> tuple[float, str]:
    """Return when the share of a group is first one half, and how that is known.

    Parameters
    ----------
    active : ndarray of float64, shape (p,)
        Share that is active after 0, 1, 2 … periods.
    size : float
        Customers that it is a share of.

    Returns
    -------
    periods : float
        Interpolated in a straight line; beyond the last period by a shifted-beta-geometric model
        of the shares so far, with those who came back counted as never gone before; where that
        has no maximum within, by one rate for all. NaN with fewer than two later periods, which
        cannot hold two parameters.
    source : str
        "observed", "projected" or "unknown".

    Examples
    --------
    >>> import numpy as np
    >>> half_life(np.array([1.0, 0.7, 0.3]), 100)
    (1.5, 'observed')
    """
    below = np.flatnonzero(active <= 0.5)
    if len(below):
        return _crossing(active, int(below[0])), "observed"
    # who comes back was not gone: the largest share from here on
    kept = np.maximum.accumulate(active[::-1])[::-1]
    if len(kept) < 3 or not np.isfinite(kept).all():
        return math.nan, "unknown"
    if kept[-1] >= 1.0:
        return math.inf, "projected"
    found = _projected(kept, size)
    # what was seen goes first: the share is above one half until the last period
    return max(found, float(len(active) - 1)), "projected"


def _projected(survivors: Floats, size: float) -> float:
    """Return the half-life of the model; of its limit, one rate for all, where it has no other."""
    from customerintel.models.shifted_beta_geometric import ShiftedBetaGeometric

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CustomerIntelWarning)
        fit = ShiftedBetaGeometric().fit(survivors.tolist(), n=size)
    if fit.status_ != "interior":
        rate = float(survivors[1:].sum() / survivors[:-1].sum())
        # where nobody leaves, half never have
        return math.log(0.5) / math.log(rate) if rate < 1.0 else math.inf
    ahead = fit.survival(AHEAD)
    below = np.flatnonzero(ahead <= 0.5)
    return _crossing(ahead, int(below[0])) if len(below) else math.inf


def _crossing(share: Floats, k: int) -> float:
    """Return where the line between the entry before `k` and `k` is at one half."""
    before, after = float(share[k - 1]), float(share[k])
    return k - 1 + (before - 0.5) / (before - after)
