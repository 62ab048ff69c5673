"""How far a long piece of work is, where the caller wants to see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock

from customerintel.exceptions import MissingDependencyError

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(total: int, what: str, *, shown: bool) -> Iterator[Callable[[], None]]:
    """Give a function to call after each step, from any thread.

    Parameters
    ----------
    total : int
        Number of steps.
    what : str
        What is going on, in front of the bar.
    shown : bool
        Whether there is a bar at all.

    Raises
    ------
    MissingDependencyError
        If it is to be shown, and tqdm is not installed.
    """
    if not shown:
        yield lambda: None
        return
    try:
        tqdm = import_module("tqdm.auto")
    except ImportError as error:
        raise MissingDependencyError(
            "progress=True needs tqdm, which is not installed. Leave it out, or install it: "
            'pip install "customerintel[progress]".'
        ) from error
    lock = Lock()
    with tqdm.tqdm(total=total, desc=what) as bar:

        def step() -> None:
            with lock:
                bar.update()

        yield step
