"""Rules on past events: the fold and the dispatcher of the live engine, with time as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel._kernels.live_words import NEVER
from customerintel.live.backtest_fires import FATES, FireColumns
from customerintel.live.backtest_report import BacktestReport, OutcomeAfter, stopped_by_reason
from customerintel.live.backtest_run import Run, Setting
from customerintel.live.backtest_sending import Sendings, send_all
from customerintel.live.backtest_source import PastEvents, past_events
from customerintel.live.engine_rules import rule_set_of
from customerintel.live.engine_settings import read_settings
from customerintel.live.engine_state import read_now
from customerintel.live.event_filter import On, read_on
from customerintel.live.lengths import read_length
from customerintel.live.rules_without_facts import (
    warn_without_consent,
    warn_without_history,
    warn_without_scores,
)
from customerintel.tables.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from customerintel.live.backtest_moments import Moments
    from customerintel.live.rule import Holdout, Rule
    from customerintel.live.rule_set import RuleSet
    from customerintel.rfm import SegmentScheme
    from customerintel.tables import ConsentLedger, History

__all__ = ["run_backtest"]


def run_backtest(
    rules: Rule | Iterable[Rule] | RuleSet,
    events: Any,
    *,
    until: Any = None,
    outcome: On | str | None = None,
    horizon: str | timedelta = "7d",
    history: History | None = None,
    consent: ConsentLedger | None = None,
    tz: str = "UTC",
    lateness: str | timedelta = "0s",
    holdout: Holdout | None = None,
    scheme: SegmentScheme | None = None,
) -> BacktestReport:
    """Work out what rules would have done on past events.

    Every event is seen when it was received, and nothing before: fires, their ids and the state
    of customers are those that a live engine has on the same events, given to `Engine.ingest` (ids
    of what comes from a source hold its name). The dispatcher takes each
    action at its due time (of an event that came late, when that was known), or at the end of the
    quiet hours that defer it.

    Parameters
    ----------
    rules : Rule, iterable of Rule, or RuleSet
        What to do when.
    events : table, or iterable of Event, dict or JSON
        As for `Engine.ingest`; of a file of JSON Lines, ``open(path, "rb")``. They are brought
        into the order of ``receivedAt``; those without it count as received at their timestamp,
        so that lateness is not modelled.
    until : date, datetime, datetime64 or str, optional
        End: events that were received later are not seen, and deadlines up to then fire. By
        default the last event.
    outcome : On or str, optional
        What is counted after a fire.
    horizon : str or timedelta, default "7d"
        Outcomes count in ``(fire, fire + horizon]``; fires whose horizon goes beyond the end are
        left out.
    history : History, optional
        What was known before the first event; one that knows more is refused.
    consent : ConsentLedger, optional
        Who allowed what, and when; each entry counts from its own moment on.
    tz, lateness, holdout, scheme
        As for `Engine`.

    Returns
    -------
    BacktestReport
        Frozen; the same for any number of threads.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or `history` knows what came later.
    SchemaError
        If a table cannot be read.

    Notes
    -----
    Outcomes are observational, not causal: nobody was acted on. They tell how often customers who
    fire a rule do it anyway, which is the baseline for `required_sample_size`.

    Examples
    --------
    >>> from customerintel import live
    >>> gone = live.Rule(
    ...     id="gone", version=1, do=[live.Action("email")],
    ...     when=live.Absence(after=live.On("Visit"), of=live.On("Visit"), within="7d"),
    ... )
    >>> visits = [
    ...     {"userId": "c1", "event": "Visit", "timestamp": f"2026-05-{day:02}T12:00:00Z"}
    ...     for day in (1, 3, 20)
    ... ]
    >>> report = live.run_backtest([gone], visits, outcome=live.On("Visit"), horizon="10d")
    >>> dict(report.fires), report.outcomes["gone"].rate, report.outcomes["gone"].label
    ({'gone': 1}, 1.0, 'observational, not causal')
    """
    wanted = rule_set_of(rules)
    settings = read_settings(tz, lateness, holdout)
    span = int(read_length(horizon, "horizon"))
    watched = None if outcome is None else read_on(outcome, "outcome")
    end = None if until is None else read_now(until, tz, "until")
    setting = Setting(wanted, settings, history, consent, scheme)
    if history is None:
        warn_without_history(wanted)
    else:
        warn_without_scores(wanted)
    run = Run(setting, watched)
    past = past_events(events, run.decoder, end)
    run.go_through(past, end)
    report = _report(run, past, span)
    if consent is None:
        stopped = report.suppressed.items()
        warn_without_consent(name for name, reasons in stopped if reasons.get("consent"))
    return report


def _report(run: Run, past: PastEvents, horizon: int) -> BacktestReport:
    """Let the actions go out, and count."""
    fires, zone = run.fires(), run.zone_name
    sent = send_all(fires, run.facts, zone_of(zone), run.time)
    return BacktestReport(
        fires=_by_rule(fires, ("queued", "held_out")),
        held_out=_by_rule(fires, ("held_out",)),
        suppressed=stopped_by_reason(fires, sent),
        outcomes={} if run.outcome is None else _outcomes(fires, run.outcome, horizon, run.time),
        n_events=run.n_events,
        n_duplicates=run.n_duplicates,
        n_rejected=past.n_rejected,
        n_customers=run.n_customers,
        waiting=_waiting(sent),
        until=np.datetime64("NaT" if run.time == NEVER else run.time, "us"),
        horizon=horizon,
        zone=zone,
        _fires=fires,
        _sent=sent,
        _edges=run.edges,
        _kind=past.kind,
    )


def _by_rule(fires: FireColumns, fates: tuple[str, ...]) -> dict[str, int]:
    mine = np.isin(fires.fate, [FATES.index(fate) for fate in fates])
    counts = np.bincount(fires.rule[mine], minlength=len(fires.rules))
    return {rule.id: int(n) for rule, n in zip(fires.rules, counts, strict=True)}


def _waiting(sent: Sendings) -> int:
    return int(((sent.sent_at == 0) & (sent.reason < 0)).sum())


def _outcomes(
    fires: FireColumns, outcome: Moments, horizon: int, end: int
) -> dict[str, OutcomeAfter]:
    """Count outcomes after the fires that passed the gates, of complete horizons."""
    passed = np.isin(fires.fate, [FATES.index("queued"), FATES.index("held_out")])
    places = np.flatnonzero(passed & (fires.due_at + horizon <= end))
    due = fires.due_at[places]
    names = [fires.customers[who] for who in fires.who[places].tolist()]
    counts = outcome.counts(names, due, due + horizon)
    found = {}
    for place, rule in enumerate(fires.rules):
        mine = counts[fires.rule[places] == place]
        found[rule.id] = OutcomeAfter(rule.id, len(mine), int((mine > 0).sum()), int(mine.sum()))
    return found
