"""The features of customers: what estimators look at, as of one moment."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.building import Column, build
from customerintel.tables.feature_definitions import features_for
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.moments import read_window
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.tables.history import History

__all__ = ["CustomerFeatures", "features_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CustomerFeatures:
    """What each customer's purchases tell, as of one moment; made by `History.features`.

    ``features["gap_mean"]`` is one column; every column has one float64 per customer, in the
    order of :attr:`customer_id`, NaN where it is not defined, and is read-only.

    Parameters
    ----------
    ids : CustomerIds
        The customers.
    moment : numpy.datetime64
        The last visible microsecond, UTC.
    windows : tuple of int
        Days of the windows of ``purchases_…d`` and ``spend_…d``.
    ahead : int
        Days of ``season_share``.
    """

    ids: CustomerIds
    moment: np.datetime64
    windows: tuple[int, ...]
    ahead: int
    zone: str | None = field(repr=False)
    kind: Kind = field(repr=False)
    _values: Floats = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Ids: int64, or objects of str; ascending."""
        return self.ids.to_numpy()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features, in the order of the columns."""
        return tuple(self.definitions)

    @cached_property
    def definitions(self) -> Mapping[str, str]:
        """One line per feature: formula, unit, source, and when it is NaN."""
        lines = {name: str(one) for name, one in features_for(self.windows, self.ahead).items()}
        return MappingProxyType(lines)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.names)}

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> Floats:
        """Return one feature.

        Parameters
        ----------
        name : str
            One of :attr:`names`.

        Returns
        -------
        ndarray of float64, shape (n_customers,)

        Raises
        ------
        InvalidArgumentError
            If there is no such feature.
        """
        if not isinstance(name, str) or name not in self._rows:
            near = difflib.get_close_matches(str(name), self.names, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(self.names)}."
            raise InvalidArgumentError(f"There is no feature {name!r}. {hint}")
        column: Floats = self._values[self._rows[name]]
        return column

    def to_numpy(self) -> Floats:
        """Return all features, shape (n_customers, n_features), without a copy; read-only."""
        return self._values.T

    def to_frame(self) -> Any:
        """Return one row per customer, of the log's kind of table."""
        columns: dict[str, Column] = {"customer_id": self.ids}
        columns.update({name: self[name] for name in self.names})
        return build(columns, self.kind, self.zone)

    def __repr__(self) -> str:
        return one_line(
            "CustomerFeatures",
            customers=len(self),
            features=len(self.names),
            moment=self.moment,
        )

    def _repr_html_(self) -> str:
        return html_table(
            "Customer features",
            [
                ("customers", len(self)),
                ("features", ", ".join(self.names)),
                ("as of", f"{self.moment} UTC"),
            ],
        )


def features_of(history: History, *, windows: Any, ahead: Any) -> CustomerFeatures:
    """Compute the features of a history's customers; the body of `History.features`."""
    from customerintel.tables.feature_values import values_of

    lengths, days = read_windows(windows), read_ahead(ahead)
    shared = history._features
    if (found := shared.get((lengths, days))) is not None:
        return found
    values = values_of(history, lengths, days)
    # who owns the memory could be made writable again; its view cannot
    values.flags.writeable = False
    log = history._log
    made = CustomerFeatures(
        ids=history.ids,
        moment=history.moment,
        windows=lengths,
        ahead=days,
        zone=log.time_zone,
        kind=log.kind,
        _values=values.view(),
    )
    shared[lengths, days] = made
    return made


def _is_days(value: Any) -> bool:
    """Whether it is a whole number of days; 90.0 is, since horizons are floats."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        return False
    if not 1 <= value < np.inf or value != int(value):
        return False
    try:
        return read_window(int(value)) is not None
    except InvalidArgumentError:  # longer than time is
        return False


def read_windows(windows: Any) -> tuple[int, ...]:
    """Return the lengths of the windows in days.

    Raises
    ------
    InvalidArgumentError
        If they are no distinct whole numbers of days.
    """
    given = tuple(windows) if isinstance(windows, (tuple, list, range)) else None
    if given is None or not all(map(_is_days, given)) or len(set(given)) < len(given):
        shown = repr(given) if given is not None else type(windows).__name__
        raise InvalidArgumentError(
            "windows must be a tuple of whole numbers of days, each at least 1 and there once, "
            f"such as (30, 90, 180); got {shown}."
        )
    return tuple(int(days) for days in given)


def read_ahead(ahead: Any) -> int:
    """Return how many days after the moment's day make its season.

    Raises
    ------
    InvalidArgumentError
        If it is no whole number of days.
    """
    if not _is_days(ahead):
        raise InvalidArgumentError(
            f"ahead must be a whole number of days, at least 1, such as 90; got {ahead!r}."
        )
    return int(ahead)
