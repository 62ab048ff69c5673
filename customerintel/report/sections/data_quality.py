"""What the data are like: rejected rows, returns, odd days, gaps, copies, and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from customerintel.report.alike_rows import count_alike
from customerintel.report.charts import chart
from customerintel.report.daily import (
    FEWEST,
    ODD,
    Daily,
    daily_of,
    gaps_in,
    odd_days,
    usual_days_off,
    without_few,
)
from customerintel.report.drawing import format_axis, plain_axes, tick_labels
from customerintel.report.markup import (
    Card,
    cards,
    figures,
    long_table,
    note,
    paragraph,
    subhead,
)
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
    several,
    times,
)
from customerintel.report.page import Section
from customerintel.report.shared_moments import lines_as_purchases
from customerintel.report.small_groups import DASH, few
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
    finding = lines_as_purchases(material.history)
    lead = " ".join([finding, _lead(material, daily, alike)]).strip()
    if finding:
        material.note(finding)
    if len(rejected):
        part = len(rejected) / max(rejected.n_rows_in, 1)
        finding += " " * bool(finding) + (
            f"{count(len(rejected))} of {count(rejected.n_rows_in)} rows ({percent(part)}) could "
            "not be used; everything here is of the others."
        )
    return Section("data_quality", "How good the data are", "Data quality", lead, body, finding)


def _lead(material: Material, daily: Daily, alike: int | None) -> str:
    n_rejected, n_rows = len(material.log.rejected), material.log.rejected.n_rows_in
    used = f"{count(n_rows - n_rejected)} of {count(n_rows)} rows were used"
    after = material.log.end > material.history.moment
    later = "; rows after the last day of this report were not looked at" if after else ""
    look = "looks like a copy of another" if alike == 1 else "look like copies of others"
    copies = f" {several(alike, 'row')} {look}." if alike else ""
    back = f" {_returns(daily)}"
    return f"{used}{later}.{back}{copies}"


def _returns(daily: Daily) -> str:
    if few(daily.n_returning):
        return f"Fewer than {FEW} customers returned anything."
    returns = float(daily.returns.sum())
    return f"{count(returns)} rows are returns." if returns else "There are no returns."


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
    told = not few(daily.n_returning)
    if len(daily.returned) and returns and told:
        sales = float(daily.sales.sum())
        back = -float(daily.returned.sum())
        hint = f"{money(back, currency)}, {percent(back / sales if sales else np.nan)} of sales"
    found += [
        Card("Returns", count(returns), hint)
        if told
        else Card("Returns", MISSING, f"of fewer than {FEW} customers"),
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
        + long_table(
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
        body += long_table(
            ["Day", "Weekday", "What", "That day", "Usual", "Ratio"],
            [_odd_row(daily, one, material.options.currency) for one in found[:SHOWN]],
            title="Suspicious days", words=(0, 1, 2),
        )  # fmt: skip
    if few(daily.customers[[one[1] for one in found[:SHOWN]]]).any():
        body += note(DASH)
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
    # of few customers; what is usual and the ratio would tell it
    hidden = few(daily.customers[place])
    numbers = [MISSING] * 3 if hidden else [write(value), write(usual), ratio]
    return [day(at), weekday, name, *numbers]


def _days_chart(daily: Daily, odd: Sequence[int]) -> str:
    def paint(figure: Figure) -> None:
        ax = plain_axes(figure)
        shown, purchases = ~usual_days_off(daily), without_few(daily)
        step = max(1, int(shown.sum()) // MOST_POINTS)
        at = (daily.days - daily.days[0]).astype(np.float64)
        ax.plot(at[shown][::step], purchases[shown][::step], color=COLOURS[0], linewidth=0.9)
        ax.plot(
            at[list(odd)], purchases[list(odd)], "o", color=COLOURS[4], markersize=4,
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
    rows = []
    for k, name in enumerate(WEEKDAYS):
        on, hidden = daily.purchases[weekday == k], few(daily.customers[weekday == k])
        usual = MISSING if hidden.any() and len(on) < FEWEST else decimal(np.median(on))
        most = on[~hidden].max(initial=0.0)
        rows.append([name, usual, MISSING if hidden.any() and not most else count(most)])
    return chart(
        "daily", paint, title="Purchases by day",
        says=f"Each day's purchases{', with suspicious days marked' if odd else ''}."
        + (
            f" Days with fewer than {FEW} customers are drawn as what is usual in the four weeks "
            "around, and are not among those with the most." if few(daily.customers).any() else ""
        ),
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
        + long_table(["From", "To", "Days"], rows, title="Gaps", words=(0, 1))
    )
