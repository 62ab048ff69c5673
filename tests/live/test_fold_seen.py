"""Messages that came already, against a dict."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from customerintel.live.fold_seen import MEMORY, SeenMessages

NEVER = -(2**62)
HOUR = 3_600_000_000

messages = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 60)), min_size=1, max_size=40
)  # key (0: none) and hour


def expected(given_messages: list[tuple[int, int]], lateness: int) -> tuple[list[bool], list[int]]:
    held: dict[int, int] = {}
    now, fresh, clock = NEVER, [], []
    for key, hour in given_messages:
        raised = max(now, hour * HOUR - lateness)
        is_fresh = not (key and key in held and raised - held[key] <= MEMORY)
        if is_fresh:
            now = held[key] = raised
        fresh.append(is_fresh)
        clock.append(now)
    return fresh, clock


@settings(max_examples=100, deadline=None)
@given(messages, st.sampled_from([0, HOUR]), st.integers(1, 9))
def test_as_a_dict_would(given_messages: list[tuple[int, int]], lateness: int, size: int) -> None:
    seen, now = SeenMessages(), NEVER
    fresh, clock = [], []
    for start in range(0, len(given_messages), size):
        part = given_messages[start : start + size]
        keys = np.array([[0, key] for key, _ in part], np.uint64)
        times = np.array([hour * HOUR for _, hour in part], np.int64)
        one, at = seen.mark(keys, times, lateness, now)
        now = int(at[-1])
        fresh += one.tolist()
        clock += at.tolist()
        seen = SeenMessages(*seen.state())
    assert (fresh, clock) == expected(given_messages, lateness)


def test_old_messages_make_room() -> None:
    seen, now = SeenMessages(), 0
    rng = np.random.default_rng(1)
    for day in range(40):
        keys = rng.integers(1, 2**63, (1000, 2)).astype(np.uint64)
        times = np.full(1000, day * 24 * HOUR, np.int64)
        fresh, clock = seen.mark(keys, times, 0, now)
        assert fresh.all()
        now = int(clock[-1])
        again, _ = seen.mark(keys, times, 0, now)
        assert not again.any()
    assert len(seen) < 6000


def test_state_hangs_on_nothing_but_what_came() -> None:
    keys = np.array([[1, 2], [3, 4], [5, 6]], np.uint64)
    times = np.zeros(3, np.int64)
    one, other = SeenMessages(), SeenMessages()
    one.mark(keys, times, 0, 0)
    other.mark(keys[::-1].copy(), times, 0, 0)
    for mine, theirs in zip(one.state(), other.state(), strict=True):
        assert mine.tolist() == theirs.tolist()


def test_a_larger_table_takes_over_bit_by_bit() -> None:
    seen, held = SeenMessages(), {}
    rng, now, n_moving = np.random.default_rng(2), NEVER, 0
    for step in range(600):
        n = int(rng.integers(1, 60))
        # some come again, some after more than a day
        numbers = rng.integers(1, 40 * step + 9, n)
        keys = np.stack([numbers, numbers * 7], axis=1).astype(np.uint64)
        times = np.full(n, step * HOUR // 2, np.int64)
        fresh, clock = seen.mark(keys, times, 0, now)
        for number, is_fresh in zip(numbers.tolist(), fresh.tolist(), strict=True):
            at = int(times[0])
            assert is_fresh == (number not in held or at - held[number] > MEMORY)
            if is_fresh:
                held[number] = at
        now = int(clock[-1])
        n_moving += seen._moved > 0
    assert n_moving > 2
    young = {number: at for number, at in held.items() if now - at <= MEMORY}
    found, when = seen.state(now)
    assert dict(zip(found[:, 0].tolist(), when.tolist(), strict=True)) == young
    assert seen.state(now + 2 * MEMORY)[0].shape == (0, 2)
