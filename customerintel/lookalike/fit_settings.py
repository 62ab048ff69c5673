"""How a look-alike model is fitted, checked once and kept for a second fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.lookalike.consent_filter import check_purpose
from customerintel.lookalike.likeness import check_method
from customerintel.lookalike.restricted_use import check_use
from customerintel.models.arguments import check_seed, whole_number
from customerintel.schema import PII

__all__ = ["FitSettings"]


@dataclass(frozen=True)
class FitSettings:
    """What `fit` was asked to do, but for seeds, population, weights and consent.

    ``fit(seeds, population, **settings.as_arguments())`` does the same again.
    """

    customer_id: str | None
    method: str
    exclude: tuple[str, ...]
    traits: tuple[str, ...] | None
    kinds: Mapping[str, str]
    pii: Mapping[str, str | PII]
    allow: tuple[str, ...]
    max_levels: int
    purpose: str
    restricted_use: str | None
    acknowledge: bool
    sample: int
    seed: int

    @classmethod
    def checked(cls, given: Mapping[str, Any]) -> FitSettings:
        """Check what can be checked without a table.

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used.
        """
        held = dict(given)
        held["method"] = check_method(held["method"])
        held["purpose"] = check_purpose(held["purpose"]).value
        check_seed(held["seed"])
        held["sample"] = whole_number(held["sample"], "sample", "people", least=1_000)
        for name in ("exclude", "allow", "traits"):
            if held[name] is not None:
                held[name] = _names(held[name], name)
        for name in ("kinds", "pii"):
            held[name] = {} if held[name] is None else held[name]
        check_use(held["restricted_use"], held["acknowledge"])
        return cls(**held)

    def as_arguments(self) -> dict[str, Any]:
        """Return them as arguments of `fit`."""
        return dict(vars(self))

    def to_state(self) -> dict[str, Any]:
        """Return them as JSON has them."""
        found = self.as_arguments()
        found["pii"] = {name: PII(item).value for name, item in self.pii.items()}
        return found

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> FitSettings:
        """Return what `to_state` told."""
        held = dict(state)
        for name in ("exclude", "allow", "traits"):
            held[name] = None if held[name] is None else tuple(held[name])
        check_method(held["method"])
        return cls(**held)


def _names(given: Any, argument: str) -> tuple[str, ...]:
    """Return the names of columns, of which one alone may be a text."""
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, Iterable) or not all(isinstance(name, str) for name in names):
        raise InvalidArgumentError(
            f"{argument} takes a list of column names; got {type(given).__name__}."
        )
    return tuple(names)
