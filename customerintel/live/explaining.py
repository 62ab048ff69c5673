"""Why a rule fires or does not, as facts: values, deadlines, gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from customerintel._kernels.live_words import NEVER
from customerintel.exceptions import InvalidArgumentError
from customerintel.live.condition_values import holds, value_of
from customerintel.live.expression import Condition
from customerintel.live.fold_decisions import ARMS
from customerintel.live.walking import leaves, walk

if TYPE_CHECKING:
    from customerintel.live.fold_queries import FoldQueries
    from customerintel.live.row_view import RowView

__all__ = ["facts_of"]

_MOMENTARY: Final = frozenset({"on", "absence", "sequence"})


def facts_of(fold: FoldQueries, customer_id: str, rule_id: str) -> dict[str, Any]:
    """Return what a rule sees of a customer, without working off what is due.

    Returns
    -------
    dict
        ``rule_id``, ``version``, ``customer_id``, ``at`` (microseconds UTC); ``when`` and
        ``where``, one dict per leaf with ``text``, ``value`` (None: of an event, not of the
        customer) and ``true`` (None: true at a moment only); ``where_true``; ``timers`` with
        ``text``, ``armed_at``, ``deadline``, ``last_of`` and ``done_at``; ``last_passed`` and
        ``cooldown_until``; ``consent`` with ``purpose`` and ``allowed``, or None; ``arm`` and
        ``unit_at``; ``day``, the day that ends next, or None. Times are microseconds UTC, None
        where there is none.

    Raises
    ------
    InvalidArgumentError
        If nobody has that id, or no rule.
    """
    view = fold.row_view(customer_id)
    row = fold.known_row(customer_id)
    places = [place for place, rule in enumerate(fold.plan.rules) if rule.id == rule_id]
    if not places:
        raise InvalidArgumentError(f"There is no rule {rule_id!r}.")
    rule = fold.plan.rules[places[0]]
    passed = _moment(fold.state.last_passed(row, places[0]))
    once = rule.limits.once_per_us
    facts: dict[str, Any] = {
        "rule_id": rule.id,
        "version": rule.version,
        "customer_id": view.customer_id,
        "at": fold.time,
        "when": [_leaf(leaf, view) for leaf in leaves(rule.when)],
        "where": [] if rule.where is None else [_leaf(leaf, view) for leaf in leaves(rule.where)],
        "where_true": None if rule.where is None else _safely(rule.where, view),
        "timers": _timers(fold, row, rule.when),
        "last_passed": passed,
        "cooldown_until": None if passed is None or once is None else passed + once,
        "consent": _consent(fold, customer_id, rule.requires_consent),
        "day": _day(fold, row),
    }
    return facts | _arm(fold, row, rule)


def _moment(time: int) -> int | None:
    return None if time == NEVER else int(time)


def _leaf(leaf: Any, view: RowView) -> dict[str, Any]:
    if leaf.tag in _MOMENTARY:
        return {"text": repr(leaf), "value": None, "true": None}
    if leaf.tag in {"entered", "exited"}:
        inside = view.segment in leaf.names
        return {"text": repr(leaf), "value": view.segment, "true": inside}
    if leaf.tag in {"drop", "rise"}:
        value: Any = view.trend(leaf.counter, leaf.n_days)
    elif leaf.tag == "predicate":
        value = None
    else:
        term = leaf.left if leaf.tag == "compare" else leaf
        value = None if term.tag == "property" else value_of(term, view)
    return {"text": repr(leaf), "value": value, "true": _safely(leaf, view)}


def _safely(condition: Condition, view: RowView) -> bool | None:
    """Evaluate; None where it hangs on an event that is not there, or a predicate raises."""
    if any(part.tag == "property" for part in walk(condition)):
        return None
    try:
        return holds(condition, view)
    except Exception:  # noqa: BLE001 - a predicate of somebody else may raise anything
        return None


def _timers(fold: FoldQueries, row: int, when: Condition) -> list[dict[str, Any]]:
    wanted = {part.key for part in walk(when) if part.tag == "absence"}
    found = []
    for place, timer in enumerate(fold.plan.timers):
        if timer.absence.key in wanted:
            armed, last_of, done_at = fold.state.timer(row, place)
            deadline = None if armed == NEVER else int(armed) + timer.within
            found.append(
                {
                    "text": repr(timer.absence),
                    "armed_at": _moment(armed),
                    "deadline": deadline,
                    "last_of": _moment(last_of),
                    "done_at": _moment(done_at),
                }
            )
    return found


def _consent(fold: FoldQueries, customer_id: str, purpose: Any) -> dict[str, Any] | None:
    if purpose is None:
        return None
    return {"purpose": str(purpose), "allowed": fold.allows(customer_id, purpose, fold.time)}


def _arm(fold: FoldQueries, row: int, rule: Any) -> dict[str, Any]:
    held = [one for one in (rule.holdout, fold.holdout) if one is not None]
    known = [fold.customers.arms.known(one.salt, row) for one in held]
    arm = max((one for one, _ in known), default=0)
    return {"arm": ARMS[arm], "unit_at": known[0][1] or None if known else None}


def _day(fold: FoldQueries, row: int) -> str | None:
    day = fold.state.day_open(row)
    return None if day < 0 else str(fold.plan.date_of(day).isoformat())
