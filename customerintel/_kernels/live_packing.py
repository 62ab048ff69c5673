"""Records of customers as few bytes: what most of them do not have takes none.

Of a record there is one bit for each word, whether it differs from that of somebody of whom
nothing is known, and then for each word that does a byte that says which of its bytes are not 0,
and those.
"""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_words import ASLEEP, LOOK, W_DAY, W_FLAGS

__all__ = ["pack_listed", "pack_rows", "unpack_listed", "unpack_rows"]


@kernel
def _kept(words, empty, is_made, base, k):
    """Return what is written of a word: of what is made anew by others, nothing."""
    if is_made[k] or (k == W_DAY and words[base + W_FLAGS] & ASLEEP):
        # whose days nobody looked at is where time is
        return empty[k]
    if k == W_FLAGS:
        return empty[k] | (words[base + k] & LOOK)
    return words[base + k]


@kernel
def _put_word(out, at, word):
    """Write the bytes of a word that are not 0; return the place behind them."""
    mask, place = 0, at + 1
    for k in range(8):
        byte = (word >> (8 * k)) & 255
        if byte != 0:
            mask |= 1 << k
            out[place] = byte
            place += 1
    out[at] = mask
    return place


@kernel
def _put_row(words, empty, is_made, width, row, out, at):
    """Write a record; return the place behind it."""
    bits, base = at, row * width
    n_bits = (width + 7) // 8
    for k in range(n_bits):
        out[bits + k] = 0
    at += n_bits
    for k in range(width):
        if words[base + k] != empty[k]:
            word = _kept(words, empty, is_made, base, k)
            if word != empty[k]:
                out[bits + k // 8] |= np.uint8(1 << (k % 8))
                at = _put_word(out, at, word)
    return at


@kernel
def pack_rows(words, empty, is_made, written, start, stop, out, size):
    """Write the records of the rows from `start` on, as far as they find room.

    Parameters
    ----------
    words : ndarray of int64
        All records, each as long as `empty`.
    empty : ndarray of int64, shape (width,)
        The record of somebody of whom nothing is known.
    is_made : ndarray of uint8, shape (width,)
        1 for a word that is made of others when records are read.
    written : ndarray of uint8, shape (rows,)
        1 for a row that is written elsewhere: here it is empty.
    start, stop : int
        The first row, and the one behind the last.
    out : ndarray of uint8
        Filled.
    size : ndarray of int64, shape (1,)
        Filled: the bytes written.

    Returns
    -------
    int
        The row behind the last one that found room.
    """
    width = empty.shape[0]
    n_bits = (width + 7) // 8
    room = out.shape[0] - n_bits - 9 * width
    words, empty, is_made, out = bare(words), bare(empty), bare(is_made), bare(out)
    written = bare(written)
    at, row = 0, start
    while row < stop and at <= room:
        if written[row]:
            for k in range(n_bits):
                out[at + k] = 0
            at += n_bits
        else:
            at = _put_row(words, empty, is_made, width, row, out, at)
        row += 1
    size[0] = at
    return row


@kernel
def pack_listed(words, empty, is_made, rows, out):
    """Write the records of some rows, for which there is room; return the bytes written."""
    width = empty.shape[0]
    words, empty, is_made, out = bare(words), bare(empty), bare(is_made), bare(out)
    at = 0
    for k in range(rows.shape[0]):
        at = _put_row(words, empty, is_made, width, rows[k], out, at)
    return at


@kernel
def _take_row(data, end, words, empty, width, row, at):
    """Read a record; return the place behind it, or -1 where the bytes end too early."""
    bits, base = at, row * width
    at += (width + 7) // 8
    if at > end:
        return -1
    for k in range(width):
        words[base + k] = empty[k]
    for k in range(width):
        if not (data[bits + k // 8] >> (k % 8)) & 1:
            continue
        if at + 9 > end and at + 1 + _n_bytes(data, at, end) > end:
            return -1
        word, place = 0, at + 1
        for j in range(8):
            if (data[at] >> j) & 1:
                word |= np.int64(data[place]) << (8 * j)
                place += 1
        words[base + k] = word
        at = place
    return at


@kernel
def unpack_rows(data, words, empty, start, stop):
    """Write the records of the rows from `start` to before `stop`.

    Parameters
    ----------
    data : ndarray of uint8
        What `pack_rows` wrote.
    words : ndarray of int64
        All records; those of the rows are filled.
    empty : ndarray of int64, shape (width,)
        The record of somebody of whom nothing is known.

    Returns
    -------
    int
        Bytes read; -1 where they end too early.
    """
    width, end = empty.shape[0], data.shape[0]
    data, words, empty = bare(data), bare(words), bare(empty)
    at = 0
    for row in range(start, stop):
        at = _take_row(data, end, words, empty, width, row, at)
        if at < 0:
            return -1
    return at


@kernel
def unpack_listed(data, words, empty, rows):
    """Write the records of some rows, as `unpack_rows` does."""
    width, end = empty.shape[0], data.shape[0]
    data, words, empty = bare(data), bare(words), bare(empty)
    at = 0
    for k in range(rows.shape[0]):
        at = _take_row(data, end, words, empty, width, rows[k], at)
        if at < 0:
            return -1
    return at


@kernel
def _n_bytes(data, at, end):
    """Return how many bytes follow a mask; more than there are where the mask is not there."""
    if at >= end:
        return end
    n = 0
    for k in range(8):
        n += (data[at] >> k) & 1
    return n
