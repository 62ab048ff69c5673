"""How a plugin behaves: the checks of what it remembers, shares and leaves behind.

Every kind of plugin is held to these.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from customerintel.testing.disturbances import in_parallel, process_state
from customerintel.testing.subject import Skipped, Subject, require, same, undisturbed

__all__ = [
    "fit_in_threads", "input_unchanged", "keeps_its_contract", "output_dtype",
    "predict_in_threads", "predict_twice", "process_unchanged", "repeatable", "saved_state",
    "seed",
]  # fmt: skip


def keeps_its_contract(subject: Subject, protocol: str) -> None:
    """Raise `Broken` unless a fresh one has the members of a protocol."""
    faults = subject.contract.faults(subject.fresh())
    require(
        that=not faults,
        message="; ".join(faults) + ".",
        what_to_do=f"Write the members as customerintel.plugins.{protocol} has them.",
    )


def output_dtype(subject: Subject) -> None:
    """Return real numbers: float64, or what becomes float64 safely."""
    data = subject.data()
    dtype = np.asarray(subject.answer(subject.fit(data), data)).dtype
    require(
        that=np.can_cast(dtype, np.float64, "same_kind"),
        message=f"{subject.method} returned an array of dtype {dtype}.",
        what_to_do="Return a float64 array: np.asarray(probability, np.float64).",
    )


def predict_twice(subject: Subject) -> None:
    """Answer the same when asked twice, whatever the caller did with the first answer."""
    data = subject.data()
    made = subject.fit(data)
    answer = subject.answer(made, data)
    first = np.array(answer, np.float64)
    if isinstance(answer, np.ndarray) and answer.flags.writeable:
        answer[...] = 0
    same(
        subject.ask(made, data),
        first,
        f"{subject.method} was called twice",
        f"Let {subject.method} change nothing, draw no random numbers, and return an array of "
        "its own.",
    )


def _refit(subject: Subject, what: str, what_to_do: str) -> None:
    """Compare with the reference under another global random state."""
    expected, data = subject.reference, subject.data()
    np.random.seed(subject.seed + 1)  # noqa: NPY002 - what a plugin must not depend on
    random.seed(subject.seed + 1)
    same(subject.ask(subject.fit(data), data), expected, what, what_to_do)


def seed(subject: Subject) -> None:
    """Predict the same with the same `random_state` (where there is one)."""
    if not hasattr(subject.fresh(), "random_state"):
        raise Skipped(f"The {subject.noun} has no random_state.")
    _refit(
        subject,
        "two fits with the same random_state",
        "Draw from np.random.default_rng(self.random_state), made anew in each fit.",
    )


def repeatable(subject: Subject) -> None:
    """Predict the same from the same data, if there is no `random_state`."""
    if hasattr(subject.fresh(), "random_state"):
        raise Skipped(f"The {subject.noun} has a random_state; see seed.")
    _refit(
        subject,
        f"two fits to the same {subject.thing}",
        "If random numbers are needed, add an attribute random_state and draw from "
        "np.random.default_rng(self.random_state).",
    )


def input_unchanged(subject: Subject) -> None:
    """Leave what it is given as it is, in `fit` and when it predicts."""
    data = subject.data()
    before = subject.snapshot(data)
    made = subject.fit(data)
    for method in ("fit", subject.method):
        if method == subject.method:
            subject.answer(made, data)
        changed = [name for name, held in subject.snapshot(data).items() if held != before[name]]
        require(
            that=not changed,
            message=f"{method} changed {', '.join(changed)} of the {subject.thing} it was given.",
            what_to_do=f"Work on copies; several {subject.noun}s are given the same.",
        )


def process_unchanged(subject: Subject) -> None:
    """Leave global random states, warning filters, error modes and environment as they are."""
    with undisturbed():
        _ = subject.reference  # what is imported on first use is nobody's fault
    np.random.seed(subject.seed + 1)  # noqa: NPY002 - so that seeding it again is seen
    random.seed(subject.seed + 1)
    before, data = process_state(), subject.data()
    subject.ask(subject.fit(data), data)
    after = process_state()
    changed = [name for name, state in after.items() if state != before[name]]
    require(
        that=not changed,
        message=f"After fit and {subject.method}, {', '.join(changed)} had changed.",
        what_to_do=(
            "Use a Generator of your own (np.random.default_rng), warnings.catch_warnings() and "
            "np.errstate()."
        ),
    )


def predict_in_threads(subject: Subject) -> None:
    """Let several threads ask a fitted one at once."""
    views = subject.views()
    made = subject.fit(subject.data())
    expected = [subject.ask(made, view()) for view in views]

    def ask(number: int) -> list[np.ndarray]:
        order = [number % 2, 1 - number % 2, number % 2]
        return [subject.ask(made, views[one]()) for one in order]

    for number, answers in enumerate(in_parallel(ask, 8)):
        for step, answer in enumerate(answers):
            same(
                answer,
                expected[(number + step) % 2],
                f"with 8 threads that ask one {subject.noun}",
                f"Keep what {subject.method} works on in local variables, not in the "
                f"{subject.noun}.",
            )


def fit_in_threads(subject: Subject) -> None:
    """Let those of one class be fitted at once in several threads."""
    views = subject.views()

    def work(number: int) -> np.ndarray:
        data = views[number % 2]()
        return subject.ask(subject.fit(data), data)

    expected = [work(0), work(1)]
    for number, answer in enumerate(in_parallel(work, 4)):
        same(
            answer,
            expected[number % 2],
            f"with 4 {subject.noun}s fitted in as many threads",
            f"Keep what fit works on in the {subject.noun}, not in its class or module.",
        )


def saved_state(subject: Subject) -> None:
    """Predict the same after `to_state`, a file and `from_state` (where there are these)."""
    data = subject.data()
    pairs = [(made, _state_members(made)) for made in subject.forms(data)]
    if not any(has for _, has in pairs):
        raise Skipped(f"The {subject.noun} has neither to_state nor from_state.")
    for made, has in pairs:
        if not has:
            continue
        require(
            that=len(has) == 2,
            message=f"The {subject.noun} has {has[0]}, but not the way back.",
            what_to_do="Write both to_state and the class method from_state.",
        )
        same(
            subject.ask(type(made).from_state(_filed(made.to_state())), data),
            subject.ask(made, data),
            "after the state was written and read",
            f"Put all that {subject.method} needs into the state, what fit was told included.",
        )


def _state_members(made: Any) -> list[str]:
    return [name for name in ("to_state", "from_state") if hasattr(made, name)]


def _filed(state: Any) -> dict[str, Any]:
    """Return a state as it comes back from a file."""
    from customerintel.plugins.states import read_state, write_state

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.npz"
        write_state(path, {}, state)
        return read_state(path)[1]
