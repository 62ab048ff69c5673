"""Several figures of several places, each with an interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.intervals import bounds
from customerintel.rfm.read_only import seal

__all__ = ["Figures", "Measured", "cell_draws", "measure"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
#: From counts of shape (replicates, …) to figures whose first axis is that of the replicates.
Figures = Callable[[Ints], Mapping[str, Floats]]

#: Numbers that the replicates of one chunk hold.
_BUDGET: Final = 4_000_000


@dataclass(frozen=True, eq=False)
class Measured:
    """Figures and their percentile intervals; read-only arrays.

    Attributes
    ----------
    names : tuple of str
        Names of the figures.
    estimate, lower, upper : ndarray of float64, shape (n_figures, …)
        NaN where a figure is not known, or rests on too few customers to be shown; bounds also
        where it is not known of a replicate.
    """

    names: tuple[str, ...]
    estimate: Floats
    lower: Floats
    upper: Floats

    def __post_init__(self) -> None:
        seal(self)

    def __getitem__(self, name: str) -> Floats:
        found: Floats = np.asarray(self.estimate[self._place(name)])
        return found

    def interval(self, name: str) -> tuple[Floats, Floats]:
        """Return the bounds of a figure.

        Raises
        ------
        InvalidArgumentError
            If there is no such figure.
        """
        place = self._place(name)
        return self.lower[place], self.upper[place]

    def number(self, name: str) -> float:
        """Return a figure of one place."""
        return float(self[name])

    def numbers(self, name: str) -> tuple[float, float]:
        """Return the bounds of a figure of one place."""
        lower, upper = self.interval(name)
        return float(lower), float(upper)

    def columns(self) -> dict[str, Floats]:
        """Return columns ``name``, ``name_lower`` and ``name_upper`` of each figure."""
        made: dict[str, Floats] = {}
        for name, *found in zip(self.names, self.estimate, self.lower, self.upper, strict=True):
            for ending, values in zip(("", "_lower", "_upper"), found, strict=True):
                made[name + ending] = np.atleast_1d(values)
        return made

    def blank(self, hidden: Mask) -> Measured:
        """Return the figures, NaN where `hidden`, of shape (n_figures, …), is True."""
        parts = (self.estimate, self.lower, self.upper)
        return Measured(self.names, *(np.where(hidden, np.nan, values) for values in parts))

    def only(self, names: tuple[str, ...]) -> Measured:
        """Return some of the figures, in this order."""
        places = [self._place(name) for name in names]
        return Measured(names, self.estimate[places], self.lower[places], self.upper[places])

    def with_more(self, other: Measured) -> Measured:
        """Return these figures and then those of another of the same shape."""
        pairs = ((getattr(self, x), getattr(other, x)) for x in ("estimate", "lower", "upper"))
        return Measured((*self.names, *other.names), *(np.concatenate(pair) for pair in pairs))

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise InvalidArgumentError(
                f"There is no figure {name!r}; there are {', '.join(self.names)}."
            )
        return self.names.index(name)


def cell_draws(counts: Ints, n_boot: int, seed: int, *, others: int = 0) -> Iterator[Ints]:
    """Draw all customers of a contingency table anew, some replicates at a time.

    Customers of one cell are alike, so that drawing customers with replacement is drawing the
    cells from one multinomial distribution (Efron and Tibshirani 1993, section 6.2).

    Parameters
    ----------
    counts : ndarray of int64
        Customers of each cell, of any shape.
    others : int, default 0
        People who are no customers, and drawn with them: how many of a population are customers
        is then uncertain as well.

    Yields
    ------
    ndarray of int64, shape (n_replicates, *counts.shape)
        `n_boot` replicates in all; the same however many come at a time.
    """
    flat = counts.ravel()
    some = np.flatnonzero(flat)
    total = int(flat.sum()) + others
    shares = np.append(flat[some], others) / max(total, 1)
    step = max(1, _BUDGET // max(1, flat.size))
    rng = np.random.default_rng(seed)
    for start in range(0, n_boot, step):
        size = min(step, n_boot - start)
        drawn = np.zeros((size, flat.size), np.int64)
        if total:
            drawn[:, some] = rng.multinomial(total, shares, size=size)[:, :-1]
        yield drawn.reshape(size, *counts.shape)


def measure(
    counts: Ints, figures: Figures, *, level: float, n_boot: int, seed: int, others: int = 0
) -> Measured:
    """Return figures of a contingency table with their percentile intervals."""
    found = figures(counts[None])
    names = tuple(found)
    parts: list[list[Floats]] = [[] for _ in names]
    for drawn in cell_draws(counts, n_boot, seed, others=others):
        made = figures(drawn)
        for part, name in zip(parts, names, strict=True):
            part.append(np.asarray(made[name], np.float64))
    ends = [bounds(np.concatenate(part), level) for part in parts]
    return Measured(
        names,
        np.stack([np.asarray(found[name][0], np.float64) for name in names]),
        np.stack([low for low, _ in ends]),
        np.stack([high for _, high in ends]),
    )
