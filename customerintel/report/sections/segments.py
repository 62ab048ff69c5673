"""The RFM map, and segments with what to do for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customerintel.report.charts import chart
from customerintel.report.drawing import heat, rows_of_bars
from customerintel.report.markup import figures, long_table, note, pairs, subhead
from customerintel.report.material import Material
from customerintel.report.numbers import MISSING, count, days, decimal, money, percent
from customerintel.report.page import Section
from customerintel.report.small_groups import DASH, few, hidden_groups, hidden_in, number
from customerintel.rfm import RFMScores

__all__ = ["section"]

Floats = NDArray[np.float64]

#: What to do for each segment (usual advice; rewards rather than discounts for the best).
ACTIONS = {
    "Champions": "Reward them: early access, thanks, a say in what comes next. No discounts.",
    "Loyal": "Keep them: a loyalty benefit, related products, ask for reviews and referrals.",
    "Potential Loyalist": "Bring about the next purchase soon: membership, a fitting suggestion.",
    "New": "Welcome them: help with the first purchase, and a reason for the second.",
    "Promising": "Nudge the second or third purchase while the last one is fresh.",
    "Need Attention": "A limited offer that fits what they bought, before they drift away.",
    "About To Sleep": "Remind them of what they liked; say what is new since they were here.",
    "At Risk": "Write personally, ask what went wrong, and make coming back easy.",
    "Cannot Lose": "Call them or write by name: they were among the best and have stopped.",
    "Hibernating": "One inexpensive reminder with a broad offer; no more if it is not answered.",
    "Lost": "One attempt to win them back, then leave them in peace and save the cost.",
}
#: Segments that a business lives on, and those that it is about to lose.
BEST, SLIPPING = ("Champions", "Loyal"), ("At Risk", "Cannot Lose")


@dataclass(frozen=True, eq=False)
class _Sums:
    """Each segment in numbers."""

    names: tuple[str, ...]
    customers: NDArray[np.int64]
    hidden: NDArray[np.bool_]
    since: Floats
    often: Floats
    spend: Floats | None

    @classmethod
    def of(cls, rfm: RFMScores) -> _Sums:
        names = rfm.scheme.segments if rfm.scheme else ()
        codes, size = rfm.segment_code, len(names)
        customers = np.bincount(codes, minlength=size)
        with np.errstate(invalid="ignore"):
            since = np.bincount(codes, rfm.time_since_last, size) / customers
            often = np.bincount(codes, rfm.frequency, size) / customers
        spend = None
        if rfm.total_amount is not None:
            spend = np.asarray(np.bincount(codes, rfm.total_amount, size), np.float64)
        return cls(names, customers, hidden_groups(customers), since, often, spend)

    def told(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of some segments that are shown."""
        shown = {name for name, h in zip(self.names, self.hidden, strict=True) if not h}
        return tuple(name for name in names if name in shown)

    def share(self, values: Floats, names: tuple[str, ...]) -> float:
        """Return the share of some segments in a sum."""
        chosen = [self.names.index(name) for name in names if name in self.names]
        total = float(values.sum())
        return float(values[chosen].sum()) / total if total > 0 else np.nan


def section(material: Material) -> Section:
    """Make the section."""
    rfm, why = material.attempt(lambda: material.rfm)
    if rfm is None:
        return Section("segments", "Segments by recency, frequency and money", "Segments", why)
    sums = _Sums.of(rfm)
    body = figures([_map(rfm, sums), _bars(sums)])
    body += subhead("Each segment, and what to do for it") + _table(sums, material)
    if sums.hidden.any():
        body += note(DASH)
    body += note(
        f"Scheme {rfm.scheme}: every customer has a score from 1 (worst) to 5 (best) for the time "
        "since the last purchase, the number of days with a purchase"
        + (" and net spend" if sums.spend is not None else "")
        + ". Scores are ranks among the customers of this log; the same name means other "
        "customers under another scheme."
    )
    finding = _finding(sums)
    return Section(
        "segments", "Segments by recency, frequency and money" if sums.spend is not None
        else "Segments by recency and frequency", "Segments", finding, body, finding,
    )  # fmt: skip


def _finding(sums: _Sums) -> str:
    heads = sums.customers.astype(np.float64)
    best, slipping = sums.told(BEST), sums.told(SLIPPING)
    said = []
    if best:
        share = percent(sums.share(heads, best))
        said.append(f"{' and '.join(best)} are {share} of the customers")
        if sums.spend is not None:
            said[0] += f" and brought {percent(sums.share(sums.spend, best))} of net spend"
    # without one of the two, it would be too small a share
    if len(slipping) == len(SLIPPING):
        share = percent(sums.share(heads, slipping))
        said.append(f"{share} used to buy well and are slipping away")
    return f"{'; '.join(said)}." if said else ""


