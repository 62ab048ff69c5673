"""Numbers that look drawn at random and are always the same for the same id."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel

#: Offset and prime of FNV-1a with 64 bits (Fowler, Noll and Vo 1991).
OFFSET = np.uint64(0xCBF29CE484222325)
PRIME = np.uint64(0x100000001B3)


@kernel
def hash_texts(data, offsets, out):
    """Write FNV-1a of the bytes of each text."""
    for i in range(len(offsets) - 1):
        word = OFFSET
        for k in range(offsets[i], offsets[i + 1]):
            word = (word ^ np.uint64(data[k])) * PRIME
        out[i] = word
