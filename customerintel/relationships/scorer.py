"""`RelationshipScorer`: any relationship classifier, with its answers checked."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import (
    InvalidArgumentError,
    PluginContractError,
)
from customerintel.plugins import RELATIONSHIP_CLASSIFIER, LoadedPlugin
from customerintel.plugins.states import write_state
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals
    from customerintel.relationships.type_registry import TypeRegistry

__all__ = ["RelationshipScorer"]

Floats = NDArray[np.float64]

#: Sums of probabilities may miss 1 by so much: float32 classifiers do.
ROUNDING = 1e-5


class RelationshipScorer:
    """A relationship classifier as it is used: types given, answers checked.

    Made by `get`, `calibrate` and `load`, and accepted wherever a classifier is.

    Parameters
    ----------
    plugin : LoadedPlugin
        Whose it is.
    classifier : object
        The classifier itself.

    Attributes
    ----------
    name : str
        What it was asked for by.
    classifier : object
        The classifier itself.
    """

    api_version: ClassVar[int] = 1

    def __init__(self, plugin: LoadedPlugin, classifier: Any) -> None:
        self.name = plugin.name
        self.classifier = classifier
        self._plugin = plugin

    @property
    def labels(self) -> tuple[str, ...]:
        """Its types, in the order of the columns of `predict_proba`."""
        return tuple(self.classifier.labels)

    @property
    def types(self) -> TypeRegistry | None:
        """The registry that it tells apart, where it knows one."""
        from customerintel.relationships.type_registry import TypeRegistry

        found = getattr(self.classifier, "types", None)
        return found if isinstance(found, TypeRegistry) else None

    def fit(self, signals: Signals, labels: Any) -> RelationshipScorer:
        """Return a scorer that has learned from labelled customers; this one stays as it is.

        Parameters
        ----------
        signals : Signals
            What is known of them.
        labels : array of str, shape (n_customers,)
            Keys of types; None where the type is not known.

        Raises
        ------
        InvalidArgumentError
            If the classifier cannot learn, or not from these labels.
        """
        if not hasattr(self.classifier, "fit"):
            raise InvalidArgumentError(
                f"{self._plugin.describe()} has no fit(signals, labels), so it cannot be "
                "calibrated. The built-in 'prototype' and 'supervised' can."
            )
        fresh = copy.deepcopy(self.classifier)
        return self._with(self._plugin.call("fit", fresh.fit, signals, labels), "fit")

    def adapt(self, signals: Signals) -> RelationshipScorer:
        """Return the classifier frozen to a base, where it can be; else the scorer itself."""
        if not hasattr(self.classifier, "adapt"):
            return self
        return self._with(self._plugin.call("adapt", self.classifier.adapt, signals), "adapt")

    def predict_proba(self, signals: Signals) -> Floats:
        """Return the probability of each label for each customer.

        Returns
        -------
        ndarray of float64, shape (n_customers, len(labels))
            Rows sum to 1; a row of NaN: nothing is known.

        Raises
        ------
        PluginCallError
            If the classifier raises; its own error is the cause.
        PluginContractError
            If it returns something else.
        """
        answer = self._plugin.call("predict_proba", self.classifier.predict_proba, signals)
        return self._read(answer, len(signals))

    def save(self, path: str | Path) -> None:
        """Write the classifier to a file, without pickle; `load` reads it.

        Raises
        ------
        InvalidArgumentError
            If it cannot be saved: it has no ``to_state`` and ``from_state``.
        """
        kind = type(self.classifier)
        if not hasattr(self.classifier, "to_state") or not hasattr(kind, "from_state"):
            raise InvalidArgumentError(
                f"{self._plugin.describe()} cannot be saved: it has no to_state() and "
                "from_state(). Keep the labelled customers and calibrate it again."
            )
        header = {"classifier": self._plugin.candidate.full_name}
        write_state(path, header, self._plugin.call("to_state", self.classifier.to_state))

    def probabilities(self, signals: Signals, types: TypeRegistry) -> Floats:
        """Return the probability of each type of a registry; NaN rows where nothing is known.

        Raises
        ------
        PluginContractError
            If a label is no type of the registry.
        """
        strange = [label for label in self.labels if label not in types]
        if strange:
            raise PluginContractError(
                f"{self._plugin.describe()} has labels that are no types of {types.id!r}: "
                f"{', '.join(map(repr, strange[:5]))}. Give types= a registry that holds them."
            )
        found = self.predict_proba(signals)
        if self.labels == types.labels:
            return found
        out = np.zeros((len(found), len(types)))
        out[:, [types.labels.index(label) for label in self.labels]] = found
        out[np.isnan(found).any(axis=1)] = np.nan
        return out

    def _with(self, made: Any, what: str) -> RelationshipScorer:
        if RELATIONSHIP_CLASSIFIER.is_kept_by(made) and hasattr(made, "labels"):
            return RelationshipScorer(self._plugin, made)
        raise PluginContractError(
            f"{self._plugin.describe()} returned {type(made).__name__} from {what}(), and must "
            f"return a classifier. {self._plugin.advice()}"
        )

    def _read(self, answer: Any, n: int) -> Floats:
        fault, wide = None, len(self.labels)
        try:
            shape = np.shape(answer)
            if shape != (n, wide) and not isinstance(answer, str):
                fault = f"returned an array of shape {shape} for {n:,} customers and {wide} types"
            found = np.array(answer if fault is None else np.empty(0), np.float64)
        except (TypeError, ValueError):
            found, fault = np.empty(0), f"returned {type(answer).__name__}, which holds no numbers"
        fault = fault or _fault_of(found)
        if fault:
            raise PluginContractError(
                f"{self._plugin.describe()} {fault}. predict_proba() must return one probability "
                "per customer and label, rows summing to 1 or all NaN. "
                f"{self._plugin.advice()}"
            )
        found = np.clip(found, 0.0, 1.0)
        return found / np.where(np.isnan(found).any(axis=1), 1.0, found.sum(axis=1))[:, None]

    def __repr__(self) -> str:
        return one_line(
            "RelationshipScorer",
            classifier=self.name,
            labels=len(self.labels),
            source=self._plugin.source,
            distribution=self._plugin.distribution,
        )

    def _repr_html_(self) -> str:
        facts = [("classifier", self.name), ("labels", ", ".join(self.labels))]
        return html_table("Relationship scorer", facts)


def _fault_of(found: Floats) -> str | None:
    """Say what is wrong with the rows, and where."""
    nan = np.isnan(found)
    some = nan.any(axis=1) & ~nan.all(axis=1)
    outside = ((found < -ROUNDING) | (found > 1.0 + ROUNDING)).any(axis=1)
    sums = np.abs(found.sum(axis=1) - 1.0) > ROUNDING
    for bad, what in (
        (some, "rows of which only some values are NaN"),
        (outside, "values outside [0, 1]"),
        (sums, "rows that do not sum to 1"),
    ):
        if bad.any():
            places = ", ".join(map(str, np.flatnonzero(bad)[:5]))
            return f"returned {what} for {int(bad.sum()):,} customers (places {places})"
    return None
