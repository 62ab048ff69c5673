"""Writing a file as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from customerintel.exceptions import InvalidArgumentError

__all__ = ["replace_file"]


def replace_file(target: Path, text: str) -> None:
    """Write a text beside the target and put it in its place: nobody finds half of it.

    Raises
    ------
    InvalidArgumentError
        If it cannot be written; what stood there is as it was.
    """
    beside: Path | None = None
    is_folder = is_there = False
    try:
        is_folder, is_there = target.is_dir(), target.parent.is_dir()
        if is_there and not is_folder:
            beside = target.parent / f".{secrets.token_hex(8)}.part"
            _write_through(beside, text)
            beside.replace(target)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no file name"
        raise InvalidArgumentError(
            f"{target.name!r} cannot be written ({reason}). Give another path, or make room or "
            "rights for it."
        ) from None
    finally:
        if beside is not None:
            with suppress(OSError, ValueError):
                beside.unlink(missing_ok=True)
    if is_folder:
        raise InvalidArgumentError(f"{str(target)!r} is a folder. Give the name of a file in it.")
    if not is_there:
        raise InvalidArgumentError(
            f"There is no folder to write {target.name!r} to. Make it first, or correct the path."
        )


def _write_through(path: Path, text: str) -> None:
    """Write a new file, down to the disk."""
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
