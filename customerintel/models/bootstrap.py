"""How sure a fit and its predictions are: fits to customers drawn anew."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.threads import get_threads, run
from customerintel.exceptions import ConvergenceWarning, InvalidArgumentError
from customerintel.models.arguments import check_seed, whole_number
from customerintel.models.fitting import Optimum
from customerintel.models.intervals import PredictionInterval, bounds, check_level, predict_bounds
from customerintel.models.progress import progress_bar
from customerintel.models.purchases import ROWS
from customerintel.models.results import FittedModel
from customerintel.rfm.read_only import seal
from customerintel.tables.building import build
from customerintel.tables.notices import warn_caller
from customerintel.tables.results import html_table, one_line

__all__ = ["Bootstrap", "bootstrap"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap:
    """A model fitted again and again to customers drawn anew; made by `fit.bootstrap`.

    Attributes
    ----------
    fit : FittedModel
        The model itself.
    params : float64 array, shape (n, k)
        Parameters of each replicate, in the order of ``fit.params_``; NaN where it failed;
        read-only.
    status : mapping of str to int
        How many replicates ended ``"interior"``, ``"boundary"`` and ``"not_converged"``.
    boundary : mapping of str to int
        Which parameters ran away, and in how many replicates.
    seed : int
        Of the random numbers.

    Notes
    -----
    Replicates on the boundary of the parameters count like all others: a parameter that may be
    infinite is part of what the data say. Those that did not converge are left out, and so are
    those whose parameters at covariates of 0 are no numbers (subtract the means of covariates).
    What a fit chose besides its parameters, such as the regularity k of `BetaGeoCNBD`, stays as
    it is.

    References
    ----------
    .. [1] Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman &
       Hall; chapters 6 (standard errors) and 13 (percentile intervals).

    Examples
    --------
    >>> from customerintel import models
    >>> fit = models.ShiftedBetaGeometric().fit([1000, 631, 468, 382, 326, 289])
    >>> sample = fit.bootstrap(n=99, seed=1)
    >>> left = sample.interval("survival", 5)
    >>> left
    PredictionInterval(prediction=survival, shape=(6,), level=0.95, replicates=99)
    >>> (left.lower <= left.estimate).all()
    np.True_
    """

    fit: FittedModel
    params: Floats
    status: Mapping[str, int]
    boundary: Mapping[str, int]
    seed: int
    _usable: list[FittedModel] = field(repr=False)

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.params)

    @property
    def n_failed(self) -> int:
        """Replicates that did not converge, which no interval looks at."""
        return len(self.params) - len(self._usable)

    def interval(
        self, prediction: str, /, *args: Any, level: float = 0.95, progress: bool = False,
        **options: Any,
    ) -> PredictionInterval:  # fmt: skip
        """Return how sure a prediction is, with the percentile interval of the replicates.

        Parameters
        ----------
        prediction : str
            Name of a method of the model, such as ``"expected_purchases"``.
        *args, **options
            What the method takes, such as customers and ``horizon=52.0``.
        level : float, default 0.95
            How likely an interval is to hold the true value, roughly.
        progress : bool, default False
            Show a progress bar.

        Returns
        -------
        PredictionInterval
            Lower and upper bounds beside the prediction itself, each of its shape.

        Raises
        ------
        InvalidArgumentError
            If the model has no such prediction, it does not take these arguments, or there are
            too few replicates for the level.

        Notes
        -----
        With B replicates and k the whole part of (B + 1)(1 − level) / 2, the bounds are the
        k-th smallest and the k-th largest prediction (Efron and Tibshirani 1993, section 13.3).
        They tell how sure the *expectation* is, given that the model is right; how far single
        customers stray from it is `purchase_probabilities`.

        Customers are predicted some at a time, so that memory does not grow with their number.
        """
        return predict_bounds(
            self.fit, self._usable, prediction, args, options, level=level, progress=progress
        )

    def total(
        self, prediction: str, /, *args: Any, level: float = 0.95, progress: bool = False,
        **options: Any,
    ) -> PredictionInterval:  # fmt: skip
        """Return how sure the sum of a prediction over all customers is.

        Parameters
        ----------
        prediction, *args, level, progress, **options
            As for :meth:`interval`.

        Returns
        -------
        PredictionInterval
            Of one number, or one per column; a single customer's interval says nothing of it,
            since errors of the parameters are shared by all.

        Raises
        ------
        InvalidArgumentError
            As for :meth:`interval`, and if the prediction is not one per customer.
        """
        return predict_bounds(
            self.fit, self._usable, prediction, args, options, level=level, progress=progress,
            total=True,
        )  # fmt: skip

    def summary(self, level: float = 0.95) -> Any:
        """Return one row per parameter: coef, bootstrap se, and its percentile interval.

        Parameters
        ----------
        level : float, default 0.95
            Of the interval.

        Returns
        -------
        table of the kind that the data came from
            Columns ``parameter``, ``coef`` (of the fit), ``se``, ``lower`` and ``upper``.
        """
        drawn = np.stack([model._values for model in self._usable])
        lower, upper = bounds(drawn.copy(), check_level(level))
        columns = {
            "parameter": np.array(list(self.fit.params_), object),
            "coef": self.fit._values,
            "se": drawn.std(axis=0, ddof=1),
            "lower": lower,
            "upper": upper,
        }
        return build(columns, self.fit._kind, None)

    def _facts(self) -> dict[str, object]:
        return {
            "model": type(self.fit).__name__,
            "replicates": len(self),
            **{status: n for status, n in self.status.items() if n},
            "seed": self.seed,
        }

    def __repr__(self) -> str:
        return one_line("Bootstrap", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Bootstrap", list(self._facts().items()))


def bootstrap(fit: FittedModel, n: int, *, seed: int, progress: bool) -> Bootstrap:
    """Fit a model again to customers drawn anew; the body of `FittedModel.bootstrap`.

    Customers of one kind are one row with a weight, so drawing customers with replacement is
    drawing the weights of the rows from a multinomial distribution. Every replicate has random
    numbers of its own, and the result is the same whatever the number of threads.
    """
    n = whole_number(n, "n", "replicates", least=2)
    check_seed(seed)
    counts = _counts(fit)
    n_customers, share = int(counts.sum()), counts / counts.sum()
    seeds = np.random.SeedSequence(int(seed)).spawn(n)
    optima: dict[int, Optimum] = {}
    places = iter(range(n))

    def work() -> None:
        for k in places:
            drawn = np.random.default_rng(seeds[k]).multinomial(n_customers, share)
            optima[k] = fit._refit(drawn.astype(np.float64))
            step()

    # a large fit works on its own rows in threads: both together are no more than there are
    side_by_side = max(1, get_threads() // -(-len(counts) // ROWS))
    with progress_bar(n, "bootstrap", shown=progress) as step:
        run(work, [()] * min(side_by_side, n))
    return _collect(fit, [optima[k] for k in range(n)], int(seed))


def _counts(fit: FittedModel) -> NDArray[np.float64]:
    """Return how many customers there are of each kind."""
    name = type(fit).__name__
    _ = fit._values  # says so where there are none
    if fit._packed is None:
        raise InvalidArgumentError(
            f"This {name} was loaded or made from parameters, so it has no customers to draw "
            "from. Call fit() with the data again, and then bootstrap()."
        )
    weights: Floats = fit._packed.weights
    if (weights != np.floor(weights)).any():
        raise InvalidArgumentError(
            f"This {name} was fitted with weights that are not whole numbers, so they do not "
            "count customers, and there is nobody to draw. Fit with one row per customer, or "
            "with counts as weights."
        )
    return weights


def _collect(fit: FittedModel, optima: list[Optimum], seed: int) -> Bootstrap:
    """Put the replicates together, and warn of those that ended badly."""
    params = np.stack([found.params for found in optima])
    ended = [
        found.status if np.isfinite(found.params).all() else "not_converged" for found in optima
    ]
    usable = np.array([status != "not_converged" for status in ended])
    params[~usable] = np.nan
    counts = Counter(ended)
    status = {name: counts[name] for name in ("interior", "boundary", "not_converged")}
    boundary = Counter(end for found in optima for end in found.boundary)
    if status["boundary"] or status["not_converged"]:
        ends = ", ".join(f"{end} in {n:,}" for end, n in sorted(boundary.items()))
        warn_caller(
            f"Of {len(optima):,} bootstrap replicates of {type(fit).__name__}, "
            f"{status['boundary']:,} ended on the boundary{f' ({ends})' if ends else ''}, which "
            f"count, and {status['not_converged']:,} did not converge, which are left out. "
            "Standard errors of parameters that run away mean nothing; predictions do.",
            ConvergenceWarning,
        )
    return Bootstrap(
        fit=fit,
        params=params,
        status=MappingProxyType(status),
        boundary=MappingProxyType(dict(sorted(boundary.items()))),
        seed=seed,
        _usable=[_with(fit, row) for row in params[usable]],
    )


def _with(fit: FittedModel, params: Floats) -> FittedModel:
    """Return the model with other parameters, all else shared."""
    model = copy.copy(fit)
    model.params_ = dict(zip(fit.params_, params.tolist(), strict=True))
    return model
