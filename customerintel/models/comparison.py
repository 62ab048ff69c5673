"""`compare`: every model on one holdout, ranked, and which to use."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from customerintel.exceptions import CustomerIntelError, InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.models.beta_geo_beta_binomial import BetaGeoBetaBinomial
from customerintel.models.candidates import choose_models
from customerintel.models.holdout import HoldoutSplit, split_holdout
from customerintel.models.progress import progress_bar
from customerintel.models.ranking import RankedModel, explain, rank, recommended
from customerintel.models.results import FittedModel
from customerintel.models.scoring import Score, score
from customerintel.tables import TransactionLog
from customerintel.tables.building import build
from customerintel.tables.notices import warn_caller
from customerintel.tables.results import html_table, one_line

__all__ = ["ModelComparison", "compare"]


@dataclass(frozen=True, eq=False, repr=False)
class ModelComparison:
    """Models on one holdout, the best first; made by `compare`.

    Attributes
    ----------
    ranked : tuple of RankedModel
        The models and their scores, by mean log score.
    split : HoldoutSplit
        What they were fitted to and judged by.
    left_out : mapping of str to str
        Models that were not compared, and why.
    """

    ranked: tuple[RankedModel, ...]
    split: HoldoutSplit
    left_out: Mapping[str, str] = field(repr=False)

    @property
    def fits(self) -> Mapping[str, FittedModel]:
        """The fitted models by name, the best first."""
        return MappingProxyType({one.name: one.fit for one in self.ranked if one.score is not None})

    def best(self) -> FittedModel:
        """Return the fitted model to use: the one that `why` gives reasons for."""
        return recommended(self.ranked).fit

    def why(self) -> str:
        """Return which model to use, and the reasons, in a few sentences.

        The models whose mean log score is within one standard error of the best are as good as
        it, the standard error being that of the difference over the customers [1]_. Of these
        the choice is one with its optimum inside before one on a boundary, then the one with
        the fewest parameters, then the one with the best score.

        References
        ----------
        .. [1] Breiman, L., Friedman, J. H., Olshen, R. A. and Stone, C. J. (1984).
           Classification and Regression Trees. Wadsworth; section 3.4.3, the rule of one
           standard error.
        """
        return explain(self.ranked, self.split, self.left_out)

    def by_frequency(self, name: str) -> Any:
        """Return what one model expected, by how often customers had bought again before.

        Parameters
        ----------
        name : str
            Of a model in `fits`.

        Returns
        -------
        table of the kind that the log was made from
            Columns ``frequency`` ("0", … "6", "7+"), ``n_customers``, and the mean purchases in
            the holdout, ``actual`` and ``expected``; NaN where there are no customers.

        Raises
        ------
        InvalidArgumentError
            If there is no such model.
        """
        scores = {one.name: one.score for one in self.ranked if one.score is not None}
        if name not in scores:
            raise InvalidArgumentError(
                f"There is no model {name!r} in this comparison; it has {', '.join(scores)}."
            )
        table = scores[name].by_frequency
        columns = {
            "frequency": np.array(table.labels, object),
            "n_customers": table.n_customers,
            "actual": table.actual,
            "expected": table.expected,
        }
        return build(columns, self.split.calibration.kind)

    def to_frame(self) -> Any:
        """Return one row per model, the best first.

        Returns
        -------
        table of the kind that the log was made from
            ``model``; on the holdout ``log_score`` (mean log of the probability that the model
            gave to what a customer did), ``difference`` (how much the best has more) and
            ``difference_se``, ``mae``, ``rmse``, ``bias``; on the calibration
            ``log_likelihood``, ``aic``, ``bic`` (NaN for a model of opportunities, whose
            likelihood is one of other data), ``n_parameters``, ``status``; ``note``, with the
            warnings of the fit, or why it failed; ``seconds`` that it took.
        """
        texts = ("status", "note")
        numbers = (
            "log_score", "difference", "difference_se", "mae", "rmse", "bias", "log_likelihood",
            "aic", "bic",
        )  # fmt: skip
        columns: dict[str, Any] = {"model": np.array([one.name for one in self.ranked], object)}
        for name in numbers:
            columns[name] = np.array([getattr(one, name) for one in self.ranked], np.float64)
        columns["n_parameters"] = np.array([one.n_parameters for one in self.ranked], np.int64)
        for name in texts:
            columns[name] = np.array([getattr(one, name) for one in self.ranked], object)
        columns["seconds"] = np.array([one.seconds for one in self.ranked], np.float64)
        return build(columns, self.split.calibration.kind)

    def __len__(self) -> int:
        return len(self.ranked)

    def __repr__(self) -> str:
        first = self.ranked[0]
        return one_line(
            "ModelComparison",
            models=len(self),
            first=first.name,
            log_score=first.log_score,
            recommended=recommended(self.ranked).name,
            customers=len(self.split),
        )

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = [("model", "mean log score, status")]
        rows += [(one.name, f"{one.log_score:.6g}, {one.status}") for one in self.ranked]
        return html_table("Model comparison", [*rows, ("why", self.why())])


def compare(
    log: TransactionLog,
    *,
    calibration_end: Any,
    holdout_end: Any = None,
    unit: str = "week",
    period: str = "day",
    models: str | Sequence[Any] = "all",
    n_max: int | None = None,
    progress: bool = False,
) -> ModelComparison:
    r"""Fit models to the time before a moment, and judge them by the time after it.

    Parameters
    ----------
    log : TransactionLog
        The whole log.
    calibration_end, holdout_end : date, datetime, datetime64 or str
        Ends of the two times, as for `split_holdout`; without `holdout_end`, the last row.
    unit, period : str
        Unit of time and purchase period, as for `split_holdout`.
    models : "all" or sequence of str or model, default "all"
        Names, classes or models with options of their own, which are fitted anew. "all": every
        model of continuous time and, where `period` is `unit` and the calibration ends with a
        period, `BetaGeoBetaBinomial`. A log has no covariates, so models with some fail.
    n_max : int, optional
        Customers with more holdout purchases are scored by the probability of more than
        `n_max`. None: by that of their own number, whatever it is.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    ModelComparison
        The models, the best first.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, nobody bought again by `calibration_end`, a named model
        cannot be compared, or no model can be fitted.

    Warns
    -----
    DataQualityWarning
        If nobody bought in the holdout, or an end is a datetime at midnight. What a fit warns
        of is in the table instead.

    Notes
    -----
    The models are ranked by the mean of :math:`\log P(\text{count})` over the customers, with
    the probability that a model gave to the number of purchases that a customer then made,
    given the history. It is a proper score [1]_: in expectation, only the truth has the
    greatest. A mean absolute error is least for the median, which is 0 for most customers, and
    so rewards models that expect too little. Probabilities below 1e-300 count as 1e-300.

    A model of continuous time predicts purchases, and `purchases` counts the periods that had
    one; with the period of a day, only frequent buyers make a difference. A model of
    opportunities predicts periods of its own unit: its number of purchase weeks would be
    judged by purchase days. So it is compared only where both are the same, and `left_out`
    says so where they are not.

    References
    ----------
    .. [1] Gneiting, T. and Raftery, A. E. (2007). Strictly Proper Scoring Rules, Prediction,
       and Estimation. Journal of the American Statistical Association 102(477), section 4.

    Examples
    --------
    >>> from customerintel import models
    >>> truth = models.BetaGeoNBD.from_params(dict(r=0.8, alpha=6, a=0.8, b=2.4), unit="week")
    >>> log = truth.simulate(2000, T=78, seed=1)
    >>> found = compare(log, calibration_end="2000-09-30", models=["NBD", "BetaGeoNBD"])
    >>> [one.name for one in found.ranked]
    ['BetaGeoNBD', 'NBD']
    """
    if n_max is not None:
        n_max = whole_number(n_max, "n_max", "purchases", least=0)
    split = split_holdout(
        log, calibration_end=calibration_end, holdout_end=holdout_end, unit=unit, period=period
    )
    chosen = choose_models(models, split)
    if not split.calibration.frequency.any():
        raise InvalidArgumentError(
            "Nobody bought again by calibration_end, so no model can learn how often customers "
            "do. Give a later one."
        )
    if not split.purchases.any():
        warn_caller(
            "No customer of the calibration bought in the holdout: it shows only which model "
            "expects least. Give a later holdout_end, or an earlier calibration_end."
        )
    found = []
    with progress_bar(len(chosen.models), "compare", shown=progress) as step:
        for name, model in chosen.models.items():
            found.append(_try(name, model, split, n_max))
            step()
    if all(one.score is None for one in found):
        reasons = "; ".join(f"{one.name}: {one.note}" for one in found)
        raise InvalidArgumentError(f"No model could be fitted and scored. {reasons}")
    return ModelComparison(rank(found), split, MappingProxyType(dict(chosen.left_out)))


def _try(name: str, model: Any, split: HoldoutSplit, n_max: int | None) -> RankedModel:
    """Fit and score a model; what it warns of or fails with becomes a note."""
    judged: Score | None = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        start = time.perf_counter()
        try:
            model.fit(split.calibration)
            seconds = time.perf_counter() - start
            judged = score(model, split, n_max)
            notes = [str(one.message) for one in caught]
        except CustomerIntelError as error:
            seconds = time.perf_counter() - start
            notes = [str(error)]
    if judged is not None and getattr(model, "k", None) == "auto":
        notes.insert(0, f"k = {model.k_}.")
    own = judged is not None and not isinstance(model, BetaGeoBetaBinomial)
    return RankedModel(
        name=name,
        fit=model,
        score=judged,
        status=model.status_ if judged is not None else "failed",
        note=" ".join(notes),
        n_parameters=model._n_chosen if judged is not None else len(model.parameters),
        log_likelihood=model.log_likelihood_ if own else math.nan,
        aic=model.aic_ if own else math.nan,
        bic=model.bic_ if own else math.nan,
        seconds=seconds,
    )
