"""Counting the contacts of each customer, and what customers did after a complaint."""

from __future__ import annotations

import numpy as np

from customerintel._kernels._jit import kernel
from customerintel._kernels.features import _collect

#: Rows of the counts of `count_contacts`; kinds name those before `NOTHING`.
COMPLAINTS, ESCALATIONS, DISPUTES, REQUESTS, DELIVERED, SENT, OPENS, CLICKS = 0, 1, 2, 3, 4, 5, 6, 7
VISITS, IDEAS, FEEDBACK, REVIEWS, REFERRALS, COMMUNITY, OPT_OUTS = 8, 9, 10, 11, 12, 13, 14
NOTHING = 15
SERVICE, CONTACTS, INITIATED, PERSONAL, UNRESOLVED, FELT = 15, 16, 17, 18, 19, 20
N_COUNTS = 21
#: Rows of the sums: sentiment above and below 0, and their squares.
POSITIVE, POSITIVE_2, NEGATIVE, NEGATIVE_2 = 0, 1, 2, 3
N_SUMS = 4

#: Bits of what a kind is.
IS_ACT, IS_SERVICE, IS_DIALOGUE, IS_GRIEVANCE, IS_PERSONAL, IS_OURS, IS_APART = (
    1,
    2,
    4,
    8,
    16,
    32,
    64,
)
OUTBOUND = 1
#: Strata of `repurchases`: by purchase days so far, and by time since the last over the mean gap.
N_SO_FAR, N_OVERDUE = 5, 4
N_STRATA = 20


@kernel
def _count_one(slot, bits, way, personal_channel, counts, c):
    """Count one contact; return whether it came from the customer."""
    inbound = way != OUTBOUND and bits & IS_OURS == 0
    if slot < NOTHING and (inbound or bits & IS_ACT == 0):
        counts[slot, c] += 1
    if inbound and bits & IS_SERVICE:
        counts[SERVICE, c] += 1
    in_person = personal_channel and bits & (IS_APART | IS_OURS) == 0
    if not (bits & IS_DIALOGUE or in_person):
        return inbound
    if not in_person and way < 0 and bits & (IS_ACT | IS_OURS) == 0:
        # a contact of another kind, of which nobody knows who made it
        return inbound
    counts[CONTACTS, c] += 1
    if inbound and bits & IS_GRIEVANCE == 0:
        counts[INITIATED, c] += 1
    if bits & IS_PERSONAL or in_person:
        counts[PERSONAL, c] += 1
    return inbound


@kernel
def _feel(sentiment, counts, sums, c):
    """Add one sentiment to the sums."""
    counts[FELT, c] += 1
    if sentiment > 0.0:
        sums[POSITIVE, c] += sentiment
        sums[POSITIVE_2, c] += sentiment * sentiment
    else:
        sums[NEGATIVE, c] -= sentiment
        sums[NEGATIVE_2, c] += sentiment * sentiment


@kernel
def count_contacts(
    first, last, homes, offsets, when, kinds, ways, sentiment, resolved_at, channels, campaigns,
    until, slots, bits, personal, counts, sums, since, seen, resolved,
):  # fmt: skip
    """Count the visible contacts of the customers ``first … last - 1`` of the contacts.

    Parameters
    ----------
    homes : int64, shape (n_contact_customers,)
        Column of `counts` of each; -1 where the customer has no visible purchase.
    offsets, when, kinds, ways, sentiment, resolved_at, channels, campaigns
        The contacts by customer and time; the last four may be empty.
    until : int
        The moment.
    slots, bits : int64, shape (n_kinds,)
        Row of `counts` of each kind, and what it is.
    personal : bool, shape (n_channels,)
    counts, sums : int32 and float64, shapes (N_COUNTS, n_customers) and (N_SUMS, n_customers)
    since : int64, shape (n_customers,)
        Comes out as the moment of the first contact, untouched where there is none.
    seen : int64, shape (n_kinds + 2,)
        How often each kind occurs with anybody; then those of unknown customers, and the first
        moment of all.
    resolved : int64, shape (1,)
        How many complaints were resolved, whoever made them.
    """
    for k in range(first, last):
        c = homes[k]
        last_open, last_click = np.int64(-1), np.int64(-1)
        for i in range(offsets[k], offsets[k + 1]):
            if when[i] > until:
                break
            kind = kinds[i]
            seen[kind] += 1
            seen[-1] = min(seen[-1], when[i])
            slot = slots[kind]
            settled = False
            if slot == COMPLAINTS and len(resolved_at) > 0:
                settled = resolved_at[i] != np.iinfo(np.int64).min and resolved_at[i] <= until
                resolved[0] += settled
            if c < 0:
                seen[-2] += 1
                continue
            since[c] = min(since[c], when[i])
            campaign = campaigns[i] if len(campaigns) > 0 else np.int64(-1)
            if slot == OPENS or slot == CLICKS:
                before = last_open if slot == OPENS else last_click
                if campaign >= 0 and campaign == before:
                    continue  # the same message once more
                if slot == OPENS:
                    last_open = campaign
                else:
                    last_click = campaign
            channel = channels[i] if len(channels) > 0 else -1
            inbound = _count_one(
                slot, bits[kind], ways[i], channel >= 0 and personal[channel], counts, c
            )
            if slot == COMPLAINTS and inbound and not settled:
                counts[UNRESOLVED, c] += 1
            if inbound and len(sentiment) > 0 and sentiment[i] == sentiment[i]:
                _feel(np.float64(sentiment[i]), counts, sums, c)


