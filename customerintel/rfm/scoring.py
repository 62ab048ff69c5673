"""`score_rfm`: recency, frequency and monetary scores of every customer."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import DataQualityWarning, InvalidArgumentError
from customerintel.rfm.assignment import assign, resolve_scheme
from customerintel.rfm.cutting import distinct_upto, nested_cuts, quantile_cuts
from customerintel.rfm.options import (
    MEASURES,
    Options,
    check_window,
    describe,
    resolve_bins,
    resolve_options,
    resolve_weights,
)
from customerintel.rfm.scores import RFMScores
from customerintel.rfm.segment_scheme import SegmentScheme
from customerintel.rfm.thresholds import RFMThresholds
from customerintel.tables import CustomerSummary, History, TransactionLog

__all__ = ["score_rfm"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Measured:
    """What is scored: one value of each measure per customer."""

    recency: Floats
    frequency: NDArray[np.int64]
    monetary: Floats | None
    total_amount: Floats | None
    window: timedelta | None

    @property
    def measures(self) -> tuple[str, ...]:
        return MEASURES[:2] if self.monetary is None else MEASURES


def score_rfm(
    data: History | TransactionLog,
    *,
    as_of: Any = None,
    bins: int | Mapping[str, int] | Sequence[int] | None = None,
    window: Any = None,
    method: str | None = None,
    frequency: str | None = None,
    monetary: str | None = None,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    scheme: SegmentScheme | str | None = None,
    thresholds: RFMThresholds | Mapping[str, Sequence[float]] | None = None,
    period: str | None = None,
) -> RFMScores:
    """Score every customer by recency, frequency and monetary value, and name the segment.

    Parameters
    ----------
    data : History or TransactionLog
        What is known at one moment; of a log, `as_of` says which.
    as_of : date, datetime or str, optional
        The moment; a day means its end. Required for a log, narrows a history.
    bins : int, mapping or sequence of int, optional
        Number of scores, 3 to 10: one for all, by measure, or in the order R, F, M. By
        default that of the thresholds, or 5.
    window : str, timedelta or int, optional
        Only the purchases of this time up to the moment count (``"180d"``; an int is days),
        and customers without any are left out. By default the whole history.
    method : {"quantile", "nested", "fixed", "frozen"}, optional
        ``"quantile"`` (default) ranks each measure by itself. ``"nested"`` ranks frequency
        inside each recency score and monetary inside both. The other two follow from
        `thresholds`.
    frequency : {"periods", "purchases"}, optional
        Count distinct purchase periods (default), or purchases.
    monetary : {"total", "mean"}, optional
        Net spend in the window in total (default), or per purchase.
    weights : mapping or sequence of float, optional
        Of the weighted score, in the order R, F, M: (3, 2, 1) and (100, 10, 1) are in use.
        By default equal and adding up to 1, which makes it the mean score.
    scheme : SegmentScheme or str, optional
        By default ``"rfm-11@1"`` for 5 bins (``"rf-10@1"`` where the log has no amounts),
        and no segments for other bins.
    thresholds : RFMThresholds or mapping, optional
        The ``.thresholds`` of an earlier result, to score alike; what it was measured with is
        taken over, and the window must be as long. Or increasing cut points by measure in
        days, counts and currency units: a recency at or below a cut point, a frequency or
        spend at or above one, is on its better side.
    period : {"day", "hour", "week", "month"}, optional
        Purchases of one calendar period count once (default ``"day"``).

    Returns
    -------
    RFMScores
        One row per customer with a purchase, ascending by customer id. Without amounts it has
        no monetary score, and cells of two digits.

    Raises
    ------
    InvalidArgumentError
        When an argument is out of range, contradicts another or the frozen thresholds, or
        nobody bought in the window and there is nothing to rank.
    SchemeError
        When the scheme does not exist or is made for other bins.

    Warns
    -----
    DataQualityWarning
        When a ranked measure has fewer distinct values than bins.

    Notes
    -----
    A value with `less` customers below it and `equal` at it, of `n`, has the mid-rank
    percentile ``p = (less + equal / 2) / n`` and the score ``1 + floor(bins * p)``, recency
    counted from the other end. Equal values share a score whatever the order of the rows, so
    the bins can be of unequal size: `RFMScores.bin_sizes` reports them. Scores from 1 to 5
    after A. M. Hughes, "Strategic Database Marketing" (1994); nested bins as in his
    sequential sort; weights after J. R. Miglautsch, "Thoughts on RFM Scoring", Journal of
    Database Marketing 8 (2000).

    Examples
    --------
    >>> import customerintel as ci
    >>> log = ci.TransactionLog.from_frame(
    ...     {
    ...         "customer_id": [1, 1, 2, 3, 3, 3],
    ...         "timestamp": ["2024-01-01", "2024-01-09", "2024-01-02",
    ...                       "2024-01-03", "2024-01-05", "2024-01-10"],
    ...         "amount": [10.0, 15.0, 20.0, 5.0, 5.0, 50.0],
    ...     }
    ... )
    >>> rfm = ci.score_rfm(log, as_of="2024-01-10", bins=3)
    >>> rfm.cell
    array([222, 111, 333], dtype=int16)
    """
    options = resolve_options(
        bins=bins,
        method=method,
        frequency=frequency,
        monetary=monetary,
        period=period,
        thresholds=thresholds,
    )
    history = _history(data, as_of)
    summary = history.summarize(unit="day", period=options.period, window=window)
    if monetary is not None and not summary.has_amounts:
        raise InvalidArgumentError("monetary= is given and the log has no amounts; leave it out.")
    measured = _measure(summary, options)
    grid = resolve_bins(options, measured.measures)
    weighting = resolve_weights(weights, measured.measures)
    names = resolve_scheme(scheme, grid)
    cuts = _thresholds(measured, options, grid)
    if options.method in {"quantile", "nested"}:
        for message in _few_values(measured, grid):
            warnings.warn(message, DataQualityWarning, stacklevel=2)
    return _result(summary, measured, cuts, names, weighting)


def _history(data: Any, as_of: Any) -> Any:
    """History that `data` is, or has at `as_of`."""
    if not callable(getattr(data, "as_of", None)):
        raise InvalidArgumentError(
            "score_rfm takes a TransactionLog or a History; got "
            f"{type(data).__name__}. Make a log with TransactionLog.from_frame(...)."
        )
    if as_of is not None:
        return data.as_of(as_of)
    if not hasattr(data, "moment"):
        raise InvalidArgumentError(
            "as_of is required to score a TransactionLog: the moment that recency is counted "
            "from, such as as_of='2011-12-09' or as_of=log.end."
        )
    return data


def _measure(summary: CustomerSummary, options: Options) -> _Measured:
    """Recency, frequency and money of each customer, as the options define them."""
    by_period = options.frequency_of == "periods"
    count = summary.n_periods if by_period else summary.n_purchases
    total = summary.total_amount if summary.has_amounts else None
    monetary = total
    if total is not None and options.monetary_of == "mean":
        monetary = total / summary.n_purchases
    window = None if summary.window is None else timedelta(microseconds=int(summary.window))
    return _Measured(summary.time_since_last, count, monetary, total, window)


def _thresholds(measured: _Measured, options: Options, bins: tuple[int, ...]) -> RFMThresholds:
    """Cut points: the frozen ones, the caller's, or fitted."""
    if options.frozen is not None:
        check_window(options.frozen, measured.window)
        return options.frozen
    if options.cuts is not None:
        fixed = options.cuts
        found: list[Any] = [tuple(map(float, fixed[m])) for m in measured.measures]
    else:
        found = _fit(measured, options.method, bins)
    return RFMThresholds(
        recency=found[0],
        frequency=found[1],
        monetary=found[2] if len(found) == 3 else None,
        bins=bins,
        method=options.method,
        window=measured.window,
        period=options.period,
        frequency_of=options.frequency_of,
        monetary_of=None if measured.monetary is None else options.monetary_of,
    )


