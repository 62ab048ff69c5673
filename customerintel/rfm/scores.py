"""`RFMScores`: what `score_rfm` found, one row per customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import SchemeError
from customerintel.rfm.options import MEASURES, VALUES, by, describe
from customerintel.rfm.read_only import read_only, seal
from customerintel.rfm.segment_scheme import SegmentScheme
from customerintel.rfm.thresholds import RFMThresholds
from customerintel.tables.building import Labels, build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["RFMScores"]

Floats = NDArray[np.float64]
Scores = NDArray[np.int8]


@dataclass(frozen=True, eq=False, repr=False)
class RFMScores:
    """RFM scores and segments of the customers who bought in the window.

    All arrays have the shape (n,), share the order of `customer_id` (ascending) and are
    read-only.

    Attributes
    ----------
    ids : CustomerIds
        The customers.
    time_since_last : float64 array
        Days since the last purchase in the window, from the start of its period to the start
        of the moment's: the recency of RFM, of which `recency_score` is made.
    frequency : int64 array
        Distinct purchase periods, or purchases (``thresholds.frequency_of``).
    monetary : float64 array or None
        Net spend in total, or per purchase (``thresholds.monetary_of``), in the currency of
        the log. None where the log has no amounts.
    total_amount : float64 array or None
        Net spend in the window, whatever `monetary` measures.
    recency_score, frequency_score : int8 array
        From 1 (worst) to the number of bins (best).
    monetary_score : int8 array or None
        The same; None where the log has no amounts. NaN money (never from a log) has score 0.
    cell : int16 or int32 array
        Scores as digits: 543 is R 5, F 4, M 3; without amounts 54. Where a measure has 10
        bins, two digits each: 100403 is R 10, F 4, M 3.
    codes : int8 array
        Position of the segment in the scheme; -1 everywhere without a scheme.
    thresholds : RFMThresholds
        Cut points, to score a later moment alike.
    scheme : SegmentScheme or None
        Scheme of the segments; ``str(rfm.scheme)`` is its name and version.
    weights : tuple of float
        Weights of `weighted_score`.
    moment : datetime64[us]
        Moment of the scores, UTC.
    kind : Kind
        Kind of table that `to_frame` gives.
    """

    ids: CustomerIds
    time_since_last: Floats
    frequency: NDArray[np.int64]
    monetary: Floats | None
    total_amount: Floats | None
    recency_score: Scores
    frequency_score: Scores
    monetary_score: Scores | None
    cell: NDArray[Any]
    codes: Scores
    thresholds: RFMThresholds
    scheme: SegmentScheme | None
    weights: tuple[float, ...]
    moment: np.datetime64
    kind: Kind

    def __post_init__(self) -> None:
        seal(self)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Customer ids, ascending: int64, or an object array of str."""
        return self.ids.to_numpy()

    @property
    def bins(self) -> tuple[int, ...]:
        """Number of scores of R, F and M (no M without amounts)."""
        return self.thresholds.bins

    @property
    def window(self) -> timedelta | None:
        """Length of the window; None is the whole history."""
        return self.thresholds.window

    @property
    def segment_code(self) -> Scores:
        """Position of each customer's segment in ``scheme.segments``, int8.

        Raises
        ------
        SchemeError
            When the scores have no scheme.
        """
        self._named()
        return self.codes

    @cached_property
    def segment(self) -> NDArray[np.object_]:
        """Name of each customer's segment, one shared text per segment.

        Raises
        ------
        SchemeError
            When the scores have no scheme.
        """
        names = np.array([*self._named().segments, None], dtype=object)
        # the last name stands for code -1; blocks of places stay in the cache
        found = np.empty(len(self), dtype=object)
        for start in range(0, len(self), 65_536):
            stop = start + 65_536
            names.take(self.codes[start:stop], out=found[start:stop], mode="wrap")
        return read_only(found)

    @cached_property
    def weighted_score(self) -> Floats:
        """Sum of the scores times their `weights`, float64."""
        total = np.zeros(len(self))
        for weight, score in zip(self.weights, self._scores().values(), strict=True):
            total += weight * score
        return read_only(total)

    def bin_sizes(self) -> dict[str, NDArray[np.int64]]:
        """Count the customers of each score; ties make the sizes unequal.

        Returns
        -------
        dict of str to int64 array
            By measure; position 0 is score 1.
        """
        return {
            name: np.bincount(score, minlength=bins + 1)[1:]
            for (name, score), bins in zip(self._scores().items(), self.bins, strict=True)
        }

    def counts(self) -> Any:
        """Size and means of each segment, in scheme order, empty segments included.

        Returns
        -------
        table of the kind that the log was made from
            Columns ``segment``, ``customers``, ``share``, ``mean_time_since_last``
            (days), ``mean_frequency`` and, with amounts, ``mean_monetary`` and ``total_monetary``
            (sum of `total_amount`). Means of an empty segment are NaN.

        Raises
        ------
        SchemeError
            When the scores have no scheme.
        """
        names = self._named().segments
        in_segment = self.codes >= 0
        codes = self.codes[in_segment]
        customers = np.bincount(codes, minlength=len(names))

        def sums(values: NDArray[Any]) -> Floats:
            total = np.bincount(codes, weights=values[in_segment], minlength=len(names))
            return np.asarray(total, dtype=np.float64)

        columns: dict[str, Any] = {
            "segment": Labels(np.arange(len(names)), names),
            "customers": customers,
        }
        # an empty segment divides 0 by 0, which is the NaN wanted here
        with np.errstate(invalid="ignore"):
            columns["share"] = customers / np.int64(codes.size)
            columns["mean_time_since_last"] = sums(self.time_since_last) / customers
            columns["mean_frequency"] = sums(self.frequency) / customers
            if self.monetary is not None and self.total_amount is not None:
                columns["mean_monetary"] = sums(self.monetary) / customers
                columns["total_monetary"] = sums(self.total_amount)
        return build(columns, self.kind)

    def to_frame(self) -> Any:
        """One row per customer.

        Returns
        -------
        table of the kind that the log was made from
            Columns ``customer_id``; ``time_since_last`` (days), ``frequency`` and, with
            amounts, ``monetary``; their scores ``recency_score``, ``frequency_score`` and
            ``monetary_score``; ``cell``, ``weighted_score`` and, with a scheme, ``segment``.
        """
        columns: dict[str, Any] = {"customer_id": self.ids}
        columns |= {VALUES[name]: getattr(self, VALUES[name]) for name in self._scores()}
        columns |= {f"{name}_score": score for name, score in self._scores().items()}
        columns |= {"cell": self.cell, "weighted_score": self.weighted_score}
        if self.scheme is not None:
            columns["segment"] = Labels(self.codes, self.scheme.segments)
        return build(columns, self.kind)

    def __len__(self) -> int:
        return self.time_since_last.size

    def __repr__(self) -> str:
        return one_line("RFMScores", **dict(self._facts()))

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = [*self._facts()]
        if self.scheme is not None:
            sizes = np.bincount(self.codes[self.codes >= 0], minlength=len(self.scheme.segments))
            rows += zip(self.scheme.segments, (f"{n:,}" for n in sizes.tolist()), strict=True)
        return html_table("RFM scores", rows)

    def _facts(self) -> Sequence[tuple[str, object]]:
        return [
            ("customers", len(self)),
            ("moment", str(self.moment)),
            ("window", "whole history" if self.window is None else describe(self.window)),
            ("bins", by(self.bins)),
            ("scheme", "none" if self.scheme is None else str(self.scheme)),
        ]

    def _scores(self) -> dict[str, Scores]:
        scores = (self.recency_score, self.frequency_score, self.monetary_score)
        return {m: s for m, s in zip(MEASURES, scores, strict=True) if s is not None}

    def _named(self) -> SegmentScheme:
        if self.scheme is None:
            raise SchemeError(
                f"These scores have {by(self.bins)} bins and no scheme, so no segments. Give "
                "score_rfm a scheme made for these bins, or use bins=5."
            )
        return self.scheme
