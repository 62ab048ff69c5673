"""Selection rates of the groups of one attribute, of which few people are never told."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.count_ranges import CountRanges
from customerintel.rfm.read_only import seal

__all__ = ["FOUR_FIFTHS", "TOO_FEW", "GroupRates", "rates_of", "variation_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Least ratio of selection rates that the rule of thumb takes for no adverse impact.
FOUR_FIFTHS = 0.8
#: A rate is told from a range as narrow as this share of it.
CLOSE = 0.2
#: How people are named who are too few to be told of, even together.
TOO_FEW = "(too few to tell)"


@dataclass(frozen=True, eq=False, repr=False)
class GroupRates:
    """How many of each group are in the audience; one entry per group, read-only.

    Groups of fewer people than `min_cell` are told together, as "(others)". Where they are too
    few even so, nobody of them is in any number, and the last group, "(too few to tell)", says
    that there are some.

    Attributes
    ----------
    group : tuple of str
        Levels of the attribute; quarters of a number; people without a value, and others.
    eligible : float64 array
        People who could have been chosen.
    selected : float64 array
        And who were. NaN where they, or those who were left out, are from 1 to `min_cell` - 1;
        and of another group, where the size of the audience would tell them.
    rate : float64 array
        Selected per eligible. Where the number is not told, but follows to within a fifth from
        the size of the audience: of the middle.
    ratio : float64 array
        Rate over the highest that is told; NaN where the rate is not told.
    ratio_lower, ratio_upper : float64 array
        Where both numbers are told, its interval by Katz, Baptista, Azen and Pike (1978,
        Biometrics 34, 469-474). Where they are not, **bounds** that it lies between: what can be
        said of the numbers, such as at most `min_cell` - 1 who were selected.
    below_four_fifths : bool array
        Whether the ratio, or of numbers that are not told the bound above it, is below 0.8 (US
        Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D, 1978): a rule of
        thumb, and not a test.
    share_eligible, share_selected : float64 array
        Of all who are told, and of the audience among them.
    suppressed : bool array
        Where the rate is not told, for people are too few.
    known : bool array
        Whether `below_four_fifths` is known: where it is False of others, it may be True.
    """

    group: tuple[str, ...]
    eligible: Floats
    selected: Floats
    rate: Floats
    ratio: Floats
    ratio_lower: Floats
    ratio_upper: Floats
    below_four_fifths: Mask
    share_eligible: Floats
    share_selected: Floats
    suppressed: Mask
    known: Mask

    def __post_init__(self) -> None:
        seal(self)

    @property
    def lowest_ratio(self) -> float:
        """The lowest ratio of all groups of enough people.

        Where numbers are not told, but the ratio is surely below 0.8, it is at most this. NaN
        where nothing can be compared, or where a ratio is not known that may be below 0.8.
        """
        told = self.eligible > 0
        exact = np.isfinite(self.ratio) & ~np.isnan(self.selected)
        most = np.where(exact, self.ratio, np.fmin(self.ratio_upper, 1.0))[told]
        lowest = float(np.fmin.reduce(most, initial=np.inf))
        if lowest < FOUR_FIFTHS or (self.known[told].all() and np.isfinite(lowest)):
            return lowest
        return float("nan")


def rates_of(
    names: tuple[str, ...], eligible: Ints, chosen: Ints, *, level: float, min_cell: int,
    some_left: bool,
) -> GroupRates:  # fmt: skip
    """Reckon the rates of one attribute.

    Parameters
    ----------
    names : tuple of str
        Of groups of at least `min_cell` people each.
    eligible, chosen : ndarray of int64, shape (n_groups,)
    level : float
        Of the intervals.
    min_cell : int
    some_left : bool
        Whether there are others who are too few to be told of.
    """
    ranges = CountRanges.of(eligible, chosen, min_cell)
    n = eligible.astype(np.float64)
    k = np.where(ranges.hidden, np.nan, chosen)
    with np.errstate(invalid="ignore", divide="ignore"):
        close = ranges.hidden & (ranges.high - ranges.low <= CLOSE * ranges.high)
        rate = np.where(close, (ranges.low + ranges.high) / 2.0, k) / n
        ratio, lower, upper, sure = _ratios(n, k, rate, ranges, level)
    shares = n / max(n.sum(), 1.0), k / max(chosen.sum(), 1)
    below = np.where(sure, ratio, upper) < FOUR_FIFTHS
    known = sure | below | (lower >= FOUR_FIFTHS)
    columns: tuple[Floats, ...] = (n, k, rate, ratio, lower, upper, *shares)
    if some_left:
        names = (*names, TOO_FEW)
        columns = tuple(np.append(values, np.nan) for values in columns)
        below, known = np.append(below, False), np.append(known, False)
    n, k, rate, ratio, lower, upper, of_all, of_chosen = columns
    return GroupRates(
        group=names, eligible=n, selected=k, rate=rate, ratio=ratio, ratio_lower=lower,
        ratio_upper=upper, below_four_fifths=below, share_eligible=of_all,
        share_selected=of_chosen, suppressed=np.isnan(rate), known=known,
    )  # fmt: skip


def _ratios(
    n: Floats, k: Floats, rate: Floats, ranges: CountRanges, level: float
) -> tuple[Floats, Floats, Floats, Mask]:
    """Return ratios, their intervals or bounds, and which of them are exact."""
    nothing = np.full(len(n), np.nan)
    if len(n) < 2 or not np.nan_to_num(rate).any():
        return nothing, nothing, nothing, np.zeros(len(n), bool)
    top = int(np.nanargmax(rate))
    others, told = np.arange(len(n)) != top, np.isfinite(rate)
    ratio = rate / rate[top]
    sure = ~ranges.hidden & (not ranges.hidden[top] or rate == 0.0)
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    half = z * np.sqrt(1.0 / k - 1.0 / n + 1.0 / k[top] - 1.0 / n[top])
    # the group itself has the ratio 1 by definition
    half = np.where(np.isfinite(half) & others, half, np.nan)
    # what is not exact lies between these, beside any highest rate that can be
    low, high = ranges.low / n, ranges.high / n
    lower, upper = low / high[told].max(), high / low[told].max()
    sure |= ~others
    return (
        ratio,
        np.where(sure, ratio * np.exp(-half), lower),
        np.where(sure, ratio * np.exp(half), upper),
        sure,
    )


def variation_of(eligible: Ints, chosen: Ints, min_cell: int) -> float:
    """Return half the sum of differences of shares: with hidden numbers, the least it can be."""
    if not chosen.sum() or len(eligible) < 2:
        return float("nan")
    ranges = CountRanges.of(eligible, chosen, min_cell)
    if not ranges.low.any():
        return float("nan")
    expected = eligible / eligible.sum() * chosen.sum()
    nearest = np.clip(expected, ranges.low, ranges.high)
    return float(np.abs(nearest - expected).sum() / (2.0 * chosen.sum()))
