"""Which row is whose: ids, the ids that were merged into others, and rows that are free again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from customerintel.live.fold_id_keys import KeyedRows
from customerintel.live.fold_snapshot import Array
from customerintel.live.id_pieces import lengths_of, read_texts, rows_of, texts_of

__all__ = ["BLOCKED", "CustomerRows", "is_blocked"]

Rows = NDArray[np.int32]

#: What senders write where they know nobody; no one is merged by such an id.
BLOCKED: Final = frozenset(
    {"", "0", "null", "none", "undefined", "unknown", "anonymous", "nan"}
)  # fmt: skip


def is_blocked(customer_id: str) -> bool:
    """Tell whether an id is a word that stands for nobody.

    Examples
    --------
    >>> is_blocked(" NULL "), is_blocked("c1")
    (True, False)
    """
    return customer_id.strip().lower() in BLOCKED


class _Places(dict[str, int]):
    """Rows by id; asked for an unknown one, it gives that a row."""

    __slots__ = ("_owner",)

    def __init__(self, owner: CustomerRows) -> None:
        self._owner = owner

    def __missing__(self, customer_id: str) -> int:
        return self._owner._settle(customer_id)


class CustomerRows(KeyedRows):
    """Dense rows of customers.

    Several ids may lead to one row: that of the surviving customer, and those of the customers
    who were merged into it. The row of an erased customer is given to the next new one.

    Examples
    --------
    >>> rows = CustomerRows()
    >>> rows.of(["a", "b", "a"]).tolist()
    [0, 1, 0]
    >>> rows.lead("a", into="b"), rows.canonical("a")
    ((0, 1), 'b')
    """

    def __init__(self) -> None:
        super().__init__()
        self._places = _Places(self)
        #: The surviving id of each row, None where the row is free.
        self.names: list[str | None] = []
        self._others: dict[int, tuple[str, ...]] = {}
        self._free: list[int] = []
        self._user = np.zeros(0, np.uint8)
        self._texts: Sequence[str] = ()
        self._rows_of_texts: Rows = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self.names) - len(self._free)

    @property
    def height(self) -> int:
        """Rows there are, free ones too."""
        return len(self.names)

    def _settle(self, customer_id: str) -> int:
        if self._free:
            row = self._free.pop()
            self.names[row] = customer_id
        else:
            row = len(self.names)
            self.names.append(customer_id)
        self._places[customer_id] = row
        return row

    def of(self, ids: Sequence[str]) -> Rows:
        """Return the row of each id; unknown ones get one."""
        return np.fromiter(map(self._places.__getitem__, ids), np.int32, len(ids))

    def known(self, texts: Sequence[str]) -> Rows:
        """Return the rows that were found for the texts of coded ids, -1 for the others.

        The array is kept for the next batch with the same texts, until a row is given up.
        """
        if texts is not self._texts:
            self._texts, self._rows_of_texts = texts, np.full(len(texts), -1, np.int32)
        return self._rows_of_texts

    def row(self, customer_id: str) -> int:
        """Return the row of an id, -1 for an unknown one."""
        return self._places.get(customer_id, -1)

    def find(self, ids: Sequence[str]) -> Rows:
        """Return the row of each id, -1 for an unknown one."""
        return np.fromiter(map(self._places.get, ids, repeat(-1)), np.int32, len(ids))

    def name(self, row: int) -> str:
        """Return the surviving id of a row that is in use."""
        return cast("str", self.names[row])

    def canonical(self, customer_id: str) -> str:
        """Return the surviving id that an id leads to; an unknown one leads to itself."""
        row = self._places.get(customer_id, -1)
        return customer_id if row < 0 else cast("str", self.names[row])

    def all_ids(self, row: int) -> list[str]:
        """Return the surviving id of a row and all that lead to it."""
        return [self.name(row), *self._others.get(row, ())]

    # -- who is known by an own name -------------------------------------------------------

    def mark_users(self, rows: Rows, ids: Callable[[int], str | None]) -> None:
        """Remember which customers have events under a user id that is their own.

        Parameters
        ----------
        rows : ndarray of int32
            Customers of events under a user id.
        ids : callable
            From a place in `rows` to the user id.
        """
        self._fit()
        for place in np.flatnonzero(self._user[rows] == 0).tolist():
            row = int(rows[place])
            # an id that leads to somebody says nothing about the one it leads to
            if self.names[row] == ids(place):
                self._user[row] = 1

    def is_user(self, row: int) -> bool:
        """Tell whether a customer has events under a user id."""
        return row < len(self._user) and bool(self._user[row])

    def _fit(self) -> None:
        if len(self._user) < self.height:
            room = np.zeros(max(64, 2 * self.height), np.uint8)
            room[: len(self._user)] = self._user
            self._user = room

    def free_rows(self) -> list[int]:
        """Return the rows that were given up and are nobody's."""
        return list(self._free)

    def may_link(self, source: str, into: str) -> bool:
        """Tell whether an identify or alias call may merge one id into another.

        It may not where either is a word for nobody, or `source` leads elsewhere already or is
        the user id of its own events.
        """
        if is_blocked(source) or is_blocked(into):
            return False
        row = self._places.get(source, -1)
        return row < 0 or (self.names[row] == source and not self.is_user(row))

    # -- merging and leaving ---------------------------------------------------------------

    def lead(self, source: str, into: str) -> tuple[int, int]:
        """Let an id, and all that lead to it, lead to another customer from now on.

        Returns
        -------
        (int, int)
            The row that is given up and the row that stays. The first is -1 where `source` was
            unknown, and both are equal where it led there already. A row that is given up is
            free for the next new customer: clear it.
        """
        here = self._places.get(source, -1)
        there = self._places[into]
        if here < 0:
            self._places[source] = there
            self._others[there] = (*self._others.get(there, ()), source)
            return -1, there
        if here == there:
            return there, there
        moved = self.all_ids(here)
        for one in moved:
            self._places[one] = there
        self._by_key.forget(moved)
        self._others[there] = (*self._others.get(there, ()), *moved)
        self._give_up(here)
        return here, there

    def erase(self, ids: Iterable[str]) -> tuple[list[int], set[str]]:
        """Forget customers.

        Returns
        -------
        rows : list of int
            Rows that are free now.
        gone : set of str
            The ids given, and all that led to the same customers.
        """
        gone, rows = set(), []
        for one in ids:
            gone.add(one)
            row = self._places.get(one, -1)
            if row < 0:
                continue
            for every in self.all_ids(row):
                gone.add(every)
                del self._places[every]
            self._give_up(row)
            rows.append(row)
        self._by_key.forget(gone)
        return rows, gone

    def _give_up(self, row: int) -> None:
        self._others.pop(row, None)
        self.names[row] = None
        self._free.append(row)
        self._texts = ()
        if row < len(self._user):
            self._user[row] = 0

    # -- snapshots -------------------------------------------------------------------------

    def state(self) -> dict[str, Array]:
        """Return what makes the same rows again: a copy, of which pieces are made when asked for.

        The first ids are the names of the rows in use, by row; then come those that lead to them.
        """
        self._fit()
        names, others = self.names.copy(), self._others.copy()
        return {
            "text": texts_of(names, others),
            "length": lengths_of(names, others),
            "alias": rows_of(others),
            "free": np.array(self._free, np.int32),
            "user": self._user[: self.height].copy(),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, NDArray[Any]]) -> CustomerRows:
        """Return the rows that `state` described."""
        made = cls()
        texts = read_texts(state["text"], state["length"])
        in_use = np.ones(len(state["user"]), bool)
        in_use[state["free"]] = False
        used = np.flatnonzero(in_use).tolist()
        made._free, made._user = state["free"].tolist(), state["user"].copy()
        made._places.update(zip(texts, [*used, *state["alias"].tolist()], strict=True))
        made.names = cast("list[str | None]", texts[: len(used)])
        if made._free:
            made.names = [None] * len(in_use)
            for row, text in zip(used, texts, strict=False):
                made.names[row] = text
        for row, text in zip(state["alias"].tolist(), texts[len(used) :], strict=True):
            made._others[row] = (*made._others.get(row, ()), text)
        return made
