"""Lens 5 on the page: the whole base, by cohort, and what is left if nobody new came."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.report.cohort_layers import layers_of, stack_chart
from customerintel.report.late_lenses import cohort_name, notes_of
from customerintel.report.markup import details, figures, note, table
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import MISSING, count, money, percent, points
from customerintel.report.periods_as_words import step_word
from customerintel.report.run_off_view import run_off_view
from customerintel.report.small_groups import (
    DASH,
    TRANSITION,
    few,
    hidden_cohorts,
    hidden_in,
    hidden_over_time,
    number,
)

__all__ = ["lens_five"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def lens_five(lens: Any, material: Material) -> tuple[str, str]:
    """Show the whole base."""
    word = step_word(material.options.period)
    whole = np.flatnonzero(lens.complete)
    money_too = material.has_amounts
    what = "net spend" if money_too else "purchases"
    share = lens.new_share_of_spend if money_too else lens.new_share_of_orders
    no_new, no_lapsed = _hidden(lens)
    share, lapsed = (
        np.where(gone, np.nan, values)
        for gone, values in ((no_new, share), (no_lapsed, lens.lapsed_share))
    )
    said = f"No {word} is over yet."
    if len(whole):
        said = _said(share[whole[-1]], lapsed[whole[-1]], word, what)
    layers = layers_of(lens, share)
    stack = stack_chart(layers, money_too=money_too, currency=material.options.currency)
    ahead = run_off_view(lens, word, material)
    body = figures([one for one in (stack, ahead) if one])
    if ahead:
        run_off = lens.run_off if money_too else lens.run_off_orders
        body += note("If nobody new came: " + " ".join(run_off.assumptions))
    trend = lens.dependence_trend
    if np.isfinite(trend.lower):
        body += note(
            f"The share of new customers changes by {points(trend.slope)} from one {word} to the "
            f"next (interval {points(trend.lower)} to {points(trend.upper)})."
        )
    body += details("All periods", _periods(lens, share, lapsed, no_new, material))
    if layers.hidden.any() or no_new.any() or no_lapsed.any() or few(lens.active).any():
        body += note(DASH)
    return body + notes_of(lens, material), said


def _said(share: float, lapsed: float, word: str, what: str) -> str:
    parts = []
    if np.isfinite(share):
        parts.append(f"new customers made {percent(share)} of {what}")
    if np.isfinite(lapsed):
        parts.append(f"{percent(lapsed)} of the customers of the one before did not buy")
    if not parts:
        return f"In the last {word}, too few customers bought to say who they were."
    return f"In the last {word}, {', and '.join(parts)}."


def _hidden(lens: Any) -> tuple[Mask, Mask]:
    """Tell of which periods neither the new nor the lapsed customers are shown."""
    p = len(lens.labels)
    known = np.cumsum(lens.new) + max(0, int(lens.returned[0]) if p else 0)
    no_new, no_lapsed = hidden_cohorts(lens.new), np.zeros(p, bool)
    for k in range(p):
        counts = np.array([lens.retained[k], lens.lapsed[k], lens.returned[k], lens.new[k], 0])
        counts[4] = max(0, known[k] - counts[:4].sum())
        gone = hidden_in(counts, TRANSITION)
        no_new[k] |= gone[3]
        no_lapsed[k] = gone[:2].any()
    # of the others beside them, too
    no_new |= few(lens.active - lens.new)
    return no_new, no_lapsed


def _periods(lens: Any, share: Floats, lapsed: Floats, no_new: Mask, material: Material) -> str:
    hidden, rows = hidden_over_time(lens.active), []
    for k, label in enumerate(lens.labels):
        row = [cohort_name(label), count(lens.active[k], least=FEW)]
        row += [number(lens.new[k], hidden=no_new[k])]
        row += [MISSING if hidden[k] else count(lens.orders[k])]
        if material.has_amounts:
            spend = money(lens.spend[k], material.options.currency)
            row.append(MISSING if hidden[k] else spend)
        rows.append([*row, percent(share[k]), percent(lapsed[k])])
    head = ["Period", "Customers", "New", "Purchases"]
    head += ["Net spend"] if material.has_amounts else []
    return table([*head, "Share of new", "Did not return"], rows[-40:], title="All periods")
