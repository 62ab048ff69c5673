"""Lenses 3 and 4 on the page: one cohort, and cohorts side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.plot.one_cohort import panels_by_age
from customerintel.report.charts import chart
from customerintel.report.drawing import curves
from customerintel.report.markup import figures, long_table, note
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import (
    MISSING,
    count,
    days,
    decimal,
    money,
    month,
    percent,
    span,
)
from customerintel.report.periods_as_words import short_day, step_word
from customerintel.report.pictures import in_words, picture
from customerintel.report.small_groups import DASH, hidden_cohorts, rough, unsafe

__all__ = ["FIRST", "WHY_FIRST", "cohort_name", "lens_four", "lens_three", "notes_of"]

Floats = NDArray[np.float64]
#: Lines that can be told apart.
LINES = 4
#: What the name of the cohort in whose time the log begins is followed by, and why.
FIRST = "or before"
WHY_FIRST = (
    f"“{FIRST.capitalize()}”: the log begins in this time, and nobody knows who of these customers "
    "had bought earlier. They are not compared with the others."
)
#: What is drawn of one cohort.
BY_AGE = (
    "share_active", "share_active_lower", "share_active_upper", "orders_per_active",
    "cumulative_spend_per_customer",
)  # fmt: skip


def lens_three(lens: Any, material: Material) -> tuple[str, str]:
    """Show one cohort over time."""
    name, word = cohort_name(lens.cohort), step_word(material.options.period)
    if lens.customers < FEW:
        return "", f"The cohort {name} has fewer than {FEW} customers."
    ages = np.flatnonzero(lens.complete & (lens.ages > 0) & _many(lens.active, lens.customers))
    if not len(ages):
        return "", f"No {word} after the first of the cohort {name} is over yet."
    last = ages[-1]
    said = (
        f"Of the {count(lens.customers)} customers who began in the {word} {name}, "
        f"{percent(lens.share_active[ages[0]])} bought {_after(int(ages[0]), word)} and "
        f"{percent(lens.share_active[last])} {_after(int(last), word)}."
    )
    body = figures([_one_cohort(lens, np.r_[0, ages], name, said, material)])
    middle = lens.gap_quantiles_with_open[2]
    if np.isfinite(middle):
        body += note(f"Half of its purchases are followed by another within {days(middle)}.")
    return body, said


def _one_cohort(
    lens: Any, ages: NDArray[np.int64], name: str, said: str, material: Material
) -> str:
    head, rows = _ages(lens, ages, material)
    word, panels = step_word(material.options.period), 3 if material.has_amounts else 2
    shown = _told(lens, ages)
    return chart(
        "lens-three",
        picture(
            lambda axes: panels_by_age(shown, axes), heights=[1.0] * panels,
            title="Share that bought", xlabel=f"{word}s after the first",
        ),
        title=f"Cohort {name}", says=f"What its customers did, by age. {said}",
        alt=f"Lines of the share of the cohort {name} that bought, of its purchases and what it "
        f"spent, by age. {said}",
        head=head, rows=rows, height=0.4 + 1.35 * panels,
    )  # fmt: skip


def _told(lens: Any, ages: NDArray[np.int64]) -> Any:
    """Return the lens with nothing at ages that cannot be told of."""
    known = np.zeros(len(lens.ages), bool)
    known[ages] = True
    told = {name: np.where(known, getattr(lens, name), np.nan) for name in BY_AGE}
    for end in ("share_active_lower", "share_active_upper"):
        told[end][0] = np.nan  # all buy at age 0, by definition
    return replace(lens, **told)


def _ages(
    lens: Any, ages: NDArray[np.int64], material: Material
) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the table by age."""
    currency = material.options.currency
    rows = []
    for age in ages.tolist():
        row = [
            str(age),
            percent(lens.share_active[age]),
            MISSING
            if age == 0
            else span(percent(lens.share_active_lower[age]), percent(lens.share_active_upper[age])),
            decimal(lens.orders_per_active[age]),
        ]
        if material.has_amounts:
            row += [
                money(lens.average_order_value[age], currency),
                money(lens.cumulative_spend_per_customer[age], currency),
            ]
        rows.append(row)
    head = ["Age", "Active", "Interval", "Purchases each"]
    head += ["Per purchase", "Spend so far, each"] if material.has_amounts else []
    return head, rows


