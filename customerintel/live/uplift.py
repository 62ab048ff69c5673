"""Did it work: treated against control customers, by intention to treat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.exceptions import DataQualityWarning, InvalidArgumentError
from customerintel.live.effects import effects_of
from customerintel.live.lengths import read_length
from customerintel.live.sample_ratio import sample_ratio
from customerintel.live.uplift_groups import comparisons_of
from customerintel.live.uplift_outcomes import Outcomes, outcomes_of
from customerintel.live.uplift_result import Comparison, Uplift
from customerintel.live.uplift_rows import Known, known_of, rows_of
from customerintel.live.uplift_units import Units, collect_units
from customerintel.tables.kinds import Kind
from customerintel.tables.moments import read_moment
from customerintel.tables.notices import warn_caller

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ["measure_uplift"]


def measure_uplift(
    outbox: Any,
    outcomes: Any,
    *,
    horizon: str | timedelta = "14d",
    level: float = 0.95,
    value: str | None = None,
    rules: Any = None,
    until: Any = None,
    outcome: Any = None,
) -> Uplift:
    """Measure what acting changed, against the customers who were held out.

    A customer is one unit per comparison, in the arm that the first trigger assigned, whatever
    happened afterwards (intention to treat): a treated customer whose message was stopped later
    stays treated, as a control customer would have been stopped, too.

    Parameters
    ----------
    outbox : Outbox, Engine, table, or iterable of StoredAction
        Rows of actions: ``engine.outbox``, or what its ``to_frame()`` returned.
    outcomes : TransactionLog, table, or iterable of events
        What customers did: purchases; a table of `customer_id`, `timestamp` and perhaps `amount`,
        one row per outcome; or events, of which `outcome` tells the ones that count. Both arms
        must be in it, those who did nothing need not.
    horizon : str or timedelta, default "14d"
        Outcomes count in ``(first trigger, first trigger + horizon]``, the first trigger by a rule
        that is measured: others of the same salt may have assigned the arm long before.
    level : float, default 0.95
        Of the intervals.
    value : str, optional
        Column of the table, or property of the events, that holds money.
    rules : str, Rule, or iterable of them, optional
        Which rules to measure; all. Rules (not only their names) tell the share that was asked
        for, and those that share a salt are one comparison; an outbox knows its rules by itself.
    until : date, datetime, datetime64 or str, optional
        Up to when outcomes are known. By default the time of the engine, or the last outcome if
        that is later or there is no engine. Customers whose horizon ends later are left out and
        counted.
    outcome : On or str, optional
        Which events count; purchases, where it is not given.

    Returns
    -------
    Uplift
        Frozen; with ``.words``, ``.to_frame()``, and a `Comparison` per name.

    Warns
    -----
    DataQualityWarning
        If no outcome is of a customer who is compared, none of the events is a purchase where no
        `outcome` is given, or all that the rules fired was suppressed: then nothing is compared.

    Raises
    ------
    InvalidArgumentError
        If no customer is held out (there is nothing to compare with), or an argument cannot be
        used.
    SchemaError, DataValidationError
        If a table cannot be read.

    Notes
    -----
    The difference of conversions has the score interval of Miettinen and Nurminen (1985), with the
    p of the same test; of outcomes and money per customer that of Welch (1947). The adjusted ones
    are CUPED (Deng et al. 2013) of what was known at the first trigger: purchases, spend, and days
    since the last purchase.

    Examples
    --------
    >>> from customerintel.live.uplift_rows import UnitRow
    >>> day = 86_400_000_000
    >>> rows = [
    ...     UnitRow("cart", f"c{i}", "control" if i % 2 else "treated", day, day)
    ...     for i in range(400)
    ... ]
    >>> bought = [f"c{i}" for i in range(0, 400, 4)] + [f"c{i}" for i in range(1, 400, 8)]
    >>> orders = {"customer_id": bought, "timestamp": ["1970-01-05"] * len(bought)}
    >>> effect = measure_uplift(rows, orders, horizon="14d", until="1970-01-31").conversion
    >>> effect.treated, effect.control, round(effect.low, 3), round(effect.high, 3)
    (0.5, 0.25, 0.156, 0.339)
    """
    span = _horizon(horizon)
    if isinstance(level, bool) or not isinstance(level, float) or not 0.0 < level < 1.0:
        raise InvalidArgumentError(f"level must lie between 0 and 1, such as 0.95; got {level!r}.")
    source = getattr(outbox, "outbox", outbox)
    known = known_of(source)
    plan, canonical = comparisons_of(known, rules), known.canonical
    units, members, without = collect_units(rows_of(source), plan.comparison_of, canonical)
    stopped = _stopped(without, known)
    if not units and not stopped:
        raise _nobody_held_out(plan.comparison_of, without, known)
    if not units:
        warn_caller(
            f"Every fire of {', '.join(map(repr, stopped[:3]))} was suppressed before anybody was "
            "assigned to an arm, so nothing is compared: outbox.counts() tells why (without "
            "consent= nobody has given any)."
        )
    found = outcomes_of(outcomes, value=value, outcome=outcome, canonical=canonical)
    if units:
        _check_joined(found, units)
    end = max(found.end, known.time) if until is None else read_moment(until, None, name="until")
    return Uplift(
        comparisons={
            name: _compare(name, members[name], one, found, plan.shares.get(name, np.nan),
                           span, end, level)
            for name, one in units.items()
        },
        horizon=span,
        level=level,
        until=np.datetime64(end if end >= 0 else "NaT", "us"),
        unmeasured=tuple(sorted(without)),
        _kind=_kind_of(outcomes),
    )  # fmt: skip


def _compare(
    name: str, rules: list[str], units: Units, outcomes: Outcomes, share: float, horizon: int,
    end: int, level: float,
) -> Comparison:  # fmt: skip
    n_control = int(units.control.sum())
    ratio = sample_ratio(len(units) - n_control, n_control, share)
    over = units.at + horizon <= end
    kept = units.take(over)
    counts, amounts = outcomes.of_units(kept, horizon)
    return Comparison(
        name=name,
        rules=tuple(rules),
        n_treated=int((~kept.control).sum()),
        n_control=int(kept.control.sum()),
        n_incomplete=int((~over).sum()),
        n_mixed=units.n_mixed,
        sample_ratio=ratio,
        effects=effects_of(counts, amounts, kept.covariates, kept.control, level),
    )


def _horizon(horizon: Any) -> int:
    span = int(read_length(horizon, "horizon"))
    if span <= 0:
        raise InvalidArgumentError(f"horizon must be longer than nothing; got {horizon!r}.")
    return span


def _check_joined(outcomes: Outcomes, units: Mapping[str, Units]) -> None:
    """Warn where ids of the two sides never meet: a difference of 0 looks like a result."""
    n_outcomes = len(outcomes.when)
    who = {name for one in units.values() for name in one.customer_id}
    if n_outcomes and who.isdisjoint(outcomes.place):
        warn_caller(
            f"None of the {n_outcomes:,} outcomes is of a customer who is compared. Check that "
            "both sides name customers by the same ids.",
            DataQualityWarning,
        )


def _stopped(without: Iterable[str], known: Known) -> list[str]:
    """Return the rules with a control group into which nobody came."""
    held = {rule.id for rule in known.rules if rule.holdout is not None or known.holdout}
    return [name for name in sorted(without) if name in held]


def _nobody_held_out(
    asked: Mapping[str, str] | None, without: Iterable[str], known: Known
) -> Exception:
    names = sorted(without)
    rule_ids = {rule.id for rule in known.rules}
    unknown = [name for name in asked or () if rule_ids and name not in rule_ids]
    if unknown and not names:
        return InvalidArgumentError(
            f"rules names {', '.join(map(repr, unknown[:3]))}, of which there is no action and no "
            f"rule. Rules: {', '.join(map(repr, sorted(rule_ids)))}."
        )
    if not names:
        which = "of these rules" if asked is not None else "in the outbox"
        return InvalidArgumentError(
            f"There is no action {which} yet, so nothing can be measured. Wait until a rule fired."
        )
    return InvalidArgumentError(
        f"No customer of {', '.join(map(repr, names[:3]))} is held out, so nobody knows what they "
        "would have done without the action. Give the rule holdout=live.Holdout(0.10, salt=…) and "
        "measure the customers that are triggered from then on."
    )


def _kind_of(outcomes: Any) -> Kind:
    from customerintel.tables import TransactionLog
    from customerintel.tables.frames import open_table

    if isinstance(outcomes, TransactionLog):
        return outcomes.kind
    is_table = isinstance(outcomes, Mapping) or hasattr(outcomes, "columns")
    if is_table or hasattr(outcomes, "__arrow_c_stream__"):
        return open_table(outcomes).kind
    return Kind("pandas")
