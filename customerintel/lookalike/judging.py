"""Judging a model: on seeds that came later, and by whom its audience leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.small_cells import check_min_cell
from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.lookalike.audience_fairness import Fairness, fairness_of
from customerintel.lookalike.audience_gains import gains_of
from customerintel.lookalike.coded import Coded
from customerintel.lookalike.evaluation import Evaluation, read_shares
from customerintel.lookalike.fit_settings import FitSettings
from customerintel.lookalike.people import People, open_people
from customerintel.lookalike.ranking import read_size
from customerintel.lookalike.ranking_people import order_of
from customerintel.lookalike.seed_list import read_seeds
from customerintel.models.intervals import check_level
from customerintel.schema import PII
from customerintel.tables.ids import CustomerIds
from customerintel.tables.trait_names import class_of
from customerintel.tables.traits import Traits, read_traits

if TYPE_CHECKING:
    from customerintel.lookalike.fitted_model import LookalikeModel

__all__ = ["evaluate_model", "fairness_of_model"]

Floats = NDArray[np.float64]

#: Levels of an attribute to audit by, at most.
MOST_LEVELS = 100


def evaluate_model(
    model: LookalikeModel, holdout_seeds: Any, prospects: Any, people: People, *,
    customer_id: str | None, top: Any, baselines: Sequence[str], level: float,
) -> Evaluation:  # fmt: skip
    """Rank prospects and look where later seeds stand; the body of `LookalikeModel.evaluate`."""
    shares, level = read_shares(top), check_level(level)
    later = read_seeds(holdout_seeds, None, "held-out seeds").ids
    if (later.texts is None) != (people.ids.texts is None):
        raise SchemaError(
            "The held-out seeds and the prospects have ids of different types, so nobody could be "
            "found. Give both as integers or both as texts."
        )
    held = np.zeros(len(people.ids), bool)
    held[people.ids.match(later)[0]] = True
    if not held.any() or held.all():
        raise InvalidArgumentError(
            f"{'None' if not held.any() else 'All'} of the {len(people.ids):,} prospects are "
            "held-out seeds. Give later seeds who were not learnt from, and prospects of whom "
            "they are a part."
        )
    rankings = {"model": model._likeness.margin(people.coded)}
    single = model._single
    rankings[f"best trait: {single.name}"] = single.score(people.coded)
    named = _names(baselines, "baselines")
    if named:
        columns = _columns(prospects, customer_id, named, people.ids, "baselines")
        for name in named:
            if name not in columns.numeric:
                raise InvalidArgumentError(
                    f"The baseline {name!r} holds no numbers to rank by. Give a column of numbers, "
                    "the greater the better."
                )
            # who has no value comes last
            values = columns.numeric[name]
            rankings[name] = np.where(np.isnan(values), -np.inf, values)
    return Evaluation(
        gains={name: gains_of(values, held) for name, values in rankings.items()},
        shares=shares,
        level=level,
        best_trait=single.name,
        n_not_prospects=len(later) - int(held.sum()),
        _kind=people.kind,
    )


def fairness_of_model(
    model: LookalikeModel, prospects: Any, people: People, attributes: Any, *,
    customer_id: str | None, selected: float, level: float, min_cell: int,
) -> Fairness:  # fmt: skip
    """Compare the audience with all prospects; the body of `LookalikeModel.fairness`."""
    level, min_cell = check_level(level), check_min_cell(min_cell)
    names = _names(attributes, "attributes")
    if not len(people.ids):
        raise InvalidArgumentError(
            "There is nobody to choose from: all prospects are seeds of the model, or without "
            "consent. Give prospects of whom some are neither."
        )
    used = [name for name in names if name in model.columns]
    if used or not names:
        shown = ", ".join(map(repr, used))
        raise InvalidArgumentError(
            f"{shown} {'is a trait' if len(used) == 1 else 'are traits'} of this model. An "
            "attribute to audit by must not be learnt from: fit with "
            f"exclude=[{shown}], and audit then."
            if used
            else "attributes names no column to audit by, such as ['age_band', 'gender']."
        )
    attributed = _columns(prospects, customer_id, names, people.ids, "attributes")
    _check_attributes(attributed, model.settings)
    margin = model._likeness.margin(people.coded)
    chosen = np.zeros(len(margin), bool)
    chosen[order_of(people, margin)[: read_size(selected, len(margin), "selected")]] = True
    return fairness_of(
        margin, chosen, attributed, _as_traits(people.coded, model), level=level,
        min_cell=min_cell, kind=people.kind,
    )  # fmt: skip


def _check_attributes(attributes: Traits, settings: FitSettings) -> None:
    """Refuse what names people one by one: a group of one is a person."""
    for name in attributes.names:
        if class_of(name, settings.pii, {}) is PII.DIRECT:
            raise InvalidArgumentError(
                f"{name!r} is identity data (PII class direct), which names people and not "
                "groups of them. Audit by an attribute such as 'age_band'."
            )
        levels = attributes.categorical[name][1] if name in attributes.categorical else ()
        if len(levels) > MOST_LEVELS:
            raise InvalidArgumentError(
                f"{name!r} has {len(levels):,} levels; to audit by, at most {MOST_LEVELS}. Make "
                "a column of fewer groups of it."
            )


def _names(given: Any, argument: str) -> list[str]:
    """Return the names of columns, of which one alone may be a text."""
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, Iterable) or not all(isinstance(name, str) for name in names):
        raise InvalidArgumentError(
            f"{argument} takes a list of column names; got {type(given).__name__}."
        )
    return list(names)


def _columns(
    table: Any, customer_id: str | None, names: list[str], ids: CustomerIds, argument: str
) -> Traits:
    """Return columns of the prospects' own table, of the people with these ids."""
    customers = open_people(table, customer_id, names, argument)
    found = read_traits(customers, names=names, allow=names, max_levels=10_000)
    return found.take(customers.ids.match(ids)[0])


def _as_traits(people: Coded, model: LookalikeModel) -> Traits:
    labels = {name: (trait.codes, trait.levels) for name, trait in people.labels.items()}
    numbers = {name: values.view() for name, values in people.numbers.items()}
    return Traits(model.columns, numbers, labels, {}, people.n)
