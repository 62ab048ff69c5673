"""Memory without shape or owner, for functions that are called many times per event.

numba hands an array over as seven numbers, counts the references to it at each call, and looks at
the sign of every index. A bare address is one number, and nothing is counted or looked at.
"""

from __future__ import annotations

from numba.core import types
from numba.extending import intrinsic, overload
from numba.np.arrayobj import make_array

__all__ = ["bare"]


def bare(array):
    """Return the address of a contiguous array; whoever calls the kernel keeps it alive.

    It takes one index, which must lie inside; without compilation it is the array itself.
    """
    return array


@intrinsic
def _address(typing, array):
    del typing

    def build(context, builder, signature, values):
        del signature
        return make_array(array)(context, builder, value=values[0]).data

    return types.CPointer(array.dtype)(array), build


@overload(bare)
def _of_bare(array):  # noqa: ARG001 - its type
    return lambda array: _address(array)  # noqa: PLW0108 - what is compiled
