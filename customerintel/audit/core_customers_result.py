"""`CoreCustomers`: what `core_customers` finds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.active_customers import MEASURES, ActiveCustomers
from customerintel.audit.core_questions import CoreQuestions
from customerintel.audit.core_shares import share_bounds, share_of
from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, build
from customerintel.tables.history import History
from customerintel.tables.ids import CustomerIds
from customerintel.tables.results import html_table, one_line

__all__ = ["CoreCustomers", "Cut"]

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: What the core has a share of, and what active customers call it.
_SHARES: Final = {
    "share_of_transactions": "purchases",
    "share_of_spend": "spend",
    "share_of_units": "units",
}


class Cut(NamedTuple):
    """Where a measure is cut."""

    value: float
    """The smallest value in the core; NaN where there is nobody."""
    n_tied: int
    """Active customers with that value."""
    n_tied_in: int
    """Those of them who are in."""


@dataclass(frozen=True, eq=False, repr=False)
class CoreCustomers(CoreQuestions):
    """The active customers who buy most; made by `core_customers`.

    Attributes
    ----------
    history : History
        What was known.
    window : int or None
        Microseconds before the moment that count; None: all.
    by : str
        What counts as most.
    share : float
        Share of the active customers that was asked for.
    ids : CustomerIds
        The core, ascending.
    places : int64 array, shape (n_core,)
        Their places in ``history.ids``, ascending.
    in_core, active : bool array, shape (n_customers,)
        Who of the customers of the history is in the core, and who bought in the window.
    level : float
        Of the intervals.
    n_boot, seed : int
        Times that customers are drawn anew for them, and the seed of the draws.
    """

    history: History
    window: int | None
    by: str
    share: float
    ids: CustomerIds
    places: Ints
    in_core: Mask
    active: Mask
    level: float
    n_boot: int
    seed: int
    _active: ActiveCustomers = field(repr=False)
    _cuts: dict[str, Cut] = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Ids of the core: int64, or objects of str; ascending."""
        return self.ids.to_numpy()

    @property
    def n_core(self) -> int:
        """Customers in the core."""
        return len(self.ids)

    @property
    def n_active(self) -> int:
        """Customers who bought in the window."""
        return len(self._active)

    @property
    def actual_share(self) -> float:
        """Share of the active customers that the core is; NaN where there are none."""
        return self.n_core / self.n_active if self.n_active else math.nan

    @property
    def cuts(self) -> Mapping[str, Cut]:
        """By "frequency", "spend" or "volume": smallest value in the core, and its ties."""
        return MappingProxyType(self._cuts)

    @property
    def cut_value(self) -> float | dict[str, float]:
        """Smallest value in the core; of "both" and "either", that of each measure."""
        found = {by: cut.value for by, cut in self._cuts.items()}
        return found if len(found) > 1 else found[self.by]

    @property
    def n_tied(self) -> tuple[int, int] | dict[str, tuple[int, int]]:
        """Active customers at the cut value, and how many of them are in; as `cut_value`."""
        found = {by: (cut.n_tied, cut.n_tied_in) for by, cut in self._cuts.items()}
        return found if len(found) > 1 else found[self.by]

    @property
    def _inside(self) -> Mask:
        """Who of the active customers is in the core."""
        return self.in_core[self._active.places]

    @cached_property
    def share_of_transactions(self) -> float:
        """Share of the purchases of the window that the core made."""
        return share_of(self._active.purchases, self._inside)

    @cached_property
    def share_of_spend(self) -> float:
        """Share of the net spend; NaN where the log has no amounts, or nothing is left of it.

        Above 1 where the other customers together returned more than they bought.
        """
        return share_of(self._active.spend, self._inside)

    @cached_property
    def share_of_units(self) -> float:
        """Share of the units."""
        return share_of(self._active.units, self._inside)

    def interval(self, name: str) -> tuple[float, float]:
        """Return the interval of a share.

        Parameters
        ----------
        name : {"share_of_transactions", "share_of_spend", "share_of_units"}
            Which.

        Returns
        -------
        lower, upper : float
            Percentiles over customers drawn anew (Efron and Tibshirani 1993, chapter 13); NaN
            where the share is. The core is chosen anew among those drawn, ties at its cut
            counting in proportion; of "both" and "either", every customer stays in or out.

        Raises
        ------
        InvalidArgumentError
            If there is no such share.
        """
        if not isinstance(name, str) or name not in _SHARES:
            raise InvalidArgumentError(
                f"There is no share {name!r} with an interval; there are {', '.join(_SHARES)}."
            )
        amounts = getattr(self._active, _SHARES[name])
        rank_by = None if len(self._cuts) > 1 else self._active.measure(self.by, "core_customers")
        return share_bounds(
            amounts, self._inside, rank_by, self.level, self.n_boot, self.seed
        )  # fmt: skip

    def to_frame(self) -> Any:
        """Return one row per active customer, in the log's kind of table.

        Returns
        -------
        table
            ``customer_id``; ``purchases``, ``spend`` or ``units``, what `by` says (of "both" and
            "either": purchases and units); ``rank`` by it (``rank_purchases`` and
            ``rank_units``): 1 for the largest, customers with the same figure sharing the first
            place of theirs; ``in_core``.
        """
        columns: dict[str, Column] = {"customer_id": self._active.ids}
        for by in self._cuts:
            values = self._active.measure(by, "core_customers")
            columns[MEASURES[by]] = values.astype(np.int64) if by == "frequency" else values
            name = "rank" if len(self._cuts) == 1 else f"rank_{MEASURES[by]}"
            ascending = np.sort(values)
            columns[name] = 1 + len(values) - np.searchsorted(ascending, values, "right")
        columns["in_core"] = self._inside
        return build(columns, self.history._log.kind, self.history._log.time_zone)

    def _facts(self) -> dict[str, object]:
        return {
            "core": self.n_core,
            "of": self.n_active,
            "by": self.by,
            "cut": ", ".join(f"{cut.value:,g}" for cut in self._cuts.values()),
            "moment": self.history.moment,
            "share_of_transactions": self.share_of_transactions,
        }

    def __repr__(self) -> str:
        return one_line("CoreCustomers", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Core customers", list(self._facts().items()))
