"""Records as few bytes: every word comes back, and what is not theirs is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live.fold_bed import batch_of, event, fold_of
from live.test_fold_snapshot import RULES, stream

from customerintel._kernels.live_packing import (
    pack_listed,
    pack_rows,
    unpack_listed,
    unpack_rows,
)
from customerintel._kernels.live_words import ASLEEP, HEADER, LOOK, W_DAY, W_FLAGS
from customerintel.exceptions import LiveStoreError
from customerintel.live.fold import Fold
from customerintel.live.record_packing import Portion, RecordWriter, unpack_records
from customerintel.live.rule_set import RuleSet
from customerintel.live.state import FoldState

NEVER = -(2**62)
words_of = st.sampled_from([0, 1, -1, 255, 256, NEVER, 2**62, -(2**63), 2**63 - 1]) | st.integers(
    -(2**63), 2**63 - 1
)


def packed_by_hand(rows: list[list[int]], empty: list[int], made: list[int]) -> bytes:
    out = bytearray()
    for row in rows:
        kept = list(row)
        if row[W_FLAGS] & ASLEEP:
            kept[W_DAY] = empty[W_DAY]
        kept[W_FLAGS] = empty[W_FLAGS] | (row[W_FLAGS] & LOOK)
        differ = [k for k, word in enumerate(kept) if word != empty[k] and not made[k]]
        out += sum(1 << k for k in differ).to_bytes(-(-len(empty) // 8), "little")
        for k in differ:
            data = kept[k].to_bytes(8, "little", signed=True)
            there = [place for place, byte in enumerate(data) if byte]
            out.append(sum(1 << place for place in there))
            out += bytes(data[place] for place in there)
    return bytes(out)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(HEADER, HEADER + 9), st.integers(0, 6), st.integers(0, 400))
def test_as_by_hand(data: Any, width: int, n: int, room: int) -> None:
    empty = data.draw(st.lists(words_of, min_size=width, max_size=width))
    empty[W_FLAGS] = data.draw(st.sampled_from([0, LOOK]))
    made = data.draw(st.lists(st.sampled_from([0, 0, 0, 1]), min_size=width, max_size=width))
    made[W_FLAGS] = made[W_DAY] = 0
    rows = [[data.draw(st.just(word) | words_of) for word in empty] for _ in range(n)]
    for row in rows:
        row[W_FLAGS] = data.draw(st.integers(0, 15))
    words = np.array(rows, np.int64).reshape(-1)
    shape = np.array(empty, np.int64), np.array(made, np.uint8), np.zeros(n, np.uint8)
    out, size = np.empty(10 * width + room, np.uint8), np.zeros(1, np.int64)
    found, start = b"", 0
    again = np.full(n * width, 7, np.int64)
    while start < n:
        stop = pack_rows(words, *shape, start, n, out, size)
        assert stop > start
        part = out[: size[0]].copy()
        assert unpack_rows(part, again, shape[0], start, stop) == len(part)
        assert unpack_rows(part[:-1], again, shape[0], start, stop) == -1
        assert unpack_rows(part, again, shape[0], start, stop) == len(part)
        listed = np.arange(start, stop)
        longer = np.empty(len(listed) * 10 * width, np.uint8)
        assert pack_listed(words, *shape[:2], listed, longer) == len(part)
        assert longer[: len(part)].tobytes() == part.tobytes()
        assert unpack_listed(part, again, shape[0], listed) == len(part)
        assert unpack_listed(part[:-1], again, shape[0], listed) == -1
        assert unpack_listed(part, again, shape[0], listed) == len(part)
        found += part.tobytes()
        start = stop
    assert found == packed_by_hand(rows, empty, made)
    size[0] = 0
    assert pack_rows(again, *shape, 0, 0, out, size) == 0
    written = (*shape[:2], np.ones(n, np.uint8))
    everything = np.empty(10 * width * (n + 1), np.uint8)
    assert pack_rows(again, *written, 0, n, everything, size) == n
    assert everything[: size[0]].tobytes() == bytes(n * -(-width // 8))
    everything = np.empty(10 * width * (n + 1), np.uint8)
    pack_rows(again, *shape, 0, n, everything, size)
    assert everything[: size[0]].tobytes() == found


def packed(fold: Fold, size: int = 60) -> list[Portion]:
    return list(RecordWriter(fold.state, size).portions())


def told() -> Fold:
    fold = fold_of(RULES)
    fold.events(batch_of(fold, stream(3)))
    return fold


def test_small_portions_say_the_same() -> None:
    fold = told()
    portions = packed(fold)
    assert len(portions) > 2
    assert [one[0] for one in portions[1:]] == [one[1] for one in portions[:-1]]
    again = FoldState.of(fold.plan, fold.state.n_rows, portions, fold.time)
    assert list(RecordWriter(again, 60).portions()) == portions


def test_what_nobody_knows_takes_next_to_nothing() -> None:
    fold = told()
    before = sum(len(body) for *_, body in packed(fold))
    fold.events(batch_of(fold, [event(f"n{k}", "Nothing", 4000) for k in range(100)]))
    later = sum(len(body) for *_, body in packed(fold))
    width = fold.plan.layout.width
    assert later - before < 100 * 3 * width


def test_portions_of_other_customers_are_refused() -> None:
    fold = told()
    portions, n = packed(fold), fold.state.n_rows
    first = portions[0]

    def listed(row: int) -> bytes:
        return np.array([1, row], np.int64).tobytes() + bytes(-(-fold.plan.layout.width // 8))

    cases = {
        "one is missing": portions[:-1],
        "another order": portions[::-1],
        "bytes are missing": [first._replace(body=first.body[:-1]), *portions[1:]],
        "bytes too many": [first._replace(body=first.body + b"\0"), *portions[1:]],
        "one too many": [*portions, Portion(n, n + 1, b"\0" * 99)],
        "rows that are not there": [*portions[:-1], Portion(0, 0, listed(n))],
        "the same row twice": [*portions, Portion(0, 0, listed(n - 1))][1:],
        "rows without records": [*portions, Portion(0, 0, listed(0)[:-3])],
        "no rows": [*portions, Portion(0, 0, b"\1")],
    }
    for given_portions in cases.values():
        with pytest.raises(LiveStoreError, match="are not those of its customers"):
            unpack_records(fold.state, given_portions)


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "ü", "x" * 5000])
def test_odd_ids_come_back(name: str) -> None:
    for names in ([name], ["a", name, "b"]):
        fold = fold_of(RULES)
        fold.customers.ids.of(names)
        fold.customers.fit(fold.state)
        again = Fold.restore(dict(fold.parts()), RuleSet(RULES))
        assert again.customers.ids.names == names
        assert again.customers.ids.find(names).tolist() == list(range(len(names)))
