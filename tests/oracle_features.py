"""A slow, obvious twin of `History.features`: loops over the rows of one customer after another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import fmean, stdev
from typing import Any
from zoneinfo import ZoneInfo

NAN = math.nan


@dataclass(frozen=True)
class Row:
    """One row of a log; `at` is UTC without a zone."""

    customer: int
    at: datetime
    amount: float
    order: int | None = None
    category: str | None = None


def features(
    rows: list[Row],
    moment: datetime,
    *,
    windows: tuple[int, ...] = (30, 90, 180),
    ahead: int = 90,
    returns: str = "net",
    zone: str = "UTC",
) -> dict[int, dict[str, float]]:
    """Return the features of each customer with a purchase, from the visible rows alone."""
    seen = [row for row in rows if row.at <= moment and not (returns == "drop" and row.amount < 0)]
    found = {}
    for customer in sorted({row.customer for row in seen}):
        own = sorted((row for row in seen if row.customer == customer), key=lambda row: row.at)
        one = _Customer(own, moment, returns=returns, zone=zone)
        if one.spend:
            found[customer] = one.features(windows, ahead)
    return found


class _Customer:
    def __init__(self, own: list[Row], moment: datetime, *, returns: str, zone: str) -> None:
        self.zone, self.moment, self.own = ZoneInfo(zone), moment, own
        self.is_return = [row.amount < 0 and returns != "keep" for row in own]
        self.when = [
            min(x.at for x in own if x is row or (row.order is not None and x.order == row.order))
            for row in own
        ]
        self.spend: dict[date, float] = {}
        for row, when, back in zip(own, self.when, self.is_return, strict=True):
            if not back:
                self.spend[self.day(when)] = self.spend.get(self.day(when), 0.0) + row.amount
        for row, when, back in zip(own, self.when, self.is_return, strict=True):
            earlier = [day for day in self.spend if day <= self.day(when)]
            if back and earlier:
                self.spend[max(earlier)] += row.amount

    def day(self, at: datetime) -> date:
        return at.replace(tzinfo=UTC).astimezone(self.zone).date()

    def before(self, days: int) -> datetime:
        """The moment so many days of the calendar ago."""
        local = self.moment.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None)
        there = (local - timedelta(days=days)).replace(tzinfo=self.zone)
        return there.astimezone(UTC).replace(tzinfo=None)

    def transactions(self) -> tuple[int, int]:
        """All, and those that are returns: the first line of an order tells, a sale before."""
        groups: dict[Any, list[tuple[datetime, bool]]] = {}
        for place, (row, back) in enumerate(zip(self.own, self.is_return, strict=True)):
            key = ("alone", place) if row.order is None else ("order", row.order)
            groups.setdefault(key, []).append((row.at, back))
        return len(groups), sum(min(lines)[1] for lines in groups.values())

    def features(self, windows: tuple[int, ...], ahead: int) -> dict[str, float]:
        days, today = sorted(self.spend), self.day(self.moment)
        ages = [(day - days[0]).days for day in days]
        life = (today - days[0]).days
        gaps = [b - a for a, b in pairwise(ages)]
        n, n_returns = self.transactions()
        total = math.fsum(row.amount for row in self.own)
        repeat = [self.spend[day] for day in days[1:]]
        since = life - ages[-1]
        made = {
            "frequency": len(days) - 1,
            "recency": ages[-1],
            "T": life,
            "time_since_last": since,
            "n_transactions": n,
            "total_amount": total,
            "monetary_value": fmean(repeat) if repeat else NAN,
            "mean_amount": total / len(days),
            "first_amount": self.spend[days[0]],
            "gap_mean": fmean(gaps) if gaps else NAN,
            "gap_std": stdev(gaps) if len(gaps) > 1 else NAN,
            "regularity": _regularity(gaps),
            "clumpiness": _clumpiness([1, *gaps, since + 1]),
            "overdue_ratio": since / fmean(gaps) if gaps else NAN,
        }
        for length in windows:
            made[f"purchases_{length}d"] = len(self.days_since(self.before(length)))
        for length in windows:
            made[f"spend_{length}d"] = self.spent_since(self.before(length))
        halves = [_half(age, life) for age in ages[1:]]
        made["frequency_trend"] = _trend(halves, [1.0] * len(halves)) if gaps else NAN
        made["spend_trend"] = _trend(halves, repeat) if repeat and fmean(repeat) > 0 else NAN
        made["breadth"] = self.breadth()
        made["return_share"] = n_returns / n
        made["weekend_share"] = fmean(day.weekday() >= 5 for day in days)
        made["season_share"] = _season_share(days, today, ahead)
        return {name: float(value) for name, value in made.items()}

    def days_since(self, start: datetime) -> set[date]:
        rows = zip(self.when, self.is_return, strict=True)
        return {self.day(when) for when, back in rows if when > start and not back}

    def spent_since(self, start: datetime) -> float:
        rows = zip(self.own, self.when, strict=True)
        return math.fsum(row.amount for row, when in rows if when > start)

    def breadth(self) -> float:
        rows = zip(self.own, self.is_return, strict=True)
        found = {row.category for row, back in rows if not back} - {None}
        return len(found) or NAN


def _regularity(gaps: list[int]) -> float:
    if len(gaps) < 2:
        return NAN
    pairs = [((b - a) / (a + b)) ** 2 for a, b in pairwise(gaps)]
    return (1 / fmean([*pairs, 1 / 3]) - 1) / 2


def _clumpiness(gaps: list[int]) -> float:
    shares = [gap / sum(gaps) for gap in gaps]
    return 1 + sum(x * math.log(x) for x in shares) / math.log(len(gaps))


def _half(age: int, life: int) -> float:
    """How much of the day lies in the later half of the life."""
    return min(1.0, max(0.0, age - max(age - 1, life / 2)))


def _trend(halves: list[float], values: list[float]) -> float:
    usual = fmean(values)
    later = math.fsum(h * v for h, v in zip(halves, values, strict=True))
    earlier = math.fsum((1 - h) * v for h, v in zip(halves, values, strict=True))
    return math.log((max(later, 0) + usual / 2) / (max(earlier, 0) + usual / 2))


def _season_share(days: list[date], today: date, ahead: int) -> float:
    def in_season(day: date) -> bool:
        return any(
            0 < (day - today).days + math.floor(365.25 * year + 0.5) <= ahead
            for year in range(1, 30)
        )

    came_after = days[0] > today - timedelta(days=365 - ahead)
    return NAN if came_after else fmean(map(in_season, days))
