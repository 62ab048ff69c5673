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


def parts_of(facts: dict[str, Any] | None = None) -> dict[str, bytes]:
    return dict(pack_parts(facts or {"time": -(2**62)}, ARRAYS))


def test_what_is_written_is_read() -> None:
    facts, arrays = read_parts(parts_of())
    assert facts == {"time": -(2**62)}
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        assert arrays[name].tobytes() == array.tobytes()


def test_large_arrays_come_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_snapshot, "_PORTION", 24)
    parts = parts_of()
    assert {"times/0", "times/1", "times/2", "times/3"} <= set(parts)
    assert read_parts(parts)[1]["times"].tolist() == ARRAYS["times"].tolist()


def test_every_byte_counts() -> None:
    for name, part in parts_of().items():
        for place in {0, 4, 20, len(part) // 2, len(part) - 1}:
            damaged = bytearray(part)
            damaged[place] ^= 1
            with pytest.raises(LiveStoreError, match="is damaged"):
                read_parts(parts_of() | {name: bytes(damaged)})
        for torn in (b"", part[:3], part[:-1]):
            with pytest.raises(LiveStoreError, match="is damaged"):
                read_parts(parts_of() | {name: torn})


def test_missing_and_foreign_parts() -> None:
    for name in parts_of():
        left = parts_of()
        del left[name]
        with pytest.raises(LiveStoreError, match="missing or belongs to another"):
            read_parts(left)
    swapped = parts_of()
    swapped["money/0"] = swapped["times/0"]
    with pytest.raises(LiveStoreError, match="missing or belongs to another"):
        read_parts(swapped)


def test_another_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_snapshot, "FORMAT", 2)
    newer = parts_of()
    monkeypatch.undo()
    with pytest.raises(StoreVersionError, match="has the format 2"):
        read_parts(newer)
