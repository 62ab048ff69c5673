"""How well a model predicted what customers bought in a holdout."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.models.beta_geo_beta_binomial import BetaGeoBetaBinomial
from customerintel.models.holdout import HoldoutSplit
from customerintel.models.parts import take_customers
from customerintel.rfm.read_only import seal

__all__ = ["FLOOR", "LAST_BIN", "FrequencyTable", "Score", "score"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Probabilities below count as this one: no single customer takes more than 691 off the sum.
FLOOR = 1e-300
#: Customers who bought at least so often again are one bin.
LAST_BIN = 7
#: Probabilities that are held at a time.
CELLS = 4 * 1024 * 1024


@dataclass(frozen=True, eq=False)
class FrequencyTable:
    """Purchases in the holdout by how often customers had bought again before.

    Parameters
    ----------
    n_customers : ndarray of int64, shape (8,)
        Customers with a frequency of 0, 1, … 6, and 7 or more.
    actual, expected : ndarray of float64, shape (8,)
        Mean purchases in the holdout, made and predicted; NaN where there are no customers.
    """

    n_customers: Ints
    actual: Floats
    expected: Floats

    def __post_init__(self) -> None:
        seal(self)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the bins: ``"0"``, … ``"6"``, ``"7+"``."""
        return (*map(str, range(LAST_BIN)), f"{LAST_BIN}+")


@dataclass(frozen=True, eq=False)
class Score:
    """A model's expectations against what happened.

    Parameters
    ----------
    log_scores : ndarray of float64, shape (n,)
        Log of the probability that the model gave to what each customer did.
    mae, rmse : float
        Mean absolute error of the expected purchases, and root of the mean squared one.
    bias : float
        Sum of the expected purchases over that of the actual ones, less 1; NaN where nobody
        bought.
    by_frequency : FrequencyTable
        The same customers by their frequency.
    """

    log_scores: Floats
    mae: float
    rmse: float
    bias: float
    by_frequency: FrequencyTable


def score(fit: Any, split: HoldoutSplit, n_max: int | None) -> Score:
    """Score a fitted model on the holdout.

    Parameters
    ----------
    fit : PurchaseModel or BetaGeoBetaBinomial
        Fitted to the calibration.
    split : HoldoutSplit
        Calibration and holdout.
    n_max : int, optional
        Counts above are scored together, by the probability of more than `n_max`.
    """
    horizon = split.horizon
    if isinstance(fit, BetaGeoBetaBinomial):
        horizon = round(horizon)  # months differ a little in length: whole they are all the same
    expected = fit.expected_purchases(split.calibration, horizon)
    actual = split.purchases.astype(np.float64)
    errors = expected - actual
    total = float(actual.sum())
    return Score(
        log_scores=_log_scores(fit, split, horizon, n_max),
        mae=float(np.abs(errors).mean()),
        rmse=math.sqrt(float((errors * errors).mean())),
        bias=float(expected.sum()) / total - 1.0 if total else math.nan,
        by_frequency=_by_frequency(split, expected),
    )


def _log_scores(fit: Any, split: HoldoutSplit, horizon: float, n_max: int | None) -> Floats:
    """Return the log probability of each customer's count."""
    counts = split.purchases if n_max is None else np.minimum(split.purchases, n_max + 1)
    # customers with few purchases together need few probabilities
    order = np.argsort(counts, kind="stable")
    found = np.empty(len(counts))
    for start, stop in _stretches(counts[order]):
        top = int(counts[order[stop - 1]])
        places = np.sort(order[start:stop])
        part = take_customers(split.calibration, places)
        if n_max is not None:
            top = min(top, n_max)
        chances = fit.purchase_probabilities(part, horizon, top)
        found[places] = chances[np.arange(len(places)), counts[places]]
    return np.log(np.maximum(found, FLOOR))


def _stretches(counts: Ints) -> Iterator[tuple[int, int]]:
    """Cut ascending counts so that a table up to the largest of each stretch stays small."""
    start = 0
    while start < len(counts):
        stop = min(len(counts), start + max(1, CELLS // (int(counts[start]) + 2)))
        size = max(1, CELLS // (int(counts[stop - 1]) + 2))
        stop = min(stop, start + size)
        yield start, stop
        start = stop


def _by_frequency(split: HoldoutSplit, expected: Floats) -> FrequencyTable:
    bins = np.minimum(split.calibration.frequency, LAST_BIN)
    n = np.bincount(bins, minlength=LAST_BIN + 1)
    with np.errstate(invalid="ignore"):
        actual, predicted = (
            np.bincount(bins, values, LAST_BIN + 1) / n for values in (split.purchases, expected)
        )
    return FrequencyTable(n, actual, predicted)
