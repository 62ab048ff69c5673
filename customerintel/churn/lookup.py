"""Scorers by name, by class, by object, and from files."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np

from customerintel.churn.horizons import Horizon
from customerintel.churn.registry import ESTIMATORS
from customerintel.churn.scorer import ChurnScorer
from customerintel.exceptions import InvalidArgumentError, PluginContractError
from customerintel.models.arguments import is_count
from customerintel.plugins import CHURN_ESTIMATOR, LoadedPlugin
from customerintel.plugins.loaded import candidate_of
from customerintel.plugins.states import read_state

__all__ = ["get", "load", "scorer_of"]


def get(name: str, /, *, seed: int | None = None, **options: Any) -> ChurnScorer:
    """Return a churn estimator by its name, ready to be fitted.

    Parameters
    ----------
    name : str
        One of `names`; ``"distribution:name"`` where several packages have the name.
    seed : int, optional
        Given to the estimator as ``random_state`` where it has one.
    **options
        For the estimator's constructor; most take none.

    Returns
    -------
    ChurnScorer

    Raises
    ------
    PluginNotFoundError
        If there is no such estimator; the message lists those there are.
    PluginLoadError
        If the package that brings it cannot be imported.
    PluginContractError
        If it does not keep the contract of a churn estimator.
    MissingDependencyError
        If it needs an extra that is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> ci.churn.get("recency")
    ChurnScorer(estimator=recency, source=built-in, distribution=customerintel)
    """
    if not isinstance(name, str):
        raise InvalidArgumentError(
            f"get takes the name of a churn estimator; got {type(name).__name__}. Give a class or "
            "a function that makes one a name: churn.register('acme-name', …)."
        )
    return ChurnScorer(ESTIMATORS.load(name), seed=seed, **options)


def scorer_of(spec: Any, seed: int | None = None) -> ChurnScorer:
    """Return an unfitted scorer for a name, class, factory, object or other scorer.

    Parameters
    ----------
    spec : str, class, callable, estimator or ChurnScorer
        Whose estimator; objects are copied for each fit.
    seed : int, optional
        As for `get`; None leaves that of another scorer.

    Raises
    ------
    PluginError
        If it is no churn estimator.
    """
    if isinstance(spec, ChurnScorer):
        seed = spec.seed if seed is None else seed
        return ChurnScorer(spec._plugin, seed=seed, **spec._options)
    if isinstance(spec, str):
        return get(spec, seed=seed)
    if hasattr(spec, "predict_proba") and not hasattr(spec, "api_version"):
        raise PluginContractError(
            f"{getattr(spec, '__name__', type(spec).__name__)} is a classifier of rows, not an "
            "estimator of churn. Wrap it: customerintel.churn.sklearn_adapters.PipelineEstimator"
            "(classifier)."
        )
    made = hasattr(spec, "fit") and not isinstance(spec, type)
    one = candidate_of(spec, CHURN_ESTIMATOR, made=made)
    factory = (lambda: copy.deepcopy(spec)) if made else spec
    return ChurnScorer(LoadedPlugin(one.name, factory, one, CHURN_ESTIMATOR), seed=seed)


def load(path: str | Path) -> ChurnScorer:
    """Return a fitted scorer that `ChurnScorer.save` wrote.

    Parameters
    ----------
    path : str or Path
        Of the file. The estimator in it is looked up by its name among those there are; no
        class named in a file is imported.

    Raises
    ------
    InvalidArgumentError
        If it is not such a file.
    PluginNotFoundError
        If its estimator is not installed or registered here.
    """
    header, state = read_state(path)
    horizon: Any = header.get("horizon")
    options = header.get("options", {})
    sound = is_count(horizon) and horizon > 0 and isinstance(options, dict)
    if not sound or not isinstance(header.get("estimator"), str):
        raise InvalidArgumentError(
            f"{Path(path).name!r} holds no churn scorer. Give the path that save() wrote to."
        )
    scorer = get(header["estimator"], seed=header.get("seed"), **options)
    kind = type(scorer._unused)
    if not hasattr(kind, "from_state"):
        raise InvalidArgumentError(
            f"{scorer._plugin.describe()} has no from_state() any more, and cannot be read."
        )
    fitted = scorer._plugin.call("from_state", kind.from_state, state)
    scorer._fitted = (fitted, Horizon(horizon))
    if isinstance(header.get("fitted_at"), int):
        scorer._fitted_at = np.datetime64(header["fitted_at"], "us")
    return scorer
