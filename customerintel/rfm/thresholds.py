"""`RFMThresholds`: the cut points behind a set of scores, to score a later moment alike."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError

__all__ = ["RFMThresholds"]

Floats = NDArray[np.float64]

_FORMAT = "customerintel.rfm_thresholds"
_VERSION = 1
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class RFMThresholds:
    """Cut points of recency, frequency and monetary, and what they were measured on.

    `score_rfm` returns them with every result; give them to a later call and the later
    scores mean the same. Two thresholds are equal when everything here is equal.

    Attributes
    ----------
    recency : tuple of float
        Days, increasing, one fewer than the bins. A recency at or below ``recency[0]`` has
        the best score, one above the last cut point has score 1. -inf where nobody reaches
        the score.
    frequency : tuple
        Counts, increasing. A frequency at or above ``frequency[0]`` has at least score 2.
        inf where nobody reaches the score. For the method ``"nested"``: one such tuple per
        recency score.
    monetary : tuple or None
        Currency units, as `frequency`; for ``"nested"`` one tuple of tuples per recency
        score. None where the log has no amounts.
    bins : tuple of int
        Number of scores of each measure, in the order R, F, M (no M without amounts).
    method : {"quantile", "nested", "fixed"}
        Where the cut points come from.
    window : datetime.timedelta or None
        Length of the window that was measured; None: the whole history.
    period : str
        Purchases of one period count as one; see `frequency_of`.
    frequency_of : {"periods", "purchases"}
        What frequency counts: distinct purchase periods, or purchases.
    monetary_of : {"total", "mean"} or None
        Net spend in total or per purchase; None where the log has no amounts.

    Examples
    --------
    >>> from customerintel.rfm import RFMThresholds
    >>> cuts = RFMThresholds(recency=(30.0, 90.0), frequency=(2.0, 5.0), monetary=None, bins=(3, 3),
    ...                   method="fixed", window=None, period="day", frequency_of="periods",
    ...                   monetary_of=None)
    >>> RFMThresholds.from_dict(cuts.to_dict()) == cuts
    True
    """

    recency: tuple[float, ...]
    frequency: tuple[Any, ...]
    monetary: tuple[Any, ...] | None
    bins: tuple[int, ...]
    method: str
    window: timedelta | None
    period: str
    frequency_of: str
    monetary_of: str | None

    def __post_init__(self) -> None:
        names = ("recency", "frequency", "monetary")[: 2 if self.monetary is None else 3]
        if len(self.bins) != len(names):
            raise InvalidArgumentError(
                f"RFMThresholds of {_and(names)} need {len(names)} bins; got {len(self.bins)}."
            )
        for depth, (name, bins) in enumerate(zip(names, self.bins, strict=True)):
            groups = self.bins[:depth] if self.method == "nested" else ()
            _check_cuts(name, getattr(self, name), (*groups, bins - 1))

    def arrays(self) -> tuple[Floats, Floats, Floats]:
        """Cut points as arrays; the last has no cuts where the log has no amounts.

        Returns
        -------
        tuple of float64 arrays
            Shapes (R - 1,), (F - 1,) and (M - 1,); for the method ``"nested"`` (R - 1,),
            (R, F - 1) and (R, F, M - 1).
        """
        trees: list[Any] = [self.recency, self.frequency, self.monetary]
        if self.monetary is None:
            trees[2] = np.empty((*self.bins, 0) if self.method == "nested" else 0)
        recency, frequency, monetary = (np.array(tree, dtype=np.float64) for tree in trees)
        return recency, frequency, monetary

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON values, with a format version; an infinite cut point is None.

        Returns
        -------
        dict
            For `json.dumps` and `RFMThresholds.from_dict`.
        """
        return {
            "format": _FORMAT,
            "format_version": _VERSION,
            "method": self.method,
            "bins": list(self.bins),
            "window_us": None if self.window is None else self.window // _MICROSECOND,
            "period": self.period,
            "frequency_of": self.frequency_of,
            "monetary_of": self.monetary_of,
            "recency": _to_json(self.recency),
            "frequency": _to_json(self.frequency),
            "monetary": None if self.monetary is None else _to_json(self.monetary),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RFMThresholds:
        """RFMThresholds from what `to_dict` gave.

        Parameters
        ----------
        data : mapping
            As read by `json.loads`.

        Returns
        -------
        RFMThresholds
            Equal to the one that was written.

        Raises
        ------
        InvalidArgumentError
            When the mapping is of another format, of a later version, or incomplete.
        """
        if data.get("format") != _FORMAT or data.get("format_version") != _VERSION:
            raise InvalidArgumentError(
                f"This is not {_FORMAT} version {_VERSION}; give what RFMThresholds.to_dict() gave."
            )
        try:
            window, monetary = data["window_us"], data["monetary"]
            return cls(
                recency=_from_json(data["recency"], -math.inf),
                frequency=_from_json(data["frequency"], math.inf),
                monetary=None if monetary is None else _from_json(monetary, math.inf),
                bins=tuple(data["bins"]),
                method=data["method"],
                window=None if window is None else timedelta(microseconds=window),
                period=data["period"],
                frequency_of=data["frequency_of"],
                monetary_of=data["monetary_of"],
            )
        except KeyError as error:
            raise InvalidArgumentError(f"The thresholds lack the key {error}.") from None


def _check_cuts(name: str, cuts: Sequence[Any], shape: tuple[int, ...]) -> None:
    """Refuse cut points that are not numbers, not increasing, or of another shape."""
    try:
        array = np.array(cuts, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidArgumentError(
            f"The cut points of {name} must be numbers, as many in each group."
        ) from None
    if array.shape != shape:
        raise InvalidArgumentError(
            f"The cut points of {name} have the shape {array.shape}; these bins need {shape}."
        )
    # negated, so that a NaN (false in every comparison) is refused too
    if np.isnan(array).any() or not (array[..., 1:] >= array[..., :-1]).all():
        raise InvalidArgumentError(f"The cut points of {name} must increase and hold no NaN.")


def _and(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


def _to_json(cuts: Sequence[Any]) -> list[Any]:
    return [
        _to_json(cut) if isinstance(cut, tuple) else cut if math.isfinite(cut) else None
        for cut in cuts
    ]


def _from_json(cuts: Sequence[Any], infinite: float) -> tuple[Any, ...]:
    return tuple(
        _from_json(cut, infinite)
        if isinstance(cut, Sequence)
        else infinite
        if cut is None
        else float(cut)
        for cut in cuts
    )
