"""Penalised logistic regression on sparse rows: Newton steps, and how strong to penalise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.sparse_rows import Encoder, Rows
from customerintel.models.row_sums import sum_stretches

__all__ = [
    "Term",
    "choose_strengths",
    "curvature_of",
    "fit_additive",
    "log_odds_of",
    "penalty_of",
    "terms_of",
]

Floats = NDArray[np.float64]

#: Rows that are summed together.
STRETCH = 32_768
#: Holds the constant and what no row touches.
LEAST = 1e-8
#: The search ends where a step would lower the loss (a sum over rows) by less; while strengths
#: are still being chosen, earlier.
ENOUGH, SETTLED, NEAR = 1e-13, 1e-6, 0.5
STEPS = 60
#: Rounds of choosing how strong to penalise, at most, and bounds of it.
ROUNDS = 8
STRENGTHS = (1e-3, 1e6)
SILENT = 1e3


@dataclass(frozen=True, eq=False)
class Term:
    """A sum of squares of some neighbouring coefficients that is penalised.

    Parameters
    ----------
    first : int
        The first of them.
    square : ndarray of float64, shape (size, size)
        Positive semidefinite.
    alone : bool
        Whether no other term is of these coefficients; it is the plain sum of squares then.
    """

    first: int
    square: Floats
    alone: bool = True

    @property
    def at(self) -> slice:
        """The coefficients."""
        return slice(self.first, self.first + len(self.square))


def terms_of(encoder: Encoder) -> list[Term]:
    """Return what is penalised, one strength each."""
    found = []
    traits = encoder.traits
    for trait, first in zip(traits, encoder.firsts.tolist(), strict=False):
        squares = [square for square in trait.penalties() if square.any()]
        found += [Term(first, square, len(squares) == 1) for square in squares]
    for j, size in enumerate(encoder.sizes[len(traits) :], start=len(traits)):
        found.append(Term(int(encoder.firsts[j]), np.eye(size)))
    return found


def penalty_of(terms: Sequence[Term], strengths: Floats, size: int) -> Floats:
    """Return the matrix of all penalties, shape (size, size)."""
    found = LEAST * np.eye(size)
    for term, strength in zip(terms, strengths, strict=True):
        found[term.at, term.at] += strength * term.square
    return found


def log_odds_of(rows: Rows, b: Floats) -> Floats:
    """Return the log-odds of each row, shape (n,)."""
    from customerintel._kernels.additive import add_effects
    from customerintel._kernels.threads import run, stretches

    z = np.full(len(rows.place), b[0])

    def work(start: int, stop: int) -> None:
        part = slice(start, stop)
        add_effects(rows.place[part], rows.weight[part], b, z[part])

    run(work, stretches(len(z)))
    return z


def fit_additive(
    rows: Rows, y: Floats, case: Floats, penalty: Floats, start: Floats, enough: float = ENOUGH,
    curve: Floats | None = None,
) -> Floats:  # fmt: skip
    """Minimise the weighted log loss plus half of b' · penalty · b by Newton's method.

    Le Cessie, S. and van Houwelingen, J. C. (1992), Ridge estimators in logistic regression,
    Applied Statistics 41(1), equation 2. Second derivatives cost most: they are kept while each
    step gains much less than the last.

    Parameters
    ----------
    rows : Rows
    y : ndarray of float64, shape (n,)
        1 for a seed, else 0.
    case : ndarray of float64, shape (n,)
        Weight of each row.
    penalty : ndarray of float64, shape (size, size)
    start : ndarray of float64, shape (size,)
        From where to search.
    enough : float, default 1e-13
        The search ends where a step would lower the loss by less.
    curve : ndarray of float64, shape (size, size), optional
        Second derivatives of the loss near the start, without the penalty.

    Returns
    -------
    ndarray of float64, shape (size,)
        Coefficients.
    """
    from scipy.linalg import cho_factor, cho_solve

    b, last = start, np.inf
    value, slope = _loss(rows, y, case, penalty, b)
    curve = curvature_of(rows, case, b) if curve is None else curve
    factor = cho_factor(curve + penalty, lower=True)
    for _ in range(STEPS):
        step = cho_solve(factor, slope)
        if 0.5 * float(step @ slope) > 0.3 * last:
            factor = cho_factor(curvature_of(rows, case, b) + penalty, lower=True)
            step = cho_solve(factor, slope)
        gain = 0.5 * float(step @ slope)
        if gain < enough:
            break
        length = 1.0
        while True:
            tried = b - length * step
            after, after_slope = _loss(rows, y, case, penalty, tried)
            if after <= value - 1e-4 * length * gain or length < 1e-6:
                break
            length *= 0.5
        if after >= value:  # rounding: there is no lower place
            break
        b, value, slope, last = tried, after, after_slope, gain
    return b


def choose_strengths(
    rows: Rows, y: Floats, case: Floats, terms: Sequence[Term], size: int, strengths: Floats,
    start: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Choose how strong to penalise each term by its restricted likelihood, and fit.

    Wood, S. N. and Fasiolo, M. (2017), A generalized Fellner–Schall method for smoothing
    parameter optimization, Biometrics 73(4), equation 4.

    Returns
    -------
    tuple of ndarray
        Coefficients, and the strengths.
    """
    b = start
    for _ in range(ROUNDS):
        penalty = penalty_of(terms, strengths, size)
        curve = curvature_of(rows, case, b)
        b = fit_additive(rows, y, case, penalty, b, NEAR, curve)
        inverse = _inverse(curve + penalty)
        better = np.array([
            _renewed(term, strength, penalty[term.at, term.at], inverse, b)
            for term, strength in zip(terms, strengths, strict=True)
        ])  # fmt: skip
        better = np.clip(better, *STRENGTHS)
        # beyond SILENT, a term says nothing, however strongly it is held back
        moved = np.abs(np.log(np.minimum(better, SILENT) / np.minimum(strengths, SILENT)))
        strengths = better
        if moved.max(initial=0.0) < 0.25:
            break
    penalty = penalty_of(terms, strengths, size)
    return fit_additive(rows, y, case, penalty, b, SETTLED, curve), strengths


