"""Which models a comparison is between."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.beta_geo_beta_binomial import BetaGeoBetaBinomial
from customerintel.models.cohorts import period_is_over
from customerintel.models.holdout import HoldoutSplit
from customerintel.models.purchases import PurchaseModel
from customerintel.models.results import FittedModel

__all__ = ["Candidates", "choose_models"]

#: Models of continuous time, simple ones first: where scores are equal, so they are ranked.
CONTINUOUS = (
    "NBD", "BetaGeoNBD", "ModifiedBetaGeoNBD", "ParetoNBD", "BetaGeoCNBD", "ModifiedBetaGeoCNBD",
)  # fmt: skip
DISCRETE = "BetaGeoBetaBinomial"


@dataclass(frozen=True)
class Candidates:
    """Models to compare.

    Parameters
    ----------
    models : mapping of str to FittedModel
        Not fitted yet, by name.
    left_out : mapping of str to str
        Models that are not compared, and why.
    """

    models: Mapping[str, FittedModel]
    left_out: Mapping[str, str]


def choose_models(chosen: str | Sequence[Any], split: HoldoutSplit) -> Candidates:
    """Make the models that a caller named.

    Parameters
    ----------
    chosen : "all", or sequence of str, class or model
        Names of models, models with options of their own, or their classes.
    split : HoldoutSplit
        What they are to be fitted to.

    Raises
    ------
    InvalidArgumentError
        If one is unknown or cannot be compared here, or there are none.
    """
    reason = _why_not_discrete(split)
    if isinstance(chosen, str) and chosen == "all":
        names = [*CONTINUOUS, *([] if reason else [DISCRETE])]
        room = import_module("customerintel.models")
        made = {name: getattr(room, name)() for name in names if name in room.__all__}
        return Candidates(made, {DISCRETE: reason} if reason else {})
    if isinstance(chosen, str) or not isinstance(chosen, Sequence) or not len(chosen):
        raise InvalidArgumentError(
            "models must be 'all' or a sequence of names or models, such as "
            f"['BetaGeoNBD', ParetoNBD(penalty=0.001)]; got {chosen!r}."
        )
    found: dict[str, FittedModel] = {}
    for choice in chosen:
        model = _make(choice)
        if reason and isinstance(model, BetaGeoBetaBinomial):
            raise InvalidArgumentError(f"{DISCRETE} cannot be compared here: {reason}")
        found[_free_name(type(model).__name__, found)] = model
    return Candidates(found, {})


def _make(choice: Any) -> FittedModel:
    """Return a model of which nobody else has the parameters."""
    if isinstance(choice, PurchaseModel | BetaGeoBetaBinomial):
        return copy.copy(choice)
    if isinstance(choice, type) and issubclass(choice, PurchaseModel | BetaGeoBetaBinomial):
        return choice()
    room = import_module("customerintel.models")
    known = [name for name in (*CONTINUOUS, DISCRETE) if name in room.__all__]
    if not isinstance(choice, str) or choice not in known:
        shown = repr(choice) if isinstance(choice, str) else f"a {type(choice).__name__}"
        raise InvalidArgumentError(
            f"The models that can be compared are {', '.join(known)}, by name or made with "
            f"options; got {shown}."
        )
    made: FittedModel = getattr(room, choice)()
    return made


def _free_name(name: str, taken: Mapping[str, Any]) -> str:
    """Return the name, with a number behind it where it is taken."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free


def _why_not_discrete(split: HoldoutSplit) -> str | None:
    """Return why a model of opportunities cannot be judged by these purchases; None: it can."""
    made = split.calibration
    if made.period != made.unit:
        return (
            f"it predicts purchases counted by the {made.unit}, and they are counted by the "
            f"{made.period}. Give one and the same unit and period."
        )
    if not period_is_over(split.calibration_end, made.period, made.zone):
        return (
            f"the calibration ends within a {made.period}, which would be an opportunity of both "
            f"times. Give the last day of a {made.period} as calibration_end."
        )
    return None
