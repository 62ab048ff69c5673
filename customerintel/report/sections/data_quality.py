"""What the data are like: rejected rows, returns, odd days, gaps, copies, and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from customerintel.report.alike_rows import count_alike
from customerintel.report.charts import chart
from customerintel.report.daily import ODD, Daily, daily_of, gaps_in, odd_days, usual_days_off
from customerintel.report.drawing import format_axis, plain_axes, tick_labels
from customerintel.report.markup import Card, cards, figures, note, paragraph, subhead, table
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import (
    MISSING,
    amounts,
    count,
    day,
    decimal,
    money,
    month,
    percent,
    times,
)
from customerintel.report.page import Section
from customerintel.report.svg_theme import COLOURS
from customerintel.report.warnings_told import MARK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["section"]

#: Odd days that are listed; the rest are counted.
SHOWN = 12
#: Points of a line: of more days, every second or third is drawn.
MOST_POINTS = 700
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RULES = {
    "null_customer_id": "no customer is named",
    "null_timestamp": "no date",
    "unparseable_timestamp": "the date cannot be read",
    "non_finite_amount": "the amount is not a number",
    "null_amount": "no amount",
}


def section(material: Material) -> Section:
    """Make the section."""
    daily = daily_of(material.history)
    alike = count_alike(material.history)
    rejected = material.log.rejected
    body = cards(_numbers(material, daily, alike))
    body += _rejected(rejected.counts(), rejected.n_rows_in)
    body += _odd(material, daily)
    body += _gaps(daily)
    body += subhead("What the computations had to say") + MARK
    lead = _lead(material, daily, alike)
    finding = ""
    if len(rejected):
        part = len(rejected) / max(rejected.n_rows_in, 1)
        finding = (
            f"{count(len(rejected))} of {count(rejected.n_rows_in)} rows ({percent(part)}) could "
            "not be used; everything here is of the others."
        )
    return Section("data_quality", "How good the data are", "Data quality", lead, body, finding)


def _lead(material: Material, daily: Daily, alike: int | None) -> str:
    n_rejected, n_rows = len(material.log.rejected), material.log.rejected.n_rows_in
    used = f"{count(n_rows - n_rejected)} of {count(n_rows)} rows were used"
    after = material.log.end > material.history.moment
    later = "; rows after the last day of this report were not looked at" if after else ""
    copies = f" {count(alike)} rows look like copies of others." if alike else ""
    returns = float(daily.returns.sum())
    back = f" {count(returns)} rows are returns." if returns else " There are no returns."
    return f"{used}{later}.{back}{copies}"


def _numbers(material: Material, daily: Daily, alike: int | None) -> list[Card]:
    rejected = material.log.rejected
    returns = int(daily.returns.sum())
    only = material.history.n_returns_only
    currency = material.options.currency
    found = [
        Card("Rows read", count(rejected.n_rows_in)),
        Card(
            "Rejected rows",
            count(len(rejected)),
            f"{percent(len(rejected) / max(rejected.n_rows_in, 1))} of all",
        ),
    ]
    hint = "rows that are returns, refunds or cancellations"
    if len(daily.returned) and returns:
        sales = float(daily.sales.sum())
        back = -float(daily.returned.sum())
        hint = f"{money(back, currency)}, {percent(back / sales if sales else np.nan)} of sales"
    found += [
        Card("Returns", count(returns), hint),
        Card(
            "Customers with returns only",
            count(only, least=FEW),
            "not counted as customers on this page",
        ),
    ]
    if alike is not None:
        found.append(
            Card("Rows that look like copies", count(alike), "same customer, moment and amount")
        )
    return found


def _rejected(counts: dict[str, int], n_rows: int) -> str:
    if not counts:
        return subhead("Rejected rows") + paragraph("No row broke a rule.")
    rows = [
        [RULES.get(rule, rule.replace("_", " ")), rule, count(n), percent(n / max(n_rows, 1))]
        for rule, n in counts.items()
    ]
    return (
        subhead("Rejected rows")
        + table(
            ["Why", "Rule", "Rows", "Of all"], rows, title="Rejected rows by rule", words=(0, 1)
        )
        + note("A row counts once, under the first rule that it broke.")
    )


def _odd(material: Material, daily: Daily) -> str:
    """Tell which days are unlike others of their weekday."""
    head = subhead("Suspicious days")
    if len(daily.days) < 56:
        return head + paragraph("The log is too short to tell what is usual for a weekday.")
    measures = [("purchases", daily.purchases)]
    if len(daily.sales):
        measures.append(("sales", daily.sales))
    found: list[tuple[float, int, str, float, float]] = []
    for name, values in measures:
        scores, usual = odd_days(daily.days, values)
        found += [
            (float(scores[k]), int(k), name, float(values[k]), float(usual[k]))
            for k in np.flatnonzero(np.abs(scores) >= ODD)
        ]
    found.sort(key=lambda one: -abs(one[0]))
    odd = sorted({one[1] for one in found})
    text = (
        "No day has far more or far fewer purchases"
        + (" or sales" if len(measures) > 1 else "")
        + " than usual for its weekday at that time of the year."
        if not found
        else f"{count(len(odd))} day{' is' if len(odd) == 1 else 's are'} far from what is usual "
        "for the weekday at that time of the year. Look whether something happened, or whether "
        "rows are missing, doubled or wrong."
    )
    body = head + paragraph(text) + figures([_days_chart(daily, odd)])
    if found:
        body += table(
            ["Day", "Weekday", "What", "That day", "Usual", "Ratio"],
            [_odd_row(daily, one, material.options.currency) for one in found[:SHOWN]],
            title="Suspicious days", words=(0, 1, 2),
        )  # fmt: skip
    if len(found) > SHOWN:
        body += note(f"The {SHOWN} that are farthest off; there are {len(found) - SHOWN} more.")
    return body


def _odd_row(
    daily: Daily, one: tuple[float, int, str, float, float], currency: str | None
) -> list[str]:
    _, place, name, value, usual = one
    at = daily.days[place]
    weekday = WEEKDAYS[int((at.astype(np.int64) + 3) % 7)]
    write = amounts(currency) if name == "sales" else count
    ratio = times(value / usual) if usual > 0 else MISSING
    # the amount of a day with few purchases would be that of few customers
    few = name == "sales" and daily.purchases[place] < FEW
    return [day(at), weekday, name, MISSING if few else write(value), write(usual), ratio]


def _days_chart(daily: Daily, odd: Sequence[int]) -> str:
    def paint(figure: Figure) -> None:
        ax = plain_axes(figure)
        shown = ~usual_days_off(daily)
        step = max(1, int(shown.sum()) // MOST_POINTS)
        at = (daily.days - daily.days[0]).astype(np.float64)
        ax.plot(at[shown][::step], daily.purchases[shown][::step], color=COLOURS[0], linewidth=0.9)
        ax.plot(
            at[list(odd)], daily.purchases[list(odd)], "o", color=COLOURS[4], markersize=4,
            label="suspicious",
        )  # fmt: skip
        months = np.arange(daily.days[0].astype("M8[M]") + 1, daily.days[-1].astype("M8[M]") + 1)
        starts = (months.astype("M8[D]") - daily.days[0]).astype(np.float64)
        tick_labels(ax, [month(one) for one in months], at=starts)
        format_axis(ax.yaxis, "count")
        ax.set_ylim(bottom=0)
        if odd:
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)

    weekday = (daily.days.astype(np.int64) + 3) % 7
    rows = [
        [
            name,
            decimal(np.median(daily.purchases[weekday == k])),
            count(daily.purchases[weekday == k].max(initial=0.0)),
        ]
        for k, name in enumerate(WEEKDAYS)
    ]
    return chart(
        "daily", paint, title="Purchases by day",
        says="Each day's purchases, with suspicious days marked." if odd
        else "Each day's purchases.",
        head=["Weekday", "Usual (median)", "Most"], rows=rows,
    )  # fmt: skip


def _gaps(daily: Daily) -> str:
    gaps = gaps_in(daily)
    head = subhead("Gaps")
    if not gaps:
        return head + paragraph(
            "There are no two days in a row without a row on which there usually are some."
        )
    rows = [[day(one.first), day(one.last), count(one.length)] for one in gaps[:SHOWN]]
    more = f" The {SHOWN} longest of {count(len(gaps))}:" if len(gaps) > SHOWN else ""
    return (
        head
        + paragraph(f"Days in a row without any row, though there usually are some.{more}")
        + table(["From", "To", "Days"], rows, title="Gaps", words=(0, 1))
    )
