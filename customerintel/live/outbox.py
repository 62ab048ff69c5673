"""What is to be done, by whom it is being done, and what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from customerintel._kernels.live_words import NEVER
from customerintel.exceptions import InvalidArgumentError
from customerintel.live.engine_state import EngineState
from customerintel.live.outbox_action import OutboxAction, action_of_row
from customerintel.live.outbox_delivery import Delivered, Handler, Running, Worker
from customerintel.live.outbox_leasing import lease_rows, mark_done, mark_failed
from customerintel.live.outbox_tables import columns_of_rows, events_of_row
from customerintel.live.stored_rows import stored_rows
from customerintel.models.arguments import whole_number
from customerintel.tables.building import build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from datetime import timedelta

    from customerintel.live.store import StoredAction

__all__ = ["Outbox", "OutboxAction"]


class Outbox:
    """The actions that an engine decided on; it is `Engine.outbox`.

    An action is decided once and has one id for ever. It is carried out at least once: whoever
    leases it and is never heard of again may have done it, so it is leased again, under the same
    id. A receiver that takes the id as idempotency key has it exactly once.

    When an action is leased, it is looked at again. It is suppressed, with the first reason of
    these that holds: its rule is gone (``rule_removed``), consent is missing (``consent``), an
    event of the rule's `unless` came since (``unless``), it is too old (``expired``), the channel's
    cap is reached (``cap``). Attempts that nobody answered, `max_attempts` times, make it failed
    (``attempts``). In quiet hours it waits for their end. Limits and consent are those of the rule
    as it is now.

    Examples
    --------
    >>> from customerintel import live
    >>> rule = live.Rule(id="hello", version=1, when=live.On("Visit"), do=[live.Action("desk")])
    >>> engine = live.Engine([rule], store=":memory:")
    >>> visit = {"event": "Visit", "userId": "c1", "timestamp": "2026-05-01T10:00:00Z"}
    >>> engine.ingest([visit]).decisions
    1
    >>> for action in engine.outbox.lease(10):
    ...     print(action.rule_id, action.channel, action.due_at.isoformat())
    ...     engine.outbox.done(action)
    hello desk 2026-05-01T10:00:00+00:00
    True
    >>> engine.outbox.counts()
    {'done': 1}
    >>> engine.close()
    """

    def __init__(self, state: EngineState) -> None:
        self._state = state
        self._running: dict[str, Running] = {}

    def lease(
        self, n: int = 100, now: Any = None, for_: str | timedelta = "60s"
    ) -> list[OutboxAction]:
        """Take actions that are due, for a while.

        Parameters
        ----------
        n : int, default 100
            At most so many; where more are ready, those that have been so longest.
        now : date, datetime, datetime64 or str, optional
            The moment; a datetime without zone is of the engine's zone. By default the engine's
            own time, which is that of its events and ticks. Nothing else tells the outbox what
            time it is.
        for_ : str or timedelta, default "60s"
            How long nobody else gets them. What is neither `done` nor `fail`-ed by then is leased
            again, under the same id.

        Returns
        -------
        list of OutboxAction
            In the order of (due_at, id).

        Raises
        ------
        InvalidArgumentError
            If `n`, `now` or `for_` cannot be used.
        LiveStoreError
            If the store cannot be written, or the engine is closed.
        """
        from customerintel.live.lengths import read_length

        most, length = whole_number(n, "n", "actions", least=1), read_length(for_, "for_")
        with self._state.reading():
            at = self._state.moment(now, "now")
            if at == NEVER:
                return []
            with self._state.changing():
                return [action_of_row(row) for row in lease_rows(self._state, most, at, length)]

    def done(self, action: OutboxAction | str) -> bool:
        """Note that an action was carried out.

        Parameters
        ----------
        action : OutboxAction or str
            The action or its id.

        Returns
        -------
        bool
            False if that was known, or the action is not there any more (its customer was
            erased). A late answer counts, too: the effect is out.

        Raises
        ------
        InvalidArgumentError
            If `action` is neither.
        """
        name = _id_of(action)
        with self._state.changing():
            return mark_done(self._state, name)

    def fail(self, action: OutboxAction | str, retry_in: str | timedelta | None = None) -> str:
        """Note that an attempt did not work.

        Parameters
        ----------
        action : OutboxAction or str
            As it was leased; or its id, which means the attempt that is under way.
        retry_in : str or timedelta, optional
            When to try again, counted from the lease; by default 1 minute after the first
            attempt, then 2, 4 …, at most 6 hours.

        Returns
        -------
        str
            What it is now: ``"queued"``, or ``"failed"`` after the last attempt that the rule's
            limits allow. Where another lease has it since, nothing changes; ``""`` if it is not
            there any more.

        Raises
        ------
        InvalidArgumentError
            If `action` or `retry_in` cannot be used.
        """
        from customerintel.live.lengths import read_length

        name, attempt = _id_of(action), getattr(action, "attempt", None)
        wait = None if retry_in is None else read_length(retry_in, "retry_in")
        return self._fail(name, attempt, "error", wait)

    def _fail(self, name: str, attempt: int | None, reason: str, wait: int | None) -> str:
        with self._state.changing():
            return mark_failed(self._state, name, attempt, reason, wait)

    def deliver(
        self,
        handler: Handler,
        n: int = 100,
        now: Any = None,
        timeout: str | timedelta = "30s",
        for_: str | timedelta = "60s",
    ) -> Delivered:
        """Lease actions, call a handler for each, and note what became of them.

        All are leased at once. Where others lease at the same time, `for_` must be longer than
        the calls take together; else somebody may get an action that still waits for its turn.

        Parameters
        ----------
        handler : callable
            Gets an `OutboxAction`. Returning means done, whatever it returns; raising means that
            the attempt failed; the kind of the last error is kept as the reason, and its text,
            which may hold anything, is for the handler to log. It runs in a thread of its own.
        n, now, for_
            As for `lease`.
        timeout : str or timedelta, default "30s"
            How long a call may take. One that takes longer is left alone, and the others go on:
            when it returns after all, the action is done; else its lease runs out.

        Returns
        -------
        Delivered
            Counts.

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used; nothing is leased then.
        """
        from customerintel.live.lengths import read_length

        if not callable(handler):
            raise InvalidArgumentError(
                "handler must be a function that takes an action, such as send in "
                f"deliver(send); got {type(handler).__name__}."
            )
        seconds = read_length(timeout, "timeout") / 1e6
        worker = Worker(handler, seconds, self._running, self.done, self._is_done)
        counts: Counter[str] = Counter()
        errors: Counter[str] = Counter()
        try:
            for action in self.lease(n, now, for_):
                fate, kind = worker.call(action)
                if fate == "done":
                    self.done(action)
                elif fate == "raised":
                    is_over = self._fail(action.id, action.attempt, kind, None) == "failed"
                    fate = "failed" if is_over else "retried"
                    errors[kind] += 1
                counts[fate] += 1
        finally:
            worker.close()
        return Delivered(**counts, errors=dict(errors))

    def _is_done(self, action: OutboxAction) -> bool:
        with self._state.reading():
            row = self._state.store.action(action.id)
        return row is not None and row.state == "done"

    def _rows(self) -> Iterator[StoredAction]:
        """Yield all rows in the order of (due_at, id)."""
        return stored_rows(self._state)

    def to_frame(self, kind: str = "pandas") -> Any:
        """Return all actions as a table, ordered by when they are due.

        Parameters
        ----------
        kind : str, default "pandas"
            Kind of the table: "pandas", "polars", "polars-lazy", "pyarrow", "dask", "duckdb",
            "ibis" or "dict".

        Returns
        -------
        table
            One row per action; times are in the engine's zone, NaT where there is none.

        Raises
        ------
        InvalidArgumentError, MissingDependencyError
            If there is no such kind, or its library is not installed.
        """
        return build(columns_of_rows(self._rows()), Kind.named(kind), self._state.zone_name)

    def counts(self) -> dict[str, int]:
        """Return how many actions there are in each state.

        States are queued, leased, done, suppressed, held_out and failed; those that are
        suppressed are counted by their reasons, as ``"suppressed: consent"``.
        """
        found = Counter(
            f"{row.state}: {row.reason}" if row.state == "suppressed" else row.state
            for row in self._rows()
        )
        return dict(sorted(found.items()))

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield what became of the actions as events of the Segment Spec.

        ``Action Queued``, ``Action Sent``, ``Action Suppressed`` (with its ``reason``), ``Action
        Held Out`` and ``Action Failed``; each has a ``messageId`` of its own that never changes.
        """
        for row in self._rows():
            yield from events_of_row(row)

    def _states(self) -> dict[str, int]:
        with self._state.reading():
            states: dict[str, int] = self._state.store.size()["actions"]
        return states

    def __len__(self) -> int:
        return sum(self._states().values())

    def __repr__(self) -> str:
        if self._state.closed or self._state.broken:  # there is nothing to read any more
            return one_line("Outbox", closed=True)
        return one_line("Outbox", **self._states())

    def _repr_html_(self) -> str:
        if self._state.closed or self._state.broken:
            return html_table("Outbox", [("closed", True)])
        return html_table("Outbox", list(self.counts().items()))


def _id_of(action: OutboxAction | str) -> str:
    if isinstance(action, OutboxAction):
        return action.id
    if isinstance(action, str):
        return action
    raise InvalidArgumentError(
        f"action must be an OutboxAction, as lease gave it, or its id; got {type(action).__name__}."
    )
