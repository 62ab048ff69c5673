"""What a fitted plugin knows, in a file: JSON and arrays in one ``.npz``, never pickle."""

from __future__ import annotations

import json
import tokenize
import uuid
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from customerintel._version import __version__
from customerintel.exceptions import InvalidArgumentError, PluginContractError

__all__ = ["FORMAT", "VERSION", "read_state", "write_state"]

FORMAT = "customerintel/state"
VERSION = 1

#: Name of the array with the JSON text; those of the state are ``array_0``, ``array_1``, …
_TEXT = "document"

#: What reading raises of a file that is cut off, damaged, encrypted or something else. A bare
#: .npy is an array, which is no context manager: TypeError or AttributeError.
_UNREADABLE = (
    ValueError, OSError, EOFError, AttributeError, TypeError, RuntimeError, MemoryError,
    OverflowError, SyntaxError, zipfile.BadZipFile, zlib.error, tokenize.TokenError,
)  # fmt: skip

#: Where an array stands in a state: keys and places, from the outside in.
Place: TypeAlias = "tuple[str | int, ...]"


def write_state(path: str | Path, header: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Write a header and a state into one file.

    Parameters
    ----------
    path : str or Path
        Of the file; one that is there is replaced, and only once the new one is complete.
    header : mapping
        JSON values: what the library must know to find the plugin again.
    state : mapping of str to object
        What ``to_state()`` returned: nested mappings and lists of texts, numbers, truth values,
        None and NumPy arrays without objects. Tuples come back as lists, NumPy's own numbers as
        Python's; floats and arrays come back with every bit.

    Raises
    ------
    PluginContractError
        If the state holds anything else; the message says where.
    InvalidArgumentError
        If the path is none, or cannot be written to.
    """
    target = _path(path, "written")
    arrays: dict[Place, NDArray[Any]] = {}
    try:
        told, kept = _plain(header, ("header",), arrays), _plain(state, ("state",), arrays)
        if not isinstance(kept, dict):
            raise PluginContractError(f"A state must be a dict; got {type(state).__name__}.")
        document = {
            "format": FORMAT,
            "format_version": VERSION,
            "library": __version__,
            "header": told,
            "state": kept,
            "arrays": [list(place) for place in arrays],
        }
        text = json.dumps(document)
    except RecursionError:
        raise PluginContractError("The state holds itself, or is nested too deep.") from None
    content: dict[str, Any] = {f"array_{i}": array for i, array in enumerate(arrays.values())}
    _write(target, {_TEXT: np.array(text), **content})


def _write(target: Path, content: dict[str, Any]) -> None:
    if not target.parent.is_dir():
        raise InvalidArgumentError(
            f"There is no folder to write {target.name!r} to. Make it first, or correct the path."
        )
    if target.is_dir():
        raise InvalidArgumentError(f"{target.name!r} is a folder; give the path of a file in it.")
    # what was there stays until the new file is complete
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            np.savez(file, **content)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InvalidArgumentError(
            f"{target.name!r} cannot be written ({error.strerror}). Check the folder's rights and "
            "space."
        ) from None


def read_state(path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the header and the state that `write_state` wrote.

    Parameters
    ----------
    path : str or Path
        Of the file. Nothing in it is run, and no class named in it is imported.

    Returns
    -------
    header, state : dict

    Raises
    ------
    InvalidArgumentError
        If there is no such file, or it is not one that this release can read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_state(Path(folder) / "fit.npz", {"name": "a"}, {"mean": 0.1, "w": np.arange(3)})
    ...     read_state(Path(folder) / "fit.npz")
    ({'name': 'a'}, {'mean': 0.1, 'w': array([0, 1, 2])})
    """
    source = _path(path, "read")
    if not source.is_file():
        raise InvalidArgumentError(
            f"There is no file {source.name!r} in the folder given. Check the path."
        )
    arrays = _arrays(source)
    document = _document(arrays, source.name)
    try:
        for i, place in enumerate(document["arrays"]):
            inner: Any = document
            for step in place[:-1]:
                inner = inner[step]
            inner[place[-1]] = arrays[f"array_{i}"]
        header, state = document["header"], document["state"]
    except (KeyError, IndexError, TypeError):
        raise _incomplete(source.name) from None
    if not isinstance(header, dict) or not isinstance(state, dict):
        raise _incomplete(source.name)
    return header, state


def _incomplete(name: str) -> InvalidArgumentError:
    return InvalidArgumentError(f"{name!r} is not complete. Fit and save again.")


def _path(path: Any, done: str) -> Path:
    if not isinstance(path, str | Path):
        raise InvalidArgumentError(
            f"A state is {done} by the path of a file, a str or a Path; got {type(path).__name__}."
        )
    return Path(path)


def _arrays(source: Path) -> dict[str, NDArray[Any]]:
    """Read all arrays of a file; objects, which would be pickles, are refused."""
    try:
        # opened here, since np.load leaves a file open that it cannot read
        with source.open("rb") as file, np.load(file, allow_pickle=False) as content:
            return {name: content[name] for name in content.files}
    except _UNREADABLE:
        raise _foreign(source.name) from None


def _foreign(name: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{name!r} is no saved state (format {FORMAT!r}), or is damaged. Give the path that "
        "save() wrote to."
    )


def _document(arrays: Mapping[str, NDArray[Any]], name: str) -> dict[str, Any]:
    try:
        document = json.loads(str(arrays[_TEXT]))
    except (KeyError, ValueError, RecursionError):
        raise _foreign(name) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _foreign(name)
    version = document.get("format_version")
    if version != VERSION:
        raise InvalidArgumentError(
            f"{name!r} has format_version {version!r}, and this release reads {VERSION}. Fit and "
            "save again, or use the release that wrote it."
        )
    return document


def _plain(value: Any, place: Place, arrays: dict[Place, NDArray[Any]]) -> Any:
    """Return a value as JSON has it; arrays are put aside, by their place."""
    is_array = isinstance(value, np.ndarray) and not isinstance(value, np.ma.MaskedArray)
    if is_array and not value.dtype.hasobject:
        arrays[place] = value
        return None
    if isinstance(value, np.bool_ | np.integer | np.floating):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise PluginContractError(
                    f"{_shown(place)} has a key of type {type(key).__name__}; the keys of a state "
                    "must be str."
                )
        return {key: _plain(inner, (*place, key), arrays) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, (*place, i), arrays) for i, inner in enumerate(value)]
    what = "an array of objects" if is_array else f"of type {type(value).__name__}"
    raise PluginContractError(
        f"{_shown(place)} is {what}; a state holds texts, numbers, truth values, None, lists, "
        "dicts with keys of str, and NumPy arrays without objects."
    )


def _shown(place: Place) -> str:
    return f"The {place[0]}" + "".join(f"[{step!r}]" for step in place[1:])
