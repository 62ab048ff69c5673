"""Purchases of a customer: those that were seen, and those that a history tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from live.oracle_events import Read
from live.oracle_state import Customer
from live.oracle_terms import day_of

if TYPE_CHECKING:
    from live.oracle_live import Oracle

#: Days with a purchase, money, first and last purchase.
Bought = tuple[int, float, int, int]


def buy(customer: Customer, event: Read, zone: ZoneInfo) -> None:
    """Take down what an event says of purchases."""
    if event.kind == "return":
        customer.monetary -= event.amount
    if event.kind != "purchase":
        return
    customer.monetary += event.amount
    last, day = customer.last_purchase, day_of(event.time, zone)
    known = last is None or (day_of(last, zone) - day).days < 63
    if known and day not in customer.bought and day > customer.known_until:
        customer.frequency += 1
        customer.bought.add(day)
    first = customer.first_purchase
    customer.first_purchase = event.time if first is None else min(first, event.time)
    customer.last_purchase = event.time if last is None else max(last, event.time)


def know(
    world: Oracle,
    moment: int,
    scores: Mapping[str, Mapping[str, float]],
    labels: Mapping[str, str],
    cuts: Any,
    bought: Mapping[str, Bought],
) -> None:
    """Take new scores (by estimator, of each customer), labels, cut points and purchases."""
    world.cuts = world.cuts if cuts is None else cuts
    for customer in world.customers.values():
        customer.scores, customer.label = {}, None
    take_over(world, moment, bought)
    for name in scores.keys() & {leaf[1] for leaf in world.since if leaf[0] == "score"}:
        of_customer = scores[name]
        for one, value in of_customer.items():
            world.customer(one).scores[name] = value
    for one, label in labels.items():
        world.customer(one).label = label


def take_over(world: Oracle, moment: int, bought: Mapping[str, Bought]) -> None:
    """Take over what a history of that moment has, once for each customer."""
    whole: dict[str, Bought] = {}
    for one, hers in bought.items():
        name = world.customer(one).name
        whole[name] = _both(whole[name], hers) if name in whole else hers
    for name, one in whole.items():
        customer = world.customers[name]
        if customer.next_day is None:
            customer.next_day = day_of(max(world.time, 0), world.zone)
        _take(customer, moment, one, world.zone)


def _both(one: Bought, other: Bought) -> Bought:
    days, money = one[0] + other[0], one[1] + other[1]
    return days, money, min(one[2], other[2]), max(one[3], other[3])


def _take(customer: Customer, moment: int, bought: Bought, zone: ZoneInfo) -> None:
    days, money, first, last = bought
    mine_first, mine_last = customer.first_purchase, customer.last_purchase
    if mine_first is None or mine_last is None:
        is_taken, money = True, money + customer.monetary
    elif mine_last <= moment:
        is_taken = True
    elif mine_first > moment:
        same = day_of(mine_first, zone) == day_of(last, zone)
        is_taken, money = True, money + customer.monetary
        days += customer.frequency - same
    else:
        is_taken = days > customer.frequency
    if is_taken:
        customer.frequency, customer.monetary = days, money
        customer.known_until = max(customer.known_until, day_of(last, zone))
    customer.first_purchase = first if mine_first is None else min(first, mine_first)
    customer.last_purchase = last if mine_last is None else max(last, mine_last)
