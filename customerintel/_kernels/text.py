"""Texts as Arrow keeps them: one buffer of bytes, and where each text begins."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel


@kernel
def find_texts(offsets, index, start, stop, begins, lengths):
    """Write where the texts ``index[start … stop]`` begin, and how long they are."""
    for j in range(start, stop):
        begins[j] = offsets[index[j]]
        lengths[j] = offsets[index[j] + 1] - begins[j]


@kernel
def take_texts(data, begins, start, stop, out_offsets, out):
    """Copy the texts that start at `begins` one after another; `out_offsets` is known.

    Texts are taken in blocks, in two rounds: the first only fetches what lies far apart,
    so that the waits for memory overlap. Returns nothing of use.
    """
    seen = np.uint8(0)
    block = 64
    for base in range(start, stop, block):
        top = min(base + block, stop)
        for j in range(base, top):
            length = out_offsets[j + 1] - out_offsets[j]
            if length > 0:
                seen |= data[begins[j]] | data[begins[j] + length - 1]
        for j in range(base, top):
            shift = begins[j] - out_offsets[j]
            for at in range(out_offsets[j], out_offsets[j + 1]):
                out[at] = data[at + shift]
    return seen


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
    """Return how many leading bytes all the texts share."""
    if len(offsets) < 2:
        return 0
    first = offsets[0]
    length = offsets[1] - first
    for i in range(1, len(offsets) - 1):
        length = min(length, offsets[i + 1] - offsets[i])
        for k in range(length):
            if data[offsets[i] + k] != data[first + k]:
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
