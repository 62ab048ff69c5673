"""`PrototypeClassifier`: customers by their distance to what a registry's types look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.binned_signals import bins_of, most_bins, sample_rows
from customerintel.relationships.binning import Binning
from customerintel.relationships.description import Known, describe
from customerintel.relationships.expectations import confusion, levels_of
from customerintel.relationships.fitted_types import FittedTypes
from customerintel.relationships.reliance import reliance_of
from customerintel.relationships.statements import learn_from_statements
from customerintel.relationships.type_collection import TypeRegistry
from customerintel.relationships.type_registry import read_types

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals

__all__ = ["PrototypeClassifier"]

Floats = NDArray[np.float64]

#: From which probability on a customer is labelled, as long as no labelled ones say otherwise.
SURE = 0.85


class PrototypeClassifier:
    """Types by their description; no labelled customer is needed.

    Each signal of a base is cut into bins. How likely a bin is for a type follows from where the
    type's signature, or else its prototype, puts the typical customer on that signal: types are
    normal distributions about their levels, which together make up what is observed. The logs of
    these likelihoods are added, each by how far the signal is relied upon and by its evidence;
    the stated type is one more column. Levels, weights and the normal form are proposals of this
    library. With `fit` all of them give way to what labelled customers show: a multinomial
    logistic regression on the same bins, see `customerintel.relationships.calibrate`.

    Parameters
    ----------
    types : str, TypeRegistry, mapping or path, default "core"
        As for `customerintel.relationships.types`.

    Examples
    --------
    >>> import customerintel as ci
    >>> shop = ci.relationships.simulate(300, seed=1)
    >>> known = ci.relationships.signals(shop.as_of(), interactions=shop.interactions)
    >>> PrototypeClassifier("core").predict_proba(known).shape
    (300, 6)
    """

    api_version: ClassVar[int] = 1

    def __init__(self, types: Any = "core") -> None:
        self.types = read_types(types)
        self._learned: FittedTypes | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Keys of the types, in the order of the columns."""
        return self.types.labels

    def fit(self, signals: Signals, labels: Any, /) -> Self:
        """Learn what types look like from customers whose type is known.

        Where the labels are what customers stated in a survey, types stay as they are described,
        and are pulled to what those customers show as far as statements of others confirm it:
        who states a type has often another one near by.

        Parameters
        ----------
        signals : Signals
            Of the customers.
        labels : array of str, shape (n_customers,)
            Keys of types; None where the type is not known.
        """
        from customerintel.relationships.calibration import are_statements, learn

        if are_statements(self.types, signals, labels):
            self._learned = _described(self.types, signals)
        else:
            self._learned = learn(self.types, signals, labels)
        return self

    def to_state(self) -> dict[str, Any]:
        """Return the registry and, where there is one, what was learned."""
        learned = None if self._learned is None else self._learned.to_state()
        return {"types": self.types.to_json(), "learned": learned}

    @classmethod
    def from_state(cls, state: Any) -> PrototypeClassifier | FittedTypes:
        """Return what `to_state` gave away; of a table's model, the types as fitted to its base."""
        if "table" in state:
            return FittedTypes.from_state(state)
        made = cls(TypeRegistry.from_json(state["types"]))
        if state["learned"] is not None:
            made._learned = FittedTypes.from_state(state["learned"])
        return made

    def adapt(self, signals: Signals, /) -> FittedTypes:
        """Return the types as they look in a base, frozen.

        Parameters
        ----------
        signals : Signals
            Of the customers of the base.

        Returns
        -------
        FittedTypes
            Its probabilities depend on each customer alone.
        """
        if self._learned is not None:
            return self._learned.adapt(signals)
        return _described(self.types, signals)

    def predict_proba(self, signals: Signals, /) -> Floats:
        """Return the probability of each type for each customer, taken as a base.

        Parameters
        ----------
        signals : Signals
            Of the customers.

        Returns
        -------
        ndarray of float64, shape (n_customers, n_types)
            Rows sum to 1; NaN where no signal is known.
        """
        return self.adapt(signals).predict_proba(signals)


def _described(types: TypeRegistry, signals: Signals) -> FittedTypes:
    """Return the types of a registry as they look in a base."""
    some = signals.take(sample_rows(len(signals)))
    names = tuple(signals.names)
    binning = Binning.of([some[name] for name in names])
    bins, weights = bins_of(some, names, binning, types)
    known = Known(bins, weights, most_bins(binning, types))
    levels, reliance = levels_of(types, names), reliance_of(names)
    found = describe(known, levels, confusion(types), reliance)
    found = learn_from_statements(known, found)
    return FittedTypes(
        types=types,
        names=names,
        binning=binning,
        table=found.table,
        mix=np.full(len(types), 1.0 / len(types)),
        shares=found.shares,
        reference=signals.reference,
        least_probability=SURE,
    )
