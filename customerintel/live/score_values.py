"""Scores and labels by customer, whatever gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError

__all__ = ["label_values", "score_values"]

Floats = NDArray[np.float64]


def score_values(
    history: Any, ids: list[str], scores: Iterable[Any], given: Mapping[str, Any]
) -> dict[str, dict[str, float]]:
    """Return each score by its name and the customer.

    Parameters
    ----------
    history : History
        What estimators look at.
    ids : list of str
        Customers of the history.
    scores : iterable of Score
        What rules read; one without an estimator must be given.
    given : mapping
        By name: an array, a mapping from ids, or an estimator, which goes before the rule's own.

    Raises
    ------
    InvalidArgumentError
        If there is not one number per customer.
    """
    if not isinstance(given, Mapping):
        raise InvalidArgumentError(
            "scores must be a mapping from the names of scores to their values, such as "
            f"{{'churn': probabilities}}; got {type(given).__name__}."
        )
    found: dict[str, dict[str, float]] = {}
    for score in scores:
        source = given.get(score.name, score.estimator)
        if source is not None and score.name not in found:
            found[score.name] = _values(history, ids, score.name, source, score.horizon)
    for name, source in given.items():
        if name not in found:
            found[name] = _values(history, ids, name, source, None)
    return found


def _values(history: Any, ids: list[str], name: str, source: Any, horizon: Any) -> dict[str, float]:
    if isinstance(source, Mapping):
        return _of_mapping(name, source)
    answer = source
    if isinstance(source, str) or hasattr(source, "predict"):
        answer = _fitted(source, history, horizon).predict(history)
    elif callable(source):
        answer = source(history)
    values = np.asarray(getattr(answer, "probability", answer))
    if values.shape != (len(ids),) or values.dtype.kind not in "fiub":
        raise InvalidArgumentError(
            f"The score {name!r} has {len(ids):,} customers, and its estimator gave "
            f"{values.dtype} of the shape {values.shape}. It must give one number per customer, "
            "in the order of history.customer_id."
        )
    return dict(zip(ids, values.astype(np.float64).tolist(), strict=True))


def _of_mapping(name: str, source: Mapping[Any, Any]) -> dict[str, float]:
    found = {}
    for one, value in source.items():
        if isinstance(value, bool) or not isinstance(value, Real):
            raise InvalidArgumentError(
                f"The score {name!r} must have a number for each customer, NaN where it is not "
                f"known; one of the {len(source):,} is {type(value).__name__}."
            )
        found[str(one)] = float(value)
    return found


def _fitted(source: Any, history: Any, horizon: Any) -> Any:
    """Return a scorer that can predict: a name, or an unfitted one, is fitted here."""
    from customerintel.churn import get
    from customerintel.churn.scorer import ChurnScorer

    scorer = get(source) if isinstance(source, str) else source
    if isinstance(scorer, ChurnScorer) and scorer._fitted is None:
        if horizon is None:
            raise InvalidArgumentError(
                f"The churn estimator {scorer.name!r} of a score is not fitted, and nobody says "
                "how far ahead it looks. Give Score(…, horizon='90d'), or a fitted one."
            )
        scorer = get(source) if isinstance(source, str) else scorer
        scorer.fit(history, horizon=horizon)
    return scorer


def label_values(relationships: Any) -> dict[str, str]:
    """Return the kind of relationship by customer, of a result of `classify` or a mapping.

    Raises
    ------
    InvalidArgumentError
        If it is neither.
    """
    if isinstance(relationships, Mapping):
        return {str(one): str(label) for one, label in relationships.items()}
    if not hasattr(relationships, "customer_id") or not hasattr(relationships, "type"):
        raise InvalidArgumentError(
            "relationships must be what relationships.classify gave, or a mapping from customer "
            f"ids to labels; got {type(relationships).__name__}."
        )
    ids = relationships.customer_id.tolist()
    return {str(one): str(label) for one, label in zip(ids, relationships.type, strict=True)}
