"""The whole state as named bytes, and back: exact, versioned, and refused where it is damaged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import LiveStoreError, StoreVersionError
from customerintel.live.record_packing import Portion

__all__ = ["FORMAT", "PORTION", "Array", "pack_parts", "read_parts"]

#: An array, or pieces of one.
Array = NDArray[Any] | Iterable[NDArray[Any]]

#: Version of the parts.
FORMAT: Final = 2
_MAGIC: Final = b"CILF"
_DIGEST: Final = 16
#: Bytes of one part, about: a database writes many small rows better than one huge one.
PORTION: Final = 1 << 22
_HEAD: Final = "head"
_RECORDS: Final = "state"


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
    facts: Mapping[str, Any],
    arrays: Mapping[str, Array],
    records: Iterable[Portion] = (),
    size: int = PORTION,
) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of a snapshot: the records, each array in portions, and a head last.

    Parameters
    ----------
    facts : mapping
        JSON values.
    arrays : mapping of str to ndarray, or iterable of ndarray
        Of numbers; an iterable gives at least one piece, each of one dimension.
    records : iterable of Portion
        Of customers.
    size : int
        Bytes of a portion of an array at most; pieces stay as they are.
    """
    n_portions = 0
    for start, stop, body in records:
        header = {"part": _RECORDS, "number": n_portions, "start": start, "stop": stop}
        yield f"{_RECORDS}/{n_portions}", _sealed(header, body)
        n_portions += 1
    shapes = {}
    for name, array in arrays.items():
        whole = array if isinstance(array, np.ndarray) else None
        number, length, kind = 0, 0, ""
        for number, piece in enumerate(array if whole is None else _cut(whole, size)):
            header = {"part": name, "number": number}
            yield f"{name}/{number}", _sealed(header, piece.tobytes())
            length, kind = length + len(piece), piece.dtype.str
        form = [kind, [length]] if whole is None else [whole.dtype.str, list(whole.shape)]
        shapes[name] = [*form, number + 1]
    head = {"format": FORMAT, "facts": facts, "arrays": shapes, "portions": n_portions}
    yield _HEAD, _sealed({"part": _HEAD}, json.dumps(head, sort_keys=True).encode())


def _cut(array: NDArray[Any], size: int) -> Iterator[NDArray[np.uint8]]:
    """Yield the bytes of an array in pieces; one at least."""
    flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    for start in range(0, max(flat.size, 1), size):
        yield flat[start : start + size]


def read_parts(
    parts: Mapping[str, bytes],
) -> tuple[dict[str, Any], dict[str, NDArray[Any]], Iterator[Portion]]:
    """Return the facts and arrays of a snapshot, and the records as portions.

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
    return head["facts"], arrays, _records(parts, head["portions"])


def _records(parts: Mapping[str, bytes], n_portions: int) -> Iterator[Portion]:
    """Yield the portions of the records, each opened when it is asked for."""
    for number in range(n_portions):
        key = f"{_RECORDS}/{number}"
        if key not in parts:
            raise _foreign(key)
        header, body = _opened(key, parts[key])
        if header["part"] != _RECORDS or header["number"] != number:
            raise _foreign(key)
        yield Portion(header["start"], header["stop"], body)


def _array(
    parts: Mapping[str, bytes], name: str, dtype: str, shape: list[int], n_pieces: int
) -> NDArray[Any]:
    """Put the portions of one array together."""
    kind = np.dtype(dtype)
    flat = np.empty(int(np.prod(shape, dtype=np.int64)) * kind.itemsize, np.uint8)
    at = 0
    for number in range(n_pieces):
        key = f"{name}/{number}"
        if key not in parts:
            raise _foreign(key)
        header, body = _opened(key, parts[key])
        if header != {"part": name, "number": number} or at + len(body) > flat.size:
            raise _foreign(key)
        flat[at : at + len(body)] = np.frombuffer(body, np.uint8)
        at += len(body)
    if at != flat.size:
        raise _foreign(name)
    return flat.view(kind).reshape(shape)


def _foreign(name: str) -> LiveStoreError:
    return LiveStoreError(
        f"The part {name!r} of the snapshot is missing or belongs to another snapshot. Nothing "
        "was read; take the store from a copy, or open a new one and send the events again."
    )
