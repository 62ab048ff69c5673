"""Lenses 1 and 2 on the page: how customers differ, and what changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from customerintel.plot.bridges import waterfall
from customerintel.report.charts import chart
from customerintel.report.drawing import columns
from customerintel.report.markup import Card, cards, figures, note, table
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import (
    MISSING,
    amounts,
    count,
    decimal,
    money,
    percent,
    span,
)
from customerintel.report.periods_as_words import short_day
from customerintel.report.pictures import picture
from customerintel.report.small_groups import (
    DASH,
    TRANSITION,
    hidden_groups,
    hidden_in,
    number,
    share,
)

__all__ = ["lens_one", "lens_two"]

GROUPS = {
    "retained": "Bought in both periods", "lapsed": "Bought before, not now",
    "returned": "Back after a pause", "new": "New", "inactive": "In neither",
}  # fmt: skip
STEPS = {
    "before": "before", "lapsed": "lapsed", "retained_orders": "retained: orders",
    "retained_order_value": "retained: order value", "returned": "returned", "new": "new",
    "now": "now",
}  # fmt: skip


def lens_one(lens: Any, material: Material) -> tuple[str, str]:
    """Show how customers differ in one period."""
    f, currency = lens.figures, material.options.currency
    buyers = int(f["buyers"])
    when = f"from {short_day(lens.start)} to {short_day(lens.end)}"
    if buyers < FEW:
        return "", f"Fewer than {FEW} customers bought {when}."
    said = f"{count(buyers)} customers bought {when}"
    enough = buyers >= 10 * FEW
    if enough and np.isfinite(lens.deciles.share[0]):
        what = "net spend" if lens.by == "spend" else "purchases"
        said += f"; a tenth of them made {percent(lens.deciles.share[0])} of {what}"
    low, high = f.interval("buying_share")
    made = [
        Card("Customers who bought", count(buyers), f"of {count(f['customers_known'])} known"),
        Card(
            "Share who bought",
            share(buyers, f["customers_known"]),
            f"interval {span(percent(low), percent(high))}",
        ),
        Card("Purchases per buyer", decimal(f["orders_per_buyer"])),
    ]
    if material.has_amounts:
        made += [
            Card("Spend per buyer", money(f["spend_per_buyer"], currency)),
            Card("Per purchase", money(f["average_order_value"], currency)),
        ]
    body = cards(made)
    if enough:
        body += figures([_tenths(lens, currency), _orders(lens)])
        parts = dict(zip(lens.split.factors, lens.split.share, strict=True))
        if np.isfinite(parts.get("orders", np.nan)):
            body += note(
                f"Of the differences between customers in what they spend, "
                f"{percent(parts['orders'])} come from how often they buy, "
                f"{percent(parts['order_value'])} from how much at a time."
            )
    return body, f"{said}."


def _tenths(lens: Any, currency: str | None) -> str:
    tenths = lens.deciles
    what = "net spend" if lens.by == "spend" else "purchases"
    rows = []
    for k in range(10):
        row = [str(k + 1), count(tenths.customers[k]), percent(tenths.share[k])]
        row += [decimal(tenths.mean_orders[k])]
        if lens.by == "spend":
            row += [money(tenths.mean_spend[k], currency)]
        rows.append(row)
    head = ["Tenth", "Customers", f"Share of {what}", "Purchases each"]
    return chart(
        "tenths",
        columns([str(k) for k in range(1, 11)], np.nan_to_num(tenths.share), kind="percent"),
        title="Tenths of the customers",
        says=f"Share of {what} by tenth, best first: the first holds {percent(tenths.share[0])}, "
        f"the last {percent(tenths.share[-1])}.",
        head=[*head, "Spend each"] if lens.by == "spend" else head, rows=rows,
    )  # fmt: skip


def _orders(lens: Any) -> str:
    bins = lens.orders
    hidden = hidden_groups(bins.customers)
    shown = np.where(hidden, 0.0, bins.share)
    # short, so that all fit below their columns
    short = [x.replace(" and more", "+").replace(" to ", "\u2013") for x in bins.labels]
    return chart(
        "orders", columns(short, shown, kind="percent"), title="How often they bought",
        says="Customers by number of purchases in the period"
        + ("." if hidden[0] else f"; {percent(bins.share[0])} bought once."),
        head=["Purchases", "Customers", "Share"],
        rows=[
            [label, number(n, hidden=gone), MISSING if gone else percent(x)]
            for label, n, x, gone in zip(
                bins.labels, bins.customers, bins.share, hidden, strict=True
            )
        ],
    )  # fmt: skip


def lens_two(lens: Any, material: Material) -> tuple[str, str]:
    """Show what changed between two periods."""
    f, currency = lens.figures, material.options.currency
    groups = lens.groups
    n = dict(zip(groups.groups, groups.customers.tolist(), strict=True))
    of, name = ("spend", "Net spend") if lens.by == "spend" else ("orders", "Purchases")
    before, now = f[f"{of}_before"], f[f"{of}_now"]
    growth = now / before - 1 if before > 0 else np.nan
    when = f"from the period to {short_day(lens.ends[0])} to the one to {short_day(lens.ends[1])}"
    moved = "rose" if now > before else "fell" if now < before else "did not change"
    said = f"{name} {moved} by {percent(abs(growth))} {when}"
    hidden = hidden_in(groups.customers, TRANSITION)
    told = dict(zip(groups.groups, (~hidden).tolist(), strict=True))
    if told["lapsed"] and told["new"]:
        said += (
            f": {count(n['lapsed'])} customers of the period before did not buy, "
            f"{count(n['new'])} new ones came"
        )
    body = ""
    if not hidden.any():
        body += figures([_bridge(lens, name, currency)])
    body += _groups(groups, hidden, material)
    if told["retained"] and told["lapsed"]:
        low, high = f.interval("retention_rate")
        body += note(
            f"{percent(f['retention_rate'])} of the earlier buyers bought again "
            f"({span(percent(low), percent(high))}). Of customers who bought in both, "
            f"{count(lens.transition.up, least=FEW)} moved up by a tenth or more, "
            f"{count(lens.transition.down, least=FEW)} moved down."
        )
    if hidden.any():
        body += note(DASH)
    return body, f"{said}."


def _bridge(lens: Any, name: str, currency: str | None) -> str:
    bridge = lens.bridge
    of_money = bridge.of != "orders"
    write = amounts(currency) if of_money else count
    words = [STEPS[step] for step in bridge.steps]
    parts = dict(zip(words[1:-1], bridge.amount[1:-1], strict=True))
    worst, best = min(parts, key=parts.__getitem__), max(parts, key=parts.__getitem__)
    return chart(
        "bridge", picture(lambda ax: waterfall(lens, ax)),
        title=f"From {name.lower()} before to {name.lower()} now",
        says=f"What each group adds or takes away: most is lost by “{worst}” ({write(parts[worst])}"
        f"), most is won by “{best}” ({write(parts[best])}).",
        head=["Step", name, "Interval"],
        rows=[
            [
                word.capitalize(), write(amount),
                span(write(low), write(high)) if np.isfinite(low) else MISSING,
            ]
            for word, amount, low, high in zip(
                words, bridge.amount, bridge.lower, bridge.upper, strict=True
            )
        ],
        height=3.0,
    )  # fmt: skip


def _groups(groups: Any, hidden: np.ndarray, material: Material) -> str:
    currency, rows = material.options.currency, []
    for k, group in enumerate(groups.groups):
        size = int(groups.customers[k])
        numbers = [count(groups.orders_before[k]), count(groups.orders_now[k])]
        if material.has_amounts:
            numbers += [
                money(groups.spend_before[k], currency),
                money(groups.spend_now[k], currency),
            ]
        if hidden[k]:
            numbers = [MISSING] * len(numbers)
        rows.append([GROUPS.get(group, group), number(size, hidden=hidden[k]), *numbers])
    head = ["Customers who", "Customers", "Purchases before", "Purchases now"]
    if material.has_amounts:
        head += ["Spend before", "Spend now"]
    return table(head, rows, title="Groups of customers in two periods")
