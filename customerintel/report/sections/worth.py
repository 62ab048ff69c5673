"""Customer value: what the purchases to come are worth today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.audit.deciles import best_first, tenths
from customerintel.exceptions import InvalidArgumentError
from customerintel.report.charts import chart
from customerintel.report.drawing import columns
from customerintel.report.markup import Card, cards, figures, long_table, note, paragraph, subhead
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import GAP, MISSING, SMALL, count, money, percent
from customerintel.report.page import Section
from customerintel.report.small_groups import hidden_groups

if TYPE_CHECKING:
    from customerintel.models.value import LifetimeValue
    from customerintel.tables import CustomerSummary

__all__ = ["section"]

TITLE, SHORT = "What customers will be worth", "Customer value"
#: Customers, those of them who came back, and days below which no model is fitted.
CUSTOMERS, AGAIN, DAYS = 50, 20, 90
#: Weeks that are looked ahead, and what a year of waiting takes off.
WEEKS, DISCOUNT = 52, 0.10
#: Customers that tell the parameters of the models well enough.
FITTED = 100_000


@dataclass(frozen=True)
class _Found:
    value: LifetimeValue
    #: Purchases of the last quarter of the log, as foreseen from what was before, and real.
    foreseen: float
    real: float
    #: Whether the model of purchases knows of nobody who is lost.
    nobody_leaves: bool


def section(material: Material) -> Section | None:
    """Make the section."""
    asked = material.options.value
    if asked is False:
        return None
    why, found = _why_not(material), None
    if not why:
        found, why = material.attempt(lambda: _compute(material))
    if found is None:
        if asked is True:
            raise InvalidArgumentError(f"value=True, and the log does not allow it: {why}")
        return Section("worth", TITLE, SHORT, f"There is no customer value: {why}")
    value, currency = found.value, material.options.currency
    best = _tenths(value) if len(value) >= 10 * FEW else None
    finding = (
        f"The customers of today are expected to spend {money(value.total, currency)} in the next "
        f"{WEEKS} weeks, in today's money"
    )
    finding += f"; a tenth of them make {percent(best[0])} of it." if best is not None else "."
    body = cards(_numbers(material, value))
    body += figures([_chart(best)] if best is not None else []) + _by_segment(material, value)
    body += paragraph(_tested(found))
    if found.nobody_leaves:
        body += paragraph(
            "The model of purchases found that no customer is ever lost for good. It lets "
            "everybody go on buying as before, so these values are an upper end rather than the "
            "middle."
        )
    body += note(
        "Only the customers of today are counted, none who is yet to come. It is revenue, not "
        f"profit: costs are not taken off. For waiting, {percent(DISCOUNT)} a year are. Purchases "
        "are foreseen by the MBG/NBD model, and the spend of each by the Gamma-Gamma model."
    )
    return Section("worth", TITLE, SHORT, finding, body, finding)


def _tested(found: _Found) -> str:
    """Say how well the model would have foreseen what is known by now."""
    ratio = found.foreseen / max(found.real, 1.0)
    verdict = "about right" if 0.9 <= ratio <= 1.1 else "too high" if ratio > 1.0 else "too low"
    return (
        f"Tested on the last quarter of the log: of customers it knew, the model foresaw "
        f"{count(found.foreseen)} days with a purchase, and there were {count(found.real)}: it was "
        + (verdict if verdict == "about right" else f"{percent(abs(ratio - 1.0))} {verdict}")
        + "."
    )


def _why_not(material: Material) -> str:
    if not material.has_amounts:
        return "the log has no amounts."
    if len(material.summary) < CUSTOMERS:
        return f"it needs {CUSTOMERS} customers, and there are {count(len(material.summary))}."
    if int((material.summary.frequency > 0).sum()) < AGAIN:
        return f"it needs {AGAIN} customers who came back on another day."
    if material.n_days < DAYS:
        return f"it needs {DAYS} days of purchases, and there are {count(material.n_days)}."
    return ""


def _compute(material: Material) -> _Found:
    from customerintel import models
    from customerintel.models.holdout import split_holdout

    summary = material.history.summarize(unit="week")
    some = _some(summary)
    fit: Any = models.ModifiedBetaGeoNBD().fit(some, unit="week")
    spend = models.GammaGamma().fit(some, nonpositive="leave_out")
    value = models.lifetime_value(fit, spend, summary, horizon=WEEKS, annual_discount_rate=DISCOUNT)
    cut = material.last_day - int(0.25 * material.n_days)
    split = split_holdout(
        material.log, calibration_end=cut, holdout_end=material.history.moment, unit="week"
    )
    before: Any = models.ModifiedBetaGeoNBD().fit(_some(split.calibration), unit="week")
    foreseen = before.expected_purchases(split.calibration, split.horizon)
    lost = any(told.startswith("a \u2192 0") for told in fit.boundary_)
    return _Found(value, float(np.sum(foreseen)), float(split.purchases.sum()), lost)


def _some(summary: CustomerSummary) -> dict[str, Any]:
    """Return the columns that the models read, of customers evenly spaced by id if many."""
    n = len(summary)
    places = np.arange(min(n, FITTED)) * n // min(n, FITTED)
    names = ("frequency", "recency", "T", "monetary_value")
    return {name: getattr(summary, name)[places] for name in names}


def _tenths(value: LifetimeValue) -> np.ndarray:
    worth = np.nan_to_num(value.value)
    ends = tenths(len(worth))
    sums = np.diff(np.concatenate([[0.0], np.cumsum(worth[best_first(worth)])])[ends])
    return sums / max(float(sums.sum()), 1e-300)


def _numbers(material: Material, value: LifetimeValue) -> list[Card]:
    currency, n = material.options.currency, len(value)
    return [
        Card(f"Next {WEEKS} weeks", money(value.total, currency), "of the customers of today"),
        Card("Per customer", money(value.total / n, currency), "mean"),
        Card(
            "Half are worth less than",
            money(float(np.nanmedian(value.value)), currency),
            "in that time",
        ),
        Card(
            "Purchases expected",
            count(float(value.discounted_purchases.sum())),
            "later ones count a little less",
        ),
    ]


def _chart(best: np.ndarray) -> str:
    return chart(
        "value",
        columns([str(k) for k in range(1, 11)], best, kind="percent"),
        title="Value by tenth of the customers",
        says=f"Share of the value to come of each tenth, best first: the first holds "
        f"{percent(best[0])}, the lower five together {percent(best[5:].sum())}.",
        head=["Tenth", "Share of the value to come"],
        rows=[[str(k), percent(x)] for k, x in enumerate(best, 1)],
    )


def _by_segment(material: Material, value: LifetimeValue) -> str:
    rfm, _ = material.attempt(lambda: material.rfm)
    if rfm is None or rfm.scheme is None or len(rfm) != len(value):
        return ""
    names, currency = rfm.scheme.segments, material.options.currency
    sizes = np.bincount(rfm.segment_code, minlength=len(names))
    sums = np.bincount(rfm.segment_code, np.nan_to_num(value.value), len(names))
    hidden = hidden_groups(sizes)
    rows = [
        [name, (SMALL if n < FEW else MISSING) if few else count(n)]
        + (
            [MISSING] * 3
            if few or not n
            else [money(x, currency), percent(x / max(value.total, 1e-300)), money(x / n, currency)]
        )
        for name, n, x, few in zip(names, sizes, sums, hidden, strict=True)
    ]
    head = ["Segment", "Customers", f"Value, {WEEKS} weeks".replace(" weeks", f"{GAP}weeks")]
    return subhead("By segment") + long_table(
        [*head, "Of all", "Per customer"], rows, title="Customer value by segment"
    )
