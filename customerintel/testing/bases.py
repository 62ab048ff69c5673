"""What a base of customers may be like: the checks that change the signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.testing.classifier_subject import ClassifierSubject, valid
from customerintel.testing.subject import Floats, Skipped, in_time, same

if TYPE_CHECKING:
    from customerintel.relationships.signal_set import Signals

__all__ = [
    "empty", "missing_sources", "nothing_known", "one_customer", "order", "subset", "text_ids",
    "unknown_words",
]  # fmt: skip


def order(subject: ClassifierSubject) -> None:
    """Keep each row with its customer: if ids are dealt anew, the rows follow."""
    data = subject.data()
    dealt, place = subject.base.dealt(subject.seed)
    # against the one reference: sums over customers in another order differ in their last bits
    same(
        _whole(subject, dealt.signals().against(data.reference))[place],
        _whole(subject, data),
        "after the ids were dealt anew",
        "Keep the order of signals.customer_id.",
    )


def subset(subject: ClassifierSubject) -> None:
    """Say the same of some customers as of them among all (after `adapt`, where there is it)."""
    data = subject.data()
    first = np.arange(len(data) // 3)
    same(
        subject.ask(subject.settled, data.take(first)),
        _whole(subject, data)[first],
        "asked about a third of the customers",
        "Take means and spreads from fit, ranks from signals.rank, or write adapt.",
    )


def _whole(subject: ClassifierSubject, data: Signals) -> Floats:
    """Return what is said of all customers; `Skipped` if that is not one row each."""
    found = subject.ask(subject.settled, data)
    if found.ndim != 2 or len(found) != len(data):
        raise Skipped("The shape is wrong; see output_shape.")
    return found


def missing_sources(subject: ClassifierSubject) -> None:
    """Answer where there are no interactions, no survey, or neither."""
    made = subject.settled
    for has_talk, has_survey, words in (
        (False, True, "without interactions"),
        (True, False, "without a survey"),
        (False, False, "with transactions alone"),
    ):
        data = subject.base.signals(interactions=has_talk, survey=has_survey)
        valid(
            subject.ask(made, data),
            made,
            data,
            words,
            "Signals of a missing source are NaN, or are not there: leave them out of the sum.",
        )


def nothing_known(subject: ClassifierSubject) -> None:
    """Answer, or say unknown by a row of NaN, where no signal is known and nothing is stated."""
    data = subject.data()
    made = subject.settled
    bare = data.masked(np.ones(data.to_numpy().shape, bool), stated=np.ones(len(data), bool))
    valid(
        subject.ask(made, bare),
        made,
        bare,
        "with nothing known",
        "Look for sums over nothing and divisions by a weight of 0.",
    )


def unknown_words(subject: ClassifierSubject) -> None:
    """Cope with a stated type that it has no label for."""
    made = subject.settled
    strange = subject.base.saying("another_word").signals()
    valid(
        subject.ask(made, strange),
        made,
        strange,
        "with stated types that are no labels",
        "Take a word that is no label for nothing said.",
    )


def text_ids(subject: ClassifierSubject) -> None:
    """Take ids for names: answer the same where they are texts in place of integers."""
    data = subject.base.signals(texts=True)
    same(
        subject.ask(subject.fit(data), data),
        subject.reference,
        "with text ids",
        "Do not compute with signals.customer_id.",
    )


def one_customer(subject: ClassifierSubject) -> None:
    """Answer for one customer."""
    data = subject.data()
    made = subject.settled
    for place in (0, len(data) - 1):
        alone = data.take(np.array([place]))
        valid(
            subject.ask(made, alone),
            made,
            alone,
            "for a single customer",
            "Take means and spreads from fit, not from the customers at hand.",
        )


def empty(subject: ClassifierSubject) -> None:
    """Return no rows, and a column per label, where there are no customers."""
    data = subject.data()
    made = subject.settled
    nobody = data.take(np.empty(0, np.int64))
    found = in_time(lambda: subject.ask(made, nobody), "predict_proba of no customers")
    valid(
        found, made, nobody, "with no customers",
        "Return np.empty((0, len(self.labels))) where nobody is.",
    )  # fmt: skip
