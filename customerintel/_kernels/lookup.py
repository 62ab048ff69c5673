"""Finding the place of each value among distinct ones."""

from __future__ import annotations

from customerintel._kernels._jit import kernel
from customerintel._kernels.summary import first_place


@kernel
def enter_keys(keys, salt, table):
    """Enter distinct keys into an empty table."""
    mask = len(table) - 1
    for c in range(len(keys)):
        place = first_place(keys[c], salt, mask)
        while table[place] != 0:
            place = (place + 1) & mask
        table[place] = c + 1


@kernel
def look_up(values, start, stop, salt, table, keys, codes):
    """Write the place among `keys` of each value of ``start … stop``; all of them are there."""
    mask = len(table) - 1
    for i in range(start, stop):
        place = first_place(values[i], salt, mask)
        c = table[place]
        while keys[c - 1] != values[i]:
            place = (place + 1) & mask
            c = table[place]
        codes[i] = c - 1
