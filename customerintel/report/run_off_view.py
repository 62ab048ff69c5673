"""What is left if nobody new came, as far as cohorts could be followed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from customerintel.plot.base_over_time import run_off as draw_run_off
from customerintel.report.charts import chart
from customerintel.report.material import Material
from customerintel.report.numbers import amounts, count, percent, span
from customerintel.report.pictures import picture
from customerintel.report.small_groups import hidden_over_time

__all__ = ["followed", "run_off_view"]

#: Periods ahead, at most.
AHEAD = 12


def run_off_view(lens: Any, word: str, material: Material) -> str:
    """Draw the run-off; nothing where no cohorts could be followed."""
    name = "run_off" if material.has_amounts else "run_off_orders"
    whole = getattr(lens, name)
    n = followed(whole)
    known = np.flatnonzero(np.isfinite(whole.expected[:n]))
    if not len(known) or not whole.last_total > 0:
        return ""
    run_off = _first(whole, n)
    write = amounts(material.options.currency) if run_off.measure == "spend" else count
    at = min(3, len(known) - 1)
    step, left = int(run_off.steps[known[at]]), run_off.share_of_last[known[at]]
    # columns of the past are sums of periods, of which some are not told
    gone = hidden_over_time(lens.active)
    drawn = replace(
        lens, **{name: run_off}, spend=np.where(gone & np.isfinite(lens.spend), 0.0, lens.spend),
        orders=np.where(gone, 0, lens.orders),
    )  # fmt: skip
    end = ""
    if n < len(whole.steps):
        end = (
            " It ends there: too few cohorts were followed for longer, and what came after would "
            "be a guess."
        )
    return chart(
        "run-off",
        picture(lambda ax: draw_run_off(drawn, ax=ax), xlabel=f"{word}s from the last one"),
        title="If nobody new came",
        says=f"What today's customers would bring by themselves: {percent(left)} of the last "
        f"{word} after {_steps(step, word)}.{end}{_tested(run_off, word)}",
        head=[f"{word.capitalize()}s ahead", "Expected", "Interval", "Of the last"],
        rows=[
            [
                str(int(run_off.steps[k])), write(run_off.expected[k]),
                span(write(max(0.0, run_off.expected_lower[k])), write(run_off.expected_upper[k])),
                percent(run_off.share_of_last[k]),
            ]
            for k in known
        ],
        height=4.2,
    )  # fmt: skip


def followed(run_off: Any) -> int:
    """Return for how many periods ahead any factor is known; later ones repeat what is shared."""
    known = np.flatnonzero(run_off.factor_cohorts > 0)
    longest = int(known[-1]) + 1 if len(known) else 0
    return min(longest, len(run_off.steps), AHEAD)


def _first(run_off: Any, n: int) -> Any:
    names = (
        "steps", "expected", "expected_lower", "expected_upper", "least", "greatest",
        "share_of_last",
    )  # fmt: skip
    return replace(run_off, **{name: getattr(run_off, name)[:n] for name in names})


def _tested(run_off: Any, word: str) -> str:
    """Say how well the last period would have been foreseen."""
    known = np.flatnonzero(np.isfinite(run_off.test_error))
    if not len(known):
        return " There is too little to test it on a time that has passed."
    error = float(run_off.test_error[known[-1]])
    how = "too low" if error < 0 else "too high"
    off = "exactly right" if abs(error) < 0.005 else f"{percent(abs(error))} {how}"
    return f" Tested on the last {word}, seen from the one before, it was {off}."


def _steps(n: int, word: str) -> str:
    return f"{n} {word}{'s' if n != 1 else ''}"
