"""What acting changed: treated against control customers, with intervals and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.closed_mappings import ClosedMappings
from customerintel.live.sample_ratio import SampleRatio
from customerintel.tables.building import Column, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

__all__ = ["MEASURES", "Comparison", "Effect", "Uplift"]

#: Share of customers with an outcome, outcomes per customer, money per customer; and the same with
#: what was known before taken out.
MEASURES: Final = (
    "conversion", "count", "value", "conversion_adjusted", "count_adjusted", "value_adjusted",
)  # fmt: skip
_NUMBERS: Final = (
    "treated", "control", "difference", "low", "high", "p", "relative", "relative_low",
    "relative_high", "variance_reduction",
)  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """One outcome of treated customers against the same of control customers.

    Attributes
    ----------
    measure : str
        One of ``"conversion"`` (share of customers with an outcome), ``"count"`` (outcomes per
        customer) and ``"value"`` (money per customer), or one of them with ``"_adjusted"``.
    treated, control : float
        Means of the arms; adjusted ones are of equal customers.
    difference, low, high : float
        Treated less control, and its interval; NaN where it cannot be told.
    p : float
        Two-sided, of no difference.
    relative, relative_low, relative_high : float
        ``treated / control - 1`` with the interval of Fieller (1954, JRSS B 16, 175-185); NaN
        where control is not clearly apart from 0.
    variance_reduction : float
        Share of the variance that the adjustment took out; NaN for what is not adjusted.
    reason : str
        Why there is no interval; else empty.
    """

    measure: str
    treated: float
    control: float
    difference: float
    low: float
    high: float
    p: float
    relative: float
    relative_low: float
    relative_high: float
    variance_reduction: float = float("nan")
    reason: str = ""

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0.0 or self.high < 0.0

    @property
    def number_needed(self) -> float:
        """Customers to act on for one further outcome, below 0 for one fewer.

        NaN where the interval of the difference holds 0.
        """
        return 1.0 / self.difference if self.is_clear else float("nan")


@dataclass(frozen=True)
class Comparison(ClosedMappings):
    """Treated and control customers of one rule, or of rules with one salt.

    Attributes
    ----------
    name : str
        Of the rule, or the salt that several rules share.
    rules : tuple of str
        Whose triggers made the customers comparable.
    n_treated, n_control : int
        Customers whose horizon is over.
    n_incomplete : int
        Customers who were left out, for their horizon is not over.
    n_mixed : int
        Customers with rows of both arms (merged); they count in the earlier arm.
    sample_ratio : SampleRatio
        Of all customers who were assigned, those left out too.
    effects : mapping of str to Effect
        By measure.
    """

    name: str
    rules: tuple[str, ...]
    n_treated: int
    n_control: int
    n_incomplete: int
    n_mixed: int
    sample_ratio: SampleRatio
    effects: Mapping[str, Effect] = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "effects", MappingProxyType(dict(self.effects)))

    def __getitem__(self, measure: str) -> Effect:
        if measure not in self.effects:
            raise InvalidArgumentError(
                f"There is no measure {measure!r}; there are {', '.join(self.effects)}."
            )
        return self.effects[measure]

    @property
    def words(self) -> str:
        """What was found, as sentences."""
        from customerintel.live.uplift_words import words_of

        return words_of(self)


@dataclass(frozen=True, eq=False, repr=False)
class Uplift(ClosedMappings):
    """Effects of acting, by comparison; made by `measure_uplift`.

    Customers were assigned by chance before anything was done, and each counts in the arm of the
    first trigger whatever happened later (intention to treat): a difference beyond chance is
    caused by acting.

    Attributes
    ----------
    comparisons : mapping of str to Comparison
        By name.
    horizon : int
        Microseconds after the first trigger in which outcomes count.
    level : float
        Of the intervals, each by itself.
    until : datetime64
        Moment up to which outcomes are known, UTC.
    unmeasured : tuple of str
        Rules of which nothing can be said: nobody is held out, or all they fired was suppressed.
    """

    comparisons: Mapping[str, Comparison]
    horizon: int
    level: float
    until: np.datetime64
    unmeasured: tuple[str, ...]
    _kind: Kind

    parts = ("effects", "comparisons")

    def __post_init__(self) -> None:
        object.__setattr__(self, "comparisons", MappingProxyType(dict(self.comparisons)))

    def __getitem__(self, name: str) -> Comparison:
        if name not in self.comparisons:
            raise InvalidArgumentError(
                f"There is no comparison {name!r}; there are "
                f"{', '.join(map(repr, self.comparisons)) or 'none'}."
            )
        return self.comparisons[name]

    def _only(self) -> Comparison:
        if len(self.comparisons) == 1:
            return next(iter(self.comparisons.values()))
        if not self.comparisons:
            raise InvalidArgumentError(
                "There is no comparison, for nobody was assigned to an arm yet. Measure again when "
                "a rule with a holdout fired."
            )
        raise InvalidArgumentError(
            "There are several comparisons. Choose one, such as "
            f"effect[{next(iter(self.comparisons))!r}]."
        )

    @property
    def conversion(self) -> Effect:
        """Share of customers with an outcome, of the only comparison."""
        return self._only()["conversion"]

    @property
    def count(self) -> Effect:
        """Outcomes per customer, of the only comparison."""
        return self._only()["count"]

    @property
    def value(self) -> Effect:
        """Money per customer, of the only comparison."""
        return self._only()["value"]

    @property
    def words(self) -> str:
        """What was found, as sentences."""
        found = [one.words for one in self.comparisons.values()]
        if self.unmeasured:
            found.append(
                f"Nothing can be said of {', '.join(self.unmeasured)}: no customer is held out."
            )
        if len(self.comparisons) > 1:
            found.append("Each interval stands for itself; of many, some miss by chance.")
        return "\n".join(found)

    def to_frame(self, part: str = "effects") -> Any:
        """Return a table of the outcomes' kind.

        Parameters
        ----------
        part : {"effects", "comparisons"}, default "effects"
            One row per comparison and measure, or one per comparison.
        """
        if part not in self.parts:
            raise InvalidArgumentError(
                f"part must be one of {', '.join(map(repr, self.parts))}; got {part!r}."
            )
        columns = self._effect_columns() if part == "effects" else self._comparison_columns()
        return build(columns, self._kind)

    def _effect_columns(self) -> dict[str, Column]:
        rows = [(name, e) for name, c in self.comparisons.items() for e in c.effects.values()]
        columns: dict[str, Column] = {
            "comparison": np.array([name for name, _ in rows], object),
            "measure": np.array([effect.measure for _, effect in rows], object),
        }
        for number in (*_NUMBERS, "number_needed"):
            columns[number] = np.array([getattr(effect, number) for _, effect in rows], np.float64)
        columns["reason"] = np.array([effect.reason for _, effect in rows], object)
        return columns

    def _comparison_columns(self) -> dict[str, Column]:
        held = list(self.comparisons.values())
        columns: dict[str, Column] = {
            "comparison": np.array([one.name for one in held], object),
            "rules": np.array([", ".join(one.rules) for one in held], object),
        }
        for name in ("n_treated", "n_control", "n_incomplete", "n_mixed"):
            columns[name] = np.array([getattr(one, name) for one in held], np.int64)
        columns["share_asked"] = np.array([one.sample_ratio.share for one in held], np.float64)
        columns["sample_ratio_p"] = np.array([one.sample_ratio.p for one in held], np.float64)
        columns["mismatch"] = np.array([one.sample_ratio.mismatch for one in held], bool)
        return columns

    def __repr__(self) -> str:
        held = self.comparisons.values()
        one = next(iter(held)) if len(held) == 1 else None
        effect = None if one is None else one["conversion"]
        return one_line(
            "Uplift",
            comparisons=len(held),
            treated=sum(c.n_treated for c in held),
            control=sum(c.n_control for c in held),
            incomplete=sum(c.n_incomplete for c in held) or None,
            conversion=None if effect is None else _points(effect.difference),
            low=None if effect is None else _points(effect.low),
            high=None if effect is None else _points(effect.high),
            mismatch=any(c.sample_ratio.mismatch for c in held) or None,
        )

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = []
        for one in self.comparisons.values():
            for effect in one.effects.values():
                shown = f"{effect.difference:+.4g} [{effect.low:.4g}, {effect.high:.4g}]"
                rows.append((f"{one.name}: {effect.measure}", effect.reason or shown))
        said = escape(self.words).replace("\n", "<br>")
        return f"{html_table('Uplift, by intention to treat', rows)}<p>{said}</p>"


def _points(share: float) -> str:
    return "unknown" if share != share else f"{share:+.2%}"