def _fit(measured: _Measured, method: str, bins: tuple[int, ...]) -> list[Any]:
    """Cut points in natural units, as nested tuples."""
    if measured.recency.size == 0:
        within = "" if measured.window is None else f" in the {describe(measured.window)} before"
        raise InvalidArgumentError(
            f"Nobody bought anything up to the moment{within}, so there is nothing to rank. "
            "Choose a later as_of or a longer window, or give thresholds."
        )
    if method == "nested":
        trees = nested_cuts(-measured.recency, measured.frequency, measured.monetary, bins)
        fitted = [tree for tree in trees if tree is not None]
    else:
        fitted = [quantile_cuts(measured.recency, bins[0], sign=-1)]
        fitted += [
            quantile_cuts(getattr(measured, name), count)
            for name, count in zip(measured.measures[1:], bins[1:], strict=True)
        ]
    return [_tuples((-fitted[0][::-1]).tolist()), *(_tuples(tree.tolist()) for tree in fitted[1:])]


def _result(
    summary: CustomerSummary,
    measured: _Measured,
    cuts: RFMThresholds,
    scheme: SegmentScheme | None,
    weights: tuple[float, ...],
) -> RFMScores:
    """Scores and segments under the cut points."""
    found = assign(measured.recency, measured.frequency, measured.monetary, cuts, scheme)
    return RFMScores(
        ids=summary.ids,
        time_since_last=measured.recency,
        frequency=measured.frequency,
        monetary=measured.monetary,
        total_amount=measured.total_amount,
        recency_score=found.recency_score,
        frequency_score=found.frequency_score,
        monetary_score=None if measured.monetary is None else found.monetary_score,
        cell=found.cell,
        codes=found.segment_code,
        thresholds=cuts,
        scheme=scheme,
        weights=weights,
        moment=summary.moment,
        kind=summary.kind,
    )


def _tuples(tree: list[Any]) -> tuple[Any, ...]:
    return tuple(_tuples(leaf) if isinstance(leaf, list) else leaf for leaf in tree)


def _few_values(measured: _Measured, bins: tuple[int, ...]) -> list[str]:
    """One message per measure with fewer distinct values than bins."""
    messages = []
    for name, bin_count in zip(measured.measures, bins, strict=True):
        distinct = distinct_upto(getattr(measured, name), bin_count)
        if distinct < bin_count:
            messages.append(
                f"{name} has fewer distinct values ({distinct}) than bins ({bin_count}), so some "
                "scores stay empty (see bin_sizes()). Use fewer bins or fixed thresholds."
            )
    return messages
