"""What rules read of customers from elsewhere: purchases, scores, relationships, cut points."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import DataQualityWarning, InvalidArgumentError
from customerintel.live.score_values import label_values, score_values
from customerintel.tables.visible import history_in_zone

if TYPE_CHECKING:
    from customerintel.live.terms import Score
    from customerintel.rfm import RFMThresholds, SegmentScheme
    from customerintel.tables import History

__all__ = ["RefreshValues", "alive_parameters", "refresh_values", "texts_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RefreshValues:
    """What a history tells at one moment, for the fold to take over.

    Attributes
    ----------
    moment : int
        Microseconds UTC.
    ids : list of str
        Customers of the history; the arrays follow their order.
    frequency : ndarray of int64
        Distinct days with a purchase.
    monetary : ndarray of float64
        Net spend; 0 where the log has no amounts.
    first, last : ndarray of int64
        First and last purchase, microseconds UTC.
    thresholds, scheme : RFMThresholds, SegmentScheme, or None
        Cut points and names of the segments.
    scores : mapping of str to mapping of str to float
        By the name of the score and the customer.
    labels : mapping of str to str, or None
        Kind of relationship by customer; None leaves those there are.
    alive : tuple of float, or None
        r, alpha, a and b of the MBG/NBD model by days; None leaves those there are.
    """

    moment: int
    ids: list[str] = field(repr=False)
    frequency: Ints = field(repr=False)
    monetary: Floats = field(repr=False)
    first: Ints = field(repr=False)
    last: Ints = field(repr=False)
    thresholds: RFMThresholds | None = None
    scheme: SegmentScheme | None = None
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False)
    labels: Mapping[str, str] | None = field(default=None, repr=False)
    alive: tuple[float, float, float, float] | None = None


def texts_of(ids: Any) -> list[str]:
    """Return ids as the live room writes them: integers as their decimal text."""
    return [str(value) for value in ids.to_numpy().tolist()]


def refresh_values(
    history: History,
    *,
    scores: Iterable[Score] = (),
    given: Mapping[str, Any] | None = None,
    relationships: Any = None,
    segments: bool = True,
    alive: bool = False,
    thresholds: RFMThresholds | None = None,
    scheme: SegmentScheme | None = None,
    zone: str | None = None,
) -> RefreshValues:
    """Work out what rules read from a history.

    Parameters
    ----------
    history : History
        What is known at its moment.
    scores : iterable of Score
        Those that rules read, with their estimators.
    given : mapping, optional
        Values of scores by name: an array in the order of ``history.customer_id``, a mapping
        from ids, or an estimator.
    relationships : RelationshipTable or mapping, optional
        Kind of relationship by customer.
    segments : bool, default True
        Whether a rule reads segments: then it is said when there are too few values for them.
    alive : bool, default False
        Whether a rule reads P(alive), so that its model is fitted.
    thresholds, scheme : optional
        Cut points that are kept, and names of the segments.
    zone : str, optional
        In whose calendar purchases are counted; by default that of the history.

    Returns
    -------
    RefreshValues

    Raises
    ------
    InvalidArgumentError
        If `history` is none, or an estimator's answer does not fit the customers.
    """
    if not hasattr(history, "summarize") or not hasattr(history, "moment"):
        raise InvalidArgumentError(
            f"history must be a History, as TransactionLog.as_of gives; got "
            f"{type(history).__name__}."
        )
    days = history if zone is None else history_in_zone(history, zone)
    summary = days.summarize(unit="day")
    cuts, names = _segments(days, thresholds, scheme, loud=segments)
    ids = texts_of(summary.ids)
    return RefreshValues(
        moment=int(history.moment.astype(np.int64)),
        ids=ids,
        frequency=summary.n_periods,
        monetary=np.nan_to_num(summary.total_amount),
        first=summary.first_purchase.view(np.int64),
        last=summary.last_purchase.view(np.int64),
        thresholds=cuts,
        scheme=names,
        scores=score_values(history, ids, scores, given or {}),
        labels=None if relationships is None else label_values(relationships),
        alive=alive_parameters(summary) if alive and len(summary) else None,
    )


def _segments(history: Any, thresholds: Any, scheme: Any, *, loud: bool) -> tuple[Any, Any]:
    """Return cut points and names of the segments, both None of a history without purchases."""
    from customerintel.rfm import score_rfm

    if not history.n_customers:
        return thresholds, scheme
    with warnings.catch_warnings():
        if not loud:
            warnings.simplefilter("ignore", DataQualityWarning)
        found = score_rfm(history, thresholds=thresholds, scheme=scheme)
    return found.thresholds, found.scheme


def alive_parameters(summary: Any) -> tuple[float, float, float, float]:
    """Return r, alpha, a and b of the MBG/NBD model for a summary by days."""
    from customerintel.models import ModifiedBetaGeoNBD

    params = ModifiedBetaGeoNBD().fit(summary).params_
    return float(params["r"]), float(params["alpha"]), float(params["a"]), float(params["b"])
