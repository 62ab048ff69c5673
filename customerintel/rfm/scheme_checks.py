"""What can be wrong with a segment scheme, each fault with example cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from customerintel.exceptions import SchemeError
from customerintel.rfm.cells import Grid, Mask, pattern_length

__all__ = [
    "check_bins",
    "check_claims",
    "check_names",
    "check_pairs",
    "check_tuples",
    "patterns_of",
    "refuse",
    "shape_of_patterns",
    "shape_of_rules",
]

#: A segment's code is an int8.
_MOST_SEGMENTS = 127

#: Names beside the segments in the tables of a migration.
_RESERVED = frozenset({"before", "entered", "left"})


def patterns_of(cells: object) -> list[object]:
    """Split what a mapping holds for one segment into single patterns."""
    if isinstance(cells, str):
        return list(cells.replace(",", " ").split())
    if isinstance(cells, Sequence):
        return [pattern for group in cells for pattern in patterns_of(group)]
    return [cells]


def shape_of_patterns(bins: Any, patterns: Sequence[object]) -> tuple[Any, ...]:
    """Bins of each measure: as given, or as many as the patterns have scores."""
    if not isinstance(bins, int):
        return _as_given(bins)
    wide = bins > 9
    lengths = {pattern_length(pattern, wide=wide) for pattern in patterns}
    return (bins,) * (2 if 2 in lengths and 3 not in lengths else 3)


def shape_of_rules(bins: Any, rules: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Any, ...]:
    """Bins of each measure: as given, or two unless a rule speaks of money."""
    if not isinstance(bins, int):
        return _as_given(bins)
    keys = {key for _, conditions in rules for key in conditions}
    return (bins,) * (3 if keys & {"M", "FM", "monetary"} else 2)


def _as_given(bins: Any) -> tuple[Any, ...]:
    # anything else becomes a grid of one measure, which `check_bins` refuses
    return tuple(bins) if isinstance(bins, Sequence) and not isinstance(bins, str) else (bins,)


def check_tuples(**given: object) -> None:
    """Refuse what is no tuple, before anything is asked of its items."""
    for name, value in given.items():
        if not isinstance(value, tuple):
            raise SchemeError(
                f"{name} must be a tuple; got {type(value).__name__}. Build a scheme with "
                "SegmentScheme.from_mapping or SegmentScheme.from_rules."
            )


def check_pairs(argument: str, given: object) -> None:
    """Refuse what is not a mapping, or not a sequence of (name, conditions) pairs."""
    if argument == "mapping":
        if not isinstance(given, Mapping):
            raise SchemeError(
                "mapping must map each segment's name to its cells, such as "
                f'{{"Champions": "5[4-5]*"}}; got {type(given).__name__}.'
            )
        return
    pairs = given if isinstance(given, Sequence) and not isinstance(given, str) else [None]
    if not all(
        isinstance(pair, Sequence)
        and len(pair) == 2
        and isinstance(pair[0], str)
        and isinstance(pair[1], Mapping)
        for pair in pairs
    ):
        raise SchemeError(
            'rules must be a sequence of (name, conditions), such as [("Champions", {"R": 5})].'
        )


def check_bins(bins: tuple[Any, ...]) -> list[str]:
    """Faults of the grid: 2 or 3 measures with 3 to 10 scores each are possible."""
    right = len(bins) in {2, 3} and all(
        isinstance(b, int) and not isinstance(b, bool) and 3 <= b <= 10 for b in bins
    )
    return [] if right else [f"bins: 2 or 3 whole numbers from 3 to 10 are needed, got {bins!r}."]


def check_names(name: object, version: object, segments: Sequence[object]) -> list[str]:
    """Faults of the scheme's name and version and of the segments' names."""
    faults = []
    if not isinstance(name, str) or not name or "@" in name:
        faults.append("name: must be a text without '@'.")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        faults.append("version: must be a whole number from 1.")
    if any(not isinstance(s, str) or not s for s in segments) or len(set(segments)) < len(segments):
        faults.append("segments: names must be texts, not empty, and differ.")
    if taken := sorted(_RESERVED.intersection(map(str, segments))):
        faults.append(f"segments: the names {', '.join(taken)} are kept for migration.")
    if not 1 <= len(segments) <= _MOST_SEGMENTS:
        faults.append(
            f"segments: between 1 and {_MOST_SEGMENTS} are possible, got {len(segments)}."
        )
    return faults


def check_claims(
    grid: Grid, segments: Sequence[str], claims: Sequence[Mask], *, first_match: bool
) -> list[str]:
    """Holes, overlaps and unreachable names, each with example cells."""
    faults = []
    times = np.sum(claims, axis=0)
    if (hole := times == 0).any():
        faults.append(f"hole: cells without a segment: {hole.sum()} ({grid.examples(hole)}).")
    if (double := times > 1).any():
        first = int(np.argmax(double))
        names = " and ".join(
            repr(s) for s, mask in zip(segments, claims, strict=True) if mask[first]
        )
        faults.append(
            f"overlap: cells with several segments: {double.sum()} ({grid.examples(double)}); "
            f"{grid.codes[first]} is in {names}."
        )
    why = "earlier rules take all its cells" if first_match else "it has no cell"
    faults += [
        f"unreachable: {segment!r} can never be assigned, {why}."
        for segment, mask in zip(segments, claims, strict=True)
        if not mask.any()
    ]
    return faults


def refuse(name: object, version: object, bins: tuple[Any, ...], faults: Sequence[str]) -> None:
    """Raise one error for all faults, if there are any."""
    if faults:
        grid = " x ".join(map(str, bins))
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = "".join(f"\n- {fault}" for fault in faults)
        raise SchemeError(f"The scheme {name}@{version} on {grid} cells has {count}:{lines}")
