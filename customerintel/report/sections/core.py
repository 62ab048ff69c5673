"""Core customers: who they are among the active ones, and what they make up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.report.charts import chart
from customerintel.report.core_profile import core_profile
from customerintel.report.drawing import rows_of_bars
from customerintel.report.markup import Card, cards, details, figures, note, table
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import GAP, amounts, count, days, decimal, percent, span
from customerintel.report.page import Section
from customerintel.report.small_groups import few

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers

__all__ = ["section"]

TITLE, SHORT = "Core customers", "Core customers"
#: Ids that are named at most, if any are.
NAMED = 1_000


def section(material: Material) -> Section:
    """Make the section."""
    core, why = material.attempt(lambda: material.core)
    if core is None:
        return Section("core", TITLE, SHORT, why)
    asked = percent(material.options.core_share)
    if core.n_core < FEW:
        return Section(
            "core", TITLE, SHORT,
            f"The most frequent {asked} of {count(core.n_active)} active customers are fewer than "
            f"{FEW}, too few to be shown as a group.",
        )  # fmt: skip
    finding = (
        f"The {asked} of the active customers who buy most often, {count(core.n_core)} people, "
        f"make {percent(core.share_of_transactions)} of the purchases"
    )
    if material.has_amounts:
        finding += f" and {percent(core.share_of_spend)} of net spend"
    finding += "."
    body = cards(_numbers(core, material)) + figures(
        [one for one in (_against(core, material),) if one]
    )
    body += note(
        f"In the core is who made {count(core.cut_value)} purchases or more"
        + (f" {_window(core)}" if core.window else "")
        + "; of those at the cut itself a fixed rule takes as many as there is room for."
    )
    body += core_profile(core, material)
    if material.options.include_ids:
        body += _named(core)
    return Section("core", TITLE, SHORT, finding, body, finding)


def _window(core: CoreCustomers) -> str:
    return f"in the last {days((core.window or 0) / 86_400e6)}"


def _numbers(core: CoreCustomers, material: Material) -> list[Card]:
    made = [
        Card(
            "Core customers",
            count(core.n_core),
            f"of {count(core.n_active)} active {_window(core) if core.window else 'so far'}",
        )
    ]
    names = [("Of all purchases", "share_of_transactions")]
    if material.has_amounts:
        names.append(("Of net spend", "share_of_spend"))
    for label, name in names:
        low, high = core.interval(name)
        made.append(
            Card(
                label, percent(getattr(core, name)), f"interval {span(percent(low), percent(high))}"
            )
        )
    made.append(Card("Purchases to be in it", count(core.cut_value), "at least"))
    return made


def _against(core: CoreCustomers, material: Material) -> str:
    """Set the core beside all other active customers."""
    summary = material.summary
    others = core.active & ~core.in_core
    if few(np.count_nonzero(others)):
        return ""
    groups = (("core", core.in_core), ("others", others))

    def means(values: np.ndarray) -> list[float]:
        return [float(np.mean(values[who])) if who.any() else np.nan for _, who in groups]

    measures: list[tuple[str, list[float], Callable[[Any], str]]] = [
        ("Purchases ever", means(summary.n_purchases), decimal),
        ("Days since last", means(summary.time_since_last), _plain_days),
        ("Days a customer", means(summary.T), _plain_days),
    ]
    if material.has_amounts:
        measures.insert(
            1,
            (
                "Net spend ever",
                means(summary.total_amount),
                amounts(material.options.currency),
            ),
        )
    labels = [name for name, _, _ in measures]
    ratio = np.array([pair[0] / pair[1] if pair[1] else np.nan for _, pair, _ in measures])
    texts = [f"{write(pair[0])} · {write(pair[1])}" for _, pair, write in measures]
    return chart(
        "core-others",
        rows_of_bars(
            labels, ratio, texts, second=np.ones(len(ratio)), names=("core", "other active"),
        ),
        title="The core beside other active customers",
        says=f"Means of both groups, drawn as multiples of the others': the core has made "
        f"{decimal(ratio[0])} times as many purchases.",
        head=["Mean", "Core", "Other active customers"],
        rows=[[name, write(pair[0]), write(pair[1])] for name, pair, write in measures],
        height=0.75 + 0.5 * len(labels),
    )  # fmt: skip


def _plain_days(value: float) -> str:
    # never one in days and the other in years
    return f"{count(value)}{GAP}days"


def _named(core: CoreCustomers) -> str:
    names = [str(one) for one in core.customer_id[:NAMED].tolist()]
    more = f", the first {count(NAMED)}" if core.n_core > NAMED else ""
    return details(
        f"Who they are (personal data{more})",
        table(["customer_id"], [[name] for name in names], title="Core customers"),
    )
