"""Slow, obvious twins of the RFM kernels and of what `score_rfm` and `migration` compute."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from fractions import Fraction


def quantile_scores(values, bins):
    """Score of each value by its mid-rank percentile, in exact fractions."""
    n = len(values)
    scores = []
    for value in values:
        less = sum(other < value for other in values)
        equal = sum(other == value for other in values)
        percentile = (less + Fraction(equal, 2)) / n
        scores.append(min(bins, 1 + math.floor(bins * percentile)))
    return scores


def nested_scores(recency, frequency, monetary, bins):
    """Recency scored over everyone, frequency inside it, money inside both."""
    r = quantile_scores([-days for days in recency], bins[0])
    f = _within(frequency, r, bins[1])
    m = _within(monetary, list(zip(r, f, strict=True)), bins[2])
    return list(zip(r, f, m, strict=True))


def _within(values, groups, bins):
    scores = [0] * len(values)
    for group in set(groups):
        rows = [i for i, other in enumerate(groups) if other == group]
        inner = quantile_scores([values[i] for i in rows], bins)
        for i, score in zip(rows, inner, strict=True):
            scores[i] = score
    return scores


def split_brackets(values, low, high):
    """Values inside each closed bracket, and how many lie from each low end to the next."""
    edges = [-math.inf, *low, math.inf]
    counts = [sum(a <= value < b for value in values) for a, b in itertools.pairwise(edges)]
    runs = [
        sorted(value for value in values if a <= value <= b)
        for a, b in zip(low, high[1:], strict=True)
    ]
    return runs, counts


def score_alone(recency, frequency, monetary, cuts):
    """Scores of one customer, each measure by its own cut points."""
    if math.isnan(recency) or math.isnan(monetary):
        return (0, 0, 0)
    return (
        1 + sum(recency <= cut for cut in cuts[0]),
        1 + sum(frequency >= cut for cut in cuts[1]),
        1 + sum(monetary >= cut for cut in cuts[2]),
    )


def score_nested(recency, frequency, monetary, cuts):
    """Scores of one customer, by trees of cut points."""
    if math.isnan(recency) or math.isnan(monetary):
        return (0, 0, 0)
    r = sum(recency <= cut for cut in cuts[0])
    f = sum(frequency >= cut for cut in cuts[1][r])
    m = sum(monetary >= cut for cut in cuts[2][r][f])
    return (r + 1, f + 1, m + 1)


def name_cells(r, f, m, segments_of):
    """Cell code and segment of one customer; `segments_of` maps score triples to codes."""
    return (0, -1) if r == 0 else (int(f"{r}{f}{m}"), segments_of[r, f, m])


#: The recency-frequency grid as regular expressions over the two digits.
_RF = {
    r"[1-2][1-2]": "Hibernating",
    r"[1-2][3-4]": "At Risk",
    r"[1-2]5": "Cannot Lose",
    r"3[1-2]": "About To Sleep",
    r"33": "Need Attention",
    r"[3-4][4-5]": "Loyal",
    r"41": "Promising",
    r"51": "New",
    r"[4-5][2-3]": "Potential Loyalist",
    r"5[4-5]": "Champions",
}


def rf_10(r, f):
    """Name of a cell under rf-10@1."""
    (name,) = [name for pattern, name in _RF.items() if re.fullmatch(pattern, f"{r}{f}")]
    return name


def fm_11(r, f, m):
    """Name of a cell under fm-11@1, as nested conditions."""
    fm = (f + m) / 2
    if r >= 4:
        if fm >= 4:
            return "Champions"
        if fm >= 3:
            return "Loyal"
        if fm >= 2:
            return "Potential Loyalist"
        return "New" if r == 5 else "Promising"
    if r == 3:
        return "Loyal" if fm >= 3 else "Need Attention" if fm >= 2 else "About To Sleep"
    if r == 2:
        return "At Risk" if fm >= 2.5 else "Hibernating"
    return "Cannot Lose" if fm >= 4 else "At Risk" if fm >= 2.5 else "Lost"


def migration_counts(before, after):
    """Count (segment before, segment after) over two dicts from customer to segment."""
    return Counter(
        (before.get(customer, "entered"), after.get(customer, "left"))
        for customer in {*before, *after}
    )
