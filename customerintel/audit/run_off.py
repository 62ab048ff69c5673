"""What existing customers would still bring if no new ones came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.age_factors import LEAST, Ladder, ladder_of
from customerintel.audit.cohort_sums import cohort_sums
from customerintel.audit.lens_result import LensResult
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_count
from customerintel.models.intervals import check_level
from customerintel.rfm.words import one_of
from customerintel.tables.building import Column, Labels
from customerintel.tables.kinds import Kind

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells
    from customerintel.audit.periods import Periods

__all__ = ["RunOff", "run_off_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Periods that are looked ahead, at the most.
MOST_AHEAD = 60
#: Periods that are forecast from the ones before them, as a test.
TESTS = 6
#: What the figures rest on, for whoever shows them.
ASSUMPTIONS = (
    "Customers of later cohorts go on as those of earlier ones did at the same age.",
    "Seasons are not taken into account: age moves the figures, the calendar does not.",
    "Growth that all cohorts show together is not carried on.",
    "Customers who first bought before the periods, and returns of theirs, are left out.",
    "The interval is of the factors; what customers do by chance comes on top of it.",
)


@dataclass(frozen=True, eq=False, repr=False)
class RunOff(LensResult):
    """The next periods without new customers; made by `run_off_of`.

    Arrays are read-only; all is NaN where fewer than three cohorts can be followed.

    Attributes
    ----------
    measure : str
        "spend" or "orders".
    since : str
        Label of the last complete period, after which nobody new would come.
    steps : ndarray of int64, shape (ahead,)
        1, 2, …: periods after that.
    expected, expected_lower, expected_upper : ndarray of float64, shape (ahead,)
        Of all cohorts together, by the chain ladder (after Mack 1993), with the interval of the
        jackknife by cohorts (Tukey 1958; Efron 1982, The Jackknife, the Bootstrap and Other
        Resampling Plans, eq. 3.2).
    least, greatest : ndarray of float64, shape (ahead,)
        Of the figures with one cohort left out.
    last_total : float
        What all customers, new ones included, came to in the last complete period.
    share_of_last : ndarray of float64, shape (ahead,)
        ``expected / last_total``.
    factors : ndarray of float64, shape (f,)
        Of what a cohort brings at each age, to give what it brings at the next (see
        `age_factors.ladder_of`).
    factor_cohorts : ndarray of int64, shape (f,)
        How many cohorts each rests on; 0: too few, so that it is that of all ages from 1 on.
    growth : float
        By which all cohorts together changed from one period to the next from age 1 on; where it
        is above 1, the factors have been divided by it.
    tested : tuple of str
        Labels of the periods that were forecast from what was known one period before.
    test_expected, test_actual, test_error : ndarray of float64
        What they would have been forecast to be, what the same customers came to, and the
        difference as a share of that.
    n_cohorts : int
        Cohorts that the factors rest on.
    level : float
        Of the interval.
    assumptions : tuple of str
        What the figures rest on.
    """

    parts: ClassVar[tuple[str, ...]] = ("expected", "factors", "tests")
    _title: ClassVar[str] = "Run-off without new customers"

    measure: str
    since: str
    steps: Ints
    expected: Floats
    expected_lower: Floats
    expected_upper: Floats
    least: Floats
    greatest: Floats
    last_total: float
    share_of_last: Floats
    factors: Floats
    factor_cohorts: Ints
    growth: float
    tested: tuple[str, ...]
    test_expected: Floats
    test_actual: Floats
    test_error: Floats
    n_cohorts: int
    level: float
    assumptions: tuple[str, ...]
    _kind: Kind = field(repr=False)

    def _columns(self, part: str) -> Mapping[str, Column]:
        if part == "factors":
            age = np.arange(len(self.factors))
            return {"age": age, "factor": self.factors, "cohorts": self.factor_cohorts}
        if part == "tests":
            return {
                "period": Labels(np.arange(len(self.tested)), self.tested),
                "expected": self.test_expected,
                "actual": self.test_actual,
                "error": self.test_error,
            }
        names = ("expected", "expected_lower", "expected_upper", "least", "greatest")
        columns: dict[str, Column] = {"step": self.steps}
        columns |= {name: getattr(self, name) for name in names}
        return columns | {"share_of_last": self.share_of_last}

    def _facts(self) -> dict[str, object]:
        return {
            "measure": self.measure,
            "since": self.since,
            "ahead": len(self.steps),
            "cohorts": self.n_cohorts,
        }


def run_off_of(
    cells: Cells, *, measure: str = "spend", ahead: Any = None, level: float = 0.95
) -> RunOff:
    """Project what existing customers bring in the next periods, if nobody new comes.

    Parameters
    ----------
    cells : Cells
        What each customer bought in each period.
    measure : {"spend", "orders"}, default "spend"
        What is projected.
    ahead : int, optional
        How many periods; by default those of a year, 12 at the most.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    RunOff

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.audit.run_off import run_off_of
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [1, 1, 1, 1, 2, 2, 2, 3, 3],
    ...     "timestamp": [f"2011-0{month}-05" for month in (1, 2, 3, 4, 2, 3, 4, 3, 4)],
    ... })
    >>> history = log.as_of("2011-04-30")
    >>> cells = ci.audit.cells_of(history, ci.audit.read_periods(history, "month"))
    >>> run_off_of(cells, measure="orders", ahead=1).expected
    array([3.])
    """
    level, measure = check_level(level), one_of("measure", measure, ("spend", "orders"))
    periods, sums = cells.periods, cohort_sums(cells)
    ahead = _read_ahead(ahead, periods)
    table = sums.spend if measure == "spend" else sums.orders
    whole = np.flatnonzero(periods.complete)
    last = int(whole[-1]) if len(whole) else -1
    total = float(table[:, last].sum()) if len(whole) else np.nan
    ladder = ladder_of(table[:-1], periods.complete, last, ahead) if len(whole) else None
    columns = _expected(ladder, ahead, level)
    tests = _tests(table[:-1], periods, last)
    return RunOff(
        measure=measure,
        since=periods.labels[last],
        steps=np.arange(1, ahead + 1),
        **columns,
        last_total=total,
        share_of_last=columns["expected"] / (total if total > 0.0 else np.nan),
        factors=ladder.factors[0].copy() if ladder else np.empty(0),
        factor_cohorts=ladder.n_cohorts if ladder else np.empty(0, np.int64),
        growth=ladder.growth if ladder else np.nan,
        tested=tuple(periods.labels[k] for k in tests[0]),
        test_expected=tests[1],
        test_actual=tests[2],
        test_error=(tests[1] - tests[2]) / np.where(tests[2] > 0.0, tests[2], np.nan),
        n_cohorts=ladder.m if ladder else 0,
        level=level,
        assumptions=ASSUMPTIONS,
        _kind=cells.history._log.kind,
    )


def _read_ahead(ahead: Any, periods: Periods) -> int:
    if ahead is None:
        return int(np.clip(round(365.25 / float(np.median(periods.days))), 1, 12))
    if not is_count(ahead) or not 1 <= ahead <= MOST_AHEAD:
        raise InvalidArgumentError(
            f"ahead must be a whole number of periods from 1 to {MOST_AHEAD}; got {ahead!r}."
        )
    return int(ahead)


def _expected(ladder: Ladder | None, ahead: int, level: float) -> dict[str, Floats]:
    """Return the projection, its interval, and its range with one cohort left out."""
    names = ("expected", "expected_lower", "expected_upper", "least", "greatest")
    if ladder is None or ladder.m < LEAST:
        return {name: np.full(ahead, np.nan) for name in names}
    added = ladder.project(ahead)
    whole, without = added[0], added[1:]
    spread = ((without - without.mean(axis=0)) ** 2).sum(axis=0) * (ladder.m - 1.0) / ladder.m
    half = NormalDist().inv_cdf(0.5 + level / 2.0) * np.sqrt(spread)
    values = (whole.copy(), whole - half, whole + half, without.min(axis=0), without.max(axis=0))
    return dict(zip(names, values, strict=True))


def _tests(
    table: NDArray[np.generic], periods: Periods, last: int
) -> tuple[list[int], Floats, Floats]:
    """Forecast the latest complete periods from what was known one period before."""
    places, expected, actual = [], [], []
    for k in range(max(1, last - TESTS + 1), last + 1):
        if not periods.complete[k]:
            continue
        ladder = ladder_of(table, periods.complete, k - 1, 1)
        if ladder.m >= LEAST:
            places.append(k)
            expected.append(float(ladder.project(1)[0, 0]))
            actual.append(float(table[:k, k].sum()))
    return places, np.array(expected), np.array(actual)
