"""Lines of JSON in the usual shape of an event, read in one pass over their bytes."""

from __future__ import annotations

from typing import Final

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_json import (
    DEEPEST,
    E_ROLE,
    ENTRY,
    find_key,
    key_at,
    take,
    walk,
)
from customerintel._kernels.live_json_values import (
    LEFT,
    any_text_end,
    blank,
    number_end,
    plain_end,
    text_end,
)
from customerintel._kernels.live_moments import UNREAD, moment_of

# what the fields of an event are to the reader
USER, ANONYMOUS, PREVIOUS, MESSAGE, EVENT = range(5)
STAMP, ORIGINAL, SENT, RECEIVED, CALL, WORD, VALUE, PROPERTIES, FACTS, REFUSED = range(5, 15)
# where the names of fields, of calls, and of the wanted properties are in the table of keys
N_FIELDS, N_CALLS, N_PROPERTIES = range(3)
#: Numbers that are kept of the texts of one event: where each begins and ends; 0, 0: none.
SPAN: Final = 10
TRACK: Final = 0


@kernel
def _id_end(data, at, stop, spans, span, is_id):
    """Keep where a text is, or a whole number that is an id; return the place behind it."""
    if data[at] == 34:
        end = text_end(data, at + 1, stop)
        if end <= at + 1:  # empty, too
            return LEFT
        spans[span], spans[span + 1] = at + 1, end
        return end + 1
    if not is_id or not 48 <= data[at] <= 57:
        return LEFT
    end = number_end(data, at, stop)
    if end < 0 or end - at > 18:
        return LEFT
    for k in range(at, end):
        if data[k] == 46:
            return LEFT
    spans[span], spans[span + 1] = at, end
    return end


@kernel
def _text_field(data, at, stop, role, spans, span, moments, slots, shift, entries, letters):
    """Read a field that holds a text; return the place behind it."""
    if role <= EVENT:
        return _id_end(data, at, stop, spans, span + 2 * role, role < EVENT)
    if data[at] != 34:
        return LEFT
    end = any_text_end(data, at + 1, stop)
    if end < 0:
        return LEFT
    if role <= RECEIVED:
        found = moment_of(data, at + 1, end)
        if found == UNREAD:
            return LEFT
        moments[role - STAMP] = found
    elif role == CALL:
        if end == at + 1:
            return LEFT
        found = find_key(data, at + 1, end, stop, N_CALLS, slots, shift, entries, letters)
        if found < 0:
            return LEFT
        moments[4] = entries[found * ENTRY + E_ROLE]
    return end + 1


@kernel
def _field(
    data, at, stop, entry, slots, shift, entries, letters, asks, texts, stack, marks, i, spans,
    moments, values, stride,
):  # fmt: skip
    """Read the value of a field; return the place behind it."""
    role = REFUSED + 1 if entry < 0 else entries[entry * ENTRY + E_ROLE]
    byte = data[at]
    if role > REFUSED:
        return walk(
            data, at, stop, -1, slots, shift, entries, letters, asks, texts, stack, marks, i,
            values, stride, i,
        )  # fmt: skip
    if role == REFUSED:
        return LEFT
    if byte == 110 and role != STAMP and role != CALL:
        return plain_end(data, at, stop)
    if role <= WORD:
        return _text_field(
            data, at, stop, role, spans, i * SPAN, moments, slots, shift, entries, letters
        )
    if role == VALUE:
        if byte != 45 and not 48 <= byte <= 57:
            return LEFT
        end = number_end(data, at, stop)
        if end < 0 or not take(
            data, at, end, entry, entries, letters, asks, texts, values, stride, i
        ):
            return LEFT
        return end
    if byte != 123:
        return LEFT
    node = N_PROPERTIES if role == PROPERTIES else -1
    return walk(
        data, at, stop, node, slots, shift, entries, letters, asks, texts, stack, marks, i, values,
        stride, i,
    )  # fmt: skip


@kernel
def _line(
    data, at, stop, slots, shift, entries, letters, asks, texts, stack, marks, i, spans, moments,
    values, stride,
):  # fmt: skip
    """Read one line; False: it is not read here."""
    if data[at] != 123:
        return False
    at += 1
    while True:
        at, entry = key_at(
            data, at, stop, N_FIELDS, slots, shift, entries, letters, marks, np.int64(i)
        )
        if at < 0:
            return False
        at = blank(data, at, stop)
        if at >= stop:
            return False
        at = _field(
            data, at, stop, entry, slots, shift, entries, letters, asks, texts, stack, marks, i,
            spans, moments, values, stride,
        )  # fmt: skip
        if at < 0:
            return False
        at = blank(data, at, stop)
        if at >= stop:
            return False
        at += 1
        if data[at - 1] == 125:
            return at == stop
        if data[at - 1] != 44:
            return False


@kernel
def _time(moments, received, earliest, latest):
    """Return the time of an event, not after its receipt; `UNREAD` if it is out of bounds."""
    moment = moments[0]
    receipt = received if moments[3] == UNREAD else moments[3]
    if moment == UNREAD:
        return np.int64(UNREAD)
    if receipt != UNREAD:
        moment = min(moment, receipt)
    return moment if earliest <= moment <= latest else np.int64(UNREAD)


@kernel
def _length(number):
    """Return how many bits a number has."""
    bits = 0
    while number >> bits:
        bits += 1
    return bits


@kernel
def read_lines(
    data, offsets, longest, received, earliest, latest, slots, entries, letters, asks, texts,
    spans, times, calls, values, fine,
):  # fmt: skip
    """Read the lines of the usual shape.

    Parameters
    ----------
    data, offsets : uint8 and int64 arrays
        Lines one after another, and where each begins and ends.
    longest : int
        A longer line is left.
    received, earliest, latest : int
        When the events came in if they do not say so (`UNREAD`: unknown), and the bounds of their
        times, microseconds.
    slots, entries, letters, asks, texts
        As of `line_keys.LineKeys`.
    spans : int64 array, shape (n, 10)
        Filled: where the user id, anonymous id, previous id, message id and name begin and end.
    times, calls : int64 arrays, shape (n,)
        Filled.
    values : float64 array, shape (rows, n)
        NaN; filled.
    fine : bool array, shape (n,)
        Filled: which lines were read; what the others have in the columns means nothing.
    """
    n, shift = len(fine), 65 - _length(len(slots))
    room, noted = np.empty(DEEPEST, np.int64), np.empty(5, np.int64)
    seen = np.full(len(entries) // ENTRY, -1)
    stack, moments, marks = bare(room), bare(noted), bare(seen)
    line_data, starts, flat = bare(data), bare(offsets), bare(values.reshape(-1))
    table, keys, all_letters = bare(slots), bare(entries), bare(letters)
    wishes, words, places = bare(asks), bare(texts), bare(spans.reshape(-1))
    for i in range(n):
        start, stop, own = starts[i], starts[i + 1], i * SPAN
        for k in range(4):
            moments[k] = UNREAD
        moments[4] = TRACK
        for k in range(SPAN):
            places[own + k] = 0
        good = 0 < stop - start <= longest and _line(
            line_data, start, stop, table, shift, keys, all_letters, wishes, words, stack, marks,
            i, places, moments, flat, n,
        )  # fmt: skip
        moment = _time(moments, received, earliest, latest)
        times[i], calls[i] = moment, moments[4]
        known = places[own + 1] > 0 or places[own + 3] > 0
        named = places[own + 9] > 0 or moments[4] != TRACK
        fine[i] = good and known and named and moment != UNREAD
