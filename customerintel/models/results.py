"""What every fitted model has: parameters, their uncertainty, and how the fit ended."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import ConvergenceWarning, InvalidArgumentError, NotFittedError
from customerintel.models.arguments import (
    check_penalty,
    number_from_json,
    parameter,
)
from customerintel.models.fitting import Optimum
from customerintel.models.row_checks import check_unit
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.notices import warn_caller
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from pathlib import Path

    from customerintel.models.bootstrap import Bootstrap

__all__ = ["FittedModel"]

Floats = NDArray[np.float64]

Z95 = 1.959963984540054


class FittedModel(ABC):
    """Parameters and their uncertainty; the parent of every model.

    Parameters
    ----------
    penalty : float, default 0
        L2 penalty: times the sum of the squared logarithms of the parameters, taken off the
        mean log-likelihood.

    Attributes
    ----------
    params_ : dict of str to float
        In the order and with the names of the paper.
    standard_errors_ : dict of str to float
        From the observed information; NaN where a parameter runs away.
    covariance_ : ndarray of float64, shape (k, k)
        Of the parameters, in the order of `params_`.
    log_likelihood_, aic_, bic_ : float
        Of the customers (cohorts count each customer); NaN for given parameters.
    status_ : {"interior", "boundary", "not_converged", "given"}
        How the fit ended; ``"given"``: made by `from_params`.
    boundary_ : tuple of str
        Which parameters run away, such as ``("beta → inf",)``.
    n_customers_ : float
        Customers that were fitted.
    unit_ : str or None
        Unit of time of the fit.

    Notes
    -----
    A fit that fails, or is interrupted, leaves a model as it was.
    """

    #: Names of the parameters, in the order of the paper.
    parameters: ClassVar[tuple[str, ...]] = ()

    params_: dict[str, float]
    standard_errors_: dict[str, float]
    covariance_: Floats
    log_likelihood_: float
    status_: str
    boundary_: tuple[str, ...]
    n_customers_: float
    unit_: str | None

    #: The compressed rows that were fitted; None for given and loaded parameters.
    _packed: Any = None

    def __init__(self, *, penalty: float = 0.0) -> None:
        self.penalty = check_penalty(penalty)

    @property
    def _names(self) -> tuple[str, ...]:
        """Names of all that is fitted, in the order of `params_`."""
        return self.parameters

    @classmethod
    def from_params(cls, params: Mapping[str, float], *, unit: str | None = None) -> Self:
        """Return a model with known parameters.

        Parameters
        ----------
        params : mapping of str to float
            Positive, one per name in ``parameters``.
        unit : str, optional
            Unit of time that they belong to.

        Raises
        ------
        InvalidArgumentError
            If a name is missing or unknown, or a value is not a positive number.
        """
        model = cls()
        model._give(params, unit)
        return model

    def _give(self, params: Mapping[str, float], unit: str | None) -> None:
        """Take parameters as they are given."""
        check_unit(unit, None, "The parameters")
        name, names = type(self).__name__, self._names
        if not isinstance(params, Mapping):
            raise InvalidArgumentError(
                f"{name} takes its parameters as a dict of names and numbers; "
                f"got {type(params).__name__}."
            )
        if set(params) != set(names):
            raise InvalidArgumentError(
                f"{name} has the parameters {', '.join(names)}; "
                f"got {', '.join(map(str, params)) or 'none'}."
            )
        values = {
            name: parameter(name, params[name], positive=name in self.parameters) for name in names
        }
        unknown = np.full((len(values), len(values)), np.nan)
        given = Optimum(np.array(list(values.values())), math.nan, unknown, "given", ())
        self._settle(given, n_customers=math.nan, unit=unit, kind=Kind("pandas"))

    def _settle(self, found: Optimum, *, n_customers: float, unit: str | None, kind: Kind) -> None:
        """Take over what a fit found, and warn if it is not an inner optimum."""
        self.params_ = dict(zip(self._names, found.params.tolist(), strict=True))
        errors = np.sqrt(np.diag(found.covariance))
        self.standard_errors_ = dict(zip(self._names, errors.tolist(), strict=True))
        self.covariance_ = found.covariance
        self.log_likelihood_ = found.log_likelihood
        self.status_ = found.status
        self.boundary_ = found.boundary
        self.n_customers_ = n_customers
        self.unit_ = unit
        self._kind = kind
        name = type(self).__name__
        if found.status == "boundary":
            warn_caller(
                f"The {name} fit ended on the boundary: {', '.join(found.boundary)}. The data do "
                "not tell its parameters apart, so there are no standard errors. A simpler model, "
                "where there is one, says the same.",
                ConvergenceWarning,
            )
        elif found.status == "not_converged":
            warn_caller(
                f"The {name} fit did not converge. Look at the data for what the model cannot "
                "mean, or set a penalty such as penalty=0.001.",
                ConvergenceWarning,
            )

    def _become(self, fitted: Self) -> Self:
        """Take over all of a copy that was fitted.

        A fit works on a copy and this is its last step, which cannot be interrupted: what fails
        before leaves the model as it was.
        """
        vars(self).update(vars(fitted))
        return self

    @property
    def _n_chosen(self) -> int:
        """How many numbers were chosen by the data."""
        return len(self._values)

    @property
    def aic_(self) -> float:
        """Akaike's information criterion: 2 k − 2 log L."""
        return 2.0 * self._n_chosen - 2.0 * self.log_likelihood_

    @property
    def bic_(self) -> float:
        """Bayesian information criterion: k log n − 2 log L."""
        return self._n_chosen * math.log(self.n_customers_) - 2.0 * self.log_likelihood_

    @property
    def _values(self) -> Floats:
        """The parameters as an array, in order."""
        if not hasattr(self, "params_"):
            raise NotFittedError(
                f"This {type(self).__name__} has no parameters yet: call fit(summary), or make "
                "one with from_params()."
            )
        return np.array(list(self.params_.values()))

    @abstractmethod
    def _refit(self, weights: Floats) -> Optimum:
        """Fit the kept rows again with other weights, from the optimum on, without a warning."""

    def bootstrap(self, n: int = 200, *, seed: int, progress: bool = False) -> Bootstrap:
        """Fit the model again to resampled customers: how sure its predictions are.

        Parameters
        ----------
        n : int, default 200
            How many times the customers are drawn anew, with replacement.
        seed : int
            Of the random numbers: the same seed gives the same result on any number of threads.
        progress : bool, default False
            Show a progress bar.

        Returns
        -------
        Bootstrap
            With `interval` and `total` for predictions, and `summary` for the parameters.

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used, or the model was not fitted here.
        """
        from customerintel.models.bootstrap import bootstrap

        return bootstrap(self, n, seed=seed, progress=progress)

    def summary(self) -> Any:
        """Return one row per parameter: coef, se, z = coef / se, and its 95 % interval.

        The interval is that of the logarithm (delta method), so it holds no impossible value;
        effects of covariates, which may have either sign, have a symmetric one.
        """
        coef = self._values
        se = np.array(list(self.standard_errors_.values()))
        positive = np.arange(len(coef)) < len(self.parameters)
        width = np.exp(Z95 * se / np.where(positive, coef, 1.0))
        columns = {
            "parameter": np.array(self._names, object),
            "coef": coef,
            "se": se,
            "z": coef / se,
            "lower_95": np.where(positive, coef / width, coef - Z95 * se),
            "upper_95": np.where(positive, coef * width, coef + Z95 * se),
        }
        return build(columns, self._kind, None)

    def save(self, path: str | Path) -> None:
        """Write parameters and how they were found as JSON, for `customerintel.models.load`.

        Raises
        ------
        InvalidArgumentError
            If there is no such folder.
        """
        from customerintel.models.files import write

        write(self, path)

    def _details(self) -> dict[str, Any]:
        """Return what a file holds besides: the options of the model, as JSON has them."""
        return {"penalty": self.penalty}

    @classmethod
    def _from_details(cls, content: Mapping[str, Any]) -> Self:
        """Return a model with the options of a file, not fitted yet."""
        return cls(penalty=content["penalty"])

    @classmethod
    def _read(cls, content: Mapping[str, Any]) -> Self:
        """Rebuild a model from what `save` wrote."""
        model = cls._from_details(content)
        model._give(content["params"], content["unit"])
        model.covariance_ = np.array(
            [[math.nan if x is None else x for x in row] for row in content["covariance"]]
        )
        errors = np.sqrt(np.diag(model.covariance_)).tolist()
        model.standard_errors_ = dict(zip(model._names, errors, strict=True))
        model.log_likelihood_ = number_from_json(content["log_likelihood"])
        model.n_customers_ = number_from_json(content["n_customers"])
        model.status_, model.boundary_ = content["status"], tuple(content["boundary"])
        return model

    def _facts(self) -> dict[str, object]:
        if not hasattr(self, "params_"):
            return {"status": "not fitted"}
        params = {name: float(f"{value:.6g}") for name, value in self.params_.items()}
        return {**params, "status": self.status_, "unit": self.unit_}

    def __repr__(self) -> str:
        return one_line(type(self).__name__, **self._facts())

    def _repr_html_(self) -> str:
        return html_table(type(self).__name__, list(self._facts().items()))
