"""Percentile intervals of predictions: some customers at a time, all replicates."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import CustomerIntelWarning, InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.models.parts import Parts
from customerintel.models.progress import progress_bar
from customerintel.models.results import FittedModel
from customerintel.rfm.read_only import seal
from customerintel.tables.building import build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["PREDICTIONS", "PredictionInterval", "bounds", "check_level", "predict_bounds"]

Floats = NDArray[np.float64]

#: What models predict.
PREDICTIONS = (
    "probability_alive",
    "expected_purchases",
    "probability_of_purchase",
    "purchase_probabilities",
    "discounted_expected_purchases",
    "discounted_expected_residual",
    "expected_purchases_new",
    "pmf_new",
    "expected_spend",
    "mean_spend",
    "survival",
    "retention",
    "probability_of_churn",
    "discounted_expected_residual_lifetime",
)
#: Bytes that the predictions of all replicates take at a time.
BUDGET = 32 * 1024 * 1024


@dataclass(frozen=True, eq=False, repr=False)
class PredictionInterval:
    """A prediction and how sure it is; made by `Bootstrap.interval`.

    Attributes
    ----------
    prediction : str
        Name of the method of the model.
    estimate : float64 array
        What the fit predicts: one entry, or row, per customer, or what the method returns.
    lower, upper : float64 array
        Bounds, of the same shape. NaN where a replicate has no prediction. All read-only.
    level : float
        Of the interval.
    n_replicates : int
        Replicates that the bounds rest on.
    """

    prediction: str
    estimate: Floats
    lower: Floats
    upper: Floats
    level: float
    n_replicates: int
    _rows: int | None = field(repr=False)
    _ids: CustomerIds | None = field(repr=False)
    _kind: Kind = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    @property
    def customer_id(self) -> NDArray[Any] | None:
        """Customer ids; None where the data had none."""
        return None if self._ids is None else self._ids.to_numpy()

    def to_frame(self) -> Any:
        """Return one row per number that was predicted.

        Returns
        -------
        table of the kind that the data came from
            Columns ``customer_id`` (where the data had it), ``place`` (where there are several
            numbers, as of `purchase_probabilities`: 0, 1, …), ``estimate``, ``lower``, ``upper``.
        """
        shape = self.estimate.shape
        inner = shape if self._rows is None else shape[1:]
        width, n = math.prod(inner), self.estimate.size
        columns: dict[str, Any] = {}
        if self._ids is not None:
            columns["customer_id"] = self._ids.take(np.repeat(np.arange(shape[0]), width))
        if inner:
            columns["place"] = np.arange(n) % width
        names = ("estimate", "lower", "upper")
        columns |= {name: np.atleast_1d(getattr(self, name)).ravel() for name in names}
        return build(columns, self._kind)

    def _facts(self) -> dict[str, object]:
        return {
            "prediction": self.prediction,
            "shape": self.estimate.shape,
            "level": self.level,
            "replicates": self.n_replicates,
        }

    def __repr__(self) -> str:
        return one_line("PredictionInterval", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Prediction interval", list(self._facts().items()))


def check_level(level: Any) -> float:
    """Return a level as a float.

    Raises
    ------
    InvalidArgumentError
        If it is not between 0 and 1.
    """
    if not is_number(level) or not 0.0 < level < 1.0:
        raise InvalidArgumentError(f"level must lie between 0 and 1, such as 0.95; got {level!r}.")
    return float(level)


def bounds(drawn: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the percentile interval over the first axis, which is sorted in place.

    Raises
    ------
    InvalidArgumentError
        If there are too few replicates to leave one out at either end.
    """
    n, tail = len(drawn), (1.0 - level) / 2.0
    k = math.floor((n + 1) * tail + 1e-9)
    if k < 1:
        raise InvalidArgumentError(
            f"An interval of level {level:g} needs at least {math.ceil(1 / tail - 1e-9) - 1:,} "
            f"replicates that converged, and there are {n:,}. Call bootstrap() with a larger n."
        )
    drawn.sort(axis=0)
    unknown = np.isnan(drawn[-1])  # NaN comes last
    return np.where(unknown, np.nan, drawn[k - 1]), np.where(unknown, np.nan, drawn[n - k])