@kernel
def pick_complaints(first, last, homes, offsets, when, kinds, ways, until, kind, begin, out, held):
    """Write the moments of each customer's complaints, those of one day's length as one.

    Parameters
    ----------
    kind : int
        What a complaint is.
    begin : int64, shape (n_customers + 1,)
        Where each customer's moments begin in `out`.
    out : int64
        Moments up to `until`.
    held : int64, shape (n_customers,)
        Comes out as how many each customer has.
    """
    for k in range(first, last):
        c = homes[k]
        if c < 0:
            continue
        n = 0
        for i in range(offsets[k], offsets[k + 1]):
            if when[i] > until:
                break
            if kinds[i] != kind or ways[i] == OUTBOUND:
                continue
            if n > 0 and when[i] - out[begin[c] + n - 1] < 86_400_000_000:
                continue
            out[begin[c] + n] = when[i]
            n += 1
        held[c] = n


@kernel
def _stratum(found, n, day, usual):
    """Return the stratum on a day, and how many purchase days there were; -1 before the first.

    The gap of whoever has bought on one day is `usual`.
    """
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if found[middle] <= day:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return -1, 0
    so_far = min(low, 3) - 1 if low < 4 else (2 if low == 4 else (3 if low <= 8 else 4))
    gap = (found[low - 1] - found[0]) / np.float64(low - 1) if low > 1 else usual
    overdue = (day - found[low - 1]) / gap
    late = 0 if overdue < 0.5 else (1 if overdue < 1.0 else (2 if overdue < 2.0 else 3))
    return so_far * N_OVERDUE + late, low


@kernel
def repurchases(
    first, last, places, offsets, packed, seen_at, days, amounts, until, begin, held, moments,
    control, horizon, usual, chances, outcomes,
):  # fmt: skip
    """Count, by stratum, after which complaints the customers bought again.

    Customers without a complaint are asked at the days `control`.

    Parameters
    ----------
    begin, held, moments : int64
        Days of each customer's complaints: where they begin, how many they are, and they.
    control : int64, shape (n_control,)
        Days at which customers without complaints are looked at.
    horizon : int
        Days within which a purchase counts.
    usual : float
        Days between purchases of whoever has bought on one day only.
    chances, outcomes : int64, shape (2, N_STRATA)
        Come out as how often there was a look and a purchase, at customers without complaints
        and at those with.
    """
    longest = 0
    for c in range(first, last):
        longest = max(longest, offsets[places[c] + 1] - offsets[places[c]])
    found, spend = np.empty(longest, np.int64), np.empty(longest, np.float64)
    for c in range(first, last):
        start, stop = offsets[places[c]], offsets[places[c] + 1]
        n = _collect(start, stop, packed, seen_at, days, amounts, until, found, spend)
        asked = held[c] if held[c] >= 0 else len(control)
        group = 1 if held[c] >= 0 else 0
        for k in range(asked):
            day = moments[begin[c] + k] if group else control[k]
            stratum, so_far = _stratum(found, n, day, usual)
            if stratum < 0:
                continue
            chances[group, stratum] += 1
            outcomes[group, stratum] += so_far < n and found[so_far] - day <= horizon


@kernel
def forgive(
    first, last, places, offsets, packed, seen_at, days, amounts, until, begin, held, moments,
    horizon, usual, base, out,
):  # fmt: skip
    """Write how many complaints count, and the sum and squares of the outcomes less base.

    Parameters
    ----------
    base : float64, shape (N_STRATA,)
        Share of customers without complaints who buy within the horizon.
    out : float64, shape (3, n_customers)
    """
    longest = 0
    for c in range(first, last):
        if held[c] > 0:
            longest = max(longest, offsets[places[c] + 1] - offsets[places[c]])
    found, spend = np.empty(longest, np.int64), np.empty(longest, np.float64)
    for c in range(first, last):
        out[0, c], out[1, c], out[2, c] = 0.0, 0.0, 0.0
        if held[c] <= 0:
            continue
        start, stop = offsets[places[c]], offsets[places[c] + 1]
        n = _collect(start, stop, packed, seen_at, days, amounts, until, found, spend)
        for k in range(held[c]):
            day = moments[begin[c] + k]
            stratum, so_far = _stratum(found, n, day, usual)
            if stratum < 0:
                continue
            again = so_far < n and found[so_far] - day <= horizon
            more = np.float64(again) - base[stratum]
            out[0, c] += 1.0
            out[1, c] += more
            out[2, c] += more * more
