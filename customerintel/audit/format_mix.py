"""In which formats or channels the core buys, and whether it moves from the old to the new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cells import Cells
from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import read_only, seal
from customerintel.tables.notices import warn_caller
from customerintel.tables.results import html_table, one_line

__all__ = ["STATES", "FormatMix", "format_mix_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: What a customer bought of in a period. "other": of formats that are neither old nor new.
STATES = ("none", "old only", "new only", "both", "other")


@dataclass(frozen=True, eq=False, repr=False)
class FormatMix:
    """Formats of the core over complete periods; the core of each is chosen in it.

    Chosen by what came later, a core would look faithful in every earlier period.

    Attributes
    ----------
    formats : tuple of str
        Values of the column.
    labels : tuple of str
        Of the p complete periods.
    orders : ndarray of float64, shape (p, n_formats)
        Purchases of the core by format, those of customers tied at the cut in part.
    mix : ndarray of float64, shape (p, n_formats)
        Their shares; a period without purchases has NaN.
    mix_of_all : ndarray of float64, shape (p, n_formats)
        Shares of the purchases of all customers.
    shift, shift_of_all : ndarray of float64, shape (p,)
        Total variation from the period before, half the sum of what the shares moved; NaN in
        the first.
    old, new : tuple of str
        Formats that are left, and taken up.
    states : ndarray of float64, shape (p, 5)
        Core customers by `STATES` in each period.
    moves : ndarray of float64, shape (p, 5, 5)
        The core of the period before, by state in it (rows) and in this one; 0 in the first.
    without : float
        Purchases of the core that name no format; they are in no mix.
    min_cell : int
        Shares of fewer customers are NaN.
    """

    formats: tuple[str, ...]
    labels: tuple[str, ...]
    orders: Floats
    mix: Floats
    mix_of_all: Floats
    shift: Floats
    shift_of_all: Floats
    old: tuple[str, ...]
    new: tuple[str, ...]
    states: Floats
    moves: Floats
    without: float
    min_cell: int = 1

    def __post_init__(self) -> None:
        seal(self)

    def _facts(self) -> dict[str, object]:
        sides = {name: ", ".join(getattr(self, name)) or "none" for name in ("old", "new")}
        return {"formats": len(self.formats), "periods": len(self.labels), **sides}

    def __repr__(self) -> str:
        return one_line("FormatMix", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Formats of the core", list(self._facts().items()))

    @property
    def bridge(self) -> Floats:
        """Share of the active core customers of each period who bought of both, old and new."""
        return self._share(self.states[:, 3], self.states[:, 1:].sum(axis=1))

    @property
    def has_sides(self) -> bool:
        """Whether there are old and new formats; without them, what compares them is NaN."""
        return bool(self.old and self.new)

    @property
    def migration(self) -> Floats:
        """P(new only | old only in the period before), by period; NaN in the first."""
        return self._share(self.moves[:, 1, 2], self.moves[:, 1].sum(axis=1))

    @property
    def retention(self) -> Floats:
        """Share of each state of the period before that buys at all, shape (p, 5)."""
        return self._share(self.moves[:, :, 1:].sum(axis=2), self.moves.sum(axis=2))

    def _is_told(self, whole: Floats) -> NDArray[np.bool_]:
        return np.asarray(self.has_sides & (whole >= self.min_cell), bool)

    def _share(self, part: Floats, whole: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = np.where((whole > 0) & self._is_told(whole), part / whole, np.nan)
        return read_only(shares)


def format_mix_of(
    cells: Cells, cores: Iterable[Floats], *, old: str | Sequence[str] | None = None,
    new: str | Sequence[str] | None = None, min_cell: int = 1,
) -> FormatMix:  # fmt: skip
    """Return what formats the core buys in, over the complete periods.

    Parameters
    ----------
    cells : Cells
        Cut by the formats.
    cores : iterable of ndarray of float64, shape (n_customers,)
        How much of each customer of the cells is core, for one complete period after the other.
    old, new : str or sequence of str, optional
        Formats that are left and taken up. By default the one whose share of all customers'
        purchases fell most from the first complete period to the last, and the one whose share
        rose most.
    min_cell : int, default 1
        Shares of fewer customers are not told.

    Raises
    ------
    InvalidArgumentError
        If a format is not in the log, or is old and new.

    Warns
    -----
    DataQualityWarning
        If there is nothing that is left or taken up.
    """
    whole = np.flatnonzero(cells.periods.complete)
    of_all = _orders_of_all(cells)[whole]
    left, taken = _sides(cells.groups, _shares(of_all), old, new)
    orders, states, moves, without = _follow(cells, cores, whole, _side(cells, left, taken))
    mix, mix_of_all = _shares(orders), _shares(of_all)
    return FormatMix(
        formats=cells.groups,
        labels=tuple(cells.periods.labels[k] for k in whole),
        orders=orders,
        mix=mix,
        mix_of_all=mix_of_all,
        shift=_shift(mix),
        shift_of_all=_shift(mix_of_all),
        old=tuple(cells.groups[k] for k in left),
        new=tuple(cells.groups[k] for k in taken),
        states=states,
        moves=moves,
        without=without,
        min_cell=min_cell,
    )


def _orders_of_all(cells: Cells) -> Floats:
    """Return the purchases of all customers by period and format."""
    p, size = len(cells.periods), len(cells.groups)
    known = cells.group >= 0
    key = cells.period[known].astype(np.int64) * size + cells.group[known]
    found = np.bincount(key, cells.orders[known], minlength=p * size)
    return found.reshape(p, size).astype(np.float64)


def _shares(orders: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(orders / orders.sum(axis=1, keepdims=True))


def _shift(mix: Floats) -> Floats:
    """Return the total variation between each row and the one before."""
    moved = 0.5 * np.abs(np.diff(mix, axis=0)).sum(axis=1)
    return np.concatenate([np.full(min(1, len(mix)), np.nan), moved])


def _sides(
    names: tuple[str, ...], mix: Floats, old: Any, new: Any
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the places of the old and of the new formats."""
    change = np.zeros(len(names))
    known = np.flatnonzero(np.isfinite(mix).all(axis=1)) if len(names) else np.empty(0, np.int64)
    if len(known) > 1:
        change = mix[known[-1]] - mix[known[0]]
    left = _named(names, old, "old")
    taken = _named(names, new, "new")
    if left is None:
        fallen = np.where(np.isin(np.arange(len(names)), taken or ()), 0.0, -change)
        left = (int(fallen.argmax()),) if fallen.max(initial=0.0) > 0.0 else ()
    if taken is None:
        risen = np.where(np.isin(np.arange(len(names)), left), 0.0, change)
        taken = (int(risen.argmax()),) if risen.max(initial=0.0) > 0.0 else ()
    if common := set(left) & set(taken):
        both = ", ".join(repr(names[k]) for k in sorted(common))
        raise InvalidArgumentError(f"A format cannot be old and new; {both} is in both.")
    if (not left or not taken) and len(mix) > 1:
        warn_caller(
            "No format fell and none rose between two complete periods, so there is no old and "
            "new to bridge, and these figures are NaN. Name them with old= and new=."
        )
    return left, taken


