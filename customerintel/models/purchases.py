"""`PurchaseModel`: the contract of the models of repeat purchases in continuous time."""

from __future__ import annotations

import copy
import math
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number
from customerintel.models.fitting import Optimum, maximise
from customerintel.models.results import FittedModel
from customerintel.models.row_checks import check_fit_unit
from customerintel.models.row_sums import sum_stretches
from customerintel.models.statistics import PurchaseStatistics, read_statistics

if TYPE_CHECKING:
    from customerintel.tables import CustomerSummary

__all__ = ["ROWS", "SAMPLE", "PurchaseModel", "check_horizon"]

Floats = NDArray[np.float64]

#: Rows that are worked on together: enough to be worth a thread, few enough to stay small.
ROWS = 4_096
#: More kinds of customer than this: the search starts from the optimum of a sample of as many.
SAMPLE = 3_000


#: Parameters that are lengths of time.
_TIMES = ("alpha", "beta")


class PurchaseModel(FittedModel):
    """A model of who is still a customer and what they will buy.

    A subclass gives its parameters' names, its starting points, the log-likelihood of rows with
    its gradient, and its predictions per row.

    Parameters
    ----------
    penalty : float, default 0
        L2 penalty: times the sum of the squared logarithms of the parameters, taken off the
        mean log-likelihood.
    """

    # -- what a model says of itself ---------------------------------------------------------

    @abstractmethod
    def _starts(self, rows: PurchaseStatistics) -> list[list[float]]:
        """Return starting points, natural scale, in the unit of the rows."""

    @abstractmethod
    def _sum_rows(
        self, params: Floats, x: Floats, t_x: Floats, T: Floats, weights: Floats, out: Floats
    ) -> None:
        """Add log-likelihood (place 0) and gradient (places 1 … k) of some rows to `out`."""

    # -- fitting ------------------------------------------------------------------------------

    def fit(self, data: Any, *, unit: str | None = None) -> Self:
        """Find the parameters of greatest likelihood.

        Parameters
        ----------
        data : CustomerSummary or table
            With columns frequency, recency, T and perhaps weight.
        unit : str, optional
            Unit of the ages of a plain table.

        Returns
        -------
        Self
            The model itself, with the attributes of `FittedModel`.

        Raises
        ------
        InvalidArgumentError
            If there are no customers, or histories that cannot be.
        SchemaError
            If a column is missing or holds no numbers.

        Warns
        -----
        ConvergenceWarning
            If the optimum is on a boundary, or was not reached.
        """
        fitted = copy.copy(self)
        rows = fitted._read_to_fit(data, unit)
        packed = fitted._packed = rows.compress()
        found = fitted._find(packed)
        fitted._settle(found, n_customers=packed.n_customers, unit=rows.unit, kind=rows.kind)
        return self._become(fitted)

    def _read_to_fit(self, data: Any, unit: str | None) -> PurchaseStatistics:
        """Read the customers to fit."""
        return read_statistics(data, unit=unit)

    def _find(self, rows: PurchaseStatistics, start: Floats | None = None) -> Optimum:
        """Find the optimum of compressed rows, from `start` only if it is given."""
        if start is not None:
            return self._search(rows, [start.tolist()])
        return self._search_all(rows, self._starts(rows))

    def _search_all(self, rows: PurchaseStatistics, starts: list[list[float]]) -> Optimum:
        """Search from each start; where there are many rows, among a sample of them first."""
        if len(rows) <= SAMPLE:
            return self._search(rows, starts)
        # a sample tells where the optimum is, and how the likelihood bends there
        sample = rows.sample(SAMPLE)
        near = self._search(sample, starts)
        if near.status == "interior":
            steps = np.ones(len(near.params))
            steps[: len(self.parameters)] = near.params[: len(self.parameters)]
            bends = near.covariance / np.outer(steps, steps) * sample.n_customers
            return self._search(rows, [near.params.tolist()], bends)
        # far out the search would hardly move: the sample alone must not decide that
        return self._search(rows, [near.params.tolist(), *starts])

    def _search(
        self, rows: PurchaseStatistics, starts: list[list[float]], inverse: Floats | None = None
    ) -> Optimum:
        """Search from each start."""
        age = float(np.average(rows.T, weights=rows.weights)) or 1.0
        return maximise(
            lambda params: self._likelihood(params, rows),
            starts,
            self.parameters if rows.covariates is None else self._names,
            n=rows.n_customers,
            penalty=self.penalty,
            ranges=self._ranges(rows),
            typical=[age if name in _TIMES else 1.0 for name in self.parameters],
            inverse=inverse,
            limits=8 if len(rows) <= SAMPLE else 1,
        )

    def _ranges(self, _rows: PurchaseStatistics) -> Floats | None:
        """Return from where to where the covariate of each effect goes."""
        return None

    def _refit(self, weights: Floats) -> Optimum:
        """Fit the kept rows again with other weights, from the optimum on, without a warning."""
        rows = self._packed.weighted(weights)
        found = self._find(rows, self._values)
        if self.status_ == "interior":
            return found
        # from a boundary there is no way back, so the search begins anew, too; what was chosen
        # besides the parameters stays
        covariates = rows.covariates is not None
        fresh = self._find(rows) if covariates else self._search_all(rows, self._starts(rows))
        # a search that met NaN has found nothing
        return fresh if not found.log_likelihood >= fresh.log_likelihood else found

    def _likelihood(self, params: Floats, rows: PurchaseStatistics) -> tuple[float, Floats]:
        """Sum over all rows."""

        def add(part: slice, out: Floats) -> None:
            self._sum_rows(
                params, rows.frequency[part], rows.recency[part], rows.T[part],
                rows.weights[part], out,
            )  # fmt: skip

        total = sum_stretches(add, len(rows), stretch=ROWS, width=1 + len(params))
        return float(total[0]), total[1:]

    def to_pymc_marketing(self, summary: CustomerSummary) -> Any:
        """Return customers as pymc-marketing's models want them, in the unit of the fit.

        Parameters
        ----------
        summary : CustomerSummary
            The customers.

        Returns
        -------
        pandas.DataFrame
            As from :func:`customerintel.models.to_pymc_marketing`.

        Raises
        ------
        InvalidArgumentError
            If it is no summary, or one in another unit.
        NotFittedError
            If the model has no parameters yet.
        """
        from customerintel.models.interop import to_pymc_marketing

        _ = self._values  # without parameters there is no unit either
        return to_pymc_marketing(summary, unit=self.unit_)

    # -- predicting ---------------------------------------------------------------------------

    def _rows(self, data: Any) -> PurchaseStatistics:
        """Read the customers to predict, in the fit's unit."""
        _ = self._values
        rows = read_statistics(data, unit=None)
        check_fit_unit(rows.unit, self.unit_)
        return rows

    def _per_row(
        self, data: Any, function: Callable[..., None], *arguments: Any, width: int | None = None,
        stretch: int = ROWS,
    ) -> Floats:  # fmt: skip
        """Return what a kernel makes of each customer, shape (rows,) or (rows, width)."""
        return self._each_row(self._rows(data), function, arguments, width, stretch)

    def _each_row(
        self, rows: PurchaseStatistics, function: Callable[..., None], arguments: tuple[Any, ...],
        width: int | None, stretch: int,
    ) -> Floats:  # fmt: skip
        """Call ``function(params, x, t_x, T, *arguments, out)`` on stretches of the rows.

        Extra memory does not grow with the customers.
        """
        from customerintel._kernels.threads import run

        params = self._values
        out = np.empty(len(rows) if width is None else (len(rows), width))

        def work(start: int) -> None:
            part = slice(start, start + stretch)
            function(
                params, rows.frequency[part], rows.recency[part], rows.T[part], *arguments,
                out[part],
            )  # fmt: skip

        run(work, [(start,) for start in range(0, len(rows), stretch)])
        return out


def check_horizon(horizon: float) -> float:
    """Return a horizon as a float.

    Raises
    ------
    InvalidArgumentError
        If it is not a positive number.
    """
    if not is_number(horizon):
        raise InvalidArgumentError(f"horizon must be a number; got {type(horizon).__name__}.")
    if horizon == math.inf:
        raise InvalidArgumentError(
            "horizon must be finite here. What is bought for ever has a value: "
            "discounted_expected_residual(), or lifetime_value with horizon=None."
        )
    if not (math.isfinite(horizon) and horizon > 0):
        raise InvalidArgumentError(
            f"horizon must be longer than 0, in the unit of the fit; got {horizon!r}."
        )
    return float(horizon)
