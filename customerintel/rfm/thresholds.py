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
from customerintel.rfm.words import PERIODS, one_of
from customerintel.tables.results import html_table

__all__ = ["RFMThresholds"]

Floats = NDArray[np.float64]

_FORMAT = "customerintel.rfm_thresholds"
_VERSION = 1
_MICROSECOND = timedelta(microseconds=1)


# no slots: with them, a wrong attribute would raise a TypeError about super()
@dataclass(frozen=True)
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
    period : {"day", "hour", "week", "month"}
        Purchases of one period count as one; see `frequency_of`.
    frequency_of : {"periods", "purchases"}
        What frequency counts: distinct purchase periods, or purchases.
    monetary_of : {"total", "mean"} or None
        Net spend in total or per purchase; None where the log has no amounts.

    Raises
    ------
    InvalidArgumentError
        When a word is unknown, bins are not 3 to 10, the window is not longer than nothing,
        or cut points are no numbers, fall, or do not fit the bins.

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
        _check_words(self)
        _check_bins(self.bins)
        if len(self.bins) != len(names):
            raise InvalidArgumentError(
                f"RFMThresholds of {_and(names)} need {len(names)} bins; got {len(self.bins)}."
            )
        for depth, (name, bins) in enumerate(zip(names, self.bins, strict=True)):
            groups = self.bins[:depth] if self.method == "nested" else ()
            # one kind of container, so that equal thresholds are equal and hashable
            cuts = _cuts(name, getattr(self, name), (*groups, bins - 1))
            object.__setattr__(self, name, cuts)
        object.__setattr__(self, "bins", tuple(self.bins))

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
            When the mapping is of another format, of a later version, or incomplete, or
            holds what thresholds cannot be.
        """
        if not isinstance(data, Mapping):
            raise InvalidArgumentError(
                "RFMThresholds.from_dict takes what RFMThresholds.to_dict() gave, a dict; got "
                f"{type(data).__name__}."
            )
        if data.get("format") != _FORMAT or data.get("format_version") != _VERSION:
            raise InvalidArgumentError(
                f"This is not {_FORMAT} version {_VERSION}; give what RFMThresholds.to_dict() gave."
            )
        try:
            monetary = data["monetary"]
            return cls(
                recency=_from_json(data["recency"], -math.inf),
                frequency=_from_json(data["frequency"], math.inf),
                monetary=None if monetary is None else _from_json(monetary, math.inf),
                bins=data["bins"],
                method=data["method"],
                window=_window(data["window_us"]),
                period=data["period"],
                frequency_of=data["frequency_of"],
                monetary_of=data["monetary_of"],
            )
        except KeyError as error:
            raise InvalidArgumentError(f"The thresholds lack the key {error}.") from None

    def _repr_html_(self) -> str:
        window = "whole history" if self.window is None else str(self.window)
        rows: list[tuple[str, object]] = [("recency (days)", self.recency)]
        rows += [("frequency", self.frequency)]
        if self.monetary is not None:
            rows += [("monetary", self.monetary)]
        facts = (self.method, window, self.period, self.frequency_of, self.monetary_of or "none")
        names = ("method", "window", "period", "frequency_of", "monetary_of")
        return html_table("RFM thresholds", [*rows, *zip(names, facts, strict=True)])


def _check_words(thresholds: RFMThresholds) -> None:
    """Refuse unknown words, and a window that no time can have."""
    one_of("method", thresholds.method, ("quantile", "nested", "fixed"))
    one_of("period", thresholds.period, PERIODS)
    one_of("frequency_of", thresholds.frequency_of, ("periods", "purchases"))
    if thresholds.monetary is not None:
        one_of("monetary_of", thresholds.monetary_of, ("total", "mean"))
    elif thresholds.monetary_of is not None:
        raise InvalidArgumentError("monetary_of must be None where monetary is None.")
    window: object = thresholds.window
    if window is not None and not (isinstance(window, timedelta) and window > timedelta(0)):
        raise InvalidArgumentError(
            "window must be None for the whole history, or a timedelta longer than zero."
        )


def _check_bins(bins: object) -> None:
    if not isinstance(bins, tuple | list) or not all(
        isinstance(b, int) and not isinstance(b, bool) and 3 <= b <= 10 for b in bins
    ):
        raise InvalidArgumentError("bins must be a tuple of whole numbers from 3 to 10.")


def _cuts(name: str, cuts: object, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Refuse cut points that are not numbers, not increasing, or of another shape."""
    try:
        # texts would be read as numbers, and nothing else has the letters i, u and f
        array = np.array(cuts)
        numbers = array.dtype.kind in "iuf"
    except (TypeError, ValueError):
        numbers = False
    if not numbers:
        raise InvalidArgumentError(
            f"The cut points of {name} must be numbers, as many in each group."
        )
    if array.shape != shape:
        raise InvalidArgumentError(
            f"The cut points of {name} have the shape {array.shape}; these bins need {shape}."
        )
    array = array.astype(np.float64)
    # negated, so that a NaN (false in every comparison) is refused too
    if np.isnan(array).any() or not (array[..., 1:] >= array[..., :-1]).all():
        raise InvalidArgumentError(f"The cut points of {name} must increase and hold no NaN.")
    return _tuples(array.tolist())


def _tuples(tree: list[Any]) -> tuple[Any, ...]:
    return tuple(_tuples(leaf) if isinstance(leaf, list) else leaf for leaf in tree)


def _window(microseconds: object) -> timedelta | None:
    if microseconds is None:
        return None
    try:
        if isinstance(microseconds, int) and not isinstance(microseconds, bool):
            return timedelta(microseconds=microseconds)
    except OverflowError:
        pass
    raise InvalidArgumentError(
        "window_us must be None or a whole number of microseconds that fits a timedelta."
    )


def _and(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


def _to_json(cuts: Sequence[Any]) -> list[Any]:
    return [
        _to_json(cut) if isinstance(cut, tuple) else cut if math.isfinite(cut) else None
        for cut in cuts
    ]


def _from_json(cuts: Any, infinite: float) -> Any:
    """Put infinities back; what is no list stays, and is refused as a cut point."""
    if isinstance(cuts, list | tuple):
        return [_from_json(cut, infinite) for cut in cuts]
    return infinite if cuts is None else cuts
