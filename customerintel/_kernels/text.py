"""Texts as Arrow keeps them: one buffer of bytes, and where each text begins."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel


@kernel
def hash_texts(data, offsets, start, stop, seed, out):
    """Write a 64-bit hash of each text of ``start … stop`` to `out`."""
    multiplier = np.uint64(0x9E3779B97F4A7C15)
    for i in range(start, stop):
        low, high = offsets[i], offsets[i + 1]
        h = np.uint64(seed) ^ (np.uint64(high - low) * multiplier)
        at = low
        while at + 8 <= high:
            word = np.uint64(0)
            for k in range(8):
                word |= np.uint64(data[at + k]) << np.uint64(8 * k)
            h = (h ^ word) * multiplier
            h ^= h >> np.uint64(29)
            at += 8
        word = np.uint64(0)
        shift = np.uint64(0)
        while at < high:
            word |= np.uint64(data[at]) << shift
            shift += np.uint64(8)
            at += 1
        h = (h ^ word) * multiplier
        h ^= h >> np.uint64(32)
        h *= np.uint64(0xD6E8FEB86659FD93)
        out[i] = np.int64(h ^ (h >> np.uint64(32)))


@kernel
def same_as_first(data, offsets, codes, first, start, stop):
    """Tell whether each text of ``start … stop`` is the one that its code stands for."""
    for i in range(start, stop):
        a, b = offsets[i], offsets[first[codes[i]]]
        length = offsets[i + 1] - a
        if length != offsets[first[codes[i]] + 1] - b:
            return False
        for k in range(length):
            if data[a + k] != data[b + k]:
                return False
    return True


@kernel
def take_texts(data, offsets, index, out_offsets, out):
    """Copy the texts at `index` one after another; `out_offsets` is already known."""
    for j in range(len(index)):
        a = offsets[index[j]]
        b = out_offsets[j]
        for k in range(out_offsets[j + 1] - b):
            out[b + k] = data[a + k]


@kernel
def seven_bytes(data, offsets, index, skip, out):
    """Write bytes ``skip … skip + 7`` of the texts at `index` as integers that sort like them.

    A byte counts one more than its value, so that an end of text (0) sorts before every
    byte, the zero byte included. 257**7 fits into 63 bits.
    """
    for j in range(len(index)):
        a = offsets[index[j]] + skip
        high = offsets[index[j] + 1]
        word = np.int64(0)
        for k in range(7):
            word *= 257
            if a + k < high:
                word += np.int64(data[a + k]) + 1
        out[j] = word


@kernel
def shared_prefix(data, offsets):
    """Return how many leading bytes all texts share."""
    n = len(offsets) - 1
    if n == 0:
        return 0
    length = offsets[1] - offsets[0]
    for i in range(1, n):
        length = min(length, offsets[i + 1] - offsets[i])
        for k in range(length):
            if data[offsets[i] + k] != data[offsets[0] + k]:
                length = k
                break
    return length


@kernel
def count_padded(data, offsets):
    """Count the texts that begin or end with a blank (space, tab or line end)."""
    n = 0
    for i in range(len(offsets) - 1):
        low, high = offsets[i], offsets[i + 1]
        if high > low:
            a, b = data[low], data[high - 1]
            n += (a == 32) | (8 < a < 14) | (b == 32) | (8 < b < 14)
    return n
