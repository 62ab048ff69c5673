"""How an estimator behaves: the checks of what it remembers, shares and leaves behind."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import numpy as np

from customerintel.testing.datasets import MOMENT
from customerintel.testing.disturbances import in_parallel, process_state, snapshot
from customerintel.testing.subject import HORIZON, Skipped, Subject, require, same, undisturbed

__all__ = [
    "fit_in_threads", "input_unchanged", "predict_in_threads", "process_unchanged", "refit",
    "repeatable", "saved_state", "seed",
]  # fmt: skip


def _refit(subject: Subject, what: str, what_to_do: str) -> None:
    """Compare with the reference under another global random state."""
    expected, history = subject.reference, subject.history()
    np.random.seed(subject.seed + 1)  # noqa: NPY002 - what an estimator must not depend on
    random.seed(subject.seed + 1)
    same(subject.ask(subject.fit(history), history), expected, what, what_to_do)


def seed(subject: Subject) -> None:
    """Predict the same with the same `random_state` (where there is one)."""
    if not hasattr(subject.fresh(), "random_state"):
        raise Skipped("The estimator has no random_state.")
    _refit(
        subject,
        "two fits with the same random_state",
        "Draw from np.random.default_rng(self.random_state), made anew in each fit.",
    )


def repeatable(subject: Subject) -> None:
    """Predict the same from the same history, if there is no `random_state`."""
    if hasattr(subject.fresh(), "random_state"):
        raise Skipped("The estimator has a random_state; see seed.")
    _refit(
        subject,
        "two fits to the same history",
        "If the fit needs random numbers, add an attribute random_state and draw from "
        "np.random.default_rng(self.random_state).",
    )


def refit(subject: Subject) -> None:
    """Forget the first fit in a second one."""
    history = subject.history()
    made = subject.fit(subject.few.until(MOMENT).history(), 30.0)
    made.fit(history, horizon_days=HORIZON)
    same(
        subject.ask(made, history),
        subject.reference,
        "fitted a second time, to another history",
        "Start every fit from nothing; set all that is learned anew.",
    )


def input_unchanged(subject: Subject) -> None:
    """Leave the history and its log as they are, in `fit` and in `predict`."""
    history = subject.history()
    before = snapshot(history)
    made = subject.fit(history)
    for method in ("fit", "predict"):
        if method == "predict":
            made.predict(history)
        changed = [name for name, held in snapshot(history).items() if held != before[name]]
        require(
            that=not changed,
            message=f"{method} changed {', '.join(changed)} of the history it was given.",
            what_to_do="Work on copies; several estimators are given the same history.",
        )


def process_unchanged(subject: Subject) -> None:
    """Leave global random states, warning filters, error modes and environment as they are."""
    with undisturbed():
        _ = subject.reference  # what is imported on first use is nobody's fault
    np.random.seed(subject.seed + 1)  # noqa: NPY002 - so that seeding it again is seen
    random.seed(subject.seed + 1)
    before, history = process_state(), subject.history()
    made = subject.fit(history)
    subject.ask(made, history)
    after = process_state()
    changed = [name for name, state in after.items() if state != before[name]]
    require(
        that=not changed,
        message=f"After fit and predict, {', '.join(changed)} had changed.",
        what_to_do=(
            "Use a Generator of your own (np.random.default_rng), warnings.catch_warnings() and "
            "np.errstate()."
        ),
    )


def predict_in_threads(subject: Subject) -> None:
    """Let several threads ask one fitted estimator at once."""
    rows = subject.rows.until(MOMENT)
    made = subject.fit(rows.history())
    logs = [rows.log(), rows.take(rows.time % 2 == 0).log()]
    expected = [subject.ask(made, log.as_of(np.datetime64(MOMENT, "us"))) for log in logs]

    def ask(number: int) -> list[np.ndarray]:
        order = [number % 2, 1 - number % 2, number % 2]
        return [subject.ask(made, logs[one].as_of(np.datetime64(MOMENT, "us"))) for one in order]

    for number, answers in enumerate(in_parallel(ask, 8)):
        for step, answer in enumerate(answers):
            same(
                answer,
                expected[(number + step) % 2],
                "with 8 threads that ask one estimator",
                "Keep what predict works on in local variables, not in the estimator.",
            )


def fit_in_threads(subject: Subject) -> None:
    """Let estimators of one class be fitted at once in several threads."""
    other = subject.few.until(MOMENT)
    expected = [subject.reference, subject.ask(subject.fit(other.history()), other.history())]

    def work(number: int) -> np.ndarray:
        history = other.history() if number % 2 else subject.history()
        return subject.ask(subject.fit(history), history)

    for number, answer in enumerate(in_parallel(work, 4)):
        same(
            answer,
            expected[number % 2],
            "with 4 estimators fitted in as many threads",
            "Keep what fit works on in the estimator, not in its class or module.",
        )


def saved_state(subject: Subject) -> None:
    """Predict the same after `to_state`, a file and `from_state` (where there are these)."""
    from customerintel.plugins.states import read_state, write_state

    history = subject.history()
    made = subject.fit(history)
    has = [name for name in ("to_state", "from_state") if hasattr(made, name)]
    if not has:
        raise Skipped("The estimator has neither to_state nor from_state.")
    require(
        that=len(has) == 2,
        message=f"The estimator has {has[0]}, but not the way back.",
        what_to_do="Write both to_state and the class method from_state.",
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.npz"
        write_state(path, {}, made.to_state())
        _, state = read_state(path)
    same(
        subject.ask(type(made).from_state(state), history),
        subject.ask(made, history),
        "after the state was written and read",
        "Put all that predict needs into the state, the horizon included.",
    )
