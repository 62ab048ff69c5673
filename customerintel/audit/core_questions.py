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
        count : str, default "population"
            Column of the population with the number of people.
        at_least : int, optional
            Core customers that make a segment covered; `min_cell` if not given.
        penetration_at_least : float, optional
            Active customers per inhabitant that make an area covered; a tenth of that of all
            areas together if not given.
        min_cell : int, default 10
            Smaller numbers of customers are not told, nor what would give them away; 0 or 1
            turns it off.
        level, n_boot, seed
            Of the intervals: level, times that customers are drawn anew, and seed of the draws.

        Returns
        -------
        Reach

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used, or the population has no people.
        SchemaError
            If a column is missing, or an area does not tell the segment that customers do not
            have.
        DataValidationError
            If rows of a table break a rule.
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
        count : str, default "population"
            Column of the population with the number of people.
        persistence : float, default 0.9
            Of rank-biased overlap: how likely one looks at one more place of the lists.
        satisfaction, share_of_wallet : str, optional
            Columns of the customers with numbers, of which the means are told.
        min_cell, level, n_boot, seed
            As for :meth:`reach`.

        Returns
        -------
        Relevance

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used, or the population has no people.
        SchemaError
            If a column is missing, or an area does not tell the segment that customers do not
            have.
        DataValidationError
            If rows of a table break a rule.
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
        segments: Any = None, remove: int | Sequence[int] = (10, 100, 1000),
        churn: float | Sequence[float] = (1.5, 2.0), price: float | Sequence[float] = (0.10,),
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
        align : {"as_of", "calendar"}, default "as_of"
            Whether periods are counted back from the moment, or are those of the calendar.
        formats : str, optional
            A column that the log carries, by the name it has there, such as ``channel``.
        old, new : str or sequence of str, optional
            Formats that are left and taken up; by default the one that fell most and the one
            that rose most, in shares of all customers' purchases.
        segments : array_like or (table, str), optional
            Labels of customers to lose one segment at a time: one per customer in the order of
            ``core.history.customer_id``, or a table of customers and its column.
        remove : int or sequence of int, default (10, 100, 1000)
            Numbers of the largest customers to lose.
        churn : float or sequence of float, default (1.5, 2.0)
            Factors for the churn of the core.
        price : float or sequence of float, default (0.10,)
            Shares by which prices, or the margin, fall.
        min_cell : int, default 10
            What would tell of fewer customers is suppressed; 0 or 1 turns it off.
        level, n_boot, seed
            Of the intervals.
        n_simulations : int, default 1,000,000
            Customers that are drawn from the null model, where it is not computed.

        Returns
        -------
        Resilience

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used.
        SchemaError
            If a column is missing, or holds other values than it should.
        """
        from customerintel.audit.resilience import resilience_of

        return resilience_of(
            self._core, log, period=period, align=align, formats=formats, old=old, new=new,
            segments=segments, remove=remove, churn=churn, price=price, min_cell=min_cell,
            level=level, n_boot=n_boot, n_simulations=n_simulations, seed=seed,
        )  # fmt: skip
