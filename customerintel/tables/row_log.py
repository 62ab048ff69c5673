"""What logs of rows that stand for themselves have in common: files, moments, what they show."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from customerintel.tables.files import Door, read_csv, read_parquet
from customerintel.tables.kinds import Kind
from customerintel.tables.moments import read_moment
from customerintel.tables.notices import warn_caller
from customerintel.tables.rejections import Rejections
from customerintel.tables.results import Sealed
from customerintel.tables.text import Text
from customerintel.tables.visible import take_native

__all__ = ["RowLog"]


class RowLog(Sealed):
    """A log of which every row becomes visible at its own time."""

    _door: ClassVar[Door]
    _what: ClassVar[str]
    _computed: ClassVar[tuple[str, ...]] = ()
    from_frame: ClassVar[Any]  # of each log its own

    def __init__(
        self, *, rows: Any, texts: Text | None, zone: str | None, kind: Kind,
        rejected: Rejections, extras: Any, **further: Any,
    ) -> None:  # fmt: skip
        self._rows = rows
        self._texts = texts
        self._zone = zone
        self._kind = kind
        self._rejected = rejected
        self._extras = extras
        for name, held in further.items():
            setattr(self, f"_{name}", held)
        self._further = tuple(further)
        self._seal()

    @classmethod
    def from_csv(cls, path: str | Path, **columns: Any) -> Self:
        """Validate the rows of a CSV file.

        Parameters
        ----------
        path : str or Path
            A file with a header line; ``.gz`` is unpacked.
        **columns
            As for ``from_frame``.

        Notes
        -----
        Ids are read as texts, so that ``007`` stays itself, and become integers if all of them
        are written as integers are.
        """
        log: Self = cls.from_frame(read_csv(path, columns, cls._door), **columns)
        return log

    @classmethod
    def from_parquet(cls, path: str | Path, **columns: Any) -> Self:
        """Validate the rows of a Parquet file; only the needed columns are read.

        Parameters
        ----------
        path : str or Path
            A file, or a folder of them.
        **columns
            As for ``from_frame``.
        """
        log: Self = cls.from_frame(read_parquet(path, columns, cls._door), **columns)
        return log

    @property
    def n_rows(self) -> int:
        """Accepted rows."""
        return len(self._rows.times)

    @property
    def start(self) -> np.datetime64:
        """Moment of the first row, UTC; NaT in an empty log."""
        return np.datetime64(int(self._rows.times.min()) if self.n_rows else "NaT", "us")

    @property
    def end(self) -> np.datetime64:
        """Moment of the last row, UTC; NaT in an empty log."""
        return np.datetime64(int(self._rows.times.max()) if self.n_rows else "NaT", "us")

    @property
    def time_zone(self) -> str | None:
        """Time zone of the timestamps; None: they had none, and are taken as UTC."""
        return self._zone

    @property
    def kind(self) -> Kind:
        """What kind of table the log was made from."""
        return self._kind

    @property
    def rejected(self) -> Rejections:
        """The rows that were not accepted."""
        return self._rejected

    def as_of(self, moment: Any) -> Self:
        """Return what was known at a moment.

        Parameters
        ----------
        moment : date, datetime, datetime64 or str
            As for `TransactionLog.as_of`.

        Returns
        -------
        log
            Of the same class, without the rows after the moment, and without what was known of
            the others only later.

        Raises
        ------
        InvalidArgumentError
            If `moment` cannot be read.

        Warns
        -----
        DataQualityWarning
            If it is a datetime at midnight, or nothing is visible.
        """
        found = self.known_until(read_moment(moment, self._zone))
        if not found.n_rows:
            why = "as_of is before its first row" if self.n_rows else "the log has no rows"
            warn_caller(f"No {self._what} is visible: {why}.")
        return found

    def known_until(self, moment: int) -> Self:
        """Return what was known at a moment in microseconds UTC; see :meth:`as_of`."""
        rows, extras = self._rows, self._extras
        index = np.flatnonzero(rows.times <= moment)
        if len(index) < len(rows.times):
            rows, extras = rows.take(index), take_native(extras, index)
        rows = rows.known_until(moment)
        if rows is self._rows:
            return self
        return type(self)(
            rows=rows, texts=self._texts, zone=self._zone, kind=self._kind,
            rejected=self._rejected, extras=extras,
            **{name: getattr(self, f"_{name}") for name in self._further},
        )  # fmt: skip

    def __getstate__(self) -> dict[str, Any]:
        # what was computed is not sent to other processes
        return {name: held for name, held in vars(self).items() if name not in self._computed}
