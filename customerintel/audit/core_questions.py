"""What is asked of core customers: how broadly they reach, how relevant, how resilient they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers
    from customerintel.audit.reach_result import Reach
    from customerintel.audit.relevance_result import Relevance
    from customerintel.audit.resilience_result import Resilience

__all__ = ["CoreQuestions"]


class CoreQuestions:
    """The three questions; each has a module of its own that answers it."""

    @property
    def _core(self) -> CoreCustomers:
        return cast("CoreCustomers", self)

    def reach(
        self, *, customers: Any, population: Any = None, segment: str | None = None,
        area: str | None = None, location: str | None = None, count: str = "population",
        at_least: int | None = None, penetration_at_least: float | None = None,
        min_cell: int = 10, level: float = 0.95, n_boot: int = 200, seed: int = 0,
    ) -> Reach:  # fmt: skip
        """Return how broadly the core covers the segments and areas of a population.

        Penetration and index per segment, coverage of segments and areas, breadth and evenness,
        dissimilarity, and the list of what is not covered.

        Parameters
        ----------
        customers : CustomerTable or table
            One row per customer, with a column ``customer_id``.
        population : table, optional
            People per area and segment; without it, the core is compared with all active
            customers.
        segment, area, location : str, optional
            Columns of both tables; at least one of the first two.
        count, at_least, penetration_at_least, min_cell, level, n_boot, seed
            As for `reach_of`.

        Returns
        -------
        Reach

        Raises
        ------
        InvalidArgumentError, SchemaError
            As for `reach_of`.
        """
        from customerintel.audit.reach import reach_of

        return reach_of(
            self._core, customers=customers, population=population, segment=segment, area=area,
            location=location, count=count, at_least=at_least,
            penetration_at_least=penetration_at_least, min_cell=min_cell, level=level,
            n_boot=n_boot, seed=seed,
        )  # fmt: skip

    def relevance(
        self, *, customers: Any, population: Any = None, segment: str = "segment",
        area: str | None = None, location: str | None = None, top: int = 10,
        count: str = "population", persistence: float = 0.9, satisfaction: str | None = None,
        share_of_wallet: str | None = None, min_cell: int = 10, level: float = 0.95,
        n_boot: int = 200, seed: int = 0,
    ) -> Relevance:  # fmt: skip
        """Return how well the segments of the core agree with those of a population.

        Overlap of the first segments of both, rank correlation, alignment of shares, per
        location where there is one, and how differently locations are made up.

        Parameters
        ----------
        customers : CustomerTable or table
            One row per customer, with a column ``customer_id``.
        population : table, optional
            People per area and segment; without it, the core is compared with all active
            customers.
        segment : str, default "segment"
            Column of both tables.
        area, location : str, optional
            Columns, as for :meth:`reach`.
        top : int, default 10
            Length of the lists of the first segments.
        count, persistence, satisfaction, share_of_wallet, min_cell, level, n_boot, seed
            As for `relevance_of`.

        Returns
        -------
        Relevance

        Raises
        ------
        InvalidArgumentError, SchemaError
            As for `relevance_of`.
        """
        from customerintel.audit.relevance import relevance_of

        return relevance_of(
            self._core, customers=customers, population=population, segment=segment, area=area,
            location=location, top=top, count=count, persistence=persistence,
            satisfaction=satisfaction, share_of_wallet=share_of_wallet, min_cell=min_cell,
            level=level, n_boot=n_boot, seed=seed,
        )  # fmt: skip

    def resilience(
        self, log: Any, *, period: Any = "year",
        align: Literal["as_of", "calendar"] = "as_of", formats: str | None = None,
        old: str | Sequence[str] | None = None, new: str | Sequence[str] | None = None,
        segments: Any = None, remove: Sequence[int] = (10, 100, 1000),
        churn: Sequence[float] = (1.5, 2.0), price: Sequence[float] = (0.10,),
        min_cell: int = 10, level: float = 0.95, n_boot: int = 200,
        n_simulations: int = 1_000_000, seed: int = 0,
    ) -> Resilience:  # fmt: skip
        """Return how the core holds over time, beside what it would if nobody changed.

        Persistence and what is expected of steady buyers, retention of revenue, half-life,
        concentration, the mix of formats and its shift, and stress tests.

        Parameters
        ----------
        log : TransactionLog or History
            Where what customers bought is looked up. A log is seen as of the core's moment.
        period : str, int or sequence of pairs, default "year"
            As for `read_periods`. The two latest complete ones are compared.
        formats : str, optional
            A column that the log carries, such as ``channel``.
        align, old, new, segments, remove, churn, price, min_cell, level, n_boot, \
n_simulations, seed
            As for `resilience_of`.

        Returns
        -------
        Resilience

        Raises
        ------
        InvalidArgumentError, SchemaError
            As for `resilience_of`.
        """
        from customerintel.audit.resilience import resilience_of

        return resilience_of(
            self._core, log, period=period, align=align, formats=formats, old=old, new=new,
            segments=segments, remove=remove, churn=churn, price=price, min_cell=min_cell,
            level=level, n_boot=n_boot, n_simulations=n_simulations, seed=seed,
        )  # fmt: skip
