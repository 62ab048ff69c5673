"""`core_customers`: the share of active customers who buy most, and what they are."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.active_customers import MEASURES, ActiveCustomers
from customerintel.audit.core_customers_result import CoreCustomers, Cut
from customerintel.audit.customer_draws import check_draws
from customerintel.audit.moments_of import history_of
from customerintel.audit.tie_rule import top_places
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.tables.history import History
from customerintel.tables.notices import warn_caller
from customerintel.tables.transaction_log import TransactionLog

__all__ = ["CoreCustomers", "core_customers"]

Mask = NDArray[np.bool_]

#: Measures whose tops are put together, and how.
_TWO: Final = MappingProxyType({"both": np.logical_and, "either": np.logical_or})
#: With fewer active customers, a share of them says little.
_FEW: Final = 20


def core_customers(
    history: History | TransactionLog, *, share: float = 0.20,
    by: Literal["frequency", "spend", "volume", "both", "either"] = "frequency",
    window: Any = None, level: float = 0.95, n_boot: int = 200, seed: int = 0,
) -> CoreCustomers:  # fmt: skip
    """Find the core customers: the share of the active customers who buy most.

    Parameters
    ----------
    history : History or TransactionLog
        From `TransactionLog.as_of`; a log is seen at the end of its last day. Active customers
        are those with a purchase in the window.
    share : float, default 0.20
        Share of the active customers, above 0 and below 1. The core has the nearest whole
        number of them, halves upwards, and at least one.
    by : {"frequency", "spend", "volume", "both", "either"}, default "frequency"
        What counts as most: purchases, lines of one order once; spend net of returns; units
        (the column ``quantity`` of purchase rows, or the rows where there is none). "both": in
        the top share by frequency and in that by volume; "either": in one of the two. The core
        is then smaller or larger than the share, and :attr:`CoreCustomers.actual_share` says it.
    window : str, timedelta or int, optional
        Count only purchases within this length before the moment, such as "365d". Cores of
        windows of different lengths cannot be compared.
    level : float, default 0.95
        Of the intervals.
    n_boot : int, default 200
        Times that customers are drawn anew for them.
    seed : int, default 0
        Of the draws; the core itself has nothing random.

    Returns
    -------
    CoreCustomers
        Who they are, the cut, and what share of everything they have.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or `by` is "spend" and the log has no amounts.

    Warns
    -----
    DataQualityWarning
        If there are fewer than 20 active customers.

    Notes
    -----
    The 20 % are those of the Core Customer Intelligence study of public libraries (Futterman and
    Milam 2016), whose texts say frequency in one place and volume in another. Of customers with
    the same figure at the cut, those come first whose id has the smaller hash: the same customers
    in every run, whatever the order of the rows and the kind of table. An integer id and the same
    digits as a text are two ids.

    Some of the core drop out of it even if nobody changes: see :meth:`CoreCustomers.resilience`.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame({
    ...     "customer_id": [*range(20), 3, 3, 5, 8, 8, 12],
    ...     "timestamp": ["2024-01-05"] * 20 + [f"2024-02-0{day}" for day in range(1, 7)],
    ... })
    >>> core = ci.audit.core_customers(log.as_of("2024-12-31"), share=0.20)
    >>> core.customer_id, core.cut_value, round(core.share_of_transactions, 3)
    (array([ 3,  5,  8, 12]), 2.0, 0.385)
    """
    history = history_of(history, caller="core_customers")
    share, words = _share(share), (*MEASURES, *_TWO)
    if not isinstance(by, str) or by not in words:
        raise InvalidArgumentError(f"by must be one of {', '.join(map(repr, words))}; got {by!r}.")
    level, n_boot, seed = check_draws(level, n_boot, seed)
    active = ActiveCustomers(history, window)
    if len(active) < _FEW:
        warn_caller(
            f"Only {len(active):,} customers are active, and at least {_FEW} are needed for a "
            "share of them to say much. Take a longer window, or a later moment."
        )
    measures = ("frequency", "volume") if by in _TWO else (by,)
    chosen, cuts = _choose(active, measures, share, _TWO.get(by, np.logical_and))
    return CoreCustomers(
        history=history,
        window=active.window,
        by=by,
        share=share,
        ids=active.ids.take(chosen),
        places=active.places[chosen],
        in_core=_mask(len(history.ids), active.places[chosen]),
        active=_mask(len(history.ids), active.places),
        level=level,
        n_boot=n_boot,
        seed=seed,
        _active=active,
        _cuts=cuts,
    )


def _share(share: Any) -> float:
    """Return a share."""
    if not is_number(share) or not 0.0 < share < 1.0:
        raise InvalidArgumentError(
            f"share must lie above 0 and below 1, such as 0.20; got {share!r}."
        )
    return float(share)


def _choose(
    active: ActiveCustomers, measures: tuple[str, ...], share: float,
    together: Callable[[Mask, Mask], Mask],
) -> tuple[NDArray[np.int64], dict[str, Cut]]:  # fmt: skip
    """Return the places of the core among the active customers, and the cut by each measure."""
    n = len(active)
    if not n:
        return np.empty(0, np.int64), {by: Cut(math.nan, 0, 0) for by in measures}
    # a hair more, so that a half which floats cannot hold goes upwards
    size = min(n, max(1, math.floor(share * n + 0.5 + 1e-9)))
    cuts: dict[str, Cut] = {}
    found: list[Mask] = []
    for by in measures:
        values = active.measure(by, "core_customers")
        places, value, n_tied, n_tied_in = top_places(values, active.ids, size)
        cuts[by] = Cut(value, n_tied, n_tied_in)
        found.append(_mask(n, places))
    inside = found[0] if len(found) == 1 else together(*found)
    return np.flatnonzero(inside), cuts


def _mask(n: int, places: NDArray[np.int64]) -> Mask:
    mask = np.zeros(n, bool)
    mask[places] = True
    return mask
