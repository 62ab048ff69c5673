"""How the numbers of a group differ from those of the others."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels

__all__ = ["NumericDifferences", "compare_numbers"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class NumericDifferences:
    """Numeric traits of the group and of the rest, one entry per trait; read-only arrays.

    Figures are of the customers whose value is known; all are NaN where `suppressed` is True.

    Attributes
    ----------
    trait : tuple of str
        Largest standardised difference first.
    n_group, n_rest : ndarray of float64
        Customers with a value.
    mean_group, mean_rest, sd_group, sd_rest, median_group, median_rest : ndarray of float64
        In the unit of the trait; of a date, days since 1970-01-01 UTC.
    difference, difference_lower, difference_upper : ndarray of float64
        Of the means, with the interval of Welch (1947, Biometrika 34, 28-35).
    standardized_difference : ndarray of float64
        Cohen's d with the pooled standard deviation (Cohen 1988, Statistical Power Analysis,
        eq. 2.5.1 and 2.5.2).
    hedges_g, hedges_g_lower, hedges_g_upper : ndarray of float64
        d without its bias in small samples (Hedges 1981, Journal of Educational Statistics 6,
        107-128), with the large-sample interval of Hedges and Olkin (1985), chapter 5.
    auc : ndarray of float64
        Probability that a customer of the group has more than one of the rest, ties counting
        half (Mann and Whitney 1947): 0.5 is no difference, and large values weigh no more than
        others. ``2 auc - 1`` is Cliff's (1993) delta.
    p_value, q_value : ndarray of float64
        As in `Profile`.
    significant, suppressed : ndarray of bool
    """

    trait: tuple[str, ...]
    n_group: Floats
    n_rest: Floats
    mean_group: Floats
    mean_rest: Floats
    sd_group: Floats
    sd_rest: Floats
    median_group: Floats
    median_rest: Floats
    difference: Floats
    difference_lower: Floats
    difference_upper: Floats
    standardized_difference: Floats
    hedges_g: Floats
    hedges_g_lower: Floats
    hedges_g_upper: Floats
    auc: Floats
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
        found["trait"] = Labels(np.arange(len(self.trait)), self.trait)
        return found


#: Of so many values, or fewer, figures tell how many customers have each.
TELLING = 5
#: What one trait is told by; the rest of the fields come from all traits together.
FIGURES = tuple(
    field.name
    for field in fields(NumericDifferences)
    if field.name not in ("trait", "q_value", "significant", "suppressed")
)


def compare_numbers(
    group: Floats, rest: Floats, *, level: float, test: str, min_cell: int
) -> dict[str, Any]:
    """Return the figures of one trait, its effect size and, where there is none, why.

    Parameters
    ----------
    group, rest : ndarray of float64
        Values without NaN.
    level : float
        Of the intervals.
    test : {"welch", "mann_whitney"}
        Of which the p-value is.
    min_cell : int
        Fewer customers are not told of.

    Returns
    -------
    dict of str to float, str or bool
        By `FIGURES`, with ``effect``, ``reason`` and ``suppressed``.
    """
    found: dict[str, Any] = dict.fromkeys((*FIGURES, "effect"), math.nan)
    found |= {"reason": "", "suppressed": False}
    group, rest = np.sort(group), np.sort(rest)
    if _is_small(group, rest, min_cell):
        return found | {"suppressed": True, "reason": f"fewer than {min_cell} customers"}
    n, m = len(group), len(rest)
    found |= {"n_group": float(n), "n_rest": float(m)}
    if min(n, m) < 2:
        return found | {"reason": "fewer than two customers with a value on one side"}
    low, high = (min(group[0], rest[0]), max(group[-1], rest[-1]))
    unit = _unit(max(-low, high))
    found |= _moments(group / unit, rest / unit, level, unit)
    if low == high:
        return found | {"reason": "one value in all customers", "p_value": math.nan}
    u, ties = _rank_sum(group, rest)
    found["auc"] = u / (n * m)
    if test == "mann_whitney":
        found["p_value"] = _mann_whitney(u, n, m, ties)
    return found | _standardized(found, n, m, level)


def _is_small(group: Floats, rest: Floats, min_cell: int) -> bool:
    """Whether a number of customers would be told that is too small.

    Size, mean, spread and median of few values tell how many customers have each.
    """
    for side in (group, rest):
        if 0 < len(side) < min_cell:
            return True
        starts = np.flatnonzero(np.concatenate([[True], side[1:] != side[:-1]])[: len(side)])
        if len(starts) <= TELLING and (np.diff(starts, append=len(side)) < min_cell).any():
            return True
    return False


def _unit(most: float) -> float:
    """Return 1, or a power of two by which squares are neither infinite nor 0."""
    if most == 0.0 or 1e-100 < most < 1e100:
        return 1.0
    return math.ldexp(1.0, math.frexp(most)[1] - 1)


def _moments(group: Floats, rest: Floats, level: float, unit: float) -> dict[str, float]:
    """Return means, spreads, medians, and the difference of the means by Welch."""
    from scipy.special import stdtr, stdtrit

    n, m = len(group), len(rest)
    means, spreads = zip(*map(_mean_and_spread, (group, rest)), strict=True)
    parts = spreads[0] ** 2 / n, spreads[1] ** 2 / m
    error, gap = math.sqrt(sum(parts)), means[0] - means[1]
    p, half = (1.0 if gap == 0.0 else 0.0), 0.0
    if error > 0.0:
        freedom = sum(parts) ** 2 / (parts[0] ** 2 / (n - 1) + parts[1] ** 2 / (m - 1))
        half = float(stdtrit(freedom, 0.5 + level / 2.0)) * error
        p = float(2.0 * stdtr(freedom, -abs(gap) / error))
    found = {
        "mean_group": means[0], "mean_rest": means[1],
        "sd_group": spreads[0], "sd_rest": spreads[1],
        "median_group": _median(group), "median_rest": _median(rest),
        "difference": gap, "difference_lower": gap - half, "difference_upper": gap + half,
    }  # fmt: skip
    d = _cohen(gap, spreads, (n, m))
    scaled = {name: value * unit for name, value in found.items()}
    return scaled | {"p_value": p, "standardized_difference": d}


def _mean_and_spread(ordered: Floats) -> tuple[float, float]:
    if ordered[0] == ordered[-1]:
        return float(ordered[0]), 0.0  # which sums of rounded values would not give
    return float(ordered.mean()), float(ordered.std(ddof=1))


def _cohen(gap: float, spreads: tuple[float, float], sizes: tuple[int, int]) -> float:
    """Return Cohen's (1988) d, eq. 2.5.1 and 2.5.2; NaN where there is no spread."""
    within = sum((n - 1) * spread**2 for n, spread in zip(sizes, spreads, strict=True))
    return gap / math.sqrt(within / (sum(sizes) - 2)) if within > 0.0 else math.nan


