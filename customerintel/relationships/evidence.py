"""What moved the label of one customer, in words with numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.evidence_words import WORDS, shown
from customerintel.relationships.fitted_types import FittedTypes
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals
    from customerintel.relationships.table import RelationshipTable

__all__ = ["Evidence", "Reason", "evidence_of"]

Floats = NDArray[np.float64]

#: Reasons in the text, at most, and the effect below which none is worth a line.
MOST_SHOWN, LEAST = 8, 0.05


@dataclass(frozen=True)
class Reason:
    """One signal, and how far it speaks for the type.

    Parameters
    ----------
    signal : str
        Its name; ``"stated"`` for the stated type.
    value : float
        The customer's, pulled to the base's as far as little was seen; the text has what was seen.
    rank : float
        Share of the customers with a lower value, those with the same counting half.
    effect : float
        In log-odds, for the likeliest type against the next; above 0 it speaks for it.
    text : str
        All of it in words.
    """

    signal: str
    value: float
    rank: float
    effect: float
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, eq=False, repr=False)
class Evidence:
    """Why one customer has the label that it has; made by `RelationshipTable.evidence`.

    Parameters
    ----------
    type, likeliest, next : str
        The label ("unknown" where evidence is thin), the likeliest type and the next.
    probability, margin, coverage : float
        Of the likeliest type; to the next; share of all evidence that is there.
    reasons : tuple of Reason
        By the size of their effect.
    note : str
        What keeps the label from being sure; empty if nothing does.
    """

    type: str
    likeliest: str
    next: str
    probability: float
    margin: float
    coverage: float
    reasons: tuple[Reason, ...]
    note: str

    def __iter__(self) -> Any:
        return iter(self.reasons)

    def __len__(self) -> int:
        return len(self.reasons)

    def __str__(self) -> str:
        told = [reason for reason in self.reasons if abs(reason.effect) >= LEAST][:MOST_SHOWN]
        lines = [self._headline(), *(f"- {reason}" for reason in told)]
        if told:
            lines.append("In brackets: log-odds, against the next type; 0.7 doubles the odds.")
        return "\n".join([*lines, self.note] if self.note else lines)

    def _headline(self) -> str:
        if self.likeliest == "unknown":
            return "Nothing is known of this customer's relationship."
        words = self.likeliest.replace("_", " ")
        odds = f"{_percent(self.probability)}, next {self.next.replace('_', ' ')}"
        odds += f" {_percent(self.probability - self.margin)}"
        if self.type == "unknown":
            return f"Unknown: likeliest is {words} ({odds})."
        return f"{words.capitalize()} ({odds})."

    def to_dict(self) -> dict[str, Any]:
        """Return the facts, the reasons as their texts."""
        return {**vars(self), "reasons": [str(reason) for reason in self.reasons]}

    def __repr__(self) -> str:
        return one_line(
            "Evidence", type=self.type, probability=self.probability, reasons=len(self.reasons)
        )

    def _repr_html_(self) -> str:
        rows = [(reason.signal, reason.text) for reason in self.reasons[:MOST_SHOWN]]
        return html_table(self._headline(), rows)


def _percent(share: float) -> str:
    """Return a probability as people write it; nothing is sure, or ruled out."""
    return f"{min(0.99, max(0.01, share)):.0%}"


def evidence_of(table: RelationshipTable, customer_id: Any) -> Evidence:
    """Return what moved the label of one customer; the body of `RelationshipTable.evidence`."""
    row = _row_of(table, customer_id)
    own = table.signals.take(np.array([row]))
    probabilities = table.probabilities[row]
    if np.isnan(probabilities).any():
        return Evidence("unknown", "unknown", "unknown", np.nan, np.nan, 0.0, (), _note(table, row))
    first, second = (int(place) for place in np.argsort(-probabilities, kind="stable")[:2])
    found = [
        _reason(table, own, name, effect, (first, second))
        for name, effect in _effects(table, own, first, second).items()
    ]
    return Evidence(
        type=str(table.type[row]),
        likeliest=table.labels[first],
        next=table.labels[second],
        probability=float(table.probability[row]),
        margin=float(table.margin[row]),
        coverage=float(table.coverage[row]),
        reasons=tuple(sorted(found, key=lambda reason: -abs(reason.effect))),
        note=_note(table, row),
    )


def _row_of(table: RelationshipTable, customer_id: Any) -> int:
    known = table.customer_id
    found = np.empty(0, np.int64)
    if isinstance(customer_id, str | int | np.integer) and not isinstance(customer_id, bool):
        found = np.flatnonzero(known == customer_id)
    if len(found) != 1:
        wanted = "a text" if known.dtype == object else "an integer"
        raise InvalidArgumentError(
            f"There is no such customer among the {len(known):,} of the table. Ids are {wanted} "
            "each; see table.customer_id."
        )
    return int(found[0])


def _effects(table: RelationshipTable, own: Signals, first: int, second: int) -> dict[str, float]:
    """Return by how much each known signal raises the log-odds of one type against another."""
    model = table.model.classifier
    if isinstance(model, FittedTypes):
        said = model.contributions(own)[0]
        names = [*model.names, "stated"]
        effects = said[:, first] - said[:, second]
        return {name: float(e) for name, e in zip(names, effects, strict=True) if e != 0.0}
    return _by_hiding(table, own, first, second)


def _by_hiding(table: RelationshipTable, own: Signals, first: int, second: int) -> dict[str, float]:
    """Return what changes where a signal is hidden: for classifiers that do not say."""
    known = [name for name in own.names if own.weight(name)[0] > 0.0]
    # what is no type may be a text about somebody
    stated = [True] if table.types.resolve(own.stated[0] or "") is not None else []
    n = len(known) + len(stated) + 1
    hidden = np.zeros((n, len(own.names)), bool)
    for row, name in enumerate(known, 1):
        hidden[row, own.names.index(name)] = True
    without = np.zeros(n, bool)
    if stated:
        without[-1] = True
    found = table.model.probabilities(
        own.take(np.zeros(n, np.int64)).masked(hidden, stated=without), table.types
    )
    found = np.clip(np.nan_to_num(found, nan=1.0 / found.shape[1]), 1e-6, 1.0)
    odds = np.log(found[:, first] / found[:, second])
    names = [*known, *(["stated"] if stated else [])]
    return {name: float(odds[0] - odds[row]) for row, name in enumerate(names, 1)}


def _reason(
    table: RelationshipTable, own: Signals, name: str, effect: float, pair: tuple[int, int]
) -> Reason:
    for_, against = (table.labels[place].replace("_", " ") for place in pair)
    speaks = f"speaks for {for_}" if effect > 0.0 else f"speaks for {against}"
    if name == "stated":
        said = str(own.stated[0]).replace("_", " ")
        text = f"says so in a survey: {said}, {speaks} ({effect:+.2f})"
        return Reason(name, np.nan, np.nan, effect, text)
    value, rank = float(own[name][0]), float(own.rank(name)[0])
    words = WORDS.get(name, name.replace("_", " "))
    seen = shown(name, own.observed(name)[0])
    text = f"{words}: {seen}, {_standing(rank)}, {speaks} ({effect:+.2f})"
    return Reason(name, value, rank, effect, text)


def _standing(rank: float) -> str:
    word, share = ("more", rank) if rank > 0.5 else ("less", 1.0 - rank)
    if share >= 0.995:
        return f"{word} than nearly all customers"
    return f"{word} than {share:.0%} of the customers"


def _note(table: RelationshipTable, row: int) -> str:
    """Say why the label is not sure, or what kind of evidence there is."""
    notes = []
    if table.level == "coarse":
        notes.append(
            f"Transactions alone are known, which tell only the coarse class: {table.coarse[row]}."
        )
    limits = table.limits
    if str(table.type[row]) == "unknown":
        if not table.coverage[row] >= limits.coverage:
            notes.append("Too few signals are known for a label.")
        elif not table.probability[row] >= limits.probability:
            notes.append(f"A label needs {limits.probability:.0%}.")
        elif not table.margin[row] >= limits.margin:
            notes.append(f"A label needs a margin of {limits.margin:.0%}.")
    return " ".join(notes)
