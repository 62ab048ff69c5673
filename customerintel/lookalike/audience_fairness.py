"""Whom an audience leaves out: selection rates by group, and traits that stand in for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.lookalike.group_rates import FOUR_FIFTHS, GroupRates, rates_of, variation_of
from customerintel.lookalike.proxies import QUARTERS, Groups, cramers_v, groups_of
from customerintel.lookalike.small_groups import without_small
from customerintel.tables.building import Column, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line
from customerintel.tables.traits import Traits

__all__ = ["FOUR_FIFTHS", "Fairness", "GroupRates", "fairness_of"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Fairness:
    """An audience against all who could have been in it; made by `LookalikeModel.fairness`.

    Attributes
    ----------
    groups : mapping of str to GroupRates
        By attribute.
    total_variation : mapping of str to float
        Half the sum of the differences between shares of the audience and of the eligible: the
        share of the audience that would have to be others for both to be alike. By attribute;
        where numbers are hidden, the least that it can be.
    score_association : mapping of str to float
        How much the score tells of the attribute (Cramér's V of tenths of the score, from 0 to 1).
    proxies : mapping of str to mapping of str to float
        By attribute, how much each trait of the model tells of it (Cramér's V), the most first.
        To leave an attribute out is not enough where a trait stands in for it.
    n_eligible, n_selected : int
        People who are told of. Whoever belongs, by one of the attributes, to groups that are too
        few to be told of even together is in no number of any attribute, and in neither of
        these: the totals would tell how many they are.
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
            "lowest_ratio": np.array([one.lowest_ratio for one in self.groups.values()]),
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
        rates = self.groups.values()
        below = sum(int(one.below_four_fifths.sum()) for one in rates)
        known = sum(int(one.known.sum()) for one in rates)
        hidden = sum(int((one.suppressed & ~one.known).sum()) for one in rates)
        return {
            "eligible": self.n_eligible, "selected": self.n_selected,
            "attributes": ", ".join(self.groups),
            "below_four_fifths": f"{below} of {known} groups" if known else "unknown",
            "too_few_to_tell": hidden or None,
        }  # fmt: skip

    def __repr__(self) -> str:
        return one_line("Fairness", **self._facts())

    def _repr_html_(self) -> str:
        facts = [(name, fact) for name, fact in self._facts().items() if fact is not None]
        return html_table("Fairness of an audience", facts)


def _words(names: Mapping[str, Any]) -> NDArray[np.object_]:
    return np.array([*names], object)


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
    told, left, inside = without_small(told, min_cell)
    scores, chosen = scores[inside], selected[inside]
    features = {name: groups_of(traits.take(inside), name) for name in traits.names}
    tenths = _tenths(scores)
    proxies = {}
    for name, groups in told.items():
        found = {trait: cramers_v(other, groups) for trait, other in features.items()}
        # traits with one value tell nothing, and come last
        order = sorted(found, key=lambda trait: -np.nan_to_num(found[trait], nan=-1.0))
        proxies[name] = {trait: found[trait] for trait in order}
    counts = {name: _counts(groups, chosen) for name, groups in told.items()}
    return Fairness(
        groups={
            name: rates_of(
                told[name].names, *both, level=level, min_cell=min_cell, some_left=left[name]
            )
            for name, both in counts.items()
        },
        total_variation={name: variation_of(*both, min_cell) for name, both in counts.items()},
        score_association={name: cramers_v(tenths, groups) for name, groups in told.items()},
        proxies=proxies,
        n_eligible=len(scores),
        n_selected=int(chosen.sum()),
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
