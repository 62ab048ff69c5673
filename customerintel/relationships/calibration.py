"""Learning weights and thresholds of the prototypes from labelled customers."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
PENALTIES = (1.0, 4.0, 16.0, 64.0, 256.0)
#: Shares of signals that are taken away to see from when on labels hold with thin evidence too.
REMOVED = (0.0, 0.25, 0.5, 0.75)
#: Accuracy that labels must have at each of them.
ACCURATE = 0.92
#: Where no probability makes labels accurate enough.
NOBODY = 1.0
#: Fewer labels than this are not judged by themselves.
FEW = 30
#: Parts of the labelled customers of which one is held out at a time, the number of customers from
#: which on it is one part alone, and the seed that picks them.
FOLDS, MANY, SEED = 5, 5_000, 0


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
    rows = Rows(bins, weights, codes)
    table, least = _searched(rows, described)
    _, mix, shares = _counted(rows, described)
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


def _counted(rows: Rows, described: Described) -> tuple[Floats, Floats, Floats]:
    """Return what counting says of each bin, the types' shares, and how bins are filled."""
    n_types = described.shares.shape[2]
    known = Known(rows.bins, rows.weights, described.shares.shape[1])
    belongs = np.eye(n_types)[rows.codes]
    mix = (belongs.sum(axis=0) + 1.0) / (len(belongs) + n_types)
    seen = counted(known, belongs)
    shares = (seen + DESCRIBED * described.shares) / (seen.sum(axis=1, keepdims=True) + DESCRIBED)
    logs = np.log(np.maximum(shares, LEAST_LIKELY))
    logs = logs - logs.mean(axis=2, keepdims=True)
    # how bins are filled is told by all alike, however much each counts as evidence
    filled = counted(replace(known, weights=np.ones_like(known.weights)), belongs)
    filled = (filled + described.shares) / (filled.sum(axis=1, keepdims=True) + 1.0)
    return described.reliance[:, None, None] * logs, mix, filled


def _searched(rows: Rows, described: Described) -> tuple[Floats, float]:
    """Return the best table, as far as it is believed, and the least probability of a label."""
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(rows.codes))
    # of many customers one fold tells enough
    judged = range(FOLDS if len(fold) <= MANY else 1)
    tried = rows.take(np.flatnonzero(fold < len(judged)))
    parts = [rows.take(np.flatnonzero(fold != k)) for k in judged]
    starts = [_counted(part, described) for part in parts]  # which know no held-out label
    found = []
    for penalty in PENALTIES:
        tables = [
            fit_additive(part, first, np.log(mix), penalty, steps=40)
            for part, (first, mix, _) in zip(parts, starts, strict=True)
        ]
        held = _Held(tables, [np.log(mix) for _, mix, _ in starts], fold[fold < len(judged)])
        found.append((log_loss(held.scores(tried), tried.codes), penalty, held))
    _, penalty, held = min(found, key=lambda one: one[0])
    held = replace(held, temper=_temper(held, tried))
    least = _least_probability(tried, held)
    first, mix, _ = _counted(rows, described)
    return held.temper * fit_additive(rows, first, np.log(mix), penalty), least


@dataclass(frozen=True, eq=False)
class _Held:
    """Tables and priors that were learned without a fold each, and the fold of each customer."""

    tables: list[Floats]
    priors: list[Floats]
    fold: NDArray[np.int64]
    temper: float = 1.0

    def scores(self, tried: Rows) -> Floats:
        """Return the scores of customers by the table that has not learned from them."""
        out = np.empty((len(self.fold), len(self.priors[0])))
        for k, (table, prior) in enumerate(zip(self.tables, self.priors, strict=True)):
            own = np.flatnonzero(self.fold == k)
            out[own] = scores_of(tried.take(own), self.temper * table, prior)
        return out


def _temper(held: _Held, tried: Rows) -> float:
    """Return the factor on tables with which held-out labels are most probable."""
    from scipy.optimize import minimize_scalar

    def loss(temper: float) -> float:
        return log_loss(replace(held, temper=temper).scores(tried), tried.codes)

    return float(minimize_scalar(loss, bounds=(0.2, 2.0), method="bounded").x)


def _least_probability(tried: Rows, held: _Held) -> float:
    """Return from which probability on labels are accurate enough, whatever is taken away."""
    from scipy.special import softmax

    rng = np.random.default_rng(SEED)
    judged = []
    for share in REMOVED:
        gone = rng.random(tried.bins.shape) < share
        thin = tried._replace(bins=np.where(gone, np.uint8(MISSING), tried.bins))
        probability = softmax(held.scores(thin), axis=1)
        judged.append((probability.max(axis=1), probability.argmax(axis=1) == tried.codes))
    for least in np.arange(0.3, 0.99, 0.01):
        parts = [good[top >= least] for top, good in judged]
        # few customers show little by themselves: they are judged with the others
        alone = [(part, len(part)) for part in parts if len(part) >= FEW]
        together = np.concatenate(parts)
        judgements = [(together, len(together) / len(parts)), *alone]
        if len(together) and all(part.mean() >= _demanded(n) for part, n in judgements):
            return round(float(least), 2)
    return NOBODY


def _demanded(n: float) -> float:
    """Return the accuracy that so many labels must show: a standard error above `ACCURATE`."""
    return ACCURATE + float(np.sqrt(ACCURATE * (1.0 - ACCURATE) / n))
