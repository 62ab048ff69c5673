"""`evaluate`: which estimator to believe, by what it would have said earlier."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from customerintel.churn.baselines import BASELINES
from customerintel.churn.judged import ChurnEvaluation
from customerintel.churn.log_ends import last_moment, log_of, reaches_back, shown
from customerintel.churn.metrics import check_top
from customerintel.churn.profit import ProfitModel
from customerintel.churn.resampling import Judge
from customerintel.churn.rolling_origins import RollingOrigins
from customerintel.churn.trials import Trials, read_estimators, run
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import check_seed, is_count, is_number, whole_number
from customerintel.models.progress import progress_bar
from customerintel.tables import History, TransactionLog
from customerintel.tables.moments import read_moment
from customerintel.tables.notices import warn_caller

__all__ = ["ChurnEvaluation", "evaluate"]

#: What is compared where nothing is named.
ESTIMATORS = ("recency", "bgnbd", "paretonbd", "hazard", "auto")
#: What a text must begin with to be meant as a moment.
_DAY = re.compile(r"\s*\d{4}-?\w\d")


def evaluate(
    log: TransactionLog | History,
    *,
    estimators: Any = ESTIMATORS,
    horizon: Any = None,
    origins: Any = 4,
    gap: Any = None,
    step: Any = None,
    seed: int | None = 0,
    n_bootstrap: int = 200,
    level: float = 0.95,
    top: float = 0.10,
    profit: ProfitModel | None = None,
    progress: bool = False,
) -> ChurnEvaluation:
    r"""Fit estimators at several moments of the past, and judge what they predicted.

    At each origin t every estimator is fitted anew on ``log.as_of(t)`` and predicts, for each
    of its customers, the probability of no purchase in the horizon. What happened is read from
    the log. Customers who are new since an estimator could last learn are judged, too.

    Parameters
    ----------
    log : TransactionLog or History
        Of a history, nothing after its moment is used.
    estimators : sequence of str or estimator, or mapping of names to them
        At least one, the simplest first. "base rate" (the share that left in the latest outcome
        that was over) and "recency rule" (a logistic line in the time since the last purchase,
        learnt from the same outcome) are always in the table.
    horizon : str, timedelta or number of days
        Such as ``"90d"``. Not needed where `origins` is a `RollingOrigins`.
    origins : int, RollingOrigins, a moment or several, default 4
        How many, or which; moments as for `TransactionLog.as_of`, in a list, an array or a
        column or index of a table.
    gap, step : str, timedelta or number of days, optional
        As for `RollingOrigins`.
    seed : int or None, default 0
        For estimators that draw at random, and for the resamples.
    n_bootstrap : int, default 200
        Resamples of customers for the intervals; 0: none.
    level : float, default 0.95
        Of the intervals.
    top : float, default 0.10
        Share of the customers of whom `top_lift` is taken.
    profit : ProfitModel, optional
        For `empc` and `mpc`. None: clv 200, offer 10, contact 1, acceptance Beta(6, 14).
    progress : bool, default False
        Show a progress bar; needs the extra ``progress``.

    Returns
    -------
    ChurnEvaluation
        The table, its intervals, the curves and all predictions.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, the log is too short, or all estimators fail.
    PluginError
        If an estimator cannot be had.

    Warns
    -----
    DataQualityWarning
        If an estimator failed at an origin: its row is NaN, and ``failures`` says why. If an
        origin is left out, or everybody or nobody left at one.

    Notes
    -----
    The measures are those of `customerintel.churn.metrics.measures`. Probabilities mean the same
    at every origin, so `log_loss`, `brier` and the calibration are taken over all rows together;
    the skill compares with the share that left at each origin. Customers of different origins
    are never ranked against each other, so the others are taken within origins: `auc` is the
    share of all pairs of one origin each that are in the right order, `pr_auc` a mean over those
    who left, `top_lift` what the first at each origin hold over what chance would, `empc`,
    `mpc` and `targeted` means over customers.

    Intervals are percentiles over resamples of customers, each with all of their rows; the
    resamples are the same for all estimators. Those of the calibration move one Newton step
    from the line of all rows. They do not tell how another year would have been: look at
    ``per_origin()`` for that.

    With a gap, an estimator is still asked for the horizon that begins at the origin, since that
    is all that it can be asked for; what it predicts is compared with the later one. Its rank is
    judged rightly, its calibration only as far as both horizons are alike.

    Examples
    --------
    >>> import customerintel as ci
    >>> truth = ci.models.ParetoNBD.from_params(
    ...     {"r": 0.8, "alpha": 6.0, "s": 0.6, "beta": 12.0}, unit="week"
    ... )
    >>> log = truth.simulate(400, T=78.0, seed=1)
    >>> table = ci.churn.evaluate(
    ...     log, estimators=["recency"], horizon="90d", origins=2, n_bootstrap=20
    ... )
    >>> table.names
    ('recency', 'base rate', 'recency rule')
    """
    rows = log_of(log, "evaluate")
    rolling, moments = _origins(log, origins, horizon=horizon, gap=gap, step=step)
    _check(n_bootstrap, seed, level, profit)
    scorers = read_estimators(estimators, seed)
    names = (*scorers, *BASELINES)
    share = check_top(top)
    with progress_bar(len(moments) * len(scorers) + len(names), "evaluate", shown=progress) as tick:
        trials = run(rows, moments, rolling, scorers, tick)
        _complain(trials, rows.time_zone, tuple(scorers))
        judge = Judge(
            trials.origins,
            n_bootstrap=int(n_bootstrap),
            seed=seed,
            level=float(level),
            top=share,
            profit=profit or ProfitModel(),
        )
        judged = {}
        for name in names:
            judged[name] = judge.judge(trials.predicted[name])
            tick()
    return ChurnEvaluation(
        names=names,
        horizon_days=rolling.horizon.days,
        gap_days=0.0 if rolling.gap is None else rolling.gap.days,
        _trials=trials,
        _judged=judged,
        _texts=rows._texts,
        _kind=rows.kind,
        _zone=rows.time_zone,
    )


def _check(n_bootstrap: Any, seed: Any, level: Any, profit: Any) -> None:
    whole_number(n_bootstrap, "n_bootstrap", "resamples", least=0)
    check_seed(seed, optional=True)
    if not is_number(level) or not 0.0 < level < 1.0:
        raise InvalidArgumentError(f"level must lie between 0 and 1; got {level!r}.")
    if profit is not None and not isinstance(profit, ProfitModel):
        raise InvalidArgumentError(
            f"profit must be a ProfitModel; got {type(profit).__name__}. Make one: "
            "ProfitModel(clv=200, offer=10, contact=1)."
        )


def _origins(
    log: TransactionLog | History, given: Any, *, horizon: Any, gap: Any, step: Any
) -> tuple[RollingOrigins, list[int]]:
    """Return what a caller said of origins, and their moments."""
    if isinstance(given, RollingOrigins):
        asked = RollingOrigins(
            given.horizon if horizon is None else horizon,
            origins=given.origins,
            gap=given.gap if gap is None else gap,
            step=given.step if step is None else step,
        )
        if asked != given:
            raise InvalidArgumentError(
                "The RollingOrigins have a horizon, a gap and a step of their own: leave out what "
                "differs from them."
            )
        return given, given.moments(log).astype(np.int64).tolist()
    if is_count(given):
        rolling = RollingOrigins(horizon, origins=given, gap=gap, step=step)
        return rolling, rolling.moments(log).astype(np.int64).tolist()
    several = _several(given)
    if step is not None or not several:
        raise InvalidArgumentError(
            "Origins that are given one by one are at least one, and have no step: leave it out."
        )
    rolling = RollingOrigins(horizon, origins=len(several), gap=gap)
    return rolling, _explicit(log, several, rolling)


def _several(given: Any) -> list[Any]:
    """Return moments that a caller gave, or the only one, as a list.

    Raises
    ------
    InvalidArgumentError
        If it is neither.
    """
    if isinstance(given, date | np.datetime64) or (isinstance(given, str) and _DAY.match(given)):
        return [given]
    flat = getattr(given, "ndim", 1) <= 1
    if flat and isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping):
        return list(np.atleast_1d(given)) if isinstance(given, np.ndarray) else list(given)
    shown = repr(given) if isinstance(given, str | float) else type(given).__name__
    raise InvalidArgumentError(
        "origins must be a whole number of moments, at least 1; or the moments themselves (one or "
        "several dates, datetimes or ISO 8601 texts such as '2011-12-09'); or RollingOrigins; got "
        f"{shown}."
    )


def _explicit(
    log: TransactionLog | History, given: list[Any], rolling: RollingOrigins
) -> list[int]:
    """Return moments that were given one by one, ascending."""
    rows = log_of(log, "evaluate")
    zone = rows.time_zone
    moments = sorted({read_moment(one, zone, name="An origin") for one in given})
    # a day that was begun counts as complete, as in RollingOrigins
    end = last_moment(log, whole_days=True)
    late = [one for one in moments if rolling.closes(one, zone) > end]
    if late:
        raise InvalidArgumentError(
            f"What happened after {', '.join(shown(late, zone))} is not known yet: the horizon of "
            f"{rolling.length} is not over by the end of the log. Use earlier origins, or a "
            "shorter horizon."
        )
    early = [one for one in moments if not reaches_back(rows, rolling.learns(one, zone))]
    if early:
        raise InvalidArgumentError(
            f"Nobody had bought {rolling.length} before {', '.join(shown(early, zone))}, so "
            "there is nothing to learn from. Use later origins, or a shorter horizon."
        )
    return moments


def _complain(trials: Trials, zone: str | None, own: Sequence[str]) -> None:
    """Say who failed, and where the outcome tells nothing; raise if nobody is left."""
    when = shown([one.moment for one in trials.origins], zone)
    if own and all(len(trials.failures.get(name, ())) == len(when) for name in own):
        reasons = "; ".join(f"{name}: {trials.failures[name][0]}" for name in own)
        raise InvalidArgumentError(f"No estimator could be fitted at any origin. {reasons}")
    for name, found in trials.failures.items():
        place = min(found)
        warn_caller(
            f"{name!r} failed at {len(found)} of {len(when)} origins, so it has no measures over "
            f"all of them. At {when[place]}: {found[place]}"
        )
    for place, origin in enumerate(trials.origins):
        if origin.one_sided:
            which = "everybody" if origin.churned.any() else "nobody"
            warn_caller(
                f"After {when[place]} {which} of {len(origin.keys):,} customers left: the AUC and "
                "the calibration are undefined there. Use another horizon, or other origins."
            )
