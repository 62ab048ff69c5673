"""Scored models in order, which of them to use, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from customerintel.models.holdout import HoldoutSplit
from customerintel.models.results import FittedModel
from customerintel.models.scoring import Score
from customerintel.tables.results import one_line

__all__ = ["RankedModel", "explain", "rank", "recommended"]

#: How a fit ended, the best first.
_STATUSES = ("interior", "boundary", "not_converged")
#: Mean log scores that differ by less are equal: on a boundary more digits mean nothing.
_EQUAL = 1e-6


@dataclass(frozen=True, eq=False, repr=False)
class RankedModel:
    """A model of a comparison.

    Parameters
    ----------
    name : str
        Name of the model in the comparison.
    fit : FittedModel
        The model, fitted to the calibration.
    score : Score or None
        How it did on the holdout; None where it could not be fitted.
    status : {"interior", "boundary", "not_converged", "failed"}
        How its fit ended.
    note : str
        What the fit warned of, or why it failed.
    n_parameters : int
        How many numbers were chosen by the data.
    log_likelihood, aic, bic : float
        Of the calibration.
    seconds : float
        That the fit took.
    difference, difference_se : float
        How much more the best model's mean log score is, and the standard error of that.
    """

    name: str
    fit: FittedModel
    score: Score | None = field(repr=False)
    status: str
    note: str
    n_parameters: int
    log_likelihood: float
    aic: float
    bic: float
    seconds: float
    difference: float = math.nan
    difference_se: float = math.nan

    @property
    def log_score(self) -> float:
        """Mean over the customers; NaN where the model failed."""
        return math.nan if self.score is None else float(self.score.log_scores.mean())

    @property
    def mae(self) -> float:
        """Mean absolute error of the expected purchases."""
        return math.nan if self.score is None else self.score.mae

    @property
    def rmse(self) -> float:
        """Root of the mean squared error of the expected purchases."""
        return math.nan if self.score is None else self.score.rmse

    @property
    def bias(self) -> float:
        """Expected purchases of all customers over the actual ones, less 1."""
        return math.nan if self.score is None else self.score.bias

    @property
    def ties(self) -> bool:
        """Whether it is as good as the best: within one standard error of the difference."""
        return self.difference <= _EQUAL or self.difference <= self.difference_se

    def __repr__(self) -> str:
        return one_line("RankedModel", name=self.name, log_score=self.log_score, status=self.status)


def rank(found: Sequence[RankedModel]) -> tuple[RankedModel, ...]:
    """Put models in order of their scores; equal ones by the number of parameters, as they came."""

    def place(one: RankedModel) -> tuple[bool, float, int]:
        failed = one.score is None
        return failed, 0.0 if failed else -round(one.log_score / _EQUAL), one.n_parameters

    ordered = sorted(found, key=place)
    return tuple(_beside(ordered[0], one) for one in ordered)


def _beside(best: RankedModel, one: RankedModel) -> RankedModel:
    """Add how far a model is from the best, customer by customer."""
    if best.score is None or one.score is None:
        return one
    if one is best:
        return replace(one, difference=0.0, difference_se=0.0)
    apart = best.score.log_scores - one.score.log_scores
    n = len(apart)
    error = float(apart.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
    difference = float(apart.mean())
    # a rounding is no difference
    return replace(
        one, difference=difference if abs(difference) > 1e-12 else 0.0, difference_se=error
    )


def recommended(ranked: Sequence[RankedModel]) -> RankedModel:
    """Return the model to use: of those that tie, inside before boundary, then the simplest."""
    tied = [one for one in ranked if one.ties]
    return min(tied, key=lambda one: (_STATUSES.index(one.status), one.n_parameters))


def explain(ranked: Sequence[RankedModel], split: HoldoutSplit, left_out: Mapping[str, str]) -> str:
    """Say which model to use, and why."""
    scored = [one for one in ranked if one.score is not None]
    best, use, made = scored[0], recommended(ranked), split.calibration
    first = (
        f"{best.name} has the best mean log score, {best.log_score:.4f}, in a holdout of "
        f"{_counted(len(split), 'customer')} and {_counted(split.horizon, made.unit)}."
    )
    parts = [first]
    parts += _of_others(scored[1:])
    parts += _of_boundaries(scored)
    failed = [one.name for one in ranked if one.score is None]
    if failed:
        parts.append(f"{_list(failed)} failed: see the table.")
    parts += [f"{name} was left out: {reason}" for name, reason in left_out.items()]
    return " ".join([*parts, _advice(best, use, scored)])


def _of_others(others: Sequence[RankedModel]) -> list[str]:
    """Say how far behind the next is, after those that score the same."""
    if not others:
        return ["No other model was scored."]
    same = [one.name for one in others if abs(one.difference) <= _EQUAL]
    said = [f"{_list(same)} {'has' if len(same) == 1 else 'have'} the same score."] if same else []
    behind = next((one for one in others if one.name not in same), None)
    if behind is None:
        return said
    start = f"{behind.name} comes next, {behind.difference:.4f} behind"
    if math.isnan(behind.difference_se):
        return [*said, f"{start}; one customer does not tell whether that is chance."]
    sure = "within" if behind.ties else "more than"
    far = (
        f"{start}, which is {sure} the standard error of the difference over the customers "
        f"({behind.difference_se:.4f})."
    )
    return [*said, far]


def _of_boundaries(scored: Sequence[RankedModel]) -> list[str]:
    """Name the models whose parameters the data do not tell apart."""
    said = []
    for one in scored:
        if one.status == "boundary":
            said.append(f"{one.name} ended on the boundary ({', '.join(one.fit.boundary_)}).")
        elif one.status == "not_converged":
            said.append(f"{one.name} did not converge.")
    return said


def _advice(best: RankedModel, use: RankedModel, scored: Sequence[RankedModel]) -> str:
    """Say what to take."""
    if use is best:
        return f"Use {use.name}."
    tied = _list([one.name for one in scored if one.ties])
    reason = "has its optimum inside" if use.status != best.status else "has fewer parameters"
    return f"{tied} are as good as each other, and of these {use.name} {reason}. Use {use.name}."


def _counted(number: float, what: str) -> str:
    return f"{number:,.6g} {what}{'' if number == 1 else 's'}"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
