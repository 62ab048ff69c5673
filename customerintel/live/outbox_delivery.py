"""Calling a handler for actions, so that one that fails or hangs does not hold up the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from customerintel.exceptions import CustomerIntelError
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.live.outbox_action import OutboxAction

__all__ = ["Delivered", "Handler", "Running", "Worker"]

Handler = Callable[["OutboxAction"], object]
_log = logging.getLogger("customerintel.live")


@dataclass(frozen=True, repr=False)
class Delivered:
    """What became of the actions of one `Outbox.deliver`.

    Attributes
    ----------
    done : int
        The handler returned.
    retried : int
        It raised; there will be another attempt.
    failed : int
        It raised, and that was the last attempt.
    hung : int
        It did not return in time. If it returns later, the action is noted as done then; if it
        raises or never returns, another attempt comes when the lease has run out.
    errors : dict of str to int
        What the handler raised: names of classes, and how often. No texts, which may hold data.
    """

    done: int = 0
    retried: int = 0
    failed: int = 0
    hung: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)

    def _facts(self) -> dict[str, object]:
        said = ", ".join(f"{name} {n:,}" for name, n in self.errors.items())
        return vars(self) | {"errors": said or None}

    def __repr__(self) -> str:
        return one_line("Delivered", **self._facts())

    def _repr_html_(self) -> str:
        rows = [(name, one) for name, one in self._facts().items() if one is not None]
        return html_table("Delivered", rows)


class Running:
    """One call of a handler; whoever waits for it may stop waiting, and it ends all the same.

    Parameters
    ----------
    action : OutboxAction
        For which the handler is called.
    """

    def __init__(self, action: OutboxAction) -> None:
        self.action = action
        self.error: BaseException | None = None
        self._over = Event()
        self._lock = Lock()
        self._left = False

    def wait(self, timeout: float) -> bool:
        """Return whether it is over; if not, nobody waits any more."""
        if self._over.wait(timeout):
            return True
        with self._lock:  # it may have ended just now
            self._left = not self._over.is_set()
        return not self._left

    def end(self, error: BaseException | None) -> bool:
        """Note the end; return whether nobody waits for it."""
        with self._lock:
            self.error = error
            self._over.set()
            return self._left

    def resume(self) -> None:
        """Wait for it again."""
        with self._lock:
            self._left = False


class Worker:
    """Calls a handler in a thread of its own; a call that hangs is left behind with its thread.

    A thread cannot be ended from outside. What is left behind is a daemon, so it does not keep
    the process alive.

    Parameters
    ----------
    handler : callable
        Gets an action.
    timeout : float
        Seconds.
    running : dict of str to Running
        Calls that were left behind and are not over, by action; shared by all workers.
    note_done : callable
        Told, from the thread of the handler, of an action whose call was left behind and went
        well.
    is_done : callable
        Whether an action was noted as done.
    """

    def __init__(
        self,
        handler: Handler,
        timeout: float,
        running: dict[str, Running],
        note_done: Callable[[OutboxAction], object],
        is_done: Callable[[OutboxAction], bool],
    ) -> None:
        self._handler, self._timeout = handler, timeout
        self._running, self._note_done, self._is_done = running, note_done, is_done
        self._calls: SimpleQueue[Running | None] | None = None

    def call(self, action: OutboxAction) -> tuple[str, str]:
        """Return "done", "raised" or "hung", and the class of what was raised; log it, too."""
        former = self._running.get(action.id)
        if former is None and action.attempt > 1 and self._is_done(action):
            return "done", ""  # a former attempt ended well after this one was leased
        if former is None:
            call = Running(action)
            (self._calls or self._start()).put(call)
        else:  # a former attempt is still at work: a second one beside it would send twice
            call = former
            call.resume()
        if not call.wait(self._timeout):
            self._running[action.id] = call
            if former is None:
                self.close()  # the thread ends after this call, if the call ever does
            self._say("did not return in time", action)
            return "hung", ""
        self._running.pop(action.id, None)
        if call.error is None:
            return "done", ""
        if not isinstance(call.error, Exception):
            raise call.error
        kind = type(call.error).__name__
        self._say(f"raised {kind}", action)
        return "raised", kind

    def close(self) -> None:
        """Let the thread end."""
        if self._calls is not None:
            self._calls.put(None)
            self._calls = None

    def _start(self) -> SimpleQueue[Any]:
        calls: SimpleQueue[Running | None] = SimpleQueue()
        self._calls = calls
        Thread(target=self._serve, args=(calls,), daemon=True).start()
        return calls

    def _serve(self, calls: SimpleQueue[Running | None]) -> None:
        while (call := calls.get()) is not None:
            error: BaseException | None = None
            try:
                self._handler(call.action)
            except BaseException as raised:  # noqa: BLE001 - handed over to whoever waits
                error = raised
            if call.end(error):
                self._end_late(call)

    def _end_late(self, call: Running) -> None:
        """Note what became of a call that nobody waits for."""
        try:
            if call.error is None:
                self._note_done(call.action)
            else:
                self._say(f"raised {type(call.error).__name__}, too late,", call.action)
        except CustomerIntelError as error:  # the engine was closed meanwhile
            self._say(f"ended late, which cannot be noted ({type(error).__name__}),", call.action)
        finally:  # not before it is noted: who finds no call asks whether it is done
            self._running.pop(call.action.id, None)

    @staticmethod
    def _say(what: str, action: OutboxAction) -> None:
        _log.warning("The handler %s for an action of rule %r.", what, action.rule_id)
