"""Whether customers come back after a complaint, more than others would have.

`tolerance` of a customer is the mean, over its complaints, of what it did less what was to be
expected:

1. A complaint counts if 90 days have passed since, the customer had bought before or on its
   day, and it came at least 24 hours after the customer's last one that counts.
2. The customer stayed if a purchase day lies within the 90 days after the complaint's day.
3. The base is the share that stayed of customers without any visible complaint, looked at at 16
   of the moments at which others complained (quantiles of these moments), in the same stratum:
   purchase days so far (1, 2, 3-4, 5-8, 9 and more) times days since the last purchase over the
   own mean gap so far (below 1/2, below 1, below 2, more). The gap of a customer with one purchase
   day so far is the median of the base's median gaps, 30 days where nobody has bought twice.
4. A stratum's share is pulled to the share of all strata with the weight of 20 looks.
5. The mean is pulled to the mean of all complaints, Bühlmann and Straub (1970).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.signal_columns import Column
from customerintel.relationships.transaction_signals import Purchases, day_of
from customerintel.schema.event_kinds import EventKind
from customerintel.tables.moments import DAY

if TYPE_CHECKING:
    from customerintel.relationships.interaction_signals import Counted

__all__ = ["HORIZON", "tolerance_column"]

Ints = NDArray[np.int64]
#: Days within which a purchase after a complaint counts.
HORIZON: Final = 90
#: Moments at which customers without complaints are looked at.
LOOKS: Final = 16
#: Looks that the share of all strata weighs in that of one.
PULL: Final = 20.0
#: Days between purchases where nobody has bought twice.
_NO_GAP: Final = 30.0


def tolerance_column(
    purchases: Purchases, counted: Counted, constants: Mapping[str, tuple[float, ...]]
) -> tuple[Column | None, dict[str, tuple[float, ...]]]:
    """Return the signal `tolerance`, and the base that it was measured by.

    Parameters
    ----------
    purchases : Purchases
        Of the customers.
    counted : Counted
        Their contacts.
    constants : mapping of str to tuple of float
        The base of a reference: then that one is used.

    Returns
    -------
    column : Column or None
        None where no complaint counts.
    constants : dict of str to tuple of float
        ``usual_gap`` and ``tolerance_base`` (one share per stratum).
    """
    from customerintel._kernels import contacts as kernels
    from customerintel._kernels import threads

    begin, held, days = _complaints(purchases, counted)
    if not (held > 0).any():
        return None, dict(constants)
    usual = constants["usual_gap"] if "usual_gap" in constants else (_usual_gap(purchases),)
    rows = (*purchases.rows(), purchases.until, begin, held, days)
    base = constants.get("tolerance_base") or _base(purchases, rows, begin, held, days, usual[0])
    out = np.zeros((3, len(purchases)))
    threads.run(
        kernels.forgive,
        [(*span, *rows, HORIZON, usual[0], np.array(base), out) for span in purchases.spans()],
    )
    n, total, squares = out
    made = Column(total, n, squares) if n.any() else None
    return made, {**constants, "usual_gap": usual, "tolerance_base": base}


def _complaints(purchases: Purchases, counted: Counted) -> tuple[Ints, Ints, Ints]:
    """Return where each customer's complaints begin, how many count, and their days.

    A customer without any visible complaint has -1 of them.
    """
    from customerintel._kernels import contacts as kernels
    from customerintel._kernels import threads

    contacts, total = counted.contacts, counted.counts[kernels.COMPLAINTS].astype(np.int64)
    begin = np.concatenate([np.zeros(1, np.int64), np.cumsum(total)])
    moments = np.zeros(int(begin[-1]), np.int64)
    held = np.zeros(len(purchases), np.int64)
    kind = list(EventKind).index(EventKind.COMPLAINT)
    rows = (counted.homes, contacts.offsets, contacts.when, contacts.kinds, contacts.ways)
    threads.run(
        kernels.pick_complaints,
        [
            (*span, *rows, purchases.until - HORIZON * DAY, kind, begin, moments, held)
            for span in counted.spans()
        ],
    )
    held[total == 0] = -1
    return begin, held, day_of(moments, purchases.history._log.time_zone)


def _usual_gap(purchases: Purchases) -> float:
    from customerintel._kernels import signals

    gaps = purchases.facts[signals.MEDIAN_GAP]
    gaps = gaps[~np.isnan(gaps)]
    return float(np.median(gaps)) if len(gaps) else _NO_GAP


def _base(
    purchases: Purchases, rows: tuple[Any, ...], first: Ints, held: Ints, days: Ints, usual: float
) -> tuple[float, ...]:
    """Return, by stratum, the share of customers without complaints who bought again."""
    from customerintel._kernels import contacts as kernels
    from customerintel._kernels import threads

    begin = np.cumsum(np.maximum(held, 0)) - np.maximum(held, 0)
    counts = np.maximum(held, 0)
    at = np.repeat(first[:-1] - begin, counts) + np.arange(int(counts.sum()))
    control = np.quantile(days[at], (np.arange(LOOKS) + 0.5) / LOOKS, method="inverted_cdf")
    spans = purchases.spans()
    found = np.zeros((len(spans), 2, 2, kernels.N_STRATA), np.int64)
    threads.run(
        kernels.repurchases,
        [
            (*span, *rows, control.astype(np.int64), HORIZON, usual, found[k, 0], found[k, 1])
            for k, span in enumerate(spans)
        ],
    )
    chances, outcomes = found.sum(axis=0)
    # where everybody complains, those who did are all there is to compare with
    group = 0 if chances[0].any() else 1
    overall = outcomes[group].sum() / max(1, chances[group].sum())
    shares = (outcomes[group] + PULL * overall) / (chances[group] + PULL)
    return tuple(shares.tolist())
