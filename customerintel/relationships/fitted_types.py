"""`FittedTypes`: what types look like in signals, frozen, and the probabilities that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.binned_signals import bins_of, sample_rows
from customerintel.relationships.binning import MISSING, Binning
from customerintel.relationships.ranks import Reference
from customerintel.rfm.read_only import seal

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals
    from customerintel.relationships.type_registry import TypeRegistry

__all__ = ["FittedTypes"]

Floats = NDArray[np.float64]

#: Steps to estimate the shares of types in a base; rounds of cutting drifted signals anew.
STEPS, ROUNDS = 100, 3
#: Difference between the observed and the expected distribution that is no drift yet.
DRIFT = 0.06
#: Labels need this probability in a base without drift, more by this much per mean drift of the
#: signals, and at most that. Set on simulated shops of which a part of the contacts was lost.
UNDRIFTED, PER_DRIFT, MOST_SURE = 0.55, 4.0, 0.98
#: Customers of each type that the shares of a base are pulled towards equality by.
FEW = 5.0


@dataclass(frozen=True, eq=False)
class FittedTypes:
    """Types as one base, or labelled customers, showed them; made by `PrototypeClassifier`.

    Its probabilities depend on the customer alone: edges between bins, what bins say and the
    shares of types are frozen. `adapt` estimates the shares anew, for a base of another mix.

    Parameters
    ----------
    types : TypeRegistry
        What the columns are.
    names : tuple of str
        Signals that are looked at.
    binning : Binning
        Their bins.
    table : ndarray of float64, shape (n_names + 1, n_bins, n_types)
        Logs of how likely a bin is for a type, each lessened by what other signals say too; the
        last one is the stated type.
    mix : ndarray of float64, shape (n_types,)
        Share of each type in the base.
    shares : ndarray of float64, shape (n_names + 1, n_bins, n_types)
        How many customers of each type are in each bin.
    reference : Reference
        What rates are pulled to: values of another base are read with the same, so that they
        mean the same.
    least_probability : float
        From which probability on a customer is labelled.
    learned : bool
        Whether labelled customers were learned from.
    """

    types: TypeRegistry
    names: tuple[str, ...]
    binning: Binning
    table: Floats
    mix: Floats
    shares: Floats
    reference: Reference
    least_probability: float
    learned: bool = False

    api_version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        seal(self)

    @property
    def labels(self) -> tuple[str, ...]:
        """Keys of the types, in the order of the columns."""
        return self.types.labels

    def predict_proba(self, signals: Signals, /) -> Floats:
        """Return the probability of each type for each customer.

        Parameters
        ----------
        signals : Signals
            Of any base; signals that this one does not know are left out.

        Returns
        -------
        ndarray of float64, shape (n_customers, n_types)
            Rows sum to 1; NaN where no signal is known.
        """
        from customerintel._kernels import assigning, threads

        signals = self._read(signals)
        scores = self._scores(signals, np.log(self.mix))
        unknown = ~self._any_known(signals)
        threads.run(
            assigning.to_probabilities,
            [(scores, *span) for span in threads.stretches(len(scores))],
        )
        scores[unknown] = np.nan
        return scores

    def adapt(self, signals: Signals, /) -> FittedTypes:
        """Return the same types as they are in another base: shares, and drifted signals.

        The shares are those under which the base is most probable: EM for a change of the
        priors alone (Saerens, Latinne and Decaestecker 2002, section 2.2). Where a signal is
        distributed otherwise than any shares explain (half of the contacts were not recorded,
        say), its bins are cut anew so that as many customers as expected are in each. Types that
        were not learned from labels stay as they are.
        """
        if not self.learned:
            return self
        some = self._read(signals.take(sample_rows(len(signals))))
        found = replace(self, mix=self._mix_of(some))
        away = found._drift(some)
        if len(away):
            doubt = min(MOST_SURE, UNDRIFTED + PER_DRIFT * float(np.mean(list(away.values()))))
            found = replace(found, least_probability=max(self.least_probability, doubt))
        for _ in range(ROUNDS):
            least = DRIFT + 1.5 / np.sqrt(max(1, len(some)))
            drifted = [name for name, size in found._drift(some).items() if size > least]
            if not drifted:
                break
            found = replace(found, binning=found._recut(some, drifted))
            found = replace(found, mix=found._mix_of(some))
        return found

    def _mix_of(self, some: Signals) -> Floats:
        """Return the shares of types under which a base is most probable."""
        known = self._any_known(some)
        n_types = len(self.mix)
        scores = self._scores(some, np.zeros(n_types))[known]
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        mix: Floats = np.full(n_types, 1.0 / n_types)
        for _ in range(STEPS):
            belongs = likely * mix
            belongs /= belongs.sum(axis=1, keepdims=True)
            before, mix = mix, belongs.sum(axis=0) + FEW
            mix = mix / mix.sum()
            if np.abs(mix - before).max() < 1e-5:
                break
        return mix

    def _drift(self, some: Signals) -> dict[str, float]:
        """Return by signal how far its distribution is from what the shares of types explain.

        The greatest difference of the two cumulated distributions at the edges of the bins.
        """
        away = {}
        for j, name in enumerate(self.names):
            values = _sorted(some, name)
            if len(values) and len(self.binning.edges[j]):
                seen = np.searchsorted(values, self.binning.edges[j], side="right") / len(values)
                away[name] = float(np.abs(seen - self._expected(j)).max())
        return away

    def _expected(self, j: int) -> Floats:
        """Return the share of customers to expect up to each edge."""
        cumulated = np.cumsum(self.shares[j] @ self.mix)
        upto: Floats = cumulated[: len(self.binning.edges[j])] / cumulated[-1]
        return upto

    def _recut(self, some: Signals, drifted: Sequence[str]) -> Binning:
        """Return bins of the drifted signals with as many customers as expected in each."""
        edges = list(self.binning.edges)
        for name in drifted:
            j = self.names.index(name)
            values = _sorted(some, name)
            place = np.ceil(self._expected(j) * len(values)).astype(np.int64) - 1
            low = values[np.clip(place, 0, len(values) - 1)]
            after = np.searchsorted(values, low, side="right")
            edges[j] = 0.5 * (low + values[np.clip(after, 0, len(values) - 1)])
        return Binning(tuple(edges))

    def contributions(self, signals: Signals) -> Floats:
        """Return what each signal says for each type, shape (n_customers, n_names + 1, n_types).

        Logs of likelihoods; 0 where a signal is not known. Their differences between two types
        are the log-odds that the signal adds.
        """
        signals = self._read(signals)
        bins, weights = bins_of(signals, self.names, self.binning, self.types)
        place = np.where(bins == MISSING, 0, bins)
        said = self.table[np.arange(bins.shape[1]), place]
        return np.where((bins == MISSING)[:, :, None], 0.0, weights[:, :, None] * said)

    def _read(self, signals: Signals) -> Signals:
        """Return signals with the rates pulled to this one's reference."""
        if signals.reference is self.reference:
            return signals
        return signals.against(self.reference)

    def _scores(self, signals: Signals, start: Floats) -> Floats:
        from customerintel._kernels import assigning, threads

        bins, weights = bins_of(signals, self.names, self.binning, self.types)
        scores = np.tile(start, (len(bins), 1))
        table = np.array(self.table)
        threads.run(
            assigning.score,
            [(bins, weights, table, *span, scores) for span in threads.stretches(len(bins))],
        )
        return scores

    def _any_known(self, signals: Signals) -> NDArray[np.bool_]:
        known = np.array([word is not None for word in signals.stated], bool)
        for name in self.names:
            if name in signals.names:
                known |= signals.weight(name) > 0.0
        return known

    def to_state(self) -> dict[str, Any]:
        """Return everything as JSON values and arrays."""
        return {
            "types": self.types.to_json(),
            "names": list(self.names),
            **self.binning.to_state(),
            "table": np.array(self.table),
            "mix": np.array(self.mix),
            "shares": np.array(self.shares),
            "reference": self.reference.to_state(),
            "least_probability": self.least_probability,
            "learned": self.learned,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> FittedTypes:
        """Return what `to_state` gave away."""
        from customerintel.relationships.type_registry import TypeRegistry

        return cls(
            types=TypeRegistry.from_json(state["types"]),
            names=tuple(state["names"]),
            binning=Binning.from_state(state),
            table=np.asarray(state["table"], np.float64),
            mix=np.asarray(state["mix"], np.float64),
            shares=np.asarray(state["shares"], np.float64),
            reference=Reference.from_state(state["reference"]),
            least_probability=float(state["least_probability"]),
            learned=bool(state["learned"]),
        )


def _sorted(some: Signals, name: str) -> Floats:
    """Return the known values of a signal, ascending."""
    if name not in some.names:
        return np.empty(0)
    values = some[name]
    found: Floats = np.sort(values[~np.isnan(values)])
    return found
