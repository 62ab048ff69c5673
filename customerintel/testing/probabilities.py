"""What a classifier answers and learns: the checks of its members and of its probabilities."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

import numpy as np

from customerintel.relationships.scorer import ROUNDING
from customerintel.testing.classifier_subject import ClassifierSubject, valid
from customerintel.testing.conduct import keeps_its_contract
from customerintel.testing.subject import Broken, Floats, Skipped, in_time, require, same

__all__ = [
    "adapts", "contract", "fit_nothing", "fit_returns_self", "labels", "output_gaps",
    "output_range", "output_shape", "output_sum", "quiet", "refit",
]  # fmt: skip


def contract(subject: ClassifierSubject) -> None:
    """Have `api_version`, `labels` and `predict_proba`, as the library uses them."""
    keeps_its_contract(subject, "RelationshipClassifier")


def labels(subject: ClassifierSubject) -> None:
    """Keep the labels, and their order, while it is asked, and in what `adapt` returns."""
    data = subject.data()
    made = subject.fit(data)
    before = made.labels
    subject.answer(made, data)
    places = [("after predict_proba", made)]
    if hasattr(made, "adapt"):
        places.append(("of what adapt returned", made.adapt(data)))
    for where, one in places:
        require(
            that=one.labels == before,
            message=f"The labels {where} are {one.labels!r}, and were {before!r}.",
            what_to_do="Set labels in the class, in __init__ or in fit, and nowhere else.",
        )


def output_shape(subject: ClassifierSubject) -> None:
    """Return one row per customer and one column per label."""
    data = subject.data()
    made = subject.fit(data)
    right = (len(data), len(made.labels))
    require(
        that=subject.reference.shape == right,
        message=f"predict_proba returned shape {subject.reference.shape}, not {right}.",
        what_to_do="Return an array of shape (len(signals), len(self.labels)).",
    )


def output_range(subject: ClassifierSubject) -> None:
    """Return probabilities: from 0 to 1."""
    found = subject.reference[np.isfinite(subject.reference)]
    outside = found[(found < -ROUNDING) | (found > 1.0 + ROUNDING)]
    require(
        that=not outside.size,
        message=(
            f"{outside.size} of {found.size} probabilities are outside [0, 1]; they run from "
            f"{found.min(initial=np.inf):.6g} to {found.max(initial=-np.inf):.6g}."
        ),
        what_to_do="Return probabilities, not scores or log-odds; a softmax makes them so.",
    )


def output_sum(subject: ClassifierSubject) -> None:
    """Return rows that sum to 1: every customer has one of the kinds."""
    found = _rows(subject)
    found = found[np.isfinite(found).all(axis=1)]
    sums = found.sum(axis=1)
    off = sums[np.abs(sums - 1.0) > ROUNDING]
    require(
        that=not off.size,
        message=(
            f"{off.size} of {len(sums)} rows do not sum to 1; the sums run from "
            f"{sums.min(initial=np.inf):.6g} to {sums.max(initial=-np.inf):.6g}."
        ),
        what_to_do="Divide each row by its sum.",
    )


def output_gaps(subject: ClassifierSubject) -> None:
    """Return NaN in whole rows only: of who is unknown, no part is known."""
    found = _rows(subject)
    bad = int((~np.isfinite(found).all(axis=1) & ~np.isnan(found).all(axis=1)).sum())
    require(
        that=bad == 0,
        message=f"{bad} of {len(found)} rows are NaN or infinite in some places only.",
        what_to_do=(
            "Look for divisions by zero and NaN in a signal; where nothing is known, let the "
            "whole row be NaN."
        ),
    )


def _rows(subject: ClassifierSubject) -> Floats:
    if subject.reference.ndim != 2:
        raise Skipped("The shape is wrong; see output_shape.")
    return subject.reference


def quiet(subject: ClassifierSubject) -> None:
    """Print nothing and warn of nothing, in `fit` and in `predict_proba`."""
    data = subject.data()
    said = io.StringIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            subject.answer(subject.fit(data), data)
    heard = [*(f"a {one.category.__name__}" for one in caught), *(["a text"] * bool(said.tell()))]
    require(
        that=not heard,
        message=f"Plain signals gave {len(heard)} messages, the first {(heard or [''])[0]}.",
        what_to_do=(
            "Use the logging module in place of print, and where= or np.errstate() where NaN is "
            "meant."
        ),
    )


def adapts(subject: ClassifierSubject) -> None:
    """Return from `adapt` one that is frozen to a base, and stay as it is (where there is it)."""
    data = subject.data()
    made = subject.fit(data)
    if not hasattr(made, "adapt"):
        raise Skipped("The classifier has no adapt.")
    others = subject.other.signals().against(data.reference)
    before, half = subject.ask(made, others), np.arange(len(others) // 2)
    frozen = made.adapt(data)
    require(
        that=callable(getattr(frozen, "predict_proba", None)),
        message=f"adapt returned {type(frozen).__name__}, which has no predict_proba.",
        what_to_do="Return a classifier.",
    )
    answer = subject.ask(frozen, others)
    same(
        subject.ask(frozen, others.take(half)),
        answer[half],
        "what adapt returned, asked about half of another base",
        "Keep all that is learned from a base in adapt, and learn nothing in predict_proba.",
    )
    made.adapt(others)
    same(
        subject.ask(frozen, others),
        answer,
        "what adapt returned, after adapt was called again",
        "Let adapt return a classifier with attributes of its own.",
    )
    same(
        subject.ask(made, others),
        before,
        "the classifier itself, after adapt",
        "Let adapt return a new classifier, and change nothing in this one.",
    )


def _learner(subject: ClassifierSubject) -> Any:
    made = subject.fresh()
    if not hasattr(made, "fit"):
        raise Skipped("The classifier has no fit.")
    return made


def fit_returns_self(subject: ClassifierSubject) -> None:
    """Return the classifier itself from `fit` (where there is this)."""
    made, data = _learner(subject), subject.data()
    found = made.fit(data, subject.kinds_of(data))
    require(
        that=found is made,
        message=f"fit returned {type(found).__name__}, not the classifier itself.",
        what_to_do="End fit with: return self.",
    )


def refit(subject: ClassifierSubject) -> None:
    """Forget the first fit in a second one (where there is `fit`)."""
    made, data, others = _learner(subject), subject.data(), subject.other.signals()
    made.fit(others, subject.kinds_of(others)[::-1])
    made.fit(data, subject.kinds_of(data))
    same(
        subject.ask(made, data),
        subject.reference,
        "fitted a second time, to other customers",
        "Start every fit from nothing; set all that is learned anew.",
    )


def fit_nothing(subject: ClassifierSubject) -> None:
    """Raise an error with a message in a `fit` to customers of unknown kinds, or work."""
    made, data = _learner(subject), subject.data()
    try:
        in_time(lambda: made.fit(data, np.full(len(data), None, object)), "fit to unknown kinds")
    except Broken:
        raise
    except Exception as error:  # noqa: BLE001 - whichever error the classifier chooses
        require(
            that=bool(str(error).strip()),
            message=f"fit to unknown kinds raised {type(error).__name__} without a message.",
            what_to_do="Say what is missing in the error.",
        )
        return
    valid(
        subject.ask(made, data),
        made,
        data,
        "after a fit to unknown kinds",
        "Raise an error in fit where it cannot learn.",
    )
