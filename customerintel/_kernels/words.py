"""Two machine instructions that Python has no name for: an unaligned load, a wide product."""

from __future__ import annotations

import sys

import numpy as np
from numba.core import config

__all__ = ["high_product", "load"]

if config.DISABLE_JIT:  # type: ignore[attr-defined]

    def load(data, at):
        """Return the eight bytes of a uint8 array from place `at`, the first one lowest."""
        return np.uint64(int.from_bytes(data[at : at + 8].tobytes(), "little"))

    def high_product(a, b):
        """Return the upper half of the 128-bit product of two uint64."""
        return np.uint64((int(a) * int(b)) >> 64)

else:
    from llvmlite import ir  # numba brings it
    from numba.core import types
    from numba.extending import intrinsic

    _WORD, _WIDE = ir.IntType(64), ir.IntType(128)

    @intrinsic
    def load(_typing, data, _at):
        """Return the eight bytes of a uint8 array from place `at`, the first one lowest."""

        def generate(context, builder, signature, arguments):
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            place = builder.gep(array.data, [arguments[1]])
            word = builder.load(builder.bitcast(place, _WORD.as_pointer()), align=1)
            return word if sys.byteorder == "little" else builder.bswap(word)

        return types.uint64(data, types.int64), generate

    @intrinsic
    def high_product(_typing, _a, _b):
        """Return the upper half of the 128-bit product of two uint64."""

        def generate(_context, builder, _signature, arguments):
            left, right = (builder.zext(value, _WIDE) for value in arguments)
            upper = builder.lshr(builder.mul(left, right), ir.Constant(_WIDE, 64))
            return builder.trunc(upper, _WORD)

        return types.uint64(types.uint64, types.uint64), generate
