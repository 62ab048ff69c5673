"""JSON without recursion: where a value ends, and what is wanted of it on the way.

Whatever is unusual gives `LEFT`, so does a wanted key that is there twice, and all that is no
JSON. Such lines are for others to read.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_json_values import (
    LEFT,
    blank,
    number_end,
    number_of,
    plain_end,
    text_end,
)
from customerintel._kernels.live_letters import eight, is_same
from customerintel._kernels.live_words import SPREAD

#: Brackets within brackets.
DEEPEST: Final = 60

# numbers of an entry of the table of keys, and where they are in it
ENTRY: Final = 9
E_KEY, E_FIRST, E_LAST, E_LOW, E_HIGH, E_ROLE, E_CHILD, E_ASK, E_ASKS = range(ENTRY)
# numbers of an ask: the row of values, and the texts it is compared with (from -1: none)
ASK: Final = 3


@kernel
def _word(data, low, high, stop):
    """Return up to eight letters as a word."""
    n = min(high - low, 8)
    if low + 8 <= stop:
        return eight(data, low) & (~np.uint64(0) >> np.uint64(64 - 8 * n))
    word = np.uint64(0)
    for k in range(n):
        word |= np.uint64(data[low + k]) << np.uint64(8 * k)
    return word


@kernel
def find_key(data, low, high, stop, node, slots, shift, entries, letters):
    """Return the entry of a text that is not empty under a node; -1: there is none."""
    n = high - low
    key = np.int64(node) << 32 | n
    first = _word(data, low, high, stop)
    last = first if n <= 8 else eight(data, high - 8)
    place = (((first ^ np.uint64(key)) * SPREAD ^ last) * SPREAD) >> np.uint64(shift)
    mask = (np.uint64(1) << np.uint64(64 - shift)) - np.uint64(1)
    while slots[place] >= 0:
        at = slots[place] * ENTRY
        if (
            entries[at] == key
            and np.uint64(entries[at + E_FIRST]) == first
            and np.uint64(entries[at + E_LAST]) == last
            and (
                n <= 16
                or is_same(data, low, high, letters, entries[at + E_LOW], entries[at + E_HIGH])
            )
        ):
            return slots[place]
        place = (place + np.uint64(1)) & mask
    return np.int64(-1)


@kernel
def key_at(data, at, stop, node, slots, shift, entries, letters, marks, mark):
    """Return the place behind a key and its colon, and its entry; an entry is there once."""
    at = blank(data, at, stop)
    entry = np.int64(-1)
    if at >= stop or data[at] != 34:
        return LEFT, entry
    low = at + 1
    high = text_end(data, low, stop)
    if high < 0:
        return LEFT, entry
    if node >= 0:
        if high == low:
            return LEFT, entry
        entry = find_key(data, low, high, stop, node, slots, shift, entries, letters)
        if entry >= 0:
            if marks[entry] == mark:
                return LEFT, entry
            marks[entry] = mark
    at = blank(data, high + 1, stop)
    if at >= stop or data[at] != 58:
        return LEFT, entry
    return at + 1, entry


@kernel
def _text_place(data, low, high, letters, texts, first, last):
    """Return which of some texts it is, from one on; 0: another one."""
    for k in range(first, last):
        if is_same(data, low, high, letters, texts[2 * k], texts[2 * k + 1]):
            return np.float64(k - first + 1)
    return 0.0


@kernel
def _number(data, low, high, is_text):
    """Return a number, or the one that a text is (NaN: none), and whether it is read here."""
    if is_text:
        any_digit = False
        for k in range(low, high):
            any_digit |= 48 <= data[k] <= 57
        if not any_digit:
            return np.nan, True
        if (data[low] != 45 and not 48 <= data[low] <= 57) or number_end(data, low, high) != high:
            return np.nan, False
    number = number_of(data, low, high)
    return number, number == number


@kernel
def take(data, low, high, entry, entries, letters, asks, texts, values, stride, i):
    """Write what is wanted of a text, number or word; False: it is not read here."""
    at = entry * ENTRY
    first, byte = entries[at + E_ASK], data[low]
    if byte == 110:
        return True  # null is missing
    if entries[at + E_CHILD] >= 0:
        return False
    for ask in range(first * ASK, (first + entries[at + E_ASKS]) * ASK, ASK):
        place = asks[ask] * stride + i
        if asks[ask + 1] >= 0:
            found = 0.0
            if byte == 34:
                found = _text_place(
                    data, low + 1, high - 1, letters, texts, asks[ask + 1], asks[ask + 2]
                )
            values[place] = found
        elif byte == 116 or byte == 102:
            values[place] = 1.0 if byte == 116 else 0.0
        else:
            inner = byte == 34
            values[place], is_read = _number(data, low + inner, high - inner, inner)
            if not is_read:
                return False
    return True


@kernel
def walk(
    data, at, stop, node, slots, shift, entries, letters, asks, texts, stack, marks, mark, values,
    stride, i,
):  # fmt: skip
    """Return the place behind a value; keys that are wanted under the node are taken."""
    depth, kinds, entry, child = 0, np.uint64(0), np.int64(-1), node
    while True:
        at = blank(data, at, stop)
        if at >= stop:
            return LEFT
        byte = data[at]
        is_object, opens = byte == 123, False
        if is_object or byte == 91:
            if depth == DEEPEST or (not is_object and child >= 0):
                return LEFT
            stack[depth] = child
            depth += 1
            kinds = (kinds << np.uint64(1)) | np.uint64(is_object)
            at = blank(data, at + 1, stop)
            opens = at < stop and data[at] != byte + 2
        else:
            low = at
            at = plain_end(data, low, stop)
            if at < 0:
                return LEFT
            if entry >= 0 and not take(
                data, low, at, entry, entries, letters, asks, texts, values, stride, i
            ):
                return LEFT
        if not opens:
            at, depth, kinds, opens = _close(data, at, stop, depth, kinds)
            if not opens:
                return at
        entry, child = np.int64(-1), np.int64(-1)
        if kinds & np.uint64(1):
            at, entry = key_at(
                data, at, stop, stack[depth - 1], slots, shift, entries, letters, marks, mark
            )
            if at < 0:
                return LEFT
            if entry >= 0:
                child = entries[entry * ENTRY + E_CHILD]


@kernel
def _close(data, at, stop, depth, kinds):
    """Leave all brackets that close here; tell whether another value comes."""
    while depth > 0:
        at = blank(data, at, stop)
        if at >= stop:
            return LEFT, depth, kinds, False
        byte = data[at]
        at += 1
        if byte == 44:
            return at, depth, kinds, True
        if byte != (125 if kinds & np.uint64(1) else 93):
            return LEFT, depth, kinds, False
        depth -= 1
        kinds >>= np.uint64(1)
    return at, depth, kinds, False
