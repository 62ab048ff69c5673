"""Who may be ranked, and in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.tie_rule import tie_numbers
from customerintel.lookalike.consent_filter import allowed, check_purpose, ledger_for
from customerintel.lookalike.people import People
from customerintel.lookalike.ranking import RankedProspects

if TYPE_CHECKING:
    from customerintel.lookalike.fitted_model import LookalikeModel

__all__ = ["eligible", "order_of", "rank_people"]


def eligible(
    model: LookalikeModel, prospects: Any, customer_id: str | None, consent: Any = None,
    purpose: Any = None,
) -> tuple[People, int, int]:  # fmt: skip
    """Return who may be ranked, and how many are seeds or, of the others, without consent.

    The arguments are those of `LookalikeModel.score`.
    """
    ledger = ledger_for(consent, model.consent, asked=model.fitted_on.consent_asked)
    use = check_purpose(model.settings.purpose if purpose is None else purpose)
    people = model._read(prospects, customer_id)
    is_seed = np.zeros(len(people.ids), bool)
    if len(people.ids):
        is_seed[people.ids.match(model.seed_ids)[0]] = True
    barred = ~allowed(ledger, people.ids, use) & ~is_seed
    kept = ~(is_seed | barred)
    if not kept.all():
        people = replace(people, ids=people.ids.take(kept), coded=people.coded.take(kept))
    return people, int(is_seed.sum()), int(barred.sum())


def order_of(people: People, margin: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places of people by falling margin; of the same, by a hash of the id."""
    return np.lexsort((tie_numbers(people.ids), -margin))


def rank_people(
    model: LookalikeModel, people: People, n_seeds: int, n_barred: int
) -> RankedProspects:
    """Rank people who may be."""
    margin = model._likeness.margin(people.coded)
    n, order = len(margin), order_of(people, margin)
    rank = np.arange(1, n + 1)
    return RankedProspects(
        ids=people.ids.take(order), score=model._likeness.chance(margin[order]), rank=rank,
        percentile=100.0 * (1.0 - (rank - 0.5) / max(n, 1)), n_seeds_left_out=n_seeds,
        n_without_consent=n_barred, n_ranked=n, method=model.method_, kind=people.kind,
        _places=order, _coded=people.coded, _model=model,
    )  # fmt: skip
