"""What is left of erased customers: enough to recognise them, not enough to name them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.ids import CustomerIds
from customerintel.tables.results import one_line

__all__ = ["Tombstones"]

_SALT: Final = 32
_DIGEST: Final = 16


@dataclass(frozen=True, repr=False)
class Tombstones:
    """Salted digests of erased ids.

    Parameters
    ----------
    salt : bytes
        32 random bytes, made anew if not given. Who has both salt and digests can find out
        whether an id that they guess was erased: keep them as the personal data they are.
    digests : frozenset of bytes
        BLAKE2b (RFC 7693) of each id with the salt as key, 16 bytes.

    Raises
    ------
    InvalidArgumentError
        If the salt is not 32 bytes, or a digest not 16.

    Examples
    --------
    >>> Tombstones()
    Tombstones(erased=0)
    """

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(_SALT))
    digests: frozenset[bytes] = frozenset()

    def __post_init__(self) -> None:
        """Check the lengths."""
        if not isinstance(self.salt, bytes) or len(self.salt) != _SALT:
            raise InvalidArgumentError(
                f"salt must be {_SALT} random bytes; make it with secrets.token_bytes({_SALT})."
            )
        digests = frozenset(self.digests)
        if not all(isinstance(one, bytes) and len(one) == _DIGEST for one in digests):
            raise InvalidArgumentError(f"digests must be bytes, {_DIGEST} of each erased id.")
        object.__setattr__(self, "digests", digests)

    def __len__(self) -> int:
        return len(self.digests)

    def __repr__(self) -> str:
        return one_line("Tombstones", erased=len(self))

    def adding(self, ids: CustomerIds) -> Tombstones:
        """Return the tombstones with those of further ids."""
        return Tombstones(self.salt, self.digests | set(self._digests(ids)))

    def has(self, ids: CustomerIds) -> NDArray[np.bool_]:
        """Tell which ids were erased, shape (n,)."""
        if not self.digests or not len(ids):
            return np.zeros(len(ids), bool)
        distinct, places = np.unique(ids.keys, return_inverse=True)
        digests = self._digests(CustomerIds(distinct, ids.texts))
        return np.array([digest in self.digests for digest in digests])[places]

    def _digests(self, ids: CustomerIds) -> list[bytes]:
        # the integer 5 and the text "5" are two ids
        kind = b"int:" if ids.texts is None else b"str:"
        values = (str(value) for value in ids.to_numpy().tolist())
        messages = (kind + value.encode("utf-8", "surrogatepass") for value in values)
        return [
            blake2b(message, digest_size=_DIGEST, key=self.salt).digest() for message in messages
        ]
