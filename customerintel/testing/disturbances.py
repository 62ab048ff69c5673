"""What is done to an estimator's surroundings, and how it is seen what it did to them."""

from __future__ import annotations

import hashlib
import os
import random
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from customerintel.tables import History
from customerintel.testing.datasets import DAY, MOMENT, Transactions

__all__ = ["in_parallel", "process_state", "snapshot", "stir", "with_future"]

Result = TypeVar("Result")

#: Days after the moment on which the planted future happens.
AHEAD = (1, 20, 60, 200)


def stir(rows: Transactions, **columns: NDArray[Any]) -> Transactions:
    """Return the rows with other columns."""
    return replace(rows, **columns)


def with_future(rows: Transactions) -> Transactions:
    """Return the rows up to the moment, and a future that differs from the real one.

    Every second customer buys on the next day, and again in weeks and months, the others return
    something or cancel, and new customers appear, with ids below, between and above the others.
    """
    past = rows.until(MOMENT)
    customers = np.unique(past.customer)
    active, others = customers[::2], customers[1::2]
    fresh = np.concatenate([[-5], customers[:20] + 1, [customers[-1] + 7]])
    fresh = np.setdiff1d(fresh, customers)
    who = np.concatenate([active, others, fresh])
    signs = np.concatenate([np.full(len(active), 80.0), np.full(len(others), -20.0)])
    amounts = np.concatenate([signs, np.full(len(fresh), 500.0)])
    words = np.full(len(who), "of the future", object)
    ends = "cancellation" if "cancellation" in past.kind else "return"
    kinds = np.where(amounts < 0.0, ends, "sale").astype(object)
    planted = past
    for days in AHEAD:
        times = MOMENT + days * DAY + np.arange(len(who)) * 1_000_003
        planted = planted.plus(Transactions(who, times, amounts, words, kinds))
    return planted


def snapshot(history: History) -> dict[str, str]:
    """Return a digest of all that a history shows, and of its log, by name."""
    summary = history.summarize()
    shown = {
        "the moment": np.array([history.moment]),
        "the ids": history.customer_id,
        "the summary": np.stack([summary.frequency, summary.recency, summary.T]),
    }
    table = history._log.to_frame()
    shown |= {f"the column {name!r}": table[name].to_numpy() for name in table}
    return {name: _digest(values) for name, values in shown.items()}


def _digest(values: NDArray[Any]) -> str:
    plain = repr(values.tolist()) if values.dtype.kind == "O" else values.tobytes()
    data = plain.encode() if isinstance(plain, str) else plain
    return hashlib.sha256(data + str(values.shape).encode()).hexdigest()


def process_state() -> dict[str, object]:
    """Return what all code of a process shares, by name."""
    numpy_state = np.random.get_state()  # noqa: NPY002 - the global state itself
    return {
        "the state of np.random": repr([np.asarray(part).tolist() for part in numpy_state]),
        "the state of random": random.getstate(),
        "warnings.filters": list(warnings.filters),
        "np.geterr()": np.geterr(),
        "the working directory": str(os.getcwd()),  # noqa: PTH109 - as the process has it
        "os.environ": dict(os.environ),
    }


def in_parallel(work: Callable[[int], Result], n_threads: int) -> list[Result]:
    """Return what calls with 0 … n_threads - 1 return that start at once, each in a thread.

    Threads take turns far more often than usual: what two of them share by mistake shows.
    """
    start = threading.Barrier(n_threads)

    def wait_and_work(number: int) -> Result:
        start.wait()
        return work(number)

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(n_threads) as pool:
            return list(pool.map(wait_and_work, range(n_threads)))
    finally:
        sys.setswitchinterval(usual)