def _map(rfm: RFMScores, sums: _Sums) -> str:
    bins = rfm.bins[0]
    grid = np.zeros((bins, rfm.bins[1]))
    np.add.at(grid, (bins - rfm.recency_score, rfm.frequency_score - 1), 1.0)
    hidden = _hidden(rfm, grid, sums)
    share = np.where(grid == 0, 0.0, grid / grid.sum())
    small = [
        [_cell(n, h) for n, h in zip(*row, strict=True)] for row in zip(grid, hidden, strict=True)
    ]
    down = [str(score) for score in range(bins, 0, -1)]
    across = [str(score) for score in range(1, rfm.bins[1] + 1)]
    down[0], down[-1] = f"{down[0]}\nlately", f"long\nago\n{down[-1]}"
    across[0], across[-1] = "1\nonce", f"{across[-1]}\noften"
    best = float(share[0, -1])
    return chart(
        "rfm-map",
        heat(
            np.where(hidden, 0.0, share), small, down=down, across=across,
            xlabel="frequency score", ylabel="recency score",
        ),
        title="Map of the customers",
        says="Customers by how lately and how often they bought"
        + ("." if hidden[0, -1] else f"; {percent(best)} are in the best corner, top right."),
        head=["Recency score", *[f"Frequency {k + 1}" for k in range(rfm.bins[1])]],
        rows=[[str(bins - place), *row] for place, row in enumerate(small)],
        height=3.4,
    )  # fmt: skip


def _hidden(rfm: RFMScores, grid: Floats, sums: _Sums) -> NDArray[np.bool_]:
    """Tell which squares are not shown; their sums by segment are known."""
    of = np.full(grid.shape, -1)
    of[rfm.bins[0] - rfm.recency_score, rfm.frequency_score - 1] = rfm.segment_code
    segments = [np.flatnonzero(of.ravel() == k) for k in np.flatnonzero(~sums.hidden)]
    every = np.arange(grid.size)
    known = [every, *[one for one in segments if len(one)]]
    return hidden_in(grid.ravel(), known).reshape(grid.shape)


def _cell(size: float, hidden: bool) -> str:  # noqa: FBT001 - one of a pair of columns
    return ("<10" if few(size) else MISSING) if hidden else count(size)


def _bars(sums: _Sums) -> str:
    heads = np.where(sums.hidden, 0.0, sums.customers / max(sums.customers.sum(), 1))
    second, names = None, ("customers", "")
    texts = ["" if h else percent(x) for x, h in zip(heads, sums.hidden, strict=True)]
    head, says = ["Segment", "Customers"], "Share of the customers in each segment."
    rows = [
        [name, number(n, hidden=h) if h else text]
        for name, n, text, h in zip(sums.names, sums.customers, texts, sums.hidden, strict=True)
    ]
    total = float(sums.spend.sum()) if sums.spend is not None else 0.0
    if sums.spend is not None and total > 0:
        second, names = np.where(sums.hidden, 0.0, sums.spend / total), ("customers", "net spend")
        texts = [
            "" if h else f"{percent(x)} · {percent(y)}"
            for x, y, h in zip(heads, second, sums.hidden, strict=True)
        ]
        rows = [
            [*row, MISSING if h else percent(y)]
            for row, y, h in zip(rows, second, sums.hidden, strict=True)
        ]
        head, says = [*head, "Net spend"], "Share of the customers and of their net spend."
    return chart(
        "rfm-segments", rows_of_bars(sums.names, heads, texts, second=second, names=names),
        title="Segments", says=says, head=head, rows=rows,
        height=4.0 if second is not None else 3.4,
    )  # fmt: skip


def _table(sums: _Sums, material: Material) -> str:
    money_too = sums.spend is not None
    head = ["Segment", "Customers", "Since last purchase", "Days with a purchase"]
    head += ["Net spend", "Per customer"] if money_too else []
    rows = []
    for place, name in enumerate(sums.names):
        n = int(sums.customers[place])
        row = [
            name,
            number(n, hidden=sums.hidden[place]),
            days(sums.since[place]),
            decimal(sums.often[place]),
        ]
        if sums.spend is not None:
            spend = float(sums.spend[place])
            currency = material.options.currency
            row += [money(spend, currency), money(spend / n if n else np.nan, currency)]
        if sums.hidden[place]:
            row = [*row[:2], *[MISSING] * (len(row) - 2)]
        rows.append(row)
    return long_table(head, rows, title="Segments in numbers") + pairs(
        (name, ACTIONS[name])
        for name, n in zip(sums.names, sums.customers, strict=True)
        if n and name in ACTIONS
    )
