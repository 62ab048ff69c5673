"""Lenses 3 to 5 on the page: one cohort, cohorts side by side, the whole base."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.report.charts import chart
from customerintel.report.drawing import curves, layers
from customerintel.report.markup import details, figures, note, table
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import (
    MISSING,
    amounts,
    count,
    days,
    decimal,
    money,
    month,
    percent,
    points,
    span,
)
from customerintel.report.periods_as_words import short_day, step_word

__all__ = ["lens_five", "lens_four", "lens_three"]

Floats = NDArray[np.float64]
#: Lines or layers that can be told apart.
LINES, LAYERS = 4, 6


def lens_three(lens: Any, material: Material) -> tuple[str, str]:
    """Show one cohort over time."""
    name, word = _label(lens.cohort), step_word(material.options.period)
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
    head, rows = _ages(lens, ages, material)
    body = figures(
        [
            chart(
                "lens-three",
                curves(
                    np.r_[0, ages].astype(float), [(name, lens.share_active[np.r_[0, ages]])],
                    kind="percent", xlabel=f"{word}s after the first",
                ),
                title=f"Cohort {name}", says=f"Share that bought, by age. {said}",
                alt=f"Line of the share of the cohort {name} that bought, by age. {said}",
                head=head, rows=rows,
            )
        ]
    )  # fmt: skip
    middle = lens.gap_quantiles_with_open[2]
    if np.isfinite(middle):
        body += note(f"Half of its purchases are followed by another within {days(middle)}.")
    return body, said


def _ages(
    lens: Any, ages: NDArray[np.int64], material: Material
) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the table by age."""
    currency = material.options.currency
    rows = []
    for age in [0, *ages.tolist()]:
        row = [
            str(age),
            percent(lens.share_active[age]),
            span(percent(lens.share_active_lower[age]), percent(lens.share_active_upper[age])),
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
    some = np.flatnonzero(lens.customers >= FEW)
    if len(some) < 2:
        return "", f"There are not two cohorts of {FEW} customers or more to compare."
    within = lens.second_within
    early = int(np.searchsorted(lens.horizons, 90))
    best = some[np.isfinite(within[some, early])]
    said = f"{count(len(some))} cohorts are compared"
    if len(best) > 1:
        top, low = best[np.argmax(within[best, early])], best[np.argmin(within[best, early])]
        said = (
            f"Within 90 days, {percent(within[top, early])} of the cohort "
            f"{_label(lens.labels[top])} had come back, and {percent(within[low, early])} of the "
            f"cohort {_label(lens.labels[low])}"
        )
    rows = []
    for k in some:
        row = [_label(lens.labels[k]), count(lens.customers[k])]
        if material.has_amounts:
            row.append(money(lens.first_spend_median[k], currency))
        row += [percent(within[k, 2]), percent(within[k, early])]
        row.append(days(lens.median_days_to_second[k]))
        rows.append(row)
    head = ["Cohort", "Customers", *(["Median first spend"] if material.has_amounts else [])]
    head += ["Back in 30 days", "Back in 90 days", "Half are back after"]
    body = figures([one for one in (_same_age(lens, some, word),) if one])
    body += table(head, rows[-24:], title="Cohorts side by side")
    return body + _notes(lens, material), f"{said}."


def _same_age(lens: Any, some: NDArray[np.int64], word: str) -> str:
    same = lens.same_age("retention")
    values = same.curves.copy()
    values[:, 0] = np.nan
    able = some[np.isfinite(values[some]).sum(axis=1) >= 1]
    if len(able) < 2:
        return ""
    chosen = np.unique(able[np.linspace(0, len(able) - 1, min(LINES, len(able))).astype(int)])
    length = int(np.flatnonzero(np.isfinite(values[chosen]).any(axis=0)).max()) + 1
    lines = [(_label(lens.labels[k]), values[k, 1:length]) for k in chosen]
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


def lens_five(lens: Any, material: Material) -> tuple[str, str]:
    """Show the whole base."""
    word = step_word(material.options.period)
    whole = np.flatnonzero(lens.complete)
    money_too = material.has_amounts
    what = "net spend" if money_too else "purchases"
    share = lens.new_share_of_spend if money_too else lens.new_share_of_orders
    said = f"No {word} is over yet"
    if len(whole):
        last = whole[-1]
        said = f"In the last {word}, new customers made {percent(share[last])} of {what}"
        if np.isfinite(lens.lapsed_share[last]):
            said += (
                f", and {percent(lens.lapsed_share[last])} of the customers of the one before did "
                "not buy"
            )
    run_off = lens.run_off if money_too else lens.run_off_orders
    made = [_stack(lens, money_too, material.options.currency), _run_off(run_off, word, material)]
    body = figures([one for one in made if one])
    if made[1]:
        body += note("If nobody new came: " + " ".join(run_off.assumptions))
    trend = lens.dependence_trend
    if np.isfinite(trend.lower):
        body += note(
            f"The share of new customers changes by {points(trend.slope)} from one {word} to the "
            f"next (interval {points(trend.lower)} to {points(trend.upper)})."
        )
    body += details("All periods", _periods(lens, share, material))
    return body + _notes(lens, material), f"{said}."


def _stack(lens: Any, money_too: bool, currency: str | None) -> str:  # noqa: FBT001
    stack = (lens.spend_stack if money_too else lens.orders_stack).astype(np.float64)
    stack = np.maximum(np.nan_to_num(stack), 0.0)
    labels = [_label(x) for x in lens.labels]
    if len(labels) < 2:
        return ""
    order = list(range(len(stack)))
    if "earlier" in lens.stack_labels:
        order.insert(0, order.pop(lens.stack_labels.index("earlier")))
    groups = np.array_split(np.array(order), min(LAYERS, len(order)))
    names = [_label(lens.stack_labels[k]) for k in range(len(stack))]
    # several cohorts in one layer have the name of the last
    parts = [(names[one[-1]], stack[one].sum(axis=0)) for one in groups]
    kind, what = ("money", "Net spend") if money_too else ("count", "Purchases")
    write = amounts(currency) if money_too else count
    oldest = parts[0][1]
    total = float(sum(y[-1] for _, y in parts))
    tail = f" The oldest still make {percent(oldest[-1] / total)} in the last." if total > 0 else ""
    return chart(
        "stack", layers(labels, parts, kind=kind), title=f"{what} by cohort",
        says=f"Each layer is customers who began in the same time, the oldest at the bottom, "
        f"named by the last of their periods.{tail}",
        head=["Period", *[name for name, _ in parts]],
        rows=[[label, *[write(y[k]) for _, y in parts]] for k, label in enumerate(labels)],
        height=3.4,
    )  # fmt: skip


def _run_off(run_off: Any, word: str, material: Material) -> str:
    known = np.flatnonzero(np.isfinite(run_off.expected))[:12]
    if not len(known) or not run_off.last_total > 0:
        return ""
    money_too = run_off.measure == "spend"
    write = amounts(material.options.currency) if money_too else count
    values = np.r_[run_off.last_total, run_off.expected[known]]
    steps = np.r_[0, run_off.steps[known]]
    at = min(3, len(known) - 1)
    left = run_off.share_of_last[known[at]]
    return chart(
        "run-off",
        curves(steps.astype(float), [("expected", values)], kind="money" if money_too else "count",
               xlabel=f"{word}s ahead"),
        title="If nobody new came",
        says=f"What today's customers would bring by themselves: {percent(left)} of the last "
        f"{word} after {run_off.steps[known[at]]} {word}s.",
        head=[f"{word.capitalize()}s ahead", "Expected", "Interval", "Of the last"],
        rows=[
            [
                str(int(run_off.steps[k])), write(run_off.expected[k]),
                span(write(run_off.expected_lower[k]), write(run_off.expected_upper[k])),
                percent(run_off.share_of_last[k]),
            ]
            for k in known
        ],
    )  # fmt: skip


def _periods(lens: Any, share: Floats, material: Material) -> str:
    rows = []
    for k, label in enumerate(lens.labels):
        few = 0 < lens.active[k] < FEW
        row = [_label(label), count(lens.active[k], least=FEW), count(lens.new[k], least=FEW)]
        row += [MISSING if few else count(lens.orders[k])]
        if material.has_amounts:
            row.append(MISSING if few else money(lens.spend[k], material.options.currency))
        hide = few or 0 < lens.new[k] < FEW
        rows.append([*row, MISSING if hide else percent(share[k]), percent(lens.lapsed_share[k])])
    head = ["Period", "Customers", "New", "Purchases"]
    head += ["Net spend"] if material.has_amounts else []
    return table([*head, "Share of new", "Did not return"], rows[-40:], title="All periods")


def _notes(lens: Any, material: Material) -> str:
    """Return what the lens says of itself; that there is no money is said above."""
    told = [x for x in lens.notes if material.has_amounts or "no amounts" not in x]
    return "".join(map(note, told))


def _after(age: int, word: str) -> str:
    return f"{age} {word}{'s' if age != 1 else ''} later"


def _many(active: Floats, size: int) -> NDArray[np.bool_]:
    """Tell where no small group of customers is shown, there or not there."""
    shown: NDArray[np.bool_] = ((active >= FEW) | (active == 0)) & (
        (size - active >= FEW) | (active == size)
    )
    return shown


def _label(name: str) -> str:
    """Write "to 2011-12-09" and "2011-11" as people do."""
    bare = name.removeprefix("to ")
    try:
        if len(bare) == 10:
            return f"to {short_day(np.datetime64(bare, 'D'))}"
        return month(np.datetime64(bare, "M")) if len(bare) == 7 and "Q" not in bare else name
    except ValueError:
        return name
