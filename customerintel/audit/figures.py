"""Figures by name, with their intervals: the summary of a lens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.lens_result import LensResult
from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, Labels

__all__ = ["Figures", "LensOfFigures", "figures_of"]

Floats = NDArray[np.float64]
Bounds = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Figures:
    """Figures by name, some with an interval: ``figures["buyers"]``.

    Attributes
    ----------
    names : tuple of str
    value : ndarray of float64, shape (n_figures,)
        NaN where it is not known.
    lower, upper : ndarray of float64, shape (n_figures,)
        Ends of the interval; NaN for a count or a total, which is what it is.
    """

    names: tuple[str, ...]
    value: Floats
    lower: Floats
    upper: Floats

    def __post_init__(self) -> None:
        seal(self)

    def __getitem__(self, name: str) -> float:
        return float(self.value[self._place(name)])

    def interval(self, name: str) -> Bounds:
        """Return the ends of a figure's interval.

        Raises
        ------
        InvalidArgumentError
            If there is no such figure.
        """
        at = self._place(name)
        return float(self.lower[at]), float(self.upper[at])

    def _place(self, name: str) -> int:
        if not isinstance(name, str) or name not in self.names:
            shown = repr(name) if isinstance(name, str) else type(name).__name__
            raise InvalidArgumentError(
                f"There is no figure {shown}; there are {', '.join(self.names)}."
            )
        return self.names.index(name)

    def columns(self) -> dict[str, Column]:
        """Return the columns of a table, by name."""
        return {
            "measure": Labels(np.arange(len(self.names)), self.names),
            "value": self.value,
            "lower": self.lower,
            "upper": self.upper,
        }


def figures_of(found: dict[str, float | tuple[float, Bounds]]) -> Figures:
    """Return figures; one with an interval comes as ``(value, (lower, upper))``."""
    whole = [
        (one[0], *one[1]) if isinstance(one, tuple) else (one, np.nan, np.nan)
        for one in found.values()
    ]
    value, lower, upper = np.array(whole, np.float64).reshape(-1, 3).T
    return Figures(tuple(found), value.copy(), lower.copy(), upper.copy())


class LensOfFigures(LensResult):
    """A lens whose first table, "summary", is of figures by name."""

    figures: Figures

    def interval(self, name: str) -> tuple[Any, Any]:
        """Return the ends of the interval of a figure in "summary"; NaN where it has none.

        Parameters
        ----------
        name : str
            One of ``figures.names``.

        Raises
        ------
        InvalidArgumentError
            If there is no such figure.
        """
        return self.figures.interval(name)
