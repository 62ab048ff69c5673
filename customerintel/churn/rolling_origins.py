"""`RollingOrigins`: the moments at which predictions are made and later judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.horizons import Horizon, read_gap, read_horizon
from customerintel.churn.log_ends import last_moment, log_of, reaches_back, shown
from customerintel.churn.origin_table import OriginTable, check_outcomes, table_of
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.tables import History, TransactionLog
from customerintel.tables.moments import DAY
from customerintel.tables.notices import warn_caller

__all__ = ["RollingOrigins"]

Places = NDArray[np.int64]


@dataclass(frozen=True)
class RollingOrigins:
    """Moments at which an estimator is asked, each a step later than the one before.

    The latest is one horizon (and gap) before the end of the log, so that its outcome is just
    known. At each origin, only what came before it may be used: no random split keeps to that.
    It is a splitter for scikit-learn's ``cross_val_score`` and the like, too, over the rows of
    :meth:`table`.

    Parameters
    ----------
    horizon : str, timedelta or number of days, default "90d"
        How far ahead is predicted; whole days are days of the calendar of the log's time zone.
    origins : int, default 4
        How many.
    gap : str, timedelta or number of days, optional
        Time between an origin and its horizon in which purchases do not count: the time that is
        needed to act on a prediction. None or 0: there is none.
    step : str, timedelta or number of days, optional
        Between origins. None: the horizon, so that outcomes do not overlap.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.

    Notes
    -----
    Where horizon, gap and step are whole days, the last row's day counts as complete, and every
    origin is the end of a day. Leave a day out of the log that was not over when it was read.

    Examples
    --------
    >>> from customerintel import models
    >>> truth = models.NBD.from_params({"r": 0.8, "alpha": 8.0}, unit="week")
    >>> log = truth.simulate(200, T=52.0, seed=1)
    >>> RollingOrigins("90d", origins=2).moments(log).astype("M8[D]")
    array(['2000-07-02', '2000-09-30'], dtype='datetime64[D]')
    """

    horizon: Any = "90d"
    origins: int = 4
    gap: Any = None
    step: Any = None

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("horizon", read_horizon(self.horizon))
        put("origins", whole_number(self.origins, "origins", "moments", least=1))
        put("gap", read_gap(self.gap))
        put("step", self.horizon if self.step is None else read_horizon(self.step, name="step"))

    def __repr__(self) -> str:
        gap = "" if self.gap is None else f", gap='{self.gap}'"
        return f"RollingOrigins('{self.horizon}', origins={self.origins}{gap}, step='{self.step}')"

    def opens(self, moment: int, zone: str | None) -> int:
        """Return when the outcome of an origin begins, in UTC microseconds."""
        return moment if self.gap is None else int(self.gap.after(moment, zone))

    def closes(self, moment: int, zone: str | None) -> int:
        """Return when the outcome of an origin is over."""
        return int(self.horizon.after(self.opens(moment, zone), zone))

    def learns(self, moment: int, zone: str | None) -> int:
        """Return the latest moment whose outcome is over at an origin."""
        begins = self.horizon.before(moment, zone)
        return int(begins if self.gap is None else self.gap.before(begins, zone))

    def moments(self, log: TransactionLog | History) -> NDArray[np.datetime64]:
        """Return the origins of a log, ascending.

        Parameters
        ----------
        log : TransactionLog or History
            Of a history, nothing after its moment counts.

        Returns
        -------
        ndarray of datetime64[us], shape (k,)
            In UTC; at most `origins`.

        Raises
        ------
        InvalidArgumentError
            If the log is not long enough for any.

        Warns
        -----
        DataQualityWarning
            If it is not long enough for all: nobody had bought a horizon (and gap) before the
            others, so an estimator would have nothing to learn from.
        """
        rows = log_of(log, "RollingOrigins")
        zone = rows.time_zone
        days = all(one is None or one.microseconds % DAY == 0 for one in self._lengths)
        wanted = [self.learns(last_moment(log, whole_days=days), zone)]
        for _ in range(self.origins - 1):
            wanted.append(self.step.before(wanted[-1], zone))
        wanted.reverse()
        kept = [one for one in wanted if reaches_back(rows, self.learns(one, zone))]
        if not kept:
            raise InvalidArgumentError(
                f"The log is too short for a horizon of {self.length}: nobody had bought twice "
                "that long before its end, so there is nothing to learn from and to be judged "
                "by. Use a shorter horizon, or a longer log."
            )
        if len(kept) < len(wanted):
            left = wanted[: len(wanted) - len(kept)]
            warn_caller(
                f"{len(left)} of {len(wanted)} origins are left out, since nobody had bought "
                f"{self.length} before: {', '.join(shown(left, zone))}. Ask for {len(kept)}, or "
                "use a shorter horizon or step."
            )
        return np.array(kept, "M8[us]")

    @property
    def _lengths(self) -> tuple[Horizon | None, ...]:
        return (self.horizon, self.gap, self.step)

    @property
    def length(self) -> str:
        """Horizon and gap as a text."""
        return (
            f"{self.horizon}" if self.gap is None else f"{self.horizon} (and a gap of {self.gap})"
        )

    def table(self, log: TransactionLog | History, *, earlier: int = 4) -> OriginTable:
        """Return a row per customer and origin: what was known, and what then happened.

        Parameters
        ----------
        log : TransactionLog or History
            As for :meth:`moments`.
        earlier : int, default 4
            At most so many moments before the first origin, to learn from: the latest whose
            outcome is over at it, and others a step before each other.

        Returns
        -------
        OriginTable
            With ``X`` (pandas), ``y`` and ``groups`` for scikit-learn.

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used, or the log is too short.

        Examples
        --------
        >>> from customerintel import models
        >>> truth = models.NBD.from_params({"r": 0.8, "alpha": 8.0}, unit="week")
        >>> origins = RollingOrigins("60d", origins=2)
        >>> rows = origins.table(truth.simulate(200, T=52.0, seed=1))
        >>> [(len(train), len(test)) for train, test in origins.split(rows.X)]
        [(800, 200), (1000, 200)]
        """
        count = whole_number(earlier, "earlier", "moments", least=1)
        moments = self.moments(log).astype(np.int64).tolist()
        rows = log_of(log, "RollingOrigins")
        zone = rows.time_zone
        before = self.learns(moments[0], zone)
        for _ in range(count):
            if not reaches_back(rows, before):
                break
            moments.insert(0, before)
            before = self.step.before(before, zone)
        return table_of(self, rows, sorted(moments))

    def split(
        self,
        X: Any,
        y: object = None,  # noqa: ARG002 - scikit-learn gives it
        groups: object = None,  # noqa: ARG002
    ) -> Iterator[tuple[Places, Places]]:
        """Give the rows to learn from and the rows to be judged by, per origin.

        Parameters
        ----------
        X : pandas.DataFrame
            Rows of :meth:`table` of the same horizon and gap, with their column ``as_of``.
        y, groups : object
            Not looked at.

        Yields
        ------
        train, test : ndarray of int64
            Places of all rows whose outcome is over at the origin, and of its own.

        Raises
        ------
        InvalidArgumentError
            If `X` has no such column, or no origin has rows to learn from; or if ``X.attrs``
            says that its outcomes are of another horizon or gap.
        """
        moments, zone = self._moments_in(X)
        splits = self._splits(moments, zone)
        for origin, until in splits:
            yield np.flatnonzero(moments <= until), np.flatnonzero(moments == origin)

    def get_n_splits(
        self,
        X: Any = None,
        y: object = None,  # noqa: ARG002 - scikit-learn gives it
        groups: object = None,  # noqa: ARG002
    ) -> int:
        """Return how many splits there are: of `X`, or without it as many as are asked for."""
        return self.origins if X is None else len(self._splits(*self._moments_in(X)))

    def _moments_in(self, X: Any) -> tuple[Places, str | None]:
        check_outcomes(X, self.horizon, self.gap, "RollingOrigins")
        return _moments_in(X)

    def _splits(self, moments: Places, zone: str | None) -> list[tuple[int, int]]:
        """Return the last origins, each with the latest moment to learn from."""
        distinct = np.unique(moments)
        ends = [(int(one), self.learns(int(one), zone)) for one in distinct[-self.origins :]]
        splits = [(origin, until) for origin, until in ends if distinct[0] <= until]
        if not splits:
            raise InvalidArgumentError(
                f"No row of X is as of {self.length} before another, so no outcome is known at "
                "any origin. Make X with origins.table(log), with the same origins."
            )
        return splits


def _moments_in(X: Any) -> tuple[Places, str | None]:
    """Return the moments of the rows, and their time zone."""
    try:
        column = X["as_of"]
        zone = getattr(column.dtype, "tz", None)
        naive = column if zone is None else column.dt.tz_convert("UTC").dt.tz_localize(None)
        moments = np.asarray(naive).astype("M8[us]")
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        raise InvalidArgumentError(
            "X needs the column 'as_of' of moments by which the rows are split. Make it with "
            "origins.table(log).X, and take the column away within the pipeline."
        ) from None
    if not len(moments) or np.isnat(moments).any():
        raise InvalidArgumentError("The column 'as_of' of X is empty, or has missing moments.")
    return moments.astype(np.int64), None if zone is None else str(zone)