def _median(ordered: Floats) -> float:
    n = len(ordered)
    return float(ordered[(n - 1) // 2] / 2.0 + ordered[n // 2] / 2.0)


def _standardized(found: dict[str, Any], n: int, m: int, level: float) -> dict[str, Any]:
    """Return g, its interval, and the correlation of the trait with being in the group."""
    from scipy.special import gammaln

    freedom, d = n + m - 2, found["standardized_difference"]
    if math.isnan(d):
        sign = math.copysign(1.0, found["difference"])
        return {"effect": sign, "reason": "no spread on either side, so nothing to measure by"}
    # Hedges (1981), eq. 6e; there are two customers or more on either side
    shrink = float(gammaln(freedom / 2.0) - gammaln((freedom - 1) / 2.0))
    g = d * math.exp(shrink) / math.sqrt(freedom / 2.0)
    error = math.sqrt((n + m) / (n * m) + g * g / (2.0 * (n + m)))
    half = NormalDist().inv_cdf(0.5 + level / 2.0) * error
    return {
        "hedges_g": g, "hedges_g_lower": g - half, "hedges_g_upper": g + half,
        # Pearson's r with a trait of 1 and 0: t / sqrt(t² + freedom), t = d sqrt(n m / (n + m))
        "effect": d / math.sqrt(d * d + freedom * (n + m) / (n * m)),
    }  # fmt: skip


def _rank_sum(group: Floats, rest: Floats) -> tuple[float, float]:
    """Return U of the group, and the sum of ``t³ - t`` over tied values; both sides ascending."""
    below, upto = np.searchsorted(rest, group, "left"), np.searchsorted(rest, group, "right")
    u = (float(below.sum()) + float(upto.sum())) / 2.0
    both = np.sort(np.concatenate([group, rest]), kind="stable")  # two runs: merged, not sorted
    edges = np.flatnonzero(np.concatenate([[True], both[1:] != both[:-1], [True]]))
    tied = np.diff(edges).astype(np.float64)
    return u, float((tied**3 - tied).sum())


def _mann_whitney(u: float, n: int, m: int, ties: float) -> float:
    """Return the two-sided p-value by the normal approximation, corrected for ties."""
    total = n + m
    variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)))
    if variance <= 0.0:
        return math.nan
    z = max(abs(u - n * m / 2.0) - 0.5, 0.0) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2.0))
