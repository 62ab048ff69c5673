"""What Python reads of one customer."""

from __future__ import annotations

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_terms import probability, read, segment_of

__all__ = ["count_at", "probability_at", "segment_at"]


@kernel
def count_at(table, words, floats, halves, base, counter, buckets, t):
    """Return what a counter counts in the last buckets up to a moment."""
    table, words, floats, halves = bare(table), bare(words), bare(floats), bare(halves)
    return read(table, words, floats, halves, base, counter, buckets, t, 0)


@kernel
def segment_at(table, numbers, words, floats, base, t):
    """Return the code of the segment at a moment; -1 without one."""
    return segment_of(bare(table), bare(numbers), bare(words), bare(floats), base, t)


@kernel
def probability_at(table, numbers, words, base, t):
    """Return P(alive) at a moment."""
    return probability(bare(table), bare(numbers), bare(words), base, t)
