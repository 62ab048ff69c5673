"""What rules would have done: fires, limits, load, and what customers did afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.backtest_fires import FATES, FireColumns
from customerintel.live.backtest_sending import Sendings
from customerintel.live.dispatch import REASONS
from customerintel.live.outbox_tables import columns_of_rows
from customerintel.live.store import StoredAction
from customerintel.tables.building import Column, build
from customerintel.tables.kinds import Kind
from customerintel.tables.moments import DAY
from customerintel.tables.results import html_table, one_line

__all__ = ["OBSERVATIONAL", "BacktestReport", "OutcomeAfter"]

#: What outcomes of a backtest are, wherever they are shown.
OBSERVATIONAL: Final = "observational, not causal"


@dataclass(frozen=True)
class OutcomeAfter:
    """What customers did within the horizon after a rule fired: observational, not causal.

    Nobody was acted on, and customers who fire a rule differ from others. Only a holdout tells
    what acting changes: see `measure_uplift`.

    Attributes
    ----------
    rule_id : str
    n_fires : int
        Fires that passed the gates and whose horizon was over at the end.
    n_with_outcome : int
        Those of them with an outcome within the horizon.
    n_outcomes : int
        Outcomes within the horizons.
    rate : float
        ``n_with_outcome / n_fires``; NaN without fires.
    label : str
        ``"observational, not causal"``.
    """

    rule_id: str
    n_fires: int
    n_with_outcome: int
    n_outcomes: int
    label: str = OBSERVATIONAL

    @property
    def rate(self) -> float:
        """Share of the fires with an outcome within the horizon."""
        return self.n_with_outcome / self.n_fires if self.n_fires else float("nan")


@dataclass(frozen=True, eq=False, repr=False)
class BacktestReport:
    """What rules would have done on past events; made by `run_backtest`.

    Attributes
    ----------
    fires : dict of str to int
        Fires that passed the gates (cooldown, consent), by rule; held-out ones too. (The
        `decisions` of `Engine.ingest` and the `fired` of `Engine.tick` count those that a gate
        stopped as well.)
    held_out : dict of str to int
        Those of them that the holdout keeps from acting.
    suppressed : dict of str to dict of str to int
        By rule and reason: fires that a gate stopped (``"cooldown"``, ``"consent"``) and actions
        that were stopped as they would have gone out (``"consent"``, ``"unless"``, ``"expired"``,
        ``"cap"``).
    outcomes : dict of str to OutcomeAfter
        What customers did within the horizon after a fire: observational, not causal. Empty
        without an `outcome`.
    n_events, n_duplicates, n_rejected : int
        Events that counted, that had come before, and that cannot be read.
    n_customers : int
        Customers with an event.
    waiting : int
        Actions that wait for the end of quiet hours beyond `until`.
    until : datetime64
        End, UTC.
    horizon : int
        Microseconds after a fire in which outcomes count.
    zone : str
        Of days.
    """

    fires: Mapping[str, int]
    held_out: Mapping[str, int]
    suppressed: Mapping[str, Mapping[str, int]]
    outcomes: Mapping[str, OutcomeAfter]
    n_events: int
    n_duplicates: int
    n_rejected: int
    n_customers: int
    waiting: int
    until: np.datetime64
    horizon: int
    zone: str
    _fires: FireColumns = field(repr=False)
    _sent: Sendings = field(repr=False)
    _edges: Any = field(repr=False)
    _kind: Kind = field(repr=False)

    parts = ("actions", "rules", "load", "outcomes", "suppressed")

    def __post_init__(self) -> None:
        for name in ("fires", "held_out", "outcomes"):
            object.__setattr__(self, name, dict(getattr(self, name)))
        inner = {name: dict(one) for name, one in self.suppressed.items()}
        object.__setattr__(self, "suppressed", inner)

    @property
    def load_per_day(self) -> Any:
        """Table of the load: `day`, `channel`, `queued` (before limits) and `sent` (after them).

        Days are those of the zone. An action is queued on the day of its due time and sent on the
        day on which it goes out, which is later where quiet hours defer it.
        """
        return self.to_frame("load")

    def actions(self) -> Iterator[StoredAction]:
        """Yield the rows that the outbox would hold, in order of (due_at, id)."""
        fate_of = {
            (int(fire), int(position)): place
            for place, (fire, position) in enumerate(
                zip(self._sent.fire, self._sent.position, strict=True)
            )
        }
        fires, due = self._fires, self._fires.due_at
        start = 0
        while start < len(fires):
            stop = int(np.searchsorted(due, due[start], "right"))
            rows = [
                self._finished(row, fate_of.get((place, row.position)))
                for place in range(start, stop)
                for row in fires.actions(place)
            ]
            yield from sorted(rows, key=lambda row: row.id)
            start = stop

    def _finished(self, row: StoredAction, place: int | None) -> StoredAction:
        """Fill in what became of an action."""
        if place is None:
            return row
        reason = int(self._sent.reason[place])
        row.sent_at = int(self._sent.sent_at[place])
        if reason >= 0:
            row.state, row.reason = "suppressed", REASONS[reason]
        elif row.sent_at:
            row.state = "done"
        return row

    def to_frame(self, part: str = "actions") -> Any:
        """Return a table of the events' kind.

        Parameters
        ----------
        part : {"actions", "rules", "load", "outcomes", "suppressed"}, default "actions"
            One row per action that the outbox would hold; per rule; per day and channel; per rule,
            what customers did afterwards; or per rule and reason.
        """
        made = {
            "actions": lambda: columns_of_rows(self.actions()),
            "rules": self._rule_columns,
            "load": self._load_columns,
            "outcomes": self._outcome_columns,
            "suppressed": self._suppressed_columns,
        }
        if part not in made:
            raise InvalidArgumentError(
                f"part must be one of {', '.join(map(repr, self.parts))}; got {part!r}."
            )
        return build(made[part](), self._kind, self.zone if part == "actions" else None)

    def _rule_columns(self) -> dict[str, Column]:
        names = list(self.fires)
        stopped = [sum(self.suppressed[name].values()) for name in names]
        return {
            "rule_id": np.array(names, object),
            "fires": np.array(list(self.fires.values()), np.int64),
            "held_out": np.array([self.held_out[name] for name in names], np.int64),
            "suppressed": np.array(stopped, np.int64),
        }

    def _suppressed_columns(self) -> dict[str, Column]:
        rows = [(r, why, n) for r, one in self.suppressed.items() for why, n in one.items()]
        return {
            "rule_id": np.array([row[0] for row in rows], object),
            "reason": np.array([row[1] for row in rows], object),
            "number": np.array([row[2] for row in rows], np.int64),
        }

    def _outcome_columns(self) -> dict[str, Column]:
        rows = list(self.outcomes.values())
        columns: dict[str, Column] = {"rule_id": np.array([one.rule_id for one in rows], object)}
        for name in ("n_fires", "n_with_outcome", "n_outcomes"):
            columns[name] = np.array([getattr(one, name) for one in rows], np.int64)
        columns["rate"] = np.array([one.rate for one in rows], np.float64)
        columns["label"] = np.array([one.label for one in rows], object)
        return columns

    def _load_columns(self) -> dict[str, Column]:
        """Count by day of the zone and channel; days without anything are left out."""
        fires, sent = self._fires, self._sent
        rules = tuple(fires.rules)
        channels = sorted({action.channel for rule in rules for action in rule.do})
        widest = max((len(rule.do) for rule in rules), default=0)
        place = np.full((len(rules), max(widest, 1)), -1, np.int64)
        for r, rule in enumerate(rules):
            for p, action in enumerate(rule.do):
                place[r, p] = channels.index(action.channel)
        channel = place[fires.rule[sent.fire], sent.position]
        out = sent.sent_at != 0
        queued = self._days(fires.due_at[sent.fire]) * max(len(channels), 1) + channel
        gone = self._days(sent.sent_at[out]) * max(len(channels), 1) + channel[out]
        cells = np.unique(np.concatenate([queued, gone]))
        numbers = [
            np.bincount(np.searchsorted(cells, one), minlength=len(cells)) for one in (queued, gone)
        ]
        days = self._edges[cells // max(len(channels), 1)] if len(cells) else np.empty(0, np.int64)
        return {
            "day": _dates(days, self.zone),
            "channel": np.array([channels[c % len(channels)] for c in cells.tolist()], object),
            "queued": numbers[0].astype(np.int64),
            "sent": numbers[1].astype(np.int64),
        }

    def _days(self, moments: Any) -> Any:
        return np.searchsorted(self._edges, moments, "right") - 1

    def _facts(self) -> dict[str, object]:
        stopped = sum(n for one in self.suppressed.values() for n in one.values())
        return {
            "rules": len(self.fires),
            "events": self.n_events,
            "customers": self.n_customers,
            "fires": sum(self.fires.values()),
            "suppressed": stopped,
            "held_out": sum(self.held_out.values()) or None,
            "sent": int((self._sent.sent_at != 0).sum()),
            "rejected": self.n_rejected or None,
            "outcomes": f"{OBSERVATIONAL}" if self.outcomes else None,
        }

    def __repr__(self) -> str:
        return one_line("BacktestReport", **self._facts())

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = []
        for name, n in self.fires.items():
            why = ", ".join(f"{reason} {k:,}" for reason, k in self.suppressed[name].items())
            rows.append((f"{name}: fires", n))
            rows.append((f"{name}: held out", self.held_out[name]))
            rows.append((f"{name}: suppressed", why or "none"))
            if name in self.outcomes:
                one = self.outcomes[name]
                shown = f"{one.rate:.2%} of {one.n_fires:,} fires ({OBSERVATIONAL})"
                rows.append((f"{name}: outcome within the horizon", shown))
        note = f"<p>{escape(_note(self))}</p>" if self.outcomes else ""
        return html_table("Backtest", rows) + note


def _note(report: BacktestReport) -> str:
    days = f"{report.horizon / DAY:g}"
    return (
        f"Outcomes within {days} days after a fire are {OBSERVATIONAL}: nobody was acted on. Only "
        "a holdout tells what acting changes."
    )


def _dates(midnights: Any, zone: str) -> Any:
    """Return the local dates of local midnights."""
    from customerintel.tables.moments import local_time
    from customerintel.tables.zones import zone_of

    found = [local_time(int(at), zone_of(zone)).date() for at in midnights]
    return np.array(found, "M8[D]").astype("M8[s]")


def stopped_by_reason(fires: FireColumns, sent: Sendings) -> dict[str, dict[str, int]]:
    """Count by rule what was stopped, and why; reasons in their order."""
    found: dict[str, dict[str, int]] = {}
    for place, rule in enumerate(fires.rules):
        mine = fires.rule == place
        counts = {why: int((mine & (fires.fate == FATES.index(why))).sum()) for why in FATES[2:]}
        reasons = sent.reason[mine[sent.fire]]
        for number, why in enumerate(REASONS):
            counts[why] = counts.get(why, 0) + int((reasons == number).sum())
        found[rule.id] = {why: n for why, n in counts.items() if n}
    return found
