"""The five lenses of a customer-base audit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from customerintel.audit.lenses import QUESTIONS, Audit, five_lenses
from customerintel.report.early_lenses import lens_one, lens_two
from customerintel.report.late_lenses import WHY_FIRST, lens_four, lens_three
from customerintel.report.markup import note, paragraph, subhead
from customerintel.report.material import Material
from customerintel.report.page import Section
from customerintel.report.periods_as_words import step_word
from customerintel.report.small_groups import hidden_cohorts
from customerintel.report.whole_base import lens_five

__all__ = ["section"]

TITLE, SHORT = "Five lenses on the customer base", "Five lenses"
#: What shows each lens: HTML, and a sentence of what was found.
VIEWS: tuple[Callable[..., tuple[str, str]], ...] = (
    lens_one, lens_two, lens_three, lens_four, lens_five,
)  # fmt: skip


def section(material: Material) -> Section:
    """Make the section."""
    audit = five_lenses(material.history, period=material.options.period)
    body, finding = "", ""
    for number, (question, view) in enumerate(zip(QUESTIONS, VIEWS, strict=True), 1):
        lens, why = material.attempt(partial(_lens, audit, number, material))
        body += subhead(f"{number}. {question}")
        if lens is None:
            body += paragraph(why, kind="absent")
            continue
        inner, said = view(lens, material)
        body += paragraph(said) + inner
        if number == 3 and lens.cohort == audit.periods.labels[0]:
            body += note(WHY_FIRST)
        finding = said if number == 2 else finding
    word = step_word(material.options.period)
    lead = (
        f"One log, looked at in five ways, in periods of a {word} that are counted back from the "
        "last day."
    )
    return Section("lenses", TITLE, SHORT, lead, body, finding)


def _lens(audit: Audit, number: int, material: Material) -> Any:
    """Return a lens; the third of a cohort that the others show, too."""
    lens = audit.lens(number)
    if number != 3:
        return lens
    whole = audit.lens(5)
    hidden = hidden_cohorts(whole.new)
    if not hidden[whole.labels.index(lens.cohort)]:
        return lens
    sizes = np.where(hidden | ~whole.complete, 0, whole.new)
    if not sizes.any():
        return lens
    other = five_lenses(
        material.history, period=material.options.period, cohort=int(np.argmax(sizes))
    )
    return other.lens(3)
