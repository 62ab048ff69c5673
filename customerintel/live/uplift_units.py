"""The units of a comparison: each customer once, in the arm of the first trigger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["COVARIATES", "Units", "collect_units"]

#: What is known of a customer at the first trigger.
COVARIATES = ("frequency", "monetary", "time_since_last")
_ARMS = ("control", "treated")


@dataclass(frozen=True, eq=False)
class Units:
    """Customers of one comparison, in order of their first trigger.

    Attributes
    ----------
    customer_id : list of str
    at : int64 array
        First trigger by a rule of the comparison, microseconds UTC.
    control : bool array
        Arm; other rules of the same salt may have assigned it before.
    covariates : float64 array, shape (n, 3)
        As of `COVARIATES`; NaN where not known.
    n_mixed : int
        Customers with rows of both arms, for they were merged; they stay in the earlier one.
    """

    customer_id: list[str]
    at: NDArray[np.int64]
    control: NDArray[np.bool_]
    covariates: NDArray[np.float64]
    n_mixed: int

    def __len__(self) -> int:
        return len(self.customer_id)

    def take(self, kept: NDArray[np.bool_]) -> Units:
        """Return some of the units; the mixed ones are counted as before."""
        names = [name for name, keep in zip(self.customer_id, kept.tolist(), strict=True) if keep]
        return Units(names, self.at[kept], self.control[kept], self.covariates[kept], self.n_mixed)


class _Unit:
    __slots__ = ("arm", "at", "known", "known_at", "mixed")

    def __init__(self, at: int, arm: str) -> None:
        self.at, self.arm, self.mixed = at, arm, False
        self.known_at: int | None = None
        self.known = (float("nan"),) * len(COVARIATES)

    def see(self, row: Any, at: int) -> None:
        self.mixed |= row.arm != self.arm
        if (at, row.arm) < (self.at, self.arm):
            self.at, self.arm = at, row.arm
        due = int(row.due_at)
        if self.known_at is None or due < self.known_at:
            self.known_at = due
            self.known = tuple(float(getattr(row, name)) for name in COVARIATES)

    def first(self) -> int:
        """Return when a rule of the comparison first triggered her.

        Her arm may be older, where other rules share the salt or the engine has a holdout: a
        horizon from then on would end before these rules did anything.
        """
        return self.at if self.known_at is None else max(self.at, self.known_at)

    def covariates(self) -> tuple[float, ...]:
        """Return what was known at the first trigger; later numbers may follow from the arm."""
        if self.known_at is not None and self.known_at <= self.at:
            return self.known
        return (float("nan"),) * len(COVARIATES)


def collect_units(
    rows: Iterable[Any],
    comparison_of: Mapping[str, str] | None = None,
    canonical: Callable[[str], str] | None = None,
) -> tuple[dict[str, Units], dict[str, list[str]], set[str]]:
    """Make one unit per customer and comparison.

    Parameters
    ----------
    rows : iterable of StoredAction
        In any order.
    comparison_of : mapping of str to str, optional
        Comparison that the rows of a rule belong to; rules that are not in it are left out.
        None: each rule is a comparison of its own.
    canonical : callable, optional
        Leads an id to the surviving customer.

    Returns
    -------
    units : dict of str to Units
        By comparison, in order of name.
    rules : dict of str to list of str
        Rules of each comparison.
    without : set of str
        Rules whose rows have no arm.
    """
    found: dict[str, dict[str, _Unit]] = {}
    rules: dict[str, set[str]] = {}
    without: set[str] = set()
    for row in rows:
        name = row.rule_id if comparison_of is None else comparison_of.get(row.rule_id)
        if name is None:
            continue
        if row.arm not in _ARMS:
            without.add(row.rule_id)
            continue
        who = row.customer_id if canonical is None else canonical(row.customer_id)
        at = int(row.unit_at) or int(row.due_at)
        units = found.setdefault(name, {})
        rules.setdefault(name, set()).add(row.rule_id)
        units.setdefault(who, _Unit(at, row.arm)).see(row, at)
    without -= set().union(*rules.values())
    return (
        {name: _as_units(found[name]) for name in sorted(found)},
        {name: sorted(rules[name]) for name in sorted(rules)},
        without,
    )


def _as_units(units: Mapping[str, _Unit]) -> Units:
    ordered = sorted(units.items(), key=lambda pair: (pair[1].first(), pair[0]))
    return Units(
        customer_id=[who for who, _ in ordered],
        at=np.array([unit.first() for _, unit in ordered], np.int64),
        control=np.array([unit.arm == "control" for _, unit in ordered], bool),
        covariates=np.array([unit.covariates() for _, unit in ordered]).reshape(-1, 3),
        n_mixed=sum(unit.mixed for _, unit in ordered),
    )