def predict_bounds(
    fit: FittedModel,
    models: Sequence[FittedModel],
    prediction: str,
    args: Sequence[Any],
    options: Mapping[str, Any],
    *,
    level: float,
    progress: bool,
    total: bool = False,
) -> PredictionInterval:
    """Predict with the fit and with all replicates; the body of `Bootstrap.interval`."""
    level = check_level(level)
    given = _bind(fit, prediction, args, options)
    bounds(np.empty((len(models), 0)), level)  # says so where there are too few
    name, parts = _per_customer(given)
    if total and (parts is None or name != "data"):
        raise InvalidArgumentError(
            f"{prediction} is not a number per customer, so there is nothing to add up. Take "
            "interval()."
        )
    if parts is None:
        estimate = np.asarray(_call(fit, prediction, given), np.float64)
        drawn = [_call(model, prediction, given) for model in models]
        lower, upper = bounds(np.stack([np.asarray(x, np.float64) for x in drawn]), level)
        rows, ids, kind = None, None, fit._kind
    else:
        rows, ids, kind = parts.n_rows, parts.ids, parts.kind
        estimate = _call(fit, prediction, {**given, name: parts.whole})
        lower, upper = np.empty_like(estimate), np.empty_like(estimate)

        def predict(index: NDArray[np.int64]) -> Floats:
            part = {**given, name: parts.take(index)}
            return np.stack([_call(model, prediction, part) for model in models])

        if total:
            lower, upper = _sum_bounds(predict, estimate.shape, len(models), level=level)
            return PredictionInterval(
                prediction, estimate.sum(axis=0), lower, upper, level, len(models), None, None, kind
            )
        _fill(predict, lower, upper, len(models), level=level, progress=progress)
    return PredictionInterval(
        prediction, estimate, lower, upper, level, len(models), rows, ids, kind
    )


def _per_customer(given: Mapping[str, Any]) -> tuple[str, Parts | None]:
    """Return the argument with one entry per customer, and its rows."""
    if "data" in given:
        return "data", Parts.of(given["data"])
    renewals = np.asarray(given.get("renewals", 0))
    return "renewals", Parts.of_array(renewals) if renewals.ndim == 1 else None


def _fill(
    predict: Callable[[NDArray[np.int64]], Floats], lower: Floats, upper: Floats, n_models: int,
    *, level: float, progress: bool,
) -> None:  # fmt: skip
    """Write the bounds of some customers after the others."""
    size = max(1, BUDGET // (8 * n_models * math.prod(lower.shape[1:])))
    starts = range(0, len(lower), size)
    with progress_bar(len(starts), "interval", shown=progress) as step, warnings.catch_warnings():
        # what there is to say of the data, the estimate has said
        warnings.simplefilter("ignore", CustomerIntelWarning)
        for start in starts:
            index = np.arange(start, min(start + size, len(lower)))
            lower[index], upper[index] = bounds(predict(index), level)
            step()


def _sum_bounds(
    predict: Callable[[NDArray[np.int64]], Floats], shape: tuple[int, ...], n_models: int,
    *, level: float,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return the bounds of the sum over all customers, some of them at a time."""
    size = max(1, BUDGET // (8 * n_models * math.prod(shape[1:])))
    sums = np.zeros((n_models, *shape[1:]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CustomerIntelWarning)
        for start in range(0, shape[0], size):
            sums += predict(np.arange(start, min(start + size, shape[0]))).sum(axis=1)
    return bounds(sums, level)


def _bind(
    fit: FittedModel, prediction: str, args: Sequence[Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments of a prediction by name."""
    known = [name for name in PREDICTIONS if hasattr(type(fit), name)]
    if prediction not in known:
        raise InvalidArgumentError(
            f"{type(fit).__name__} has no prediction {prediction!r}; it has {', '.join(known)}. "
            "The parameters are in summary()."
        )
    method = getattr(fit, prediction)
    signature = inspect.signature(method) if callable(method) else inspect.Signature()
    try:
        return dict(signature.bind(*args, **options).arguments)
    except TypeError as error:
        takes = ", ".join(signature.parameters) or "none"
        raise InvalidArgumentError(f"{prediction} takes the arguments {takes}: {error}.") from error


def _call(model: FittedModel, prediction: str, given: Mapping[str, Any]) -> Any:
    method = getattr(model, prediction)
    return method(**given) if callable(method) else method
