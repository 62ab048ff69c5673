"""All that is known by row besides the kernels' own state: ids, arms, consent, relationships."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import W_LABEL
from customerintel.live.consent_intervals import ConsentLines
from customerintel.live.consent_table import ConsentTable
from customerintel.live.fold_arms import Arms
from customerintel.live.fold_consent import Consents
from customerintel.live.fold_ids import CustomerRows
from customerintel.live.fold_snapshot import Array

if TYPE_CHECKING:
    from customerintel.live.plan import Plan
    from customerintel.live.state import FoldState

__all__ = ["Customers", "salts_of"]


def salts_of(plan: Plan, overall: Any) -> list[str]:
    """Return the salts of all holdouts."""
    held = [rule.holdout for rule in plan.rules if rule.holdout is not None]
    return [one.salt for one in (*held, *([] if overall is None else [overall]))]


class Customers:
    """What the fold keeps of customers in Python, one row each.

    Attributes
    ----------
    ids : CustomerRows
    arms : Arms
    consents : Consents
    table : ConsentTable
    """

    def __init__(self, plan: Plan, salts: Iterable[str]) -> None:
        self.ids = CustomerRows()
        self.arms = Arms(salts)
        self.consents = Consents()
        self.table = ConsentTable(plan.purposes)
        self._label = np.zeros(0, np.int16)
        self._label_names: list[str] = []
        self._room = 0

    def fit(self, state: FoldState) -> None:
        """Make room for every row there is."""
        height = self.ids.height
        if height > self._room:
            self._room = max(64, 2 * height)
            self.arms.grow(self._room)
            label = np.full(self._room, -1, np.int16)
            label[: len(self._label)] = self._label
            self._label = label
        self.table.fit(height)
        state.ensure(height)
        state.consent = self.table.array

    # -- consent ---------------------------------------------------------------------------

    def put_consent(self, state: FoldState, rows: NDArray[np.int64]) -> None:
        """Let the kernels see the entries of some rows as they are now."""
        lines = (
            self.consents.of_row(int(rows[0])) if len(rows) == 1 else self.consents.of_rows(rows)
        )
        self.table.put(rows, lines)
        state.consent = self.table.array

    def replan(self, state: FoldState, plan: Plan) -> None:
        """Follow other rules: the purposes and relationships that they read."""
        self.table = ConsentTable(plan.purposes)
        self.fit(state)
        lines = self.consents.state()
        self.table.put(np.unique(lines.row), lines)
        state.consent = self.table.array
        self.show_labels(state, plan)

    # -- relationships ---------------------------------------------------------------------

    def relationship(self, row: int) -> str | None:
        """Return the kind of relationship of a customer; None: nobody said."""
        code = int(self._label[row]) if row < len(self._label) else -1
        return None if code < 0 else self._label_names[code]

    def set_labels(self, labels: Mapping[str, str]) -> None:
        """Take over what a refresh says; of whom it says nothing, nothing is known."""
        self._label[:] = -1
        names = {name: code for code, name in enumerate(self._label_names)}
        codes = [names.setdefault(label, len(names)) for label in labels.values()]
        self._label_names = list(names)
        self._label[self.ids.of(list(labels))] = codes

    def show_labels(self, state: FoldState, plan: Plan) -> None:
        """Write the relationships where the kernels read them: those that rules name."""
        known = {name: code for code, name in enumerate(plan.labels)}
        named = [known.get(name, len(known)) for name in self._label_names]
        codes = np.array([*named, -1], np.int64)
        height = self.ids.height
        state.words[:height, W_LABEL] = codes[self._label[:height]]

    # -- leaving ---------------------------------------------------------------------------

    def merge(self, state: FoldState, gone: int, kept: int) -> None:
        """Move what one row has to another, and clear it."""
        state.merge(gone, kept)
        self.arms.merge(gone, kept)
        self.arms.clear(gone)
        if self._label[kept] < 0:
            self._label[kept] = self._label[gone]
        self._label[gone] = -1
        self.consents.merge(gone, kept)
        self.table.clear(gone)
        self.put_consent(state, np.array([kept], np.int64))

    def erase(self, state: FoldState, ids: Sequence[str]) -> set[str]:
        """Forget customers; return every id that led to them, and those given."""
        rows, gone = self.ids.erase(ids)
        for row in rows:
            state.clear(row)
            self.arms.clear(row)
            self.table.clear(row)
            self._label[row] = -1
        if rows:
            self.consents.erase(rows)
        return gone

    # -- snapshots -------------------------------------------------------------------------

    def state(self, *, in_order: bool) -> tuple[dict[str, Any], dict[str, Array]]:
        """Return facts as JSON values, and arrays; `in_order`: equal where the entries are."""
        height = self.ids.height
        lines = self.consents.state() if in_order else self.consents.lines()
        arms = self.arms.state(height)
        facts = {"salts": arms["salts"], "labels": list(self._label_names)}
        arrays: dict[str, Array] = {f"ids.{name}": one for name, one in self.ids.state().items()}
        arrays |= {"arms.arm": arms["arm"], "arms.at": arms["at"]}
        arrays["labels"] = self._label[:height].copy()
        return facts, arrays | {f"consent.{name}": part for name, part in vars(lines).items()}

    @classmethod
    def from_state(
        cls, plan: Plan, facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
    ) -> Customers:
        """Return the customers that `state` described."""
        made = cls(plan, ())
        names = ("text", "length", "alias", "free", "user")
        made.ids = CustomerRows.from_state({name: arrays[f"ids.{name}"] for name in names})
        height = made.ids.height
        made._room = max(64, 2 * height)
        kept = {"salts": facts["salts"], "arm": arrays["arms.arm"], "at": arrays["arms.at"]}
        made.arms = Arms.from_state(kept, made._room)
        made._label = np.full(made._room, -1, np.int16)
        made._label[:height] = arrays["labels"]
        made._label_names = list(facts["labels"])
        columns = ("row", "time", "expires", "purpose", "basis", "status")
        made.consents = Consents(ConsentLines(*(arrays[f"consent.{name}"] for name in columns)))
        return made
