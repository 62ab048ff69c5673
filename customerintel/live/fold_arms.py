"""Who is kept out for comparison: drawn by the id, fixed at the first trigger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from customerintel.live.growing import Growing

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
        # grown in place: with every newcomer there may be another million rows to make room for
        self._arm: dict[str, Growing] = {}
        self._at: dict[str, Growing] = {}
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
                self._arm[salt] = Growing(self._room, np.int8)
                self._at[salt] = Growing(self._room)

    def grow(self, room: int) -> None:
        """Make room for more rows."""
        for one in (*self._arm.values(), *self._at.values()):
            one.grow(room)
        self._room = room

    def draw(self, salt: str, share: float, row: int, customer_id: str, at: int) -> tuple[int, int]:
        """Return the arm of a customer and since when; at the first trigger it is drawn."""
        arms, times = self._arm[salt].array, self._at[salt].array
        arm = arms.item(row)
        if arm:
            return arm, times.item(row)
        arm = CONTROL if bucket_of(salt, customer_id) < round(share * _BUCKETS) else TREATED
        arms[row], times[row] = arm, at
        return arm, at

    def known(self, salt: str, row: int) -> tuple[int, int]:
        """Return the arm of a customer and since when; 0 before the first trigger."""
        if salt not in self._arm:
            return 0, 0
        return self._arm[salt].array.item(row), self._at[salt].array.item(row)

    def merge(self, source: int, into: int) -> None:
        """Let the arm of the earlier first trigger stay."""
        for salt, kept in self._arm.items():
            arms, times = kept.array, self._at[salt].array
            if arms[source] and (not arms[into] or times[source] < times[into]):
                arms[into], times[into] = arms[source], times[source]

    def clear(self, row: int) -> None:
        """Forget a row."""
        for one in (*self._arm.values(), *self._at.values()):
            one.array[row] = 0

    def state(self, height: int) -> dict[str, Any]:
        """Return salts, arms of shape (n_salts, height), and times of the same shape."""
        shape = (len(self._arm), height)
        arms = np.array([one.array[:height] for one in self._arm.values()], np.int8).reshape(shape)
        times = np.array([one.array[:height] for one in self._at.values()], np.int64).reshape(shape)
        return {"salts": list(self._arm), "arm": arms, "at": times}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], room: int) -> Arms:
        """Return the arms that `state` described."""
        made = cls(state["salts"], room)
        for place, salt in enumerate(state["salts"]):
            height = state["arm"].shape[1]
            made._arm[salt].array[:height] = state["arm"][place]
            made._at[salt].array[:height] = state["at"][place]
        return made
