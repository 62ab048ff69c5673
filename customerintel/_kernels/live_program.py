"""Whether a condition is true of a customer: a small stack machine over compiled conditions."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_terms import days_since, probability, read, segment_of
from customerintel._kernels.live_words import (
    AT_LEAST,
    AT_MOST,
    B_STRIDE,
    BOX_HEAD,
    EQUAL,
    GREATER,
    I_AGE,
    I_ALIVE,
    I_COMPARE,
    I_COUNT,
    I_DROP,
    I_END,
    I_FREQUENCY,
    I_HIT,
    I_IF,
    I_LABEL,
    I_MONETARY,
    I_NOT,
    I_P,
    I_SCORE,
    I_SEGMENT,
    I_UNLESS,
    LESS,
    T_DROPS,
    T_STACK,
    W_FREQUENCY,
    W_LABEL,
    W_MONETARY,
)

__all__ = ["evaluate"]


@kernel
def _compared(how, value, limit):
    """Compare; nothing is true of a missing number."""
    if value != value:
        return 0.0
    if how == AT_LEAST:
        return 1.0 if value >= limit else 0.0
    if how == GREATER:
        return 1.0 if value > limit else 0.0
    if how == LESS:
        return 1.0 if value < limit else 0.0
    if how == AT_MOST:
        return 1.0 if value <= limit else 0.0
    if how == EQUAL:
        return 1.0 if value == limit else 0.0
    return 1.0 if value != limit else 0.0


@kernel
def _chosen(table, at, code):
    """Tell whether a code is one of those that a list marks; there may be codes beyond it."""
    return float(table[at + 1 + code]) if 0 <= code < table[at] else 0.0


@kernel
def _fact(table, numbers, words, floats, base, op, a, t):
    """Return what an instruction reads of the customer apart from counters and the event."""
    if op == I_SEGMENT:
        return _chosen(table, a, segment_of(table, numbers, words, floats, base, t))
    if op == I_AGE:
        return days_since(table, words, base, t)
    if op == I_FREQUENCY:
        return float(words[base + W_FREQUENCY])
    if op == I_MONETARY:
        return floats[base + W_MONETARY]
    if op == I_SCORE:
        return floats[base + a]
    if op == I_LABEL:
        return _chosen(table, a, words[base + W_LABEL])
    if op == I_ALIVE:
        return probability(table, numbers, words, base, t)
    if op == I_DROP:
        return float((words[base + table[T_DROPS] + a // 62] >> (a % 62)) & 1)
    return 0.0


@kernel
def evaluate(table, numbers, box, words, floats, halves, values, column, base, pc, t, tb):
    """Run one program; `t` is the moment for ages, `tb` the one whose bucket is the current."""
    op = table[pc]
    if table[pc + 4] == I_END:
        if op == I_HIT:
            return box[BOX_HEAD + table[pc + 1]] != 0
        return _fact(table, numbers, words, floats, base, op, table[pc + 1], t) != 0.0
    # one comparison is all that most conditions are
    if table[pc + 4] == I_COMPARE and table[pc + 8] == I_END:
        value = np.nan
        if op == I_COUNT:
            counter, n = table[pc + 1], table[pc + 2]
            value = read(table, words, floats, halves, base, counter, n, tb, 0)
        elif op == I_P:
            value = values[table[pc + 1] * box[B_STRIDE] + column]
        else:
            value = _fact(table, numbers, words, floats, base, op, table[pc + 1], t)
        return _compared(table[pc + 5], value, numbers[table[pc + 6]]) != 0.0
    return _evaluate(table, numbers, box, words, floats, halves, values, column, base, pc, t, tb)


@kernel
def _evaluate(table, numbers, box, words, floats, halves, values, column, base, pc, t, tb):
    """Run a program of several parts."""
    stack = table[T_STACK]
    top = stack - 1
    while True:
        op, a = table[pc], table[pc + 1]
        if op == I_END:
            return numbers[top] != 0.0
        if op == I_COUNT:
            top += 1
            numbers[top] = read(table, words, floats, halves, base, a, table[pc + 2], tb, 0)
        elif op == I_COMPARE:
            numbers[top] = _compared(a, numbers[top], numbers[table[pc + 2]])
        elif op == I_HIT:
            top += 1
            numbers[top] = float(box[BOX_HEAD + a])
        elif op == I_P:
            top += 1
            numbers[top] = values[a * box[B_STRIDE] + column]
        elif op == I_NOT:
            numbers[top] = 1.0 - numbers[top]
        elif op == I_UNLESS or op == I_IF:
            # the rest of an "and" is not looked at after something false, of an "or" after a truth
            if (numbers[top] == 0.0) == (op == I_UNLESS):
                pc = a
                continue
            top -= 1
        else:
            top += 1
            numbers[top] = _fact(table, numbers, words, floats, base, op, a, t)
        pc += 4
