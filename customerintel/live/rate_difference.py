"""The difference of two rates, with the interval that agrees with its test."""

from __future__ import annotations

from collections.abc import Callable
from math import acos, cos, pi, sqrt
from statistics import NormalDist

__all__ = ["rate_difference", "rate_difference_p"]

_NORMAL = NormalDist()
#: Halvings of an interval of at most 2: the ends are exact to the last bits.
_STEPS = 60


def rate_difference(
    hits: int, n: int, control_hits: int, n_control: int, level: float
) -> tuple[float, float]:
    """Return the score interval of ``hits / n - control_hits / n_control``.

    Miettinen and Nurminen (1985, Statistics in Medicine 4, 213-226), method 6 of Newcombe (1998,
    Statistics in Medicine 17, 873-890): all differences that the score test does not refuse. It
    holds its level with few customers and rare outcomes, where the usual interval does not.

    Parameters
    ----------
    hits, n : int
        Customers with the outcome, and all of them; at least one.
    control_hits, n_control : int
        The same of the other arm.
    level : float
        Of the interval.

    Examples
    --------
    The first example of Newcombe (1998, table II):

    >>> low, high = rate_difference(56, 70, 48, 80, 0.95)
    >>> round(low, 4), round(high, 4)
    (0.0528, 0.3382)
    """
    z = _NORMAL.inv_cdf(0.5 + level / 2.0)
    seen = hits / n - control_hits / n_control

    def refused(delta: float) -> bool:
        return abs(_score(hits, n, control_hits, n_control, delta)) > z

    return _end(seen, -1.0, refused), _end(seen, 1.0, refused)


def rate_difference_p(hits: int, n: int, control_hits: int, n_control: int) -> float:
    """Return the two-sided p of no difference, by the test that the interval inverts."""
    z = abs(_score(hits, n, control_hits, n_control, 0.0))
    return 2.0 * _NORMAL.cdf(-z)


def _end(inside: float, outside: float, refused: Callable[[float], bool]) -> float:
    if not refused(outside):
        return outside
    for _ in range(_STEPS):
        middle = (inside + outside) / 2.0
        if refused(middle):
            outside = middle
        else:
            inside = middle
    return (inside + outside) / 2.0


def _score(x1: int, n1: int, x2: int, n2: int, delta: float) -> float:
    """Return how many standard errors the difference is from `delta`."""
    n = n1 + n2
    p1, p2 = _likeliest(x1, n1, x2, n2, delta)
    variance = (p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2) * n / (n - 1.0)
    distance = x1 / n1 - x2 / n2 - delta
    if variance <= 0.0:
        return 0.0 if abs(distance) < 1e-12 else float("inf")
    return distance / sqrt(variance)


def _likeliest(x1: int, n1: int, x2: int, n2: int, delta: float) -> tuple[float, float]:
    """Return the likeliest two rates that differ by `delta` (equation 27 and appendix I)."""
    if delta == 0.0:
        both = (x1 + x2) / (n1 + n2)
        return both, both
    n, x = n1 + n2, x1 + x2
    l2 = (n1 + 2 * n2) * delta - n - x
    l1 = (n2 * delta - n - 2 * x2) * delta + x
    l0 = x2 * delta * (1.0 - delta)
    third = l2 / (3.0 * n)
    q = third**3 - l1 * l2 / (6.0 * n * n) + l0 / (2.0 * n)
    root = sqrt(max(third**2 - l1 / (3.0 * n), 0.0))
    p = root if q >= 0.0 else -root
    turn = 0.0 if p == 0.0 else (pi + acos(max(-1.0, min(1.0, q / p**3)))) / 3.0
    p2 = min(max(2.0 * p * cos(turn) - third, 0.0, -delta), 1.0, 1.0 - delta)
    return min(max(p2 + delta, 0.0), 1.0), p2
