"""Outcomes with what was known before the assignment taken out of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["adjusted", "design_of"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def design_of(covariates: Floats) -> Floats:
    """Return covariates without gaps, standardised, with marks of where the gaps were.

    Parameters
    ----------
    covariates : ndarray of float64, shape (n, k)
        Known before the assignment; NaN or infinite where not known.

    Returns
    -------
    ndarray of float64, shape (n, m)
        Gaps hold the mean of the known ones, and each distinct pattern of gaps is a column of its
        own. Columns that do not vary are left out.
    """
    known = np.isfinite(covariates)
    n_known = known.sum(axis=0)
    total = np.where(known, covariates, 0.0)
    # large numbers are brought into range before they are summed
    scale = np.abs(total).max(axis=0, initial=0.0)
    scale[scale == 0.0] = 1.0
    mean = (total / scale).sum(axis=0) / np.maximum(n_known, 1)
    filled = np.where(known, covariates / scale, mean) - mean
    columns = np.column_stack([filled, np.unique(~known, axis=1).astype(np.float64)])
    columns -= columns.mean(axis=0)
    size = np.sqrt((columns**2).mean(axis=0))
    varies = size > 1e-12
    return np.ascontiguousarray(columns[:, varies] / size[varies])


def adjusted(outcome: Floats, covariates: Floats, control: Mask) -> tuple[Floats, int]:
    """Return outcomes of the same expected difference and less variance.

    CUPED of Deng, Xu, Kohavi and Walker (2013, WSDM, 123-132, section 3): ``Y - theta (X - mean
    X)``, theta by least squares within the arms, pooled. Whatever was known before the assignment
    does not differ between the arms but by chance, so the difference stays unbiased.

    Parameters
    ----------
    outcome : ndarray of float64, shape (n,)
    covariates : ndarray of float64, shape (n, k)
        Known at the assignment; NaN where not.
    control : ndarray of bool, shape (n,)
        The arm.

    Returns
    -------
    outcome : ndarray of float64, shape (n,)
    n_used : int
        Columns that were taken out; 0 where nothing could be.

    Examples
    --------
    >>> before = np.array([[1.0], [2.0], [3.0], [1.0], [2.0], [3.0]])
    >>> control = np.arange(6) < 3
    >>> adjusted(before[:, 0] * 10.0 + ~control, before, control)[0]
    array([20., 20., 20., 21., 21., 21.])
    """
    design = design_of(covariates)
    inside, target = design.copy(), outcome.astype(np.float64)
    for arm in (control, ~control):
        if arm.any():
            inside[arm] -= inside[arm].mean(axis=0)
            target[arm] -= target[arm].mean()
    # with hardly more customers than columns, only noise would be fitted
    n_control = int(control.sum())
    if not design.shape[1] or min(n_control, len(outcome) - n_control) < design.shape[1] + 2:
        return outcome, 0
    theta, _, rank, _ = np.linalg.lstsq(inside, target, rcond=1e-10)
    return outcome - design @ theta, int(rank)
