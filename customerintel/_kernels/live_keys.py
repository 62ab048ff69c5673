"""Keys of message ids: SipHash with a secret, so that nobody can make two ids collide."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare

_MASK = np.uint64(0xFF)


@kernel
def _turn(word, by):
    return (word << np.uint64(by)) | (word >> np.uint64(64 - by))


@kernel
def _round(a, b, c, d):
    a += b
    b = _turn(b, 13) ^ a
    a = _turn(a, 32)
    c += d
    d = _turn(d, 16) ^ c
    a += d
    d = _turn(d, 21) ^ a
    c += b
    b = _turn(b, 17) ^ c
    c = _turn(c, 32)
    return a, b, c, d


@kernel
def _rounds(a, b, c, d, count):
    for _ in range(count):
        a, b, c, d = _round(a, b, c, d)
    return a, b, c, d


@kernel
def _absorb(a, b, c, d, word):
    d ^= word
    a, b, c, d = _round(a, b, c, d)
    a, b, c, d = _round(a, b, c, d)
    return a ^ word, b, c, d


@kernel
def _hash(data, start, stop, low_key, high_key):
    a = low_key ^ np.uint64(0x736F6D6570736575)
    b = high_key ^ np.uint64(0x646F72616E646F6D) ^ np.uint64(0xEE)
    c = low_key ^ np.uint64(0x6C7967656E657261)
    d = high_key ^ np.uint64(0x7465646279746573)
    full = start + ((stop - start) // 8) * 8
    for at in range(start, full, 8):
        word = np.uint64(0)
        for k in range(8):
            word |= np.uint64(data[at + k]) << np.uint64(8 * k)
        a, b, c, d = _absorb(a, b, c, d, word)
    word = (np.uint64(stop - start) & _MASK) << np.uint64(56)
    for k in range(stop - full):
        word |= np.uint64(data[full + k]) << np.uint64(8 * k)
    a, b, c, d = _absorb(a, b, c, d, word)
    c ^= np.uint64(0xEE)
    a, b, c, d = _rounds(a, b, c, d, 4)
    first = a ^ b ^ c ^ d
    b ^= np.uint64(0xDD)
    a, b, c, d = _rounds(a, b, c, d, 4)
    return first, a ^ b ^ c ^ d


@kernel
def _key(data, start, stop, low_key, high_key):
    """Return the key of a text; one without bytes gets (0, 0), which no other text has."""
    if stop <= start:
        return np.uint64(0), np.uint64(0)
    first, second = _hash(data, start, stop, low_key, high_key)
    if first == np.uint64(0) and second == np.uint64(0):
        second = np.uint64(1)
    return first, second


@kernel
def hash_messages(data, offsets, low_key, high_key, out):
    """Write SipHash-2-4 with 128 bits (Aumasson and Bernstein 2012) of each text.

    A text without bytes is no message id; it gets (0, 0), which no other text has.
    """
    letters = bare(data)
    for i in range(len(offsets) - 1):
        out[i, 0], out[i, 1] = _key(letters, offsets[i], offsets[i + 1], low_key, high_key)


@kernel
def hash_spans(data, starts, stops, low_key, high_key, out):
    """Do the same for texts that lie anywhere."""
    letters = bare(data)
    for i in range(len(starts)):
        out[i, 0], out[i, 1] = _key(letters, starts[i], stops[i], low_key, high_key)
