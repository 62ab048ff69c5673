"""Lines of JSON that must not be skimmed: what is skipped in them may break a rule."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel

#: A shorter line cannot hold what is nested deeper than `BRACKETS`.
LONG = 500
BRACKETS = 200
#: Digits in a row from which on a number may be infinite, and how far apart they are looked at.
DIGITS = 300
STEP = 64


@kernel
def _is_digit(byte):
    return 48 <= byte <= 57


@kernel
def _huge_exponent(line, at):
    """Whether the letter e at `at` begins an exponent of three digits or more of a number."""
    k = at + 1
    if line[k] == 43:
        k += 1
    if k + 2 >= len(line) or not (_is_digit(line[k]) and _is_digit(line[k + 1])):
        return False
    if not _is_digit(line[k + 2]):
        return False
    back = at - 1
    while back > 0 and (_is_digit(line[back]) or line[back] == 46):
        back -= 1
    if line[back] == 45 and back > 0:
        back -= 1
    before = line[back]
    # a number follows a colon, a comma, a bracket or a blank, not a letter or a quote
    return before == 58 or before == 44 or before == 91 or before <= 32


@kernel
def _many_digits(line):
    """Whether there may be `DIGITS` digits in a row."""
    run = 0
    for k in range(0, len(line), STEP):
        run = run + 1 if _is_digit(line[k]) else 0
        if run >= DIGITS // STEP:
            return True
    return False


@kernel
def _many_brackets(line):
    count = 0
    for k in range(len(line)):
        count += line[k] == 91 or line[k] == 123
    return count >= BRACKETS


@kernel
def _is_doubtful(line):
    for k in range(1, len(line) - 3):
        if line[k] == 101 or line[k] == 69:
            before = line[k - 1]
            if (_is_digit(before) or before == 46) and _is_digit(line[k + 2]):
                if _huge_exponent(line, k):
                    return True
    if len(line) >= DIGITS and _many_digits(line):
        return True
    return len(line) >= LONG and _many_brackets(line)


@kernel
def find_doubtful(data, offsets, out):
    """Write 1 for lines that may be nested too deep or may hold an infinite number, else 0."""
    for i in range(len(offsets) - 1):
        out[i] = np.uint8(_is_doubtful(data[offsets[i] : offsets[i + 1]]))
