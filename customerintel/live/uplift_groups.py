"""Which rules are one comparison, and what share of control was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.uplift_rows import Known

__all__ = ["Comparisons", "comparisons_of"]

#: Shares are kept in ten-thousandths, as the assignment reads them.
_BUCKETS = 10_000


@dataclass(frozen=True)
class Comparisons:
    """Comparison of each rule (None: each rule by itself), and the share asked for by name."""

    comparison_of: Mapping[str, str] | None
    shares: Mapping[str, float]


def comparisons_of(outbox: Known, rules: Any) -> Comparisons:
    """Group rules by the salt of their holdout.

    Parameters
    ----------
    outbox : Known
        What is known of the rules.
    rules : str, Rule, or iterable of them, optional
        Which to measure.
    """
    known = {rule.id: rule for rule in outbox.rules}
    everywhere = outbox.holdout
    wanted = _wanted(rules, known)
    if wanted is None:
        if not known:
            return Comparisons(None, {})
        wanted = known
    if not wanted:
        raise InvalidArgumentError("rules is empty. Leave it out to measure every rule.")
    by_salt: dict[str, list[str]] = {}
    for name, rule in wanted.items():
        salt = _salt(rule, everywhere)
        by_salt.setdefault(f"#{name}" if salt is None else salt, []).append(name)
    comparison_of, shares = {}, {}
    for salt, members in by_salt.items():
        title = members[0] if len(members) == 1 else salt
        comparison_of.update(dict.fromkeys(members, title))
        shares[title] = _share(wanted[members[0]], everywhere)
    if rules is None:
        # rows of rules that were removed are still there
        comparison_of = _Open(comparison_of)
    return Comparisons(comparison_of, shares)


class _Open(dict[str, str]):
    """Rules that are not known any more are comparisons of their own."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, key if default is None else default)


def _wanted(rules: Any, known: Mapping[str, Any]) -> dict[str, Any] | None:
    if rules is None:
        return None
    wanted: dict[str, Any] = {}
    for rule in _iterated(rules):
        if isinstance(rule, str):
            wanted[rule] = known.get(rule)
        elif hasattr(rule, "id") and hasattr(rule, "holdout"):
            wanted[rule.id] = rule
        else:
            raise InvalidArgumentError(
                "rules must be names of rules, rules, or an iterable of them; got "
                f"{type(rule).__name__}."
            )
    return wanted


def _iterated(rules: Any) -> Iterable[Any]:
    if isinstance(rules, str) or not isinstance(rules, Iterable) or hasattr(rules, "when"):
        return (rules,)
    return rules


def _salt(rule: Any, everywhere: Any) -> str | None:
    """Return the salt that decides the comparison; None: not known."""
    own = getattr(rule, "holdout", None)
    if own is not None:
        return str(own.salt)
    return None if everywhere is None else str(everywhere.salt)


def _share(rule: Any, everywhere: Any) -> float:
    """Return the share of control, of the rule and of the engine together."""
    own = getattr(rule, "holdout", None)
    shares = {
        holdout.salt: round(holdout.share * _BUCKETS) / _BUCKETS
        for holdout in (everywhere, own)
        if holdout is not None
    }
    if everywhere is not None and own is not None and everywhere.salt == own.salt:
        shares[own.salt] = max(round(h.share * _BUCKETS) / _BUCKETS for h in (everywhere, own))
    if not shares:
        return float("nan")
    treated = 1.0
    for share in shares.values():
        treated *= 1.0 - share
    return round(1.0 - treated, 12)
