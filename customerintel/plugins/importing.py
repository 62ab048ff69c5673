"""An import that may hang: in a thread that is waited for so long and no longer."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from typing import Any

from customerintel.exceptions import InvalidArgumentError

__all__ = ["LIMIT", "TooLongError", "call_within", "time_limit"]

#: Environment variable with the seconds that an import may take.
LIMIT = "CUSTOMERINTEL_PLUGIN_TIMEOUT"

_SECONDS = 30.0


class TooLongError(Exception):
    """A call did not end in its time."""


def time_limit() -> float:
    """Return how many seconds the import of a plugin may take; infinity for no limit.

    Raises
    ------
    InvalidArgumentError
        If the environment variable holds something else than a number of seconds.
    """
    text = os.environ.get(LIMIT, "").strip()
    try:
        seconds = float(text) if text else _SECONDS
    except ValueError:
        seconds = math.nan
    if not 0.0 <= seconds < math.inf:
        raise InvalidArgumentError(
            f"The environment variable {LIMIT} must be a number of seconds, or 0 for no limit, "
            f"not {text!r}. Correct it, or unset it for {_SECONDS:g} seconds."
        )
    return seconds or math.inf


def call_within(call: Callable[[], Any], seconds: float) -> Any:
    """Return what a call returns, or raise what it raises, if it ends in time.

    Parameters
    ----------
    call : callable without arguments
        Called in a thread of its own, unless the time is unlimited.
    seconds : float
        How long it is waited for. Infinity: it is called right here.

    Raises
    ------
    TooLongError
        If it does not end in time. Its thread cannot be ended; it does not keep the process
        from ending.
    """
    if math.isinf(seconds):
        return call()
    result: list[Any] = []
    raised: list[BaseException] = []

    def work() -> None:
        try:
            result.append(call())
        except BaseException as error:  # noqa: BLE001 raised again where it was asked for
            raised.append(error)

    thread = threading.Thread(target=work, name="customerintel-plugin", daemon=True)
    thread.start()
    thread.join(min(seconds, threading.TIMEOUT_MAX))
    if raised:
        raise raised[0]
    if not result:
        raise TooLongError
    return result[0]
