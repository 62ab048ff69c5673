"""Short keys by which repeated deliveries are recognised."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from customerintel.live.event_times import buffer_of

__all__ = ["message_keys", "span_keys", "text_keys"]


def message_keys(messages: Sequence[str | None], source: str, salt: bytes) -> NDArray[np.uint64]:
    """Return 128 bits for each message id; (0, 0) where there is none.

    Parameters
    ----------
    messages : sequence of str or None
        Message ids.
    source : str
        Where they come from: the same id of two sources has two keys.
    salt : bytes
        Secret of the store, so that nobody can choose ids that collide.

    Returns
    -------
    ndarray of uint64, shape (n, 2)
        SipHash-2-4-128 (Aumasson and Bernstein 2012), keyed by source and salt.

    Examples
    --------
    >>> message_keys([None], "web", b"salt").tolist()
    [[0, 0]]
    """
    texts = messages if all(messages) else [message or "" for message in messages]
    return text_keys(*buffer_of(texts), source, salt)  # type: ignore[arg-type]


def text_keys(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], source: str, salt: bytes
) -> NDArray[np.uint64]:
    """Return the keys of message ids in one buffer; see `message_keys`."""
    from customerintel._kernels.live_keys import hash_messages

    low, high = _secret(source, salt)
    out = np.empty((len(offsets) - 1, 2), np.uint64)
    with np.errstate(over="ignore"):  # the sums are meant to wrap around
        hash_messages(data, offsets, low, high, out)
    return out


def span_keys(
    data: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64], source: str,
    salt: bytes,
) -> NDArray[np.uint64]:  # fmt: skip
    """Return the keys of message ids that lie anywhere in a buffer; see `message_keys`."""
    from customerintel._kernels.live_keys import hash_spans

    out = np.empty((len(starts), 2), np.uint64)
    with np.errstate(over="ignore"):  # the sums are meant to wrap around
        hash_spans(data, starts, stops, *_secret(source, salt), out)
    return out


@lru_cache(maxsize=64)
def _secret(source: str, salt: bytes) -> tuple[np.uint64, np.uint64]:
    """Return the two halves of the key for one source of one store."""
    secret = blake2b(salt, digest_size=32).digest()
    key = blake2b(source.encode("utf-8", "surrogatepass"), key=secret, digest_size=16).digest()
    low, high = np.frombuffer(key, "<u8").astype(np.uint64)
    return low, high
