"""What an engine is told when it is opened, and what its store remembers of that."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.live.frozen import canonical
from customerintel.live.lengths import read_length, write_length
from customerintel.live.store import Store
from customerintel.tables.zones import zone_of

if TYPE_CHECKING:
    from customerintel.live.rule import Holdout

__all__ = ["Settings", "check_is_there", "no_rules", "open_store", "read_settings", "reopener"]

#: What may not change while a store lives, by its name in the store, and why.
_LASTING = {
    "tz": "days of the counters end at its midnights",
    "lateness": "it decides which timers have fired",
    "holdout": "its control group has been left alone so far",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What lasts as long as the store.

    Attributes
    ----------
    zone_name : str
        Zone of days, quiet hours, and times without a zone.
    lateness : int
        How far the engine's time stays behind the latest event, in microseconds.
    holdout : Holdout or None
        Control group of all rules.
    asked : frozenset of str
        Names of those that a caller gave.
    """

    zone_name: str
    lateness: int
    holdout: Holdout | None
    asked: frozenset[str] = frozenset(_LASTING)

    def as_texts(self) -> dict[str, str]:
        """Return what the store keeps."""
        held = None if self.holdout is None else [self.holdout.share, self.holdout.salt]
        late = write_length(self.lateness) if self.lateness else "0s"
        return {"tz": self.zone_name, "lateness": late, "holdout": canonical(held)}

    def or_stored(self, stored: Mapping[str, str]) -> Settings:
        """Return these, and what the store was started with where nothing was given."""
        from customerintel.live.rule import Holdout

        held, late = json.loads(stored.get("holdout", "null")), stored.get("lateness", "0s")
        found: dict[str, Any] = {
            "tz": stored.get("tz", self.zone_name),
            "lateness": read_span(late, "lateness"),
            "holdout": None if held is None else Holdout(*held),
        }
        own = {"tz": self.zone_name, "lateness": self.lateness, "holdout": self.holdout}
        tz, lateness, holdout = (found | {name: own[name] for name in self.asked}).values()
        return Settings(tz, lateness, holdout)

    def check(self, stored: Mapping[str, str]) -> None:
        """Compare with what the store was started with.

        Raises
        ------
        InvalidArgumentError
            If something else is asked for now.
        """
        for name, now in self.as_texts().items():
            if stored.get(name) != now:
                raise InvalidArgumentError(
                    f"The store was started with {name}={_shown(stored.get(name))}, and now "
                    f"{name}={_shown(now)} is asked for. It cannot change, since {_LASTING[name]}: "
                    "open it as it was started, or start a new store."
                )


def _shown(text: str | None) -> str:
    return "None" if text in (None, "null") else str(text)


def read_settings(tz: Any, lateness: Any, holdout: Any) -> Settings:
    """Read the arguments of an engine; None: not given.

    Raises
    ------
    InvalidArgumentError
        If one cannot be used.
    """
    from customerintel.live.rule import Holdout

    if holdout is not None and not isinstance(holdout, Holdout):
        raise InvalidArgumentError(
            "holdout must be a Holdout, such as Holdout(0.05, salt='all-2026'); got "
            f"{type(holdout).__name__}."
        )
    given = {"tz": tz, "lateness": lateness, "holdout": holdout}
    asked = frozenset(name for name, one in given.items() if one is not None)
    zone_name = "UTC" if tz is None else tz
    try:
        zone_of(zone_name)
    except (SchemaError, TypeError) as error:
        raise InvalidArgumentError(
            f"tz must be the name of a time zone, such as 'Europe/Berlin'; got {tz!r}."
        ) from error
    span = 0 if lateness is None else read_span(lateness, "lateness")
    return Settings(zone_name, span, holdout, asked)


def read_span(value: Any, name: str) -> int:
    """Return microseconds of a length that may be nothing."""
    if value == timedelta(0) or (isinstance(value, str) and value.strip() == "0s"):
        return 0
    return read_length(value, name)


def open_store(store: Any) -> Store:
    """Open the store that was asked for; one that is open already is taken as it is.

    Raises
    ------
    StoreLockedError, StoreVersionError, LiveStoreError
        If it cannot be opened.
    InvalidArgumentError
        If it is no store.
    """
    if isinstance(store, str) and store.startswith(("postgresql://", "postgres://")):
        from customerintel.live.postgres_store import PostgresStore

        return PostgresStore(store)
    if isinstance(store, str | os.PathLike):
        from customerintel.live.sqlite_store import SQLiteStore

        return SQLiteStore(store)
    missing = [name for name in _METHODS if not callable(getattr(store, name, None))]
    if missing:
        raise InvalidArgumentError(
            "store must be a path such as 'live.db', ':memory:', a postgresql:// address, or a "
            f"Store; got {type(store).__name__}, which has no {', '.join(missing)}."
        )
    return store  # type: ignore[no-any-return]


def check_is_there(store: Any) -> None:
    """Refuse a file that is not there, before it is made.

    Raises
    ------
    InvalidArgumentError
        If it is not.
    """
    is_file = isinstance(store, str | os.PathLike) and "://" not in str(store)
    if is_file and not Path(store).exists():
        raise no_rules()


def no_rules() -> InvalidArgumentError:
    """Return what is said where a store is to tell its rules and has none."""
    return InvalidArgumentError(
        "rules=None goes on with the rules of a store, and this one is new. Give rules."
    )


def reopener(store: Any) -> Callable[[], Store] | None:
    """Return what opens a store again after its engine was closed; None where nothing can."""
    if isinstance(store, str | os.PathLike) and os.fspath(store) != ":memory:":
        return partial(open_store, store)
    return None


_METHODS = (
    "meta", "write", "records", "snapshot", "offsets", "due", "action", "actions", "actions_of",
    "count_sent", "kept_aside", "erase", "size", "close",
)  # fmt: skip
