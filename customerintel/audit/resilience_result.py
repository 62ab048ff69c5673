"""`Resilience`: what `resilience_of` finds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.audit import resilience_tables
from customerintel.audit.core_alive import CoreAlive, alive_of
from customerintel.audit.core_persistence import NAMES, Persistence
from customerintel.audit.score_intervals import score_interval
from customerintel.exceptions import InvalidArgumentError
from customerintel.rfm.words import one_of
from customerintel.tables.building import build
from customerintel.tables.history import History
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.audit.concentration_result import Concentration
    from customerintel.audit.core_customers_result import CoreCustomers
    from customerintel.audit.core_survival import CoreSurvival
    from customerintel.audit.format_mix import FormatMix
    from customerintel.audit.periods import Periods
    from customerintel.audit.steady_buyers import SteadyBuyers
    from customerintel.audit.stress import StressTests

__all__ = ["Resilience"]


@dataclass(frozen=True, eq=False, repr=False)
class Resilience:
    """How the core holds over time, beside what it would if nobody changed.

    Made by `CoreCustomers.resilience`. The core of a period is the top share of those who bought
    in it; ties at the cut count in proportion, as a draw among them would on average.

    Attributes
    ----------
    core : CoreCustomers
        The core that was asked about.
    history : History
        What was known.
    periods : Periods
        All that the history spans.
    compared : tuple of str or None
        Labels of the two latest complete periods; None where there are not two.
    level : float
        Of the intervals.
    survival : CoreSurvival
        The first period's core through all later ones.
    concentration : Concentration or None
        Of the latest complete period: of spend, or of purchases where the log has no amounts.
    format_mix : FormatMix or None
        None without `formats`.
    stress : StressTests or None
        None without a complete period.
    """

    core: CoreCustomers
    history: History
    periods: Periods
    compared: tuple[str, str] | None
    level: float
    survival: CoreSurvival
    concentration: Concentration | None
    format_mix: FormatMix | None
    stress: StressTests | None
    _persistence: Persistence | None = field(repr=False)

    def figure(self, name: str, which: str = "observed") -> float:
        """Return a figure of the two periods: "observed", "expected" or "excess".

        Parameters
        ----------
        name : str
            "persistence"; "persistence_known", where only buyers of both periods can be in the
            later core; "still_active", the share of the core that buys again at all;
            "share_before" and "share_after", what the core has of the spend, the units or
            (also of "both" and "either") the purchases of either period; "revenue_retention".
        which : {"observed", "expected", "excess"}, default "observed"
            What happened, what would have if nobody had changed, or the difference.

        Raises
        ------
        InvalidArgumentError
            If there is no such figure.
        """
        name = one_of("name", name, NAMES)
        which = one_of("which", which, ("observed", "expected", "excess"))
        if (found := self._persistence) is None:
            return math.nan
        if which == "excess":
            return found.observed[name] - found.expected[name]
        return (found.observed if which == "observed" else found.expected)[name]

    @property
    def persistence(self) -> float:
        """Share of the earlier period's core that is core again; read it with the next two."""
        return self.figure("persistence")

    @property
    def expected_persistence(self) -> float:
        """The same if nobody changed; NaN where nobody bought twice."""
        return self.figure("persistence", "expected")

    @property
    def excess_persistence(self) -> float:
        """Persistence less the expected: below 0, the core decays; around 0, it does not."""
        return self.figure("persistence", "excess")

    @property
    def expected_error(self) -> float:
        """Standard error of the expected persistence by simulation; 0 where it is computed."""
        return math.nan if self._persistence is None else self._persistence.errors["persistence"]

    @property
    def null_model(self) -> SteadyBuyers | None:
        """The fit in which nobody changes."""
        return None if self._persistence is None else self._persistence.buyers

    @property
    def revenue_retention(self) -> float:
        """Spend of the earlier core in the later period over that in its own."""
        return self.figure("revenue_retention")

    @property
    def expected_revenue_retention(self) -> float:
        """The same if nobody changed: below 1, since the core had a good period."""
        return self.figure("revenue_retention", "expected")

    @property
    def excess_revenue_retention(self) -> float:
        """Revenue retention less the expected."""
        return self.figure("revenue_retention", "excess")

    @property
    def half_life(self) -> float:
        """Periods until half of the first core buys no more; `half_life_source` says how known."""
        return self.survival.half_life

    @property
    def half_life_days(self) -> float:
        """The same in days, by the mean length of the complete periods."""
        kept = self.periods.days[self.survival.periods]
        return self.half_life * float(kept.mean()) if len(kept) else math.nan

    @property
    def half_life_source(self) -> str:
        """How it is known: "observed", "projected" or "unknown"."""
        return self.survival.source

    @property
    def mix_shift(self) -> float:
        """Total variation of the core's formats between the two latest complete periods."""
        return math.nan if self.format_mix is None else _last(self.format_mix.shift)

    @property
    def bridge_rate(self) -> float:
        """Share of the core's active customers of the latest period who bought of old and new."""
        return math.nan if self.format_mix is None else _last(self.format_mix.bridge)

    @property
    def migration(self) -> float:
        """P(new only in the latest period | old only in the one before)."""
        return math.nan if self.format_mix is None else _last(self.format_mix.migration)

    @cached_property
    def alive(self) -> CoreAlive:
        """How many of the core are still customers, by a model fitted at the first look."""
        return alive_of(self.core)

    def interval(self, name: str) -> tuple[float, float]:
        """Return the interval of a figure.

        Parameters
        ----------
        name : str
            A figure of `figure`, with ``expected_`` or ``excess_`` before it for these;
            "bridge_rate" or "migration".

        Returns
        -------
        lower, upper : float
            Percentiles over customers drawn anew, the null model fitted anew to each draw
            (of more than 10,000 customers so many are drawn, and the interval is scaled: Bickel,
            Götze and van Zwet 1997), widened by the error of the simulation and, where need be,
            to the figure itself. Of ``still_active``, and of a persistence of 0 or 1, where such
            draws vary too little: by Wilson (1927), and the excess from the ends of both (Zou
            and Donner 2008). Of shares of formats by Wilson. NaN where unknown, and where
            nothing varies, as in a base whose customers are all alike.

        Raises
        ------
        InvalidArgumentError
            If it has none.
        """
        if name in ("bridge_rate", "migration"):
            return self._format_interval(name)
        known = {f"{way}{one}": (one, way) for one in NAMES for way in ("", "expected_", "excess_")}
        if not isinstance(name, str) or name not in known:
            raise InvalidArgumentError(
                f"There is no interval of {name!r}; there are those of {', '.join(known)}, "
                "bridge_rate and migration."
            )
        if self._persistence is None:
            return math.nan, math.nan
        one, way = known[name]
        return self._persistence.interval(one, way.rstrip("_") or "observed", self.level)

    def _format_interval(self, name: str) -> tuple[float, float]:
        mix = self.format_mix
        if mix is None or math.isnan(getattr(self, name)):
            return math.nan, math.nan
        if name == "bridge_rate":
            part, whole = mix.states[-1, 3], mix.states[-1, 1:].sum()
        else:
            part, whole = mix.moves[-1, 1, 2], mix.moves[-1, 1].sum()
        low, high = score_interval(part, whole, self.level)
        return float(low), float(high)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the tables that `to_frame` gives."""
        formats = () if self.format_mix is None else ("formats", "bridge")
        return ("persistence", "survival", "concentration", "stress", *formats)

    def to_frame(self, part: str | None = None) -> Any:
        """Return one of the tables, in the log's kind of table.

        Parameters
        ----------
        part : str, optional
            "persistence" (default): ``measure``, ``observed``, ``expected``, ``excess``, each
            with ``_lower`` and ``_upper``. "survival": ``period``, ``age`` in periods,
            ``active``. "concentration": ``measure``, ``value``, ``lower``, ``upper``. "stress":
            ``kind``, ``what``, ``customers``, ``at_risk``, ``share``, ``recovery``,
            ``suppressed``. "formats": ``period``, ``format``, ``purchases``, ``share``,
            ``share_of_all``. "bridge": ``period``, ``shift``, ``shift_of_all``, ``bridge_rate``,
            ``migration``, ``retention_old_only``, ``retention_new_only``, ``retention_both``.

        Raises
        ------
        InvalidArgumentError
            If there is no such part.
        """
        part = one_of("part", self.parts[0] if part is None else part, self.parts)
        log = self.history._log
        return build(resilience_tables.TABLES[part](self), log.kind, log.time_zone)

    def _facts(self) -> dict[str, object]:
        return {
            "compared": " and ".join(self.compared) if self.compared else "nothing",
            "persistence": self.persistence,
            "expected_persistence": self.expected_persistence,
            "excess_persistence": self.excess_persistence,
            "half_life": self.half_life,
            "revenue_retention": self.revenue_retention,
        }

    def __repr__(self) -> str:
        return one_line("Resilience", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Resilience of the core", list(self._facts().items()))


def _last(values: np.ndarray[Any, Any]) -> float:
    return float(values[-1]) if len(values) else math.nan
