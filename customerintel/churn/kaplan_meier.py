"""The Kaplan and Meier estimate: how long customers stay, without a model of why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.read_only import seal
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["KaplanMeier", "kaplan_meier"]

Floats = NDArray[np.float64]

Z95 = 1.959963984540054


@dataclass(frozen=True, eq=False, repr=False)
class KaplanMeier:
    r"""The share that is left after each moment at which somebody left.

    .. math:: \hat S(t) = \prod_{t_i \le t} \left(1 - \frac{d_i}{n_i}\right)

    with :math:`n_i` at risk just before :math:`t_i` and :math:`d_i` who left there [1]_; those
    who were last seen at :math:`t_i` are at risk there. The variance is Greenwood's [2]_,
    :math:`\hat S(t)^2 \sum d_i / (n_i (n_i - d_i))`; the interval is that of
    :math:`\log(-\log \hat S)`, which stays between 0 and 1 [3]_.

    Parameters
    ----------
    time : ndarray of float64, shape (m,)
        Ascending; when somebody left.
    at_risk, events : ndarray of float64, shape (m,)
        Who could leave, and who did.
    survival : ndarray of float64, shape (m,)
        Share left just after each time.
    standard_error, lower_95, upper_95 : ndarray of float64, shape (m,)
        Of `survival`; NaN where nobody is left.

    References
    ----------
    .. [1] Kaplan, E. L. and Meier, P. (1958). Nonparametric Estimation from Incomplete
       Observations. Journal of the American Statistical Association 53, section 2.
    .. [2] Greenwood, M. (1926). The Natural Duration of Cancer. Reports on Public Health and
       Medical Subjects 33.
    .. [3] Kalbfleisch, J. D. and Prentice, R. L. (1980). The Statistical Analysis of Failure
       Time Data, section 1.3.
    """

    time: Floats
    at_risk: Floats
    events: Floats
    survival: Floats
    standard_error: Floats
    lower_95: Floats
    upper_95: Floats
    _kind: Kind = field(default=Kind("pandas"))

    def __post_init__(self) -> None:
        seal(self)

    @classmethod
    def from_counts(
        cls, time: Floats, at_risk: Floats, events: Floats, kind: Kind | None = None
    ) -> KaplanMeier:
        """Return the estimate of counted customers.

        Parameters
        ----------
        time : ndarray of float64, shape (m,)
            Ascending.
        at_risk, events : ndarray of float64, shape (m,)
            Who could leave at each time, and who did. Times at which nobody did are left out.
        kind : Kind, optional
            What `to_frame` gives back.
        """
        some = events > 0
        time, at_risk, events = time[some], at_risk[some], events[some]
        with np.errstate(divide="ignore", invalid="ignore"):
            survival = np.asarray(np.cumprod(1.0 - events / at_risk), np.float64)
            spread: Floats = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
            error = np.asarray(survival * spread, np.float64)
            # log(-log S) has the standard error spread / |log S|
            bend: Floats = np.exp(Z95 * spread / np.abs(np.log(survival)))
            lower, upper = survival**bend, survival ** (1.0 / bend)
        nobody = survival <= 0.0
        for values in (error, lower, upper):
            values[nobody] = np.nan
        return cls(time, at_risk, events, survival, error, lower, upper, kind or Kind("pandas"))

    def survival_at(self, times: ArrayLike) -> Floats:
        """Return the share that is left just after any times.

        Parameters
        ----------
        times : array_like of float, shape (n,)
            In the unit of `time`.

        Returns
        -------
        ndarray of float64, shape (n,)
            1 before the first who left; after the last observation as at it.
        """
        steps = np.append(1.0, self.survival)
        left: Floats = steps[np.searchsorted(self.time, np.asarray(times, np.float64), "right")]
        return left

    def to_frame(self) -> Any:
        """Return one row per time: time, at_risk, events, survival, its error and interval."""
        names = ("time", "at_risk", "events", "survival", "standard_error", "lower_95", "upper_95")
        return build({name: getattr(self, name) for name in names}, self._kind)

    def _facts(self) -> dict[str, object]:
        return {
            "times": len(self.time),
            "events": float(self.events.sum()),
            "left": float(self.survival[-1]) if len(self.time) else 1.0,
        }

    def __repr__(self) -> str:
        return one_line("KaplanMeier", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Kaplan-Meier estimate", list(self._facts().items()))


def kaplan_meier(durations: ArrayLike, ended: ArrayLike) -> KaplanMeier:
    """Estimate how long customers stay, some of whom are still there.

    Parameters
    ----------
    durations : array_like of float, shape (n,)
        How long each has been observed, in any unit; 0 or more.
    ended : array_like of bool, shape (n,)
        Whether each left then; False: was still there.

    Returns
    -------
    KaplanMeier
        With Greenwood's standard errors and 95 % intervals.

    Raises
    ------
    InvalidArgumentError
        If there is nobody, or a duration is negative or no number.

    Examples
    --------
    >>> from customerintel.churn.kaplan_meier import kaplan_meier
    >>> curve = kaplan_meier([1, 2, 2, 4], [True, True, False, True])
    >>> curve.survival
    array([0.75, 0.5 , 0.  ])
    """
    try:
        lengths, gone = np.asarray(durations, np.float64), np.asarray(ended)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError("durations must be numbers, one per customer.") from error
    if lengths.ndim != 1 or lengths.shape != gone.shape or not len(lengths):
        raise InvalidArgumentError(
            "durations and ended must be flat, of one length, and hold somebody; got the shapes "
            f"{lengths.shape} and {gone.shape}."
        )
    if not np.isin(gone, (0, 1)).all():
        raise InvalidArgumentError("ended must be True or False for each customer.")
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero(~(np.isfinite(lengths) & (lengths >= 0)))
    if len(wrong):
        where = ", ".join(map(str, wrong[:5]))
        raise InvalidArgumentError(
            f"Of durations, {len(wrong):,} cannot be: negative or not finite (first places: "
            f"{where}). Give how long each customer has been observed."
        )
    time, place = np.unique(lengths, return_inverse=True)
    events = np.bincount(place, gone, len(time)).astype(np.float64)
    seen = np.bincount(place, minlength=len(time)).astype(np.float64)
    at_risk: Floats = np.cumsum(seen[::-1])[::-1]
    return KaplanMeier.from_counts(time, at_risk, events)
