"""Conditions that begin in the midst of things: what is true by then has turned true before."""

from __future__ import annotations

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_due import forget_values
from customerintel._kernels.live_program import evaluate
from customerintel._kernels.live_words import (
    B_ROWS,
    B_STRIDE,
    R_EDGE,
    R_WHEN,
    RULE_SIZE,
    SKIP,
    T_EDGES,
    T_RULE,
    T_WIDTH,
    W_FLAGS,
)

__all__ = ["begin_edges"]


@kernel
def begin_edges(table, numbers, box, words, floats, halves, kept, rules, now):
    """Write for some rules of levels, and everybody but the rows to skip, whether each is true."""
    n_rules = len(rules)
    table, numbers, box, kept = bare(table), bare(numbers), bare(box), bare(kept)
    words, floats, halves, rules = bare(words), bare(floats), bare(halves), bare(rules)
    forget_values(table, kept)
    box[B_STRIDE] = 1
    for row in range(box[B_ROWS]):
        base = row * table[T_WIDTH]
        if words[base + W_FLAGS] & SKIP:
            words[base + W_FLAGS] &= ~SKIP
            continue
        for k in range(n_rules):
            at = table[T_RULE] + rules[k] * RULE_SIZE
            place = base + table[T_EDGES] + table[at + R_EDGE] // 62
            bit = 1 << (table[at + R_EDGE] % 62)
            when = table[at + R_WHEN]
            words[place] &= ~bit
            if evaluate(table, numbers, box, words, floats, halves, kept, 0, base, when, now, now):
                words[place] |= bit
    return 0
