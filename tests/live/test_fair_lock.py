"""A lock that goes round."""

from __future__ import annotations

import threading
import time

import pytest

from customerintel.live.fair_lock import FairLock


def test_who_holds_it_may_take_it_again():
    lock = FairLock()
    with lock, lock:
        pass
    with lock:
        assert lock._depth == 1
    assert lock._owner is None


def test_one_thread_at_a_time():
    lock, inside, seen = FairLock(), [], []

    def work():
        for _ in range(200):
            with lock:
                inside.append(1)
                seen.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert seen == [1] * 800


def test_who_waits_is_next():
    """A thread that takes the lock again and again keeps nobody waiting."""
    lock, stop, turns = FairLock(), threading.Event(), []

    def greedy():
        while not stop.is_set():
            with lock:
                turns.append("greedy")
                time.sleep(0.01)

    thread = threading.Thread(target=greedy)
    thread.start()
    for _ in range(5):
        while not turns:
            time.sleep(0.001)
        with lock:
            turns.append("other")
    stop.set()
    thread.join(5)
    first, last = turns.index("other"), len(turns) - turns[::-1].index("other")
    between = turns[first:last]
    assert between.count("greedy") <= 2 * between.count("other")


def test_an_interrupt_while_waiting_leaves_no_gap(monkeypatch):
    lock, taken = FairLock(), threading.Event()
    release = threading.Event()

    def hold():
        with lock:
            taken.set()
            release.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(5)

    class Interrupted:
        def __init__(self):
            self.calls = 0

        def acquire(self):
            self.calls += 1
            if self.calls == 2:
                raise KeyboardInterrupt

        def release(self):
            pass

    monkeypatch.setattr("customerintel.live.fair_lock.Lock", Interrupted)
    with pytest.raises(KeyboardInterrupt), lock:
        pass
    assert not lock._waiting
    release.set()
    thread.join(5)
    with lock:
        assert lock._owner == threading.get_ident()
