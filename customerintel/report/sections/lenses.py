"""The five lenses of a customer-base audit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from customerintel.audit.lenses import QUESTIONS, five_lenses
from customerintel.report.early_lenses import lens_one, lens_two
from customerintel.report.late_lenses import lens_five, lens_four, lens_three
from customerintel.report.markup import paragraph, subhead
from customerintel.report.material import Material
from customerintel.report.page import Section
from customerintel.report.periods_as_words import step_word

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
        lens, why = material.attempt(partial(audit.lens, number))
        body += subhead(f"{number}. {question}")
        if lens is None:
            body += paragraph(why, kind="absent")
            continue
        inner, said = view(lens, material)
        body += paragraph(said) + inner
        finding = said if number == 2 else finding
    word = step_word(material.options.period)
    lead = (
        f"One log, looked at in five ways, in periods of a {word} that are counted back from the "
        "last day."
    )
    return Section("lenses", TITLE, SHORT, lead, body, finding)
