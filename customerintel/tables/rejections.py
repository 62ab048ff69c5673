"""The rows that were not accepted: how many, by which rule, and which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import DataValidationError
from customerintel.tables.building import Column, Labels, as_kind, beside, build
from customerintel.tables.frames import Table
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["Rejections", "beside"]


@dataclass(frozen=True, eq=False)
class Rejections:
    """Rows that broke a rule, kept aside with their number and the rule.

    Parameters
    ----------
    n_rows_in : int
        Rows of the table that was read.
    rows : ndarray of int64, shape (n_rejected,)
        Row numbers, from 0, ascending.
    codes : ndarray of int16, shape (n_rejected,)
        The first rule that each row broke, as a place in `rules`.
    rules : tuple of str
        Names of the rules, in the order in which they are asked.
    breaches : mapping of str to int
        Rows that broke each rule, a row counting under every rule that it broke.
    first : mapping of str to tuple of int
        The first row numbers that broke each rule.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame(
    ...     {"customer_id": [1, 2], "timestamp": ["2024-01-05", "soon"], "amount": [9.5, 3.0]},
    ...     on_invalid="quarantine",
    ... )
    >>> log.rejected.counts()
    {'unparseable_timestamp': 1}
    """

    n_rows_in: int
    rows: NDArray[np.int64]
    codes: NDArray[np.int16]
    rules: tuple[str, ...]
    breaches: Mapping[str, int]
    first: Mapping[str, tuple[int, ...]]
    _table: Table
    _columns: tuple[str, ...]

    @property
    def kind(self) -> Kind:
        """What kind of table the rows came from."""
        return self._table.kind

    def __post_init__(self) -> None:
        for array in (self.rows, self.codes):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.rows)

    def counts(self, *, every: bool = False) -> dict[str, int]:
        """Return the number of rejected rows by rule.

        Parameters
        ----------
        every : bool, default False
            If False, a row counts once, under the first rule that it broke, so that the
            counts add up to the rejected rows. If True, it counts under each of them.

        Returns
        -------
        dict of str to int
            Rules that no row broke are left out.
        """
        if every:
            return dict(self.breaches)
        found = np.bincount(self.codes, minlength=len(self.rules))
        return {rule: int(n) for rule, n in zip(self.rules, found, strict=True) if n}

    def to_frame(self) -> Any:
        """Return the rejected rows as they came, with ``row`` and ``rule``.

        Returns
        -------
        table
            Of the caller's kind: ``row`` (number from 0), ``rule`` (the first one broken) and
            the columns that were read. It holds the caller's own values: handle it like
            the source.
        """
        marks: dict[str, Column] = {"row": self.rows, "rule": Labels(self.codes, self.rules)}
        original = self._table.native({name: name for name in self._columns}, self.rows)
        if self.kind.name == "dict":
            return beside(build(marks, self.kind), original, "dict")
        left = build(marks, Kind(self.kind.eager))
        return as_kind(beside(left, original, self.kind.eager), self.kind)

    def __repr__(self) -> str:
        return one_line("Rejections", rows=len(self), of=self.n_rows_in, **self.counts())

    def _repr_html_(self) -> str:
        return html_table(
            f"{len(self):,} of {self.n_rows_in:,} rows rejected", list(self.counts().items())
        )

    def error(self) -> DataValidationError:
        """Return the error that lists every rule that failed."""
        lines = []
        for rule, n in self.breaches.items():
            shown = ", ".join(map(str, self.first[rule]))
            more = ", …" if n > len(self.first[rule]) else ""
            lines.append(f"  {rule} in {n:,} row{'s' if n > 1 else ''}: {shown}{more}")
        message = (
            f"{len(self):,} of {self.n_rows_in:,} rows break a rule (rows count from 0):\n"
            + "\n".join(lines)
            + '\nCorrect them, or read with on_invalid="quarantine" to keep the good rows and '
            "find the others in .rejected."
        )
        return DataValidationError(message, self.breaches, self.first)