def _inverse(curve: Floats) -> Floats:
    """Return the inverse of a symmetric positive definite matrix."""
    from scipy.linalg import cho_factor
    from scipy.linalg.lapack import dpotri

    lower: Floats = dpotri(cho_factor(curve, lower=True)[0], lower=1)[0]
    full: Floats = np.tril(lower) + np.tril(lower, -1).T
    return full


def _renewed(term: Term, strength: float, block: Floats, inverse: Floats, b: Floats) -> float:
    if term.alone:
        prior = len(term.square) / strength
    else:
        prior = float(np.trace(np.linalg.solve(block, term.square)))
    left = float((inverse[term.at, term.at] * term.square).sum())
    size = float(b[term.at] @ term.square @ b[term.at])
    return strength * max(prior - left, 1e-12) / max(size, 1e-12)


def _loss(rows: Rows, y: Floats, case: Floats, penalty: Floats, b: Floats) -> tuple[float, Floats]:
    from customerintel._kernels.additive import add_effects, add_loss

    def add(part: slice, out: Floats) -> None:
        place, weight = rows.place[part], rows.weight[part]
        z = np.full(len(place), b[0])
        add_effects(place, weight, b, z)
        add_loss(place, weight, y[part], case[part], z, out)

    sums = sum_stretches(add, len(y), stretch=STRETCH, width=1 + len(b))
    pull = penalty @ b
    return float(sums[0] + 0.5 * (pull @ b)), sums[1:] + pull


def curvature_of(rows: Rows, case: Floats, b: Floats) -> Floats:
    """Return the second derivatives of the loss, shape (size, size)."""
    from customerintel._kernels.additive import add_curvature, add_effects

    k = len(b)

    def add(part: slice, out: Floats) -> None:
        place, weight = rows.place[part], rows.weight[part]
        z = np.full(len(place), b[0])
        add_effects(place, weight, b, z)
        add_curvature(place, weight, case[part], z, out.reshape(k, k))

    lower = sum_stretches(add, len(case), stretch=STRETCH, width=k * k).reshape(k, k)
    full: Floats = np.tril(lower) + np.tril(lower, -1).T
    return full
