"""Learning weights and thresholds of the prototypes from labelled customers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.additive import Rows, fit_additive, log_loss, scores_of
from customerintel.relationships.binned_signals import bins_of, most_bins, stated_codes
from customerintel.relationships.binning import MISSING, Binning
from customerintel.relationships.description import Described, Known, counted, describe
from customerintel.relationships.expectations import confusion, levels_of
from customerintel.relationships.fitted_types import FittedTypes
from customerintel.relationships.reliance import reliance_of

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals
    from customerintel.relationships.type_registry import TypeRegistry

__all__ = ["are_statements", "learn"]

Floats = NDArray[np.float64]

#: No bin is less likely than this for a type.
LEAST_LIKELY = 1e-5
#: Labelled customers that the description of a type counts for.
DESCRIBED = 20.0
#: How strongly the search is pulled to what counting gives; the best on held-out customers wins.
PENALTIES = (1.0, 4.0, 16.0, 64.0)
#: Shares of signals that are taken away to see from when on labels hold with thin evidence too.
REMOVED = (0.0, 0.25, 0.5, 0.75)
#: Accuracy that labels must have at each of them.
ACCURATE = 0.93
#: Fewer labels than this are not judged by themselves.
FEW = 30
#: Share of the labelled customers that choices are judged on, and the seed that picks them.
HELD_OUT, SEED = 0.2, 0


def learn(types: TypeRegistry, signals: Signals, labels: Any) -> FittedTypes:
    """Return types as labelled customers show them.

    A multinomial logistic regression on the bins of all signals, pulled to the log-likelihood
    ratios that counting gives, which in turn are pulled to the registry's description: with few
    labels the description decides, with many the labels do. How strong the pull is, how far
    probabilities are believed and from when on a label is given is judged on customers who are
    held out.

    Parameters
    ----------
    types : TypeRegistry
        What is told apart.
    signals : Signals
        Of all customers; those without a label say how values are spread.
    labels : array of str, shape (n_customers,)
        Keys of types; None where the type is not known.
    """
    codes = stated_codes(np.asarray(labels, object), types).astype(np.int64)
    labelled = np.flatnonzero(codes != MISSING)
    codes = codes[labelled]
    names = tuple(signals.names)
    binning = Binning.of([signals[name] for name in names])
    bins, weights = bins_of(signals.take(labelled), names, binning, types)
    known = Known(bins, weights, most_bins(binning, types))
    levels, reliance = levels_of(types, names), reliance_of(names)
    described = describe(known, levels, confusion(types), reliance)
    first, mix, shares = _counted(known, described, np.eye(len(types))[codes])
    table, least = _searched(Rows(bins, weights, codes), first, np.log(mix))
    return FittedTypes(
        types=types,
        names=names,
        binning=binning,
        table=table,
        mix=mix,
        shares=shares,
        reference=signals.reference,
        least_probability=least,
        learned=True,
    )


def are_statements(types: TypeRegistry, signals: Signals, labels: Any) -> bool:
    """Whether labels are what customers stated: reports of types, and no truth to fit to."""
    codes = stated_codes(np.asarray(labels, object), types)
    said = stated_codes(signals.stated, types)
    both = (codes != MISSING) & (said != MISSING)
    return bool(both.any() and (codes[both] == said[both]).all())


def _counted(known: Known, described: Described, belongs: Floats) -> tuple[Floats, Floats, Floats]:
    """Return what counting says of each bin, the types' shares, and how bins are filled."""
    mix = (belongs.sum(axis=0) + 1.0) / (len(belongs) + belongs.shape[1])
    seen = counted(known, belongs)
    shares = (seen + DESCRIBED * described.shares) / (seen.sum(axis=1, keepdims=True) + DESCRIBED)
    logs = np.log(np.maximum(shares, LEAST_LIKELY))
    logs = logs - logs.mean(axis=2, keepdims=True)
    # how bins are filled is told by all alike, however much each counts as evidence
    filled = counted(replace(known, weights=np.ones_like(known.weights)), belongs)
    filled = (filled + described.shares) / (filled.sum(axis=1, keepdims=True) + 1.0)
    return described.reliance[:, None, None] * logs, mix, filled


def _searched(rows: Rows, first: Floats, prior: Floats) -> tuple[Floats, float]:
    """Return the best table, as far as it is believed, and the least probability of a label."""
    held = np.random.default_rng(SEED).random(len(rows.codes)) < HELD_OUT
    learned, tried = rows.take(np.flatnonzero(~held)), rows.take(np.flatnonzero(held))
    found = []
    for penalty in PENALTIES:
        table = fit_additive(learned, first, prior, penalty, steps=40)
        found.append((log_loss(scores_of(tried, table, prior), tried.codes), penalty, table))
    _, penalty, table = min(found, key=lambda one: one[0])
    temper = _temper(scores_of(tried, table, prior), prior, tried.codes)
    least = _least_probability(tried, temper * table, prior)
    return temper * fit_additive(rows, first, prior, penalty), least


def _temper(scores: Floats, prior: Floats, codes: NDArray[np.int64]) -> float:
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda t: log_loss(prior + t * (scores - prior), codes), bounds=(0.2, 2.0), method="bounded"
    )
    return float(found.x)


def _least_probability(tried: Rows, table: Floats, prior: Floats) -> float:
    """Return from which probability on labels are accurate enough, whatever is taken away."""
    from scipy.special import softmax

    rng = np.random.default_rng(SEED)
    judged = []
    for share in REMOVED:
        gone = rng.random(tried.bins.shape) < share
        thin = tried._replace(bins=np.where(gone, np.uint8(MISSING), tried.bins))
        probability = softmax(scores_of(thin, table, prior), axis=1)
        judged.append((probability.max(axis=1), probability.argmax(axis=1) == tried.codes))
    for least in np.arange(0.3, 0.99, 0.01):
        parts = [good[top >= least] for top, good in judged]
        # few customers show little by themselves: they are judged with the others
        parts = [np.concatenate(parts), *(part for part in parts if len(part) >= FEW)]
        # as if two more were wrong
        if all(part.sum() >= ACCURATE * (len(part) + 2) for part in parts):
            return round(float(least), 2)
    return 0.99
