"""Pseudonyms by keyed hash, so that only the holder of the key can link them to persons."""

from __future__ import annotations

import base64
import hmac
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, overload
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic import SecretStr

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema.forms import whole_number
from customerintel.schema.nulls import is_null

__all__ = ["key_id", "pseudonymise"]

Normalisation = Literal["email", "name"]

_MIN_KEY: Final = 32
#: 26 characters of base32 hold 130 bits.
_MIN_LENGTH: Final = 26
#: 52 characters hold all 256 bits.
_MAX_LENGTH: Final = 52
_PURPOSE: Final = b"customerintel/pseudonym/1"
_KEY_PURPOSE: Final = b"customerintel/key-id/1"


def _fold(text: str, form: Literal["NFD", "NFKC"]) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize(form, text).casefold())


_NORMALISE: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "email": lambda text: text.strip().lower(),
        "name": lambda text: _fold(_fold(text, "NFD"), "NFKC"),
    }
)


@overload
def pseudonymise(
    values: None,
    *,
    key: bytes,
    domain: str,
    field: str = ...,
    length: int = ...,
    normalise: Normalisation | None = ...,
) -> None: ...
@overload
def pseudonymise(
    values: str | int | SecretStr | UUID,
    *,
    key: bytes,
    domain: str,
    field: str = ...,
    length: int = ...,
    normalise: Normalisation | None = ...,
) -> str: ...
@overload
def pseudonymise(
    values: list[Any] | tuple[Any, ...],
    *,
    key: bytes,
    domain: str,
    field: str = ...,
    length: int = ...,
    normalise: Normalisation | None = ...,
) -> list[str | None]: ...
@overload
def pseudonymise(
    values: NDArray[Any],
    *,
    key: bytes,
    domain: str,
    field: str = ...,
    length: int = ...,
    normalise: Normalisation | None = ...,
) -> NDArray[np.object_]: ...
def pseudonymise(
    values: Any,
    *,
    key: bytes,
    domain: str,
    field: str = "customer_id",
    length: int = _MIN_LENGTH,
    normalise: Normalisation | None = None,
) -> Any:
    """Replace identifiers by pseudonyms.

    The pseudonym is the start of HMAC-SHA256 (Krawczyk, Bellare and Canetti 1997, RFC 2104)
    in base32 (RFC 4648, section 6). What is hashed is a fixed purpose, `domain`, `field`, the
    type of the value and the value, each after its length, so that no two inputs can run
    together. The same value under another key, domain or field has an unrelated pseudonym.

    Pseudonymous data remain personal data (GDPR, Article 4(5)) for whoever can get at the
    key. Keep the key apart from the data; whoever destroys it makes the pseudonyms
    unlinkable for good.

    Parameters
    ----------
    values : str, int, list, tuple or ndarray of any shape
        Identifiers. Integer-valued floats count as integers, UUIDs as their text. A missing
        value stays missing. The integer 5 and the text "5" are two values.
    key : bytes
        At least 32 random bytes, such as ``secrets.token_bytes(32)``. There is no default.
    domain : str
        For whom or what the pseudonyms are made: a project, a recipient. Tables of two
        domains cannot be joined.
    field : str, default "customer_id"
        What the identifiers are.
    length : int, default 26
        Characters of a pseudonym, 26 (130 bits) to 52 (256 bits).
    normalise : {"email", "name"}, optional
        What to do first with texts: ``"email"`` strips and lower-cases, ``"name"`` applies
        NFKC and case folding until both hold (Unicode Standard, section 3.13, D146). By
        default texts are taken as they are.

    Returns
    -------
    str, list of str or ndarray of object
        Same shape as `values`: a text for one value, a list for a list or tuple, an object
        array for an array. None where the value is missing.

    Raises
    ------
    InvalidArgumentError
        If the key is no bytes, shorter than 32, or one byte repeated; if `domain` or `field`
        is empty or has no UTF-8; if `length` or `normalise` is out of its range; if a value is
        neither an integer nor a text. No message holds a key or a value.

    Examples
    --------
    >>> key = bytes(range(32))  # an example: take secrets.token_bytes(32)
    >>> pseudonymise(["c1", None], key=key, domain="newsletter")
    ['...', None]
    """
    _check_key(key)
    _check_options(domain, field, length, normalise)
    prefix = b"".join(map(_framed, (_PURPOSE, domain.encode(), field.encode())))
    state = hmac.new(key, prefix, "sha256")
    known: dict[bytes, str] = {}

    def one(value: object, row: int | None = None) -> str | None:
        if is_null(value):
            return None
        message = _message(value, normalise, row)
        if message not in known:
            mac = state.copy()
            mac.update(message)
            known[message] = _text(mac.digest(), length)
        return known[message]

    if isinstance(values, np.ndarray):
        flat = [one(value, row) for row, value in enumerate(values.ravel().tolist())]
        result = np.empty(values.size, dtype=object)
        result[:] = flat
        return result.reshape(values.shape)
    if isinstance(values, (list, tuple)):
        return [one(value, row) for row, value in enumerate(values)]
    return one(values)


