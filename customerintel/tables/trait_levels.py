"""The levels of a trait: which there are, which lie together, and texts that are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.tables.text import Text
from customerintel.tables.trait_columns import OTHER, NoTraitError, Seen, TraitColumn

__all__ = ["find_levels", "place_levels"]

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]

#: From so many letters or words on average, texts that are many are free ones.
LONG, WORDY = 30.0, 4.0
#: Fewer values than this tell nothing.
FEW: Final = 10


def find_levels(seen: Seen, max_levels: int) -> tuple[TraitColumn, Codes]:
    """Choose the levels of a column: all, or the most frequent ones.

    Parameters
    ----------
    seen : Seen
        With codes.
    max_levels : int
        Rarer levels beyond these lie together in ``"(other)"``; equally frequent ones in the
        order of their texts.

    Raises
    ------
    NoTraitError
        If it is free text.
    """
    texts, codes = seen.texts, seen.codes
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    if isinstance(texts, Text):
        _refuse_free(texts, int(counts.sum()), max_levels)
    if seen.kind == "truth" or len(texts) <= max_levels:
        levels = tuple(texts.to_list()) if isinstance(texts, Text) else texts
        return TraitColumn(seen.kind, levels), codes.astype(np.int32)
    kept = np.sort(np.argsort(-counts, kind="stable")[:max_levels])
    names = texts.take(kept).to_list() if isinstance(texts, Text) else [texts[k] for k in kept]
    place = np.full(len(texts) + 1, len(kept), np.int32)  # one more: of what is missing
    place[kept] = np.arange(len(kept))
    if OTHER in names:  # it is a level of theirs already
        place[place == len(kept)] = names.index(OTHER)
    else:
        names.append(OTHER)
    place[-1] = -1
    return TraitColumn(seen.kind, tuple(names), pooled=True), place[codes]


def _refuse_free(texts: Text, n_values: int, max_levels: int) -> None:
    """Refuse texts that nearly all differ, or are many and long."""
    n = len(texts)
    many, differ = n > max_levels, 2 * n > n_values
    letters = np.count_nonzero((texts.data & 0xC0) != 0x80) / n  # bytes that begin a letter
    words = np.count_nonzero(texts.data == ord(" ")) / n + 1.0
    long = letters > LONG or words >= WORDY
    # two of the three: many, nearly all different, long
    if n_values < FEW or many + differ + long < 2:
        return
    raise NoTraitError(
        f"is free text or names one by one ({n:,} distinct texts in {n_values:,} rows, of "
        f"{letters:.0f} letters and {words:.1f} words on average), of which there are no levels; "
        "leave it out, or make a column of few categories of it"
    )


def place_levels(seen: Seen, levels: Sequence[str], *, pooled: bool) -> Codes:
    """Return the places of values in levels that were found before.

    Returns
    -------
    ndarray of int32, shape (n_rows,)
        -1 where there is no value; ``len(levels)`` where it is none of them, or the place of
        ``"(other)"`` if levels were pooled.
    """
    known = {level: place for place, level in enumerate(levels)}
    unknown = known[OTHER] if pooled else len(levels)
    texts = seen.texts.to_list() if isinstance(seen.texts, Text) else seen.texts
    place = np.array([*(known.get(text, unknown) for text in texts), -1], np.int32)
    return place[seen.codes]