def _named(names: tuple[str, ...], given: Any, argument: str) -> tuple[int, ...] | None:
    if given is None:
        return None
    wanted = [given] if isinstance(given, str) else given
    if not isinstance(wanted, Sequence) or not wanted:
        raise InvalidArgumentError(f"{argument} must be the name of a format, or a list of them.")
    unknown = [one for one in wanted if one not in names]
    if unknown:
        raise InvalidArgumentError(
            f"{argument} names {', '.join(map(repr, unknown))}, and the log has the formats "
            f"{', '.join(map(repr, names)) or 'none at all'}."
        )
    return tuple(names.index(one) for one in dict.fromkeys(wanted))


def _side(cells: Cells, left: tuple[int, ...], taken: tuple[int, ...]) -> NDArray[np.int8]:
    """Return the bit of each format, and last that of none: 1 old, 2 new, 4 other."""
    side = np.full(len(cells.groups) + 1, 4, np.int8)
    side[list(left)], side[list(taken)] = 1, 2
    return side


def _follow(
    cells: Cells, cores: Iterable[Floats], whole: Ints, side: NDArray[np.int8]
) -> tuple[Floats, Floats, Floats, float]:
    """Return the purchases of each period's core, its states and moves, and what has no format."""
    size = len(cells.groups)
    orders, states = np.zeros((len(whole), size + 1)), np.zeros((len(whole), 5))
    moves = np.zeros((len(whole), 5, 5))
    by_period = np.argsort(cells.period, kind="stable")
    edges = np.searchsorted(cells.period[by_period], np.arange(len(cells.periods) + 1))
    before, core_before = np.zeros(0, np.int64), np.zeros(0)
    for place, (k, core) in enumerate(zip(whole.tolist(), cores, strict=True)):
        cell = by_period[edges[k] : edges[k + 1]]
        customer, group = cells.customer[cell], cells.group[cell]
        bits = np.zeros(len(core), np.int8)
        for bit in (1, 2, 4):
            bits[customer[side[group] == bit]] |= bit
        # "other" counts only where there is neither old nor new
        now = np.where(bits == 4, 4, bits & 3).astype(np.int64)
        bought = cells.orders[cell] * core[customer]
        orders[place] = np.bincount(np.where(group < 0, size, group), bought, minlength=size + 1)
        states[place] = np.bincount(now, core, minlength=5)
        if place:
            both = np.bincount(before * 5 + now, core_before, minlength=25)
            moves[place] = both.reshape(5, 5)
        before, core_before = now, core
    return orders[:, :size].copy(), states, moves, float(orders[:, size].sum())
