"""Slow, obvious twins of the kernels: loops over Python objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass
class Customer:
    """What the rows of one customer come to."""

    spend: dict[int, float] = field(default_factory=dict)  # by purchase period
    moments: list[int] = field(default_factory=list)  # of purchases
    unassigned: float = 0.0
    total: float = 0.0
    transactions: int = 0
    returns: int = 0


@dataclass(frozen=True)
class Line:
    """One row of a log."""

    key: int
    seen_at: int
    when: int
    amount: float
    is_return: bool = False
    further: bool = False


def fold(
    lines: Iterable[Line],
    period_of: Callable[[int], int],
    *,
    after: int | None = None,
    until: int | None = None,
) -> dict[int, Customer]:
    """Summarise lines per customer, purchases first, then every return by itself."""
    customers: dict[int, Customer] = defaultdict(Customer)
    visible = [
        line
        for line in lines
        if (until is None or line.seen_at <= until) and (after is None or line.when > after)
    ]
    for line in sorted(visible, key=lambda line: line.when):
        customer = customers[line.key]
        customer.total += line.amount
        customer.transactions += not line.further
        if line.is_return:
            customer.returns += not line.further
        else:
            period = period_of(line.when)
            customer.spend[period] = customer.spend.get(period, 0.0) + line.amount
            customer.moments.append(line.when)
    for line in visible:
        if line.is_return:
            customer = customers[line.key]
            earlier = [p for p in customer.spend if p <= period_of(line.when)]
            if earlier:
                customer.spend[max(earlier)] += line.amount
            else:
                customer.unassigned += line.amount
    return dict(customers)


def distinct_sorted(texts: Iterable[str]) -> list[str]:
    """Return distinct texts in ascending order of their UTF-8 bytes."""
    return sorted(set(texts), key=lambda text: text.encode("utf-8", "surrogatepass"))
