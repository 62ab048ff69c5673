"""Compute special.npz with mpmath at 50 digits: python tests/kernels/golden/make_special.py.

Takes about a minute. Arguments are exact as stored, values are rounded once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path

import mpmath as mp
import numpy as np

SIZES = [1e-8, 1e-3, 0.05, 0.3, 0.5, 0.99, 1.0, 1.46, 2.0, 2.5, 7.0, 9.999, 10.0, 33.3]
SIZES += [100.0, 1234.5, 1e4, 1e6, 1e8, 1e15]
STEPS = [0.0, 1e-12, 1e-5, 0.1, 0.5, 1.0, 2.0, 17.3, 1000.0, 1e4, 1e8]
NEAR_ONE = [1e-1, 1e-2, 1e-3, 1e-5, 1e-7, 1e-9]
SHARES = [0.0, 1e-6, 0.1, 0.5, 0.75, *(1.0 - w for w in NEAR_ONE)]
COUNTS = [0.0, 1.0, 7.0, 100.0, 1000.0, 10_000.0]
KEPT = 2500  # per function; the full grids hold many alike


def table(
    rows: Iterable[tuple[float, ...]], *values: Callable[..., mp.mpf]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """One row per argument: the arguments, then each value there."""
    found = []
    for row in rows:
        exact = [mp.mpf(x) for x in row]
        found.append([*row, *(float(value(*exact)) for value in values)])
    return np.array(found)


def hyp2f1(a: mp.mpf, b: mp.mpf, c: mp.mpf, z: mp.mpf) -> mp.mpf:
    """Log F(a, b; c; z), in the form that mpmath finds easy."""
    e = a + b - c
    if e > 0:
        return mp.log(mp.hyp2f1(c - a, c - b, c, z, maxterms=10**6)) - e * mp.log(1 - z)
    return mp.log(mp.hyp2f1(a, b, c, z, maxterms=10**6))


def pareto() -> list[tuple[float, ...]]:
    """(a, b, z) of the Pareto/NBD: a = r + s + x, b = s + 1 or r + x."""
    rows = []
    for r, s, x, z in itertools.product(
        [0.05, 0.55, 10.0], [0.01, 0.6, 1.0, 3.0, 100.0], COUNTS, SHARES
    ):
        rows += [(r + s + x, s + 1.0, z), (r + s + x, r + x, z)]
    return rows


def beta_geometric() -> list[tuple[float, ...]]:
    """(a, b, c, z) of the BG/NBD and of the MBG/NBD (Batislam, Denizel and Filiztekin 2007)."""
    rows = []
    for r, a, b, x, z in itertools.product(
        [0.05, 0.243, 1.0, 5.0, 100.0],
        [0.01, 0.793, 1.0, 2.0, 20.0],
        [0.05, 2.426, 3.0, 100.0],
        COUNTS,
        SHARES,
    ):
        if a + b + x > 1.0:
            rows.append((r + x, b + x, a + b + x - 1.0, z))
        rows.append((r + x, b + x + 1.0, a + b + x, z))
    return rows


def main() -> None:
    """Write the file beside this script."""
    mp.mp.dps = 50
    rng = np.random.default_rng(20261122)

    def some(rows: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
        kept = np.sort(rng.permutation(len(rows))[:KEPT])
        return [rows[k] for k in kept]

    np.savez_compressed(
        Path(__file__).with_name("special.npz"),
        gamma=table(((x,) for x in SIZES), mp.loggamma, mp.digamma),
        step=table(
            itertools.product(SIZES, STEPS),
            lambda x, d: mp.loggamma(x + d) - mp.loggamma(x),
            lambda x, d: mp.digamma(x + d) - mp.digamma(x),
        ),
        beta=table(
            itertools.product(SIZES, SIZES),
            lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b),
        ),
        next=table(some(pareto()), lambda a, b, z: hyp2f1(a, b, a + 1, z)),
        general=table(some(beta_geometric()), hyp2f1),
    )


if __name__ == "__main__":
    main()
