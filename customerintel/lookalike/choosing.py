"""The method "auto": what finds most of the seeds that it was not shown."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.additive_odds import AdditiveOdds
from customerintel.lookalike.likeness import Likeness, Training

__all__ = ["Candidate", "choose_method"]

Floats = NDArray[np.float64]

#: Share of the seeds and of the others on which candidates are judged.
TESTED = 1 / 3
#: Share of the judged that is looked at.
TOP = 0.05
#: People that candidates are tried on, at most, and seeds among them.
MOST, MOST_SEEDS = 50_000, 12_000
#: Trees need so many seeds to be tried.
SEEDS_FOR_TREES = 500
#: A more complex model must lower the log loss by this share.
WORTH = 0.002


@dataclass(frozen=True)
class Candidate:
    """How one method did on seeds that it was not shown.

    Parameters
    ----------
    name : str
        The method.
    recall : float
        Share of those seeds among the 5 % with the highest scores.
    standard_error : float
        Of the recall.
    log_loss : float
        Mean, per person of the population.
    chosen : bool
        Whether it was taken.
    why : str
        In words.
    """

    name: str
    recall: float
    standard_error: float
    log_loss: float
    chosen: bool = False
    why: str = ""


def choose_method(training: Training) -> tuple[str, tuple[Candidate, ...]]:
    """Try the methods on a part of the people, and choose one.

    Of those whose recall is within a standard error of the best, the one with the least log
    loss: recall alone, of some hundred seeds, would choose by chance. A more complex one must be
    better by a little.

    Returns
    -------
    tuple of str and tuple of Candidate
        The name of the method, and how all did, the simplest first.
    """
    training = training.thinned(MOST, MOST_SEEDS)
    held = training.held_out(TESTED)
    models = _fit_all(training.take(~held))
    judged = training.take(held)
    found = [_judge(model, judged) for model in models]
    best = max(found, key=lambda one: one.recall)
    near = [one for one in found if one.recall >= best.recall - best.standard_error]
    chosen = near[0]
    for one in near[1:]:
        if one.log_loss < chosen.log_loss * (1.0 - WORTH):
            chosen = one
    return chosen.name, tuple(_told(one, chosen, best) for one in found)


def _fit_all(training: Training) -> list[Likeness]:
    alone = AdditiveOdds.fit(training)
    if find_spec("sklearn") is None or training.is_seed.sum() < SEEDS_FOR_TREES:
        pairs = alone.with_pairs(training)
        return [alone, pairs] if pairs.encoder.pairs else [alone]
    from customerintel.lookalike.blended_odds import BlendedOdds, fit_both

    pairs, trees = fit_both(alone, training)
    found: list[Likeness] = [alone, trees, BlendedOdds(pairs, trees)]
    if pairs.encoder.pairs:
        found.insert(1, pairs)
    return found


def _judge(model: Likeness, judged: Training) -> Candidate:
    from scipy.special import log_expit

    z = model.margin(judged.coded) - judged.shift
    y, w = judged.is_seed, judged.weights
    n_top = max(1, round(TOP * int((~y).sum())))
    # as many of the others as are looked at set the bar
    bar = np.partition(z[~y], -n_top)[-n_top]
    recall = float(np.average(z[y] > bar, weights=w[y]))
    n_eff = float(w[y].sum()) ** 2 / float((w[y] ** 2).sum())
    error = float(np.sqrt(max(recall * (1.0 - recall), 0.25 / n_eff) / n_eff))
    loss = -np.average(np.where(y, log_expit(z), log_expit(-z)), weights=w)
    return Candidate(model.name, recall, error, float(loss))


def _told(one: Candidate, chosen: Candidate, best: Candidate) -> Candidate:
    if one is chosen and one is best:
        why = "finds most of the seeds that were held out"
    elif one is chosen:
        why = f"finds as many seeds as {best.name} but for chance, with less log loss or simpler"
    elif one.recall < best.recall - best.standard_error:
        why = f"finds fewer seeds than {best.name} by more than a standard error"
    else:
        why = f"does not lower the log loss of {chosen.name} enough"
    return Candidate(one.name, one.recall, one.standard_error, one.log_loss, one is chosen, why)
