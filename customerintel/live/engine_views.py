"""What can be seen of an engine without changing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from customerintel.live.engine_structure import customer_text
from customerintel.live.explanation import Explanation, Profile
from customerintel.live.store import KeptAside
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from customerintel.live.engine_state import EngineState
    from customerintel.live.fold_asking import Fault
    from customerintel.live.rule_set import RuleSet

__all__ = ["EngineViews"]

_PORTION = 1024


class EngineViews:
    """The reading half of `Engine`."""

    _state: EngineState

    @property
    def rules(self) -> RuleSet:
        """The rules as they are now."""
        with self._state.reading():
            return self._state.rules

    @property
    def time(self) -> datetime | None:
        """The engine's time, in its zone; None before the first event or tick."""
        with self._state.reading():
            return self._state.shown_time()

    @property
    def offsets(self) -> Mapping[tuple[str, str], int]:
        """Per (source, partition), the first offset that is still to come."""
        with self._state.reading():
            return MappingProxyType(dict(self._state.offsets))

    @property
    def rejected(self) -> int:
        """Number of events that are kept aside."""
        with self._state.reading():
            return self._state.n_rejected

    @property
    def pending(self) -> int:
        """Due work that is left for `tick`."""
        with self._state.reading():
            return self._state.fold.pending

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The latest Python predicates that raised: which rule, which predicate, what error, when.

        Each such call counts as false. The last 1,000 since the engine was opened are kept.
        """
        with self._state.reading():
            return tuple(self._state.fold.faults)

    def kept_aside(self) -> Iterator[KeptAside]:
        """Yield the events that could not be read: `raw`, `reason`, `source`, `position`."""
        with self._state.reading():
            found = self._state.store.kept_aside()
        while True:
            with self._state.reading():  # not held while the caller looks at them
                portion = list(islice(found, _PORTION))
            if not portion:
                return
            yield from portion

    def profile(self, customer_id: str | int) -> Profile:
        """Return what the rules can read of a customer.

        Parameters
        ----------
        customer_id : str or int
            The customer, or an id that leads to her.

        Returns
        -------
        Profile
            Purchases, segment, scores, and counters by rule.

        Raises
        ------
        InvalidArgumentError
            If nobody is known by that id.
        """
        who = customer_text(customer_id, "customer_id")
        with self._state.reading():
            return Profile.of(self._state, who)

    def explain(self, customer_id: str | int, rule_id: str) -> Explanation:
        """Return why a rule fires or does not for a customer, as things stand.

        Parameters
        ----------
        customer_id : str or int
            The customer, or an id that leads to her.
        rule_id : str
            The rule.

        Returns
        -------
        Explanation
            The counts, times and values behind it.

        Raises
        ------
        InvalidArgumentError
            If there is no such rule, or nobody is known by that id.
        """
        who = customer_text(customer_id, "customer_id")
        with self._state.reading():
            self._state.rules[rule_id]  # refuses an unknown one
            return Explanation.of(self._state, who, rule_id)

    def _facts(self) -> dict[str, object]:
        state = self._state
        time = state.shown_time()
        return {
            "rules": len(list(state.rules)),
            "customers": state.fold.n_customers,
            "events": state.fold.n_accepted,
            "time": None if time is None else time.isoformat(),
            "pending": state.fold.pending or None,
            "closed": state.closed or None,
        }

    def __repr__(self) -> str:
        return one_line("Engine", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Engine", [(k, v) for k, v in self._facts().items() if v is not None])
