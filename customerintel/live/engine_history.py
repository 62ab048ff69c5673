"""What a history tells the rules of an engine: segments, scores, relationships."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.engine_rules import parts_of_rules
from customerintel.live.rules_without_facts import warn_of_labels

if TYPE_CHECKING:
    from customerintel.live.engine_state import EngineState
    from customerintel.live.fold_attributes import RefreshValues
    from customerintel.live.rule_set import RuleSet
    from customerintel.rfm import SegmentScheme

__all__ = ["scheme_of", "values_of_history"]

_SEGMENTS = frozenset({"segment", "entered", "exited"})


def scheme_of(given: SegmentScheme | str | None, history: Any) -> SegmentScheme:
    """Return the names of the segments; by default those of `score_rfm` for 5 bins.

    Without a history nobody has a segment, but rules may name them already.
    """
    from customerintel.rfm import SegmentScheme

    if isinstance(given, SegmentScheme):
        return given
    if given is None:
        # what is no history is refused by whoever reads it
        has_money = not hasattr(history, "summarize") or history.summarize().has_amounts
        given = "rfm-11@1" if has_money else "rf-10@1"
    return SegmentScheme.named(given)


def _relationships_of(rules: RuleSet, history: Any, sources: Mapping[str, Any]) -> Any:
    """Return the kind of relationship by customer; None where nobody reads or gave it.

    Parameters
    ----------
    rules : RuleSet
        Who reads.
    history : History
        What is known.
    sources : mapping
        ``relationships`` as it was given; else `relationships.classify` is asked, with
        ``interactions`` and ``survey``.
    """
    given = sources.get("relationships")
    if given is not None or not any(one.tag == "relationship" for one in parts_of_rules(rules)):
        return given
    from customerintel.relationships import classify

    return classify(history, interactions=sources.get("interactions"), survey=sources.get("survey"))


def _check_read(given: Iterable[str], read: list[str]) -> None:
    """Refuse scores that nobody reads: they would be forgotten at once."""
    unread = [name for name in given if name not in read]
    if unread:
        known = ", ".join(map(repr, dict.fromkeys(read))) or "none"
        raise InvalidArgumentError(
            f"scores: no rule reads {', '.join(map(repr, unread))}. Rules read: {known}."
        )


def values_of_history(
    state: EngineState, history: Any, scores: Mapping[str, Any] | None, sources: Mapping[str, Any]
) -> RefreshValues:
    """Work out what the rules read; models are fitted only for rules that ask for them."""
    from customerintel.live.fold_attributes import refresh_values

    parts = list(parts_of_rules(state.rules))
    read = {part.tag for part in parts}
    if isinstance(scores, Mapping):
        _check_read(scores, [part.name for part in parts if part.tag == "score"])  # type: ignore[attr-defined]
    found = refresh_values(
        history,
        scores=[part for part in parts if part.tag == "score"],  # type: ignore[misc]
        given=scores,
        relationships=_relationships_of(state.rules, history, sources),
        segments=bool(read & _SEGMENTS),
        alive="probability_alive" in read,
        scheme=state.fold.scheme,
        zone=state.fold.zone,
    )
    if found.labels is not None:
        warn_of_labels(state.rules, found.labels)
    return found
