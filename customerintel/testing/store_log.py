"""What every store keeps to: the log, snapshots, settings and erasure."""

from __future__ import annotations

from collections.abc import Iterator

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.store import Change, KeptAside, LogRecord, Store, StoredAction
from customerintel.testing.store_subject import StoreSubject, an_action, refused
from customerintel.testing.subject import require

__all__ = [
    "awkward_values", "coming_snapshots", "empty", "erasure", "forgetting", "numbers", "reopening",
    "settings", "snapshots", "whole_or_nothing",
]  # fmt: skip

#: What JSON can say and databases like least.
AWKWARD = ("", "a\0b", "\ud800", "\x1b", "\x1b61", "'; --", "Zoë 🙂", " ", "%s ? :x", "\r\n")


def _tail(store: Store, after: int = 0) -> list[tuple[int, str, bytes]]:
    return [(one.seq, one.kind, one.body) for one in store.records(after)]


def empty(subject: StoreSubject) -> None:
    """Hold nothing when new."""
    store = subject.open()
    held = (
        store.meta(), store.offsets(), store.snapshot(), list(store.records()),
        list(store.actions()), list(store.kept_aside()), store.due(1 << 60, 9), store.action("x"),
        store.actions_of(["x"]), store.count_sent("x", "email", 0, 1), store.write(Change()),
        store.count_kept_aside(),
    )  # fmt: skip
    require(
        that=not any(held),
        message="A new store holds something.",
        what_to_do="Return empty answers, None for a snapshot, and 0 from an empty write.",
    )


def numbers(subject: StoreSubject) -> None:
    """Give records numbers from 1 on, without holes, in the order of writing."""
    store = subject.open()
    found = [
        store.write(Change(records=[("events", b"a"), ("tick", b"")])),
        store.write(Change(meta={"a": "b"})),
        store.write(Change(records=[("merge", b"\0\xff")])),
    ]
    require(
        that=found == [2, 2, 3],
        message=f"write returned {found} in place of [2, 2, 3].",
        what_to_do="Return the number of the last record that there is.",
    )
    expected = [(1, "events", b"a"), (2, "tick", b""), (3, "merge", b"\0\xff")]
    require(
        that=_tail(store) == expected and _tail(store, 2) == expected[2:] and not _tail(store, 3),
        message="records() gives other records than were written, or not those after a number.",
        what_to_do="Yield every record whose number is greater than `after`, in order.",
    )


def _filled() -> Change:
    return Change(
        records=[("events", bytes(range(256)))],
        actions=[an_action(1), an_action(2, state="held_out", arm="control", unit_at=7)],
        kept_aside=[KeptAside("no id", b"{", "shop", 3)],
        offsets={("orders", "0"): 17},
        meta={"rules": "[]"},
        snapshot=[("state", b"abc")],
    )


def _contents(store: Store) -> tuple[object, ...]:
    return (
        store.meta(), store.offsets(), store.snapshot(), _tail(store),
        list(map(repr, store.actions())), list(store.kept_aside()),
    )  # fmt: skip


def reopening(subject: StoreSubject) -> None:
    """Hold everything after it was closed and opened again."""
    name = subject.name()
    store = subject.open(name)
    store.write(_filled())
    before = _contents(store)
    store = subject.reopen(store, name)
    require(
        that=_contents(store) == before and store.write(Change(records=[("tick", b"")])) == 2,
        message="After closing and opening, something is missing or was changed.",
        what_to_do="Write everything of a change, durably, before write returns.",
    )


def whole_or_nothing(subject: StoreSubject) -> None:
    """Keep nothing of a change that could not be written as a whole."""

    def parts() -> Iterator[tuple[str, bytes]]:
        yield "state", b"half"
        raise RuntimeError("no more")

    name = subject.name()
    store = subject.open(name)
    store.write(_filled())
    before = _contents(store)
    change = Change(
        records=[("events", b"b")], actions=[an_action(3)], updates=[an_action(1, state="done")],
        kept_aside=[KeptAside("no time", b"")], offsets={("orders", "0"): 18}, meta={"rules": "x"},
        snapshot=parts(),
    )  # fmt: skip
    advice = "Write a change in one transaction, roll it back, and let the error through."
    with refused(RuntimeError, "A snapshot raised while it was written", advice):
        store.write(change)
    require(that=_contents(store) == before, message="Half a change is stored.", what_to_do=advice)
    store = subject.reopen(store, name)
    require(that=_contents(store) == before, message="Half a change is stored.", what_to_do=advice)


def awkward_values(subject: StoreSubject) -> None:
    """Give back every text, number and byte as it was given."""
    store = subject.open()
    for n, text in enumerate(AWKWARD):
        one = an_action(
            n, customer_id=text, channel=text, reason=text, payload=text, trigger_key=text,
            due_at=-(1 << 62), not_before=(1 << 62), frequency=5e-324, monetary=float("-inf"),
        )  # fmt: skip
        aside = KeptAside(text, text.encode("utf-8", "surrogatepass"), text, -1)
        change = Change(
            actions=[one], kept_aside=[aside], meta={text: text}, offsets={(text, text): 1 << 62}
        )
        store.write(change)
        rows = [row for row in store.actions_of([text]) if row.id == one.id]
        kept = list(store.kept_aside())[-1]
        held = (store.meta().get(text), store.offsets().get((text, text)))
        require(
            that=_fields(rows) == _fields([one]) and kept == aside and held == (text, 1 << 62),
            message=f"A change that holds the text {text!a} comes back otherwise.",
            what_to_do="Escape what the database cannot hold; keep NaN as NaN.",
        )


def _fields(rows: list[StoredAction]) -> list[str]:
    return [str([getattr(row, name) for name in StoredAction.__slots__]) for row in rows]


