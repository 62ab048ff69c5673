"""Ask for memory before it is needed: records of customers lie far apart, and events jump."""

from __future__ import annotations

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

__all__ = ["prefetch"]


def prefetch(memory, place):
    """Have a line of bare memory brought into the cache; nothing else, and no harm if needless."""


@intrinsic
def _prefetch(typing, memory, place):
    del typing, place

    def build(context, builder, signature, values):
        del context, signature
        byte, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag])
        ask = builder.module.globals.get("llvm.prefetch")
        if ask is None:
            ask = ir.Function(builder.module, kind, "llvm.prefetch")
        at = builder.bitcast(builder.gep(values[0], [values[1]]), byte)
        # to be written, and kept in every level of the cache: data, not code
        builder.call(ask, [at, flag(1), flag(3), flag(1)])

    return types.void(memory, types.intp), build


@overload(prefetch)
def _of_prefetch(memory, place):  # noqa: ARG001 - its type
    if isinstance(memory, types.CPointer):
        return lambda memory, place: _prefetch(memory, place)  # noqa: PLW0108 - what is compiled
    return lambda memory, place: None  # noqa: ARG005 - shapes of the other
