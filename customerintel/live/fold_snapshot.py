"""The whole state as named bytes, and back: exact, versioned, and refused where it is damaged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import LiveStoreError, StoreVersionError

__all__ = ["FORMAT", "pack_parts", "read_parts"]

#: Version of the parts.
FORMAT: Final = 1
_MAGIC: Final = b"CILF"
_DIGEST: Final = 16
#: Bytes of one part at most: a database writes many small rows better than one huge one.
_PORTION: Final = 1 << 25
_HEAD: Final = "head"


def _sealed(header: Mapping[str, Any], body: bytes) -> bytes:
    """Return magic, digest, length of the header, header and body."""
    head = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    rest = len(head).to_bytes(4, "little") + head + body
    return _MAGIC + blake2b(rest, digest_size=_DIGEST).digest() + rest


def _opened(name: str, part: bytes) -> tuple[dict[str, Any], memoryview]:
    """Return header and body of a part."""
    view, start = memoryview(part), len(_MAGIC) + _DIGEST
    digest = blake2b(view[start:], digest_size=_DIGEST).digest()
    if bytes(view[: len(_MAGIC)]) != _MAGIC or bytes(view[len(_MAGIC) : start]) != digest:
        raise LiveStoreError(
            f"The part {name!r} of the snapshot is damaged. Nothing was read; take the store from "
            "a copy, or open a new one and send the events again."
        )
    length = int.from_bytes(view[start : start + 4], "little")
    header: dict[str, Any] = json.loads(bytes(view[start + 4 : start + 4 + length]))
    return header, view[start + 4 + length :]


def pack_parts(
    facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of a snapshot: a head with all facts, and each array in portions.

    Parameters
    ----------
    facts : mapping
        JSON values.
    arrays : mapping of str to ndarray
        Of numbers.
    """
    shapes = {name: [array.dtype.str, list(array.shape)] for name, array in arrays.items()}
    head = {"format": FORMAT, "facts": facts, "arrays": shapes}
    yield _HEAD, _sealed({"part": _HEAD}, json.dumps(head, sort_keys=True).encode())
    for name, array in arrays.items():
        flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
        for number, start in enumerate(range(0, max(flat.size, 1), _PORTION)):
            header = {"part": name, "number": number, "total": int(flat.size)}
            yield f"{name}/{number}", _sealed(header, flat[start : start + _PORTION].tobytes())


def read_parts(parts: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the facts and arrays of a snapshot.

    Raises
    ------
    LiveStoreError
        If a part is missing or damaged, or belongs to another snapshot.
    StoreVersionError
        If it was written in another format.
    """
    if _HEAD not in parts:
        raise _foreign(_HEAD)
    head = json.loads(bytes(_opened(_HEAD, parts[_HEAD])[1]))
    if head["format"] != FORMAT:
        raise StoreVersionError(
            f"The snapshot has the format {head['format']}, and this version of the library reads "
            f"{FORMAT}. Open the store with the version that wrote it."
        )
    arrays = {name: _array(parts, name, *kind) for name, kind in head["arrays"].items()}
    return head["facts"], arrays


def _array(parts: Mapping[str, bytes], name: str, dtype: str, shape: list[int]) -> NDArray[Any]:
    """Put the portions of one array together."""
    kind = np.dtype(dtype)
    flat = np.empty(int(np.prod(shape, dtype=np.int64)) * kind.itemsize, np.uint8)
    for number, start in enumerate(range(0, max(flat.size, 1), _PORTION)):
        key = f"{name}/{number}"
        if key not in parts:
            raise _foreign(key)
        header, body = _opened(key, parts[key])
        stop = min(start + _PORTION, flat.size)
        meant = {"part": name, "number": number, "total": flat.size}
        if header != meant or len(body) != stop - start:
            raise _foreign(key)
        flat[start:stop] = np.frombuffer(body, np.uint8)
    return flat.view(kind).reshape(shape)


def _foreign(name: str) -> LiveStoreError:
    return LiveStoreError(
        f"The part {name!r} of the snapshot is missing or belongs to another snapshot. Nothing "
        "was read; take the store from a copy, or open a new one and send the events again."
    )
