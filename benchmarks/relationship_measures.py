"""What is measured of a classifier, and evidence taken away at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import customerintel as ci


def macro_f1(truth: NDArray[Any], told: NDArray[Any], keys: Sequence[str]) -> float:
    """Return the mean of the types' F1; "unknown" is wrong for all."""
    scores = []
    for key in keys:
        true, said = truth == key, told == key
        both = int((true & said).sum())
        scores.append(2.0 * both / max(int(true.sum()) + int(said.sum()), 1))
    return float(np.mean(scores))


def calibration_error(
    probabilities: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10
) -> float:
    """Return the expected calibration error of the highest probability, in bins of one width.

    Customers of whom nothing is known (rows of NaN) are left out.
    """
    known = ~np.isnan(probabilities).any(axis=1)
    top, hit = probabilities[known].max(axis=1), right[known]
    place = np.minimum((top * bins).astype(np.int64), bins - 1)
    gap = np.bincount(place, top - hit, minlength=bins)
    return float(np.abs(gap).sum() / max(len(top), 1))


def labelled(told: NDArray[Any], truth: NDArray[Any]) -> tuple[float, float | None]:
    """Return the share of customers with a type, and how many of these are right, if any."""
    given = told != "unknown"
    share = float(given.mean())
    return share, float((told[given] == truth[given]).mean()) if share else None


def one_hot(words: NDArray[Any], keys: Sequence[str]) -> NDArray[np.float64]:
    """Return a column per type: whether it is what the customer says; NaN where silent."""
    found = np.column_stack([words == key for key in keys]).astype(float)
    found[np.array([word is None for word in words], bool)] = np.nan
    return found


def thinned(log: Any, kept: NDArray[np.bool_]) -> Any:
    """Return an interaction log without some of its rows."""
    frame = log.to_frame()
    if isinstance(frame, dict):
        left: Any = {name: values[kept] for name, values in frame.items()}
    else:
        left = frame.filter(kept) if log.kind.name == "polars" else frame[kept]
    return ci.InteractionLog.from_frame(left)
