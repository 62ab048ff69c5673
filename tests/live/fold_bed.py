"""Small folds for tests: events by name and minute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from customerintel.live.decoding import Decoder
from customerintel.live.event_batch import EventBatch
from customerintel.live.fold import Fold
from customerintel.live.rule import Rule
from customerintel.live.rule_set import RuleSet

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
#: Microseconds UTC of minute 0.
ZERO = int(START.timestamp()) * 1_000_000


def at(minute: float) -> int:
    """Return the moment of a minute, microseconds UTC."""
    return ZERO + int(minute * MINUTE)


def event(who: str, name: str, minute: float, message: str | None = None, **more: Any) -> Any:
    """Return an event under a user id; further arguments are properties."""
    found: dict[str, Any] = {
        "type": "track",
        "userId": who,
        "event": name,
        "timestamp": (START + timedelta(minutes=minute)).isoformat(),
        "properties": more,
    }
    return found if message is None else found | {"messageId": message}


def visit_of(device: str, name: str, minute: float, **more: Any) -> Any:
    """Return an event of somebody unknown."""
    found = event("", name, minute, **more)
    del found["userId"]
    return found | {"anonymousId": device}


def identify(device: str, who: str, minute: float) -> Any:
    """Return the call that says whose device it is."""
    found = event(who, "", minute)
    del found["event"]
    return found | {"type": "identify", "anonymousId": device}


def fold_of(rules: Rule | Sequence[Rule], **options: Any) -> Fold:
    """Return a fold without customers."""
    given = [rules] if isinstance(rules, Rule) else rules
    return Fold(RuleSet(given), **options)


def batch_of(fold: Fold, events: Iterable[Any]) -> EventBatch:
    """Return events as the fold's rules want them."""
    decoded = Decoder(fold.plan.wanted, salt=b"0123456789abcdef").decode(list(events))
    assert not decoded.rejected
    return decoded.batch


def play(fold: Fold, events: Iterable[Any], size: int = 10_000) -> list[tuple[str, str, str, str]]:
    """Return rule, customer, key and fate of what events in batches of a size decide."""
    given, found = list(events), []
    for start in range(0, len(given), size):
        found += fold.events(batch_of(fold, given[start : start + size])).decisions
    return shown(found)


def shown(decisions: Iterable[Any]) -> list[tuple[str, str, str, str]]:
    """Return rule, customer, key and fate of decisions."""
    return [
        (one.rule_id, one.customer_id, one.trigger_key, one.reason or one.status)
        for one in decisions
    ]
