"""What every store keeps to: one engine at a time, closing, threads."""

from __future__ import annotations

import threading

from customerintel.exceptions import LiveStoreError, StoreLockedError
from customerintel.live.store import Change
from customerintel.testing.store_subject import StoreSubject, an_action, refused
from customerintel.testing.subject import Broken, require

__all__ = ["closed", "one_engine", "read_while_written", "threads"]


def one_engine(subject: StoreSubject) -> None:
    """Let one engine at a time have it open, also within one process."""
    name = subject.name()
    store = subject.open(name)
    advice = "Take a lock in the constructor, and give it back in close."
    with refused(StoreLockedError, "The store was opened twice", advice):
        subject.open(name)
    raised: list[BaseException] = []
    worker = threading.Thread(target=lambda: _try_open(subject, name, raised))
    worker.start()
    worker.join()
    require(
        that=[type(one) for one in raised] == [StoreLockedError],
        message="Another thread could open the store, too.",
        what_to_do=advice,
    )
    store.write(Change(records=[("tick", b"")]))
    require(
        that=len(list(subject.reopen(store, name).records())) == 1,
        message="The store was harmed by those that were refused.",
        what_to_do=advice,
    )


def _try_open(subject: StoreSubject, name: str, raised: list[BaseException]) -> None:
    try:
        subject.open(name)
    except Exception as error:  # noqa: BLE001 - judged by the caller
        raised.append(error)


def closed(subject: StoreSubject) -> None:
    """Refuse to work once closed; closing it again is fine."""
    store = subject.open()
    store.close()
    store.close()
    advice = "Raise LiveStoreError from every method of a closed store, except close."
    with refused(LiveStoreError, "A closed store was written to", advice):
        store.write(Change(records=[("tick", b"")]))
    with refused(LiveStoreError, "A closed store was read", advice):
        store.due(0, 1)
    with refused(LiveStoreError, "A closed store was read", advice):
        list(store.records())


def read_while_written(subject: StoreSubject) -> None:
    """Go on with records and actions that are being read while more are written."""
    store = subject.open()
    n = 1_500
    store.write(
        Change(records=[("tick", b"")] * n, actions=[an_action(i) for i in range(1, n + 1)])
    )
    seen = 0
    for record, action in zip(store.records(), store.actions(), strict=False):
        if seen % 500 == 0:
            store.write(Change(updates=[an_action(action.due_at // 1_000, state="done")]))
        if record.seq != seen + 1 or action.due_at != 1_000 * (seen + 1):
            raise Broken(
                f"Row {seen + 1} of {n} is another one after a write in between.",
                "Read in portions, each from where the last one ended.",
            )
        seen += 1
    require(
        that=seen == n,
        message=f"{seen} of {n} rows were read.",
        what_to_do="Read in portions, each from where the last one ended.",
    )


def threads(subject: StoreSubject) -> None:
    """Be written to from any thread, one change after the other."""
    store = subject.open()
    found: list[int] = []

    def work() -> None:
        found.extend(store.write(Change(records=[("tick", b"")])) for _ in range(25))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    require(
        that=sorted(found) == list(range(1, 101)) and len(list(store.records())) == 100,
        message="Of changes that several threads wrote, some are missing or were mixed.",
        what_to_do="Guard each method with a lock.",
    )
