"""The store under test, and what its checks write into it."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

from customerintel.exceptions import CustomerIntelError
from customerintel.live.store import Store, StoredAction
from customerintel.testing.subject import Broken

__all__ = ["StoreSubject", "an_action", "refused"]

_numbers = itertools.count()


class StoreSubject:
    """Opens stores by name, and closes what a check leaves open.

    Parameters
    ----------
    make : callable
        Opens the store of a name; makes an empty one where there is none of that name.
    """

    def __init__(self, make: Callable[[str], Store]) -> None:
        self._make = make
        self._opened: list[Store] = []

    def name(self) -> str:
        """Return a name that no store has yet."""
        return f"check_{os.getpid()}_{next(_numbers)}"

    def open(self, name: str | None = None) -> Store:
        """Open the store of a name, or an empty one."""
        made = self._make(name or self.name())
        self._opened.append(made)
        return made

    def reopen(self, store: Store, name: str) -> Store:
        """Close a store and open it again."""
        store.close()
        return self.open(name)

    def close(self) -> None:
        """Close all stores that are still open."""
        while self._opened:
            with contextlib.suppress(CustomerIntelError):
                self._opened.pop().close()


def an_action(number: int = 0, **changed: Any) -> StoredAction:
    """Return an action that is waiting; its id and due time follow from a number."""
    values: dict[str, Any] = {
        "id": f"{number:032x}",
        "rule_id": "cart",
        "rule_version": 1,
        "customer_id": f"c{number}",
        "position": 0,
        "channel": "email",
        "due_at": 1_000 * number,
        "not_before": 1_000 * number,
        "state": "queued",
        "payload": '{"template": "cart"}',
        "trigger_key": f"m{number}",
    }
    return StoredAction(**{**values, **changed})


@contextlib.contextmanager
def refused(error: type[Exception], what: str, what_to_do: str) -> Iterator[None]:
    """Raise `Broken` unless an error is raised within."""
    try:
        yield
    except error:
        return
    except Exception as other:
        raise Broken(
            f"{what}: {type(other).__name__} was raised, not {error.__name__}.", what_to_do
        ) from other
    raise Broken(f"{what}: nothing was raised, where {error.__name__} should be.", what_to_do)
