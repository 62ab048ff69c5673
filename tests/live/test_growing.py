"""Arrays that grow, where pages move and where they do not."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

from customerintel.live import growing
from customerintel.live.growing import Growing


@pytest.fixture(params=[True, False], ids=["moved", "copied"])
def moves(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(growing, "_MOVES", bool(request.param and growing._MOVES))
    return bool(request.param)


@pytest.mark.usefixtures("moves")
@pytest.mark.parametrize("kind", [np.int64, np.int8])
def test_what_was_there_stays_and_the_rest_is_zero(kind: type) -> None:
    one = Growing(3, kind)
    one.array[:] = [1, 2, 3]
    for n in (5, 5_000, 3_000_000):
        one.grow(n)
        assert len(one) == len(one.array) == n
        assert one.array.dtype == kind
        assert one.array.ctypes.data % 64 == 0
        assert one.array[:3].tolist() == [1, 2, 3]
        assert not one.array[3:].any()
    one.array[-1] = 7
    one.grow(3_000_001)
    assert one.array[-2:].tolist() == [7, 0]


@pytest.mark.usefixtures("moves")
def test_an_array_that_somebody_keeps_stays_as_it_was() -> None:
    one = Growing(1000)
    one.array[:] = 5
    kept = one.array
    one.grow(4_000_000)
    one.array[:] = 6
    assert (len(kept), set(kept.tolist())) == (1000, {5})


def test_pages_that_cannot_move_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(mmap.mmap):
        def resize(self, newsize: int) -> None:
            raise OSError(12, f"no room for {newsize} bytes")

    if not growing._MOVES:
        pytest.skip("pages never move here")
    monkeypatch.setattr(mmap, "mmap", Stuck)
    one = Growing(2)
    one.array[:] = [1, 2]
    one.grow(4)
    assert one.array.tolist() == [1, 2, 0, 0]


def test_without_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(12, "no room")

    monkeypatch.setattr(mmap, "mmap", refused)
    one = Growing(2)
    one.grow(4)
    assert one.array.tolist() == [0, 0, 0, 0]
