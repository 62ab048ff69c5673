"""What every store keeps to: the outbox."""

from __future__ import annotations

from customerintel.live.store import Change, Store, StoredAction
from customerintel.testing.store_subject import StoreSubject, an_action
from customerintel.testing.subject import require

__all__ = ["customers", "done_is_done", "due", "inserted_once", "many", "order", "sent", "updates"]


def _ids(rows: list[StoredAction]) -> list[int]:
    return [int(row.id, 16) for row in rows]


def inserted_once(subject: StoreSubject) -> None:
    """Leave a row as it is when an action of its id comes again."""
    store = subject.open()
    store.write(Change(actions=[an_action(1)]))
    store.write(Change(updates=[an_action(1, state="done", attempts=1)]))
    store.write(Change(actions=[an_action(1, payload="{}"), an_action(2), an_action(2)]))
    found = [(row.state, row.attempts, row.payload) for row in store.actions()]
    first = an_action(1).payload
    require(
        that=found == [("done", 1, first), ("queued", 0, first)],
        message="An action that came again was written over, or is there twice.",
        what_to_do="Insert with ON CONFLICT (id) DO NOTHING.",
    )


def updates(subject: StoreSubject) -> None:
    """Write updates over their rows, and pass over ids that are not there."""
    store = subject.open()
    store.write(Change(actions=[an_action(1), an_action(2)]))
    changed = an_action(
        1, state="leased", attempts=2, lease_until=9_000, sent_at=8_000, reason="late",
        payload="{}", not_before=5, customer_id="c9", monetary=2.5,
    )  # fmt: skip
    store.write(Change(updates=[changed, an_action(77, state="done")]))
    found = store.action(changed.id)
    names = StoredAction.__slots__
    require(
        that=found is not None
        and str([getattr(found, name) for name in names])
        == str([getattr(changed, name) for name in names])
        and _ids(list(store.actions())) == [1, 2],
        message="An update is not in its row as it was given, or made a row of its own.",
        what_to_do="Write all values over the row of the id; nothing where there is none.",
    )


def _waiting(store: Store) -> None:
    rows = [
        an_action(1),
        an_action(2, not_before=9_000),
        an_action(3, state="leased", lease_until=2_500),
        an_action(4, state="leased", lease_until=9_000),
        an_action(5, state="done"),
        an_action(6, state="suppressed"),
        an_action(7, state="failed"),
        an_action(8, state="held_out"),
        an_action(0xA, due_at=1_000, not_before=0),
    ]
    store.write(Change(actions=rows))


def due(subject: StoreSubject) -> None:
    """Offer what is due, and what was leased and not done, in the order of (due_at, id)."""
    store = subject.open()
    _waiting(store)
    found = [_ids(store.due(now, 9)) for now in (999, 1_000, 2_499, 2_500, 8_999, 9_000)]
    expected = [[], [1, 10], [1, 10], [1, 10, 3], [1, 10, 3], [1, 10, 2, 3, 4]]
    require(
        that=found == expected,
        message=f"due gives {found} in place of {expected}.",
        what_to_do="Queued rows with due_at and not_before <= now, and leased ones with "
        "lease_until <= now.",
    )
    require(
        that=_ids(store.due(9_000, 2)) == [1, 10] and store.due(9_000, 0) == [],
        message="due gives more than were asked for, or not those that were ready first.",
        what_to_do="Take those first that have been ready longest.",
    )


def done_is_done(subject: StoreSubject) -> None:
    """Offer an action again only once its lease has ended, and never after it is done."""
    name = subject.name()
    store = subject.open(name)
    store.write(Change(actions=[an_action(1)]))
    found = []
    for state, until in (("leased", 5_000), ("queued", 0), ("leased", 6_000), ("done", 6_000)):
        store.write(Change(updates=[an_action(1, state=state, lease_until=until)]))
        found.append([bool(store.due(now, 9)) for now in (4_999, 5_999, 1 << 60)])
        store = subject.reopen(store, name)
    expected = [[False, True, True], [True] * 3, [False, False, True], [False] * 3]
    require(
        that=found == expected,
        message="An action is offered while it is leased or done, or not when it should be.",
        what_to_do="Judge by the state and times that were written last.",
    )


def order(subject: StoreSubject) -> None:
    """Yield all actions in the order of (due_at, id), ids compared by code point."""
    store = subject.open()
    names = ["b", "B", "a", "_", "ä", "Z", "-", "10", "9"]
    rows = [an_action(0, id=one, due_at=due) for one in names for due in (-5,)]
    rows += [an_action(n) for n in (3, 1, 2)]
    store.write(Change(actions=rows))
    found = [(row.due_at, row.id) for row in store.actions()]
    require(
        that=found == sorted(found) and len(found) == len(rows),
        message="actions() is not in the order of (due_at, id).",
        what_to_do='Sort texts by code point, in PostgreSQL with COLLATE "C".',
    )


def many(subject: StoreSubject) -> None:
    """Hold and give back thousands of rows, those of one moment too."""
    store = subject.open()
    rows = [an_action(n, due_at=n // 1_000) for n in range(1, 3_001)]
    store.write(Change(actions=rows[::-1]))
    require(
        that=_ids(list(store.actions())) == list(range(1, 3_001))
        and _ids(store.due(1 << 60, 5_000)) == list(range(1, 3_001)),
        message="Of 3000 actions some are missing, or they are out of order.",
        what_to_do="Read in portions by (due_at, id), not by due_at alone.",
    )


def customers(subject: StoreSubject) -> None:
    """Return the rows of some customers, each once, in the order of (due_at, id)."""
    store = subject.open()
    rows = [an_action(n, customer_id=f"c{n % 3}") for n in range(1, 8)]
    store.write(Change(actions=rows))
    require(
        that=_ids(store.actions_of(["c2", "c1", "c2", "nobody"])) == [1, 2, 4, 5, 7]
        and store.actions_of([]) == [],
        message="actions_of gives other rows than those of the customers.",
        what_to_do="Return every row of the ids, whatever its state, and no row twice.",
    )


def sent(subject: StoreSubject) -> None:
    """Count what was sent on a channel within a window, its start excluded."""
    store = subject.open()
    states = ("leased", "done", "queued", "suppressed", "failed", "held_out", "done", "done")
    rows = [
        an_action(n, customer_id="c", state=state, sent_at=100 * (n + 1))
        for n, state in enumerate(states)
    ]
    rows += [an_action(20, customer_id="c", channel="sms", state="done", sent_at=200)]
    rows += [an_action(21, customer_id="d", state="done", sent_at=200)]
    store.write(Change(actions=rows))
    windows = ((0, 1_000), (100, 800), (100, 799), (200, 200), (99, 100))
    found = [store.count_sent("c", "email", *window) for window in windows]
    require(
        that=found == [4, 3, 2, 0, 1],
        message=f"count_sent gives {found} in place of [4, 3, 2, 0, 1].",
        what_to_do="Count rows of the customer and channel that are leased or done, with "
        "after < sent_at <= until.",
    )
