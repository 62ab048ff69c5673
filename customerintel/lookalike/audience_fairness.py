"""Whom an audience leaves out: selection rates by group, and traits that stand in for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.small_cells import blank
from customerintel.exceptions import InvalidArgumentError
from customerintel.lookalike.proxies import QUARTERS, Groups, cramers_v, groups_of
from customerintel.rfm.read_only import seal
from customerintel.tables.building import Column, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line
from customerintel.tables.traits import Traits

__all__ = ["Fairness", "GroupRates", "fairness_of"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Least ratio of selection rates that the rule of thumb takes for no adverse impact.
FOUR_FIFTHS = 0.8


@dataclass(frozen=True, eq=False, repr=False)
class GroupRates:
    """How many of each group are in the audience; one entry per group, read-only.

    Attributes
    ----------
    group : tuple of str
        Levels of the attribute; quarters of a number; people without a value last.
    eligible, selected : float64 array
        People who could have been chosen, and who were. NaN where they are too few to be told.
    rate : float64 array
        Selected per eligible.
    ratio, ratio_lower, ratio_upper : float64 array
        Rate over that of the group with the highest, with the interval of Katz, Baptista, Azen
        and Pike (1978, Biometrics 34, 469-474).
    below_four_fifths : bool array
        Whether the ratio is below 0.8 (US Uniform Guidelines on Employee Selection Procedures,
        29 CFR 1607.4 D, 1978): a rule of thumb, and not a test.
    share_eligible, share_selected : float64 array
        Of all, whether told or not.
    suppressed : bool array
        Where a number of people is too small to be told.
    """

    group: tuple[str, ...]
    eligible: Floats
    selected: Floats
    rate: Floats
    ratio: Floats
    ratio_lower: Floats
    ratio_upper: Floats
    below_four_fifths: Mask
    share_eligible: Floats
    share_selected: Floats
    suppressed: Mask

    def __post_init__(self) -> None:
        seal(self)


@dataclass(frozen=True, eq=False, repr=False)
class Fairness:
    """An audience against all who could have been in it; made by `LookalikeModel.fairness`.

    Attributes
    ----------
    groups : mapping of str to GroupRates
        By attribute.
    total_variation : mapping of str to float
        Half the sum of the differences between shares of the audience and of the eligible: the
        share of the audience that would have to be others for both to be alike. By attribute.
    score_association : mapping of str to float
        How much the score tells of the attribute (Cramér's V of tenths of the score, from 0 to 1).
    proxies : mapping of str to mapping of str to float
        By attribute, how much each trait of the model tells of it (Cramér's V), the most first.
        To leave an attribute out is not enough where a trait stands in for it.
    n_eligible, n_selected : int
        People.
    """

    groups: Mapping[str, GroupRates]
    total_variation: Mapping[str, float]
    score_association: Mapping[str, float]
    proxies: Mapping[str, Mapping[str, float]]
    n_eligible: int
    n_selected: int
    _kind: Kind

    parts = ("groups", "attributes", "proxies")

    def to_frame(self, part: str = "groups") -> Any:
        """Return a table of the prospects' kind.

        Parameters
        ----------
        part : {"groups", "attributes", "proxies"}, default "groups"
            One row per group of each attribute; one per attribute, with the total variation, the
            lowest ratio and the association of the score; or one per attribute and trait.
        """
        tables = {
            "groups": self._group_columns,
            "attributes": self._attribute_columns,
            "proxies": self._proxy_columns,
        }
        if part not in tables:
            raise InvalidArgumentError(
                f"part must be one of {', '.join(map(repr, self.parts))}; got {part!r}."
            )
        return build(tables[part](), self._kind)

    def _group_columns(self) -> dict[str, Column]:
        sizes = [len(one.group) for one in self.groups.values()]
        columns: dict[str, Column] = {"attribute": np.repeat(_words(self.groups), sizes)}
        for field in fields(GroupRates):
            parts = [np.asarray(getattr(one, field.name)) for one in self.groups.values()]
            joined = np.concatenate(parts)
            columns[field.name] = joined.astype(object) if field.name == "group" else joined
        return columns

    def _attribute_columns(self) -> dict[str, Column]:
        return {
            "attribute": _words(self.groups),
            "total_variation": np.array([*self.total_variation.values()]),
            "lowest_ratio": np.array([_least(one.ratio) for one in self.groups.values()]),
            "score_association": np.array([*self.score_association.values()]),
        }

    def _proxy_columns(self) -> dict[str, Column]:
        rows = [(a, t, v) for a, found in self.proxies.items() for t, v in found.items()]
        attribute, trait, value = zip(*rows, strict=True) if rows else ((), (), ())
        return {
            "attribute": np.array(attribute, object),
            "trait": np.array(trait, object),
            "association": np.array(value, np.float64),
        }

    def _facts(self) -> dict[str, object]:
        below = sum(int(one.below_four_fifths.sum()) for one in self.groups.values())
        return {
            "eligible": self.n_eligible, "selected": self.n_selected,
            "attributes": ", ".join(self.groups), "groups_below_four_fifths": below,
        }  # fmt: skip

    def __repr__(self) -> str:
        return one_line("Fairness", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Fairness of an audience", list(self._facts().items()))


def _words(names: Mapping[str, Any]) -> NDArray[np.object_]:
    return np.array([*names], object)


def _least(ratio: Floats) -> float:
    return float(np.fmin.reduce(ratio, initial=np.inf)) if np.isfinite(ratio).any() else np.nan


def fairness_of(
    scores: Floats, selected: Mask, attributes: Traits, traits: Traits, *, level: float,
    min_cell: int, kind: Kind,
) -> Fairness:  # fmt: skip
    """Compare an audience with all who could have been in it.

    Parameters
    ----------
    scores : ndarray of float64, shape (n,)
        Of all who are eligible.
    selected : ndarray of bool, shape (n,)
        Who is in the audience.
    attributes, traits : Traits
        What the audience is judged by, and what the model looked at; n rows each.
    level : float
        Of the intervals.
    min_cell : int
        Fewer people are not told of.
    kind : Kind
        Of the tables.
    """
    told = {name: groups_of(attributes, name, quantiles=QUARTERS) for name in attributes.names}
    features = {name: groups_of(traits, name) for name in traits.names}
    tenths = _tenths(scores)
    proxies = {}
    for name, groups in told.items():
        found = {trait: cramers_v(other, groups) for trait, other in features.items()}
        # traits with one value tell nothing, and come last
        order = sorted(found, key=lambda trait: -np.nan_to_num(found[trait], nan=-1.0))
        proxies[name] = {trait: found[trait] for trait in order}
    return Fairness(
        groups={n: _rates(g, selected, level, min_cell) for n, g in told.items()},
        total_variation={n: _variation(g, selected) for n, g in told.items()},
        score_association={n: cramers_v(tenths, g) for n, g in told.items()},
        proxies=proxies,
        n_eligible=len(scores),
        n_selected=int(selected.sum()),
        _kind=kind,
    )


def _tenths(scores: Floats) -> Groups:
    edges = np.unique(np.quantile(scores, np.arange(1, 10) / 10.0)) if len(scores) else scores
    return Groups(np.searchsorted(edges, scores, "left"), tuple(map(str, range(len(edges) + 1))))


def _counts(groups: Groups, selected: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    size = len(groups.names)
    return (
        np.bincount(groups.codes, minlength=size),
        np.bincount(groups.codes[selected], minlength=size),
    )


def _variation(groups: Groups, selected: Mask) -> float:
    eligible, chosen = _counts(groups, selected)
    if not chosen.sum():
        return np.nan
    return float(np.abs(eligible / eligible.sum() - chosen / chosen.sum()).sum() / 2.0)


def _hidden(eligible: NDArray[np.int64], chosen: NDArray[np.int64], min_cell: int) -> Mask:
    """Tell which groups must not be shown beside the totals.

    Who was left out is told by who was not, so neither may be few.
    """
    hidden = np.zeros(len(eligible), bool)
    for counts in (eligible, chosen, eligible - chosen):
        hidden |= (counts > 0) & (counts < min_cell)
    if hidden.sum() == 1:
        # the total less all others would tell it: the next smallest goes with it
        others = np.flatnonzero(~hidden)
        hidden[others[np.argsort(eligible[others], kind="stable")[:1]]] = True
    return hidden


def _rates(groups: Groups, selected: Mask, level: float, min_cell: int) -> GroupRates:
    eligible, chosen = _counts(groups, selected)
    there = eligible > 0
    eligible, chosen = eligible[there], chosen[there]
    hidden = _hidden(eligible, chosen, min_cell)
    n, k = blank(eligible, hidden), blank(chosen, hidden)
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = k / n
        top = int(np.nanargmax(rate)) if np.isfinite(rate).any() else 0
        ratio = rate / rate[top] if rate[top] > 0.0 else np.full(len(rate), np.nan)
        half = z * np.sqrt(1.0 / k - 1.0 / n + 1.0 / k[top] - 1.0 / n[top])
        # the group itself has the ratio 1 by definition
        half = np.where(np.isfinite(half) & (np.arange(len(rate)) != top), half, np.nan)
        return GroupRates(
            group=tuple(name for name, some in zip(groups.names, there, strict=True) if some),
            eligible=n, selected=k, rate=rate, ratio=ratio,
            ratio_lower=ratio * np.exp(-half), ratio_upper=ratio * np.exp(half),
            below_four_fifths=ratio < FOUR_FIFTHS,
            share_eligible=n / eligible.sum(), share_selected=k / max(chosen.sum(), 1),
            suppressed=hidden,
        )  # fmt: skip
