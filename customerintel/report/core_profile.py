"""What sets the core apart, where a table says more of the customers and nothing of places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.audit.group_profile import profile
from customerintel.report.markup import note, subhead, table
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import decimal, percent
from customerintel.report.warnings_told import in_plain_words

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers
    from customerintel.audit.profile_result import Profile

__all__ = ["core_profile"]

#: Traits that are told at most.
MOST = 5
#: Correlations from which on an effect is called so (Cohen 1988, Statistical Power Analysis, §3.2).
WORDS = ((0.5, "large"), (0.3, "medium"), (0.1, "small"), (0.0, "slight"))


def core_profile(core: CoreCustomers, material: Material) -> str:
    """Tell the traits in which the core differs most from the other customers; HTML."""
    options = material.options
    if options.customers is None or options.population is not None:
        return ""
    head = subhead("What sets the core apart")
    found, why = material.attempt(
        lambda: profile(
            material.history, customers=options.customers, of=core.customer_id, min_cell=FEW
        )
    )
    if found is None:
        return head + note(f"The core cannot be compared: {in_plain_words(why)}")
    if not len(found):
        return head + note("The table of customers has no column that could tell.")
    rows = [row for place in np.flatnonzero(found.significant) for row in _row(found, int(place))]
    if not rows:
        return head + note(
            f"No trait of the {len(found)} in the table differs between the core and the other "
            "customers by more than chance."
        )
    return (
        head
        + table(
            ["Trait", "Core", "Others", "Effect"], rows[:MOST],
            title="What sets the core apart", words=(0, 3),
        )
        + note(
            "Of a number the mean; of a trait with several values the one that differs most. The "
            "effect is small, medium or large however many customers there are, and says nothing "
            "of why. Traits that differ by no more than chance are left out."
        )
    )  # fmt: skip


def _row(found: Profile, place: int) -> list[list[str]]:
    """Return the row of a trait, or none if nothing of it can be told."""
    name, kind = found.trait[place], found.kind[place]
    effect = next(word for least, word in WORDS if abs(found.effect[place]) >= least)
    if found.suppressed[place] or kind == "date":
        return []
    if name in found.numeric.trait:
        at = found.numeric.trait.index(name)
        if found.numeric.suppressed[at]:
            return []
        means = found.numeric.mean_group[at], found.numeric.mean_rest[at]
        return [[name, *map(decimal, means), effect]]
    levels = found.levels
    told = ~levels.suppressed
    shown = [k for k, trait in enumerate(levels.trait) if trait == name and told[k]]
    if not shown:
        return []
    best = max(shown, key=lambda k: abs(levels.standardized_difference[k]))
    shares = levels.share_group[best], levels.share_rest[best]
    return [[f"{name}: {levels.level[best]}", *map(percent, shares), effect]]
