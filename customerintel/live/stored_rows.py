"""The rows of an outbox as its store has them, while the engine is open and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from customerintel.live.engine_state import EngineState
    from customerintel.live.store import StoredAction

__all__ = ["stored_rows"]

_PORTION: Final = 1024


def stored_rows(state: EngineState) -> Iterator[StoredAction]:
    """Yield all rows in the order of (due_at, id).

    Where the engine is closed, its store is opened for that alone, if it can be.

    Raises
    ------
    LiveStoreError
        If the engine is closed and what it had in memory is gone, or it broke off.
    StoreLockedError
        If another engine has the store since.
    """
    if state.closed and state.reopen is not None:
        store = state.reopen()
        try:
            yield from store.actions()
        finally:
            store.close()
        return
    with state.reading():
        rows = state.store.actions()
    while True:
        with state.reading():  # not held while the caller looks at them
            portion = list(islice(rows, _PORTION))
        if not portion:
            return
        yield from portion
