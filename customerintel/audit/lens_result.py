"""What the results of the lenses have in common: several tables, intervals, one line to show."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import seal
from customerintel.rfm.words import one_of
from customerintel.tables.building import Column, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["LensResult"]

Floats = NDArray[np.float64]


class LensResult(ABC):
    """A frozen result with several tables.

    Attributes
    ----------
    parts : tuple of str
        Names of the tables that `to_frame` gives, the main one first.
    """

    parts: ClassVar[tuple[str, ...]]
    _title: ClassVar[str]
    _kind: Kind

    def __post_init__(self) -> None:
        seal(self)

    def to_frame(self, part: str | None = None) -> Any:
        """Return one of the tables, of the log's kind.

        Parameters
        ----------
        part : str, optional
            One of `parts`; by default the first.

        Raises
        ------
        InvalidArgumentError
            If there is no such part.
        """
        part = one_of("part", self.parts[0] if part is None else part, self.parts)
        return build(self._columns(part), self._kind)

    def interval(self, name: str) -> tuple[Floats, Floats]:
        """Return the bounds of a figure.

        Parameters
        ----------
        name : str
            An attribute that has an interval.

        Raises
        ------
        InvalidArgumentError
            If it has none.
        """
        known = tuple(one[: -len("_lower")] for one in vars(self) if one.endswith("_lower"))
        if not isinstance(name, str) or name not in known:
            shown = repr(name) if isinstance(name, str) else type(name).__name__
            raise InvalidArgumentError(
                f"{type(self).__name__} has no interval of {shown}; it has those of "
                f"{', '.join(known)}."
            )
        return getattr(self, f"{name}_lower"), getattr(self, f"{name}_upper")

    @abstractmethod
    def _columns(self, part: str) -> Mapping[str, Column]:
        """Return the columns of a table."""

    @abstractmethod
    def _facts(self) -> dict[str, object]:
        """Return what a repr tells."""

    def __repr__(self) -> str:
        return one_line(type(self).__name__, **self._facts())

    def _repr_html_(self) -> str:
        facts = [(name, value) for name, value in self._facts().items() if value is not None]
        return html_table(self._title, facts)
