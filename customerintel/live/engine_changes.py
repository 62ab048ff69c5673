"""What changes an engine besides events and time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from customerintel.live import engine_structure as structure
from customerintel.live.engine_history import values_of_history
from customerintel.live.engine_rules import rule_set_of
from customerintel.live.engine_views import EngineViews

if TYPE_CHECKING:
    from customerintel.live.rule import Rule
    from customerintel.live.rule_set import RuleSet
    from customerintel.tables import History, InteractionLog, SurveyLog

__all__ = ["EngineChanges"]


class EngineChanges(EngineViews):
    """The part of `Engine` that changes customers and rules."""

    _sources: dict[str, Any]

    def merge(self, source: str | int, into: str | int) -> None:
        """Let a customer be another from now on: both are one person.

        Counts and money add up, the later timer stays unless the other customer answered it, and
        the actions go along under their ids. Nothing fires by it.

        Parameters
        ----------
        source, into : str or int
            The id that is given up (events under it count for `into` from now on), and the
            customer that stays.
        """
        structure.merge(self._state, source, into)

    def erase(self, ids: Any) -> int:
        """Remove customers, and all ids that lead to them, from every place (GDPR, Article 17).

        State, log, snapshots, outbox, consent and events kept aside: no page of the store's files
        holds them afterwards. What was made from the same data elsewhere is not reached.

        Parameters
        ----------
        ids : str, int, or iterable of them
            Customers, known or not. A later event of an id begins anew.

        Returns
        -------
        int
            How many ids went, those that led to the customers included.
        """
        return structure.erase(self._state, ids)

    def consent(self, entries: Any) -> int:
        """Append entries to the record of consent.

        Parameters
        ----------
        entries : ConsentLedger, table, Consent, mapping, or iterable of them
            As for `ConsentLedger.from_frame` and `from_records`.

        Returns
        -------
        int
            How many.
        """
        return structure.add_consent(self._state, entries)

    def refresh(
        self,
        history: History,
        *,
        scores: Mapping[str, Any] | None = None,
        relationships: Any = None,
        interactions: InteractionLog | None = None,
        survey: SurveyLog | None = None,
    ) -> int:
        """Take over what a history tells: purchases, segments, scores and relationships.

        Its purchases take the place of those that were seen up to its moment. Later ones of a
        customer are kept on top where she had none before it; where they cannot be told apart,
        the side that knows more days with a purchase stays.

        Parameters
        ----------
        history : History
            What is known now; events of purchases after its moment must be ingested still.
        scores : mapping, optional
            By the name of a score, an estimator, values in the order of
            ``history.customer_id``, or a mapping from ids.
        relationships, interactions, survey
            As of `Engine`.

        Returns
        -------
        int
            Decisions: rules on what has changed fire now.
        """
        given = {"relationships": relationships, "interactions": interactions, "survey": survey}
        sources = self._sources | {name: one for name, one in given.items() if one is not None}
        with self._state.reading():
            values = values_of_history(self._state, history, scores, sources)
            return structure.refresh(self._state, values)

    def change_rules(
        self, rules: Rule | Iterable[Rule] | RuleSet, *, backfill: bool = False
    ) -> None:
        """Go on with other rules; counters and timers of equal expressions go on.

        Parameters
        ----------
        rules : Rule, iterable of Rule, or RuleSet
            All rules from now on. A rule with another body needs a higher version.
        backfill : bool, default False
            Fill new counters and timers, and longer windows, from the log, as if the rules had
            always been there. Nothing fires for the past: a condition that is true by now fires
            after it has turned false. Without it they begin empty, a longer window with what the
            shorter one held.
        """
        given = rule_set_of(rules)
        with self._state.reading():
            structure.replace_rules(self._state, given, backfill=backfill)
