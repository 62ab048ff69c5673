"""Parts of a snapshot: exact, and refused where they are damaged or foreign."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from customerintel.exceptions import LiveStoreError, StoreVersionError
from customerintel.live import fold_snapshot
from customerintel.live.fold_snapshot import pack_parts, read_parts

ARRAYS: dict[str, Any] = {
    "times": np.arange(10, dtype=np.int64).reshape(2, 5),
    "none": np.zeros((0, 2), np.uint64),
    "money": np.array([np.nan, -0.0, np.inf]),
    "columns": np.arange(12, dtype=np.int16).reshape(3, 4).T,
}


RECORDS = [(0, 3, b"abc"), (3, 4, b""), (4, 9, b"de")]


def parts_of(facts: dict[str, Any] | None = None) -> dict[str, bytes]:
    return dict(pack_parts(facts or {"time": -(2**62)}, ARRAYS, RECORDS))


def test_what_is_written_is_read() -> None:
    facts, arrays, records = read_parts(parts_of())
    assert facts == {"time": -(2**62)}
    assert set(arrays) == set(ARRAYS)
    assert [(start, stop, bytes(body)) for start, stop, body in records] == RECORDS
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        assert arrays[name].tobytes() == array.tobytes()


def test_large_arrays_come_in_portions() -> None:
    parts = dict(pack_parts({}, ARRAYS, RECORDS, 24))
    assert {"times/0", "times/1", "times/2", "times/3"} <= set(parts)
    assert read_parts(parts)[1]["times"].tolist() == ARRAYS["times"].tolist()


def test_pieces_are_one_array_again() -> None:
    whole = np.arange(9)
    parts = dict(pack_parts({}, {"a": (whole[k : k + 4] for k in (0, 4, 8))}))
    assert {"a/0", "a/1", "a/2"} <= set(parts)
    assert read_parts(parts)[1]["a"].tolist() == whole.tolist()
    parts = dict(pack_parts({}, {"a": iter([whole[:0]])}))
    assert (read_parts(parts)[1]["a"].dtype, len(read_parts(parts)[1]["a"])) == (whole.dtype, 0)
    shorter = dict(pack_parts({}, {"a": (whole[k : k + 3] for k in (0, 3, 6))}))
    parts = dict(pack_parts({}, {"a": (whole[k : k + 4] for k in (0, 4, 8))}))
    for mixed in (parts | {"a/1": shorter["a/1"]}, shorter | {"a/1": parts["a/1"]}):
        with pytest.raises(LiveStoreError, match="missing or belongs to another"):
            read_parts(mixed)


def test_every_byte_counts() -> None:
    for name, part in parts_of().items():
        for place in {0, 4, 20, len(part) // 2, len(part) - 1}:
            damaged = bytearray(part)
            damaged[place] ^= 1
            with pytest.raises(LiveStoreError, match="is damaged"):
                list(read_parts(parts_of() | {name: bytes(damaged)})[2])
        for torn in (b"", part[:3], part[:-1]):
            with pytest.raises(LiveStoreError, match="is damaged"):
                list(read_parts(parts_of() | {name: torn})[2])


def test_missing_and_foreign_parts() -> None:
    for name in parts_of():
        left = parts_of()
        del left[name]
        with pytest.raises(LiveStoreError, match="missing or belongs to another"):
            list(read_parts(left)[2])
    swapped = parts_of()
    swapped["money/0"] = swapped["times/0"]
    with pytest.raises(LiveStoreError, match="missing or belongs to another"):
        list(read_parts(swapped)[2])
    swapped = parts_of()
    swapped["state/1"] = swapped["state/0"]
    with pytest.raises(LiveStoreError, match="missing or belongs to another"):
        list(read_parts(swapped)[2])


def test_another_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_snapshot, "FORMAT", 3)
    newer = parts_of()
    monkeypatch.undo()
    with pytest.raises(StoreVersionError, match="has the format 3"):
        read_parts(newer)
