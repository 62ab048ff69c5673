"""`migration`: how customers moved between segments from one moment to a later one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customerintel.rfm.comparability import check_comparable, check_smoothing, resolve_value
from customerintel.rfm.migration_matrix import Changes, Migration
from customerintel.rfm.options import MEASURES, VALUES
from customerintel.rfm.scores import RFMScores

__all__ = ["migration"]

Counts = NDArray[np.int64]


def migration(
    before: RFMScores,
    after: RFMScores,
    *,
    value: str | ArrayLike | None = None,
    smoothing: float = 0.0,
) -> Migration:
    """Count the moves between segments from one moment to a later one.

    Parameters
    ----------
    before, after : RFMScores
        Scores at two moments over windows of one length, the later ones scored with
        ``thresholds=before.thresholds``. Where the windows overlap, the purchases in both
        hold customers in place: moments a window apart are cleanest.
    value : "monetary" or array of shape (len(before),), optional
        What the customers of `before` are worth, summed beside the counts: ``"monetary"`` is
        their net spend in the window before.
    smoothing : float, default 0.0
        Added to each possible count before probabilities are formed (Dirichlet prior).

    Returns
    -------
    Migration
        Counts, probabilities, and who moved which way.

    Raises
    ------
    InvalidArgumentError
        When the two cannot be compared: whole-history scores (their frequency can only
        rise), windows of different length, other schemes or thresholds, moments out of
        order, or nobody in either.

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame(
    ...     {
    ...         "customer_id": [1, 2, 2, 3, 1, 1, 2, 4],
    ...         "timestamp": ["2024-01-02", "2024-01-03", "2024-01-20", "2024-01-25",
    ...                       "2024-02-05", "2024-02-20", "2024-02-06", "2024-02-24"],
    ...         "amount": [10.0, 15.0, 20.0, 5.0, 5.0, 50.0, 10.0, 30.0],
    ...     }
    ... )
    >>> cuts = {"recency": (7, 14), "frequency": (2, 3), "monetary": (10, 40)}
    >>> ladder = ci.SegmentScheme.from_mapping(
    ...     "ladder", 1, {"warm": "3**", "mild": "2**", "cold": "1**"}, bins=3)
    >>> january = ci.score_rfm(
    ...     log, as_of="2024-01-31", window="30d", thresholds=cuts, scheme=ladder)
    >>> february = ci.score_rfm(
    ...     log, as_of="2024-02-29", window="30d", thresholds=january.thresholds, scheme=ladder)
    >>> moves = ci.migration(january, february)
    >>> moves.up, moves.down, moves.stay, moves.entered, moves.left
    (1, 1, 0, 1, 1)
    """
    scheme = check_comparable(before, after)
    check_smoothing(smoothing)
    worth = resolve_value(before, value)
    here, there = before.ids.match(after.ids)
    size = len(scheme.segments)
    # everyone starts as leaving; those matched get their later segment
    onward = np.full(len(before), size)
    onward[here] = after.codes[there]
    came = np.ones(len(after), dtype=np.bool_)
    came[there] = False
    pairs = before.codes.astype(np.int64) * (size + 1) + onward
    cells = (size + 1) ** 2
    counts = np.bincount(pairs, minlength=cells).reshape(size + 1, size + 1)
    counts[-1, :size] = np.bincount(after.codes[came], minlength=size)
    summed: NDArray[np.float64] | None = None
    if worth is not None:
        flat = np.bincount(pairs, weights=worth, minlength=cells)
        summed = np.asarray(flat, dtype=np.float64).reshape(size + 1, size + 1)
    measures = MEASURES[: len(before.bins)]
    values, scores = [VALUES[m] for m in measures], [f"{m}_score" for m in measures]
    changes = partial(_changes, before, after, here, there)
    return Migration(
        counts=counts,
        value=summed,
        scheme=scheme,
        before=before.moment,
        after=after.moment,
        smoothing=float(smoothing),
        score_changes=MappingProxyType(dict(zip(measures, changes(scores), strict=True))),
        value_changes=MappingProxyType(dict(zip(values, changes(values), strict=True))),
        kind=before.kind,
    )


def _changes(
    before: RFMScores, after: RFMScores, here: Counts, there: Counts, attributes: Sequence[str]
) -> Iterator[Changes]:
    """Rises, falls and ties of each attribute among the customers of both moments."""
    for name in attributes:
        earlier, later = getattr(before, name)[here], getattr(after, name)[there]
        rises, falls = int((later > earlier).sum()), int((later < earlier).sum())
        yield Changes(rises, falls, here.size - rises - falls)
