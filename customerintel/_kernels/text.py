"""Texts as Arrow keeps them: one buffer of bytes, and where each text begins."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel


@kernel
def _word(data, at):
    """Return eight bytes as one integer; compilers make one load of it."""
    word = np.uint64(0)
    for k in range(8):
        word |= np.uint64(data[at + k]) << np.uint64(8 * k)
    return word


@kernel
def _tail(data, at, stop):
    """Return fewer than eight bytes as one integer."""
    word = np.uint64(0)
    shift = np.uint64(0)
    while at < stop:
        word |= np.uint64(data[at]) << shift
        shift += np.uint64(8)
        at += 1
    return word


@kernel
def hash_texts(data, offsets, start, stop, seed, out):
    """Write a 64-bit hash of each text of ``start … stop`` to `out`."""
    multiplier = np.uint64(0x9E3779B97F4A7C15)
    for i in range(start, stop):
        at, high = offsets[i], offsets[i + 1]
        h = np.uint64(seed) ^ (np.uint64(high - at) * multiplier)
        while at + 8 <= high:
            h = (h ^ _word(data, at)) * multiplier
            h ^= h >> np.uint64(29)
            at += 8
        h = (h ^ _tail(data, at, high)) * multiplier
        h ^= h >> np.uint64(32)
        h *= np.uint64(0xD6E8FEB86659FD93)
        out[i] = np.int64(h ^ (h >> np.uint64(32)))


@kernel
def same_texts(data, offsets, codes, words, starts, start, stop, others):
    """Tell whether each text of ``start … stop`` is the one of `words` that its code names.

    Texts are looked at in blocks, in two rounds: the first only fetches what lies far apart,
    so that the waits for memory overlap. `others` is scratch, one place per text of a block.
    """
    for base in range(start, stop, len(others)):
        top = min(base + len(others), stop)
        unlike = np.uint64(0)
        for i in range(base, top):
            other = starts[codes[i]]
            others[i - base] = other
            length = starts[codes[i] + 1] - other
            unlike |= np.uint64(length ^ (offsets[i + 1] - offsets[i]))
        if unlike != 0:
            return False
        for i in range(base, top):
            at, high = offsets[i], offsets[i + 1]
            if high > at:
                other = others[i - base]
                unlike |= np.uint64(data[at] ^ words[other])
                unlike |= np.uint64(data[high - 1] ^ words[other + high - 1 - at])
        for i in range(base, top):
            at, high = offsets[i], offsets[i + 1]
            other = others[i - base]
            end = other + high - at
            while at + 8 <= high:
                unlike |= _word(data, at) ^ _word(words, other)
                at += 8
                other += 8
            unlike |= _tail(data, at, high) ^ _tail(words, other, end)
        if unlike != 0:
            return False
    return True


@kernel
def take_texts(data, offsets, index, start, stop, out_offsets, out):
    """Copy the texts ``index[start … stop]`` one after another; `out_offsets` is known."""
    for j in range(start, stop):
        a, high = offsets[index[j]], offsets[index[j] + 1]
        b = out_offsets[j]
        while a + 8 <= high:
            word = _word(data, a)
            for k in range(8):
                out[b + k] = np.uint8((word >> np.uint64(8 * k)) & np.uint64(255))
            a += 8
            b += 8
        while a < high:
            out[b] = data[a]
            a += 1
            b += 1


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
def shared_prefix(data, offsets, index):
    """Return how many leading bytes the texts at `index` share."""
    if len(index) == 0:
        return 0
    first = offsets[index[0]]
    length = offsets[index[0] + 1] - first
    for i in index:
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
