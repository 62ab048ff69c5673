"""How measures of several estimators stand beside each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from html import escape

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.baselines import BASELINES
from customerintel.churn.metrics import BETTER, MEASURES
from customerintel.churn.resampling import Spread
from customerintel.churn.trials import Origin
from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.building import Column, Labels

__all__ = [
    "best_of",
    "comparison_html",
    "heads_of",
    "known_measure",
    "known_name",
    "origin_heads_of",
    "spreads_of",
]

#: What a small table shows.
_SHOWN = ("log_loss", "brier", "auc", "pr_auc", "top_lift", "calibration_slope", "empc")


def heads_of(
    names: tuple[str, ...], origins: Sequence[Origin], horizon_days: float, gap_days: float
) -> dict[str, Column]:
    """Return the columns in front of the measures: whose row it is, and of how many customers."""
    count = len(names)
    n = sum(len(one.keys) for one in origins)
    churned = sum(int(one.churned.sum()) for one in origins)
    return {
        "estimator": Labels(np.arange(count), names),
        "baseline": np.array([one in BASELINES for one in names]),
        "horizon_days": np.full(count, horizon_days),
        "gap_days": np.full(count, gap_days),
        "origins": np.full(count, len(origins)),
        "n": np.full(count, n),
        "n_new": np.full(count, sum(one.n_new for one in origins)),
        "churned": np.full(count, churned),
        "base_rate": np.full(count, churned / n),
    }


def origin_heads_of(names: tuple[str, ...], origins: Sequence[Origin]) -> dict[str, Column]:
    """Return the columns in front of the measures, a row per estimator and origin."""
    k, m = len(origins), len(names)
    n = np.array([len(one.keys) for one in origins])
    churned = np.array([int(one.churned.sum()) for one in origins])
    return {
        "estimator": Labels(np.repeat(np.arange(m), k), names),
        "origin": np.tile(np.array([one.moment for one in origins], "M8[us]"), m),
        "n": np.tile(n, m),
        "n_new": np.tile(np.array([one.n_new for one in origins]), m),
        "churned": np.tile(churned, m),
        "base_rate": np.tile(churned / n, m),
    }


def known_name(given: object, names: tuple[str, ...]) -> str:
    """Return an estimator's name.

    Raises
    ------
    InvalidArgumentError
        If there is none of that name.
    """
    if isinstance(given, str) and given in names:
        return given
    close = get_close_matches(str(given), names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise InvalidArgumentError(
        f"There is no estimator {given!r} in this evaluation.{hint} It has "
        f"{', '.join(map(repr, names))}."
    )


def known_measure(given: object, known: tuple[str, ...]) -> str:
    """Return a measure's name.

    Raises
    ------
    InvalidArgumentError
        If it is none of those.
    """
    if isinstance(given, str) and given in known:
        return given
    raise InvalidArgumentError(f"A measure is one of {', '.join(map(repr, known))}; got {given!r}.")


def best_of(values: Mapping[str, float], by: str) -> str:
    """Return the estimator with the best value of a measure, the first of equals.

    Raises
    ------
    InvalidArgumentError
        If all values but those of the baselines are NaN.
    """
    aim = BETTER[by]
    worth: dict[str, float] = {}
    for name, value in values.items():
        if name not in BASELINES and not math.isnan(value):
            loss = {"least": value, "greatest": -value}.get(str(aim))
            worth[name] = abs(value - float(aim)) if loss is None else loss
    if not worth:
        raise InvalidArgumentError(
            f"{by!r} over all origins is NaN for every estimator, so none is best by it. It is NaN "
            "for one that failed at an origin (see .failures), and where it is undefined, as some "
            "measures are if nobody or everybody left (see .per_origin())."
        )
    return min(worth, key=worth.__getitem__)


def spreads_of(rows: Sequence[Mapping[str, Spread]]) -> dict[str, NDArray[np.float64]]:
    """Return three columns per measure: its value, and the ends of its interval."""
    columns: dict[str, NDArray[np.float64]] = {}
    for name in MEASURES:
        columns[name] = np.array([one[name].value for one in rows], np.float64)
        columns[f"{name}_low"] = np.array([one[name].low for one in rows], np.float64)
        columns[f"{name}_high"] = np.array([one[name].high for one in rows], np.float64)
    return columns


def comparison_html(title: str, rows: Mapping[str, Mapping[str, Spread]]) -> str:
    """Return a small HTML table with one row per estimator; every text is escaped."""
    heads = "".join(f"<th>{head}</th>" for head in ("estimator", *_SHOWN))
    lines = [f"<tr>{heads}</tr>"]
    for name, spreads in rows.items():
        cells = "".join(f"<td>{spreads[one].value:.4g}</td>" for one in _SHOWN)
        lines.append(f"<tr><th>{escape(name)}</th>{cells}</tr>")
    return f"<table><caption>{escape(title)}</caption>{''.join(lines)}</table>"
