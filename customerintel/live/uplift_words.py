"""Sentences about a comparison of treated and control customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from customerintel.live.uplift_result import Comparison, Effect

__all__ = ["words_of"]

#: Customers of an arm below which no sentence says what acting caused.
_FEW: Final = 10


def words_of(one: Comparison) -> str:
    """Say what a comparison found, and what it does not tell."""
    parts = [f"{one.name}: {_conversion(one, one['conversion'])}"]
    if "value" in one.effects:
        best = one["value_adjusted"] if _is_known(one["value_adjusted"]) else one["value"]
        parts.append(_value(best))
    if one.sample_ratio.mismatch:
        parts.append(one.sample_ratio.words)
    if one.n_incomplete:
        parts.append(f"{one.n_incomplete:,} customers are left out, for their horizon is not over.")
    if one.n_mixed:
        parts.append(f"{one.n_mixed:,} merged customers were in both arms; the earlier counts.")
    return " ".join(parts)


def _is_known(effect: Effect) -> bool:
    return effect.low == effect.low


def _conversion(one: Comparison, effect: Effect) -> str:
    if not _is_known(effect):
        return f"no interval, for {effect.reason}."
    seen = (
        f"{effect.treated:.2%} of {one.n_treated:,} treated against {effect.control:.2%} of "
        f"{one.n_control:,} control customers had an outcome: {100 * effect.difference:+.2f} "
        f"points (from {100 * effect.low:+.2f} to {100 * effect.high:+.2f})."
    )
    if one.sample_ratio.mismatch:
        return seen
    if min(one.n_treated, one.n_control) < _FEW:
        return f"{seen} Of fewer than {_FEW} customers in an arm nothing follows."
    if effect.is_clear:
        word = "more" if effect.difference > 0 else "fewer"
        return (
            f"{seen} Customers were assigned by chance, so acting caused the difference: {word} "
            "customers had an outcome."
        )
    return f"{seen} Customers were assigned by chance; whether acting changed anything is open."


def _value(effect: Effect) -> str:
    if not _is_known(effect):
        return f"Of the money nothing is told, for {effect.reason}."
    clear = "" if effect.is_clear else ", so it may be none"
    return (
        f"Money per customer: {effect.difference:+,.2f} (from {effect.low:+,.2f} to "
        f"{effect.high:+,.2f}){clear}."
    )