def lens_four(lens: Any, material: Material) -> tuple[str, str]:
    """Show cohorts side by side."""
    word, currency = step_word(material.options.period), material.options.currency
    some = _told_cohorts(lens.customers)
    if len(some) < 2:
        return "", f"There are not two cohorts of {FEW} customers or more to compare."
    size = lens.customers[:, None]
    few = unsafe(np.nan_to_num(lens.second_within) * size, size)
    within = np.where(few, np.nan, lens.second_within)
    early = int(np.searchsorted(lens.horizons, 90))
    # who is first in the log need not be new
    best = some[np.isfinite(within[some, early]) & (some > 0)]
    said = f"{count(len(some))} cohorts are compared"
    if len(best) > 1:
        top, low = best[np.argmax(within[best, early])], best[np.argmin(within[best, early])]
        said = (
            f"Within 90 days, {percent(within[top, early])} of the cohort "
            f"{cohort_name(lens.labels[top])} had come back, and {percent(within[low, early])} of "
            f"the cohort {cohort_name(lens.labels[low])}"
        )
    rows = []
    for k in some:
        row = [_marked(lens, k), count(lens.customers[k])]
        if material.has_amounts:
            row.append(money(rough(lens.first_spend_median[k]), currency))
        row += [percent(within[k, 2]), percent(within[k, early])]
        row.append(days(lens.median_days_to_second[k]))
        rows.append(row)
    head = ["Cohort", "Customers", *(["Median first spend"] if material.has_amounts else [])]
    head += ["Back in 30 days", "Back in 90 days", "Half are back after"]
    body = figures([one for one in (_same_age(lens, some, word),) if one])
    body += long_table(head, rows[-24:], title="Cohorts side by side")
    if 0 in some[-24:]:
        body += note(WHY_FIRST)
    if len(some) < np.count_nonzero(lens.customers):
        body += note(
            f"Cohorts of fewer than {FEW} customers are not shown, nor one of more where it would "
            "give a smaller one away."
        )
    if few[some].any():
        body += note(DASH)
    return body + notes_of(lens, material), f"{said}."


def _same_age(lens: Any, some: NDArray[np.int64], word: str) -> str:
    same = lens.same_age("retention")
    table = lens.table
    few = unsafe(table.active, table.customers[:, None])
    values = np.where(few[:, : same.curves.shape[1]], np.nan, same.curves)
    values[:, 0] = np.nan
    able = some[(np.isfinite(values[some]).sum(axis=1) >= 1) & (some > 0)]
    if len(able) < 2:
        return ""
    chosen = np.unique(able[np.linspace(0, len(able) - 1, min(LINES, len(able))).astype(int)])
    length = int(np.flatnonzero(np.isfinite(values[chosen]).any(axis=0)).max()) + 1
    lines = [(cohort_name(lens.labels[k]), values[k, 1:length]) for k in chosen]
    if length < 3:
        return ""
    return chart(
        "lens-four",
        curves(np.arange(1.0, length), lines, kind="percent", xlabel=f"{word}s after the first"),
        title="Cohorts at the same age",
        says="Share of each cohort that bought, by age: lines above others are of cohorts that "
        "stayed better.",
        head=["Age", *[name for name, _ in lines]],
        rows=[
            [str(age), *[percent(line[age - 1]) for _, line in lines]] for age in range(1, length)
        ],
    )  # fmt: skip


def _told_cohorts(customers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of the cohorts that are shown."""
    return np.flatnonzero((customers > 0) & ~hidden_cohorts(customers))


def _marked(lens: Any, k: int) -> str:
    name = cohort_name(lens.labels[k])
    return f"{name} {FIRST}" if k == 0 else name


def notes_of(lens: Any, material: Material) -> str:
    """Return what the lens says of itself; that there is no money is said above."""
    told = [x for x in lens.notes if material.has_amounts or "no amounts" not in x]
    return "".join(note(in_words(text)) for text in told)


def _after(age: int, word: str) -> str:
    return f"{age} {word}{'s' if age != 1 else ''} later"


def _many(active: Floats, size: int) -> NDArray[np.bool_]:
    """Tell where no small group of customers is shown, there or not there."""
    shown: NDArray[np.bool_] = ((active >= FEW) | (active == 0)) & (
        (size - active >= FEW) | (active == size)
    )
    return shown


def cohort_name(name: str) -> str:
    """Write "to 2011-12-09" and "2011-11" as people do."""
    bare = name.removeprefix("to ")
    try:
        if len(bare) == 10:
            return f"to {short_day(np.datetime64(bare, 'D'))}"
        return month(np.datetime64(bare, "M")) if len(bare) == 7 and "Q" not in bare else name
    except ValueError:
        return name
