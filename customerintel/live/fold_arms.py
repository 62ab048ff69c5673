"""Who is kept out for comparison: drawn by the id, fixed at the first trigger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONTROL", "TREATED", "Arms", "bucket_of"]

TREATED: Final = 1
CONTROL: Final = 2
_BUCKETS: Final = 10_000


def bucket_of(salt: str, customer_id: str) -> int:
    """Return the place of a customer among 10,000, the same everywhere and for ever.

    Examples
    --------
    >>> bucket_of("cart-2026", "c42")
    7006
    """
    digest = blake2b(f"{salt}\0{customer_id}".encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big") % _BUCKETS


class Arms:
    """The arm of each customer and the moment of her first trigger, by the salt of a holdout.

    Parameters
    ----------
    salts : iterable of str
        Of the rules and of the engine.
    room : int
        Rows.
    """

    def __init__(self, salts: Iterable[str] = (), room: int = 0) -> None:
        self._arm: dict[str, NDArray[np.int8]] = {}
        self._at: dict[str, NDArray[np.int64]] = {}
        self._room = room
        self.add(salts)

    @property
    def salts(self) -> tuple[str, ...]:
        """Of whom arms are kept; those of rules that left stay, for they may come back."""
        return tuple(self._arm)

    def add(self, salts: Iterable[str]) -> None:
        """Keep arms for further salts."""
        for salt in salts:
            if salt not in self._arm:
                self._arm[salt] = np.zeros(self._room, np.int8)
                self._at[salt] = np.zeros(self._room, np.int64)

    def grow(self, room: int) -> None:
        """Make room for more rows."""
        for kept in (self._arm, self._at):
            for salt, old in kept.items():
                new = np.zeros(room, old.dtype)
                new[: len(old)] = old
                kept[salt] = new
        self._room = room

    def draw(self, salt: str, share: float, row: int, customer_id: str, at: int) -> tuple[int, int]:
        """Return the arm of a customer and since when; at the first trigger it is drawn."""
        arms = self._arm[salt]
        arm = arms.item(row)
        if arm:
            return arm, self._at[salt].item(row)
        arm = CONTROL if bucket_of(salt, customer_id) < round(share * _BUCKETS) else TREATED
        arms[row] = arm
        self._at[salt][row] = at
        return arm, at

    def known(self, salt: str, row: int) -> tuple[int, int]:
        """Return the arm of a customer and since when; 0 before the first trigger."""
        if salt not in self._arm:
            return 0, 0
        return self._arm[salt].item(row), self._at[salt].item(row)

    def merge(self, source: int, into: int) -> None:
        """Let the arm of the earlier first trigger stay."""
        for salt, arms in self._arm.items():
            times = self._at[salt]
            if arms[source] and (not arms[into] or times[source] < times[into]):
                arms[into], times[into] = arms[source], times[source]

    def clear(self, row: int) -> None:
        """Forget a row."""
        for salt, arms in self._arm.items():
            arms[row] = 0
            self._at[salt][row] = 0

    def state(self, height: int) -> dict[str, Any]:
        """Return salts, arms of shape (n_salts, height), and times of the same shape."""
        shape = (len(self._arm), height)
        arms = np.array([one[:height] for one in self._arm.values()], np.int8).reshape(shape)
        times = np.array([one[:height] for one in self._at.values()], np.int64).reshape(shape)
        return {"salts": list(self._arm), "arm": arms, "at": times}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], room: int) -> Arms:
        """Return the arms that `state` described."""
        made = cls(state["salts"], room)
        for place, salt in enumerate(state["salts"]):
            height = state["arm"].shape[1]
            made._arm[salt][:height] = state["arm"][place]
            made._at[salt][:height] = state["at"][place]
        return made
