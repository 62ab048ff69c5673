"""Channels on which customers do not want to hear from the firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.relationships.contact_counts import customers_of, is_kind
from customerintel.relationships.table_parts import contacts_at, per_customer
from customerintel.tables.building import Labels

if TYPE_CHECKING:
    from customerintel.relationships.table import RelationshipTable

__all__ = ["opt_outs_of"]

#: What an opt-out is from that names no channel.
ANY = "marketing"


def opt_outs_of(table: RelationshipTable, prefix: str = "") -> Labels:
    """Return the channels each customer opted out of by the table's moment.

    Parameters
    ----------
    table : RelationshipTable
        Of `classify`.
    prefix : str
        What stands before each channel.

    Returns
    -------
    Labels
        Channels in their order, such as ``"email, sms"``; ``"marketing"`` for an opt-out without a
        channel; empty where none is known of.
    """
    contacts = contacts_at(table)
    if contacts is None:
        return Labels(np.zeros(len(table.ids), np.int64), ("",))
    rows = np.flatnonzero(is_kind(contacts, ("opt_out",)))
    channels = contacts.channels[rows] if len(contacts.channels) else np.full(len(rows), -1)
    pairs = np.unique(np.stack([customers_of(contacts, rows), channels], axis=1), axis=0)
    said: dict[int, list[str]] = {}
    for who, channel in pairs.tolist():
        name = ANY if channel < 0 else contacts.channel_names[channel]
        said.setdefault(who, []).append(prefix + name)
    names = {"": 0}
    found = np.zeros(len(contacts.ids), np.int64)
    for who, words in said.items():
        found[who] = names.setdefault(", ".join(sorted(words)), len(names))
    return Labels(per_customer(table.ids, contacts.ids, found, 0), tuple(names))
