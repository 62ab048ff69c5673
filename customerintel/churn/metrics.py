"""Measures of predicted probabilities against what happened, in parts that add up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.calibration import EDGE, fit_line, logit
from customerintel.churn.profit import ProfitModel
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number

__all__ = ["BETTER", "MEASURES", "PARTS", "Ranked", "check_top", "combine", "measures"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]

#: What is summed over rows; `combine` makes measures of the sums.
ROW_PARTS = ("n", "churned", "predicted", "squares", "log_losses")
#: What is summed over the moments at which customers are ranked.
RANK_PARTS = (
    "spread", "concordant", "pairs", "precisions", "captured", "expected", "empc", "mpc",
    "targeted",
)  # fmt: skip
PARTS = ROW_PARTS + RANK_PARTS

#: Measures in the order of the table, and the value that a measure should have: the least,
#: the greatest, or this one. What is no judgement is not here.
BETTER: Mapping[str, str | float] = {
    "log_loss": "least",
    "brier": "least",
    "brier_skill": "greatest",
    "auc": "greatest",
    "pr_auc": "greatest",
    "top_lift": "greatest",
    "calibration_slope": 1.0,
    "calibration_intercept": 0.0,
    "calibration_in_the_large": 0.0,
    "empc": "greatest",
    "mpc": "greatest",
}
MEASURES = (*BETTER, "targeted")


def row_parts(churned: Mask, probability: Floats) -> Floats:
    """Return the parts of each row that add up over rows.

    Returns
    -------
    ndarray of float64, shape (n, 5)
        A 1, whether the customer left, the probability, its squared error and the logarithmic
        loss, with probabilities within [1e-15, 1 - 1e-15].
    """
    clipped = np.clip(probability, EDGE, 1.0 - EDGE)
    made = np.empty((len(probability), len(ROW_PARTS)))
    made[:, 0] = 1.0
    made[:, 1] = churned
    made[:, 2] = probability
    made[:, 3] = (churned - probability) ** 2
    made[:, 4] = -np.log(np.where(churned, clipped, 1.0 - clipped))
    return made


class Ranked:
    """Rows of one moment by falling probability, to be summed under any weights of customers.

    Parameters
    ----------
    churned : ndarray of bool, shape (n,)
        Who left.
    probability : ndarray of float64, shape (n,)
        What was predicted.
    customers : ndarray of int64, shape (n,)
        Place of each row's customer in the weights.
    columns : ndarray of float64, shape (n, k)
        What is summed besides the parts of each row.
    """

    def __init__(
        self, churned: Mask, probability: Floats, customers: Places, columns: Floats | None = None
    ) -> None:
        order = np.argsort(-probability, kind="stable")
        ordered = probability[order]
        self._churned, self._customers = churned[order], customers[order]
        self._starts = np.append(starts_of(ordered), len(ordered))
        rows = row_parts(self._churned, ordered)
        self._columns = rows if columns is None else np.hstack([rows, columns[order]])

    def parts(self, times: NDArray[np.uint8], top: float, profit: ProfitModel) -> Floats:
        """Return all parts, then the sums of the columns.

        Parameters
        ----------
        times : ndarray of uint8
            How often each customer counts.
        top : float
            Share of the customers of whom the lift is taken.
        profit : ProfitModel
            What a campaign costs and brings.

        Returns
        -------
        ndarray of float64, shape (14 + k,)
        """
        from customerintel._kernels.ranked_rows import weigh

        # of each call, since several threads may ask
        sums, ranks = np.empty(self._columns.shape[1]), np.empty(5)
        left, stayed = np.empty((2, len(self._starts) - 1))
        segments = weigh(
            times, self._customers, self._churned, self._starts, self._columns, top, sums, ranks,
            left, stayed,
        )  # fmt: skip
        gone, here, concordant, precisions, captured = ranks.tolist()
        size = gone + here
        ranked = [0.0] * len(RANK_PARTS)
        if size:
            earned = profit.of(left[:segments], stayed[:segments])
            per_customer = (earned.expected, earned.maximum, earned.targeted)
            pairs = gone * here
            ranked = [pairs / size, concordant, pairs, precisions, captured, top * gone]
            ranked += [size * one for one in per_customer]
        first = len(ROW_PARTS)
        return np.concatenate([sums[:first], ranked, sums[first:]])


def starts_of(ordered: Floats) -> Places:
    """Return where each group of equal values begins."""
    new = np.ones(len(ordered), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return np.flatnonzero(new)


def combine(sums: Floats) -> dict[str, Floats]:
    """Return measures of sums of parts; NaN where one is undefined.

    Parameters
    ----------
    sums : ndarray of float64, shape (..., 14)
        In the order of `PARTS`.

    Returns
    -------
    dict of str to ndarray of float64, shape (...)
        All measures but those of calibration.
    """
    at = {name: sums[..., k] for k, name in enumerate(PARTS)}
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "log_loss": at["log_losses"] / at["n"],
            "brier": at["squares"] / at["n"],
            "brier_skill": np.where(at["spread"] > 0, 1.0 - at["squares"] / at["spread"], np.nan),
            "auc": at["concordant"] / at["pairs"],
            "pr_auc": at["precisions"] / at["churned"],
            "top_lift": at["captured"] / at["expected"],
            "empc": at["empc"] / at["n"],
            "mpc": at["mpc"] / at["n"],
            "targeted": at["targeted"] / at["n"],
        }


def measures(
    churned: Any, probability: Any, *, top: float = 0.10, profit: ProfitModel | None = None
) -> dict[str, float]:
    r"""Return all measures of one set of predictions.

    Parameters
    ----------
    churned : array-like of bool, shape (n,)
        Who left.
    probability : array-like of float, shape (n,)
        What was predicted, in [0, 1].
    top : float, default 0.10
        Share of the customers of whom `top_lift` is taken.
    profit : ProfitModel, optional
        None: its defaults.

    Returns
    -------
    dict of str to float
        ``log_loss`` (mean, with probabilities within [1e-15, 1 - 1e-15]); ``brier`` (mean
        squared error; Brier 1950); ``brier_skill`` (1 - Brier / Brier of the share who left);
        ``auc`` (share of pairs in the right order, ties as half; Hanley and McNeil 1982);
        ``pr_auc`` (average precision: mean over those who left of the precision at their
        score); ``top_lift`` (share who left among the `top` that score highest, over the share
        of all; customers with equal scores at the cut count in part); ``calibration_slope``,
        ``calibration_intercept`` and ``calibration_in_the_large`` (Cox 1958: the line of the
        log-odds, and its intercept at slope 1); ``empc``, ``mpc`` and ``targeted`` (Verbraken,
        Verbeke and Baesens 2013: `ProfitModel`). NaN where one is undefined.

    Raises
    ------
    InvalidArgumentError
        If lengths differ, there are no rows, or a probability is none.

    Examples
    --------
    >>> found = measures([True, False, True, False], [0.9, 0.6, 0.4, 0.2])
    >>> found["auc"], round(found["brier"], 6)
    (0.75, 0.1925)
    """
    y, p = np.asarray(churned), np.asarray(probability, np.float64)
    if y.dtype != bool or y.ndim != 1 or p.shape != y.shape or not len(p):
        raise InvalidArgumentError(
            "churned (of bool) and probability must be of one length, and of at least 1; got "
            f"{y.dtype} of shape {y.shape} and {p.dtype} of shape {p.shape}."
        )
    if not ((p >= 0.0) & (p <= 1.0)).all():
        raise InvalidArgumentError("probability must hold numbers from 0 to 1, none missing.")
    everybody = np.arange(len(p))
    once = np.ones(len(p), np.uint8)
    sums = Ranked(y, p, everybody).parts(once, check_top(top), profit or ProfitModel())
    found = {name: float(value) for name, value in combine(sums).items()}
    line = fit_line(logit(p), y)
    found["calibration_slope"] = line.slope
    found["calibration_intercept"] = line.intercept
    found["calibration_in_the_large"] = line.shift
    return {name: found[name] for name in MEASURES}


def check_top(top: Any) -> float:
    """Return the share of customers of whom the lift is taken.

    Raises
    ------
    InvalidArgumentError
        If it is no number above 0 and up to 1.
    """
    if not is_number(top) or not 0.0 < top <= 1.0:
        raise InvalidArgumentError(
            f"top must be a share of the customers, above 0 and at most 1; got {top!r}."
        )
    return float(top)
