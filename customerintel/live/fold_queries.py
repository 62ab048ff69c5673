"""What a fold answers about customers, without changing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.row_view import RowView

if TYPE_CHECKING:
    from customerintel.live.conditions import On
    from customerintel.live.fold_customers import Customers
    from customerintel.live.plan import Plan
    from customerintel.live.rule import Holdout
    from customerintel.live.state import FoldState
    from customerintel.rfm import SegmentScheme

__all__ = ["FoldQueries"]


class FoldQueries:
    """The reading side of `Fold`."""

    plan: Plan
    state: FoldState
    customers: Customers
    scheme: SegmentScheme | None
    holdout: Holdout | None
    drained: int | None

    # -- how far it is ---------------------------------------------------------------------

    @property
    def time(self) -> int:
        """The fold's time, microseconds UTC; ``-2**62`` before the first event."""
        return int(self.state.time)

    @property
    def n_customers(self) -> int:
        """Customers that are known."""
        return len(self.customers.ids)

    @property
    def pending(self) -> int:
        """Customers who are still to be looked at, at most; 0 where nothing is left."""
        return 0 if self.drained == self.time else max(1, self.state.left())

    # -- whom it knows ---------------------------------------------------------------------

    def canonical(self, customer_id: str) -> str:
        """Return the customer that an id leads to; an unknown one leads to itself."""
        return self.customers.ids.canonical(customer_id)

    def known_row(self, customer_id: str) -> int:
        """Return the row of a customer.

        Raises
        ------
        InvalidArgumentError
            If nobody has that id.
        """
        row = self.customers.ids.row(customer_id)
        if row < 0:
            raise InvalidArgumentError(
                "No customer of this id is known: there was no event, consent or purchase under "
                "it, or it was erased. Ids are texts; an integer is its decimal digits."
            )
        return row

    def view_of(
        self, row: int, at: int, event_name: str | None = None, values: Any = None,
        current: int | None = None,
    ) -> RowView:  # fmt: skip
        """Return one row as predicates see it."""
        return RowView(
            self.customers.ids.name(row), at, event_name,
            relationship=self.customers.relationship(row), _state=self.state, _plan=self.plan,
            _row=row, _segments=() if self.scheme is None else self.scheme.segments,
            _values=values, _current=current,
        )  # fmt: skip

    def row_view(self, customer_id: str, at: int | None = None) -> RowView:
        """Return a customer as predicates see her, now or at another moment.

        Raises
        ------
        InvalidArgumentError
            If nobody has that id.
        """
        return self.view_of(self.known_row(customer_id), self.time if at is None else at)

    def explain(self, customer_id: str, rule_id: str) -> dict[str, Any]:
        """Return what a rule sees of a customer now; see `explaining.facts_of`."""
        from customerintel.live.explaining import facts_of

        return facts_of(self, customer_id, rule_id)

    def allows(self, customer_id: str, purpose: str, at: int) -> bool:
        """Tell whether a customer allows a use at a moment, microseconds UTC."""
        row = self.customers.ids.row(customer_id)
        return row >= 0 and self.customers.consents.allows(row, purpose, at)

    def seen_since(self, customer_id: str, on: On, after: int, until: int) -> bool:  # noqa: ARG002
        """Tell whether an event that some rule's `unless` names came after a moment.

        One that is known already counts although it is later than `until`: nobody wants to send
        what is known to be settled.
        """
        row = self.customers.ids.row(customer_id)
        return row >= 0 and after < self.state.last_match(row, on.key)
