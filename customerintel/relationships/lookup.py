"""Relationship classifiers by name, by class, by object, and from files."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import check_seed
from customerintel.plugins import RELATIONSHIP_CLASSIFIER, LoadedPlugin
from customerintel.plugins.loaded import candidate_of
from customerintel.plugins.states import read_state
from customerintel.relationships.registry import CLASSIFIERS
from customerintel.relationships.scorer import RelationshipScorer
from customerintel.relationships.type_registry import TypeRegistry, read_types

__all__ = ["get", "load", "scorer_of"]


def get(name: str, /, *, types: Any = "core", seed: int | None = None) -> RelationshipScorer:
    """Return a relationship classifier by its name.

    Parameters
    ----------
    name : str
        One of `names`; ``"distribution:name"`` where several packages have the name.
    types : str, TypeRegistry, mapping or path, default "core"
        What it is to tell apart; classifiers that bring their own types are not given any.
    seed : int, optional
        Given to the classifier as ``random_state`` where it has one.

    Raises
    ------
    PluginNotFoundError
        If there is no such classifier; the message lists those there are.
    PluginLoadError
        If the package that brings it cannot be imported.
    PluginContractError
        If it does not keep the contract of a relationship classifier.
    MissingDependencyError
        If it needs an extra that is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> ci.relationships.get("prototype")
    RelationshipScorer(classifier=prototype, labels=6, source=built-in, distribution=customerintel)
    """
    if not isinstance(name, str):
        raise InvalidArgumentError(
            f"get takes the name of a relationship classifier; got {type(name).__name__}. Give a "
            "class or a function that makes one a name: relationships.register('acme-name', …)."
        )
    return scorer_of(name, read_types(types), check_seed(seed, optional=True))


def load(path: str | Path) -> RelationshipScorer:
    """Return a classifier that `RelationshipScorer.save` wrote.

    Parameters
    ----------
    path : str or Path
        Of the file. The classifier in it is looked up by its name among those there are; no
        class named in a file is imported.

    Raises
    ------
    InvalidArgumentError
        If it is not such a file.
    PluginNotFoundError
        If its classifier is not installed or registered here.
    """
    header, state = read_state(path)
    name = header.get("classifier")
    if not isinstance(name, str):
        raise InvalidArgumentError(
            f"{Path(path).name!r} holds no relationship classifier. Give the path that save() "
            "wrote to."
        )
    scorer = get(name)
    kind = type(scorer.classifier)
    if not hasattr(kind, "from_state"):
        raise InvalidArgumentError(
            f"{scorer._plugin.describe()} has no from_state() any more, and cannot be read."
        )
    return RelationshipScorer(
        scorer._plugin, scorer._plugin.call("from_state", kind.from_state, state)
    )


def scorer_of(spec: Any, types: TypeRegistry | None, seed: int | None = None) -> RelationshipScorer:
    """Return the classifier for a name, class, factory or object.

    Parameters
    ----------
    spec : str, class, callable, classifier or RelationshipScorer
        What to ask. A class or factory that takes ``types`` is given the registry.
    types : TypeRegistry, optional
        What it is to tell apart.
    seed : int, optional
        Its ``random_state``, where it has one.

    Raises
    ------
    PluginError
        If there is none of this name, or it does not keep its contract.
    """
    if isinstance(spec, RelationshipScorer):
        return spec
    if isinstance(spec, str):
        plugin = CLASSIFIERS.load(spec)
    else:
        made = hasattr(spec, "predict_proba") and not isinstance(spec, type)
        one = candidate_of(spec, RELATIONSHIP_CLASSIFIER, made=made)
        factory = (lambda: spec) if made else spec
        plugin = LoadedPlugin(one.name, factory, one, RELATIONSHIP_CLASSIFIER)
        if made:
            return RelationshipScorer(plugin, spec)
    takes_types = types is not None and "types" in _parameters(plugin.factory)
    fresh = plugin.make(types=types) if takes_types else plugin.make()
    if seed is not None and hasattr(fresh, "random_state"):
        fresh.random_state = seed
    return RelationshipScorer(plugin, fresh)


def _parameters(factory: Any) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(factory).parameters)
    except (TypeError, ValueError):
        return ()
