"""Cut points, segment names and model parameters as the numbers that kernels read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from customerintel.rfm.segment_scheme import SegmentScheme
from customerintel.rfm.thresholds import RFMThresholds

__all__ = ["pack_rfm"]


def pack_rfm(
    thresholds: RFMThresholds | None,
    scheme: SegmentScheme | None,
    alive: Sequence[float] | None = None,
) -> NDArray[np.float64]:
    """Return what `FoldState.rfm` holds.

    Parameters
    ----------
    thresholds, scheme : RFMThresholds and SegmentScheme, optional
        Without both, nobody has a segment.
    alive : sequence of float, optional
        r, alpha, a and b of MBG/NBD with the day as unit. None: P(alive) is unknown.

    Returns
    -------
    float64 array
        Method (0 none, 1 each measure alone, 2 nested), the three numbers of scores, the four
        parameters, the cut points, and the segment of each cell.
    """
    given = [np.nan] * 4 if alive is None else [float(one) for one in alive]
    if thresholds is None or scheme is None:
        return np.array([0.0, 1.0, 1.0, 1.0, *given])
    bins = (*thresholds.bins, 1)[:3]
    head = [2.0 if thresholds.method == "nested" else 1.0, *map(float, bins), *given]
    cuts = [one.ravel() for one in thresholds.arrays()]
    table = scheme.table(bins[2]).astype(np.float64)
    return np.concatenate([np.array(head), *cuts, table])
