"""`CovariateModel`: what is known of a customer changes their rates, once and for all."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import MOST
from customerintel.models.covariate_scale import Effect, Placed, Scale, check_spread
from customerintel.models.covariates import Coding, check_columns
from customerintel.models.fitting import Optimum
from customerintel.models.gamma_rates import GammaRateModel
from customerintel.models.merging import number_rows
from customerintel.models.purchases import ROWS
from customerintel.models.row_checks import check_fit_unit
from customerintel.models.statistics import PurchaseStatistics, read_statistics
from customerintel.tables.kinds import Kind

__all__ = ["CovariateModel"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: A logarithm beyond this is a search on its way; exp would overflow.
_FAR = 300.0


class CovariateModel(GammaRateModel):
    """A model whose parameters may depend on static covariates.

    The parent of `BetaGeoNBD`, `ModifiedBetaGeoNBD` and `ParetoNBD`, which are made and fitted.

    Parameters
    ----------
    covariates_lifetime : sequence of str, optional
        Columns that change how long customers stay.
    covariates_transaction : sequence of str, optional
        Columns that change how often they buy. Numbers and truth values count as they are, of a
        text each level but the first (in ascending order) has an effect of its own.
    penalty : float, default 0
        L2 penalty: times the sum of the squared logarithms of the parameters, and of the
        squared effects of covariates of variance 1, taken off the mean log-likelihood.
    """

    #: What covariates change.
    effects: ClassVar[tuple[Effect, ...]]

    def __init__(
        self,
        *,
        covariates_lifetime: Sequence[str] = (),
        covariates_transaction: Sequence[str] = (),
        penalty: float = 0.0,
    ) -> None:
        super().__init__(penalty=penalty)
        lifetime = check_columns(covariates_lifetime, "covariates_lifetime")
        transaction = check_columns(covariates_transaction, "covariates_transaction")
        self._coding = Coding(transaction, lifetime) if transaction or lifetime else None

    @abstractmethod
    def _sum_runs(
        self, params: Floats, ends: Ints, x: Floats, t_x: Floats, T: Floats, weights: Floats,
        out: Floats,
    ) -> None:  # fmt: skip
        """As `_sum_rows`, for runs of rows that each have parameters and sums of their own."""

    # -- what is fitted -----------------------------------------------------------------------

    @property
    def _names(self) -> tuple[str, ...]:
        if self._coding is None:
            return self.parameters
        labels = [
            f"{effect.name}[{label}]"
            for effect in self.effects
            for label in self._coding.labels(effect.kind)
        ]
        return (*self.parameters, *labels)

    def _placed(self) -> list[Placed]:
        """Return the effects with their places among the parameters, and their columns."""
        assert self._coding is not None  # noqa: S101 - for the type checker
        n = {kind: len(self._coding.labels(kind)) for kind in ("transaction", "lifetime")}
        columns = {
            "transaction": slice(0, n["transaction"]),
            "lifetime": slice(n["transaction"], None),
        }
        start, found = len(self.parameters), []
        for effect in self.effects:
            end = start + n[effect.kind]
            found.append(Placed(effect, slice(start, end), columns[effect.kind]))
            start = end
        return found

    def _spread_params(self, params: Floats, covariates: Floats) -> Floats:
        """Return the parameters of customers with these covariates, shape (n, k)."""
        logs = np.repeat(np.log(params[None, : len(self.parameters)]), len(covariates), axis=0)
        for effect, own, columns in self._placed():
            # added to the logarithm: far from 0 the parts alone may be no numbers
            logs[:, effect.place] += effect.sign * (covariates[:, columns] @ params[own])
        found: Floats = np.exp(np.clip(logs, -_FAR, _FAR))
        return found

    # -- fitting ------------------------------------------------------------------------------

    def _read_to_fit(self, data: Any, unit: str | None) -> PurchaseStatistics:
        if self._coding is None:
            return super()._read_to_fit(data, unit)
        self._coding = Coding(self._coding.transaction, self._coding.lifetime)
        rows = read_statistics(data, unit=unit, covariates=self._coding)
        assert rows.covariates is not None  # noqa: S101 - for the type checker
        self._coding.check_levels()
        for effect, _, columns in self._placed():
            check_spread(rows.covariates[:, columns], self._coding.labels(effect.kind))
        return rows

    def _find(self, rows: PurchaseStatistics, start: Floats | None = None) -> Optimum:
        if rows.covariates is None:
            return super()._find(rows, start)
        # a resample is searched on the scale of the customers it comes from
        whole: PurchaseStatistics = self._packed
        assert whole.covariates is not None  # noqa: S101 - for the type checker
        scale = Scale.of(whole.covariates, whole.weights, self._placed())
        scaled = replace(rows, covariates=scale.covariates(rows.covariates))
        if start is not None:
            return scale.to_natural(self._search(scaled, [scale.to_search(start).tolist()]))
        alike = replace(rows, covariates=None).compress()
        plain = super()._find(alike)
        none = [0.0] * (len(self._names) - len(self.parameters))
        # differences that the covariates explain may send the plain model to a boundary
        starts = [[*plain.params.tolist(), *none]] if plain.status == "interior" else []
        starts += [[*own, *none] for own in self._starts(alike)]
        return scale.to_natural(self._search_all(scaled, starts))

    def _settle(self, found: Optimum, *, n_customers: float, unit: str | None, kind: Kind) -> None:
        if self._coding is not None:
            self._check_size(found)
        super()._settle(found, n_customers=n_customers, unit=unit, kind=kind)

    def _refit(self, weights: Floats) -> Optimum:
        found = super()._refit(weights)
        base = found.params[: len(self.parameters)]
        # where parameters at covariates of 0 are no numbers, they say nothing of the others
        written = np.isfinite(base).all() and (base >= np.finfo(np.float64).tiny).all()
        return found if written else replace(found, status="not_converged")

    def _check_size(self, found: Optimum) -> None:
        """Refuse parameters at covariates of 0 that no number can hold."""
        base = found.params[: len(self.parameters)]
        with np.errstate(invalid="ignore"):
            written = (base >= 1.0 / MOST) & (base <= MOST)
        if not written.all():
            raise InvalidArgumentError(
                "A covariate is so far from 0, beside its spread, that the parameters of "
                "customers at 0 are too large or too small to write down. Subtract its mean, or "
                "a usual value (such as 2020 from a year)."
            )

    def _ranges(self, rows: PurchaseStatistics) -> Floats | None:
        if rows.covariates is None:
            return None
        # a column that is constant in a sample may end anywhere
        ranges = np.maximum(np.ptp(rows.covariates, axis=0), 1e-3)
        return np.concatenate([ranges[columns] for _, _, columns in self._placed()])

    def _likelihood(self, params: Floats, rows: PurchaseStatistics) -> tuple[float, Floats]:
        if rows.covariates is None:
            return super()._likelihood(params, rows)
        from customerintel._kernels.threads import run

        ends = rows.runs(ROWS)
        design = rows.covariates[ends[:-1]]
        spread = self._spread_params(params, design)
        sums = np.zeros((len(design), 1 + spread.shape[1]))
        # every stretch of ROWS rows begins with a run of its own
        cuts = np.searchsorted(ends, np.append(np.arange(0, len(rows), ROWS), len(rows)))

        def work(first: int, last: int) -> None:
            self._sum_runs(
                spread[first:last], ends[first : last + 1], rows.frequency, rows.recency, rows.T,
                rows.weights, sums[first:last],
            )  # fmt: skip

        run(work, list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)))
        slopes = np.empty(len(params))
        # d/d log of each customer's own parameters
        pulls = sums[:, 1:] * spread
        slopes[: spread.shape[1]] = pulls.sum(axis=0) / params[: spread.shape[1]]
        for effect, own, columns in self._placed():
            slopes[own] = effect.sign * (pulls[:, effect.place] @ design[:, columns])
        return float(sums[:, 0].sum()), slopes

    # -- predicting ---------------------------------------------------------------------------

    def _rows(self, data: Any) -> PurchaseStatistics:
        if self._coding is None:
            return super()._rows(data)
        _ = self._values
        rows = read_statistics(data, covariates=self._coding)
        check_fit_unit(rows.unit, self.unit_)
        return rows

    def _each_row(
        self, rows: PurchaseStatistics, function: Callable[..., None], arguments: tuple[Any, ...],
        width: int | None, stretch: int,
    ) -> Floats:  # fmt: skip
        if rows.covariates is None:
            return super()._each_row(rows, function, arguments, width, stretch)
        from customerintel._kernels.threads import run

        codes, distinct = number_rows(rows.covariates)
        params = self._spread_params(self._values, distinct)
        out = np.empty(len(rows) if width is None else (len(rows), width))
        order = np.argsort(codes, kind="stable")

        def work(start: int) -> None:
            index = order[start : start + stretch]
            for own in np.split(index, np.flatnonzero(np.diff(codes[index])) + 1):
                found = np.empty(len(own) if width is None else (len(own), width))
                function(
                    params[codes[own[0]]], rows.frequency[own], rows.recency[own], rows.T[own],
                    *arguments, found,
                )  # fmt: skip
                out[own] = found

        run(work, [(start,) for start in range(0, len(rows), stretch)])
        return out

    def with_covariates(self, values: Mapping[str, Any]) -> Self:
        """Return the model of customers with these covariates: to predict new ones, or simulate.

        Parameters
        ----------
        values : mapping of str to value
            One value per covariate.

        Returns
        -------
        Self
            A model without covariates, with the parameters of such customers as given ones.

        Raises
        ------
        InvalidArgumentError
            If a covariate is missing or unknown, or has a level that the fit has not seen.
        """
        own = self._values
        if self._coding is None:
            raise InvalidArgumentError("The model was fitted without covariates: use it as it is.")
        params = self._spread_params(own, self._coding.encode_one(values)[None])[0]
        return self.from_params(
            dict(zip(self.parameters, params.tolist(), strict=True)), unit=self.unit_
        )

    def _newcomer(self) -> Floats:
        if self._coding is not None:
            raise InvalidArgumentError(
                "What a new customer does depends on the covariates "
                f"{', '.join(self._coding.names)}. Give them first: "
                "fit.with_covariates({...}) is the model of such customers."
            )
        return super()._newcomer()

    # -- files --------------------------------------------------------------------------------

    def _details(self) -> dict[str, Any]:
        coding = None if self._coding is None else self._coding.to_json()
        return {**super()._details(), "covariates": coding}

    @classmethod
    def _from_details(cls, content: Mapping[str, Any]) -> Self:
        model = super()._from_details(content)
        if content["covariates"] is not None:
            model._coding = Coding.from_json(content["covariates"])
        return model
