"""Distances of people to the nearest of some others, over traits of mixed kinds."""

from __future__ import annotations

import math

import numpy as np

from customerintel._kernels._jit import kernel


@kernel
def nearest_mean(numbers, codes, other_numbers, other_codes, k, out):
    """Write the mean Gower distance to the k nearest others.

    Numbers come divided by their range; traits that either lacks (NaN, a negative code) do not
    count. Where no trait is shared, the distance is 1.
    """
    n_others, p, q = len(other_numbers), numbers.shape[1], codes.shape[1]
    nearest = np.empty(k)
    for i in range(len(out)):
        held = 0
        for s in range(n_others):
            total, shared = 0.0, 0
            for j in range(p):
                apart = abs(numbers[i, j] - other_numbers[s, j])
                if not math.isnan(apart):
                    total += min(apart, 1.0)
                    shared += 1
            for j in range(q):
                if codes[i, j] >= 0 and other_codes[s, j] >= 0:
                    shared += 1
                    if codes[i, j] != other_codes[s, j]:
                        total += 1.0
            distance = total / shared if shared else 1.0
            if held < k:
                held += 1
            elif distance >= nearest[k - 1]:
                continue
            at = held - 1
            while at > 0 and nearest[at - 1] > distance:
                nearest[at] = nearest[at - 1]
                at -= 1
            nearest[at] = distance
        total = 0.0
        for j in range(held):  # ascending: the same sum whatever the order of the others
            total += nearest[j]
        out[i] = total / held
