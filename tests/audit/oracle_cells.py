"""What each customer bought in each period, by plain loops."""

from __future__ import annotations

import numpy as np

DAY = 86_400_000_000


def cells(rows, periods, until):
    """Return {(customer, period, group): [orders, units, spend]}, firsts, lasts and unmatched.

    `rows` are (customer, microseconds, amount, units, group), in any order; UTC.
    """
    found, firsts, lasts, unmatched = {}, {}, {}, 0.0
    for customer in sorted({row[0] for row in rows}):
        own = sorted((r for r in rows if r[0] == customer and r[1] <= until), key=lambda r: r[1])
        bought = [r for r in own if not r[2] < 0]
        for _, when, amount, units, group in bought:
            firsts.setdefault(customer, when)
            lasts[customer] = when
            for k, (start, end) in enumerate(zip(periods.starts, periods.ends, strict=True)):
                if start < when <= end:
                    cell = found.setdefault((customer, k, group), [0, 0.0, 0.0])
                    cell[0] += 1
                    cell[1] += units
                    cell[2] += amount
        for _, when, amount, _, _ in (r for r in own if r[2] < 0):
            # of the same day: the last one before it, or else the first after it
            before = [r for r in bought if r[1] <= when]
            later = [r for r in bought if r[1] > when and r[1] // DAY == when // DAY]
            earlier = [r for r in before if r[1] // DAY == when // DAY]
            match = (
                earlier[-1] if earlier else later[0] if later else before[-1] if before else None
            )
            if match is None:
                unmatched += amount
                continue
            for k, (start, end) in enumerate(zip(periods.starts, periods.ends, strict=True)):
                if start < match[1] <= end:
                    found[customer, k, match[4]][2] += amount
    return found, firsts, lasts, unmatched


def as_dict(cells):
    """Return the same of `Cells`."""
    ids = cells.ids.to_numpy()
    groups = cells.group if len(cells.group) else np.full(len(cells), -1)
    spend = cells.spend if len(cells.spend) else np.full(len(cells), np.nan)
    rows = zip(cells.customer, cells.period, groups, cells.orders, cells.units, spend, strict=True)
    return {
        (ids[c], int(k), int(g)): [int(orders), float(units), float(money)]
        for c, k, g, orders, units, money in rows
    }
