"""Which models a picture can draw, and what they are called in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, ValuesView
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.beta_geo_beta_binomial import BetaGeoBetaBinomial
from customerintel.models.cohorts import read_opportunities
from customerintel.models.gamma_rates import GammaRateModel
from customerintel.models.holdout import HoldoutSplit
from customerintel.models.row_checks import check_unit
from customerintel.models.statistics import PurchaseStatistics, read_statistics
from customerintel.plot.purchases import Clock
from customerintel.tables import TransactionLog

__all__ = [
    "Drawn",
    "clock_of",
    "expected_new",
    "horizon_of",
    "is_discrete",
    "label_of",
    "read_fit",
    "read_fits",
    "read_split",
    "regularity",
    "rows_of",
]

#: Models of repeat purchases, and how papers call them.
NAMES = {
    "BetaGeoNBD": "BG/NBD",
    "ModifiedBetaGeoNBD": "MBG/NBD",
    "BetaGeoCNBD": "BG/CNBD-k",
    "ModifiedBetaGeoCNBD": "MBG/CNBD-k",
    "ParetoNBD": "Pareto/NBD",
    "NBD": "NBD",
    "BetaGeoBetaBinomial": "BG/BB",
}

Drawn = GammaRateModel | BetaGeoBetaBinomial
Floats = NDArray[np.float64]


def read_fit(fit: Any, what: str) -> Drawn:
    """Return the fitted model that `what` shall draw.

    Raises
    ------
    InvalidArgumentError
        If it is no model of repeat purchases, or one with covariates.
    NotFittedError
        If it has no parameters yet.
    """
    if not isinstance(fit, Drawn):
        got = f"the class {fit.__name__}" if isinstance(fit, type) else type(fit).__name__
        raise InvalidArgumentError(
            f"{what} draws a fitted model of repeat purchases (such as BetaGeoNBD, "
            f"ModifiedBetaGeoNBD, ParetoNBD, NBD or BetaGeoBetaBinomial); got {got}."
        )
    _ = fit._values
    if getattr(fit, "_coding", None) is not None:
        raise InvalidArgumentError(
            f"The model has covariates, so its customers differ in more than {what} can draw. "
            "Give them: fit.with_covariates({...}) is the model of customers who are alike."
        )
    return fit


def read_fits(fit: Any, what: str) -> list[tuple[str, Drawn]]:
    """Return the models that `what` shall draw, one or several, each with a name of its own.

    Raises
    ------
    InvalidArgumentError
        If one is no model of repeat purchases, there is none, or their units differ.
    NotFittedError
        If one has no parameters yet.
    """
    if isinstance(fit, Mapping):  # as the fits of a comparison
        fit = fit.values()
    given = list(fit) if isinstance(fit, list | tuple | ValuesView) else [fit]
    if not given:
        raise InvalidArgumentError(f"{what} needs a fitted model, or a list of them; got none.")
    fits = [read_fit(one, what) for one in given]
    if len({is_discrete(one) for one in fits}) > 1:
        raise InvalidArgumentError(
            "BetaGeoBetaBinomial counts opportunities in which a customer bought, and the other "
            f"models purchases, so one picture cannot hold both. Call {what} once for each."
        )
    units = {one.unit_ for one in fits if one.unit_ is not None}
    if len(units) > 1:
        raise InvalidArgumentError(
            f"The models count in different units ({', '.join(sorted(units))}), so one picture "
            f"cannot hold them. Fit them with one unit, or call {what} once for each."
        )
    names = [label_of(one) for one in fits]
    count, seen = Counter(names), Counter[str]()
    for place, name in enumerate(names):
        if count[name] > 1:
            seen[name] += 1
            names[place] = f"{name} ({seen[name]})"
    return list(zip(names, fits, strict=True))


def label_of(fit: Drawn) -> str:
    """Return what a model is called in legends and titles."""
    name = type(fit).__name__
    return NAMES.get(name, name).replace("-k", f"-{regularity(fit)}")


def regularity(fit: Drawn) -> int:
    """Return how many ticks of its clock are one purchase of a customer."""
    return int(getattr(fit, "k_", 1))


def is_discrete(fit: Drawn) -> bool:
    """Whether a model counts opportunities, so that its ages are whole numbers."""
    return isinstance(fit, BetaGeoBetaBinomial)


def rows_of(data: Any, fits: Sequence[Drawn]) -> PurchaseStatistics:
    """Read frequency, recency and T (and weights) as the models need them.

    Raises
    ------
    InvalidArgumentError
        If they are in another unit than the fit's, or no histories.
    SchemaError
        If a column is missing or holds no numbers.
    """
    whole = any(is_discrete(fit) for fit in fits)
    rows = read_opportunities(data, None) if whole else read_statistics(data)
    for fit in fits:
        check_unit(rows.unit, fit.unit_, "The data")
    return rows


def read_split(split: Any, fits: Sequence[Drawn], what: str) -> None:
    """Refuse what is no split, or one whose customers the models cannot read.

    Raises
    ------
    InvalidArgumentError
        If it is something else, or in another unit than the fit's.
    """
    if not isinstance(split, HoldoutSplit):
        raise InvalidArgumentError(
            f"{what} takes a HoldoutSplit; got {type(split).__name__}. Make one with "
            "split_holdout(log, calibration_end=…)."
        )
    rows_of(split.calibration, fits)


def horizon_of(fit: Drawn, length: float) -> float:
    """Return a length of time, or how many opportunities it has."""
    # months differ a little in length: as opportunities they are all the same
    return float(np.rint(length)) if is_discrete(fit) else length


def expected_new(fit: Drawn, ages: Floats) -> Floats:
    """Return the expected repeat purchases of new customers up to each age; none at age 0."""
    if is_discrete(fit):
        ages = np.rint(ages)
    wanted, place = np.unique(ages, return_inverse=True)
    made = np.array([fit.expected_purchases_new(age) if age > 0.0 else 0.0 for age in wanted])
    return made[place]


def clock_of(fits: Sequence[Drawn], period: str | None, log: TransactionLog) -> Clock:
    """Return how models count time, on the dates of a log.

    Raises
    ------
    InvalidArgumentError
        If no model knows its unit, or `period` does not go with it.
    """
    unit = next((one.unit_ for one in fits if one.unit_ is not None), None)
    if not any(is_discrete(one) for one in fits):
        return Clock.of(unit, period or "day", log)
    if unit is not None and period not in {None, unit}:
        raise InvalidArgumentError(
            f"BetaGeoBetaBinomial counts whole periods, and was fitted in the unit {unit!r}: "
            "leave period out."
        )
    return Clock.of(unit, unit or "day", log)
