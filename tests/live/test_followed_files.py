"""Files that change under who reads them: replaced, removed, or written on in mid-line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from customerintel import live
from customerintel.exceptions import SourceError

VISIT = live.Rule(id="visit", version=1, when=live.On("Visit"), do=[live.Action("desk")])
LINES = [
    json.dumps({"event": "Visit", "userId": f"c{k}", "timestamp": "2026-05-01T10:00:00Z"}).encode()
    for k in range(4)
]


def moved(path: Path) -> None:
    path.rename(path.with_suffix(".1"))


def replaced(path: Path) -> None:
    moved(path)
    path.write_bytes(b"".join(line + b"\n" for line in LINES))


@pytest.mark.parametrize("how", [moved, replaced, Path.unlink])
def test_a_followed_file_that_goes(tmp_path: Path, how: object) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(LINES[0] + b"\n")
    batches = live.JsonLinesSource(path, follow=True, wait="1ms").batches({})
    first = next(batches)
    assert first is not None
    assert first.events == LINES[:1]
    assert next(batches) is None
    with path.open("ab") as file:  # its writer still has it
        how(path)  # type: ignore[operator]
        file.write(LINES[1] + b"\n" + LINES[2][:9])
    second = next(batches)
    assert second is not None
    assert second.events == LINES[1:2]
    with pytest.raises(SourceError) as error:
        list(batches)
    assert str(error.value) == (
        "events.jsonl was replaced or removed while it was followed. Its whole lines are stored; "
        "start again with the file of the new events, under another name."
    )


@pytest.mark.parametrize("step", [3, 1 << 16])
@pytest.mark.parametrize("before", [0, 2])
def test_a_line_that_was_torn_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int, step: int
) -> None:
    monkeypatch.setattr("customerintel.live.jsonl_source._STEP", step)
    path, store = tmp_path / "events.jsonl", tmp_path / "live.db"
    torn = b"".join(line + b"\n" for line in LINES[:before]) + LINES[before][:30]
    path.write_bytes(torn)
    with live.Engine([VISIT], store=store) as engine:
        ran = live.run(engine, live.JsonLinesSource(path))
        assert (ran.accepted, ran.kept_aside) == (before, 1)
    with path.open("ab") as file:
        file.write(LINES[before][30:] + b"\n" + LINES[3] + b"\n")
    with live.Engine([VISIT], store=store) as engine:
        ran = live.run(engine, live.JsonLinesSource(path))
        assert (ran.accepted, ran.kept_aside, ran.duplicates) == (2, 0, 0)


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"  \n"])
def test_a_line_break_that_came_later_is_no_new_line(tmp_path: Path, ending: bytes) -> None:
    path, store = tmp_path / "events.jsonl", tmp_path / "live.db"
    path.write_bytes(LINES[0])
    for accepted in (1, 0):
        with live.Engine([VISIT], store=store) as engine:
            assert live.run(engine, live.JsonLinesSource(path)).accepted == accepted
        path.write_bytes(LINES[0] + ending)
