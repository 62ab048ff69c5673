"""Each number of the page in plain words."""

from __future__ import annotations

from html import escape

from customerintel.report.material import Material
from customerintel.report.page import Section

__all__ = ["section"]

#: Terms and what they mean, in the order of the page.
TERMS = {
    "Customer": (
        "Somebody with at least one purchase by the last day. Customers of whom only returns "
        "are known are counted with the data quality, and nowhere else."
    ),
    "Purchase": (
        "A sale, whatever its amount; the lines of one order are one purchase. Returns, "
        "refunds and cancellations are none."
    ),
    "Net spend": (
        "What was sold less what came back. A return is taken off the latest earlier purchase "
        "of the same customer, and so from the time of that purchase."
    ),
    "In the middle of all": (
        "The mean of the middle tenth of the customers, ten of them at least: about half spent "
        "less, and it is nobody's own spend, as a median would be."
    ),
    "Active": ("A customer with a purchase within the days that are named."),
    "Bought again": ("A customer with purchases on two days or more."),
    "RFM segment": (
        "A name for customers with like scores for recency (time since the last purchase), "
        "frequency (days with a purchase) and money (net spend)."
    ),
    "Core customers": (
        "The given share of the active customers with the most purchases. Who stands at the "
        "cut with the same number is chosen by a fixed rule that knows nothing else."
    ),
    "Reach": (
        "How far the core stretches over segments and places: how many people in each are "
        "core customers, compared with how many live there."
    ),
    "Index": (
        "100 where the core has as many people of a segment as its share of the population "
        "would suggest, 150 where it has half as many again."
    ),
    "Relevance": (
        "How alike the mix of core customers and the mix of people in the same place are."
    ),
    "Resilience": (
        "How well the core would withstand change. Even where nobody changes, many of today's "
        "best customers buy less next year by chance alone; so the share that stays is "
        "compared with what would then be expected."
    ),
    "Five lenses": (
        "Five looks at one log after Fader, Hardie and Ross, The Customer-Base Audit (2022): "
        "one period, two periods, one cohort, all cohorts, and all together."
    ),
    "Cohort": ("Customers whose first purchase was in the same period."),
    "Retention": (
        "The share of a cohort that bought in a later period; who is absent in one period may "
        "be back in the next."
    ),
    "Gini index": (
        "0 where all customers have spent the same, near 100 % where one has spent all."
    ),
    "Equal customers": (
        "How many customers with equal spend would be as concentrated (the inverse of the "
        "Herfindahl-Hirschman index)."
    ),
    "Chance to buy nothing": (
        "What a model expects from what customers like this one did in the past; right on "
        "average, not for each."
    ),
    "Customer value": (
        "What the purchases that a model expects are worth today, before costs. What a "
        "customer spent before is not in it."
    ),
    "Interval": (
        "How far a number could be off by chance alone. With other customers of the same kind it "
        "would come out a little differently; in 95 of 100 cases such a range holds the true one."
    ),
    "Suspicious day": (
        "A day four robust standard deviations or more from other days of its weekday within "
        "six weeks on either side."
    ),
}


def section(material: Material) -> Section:
    """Make the section."""
    money = ("Net spend", "In the middle of all", "Gini index", "Equal customers", "Customer value")
    terms = [pair for pair in TERMS.items() if material.has_amounts or pair[0] not in money]
    body = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in terms)
    return Section(
        "definitions", "What the numbers mean", "Definitions", body=f'<dl class="terms">{body}</dl>'
    )
