"""What a plugin has: the library's promise to authors of plugins, and theirs to it.

An object that has these members *is* a plugin: no base class, no import of this library. The
protocols are for type checkers; at run time `Contract` compares names and signatures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from customerintel.tables import History

    # what a classifier is given; its room lies above this one
    Signals = Any

__all__ = ["ChurnEstimator", "RelationshipClassifier"]


class ChurnEstimator(Protocol):
    """Says how probable it is that a customer buys nothing within a horizon.

    Notes
    -----
    Optional members, found by their presence:

    ``random_state``
        A seed, None by default. Whoever has it gives the same predictions for the same seed.
    ``to_state() -> dict`` and the class method ``from_state(state)``
        What a fitted estimator knows, as JSON values and NumPy arrays without objects, and the
        way back. With both, a scorer can be saved; no pickle is ever written or read.
    ``contributions(history, /) -> mapping of str to ndarray, shape (n_customers,)``
        Additive log-odds of each named driver, aligned with ``history.customer_id``. With it,
        a prediction is explained by its drivers.

    Examples
    --------
    >>> import numpy as np
    >>> from customerintel.plugins import CHURN_ESTIMATOR
    >>> class EverybodyStays:
    ...     api_version = 1
    ...     def fit(self, history, /, *, horizon_days):
    ...         return self
    ...     def predict(self, history, /):
    ...         return np.zeros(history.n_customers)
    >>> CHURN_ESTIMATOR.faults(EverybodyStays)
    []
    """

    #: Version of this protocol that the estimator is written for: 1.
    api_version: ClassVar[int]

    def fit(self, history: History, /, *, horizon_days: float) -> Self:
        """Learn from all that is visible in a history, forgetting any earlier fit.

        Parameters
        ----------
        history : History
            Everything as of one moment. What comes later cannot be seen, and what is to be
            learned from must be cut out of it: ``past, churned = ci.churn.label(history,
            horizon_days)``.
        horizon_days : float
            Length of the horizon in days, positive.

        Returns
        -------
        Self
            The estimator itself.
        """
        ...

    def predict(self, history: History, /) -> NDArray[np.float64]:
        """Return P(no purchase in the `horizon_days` after the history's moment).

        Parameters
        ----------
        history : History
            Of the same kind of business; it may be another than the one of `fit`, with other
            customers, or with none.

        Returns
        -------
        ndarray of float64, shape (history.n_customers,)
            Between 0 and 1, aligned with ``history.customer_id``; no NaN.
        """
        ...


class RelationshipClassifier(Protocol):
    """Says what kind of relationship a customer has, or wants, with the business.

    Notes
    -----
    Optional members, found by their presence:

    ``random_state``
        A seed, None by default. Whoever has it gives the same probabilities for the same seed.
    ``fit(signals, labels, /) -> Self``
        Learns from customers whose kind is known, forgetting any earlier fit. `labels` is an
        array of objects, shape (n_customers,): a text of each customer, None where it is not
        known. It may set ``labels`` anew, to those that it has seen.
    ``adapt(signals, /) -> classifier``
        Returns a classifier that has learned what it must know of this base, and learns no more:
        nobody changes because others did. Later it is asked about
        ``signals.against(reference)``, with the reference of this base. The one that is asked
        stays as it is.
    ``to_state() -> dict`` and the class method ``from_state(state)``
        As for `ChurnEstimator`.

    The constructor needs no argument. If it takes one called ``types``, it is given the
    ``TypeRegistry`` that the caller chose.

    Examples
    --------
    >>> import numpy as np
    >>> from customerintel.plugins import RELATIONSHIP_CLASSIFIER
    >>> class WhatTheySay:
    ...     api_version = 1
    ...     labels = ("buddy", "fling")
    ...     def predict_proba(self, signals, /):
    ...         said = np.equal(signals.stated[:, None], self.labels)
    ...         return np.where(said.any(axis=1, keepdims=True), said, np.nan)
    >>> RELATIONSHIP_CLASSIFIER.faults(WhatTheySay)
    []
    """

    #: Version of this protocol that the classifier is written for: 1.
    api_version: ClassVar[int]

    #: Names of the kinds, distinct, in the order of the columns of `predict_proba`. Of a class,
    #: ``__init__`` may set them.
    labels: tuple[str, ...]

    def predict_proba(self, signals: Signals, /) -> NDArray[np.float64]:
        """Return the probability of each label for each customer.

        Parameters
        ----------
        signals : customerintel.relationships.Signals
            What is known of each customer as of one moment. Any of it may be missing: NaN in a
            signal, None in ``signals.stated``. There may be no customers at all.

        Returns
        -------
        ndarray of float64, shape (n_customers, len(labels))
            Between 0 and 1, aligned with ``signals.customer_id``; rows sum to 1. A row of NaN:
            nothing is known.
        """
        ...
