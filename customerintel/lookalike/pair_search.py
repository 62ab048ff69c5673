"""Which traits act together: what is left of the seeds in the cells of two traits."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.pair_cells import PairTrait
from customerintel.lookalike.sparse_rows import Encoder, Rows

__all__ = ["find_pairs"]

Floats = NDArray[np.float64]

#: A pair counts where its cells are further from the additive model than by chance: in standard
#: deviations of a chi-squared variable.
FAR = 4.0
MOST_PAIRS = 12


def find_pairs(encoder: Encoder, rows: Rows, y: Floats, case: Floats, z: Floats) -> list[PairTrait]:
    """Return the pairs of traits that an additive model leaves most of, strongest first.

    For each cell of a pair, the score statistic (seeds − expected)² / variance; its sum over
    cells is compared with their number, after taking out what rows and columns of the cells
    explain by themselves. After Lou, Y., Caruana, R., Gehrke, J. and Hooker, G. (2013),
    Accurate intelligible models with pairwise interactions, KDD, section 4.

    Parameters
    ----------
    encoder, rows : Encoder and Rows
        Of the additive model.
    y, case, z : ndarray of float64, shape (n,)
        Seeds, weights, and log-odds of that model.
    """
    from scipy.special import expit

    from customerintel._kernels.additive import add_cells
    from customerintel._kernels.threads import run

    chance = expit(z)
    error, curve = case * (y - chance), case * chance * (1.0 - chance)
    n_traits = len(encoder.names)
    bins = [encoder.binned(rows, j) for j in range(n_traits)]

    def excess(i: int, j: int) -> float:
        n_a, n_b = encoder.bins[i].size, encoder.bins[j].size
        errors, curves = np.zeros(n_a * n_b), np.zeros(n_a * n_b)
        add_cells(bins[i], bins[j], n_b, error, curve, errors, curves)
        return _excess(errors.reshape(n_a, n_b), curves.reshape(n_a, n_b))

    tried = list(combinations(range(n_traits), 2))
    found = np.array(run(excess, tried))
    order = np.argsort(-found, kind="stable")[:MOST_PAIRS]
    return [PairTrait(*tried[k]) for k in order if found[k] > FAR]


def _excess(errors: Floats, curves: Floats) -> float:
    used = curves > 1.0  # where less than about one seed is expected, chance is all there is
    free = int(used.sum()) - int(used.any(axis=0).sum()) - int(used.any(axis=1).sum()) + 1
    if free < 1:
        return -np.inf
    statistic = float((errors[used] ** 2 / curves[used]).sum())
    return float((statistic - free) / np.sqrt(2.0 * free))
