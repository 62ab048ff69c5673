"""The names that an event's fields may have; others are the sender's own and are passed over."""

from __future__ import annotations

from typing import Final

from pydantic import AliasChoices

from customerintel.schema.event import Event

__all__ = ["KNOWN"]


def _names() -> frozenset[str]:
    found = set()
    for name, field in Event.model_fields.items():
        alias = field.validation_alias
        found |= {str(one) for one in alias.choices} if isinstance(alias, AliasChoices) else {name}
    return frozenset(found)


#: In snake case and in camel case.
KNOWN: Final = _names()
