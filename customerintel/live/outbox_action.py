"""One action as whoever carries it out gets it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customerintel.live.store import StoredAction
from customerintel.schema.moments import datetime_of
from customerintel.tables.results import html_table, one_line

__all__ = ["OutboxAction", "action_of_row"]


@dataclass(frozen=True, slots=True, repr=False)
class OutboxAction:
    """An action to carry out; made by `Outbox.lease`.

    Attributes
    ----------
    id : str
        The same at each attempt, and after a crash: the idempotency key for whoever receives
        the effect.
    rule_id : str
        Which rule decided.
    rule_version : int
        In which version.
    customer_id : str
        For whom.
    channel : str
        By which way.
    due_at : datetime.datetime
        Since when it is due, UTC.
    payload : dict
        The values of the action, those numbers of the triggering event that the rule reads (`P`)
        under ``values``, and ``rule`` and ``due_at`` (ISO 8601), unless the action has values of
        those names.
    attempt : int
        Which attempt it is, from 1.
    """

    id: str
    rule_id: str
    rule_version: int
    customer_id: str = field(repr=False)
    channel: str
    due_at: datetime
    payload: dict[str, Any] = field(repr=False)
    attempt: int

    def _facts(self) -> dict[str, object]:
        return {
            "id": self.id,
            "rule": self.rule_id,
            "version": self.rule_version,
            "channel": self.channel,
            "due_at": self.due_at.isoformat(),
            "attempt": self.attempt,
        }

    def __repr__(self) -> str:
        return one_line("OutboxAction", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Action", list(self._facts().items()))


def action_of_row(row: StoredAction) -> OutboxAction:
    """Return the action of a leased row."""
    due_at = datetime_of(row.due_at)
    facts = {"rule": row.rule_id, "due_at": due_at.isoformat()}
    return OutboxAction(
        id=row.id,
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        customer_id=row.customer_id,
        channel=row.channel,
        due_at=due_at,
        payload=facts | json.loads(row.payload),
        attempt=row.attempts,
    )