def settings(subject: StoreSubject) -> None:
    """Write settings and offsets over the former ones, and leave the others."""
    store = subject.open()
    store.write(Change(meta={"a": "1", "b": "2"}, offsets={("s", "0"): 5, ("s", "1"): 6}))
    store.write(Change(meta={"a": "3"}, offsets={("s", "1"): 4}))
    require(
        that=store.meta() == {"a": "3", "b": "2"}
        and store.offsets() == {("s", "0"): 5, ("s", "1"): 4},
        message="Settings or offsets are not those that were written last.",
        what_to_do="Insert or replace by name, and by source and partition.",
    )


def snapshots(subject: StoreSubject) -> None:
    """Replace a snapshot as a whole, and know which records it stands for."""
    store = subject.open()
    large = bytes(range(251)) * 8_000
    first = {"a": large, "b": b"", "c\0": b"x"}
    store.write(Change(records=[("tick", b"")], snapshot=iter(first.items())))
    found = [store.snapshot()]
    store.write(Change(records=[("tick", b"")]))
    found.append(store.snapshot())
    changed = large[:-1] + b"!"
    store.write(Change(records=[("mark", b"")], snapshot=[("a", changed), ("d", b"y")]))
    found.append(store.snapshot())
    store.write(Change(snapshot=[]))
    found.append(store.snapshot())
    require(
        that=found == [(1, first), (1, first), (3, {"a": changed, "d": b"y"}), (3, {})],
        message="A snapshot comes back otherwise than it was written last.",
        what_to_do="Drop all former parts; keep the number of the last record beside it.",
    )


def coming_snapshots(subject: StoreSubject) -> None:
    """Let a snapshot that is written bit by bit count once it is whole, and not before."""
    name = subject.name()
    store = subject.open(name)
    large = bytes(range(251)) * 3_000
    store.write(Change(records=[("tick", b"")], snapshot=[("a", b"1")]))
    store.write(Change(records=[("tick", b"")], coming=[("a", large), ("b", b"")]))
    found = [store.snapshot()]
    store = subject.reopen(store, name)
    store.write(Change(records=[("tick", b"")], coming=[("c", b"3")]))
    found.append(store.snapshot())
    store.write(Change(records=[("tick", b"")] * 2, coming=[("d\0", large)], complete=3))
    store.write(Change(coming=[("e", b"")]))
    found.append(store.snapshot())
    store.write(Change(snapshot=[("a", b"2")]))
    store.write(Change(coming=[("f", b"4")], complete=4))
    store = subject.reopen(store, name)
    found.append(store.snapshot())
    former = (1, {"a": b"1"})
    require(
        that=found == [former, former, (3, {"c": b"3", "d\0": large}), (4, {"f": b"4"})],
        message="A snapshot that is written bit by bit counts too early, too late, or with more.",
        what_to_do="Keep the parts of Change.coming beside the snapshot there is; on `complete` "
        "they replace it; on a `snapshot` and at opening they go.",
    )


def forgetting(subject: StoreSubject) -> None:
    """Forget records only where a snapshot stands for them, and use no number twice."""
    name = subject.name()
    store = subject.open(name)
    store.write(Change(records=[("tick", b"")] * 4, forget_before=2))
    kept = len(_tail(store))
    store.write(Change(snapshot=[("a", b"")]))
    store.write(Change(records=[("tick", b"")], forget_before=9))
    left = [seq for seq, _, _ in _tail(store)]
    store.write(Change(snapshot=[("a", b"")], forget_before=5))
    store = subject.reopen(store, name)
    require(
        that=(kept, left, _tail(store)) == (4, [5], [])
        and store.write(Change(records=[("tick", b"")])) == 6
        and [seq for seq, _, _ in _tail(store)] == [6],
        message="Records went that no snapshot stands for, or a number was used twice.",
        what_to_do="Forget up to min(forget_before, the snapshot's record); remember the last one.",
    )


def erasure(subject: StoreSubject) -> None:
    """Remove customers everywhere, rewrite what the log holds, and leave all others."""
    name = subject.name()
    store = subject.open(name)
    store.write(
        Change(
            records=[("events", b"c1 c2"), ("events", b"c1"), ("events", b"c2")],
            actions=[an_action(1), an_action(2), an_action(11)],
            kept_aside=[KeptAside("r", b'{"userId":"c1"'), KeptAside("r", b'{"userId":"c11"')],
            snapshot=[("state", b"c1 c2")],
        )
    )
    rewritten = {b"c1 c2": b"c2", b"c1": b"", b"c2": None}

    def rewrite(record: LogRecord) -> bytes | None:
        return rewritten[record.body]

    advice = "Refuse to erase where a snapshot would stay that may hold the customers."
    with refused(InvalidArgumentError, "An erasure without a snapshot", advice):
        store.erase(["c1"], rewrite, Change())
    change = Change(records=[("erase", b"")], snapshot=[("state", b"c2")], meta={"n": "1"})
    store.erase(["c1"], rewrite, change)
    for _ in range(2):
        require(
            that=_tail(store) == [(1, "events", b"c2"), (3, "events", b"c2"), (4, "erase", b"")]
            and [one.customer_id for one in store.actions()] == ["c2", "c11"]
            and [one.raw for one in store.kept_aside()] == [b'{"userId":"c11"']
            and store.count_kept_aside() == 1
            and store.snapshot() == (4, {"state": b"c2"})
            and store.meta() == {"n": "1"},
            message="After an erasure there is too much, or too little.",
            what_to_do="Rewrite records by what `rewrite` returns, drop the rows of the ids and "
            "kept-aside events that hold one as a whole word, then apply the change.",
        )
        store = subject.reopen(store, name)
