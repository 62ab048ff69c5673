"""Segment schemes: which cell of the score grid has which name, checked when built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemeError
from customerintel.rfm.cells import Grid, Mask, match_pattern, match_rule
from customerintel.rfm.scheme_checks import (
    check_bins,
    check_claims,
    check_names,
    check_pairs,
    check_tuples,
    patterns_of,
    refuse,
    shape_of_patterns,
    shape_of_rules,
)
from customerintel.tables.results import html_table

__all__ = ["SegmentScheme"]


# no slots: with them, a wrong attribute would raise a TypeError about super()
@dataclass(frozen=True, repr=False)
class SegmentScheme:
    """Names for the cells of a score grid, total and without overlap.

    Build one with `from_mapping` or `from_rules`, or take a built-in with `named`. The order
    of the segments is from best to worst: `migration` counts a move towards the front as up.

    Attributes
    ----------
    name, version : str, int
        ``str(scheme)`` is ``name@version``; change the version when a cell changes its name.
    segments : tuple of str
        Names of the segments, best first.
    bins : tuple of int
        Number of scores of each measure: (R, F) or (R, F, M).
    codes : tuple of int
        Position in `segments` of each cell's name, the recency score varying slowest.

    Raises
    ------
    SchemeError
        With all faults at once: cells without a segment, cells with two, names without a cell.

    Examples
    --------
    >>> from customerintel.rfm import SegmentScheme
    >>> scheme = SegmentScheme.from_mapping(
    ...     "three", 1, {"core": "3[2-3]", "passing": "31 2*", "gone": "1*"}, bins=3)
    >>> str(scheme), scheme.cells()["passing"]
    ('three@1', (21, 22, 23, 31))
    """

    name: str
    version: int
    segments: tuple[str, ...]
    bins: tuple[int, ...]
    codes: tuple[int, ...]

    def __post_init__(self) -> None:
        check_tuples(bins=self.bins, segments=self.segments, codes=self.codes)
        faults = check_bins(self.bins) + check_names(self.name, self.version, self.segments)
        if not faults:
            grid = Grid(self.bins)
            codes = np.array(self.codes)
            if codes.shape != (grid.size,):
                faults.append(f"codes: {codes.size} given for {grid.size} cells.")
            else:
                claims = [codes == i for i in range(len(self.segments))]
                faults += check_claims(grid, self.segments, claims, first_match=False)
        refuse(self.name, self.version, self.bins, faults)

    @classmethod
    def from_mapping(
        cls,
        name: str,
        version: int,
        mapping: Mapping[str, str | int | Sequence[str | int]],
        *,
        bins: int | tuple[int, ...] = 5,
    ) -> SegmentScheme:
        """Build a scheme from the cells of each segment.

        Parameters
        ----------
        name, version : str, int
            Name (without ``@``) and version (from 1).
        mapping : mapping of str to patterns
            Segment name, best first, to its cells: codes and patterns such as
            ``"555 554"``, ``[555, 554]`` or ``"5[4-5]*"``, where ``*`` is any score and
            ``[a-b]`` a range, a score of two digits being ``[10]``. Patterns of two scores
            (R, F) make a scheme that ignores money.
        bins : int or tuple of int
            Number of scores, the same for all measures or one for each.

        Returns
        -------
        SegmentScheme
            Total and without overlap.

        Raises
        ------
        SchemeError
            With all faults at once.
        """
        check_pairs("mapping", mapping)
        patterns = {segment: patterns_of(cells) for segment, cells in mapping.items()}
        every = [pattern for group in patterns.values() for pattern in group]
        shape = shape_of_patterns(bins, every)
        faults = check_bins(shape)
        refuse(name, version, shape, faults)
        grid = Grid(shape)
        claims: list[tuple[str, Mask]] = []
        for segment, group in patterns.items():
            for pattern in group:
                mask = match_pattern(grid, pattern)
                if mask is None:
                    faults.append(
                        f"pattern: {pattern!r} of {segment!r} names no cell of this grid. "
                        "The mapping goes from a segment's name to its cells."
                    )
                else:
                    claims.append((segment, mask))
        return cls._build(name, version, grid, tuple(patterns), claims, faults, first_match=False)

    @classmethod
    def from_rules(
        cls,
        name: str,
        version: int,
        rules: Sequence[tuple[str, Mapping[str, Any]]],
        *,
        bins: int | tuple[int, ...] = 5,
        first_match: bool = False,
    ) -> SegmentScheme:
        """Build a scheme from ranges of scores.

        Parameters
        ----------
        name, version : str, int
            Name (without ``@``) and version (from 1).
        rules : sequence of (name, conditions)
            Conditions map ``R``, ``F``, ``M`` or ``FM`` (mean of the frequency and monetary
            scores, which moves in halves) to a score or an inclusive pair (low, high); all
            must hold. A name may have several rules; no conditions match every cell. Rules
            without ``M`` and ``FM`` make a scheme that ignores money.
        bins : int or tuple of int
            Number of scores, the same for all measures or one for each.
        first_match : bool, default False
            Give a cell that several rules match to the first; otherwise that is an error.

        Returns
        -------
        SegmentScheme
            Its segments are in the order in which the rules first name them.

        Raises
        ------
        SchemeError
            With all faults at once.

        Examples
        --------
        >>> from customerintel.rfm import SegmentScheme
        >>> rules = [("core", {"R": (2, 3), "F": 3}), ("rest", {})]
        >>> SegmentScheme.from_rules("core", 1, rules, bins=3, first_match=True)
        SegmentScheme('core@1', 2 segments, 3 x 3 cells)
        """
        check_pairs("rules", rules)
        shape = shape_of_rules(bins, rules)
        faults = check_bins(shape)
        refuse(name, version, shape, faults)
        grid = Grid(shape)
        claims: list[tuple[str, Mask]] = []
        for number, (segment, conditions) in enumerate(rules, start=1):
            mask, wrong = match_rule(grid, conditions)
            faults += [f"rule {number} ({segment!r}): {text}." for text in wrong]
            if not wrong and not mask.any():
                faults.append(f"rule {number} ({segment!r}): matches no cell.")
            claims.append((segment, mask))
        segments = tuple(dict.fromkeys(segment for segment, _ in rules))
        return cls._build(name, version, grid, segments, claims, faults, first_match=first_match)

    @classmethod
    def _build(
        cls,
        name: str,
        version: int,
        grid: Grid,
        segments: tuple[str, ...],
        claims: Sequence[tuple[str, Mask]],
        faults: list[str],
        *,
        first_match: bool,
    ) -> SegmentScheme:
        """Check the claims on the cells together, then give each cell its segment."""
        faults += check_names(name, version, segments)
        codes = np.full(grid.size, -1)
        merged = [np.zeros(grid.size, dtype=np.bool_) for _ in segments]
        for segment, mask in claims:
            code = segments.index(segment)
            own = mask & (codes < 0) if first_match else mask
            merged[code] |= own
            codes[own] = code
        # a rule that cannot be read claims cells at random: name that fault alone
        if not faults:
            faults += check_claims(grid, segments, merged, first_match=first_match)
        refuse(name, version, grid.bins, faults)
        return cls(name, version, segments, grid.bins, tuple(codes.tolist()))

    @classmethod
    def named(cls, name: str) -> SegmentScheme:
        """Look a built-in scheme up: ``rfm-11@1``, ``rf-10@1`` or ``fm-11@1``.

        Parameters
        ----------
        name : str
            With its version: the same name means other cells elsewhere.

        Returns
        -------
        SegmentScheme
            The built-in scheme.

        Raises
        ------
        SchemeError
            When there is no such scheme; the message lists those that exist.
        """
        from customerintel.rfm.builtin_schemes import BUILT_IN

        asked: object = name
        if not isinstance(asked, str) or asked not in BUILT_IN:
            shown = repr(asked) if isinstance(asked, str) else f"of type {type(asked).__name__}"
            raise SchemeError(f"There is no scheme {shown}; built in are {', '.join(BUILT_IN)}.")
        return BUILT_IN[asked]

    @property
    def uses_monetary(self) -> bool:
        """Whether the monetary score matters."""
        return len(self.bins) == 3

    def cells(self) -> dict[str, tuple[int, ...]]:
        """Cell codes of each segment, in scheme order.

        Returns
        -------
        dict of str to tuple of int
            Such as ``{"Champions": (445, 454, ...), ...}``; `from_mapping` accepts it.
        """
        grid, codes = Grid(self.bins), np.array(self.codes)
        return {
            segment: tuple(grid.codes[codes == i].tolist())
            for i, segment in enumerate(self.segments)
        }

    def table(self, monetary_bins: int = 1) -> NDArray[np.int8]:
        """Segment code of each cell, repeated over the monetary scores if money is ignored.

        Parameters
        ----------
        monetary_bins : int
            Number of monetary scores of the grid (1: none).

        Returns
        -------
        int8 array
            Flat, the recency score varying slowest.
        """
        codes = np.array(self.codes, dtype=np.int8)
        return codes if self.uses_monetary else np.repeat(codes, monetary_bins)

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.bins))
        return f"SegmentScheme({str(self)!r}, {len(self.segments)} segments, {shape} cells)"

    def _repr_html_(self) -> str:
        rows = [(segment, " ".join(map(str, codes))) for segment, codes in self.cells().items()]
        return html_table(f"{self}: cells of each segment", rows)
