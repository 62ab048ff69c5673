"""Which period is looked at, and with which earlier one it is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.moments import DAY

if TYPE_CHECKING:
    from customerintel.audit.cells import Cells
    from customerintel.audit.periods import Periods

__all__ = ["latest_period", "latest_two_periods"]

#: Months have 28 to 31 days: periods that differ by no more than this share are of equal length.
NEAR = 0.12


def latest_period(cells: Cells) -> int:
    """Return the place of the latest complete period.

    Raises
    ------
    InvalidArgumentError
        If none is complete.
    """
    whole = np.flatnonzero(cells.periods.complete)
    if not len(whole):
        raise InvalidArgumentError(
            f"Lens 1 needs a complete period, and with {_name(cells.periods)} there is none. "
            f"{_advice(cells, 1)}"
        )
    return int(whole[-1])


def latest_two_periods(cells: Cells) -> tuple[int, int]:
    """Return the places of the latest complete period and of the one of equal length before it.

    Raises
    ------
    InvalidArgumentError
        If there are no two of them.
    """
    periods = cells.periods
    whole = np.flatnonzero(periods.complete)
    if len(whole) < 2:
        raise InvalidArgumentError(
            f"Lens 2 needs two complete periods, and with {_name(periods)} there is "
            f"{'one' if len(whole) else 'none'}. {_advice(cells, 2)}"
        )
    days = periods.days[whole]
    equal = np.flatnonzero(abs(days[:-1] - days[-1]) <= NEAR * np.maximum(days[:-1], days[-1]))
    if not len(equal):
        raise InvalidArgumentError(
            "Lens 2 compares two periods of equal length, and no complete one is as long as the "
            f"latest, {periods.labels[whole[-1]]} ({days[-1]:.0f} days). Give another of as many "
            "days."
        )
    return int(whole[equal[-1]]), int(whole[-1])


def _name(periods: Periods) -> str:
    return "the given pairs of days" if periods.name == "given" else f"period={periods.name!r}"


def _advice(cells: Cells, needed: int) -> str:
    """Return what length of a period would do."""
    if cells.periods.name == "given":
        return "Give pairs between the first purchase and as_of."
    span = (int(cells.last.max()) - int(cells.first.min())) // DAY if len(cells.ids) else 0
    if span < needed:
        return f"The log spans {span} days: give one that reaches back further."
    return f"The log spans {span} days: take period='{span // needed}d' or shorter."
