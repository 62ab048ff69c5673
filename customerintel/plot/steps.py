"""`tracking_data`: repeat purchases of a cohort step by step, counted and expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.fits import Drawn, clock_of, expected_new, read_fits
from customerintel.plot.purchases import Clock, last_moment, open_log, purchase_periods
from customerintel.rfm.read_only import seal
from customerintel.tables import History, TransactionLog
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.moments import UNITS, read_moment
from customerintel.tables.results import html_table, one_line

__all__ = ["TrackingData", "tracking_data"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class TrackingData:
    """Repeat purchases of a cohort in steps of time, counted and expected.

    Attributes
    ----------
    end : ndarray of datetime64[us], shape (k,)
        Last period of each step: where it starts, by the wall clock of the log. A step reaches
        from the end of the one before to the end of this period.
    actual : ndarray of int64, shape (k,)
        Repeat purchase periods of the cohort in each step.
    expected : ndarray of float64, shape (m, k)
        What each model expects there.
    models : tuple of str, length m
        Names of the models.
    calibration_end : numpy.datetime64
        Last period of the calibration.
    n_customers : int
        Size of the cohort.
    unit, period : str
        Length of a step, and what counts as one purchase.
    """

    end: NDArray[np.datetime64]
    actual: Ints
    expected: Floats
    models: tuple[str, ...]
    calibration_end: np.datetime64
    n_customers: int
    unit: str
    period: str
    _kind: Kind = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    @property
    def cumulative_actual(self) -> Ints:
        """Repeat purchases from the first customer's start to the end of each step."""
        return np.cumsum(self.actual)

    @property
    def cumulative_expected(self) -> Floats:
        """Expected ones, shape (m, k)."""
        return np.cumsum(self.expected, axis=1)

    def to_frame(self) -> Any:
        """Return one row per step: ``end``, ``actual``, and a column per model by its name."""
        columns = {"end": self.end, "actual": self.actual}
        columns |= dict(zip(self.models, self.expected, strict=True))
        return build(columns, self._kind)

    def _facts(self) -> dict[str, object]:
        return {
            "customers": self.n_customers,
            "steps": len(self.actual),
            "unit": self.unit,
            "calibration_end": self.calibration_end.astype("M8[s]"),
            "models": ", ".join(self.models),
        }

    def __repr__(self) -> str:
        return one_line("TrackingData", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Tracking data", list(self._facts().items()))


def tracking_data(
    fit: Any, log: Any, *, calibration_end: Any, end: Any = None, period: str | None = None
) -> TrackingData:
    """Count the repeat purchases of the calibration's customers step by step, and expect them.

    The cohort is everybody with a purchase by `calibration_end`. Expected at a moment t is the
    sum over these customers of E[X(t - start)], the mean of a new customer, since nothing of
    their history is used: from the start of a customer's first purchase period to that of the
    period of t, as ages are counted in a summary.

    Parameters
    ----------
    fit : purchase model, or list of them
        Fitted models. Their unit is the length of a step.
    log : TransactionLog or History
        The purchases, those after the calibration included.
    calibration_end : date, datetime, datetime64 or str
        A step ends here.
    end : date, datetime, datetime64 or str, optional
        Only whole steps up to here are counted. None: the last row of the log, or
        `calibration_end` if that is later.
    period : {"hour", "day", "week", "month"}, optional
        Purchases within one calendar period count as one, as in the summary of the fit. None:
        the day, and for BG/BB the unit of the fit.

    Returns
    -------
    TrackingData
        One entry per step, from the first customer's start.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or the model knows no unit.
    NotFittedError
        If a model has no parameters yet.

    Notes
    -----
    Steps are counted from `calibration_end` in both directions, so that they meet there. In
    months, quarters and years of equal length (30.4375 days, …) they are rounded down to
    periods; where the unit is no longer than the period, each period is a step.

    BTYD [1]_ takes a customer's age at the end of a day to be a day more, while its T's are
    those of here. Its expected numbers are therefore those of here a day later.

    References
    ----------
    .. [1] Dziurzynski, L., Wadsworth, E. et al. (2021). BTYD: Implementing BTYD Models with the
       Log Sum Exp Patch. R package, version 2.4.3.

    Examples
    --------
    >>> from customerintel import models, plot
    >>> truth = models.NBD.from_params({"r": 0.8, "alpha": 8.0}, unit="week")
    >>> log = truth.simulate(500, T=4.0, seed=1)
    >>> data = plot.tracking_data(truth, log, calibration_end="2000-01-14", end="2000-01-28")
    >>> data.actual, data.expected.round(1)
    (array([40, 53, 43, 41]), array([[42.9, 50. , 50. , 50. ]]))
    """
    fits = read_fits(fit, "tracking")
    log, seen = open_log(log, "tracking")
    clock = clock_of([one for _, one in fits], period, log)
    split = read_moment(calibration_end, log.time_zone, name="calibration_end")
    until = last_moment(log, seen, end)
    if end is None and seen is None:
        until = max(until, split)
    if until < split:
        raise InvalidArgumentError(
            "calibration_end must not lie after "
            f"{'the moment of the history' if end is None else 'end'}. Give an earlier one."
        )
    low, high = clock.floor(np.array([split, until], np.int64)).tolist()
    starts, repeats = _purchases(log, clock, split, until)
    ends = _ends(clock, int(starts.min()), low, high)
    counted = np.diff(np.searchsorted(repeats, ends, "right"))
    expected = [np.diff(_expect(one, clock, starts, ends)) for _, one in fits]
    return TrackingData(
        end=ends[1:].view("M8[us]"),
        actual=counted.astype(np.int64),
        expected=np.array(expected),
        models=tuple(name for name, _ in fits),
        calibration_end=np.datetime64(low, "us"),
        n_customers=len(starts),
        unit=clock.unit,
        period=clock.period,
        _kind=log.kind,
    )


def _purchases(log: TransactionLog, clock: Clock, split: int, until: int) -> tuple[Ints, Ints]:
    """Return the first period of each customer of the cohort, and all their others, ascending.

    Raises
    ------
    InvalidArgumentError
        If the cohort is empty.
    """
    customer, when = purchase_periods(log, clock, until)
    first = np.ones(len(customer), bool)
    first[1:] = np.diff(customer) != 0
    # a customer who comes later in the period that the calibration ends in is none of the cohort
    cohort = np.isin(customer, History(log, split).ids.keys)
    starts = when[first & cohort]
    if not len(starts):
        raise InvalidArgumentError(
            "Nobody had bought by calibration_end, so there is no cohort. Give a later one."
        )
    return starts, np.sort(when[cohort & ~first])


def _ends(clock: Clock, first: int, split: int, last: int) -> Ints:
    """Return the last period of each step, and before them one in which nobody can have repeated.

    Raises
    ------
    InvalidArgumentError
        If there is no whole step.
    """
    length = UNITS[clock.unit]
    if length <= UNITS[clock.period]:
        ends = clock.periods(first, last)
    else:
        before, after = -int((first - split) // length), int((last - split) // length)
        ends = np.unique(clock.shift(split, length * np.arange(-before, after + 1.0)))
    if len(ends) < 2:
        raise InvalidArgumentError(
            f"There is no whole {clock.unit} from the first customer to the end of the picture. "
            "Give a later end."
        )
    return ends


def _expect(fit: Drawn, clock: Clock, starts: Ints, ends: Ints) -> Floats:
    """Return the expected repeat purchases of all customers by the end of each step."""
    days, customers = np.unique(starts, return_counts=True)
    # ages are multiples of one step, so few are worked out for many customers
    ages = np.arange((ends[-1] - days[0]) // clock.step + 1) * clock.step
    mean = expected_new(fit, clock.age(ages))
    total = np.empty(len(ends))
    for k, end in enumerate(ends.tolist()):
        come = days < end
        total[k] = mean[(end - days[come]) // clock.step] @ customers[come]
    return total