def key_id(key: bytes) -> str:
    """Return a name for a key, to be stored beside the pseudonyms made with it.

    Parameters
    ----------
    key : bytes
        At least 32 random bytes.

    Returns
    -------
    str
        16 characters of base32 (80 bits). Tells which key was used and nothing else about it.

    Raises
    ------
    InvalidArgumentError
        If the key is no bytes, shorter than 32, or one byte repeated.

    Examples
    --------
    >>> len(key_id(bytes(range(32))))
    16
    """
    _check_key(key)
    return _text(hmac.digest(key, _framed(_KEY_PURPOSE), "sha256"), 16)


def _check_key(key: object) -> None:
    advice = "make one with secrets.token_bytes(32) and keep it apart from the data"
    if not isinstance(key, (bytes, bytearray)):
        raise InvalidArgumentError(f"key must be bytes, not {type(key).__name__}; {advice}")
    if len(key) < _MIN_KEY:
        raise InvalidArgumentError(f"key has {len(key)} bytes, at least 32 are needed; {advice}")
    if len(set(key)) == 1:
        raise InvalidArgumentError(f"key is one byte repeated, which anybody can guess; {advice}")


def _check_options(domain: object, field: object, length: object, normalise: object) -> None:
    for name, value in (("domain", domain), ("field", field)):
        if not isinstance(value, str) or not value:
            raise InvalidArgumentError(f"{name} must be a text that is not empty")
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise InvalidArgumentError(f"{name} holds half a character and has no UTF-8; mend it")
    chars = whole_number(length)
    if chars is None or not _MIN_LENGTH <= chars <= _MAX_LENGTH:
        raise InvalidArgumentError(
            f"length must be {_MIN_LENGTH} (130 bits) to {_MAX_LENGTH} (256 bits) characters"
        )
    if normalise is not None and not (isinstance(normalise, str) and normalise in _NORMALISE):
        raise InvalidArgumentError(f"normalise must be None or one of {', '.join(_NORMALISE)}")


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part


def _message(value: object, normalise: Normalisation | None, row: int | None) -> bytes:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, UUID):
        value = str(value)
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    number = whole_number(value)
    if number is not None:
        return _framed(b"int") + _framed(str(number).encode())
    if not isinstance(value, str):
        where = "" if row is None else f" in row {row}"
        raise InvalidArgumentError(
            f"the value{where} is {type(value).__name__}, not an integer or a text; convert it"
            " (a table column: .to_numpy())"
        )
    text = value if normalise is None else _NORMALISE[normalise](value)
    # a lone surrogate has no UTF-8, yet it is a value that must not fail
    return _framed(b"str") + _framed(text.encode("utf-8", "surrogatepass"))


def _text(digest: bytes, length: int) -> str:
    return base64.b32encode(digest).decode("ascii")[:length]
