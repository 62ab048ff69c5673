"""The estimator under test: how it is made, fitted and asked, and what its answers must be."""

from __future__ import annotations

import copy
import functools
import os
import random
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.registry import ESTIMATORS
from customerintel.churn.scorer import ChurnScorer
from customerintel.exceptions import InvalidArgumentError
from customerintel.tables import History
from customerintel.testing.datasets import MOMENT, Business, Transactions, simulate

__all__ = [
    "HORIZON", "SAME", "Broken", "Skipped", "Subject", "factory_of", "in_time", "require", "same",
    "undisturbed", "valid",
]  # fmt: skip

Floats = NDArray[np.float64]
Maker = Callable[[], Any]

#: Predictions that differ by no more are the same, and may miss 0 and 1 by so much.
SAME = 1e-9
#: Days ahead, where a check does not say otherwise.
HORIZON = 90.0
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


def factory_of(estimator: Any) -> tuple[Maker, str]:
    """Return what makes a fresh estimator, and a name for it.

    Parameters
    ----------
    estimator : object, class, callable or str
        Of an object, every fresh one is a deep copy; a text is a registered name. A
        `ChurnScorer` stands for the estimator that it wraps.

    Raises
    ------
    InvalidArgumentError
        If it is neither, or does not make an estimator.
    """
    if isinstance(estimator, str):
        return ESTIMATORS.load(estimator).factory, estimator
    if isinstance(estimator, ChurnScorer):
        return estimator._make, estimator.name
    how, maker = "made without arguments", estimator
    name = getattr(estimator, "__name__", type(estimator).__name__)
    if not isinstance(estimator, type) and hasattr(estimator, "fit"):
        how, maker = "copied", functools.partial(copy.deepcopy, estimator)
    elif not callable(estimator):
        raise InvalidArgumentError(
            "A churn estimator is an object with fit and predict, its class, or a function "
            f"without arguments that makes one; got {type(estimator).__name__}."
        )
    try:
        maker()
    except Exception as error:
        raise InvalidArgumentError(
            f"{name} cannot be {how} ({type(error).__name__}: {error}). Every check needs a fresh "
            f"estimator: give a function that makes one, such as lambda: {name}(…)."
        ) from error
    return maker, name


class Subject:
    """An estimator under test, and the logs it is tried on.

    Parameters
    ----------
    maker : callable
        Makes a fresh estimator.
    seed : int
        Of the logs, and the ``random_state`` of estimators that have one.
    business : {"shop", "subscription"}
        Of what business the logs are.
    """

    def __init__(self, maker: Maker, seed: int, business: Business) -> None:
        self.maker = maker
        self.seed = seed
        self.business: Business = business

    @cached_property
    def rows(self) -> Transactions:
        """A few hundred customers, before and after the moment."""
        return simulate(300, self.seed, self.business)

    @cached_property
    def few(self) -> Transactions:
        """Fewer customers, for where the number does not matter."""
        return simulate(120, self.seed, self.business)

    @cached_property
    def reference(self) -> Floats:
        """What a fresh estimator, fitted to the plain history, says of it."""
        history = self.history()
        return self.ask(self.fit(history), history)

    def history(self) -> History:
        """Return the plain history; a new log each time, so that nobody can spoil it."""
        return self.rows.until(MOMENT).history()

    def fresh(self) -> Any:
        """Return an estimator that was never fitted, seeded if it can be."""
        made = self.maker()
        if hasattr(made, "random_state"):
            made.random_state = self.seed
        return made

    def fit(self, history: History, horizon_days: float = HORIZON) -> Any:
        """Return a fresh estimator, fitted."""
        made = self.fresh()
        made.fit(history, horizon_days=horizon_days)
        return made

    def ask(self, estimator: Any, history: History) -> Floats:
        """Return a copy of what an estimator predicts, as floats of whatever shape."""
        found = estimator.predict(history)
        try:
            return np.array(found, np.float64)
        except (TypeError, ValueError) as error:
            raise Broken(
                f"predict returned what is no array of numbers: {type(found).__name__}.",
                "Return a float64 array of shape (history.n_customers,).",
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


def valid(found: Floats, history: History, where: str, what_to_do: str) -> None:
    """Raise `Broken` unless predictions have the right shape and are probabilities."""
    right = (history.n_customers,)
    if found.shape != right:
        raise Broken(f"{where}: predict returned shape {found.shape}, not {right}.", what_to_do)
    good = (found >= -SAME) & (found <= 1.0 + SAME)
    if not good.all():
        first = found[~good][0]
        raise Broken(
            f"{where}: {int((~good).sum())} of {good.size} predictions are no probabilities, the "
            f"first {first:.6g}.",
            what_to_do,
        )


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put back what an estimator may have done to the process; its warnings are not shown."""
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
