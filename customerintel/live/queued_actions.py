"""From decisions to rows of the outbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from customerintel.live.decision import Decision
from customerintel.live.key_parts import SEPARATOR, plain
from customerintel.live.store import StoredAction

if TYPE_CHECKING:
    from customerintel.live.rule_set import RuleSet

__all__ = ["QueuedActions", "action_id"]


def action_id(decision: Decision, position: int) -> str:
    """Return the id of an action: the same whenever and wherever its fire is worked out.

    Parameters
    ----------
    decision : Decision
        The fire.
    position : int
        Of the action in the rule's ``do``.
    """
    # the key of the trigger has a separator of its own where its source has a name
    parts = (
        plain(decision.rule_id), str(decision.version), plain(decision.customer_id),
        decision.trigger_key, str(decision.due_at), str(position),
    )  # fmt: skip
    text = SEPARATOR.join(parts).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16).hexdigest()


class QueuedActions:
    """Makes one row for each action of a fire.

    Parameters
    ----------
    rules : RuleSet
        By which the fires were decided.
    """

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        # what is the same in all rows: channel, and the end of the payload
        self._actions = {
            rule.id: [(action.channel, _end_of_payload(action.values)) for action in rule.do]
            for rule in rules
        }

    def of(self, decision: Decision, canonical: Callable[[str], str]) -> list[StoredAction]:
        """Return the rows of a fire.

        The ids are made of the customer that fired. The rows belong to whom she leads to since,
        so that it makes no difference whether a merge came in the same batch.
        """
        who, numbers = canonical(decision.customer_id), _numbers(decision.values)
        return [
            StoredAction(
                id=action_id(decision, position),
                rule_id=decision.rule_id,
                rule_version=decision.version,
                customer_id=who,
                position=position,
                channel=channel,
                due_at=decision.due_at,
                not_before=decision.due_at,
                state=decision.status,
                reason=decision.reason,
                payload=f'{{"values":{numbers}{end}',
                trigger_key=decision.trigger_key,
                arm=decision.arm,
                unit_at=decision.unit_at,
                frequency=decision.frequency,
                monetary=decision.monetary,
                time_since_last=decision.time_since_last,
            )
            for position, (channel, end) in enumerate(self._actions[decision.rule_id])
        ]


def _numbers(values: Mapping[str, float]) -> str:
    """Return the numbers that there are as JSON."""
    # they are finite, so JSON writes them as Python does
    shown = [f"{_quoted(name)}: {number!r}" for name, number in values.items() if number == number]
    return "{" + ", ".join(shown) + "}"


@cache
def _quoted(name: str) -> str:
    return json.dumps(name)


def _end_of_payload(values: Mapping[str, Any]) -> str:
    """Return the rest of the JSON object behind its first value."""
    inner = json.dumps(dict(values), separators=(",", ":"))[1:]
    return inner if inner == "}" else f",{inner}"
