"""Giving equal texts one number: fingerprints, partitions of them, and numbers in the rows' order.

A fingerprint has two parts. Each is a sum of products of seven-byte words, shifted by secret
keys, modulo the prime 2**61 - 1 (a pseudo-dot product, as in Black, Halevi, Krawczyk, Krovetz
and Rogaway, UMAC, 1999, and Lemire and Kaser 2014). Whoever does not know the keys can but
guess: two texts that differ agree in one part with a probability of at most
``(2 + length / 224) / 2**61`` (Schwartz 1980), whatever the texts.

Records are kept in blocks, each of one partition; so that no pass is needed to count them
before.
"""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.words import high_product, load

PRIME = np.uint64((1 << 61) - 1)
#: Keys of a fingerprint: two for the length, two between segments, four per 14 bytes of one.
N_KEYS = 4 + 4 * 16
#: `rest` holds the second part of the fingerprint above the number of the row.
RECORD = np.dtype([("mark", "u8"), ("rest", "u8")])
#: Records per block.
BLOCK = 1024

_SEVEN = np.uint64((1 << 56) - 1)


@kernel
def _reduce(x):
    """Return a number below 2**61 + 8 that is `x` modulo the prime."""
    return (x & PRIME) + (x >> np.uint64(61))


@kernel
def _product(a, b):
    """Return a number below 2**63.4 that is ``a * b`` modulo the prime; both below 2**62."""
    low = a * b
    return (low & PRIME) + ((high_product(a, b) << np.uint64(3)) | (low >> np.uint64(61)))


@kernel
def _few_bytes(data, at, stop):
    """Return fewer than eight bytes as one integer."""
    word = np.uint64(0)
    shift = np.uint64(0)
    while at < stop:
        word |= np.uint64(data[at]) << shift
        shift += np.uint64(8)
        at += 1
    return word


@kernel
def _fingerprint(data, start, stop, keys):
    """Return both parts of the fingerprint of the text ``start … stop``.

    The last words overlap with those before: with the length they still tell every byte.
    """
    length = np.uint64(stop - start)
    a = _reduce(_product(length, keys[0]))
    b = _reduce(_product(length, keys[1]))
    at, k = start, 4
    while at + 15 <= stop:
        u, v = load(data, at) & _SEVEN, load(data, at + 7) & _SEVEN
        a = _reduce(a + _product(u + keys[k], v + keys[k + 1]))
        b = _reduce(b + _product(u + keys[k + 2], v + keys[k + 3]))
        at += 14
        k += 4
        if k == len(keys):
            k = 4
            a = _reduce(_product(a, keys[2]))
            b = _reduce(_product(b, keys[3]))
    if length >= np.uint64(8):
        u = load(data, at if length < np.uint64(14) else stop - 14) & _SEVEN
        v = load(data, stop - 8) >> np.uint64(8)
    else:
        u, v = _few_bytes(data, at, stop), np.uint64(0)
    a = _reduce(a + _product(u + keys[k], v + keys[k + 1]))
    b = _reduce(b + _product(u + keys[k + 2], v + keys[k + 3]))
    return a - PRIME if a >= PRIME else a, b - PRIME if b >= PRIME else b


@kernel
def spread_texts(
    data, offsets, start, stop, keys, shift, row_bits, parts, records, free, begin, cursor, after,
    sizes,
):  # fmt: skip
    """Write a record of each text of ``start … stop`` to a block of its partition.

    `parts` gets the partition of each text; `begin` and `cursor` (filled with -1 and 0) the
    first block and the end of each partition, `sizes` (filled with 0) how many records it has;
    ``after[block]`` the block that follows. Blocks from `free` on are taken.
    """
    for i in range(start, stop):
        mark, check = _fingerprint(data, offsets[i], offsets[i + 1], keys)
        part = np.int64(mark >> shift)
        at = cursor[part]
        if at % BLOCK == 0:
            if begin[part] < 0:
                begin[part] = free
            else:
                after[at // BLOCK - 1] = free
            at = free * BLOCK
            free += 1
        records[at]["mark"] = mark
        records[at]["rest"] = (check << row_bits) | np.uint64(i)
        cursor[part] = at + 1
        sizes[part] += 1
        parts[i] = part


@kernel
def _enter(marks, used, table):
    """Enter the first `used` marks into an empty table."""
    mask = np.uint64(len(table) - 1)
    for c in range(used):
        place = marks[c] & mask
        while table[place] != 0:
            place = (place + np.uint64(1)) & mask
        table[place] = c + 1


@kernel
def number_records(records, row_bits, begin, cursor, after, first, marks, checks):
    """Put the number of each record's text into its `rest`; return how many texts there are.

    `begin` and `cursor` have one entry per stretch of rows. `first` gets the row in which
    each text came first; `marks` and `checks` are scratch.
    """
    table = np.zeros(4096, np.int32)
    mask = np.uint64(len(table) - 1)
    used = 0
    for k in range(len(begin)):
        at = begin[k] * BLOCK
        while begin[k] >= 0 and at != cursor[k]:
            mark, rest = records[at]["mark"], records[at]["rest"]
            check = rest >> row_bits
            place = mark & mask
            c = np.int64(table[place])
            while c != 0 and (marks[c - 1] != mark or checks[c - 1] != check):
                place = (place + np.uint64(1)) & mask
                c = np.int64(table[place])
            if c == 0:
                marks[used], checks[used] = mark, check
                first[used] = np.int64(rest ^ (check << row_bits))
                used += 1
                c = used
                table[place] = c
                if 4 * used >= len(table):
                    table = np.zeros(2 * len(table), np.int32)
                    mask = np.uint64(len(table) - 1)
                    _enter(marks, used, table)
            records[at]["rest"] = np.uint64(c - 1)
            at += 1
            if at % BLOCK == 0 and at != cursor[k]:
                at = after[at // BLOCK - 1] * BLOCK
    return used


@kernel
def settle_numbers(records, begin, cursor, after, rank):
    """Replace each number that `number_records` gave in one partition by ``rank[number]``."""
    for k in range(len(begin)):
        at = begin[k] * BLOCK
        while begin[k] >= 0 and at != cursor[k]:
            records[at]["rest"] = np.uint64(rank[np.int64(records[at]["rest"])])
            at += 1
            if at % BLOCK == 0 and at != cursor[k]:
                at = after[at // BLOCK - 1] * BLOCK


@kernel
def merge_numbers(start, stop, parts, records, cursor, after, codes):
    """Write the number of each row of ``start … stop`` to `codes`.

    `cursor` holds the next record of each partition. All is read in the order in which it
    lies; to write each partition's numbers to their rows would jump about.
    """
    for i in range(start, stop):
        part = parts[i]
        at = cursor[part]
        codes[i] = np.int64(records[at]["rest"])
        at += 1
        if at % BLOCK == 0:
            at = after[at // BLOCK - 1] * BLOCK
        cursor[part] = at
