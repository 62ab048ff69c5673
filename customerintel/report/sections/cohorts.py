"""Retention cohorts: what customers who began together do as they grow older."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cohorts_by_age import cohort_table
from customerintel.report.charts import chart
from customerintel.report.drawing import curves, heat
from customerintel.report.late_lenses import FIRST, WHY_FIRST
from customerintel.report.markup import details, figures, note, table
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import GAP, MISSING, count, money, percent, span
from customerintel.report.page import Section
from customerintel.report.periods_as_words import period_names, step_word
from customerintel.report.small_groups import few, hidden_groups, unsafe

if TYPE_CHECKING:
    from customerintel.audit.cohorts_by_age import CohortTable

__all__ = ["section"]

TITLE, SHORT = "Retention by cohort", "Cohorts"
#: Rows and columns of the picture: more cannot be read on a telephone.
ROWS, AGES = 14, 12
#: Columns of ages that paper has room for.
PAPER = 14
#: Cohorts that are drawn as lines.
LINES = 4

Floats = NDArray[np.float64]


def section(material: Material) -> Section:
    """Make the section."""
    step = material.options.cohort_period
    found, why = material.attempt(lambda: cohort_table(material.history, period=step))
    if found is None:
        return Section("cohorts", TITLE, SHORT, why)
    some = np.flatnonzero((found.customers > 0) & ~hidden_groups(found.customers))
    word = step_word(found.periods.name)
    if len(some) < 2 or len(found) < 2:
        return Section(
            "cohorts", TITLE, SHORT,
            f"There are not yet two {word}s with {FEW} new customers or more, so there is nothing "
            "to compare.",
        )  # fmt: skip
    finding = _finding(found, word)
    body = figures([_map(found, some, word), *_curves(found, some, material, word)])
    wide = "screen" if len(found) > PAPER else ""
    body += details("All cohorts and ages", _table(found, some), kind=wide)
    told = [x for x in found.notes if material.has_amounts or "no amounts" not in x]
    body += "".join(map(note, told))
    if some[0] == 0:
        body += note(WHY_FIRST)
    body += note(
        f"The first {word} is the one of the first purchase, 100{GAP}% by definition. "
        f"{word.capitalize()}s that are not over, and cohorts of fewer than {FEW} customers, are "
        "left out, and so is a larger one, or a share, that would give fewer away. Retention that "
        "rises with age need not mean customers who grow more loyal: those who buy less leave "
        "first, and the others remain."
    )
    return Section("cohorts", TITLE, SHORT, finding, body, finding)


def _finding(found: CohortTable, word: str) -> str:
    mean = found.same_age("retention").mean
    ages = [age for age in (1, 3, 6, 12) if age < len(mean) and np.isfinite(mean[age])]
    if not ages:
        return f"No {word} after the first is over yet."
    said = [f"{percent(mean[age])} after {age} {word}{'s' if age > 1 else ''}" for age in ages]
    return f"Of the customers who begin, on average {_listed(said)} buy again in that {word}."


def _listed(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _shown(found: CohortTable, some: NDArray[np.int64]) -> Floats:
    """Return retention without what is not whole, small, or of one customer among few."""
    values = np.where(found.complete, found.retention, np.nan)
    gone = np.isin(np.arange(len(found)), some, invert=True)
    values[gone] = np.nan
    # a few who are there, or a few who are not
    hidden: Floats = np.where(unsafe(found.active, found.customers[:, None]), np.nan, values)
    return hidden


def _map(found: CohortTable, some: NDArray[np.int64], word: str) -> str:
    shown = _shown(found, some)[:, : AGES + 1]
    shown[:, 0] = np.nan  # always 100 %
    told = np.flatnonzero(np.isfinite(shown).any(axis=1))
    rows = told[-ROWS:]
    last = int(np.flatnonzero(np.isfinite(shown[rows]).any(axis=0)).max(initial=0))
    values = shown[rows, 1 : last + 1]
    if not values.size:
        return ""
    labels = _labels(found)
    texts = [[f"{100 * x:.0f}" if np.isfinite(x) else "" for x in row] for row in values]
    best = _highest(np.where(rows[:, None] > 0, values, np.nan), rows, labels, word)
    across = [str(age) for age in range(1, values.shape[1] + 1)]
    return chart(
        "retention",
        heat(
            values, texts, down=[labels[k] for k in rows], across=across,
            xlabel=f"{word}s after the first", size=9.0 if len(across) > 10 else 10.0,
        ),
        title=f"Retention by {word}",
        says=f"Per cent of each cohort that bought, by age{best}."
        + (f" The latest {ROWS} of {len(told)} cohorts." if len(told) > ROWS else ""),
        head=["Cohort", "Customers", *across],
        rows=[
            [labels[k], count(found.customers[k]), *[f"{t}{GAP}%" if t else MISSING for t in row]]
            for k, row in zip(rows, texts, strict=True)
        ],
        height=1.0 + 0.27 * len(rows),
    )  # fmt: skip


def _labels(found: CohortTable) -> list[str]:
    """Name the cohorts; of the first, nobody knows who is new."""
    first, *others = period_names(found.periods)
    return [f"{first} {FIRST}", *others]


def _highest(values: Floats, rows: NDArray[np.int64], labels: list[str], word: str) -> str:
    if not np.isfinite(values).any():
        return ""
    row, age = np.unravel_index(np.nanargmax(values), values.shape)
    later = f"{age + 1} {word}{'s' if age else ''} later"
    return f"; the highest is {percent(values[row, age])}, of those of {labels[rows[row]]}, {later}"


def _curves(
    found: CohortTable, some: NDArray[np.int64], material: Material, word: str
) -> list[str]:
    same = found.same_age("retention")
    several = same.n_cohorts >= min(3, int(same.n_cohorts.max(initial=0)))
    ages = np.flatnonzero(np.isfinite(same.mean) & (same.ages > 0) & several)
    made = []
    if len(ages) > 1:
        after = f"{word}s after the first"
        made.append(
            chart(
                "retention-mean",
                curves(
                    ages.astype(float), [("mean", same.mean[ages])], kind="percent", xlabel=after
                ),
                title="Mean of all cohorts",
                says=f"Share of a cohort that buys: {percent(same.mean[ages[0]])} after {ages[0]} "
                f"{word}{'s' if ages[0] > 1 else ''}, {percent(same.mean[ages[-1]])} after "
                f"{ages[-1]} {word}s. Later ages rest on fewer and older cohorts.",
                head=["Age", "Mean", "Interval", "Cohorts"],
                rows=[
                    [
                        str(a), percent(same.mean[a]),
                        span(percent(same.mean_lower[a]), percent(same.mean_upper[a])),
                        str(int(same.n_cohorts[a])),
                    ]
                    for a in ages
                ],
            )
        )  # fmt: skip
    if material.has_amounts:
        made.append(_worth(found, some, material, word))
    return made


def _worth(found: CohortTable, some: NDArray[np.int64], material: Material, word: str) -> str:
    """Set what customers of some cohorts have spent side by side."""
    same = found.same_age("cumulative_spend_per_customer")
    few_buy = few(np.nan_to_num(found.active[:, : same.curves.shape[1]]))
    # what few customers spent at an age is the difference of two sums
    spent = np.where(few_buy, np.nan, same.curves)
    length = np.isfinite(spent).sum(axis=1)
    # who is first in the log need not be new, and is compared with nobody
    able = some[(length[some] >= 2) & (some > 0)]
    if not len(able):
        return ""
    # the oldest, the youngest, and some between
    chosen = np.unique(able[np.linspace(0, len(able) - 1, min(LINES, len(able))).astype(int)])
    labels, currency = _labels(found), material.options.currency
    longest = int(np.flatnonzero(np.isfinite(spent[chosen]).any(axis=0)).max()) + 1
    ages = np.arange(longest)
    lines = [(labels[k], spent[k, :longest]) for k in chosen]
    first, last = lines[0][1], lines[-1][1]
    both = np.flatnonzero(np.isfinite(first) & np.isfinite(last))
    at = int(both[-1]) if len(both) else 0
    says = (
        f"What a customer of the cohort has spent by that age, those who left included. After "
        f"{at} {word}{'s' if at != 1 else ''}, customers of {labels[chosen[0]]} had spent "
        f"{money(first[at], currency)}"
    )
    if len(lines) > 1:
        says += f", those of {labels[chosen[-1]]} {money(last[at], currency)}"
    return chart(
        "cohort-spend",
        curves(ages.astype(float), lines, kind="money", xlabel=f"{word}s after the first"),
        title="Spend per customer so far", says=f"{says}.",
        head=["Age", *[name for name, _ in lines]],
        rows=[[str(age), *[money(line[age], currency) for _, line in lines]] for age in ages],
    )  # fmt: skip


def _table(found: CohortTable, some: NDArray[np.int64]) -> str:
    values = _shown(found, some)
    labels = _labels(found)
    ages = range(min(len(found), 60))
    rows = [
        [labels[k], count(found.customers[k]), *[percent(values[k, age]) for age in ages]]
        for k in some[-60:]
    ]
    return table(
        ["Cohort", "Customers", *[str(age) for age in ages]], rows, title="Retention, all cohorts"
    )
