"""The plugin under test: how it is made and asked, and what its answers must be."""

from __future__ import annotations

import os
import random
import threading
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.plugins.contract import Contract

__all__ = [
    "SAME", "Broken", "Floats", "Maker", "Skipped", "Subject", "in_time", "require", "same",
    "undisturbed",
]  # fmt: skip

Floats = NDArray[np.float64]
Maker = Callable[[], Any]

#: Predictions that differ by no more are the same, and may miss 0 and 1 by so much.
SAME = 1e-9
#: Seconds after which a call counts as one that does not come back.
PATIENCE = 60.0


class Broken(Exception):  # noqa: N818 - no error of the library: the driver makes a result of it
    """A promise is broken."""

    def __init__(self, message: str, what_to_do: str) -> None:
        super().__init__(message)
        self.what_to_do = what_to_do


class Skipped(Exception):  # noqa: N818 - as above
    """A check does not apply."""


def require(*, that: bool, message: str, what_to_do: str) -> None:
    """Raise `Broken` unless something is so."""
    if not that:
        raise Broken(message, what_to_do)


class Subject(ABC):
    """A plugin under test: how it is made, made ready, and asked.

    Parameters
    ----------
    maker : callable
        Makes a fresh one.
    seed : int
        Of the data, and the ``random_state`` of those that have one.
    """

    contract: ClassVar[Contract]
    #: What it is called, what it is asked by, of what, and what it must return.
    noun: ClassVar[str]
    method: ClassVar[str]
    thing: ClassVar[str]
    shape: ClassVar[str]

    def __init__(self, maker: Maker, seed: int) -> None:
        self.maker = maker
        self.seed = seed

    @abstractmethod
    def data(self) -> Any:
        """Return the plain data; made anew each time, so that nobody can spoil them."""

    @abstractmethod
    def fit(self, data: Any) -> Any:
        """Return a fresh one, fitted if it has to be."""

    def forms(self, data: Any) -> list[Any]:
        """Return all that a fitted one may be kept as."""
        return [self.fit(data)]

    @abstractmethod
    def views(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """Return what gives the plain data, and what gives others, as often as it is called."""

    @abstractmethod
    def snapshot(self, data: Any) -> dict[str, str]:
        """Return a digest of all that the data hold, by name."""

    @cached_property
    def reference(self) -> Floats:
        """What a fresh one, fitted to the plain data, says of them."""
        data = self.data()
        return self.ask(self.fit(data), data)

    def fresh(self) -> Any:
        """Return one that was never fitted, seeded if it can be."""
        made = self.maker()
        if hasattr(made, "random_state"):
            made.random_state = self.seed
        return made

    def answer(self, made: Any, data: Any) -> Any:
        """Return what it answers, as it is."""
        return getattr(made, self.method)(data)

    def ask(self, made: Any, data: Any) -> Floats:
        """Return a copy of what it answers, as floats of whatever shape."""
        found = self.answer(made, data)
        try:
            return np.array(found, np.float64)
        except (TypeError, ValueError) as error:
            raise Broken(
                f"{self.method} returned what is no array of numbers: {type(found).__name__}.",
                f"Return a float64 array of shape {self.shape}.",
            ) from error


def same(found: Floats, expected: Floats, what: str, what_to_do: str) -> None:
    """Raise `Broken` unless two arrays of predictions are the same."""
    if found.shape != expected.shape:
        raise Broken(f"{what}: shape {found.shape} in place of {expected.shape}.", what_to_do)
    differs = ~np.isclose(found, expected, rtol=0.0, atol=SAME, equal_nan=True)
    if not differs.any():
        return
    distance = np.where(differs, np.nan_to_num(np.abs(found - expected), nan=np.inf), 0.0)
    at = np.unravel_index(int(distance.argmax()), distance.shape)
    raise Broken(
        f"{what}: {int(differs.sum())} of {differs.size} predictions differ, the most "
        f"{found[at]:.6g} in place of {expected[at]:.6g}.",
        what_to_do,
    )


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put back what a plugin may have done to the process; its warnings are not shown."""
    numpy_state = np.random.get_state()  # noqa: NPY002 - the global state is what is guarded
    state, place, environment = random.getstate(), Path.cwd(), dict(os.environ)
    try:
        with warnings.catch_warnings(), np.errstate():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(state)
        os.chdir(place)
        os.environ.clear()
        os.environ.update(environment)


def in_time(call: Callable[[], Any], what: str) -> Any:
    """Return what a call returns, or raise `Broken` if it does not come back.

    A thread cannot be stopped; one that hangs is left behind, and ends with the process.
    """
    outcome: list[Any] = []

    def work() -> None:
        try:
            outcome.append((call(), None))
        except Exception as error:  # noqa: BLE001 - handed to the caller's thread
            outcome.append((None, error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if not outcome:
        raise Broken(
            f"{what} did not come back within {PATIENCE:g} seconds.",
            "Let every loop end where there are no data, and raise an error if there must be some.",
        )
    value, error = outcome[0]
    if error is not None:
        raise error
    return value
