"""Headline numbers, what stands out, and purchases over time."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from customerintel.report.charts import chart
from customerintel.report.drawing import columns
from customerintel.report.markup import Card, cards, figures, note, subhead
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import MISSING, count, day, days, decimal, money
from customerintel.report.page import Section
from customerintel.report.periods_as_words import period_names
from customerintel.report.small_groups import (
    DASH,
    few,
    hidden_over_time,
    middle,
    number,
    share,
    unsafe,
)

__all__ = ["section"]

#: Days within which a customer counts as active, by the length of the log.
ACTIVE = ((550, 365), (270, 180), (0, 90))


def section(material: Material, findings: Sequence[tuple[str, str]]) -> Section:
    """Make the section."""
    window = next(length for least, length in ACTIVE if material.n_days >= least)
    stands = "".join(
        f'<li>{escape(text)} <a href="#{name}">More</a></li>' for name, text in findings
    )
    body = cards(_numbers(material, window))
    if len(material.summary) < 2 * FEW:
        body += note(
            f"There are fewer than {2 * FEW} customers. Groups of fewer than {FEW} are not shown, "
            "so little can be said of them, and nothing with certainty."
        )
    if not material.has_amounts:
        body += note("The log has no amounts, so nothing is said of money anywhere on this page.")
    if stands:
        body += subhead("What stands out") + f'<ul class="stands">{stands}</ul>'
    body += subhead("Over time") + figures(_over_time(material))
    if hidden_over_time(material.by_month[0]).any():
        body += note(DASH)
    return Section("headline", "At a glance", "At a glance", lead=_lead(material), body=body)


def _lead(material: Material) -> str:
    n = len(material.summary)
    orders = int(material.summary.n_purchases.sum())
    spent = ""
    if material.has_amounts:
        total = float(material.summary.total_amount.sum())
        spent = f" and spent {money(total, material.options.currency)} net of returns"
    return (
        f"By {day(material.last_day)}, {count(n)} customers had made {count(orders)} purchases"
        f"{spent}, in {days(material.n_days)}."
    )


def _numbers(material: Material, window: int) -> list[Card]:
    summary = material.summary
    n, orders = len(summary), int(summary.n_purchases.sum())
    active = int(np.count_nonzero(summary.time_since_last < window))
    age = summary.T
    new = int(np.count_nonzero(age < 90))
    again = int(np.count_nonzero(summary.n_periods > 1))
    found = [
        Card("Customers", count(n), "with at least one purchase"),
        Card(
            f"Active, last {window} days",
            number(active, hidden=unsafe(active, n)),
            f"{share(active, n)} of all customers"
            if not unsafe(active, n)
            else ""
            if few(active)
            else f"all but fewer than {FEW}",
        ),
        Card("New, last 90 days", number(new, hidden=unsafe(new, n)), "first purchase ever"),
        Card("Purchases", count(orders), f"{decimal(orders / n)} per customer"),
        Card("Bought again", share(again, n), "on another day than the first"),
    ]
    if material.has_amounts:
        currency = material.options.currency
        total = float(summary.total_amount.sum())
        found += [
            Card("Net spend", money(total, currency), "sales less returns"),
            Card(
                "Per customer",
                money(total / n, currency),
                f"in the middle of all: {money(middle(summary.total_amount), currency)}",
            ),
            Card("Per purchase", money(total / max(orders, 1), currency), "mean, net of returns"),
        ]
    return found


def _over_time(material: Material) -> list[str]:
    periods = material.months
    active, orders, spend = material.by_month
    labels = period_names(periods)
    partial = ~periods.complete
    step = periods.name
    tail = " Paler columns are not whole." if partial.any() else ""
    values, kind, what = orders, "count", "Purchases"
    texts = [count(x) for x in orders]
    if material.has_amounts:
        values, kind, what = spend, "money", "Net spend"
        texts = [money(x, material.options.currency) for x in values]
    hidden = hidden_over_time(active)
    shown = [count(x, least=FEW) for x in active]
    spent = chart(
        "over-time",
        columns(labels, np.where(hidden, 0.0, values), kind=kind, faint=partial),
        title=f"{what} by {step}",
        says=_peak(labels, values, periods.complete & ~hidden, what.lower()) + tail,
        head=[step.capitalize(), what, "Customers"],
        rows=[
            [label, MISSING if gone else text, who]
            for label, text, who, gone in zip(labels, texts, shown, hidden, strict=True)
        ],
    )
    return [spent, _active(material, labels, tail)]


def _active(material: Material, labels: Sequence[str], tail: str) -> str:
    """Draw how many customers bought in each period."""
    periods = material.months
    partial, step = ~periods.complete, periods.name
    active, orders, _ = material.by_month
    hidden = hidden_over_time(active)
    shown = [count(x, least=FEW) for x in active]
    return chart(
        "active",
        columns(labels, np.where(few(active), 0.0, active), kind="count", faint=partial),
        title=f"Customers who bought, by {step}",
        says=_peak(labels, active, periods.complete & ~few(active), "number of customers") + tail,
        head=[step.capitalize(), "Customers", "Purchases per customer"],
        rows=[
            [label, who, MISSING if gone else decimal(order / max(number, 1))]
            for label, who, order, number, gone in zip(
                labels, shown, orders, active, hidden, strict=True
            )
        ],
    )


def _peak(labels: Sequence[str], values: np.ndarray, whole: np.ndarray, what: str) -> str:
    """Say where the greatest and the least is."""
    places = np.flatnonzero(whole)
    if len(places) < 2:
        return "There is no more than one whole period to show yet."
    most = places[int(np.argmax(values[places]))]
    least = places[int(np.argmin(values[places]))]
    return f"The greatest {what} was in {labels[most]}, the least in {labels[least]}."
