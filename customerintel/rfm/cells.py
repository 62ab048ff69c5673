"""Cells of a score grid: their codes, and the patterns and rules that name sets of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Grid", "cell_weights", "match_pattern", "match_rule", "pattern_length"]

Mask = NDArray[np.bool_]

_TOKEN = re.compile(r"\*|\d|\[(\d+)(?:-(\d+))?\]")
_AXES = {"R": 0, "F": 1, "M": 2, "recency": 0, "frequency": 1, "monetary": 2}


def cell_weights(bins: Sequence[int]) -> tuple[int, ...]:
    """Place value of each score in a cell code: 100, 10, 1; two digits each where a bin is 10."""
    base = 100 if max(bins) > 9 else 10
    return tuple(base**power for power in reversed(range(len(bins))))


class Grid:
    """All cells of a grid of scores, the first score varying slowest.

    Parameters
    ----------
    bins : tuple of int
        Number of scores of each measure.
    """

    __slots__ = ("bins", "codes", "scores")

    def __init__(self, bins: tuple[int, ...]) -> None:
        self.bins = bins
        #: Score of each measure in each cell, shape (measures, cells).
        self.scores = np.indices(bins).reshape(len(bins), -1) + 1
        #: Code of each cell, such as 555.
        self.codes = np.array(cell_weights(bins)) @ self.scores

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.codes.size

    def examples(self, mask: Mask, limit: int = 5) -> str:
        """Codes of the first cells of the mask, in words."""
        chosen = self.codes[mask]
        shown = ", ".join(map(str, chosen[:limit].tolist()))
        return shown + (", ..." if chosen.size > limit else "")


def pattern_length(pattern: object, *, wide: bool) -> int | None:
    """Count the scores that a pattern speaks of; None when it cannot be read."""
    parts = _split(str(pattern), wide=wide)
    return None if parts is None else len(parts)


def match_pattern(grid: Grid, pattern: object) -> Mask | None:
    """Cells that a pattern names, or None when it cannot be read or leaves the grid.

    A pattern has one part per score: a digit, ``[a-b]`` for a range, ``[a]`` for a score of
    two digits, or ``*`` for any score.
    """
    parts = _split(str(pattern), wide=max(grid.bins) > 9)
    if parts is None or len(parts) != len(grid.bins):
        return None
    mask = np.ones(grid.size, dtype=np.bool_)
    for scores, bins, part in zip(grid.scores, grid.bins, parts, strict=True):
        low, high = part or (1, bins)
        if not 1 <= low <= high <= bins:
            return None
        mask &= (scores >= low) & (scores <= high)
    return mask


def _split(pattern: str, *, wide: bool) -> list[tuple[int, int] | None] | None:
    """Bounds of each part of a pattern (None: any score)."""
    if wide and pattern.isdecimal():
        # a plain code of the grid has two digits per score; an int lost its leading zero
        digits = pattern.zfill(len(pattern) + len(pattern) % 2)
        pattern = "".join(f"[{digits[i : i + 2]}]" for i in range(0, len(digits), 2))
    parts: list[tuple[int, int] | None] = []
    position = 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            return None
        if token[0] == "*":
            parts.append(None)
        else:
            low = int(token[1] or token[0])
            parts.append((low, int(token[2] or low)))
        position = token.end()
    return parts


def match_rule(grid: Grid, conditions: Mapping[str, Any]) -> tuple[Mask, list[str]]:
    """Cells that a rule names, and what is wrong with the rule.

    Conditions are inclusive: a number or a pair (low, high) for ``R``, ``F``, ``M`` (or the
    full names) and for ``FM``, the mean of the frequency and monetary scores.
    """
    mask = np.ones(grid.size, dtype=np.bool_)
    faults = []
    for key, bounds in conditions.items():
        values = _axis(grid, key)
        pair = _pair(bounds)
        if values is None:
            faults.append(f"{key!r} is no score of this grid; use R, F, M or FM")
        elif pair is None:
            faults.append(f"{key} needs a number or a pair (low, high) with low <= high")
        else:
            mask &= (values >= pair[0]) & (values <= pair[1])
    return mask, faults


def _axis(grid: Grid, key: object) -> NDArray[Any] | None:
    """Score of each cell that a condition speaks of."""
    if key == "FM" and len(grid.bins) == 3:
        return np.asarray(grid.scores[1:].mean(axis=0))
    axis = _AXES.get(key) if isinstance(key, str) else None
    return None if axis is None or axis >= len(grid.bins) else grid.scores[axis]


def _pair(bounds: object) -> tuple[float, float] | None:
    low_high = bounds if isinstance(bounds, tuple | list) else (bounds, bounds)
    if len(low_high) != 2 or not all(isinstance(b, int | float) for b in low_high):
        return None
    low, high = low_high
    return (low, high) if low <= high else None
