"""`SurveyClassifier`: types as customers state them, and for the others by who is alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.binned_signals import stated_codes
from customerintel.relationships.binning import MISSING
from customerintel.relationships.expectations import confusion
from customerintel.relationships.ranks import Reference
from customerintel.relationships.stated_likeness import (
    Likeness,
    Sample,
    known_ranks,
    likeness_of,
    sampled,
    scores_of,
    shares_of,
)
from customerintel.relationships.type_registry import TypeRegistry, read_types
from customerintel.tables.results import one_line

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals

__all__ = ["SurveyClassifier"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Learned:
    """What one base taught; ranks are taken against it."""

    reference: Reference
    names: tuple[str, ...]
    shares: Floats
    n_stated: int
    likeness: Likeness


class SurveyClassifier:
    r"""Types as customers state them; for the others, by the signals of those who did.

    Whoever stated a type, in the latest answer, is taken at the word to a degree: the answer
    is a likelihood, by a confusion matrix, beside what the signals say. The others get the
    shares of the stated types, moved by how like they are to those who stated each type.

    Parameters
    ----------
    types : str, TypeRegistry, mapping or path, default "core"
        See `read_types`. An answer that is none of its keys, names or aliases counts as none.

    Attributes
    ----------
    types : TypeRegistry
        What the columns are.

    Notes
    -----
    Of customer :math:`i` with ranks :math:`x_{ij}` of weight :math:`w_{ij}`,

    .. math:: \log P(t \mid i) = c + \log \pi_t + b \sum_j w_{ij}
       \log N(x_{ij} \mid \mu_{jt}, \sigma^2_{jt}) + \log A_{s_i t}

    with :math:`A_{st}`, the chance that a customer of type :math:`t` states :math:`s` (its term is
    left out where nothing is stated), the shares :math:`\pi` that explain how often each type
    is stated (by EM, with half a customer added to each), the means and variances of ranks of
    those who stated :math:`t` (mixed with ten customers of all), and a power :math:`b` under which
    held-out customers are most likely to state what they did, since signals repeat each other.
    It is 0 where only a handful of customers stated anything. Distances to centroids in place
    of single neighbours make the work linear in the number of customers.

    The confusion matrix is an assumption, the same as that of the classifier ``"prototype"``: 0.65
    on the own type, the rest by the nearness of prototypes. If those who answer differ from those
    who do not, the shares are those of the former.

    NaN rows: customers who stated nothing and of whom no signal is known; everybody without a
    statement, if nobody in the base stated a type.

    Examples
    --------
    >>> from customerintel.relationships.survey_classifier import SurveyClassifier
    >>> SurveyClassifier()
    SurveyClassifier(types=core@1, adapted=False)
    """

    api_version: ClassVar[int] = 1

    def __init__(self, types: Any = "core") -> None:
        self.types = read_types(types)
        self._learned: _Learned | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Keys of the types, in the order of the columns."""
        return self.types.labels

    def adapt(self, signals: Signals, /) -> SurveyClassifier:
        """Return a classifier that has learned from those who stated a type in a base.

        Parameters
        ----------
        signals : Signals
            Of the base. What the new classifier says of a customer depends on that customer
            alone, also in another base.

        Returns
        -------
        SurveyClassifier
            A new one; this one stays as it is.
        """
        made = SurveyClassifier(self.types)
        made._learned = _learn(signals, self.types)
        return made

    def predict_proba(self, signals: Signals, /) -> Floats:
        """Return the probability of each type for each customer.

        Parameters
        ----------
        signals : Signals
            Of any base. Without `adapt`, it is learned from these customers.

        Returns
        -------
        ndarray of float64, shape (n_customers, n_types)
            Rows sum to 1; NaN where nothing is known.
        """
        learned = self._learned or _learn(signals, self.types)
        said = _places(signals, self.types)
        scores, known = scores_of(
            signals.against(learned.reference), learned.names, learned.likeness
        )
        scores += np.log(learned.shares)
        stated = said >= 0
        scores[stated] += np.log(confusion(self.types))[said[stated]]
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        scores[~stated & ~(known & (learned.n_stated > 0))] = np.nan
        return scores

    def to_state(self) -> dict[str, Any]:
        """Return what it knows, as JSON values and arrays."""
        state: dict[str, Any] = {"types": self.types.to_json(), "learned": None}
        if self._learned is not None:
            one = self._learned
            state["learned"] = {
                "reference": one.reference.to_state(),
                "names": list(one.names),
                "shares": one.shares,
                "n_stated": one.n_stated,
                "center": one.likeness.center,
                "variance": one.likeness.variance,
                "belief": one.likeness.belief,
            }
        return state

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return the classifier that `to_state` described.

        Raises
        ------
        InvalidArgumentError
            If it is no such description.
        """
        try:
            made = cls(TypeRegistry.from_json(state["types"]))
            kept = state["learned"]
            if kept is not None:
                names, shares = tuple(kept["names"]), np.asarray(kept["shares"], np.float64)
                shape = (len(names), len(made.labels))
                center = np.asarray(kept["center"], np.float64).reshape(shape)
                variance = np.asarray(kept["variance"], np.float64).reshape(shape)
                likeness = Likeness(center, variance, float(kept["belief"]))
                reference = Reference.from_state(kept["reference"])
                made._learned = _Learned(reference, names, shares, int(kept["n_stated"]), likeness)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidArgumentError(
                "This is no state of a SurveyClassifier. Give what its to_state() returned."
            ) from error
        return made

    def __repr__(self) -> str:
        adapted = self._learned is not None
        return one_line("SurveyClassifier", types=self.types.id, adapted=adapted)


def _places(signals: Signals, types: TypeRegistry) -> NDArray[np.int64]:
    """Return the place of each customer's stated type, -1 where there is none."""
    codes = stated_codes(signals.stated, types)
    return np.where(codes == MISSING, -1, codes.astype(np.int64))


def _learn(signals: Signals, types: TypeRegistry) -> _Learned:
    """Learn from all who stated a type; of many of one type, from some."""
    said, k = _places(signals, types), len(types)
    counts = np.bincount(said[said >= 0], minlength=k)
    states = confusion(types)
    shares = shares_of(counts, states)
    rows = sampled(said, k)
    some = signals.take(rows)
    names = tuple(signals.names)
    columns = [known_ranks(some, name) for name in names]
    ranks, weights = (
        np.array([pair[i] for pair in columns], np.float64).reshape(len(names), len(rows)).T
        for i in (0, 1)
    )
    likeness = likeness_of(Sample(ranks, weights, said[rows]), shares, states)
    return _Learned(signals.reference, names, shares, int(counts.sum()), likeness)
