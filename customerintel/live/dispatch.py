"""Whether an action may go out now: the second look, at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Final, Literal, Protocol

from customerintel.live.quiet_hours import quiet_until
from customerintel.live.store import StoredAction

if TYPE_CHECKING:
    from customerintel.live.conditions import On
    from customerintel.live.rule import Rule

__all__ = ["REASONS", "Facts", "Verdict", "check_dispatch"]

#: Why an action is not sent, in the order in which it is looked for. An action in quiet hours
#: waits; whether a cap is reached is only asked when it may go out.
REASONS: Final = ("rule_removed", "attempts", "consent", "unless", "expired", "cap")


class Facts(Protocol):
    """What the second look asks for; the fold answers it."""

    def allows(self, customer_id: str, purpose: str, at: int) -> bool:
        """Tell whether a customer allows a use."""
        ...

    def seen_since(self, customer_id: str, on: On, after: int, until: int) -> bool:
        """Tell whether an event of a filter came with ``after < timestamp <= until``."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an action.

    Attributes
    ----------
    fate : {"send", "wait", "suppress", "fail"}
        What is done with it.
    reason : str
        One of `REASONS`, where it is not sent.
    until : int
        Until when it waits, microseconds UTC.
    """

    fate: Literal["send", "wait", "suppress", "fail"]
    reason: str = ""
    until: int = 0


_SEND: Final = Verdict("send")


def check_dispatch(
    action: StoredAction,
    rule: Rule | None,
    facts: Facts,
    count_sent: Callable[[int], int],
    now: int,
    zone: tzinfo,
) -> Verdict:
    """Look again at an action that is about to be leased.

    Parameters
    ----------
    action : StoredAction
        As it is in the outbox.
    rule : Rule or None
        As it is now, which may be a later version than the one that decided; None: there is no
        such rule any more.
    facts : Facts
        What is known of the customer.
    count_sent : callable
        Takes a moment and returns how many other actions went to the customer on this channel
        since, the moment itself left out.
    now : int
        Microseconds UTC.
    zone : tzinfo
        In which quiet hours are meant.

    Returns
    -------
    Verdict
        The first of `REASONS` that holds; a lease that ran out too often is a failure, the
        others suppress. Quiet hours come before the caps, which count when the action goes out.
    """
    if rule is None:
        return Verdict("suppress", "rule_removed")
    limits = rule.limits
    if action.attempts >= limits.max_attempts:
        return Verdict("fail", "attempts")
    who, purpose = action.customer_id, rule.requires_consent
    if purpose is not None and not facts.allows(who, purpose, now):
        return Verdict("suppress", "consent")
    if rule.unless is not None and facts.seen_since(who, rule.unless, action.due_at, now):
        return Verdict("suppress", "unless")
    if limits.expires_us is not None and now > action.due_at + limits.expires_us:
        return Verdict("suppress", "expired")
    quiet = None if limits.quiet is None else quiet_until(now, limits.quiet, zone)
    if quiet is not None:
        return Verdict("wait", until=quiet)
    cap = limits.caps.get(action.channel)
    if cap is not None and count_sent(now - cap[1]) >= cap[0]:
        return Verdict("suppress", "cap")
    return _SEND
