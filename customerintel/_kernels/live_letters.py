"""Eight letters at a time: as a word, and which of them end or spoil a text."""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

from customerintel._kernels._jit import kernel

__all__ = ["LAST", "eight", "first_special", "is_same"]

#: Letters that are looked at together, less one.
LAST = 7
_ONES = 0x0101010101010101
_TOPS = 0x8080808080808080
_SPECIAL = b'"\\\x7f'


def eight(memory, place):
    """Return eight letters of bare memory as a word, of which the first is the lowest byte."""
    return np.uint64(int.from_bytes(memory[place : place + 8].tobytes(), "little"))


def first_special(memory, place):
    """Return how many of eight letters in bare memory are plain before the first that is not.

    Quotes, backslashes, controls and what lies beyond ASCII are not plain.
    """
    letters = memory[place : place + 8].tobytes()
    plain = [32 <= one < 128 and one not in _SPECIAL for one in letters]
    return plain.index(False) if False in plain else 8


@kernel
def is_same(data, low, high, letters, first, last):
    """Tell whether two texts are equal, each by the place where it begins and ends."""
    if high - low != last - first:
        return False
    for k in range(high - low):
        if data[low + k] != letters[first + k]:
            return False
    return True


def _load(builder, memory, place):
    """Read a word where it lies; the processors that numba knows have the lowest byte first."""
    kind = ir.IntType(64)
    letters = builder.load(builder.bitcast(builder.gep(memory, [place]), kind.as_pointer()))
    letters.align = 1
    return letters


def _equal(builder, letters, letter):
    """Return a word in which the top bit of the first byte that is a letter is set."""
    kind = letters.type
    other = builder.xor(letters, kind(letter * _ONES))
    less = builder.sub(other, kind(_ONES))
    return builder.and_(less, builder.not_(other))


@intrinsic
def _eight(typing, memory, place):
    del typing, place

    def build(context, builder, signature, values):
        del context, signature
        return _load(builder, *values)

    return types.uint64(memory, types.intp), build


@intrinsic
def _first_special(typing, memory, place):
    del typing, place

    def build(context, builder, signature, values):
        del context, signature
        kind = ir.IntType(64)
        letters = _load(builder, *values)
        controls = builder.and_(builder.sub(letters, kind(0x20 * _ONES)), builder.not_(letters))
        found = builder.or_(letters, controls)
        for letter in _SPECIAL:
            found = builder.or_(found, _equal(builder, letters, letter))
        found = builder.and_(found, kind(_TOPS))
        # a borrow may mark more, but only above the first; none at all gives 64
        return builder.lshr(builder.cttz(found, ir.IntType(1)(0)), kind(3))

    return types.int64(memory, types.intp), build


@overload(eight)
def _of_eight(memory, place):  # noqa: ARG001 - its type
    return lambda memory, place: _eight(memory, place)  # noqa: PLW0108 - what is compiled


@overload(first_special)
def _of_first_special(memory, place):  # noqa: ARG001 - its type
    return lambda memory, place: _first_special(memory, place)  # noqa: PLW0108 - what is compiled
