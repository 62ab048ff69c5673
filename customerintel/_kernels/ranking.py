"""Where values stand among those of a reference."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel


@kernel
def percentiles(values, start, stop, knots, below, upto, n, out):
    """Write the mid-rank percentile of ``values[start … stop]`` among `n` values.

    Parameters
    ----------
    knots : float64, shape (n_knots,)
        Distinct values of the reference, ascending.
    below, upto : float64, shape (n_knots,)
        How many of its values lie below each knot, and how many up to it.
    out : float64
        NaN where the value is; between knots on the straight line between their counts.
    """
    most = 1.0 - 0.5 / n
    for i in range(start, stop):
        value = values[i]
        if value != value:
            out[i] = np.nan
            continue
        low, high = 0, len(knots)
        while low < high:
            middle = (low + high) // 2
            if knots[middle] < value:
                low = middle + 1
            else:
                high = middle
        if low == len(knots):
            count = np.float64(n)
        elif knots[low] == value:
            count = 0.5 * (below[low] + upto[low])
        elif low == 0:
            count = 0.0
        else:
            count = upto[low - 1]
            if below[low] > count:  # what lies between is not known one by one
                share = (value - knots[low - 1]) / (knots[low] - knots[low - 1])
                count += share * (below[low] - count)
        out[i] = min(most, max(0.5 / n, count / n))
