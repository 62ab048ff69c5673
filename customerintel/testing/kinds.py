"""The kinds of plugin that there is a suite for: how one is found, and what it is held to."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from customerintel.churn.scorer import ChurnScorer
from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.scorer import RelationshipScorer
from customerintel.testing.checks import CLASSIFIER_CHECKS, ESTIMATOR_CHECKS, Check
from customerintel.testing.subject import Maker

__all__ = ["CLASSIFIER", "ESTIMATOR", "PluginKind"]


@dataclass(frozen=True)
class PluginKind:
    """A kind of plugin.

    Parameters
    ----------
    name : str
        What messages call it.
    noun : str
        The same in short, as the argument and the class attribute are called.
    members : tuple of str
        By which an object is known as one.
    example : str
        Of expected failures.
    checks : mapping of str to Check
        What it is held to.
    load : callable
        Returns the factory of a name.
    """

    name: str
    noun: str
    members: tuple[str, ...]
    example: str
    checks: Mapping[str, Check]
    load: Callable[[str], Maker]

    @property
    def article(self) -> str:
        """Return the noun with its article."""
        return f"{'an' if self.noun[0] in 'aeiou' else 'a'} {self.noun}"

    def factory_of(self, plugin: Any) -> tuple[Maker, str]:
        """Return what makes a fresh plugin, and a name for it.

        Parameters
        ----------
        plugin : object, class, callable or str
            Of an object, every fresh one is a deep copy; a text is a registered name. A
            `ChurnScorer` or `RelationshipScorer` stands for what it wraps.

        Raises
        ------
        InvalidArgumentError
            If it is neither, or does not make a plugin.
        """
        if isinstance(plugin, str):
            return self.load(plugin), plugin
        if isinstance(plugin, ChurnScorer):
            return plugin._make, plugin.name
        if isinstance(plugin, RelationshipScorer):
            return functools.partial(copy.deepcopy, plugin.classifier), plugin.name
        how, maker = "made without arguments", plugin
        name = getattr(plugin, "__name__", type(plugin).__name__)
        if not isinstance(plugin, type) and hasattr(plugin, self.members[0]):
            how, maker = "copied", functools.partial(copy.deepcopy, plugin)
        elif not callable(plugin):
            raise InvalidArgumentError(
                f"A {self.name} is an object with {' and '.join(self.members)}, its class, or a "
                "function without arguments that makes one; got "
                f"{type(plugin).__name__}."
            )
        try:
            maker()
        except Exception as error:
            raise InvalidArgumentError(
                f"{name} cannot be {how} ({type(error).__name__}: {error}). Every check needs a "
                f"fresh {self.noun}: give a function that makes one, such as lambda: {name}(…)."
            ) from error
        return maker, name


def _estimator(name: str) -> Maker:
    from customerintel.churn.registry import ESTIMATORS

    made: Maker = ESTIMATORS.load(name).factory
    return made


def _classifier(name: str) -> Maker:
    from customerintel.relationships.registry import CLASSIFIERS

    made: Maker = CLASSIFIERS.load(name).factory
    return made


ESTIMATOR = PluginKind(
    name="churn estimator",
    noun="estimator",
    members=("fit", "predict"),
    example="{'no_amounts': 'it is a model of spend'}",
    checks=ESTIMATOR_CHECKS,
    load=_estimator,
)

CLASSIFIER = PluginKind(
    name="relationship classifier",
    noun="classifier",
    members=("predict_proba",),
    example="{'subset': 'it compares customers with each other'}",
    checks=CLASSIFIER_CHECKS,
    load=_classifier,
)
