"""How the shares of a group in levels differ from those of the others."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.contingency import cramers_v
from customerintel.audit.score_intervals import score_interval
from customerintel.audit.small_cells import blank, hidden_cells
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels

__all__ = ["LevelDifferences", "association", "compare_levels"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class LevelDifferences:
    """Levels of the categorical traits, one entry per level; read-only arrays.

    Shares are of the customers whose value is known; all figures are NaN where `suppressed` is
    True: fewer customers than the smallest cell have the level on one side, or the level would
    tell of such a one by the total.

    Attributes
    ----------
    trait, level : tuple of str
        Traits by effect size, levels by standardised difference, the largest first.
    n_group, n_rest : ndarray of float64
        Customers with the level.
    share_group, share_rest : ndarray of float64
    difference, difference_lower, difference_upper : ndarray of float64
        Of the shares, with the score interval of Newcombe (1998, Statistics in Medicine 17,
        873-890), method 10.
    over_index, over_index_lower, over_index_upper : ndarray of float64
        100 times the ratio of the shares: 100 is what the rest has. The interval is that of
        Katz, Baptista, Azen and Pike (1978, Biometrics 34, 469-474) on the log of the ratio;
        there is none of a ratio of 0, and no ratio to a share of 0.
    standardized_difference : ndarray of float64
        Of two shares (Austin 2009, Communications in Statistics 38, 1228-1234):
        ``(p1 - p2) / sqrt((p1 (1 - p1) + p2 (1 - p2)) / 2)``.
    p_value, q_value : ndarray of float64
        Of the chi-square test of the level against all others; q by the procedure of the profile
        over all levels of all traits.
    significant, suppressed : ndarray of bool
    """

    trait: tuple[str, ...]
    level: tuple[str, ...]
    n_group: Floats
    n_rest: Floats
    share_group: Floats
    share_rest: Floats
    difference: Floats
    difference_lower: Floats
    difference_upper: Floats
    over_index: Floats
    over_index_lower: Floats
    over_index_upper: Floats
    standardized_difference: Floats
    p_value: Floats
    q_value: Floats
    significant: Mask
    suppressed: Mask

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.trait)

    def columns(self) -> dict[str, Column]:
        """Return the columns of the table."""
        found: dict[str, Column] = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in ("trait", "level"):
            words: tuple[str, ...] = getattr(self, name)
            known = {word: place for place, word in enumerate(dict.fromkeys(words))}
            found[name] = Labels(np.array([known[word] for word in words], np.int64), tuple(known))
        return found


def compare_levels(group: Ints, rest: Ints, *, level: float, min_cell: int) -> dict[str, Any]:
    """Return the figures of the levels of one trait, by the fields of `LevelDifferences`.

    Parameters
    ----------
    group, rest : ndarray of int64, shape (n_levels,)
        Customers with each level.
    level : float
        Of the intervals.
    min_cell : int
        As `hidden_cells` takes it.
    """
    n, m = np.float64(group.sum()), np.float64(rest.sum())  # of which 1 / 0 is no error
    hidden = hidden_cells(group, min_cell) | hidden_cells(rest, min_cell)
    if any(0 < total < min_cell for total in (n, m)):
        hidden[:] = True
    a, b = blank(group, hidden), blank(rest, hidden)
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        p, q = a / n, b / m
        p_low, p_high = score_interval(a, n, level)
        q_low, q_high = score_interval(b, m, level)
        ratio = np.where(q > 0.0, p / q, np.nan)
        half = z * np.sqrt(1.0 / a - 1.0 / n + 1.0 / b - 1.0 / m)
        half = np.where((a > 0) & (b > 0), half, np.nan)
        spread = np.sqrt((p * (1.0 - p) + q * (1.0 - q)) / 2.0)
        gap = p - q
        return {
            "n_group": a,
            "n_rest": b,
            "share_group": p,
            "share_rest": q,
            "difference": gap,
            "difference_lower": gap - np.hypot(p - p_low, q_high - q),
            "difference_upper": gap + np.hypot(p_high - p, q - q_low),
            "over_index": 100.0 * ratio,
            "over_index_lower": 100.0 * ratio * np.exp(-half),
            "over_index_upper": 100.0 * ratio * np.exp(half),
            "standardized_difference": np.where(spread > 0.0, gap / spread, np.nan),
            "p_value": _one_against_others(a, b, n, m),
            "suppressed": hidden,
        }


def _one_against_others(a: Floats, b: Floats, n: np.float64, m: np.float64) -> Floats:
    """Return the p-values of the chi-square tests of tables of two by two, uncorrected."""
    from scipy.special import chdtrc

    pooled = (a + b) / (n + m)
    variance = pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)
    square = np.where(variance > 0.0, (a / n - b / m) ** 2 / variance, np.nan)
    return np.asarray(chdtrc(1.0, square), np.float64)


def association(group: Ints, rest: Ints, hidden: Mask) -> dict[str, Any]:
    """Return how strongly a trait goes with being in the group.

    The bias-corrected Cramér's V (Bergsma 2013, Journal of the Korean Statistical Society 42,
    323-328) and the p-value of Pearson's chi-square. Levels that are hidden count as one.

    Parameters
    ----------
    group, rest : ndarray of int64, shape (n_levels,)
        Customers with each level.
    hidden : ndarray of bool, shape (n_levels,)
        Levels that must not be told of.

    Returns
    -------
    dict of str to float, str or bool
        ``effect``, ``p_value``, ``reason`` and ``suppressed``.
    """
    from scipy.special import chdtrc

    found: dict[str, Any] = {"effect": math.nan, "p_value": math.nan, "reason": ""}
    found["suppressed"] = bool(len(hidden)) and bool(hidden[(group + rest) > 0].all())
    table = np.stack([group, rest]).astype(np.float64)
    table = np.column_stack([table[:, ~hidden], table[:, hidden].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    sides, total = table.sum(axis=1), table.sum()
    if found["suppressed"] and total > 0:
        return found | {"reason": "too few customers per level to be told"}
    if not (sides > 0).all():
        return found | {"suppressed": False, "reason": "no customer with a value on one side"}
    if table.shape[1] < 2:
        return found | {"reason": "one level in all customers"}
    found["effect"], square, freedom = cramers_v(table)
    return found | {"p_value": float(chdtrc(freedom, square))}
